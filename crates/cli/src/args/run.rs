//! Flags of `run`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tfe_runner::Shard;

use super::{EXIT_CODES, TargetArgs};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FailOn {
    /// A broken `must`
    #[default]
    Must,
    /// A broken `should`, too
    Should,
}

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Legal variation of the reference server, by name, or `all` for those of the seed; may be repeated
    /// (`list variations` shows them)
    #[arg(long = "vary", value_name = "NAME", requires = "reference", help_heading = "Target")]
    pub(crate) variations: Vec<String>,
    /// What the variations draw comes from this number
    #[arg(long, value_name = "N", default_value_t = 0, requires = "variations", help_heading = "Target")]
    pub(crate) seed: u64,
    /// Profile to claim; may be repeated [default: those whose tokens are given]
    #[arg(long = "profile", value_name = "ID", help_heading = "Selection")]
    pub(crate) profiles: Vec<String>,
    /// Cases to run, by id, or a case file (`explore` writes such); may be repeated
    #[arg(long = "case", value_name = "GLOB|FILE", help_heading = "Selection")]
    pub(crate) cases: Vec<String>,
    /// Cases to run, by a requirement that they test; may be repeated
    #[arg(long = "requirement", value_name = "GLOB", help_heading = "Selection")]
    pub(crate) requirements: Vec<String>,
    /// Only this share of the selected cases (`1/4` to `4/4`), for runs on several machines; `report merge` joins
    /// their event streams
    #[arg(long, value_name = "I/N", help_heading = "Selection")]
    pub(crate) shard: Option<Shard>,
    /// Directory of cases, requirements and profiles to use instead of the built-in ones
    #[arg(long, value_name = "DIR", help_heading = "Selection")]
    pub(crate) suite: Option<PathBuf>,
    /// Area of cases that the server does not have, with the reason: its cases are not run, and the claim says so; may be
    /// repeated
    #[arg(long = "absent", value_name = "AREA=REASON", help_heading = "Selection")]
    pub(crate) absent: Vec<String>,
    /// Send nothing but GET and HEAD: only the cases that read, on workspaces and environments that
    /// are given
    #[arg(long, conflicts_with = "keep")]
    pub(crate) read_only: bool,
    /// How many cases run at a time
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: u16,
    /// Seconds after which the run ends, whatever it has done by then
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) max_time: Option<u64>,
    /// File in which the run writes down what it creates, so that `clean` can delete it after a kill;
    /// removed when nothing is left [default: one in the state directory, and none with --reference]
    #[arg(long, value_name = "PATH")]
    pub(crate) journal: Option<PathBuf>,
    /// Leave what the run created, so that the printed `curl` lines hit the same resources
    #[arg(long)]
    pub(crate) keep: bool,
    /// The weakest level whose deviations close the gate; the claim stays what it is
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL", help_heading = "Gate")]
    pub(crate) fail_on: FailOn,
    /// File of known deviations (`baseline write` proposes it): the gate stays open for them, and closes
    /// when one is gone, changed or expired
    #[arg(long, value_name = "FILE", help_heading = "Gate")]
    pub(crate) baseline: Option<PathBuf>,
    /// Further report: human, json, junit, events, html, markdown, sarif, github or tap, with a path
    /// (`-` for standard output, instead of the human report); may be repeated
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    pub(crate) reports: Vec<String>,
    /// Show every observation and the evidence of every deviation
    #[arg(long, short)]
    pub(crate) verbose: bool,
}
