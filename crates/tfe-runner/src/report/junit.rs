//! `JUnit` XML: a suite per area, a test case per case, and a suite with what may be claimed.
//!
//! A case that could not be judged is an error, a blocked one is skipped. Many readers take skipped
//! for passed, so the claims are test cases of their own: a run that establishes nothing is not
//! green there.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::evidence::{self, Witness};
use super::page::Page;
use super::told::{Occurrence, Told, last_words, of_case};
use super::{Report, Style, tally, text};
use crate::event::{CaseResult, Claim, Event, Outcome, ProfileClaim, RunFinished, Verdict};
use crate::gate::GateResult;
use crate::suite::Level;

/// Writes the document when the run is over.
#[derive(Default)]
pub(super) struct Junit {
    told: Told,
}

impl Report for Junit {
    fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        match self.told.hear(event) {
            Some(finished) => document(&self.told, finished)?.serialize(out).map_err(io::Error::other),
            None => Ok(()),
        }
    }
}

fn document(told: &Told, finished: &RunFinished) -> io::Result<Document> {
    let mut document = Document::new("tfe-conformance");
    document.set_time(Duration::from_millis(finished.milliseconds));
    for (area, cases) in told.areas() {
        let mut suite = TestSuite::new(safe(area));
        suite.set_time(Duration::from_millis(cases.iter().map(|case| case.milliseconds).sum()));
        for result in cases {
            suite.add_test_case(test_case(told, &finished.gate, result)?);
        }
        document.add_test_suite(suite);
    }
    let mut claims = TestSuite::new("claims");
    claims.add_test_cases(finished.claims.iter().map(|made| claim(made, &finished.gate)));
    if finished.gate.is_told() {
        claims.add_test_case(gate(&finished.gate));
    }
    document.add_test_suite(claims);
    Ok(document)
}

/// The writer would drop what XML cannot hold; here it is escaped before, so that it can be seen.
fn safe(text: &str) -> String {
    text::block(text).into_owned()
}

fn test_case(told: &Told, gate: &GateResult, result: &CaseResult) -> io::Result<TestCase> {
    let mut case = TestCase::new(safe(&result.id), status(told, gate, result)?);
    case.set_classname(safe(&result.area.replace('/', ".")));
    case.set_time(Duration::from_millis(result.milliseconds));
    let mild = findings(told, result, &[Outcome::Warn, Outcome::Note])?;
    if !mild.is_empty() {
        case.set_system_out(mild);
    }
    Ok(case)
}

fn status(told: &Told, gate: &GateResult, result: &CaseResult) -> io::Result<TestCaseStatus> {
    let reason = text::line(tally::reason(result)).into_owned();
    let failure = result.checks.iter().find(|check| gate.is_failed_by(check));
    Ok(match result.verdict {
        Verdict::Pass | Verdict::Warn if failure.is_none() => TestCaseStatus::success(),
        Verdict::Fail if failure.is_none() => {
            let mut status = TestCaseStatus::skipped();
            let known = result.checks.iter().find_map(|check| check.known.as_ref());
            let reason = known.map_or("it does not fail the gate", |known| &known.reason);
            status.set_message(text::line(&format!("known deviation: {reason}")));
            status
        }
        Verdict::NotApplicable | Verdict::Blocked => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(reason);
            status
        }
        Verdict::Inconclusive | Verdict::Error => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type(result.verdict.to_string()).set_message(reason.as_str());
            let found = findings(told, result, &[Outcome::Fail])?;
            status.set_description(format!("{reason}\n{}{found}", stopped(result)?));
            status
        }
        Verdict::Pass | Verdict::Warn | Verdict::Fail => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            if let Some(check) = failure {
                status.set_type(safe(&check.requirement));
                let message = format!("{}: expected {}, got {}", check.requirement, check.expected, check.got);
                status.set_message(text::line(&message));
            }
            let outcomes: &[_] =
                if gate.fail_on == Level::Must { &[Outcome::Fail] } else { &[Outcome::Fail, Outcome::Warn] };
            status.set_description(findings(told, result, outcomes)?);
            status
        }
    })
}

/// The findings of a case, as the report for people tells them.
fn findings(told: &Told, result: &CaseResult, outcomes: &[Outcome]) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut page = Page::new(&mut bytes, Style::default());
    let mut witness = Witness::default();
    for outcome in outcomes {
        for found in of_case(result).filter(|found| found.is_of(*outcome)) {
            finding(&mut page, told, &found, &mut witness)?;
            page.blank()?;
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn finding<'t>(page: &mut Page<'_>, told: &Told, found: &Occurrence<'t>, witness: &mut Witness<'t>) -> io::Result<()> {
    let id = text::line(&found.check.requirement);
    match told.requirement(&found.check.requirement) {
        Some(known) => {
            page.line(0, format_args!("{id} ({})", known.level))?;
            evidence::words(page, 2, known)?;
        }
        None => page.line(0, id)?,
    }
    witness.tell(page, 2, found)
}

/// The exchange after which the case could not go on.
fn stopped(result: &CaseResult) -> io::Result<String> {
    let mut bytes = Vec::new();
    if let Some(record) = last_words(result) {
        evidence::exchange(&mut Page::new(&mut bytes, Style::default()), 0, record, tally::reason(result))?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A claim stays what it is; that nobody fails for it, where the gate is open, is said by skipping.
fn claim(claim: &ProfileClaim, gate: &GateResult) -> TestCase {
    let kind = match claim.claim {
        Claim::NotEstablished | Claim::NonConformant if gate.passed => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(text::line(&format!("{}: {}", claim.claim, claim.reasons.join("; "))));
            return in_claims(&claim.profile, status);
        }
        Claim::Conformant | Claim::Partial => None,
        Claim::NotEstablished => Some(NonSuccessKind::Error),
        Claim::NonConformant => Some(NonSuccessKind::Failure),
    };
    let status = match kind {
        None => TestCaseStatus::success(),
        Some(kind) => {
            let mut status = TestCaseStatus::non_success(kind);
            let message = format!("{}: {}", claim.claim, claim.reasons.join("; "));
            status.set_type(claim.claim.to_string()).set_message(text::line(&message));
            status
        }
    };
    in_claims(&claim.profile, status)
}

fn gate(gate: &GateResult) -> TestCase {
    if gate.passed {
        return in_claims("gate", TestCaseStatus::success());
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type("gate").set_message(text::line(&gate.reasons.join("; ")));
    let wrong: Vec<_> = gate.entries_of(false).map(|entry| format!("{}: {}", entry.state, entry.words())).collect();
    status.set_description(safe(&wrong.join("\n")));
    in_claims("gate", status)
}

fn in_claims(name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(safe(name), status);
    case.set_classname("claims");
    case
}
