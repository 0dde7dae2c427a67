//! Runs: a plan is queued, and done at once. It changes nothing but the time of the environment's state.

use serde_json::json;

use super::answer::{Refusal, Reply};
use super::shell::Call;
use super::{access, body};
use crate::app::App;
use crate::faults::Fault;

/// `POST /environments/:username/:name/plan`: "Requires a configuration version to be present on the environment to
/// succeed, but will otherwise 404." (v1 Runs)
pub(crate) fn plan(app: &App, call: &Call) -> Result<Reply, Refusal> {
    access::works(app, Fault::V1Plan500)?;
    let mut store = app.environments();
    let environment = access::environment(app, &mut store, call)?;
    if environment.versions.is_empty() && !app.faults.hit(Fault::V1PlanWithoutConfiguration) {
        return Err(Refusal::not_found());
    }
    let document = body::document(app, call, "v1.runs.plan")?;
    if document.get("destroy").is_none() && app.faults.hit(Fault::V1DestroyRequired) {
        return Err(Refusal::attribute("destroy", "is missing"));
    }
    store.run(call.parameter("username"), call.parameter("name"));
    if app.faults.hit(Fault::V1PlanNoBody) {
        return Ok(Reply::empty());
    }
    Ok(Reply::document(json!({ "success": true })))
}
