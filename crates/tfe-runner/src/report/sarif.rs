//! SARIF 2.1.0 (OASIS), for code scanning: a rule per requirement, a result per check that found something.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::told::{Occurrence, Told, of_case};
use super::{Report, tally, text};
use crate::event::{CaseResult, Event, Outcome, RequirementInfo, RunFinished, Verdict};
use crate::gate::EntryResult;
use crate::suite::Level;
use crate::verdict::exit;

/// Writes the log when the run is over.
#[derive(Default)]
pub(super) struct Sarif {
    told: Told,
}

impl Report for Sarif {
    fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        let Some(finished) = self.told.hear(event) else { return Ok(()) };
        let json = serde_json::to_string_pretty(&log(&self.told, finished))?;
        writeln!(out, "{}", text::json(&json))
    }
}

fn log(told: &Told, finished: &RunFinished) -> Value {
    let started = told.started.as_ref();
    let rules: Vec<_> = told.requirements().iter().map(rule).collect();
    let results: Vec<_> = told.cases.iter().flat_map(of_case).filter_map(|found| result(told, &found)).collect();
    let unheard = told.unheard().map(notification);
    let wrong = finished.gate.entries_of(false).filter(|entry| entry.state.fails()).map(wrong);
    let leaks = finished.leaks.iter().map(|leak| left_behind(leak));
    let notifications: Vec<_> = unheard.chain(leaks).chain(wrong).collect();
    let claims: serde_json::Map<_, _> =
        finished.claims.iter().map(|claim| (claim.profile.clone(), json!(claim.claim))).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "tfe-conformance",
                "version": started.map(|started| started.version.as_str()),
                "rules": rules,
            } },
            "invocations": [{
                "executionSuccessful": matches!(finished.exit_code, exit::PASSED | exit::DEVIATIONS | exit::BASELINE),
                "exitCode": finished.exit_code,
                "startTimeUtc": started.map(|started| started.started_at.as_str()),
                "endTimeUtc": finished.finished_at,
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
            "columnKind": "unicodeCodePoints",
            "properties": {
                "target": started.map(|started| started.target.as_str()),
                "claims": claims,
            },
        }],
    })
}

fn rule(requirement: &RequirementInfo) -> Value {
    let statement = text::paragraphs(&requirement.statement).join("\n");
    let source = format!("{}, section “{}”", requirement.document, requirement.section);
    let note = requirement.note.as_ref().map(|note| format!("\n\n{}", text::paragraphs(note).join(" ")));
    json!({
        "id": requirement.id,
        "shortDescription": { "text": text::cut(&statement, 200) },
        "fullDescription": { "text": statement },
        "help": { "text": format!("{source}{}", note.unwrap_or_default()) },
        "defaultConfiguration": { "level": level(requirement.level) },
        "properties": { "level": requirement.level, "tags": [requirement.kind] },
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "error",
        Level::Should => "warning",
        Level::May => "note",
    }
}

fn result(told: &Told, found: &Occurrence<'_>) -> Option<Value> {
    let Occurrence { case, check } = *found;
    let level = match check.outcome {
        Outcome::Fail => "error",
        Outcome::Warn => "warning",
        Outcome::Note => "note",
        Outcome::Pass | Outcome::NotApplicable | Outcome::NotRun => return None,
    };
    let index = told.requirements().iter().position(|known| known.id == check.requirement);
    let asked = found.exchange().map(|record| {
        let status =
            record.response.as_ref().map_or_else(|| "no answer".to_owned(), |answer| answer.status.to_string());
        format!("\n{} {} → {status}", record.method, record.url)
    });
    let (expected, got) = (text::line(&check.expected), text::line(&check.got));
    let words = format!("{}: expected {expected}, got {got}{}", case.title, asked.unwrap_or_default());
    let mut result = json!({
        "ruleId": check.requirement,
        "ruleIndex": index.map_or(json!(-1), |index| json!(index)),
        "level": level,
        "kind": "fail",
        "message": { "text": words },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": format!("conformance/{}", case.file) },
                "region": { "startLine": check.place.line.max(1), "startColumn": check.place.column.max(1) },
            },
            "logicalLocations": [{ "fullyQualifiedName": format!("{}#{}", case.id, check.step), "kind": "function" }],
        }],
        "partialFingerprints": { "check/v1": format!("{} {} {}", check.requirement, case.id, check.step) },
        "properties": {
            "curl": found.exchange().map(|record| record.curl.as_str()),
        },
    });
    // In the baseline it is suppressed, and not gone.
    if let Some(known) = &check.known {
        let link = known.link.as_ref().map(|link| format!(" ({link})")).unwrap_or_default();
        let justification = text::line(&format!("{}{link}", known.reason)).into_owned();
        result["suppressions"] = json!([{ "kind": "external", "status": "accepted", "justification": justification }]);
    }
    Some(result)
}

/// A case that shows nothing is no result; a reader is told of it all the same.
fn notification(case: &CaseResult) -> Value {
    json!({
        "level": if case.verdict == Verdict::Error { "error" } else { "warning" },
        "message": { "text": format!("{} is {}: {}", case.id, case.verdict, text::line(tally::reason(case))) },
        "descriptor": { "id": case.verdict },
    })
}

/// An entry of the baseline that does not say the truth.
fn wrong(entry: &EntryResult) -> Value {
    json!({
        "level": "error",
        "message": { "text": text::line(&format!("{}: {}: {}", entry.state, entry.words(), entry.state.advice())) },
        "descriptor": { "id": format!("baseline-{}", entry.state) },
    })
}

fn left_behind(leak: &str) -> Value {
    json!({
        "level": "warning",
        "message": { "text": format!("left behind on the target: {}", text::line(leak)) },
        "descriptor": { "id": "left-behind" },
    })
}
