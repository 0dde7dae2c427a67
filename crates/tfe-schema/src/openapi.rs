//! The operations of the API, read from the `openapi.json` files of a schema set (OpenAPI 3.1).
//!
//! Only the part of OpenAPI that the set uses is understood; everything else is refused, because
//! what is read over here would never be checked.

mod raw;

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde::Deserialize;

use self::raw::{Document, MediaType, PathItem, RawLink, RawOperation, RawResponse};
use crate::files::{Files, Problem};
use crate::schema::id_of;
use crate::{Pointer, reference};

/// One operation: a method on a path, with what may be sent and what may come back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// `operationId`, for example `v2.variables.create`.
    pub id: String,
    /// HTTP method, upper case.
    pub method: String,
    /// The base path that `servers` gives (`/api/v2`, or empty for an operation at the root).
    pub base: String,
    /// The path under the base, with `{name}` for parameters.
    pub path: String,
    /// One line about it.
    pub summary: String,
    /// Names of the query parameters that the documents give.
    pub query: Vec<String>,
    /// Whether it needs credentials.
    pub authenticated: bool,
    /// Schema id of the request body by media type; empty when the operation takes none.
    pub request: BTreeMap<String, String>,
    /// Whether a request without a body is no request of this operation (`requestBody.required`).
    pub request_required: bool,
    /// Responses by status: `201`, `4XX`.
    pub responses: BTreeMap<String, Response>,
}

/// What an operation answers with one status.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// Schema id of the body by media type; empty when there is no body.
    pub bodies: BTreeMap<String, String>,
    /// OpenAPI links by name. `delete` undoes a creation.
    pub links: BTreeMap<String, Link>,
}

/// An OpenAPI link: another operation, with parameters taken from this response.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// The other operation's id.
    pub operation: String,
    /// Its path parameters, as places in this response's body or path parameters of this request.
    pub parameters: BTreeMap<String, Source>,
}

/// Where a link takes a parameter from (an OpenAPI runtime expression).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `$response.body#/pointer`
    ResponseBody(Pointer),
    /// `$request.path.name`
    RequestPath(String),
}

impl Operation {
    /// The request schema for JSON bodies, if the operation takes a body.
    pub fn request_schema(&self) -> Option<&str> {
        self.request.iter().find(|(media_type, _)| media_type.ends_with("json")).map(|(_, id)| id.as_str())
    }

    /// What the operation answers with `status`: the exact status first, then its class (`4XX`).
    pub fn response(&self, status: u16) -> Option<&Response> {
        let class = format!("{}XX", status / 100);
        self.responses.get(&status.to_string()).or_else(|| self.responses.get(&class))
    }

    /// The whole path template: base and path.
    pub fn full_path(&self) -> String {
        format!("{}{}", self.base, self.path)
    }

    /// Names of the path parameters, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &str> {
        self.path.split('/').filter_map(parameter)
    }

    /// The path parameters of `path` (on the wire, below the base) if it is one of this operation.
    pub(crate) fn matches(&self, path: &str) -> Option<BTreeMap<String, String>> {
        let mut parameters = BTreeMap::new();
        let mut segments = path.split('/');
        for expected in self.path.split('/') {
            let segment = segments.next()?;
            match parameter(expected) {
                Some(name) if !segment.is_empty() => {
                    let value = percent_decode_str(segment).decode_utf8().ok()?;
                    parameters.insert(name.to_owned(), value.into_owned());
                }
                // Encoding a character that needs none makes no other path (RFC 3986, section 6.2.2.2).
                None if percent_decode_str(segment).eq(expected.bytes()) => {}
                _ => return None,
            }
        }
        segments.next().is_none().then_some(parameters)
    }
}

fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// An operation and its place in its file.
pub(crate) struct Placed {
    pub(crate) at: Pointer,
    pub(crate) operation: Operation,
}

/// Reads the operations of one `openapi.json`.
pub(crate) fn read(file: &str, files: &Files) -> Result<Vec<Placed>, Vec<Problem>> {
    let document: Document = Document::deserialize(&files[file]).map_err(|error| {
        vec![Problem {
            file: file.to_owned(),
            pointer: Pointer::root(),
            message: format!("not the OpenAPI that is read here: {error}"),
        }]
    })?;
    let mut reader = Reader { file, files, problems: Vec::new() };
    let operations = reader.operations(&document);
    if reader.problems.is_empty() { Ok(operations) } else { Err(reader.problems) }
}

struct Reader<'f> {
    file: &'f str,
    files: &'f Files,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, pointer: &Pointer, message: String) {
        self.problems.push(Problem { file: self.file.to_owned(), pointer: pointer.clone(), message });
    }

    fn operations(&mut self, document: &Document) -> Vec<Placed> {
        if !document.openapi.starts_with("3.1.") {
            self.problem(&Pointer::root().join("openapi"), "must be 3.1.x".to_owned());
        }
        let mut operations = Vec::new();
        for (path, item) in &document.paths {
            let base = item.servers.first().or(document.servers.first()).map_or("", |server| server.url.as_str());
            let at = Pointer::root().join("paths").join(path);
            for (method, operation) in item.operations() {
                let at = at.join(method);
                let operation = self.operation(base, path, method, operation, item, document, &at);
                operations.push(Placed { at, operation });
            }
        }
        operations
    }

    #[expect(clippy::too_many_arguments, reason = "the places of OpenAPI that one operation is put together from")]
    fn operation(
        &mut self,
        base: &str,
        path: &str,
        method: &str,
        raw: &RawOperation,
        item: &PathItem,
        document: &Document,
        at: &Pointer,
    ) -> Operation {
        let parameters = || item.parameters.iter().chain(&raw.parameters);
        let operation = Operation {
            id: raw.operation_id.clone(),
            method: method.to_ascii_uppercase(),
            base: base.trim_end_matches('/').to_owned(),
            path: path.to_owned(),
            summary: raw.summary.clone(),
            query: parameters().filter(|parameter| parameter.place == "query").map(|p| p.name.clone()).collect(),
            authenticated: !raw.security.as_ref().unwrap_or(&document.security).is_empty(),
            request: raw
                .request_body
                .as_ref()
                .map(|body| self.contents(&body.content, &at.join("requestBody")))
                .unwrap_or_default(),
            request_required: raw.request_body.as_ref().is_some_and(|body| body.required),
            responses: raw
                .responses
                .iter()
                .map(|(status, response)| (status.clone(), self.response(response, &at.join("responses").join(status))))
                .collect(),
        };
        let declared: Vec<_> =
            parameters().filter(|parameter| parameter.place == "path").map(|p| p.name.as_str()).collect();
        if operation.path_parameters().collect::<std::collections::BTreeSet<_>>() != declared.iter().copied().collect()
        {
            self.problem(at, format!("path parameters {declared:?} are not those of `{path}`"));
        }
        operation
    }

    fn response(&mut self, response: &RawResponse, at: &Pointer) -> Response {
        let bodies = self.contents(&response.content, at);
        let links = response
            .links
            .iter()
            .map(|(name, link)| (name.clone(), self.link(link, &at.join("links").join(name))))
            .collect();
        Response { bodies, links }
    }

    fn link(&mut self, link: &RawLink, at: &Pointer) -> Link {
        let mut parameters = BTreeMap::new();
        for (parameter, expression) in &link.parameters {
            if let Some(source) = source(expression) {
                parameters.insert(parameter.clone(), source);
            } else {
                self.problem(at, format!("expression `{expression}` is not understood"));
            }
        }
        Link { operation: link.operation_id.clone(), parameters }
    }

    fn contents(&mut self, content: &BTreeMap<String, MediaType>, at: &Pointer) -> BTreeMap<String, String> {
        let mut ids = BTreeMap::new();
        for (media_type, MediaType { schema, .. }) in content {
            let at = at.join("content").join(media_type).join("schema");
            match reference::resolve(self.file, &schema.reference) {
                Ok(target) if target.pointer.is_root() && is_schema(&target.file, self.files) => {
                    ids.insert(media_type.clone(), id_of(&target.file).to_owned());
                }
                Ok(_) => self.problem(&at, format!("`{}` is not a schema file of the set", schema.reference)),
                Err(message) => self.problem(&at, message),
            }
        }
        ids
    }
}

fn is_schema(file: &str, files: &Files) -> bool {
    !is_openapi(file) && files.contains_key(file)
}

/// Whether a file of the set lists operations. Every other file is a schema.
pub(crate) fn is_openapi(file: &str) -> bool {
    file.rsplit('/').next() == Some("openapi.json")
}

fn source(expression: &str) -> Option<Source> {
    if let Some(pointer) = expression.strip_prefix("$response.body#") {
        return Pointer::parse(pointer).ok().map(Source::ResponseBody);
    }
    expression.strip_prefix("$request.path.").map(|name| Source::RequestPath(name.to_owned()))
}
