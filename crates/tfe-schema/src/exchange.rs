//! A request and its answer, held against the operation that they are of: media types, status, bodies.
//!
//! For tests of a server: whatever carries HTTP there, its parts are borrowed as they are on the wire.

use std::collections::BTreeMap;
use std::fmt;

use crate::form;
use crate::{Catalog, Operation, Report};

/// The media type of JSON:API, which takes no parameters (JSON:API 1.0, "Content Negotiation").
const JSON_API: &str = "application/vnd.api+json";

/// A request, as far as an [`Operation`] speaks about it. Method and path led to the operation already
/// ([`Catalog::route`]).
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestParts<'a> {
    /// The `Content-Type` header, if there is one.
    pub content_type: Option<&'a str>,
    /// The body as it is on the wire; empty if there is none.
    pub body: &'a [u8],
}

/// The answer, as far as an [`Operation`] speaks about it.
#[derive(Debug, Clone, Copy)]
pub struct ResponseParts<'a> {
    /// The status code.
    pub status: u16,
    /// The `Content-Type` header, if there is one.
    pub content_type: Option<&'a str>,
    /// The body as it is on the wire; empty if there is none.
    pub body: &'a [u8],
}

/// What is wrong with an exchange.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ExchangeReport {
    /// The operation that the exchange was held against.
    pub operation: String,
    /// The request. A test that sends a wrong request on purpose looks at the response alone.
    pub request: MessageReport,
    /// The response.
    pub response: MessageReport,
}

/// What is wrong with one message of an exchange.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct MessageReport {
    /// What is wrong outside of the body.
    pub problems: Vec<MessageProblem>,
    /// The id of the schema that the body was held against; `None` if there is no body, or none that the
    /// operation describes.
    pub schema: Option<String>,
    /// What is wrong with the body; nothing if there was none to check.
    pub body: Report,
}

/// What may be wrong with a message outside of its body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageProblem {
    /// The operation does not describe the status, nor its class.
    #[error("status {status} is not one of this operation: {described}")]
    Status {
        /// The status that came.
        status: u16,
        /// Those that the operation describes.
        described: String,
    },
    /// The media type is none that the operation takes or gives.
    #[error("media type {got}; expected {expected}")]
    MediaType {
        /// The `Content-Type` header, or that there is none.
        got: String,
        /// The media types of the operation.
        expected: String,
    },
    /// A body is missing where the operation describes one.
    #[error("the body is missing: {0} describes one")]
    NoBody(String),
}

impl Catalog {
    /// Holds an exchange against an operation: the media type and the body of the request, the status,
    /// media type and body of the response.
    ///
    /// An answer of an error status may come without a body (JSON:API 1.0, "Errors": error details are
    /// optional), and so may one whose operation describes none. A body that the operation describes
    /// nothing about is not judged: [`MessageReport::schema`] is `None` then.
    ///
    /// ```
    /// use tfe_schema::{Catalog, RequestParts, ResponseParts};
    ///
    /// let catalog = Catalog::bundled();
    /// let (operation, _) = catalog.route("GET", "/api/v2/vars").expect("an operation of the bundled set");
    /// let report = catalog.check_exchange(
    ///     operation,
    ///     &RequestParts::default(),
    ///     &ResponseParts { status: 200, content_type: Some("application/json"), body: br#"{"data": [{}]}"# },
    /// );
    /// assert!(report.request.is_valid() && !report.response.is_valid());
    /// println!("{report}");
    /// ```
    pub fn check_exchange(
        &self,
        operation: &Operation,
        request: &RequestParts<'_>,
        response: &ResponseParts<'_>,
    ) -> ExchangeReport {
        ExchangeReport {
            operation: operation.id.clone(),
            request: self.check_request(operation, request),
            response: self.check_response(operation, response),
        }
    }

    /// The request's half of [`Self::check_exchange`].
    ///
    /// ```
    /// use tfe_schema::{Catalog, RequestParts};
    ///
    /// let catalog = Catalog::bundled();
    /// let (operation, _) = catalog.route("POST", "/api/v2/vars").expect("an operation of the bundled set");
    /// assert!(!catalog.check_request(operation, &RequestParts::default()).is_valid(), "the body is missing");
    /// ```
    pub fn check_request(&self, operation: &Operation, request: &RequestParts<'_>) -> MessageReport {
        if request.body.is_empty() {
            let missing = operation.request_required.then(|| MessageProblem::NoBody(operation.id.clone()));
            return MessageReport { problems: missing.into_iter().collect(), ..MessageReport::default() };
        }
        self.check_body(&operation.request, request.content_type, request.body)
    }

    /// The response's half of [`Self::check_exchange`].
    ///
    /// ```
    /// use tfe_schema::{Catalog, ResponseParts};
    ///
    /// let catalog = Catalog::bundled();
    /// let (operation, _) = catalog.route("DELETE", "/api/v2/vars/var-1").expect("an operation of the bundled set");
    /// let gone = ResponseParts { status: 204, content_type: None, body: b"" };
    /// assert!(catalog.check_response(operation, &gone).is_valid());
    /// ```
    pub fn check_response(&self, operation: &Operation, response: &ResponseParts<'_>) -> MessageReport {
        let &ResponseParts { status, content_type, body } = response;
        let Some(described) = operation.response(status) else {
            let described = operation.responses.keys().cloned().collect::<Vec<_>>().join(", ");
            let problems = vec![MessageProblem::Status { status, described }];
            return MessageReport { problems, ..MessageReport::default() };
        };
        if !body.is_empty() {
            return self.check_body(&described.bodies, content_type, body);
        }
        let expected = !described.bodies.is_empty() && status < 400;
        let missing = expected.then(|| MessageProblem::NoBody(format!("{} with status {status}", operation.id)));
        MessageReport { problems: missing.into_iter().collect(), ..MessageReport::default() }
    }

    fn check_body(&self, bodies: &BTreeMap<String, String>, content_type: Option<&str>, body: &[u8]) -> MessageReport {
        // Nothing is known of a body that the operation does not describe.
        let Some(first) = bodies.iter().next() else { return MessageReport::default() };
        let named = content_type.and_then(|content_type| {
            let essence = essence(content_type);
            bodies.iter().find(|(media_type, _)| media_type.eq_ignore_ascii_case(essence))
        });
        let problem = media_type_problem(bodies, named.map(|(name, _)| name.as_str()), content_type);
        // A wrong media type does not hide what is wrong with the body.
        let (media_type, id) = named.unwrap_or(first);
        let body = self
            .schema(id)
            .map(|schema| if media_type == form::MEDIA_TYPE { schema.check_form(body) } else { schema.check(body) });
        MessageReport {
            problems: problem.into_iter().collect(),
            schema: body.is_some().then(|| id.clone()),
            body: body.unwrap_or_default(),
        }
    }
}

fn media_type_problem(
    bodies: &BTreeMap<String, String>,
    named: Option<&str>,
    content_type: Option<&str>,
) -> Option<MessageProblem> {
    let parameters = content_type.is_some_and(|content_type| content_type.contains(';'));
    match named {
        Some(JSON_API) if parameters => {}
        Some(_) => return None,
        None => {}
    }
    let expected = |media_type: &str| match media_type {
        JSON_API => format!("{JSON_API} without parameters"),
        other => other.to_owned(),
    };
    Some(MessageProblem::MediaType {
        got: content_type.unwrap_or("not given (no Content-Type)").to_owned(),
        expected: bodies.keys().map(|media_type| expected(media_type)).collect::<Vec<_>>().join(" or "),
    })
}

/// A media type without its parameters (RFC 9110, section 8.3.1).
fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

impl ExchangeReport {
    /// Whether both messages conform.
    pub fn is_valid(&self) -> bool {
        self.request.is_valid() && self.response.is_valid()
    }
}

impl MessageReport {
    /// Whether the message conforms.
    pub fn is_valid(&self) -> bool {
        self.problems.is_empty() && self.body.is_valid()
    }

    fn lines(&self, message: &str, operation: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "{operation}: {message}: {problem}")?;
        }
        for line in self.body.lines() {
            writeln!(f, "{operation}: {message} body: {line}")?;
        }
        Ok(())
    }
}

/// One line for everything that is wrong; nothing, if nothing is.
impl fmt::Display for ExchangeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.request.lines("request", &self.operation, f)?;
        self.response.lines("response", &self.operation, f)
    }
}
