//! OpenAPI 3.1 as it stands in the files: the members that the sets use. Those that nothing here reads
//! start with an underscore; they are named so that any other member is refused.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) openapi: String,
    #[serde(rename = "info")]
    _info: serde_json::Value,
    #[serde(default, rename = "tags")]
    _tags: serde_json::Value,
    #[serde(default, rename = "externalDocs")]
    _external_docs: serde_json::Value,
    #[serde(default, rename = "jsonSchemaDialect")]
    _dialect: serde_json::Value,
    #[serde(default)]
    pub(super) servers: Vec<Server>,
    #[serde(default)]
    pub(super) security: Vec<serde_json::Value>,
    pub(super) paths: BTreeMap<String, PathItem>,
    #[serde(default, rename = "components")]
    _components: Components,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    pub(super) url: String,
    #[serde(default, rename = "description")]
    _description: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Components {
    #[serde(default, rename = "securitySchemes")]
    _security_schemes: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PathItem {
    #[serde(default, rename = "summary")]
    _summary: String,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default)]
    pub(super) servers: Vec<Server>,
    #[serde(default)]
    pub(super) parameters: Vec<Parameter>,
    pub(super) get: Option<RawOperation>,
    pub(super) put: Option<RawOperation>,
    pub(super) post: Option<RawOperation>,
    pub(super) patch: Option<RawOperation>,
    pub(super) delete: Option<RawOperation>,
}

impl PathItem {
    pub(super) fn operations(&self) -> impl Iterator<Item = (&'static str, &RawOperation)> {
        [("get", &self.get), ("put", &self.put), ("post", &self.post), ("patch", &self.patch), ("delete", &self.delete)]
            .into_iter()
            .filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation)))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RawOperation {
    pub(super) operation_id: String,
    #[serde(default)]
    pub(super) summary: String,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default, rename = "tags")]
    _tags: Vec<String>,
    #[serde(default, rename = "deprecated")]
    _deprecated: bool,
    #[serde(default, rename = "externalDocs")]
    _external_docs: serde_json::Value,
    pub(super) security: Option<Vec<serde_json::Value>>,
    #[serde(default)]
    pub(super) parameters: Vec<Parameter>,
    pub(super) request_body: Option<RequestBody>,
    pub(super) responses: BTreeMap<String, RawResponse>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameter {
    pub(super) name: String,
    #[serde(rename = "in")]
    pub(super) place: String,
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
pub(super) struct RequestBody {
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default)]
    pub(super) required: bool,
    pub(super) content: BTreeMap<String, MediaType>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MediaType {
    pub(super) schema: SchemaReference,
    #[serde(default, rename = "examples")]
    _examples: serde_json::Value,
    #[serde(default, rename = "example")]
    _example: serde_json::Value,
    #[serde(default, rename = "encoding")]
    _encoding: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SchemaReference {
    #[serde(rename = "$ref")]
    pub(super) reference: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawResponse {
    #[serde(rename = "description")]
    _description: String,
    #[serde(default, rename = "headers")]
    _headers: serde_json::Value,
    #[serde(default)]
    pub(super) content: BTreeMap<String, MediaType>,
    #[serde(default)]
    pub(super) links: BTreeMap<String, RawLink>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RawLink {
    pub(super) operation_id: String,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, String>,
}
