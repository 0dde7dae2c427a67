//! Answers of v1: JSON documents, errors by attribute name, and how either becomes a response.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, HeaderMap, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use crate::body::{LIMIT, Unread};
use crate::faults::{Fault, Faults};

/// The media type of every document of v1.
pub(crate) const JSON: &str = "application/json";

/// The name under which errors stand that belong to no attribute.
const BASE: &str = "base";

/// How many messages one answer has at most: a client that gets so much wrong does not read them all.
const MESSAGES: usize = 50;

/// What an endpoint answers when it did what was asked.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    document: Option<Value>,
}

impl Reply {
    /// 200 with a document.
    pub(crate) fn document(document: Value) -> Self {
        Self { status: StatusCode::OK, document: Some(document) }
    }

    /// 200 with an empty body.
    pub(crate) fn empty() -> Self {
        Self { status: StatusCode::OK, document: None }
    }

    /// The same reply, 201: something was created.
    pub(crate) fn created(self) -> Self {
        Self { status: StatusCode::CREATED, ..self }
    }
}

/// Why a request was not done: a status, and messages by the name of the attribute that they are about.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    challenge: bool,
    errors: Vec<(String, String)>,
}

impl Refusal {
    /// A refusal that is about no attribute.
    pub(crate) fn base(status: StatusCode, message: &str) -> Self {
        Self { status, challenge: false, errors: vec![(BASE.to_owned(), message.to_owned())] }
    }

    /// A document that could be read, with an attribute that is not right.
    pub(crate) fn attribute(name: &str, message: &str) -> Self {
        Self::attributes([(name.to_owned(), message.to_owned())])
    }

    /// A document that could be read, with attributes that are not right.
    pub(crate) fn attributes(errors: impl IntoIterator<Item = (String, String)>) -> Self {
        let errors = errors.into_iter().take(MESSAGES).collect();
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, challenge: false, errors }
    }

    /// One text for everything that cannot be found, whether it exists or not.
    pub(crate) fn not_found() -> Self {
        Self::base(StatusCode::NOT_FOUND, "not found")
    }

    pub(crate) fn unauthorized() -> Self {
        let refusal = Self::base(StatusCode::UNAUTHORIZED, "a valid X-Atlas-Token is needed");
        Self { challenge: true, ..refusal }
    }

    pub(crate) fn forbidden() -> Self {
        Self::base(StatusCode::FORBIDDEN, "no access")
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::base(StatusCode::METHOD_NOT_ALLOWED, "method not allowed")
    }

    pub(crate) fn unsupported_media_type() -> Self {
        let message = "the body must be application/json or application/x-www-form-urlencoded, in UTF-8";
        Self::base(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
    }

    /// A body or a query that cannot be read.
    pub(crate) fn malformed(what: &str, why: &str) -> Self {
        Self::base(StatusCode::BAD_REQUEST, &format!("malformed {what}: {why}"))
    }

    pub(crate) fn internal(message: &str) -> Self {
        Self::base(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    /// `{"name": ["has already been taken"]}`
    fn by_name(&self) -> Map<String, Value> {
        let mut messages = Map::new();
        for (name, message) in &self.errors {
            let named = messages.entry(name.as_str()).or_insert_with(|| json!([]));
            if let Some(list) = named.as_array_mut() {
                list.push(message.as_str().into());
            }
        }
        messages
    }
}

impl From<Unread> for Refusal {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::TooLarge => {
                Self::base(StatusCode::PAYLOAD_TOO_LARGE, &format!("the body is larger than {LIMIT} bytes"))
            }
            Unread::Broken => Self::malformed("body", "it could not be read to its end"),
        }
    }
}

/// Only the randomness for a new token comes from outside.
impl From<getrandom::Error> for Refusal {
    fn from(error: getrandom::Error) -> Self {
        Self::internal(&format!("the operating system gives no random bytes: {error}"))
    }
}

/// The response of an answer.
pub(crate) fn render(faults: &Faults, answer: Result<Reply, Refusal>) -> Response {
    faults.hit(Fault::NoOp);
    faults.hit(Fault::V1NoOp);
    match answer {
        Ok(Reply { status, document }) => {
            response(success(faults, status), document.map(|document| (JSON, document.to_string())))
        }
        Err(refusal) => {
            let mut response = response(refused(faults, refusal.status), Some(error_body(faults, &refusal)));
            if refusal.challenge {
                response.headers_mut().extend(challenge());
            }
            response
        }
    }
}

fn response(status: StatusCode, body: Option<(&'static str, String)>) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    if let Some((media_type, text)) = body {
        *response.body_mut() = Body::from(text);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    response
}

/// A 401 tells how to authenticate (RFC 9110, section 15.5.2). The scheme has no registered name.
fn challenge() -> HeaderMap {
    let value = HeaderValue::from_static("X-Atlas-Token realm=\"Terraform Enterprise\"");
    HeaderMap::from_iter([(WWW_AUTHENTICATE, value)])
}

fn success(faults: &Faults, status: StatusCode) -> StatusCode {
    match StatusCode::from_u16(299) {
        Ok(unregistered) if faults.hit(Fault::V1UnregisteredStatus) => unregistered,
        _ => status,
    }
}

fn refused(faults: &Faults, status: StatusCode) -> StatusCode {
    let hides = status.is_client_error() && status != StatusCode::UNAUTHORIZED && faults.hit(Fault::V1RefusalsHidden);
    if hides { StatusCode::OK } else { status }
}

fn error_body(faults: &Faults, refusal: &Refusal) -> (&'static str, String) {
    let reason = refusal.status.canonical_reason().unwrap_or_default();
    if faults.hit(Fault::V1ErrorTextPlain) {
        return ("text/plain", reason.to_owned());
    }
    if faults.hit(Fault::V1ErrorsAsArray) {
        return (JSON, json!({ "errors": [{ "title": reason }] }).to_string());
    }
    if faults.hit(Fault::V1ErrorMessageBare) {
        return (JSON, json!({ "errors": { BASE: reason } }).to_string());
    }
    (JSON, json!({ "errors": refusal.by_name() }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_stand_by_attribute_name() {
        let text = |text: &str| text.to_owned();
        let refusal = Refusal::attributes([
            (text("name"), text("has already been taken")),
            (text("username"), text("is missing")),
            (text("name"), text("is too long")),
        ]);
        let expected = json!({ "name": ["has already been taken", "is too long"], "username": ["is missing"] });
        assert_eq!(Value::from(refusal.by_name()), expected);
        let many = Refusal::attributes((0..1000).map(|number| (text("name"), number.to_string())));
        assert_eq!(many.errors.len(), MESSAGES);
    }
}
