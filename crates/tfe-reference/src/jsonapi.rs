//! JSON:API 1.0 envelopes: documents, sparse fieldsets, error objects, and how an answer becomes a response.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::call::{Call, Operation};
use crate::faults::{Draft, Fault, Faults};
use crate::negotiation::MEDIA_TYPE;
use crate::page;

/// What an endpoint answers when it did what was asked.
pub(crate) struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    document: Option<Value>,
}

impl Reply {
    /// 200 with one resource.
    pub(crate) fn resource(call: &Call, resource: Value) -> Self {
        Self::document(StatusCode::OK, json!({ "data": sparse(call, resource) }))
    }

    /// 200 with a collection; one page of it, if the client asks for pages.
    pub(crate) fn collection(call: &Call, resources: Vec<Value>) -> Result<Self, Refusal> {
        let page = page::requested(&call.query)?;
        let (resources, extra) = match page {
            Some(page) => {
                let extra = page.members(call, resources.len());
                (page.cut(resources), Some(extra))
            }
            None => (resources, None),
        };
        let data: Vec<_> = resources.into_iter().map(|resource| sparse(call, resource)).collect();
        let mut document = json!({ "data": data });
        for (name, value) in extra.into_iter().flatten() {
            document[name] = value;
        }
        Ok(Self::document(StatusCode::OK, document))
    }

    /// 201 with the resource that was created, and its place.
    pub(crate) fn created(call: &Call, resource: Value) -> Self {
        let location = resource.pointer("/links/self").and_then(Value::as_str).and_then(|path| path.parse().ok());
        let mut reply = Self { status: StatusCode::CREATED, ..Self::resource(call, resource) };
        if let Some(location) = location {
            reply.headers.insert(LOCATION, location);
        }
        reply
    }

    /// 204.
    pub(crate) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: HeaderMap::new(), document: None }
    }

    /// The same reply with another header.
    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = value.parse() {
            self.headers.insert(name, value);
        }
        self
    }

    fn document(status: StatusCode, document: Value) -> Self {
        Self { status, headers: HeaderMap::new(), document: Some(document) }
    }
}

/// Leaves the fields that the client asks for, if it does (`fields[vars]=key,value`).
fn sparse(call: &Call, mut resource: Value) -> Value {
    let parameter = resource["type"].as_str().map(|name| format!("fields[{name}]")).unwrap_or_default();
    let Some(wanted) = call.query.value(&parameter) else { return resource };
    for fields in ["attributes", "relationships"] {
        if let Some(fields) = resource.get_mut(fields).and_then(Value::as_object_mut) {
            fields.retain(|name, _| wanted.split(',').any(|field| field == name));
        }
    }
    resource
}

/// Why a request was not done: a status and its error objects.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    header: Option<(HeaderName, HeaderValue)>,
    errors: Vec<Value>,
}

impl Refusal {
    /// A refusal with one error object.
    pub(crate) fn new(status: StatusCode, title: &str, detail: &str) -> Self {
        let mut refusal = Self::empty(status);
        refusal.add(title, detail, None);
        refusal
    }

    /// A refusal whose error objects are still to be added.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, header: None, errors: Vec::new() }
    }

    /// Adds an error object.
    pub(crate) fn add(&mut self, title: &str, detail: &str, pointer: Option<&str>) {
        let mut error = json!({ "status": self.status.as_str(), "title": title, "detail": detail });
        if let Some(pointer) = pointer {
            error["source"] = json!({ "pointer": pointer });
        }
        self.errors.push(error);
    }

    /// The same refusal about this place of the request document.
    pub(crate) fn at_pointer(self, pointer: &str) -> Self {
        self.with_source(&json!({ "pointer": pointer }))
    }

    /// The same refusal about this query parameter.
    pub(crate) fn at_parameter(self, parameter: &str) -> Self {
        self.with_source(&json!({ "parameter": parameter }))
    }

    fn with_source(mut self, source: &Value) -> Self {
        for error in &mut self.errors {
            error["source"] = source.clone();
        }
        self
    }

    /// The same refusal with another header.
    pub(crate) fn with_header(self, name: &'static str, value: &'static str) -> Self {
        Self { header: Some((HeaderName::from_static(name), HeaderValue::from_static(value))), ..self }
    }

    #[cfg(test)]
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn unauthorized() -> Self {
        let challenge = (WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Terraform Enterprise\""));
        let refusal = Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "The request needs a valid bearer token.");
        Self { header: Some(challenge), ..refusal }
    }

    /// One text for everything that cannot be found, whether it exists or not.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not found", "The resource does not exist, or you have no access to it.")
    }

    pub(crate) fn forbidden(detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    pub(crate) fn conflict(detail: &str) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", detail)
    }

    pub(crate) fn invalid_attribute(detail: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid attribute", detail)
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method not allowed", "The path does not support this method.")
    }

    pub(crate) fn not_acceptable() -> Self {
        let detail = format!("The answer would be {MEDIA_TYPE} without parameters, which `Accept` excludes.");
        Self::new(StatusCode::NOT_ACCEPTABLE, "not acceptable", &detail)
    }

    pub(crate) fn unsupported_media_type() -> Self {
        let detail = format!("The request's Content-Type must be {MEDIA_TYPE} without parameters.");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported media type", &detail)
    }

    pub(crate) fn content_too_large(limit: usize) -> Self {
        let detail = format!("The request body is larger than {limit} bytes.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "content too large", &detail)
    }

    pub(crate) fn internal(detail: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal server error", detail)
    }
}

/// Only the randomness for a new id comes from outside.
impl From<getrandom::Error> for Refusal {
    fn from(error: getrandom::Error) -> Self {
        Self::internal(&format!("The operating system gives no random bytes: {error}."))
    }
}

/// The response of an answer.
pub(crate) fn render(faults: &Faults, operation: Operation, answer: Result<Reply, Refusal>) -> Response {
    faults.hit(Fault::NoOp);
    let mut draft = match answer {
        Ok(Reply { status, headers, document }) => Draft::new(status, headers, document),
        Err(Refusal { status, header, errors }) => {
            Draft::new(status, header.into_iter().collect(), Some(json!({ "errors": errors })))
        }
    };
    draft.edit(faults, operation);
    response(draft)
}

fn response(Draft { status, mut headers, document, text }: Draft) -> Response {
    let body = match (text, document) {
        (Some(text), _) => Body::from(text),
        (None, Some(document)) => Body::from(document.to_string()),
        (None, None) => {
            headers.remove(CONTENT_TYPE);
            Body::empty()
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
