//! Requirements: the testable sentences of the specification.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::yaml::Place;

/// How binding a requirement is (RFC 2119). A broken `must` fails a case, a broken `should` is a
/// warning, a `may` that is not taken is a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The server has to.
    Must,
    /// The server has to unless it has a good reason.
    Should,
    /// The server is free.
    May,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::May => "may",
        })
    }
}

/// One testable sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Requirement {
    /// Dotted, readable, never reused.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// The words of the document.
    pub statement: String,
    /// Where the words stand.
    pub source: Source,
    /// Rows of the statement list that this requirement accounts for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<String>,
    /// Why the level differs from the words, which answers are legal, how a derived rule follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Why no check cites it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded: Option<String>,
    /// The file that says it.
    #[serde(skip)]
    pub file: String,
    /// Where in the file.
    #[serde(skip)]
    pub place: Place,
}

/// Where the words of a requirement stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Source {
    /// What kind of document it is.
    pub kind: SourceKind,
    /// Id of the document, see `documents.yaml`.
    pub document: String,
    /// The section.
    pub section: String,
}

/// Kinds of documents that requirements come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// The API's own documentation.
    Tfe,
    /// The JSON:API specification.
    JsonApi,
    /// An RFC.
    Rfc,
    /// What the field does, without a document that says so; never a `must`.
    Practice,
}

/// A document that requirements quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Document {
    /// Its title, as reports name it.
    pub title: String,
    /// The edition that is meant.
    pub edition: String,
    /// Where it can be read, if it still can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A row of the statement list: one sentence of a document that has to be accounted for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Statement {
    /// Letter of the document and a number.
    pub id: String,
    /// Id of the document.
    pub document: String,
    /// Line of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Anchor of the official statement, for JSON:API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The words.
    pub words: String,
    /// What the words ask for: `must`, `should`, `may`, or `info` for context.
    pub kind: String,
}
