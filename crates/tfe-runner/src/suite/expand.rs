//! Resolves `like`, `each`, `set` and `without`: what a file leaves out, a step of the runner has.

use std::collections::BTreeMap;

use base64::Engine as _;
use serde_json::{Map, Value};
use tfe_schema::Pointer;

use super::case::{Body, Call, Identity, Observe, Observed, Query, RawElement, RawObserve, RawRequest, RawStep, Step};
use super::check::{self, Check, Scope};
use crate::yaml::Place;

/// What of a step makes up its request.
#[derive(Clone)]
struct Request {
    call: Call,
    identity: Identity,
    params: Map<String, Value>,
    query: Query,
    headers: BTreeMap<String, Option<String>>,
    body: Body,
    valid: bool,
}

/// What a step, or an element of its `each`, changes in a request.
#[derive(Default)]
struct Change {
    request: Option<RawRequest>,
    identity: Option<Identity>,
    params: Map<String, Value>,
    query: Map<String, Value>,
    raw_query: Option<String>,
    headers: BTreeMap<String, Option<String>>,
    body: Option<Value>,
    body_form: Option<Value>,
    body_text: Option<String>,
    body_base64: Option<String>,
    set: Map<String, Value>,
    without: Vec<Pointer>,
    valid: Option<bool>,
}

/// Resolves the steps of a case; problems with their place in the file.
pub(super) fn steps(raw: Vec<RawStep>, place: &dyn Fn(&Pointer) -> Place) -> Result<Vec<Step>, Vec<(Place, String)>> {
    let mut requests: BTreeMap<String, Request> = BTreeMap::new();
    let mut steps: Vec<Step> = Vec::new();
    let mut problems = Vec::new();
    for (index, raw) in raw.into_iter().enumerate() {
        let at = Pointer::root().join("steps").join(&index.to_string());
        let here = place(&at);
        if steps.iter().any(|step| step.id == raw.id) {
            problems.push((here, format!("step id `{}` stands twice", raw.id)));
        }
        match step(raw, &at, place, &mut requests) {
            Ok(expanded) => steps.extend(expanded),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(steps) } else { Err(problems) }
}

fn step(
    mut raw: RawStep,
    at: &Pointer,
    place: &dyn Fn(&Pointer) -> Place,
    requests: &mut BTreeMap<String, Request>,
) -> Result<Vec<Step>, Vec<(Place, String)>> {
    let mut problems = Vec::new();
    let mut checks = Vec::new();
    for (index, check) in std::mem::take(&mut raw.checks).into_iter().enumerate() {
        match check.resolve() {
            Ok(check) => checks.push(check),
            Err(message) => problems.push((place(&at.join("checks").join(&index.to_string())), message)),
        }
    }
    let mut observe = Vec::new();
    for (index, observed) in std::mem::take(&mut raw.observe).into_iter().enumerate() {
        match observation(observed) {
            Ok(observation) => observe.push(observation),
            Err(message) => problems.push((place(&at.join("observe").join(&index.to_string())), message)),
        }
    }
    let mut statuses = BTreeMap::new();
    for (name, value) in std::mem::take(&mut raw.capture_if_status) {
        match check::statuses(&value) {
            Ok(set) => drop(statuses.insert(name, set)),
            Err(message) => problems.push((place(&at.join("capture-if-status").join(&name)), message)),
        }
    }
    let request = match request(&mut raw, requests) {
        Ok(request) => request,
        Err(message) => {
            problems.push((place(at), message));
            return Err(problems);
        }
    };
    requests.insert(raw.id.clone(), request.clone());
    let mut steps = Vec::new();
    let each = std::mem::take(&mut raw.each);
    let finish = |id: String, place: Place, request: Request| Step {
        capture_if_status: statuses.clone(),
        ..finished(id, place, request, &raw, &checks, &observe)
    };
    if each.is_empty() {
        steps.push(finish(raw.id.clone(), place(at), request));
    } else {
        for (index, element) in each.into_iter().enumerate() {
            let at = at.join("each").join(&index.to_string());
            let id = format!("{}/{}", raw.id, element.name);
            if steps.iter().any(|step: &Step| step.id == id) {
                problems.push((place(&at), format!("element `{}` stands twice", element.name)));
            }
            match changed(request.clone(), element.into()) {
                Ok(request) => {
                    requests.insert(id.clone(), request.clone());
                    steps.push(finish(id, place(&at), request));
                }
                Err(message) => problems.push((place(&at), message)),
            }
        }
    }
    if problems.is_empty() { Ok(steps) } else { Err(problems) }
}

fn finished(id: String, place: Place, request: Request, raw: &RawStep, checks: &[Check], observe: &[Observe]) -> Step {
    Step {
        id,
        place,
        role: raw.role.unwrap_or_default(),
        identity: request.identity,
        call: request.call,
        params: request.params,
        query: request.query,
        headers: request.headers,
        body: request.body,
        valid: request.valid,
        capture: raw.capture.clone(),
        capture_if_present: raw.capture_if_present.clone(),
        capture_if_status: BTreeMap::new(),
        when: raw.when.clone(),
        unless: raw.unless.clone(),
        checks: checks.to_vec(),
        observe: observe.to_vec(),
    }
}

/// The request of a step: that of the step it is `like`, or a new one, with the step's own changes.
fn request(raw: &mut RawStep, requests: &BTreeMap<String, Request>) -> Result<Request, String> {
    let base = match (&raw.like, &raw.operation, &raw.request) {
        (Some(like), None, _) => requests
            .get(like)
            .cloned()
            .ok_or_else(|| format!("`like: {like}`: there is no such step before this one"))?,
        (None, Some(operation), None) => new_request(Call::Operation(operation.clone())),
        (None, None, Some(request)) => {
            new_request(Call::Raw { method: request.method.clone(), path: request.path.clone() })
        }
        _ => return Err("a step names exactly one of `operation`, `request` and `like`".to_owned()),
    };
    let change = Change {
        request: raw.request.take(),
        identity: raw.identity,
        params: std::mem::take(&mut raw.params),
        query: std::mem::take(&mut raw.query),
        raw_query: raw.raw_query.take(),
        headers: std::mem::take(&mut raw.headers),
        body: raw.body.take(),
        body_form: raw.body_form.take(),
        body_text: raw.body_text.take(),
        body_base64: raw.body_base64.take(),
        set: std::mem::take(&mut raw.set),
        without: std::mem::take(&mut raw.without),
        valid: raw.valid,
    };
    changed(base, change)
}

fn new_request(call: Call) -> Request {
    Request {
        call,
        identity: Identity::User,
        params: Map::new(),
        query: Query::Parameters(Map::new()),
        headers: BTreeMap::new(),
        body: Body::None,
        valid: true,
    }
}

impl From<RawElement> for Change {
    fn from(element: RawElement) -> Self {
        Self {
            request: element.request,
            identity: element.identity,
            params: element.params,
            query: element.query,
            raw_query: element.raw_query,
            headers: element.headers,
            body: element.body,
            body_form: element.body_form,
            body_text: element.body_text,
            body_base64: element.body_base64,
            set: element.set,
            without: element.without,
            valid: element.valid,
        }
    }
}

fn changed(mut request: Request, change: Change) -> Result<Request, String> {
    if let Some(RawRequest { method, path }) = change.request {
        request.call = Call::Raw { method, path };
    }
    request.identity = change.identity.unwrap_or(request.identity);
    request.params.extend(change.params);
    if !change.query.is_empty() {
        match &mut request.query {
            Query::Parameters(parameters) => parameters.extend(change.query),
            Query::Raw(_) => request.query = Query::Parameters(change.query),
        }
    }
    if let Some(raw) = change.raw_query {
        request.query = Query::Raw(raw);
    }
    request.headers.extend(change.headers);
    request.body = body(request.body, change.body, change.body_form, change.body_text, change.body_base64)?;
    request.valid = change.valid.unwrap_or(request.valid);
    for (at, value) in change.set {
        let at = Pointer::parse(&at).map_err(|error| error.to_string())?;
        set(document(&mut request.body)?, &at, value)?;
    }
    for at in change.without {
        remove(document(&mut request.body)?, &at)?;
    }
    Ok(request)
}

fn body(
    old: Body,
    json: Option<Value>,
    form: Option<Value>,
    text: Option<String>,
    base64: Option<String>,
) -> Result<Body, String> {
    match (json, form, text, base64) {
        (None, None, None, None) => Ok(old),
        (Some(json), None, None, None) => Ok(Body::Json(json)),
        (None, Some(form), None, None) => Ok(Body::Form(form)),
        (None, None, Some(text), None) => Ok(Body::Text(text)),
        (None, None, None, Some(encoded)) => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(&encoded);
            bytes.map(Body::Bytes).map_err(|error| format!("`body-base64` is not base64: {error}"))
        }
        _ => Err("a request has one of `body`, `body-form`, `body-text` and `body-base64`".to_owned()),
    }
}

fn document(body: &mut Body) -> Result<&mut Value, String> {
    match body {
        Body::Json(value) | Body::Form(value) => Ok(value),
        _ => Err("`set` and `without` change a document, and the body is none".to_owned()),
    }
}

fn set(document: &mut Value, at: &Pointer, value: Value) -> Result<(), String> {
    let Some((parent, last)) = at.split_last() else {
        *document = value;
        return Ok(());
    };
    match document.pointer_mut(parent.as_str()) {
        Some(Value::Object(members)) => {
            members.insert(last, value);
            Ok(())
        }
        Some(Value::Array(items)) if last.parse() == Ok(items.len()) => {
            items.push(value);
            Ok(())
        }
        Some(Value::Array(items)) => {
            let item = last.parse::<usize>().ok().and_then(|index| items.get_mut(index));
            *item.ok_or_else(|| format!("`set`: the array at `{parent}` has no item `{last}`"))? = value;
            Ok(())
        }
        _ => Err(format!("`set`: the body has no object at `{parent}`")),
    }
}

fn remove(document: &mut Value, at: &Pointer) -> Result<(), String> {
    let removed = at.split_last().and_then(|(parent, last)| match document.pointer_mut(parent.as_str()) {
        Some(Value::Object(members)) => members.shift_remove(&last),
        Some(Value::Array(items)) => {
            last.parse().ok().filter(|&index| index < items.len()).map(|index: usize| items.remove(index))
        }
        _ => None,
    });
    removed.map(|_| ()).ok_or_else(|| format!("`without`: the body has nothing at `{at}`"))
}

fn observation(raw: RawObserve) -> Result<Observe, String> {
    let scope = raw.find.map_or(Scope::Document, Scope::Find);
    let subject = match (raw.status, raw.header, raw.at) {
        (true, None, None) => Observed::Status,
        (false, Some(header), None) => Observed::Header(header),
        (false, None, Some(at)) => Observed::At(scope, at),
        _ => return Err("an observation shows exactly one of `status: true`, `header` and `at`".to_owned()),
    };
    Ok(Observe { name: raw.name, subject })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_in_a_body_are_set_and_removed() {
        let mut document = json!({"data": {"type": "vars", "items": [1, 2]}});
        let at = |text: &str| Pointer::parse(text).unwrap();
        set(&mut document, &at("/data/type"), json!(5)).unwrap();
        set(&mut document, &at("/data/items/2"), json!(3)).unwrap();
        set(&mut document, &at("/x"), json!({})).unwrap();
        remove(&mut document, &at("/data/items/0")).unwrap();
        assert_eq!(document, json!({"data": {"type": 5, "items": [2, 3]}, "x": {}}));
        assert!(remove(&mut document, &at("/data/nothing")).is_err(), "a typo would make a negative case positive");
        assert!(set(&mut document, &at("/nothing/below"), json!(1)).is_err());
    }
}
