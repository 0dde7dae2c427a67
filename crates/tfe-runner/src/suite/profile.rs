//! Profiles: which part of the suite makes up one dated edition of the API.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tfe_schema::Pointer;

/// A dated edition of the API, as a choice of areas.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// The file's stem: `v2`.
    #[serde(skip)]
    pub id: String,
    /// Title for reports.
    pub title: String,
    /// Year and month of the documents.
    pub edition: String,
    /// What it covers.
    #[serde(default)]
    pub description: String,
    /// Path prefix of the API, unless `--base-path` says otherwise.
    pub base_path: String,
    /// How requests carry the token.
    pub authentication: Authentication,
    /// Media type of requests and responses.
    pub media_type: String,
    /// Whether responses may add parameters to the media type (`; charset=utf-8`).
    #[serde(default)]
    pub media_type_parameters: bool,
    /// Schemas of bodies that no operation describes.
    pub documents: Documents,
    /// Folders of cases; a folder stands for all below it.
    pub areas: Vec<String>,
    /// Requests of which one has to be answered, before any case, to show that the target takes a
    /// token. More than one, so that a target that lacks an endpoint is judged and not given up.
    pub preflight: Vec<FixtureRequest>,
    /// Which requirement each implied rule states.
    pub implied: BTreeMap<ImpliedRule, String>,
    /// What cases may lease.
    pub fixtures: BTreeMap<String, FixtureRecipe>,
}

/// Schemas of bodies that no operation describes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Documents {
    /// Of a response below 400; absent where the documents promise no common form.
    #[serde(default)]
    pub success: Option<String>,
    /// Of an error.
    pub error: String,
}

/// How a request carries the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Authentication {
    /// Which of the user's credentials it is: API generations have tokens of their own.
    pub credential: Credential,
    /// The header.
    pub header: String,
    /// Scheme before the token; absent where the header holds the bare token.
    #[serde(default)]
    pub scheme: Option<String>,
}

/// Kinds of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credential {
    /// A Terraform Enterprise API token (v2).
    Tfe,
    /// An Atlas token (legacy v1).
    Atlas,
}

impl Authentication {
    /// The header's value for `token`.
    pub fn value(&self, token: &str) -> String {
        match &self.scheme {
            Some(scheme) => format!("{scheme} {token}"),
            None => token.to_owned(),
        }
    }
}

/// Rules that hold for every exchange, so that no case has to repeat them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImpliedRule {
    /// The status is registered and is not a server error.
    Status,
    /// A JSON body has the media type of the profile, without parameters.
    MediaType,
    /// A body of a successful response is the document that the operation's schema describes.
    SuccessDocument,
    /// A body of an error response is an error document.
    ErrorDocument,
    /// A deletion that is answered without a body has the status that says so.
    NoContent,
    /// No member stands twice in an object.
    UniqueMembers,
    /// No resource stands twice in the primary data.
    UniqueResources,
    /// No resource stands twice in a compound document.
    UniqueIncluded,
    /// Every included resource is linked from the document.
    FullLinkage,
    /// A resource's attributes and relationships share no name.
    DisjointFields,
    /// `source.pointer` of an error is a JSON Pointer to a place in the request.
    ErrorPointer,
    /// A secret that was sent is not in any later response.
    Secrets,
}

/// How to get a fixture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FixtureRecipe {
    /// What it is.
    pub description: String,
    /// The request that creates it; absent where the API cannot delete what it creates, so that only
    /// a given one will do.
    #[serde(default)]
    pub create: Option<FixtureRequest>,
    /// The request that reads a given one; absent where only a fresh one will do.
    #[serde(default)]
    pub read: Option<FixtureRequest>,
    /// Which of the names that the user gave serve.
    pub given: Given,
    /// Values for templates, as places in the answer of either request. `name`, `organization` and
    /// `username` are known without.
    #[serde(default)]
    pub exports: BTreeMap<String, Pointer>,
    /// Where a given one only will do while it holds nothing: the list that has to be empty.
    #[serde(default)]
    pub empty: Option<Empty>,
    /// How to remove from a given one what a case left in it.
    #[serde(default)]
    pub tidy: Option<Tidy>,
    /// How to find and remove the ones that runs created and could not delete.
    #[serde(default)]
    pub sweep: Option<Tidy>,
}

/// A list that has to be empty for a given fixture to serve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Empty {
    /// The request that lists.
    pub list: FixtureRequest,
    /// The array in its answer.
    pub at: Pointer,
}

/// Names that the user may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Given {
    /// `--workspace`
    Workspaces,
    /// `--environment`
    Environments,
    /// `--bare-environment`
    BareEnvironments,
}

impl Given {
    /// The flag that gives such a name.
    pub fn flag(self) -> &'static str {
        match self {
            Self::Workspaces => "--workspace",
            Self::Environments => "--environment",
            Self::BareEnvironments => "--bare-environment",
        }
    }
}

/// Removes everything that is listed under a name which a run made up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tidy {
    /// The request that shows what is there.
    pub list: FixtureRequest,
    /// The object or array in its answer.
    pub at: Pointer,
    /// Where an item of the array has its name; absent for an object, whose members have theirs.
    #[serde(default)]
    pub name: Option<Pointer>,
    /// The request that removes one thing; templates know its name as `key`, and all of it as `item`.
    pub remove: FixtureRequest,
}

/// A request for a fixture; templates know `organization` and `name`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FixtureRequest {
    /// The operation.
    pub operation: String,
    /// Its path parameters.
    #[serde(default)]
    pub params: Map<String, Value>,
    /// Its query.
    #[serde(default)]
    pub query: Map<String, Value>,
    /// Its body.
    #[serde(default)]
    pub body: Option<Value>,
}
