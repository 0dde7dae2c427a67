//! Flags of `clean`.

use std::path::PathBuf;

use clap::Args;

use super::TargetArgs;

const EXIT_CODES: &str = "Exit codes:
   0  nothing is left
   1  something is left
   2  wrong usage, or a journal that cannot be read or is about another target; nothing was sent
  70  the suite itself failed";

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct CleanArgs {
    /// Journals of runs that were killed [default: those in the state directory that are about this
    /// target]
    #[arg(value_name = "JOURNAL")]
    pub(crate) journals: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Directory of profiles to use instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) suite: Option<PathBuf>,
}
