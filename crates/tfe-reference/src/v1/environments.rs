//! Environments: the variables of one are updated. Nothing else is documented.

use serde_json::{Value, json};

use super::answer::{Refusal, Reply};
use super::shell::Call;
use super::{access, body, variables};
use crate::app::App;
use crate::faults::Fault;

/// `PUT /environments/:username/:name/variables`
pub(crate) fn update_variables(app: &App, call: &Call) -> Result<Reply, Refusal> {
    access::works(app, Fault::V1Update500)?;
    let mut store = app.environments();
    let environment = access::environment(app, &mut store, call)?;
    if environment.versions.is_empty() && app.faults.hit(Fault::V1BareUnreachable) {
        return Err(Refusal::not_found());
    }
    let document = body::document(app, call, "v1.environments.update-variables")?;
    let mut given = variables::given(document.get("variables"))?;
    let is_removal = |(_, value): &(String, String)| value.is_empty();
    if given.iter().any(is_removal) {
        access::works(app, Fault::V1Remove500)?;
    }
    if !environment.variables.is_empty() && !given.iter().all(is_removal) {
        access::works(app, Fault::V1UpdateAgain500)?;
    }
    let outside = outside(&document);
    if !outside.is_empty() && app.faults.hit(Fault::V1OutsideNamespaceApplied) {
        given.extend(outside);
    }
    if !given.is_empty() && app.faults.hit(Fault::V1UpdateIgnored) {
        return Ok(Reply::empty());
    }
    if !environment.variables.is_empty() && app.faults.hit(Fault::V1PutReplaces) {
        environment.variables.clear();
    }
    let before = environment.variables.clone();
    variables::merge(&app.faults, &mut environment.variables, given.clone());
    let removed: Vec<_> = before.iter().filter(|(name, _)| !environment.variables.contains_key(*name)).collect();
    if !removed.is_empty() && app.faults.hit(Fault::V1RemovedReturned) {
        return Ok(Reply::document(json!({ "removed": removed })));
    }
    if app.faults.hit(Fault::V1VariablesReturned) {
        return Ok(Reply::document(json!({ "variables": environment.variables })));
    }
    if !given.is_empty() && app.faults.hit(Fault::V1UpdateSpills) {
        store.of(call.parameter("username")).for_each(|other| other.variables.extend(given.iter().cloned()));
    }
    // "Due to the sensitive nature of variables, they are not returned on success." (v1 Environments)
    Ok(Reply::empty())
}

/// Texts beside the namespace, which mean nothing.
fn outside(document: &Value) -> Vec<(String, String)> {
    let members = document.as_object().into_iter().flatten();
    members.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}
