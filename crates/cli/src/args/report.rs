//! Flags of `report`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct ReportArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ReportCommand>,
    /// Recorded run, as `run --report events=FILE` writes it; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) file: Option<PathBuf>,
    /// Report: human, json, junit, events, html, markdown, sarif, github or tap
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: String,
    /// Where it goes; without it to standard output
    #[arg(long, short, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
    /// Show every observation and the evidence of every deviation
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Join the shares of one run (`run --shard`), and give the exit code of the whole
    Merge(MergeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Recorded shares, each once
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Report, with a path (`-` for standard output, instead of the human report); may be repeated
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    pub(crate) reports: Vec<String>,
    /// Show every observation and the evidence of every deviation
    #[arg(long, short)]
    pub(crate) verbose: bool,
}
