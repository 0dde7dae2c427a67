//! The state of a run, from its first event to its last, whoever says which cases it has: a plan, or an exploration that
//! makes them up one after the other.

use std::sync::Arc;
use std::time::Instant;

use tokio::task::JoinHandle;

use super::journal::Journal;
use super::{Options, Run, StartError};
use crate::event::{CaseResult, Event, RunFinished, RunStarted};
use crate::gate::Watch;
use crate::plan::{Plan, Planned};
use crate::report::Tally;
use crate::target::Target;
use crate::verdict::{self, Totals};

/// A run that has begun.
pub(crate) struct Session {
    run: Arc<Run>,
    started: RunStarted,
    tally: Tally,
    totals: Totals,
    watch: Watch,
    began: Instant,
    /// Ends the run when its time is over.
    timer: Option<JoinHandle<()>>,
}

impl Session {
    /// Asks the target whether it takes the tokens, and says that the cases of the plan are going to run, or so many
    /// others.
    pub(crate) async fn begin(
        plan: &Plan,
        target: Target,
        options: Options,
        others: Option<usize>,
        sink: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Self, StartError> {
        let began = Instant::now();
        let mut run = super::prepare(plan, target, options)?;
        let timer = run.options.longest.map(|longest| {
            let stop = run.options.stop.clone();
            tokio::spawn(async move {
                tokio::time::sleep(longest).await;
                stop.now(&format!("the run was not over after {} s", longest.as_secs_f32()));
            })
        });
        let mut totals = Totals::default();
        for profile in &plan.profiles {
            totals.trouble.extend(super::preflight(&mut run, profile).await);
        }
        let watch = Watch::new(&run.options.gate);
        let started = super::started(plan, &run);
        sink(Event::RunStarted(match others {
            None => started.clone(),
            // The cases of the suite were not run: that counts for the claim, and is no news.
            Some(cases) => RunStarted { cases, deselected: 0, ..started.clone() },
        }));
        Ok(Self { run: Arc::new(run), started, tally: Tally::default(), totals, watch, began, timer })
    }

    /// Whether the target takes requests at all.
    pub(crate) fn is_open(&self) -> bool {
        self.totals.trouble.is_empty()
    }

    /// What its cases share.
    pub(super) fn run(&self) -> Arc<Run> {
        Arc::clone(&self.run)
    }

    /// What runs the cases.
    pub(crate) fn runner(&self) -> Runner {
        Runner { run: Arc::clone(&self.run) }
    }

    /// Tells a result, which counts from now on.
    pub(crate) fn tell(&mut self, mut result: CaseResult, sink: &mut (dyn FnMut(Event) + Send)) {
        self.watch.judge(&mut result);
        self.tally.add(&result);
        self.totals.add(&result);
        sink(Event::CaseFinished(result));
    }

    /// Sums the run up.
    pub(crate) fn finish(mut self, sink: &mut (dyn FnMut(Event) + Send)) -> RunFinished {
        if let Some(timer) = self.timer.take() {
            timer.abort();
        }
        self.totals.alike = self.run.heard.alike(&self.run.redactor);
        self.totals.operations = self.run.heard.operations();
        self.totals.journal = self.run.journal.as_ref().and_then(Journal::end).map(|path| path.display().to_string());
        let finished = verdict::finished(&self.started, &self.tally, self.totals, self.watch, self.began.elapsed());
        sink(Event::RunFinished(finished.clone()));
        finished
    }
}

/// Runs cases of a session.
#[derive(Clone)]
pub(crate) struct Runner {
    run: Arc<Run>,
}

impl Runner {
    /// Runs a case. `index` is part of the names that it makes up: no two cases share one.
    pub(crate) async fn run(&self, index: usize, planned: Planned) -> CaseResult {
        super::one(Arc::clone(&self.run), index, planned).await.1
    }

    /// Whether somebody has asked for the end.
    pub(crate) fn is_stopped(&self) -> bool {
        self.run.options.stop.reason().is_some()
    }

    /// The result of a case that the suite could not make.
    pub(crate) fn failed(&self, planned: &Planned, reason: &str) -> CaseResult {
        super::case::failed(&self.run, planned, reason, super::ledger::Left::default())
    }
}
