//! Flags of `validate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// Id of the schema; without it the ids are listed
    #[arg(value_name = "SCHEMA-ID")]
    pub(crate) schema: Option<String>,
    /// Files to check; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The documents are form-encoded (`application/x-www-form-urlencoded`), as v1 takes them
    #[arg(long, conflicts_with = "ndjson")]
    pub(crate) form: bool,
    /// Each line of a file is a document of its own
    #[arg(long)]
    pub(crate) ndjson: bool,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: ValidateFormat,
    /// Longest document that is read, in MiB; memory stays below four times as much
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..=900))]
    pub(crate) max_size: u16,
    /// Directory of schemas to use instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) schemas: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ValidateFormat {
    /// For people, with the offending line underlined
    #[default]
    Human,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}
