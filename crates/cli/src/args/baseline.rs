//! Flags of `baseline`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use crate::settings::baseline::NAME;

#[derive(Debug, Subcommand)]
pub(crate) enum BaselineCommand {
    /// Propose a baseline from a recorded run: every deviation and every blocked case, with what it looks like
    ///
    /// Reason, link and day of entries that are in the file already stay; entries whose deviation is no more go;
    /// those that the run did not show stay.
    Write(BaselineWriteArgs),
}

#[derive(Debug, Args)]
pub(crate) struct BaselineWriteArgs {
    /// Recorded run, as `run --report events=FILE` writes it; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) recording: PathBuf,
    /// The baseline to write, or to bring up to date
    #[arg(long, short, value_name = "PATH", default_value = NAME)]
    pub(crate) output: PathBuf,
    /// Why the new entries are accepted; needed if there are some
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Where more is said of the new entries, such as an issue
    #[arg(long, value_name = "URL")]
    pub(crate) link: Option<String>,
    /// The last day on which the new entries are accepted
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) expires: Option<Date>,
}
