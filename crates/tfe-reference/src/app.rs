//! One server's state, and what a user can reach of it on v2. Everything that is looked up for a request is looked up
//! here, so that a hidden resource and a missing one cannot be told apart anywhere.

use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::response::Response;

use crate::auth::{Tokens, User};
use crate::faults::{Fault, Faults};
use crate::jsonapi::{self, Refusal, Reply};
use crate::store::{Organization, Store, Variable, WorkspacePlace};
use crate::v1::Environments;

/// One server: its memory, its users, its faults.
pub(crate) struct App {
    pub(crate) tokens: Tokens,
    pub(crate) faults: Faults,
    store: Mutex<Store>,
    environments: Mutex<Environments>,
}

impl App {
    pub(crate) fn new(tokens: Tokens, faults: Faults, environments: Environments) -> Self {
        Self { tokens, faults, store: Mutex::new(Store::preset()), environments: Mutex::new(environments) }
    }

    /// The store, locked. An endpoint holds it from its first look to its last change.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What v1 remembers, locked. It shares nothing with the store of v2 but the names of the users.
    pub(crate) fn environments(&self) -> MutexGuard<'_, Environments> {
        self.environments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn render(&self, answer: Result<Reply, Refusal>) -> Response {
        jsonapi::render(&self.faults, answer)
    }

    pub(crate) fn organization<'s>(
        &self,
        store: &'s Store,
        user: User,
        name: &str,
    ) -> Result<&'s Organization, Refusal> {
        self.reach(store.organization(name), |organization| may_see(user, organization))
    }

    pub(crate) fn workspace<'s>(&self, store: &'s Store, user: User, id: &str) -> Result<WorkspacePlace<'s>, Refusal> {
        let found = store.workspaces().find(|place| place.workspace.id == id);
        self.reach(found, |place| may_see(user, place.organization))
    }

    pub(crate) fn workspace_named<'s>(
        &self,
        store: &'s Store,
        user: User,
        organization: &str,
        name: &str,
    ) -> Result<WorkspacePlace<'s>, Refusal> {
        let organization = self.organization(store, user, organization)?;
        let found = organization.workspaces.iter().find(|workspace| workspace.name == name);
        found.map(|workspace| WorkspacePlace { organization, workspace }).ok_or_else(Refusal::not_found)
    }

    pub(crate) fn variable<'s>(
        &self,
        store: &'s Store,
        user: User,
        id: &str,
    ) -> Result<(WorkspacePlace<'s>, &'s Variable), Refusal> {
        self.reach(store.variable(id), |(place, _)| may_see(user, place.organization))
    }

    /// "We return 404 Not Found codes for resources that a user doesn't have access to, as well as for resources that
    /// don't exist." (API documentation, "Response Codes")
    fn reach<T>(&self, found: Option<T>, may_see: impl FnOnce(&T) -> bool) -> Result<T, Refusal> {
        match found {
            Some(resource) if may_see(&resource) => Ok(resource),
            Some(_) if self.faults.hit(Fault::Foreign403) => {
                Err(Refusal::forbidden("You have no access to the resource."))
            }
            _ => Err(Refusal::not_found()),
        }
    }
}

/// Members of an organization see all of it; nobody else sees any of it.
pub(crate) fn may_see(user: User, organization: &Organization) -> bool {
    organization.members.contains(&user)
}
