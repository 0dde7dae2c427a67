//! One JSON document with everything that the run showed, in a stable order.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;

use super::tally::Counts;
use super::told::{Occurrence, Told, of_case};
use super::{Report, text};
use crate::event::{
    Absence, Alike, CaseResult, Claim, Event, ExchangeRecord, FORMAT, OperationAnswers, Outcome, ProfileInfo,
    RequirementInfo, RunFinished, RunStarted, Standing, Verdict,
};
use crate::gate::{Acceptance, GateResult};
use crate::suite::{Level, SourceKind};

/// Writes the document when the run is over.
#[derive(Default)]
pub(super) struct Json {
    told: Told,
}

impl Report for Json {
    fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        let Some(finished) = self.told.hear(event) else { return Ok(()) };
        let json = serde_json::to_string_pretty(&Document::new(&self.told, finished))?;
        writeln!(out, "{}", text::json(&json))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'t> {
    format: u32,
    version: &'t str,
    started_at: &'t str,
    finished_at: &'t str,
    milliseconds: u64,
    target: &'t str,
    organization: &'t str,
    profiles: Vec<Profile<'t>>,
    totals: Totals<'t>,
    gate: &'t GateResult,
    exit_code: u8,
    absent: &'t [Absence],
    remarks: &'t [String],
    requirements: Vec<Requirement<'t>>,
    deviations: Vec<Deviation<'t>>,
    cases: Vec<Case<'t>>,
    observations: BTreeMap<&'t str, BTreeMap<&'t str, usize>>,
    leaks: &'t [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    kept: &'t [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<&'t str>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Profile<'t> {
    id: &'t str,
    title: &'t str,
    edition: &'t str,
    areas: &'t [String],
    claim: Option<Claim>,
    reasons: &'t [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    alike: Option<&'t Alike>,
    operations: &'t [OperationAnswers],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Totals<'t> {
    cases: usize,
    deselected: usize,
    verdicts: &'t BTreeMap<Verdict, usize>,
    requirements: &'t BTreeMap<Standing, usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Requirement<'t> {
    id: &'t str,
    level: Level,
    standing: Standing,
    statement: &'t str,
    document: &'t str,
    section: &'t str,
    kind: SourceKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'t str>,
    checks: Counts,
    /// The cases with a check that cites it; passes of implied rules are only counted.
    cases: BTreeSet<&'t str>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Deviation<'t> {
    requirement: &'t str,
    level: Level,
    case: &'t str,
    step: &'t str,
    file: &'t str,
    line: u64,
    column: u64,
    implied: bool,
    expected: &'t str,
    got: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<&'t Acceptance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exchange: Option<&'t ExchangeRecord>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Case<'t> {
    id: &'t str,
    title: &'t str,
    area: &'t str,
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'t str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    flaky: &'t [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<&'t Acceptance>,
    milliseconds: u64,
}

impl<'t> Document<'t> {
    fn new(told: &'t Told, finished: &'t RunFinished) -> Self {
        let started = told.started.as_ref();
        let text = |field: fn(&RunStarted) -> &str| started.map_or("", field);
        Self {
            format: FORMAT,
            version: text(|started| &started.version),
            started_at: text(|started| &started.started_at),
            finished_at: &finished.finished_at,
            milliseconds: finished.milliseconds,
            target: text(|started| &started.target),
            organization: text(|started| &started.organization),
            profiles: started.into_iter().flat_map(|run| &run.profiles).map(|info| profile(info, finished)).collect(),
            totals: Totals {
                cases: told.cases.len(),
                deselected: started.map_or(0, |started| started.deselected),
                verdicts: &finished.verdicts,
                requirements: &finished.requirements,
            },
            gate: &finished.gate,
            exit_code: finished.exit_code,
            absent: started.map_or(&[], |started| &started.absent),
            remarks: started.map_or(&[], |started| &started.remarks),
            requirements: requirements(told),
            deviations: told.cases.iter().flat_map(of_case).filter_map(|found| deviation(told, found)).collect(),
            cases: told.cases.iter().map(case).collect(),
            observations: told.observations(),
            leaks: &finished.leaks,
            kept: &finished.kept,
            journal: finished.journal.as_deref(),
        }
    }
}

fn profile<'t>(info: &'t ProfileInfo, finished: &'t RunFinished) -> Profile<'t> {
    let claim = finished.claims.iter().find(|claim| claim.profile == info.id);
    Profile {
        id: &info.id,
        title: &info.title,
        edition: &info.edition,
        areas: &info.areas,
        claim: claim.map(|claim| claim.claim),
        reasons: claim.map_or(&[], |claim| &claim.reasons),
        alike: claim.and_then(|claim| claim.alike.as_ref()),
        operations: claim.map_or(&[], |claim| &claim.operations),
    }
}

fn requirements(told: &Told) -> Vec<Requirement<'_>> {
    let mut cases: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Occurrence { case, check } in told.cases.iter().flat_map(of_case) {
        cases.entry(&check.requirement).or_default().insert(&case.id);
    }
    let requirement = |known| requirement(known, told, &mut cases);
    told.requirements().iter().map(requirement).collect()
}

fn requirement<'t>(
    known: &'t RequirementInfo,
    told: &Told,
    cases: &mut BTreeMap<&str, BTreeSet<&'t str>>,
) -> Requirement<'t> {
    let checks = told.tally.checks(&known.id);
    Requirement {
        id: &known.id,
        level: known.level,
        standing: checks.standing(),
        statement: &known.statement,
        document: &known.document,
        section: &known.section,
        kind: known.kind,
        note: known.note.as_deref(),
        checks,
        cases: cases.remove(known.id.as_str()).unwrap_or_default(),
    }
}

fn deviation<'t>(told: &Told, found: Occurrence<'t>) -> Option<Deviation<'t>> {
    let Occurrence { case, check } = found;
    // The outcome follows from the level; it also says it of a requirement that is not in the list.
    let level = match check.outcome {
        Outcome::Fail => Level::Must,
        Outcome::Warn => Level::Should,
        Outcome::Note => Level::May,
        Outcome::Pass | Outcome::NotApplicable | Outcome::NotRun => return None,
    };
    Some(Deviation {
        requirement: &check.requirement,
        level: told.requirement(&check.requirement).map_or(level, |known| known.level),
        case: &case.id,
        step: &check.step,
        file: &case.file,
        line: check.place.line,
        column: check.place.column,
        implied: check.implied,
        expected: &check.expected,
        got: &check.got,
        known: check.known.as_ref(),
        exchange: found.exchange(),
    })
}

fn case(result: &CaseResult) -> Case<'_> {
    Case {
        id: &result.id,
        title: &result.title,
        area: &result.area,
        verdict: result.verdict,
        reason: result.reason.as_deref(),
        flaky: &result.flaky,
        known: result.known.as_ref(),
        milliseconds: result.milliseconds,
    }
}
