//! Request bodies: read with a limit, parsed strictly, checked against their schema.

use std::collections::BTreeSet;

use axum::body::{Body, Bytes};
use http::StatusCode;
use http_body_util::BodyExt;
use serde_json::Value;
use tfe_schema::{Catalog, Pointer, Violation, json};

use crate::app::App;
use crate::call::{Call, Operation};
use crate::faults::{Fault, Faults, lenient};
use crate::jsonapi::Refusal;

/// The largest body that is looked at.
pub(crate) const LIMIT: usize = 4 << 20;

/// How much more is read and thrown away, so that a client which sends first and reads later sees the refusal.
const DRAINED: usize = 64 << 20;

/// What an endpoint expects of a request document.
pub(crate) struct Expected {
    /// Id of the request schema.
    pub(crate) schema: &'static str,
    /// The resource type of the endpoint.
    pub(crate) resource_type: &'static str,
    /// Whether the request creates the resource, which then has no id yet.
    pub(crate) creates: bool,
}

/// Why a body was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Longer than [`LIMIT`].
    TooLarge,
    /// The connection broke, or the bytes were no HTTP.
    Broken,
}

/// Reads a whole body, up to the limit.
pub(crate) async fn read(mut body: Body) -> Result<Bytes, Unread> {
    let mut bytes = Vec::new();
    let mut drained = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Unread::Broken)?;
        let Ok(data) = frame.into_data() else { continue };
        if drained == 0 && bytes.len() + data.len() <= LIMIT {
            bytes.extend_from_slice(&data);
        } else {
            drained += data.len();
            if drained > DRAINED {
                break;
            }
        }
    }
    if drained == 0 { Ok(bytes.into()) } else { Err(Unread::TooLarge) }
}

impl From<Unread> for Refusal {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::TooLarge => Self::content_too_large(LIMIT),
            Unread::Broken => unreadable("The request body could not be read to its end."),
        }
    }
}

/// The request document, if it is one: valid JSON, of the endpoint's type, conforming to its schema.
pub(crate) fn checked(app: &App, call: &Call, expected: &Expected) -> Result<Value, Refusal> {
    let document = lenient::read(&app.faults, call.operation, parsed(&app.faults, call)?)?;
    match document.pointer("/data/type").and_then(Value::as_str) {
        Some(found) if found != expected.resource_type && !lenient::any_type(&app.faults, call.operation) => {
            return Err(Refusal::conflict(&format!("The resource type here is \"{}\".", expected.resource_type))
                .at_pointer("/data/type"));
        }
        _ => {}
    }
    let own_id = document.pointer("/data/id").filter(|_| expected.creates);
    if own_id.is_some() && !lenient::any_id(&app.faults) {
        return Err(Refusal::forbidden("Client-generated ids are not supported.").at_pointer("/data/id"));
    }
    let schema = Catalog::bundled()
        .schema(expected.schema)
        .ok_or_else(|| Refusal::internal(&format!("The schema {} is missing.", expected.schema)))?;
    let mut violations = schema.check_value(&document).violations;
    violations.retain(|violation| !lenient::overlooks(&app.faults, call.operation, violation));
    if violations.is_empty() { Ok(document) } else { Err(refusal(&violations)) }
}

/// JSON:API examples, "Error Objects": what cannot be parsed is a 400 without `source`.
fn parsed(faults: &Faults, call: &Call) -> Result<Value, Refusal> {
    let parsed = json::parse(&call.body).map_err(|error| {
        let detail = format!("The request body is no JSON document: {error}.");
        match () {
            () if call.operation == Operation::CreateVariable && faults.hit(Fault::Malformed500) => {
                Refusal::internal(&detail)
            }
            () if faults.hit(Fault::Malformed422) => Refusal::invalid_attribute(&detail),
            () if faults.hit(Fault::MalformedWithSource) => unreadable(&detail).at_pointer("/data"),
            () => unreadable(&detail),
        }
    })?;
    match parsed.duplicates.first() {
        // RFC 8259, section 4: which of the two would count is anybody's guess.
        Some(duplicate) => Err(unreadable("The member stands more than once.").at_pointer(duplicate.as_str())),
        None => Ok(parsed.value),
    }
}

fn unreadable(detail: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "malformed request document", detail)
}

/// One error object for each violation; what two branches of a schema say alike is said once.
fn refusal(violations: &[Violation]) -> Refusal {
    let mut refusal = Refusal::empty(StatusCode::UNPROCESSABLE_ENTITY);
    let mut said = BTreeSet::new();
    for violation in violations {
        let source = source(violation);
        if said.insert((source.clone(), violation.message.as_str())) {
            refusal.add("invalid request document", &violation.message, Some(source.as_str()));
        }
    }
    refusal
}

/// The place that an error is about. A missing member is named by where it would stand, except at the top of the
/// document, where the examples of JSON:API point to the whole ("/data" would not exist).
fn source(violation: &Violation) -> Pointer {
    if violation.pointer.is_root() { Pointer::root() } else { violation.subject() }
}
