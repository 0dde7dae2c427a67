//! Faults that only change an answer on its way out: tables of edits, applied in one place.

mod documents;
mod errors;
mod throughout;
mod variables;

use http::header::{CONTENT_TYPE, HeaderMap};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use super::{Fault, Faults};
use crate::call::Operation;
use crate::negotiation::MEDIA_TYPE;

/// An answer on its way out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) document: Option<Value>,
    /// What is sent instead of the document.
    pub(crate) text: Option<String>,
}

/// What a fault makes of the answers to some operations.
struct Edit {
    fault: Fault,
    operations: &'static [Operation],
    change: fn(&mut Draft),
}

const fn edit(fault: Fault, operations: &'static [Operation], change: fn(&mut Draft)) -> Edit {
    Edit { fault, operations, change }
}

const LIST: &[Operation] = &[Operation::ListVariables];
const CREATE: &[Operation] = &[Operation::CreateVariable];
const READ: &[Operation] = &[Operation::ReadVariable];
const UPDATE: &[Operation] = &[Operation::UpdateVariable];
const DELETE: &[Operation] = &[Operation::DeleteVariable];

/// Every operation on variables.
const VARIABLES: &[Operation] = &[
    Operation::ListVariables,
    Operation::CreateVariable,
    Operation::ReadVariable,
    Operation::UpdateVariable,
    Operation::DeleteVariable,
];

/// Every operation there is.
const ALL: &[Operation] = &[
    Operation::ListVariables,
    Operation::CreateVariable,
    Operation::ReadVariable,
    Operation::UpdateVariable,
    Operation::DeleteVariable,
    Operation::Workspace,
    Operation::Other,
];

fn edits() -> impl Iterator<Item = &'static Edit> {
    [documents::EDITS, errors::EDITS, throughout::EDITS, variables::EDITS].into_iter().flatten()
}

impl Draft {
    pub(crate) fn new(status: StatusCode, mut headers: HeaderMap, document: Option<Value>) -> Self {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        Self { status, headers, document, text: None }
    }

    /// Applies the edits that are on. One that changes nothing is no hit.
    pub(crate) fn edit(&mut self, faults: &Faults, operation: Operation) {
        if VARIABLES.contains(&operation) {
            faults.hit(Fault::NoOpEdit);
        }
        for edit in edits().filter(|edit| faults.is_on(edit.fault) && edit.operations.contains(&operation)) {
            let mut changed = self.clone();
            (edit.change)(&mut changed);
            if changed != *self && faults.hit(edit.fault) {
                *self = changed;
            }
        }
    }

    /// The resource, or every resource of the collection.
    fn each_resource(&mut self, change: impl Fn(&mut Value)) {
        match self.document.as_mut().and_then(|document| document.get_mut("data")) {
            Some(Value::Array(resources)) => resources.iter_mut().for_each(change),
            Some(resource @ Value::Object(_)) => change(resource),
            _ => {}
        }
    }

    fn each_error(&mut self, change: impl Fn(&mut Value)) {
        if let Some(Value::Array(errors)) = self.document.as_mut().and_then(|document| document.get_mut("errors")) {
            errors.iter_mut().for_each(change);
        }
    }

    /// Another status, where this one would have come.
    fn restate(&mut self, from: StatusCode, to: u16) {
        if let (true, Ok(to)) = (self.status == from, StatusCode::from_u16(to)) {
            self.status = to;
        }
    }

    /// Sets a member of a document that has `data`.
    fn set_beside_data(&mut self, name: &str, value: impl FnOnce(&Value) -> Value) {
        if let Some(document) = self.document.as_mut().filter(|document| document.get("data").is_some()) {
            let value = value(document);
            set(document, "", name, value);
        }
    }

    fn set_header(&mut self, name: http::HeaderName, value: &'static str) {
        self.headers.insert(name, HeaderValue::from_static(value));
    }

    /// A web page instead of the document.
    fn become_html(&mut self) {
        self.set_header(CONTENT_TYPE, "text/html");
        self.text = Some(format!("<html><body>{}</body></html>", self.status));
    }
}

/// Sets a member of the object at a place, if there is an object.
fn set(value: &mut Value, at: &str, name: &str, member: impl Into<Value>) {
    if let Some(object) = value.pointer_mut(at).and_then(Value::as_object_mut) {
        object.insert(name.to_owned(), member.into());
    }
}

/// Takes a member out of the object at a place.
fn take(value: &mut Value, at: &str, name: &str) -> Option<Value> {
    value.pointer_mut(at).and_then(Value::as_object_mut)?.remove(name)
}

/// Gives a member of the object at a place another name.
fn rename(value: &mut Value, at: &str, from: &str, to: &str) {
    if let Some(member) = take(value, at, from) {
        set(value, at, to, member);
    }
}
