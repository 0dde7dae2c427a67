//! Fixtures: what a case needs to exist before it starts. Created for the case where the target
//! can, else taken from the names that the user gave, one case at a time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::bindings::Values;
use super::ledger::Ledger;
use super::{Run, request};
use crate::client::Response;
use crate::event::Verdict;
use crate::plan::Planned;
use crate::suite::{FixtureRequest, Identity};
use crate::template;

/// Workspaces that the user gave, each leased to one case at a time.
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

    /// Leases `count` names, or says why that can never be.
    async fn lease(&self, count: usize) -> Result<Lease, String> {
        if count > self.size {
            return Err(format!("needs {count} workspace(s), and {} given with --workspace", self.size));
        }
        let count32 = u32::try_from(count).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.free).acquire_many_owned(count32).await.map_err(|error| error.to_string())?;
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let keep = names.len() - count;
        let taken = names.split_off(keep);
        Ok(Lease { taken, names: Arc::clone(&self.names), _permit: permit })
    }
}

/// Names on loan; they go back when this is dropped.
pub(crate) struct Lease {
    taken: Vec<String>,
    names: Arc<Mutex<Vec<String>>>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).append(&mut self.taken);
    }
}

/// Why a fixture is not there, and what that makes of the case.
pub(crate) struct Missing {
    pub(crate) verdict: Verdict,
    pub(crate) reason: String,
}

fn blocked(reason: String) -> Missing {
    Missing { verdict: Verdict::Blocked, reason }
}

/// Gets every fixture of a case and binds its exports. The lease has to outlive the case.
pub(crate) async fn set_up(
    run: &Run,
    planned: &Planned,
    values: &mut Values,
    ledger: &Ledger,
) -> Result<Option<Lease>, Missing> {
    let given = !run.target.workspaces.is_empty();
    let mut lease = None;
    if given && !planned.case.fixtures.is_empty() {
        lease = Some(run.pool.lease(planned.case.fixtures.len()).await.map_err(blocked)?);
    }
    let names: Vec<String> = lease.as_ref().map(|lease: &Lease| lease.taken.clone()).unwrap_or_default();
    for (index, (fixture, kind)) in planned.case.fixtures.iter().enumerate() {
        let Some(recipe) = planned.profile.fixtures.get(kind) else {
            return Err(blocked(format!("unknown fixture kind `{kind}`")));
        };
        let (request, name) = match (names.get(index), &recipe.read) {
            (Some(name), Some(read)) => (read, name.clone()),
            (Some(_), None) => {
                return Err(blocked(format!("needs a fresh `{kind}`, and only given workspaces may be used")));
            }
            (None, _) => (&recipe.create, values.fixture_name(fixture)),
        };
        let document = obtain(run, planned, request, &name, ledger).await?;
        values.set(format!("{fixture}.organization"), run.target.organization.clone().into());
        for (export, at) in &recipe.exports {
            match at.resolve(&document) {
                Some(value) => values.set(format!("{fixture}.{export}"), value.clone()),
                None => return Err(blocked(format!("the answer of {} has nothing at `{at}`", request.operation))),
            }
        }
    }
    Ok(lease)
}

async fn obtain(
    run: &Run,
    planned: &Planned,
    recipe: &FixtureRequest,
    name: &str,
    ledger: &Ledger,
) -> Result<Value, Missing> {
    let values = BTreeMap::from([
        ("organization".to_owned(), Value::from(run.target.organization.clone())),
        ("name".to_owned(), name.into()),
    ]);
    let step = request::simple_step(&recipe.operation, Identity::User, recipe.params.clone(), recipe.body.clone());
    let built = request::build(run, &planned.profile, &step, &values).map_err(|error| blocked(error.to_string()))?;
    let request = built.request;
    let response = run.client.send(&request).await.map_err(|error| Missing {
        verdict: Verdict::Inconclusive,
        reason: format!("fixture: {}: {error}", recipe.operation),
    })?;
    if let (200..300, Some(operation)) = (response.status, run.catalog.operation(&recipe.operation)) {
        ledger.note(run, &planned.profile, operation, Identity::User, &request, &response);
    }
    document(&response, &recipe.operation, run)
}

fn document(response: &Response, operation: &str, run: &Run) -> Result<Value, Missing> {
    let organization = &run.target.organization;
    match response.status {
        200..300 => {
            let parsed = tfe_schema::json::parse(&response.body);
            parsed
                .map(|parsed| parsed.value)
                .map_err(|error| blocked(format!("fixture: {operation} answered no JSON: {error}")))
        }
        429 => Err(Missing {
            verdict: Verdict::Inconclusive,
            reason: "the target takes no more requests now (429)".to_owned(),
        }),
        status => Err(blocked(format!(
            "fixture: {operation} in organization `{organization}` answered {status} (name existing workspaces with --workspace, if the target cannot create them)"
        ))),
    }
}

/// Values that every template of a case may use.
pub(crate) fn built_in(run: &Run, planned: &Planned, values: &mut Values) {
    values.set("organization", run.target.organization.clone().into());
    values.set("base", request::base(run, &planned.profile).into());
    let token = run.target.tokens.get(&Identity::User).map_or("", String::as_str);
    values.set("token", token.into());
    values.set("token.basic", request::basic(token).into());
    debug_assert!(crate::suite::BUILT_IN.iter().all(|name| template::Bindings::value(values, name).is_some()));
}
