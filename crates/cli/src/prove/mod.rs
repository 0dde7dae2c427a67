//! The suite proves itself: it is run against the reference server with every deliberate fault, which it must catch,
//! and with legal variations, which it must leave in peace.
//!
//! Everything happens in one process: each trial starts a server of its own and shares the plan with all others. What
//! the trials say is put together by [`matrix`], a pure function of them.

pub(crate) mod matrix;
pub(crate) mod report;
#[cfg(test)]
mod sole;
mod trial;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use tfe_reference::Fault;
use tfe_runner::{Plan, Selection, Suite};
use tfe_schema::Catalog;

use crate::failure::Failure;

pub(crate) use matrix::{Kind, Matrix};
pub(crate) use trial::{CheckId, Subject, Trial};

/// What is proven, and with what.
pub(crate) struct Bench {
    /// The whole suite.
    whole: Plan,
    /// The suite narrowed to the profiles that a fault concerns; by their ids.
    narrowed: BTreeMap<Vec<String>, Plan>,
}

impl Bench {
    /// A bench for a suite.
    ///
    /// # Errors
    /// [`Failure`] when there is no plan for one of its profiles.
    pub(crate) fn new(suite: Arc<Suite>) -> Result<Self, Failure> {
        let whole = Plan::new(suite, Catalog::bundled(), &Selection::default())?;
        let mut bench = Self { whole, narrowed: BTreeMap::new() };
        for fault in Fault::all() {
            let profiles = bench.concerned(fault);
            if !bench.narrowed.contains_key(&profiles) {
                let mut selection = Selection::default();
                selection.profiles.clone_from(&profiles);
                let plan = Plan::new(Arc::clone(&bench.whole.suite), Catalog::bundled(), &selection)?;
                bench.narrowed.insert(profiles, plan);
            }
        }
        Ok(bench)
    }

    /// The whole suite.
    pub(crate) fn plan(&self) -> &Plan {
        &self.whole
    }

    /// What runs against a subject: of a fault, the profiles that test what it breaks; else everything.
    fn plan_for(&self, subject: Subject) -> &Plan {
        match subject {
            Subject::Fault(fault) => self.narrowed.get(&self.concerned(fault)).unwrap_or(&self.whole),
            Subject::Seed(_) => &self.whole,
        }
    }

    fn concerned(&self, fault: Fault) -> Vec<String> {
        let concerns = |tested: &std::collections::BTreeSet<String>| {
            fault.breaks().is_empty() || fault.breaks().iter().any(|id| tested.contains(*id))
        };
        let profiles = self.whole.profiles.iter();
        profiles.filter(|profile| concerns(&self.whole.tested_by(profile))).map(|profile| profile.id.clone()).collect()
    }
}

/// Runs the suite against every subject, `jobs` at a time. The trials come in the order of the subjects, whatever
/// order they ended in; `done` is told of each when it is over.
///
/// Each trial has a thread to itself, on which its server and its cases take turns: nothing of it has to wake a thread
/// that sleeps.
pub(crate) fn trials(
    bench: &Bench,
    subjects: &[Subject],
    jobs: usize,
    done: &mut dyn FnMut(&Trial),
) -> Result<Vec<Trial>, Failure> {
    let next = AtomicUsize::new(0);
    let (over, finished) = mpsc::channel();
    let mut trials = BTreeMap::new();
    thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, subjects.len().max(1)) {
            let (next, over) = (&next, over.clone());
            scope.spawn(move || {
                while let Some((index, subject)) = take(next, subjects) {
                    let trial = trial::alone(subject, bench.plan_for(subject).clone());
                    // Nobody receives any more when a trial could not be run.
                    if over.send(trial.map(|trial| (index, trial))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(over);
        for finished in finished {
            let (index, trial) = finished?;
            done(&trial);
            trials.insert(index, trial);
        }
        Ok(trials.into_values().collect())
    })
}

/// The next subject that nobody has taken yet.
fn take(next: &AtomicUsize, subjects: &[Subject]) -> Option<(usize, Subject)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    Some((index, *subjects.get(index)?))
}
