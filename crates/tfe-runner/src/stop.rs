//! How a run is told to end early.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// Asks a run to end: no further case begins, running ones stop before their next request, and what
/// they made is deleted. Clones ask the same run.
#[derive(Debug, Clone)]
pub struct Stop {
    reason: Arc<watch::Sender<Option<String>>>,
}

impl Default for Stop {
    fn default() -> Self {
        Self { reason: Arc::new(watch::Sender::new(None)) }
    }
}

impl Stop {
    /// Nobody asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the run to end. The first reason is the one that is told.
    pub fn now(&self, reason: &str) {
        self.reason.send_if_modified(|known| {
            let first = known.is_none();
            if first {
                *known = Some(reason.to_owned());
            }
            first
        });
    }

    /// Why the run has to end, if it has to.
    pub fn reason(&self) -> Option<String> {
        self.reason.borrow().clone()
    }

    /// Waits until somebody asks, and for `grace` more; gives the reason.
    pub(crate) async fn asked(&self, grace: Duration) -> String {
        let mut asked = self.reason.subscribe();
        let reason = asked.wait_for(Option::is_some).await.map(|reason| reason.clone());
        tokio::time::sleep(grace).await;
        // The sender lives in `self`, so that waiting cannot fail.
        reason.ok().flatten().unwrap_or_default()
    }
}
