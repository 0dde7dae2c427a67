//! One server's state, and what a user can reach of it on v2. Everything that is looked up for a request is looked up
//! here, so that a hidden resource and a missing one cannot be told apart anywhere.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::response::Response;
use http::StatusCode;

use crate::auth::{Tokens, User};
use crate::call::{Call, Operation};
use crate::faults::{Fault, Faults};
use crate::jsonapi::{self, Refusal, Reply};
use crate::random;
use crate::store::{Organization, Store, Variable, WorkspacePlace};
use crate::v1::Environments;
use crate::variations::{Variation, Variations};

/// One server: its memory, its users, its faults and variations.
pub(crate) struct App {
    pub(crate) tokens: Tokens,
    pub(crate) faults: Faults,
    pub(crate) variations: Variations,
    /// How many ids were given so far.
    ids: AtomicU64,
    store: Mutex<Store>,
    environments: Mutex<Environments>,
}

impl App {
    pub(crate) fn new(tokens: Tokens, faults: Faults, variations: Variations, environments: Environments) -> Self {
        let (store, environments) = (Mutex::new(Store::preset()), Mutex::new(environments));
        Self { tokens, faults, variations, ids: AtomicU64::new(1), store, environments }
    }

    /// The store, locked. An endpoint holds it from its first look to its last change.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What v1 remembers, locked. It shares nothing with the store of v2 but the names of the users.
    pub(crate) fn environments(&self) -> MutexGuard<'_, Environments> {
        self.environments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new id.
    pub(crate) fn id(&self, prefix: &str) -> Result<String, getrandom::Error> {
        if self.variations.hit(Variation::PlainIds) {
            return Ok(self.ids.fetch_add(1, Ordering::Relaxed).to_string());
        }
        if self.variations.hit(Variation::UuidIds) { random::uuid() } else { random::id(prefix) }
    }

    pub(crate) fn render(&self, operation: Operation, answer: Result<Reply, Refusal>) -> Response {
        jsonapi::render(&self.faults, operation, answer)
    }

    pub(crate) fn organization<'s>(
        &self,
        store: &'s Store,
        call: &Call,
        name: &str,
    ) -> Result<&'s Organization, Refusal> {
        self.reach(call, store.organization(name), |organization| organization)
    }

    pub(crate) fn workspace<'s>(&self, store: &'s Store, call: &Call, id: &str) -> Result<WorkspacePlace<'s>, Refusal> {
        let found = store.workspaces().find(|place| place.workspace.id == id);
        self.reach(call, found, |place| place.organization)
    }

    pub(crate) fn workspace_named<'s>(
        &self,
        store: &'s Store,
        call: &Call,
        organization: &str,
        name: &str,
    ) -> Result<WorkspacePlace<'s>, Refusal> {
        let organization = self.organization(store, call, organization)?;
        let found = organization.workspaces.iter().find(|workspace| workspace.name == name);
        self.reach(call, found.map(|workspace| WorkspacePlace { organization, workspace }), |place| place.organization)
    }

    pub(crate) fn variable<'s>(
        &self,
        store: &'s Store,
        call: &Call,
        id: &str,
    ) -> Result<(WorkspacePlace<'s>, &'s Variable), Refusal> {
        self.reach(call, store.variable(id), |(place, _)| place.organization)
    }

    /// "We return 404 Not Found codes for resources that a user doesn't have access to, as well as for resources that
    /// don't exist." (API documentation, "Response Codes")
    fn reach<T>(
        &self,
        call: &Call,
        found: Option<T>,
        owner: impl for<'t> FnOnce(&'t T) -> &'t Organization,
    ) -> Result<T, Refusal> {
        match found {
            Some(resource) if may_see(call.user, owner(&resource)) || self.shows_foreign(call.operation) => {
                Ok(resource)
            }
            Some(_) => Err(self.hidden()),
            None => Err(self.missing(call.operation)),
        }
    }

    /// Whether a resource of somebody else is reached all the same.
    fn shows_foreign(&self, operation: Operation) -> bool {
        let fault = match operation {
            Operation::ListVariables => Fault::ForeignFiltered,
            Operation::CreateVariable => Fault::ForeignCreated,
            Operation::ReadVariable => Fault::ForeignRead,
            Operation::UpdateVariable => Fault::ForeignUpdated,
            Operation::DeleteVariable => Fault::ForeignDeleted,
            Operation::Workspace | Operation::Other => return false,
        };
        self.faults.hit(fault)
    }

    fn hidden(&self) -> Refusal {
        if self.faults.hit(Fault::Foreign403) {
            return Refusal::forbidden("You have no access to the resource.");
        }
        if self.faults.hit(Fault::Foreign401) {
            return Refusal::unauthorized();
        }
        if self.faults.hit(Fault::HiddenToldByBody) {
            return Refusal::new(StatusCode::NOT_FOUND, "not found", "You have no access to the resource.");
        }
        if self.faults.hit(Fault::HiddenToldByHeader) {
            return Refusal::not_found().with_header("x-access", "denied");
        }
        Refusal::not_found()
    }

    fn missing(&self, operation: Operation) -> Refusal {
        if operation == Operation::DeleteVariable && self.faults.hit(Fault::Missing500) {
            return Refusal::internal("No such row.");
        }
        Refusal::not_found()
    }
}

/// Members of an organization see all of it; nobody else sees any of it.
pub(crate) fn may_see(user: User, organization: &Organization) -> bool {
    organization.members.contains(&user)
}
