//! Configurations and their versions. A version is present as soon as it is created; its archive may follow.

use serde_json::{Map, Value, json};

use super::answer::{Refusal, Reply};
use super::shell::{Call, UPLOADS_PATH};
use super::store::{Environment, Version};
use super::users::may_see;
use super::{access, body, variables};
use crate::app::App;
use crate::faults::Fault;

/// `POST /terraform/configurations`. The documents show no response: it is empty.
pub(crate) fn create(app: &App, call: &Call) -> Result<Reply, Refusal> {
    access::works(app, Fault::V1Create500)?;
    let document = body::document(app, call, "v1.configurations.create")?;
    let text = |name: &str| document["configuration"][name].as_str().unwrap_or_default();
    let (username, name) = (text("username"), text("name"));
    // An account that does not exist and one of somebody else.
    if !may_see(call.user, username) {
        return Err(Refusal::not_found());
    }
    let mut store = app.environments();
    if store.find(username, name).is_some() {
        if app.faults.hit(Fault::V1NameTaken500) {
            return Err(Refusal::internal("duplicate key"));
        }
        return Err(Refusal::attribute("name", "has already been taken"));
    }
    if !app.faults.hit(Fault::V1ConfigurationNotKept) {
        store.add(Environment::new(username, name));
    }
    Ok(Reply::empty().created())
}

/// `POST /terraform/configurations/:username/:name/versions`
pub(crate) fn create_version(app: &App, call: &Call) -> Result<Reply, Refusal> {
    access::works(app, Fault::V1CreateVersion500)?;
    let mut store = app.environments();
    let environment = access::environment(app, &mut store, call)?;
    let document = body::document(app, call, "v1.configurations.create-version")?;
    let given = variables::given(document.pointer("/version/variables"))?;
    let version = Version::draw(metadata(&document))?;
    let (token, upload_path) = (version.token.clone(), upload_path(call, &version));
    match environment.versions.last_mut() {
        Some(latest) if app.faults.hit(Fault::V1VersionNotIncremented) => *latest = version,
        _ => environment.versions.push(version),
    }
    if given.is_empty() || !app.faults.hit(Fault::V1VersionVariablesDropped) {
        variables::merge(&app.faults, &mut environment.variables, given);
    }
    let mut document = json!({ "version": environment.versions.len(), "upload_path": upload_path, "token": token });
    if app.faults.hit(Fault::V1VersionWithoutUploadPath) {
        remove(&mut document, "upload_path");
    }
    Ok(Reply::document(document).created())
}

/// `GET /terraform/configurations/:username/:name/versions/latest`
pub(crate) fn latest(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let mut store = app.environments();
    let environment = access::environment(app, &mut store, call)?;
    let (number, version) = environment.latest().ok_or_else(Refusal::not_found)?;
    if !environment.variables.is_empty() {
        access::works(app, Fault::V1Latest500)?;
    }
    let mut shown = json!({
        "version": number,
        "metadata": version.metadata,
        "tf_vars": [],
        "variables": environment.variables,
    });
    if app.faults.hit(Fault::V1LatestWithoutMetadata) {
        remove(&mut shown, "metadata");
    }
    if app.faults.hit(Fault::V1LatestNumberAsText) {
        shown["version"] = number.to_string().into();
    }
    if number > 1 && app.faults.hit(Fault::V1LatestFirst) {
        shown["version"] = 1.into();
    }
    if app.faults.hit(Fault::V1LatestVariablesAsList) {
        let list = environment.variables.iter().map(|(name, value)| json!({ "name": name, "value": value }));
        shown["variables"] = list.collect();
    }
    Ok(Reply::document(json!({ "version": shown })))
}

/// `GET /terraform/configurations/:username/:name/versions/progress/:token`. The documents show no response.
pub(crate) fn progress(app: &App, call: &Call) -> Result<Reply, Refusal> {
    access::works(app, Fault::V1Progress500)?;
    let mut store = app.environments();
    let environment = access::environment(app, &mut store, call)?;
    let found = environment.versions.iter().find(|version| version.token == call.parameter("token"));
    let version = found.ok_or_else(Refusal::not_found)?;
    let progress = if version.uploaded { "uploaded" } else { "pending" };
    Ok(Reply::document(json!({ "progress": progress })))
}

/// An archive has come in.
pub(crate) fn uploaded(app: &App, token: &str) -> Result<Reply, Refusal> {
    let mut store = app.environments();
    store.version(token).ok_or_else(Refusal::not_found)?.uploaded = true;
    Ok(Reply::empty())
}

/// Where the archive of a version goes.
fn upload_path(call: &Call, version: &Version) -> String {
    format!("{}{UPLOADS_PATH}/{}", call.origin, version.token)
}

fn metadata(document: &Value) -> Map<String, Value> {
    document.pointer("/version/metadata").and_then(Value::as_object).cloned().unwrap_or_default()
}

fn remove(document: &mut Value, name: &str) {
    if let Some(members) = document.as_object_mut() {
        members.remove(name);
    }
}
