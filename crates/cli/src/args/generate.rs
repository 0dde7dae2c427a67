//! Flags of `generate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// Id of the schema; without one, all ids are listed
    #[arg(value_name = "SCHEMA-ID")]
    pub(crate) schema: Option<String>,
    /// How many documents
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) count: u64,
    /// Documents that break the schema in one place each, with the place and the keyword
    #[arg(long)]
    pub(crate) invalid: bool,
    /// Only documents that break this keyword
    #[arg(long, value_name = "KEYWORD", requires = "invalid")]
    pub(crate) keyword: Option<String>,
    /// Seed: the same one gives the same documents [default: drawn, and printed on standard error]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// How the documents are written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) format: GenerateFormat,
    /// Directory of schemas to use instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) schemas: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum GenerateFormat {
    /// Indented JSON
    #[default]
    Json,
    /// A line of JSON for each document
    Ndjson,
    /// A line for each document, form-encoded as v1 takes it; the label of an invalid one follows,
    /// after a tab each: pointer, keyword, description
    Form,
}
