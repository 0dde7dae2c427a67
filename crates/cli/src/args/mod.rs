//! The command line: what all commands share, and one module per command.

mod baseline;
mod clean;
mod completions;
mod config;
mod explain;
mod explore;
mod generate;
mod list;
mod prove;
mod report;
mod run;
mod serve;
mod target;
mod validate;

use clap::parser::ValueSource;
use clap::{ArgMatches, Parser, Subcommand, ValueEnum};

use crate::failure::Failure;

pub(crate) use baseline::{BaselineCommand, BaselineWriteArgs};
pub(crate) use clean::CleanArgs;
pub(crate) use completions::{CompletionsArgs, ManArgs};
pub(crate) use config::{ConfigCommand, InitArgs, ShowFormat};
pub(crate) use explain::ExplainArgs;
pub(crate) use explore::ExploreArgs;
pub(crate) use generate::{GenerateArgs, GenerateFormat};
pub(crate) use list::{Kind, ListArgs, ListFormat};
pub(crate) use prove::{ProveArgs, ProveFormat};
pub(crate) use report::{MergeArgs, ReportArgs, ReportCommand};
pub(crate) use run::{FailOn, RunArgs};
pub(crate) use serve::ServeArgs;
pub(crate) use target::TargetArgs;
pub(crate) use validate::{ValidateArgs, ValidateFormat};

const EXIT_CODES: &str = "Exit codes:
   0  the gate is open: nothing that counts (--fail-on) deviates, or all that does is in the baseline
   1  the server deviates, in a way that is not in the baseline, or a document does not conform
   2  wrong usage, or a case, requirement, schema or profile that does not load
   3  the verdict could not be established (nothing selected, server unreachable or token refused,
      a required case blocked or inconclusive)
   4  the baseline does not say the truth any more: an entry is stale, expired or changed
  70  the suite itself failed
 130  interrupted twice, without a verdict";

/// Tells whether a server speaks the Terraform Enterprise (TFE) HTTP API, and where it does not.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    /// When to colour output
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    pub(crate) fn write_global(self) {
        let choice = match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
    }
}

/// Flags about a server of the user's.
const OF_A_SERVER: [(&str, &str); 9] = [
    ("address", "--address"),
    ("token", "--token"),
    ("organization", "--organization"),
    ("workspaces", "--workspace"),
    ("environments", "--environment"),
    ("bare_environments", "--bare-environment"),
    ("outsider_token", "--outsider-token"),
    ("atlas_token", "--atlas-token"),
    ("outsider_atlas_token", "--outsider-atlas-token"),
];

/// Refuses flags that contradict each other. Only what was typed counts: the environment of a shell
/// that tests a server may be used for the reference server as well.
pub(crate) fn contradictions(matches: &ArgMatches) -> Result<(), Failure> {
    let Some(("run" | "explore", command)) = matches.subcommand() else { return Ok(()) };
    let typed = |id: &str| command.value_source(id) == Some(ValueSource::CommandLine);
    match OF_A_SERVER.iter().find(|(id, _)| typed("reference") && typed(id)) {
        Some((_, flag)) => Err(Failure::Usage(format!("--reference and {flag} contradict each other"))),
        None => Ok(()),
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the conformance cases against a server and report every deviation
    Run(Box<RunArgs>),
    /// Write a configuration file to fill in
    Init(InitArgs),
    /// Show the configuration
    #[command(subcommand)]
    Config(Box<ConfigCommand>),
    /// The deviations that are known, so that the gate stays open for them
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// Delete what a killed run left on the server
    Clean(Box<CleanArgs>),
    /// Explore a server with cases that are made up, and cut down what deviates
    Explore(Box<ExploreArgs>),
    /// Run the reference server, conforming, with legal variations or with deliberate faults
    Serve(ServeArgs),
    /// Prove the suite: it must catch every deliberate fault of the reference server, and no legal server
    Prove(ProveArgs),
    /// List what there is: cases, requirements, operations, schemas, faults, variations, profiles
    List(ListArgs),
    /// Explain a requirement, case, fault, variation, operation or schema by its id, or a word of a report
    Explain(ExplainArgs),
    /// Check documents against a schema
    Validate(ValidateArgs),
    /// Make documents that satisfy a schema, or break it in one named place
    Generate(GenerateArgs),
    /// Tell a recorded run again in any format, or join the shares of one run
    Report(ReportArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page (roff), or write those of all commands into a directory
    Man(ManArgs),
}
