//! Variables: create, read, list, update, delete (API documentation, "Variables API").

mod filter;
mod owner;

use std::sync::LazyLock;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{text_at, workspaces};
use crate::app::{App, may_see};
use crate::body::{self, Expected};
use crate::call::{Call, Operation};
use crate::faults::{Fault, lenient, stored};
use crate::jsonapi::{Refusal, Reply};
use crate::schema;
use crate::shell::BASE_PATH;
use crate::store::{Store, Variable, Workspace, WorkspacePlace};
use crate::variations::Variation;

const TYPE: &str = "vars";

const CREATE: Expected = Expected { schema: "v2/variables/create-request", resource_type: TYPE, creates: true };

const UPDATE: Expected = Expected { schema: "v2/variables/update-request", resource_type: TYPE, creates: false };

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
    let places = filter::workspaces(app, call, &store)?;
    let is_one = places.len() == 1;
    let mut variables: Vec<_> = places
        .into_iter()
        .flat_map(|place| {
            let listed = place.workspace.variables.iter().chain(&place.workspace.ghosts);
            listed.map(move |variable| resource(app, call, place, variable))
        })
        .collect();
    if is_one && variables.len() == 2 && app.faults.hit(Fault::FilteredListCut) {
        variables.truncate(1);
    }
    if is_one && variables.len() > 20 && app.faults.hit(Fault::LongListCut) {
        variables.truncate(20);
    }
    Reply::collection(call, variables)
}

/// `POST /vars`
pub(crate) fn create(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let mut store = app.store();
    if accepts_anything(app, call) {
        return Ok(Reply::no_content());
    }
    let document = match body::checked(app, call, &CREATE) {
        Err(_) if names_hidden_workspace(call, &store) && app.faults.hit(Fault::HiddenWorkspaceFoundFirst) => {
            return Err(Refusal::not_found());
        }
        checked => checked?,
    };
    let place = owner::owner(app, call, &store, &document)?;
    let attributes = given_or_else(&document, |name| default(app, name));
    let variable = Variable::new(app.id("var")?, stored::changed(&app.faults, attributes));
    check_unique(app, place.workspace, &variable, &document)?;
    let reply = Reply::created(call, resource(app, call, place, &variable));
    let workspace = place.workspace.id.clone();
    if let Some(id) = text_at(&document, "/data/id")
        && store.variable(id).is_some()
        && app.faults.hit(Fault::ClientIdOverwrites)
    {
        store.replace_variable(Variable::new(id.to_owned(), variable.attributes));
        return Ok(reply);
    }
    if lenient::is_whole_environment_variable(&document) && app.faults.hit(Fault::CreateIgnored) {
        return Ok(reply);
    }
    if let Some(workspace) = store.workspace_mut(&workspace) {
        workspace.variables.push(variable);
    }
    Ok(reply)
}

/// Whether a creation is answered with success although there is no document that could say what to create.
fn accepts_anything(app: &App, call: &Call) -> bool {
    let fault = match serde_json::from_slice::<Value>(&call.body) {
        _ if call.body.is_empty() => Fault::EmptyBody204,
        Err(_) => Fault::Malformed204,
        Ok(Value::Object(_)) => return false,
        Ok(_) => Fault::NoObject204,
    };
    app.faults.hit(fault)
}

/// Whether a creation, right or wrong, is about a workspace that exists and that the user cannot see.
fn names_hidden_workspace(call: &Call, store: &Store) -> bool {
    let Ok(document) = serde_json::from_slice::<Value>(&call.body) else { return false };
    let id = text_at(&document, "/data/relationships/workspace/data/id");
    let found = store.workspaces().find(|place| id == Some(&place.workspace.id));
    found.is_some_and(|place| !may_see(call.user, place.organization))
}

/// `GET /vars/:variable_id`: not in the documents, but `links.self` points here.
pub(crate) fn read(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let store = app.store();
    let id = call.parameter("variable_id");
    if let Some((place, variable)) = store.grave(id)
        && app.faults.hit(Fault::DeletedStillReadable)
    {
        return Ok(Reply::resource(call, resource(app, call, place, variable)));
    }
    if store.grave(id).is_some() && app.faults.hit(Fault::DeletedRead410) {
        return Err(Refusal::new(StatusCode::GONE, "gone", "The variable was deleted."));
    }
    let (place, variable) = app.variable(&store, call, id)?;
    Ok(Reply::resource(call, resource(app, call, place, variable)))
}

/// `PATCH /vars/:variable_id`. The variable is looked up before the document is looked at, so that a document says
/// nothing about a hidden variable.
pub(crate) fn update(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let mut store = app.store();
    let id = call.parameter("variable_id");
    let (place, variable) = match app.variable(&store, call, id) {
        Ok(found) => found,
        Err(refusal) => return not_updated(app, call, &store, refusal),
    };
    let document = match body::checked(app, call, &UPDATE) {
        Ok(document) => document,
        Err(refusal) => {
            let refusal = told(app, variable, refusal);
            if let Some(value) = sent_value(call)
                && app.faults.hit(Fault::PartialUpdate)
            {
                let mut changed = variable.clone();
                changed.attributes.insert("value".to_owned(), value);
                store.replace_variable(changed);
            }
            return Err(refusal);
        }
    };
    let (place, variable) = named(app, &store, (place, variable), &document)?;
    owner::check_kept(place, &document)?;
    let changed = changed(app, variable, &document);
    check_still_sensitive(app, variable, &changed)?;
    check_unique(app, place.workspace, &changed, &document)?;
    let shown = if changed.attributes != variable.attributes && app.faults.hit(Fault::UpdateAnswersOld) {
        variable
    } else {
        &changed
    };
    let reply = answer_to_update(app, call, (place, variable, shown), &document);
    if changed.attributes == variable.attributes || !app.faults.hit(Fault::UpdateIgnored) {
        let workspace = place.workspace.id.clone();
        spill(app, &mut store, &workspace, &changed);
        store.replace_variable(changed);
    }
    Ok(reply)
}

/// The variable that an update is about, which path and document must agree on.
fn named<'s>(
    app: &App,
    store: &'s Store,
    found: (WorkspacePlace<'s>, &'s Variable),
    document: &Value,
) -> Result<(WorkspacePlace<'s>, &'s Variable), Refusal> {
    let sent = text_at(document, "/data/id");
    // Only a fault lets a document without an id come so far.
    if sent.is_none_or(|sent| sent == found.1.id) || app.faults.hit(Fault::UpdateIdIgnored) {
        return Ok(found);
    }
    match sent.and_then(|id| store.variable(id)) {
        Some(other) if app.faults.hit(Fault::UpdateIdFollowed) => Ok(other),
        _ => Err(Refusal::conflict("The id is not that of the variable in the path.").at_pointer("/data/id")),
    }
}

/// Why there is nothing to update, unless a fault is on.
fn not_updated(app: &App, call: &Call, store: &Store, refusal: Refusal) -> Result<Reply, Refusal> {
    let exists = store.variable(call.parameter("variable_id")).is_some();
    match body::checked(app, call, &UPDATE) {
        Err(invalid) if exists && app.faults.hit(Fault::HiddenDocumentChecked) => Err(invalid),
        Ok(document) if !exists && app.faults.hit(Fault::UpdateMissing200) => {
            Ok(Reply::resource(call, document["data"].clone()))
        }
        _ => Err(refusal),
    }
}

fn answer_to_update(
    app: &App,
    call: &Call,
    (place, variable, shown): (WorkspacePlace<'_>, &Variable, &Variable),
    document: &Value,
) -> Reply {
    let mut resource = resource(app, call, place, shown);
    if let Some(attributes) = resource["attributes"].as_object_mut()
        && attributes.keys().any(|name| document.pointer("/data/attributes").and_then(|sent| sent.get(name)).is_none())
        && app.faults.hit(Fault::UpdateAnswersPart)
    {
        attributes.retain(|name, _| document["data"]["attributes"].get(name).is_some());
    }
    let reply = Reply::resource(call, resource);
    if variable.is_sensitive() && app.faults.hit(Fault::SensitiveInHeader) {
        return reply.with_header("x-previous-value", variable.text("value"));
    }
    reply
}

/// Updates more than was asked for, if the fault is on.
fn spill(app: &App, store: &mut Store, workspace: &str, changed: &Variable) {
    let Some(workspace) = store.workspace_mut(workspace) else { return };
    for other in workspace.variables.iter_mut().filter(|other| other.id != changed.id) {
        if app.faults.hit(Fault::UpdateSpills) {
            let value = changed.attributes.get("value").cloned().unwrap_or_default();
            other.attributes.insert("value".to_owned(), value);
        }
    }
}

/// `DELETE /vars/:variable_id`
pub(crate) fn delete(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let mut store = app.store();
    if app.faults.hit(Fault::DeleteUnsupported) {
        return Err(Refusal::method_not_allowed());
    }
    let (place, variable) = app.variable(&store, call, call.parameter("variable_id"))?;
    if call.body.is_empty() && app.faults.hit(Fault::DeleteNeedsBody) {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "bad request", "The document is missing."));
    }
    let shows = variable.is_sensitive() && app.faults.hit(Fault::SensitiveInDelete);
    let reply = if shows || app.faults.hit(Fault::Delete200WithData) {
        Reply::resource(call, resource(app, call, place, variable))
    } else {
        Reply::no_content()
    };
    let (workspace, id) = (place.workspace.id.clone(), variable.id.clone());
    if !app.faults.hit(Fault::DeleteIgnored) {
        remove(app, &mut store, &workspace, &id);
    }
    Ok(reply)
}

/// Removes a variable, and what a fault takes for a part of it.
fn remove(app: &App, store: &mut Store, workspace: &str, id: &str) {
    let removed = store.remove_variable(workspace, id);
    let Some(workspace) = store.workspace_mut(workspace) else { return };
    if !workspace.variables.is_empty() && app.faults.hit(Fault::DeleteTakesNeighbour) {
        workspace.variables.pop();
    }
    if app.faults.hit(Fault::DeletedStillListed) {
        workspace.ghosts.extend(removed);
    } else if [Fault::DeletedStillReadable, Fault::DeletedRead410].iter().any(|fault| app.faults.is_on(*fault)) {
        workspace.graves.extend(removed);
    }
}

/// What an attribute of a new variable is that is not given.
fn default(app: &App, name: &str) -> Option<&'static Value> {
    const TRUE: &Value = &Value::Bool(true);
    match name {
        "hcl" if app.faults.hit(Fault::HclDefaultTrue) => Some(TRUE),
        "sensitive" if app.faults.hit(Fault::SensitiveDefaultTrue) => Some(TRUE),
        _ => DEFAULTS.get(name),
    }
}

/// The variable as an update leaves it. "All of these properties are optional; if omitted, a property will be left
/// unchanged."
fn changed(app: &App, variable: &Variable, document: &Value) -> Variable {
    let mut changed = variable.clone();
    for name in ATTRIBUTES.iter() {
        let given = document.pointer("/data/attributes").and_then(|attributes| attributes.get(name));
        let current = variable.attributes.get(name).cloned().unwrap_or_default();
        let value = match given {
            Some(given) if *given != current && is_ignored(app, name) => current,
            Some(Value::Null) if app.faults.hit(Fault::UpdateNullStored) => Value::Null,
            Some(given) => stored::typed(name, given),
            None => omitted(app, name, current),
        };
        changed.attributes.insert(name.clone(), value);
    }
    let sent = document.pointer("/data/relationships").and_then(Value::as_object);
    let without_data = sent.is_some_and(|sent| sent.values().any(|relationship| relationship.get("data").is_none()));
    if variable.is_sensitive()
        && changed.text("value") != variable.text("value")
        && app.faults.hit(Fault::SensitiveKeptAsAttribute)
    {
        changed.attributes.insert("previous-value".to_owned(), variable.text("value").into());
    }
    changed.is_unlinked |= match sent {
        None => app.faults.hit(Fault::UpdateUnlinks),
        Some(_) => without_data && app.faults.hit(Fault::UpdateUnlinksWithoutData),
    };
    changed
}

/// Whether an attribute that an update gives is ignored.
fn is_ignored(app: &App, name: &str) -> bool {
    let fault = match name {
        "key" => Fault::UpdateKeyIgnored,
        "category" => Fault::UpdateCategoryIgnored,
        "hcl" => Fault::UpdateHclIgnored,
        "sensitive" => Fault::UpdateSensitiveIgnored,
        _ => return false,
    };
    app.faults.hit(fault)
}

/// What an attribute is that an update omits: what it was.
fn omitted(app: &App, name: &str, current: Value) -> Value {
    let (fault, reset) = match name {
        "hcl" => (Fault::PatchResetsOmitted, Value::Bool(false)),
        "category" => (Fault::PatchSwapsCategory, "terraform".into()),
        "sensitive" => (Fault::PatchLiftsSensitive, Value::Bool(false)),
        "value" if app.faults.is_on(Fault::PatchNullsOmitted) => (Fault::PatchNullsOmitted, Value::Null),
        "value" => (Fault::PatchEmptiesOmitted, "".into()),
        _ => return current,
    };
    if current != reset && app.faults.hit(fault) { reset } else { current }
}

/// Every attribute of a variable: as the document gives it, else from elsewhere. Unknown ones are ignored.
fn given_or_else<'v>(document: &'v Value, otherwise: impl Fn(&str) -> Option<&'v Value>) -> Map<String, Value> {
    let given = document.pointer("/data/attributes");
    let value = |name: &String| given.and_then(|given| given.get(name)).or_else(|| otherwise(name));
    ATTRIBUTES.iter().map(|name| (name.clone(), stored::typed(name, value(name).unwrap_or(&Value::Null)))).collect()
}

/// "Whether the value is sensitive. If true then the variable is written once and not visible thereafter." A new value
/// may be written; none that was written may come to light.
fn check_still_sensitive(app: &App, variable: &Variable, changed: &Variable) -> Result<(), Refusal> {
    let lifted = variable.is_sensitive() && !changed.is_sensitive();
    if lifted && !app.faults.is_on(Fault::PatchLiftsSensitive) && !app.faults.hit(Fault::SensitiveLifted) {
        let detail = "Sensitive cannot be changed from true to false on saved records";
        return Err(Refusal::invalid_attribute(detail).at_pointer("/data/attributes/sensitive"));
    }
    Ok(())
}

/// A key stands once in a category of a workspace.
fn check_unique(app: &App, workspace: &Workspace, variable: &Variable, document: &Value) -> Result<(), Refusal> {
    let same = |other: &Variable| ["key", "category"].iter().all(|name| other.text(name) == variable.text(name));
    let taken = workspace.variables.iter().any(|other| other.id != variable.id && same(other));
    if taken && !app.variations.hit(Variation::SameKeyAccepted) {
        // An update of the category alone has no key to point to.
        let pointers = ["/data/attributes/key", "/data/attributes/category"];
        let pointer = pointers.into_iter().find(|pointer| document.pointer(pointer).is_some());
        return Err(Refusal::invalid_attribute("Key has already been taken").at_pointer(pointer.unwrap_or("/data")));
    }
    Ok(())
}

/// The refusal, or one that tells too much.
fn told(app: &App, variable: &Variable, refusal: Refusal) -> Refusal {
    if variable.is_sensitive() && app.faults.hit(Fault::SensitiveInErrors) {
        return Refusal::invalid_attribute(&format!("The update cannot be applied to {}.", variable.text("value")));
    }
    refusal
}

/// The value that an update sends, whatever else it sends.
fn sent_value(call: &Call) -> Option<Value> {
    let document: Value = serde_json::from_slice(&call.body).ok()?;
    Some(text_at(&document, "/data/attributes/value")?.into())
}

/// A variable as every response shows it.
fn resource(app: &App, call: &Call, place: WorkspacePlace<'_>, variable: &Variable) -> Value {
    let mut attributes = variable.attributes.clone();
    if variable.is_sensitive() && !shows_secrets(app, call.operation) {
        attributes.insert("value".to_owned(), Value::Null);
    }
    let workspace = (!variable.is_unlinked).then(|| json!({ "id": place.workspace.id, "type": "workspaces" }));
    json!({
        "id": variable.id,
        "type": TYPE,
        "attributes": attributes,
        "relationships": {
            "configurable": {
                "data": workspace,
                "links": { "related": workspaces::path(&place.organization.name, &place.workspace.name) },
            },
        },
        "links": { "self": format!("{BASE_PATH}/vars/{}", variable.id) },
    })
}

fn shows_secrets(app: &App, operation: Operation) -> bool {
    let here = match operation {
        Operation::ListVariables => Fault::SensitiveListed,
        Operation::ReadVariable => Fault::SensitiveRead,
        Operation::UpdateVariable => Fault::SensitiveInUpdate,
        Operation::DeleteVariable => Fault::SensitiveInDelete,
        _ => Fault::SensitiveReadable,
    };
    app.faults.hit(Fault::SensitiveReadable) || app.faults.hit(here)
}
