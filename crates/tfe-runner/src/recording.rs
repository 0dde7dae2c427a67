//! Recorded runs: an event stream read back, and the shares of one run joined.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;
use std::time::Duration;

use crate::event::{Alike, CaseResult, Claim, Event, FORMAT, OperationAnswers, RunFinished, RunStarted};
use crate::gate::{GateResult, Watch};
use crate::plan::Shard;
use crate::report::Tally;
use crate::verdict::{self, Totals};

/// A whole run, as its event stream told it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Recording {
    /// The beginning.
    pub started: RunStarted,
    /// The cases, in order.
    pub cases: Vec<CaseResult>,
    /// The end.
    pub finished: RunFinished,
}

/// Why an event stream is not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// It could not be read.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// A line is no event.
    #[error("line {line}: not an event of a run: {cause}")]
    NoEvent {
        /// The line, from 1.
        line: usize,
        /// What the reader says.
        cause: serde_json::Error,
    },
    /// An event at a place where it cannot be.
    #[error("line {line}: {problem}")]
    Order {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// Written by a version whose events mean something else.
    #[error("the events have format {0}, and this version reads format {FORMAT}")]
    Format(u32),
    /// The end is missing.
    #[error("the run is not over: the last event is missing after line {0} (was the run stopped, or the file cut?)")]
    Unfinished(usize),
}

impl Recording {
    /// Reads an event stream, as `--report events=PATH` writes it.
    ///
    /// # Errors
    /// [`RecordingError`] with the line that is wrong. A stream without its end is refused: what it does not tell
    /// might be a deviation.
    pub fn read(stream: impl BufRead) -> Result<Self, RecordingError> {
        let mut started: Option<RunStarted> = None;
        let mut finished = None;
        let mut cases = Vec::new();
        let mut seen = BTreeSet::new();
        let mut last = 0;
        for (index, line) in stream.lines().enumerate() {
            last = index + 1;
            let wrong = |problem| RecordingError::Order { line: last, problem };
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            let event = serde_json::from_str(&line).map_err(|cause| RecordingError::NoEvent { line: last, cause })?;
            match event {
                _ if finished.is_some() => return Err(wrong("the run is over, and more follows")),
                Event::RunStarted(_) if started.is_some() => return Err(wrong("the run begins a second time")),
                Event::RunStarted(run) if run.format != FORMAT => return Err(RecordingError::Format(run.format)),
                Event::RunStarted(run) => started = Some(run),
                _ if started.is_none() => return Err(wrong("the beginning of the run is missing")),
                Event::CaseFinished(case) if !seen.insert(case.id.clone()) => {
                    return Err(wrong("the case was told before"));
                }
                Event::CaseFinished(case) => cases.push(case),
                Event::RunFinished(end) => finished = Some(end),
            }
        }
        match (started, finished) {
            (Some(started), Some(finished)) => {
                // A run that could not begin has no cases, and claims nothing.
                let began = finished.claims.iter().any(|claim| claim.claim != Claim::NotEstablished);
                if cases.len() != started.cases && (began || !cases.is_empty()) {
                    return Err(RecordingError::Order { line: last, problem: "cases of the run are missing" });
                }
                Ok(Self { started, cases, finished })
            }
            _ => Err(RecordingError::Unfinished(last)),
        }
    }

    /// The events, as they were told.
    pub fn events(self) -> impl Iterator<Item = Event> {
        let cases = self.cases.into_iter().map(Event::CaseFinished);
        std::iter::once(Event::RunStarted(self.started)).chain(cases).chain([Event::RunFinished(self.finished)])
    }
}

/// Why recordings are not the shares of one run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// A recording that is no share.
    #[error("{0} is a whole run, not a share of one (`run --shard`)")]
    Whole(String),
    /// The runs were not of the same.
    #[error("{name} is of another run: its {what} is {got}, that of the first is {expected}")]
    Other {
        /// The recording.
        name: String,
        /// What differs.
        what: &'static str,
        /// What it is there.
        got: String,
        /// What it is in the first recording.
        expected: String,
    },
    /// Two recordings of one share.
    #[error("{name} is share {shard} once more")]
    Twice {
        /// The second recording.
        name: String,
        /// The share.
        shard: Shard,
    },
    /// Shares that are not there.
    #[error("missing: {}", .0.iter().map(|shard| format!("share {shard}")).collect::<Vec<_>>().join(", "))]
    Missing(Vec<Shard>),
    /// A share that did not run all of its cases.
    #[error("{name} told {told} of {planned} cases")]
    Cases {
        /// The recording.
        name: String,
        /// How many cases it tells.
        told: usize,
        /// How many it was to run.
        planned: usize,
    },
    /// Nothing to join.
    #[error("no recording to join")]
    Nothing,
}

/// Joins the shares of one run: the verdicts and claims are those of the run on one machine.
///
/// # Errors
/// [`MergeError`] when the recordings are not each share of one run exactly once.
pub fn merge(recordings: Vec<(String, Recording)>) -> Result<Recording, MergeError> {
    let (_, first) = recordings.first().ok_or(MergeError::Nothing)?;
    let mut started = first.started.clone();
    let mut shares: BTreeSet<Shard> = BTreeSet::new();
    for (name, recording) in &recordings {
        let shard = recording.started.shard.ok_or_else(|| MergeError::Whole(name.clone()))?;
        same(name, &recording.started, &first.started)?;
        same_gate(name, &recording.finished.gate, &first.finished.gate)?;
        if !shares.insert(shard) {
            return Err(MergeError::Twice { name: name.clone(), shard });
        }
    }
    // A share counts its own cases of what is absent.
    for (_, other) in recordings.iter().skip(1) {
        for (whole, share) in started.absent.iter_mut().zip(&other.started.absent) {
            for (profile, cases) in &share.cases {
                *whole.cases.entry(profile.clone()).or_default() += cases;
            }
        }
    }
    let total = started.shard.map_or(0, |shard| shard.total);
    let missing: Vec<_> =
        (1..=total).map(|index| Shard { index, total }).filter(|shard| !shares.contains(shard)).collect();
    if !missing.is_empty() {
        return Err(MergeError::Missing(missing));
    }
    let mut watch = Watch::of_shares(recordings.iter().map(|(_, share)| &share.finished.gate));
    let (alike, operations) = (alike(&recordings), operations(&recordings));
    let mut joined = Joined::default();
    recordings.into_iter().try_for_each(|(name, recording)| joined.add(&name, recording))?;
    let Joined { cases, mut totals, longest, began } = joined;
    totals.trouble.sort();
    totals.trouble.dedup();
    (totals.alike, totals.operations) = (alike, operations);
    started.shard = None;
    started.started_at = began;
    started.cases = cases.len();
    let mut tally = Tally::default();
    for case in cases.values() {
        tally.add(case);
        totals.add(case);
        watch.count(case);
    }
    let finished = verdict::finished(&started, &tally, totals, watch, longest);
    Ok(Recording { started, cases: cases.into_values().collect(), finished })
}

/// What is the same in all shares of a run.
fn same(name: &str, other: &RunStarted, first: &RunStarted) -> Result<(), MergeError> {
    let shares = |run: &RunStarted| run.shard.map(|shard| shard.total).unwrap_or_default().to_string();
    let profiles =
        |run: &RunStarted| run.profiles.iter().map(|profile| profile.id.clone()).collect::<Vec<_>>().join(", ");
    let absent = |run: &RunStarted| {
        run.absent.iter().map(|absence| format!("{} ({})", absence.area, absence.reason)).collect::<Vec<_>>().join(", ")
    };
    for (what, got, expected) in [
        ("number of shares", shares(other), shares(first)),
        ("target", other.target.clone(), first.target.clone()),
        ("organization", other.organization.clone(), first.organization.clone()),
        ("version of the suite", other.version.clone(), first.version.clone()),
        ("list of profiles", profiles(other), profiles(first)),
        ("list of what is absent", absent(other), absent(first)),
        ("remark on how it was run", other.remarks.join("; "), first.remarks.join("; ")),
        ("number of cases left out", other.deselected.to_string(), first.deselected.to_string()),
    ] {
        if got != expected {
            return Err(MergeError::Other { name: name.to_owned(), what, got, expected });
        }
    }
    if other.profiles != first.profiles || other.requirements != first.requirements {
        let (got, expected) = ("another one".to_owned(), "the one above".to_owned());
        return Err(MergeError::Other { name: name.to_owned(), what: "set of requirements", got, expected });
    }
    Ok(())
}

/// The shares were held against one baseline, and fail on the same.
fn same_gate(name: &str, other: &GateResult, first: &GateResult) -> Result<(), MergeError> {
    let differs =
        |what, got: String, expected: String| Err(MergeError::Other { name: name.to_owned(), what, got, expected });
    if other.fail_on != first.fail_on {
        return differs("`fail-on`", other.fail_on.to_string(), first.fail_on.to_string());
    }
    let entries = |gate: &GateResult| {
        let entries = gate.entries.iter();
        entries
            .map(|entry| (entry.case.clone(), entry.requirement.clone(), entry.acceptance.clone()))
            .collect::<Vec<_>>()
    };
    if entries(other) != entries(first) {
        return differs("baseline", "another one".to_owned(), "the one above".to_owned());
    }
    Ok(())
}

/// What the answers of all shares were like, where they were alike; by profile.
fn alike(shares: &[(String, Recording)]) -> BTreeMap<String, Alike> {
    let mut found: BTreeMap<String, Option<Alike>> = BTreeMap::new();
    for claim in shares.iter().flat_map(|(_, share)| &share.finished.claims) {
        let both = match (found.remove(&claim.profile), claim.alike.clone()) {
            (None, alike) => alike,
            (Some(Some(one)), Some(other)) if (one.status, &one.media_type) == (other.status, &other.media_type) => {
                Some(Alike { answers: one.answers + other.answers, ..one })
            }
            _ => None,
        };
        found.insert(claim.profile.clone(), both);
    }
    found.into_iter().filter_map(|(profile, alike)| Some((profile, alike?))).collect()
}

/// How all shares together were answered, by profile.
fn operations(shares: &[(String, Recording)]) -> BTreeMap<String, Vec<OperationAnswers>> {
    let mut found: BTreeMap<String, BTreeMap<&str, OperationAnswers>> = BTreeMap::new();
    for claim in shares.iter().flat_map(|(_, share)| &share.finished.claims) {
        let known = found.entry(claim.profile.clone()).or_default();
        for operation in &claim.operations {
            match known.get_mut(operation.operation.as_str()) {
                Some(same) => same.add(operation),
                None => drop(known.insert(&operation.operation, operation.clone())),
            }
        }
    }
    found.into_iter().map(|(profile, operations)| (profile, operations.into_values().collect())).collect()
}

#[derive(Default)]
struct Joined {
    cases: BTreeMap<String, CaseResult>,
    totals: Totals,
    longest: Duration,
    began: String,
}

impl Joined {
    fn add(&mut self, name: &str, recording: Recording) -> Result<(), MergeError> {
        let Recording { started, cases, finished } = recording;
        if cases.is_empty() && started.cases > 0 {
            // The share could not begin: its claims say why.
            self.totals.trouble.extend(finished.claims.into_iter().flat_map(|claim| claim.reasons));
        } else if cases.len() != started.cases {
            return Err(MergeError::Cases { name: name.to_owned(), told: cases.len(), planned: started.cases });
        }
        self.longest = self.longest.max(Duration::from_millis(finished.milliseconds));
        if self.began.is_empty() || started.started_at < self.began {
            self.began = started.started_at;
        }
        self.cases.extend(cases.into_iter().map(|case| (case.id.clone(), case)));
        Ok(())
    }
}
