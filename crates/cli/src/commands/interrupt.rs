//! Ctrl-C, and what `kill` and service managers send.

use std::io::Write as _;
use std::path::Path;

use tfe_runner::Stop;
use tfe_runner::report::visible;

use crate::failure::Failure;

/// The first signal ends the run in good order; gives back at the second one, when somebody wants to
/// wait no longer.
pub(super) async fn twice(stop: &Stop, journal: Option<&Path>) -> Failure {
    if let Err(error) = signal().await {
        return Failure::Output(error);
    }
    stop.now("the run was interrupted");
    let mut err = anstream::stderr();
    // Nothing is left to tell if even this cannot be written.
    let _ = writeln!(err, "interrupted: what the run made is deleted first (interrupt again to leave it)");
    if let Err(error) = signal().await {
        return Failure::Output(error);
    }
    match journal.map(|journal| (journal, tfe_runner::left_in(journal))) {
        Some((journal, Ok(left))) if !left.is_empty() => {
            let _ = writeln!(err, "left on the target:");
            for what in left {
                let _ = writeln!(err, "  {}", visible(&what));
            }
            let _ = writeln!(err, "to delete it: tfe-conformance clean {}", journal.display());
        }
        _ => {}
    }
    Failure::GivenUp
}

#[cfg(unix)]
pub(super) async fn signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
pub(super) async fn signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
