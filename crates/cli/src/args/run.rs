//! Flags of `run`.

use std::path::PathBuf;

use clap::Args;

use super::EXIT_CODES;

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
