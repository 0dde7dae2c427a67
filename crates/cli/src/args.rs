//! The command line.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Parser, Subcommand, ValueEnum};

use crate::failure::Failure;

const EXIT_CODES: &str = "Exit codes:
   0  the gate passed
   1  the server deviates, or a document does not conform
   2  wrong usage, or a case, requirement, schema or profile that does not load
   3  the verdict could not be established (nothing selected, server unreachable or token refused,
      a required case blocked or inconclusive)
  70  the suite itself failed";

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
    let Some(("run", run)) = matches.subcommand() else { return Ok(()) };
    let typed = |id: &str| run.value_source(id) == Some(ValueSource::CommandLine);
    match OF_A_SERVER.iter().find(|(id, _)| typed("reference") && typed(id)) {
        Some((_, flag)) => Err(Failure::Usage(format!("--reference and {flag} contradict each other"))),
        None => Ok(()),
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the conformance cases against a server and report every deviation
    Run(Box<RunArgs>),
    /// Run the reference server, conforming or with deliberate faults
    Serve(ServeArgs),
    /// List what there is: cases, requirements, operations, schemas, faults, profiles
    List(ListArgs),
    /// Explain a requirement, case, fault, operation or schema by its id
    Explain(ExplainArgs),
    /// Check documents against a schema
    Validate(ValidateArgs),
}

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct RunArgs {
    /// Test the built-in reference server
    #[arg(long, help_heading = "Target")]
    pub(crate) reference: bool,
    /// Deliberate fault of the reference server, by name; may be repeated
    #[arg(long = "fault", value_name = "NAME", requires = "reference", help_heading = "Target")]
    pub(crate) faults: Vec<String>,
    /// Origin of the server: scheme, host, port
    #[arg(long, value_name = "URL", env = "TFE_ADDRESS", help_heading = "Target")]
    pub(crate) address: Option<String>,
    /// API token of the user under test, for profile v2
    #[arg(long, value_name = "TOKEN", env = "TFE_TOKEN", hide_env_values = true, help_heading = "Target")]
    pub(crate) token: Option<String>,
    /// Organization (v1: user name) in which the run creates what it needs
    #[arg(long, value_name = "NAME", env = "TFE_ORGANIZATION", help_heading = "Target")]
    pub(crate) organization: Option<String>,
    /// Workspace to use instead of creating some; may be repeated (cases may need two)
    #[arg(long = "workspace", value_name = "NAME", help_heading = "Target")]
    pub(crate) workspaces: Vec<String>,
    /// Environment of the legacy API to use, with a configuration version; may be repeated (cases
    /// may need two)
    #[arg(long = "environment", value_name = "NAME", help_heading = "Target")]
    pub(crate) environments: Vec<String>,
    /// Environment of the legacy API without a configuration version; may be repeated
    #[arg(long = "bare-environment", value_name = "NAME", help_heading = "Target")]
    pub(crate) bare_environments: Vec<String>,
    /// API token of another user, who has no access to the organization
    #[arg(long, value_name = "TOKEN", env = "TFE_OUTSIDER_TOKEN", hide_env_values = true, help_heading = "Target")]
    pub(crate) outsider_token: Option<String>,
    /// `X-Atlas-Token` of the user under test, for profile v1
    #[arg(long, value_name = "TOKEN", env = "ATLAS_TOKEN", hide_env_values = true, help_heading = "Target")]
    pub(crate) atlas_token: Option<String>,
    /// `X-Atlas-Token` of another user, who has no access to the environments
    #[arg(long, value_name = "TOKEN", env = "ATLAS_OUTSIDER_TOKEN", hide_env_values = true, help_heading = "Target")]
    pub(crate) outsider_atlas_token: Option<String>,
    /// Path prefix of the API, if it is not that of the profile; `PROFILE=PATH` names the profile
    #[arg(long = "base-path", value_name = "[PROFILE=]PATH", help_heading = "Target")]
    pub(crate) base_paths: Vec<String>,
    /// Profile to claim; may be repeated [default: those whose tokens are given]
    #[arg(long = "profile", value_name = "ID", help_heading = "Selection")]
    pub(crate) profiles: Vec<String>,
    /// Cases to run, by id; may be repeated
    #[arg(long = "case", value_name = "GLOB", help_heading = "Selection")]
    pub(crate) cases: Vec<String>,
    /// Cases to run, by a requirement that they test; may be repeated
    #[arg(long = "requirement", value_name = "GLOB", help_heading = "Selection")]
    pub(crate) requirements: Vec<String>,
    /// Directory of cases, requirements and profiles to use instead of the built-in ones
    #[arg(long, value_name = "DIR", help_heading = "Selection")]
    pub(crate) suite: Option<PathBuf>,
    /// How many cases run at a time
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: u16,
    /// Seconds until an answer that is not complete counts as none
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub(crate) timeout: u16,
    /// Leave what the run created, so that the printed `curl` lines hit the same resources
    #[arg(long)]
    pub(crate) keep: bool,
    /// Further report: human, json, junit or events, with a path (`-` for standard output, instead
    /// of the human report); may be repeated
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    pub(crate) reports: Vec<String>,
    /// Show every observation and the evidence of every deviation
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Port; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,
    /// Deliberate fault, by name; may be repeated (`list faults` shows them)
    #[arg(long = "fault", value_name = "NAME")]
    pub(crate) faults: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// What to list; everything, if not given
    #[arg(value_enum)]
    pub(crate) kind: Option<Kind>,
    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Profiles,
    Cases,
    Requirements,
    Operations,
    Schemas,
    Faults,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum ListFormat {
    /// For people
    #[default]
    Human,
    /// One JSON document
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Id of a requirement, case, fault, operation or schema
    pub(crate) id: String,
}

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
