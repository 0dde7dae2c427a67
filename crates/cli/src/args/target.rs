//! Flags that say which server is meant, and what may be used on it.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct TargetArgs {
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
    /// Ask the server where its API is (`/.well-known/terraform.json`, service `tfe.v2`), for profile v2
    #[arg(long, help_heading = "Target", conflicts_with_all = ["base_paths", "reference"])]
    pub(crate) discover: bool,
    /// Take any certificate; reports say so
    #[arg(
        long,
        env = "TFE_SSL_SKIP_VERIFY",
        value_parser = clap::builder::BoolishValueParser::new(),
        action = clap::ArgAction::SetTrue,
        help_heading = "Target"
    )]
    pub(crate) ssl_skip_verify: bool,
    /// Proxy for all requests, or `none` [default: that of the environment (`HTTPS_PROXY`, `NO_PROXY` and the like), but
    /// never for a server on this machine]; reports say so
    #[arg(long, value_name = "URL", help_heading = "Target")]
    pub(crate) proxy: Option<String>,
    /// The proxy that is meant by all that.
    #[arg(skip)]
    pub(crate) through: Option<tfe_runner::Proxy>,
    /// Seconds until an answer that is not complete counts as none
    #[arg(long, value_name = "SECONDS", default_value_t = 30, help_heading = "Target", value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub(crate) timeout: u16,
    /// Requests a second, of all cases together; 0 for no limit [default: no limit on this machine,
    /// else fewer than the 30 that the API documents]
    #[arg(long, help_heading = "Target", value_name = "N", value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub(crate) rate: Option<u32>,
    /// How often a request without an answer is sent again, where that is safe; the case is then
    /// marked as flaky
    #[arg(long, help_heading = "Target", value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(..=10))]
    pub(crate) retries: u32,
    /// Configuration file [default: tfe-conformance.toml in the working directory or above it]
    #[arg(long, help_heading = "Target", value_name = "PATH", conflicts_with_all = ["no_config", "reference"])]
    pub(crate) config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long, help_heading = "Target")]
    pub(crate) no_config: bool,
}
