//! Documents of v2, as another server may write them.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::layer::{Answer, Asked, absolute_location};
use super::{Variation, Variations, wire};
use crate::negotiation::MEDIA_TYPE;

/// Members of a document that hold times.
const TIMES: [&str; 3] = ["created-at", "created_at", "updated_at"];

pub(super) fn vary(variations: &Variations, asked: &Asked, answer: &mut Answer) {
    if asked.method == Method::DELETE && answer.status == StatusCode::NO_CONTENT && variations.hit(Variation::Delete200)
    {
        answer.status = StatusCode::OK;
        answer.document = Some(json!({ "meta": { "deleted": true } }));
        answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    }
    if answer.status.is_client_error() {
        refusal(variations, asked, answer);
    }
    absolute_location(variations, asked, &mut answer.headers);
    let Some(document) = &mut answer.document else { return };
    times(variations, document);
    // A client that names the fields it wants gets no others.
    let is_sparse = asked.uri.query().is_some_and(|query| query.contains("fields"));
    let resources: &mut [Value] = match document.get_mut("data") {
        Some(Value::Array(items)) => {
            if items.len() > 1 && variations.hit(Variation::ListOrder) {
                items.reverse();
            }
            items
        }
        Some(item @ Value::Object(_)) => std::slice::from_mut(item),
        _ => &mut [],
    };
    for resource in resources.iter_mut().filter_map(Value::as_object_mut) {
        sensitive(variations, resource);
        if !is_sparse {
            additions(variations, asked, resource);
        }
        omissions(variations, resource);
        slash(variations, resource);
    }
    if let Some(document) = document.as_object_mut() {
        top_level(variations, asked, document);
    }
    links(variations, asked, document);
}

/// The error objects of an answer.
pub(super) fn errors(answer: &mut Answer) -> &mut [Value] {
    let errors = answer.document.as_mut().and_then(|document| document.get_mut("errors"));
    errors.and_then(Value::as_array_mut).map_or(&mut [], Vec::as_mut_slice)
}

fn refusal(variations: &Variations, asked: &Asked, answer: &mut Answer) {
    // "A server SHOULD include error details and provide enough information to recognize the source of the conflict."
    let owes_details = answer.status == StatusCode::CONFLICT;
    if !owes_details && variations.hit(Variation::ErrorsWithoutBody) {
        return answer.without_body();
    }
    let status = answer.status;
    for error in errors(answer).iter_mut().filter_map(Value::as_object_mut) {
        if !owes_details && variations.hit(Variation::TerseErrors) {
            error.retain(|name, _| name == "title");
        }
        if variations.hit(Variation::VerboseErrors) {
            error.insert("id".to_owned(), wire::uuid(asked.luck, Variation::VerboseErrors).into());
            error.insert("code".to_owned(), format!("E{}", status.as_u16()).into());
            error.insert("links".to_owned(), json!({ "about": "https://errors.example.com/about" }));
            error.insert("meta".to_owned(), json!({ "severity": "error", "retry": false }));
        }
    }
    let errors = answer.document.as_mut().and_then(|document| document.get_mut("errors"));
    if let Some(errors) = errors.and_then(Value::as_array_mut)
        && variations.hit(Variation::SeveralErrors)
    {
        errors.push(json!({ "status": status.as_str(), "title": "the request was refused" }));
    }
}

/// Times in whole seconds, with an offset in digits.
pub(super) fn times(variations: &Variations, value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let seconds =
                    member.as_str().and_then(|time| time.strip_suffix('Z')?.split_once('.')).map(|(time, _)| time);
                match seconds {
                    Some(seconds) if TIMES.contains(&name.as_str()) && variations.hit(Variation::SecondsOnly) => {
                        *member = format!("{seconds}+00:00").into();
                    }
                    _ => times(variations, member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| times(variations, item)),
        _ => {}
    }
}

/// The value of a sensitive variable, which the reference server shows as `null`.
fn sensitive(variations: &Variations, resource: &mut Map<String, Value>) {
    let attributes = resource.get_mut("attributes").and_then(Value::as_object_mut);
    let Some(attributes) = attributes.filter(|attributes| attributes.get("sensitive") == Some(&Value::Bool(true)))
    else {
        return;
    };
    if attributes.get("value") != Some(&Value::Null) {
        return;
    }
    if variations.hit(Variation::SensitiveAbsent) {
        attributes.remove("value");
    } else if variations.hit(Variation::SensitiveEmpty) {
        attributes.insert("value".to_owned(), "".into());
    }
}

fn additions(variations: &Variations, asked: &Asked, resource: &mut Map<String, Value>) {
    if let Some(attributes) = resource.get_mut("attributes").and_then(Value::as_object_mut) {
        if variations.hit(Variation::ExtraAttributes) {
            attributes.insert("description".to_owned(), Value::Null);
            attributes.insert("created-at".to_owned(), "2018-06-20T10:00:00.000Z".into());
            attributes.insert("labels".to_owned(), json!([{ "name": "a", "depth": [1, 2.5] }]));
        }
        if variations.hit(Variation::VolatileAttributes) {
            attributes.insert("revision".to_owned(), asked.luck.request.into());
        }
    }
    if variations.hit(Variation::ExtraRelationships) {
        let relationships = resource.entry("relationships").or_insert_with(|| json!({}));
        relationships["created-by"] = json!({ "data": { "type": "users", "id": "user-1" } });
    }
    if variations.hit(Variation::ResourceMeta) {
        resource.insert("meta".to_owned(), json!({ "etag": "W/\"1\"", "age": asked.luck.request }));
        for relationship in relationships(resource) {
            relationship.insert("meta".to_owned(), json!({ "count": 1 }));
        }
    }
}

/// The samples of the page on variables have their links, those of the others are of no profile.
fn omissions(variations: &Variations, resource: &mut Map<String, Value>) {
    let is_variable = resource.get("type").is_some_and(|name| name == "vars");
    if !is_variable && resource.contains_key("links") && variations.hit(Variation::LinksAbsent) {
        resource.remove("links");
    }
}

/// The link of a variable to itself, with a slash at its end.
fn slash(variations: &Variations, resource: &mut Map<String, Value>) {
    let is_variable = resource.get("type").is_some_and(|name| name == "vars");
    let own = resource.get_mut("links").and_then(|links| links.get_mut("self"));
    let slashed = own.as_deref().and_then(Value::as_str).map(|link| format!("{link}/"));
    if let (true, Some(own), Some(slashed)) = (is_variable, own, slashed)
        && variations.hit(Variation::SlashedLinks)
    {
        *own = slashed.into();
    }
}

fn relationships(resource: &mut Map<String, Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    let relationships = resource.get_mut("relationships").and_then(Value::as_object_mut);
    relationships.into_iter().flat_map(|all| all.values_mut().filter_map(Value::as_object_mut))
}

fn top_level(variations: &Variations, asked: &Asked, document: &mut Map<String, Value>) {
    if variations.hit(Variation::DocumentMeta) {
        document.insert("jsonapi".to_owned(), json!({ "version": "1.0" }));
        let meta = document.entry("meta").or_insert_with(|| json!({}));
        meta["served"] = asked.luck.request.into();
    }
    let own = document.get("links").is_some_and(|links| links.get("self").is_some());
    if asked.reads() && document.contains_key("data") && !own && variations.hit(Variation::DocumentLinks) {
        let links = document.entry("links").or_insert_with(|| json!({}));
        // Clients send brackets as they are; a link must not (RFC 3986, section 3.4).
        links["self"] = asked.uri.to_string().replace('[', "%5B").replace(']', "%5D").into();
    }
    let pages = document.get("links").is_some_and(|links| links.get("next").is_some_and(Value::is_string));
    if pages && asked.parameter("page%5Bsize%5D").is_none() {
        variations.hit(Variation::ListsInPages);
    }
}

/// Every link of a document, in another form.
fn links(variations: &Variations, asked: &Asked, value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                // Attributes are not about links, whatever their names.
                match (name.as_str(), member) {
                    ("attributes" | "errors", _) => {}
                    ("links", Value::Object(links)) => {
                        links.values_mut().for_each(|link| reformed(variations, asked, link));
                    }
                    (_, member) => links(variations, asked, member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| links(variations, asked, item)),
        _ => {}
    }
}

fn reformed(variations: &Variations, asked: &Asked, link: &mut Value) {
    let Some(reference) = link.as_str().map(str::to_owned) else { return };
    let mut reference = reference;
    if reference.starts_with('/') && variations.hit(Variation::AbsoluteLinks) {
        reference = format!("{}{reference}", asked.origin);
    }
    *link = if variations.hit(Variation::LinkObjects) {
        json!({ "href": reference, "meta": { "count": 1 } })
    } else {
        reference.into()
    };
}
