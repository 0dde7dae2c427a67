//! Flags of `validate`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// Id of the schema (`list schemas` shows them)
    #[arg(value_name = "SCHEMA-ID")]
    pub(crate) schema: Option<String>,
    /// Files to check; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The documents are form-encoded (`application/x-www-form-urlencoded`), as v1 takes them
    #[arg(long)]
    pub(crate) form: bool,
    /// Directory of schemas to use instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) schemas: Option<PathBuf>,
}
