//! Flags of `prove`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::prove::Kind;

#[derive(Debug, Args)]
pub(crate) struct ProveArgs {
    /// Only this fault, by name, and no more than it says; may be repeated
    #[arg(long = "fault", value_name = "NAME")]
    pub(crate) faults: Vec<String>,
    /// How many servers with legal variations are tested, each with a seed of its own [default: 200;
    /// with --fault: 0]
    #[arg(long, value_name = "N")]
    pub(crate) seeds: Option<u64>,
    /// First seed
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) first_seed: u64,
    /// Directory of cases, requirements and profiles to prove instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) suite: Option<PathBuf>,
    /// How many servers are tested at a time [default: twice the processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// Findings of this kind are told and do not decide the exit code; may be repeated
    #[arg(long = "accept", value_enum, value_name = "KIND")]
    pub(crate) accepted: Vec<Kind>,
    /// How to print the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: ProveFormat,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum ProveFormat {
    /// For people
    #[default]
    Human,
    /// One JSON document, with every check
    Json,
    /// Tables for a document; the same text for the same suite
    Markdown,
}
