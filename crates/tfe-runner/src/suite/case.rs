//! Cases as they stand in their files, and as the runner takes them: with `like` and `each` resolved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tfe_schema::{Catalog, Pointer};

use super::check::{Check, RawCheck, Scope, Statuses};
use super::expand;
use crate::template::Template;
use crate::yaml::Place;

/// One user flow against a server.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Case {
    /// The path under `conformance/`, without `.yaml`.
    pub id: String,
    /// The file, by its path in the suite.
    pub file: String,
    /// One line.
    pub title: String,
    /// Why the case is as it is.
    pub description: Option<String>,
    /// Fixtures to lease, by the name that templates use.
    pub fixtures: BTreeMap<String, String>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

impl Case {
    /// The folder: the area that reports group by.
    pub fn area(&self) -> &str {
        self.id.rsplit_once('/').map_or("", |(area, _)| area)
    }

    /// The operations that the case calls by their id.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| match &step.call {
            Call::Operation(id) => Some(id.as_str()),
            Call::Raw { .. } => None,
        })
    }

    /// The case of a document in the format of case files, which no file holds. It is not verified.
    pub(crate) fn from_document(id: &str, file: &str, document: &Value) -> Result<Self, String> {
        let raw = RawCase::deserialize(document).map_err(|error| error.to_string())?;
        let resolved = raw.resolve(id, file, &|_| Place { line: 1, column: 1 });
        resolved.map_err(|problems| problems.into_iter().map(|(_, message)| message).collect::<Vec<_>>().join("; "))
    }

    /// A case that does nothing, for one that could not be made.
    pub(crate) fn without_steps(id: &str, file: &str, title: &str) -> Self {
        Self {
            id: id.to_owned(),
            file: file.to_owned(),
            title: title.to_owned(),
            description: None,
            fixtures: BTreeMap::new(),
            steps: Vec::new(),
        }
    }

    /// Whether the case acts as this identity.
    pub fn needs(&self, identity: Identity) -> bool {
        self.steps.iter().any(|step| step.identity == identity)
    }

    /// Whether the case sends nothing but GET and HEAD.
    pub fn only_reads(&self, catalog: &Catalog) -> bool {
        self.steps.iter().all(|step| {
            let method = match &step.call {
                Call::Operation(id) => catalog.operation(id).map(|operation| operation.method.as_str()),
                Call::Raw { method, .. } => Some(method.as_str()),
            };
            method.is_some_and(|method| matches!(method, "GET" | "HEAD"))
        })
    }

    /// The requirements that the case cites, in the order of its checks.
    pub fn requirements(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().flat_map(|step| step.checks.iter().map(|check| check.requirement.as_str()))
    }
}

/// One request, and what is expected of the answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Step {
    /// Unique in the case; `step/element` for an element of `each`.
    pub id: String,
    /// Where it stands in its file.
    pub place: Place,
    /// What its failure means.
    pub role: Role,
    /// Whose token it carries.
    pub identity: Identity,
    /// Where it goes.
    pub call: Call,
    /// Path parameters of the operation.
    pub params: Map<String, Value>,
    /// Query parameters.
    pub query: Query,
    /// Headers that differ from the default ones; `None` leaves the header out.
    pub headers: BTreeMap<String, Option<String>>,
    /// The body.
    pub body: Body,
    /// Whether the body satisfies the request schema of the operation, or breaks it on purpose.
    pub valid: bool,
    /// Values of the answer that later steps use, by name.
    pub capture: BTreeMap<String, Pointer>,
    /// Values that the answer may legally lack; steps that use them name them in `when`.
    pub capture_if_present: BTreeMap<String, Pointer>,
    /// Names that are set when the answer has one of the statuses, for `when` and `unless` of later steps.
    pub capture_if_status: BTreeMap<String, Statuses>,
    /// Captures without which the step does not apply.
    pub when: Vec<String>,
    /// Captures with which it does not.
    pub unless: Vec<String>,
    /// What is expected.
    pub checks: Vec<Check>,
    /// What is recorded, because the documents leave it open.
    pub observe: Vec<Observe>,
}

impl Step {
    /// Everything of the request that may hold templates.
    pub(crate) fn templates(&self) -> impl Iterator<Item = Template<'_>> {
        let query = match &self.query {
            Query::Parameters(parameters) => Template::Members(parameters),
            Query::Raw(raw) => Template::Text(raw),
        };
        let headers = self.headers.values().flatten().map(|value| Template::Text(value));
        let body = match &self.body {
            Body::Json(body) | Body::Form(body) => Some(Template::Value(body)),
            Body::Text(text) => Some(Template::Text(text)),
            Body::None | Body::Bytes(_) => None,
        };
        let path = match &self.call {
            Call::Raw { path, .. } => Some(Template::Text(path)),
            Call::Operation(_) => None,
        };
        [Template::Members(&self.params), query].into_iter().chain(headers).chain(body).chain(path)
    }
}

/// What a step is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It tests: it has checks.
    #[default]
    Test,
    /// It prepares: anything but success blocks the case.
    Precondition,
}

/// Whose token a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// The user under test.
    #[default]
    User,
    /// Another user, without access to the organization under test.
    Outsider,
    /// No token.
    Anonymous,
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// To an operation of the catalogue.
    Operation(String),
    /// To a method and a path (or a captured link), which no operation has to describe.
    Raw {
        /// The method.
        method: String,
        /// Path with query, or URL; resolved against the target.
        path: String,
    },
}

/// The query of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// Parameters, which the runner encodes; a list repeats the parameter.
    Parameters(Map<String, Value>),
    /// Sent as it is.
    Raw(String),
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// None.
    None,
    /// A JSON document.
    Json(Value),
    /// A document, sent form-encoded.
    Form(Value),
    /// Text, sent as it is.
    Text(String),
    /// Bytes, sent as they are.
    Bytes(Vec<u8>),
}

/// Something that the documents leave open and the report records.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Observe {
    /// Name of the choice.
    pub name: String,
    /// What of the answer shows it.
    pub subject: Observed,
}

/// What of an answer an observation shows.
#[derive(Debug, Clone)]
pub enum Observed {
    /// The status.
    Status,
    /// A header.
    Header(String),
    /// A value of the body.
    At(Scope, Pointer),
}

/// A case file, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RawCase {
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) fixtures: BTreeMap<String, String>,
    pub(crate) steps: Vec<RawStep>,
}

/// A step, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RawStep {
    pub(crate) id: String,
    pub(crate) role: Option<Role>,
    pub(crate) like: Option<String>,
    pub(crate) operation: Option<String>,
    pub(crate) request: Option<RawRequest>,
    #[serde(rename = "as")]
    pub(crate) identity: Option<Identity>,
    #[serde(default)]
    pub(crate) params: Map<String, Value>,
    #[serde(default)]
    pub(crate) query: Map<String, Value>,
    pub(crate) raw_query: Option<String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Option<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) body: Option<Value>,
    pub(crate) body_form: Option<Value>,
    pub(crate) body_text: Option<String>,
    pub(crate) body_base64: Option<String>,
    #[serde(default)]
    pub(crate) set: Map<String, Value>,
    #[serde(default)]
    pub(crate) without: Vec<Pointer>,
    pub(crate) valid: Option<bool>,
    #[serde(default)]
    pub(crate) each: Vec<RawElement>,
    #[serde(default)]
    pub(crate) capture: BTreeMap<String, Pointer>,
    #[serde(default)]
    pub(crate) capture_if_present: BTreeMap<String, Pointer>,
    #[serde(default)]
    pub(crate) capture_if_status: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) when: Vec<String>,
    #[serde(default)]
    pub(crate) unless: Vec<String>,
    #[serde(default)]
    pub(crate) checks: Vec<RawCheck>,
    #[serde(default)]
    pub(crate) observe: Vec<RawObserve>,
}

/// A request that no operation describes, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RawRequest {
    pub(crate) method: String,
    pub(crate) path: String,
}

/// An element of `each`: what differs from the step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RawElement {
    pub(crate) name: String,
    pub(crate) request: Option<RawRequest>,
    #[serde(rename = "as")]
    pub(crate) identity: Option<Identity>,
    #[serde(default)]
    pub(crate) params: Map<String, Value>,
    #[serde(default)]
    pub(crate) query: Map<String, Value>,
    pub(crate) raw_query: Option<String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Option<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) body: Option<Value>,
    pub(crate) body_form: Option<Value>,
    pub(crate) body_text: Option<String>,
    pub(crate) body_base64: Option<String>,
    #[serde(default)]
    pub(crate) set: Map<String, Value>,
    #[serde(default)]
    pub(crate) without: Vec<Pointer>,
    pub(crate) valid: Option<bool>,
}

/// An observation, as written.
#[derive(Debug, Deserialize, Clone)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RawObserve {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) status: bool,
    pub(crate) header: Option<String>,
    pub(crate) at: Option<Pointer>,
    pub(crate) find: Option<super::check::Find>,
}

/// `body: null` is a body (the JSON document `null`), not an absent one.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl RawCase {
    /// The case, with every step resolved; problems with their place in the file.
    pub(crate) fn resolve(
        self,
        id: &str,
        file: &str,
        place: &dyn Fn(&Pointer) -> Place,
    ) -> Result<Case, Vec<(Place, String)>> {
        let steps = expand::steps(self.steps, place)?;
        Ok(Case {
            id: id.to_owned(),
            file: file.to_owned(),
            title: self.title,
            description: self.description,
            fixtures: self.fixtures,
            steps,
        })
    }
}
