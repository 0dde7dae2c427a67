//! Fixtures: what a case needs to exist before it starts. Created for the case where the target
//! can, else taken from the names that the user gave, one case at a time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::bindings::Values;
use super::case::not_now;
use super::ledger::Ledger;
use super::{Run, request};
use crate::client::{Request, Response};
use crate::event::Verdict;
use crate::plan::Planned;
use crate::suite::{Empty, FixtureRecipe, FixtureRequest, Given, Identity, Profile, Query, Step};

/// Names that the user gave, each leased to one case at a time.
pub(crate) struct Pool {
    size: usize,
    names: Arc<Mutex<Vec<String>>>,
    free: Arc<Semaphore>,
}

impl Pool {
    pub(crate) fn new(names: &[String]) -> Self {
        Self {
            size: names.len(),
            names: Arc::new(Mutex::new(names.to_vec())),
            free: Arc::new(Semaphore::new(names.len())),
        }
    }

    /// Leases `count` names, or says how many there are in all.
    async fn lease(&self, count: usize) -> Result<Lease, usize> {
        if count > self.size {
            return Err(self.size);
        }
        let permits = u32::try_from(count).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.free).acquire_many_owned(permits).await.map_err(|_| self.size)?;
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let keep = names.len() - count;
        let taken = names.split_off(keep);
        Ok(Lease { taken, names: Arc::clone(&self.names), _permit: permit })
    }
}

/// Names on loan; they go back when this is dropped.
struct Lease {
    taken: Vec<String>,
    names: Arc<Mutex<Vec<String>>>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).append(&mut self.taken);
    }
}

/// What a case has on loan.
#[derive(Default)]
pub(crate) struct Leased {
    leases: BTreeMap<Given, Lease>,
}

/// Why a fixture is not there, and what that makes of the case.
pub(crate) struct Missing {
    pub(crate) verdict: Verdict,
    pub(crate) reason: String,
}

fn blocked(reason: String) -> Missing {
    Missing { verdict: Verdict::Blocked, reason }
}

/// Gets every fixture of a case and binds its exports.
pub(crate) async fn set_up(run: &Run, planned: &Planned, values: &mut Values, ledger: &Ledger) -> Result<(), Missing> {
    let leased = lease(run, planned).await?;
    let mut free: BTreeMap<Given, Vec<String>> =
        leased.leases.iter().map(|(given, lease)| (*given, lease.taken.clone())).collect();
    ledger.hold(leased);
    for (fixture, kind) in &planned.case.fixtures {
        let Some(recipe) = planned.profile.fixtures.get(kind) else {
            return Err(blocked(format!("unknown fixture kind `{kind}`")));
        };
        let given = free.get_mut(&recipe.given).and_then(Vec::pop);
        let is_given = given.is_some();
        let (request, name) = match (given, &recipe.read, &recipe.create) {
            (Some(name), Some(read), _) => (Some(read), name),
            (Some(name), None, None) => (None, name),
            (Some(_), None, Some(_)) => {
                return Err(blocked(format!("needs a fresh {kind}, and only given ones may be used")));
            }
            (None, _, Some(_)) if run.options.read_only => {
                return Err(blocked(format!("needs a given {kind} ({}): the run only reads", recipe.given.flag())));
            }
            (None, _, Some(create)) => (Some(create), values.fixture_name(fixture)),
            (None, _, None) => return Err(blocked(format!("needs a given {kind} ({})", recipe.given.flag()))),
        };
        if is_given && !run.options.read_only {
            let used = ledger.uses(run, &planned.profile, kind, &name, values.prefix());
            used.map_err(|error| blocked(format!("not used, because it could not be cleaned later: {error}")))?;
        }
        for (known, value) in
            [("name", &name), ("organization", &run.target.organization), ("username", &run.target.organization)]
        {
            values.set(format!("{fixture}.{known}"), value.clone().into());
        }
        if let (true, Some(empty)) = (is_given, &recipe.empty) {
            hold_nothing(run, planned, empty, &name).await?;
        }
        if let Some(request) = request {
            let document = obtain(run, planned, request, &name, ledger).await?;
            export(recipe, request, fixture, &document, values)?;
        }
    }
    Ok(())
}

/// Whether a given fixture is as good as a fresh one.
async fn hold_nothing(run: &Run, planned: &Planned, empty: &Empty, name: &str) -> Result<(), Missing> {
    let listed = send(run, &planned.profile, &empty.list, &known(run, name)).await.map_err(blocked)?;
    let document = document(&listed, &empty.list.operation, run)?;
    match empty.at.resolve(&document).and_then(Value::as_array) {
        Some(items) if items.is_empty() => Ok(()),
        Some(items) => Err(blocked(format!("needs one that holds nothing, and `{name}` holds {}", items.len()))),
        None => Err(blocked(format!("the answer of {} has no array at `{}`", empty.list.operation, empty.at))),
    }
}

/// Leases as many names of each kind as the case needs, always in the same order of kinds, so that
/// no two cases wait for each other.
async fn lease(run: &Run, planned: &Planned) -> Result<Leased, Missing> {
    let mut needed: BTreeMap<Given, usize> = BTreeMap::new();
    for recipe in planned.case.fixtures.values().filter_map(|kind| planned.profile.fixtures.get(kind)) {
        *needed.entry(recipe.given).or_default() += 1;
    }
    let mut leased = Leased::default();
    for (given, count) in needed {
        let Some(pool) = run.pools.get(&given).filter(|pool| pool.size > 0) else { continue };
        let lease = pool.lease(count).await;
        let lease = lease.map_err(|size| blocked(format!("needs {count} of {}, and {size} given", given.flag())))?;
        leased.leases.insert(given, lease);
    }
    Ok(leased)
}

fn export(
    recipe: &FixtureRecipe,
    request: &FixtureRequest,
    fixture: &str,
    document: &Value,
    values: &mut Values,
) -> Result<(), Missing> {
    for (export, at) in &recipe.exports {
        match at.resolve(document) {
            Some(value) => values.set(format!("{fixture}.{export}"), value.clone()),
            None => return Err(blocked(format!("the answer of {} has nothing at `{at}`", request.operation))),
        }
    }
    Ok(())
}

async fn obtain(
    run: &Run,
    planned: &Planned,
    recipe: &FixtureRequest,
    name: &str,
    ledger: &Ledger,
) -> Result<Value, Missing> {
    let request = build(run, &planned.profile, recipe, &known(run, name)).map_err(blocked)?;
    let answer = ledger.send(run, &planned.profile, Identity::User, &request).await;
    let response = answer.map_err(|error| Missing {
        verdict: Verdict::Inconclusive,
        reason: format!("fixture: {}: {error}", recipe.operation),
    })?;
    document(&response, &recipe.operation, run)
}

fn document(response: &Response, operation: &str, run: &Run) -> Result<Value, Missing> {
    let organization = &run.target.organization;
    if let Some(reason) = not_now(response.status) {
        return Err(Missing { verdict: Verdict::Inconclusive, reason: format!("fixture: {operation}: {reason}") });
    }
    match response.status {
        200..300 => {
            let parsed = response.json().as_ref().map(|parsed| parsed.value.clone());
            parsed.map_err(|error| blocked(format!("fixture: {operation} answered no JSON: {error}")))
        }
        status => Err(blocked(format!(
            "fixture: {operation} for `{organization}` answered {status} (name existing ones, if the target cannot create them)"
        ))),
    }
}

/// What the templates of a recipe know.
pub(super) fn known(run: &Run, name: &str) -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("organization".to_owned(), run.target.organization.clone().into()),
        ("name".to_owned(), name.into()),
    ])
}

pub(super) fn build(
    run: &Run,
    profile: &Profile,
    recipe: &FixtureRequest,
    known: &BTreeMap<String, Value>,
) -> Result<Request, String> {
    let step = request::simple_step(&recipe.operation, Identity::User, recipe.params.clone(), recipe.body.clone());
    let step = Step { query: Query::Parameters(recipe.query.clone()), ..step };
    request::build(run, profile, &step, known).map(|built| built.request).map_err(|error| error.to_string())
}

async fn send(
    run: &Run,
    profile: &Profile,
    recipe: &FixtureRequest,
    known: &BTreeMap<String, Value>,
) -> Result<Response, String> {
    let request = build(run, profile, recipe, known)?;
    run.client.send(&request).await.map_err(|error| error.to_string())
}

/// Values that every template of a case may use.
pub(crate) fn built_in(run: &Run, planned: &Planned, values: &mut Values) {
    values.set("organization", run.target.organization.clone().into());
    values.set("username", run.target.organization.clone().into());
    values.set("base", request::base(run, &planned.profile).into());
    let token = request::token(run, &planned.profile, Identity::User).unwrap_or_default();
    values.set("token", token.into());
    values.set("token.basic", request::basic(token).into());
}
