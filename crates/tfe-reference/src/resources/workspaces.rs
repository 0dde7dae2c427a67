//! Workspaces: create, read, list, delete. Each has two addresses, its id and its name in the organization.

use serde_json::{Map, Value, json};

use super::{name_in, name_taken, time};
use crate::app::App;
use crate::body::{self, Expected};
use crate::call::Call;
use crate::faults::Fault;
use crate::jsonapi::{Refusal, Reply};
use crate::shell::BASE_PATH;
use crate::store::{Store, Workspace, WorkspacePlace};

const CREATE: Expected =
    Expected { schema: "v2/workspaces/create-request", resource_type: "workspaces", creates: true };

/// The attributes that a client may choose beside the name. They are kept and shown; nothing acts on them.
const SETTINGS: [&str; 4] = ["auto-apply", "working-directory", "terraform-version", "vcs-repo"];

/// `GET /organizations/:organization_name/workspaces`
pub(crate) fn list(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let store = app.store();
    let organization = app.organization(&store, call, call.parameter("organization_name"))?;
    let places = organization.workspaces.iter().map(|workspace| WorkspacePlace { organization, workspace });
    Reply::collection(call, places.map(resource).collect())
}

/// `POST /organizations/:organization_name/workspaces`
pub(crate) fn create(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let mut store = app.store();
    let organization = app.organization(&store, call, call.parameter("organization_name"))?;
    let document = body::checked(app, call, &CREATE)?;
    let name = name_in(&document)?;
    if organization.workspaces.iter().any(|workspace| workspace.name == name) {
        return Err(name_taken());
    }
    let workspace = Workspace::new(app.id("ws")?, name, settings(&document));
    let reply = Reply::created(call, resource(WorkspacePlace { organization, workspace: &workspace }));
    let owner = organization.name.clone();
    if let Some(organization) = store.organization_mut(&owner) {
        organization.workspaces.push(workspace);
    }
    Ok(reply)
}

/// `GET /workspaces/:workspace_id` and `GET /organizations/:organization_name/workspaces/:workspace_name`
pub(crate) fn read(app: &App, call: &Call) -> Result<Reply, Refusal> {
    if app.faults.hit(Fault::WorkspaceUnreachable) {
        return Err(Refusal::forbidden("you may not read workspaces"));
    }
    let store = app.store();
    Ok(Reply::resource(call, resource(addressed(app, call, &store)?)))
}

/// `DELETE` at either address, with the variables.
pub(crate) fn delete(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let mut store = app.store();
    let id = addressed(app, call, &store)?.workspace.id.clone();
    store.remove_workspace(&id);
    Ok(Reply::no_content())
}

/// The workspace that the path names, by id or by name.
fn addressed<'s>(app: &App, call: &Call, store: &'s Store) -> Result<WorkspacePlace<'s>, Refusal> {
    match call.parameter("workspace_id") {
        "" => {
            let (organization, name) = (call.parameter("organization_name"), call.parameter("workspace_name"));
            app.workspace_named(store, call, organization, name)
        }
        id => app.workspace(store, call, id),
    }
}

fn settings(document: &Value) -> Map<String, Value> {
    let chosen = |name: &str| Some((name.to_owned(), document.pointer("/data/attributes")?.get(name)?.clone()));
    SETTINGS.into_iter().filter_map(chosen).collect()
}

fn resource(WorkspacePlace { organization, workspace }: WorkspacePlace<'_>) -> Value {
    let mut attributes = json!({
        "name": workspace.name,
        "environment": "default",
        "auto-apply": false,
        "locked": false,
        "created-at": time(workspace.created_at),
        "working-directory": null,
        "terraform-version": null,
        "can-queue-destroy-plan": false,
        "vcs-repo": null,
        "permissions": {
            "can-update": false,
            "can-destroy": true,
            "can-queue-destroy": false,
            "can-queue-run": false,
            "can-update-variable": true,
            "can-lock": false,
            "can-read-settings": true,
        },
    });
    for (name, value) in &workspace.settings {
        attributes[name] = value.clone();
    }
    json!({
        "id": workspace.id,
        "type": "workspaces",
        "attributes": attributes,
        "relationships": { "organization": { "data": { "id": organization.name, "type": "organizations" } } },
        "links": { "self": path(organization.name.as_str(), &workspace.name) },
    })
}

/// The path of a workspace; names need no encoding, see [`name_in`].
pub(super) fn path(organization: &str, workspace: &str) -> String {
    format!("{BASE_PATH}/organizations/{organization}/workspaces/{workspace}")
}
