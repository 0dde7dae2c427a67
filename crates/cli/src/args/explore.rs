//! Flags of `explore`.

use std::path::PathBuf;

use clap::Args;

use super::{EXIT_CODES, TargetArgs};

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct ExploreArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Profile to explore; may be repeated [default: those whose tokens are given]
    #[arg(long = "profile", value_name = "ID", help_heading = "Selection")]
    pub(crate) profiles: Vec<String>,
    /// How many cases to make up; those that cut a finding down come on top
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) cases: u32,
    /// Seconds after which no case begins any more
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) time: Option<u32>,
    /// Number that the cases are made from; the same seed makes the same cases [default: a random one]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Directory for the case files of findings, which `run --case FILE` replays
    #[arg(long, value_name = "DIR", default_value = "found")]
    pub(crate) output: PathBuf,
    /// How many cases run at a time
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: u16,
    /// File in which the exploration writes down what it creates, so that `clean` can delete it after
    /// a kill; removed when nothing is left [default: one in the state directory, and none with
    /// --reference]
    #[arg(long, value_name = "PATH")]
    pub(crate) journal: Option<PathBuf>,
    /// Further report: human, json, junit, events, html, markdown, sarif, github or tap, with a path
    /// (`-` for standard output, instead of the human report); may be repeated
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    pub(crate) reports: Vec<String>,
    /// Show every observation and the evidence of every deviation
    #[arg(long, short)]
    pub(crate) verbose: bool,
}
