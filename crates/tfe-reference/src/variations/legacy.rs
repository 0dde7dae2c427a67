//! Documents of v1, as another server may write them.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::layer::{Answer, Api, Asked};
use super::{Variation, Variations, document};
use crate::store::{ORGANIZATION, OTHER_ORGANIZATION};

pub(super) fn vary(variations: &Variations, asked: &Asked, answer: &mut Answer) {
    let path = asked.uri.path();
    if answer.status == StatusCode::CREATED && variations.hit(Variation::V1Created200) {
        answer.status = StatusCode::OK;
    }
    let updates = asked.method == Method::PUT && path.ends_with("/variables");
    if updates && answer.status == StatusCode::OK && variations.hit(Variation::V1Update204) {
        answer.status = StatusCode::NO_CONTENT;
        answer.without_body();
    }
    if asked.reads() && path.ends_with("/terraform/state") {
        states(variations, asked, answer);
    }
    if answer.status.is_client_error() {
        return refusal(variations, answer);
    }
    let Some(document) = &mut answer.document else { return };
    document::times(variations, document);
    version(variations, document);
    members(variations, document);
}

/// A list without states, where another server says that there is nothing to list.
fn states(variations: &Variations, asked: &Asked, answer: &mut Answer) {
    let list = answer.document.as_ref().and_then(|document| document["states"].as_array());
    if !list.is_some_and(Vec::is_empty) {
        return;
    }
    let far = asked.parameter("page").and_then(|page| page.parse::<u64>().ok()).is_some_and(|page| page > 1);
    let username = asked.parameter("username").unwrap_or_default();
    let unknown = ![ORGANIZATION, OTHER_ORGANIZATION, ""].contains(&username);
    if far && variations.hit(Variation::V1FarPage404) || unknown && variations.hit(Variation::V1UnknownAccount404) {
        *answer = Answer::refusal(Api::V1, StatusCode::NOT_FOUND, "not found");
    }
}

fn refusal(variations: &Variations, answer: &mut Answer) {
    let says_all = [StatusCode::UNAUTHORIZED, StatusCode::NOT_FOUND].contains(&answer.status);
    if says_all && variations.hit(Variation::V1ErrorsWithoutBody) {
        return answer.without_body();
    }
    let errors = answer.document.as_mut().and_then(|document| document.get_mut("errors"));
    let Some(errors) = errors.and_then(Value::as_object_mut) else { return };
    if errors.contains_key("base") && variations.hit(Variation::V1ErrorsElsewhere) {
        let messages = errors.remove("base").unwrap_or_default();
        errors.insert("request".to_owned(), messages);
    }
    for messages in errors.values_mut().filter_map(Value::as_array_mut) {
        if variations.hit(Variation::V1SeveralMessages) {
            messages.push("see the documentation".into());
        }
    }
}

fn version(variations: &Variations, document: &mut Value) {
    let version = document.get_mut("version").and_then(Value::as_object_mut);
    if let Some(version) = version.filter(|version| version.contains_key("tf_vars"))
        && variations.hit(Variation::V1TfVarsAbsent)
    {
        version.remove("tf_vars");
    }
}

/// More members, where the members are the server's: not among variables and metadata, which are the client's.
fn members(variations: &Variations, document: &mut Value) {
    let Some(document) = document.as_object_mut() else { return };
    if !variations.hit(Variation::V1ExtraMembers) {
        return;
    }
    for name in ["version", "states"] {
        match document.get_mut(name) {
            Some(Value::Object(inner)) => add(inner),
            Some(Value::Array(items)) => items.iter_mut().filter_map(Value::as_object_mut).for_each(add),
            _ => {}
        }
    }
    add(document);
}

fn add(members: &mut Map<String, Value>) {
    members.insert("created_at".to_owned(), "2017-03-01T10:00:00.000Z".into());
    members.insert("_links".to_owned(), json!({ "self": null, "owner": { "id": 1 } }));
}
