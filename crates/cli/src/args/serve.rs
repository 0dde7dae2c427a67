//! Flags of `serve`.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Port; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,
    /// Deliberate fault, by name; may be repeated (`list faults` shows them)
    #[arg(long = "fault", value_name = "NAME")]
    pub(crate) faults: Vec<String>,
    /// Legal variation of the reference server, by name, or `all` for those of the seed; may be repeated
    /// (`list variations` shows them)
    #[arg(long = "vary", value_name = "NAME")]
    pub(crate) variations: Vec<String>,
    /// What the variations draw comes from this number
    #[arg(long, value_name = "N", default_value_t = 0, requires = "variations")]
    pub(crate) seed: u64,
}
