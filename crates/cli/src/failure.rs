//! Why a command could not do its work, in words and as an exit code.

use std::io::Write as _;
use std::process::ExitCode;

use tfe_runner::exit;

/// What a shell reports of a program that a closed pipe ended. Never 0: nobody read the verdict.
const CLOSED: u8 = 141;

/// What a shell reports of a program that Ctrl-C ended.
const GIVEN_UP: u8 = 130;

/// Why a command could not do its work. What a server does wrong is never one of these.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command was used wrongly.
    #[error("{0}")]
    Usage(String),
    /// The suite does not load.
    #[error("the suite does not load; nothing was sent\n{0}")]
    Suite(#[from] tfe_runner::suite::SuiteError),
    /// A schema set does not load.
    #[error("the schemas do not load\n{0}")]
    Schemas(#[from] tfe_schema::LoadError),
    /// The selection names something that is not there.
    #[error(transparent)]
    Plan(#[from] tfe_runner::PlanError),
    /// The address is no target.
    #[error(transparent)]
    Address(#[from] tfe_runner::AddressError),
    /// The target does not say where its API is.
    #[error(transparent)]
    Discovery(#[from] tfe_runner::DiscoveryError),
    /// The run could not begin.
    #[error(transparent)]
    Start(#[from] tfe_runner::StartError),
    /// The reference server could not start.
    #[error("the reference server could not start: {0}")]
    Reference(#[from] tfe_reference::StartError),
    /// The suite itself failed.
    #[error("the suite itself failed: {0}")]
    Internal(String),
    /// Output could not be written.
    #[error("output could not be written: {0}")]
    Output(#[source] std::io::Error),
    /// Nothing was cleaned.
    #[error(transparent)]
    Clean(#[from] tfe_runner::CleanError),
    /// A journal cannot be read or written.
    #[error(transparent)]
    Journal(#[from] tfe_runner::JournalError),
    /// Interrupted twice: the run did not come to its end.
    #[error("given up, without a verdict")]
    GivenUp,
    /// Whoever read our output has gone.
    #[error("output was closed")]
    Closed,
}

impl Failure {
    /// Says it on standard error and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if !matches!(self, Self::Closed) {
            // Nothing is left to tell if even this cannot be written.
            let _ = writeln!(anstream::stderr(), "error: {self}");
        }
        ExitCode::from(self.code())
    }

    fn code(&self) -> u8 {
        use tfe_runner::CleanError;
        match self {
            Self::Start(start) | Self::Clean(CleanError::Start(start)) if !of_the_user(start) => exit::INTERNAL,
            Self::Usage(_)
            | Self::Suite(_)
            | Self::Schemas(_)
            | Self::Plan(_)
            | Self::Address(_)
            | Self::Journal(_)
            | Self::Start(_)
            | Self::Clean(_) => exit::USAGE,
            Self::Discovery(_) => exit::NOT_ESTABLISHED,
            Self::Reference(_) | Self::Output(_) | Self::Internal(_) => exit::INTERNAL,
            Self::Closed => CLOSED,
            Self::GivenUp => GIVEN_UP,
        }
    }
}

/// Whether the user can do something about it.
fn of_the_user(start: &tfe_runner::StartError) -> bool {
    use tfe_runner::StartError::{BadToken, Journal, ShortToken};
    matches!(start, ShortToken(_) | BadToken(_) | Journal(_))
}
