//! What a variable belongs to: a workspace, and by it an organization.

use http::StatusCode;
use serde_json::Value;

use crate::app::App;
use crate::call::Call;
use crate::faults::Fault;
use crate::jsonapi::Refusal;
use crate::resources::text_at;
use crate::store::{Store, WorkspacePlace};

/// The workspace that a new variable is to belong to: by relationships, or by the deprecated filter. Relationships win
/// if both are given, but then the filter must name the same workspace.
pub(super) fn owner<'s>(
    app: &App,
    call: &Call,
    store: &'s Store,
    document: &Value,
) -> Result<WorkspacePlace<'s>, Refusal> {
    let filter = text_at(document, "/filter/organization/name").zip(text_at(document, "/filter/workspace/name"));
    let id = text_at(document, "/data/relationships/workspace/data/id");
    match (id, filter) {
        (None, Some((organization, workspace))) => app
            .workspace_named(store, call, organization, workspace)
            .map_err(|refusal| refusal.at_pointer("/filter/workspace/name")),
        (id, _) => {
            let place = named(app, call, store, id.unwrap_or_default())
                .map_err(|refusal| refusal.at_pointer("/data/relationships/workspace"))?;
            check_organization(app, place, document)?;
            check_agreement(place, document)?;
            Ok(place)
        }
    }
}

fn named<'s>(app: &App, call: &Call, store: &'s Store, id: &str) -> Result<WorkspacePlace<'s>, Refusal> {
    let found = app.workspace(store, call, id);
    if found.is_err()
        && let Some(place) = store.workspaces().find(|place| place.workspace.name == id)
        && app.faults.hit(Fault::WorkspaceNameAccepted)
    {
        return Ok(place);
    }
    found
}

/// "The ID (which is the name) of the organization that owns the workspace."
fn check_organization(app: &App, place: WorkspacePlace<'_>, document: &Value) -> Result<(), Refusal> {
    match text_at(document, "/data/relationships/organization/data/id") {
        Some(name) if name != place.organization.name && !app.faults.hit(Fault::OrganizationUnchecked) => {
            Err(Refusal::not_found().at_pointer("/data/relationships/organization"))
        }
        _ => Ok(()),
    }
}

fn check_agreement(place: WorkspacePlace<'_>, document: &Value) -> Result<(), Refusal> {
    let names =
        [("/filter/organization/name", &place.organization.name), ("/filter/workspace/name", &place.workspace.name)];
    for (pointer, name) in names {
        if text_at(document, pointer).is_some_and(|sent| sent != name) {
            let detail = "The filter and the relationships name different workspaces.";
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Err(Refusal::new(status, "invalid request document", detail).at_pointer(pointer));
        }
    }
    Ok(())
}

/// A variable stays in its workspace: the documents offer no way to move it. Naming the owner that it has is harmless.
pub(super) fn check_kept(place: WorkspacePlace<'_>, document: &Value) -> Result<(), Refusal> {
    let owners = [
        ("workspace", &place.workspace.id),
        ("configurable", &place.workspace.id),
        ("organization", &place.organization.name),
    ];
    for (relationship, owner) in owners {
        let pointer = format!("/data/relationships/{relationship}");
        if let Some(sent) = document.pointer(&pointer)
            // Only a fault lets a relationship without data come so far.
            && sent.get("data").is_some()
            && text_at(sent, "/data/id") != Some(owner)
        {
            return Err(Refusal::forbidden("A variable cannot be moved to another owner.").at_pointer(&pointer));
        }
    }
    Ok(())
}
