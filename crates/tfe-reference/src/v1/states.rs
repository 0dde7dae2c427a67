//! States: which environments have one, newest first.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::access;
use super::answer::{Refusal, Reply};
use super::shell::Call;
use super::store::{Environment, Run};
use super::users::may_see;
use crate::app::App;
use crate::faults::Fault;
use crate::resources::time;
use crate::variations::Variation;

/// How many states a page has. The documents give no number.
const PAGE: usize = 20;

/// How many a server may have as well.
const SHORT_PAGE: usize = 3;

/// `GET /terraform/state`
pub(crate) fn list(app: &App, call: &Call) -> Result<Reply, Refusal> {
    access::works(app, Fault::V1States500)?;
    let faults = &app.faults;
    if faults.hit(Fault::V1StatesMissing) {
        return Err(Refusal::not_found());
    }
    let (username, page) = (username(call)?, page(app, call)?);
    let store = app.environments();
    let accessible = |environment: &Environment| {
        may_see(call.user, &environment.username) || faults.hit(Fault::V1StatesForeignListed)
    };
    let wanted = |environment: &Environment| {
        username.is_empty() || environment.username == username || faults.hit(Fault::V1StatesUnfiltered)
    };
    let with_run = store.iter().filter_map(|environment| Some((environment.last_run?, environment)));
    let mut found: Vec<_> =
        with_run.filter(|(_, environment)| accessible(environment) && wanted(environment)).collect();
    if !username.is_empty() && !found.is_empty() && faults.hit(Fault::V1StatesFilteredNone) {
        found.clear();
    }
    found.sort_by_key(|(run, _)| Reverse(run.number));
    let page = if page > 1 && faults.hit(Fault::V1StatesPageIgnored) { 1 } else { page };
    let is_first = page == 1 && call.query.get("page").is_some();
    let page = if is_first && faults.hit(Fault::V1StatesPagesFromZero) { 2 } else { page };
    let is_short = found.len() > SHORT_PAGE && app.variations.hit(Variation::V1ShortPages);
    let size = if is_short { SHORT_PAGE } else { PAGE };
    let states: Vec<_> = found
        .into_iter()
        .skip((page - 1).saturating_mul(size))
        .take(size)
        .map(|(run, environment)| state(app, run, environment, !username.is_empty()))
        .collect();
    Ok(Reply::document(json!({ "states": states })))
}

fn state(app: &App, run: Run, environment: &Environment, is_filtered: bool) -> Value {
    let updated_at =
        if app.faults.hit(Fault::V1StatesTimeAsNumber) { run.at.as_second().into() } else { Value::from(time(run.at)) };
    let (username, name) = (&environment.username, &environment.name);
    let username = if is_filtered && app.faults.hit(Fault::V1StatesNamesSwapped) { name } else { username };
    json!({ "updated_at": updated_at, "environment": { "username": username, "name": name } })
}

/// Empty: those of everybody.
fn username(call: &Call) -> Result<&str, Refusal> {
    match call.query.get("username") {
        None => Ok(""),
        Some(Value::String(username)) => Ok(username),
        Some(_) => Err(Refusal::attribute("username", "must be a text")),
    }
}

fn page(app: &App, call: &Call) -> Result<usize, Refusal> {
    let Some(given) = call.query.get("page") else { return Ok(1) };
    match given.as_str().and_then(|text| text.parse().ok()) {
        Some(page) if page > 0 => Ok(page),
        _ => {
            access::works(app, Fault::V1NoPage500)?;
            Err(Refusal::attribute("page", "must be a whole number from 1"))
        }
    }
}
