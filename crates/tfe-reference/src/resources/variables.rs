//! Variables: create, read, list, update, delete (API documentation, "Variables API").

use std::sync::LazyLock;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{bad_parameter, text_at, workspaces};
use crate::app::{self, App};
use crate::body::{self, Expected};
use crate::call::Call;
use crate::faults::Fault;
use crate::jsonapi::{Refusal, Reply};
use crate::shell::BASE_PATH;
use crate::store::{Store, Variable, Workspace, WorkspacePlace};
use crate::{random, schema};

const TYPE: &str = "vars";

const CREATE: Expected =
    Expected { schema: "v2/variables/create-request", resource_type: TYPE, creates: true, overlooked: OVERLOOKED };

const UPDATE: Expected =
    Expected { schema: "v2/variables/update-request", resource_type: TYPE, creates: false, overlooked: OVERLOOKED };

const OVERLOOKED: &[(Fault, &str, &str)] = &[(Fault::UnknownCategoryAccepted, "/data/attributes/category", "enum")];

const WORKSPACE_FILTER: &str = "filter[workspace][name]";
const ORGANIZATION_FILTER: &str = "filter[organization][name]";

/// The names of the attributes that a variable has, as its schema says.
static ATTRIBUTES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let attributes = schema::attributes("v2/variables/resource", schema::IN_RESOURCE);
    attributes.into_iter().map(|(name, _)| name).collect()
});

/// The attributes that need not be given, as the schema says.
static DEFAULTS: LazyLock<Map<String, Value>> = LazyLock::new(|| schema::defaults(CREATE.schema));

/// `GET /vars`
pub(crate) fn list(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let store = app.store();
    let places: Vec<_> = match filter(app, call)? {
        Some((organization, workspace)) => vec![app.workspace_named(&store, call.user, organization, workspace)?],
        None => store.workspaces().filter(|place| app::may_see(call.user, place.organization)).collect(),
    };
    let variables = places.into_iter().flat_map(|place| {
        let listed = place.workspace.variables.iter().chain(&place.workspace.ghosts);
        listed.map(move |variable| resource(app, place, variable))
    });
    Reply::collection(call, variables.collect())
}

/// `POST /vars`
pub(crate) fn create(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let mut store = app.store();
    let document = body::checked(app, &call.body, &CREATE)?;
    let place = owner(app, call, &store, &document)?;
    let variable = Variable { id: random::id("var")?, attributes: given_or_else(&document, |name| DEFAULTS.get(name)) };
    check_unique(place.workspace, &variable, &document)?;
    let mut resource = resource(app, place, &variable);
    let workspace = place.workspace.id.clone();
    if let Some(workspace) = store.workspace_mut(&workspace) {
        workspace.variables.push(variable);
    }
    if app.faults.hit(Fault::Create200WithoutId) {
        remove(&mut resource, "id");
        return Ok(Reply::created(call, resource).with_status(StatusCode::OK));
    }
    Ok(Reply::created(call, resource))
}

/// `GET /vars/:variable_id`: not in the documents, but `links.self` points here.
pub(crate) fn read(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let store = app.store();
    let (place, variable) = app.variable(&store, call.user, call.parameter("variable_id"))?;
    Ok(Reply::resource(call, resource(app, place, variable)))
}

/// `PATCH /vars/:variable_id`. The variable is looked up before the document is looked at, so that a document says
/// nothing about a hidden variable.
pub(crate) fn update(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let mut store = app.store();
    let (place, variable) = app.variable(&store, call.user, call.parameter("variable_id"))?;
    let document = body::checked(app, &call.body, &UPDATE)?;
    if text_at(&document, "/data/id") != Some(&variable.id) {
        return Err(Refusal::conflict("The id is not that of the variable in the path.").at_pointer("/data/id"));
    }
    check_owner_kept(place, &document)?;
    let changed = changed(app, variable, &document);
    check_still_sensitive(variable, &changed)?;
    check_unique(place.workspace, &changed, &document)?;
    let reply = Reply::resource(call, resource(app, place, &changed));
    store.replace_variable(changed);
    Ok(reply)
}

/// `DELETE /vars/:variable_id`
pub(crate) fn delete(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let mut store = app.store();
    let (place, variable) = app.variable(&store, call.user, call.parameter("variable_id"))?;
    let (workspace, id) = (place.workspace.id.clone(), variable.id.clone());
    if let Some(removed) = store.remove_variable(&workspace, &id)
        && app.faults.hit(Fault::DeletedStillListed)
        && let Some(workspace) = store.workspace_mut(&workspace)
    {
        workspace.ghosts.push(removed);
    }
    Ok(Reply::no_content())
}

/// The organization and workspace that a list is limited to. "These two parameters are optional but linked; if you
/// include one, you must include both."
fn filter<'c>(app: &App, call: &'c Call) -> Result<Option<(&'c str, &'c str)>, Refusal> {
    for (name, _) in call.query.family("filter") {
        // A filter that was ignored would show more than was asked for.
        if ![WORKSPACE_FILTER, ORGANIZATION_FILTER].contains(&name) {
            return Err(bad_parameter(name, "The filter is unknown."));
        }
    }
    let missing = match (call.query.value(ORGANIZATION_FILTER), call.query.value(WORKSPACE_FILTER)) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) if app.faults.hit(Fault::WorkspaceFilterIgnored) => return Ok(None),
        (Some(organization), Some(workspace)) => return Ok(Some((organization, workspace))),
        (None, Some(_)) => ORGANIZATION_FILTER,
        (Some(_), None) => WORKSPACE_FILTER,
    };
    if app.faults.hit(Fault::HalfFilterAccepted) {
        return Ok(None);
    }
    Err(bad_parameter(missing, "The parameter is missing: the two filters must be combined."))
}

/// The workspace that a new variable is to belong to: by relationships, or by the deprecated filter. Relationships win
/// if both are given, but then the filter must name the same workspace.
fn owner<'s>(app: &App, call: &Call, store: &'s Store, document: &Value) -> Result<WorkspacePlace<'s>, Refusal> {
    let filter = text_at(document, "/filter/organization/name").zip(text_at(document, "/filter/workspace/name"));
    let id = text_at(document, "/data/relationships/workspace/data/id");
    match (id, filter) {
        (None, Some((organization, workspace))) => app
            .workspace_named(store, call.user, organization, workspace)
            .map_err(|refusal| refusal.at_pointer("/filter/workspace/name")),
        (id, _) => {
            let place = app
                .workspace(store, call.user, id.unwrap_or_default())
                .map_err(|refusal| refusal.at_pointer("/data/relationships/workspace"))?;
            check_organization(place, document)?;
            check_agreement(place, document)?;
            Ok(place)
        }
    }
}

/// "The ID (which is the name) of the organization that owns the workspace."
fn check_organization(place: WorkspacePlace<'_>, document: &Value) -> Result<(), Refusal> {
    match text_at(document, "/data/relationships/organization/data/id") {
        Some(name) if name != place.organization.name => {
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
fn check_owner_kept(place: WorkspacePlace<'_>, document: &Value) -> Result<(), Refusal> {
    let owners = [
        ("workspace", &place.workspace.id),
        ("configurable", &place.workspace.id),
        ("organization", &place.organization.name),
    ];
    for (relationship, owner) in owners {
        let pointer = format!("/data/relationships/{relationship}");
        if let Some(sent) = document.pointer(&pointer)
            && text_at(sent, "/data/id") != Some(owner)
        {
            return Err(Refusal::forbidden("A variable cannot be moved to another owner.").at_pointer(&pointer));
        }
    }
    Ok(())
}

/// The variable as an update leaves it. "All of these properties are optional; if omitted, a property will be left
/// unchanged."
fn changed(app: &App, variable: &Variable, document: &Value) -> Variable {
    let attributes = given_or_else(document, |name| {
        let current = variable.attributes.get(name);
        let reset = DEFAULTS.get(name).filter(|default| current != Some(default));
        // To lift `sensitive` would break another rule as well.
        if reset.is_some() && name != "sensitive" && app.faults.hit(Fault::PatchResetsOmitted) {
            return reset;
        }
        current
    });
    Variable { id: variable.id.clone(), attributes }
}

/// Every attribute of a variable: as the document gives it, else from elsewhere. Unknown ones are ignored.
fn given_or_else<'v>(document: &'v Value, otherwise: impl Fn(&str) -> Option<&'v Value>) -> Map<String, Value> {
    let given = document.pointer("/data/attributes");
    let value = |name: &String| given.and_then(|given| given.get(name)).or_else(|| otherwise(name));
    ATTRIBUTES.iter().filter_map(|name| Some((name.clone(), value(name)?.clone()))).collect()
}

/// "Whether the value is sensitive. If true then the variable is written once and not visible thereafter." A new value
/// may be written; none that was written may come to light.
fn check_still_sensitive(variable: &Variable, changed: &Variable) -> Result<(), Refusal> {
    if variable.is_sensitive() && !changed.is_sensitive() {
        let detail = "Sensitive cannot be changed from true to false on saved records";
        return Err(Refusal::invalid_attribute(detail).at_pointer("/data/attributes/sensitive"));
    }
    Ok(())
}

/// A key stands once in a category of a workspace.
fn check_unique(workspace: &Workspace, variable: &Variable, document: &Value) -> Result<(), Refusal> {
    let same = |other: &Variable| ["key", "category"].iter().all(|name| other.text(name) == variable.text(name));
    if workspace.variables.iter().any(|other| other.id != variable.id && same(other)) {
        // An update of the category alone has no key to point to.
        let pointers = ["/data/attributes/key", "/data/attributes/category"];
        let pointer = pointers.into_iter().find(|pointer| document.pointer(pointer).is_some());
        return Err(Refusal::invalid_attribute("Key has already been taken").at_pointer(pointer.unwrap_or("/data")));
    }
    Ok(())
}

/// A variable as every response shows it.
fn resource(app: &App, place: WorkspacePlace<'_>, variable: &Variable) -> Value {
    let mut attributes = variable.attributes.clone();
    if variable.is_sensitive() && !app.faults.hit(Fault::SensitiveReadable) {
        attributes.insert("value".to_owned(), Value::Null);
    }
    json!({
        "id": variable.id,
        "type": TYPE,
        "attributes": attributes,
        "relationships": {
            "configurable": {
                "data": { "id": place.workspace.id, "type": "workspaces" },
                "links": { "related": workspaces::path(&place.organization.name, &place.workspace.name) },
            },
        },
        "links": { "self": format!("{BASE_PATH}/vars/{}", variable.id) },
    })
}

fn remove(resource: &mut Value, name: &str) {
    if let Some(resource) = resource.as_object_mut() {
        resource.remove(name);
    }
}
