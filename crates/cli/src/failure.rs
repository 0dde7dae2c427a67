//! Why a command could not do its work, in words and as an exit code.

use std::io::Write as _;
use std::process::ExitCode;

use tfe_runner::exit;

/// What a shell reports of a program that a closed pipe ended. Never 0: nobody read the verdict.
const CLOSED: u8 = 141;

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
        match self {
            Self::Usage(_)
            | Self::Suite(_)
            | Self::Schemas(_)
            | Self::Plan(_)
            | Self::Address(_)
            | Self::Start(tfe_runner::StartError::ShortToken(_) | tfe_runner::StartError::BadToken(_)) => exit::USAGE,
            Self::Start(_) | Self::Reference(_) | Self::Internal(_) | Self::Output(_) => exit::INTERNAL,
            Self::Closed => CLOSED,
        }
    }
}
