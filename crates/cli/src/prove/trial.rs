//! One run of the suite against one server, and what of it the proof needs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use tfe_reference::{Fault, Server, Variation};
use tfe_runner::event::{CaseResult, Claim, Event, Outcome, Verdict};
use tfe_runner::{Options, Plan};

use crate::commands::target;
use crate::failure::Failure;

/// What the server of a trial is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// It has one fault; the fault that breaks nothing is a control.
    Fault(Fault),
    /// It has the variations of this seed.
    Seed(u64),
}

impl Subject {
    /// Whether nothing may be found.
    pub(crate) fn is_legal(self) -> bool {
        match self {
            Self::Fault(fault) => fault.breaks().is_empty(),
            Self::Seed(_) => true,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::Seed(seed) => write!(f, "--vary all --seed {seed}"),
        }
    }
}

/// A check of the suite, or a rule for every exchange at one step of a case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct CheckId {
    pub(crate) case: String,
    pub(crate) step: String,
    /// Which check of the step, from 1; `None` for a rule that holds for every exchange.
    pub(crate) number: Option<usize>,
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Some(number) => write!(f, "{}: {} #{number}", self.case, self.step),
            None => write!(f, "{}: {} (every exchange)", self.case, self.step),
        }
    }
}

/// What one run showed.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) subject: Subject,
    /// What is on, and how often it made a difference.
    pub(crate) hits: Vec<(&'static str, u64)>,
    /// The checks that did not hold, by requirement.
    pub(crate) deviations: BTreeMap<String, BTreeSet<CheckId>>,
    /// What else is not as it is on a conforming server, in words: cases that showed nothing, claims, leftovers.
    pub(crate) oddities: BTreeSet<String>,
    /// Cases in which the suite itself failed, with the reason.
    pub(crate) errors: Vec<String>,
}

/// Runs the suite against a server, all on this thread.
pub(super) fn alone(subject: Subject, plan: Plan) -> Result<Trial, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Output)?;
    runtime.block_on(run(subject, plan))
}

async fn run(subject: Subject, plan: Plan) -> Result<Trial, Failure> {
    let builder = Server::builder();
    let builder = match subject {
        Subject::Fault(fault) => builder.fault(fault),
        Subject::Seed(seed) => builder.vary(Variation::drawn(seed), seed),
    };
    let server = builder.start().await?;
    let target = target::built_in(&server)?;
    let mut seen = Seen::default();
    tfe_runner::run(plan, target, Options::default(), &mut |event| seen.event(event)).await?;
    let hits = match subject {
        Subject::Fault(_) => server.fault_hits().into_iter().map(|(fault, hits)| (fault.name(), hits)).collect(),
        Subject::Seed(_) => {
            server.variation_hits().into_iter().map(|(variation, hits)| (variation.name(), hits)).collect()
        }
    };
    server.stop().await;
    Ok(Trial { subject, hits, deviations: seen.deviations, oddities: seen.oddities, errors: seen.errors })
}

#[derive(Default)]
struct Seen {
    deviations: BTreeMap<String, BTreeSet<CheckId>>,
    oddities: BTreeSet<String>,
    errors: Vec<String>,
}

impl Seen {
    fn event(&mut self, event: Event) {
        match event {
            Event::CaseFinished(case) => self.case(&case),
            Event::RunFinished(finished) => {
                for claim in finished.claims.into_iter().filter(|claim| claim.claim != Claim::Conformant) {
                    self.oddities.insert(format!(
                        "profile {} is {}: {}",
                        claim.profile,
                        claim.claim,
                        claim.reasons.join("; ")
                    ));
                }
            }
            _ => {}
        }
    }

    fn case(&mut self, case: &CaseResult) {
        let reason = case.reason.as_deref().unwrap_or("no reason was given");
        match case.verdict {
            Verdict::Error => self.errors.push(format!("{}: {reason}", case.id)),
            Verdict::Blocked | Verdict::Inconclusive => {
                self.oddities.insert(format!("{} is {}: {reason}", case.id, case.verdict));
            }
            _ => {}
        }
        self.oddities.extend(case.leaks.iter().map(|leak| format!("{} left behind {leak}", case.id)));
        // The named checks of a step come in the order in which the case names them.
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        for check in &case.checks {
            let number = (!check.implied).then(|| {
                let number = numbers.entry(&check.step).or_default();
                *number += 1;
                *number
            });
            if matches!(check.outcome, Outcome::Fail | Outcome::Warn | Outcome::Note) {
                let id = CheckId { case: case.id.clone(), step: check.step.clone(), number };
                self.deviations.entry(check.requirement.clone()).or_default().insert(id);
            }
        }
    }
}
