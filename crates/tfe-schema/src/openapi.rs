//! The operations of the API, read from the `openapi.json` files of a schema set (OpenAPI 3.1).
//!
//! Only the part of OpenAPI that the set uses is understood; everything else is refused, because
//! what is read over here would never be checked.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde::Deserialize;

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
                None if expected == segment => {}
                _ => return None,
            }
        }
        segments.next().is_none().then_some(parameters)
    }
}

fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// Reads the operations of one `openapi.json`.
pub(crate) fn read(file: &str, files: &Files) -> Result<Vec<Operation>, Vec<Problem>> {
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

    fn operations(&mut self, document: &Document) -> Vec<Operation> {
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
                operations.push(operation);
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
            .filter_map(|(name, link)| {
                let at = at.join("links").join(name);
                let parameters = link
                    .parameters
                    .iter()
                    .filter_map(|(parameter, expression)| match source(expression) {
                        Some(source) => Some((parameter.clone(), source)),
                        None => {
                            self.problem(&at, format!("expression `{expression}` is not understood"));
                            None
                        }
                    })
                    .collect();
                Some((name.clone(), Link { operation: link.operation_id.clone(), parameters }))
            })
            .collect();
        Response { bodies, links }
    }

    fn contents(&mut self, content: &BTreeMap<String, MediaType>, at: &Pointer) -> BTreeMap<String, String> {
        let mut ids = BTreeMap::new();
        for (media_type, MediaType { schema, .. }) in content {
            let at = at.join("content").join(media_type).join("schema");
            match reference::resolve(self.file, &schema.reference) {
                Ok(target) if target.pointer.is_root() && self.files.contains_key(&target.file) => {
                    ids.insert(media_type.clone(), id_of(&target.file).to_owned());
                }
                Ok(_) => self.problem(&at, format!("`{}` is not a schema file of the set", schema.reference)),
                Err(message) => self.problem(&at, message),
            }
        }
        ids
    }
}

fn source(expression: &str) -> Option<Source> {
    if let Some(pointer) = expression.strip_prefix("$response.body#") {
        return Pointer::parse(pointer).ok().map(Source::ResponseBody);
    }
    expression.strip_prefix("$request.path.").map(|name| Source::RequestPath(name.to_owned()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    openapi: String,
    #[serde(rename = "info")]
    _info: serde_json::Value,
    #[serde(default, rename = "tags")]
    _tags: serde_json::Value,
    #[serde(default, rename = "externalDocs")]
    _external_docs: serde_json::Value,
    #[serde(default, rename = "jsonSchemaDialect")]
    _dialect: serde_json::Value,
    #[serde(default)]
    servers: Vec<Server>,
    #[serde(default)]
    security: Vec<serde_json::Value>,
    paths: BTreeMap<String, PathItem>,
    #[serde(default, rename = "components")]
    _components: Components,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Server {
    url: String,
    #[serde(default, rename = "description")]
    _description: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Components {
    #[serde(default, rename = "securitySchemes")]
    _security_schemes: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PathItem {
    #[serde(default, rename = "summary")]
    _summary: String,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default)]
    servers: Vec<Server>,
    #[serde(default)]
    parameters: Vec<Parameter>,
    get: Option<RawOperation>,
    put: Option<RawOperation>,
    post: Option<RawOperation>,
    patch: Option<RawOperation>,
    delete: Option<RawOperation>,
}

impl PathItem {
    fn operations(&self) -> impl Iterator<Item = (&'static str, &RawOperation)> {
        [("get", &self.get), ("put", &self.put), ("post", &self.post), ("patch", &self.patch), ("delete", &self.delete)]
            .into_iter()
            .filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation)))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawOperation {
    operation_id: String,
    #[serde(default)]
    summary: String,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default, rename = "tags")]
    _tags: Vec<String>,
    #[serde(default, rename = "deprecated")]
    _deprecated: bool,
    #[serde(default, rename = "externalDocs")]
    _external_docs: serde_json::Value,
    security: Option<Vec<serde_json::Value>>,
    #[serde(default)]
    parameters: Vec<Parameter>,
    request_body: Option<RequestBody>,
    responses: BTreeMap<String, RawResponse>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameter {
    name: String,
    #[serde(rename = "in")]
    place: String,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default, rename = "required")]
    _required: bool,
    #[serde(rename = "schema")]
    _schema: serde_json::Value,
    #[serde(default, rename = "example")]
    _example: serde_json::Value,
    #[serde(default, rename = "examples")]
    _examples: serde_json::Value,
    #[serde(default, rename = "deprecated")]
    _deprecated: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestBody {
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default, rename = "required")]
    _required: bool,
    content: BTreeMap<String, MediaType>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MediaType {
    schema: SchemaReference,
    #[serde(default, rename = "examples")]
    _examples: serde_json::Value,
    #[serde(default, rename = "example")]
    _example: serde_json::Value,
    #[serde(default, rename = "encoding")]
    _encoding: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaReference {
    #[serde(rename = "$ref")]
    reference: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawResponse {
    #[serde(rename = "description")]
    _description: String,
    #[serde(default, rename = "headers")]
    _headers: serde_json::Value,
    #[serde(default)]
    content: BTreeMap<String, MediaType>,
    #[serde(default)]
    links: BTreeMap<String, RawLink>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawLink {
    operation_id: String,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
}
