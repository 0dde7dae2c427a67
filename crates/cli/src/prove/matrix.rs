//! The kill matrix: which fault is caught by which check, and what is wrong with that.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use serde::Serialize;
use tfe_reference::Fault;
use tfe_runner::Plan;

use super::{CheckId, Subject, Trial};

/// What the trials add up to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Matrix {
    /// The faults, in the order of the catalogue.
    pub(crate) faults: Vec<Row>,
    /// Every requirement that is tested, with the faults that it caught and was meant to catch.
    pub(crate) requirements: BTreeMap<String, Vec<&'static str>>,
    /// The servers that are legal, and are not to be caught.
    pub(crate) legal: Vec<Legal>,
    /// What is wrong; empty if the suite is proven.
    pub(crate) findings: Vec<Finding>,
}

/// One fault.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) fault: &'static str,
    pub(crate) description: &'static str,
    /// How often it changed an answer.
    pub(crate) hits: u64,
    /// The checks that caught it, by the requirement that they cite: those that the fault breaks.
    pub(crate) killed_by: BTreeMap<String, BTreeSet<CheckId>>,
}

impl Row {
    pub(crate) fn is_killed(&self) -> bool {
        !self.killed_by.is_empty()
    }
}

/// One legal server.
#[derive(Debug, Serialize)]
pub(crate) struct Legal {
    pub(crate) name: String,
    pub(crate) passed: bool,
}

/// Something that is wrong with the suite, the faults or the variations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    pub(crate) kind: Kind,
    /// What it is about: a fault, a requirement, a check, a seed.
    pub(crate) about: String,
    pub(crate) detail: String,
}

/// What may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// A fault that no check of what it breaks caught.
    Survivor,
    /// A fault that never changed an answer: it has proven nothing.
    NeverHit,
    /// A requirement that a fault is said to break, and that held.
    Unbroken,
    /// A requirement that a fault is said neither to break nor to entail, and that did not hold.
    Unexpected,
    /// A check that did not hold on a legal server, or a case that showed nothing there.
    FalseAlarm,
    /// A case in which the suite itself failed.
    SuiteError,
    /// A tested requirement that no fault breaks.
    NoKiller,
    /// A check that no fault ever tripped.
    IdleCheck,
}

impl Kind {
    /// Every kind, worst first.
    pub(crate) const ALL: [Self; 8] = [
        Self::Survivor,
        Self::FalseAlarm,
        Self::SuiteError,
        Self::NeverHit,
        Self::Unbroken,
        Self::Unexpected,
        Self::NoKiller,
        Self::IdleCheck,
    ];

    /// A heading for a list of them.
    pub(crate) fn heading(self) -> &'static str {
        match self {
            Self::Survivor => "faults that survived",
            Self::FalseAlarm => "false alarms",
            Self::SuiteError => "failures of the suite itself",
            Self::NeverHit => "never made a difference",
            Self::Unbroken => "said to be broken by a fault, and not shown",
            Self::Unexpected => "broken by a fault that does not say so",
            Self::NoKiller => "requirements that no fault breaks",
            Self::IdleCheck => "checks that no fault ever tripped",
        }
    }
}

impl Matrix {
    /// Adds trials up. Only `whole` trials, of every fault there is, say what no fault did.
    pub(crate) fn new(plan: &Plan, trials: &[Trial], whole: bool) -> Self {
        let mut matrix = Self {
            faults: Vec::new(),
            requirements: plan
                .profiles
                .iter()
                .flat_map(|profile| plan.tested_by(profile))
                .map(|id| (id, Vec::new()))
                .collect(),
            legal: Vec::new(),
            findings: Vec::new(),
        };
        for trial in trials {
            matrix.errors(trial);
            match trial.subject {
                Subject::Fault(fault) if !trial.subject.is_legal() => matrix.fault(fault, trial),
                _ => matrix.legal(trial),
            }
        }
        matrix.never_hit(trials);
        if whole {
            matrix.unkilled();
            matrix.idle(plan, trials);
        }
        matrix.findings.sort_by_key(|finding| Kind::ALL.iter().position(|kind| *kind == finding.kind));
        matrix
    }

    /// The faults that a check of what they break caught.
    pub(crate) fn killed(&self) -> usize {
        self.faults.iter().filter(|row| row.is_killed()).count()
    }

    fn found(&mut self, kind: Kind, about: impl Into<String>, detail: impl Into<String>) {
        self.findings.push(Finding { kind, about: about.into(), detail: detail.into() });
    }

    fn errors(&mut self, trial: &Trial) {
        for error in &trial.errors {
            self.found(Kind::SuiteError, trial.subject.to_string(), error);
        }
    }

    fn legal(&mut self, trial: &Trial) {
        let name = trial.subject.to_string();
        for (requirement, checks) in &trial.deviations {
            for check in checks {
                self.found(Kind::FalseAlarm, &name, format!("{requirement} does not hold in {check}"));
            }
        }
        for oddity in &trial.oddities {
            self.found(Kind::FalseAlarm, &name, oddity);
        }
        let passed = trial.deviations.is_empty() && trial.oddities.is_empty() && trial.errors.is_empty();
        self.legal.push(Legal { name, passed });
    }

    fn fault(&mut self, fault: Fault, trial: &Trial) {
        let intended = |requirement: &str| fault.breaks().contains(&requirement);
        let killed_by: BTreeMap<_, _> = trial
            .deviations
            .iter()
            .filter(|(id, _)| intended(id))
            .map(|(id, checks)| (id.clone(), checks.clone()))
            .collect();
        if killed_by.is_empty() {
            let others: Vec<_> = trial.deviations.keys().map(String::as_str).collect();
            let caught = if others.is_empty() {
                "nothing caught it".to_owned()
            } else {
                format!("caught by {} alone", others.join(", "))
            };
            self.found(Kind::Survivor, fault.name(), format!("{} ({caught})", fault.description()));
        } else {
            for id in fault.breaks().iter().filter(|id| !killed_by.contains_key(**id)) {
                self.found(Kind::Unbroken, fault.name(), *id);
            }
        }
        for (id, checks) in trial.deviations.iter().filter(|(id, _)| !intended(id) && !fault.entails(id)) {
            let first = checks.first().map(ToString::to_string).unwrap_or_default();
            let more = if checks.len() > 1 { format!(" and {} more", checks.len() - 1) } else { String::new() };
            self.found(Kind::Unexpected, fault.name(), format!("{id} in {first}{more}"));
        }
        for id in killed_by.keys() {
            self.requirements.entry(id.clone()).or_default().push(fault.name());
        }
        let hits = trial.hits.iter().map(|(_, hits)| hits).sum();
        self.faults.push(Row { fault: fault.name(), description: fault.description(), hits, killed_by });
    }

    /// Hits count over all trials: a variation has many.
    fn never_hit(&mut self, trials: &[Trial]) {
        let mut hits: BTreeMap<&str, u64> = BTreeMap::new();
        for (name, more) in trials.iter().flat_map(|trial| &trial.hits) {
            *hits.entry(name).or_default() += more;
        }
        for (name, _) in hits.into_iter().filter(|(_, hits)| *hits == 0) {
            self.found(Kind::NeverHit, name, "");
        }
    }

    fn unkilled(&mut self) {
        let unkilled: Vec<_> =
            self.requirements.iter().filter(|(_, killers)| killers.is_empty()).map(|(id, _)| id.clone()).collect();
        for id in unkilled {
            self.found(Kind::NoKiller, id, "");
        }
    }

    fn idle(&mut self, plan: &Plan, trials: &[Trial]) {
        let of_faults = trials.iter().filter(|trial| !trial.subject.is_legal());
        let tripped: BTreeSet<&CheckId> = of_faults.flat_map(|trial| trial.deviations.values().flatten()).collect();
        for planned in &plan.cases {
            for step in &planned.case.steps {
                for (index, check) in step.checks.iter().enumerate() {
                    let id = CheckId { case: planned.case.id.clone(), step: step.id.clone(), number: Some(index + 1) };
                    if !tripped.contains(&id) {
                        self.found(Kind::IdleCheck, id.to_string(), &check.requirement);
                    }
                }
            }
        }
    }
}
