//! The gate: what a run's exit code says, apart from what may be claimed.
//!
//! A claim is about the target alone. The gate also knows which deviations were known before: one that
//! is in the baseline, for the reason that stands there, fails no gate. It cannot rot: an entry whose
//! deviation is gone, has another evidence or is past its date fails the gate itself.

mod fingerprint;
mod watch;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::event::{CaseResult, CheckResult, Outcome, Verdict};
use crate::suite::Level;

pub(crate) use watch::Watch;

/// What the gate is told before a run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Gate {
    /// The weakest level whose deviations fail the gate; `may` counts as `should`.
    pub fail_on: Level,
    /// The deviations that are known.
    pub baseline: Option<Baseline>,
    /// The day on which entries may have expired.
    pub today: Date,
}

impl Default for Gate {
    /// Every broken `must` fails the gate; today by UTC.
    fn default() -> Self {
        let today = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date();
        Self { fail_on: Level::Must, baseline: None, today }
    }
}

/// The deviations of a target that are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// The file that they stand in, for reports.
    pub file: String,
    /// The entries; at most one for each case and requirement.
    pub entries: Vec<Known>,
}

/// A deviation that is known, or a case that is known to be blocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The case that shows it.
    pub case: String,
    /// The requirement that is broken; none: the case is blocked.
    pub requirement: Option<String>,
    /// [`Deviation::evidence`] as it was seen; with none, any evidence is the known one.
    pub evidence: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// Where more is said, such as an issue.
    pub link: Option<String>,
    /// The last day on which it is accepted.
    pub expires: Option<Date>,
}

/// What a case shows against its target: a broken requirement, or that the case, or the rest of it, is blocked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deviation {
    /// The requirement; none: the case is blocked.
    pub requirement: Option<String>,
    /// The worst of the checks that cite it.
    pub outcome: Outcome,
    /// What it looks like, without all that differs from run to run (values, ids, addresses, counts).
    pub evidence: String,
    /// What was expected and what came instead, for people: one line for each check.
    pub seen: Vec<String>,
}

/// Everything that a case shows against its target, by requirement.
pub fn deviations(case: &CaseResult) -> Vec<Deviation> {
    let mut broken: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for check in case.checks.iter().filter(|check| matches!(check.outcome, Outcome::Fail | Outcome::Warn)) {
        broken.entry(&check.requirement).or_default().push(check);
    }
    let mut deviations: Vec<_> = broken
        .into_iter()
        .map(|(requirement, checks)| Deviation {
            requirement: Some(requirement.to_owned()),
            outcome: checks.iter().map(|check| check.outcome).max().unwrap_or(Outcome::Fail),
            evidence: fingerprint::of_checks(&checks),
            seen: checks
                .iter()
                .map(|check| format!("{}: expected {}, got {}", check.step, check.expected, check.got))
                .collect(),
        })
        .collect();
    if case.trouble() == Some(Verdict::Blocked) {
        let reason = case.reason.clone().unwrap_or_default();
        deviations.push(Deviation {
            requirement: None,
            outcome: Outcome::NotRun,
            evidence: fingerprint::of_reason(&reason),
            seen: vec![reason],
        });
    }
    deviations
}

/// Whether a check fails the gate on its own.
fn fails(fail_on: Level, check: &CheckResult) -> bool {
    let weakest = if fail_on == Level::Must { Outcome::Fail } else { Outcome::Warn };
    matches!(check.outcome, Outcome::Fail | Outcome::Warn) && check.outcome >= weakest && check.known.is_none()
}

/// Why a deviation is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Acceptance {
    /// Why.
    pub reason: String,
    /// Where more is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The last day on which it is accepted (RFC 3339, full-date).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// What the gate makes of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GateResult {
    /// Whether it is open.
    pub passed: bool,
    /// The weakest level whose deviations fail it.
    pub fail_on: Level,
    /// How many deviations fail it: pairs of a case and a requirement.
    pub new: usize,
    /// Why it is closed, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// The baseline's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// What became of each entry of the baseline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryResult>,
}

impl GateResult {
    /// Whether it says more than the claims: there is a baseline, or a `should` counts.
    pub(crate) fn is_told(&self) -> bool {
        self.baseline.is_some() || self.fail_on != Level::Must
    }

    /// Whether a check fails the gate on its own.
    pub(crate) fn is_failed_by(&self, check: &CheckResult) -> bool {
        fails(self.fail_on, check)
    }

    /// In one sentence.
    pub(crate) fn summary(&self) -> String {
        if !self.passed {
            return format!("closed: {}", self.reasons.join("; "));
        }
        let file = self.baseline.as_deref().unwrap_or_default();
        match self.entries_in(EntryState::Known) {
            0 => "open".to_owned(),
            1 => format!("open, with 1 known deviation ({file})"),
            count => format!("open, with {count} known deviations ({file})"),
        }
    }

    /// The entries with which the run agrees, and all others that the run has something to say about.
    pub(crate) fn entries_of(&self, known: bool) -> impl Iterator<Item = &EntryResult> {
        self.entries.iter().filter(move |entry| (entry.state == EntryState::Known) == known)
    }

    /// How many entries are in a state.
    pub fn entries_in(&self, state: EntryState) -> usize {
        self.entries.iter().filter(|entry| entry.state == state).count()
    }
}

/// What became of an entry of the baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct EntryResult {
    /// The case.
    pub case: String,
    /// The requirement; none: the case is blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// What became of it.
    pub state: EntryState,
    /// Why it is accepted.
    #[serde(flatten)]
    pub acceptance: Acceptance,
}

impl EntryResult {
    /// What it is about, why it is accepted and where more is said, in words.
    pub(crate) fn words(&self) -> String {
        let Acceptance { reason, link, expires } = &self.acceptance;
        let link = link.as_ref().map(|link| format!(" ({link})")).unwrap_or_default();
        let expires = expires.as_ref().map(|day| format!(", until {day}")).unwrap_or_default();
        format!("{}: {reason}{link}{expires}", self.subject())
    }

    /// What it is about, in words.
    pub fn subject(&self) -> String {
        match &self.requirement {
            Some(requirement) => format!("{requirement} in {}", self.case),
            None => format!("{} blocked", self.case),
        }
    }
}

/// What became of an entry of the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryState {
    /// The run did not show whether it still holds: its case was not run, or not to the end.
    NotSeen,
    /// It is as it was.
    Known,
    /// It is no more.
    Stale,
    /// It is there, and past its date.
    Expired,
    /// It is there, and looks different.
    Changed,
}

impl EntryState {
    /// Whether it fails the gate.
    pub fn fails(self) -> bool {
        matches!(self, Self::Stale | Self::Expired | Self::Changed)
    }

    /// What to do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::NotSeen => "this run did not show whether it still holds",
            Self::Known => "known",
            Self::Stale => "it is no more: delete the entry, or write the baseline again",
            Self::Expired => "its date is past: repair it, or give the entry a new date",
            Self::Changed => "it looks different now: look at it, and write the baseline again if it is accepted",
        }
    }
}

impl std::fmt::Display for EntryState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotSeen => "not-seen",
            Self::Known => "known",
            Self::Stale => "stale",
            Self::Expired => "expired",
            Self::Changed => "changed",
        })
    }
}
