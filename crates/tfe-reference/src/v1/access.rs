//! What a user can reach. Environments are looked up for a request here and nowhere else, so that a hidden one and a
//! missing one cannot be told apart anywhere.

use http::StatusCode;

use super::answer::Refusal;
use super::shell::Call;
use super::store::{Environment, Environments};
use super::users::may_see;
use crate::app::App;
use crate::faults::Fault;

/// The environment that the path names, if the user can reach it: "404 Not Found codes are returned for all resources
/// that a user does not have access to, as well as for resources that don't exist." (v1 index, "Response Codes")
pub(crate) fn environment<'s>(
    app: &App,
    store: &'s mut Environments,
    call: &Call,
) -> Result<&'s mut Environment, Refusal> {
    match store.find(call.parameter("username"), call.parameter("name")) {
        Some(environment) if may_see(call.user, &environment.username) || app.faults.hit(Fault::V1ForeignReached) => {
            Ok(environment)
        }
        Some(_) => Err(hidden(app)),
        None => Err(missing(app)),
    }
}

fn hidden(app: &App) -> Refusal {
    if app.faults.hit(Fault::V1Foreign403) {
        return Refusal::forbidden();
    }
    if app.faults.hit(Fault::V1HiddenTold) {
        return Refusal::base(StatusCode::NOT_FOUND, "no access");
    }
    Refusal::not_found()
}

fn missing(app: &App) -> Refusal {
    if app.faults.hit(Fault::V1Missing422) {
        return Refusal::attribute("name", "does not exist");
    }
    Refusal::not_found()
}

/// An endpoint works, unless the fault is on.
pub(crate) fn works(app: &App, fault: Fault) -> Result<(), Refusal> {
    if app.faults.hit(fault) { Err(Refusal::internal("out of order")) } else { Ok(()) }
}
