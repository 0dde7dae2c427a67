//! TAP 14 (Test Anything Protocol): a test point per case, and one per claim.
//!
//! A blocked case is skipped. Many readers take skipped for passed, so the claims are test points of their own: a run
//! that establishes nothing is not green there.

use std::io::{self, Write};

use super::told::{Told, of_case};
use super::{Report, tally, text};
use crate::event::{CaseResult, Claim, Event, Outcome, ProfileClaim, Verdict};
use crate::gate::GateResult;

/// Writes everything when the run is over.
#[derive(Default)]
pub(super) struct Tap {
    told: Told,
}

impl Report for Tap {
    fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        let Some(finished) = self.told.hear(event) else { return Ok(()) };
        writeln!(
            out,
            "TAP version 14\n1..{}",
            self.told.cases.len() + finished.claims.len() + usize::from(finished.gate.is_told())
        )?;
        for (index, result) in self.told.cases.iter().enumerate() {
            case(index + 1, result, &finished.gate, out)?;
        }
        for (index, claim) in finished.claims.iter().enumerate() {
            self::claim(self.told.cases.len() + index + 1, claim, &finished.gate, out)?;
        }
        if finished.gate.is_told() {
            gate(self.told.cases.len() + finished.claims.len() + 1, &finished.gate, out)?;
        }
        finished.leaks.iter().try_for_each(|leak| writeln!(out, "# left behind: {}", text::line(leak)))
    }
}

fn case(number: usize, result: &CaseResult, gate: &GateResult, out: &mut dyn Write) -> io::Result<()> {
    let name = format!("{number} - {} {}", described(&result.id), described(&result.title));
    let reason = tally::reason(result);
    let fails = result.checks.iter().any(|check| gate.is_failed_by(check));
    let known = result.checks.iter().find_map(|check| check.known.as_ref());
    match result.verdict {
        Verdict::Pass | Verdict::Warn if !fails => writeln!(out, "ok {name}")?,
        Verdict::Fail if !fails => {
            let reason = known.map_or("it does not fail the gate", |known| &known.reason);
            writeln!(out, "not ok {name} # TODO known: {}", described(reason))?;
        }
        Verdict::NotApplicable | Verdict::Blocked => {
            return writeln!(out, "ok {name} # SKIP {}: {}", result.verdict, described(reason));
        }
        Verdict::Pass | Verdict::Warn | Verdict::Inconclusive | Verdict::Error | Verdict::Fail => {
            writeln!(out, "not ok {name}")?;
        }
    }
    let told =
        of_case(result).filter(|found| matches!(found.check.outcome, Outcome::Fail | Outcome::Warn | Outcome::Note));
    let told: Vec<_> = told.collect();
    if told.is_empty() && result.verdict == Verdict::Pass {
        return Ok(());
    }
    writeln!(out, "  ---\n  verdict: {}", result.verdict)?;
    if let Some(reason) = &result.reason {
        writeln!(out, "  reason: {}", quoted(reason)?)?;
    }
    if !told.is_empty() {
        writeln!(out, "  checks:")?;
    }
    for found in told {
        let check = found.check;
        writeln!(out, "    - requirement: {}", quoted(&check.requirement)?)?;
        writeln!(out, "      outcome: {}", serde_json::to_string(&check.outcome)?)?;
        writeln!(out, "      at: {}", quoted(&format!("conformance/{}:{}", result.file, check.place))?)?;
        writeln!(out, "      expected: {}", quoted(&check.expected)?)?;
        writeln!(out, "      got: {}", quoted(&check.got)?)?;
    }
    writeln!(out, "  ...")
}

fn claim(number: usize, claim: &ProfileClaim, gate: &GateResult, out: &mut dyn Write) -> io::Result<()> {
    let ok = match claim.claim {
        Claim::Conformant | Claim::Partial => "ok",
        Claim::NotEstablished | Claim::NonConformant => "not ok",
    };
    let directive = if ok == "not ok" && gate.passed { " # TODO the gate is open" } else { "" };
    writeln!(out, "{ok} {number} - claim {} {}{directive}", described(&claim.profile), claim.claim)?;
    if claim.reasons.is_empty() {
        return Ok(());
    }
    writeln!(out, "  ---\n  reasons:")?;
    for reason in &claim.reasons {
        writeln!(out, "    - {}", quoted(reason)?)?;
    }
    writeln!(out, "  ...")
}

fn gate(number: usize, gate: &GateResult, out: &mut dyn Write) -> io::Result<()> {
    let ok = if gate.passed { "ok" } else { "not ok" };
    writeln!(out, "{ok} {number} - gate {}", described(&gate.summary()))?;
    let mut wrong = gate.entries_of(false).filter(|entry| entry.state.fails()).peekable();
    if wrong.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "  ---\n  baseline:")?;
    for entry in wrong {
        writeln!(out, "    - {}", quoted(&format!("{}: {}", entry.state, entry.words()))?)?;
    }
    writeln!(out, "  ...")
}

/// Text of a description: `#` would begin a directive.
fn described(text: &str) -> String {
    text::line(text).replace('\\', "\\\\").replace('#', "\\#")
}

/// A YAML scalar: JSON strings are some.
fn quoted(text: &str) -> io::Result<String> {
    Ok(text::json(&serde_json::to_string(text)?).into_owned())
}
