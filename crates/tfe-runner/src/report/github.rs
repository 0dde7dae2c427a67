//! Annotations of GitHub Actions: workflow commands, one line each, read from what a step prints.

use std::fmt;
use std::io::{self, Write};

use super::told::{Occurrence, Told};
use super::{Report, tally, text};
use crate::event::{CaseResult, Claim, Event, Outcome, RunFinished, Verdict};
use crate::gate::{EntryState, GateResult};

/// Writes annotations when the run is over: the broken requirements first, since a job shows only the first ten of each
/// kind.
#[derive(Default)]
pub(super) struct Github {
    told: Told,
}

/// A workflow command that says something, about a place of a file or in general.
#[derive(Debug, Clone, Copy)]
pub struct Annotation<'a> {
    /// `error`, `warning` or `notice`.
    pub command: &'a str,
    /// The file, by its path in the repository.
    pub file: Option<&'a str>,
    /// Line and column where it begins, and behind its end; columns count within one line only.
    pub region: Option<(Position, Position)>,
    /// A short name for it.
    pub title: &'a str,
    /// What it says.
    pub message: &'a str,
}

/// Line and column, from 1. A column of 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: u64,
    /// The column.
    pub column: u64,
}

impl fmt::Display for Annotation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "::{} ", self.command)?;
        if let Some(file) = self.file {
            write!(f, "file={},", property(file))?;
        }
        if let Some((start, end)) = self.region {
            write!(f, "line={},endLine={},", start.line, end.line)?;
            if start.line == end.line && start.column > 0 {
                write!(f, "col={},endColumn={},", start.column, end.column)?;
            }
        }
        write!(f, "title={}::{}", property(self.title), data(self.message))
    }
}

/// The text of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

impl Report for Github {
    fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        let Some(finished) = self.told.hear(event) else { return Ok(()) };
        for (command, outcome) in [("error", Outcome::Fail), ("warning", Outcome::Warn), ("notice", Outcome::Note)] {
            for (id, occurrences) in self.told.occurrences(outcome) {
                requirement(&self.told, command, id, &occurrences, out)?;
            }
        }
        for case in self.told.unheard() {
            unheard(case, out)?;
        }
        baseline(&finished.gate, out)?;
        claims(finished, out)
    }
}

/// One annotation for a broken requirement, at the first place that shows it.
fn requirement(
    told: &Told,
    command: &str,
    id: &str,
    occurrences: &[Occurrence<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(Occurrence { case, check }) = occurrences.first() else { return Ok(()) };
    let words = told.requirement(id).map(|known| {
        let statement = text::paragraphs(&known.statement).join(" ");
        format!("“{statement}” — {}, section “{}”\n", known.document, known.section)
    });
    let more = match occurrences.len() - 1 {
        0 => String::new(),
        more => format!("\nAlso in {}.", text::count(more, "more check")),
    };
    let (expected, got) = (text::line(&check.expected), text::line(&check.got));
    let message = format!(
        "{}expected {expected}\ngot {got}\nin case {} ({}), step {}{more}",
        words.unwrap_or_default(),
        case.id,
        text::line(&case.title),
        check.step,
    );
    let place = Position { line: check.place.line, column: 0 };
    let file = format!("conformance/{}", case.file);
    let annotation = Annotation {
        command,
        file: Some(&file),
        region: Some((place, place)),
        title: id,
        message: &text::block(&message),
    };
    writeln!(out, "{annotation}")
}

/// What was not shown is a warning of its own: it is not passed.
fn unheard(case: &CaseResult, out: &mut dyn Write) -> io::Result<()> {
    let command = if case.verdict == Verdict::Error { "error" } else { "warning" };
    let title = format!("{} {}", case.id, case.verdict);
    let message = text::line(tally::reason(case));
    writeln!(out, "{}", Annotation { command, file: None, region: None, title: &title, message: &message })
}

/// What is known is no more than a notice; an entry that does not say the truth is an error.
fn baseline(gate: &GateResult, out: &mut dyn Write) -> io::Result<()> {
    for entry in &gate.entries {
        let command = match entry.state {
            EntryState::Known | EntryState::NotSeen => "notice",
            EntryState::Stale | EntryState::Expired | EntryState::Changed => "error",
        };
        if entry.state == EntryState::NotSeen {
            continue;
        }
        let title = format!("{}: {}", entry.state, entry.subject());
        let message = match entry.state {
            EntryState::Known => entry.words(),
            state => format!("{}: {}", entry.words(), state.advice()),
        };
        let (title, message) = (text::line(&title), text::line(&message));
        writeln!(out, "{}", Annotation { command, file: None, region: None, title: &title, message: &message })?;
    }
    Ok(())
}

fn claims(finished: &RunFinished, out: &mut dyn Write) -> io::Result<()> {
    for claim in &finished.claims {
        let command = match claim.claim {
            Claim::Conformant | Claim::Partial => "notice",
            Claim::NotEstablished | Claim::NonConformant if finished.gate.passed => "notice",
            Claim::NotEstablished | Claim::NonConformant => "error",
        };
        let title = format!("{} {}", claim.profile, claim.claim);
        let reasons = claim.reasons.join("; ");
        let message = if reasons.is_empty() { "every rule was checked and holds".to_owned() } else { reasons };
        let message = text::line(&message);
        writeln!(out, "{}", Annotation { command, file: None, region: None, title: &title, message: &message })?;
    }
    if finished.gate.is_told() {
        let command = if finished.gate.passed { "notice" } else { "error" };
        let message = finished.gate.summary();
        let message = text::line(&message);
        writeln!(out, "{}", Annotation { command, file: None, region: None, title: "gate", message: &message })?;
    }
    for leak in &finished.leaks {
        let message = text::line(leak);
        writeln!(
            out,
            "{}",
            Annotation { command: "warning", file: None, region: None, title: "left behind", message: &message }
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_in_their_place() {
        let place = Position { line: 3, column: 5 };
        let end = Position { line: 3, column: 9 };
        let annotation = Annotation {
            command: "error",
            file: Some("a,b:c.json"),
            region: Some((place, end)),
            title: "x::y",
            message: "50 %\n::error::owned\r",
        };
        assert_eq!(
            annotation.to_string(),
            "::error file=a%2Cb%3Ac.json,line=3,endLine=3,col=5,endColumn=9,title=x%3A%3Ay::50 %25%0A::error::owned%0D"
        );
    }

    #[test]
    fn columns_are_left_out_across_lines() {
        let region = Some((Position { line: 1, column: 2 }, Position { line: 2, column: 1 }));
        let annotation = Annotation { command: "notice", file: None, region, title: "t", message: "m" };
        assert_eq!(annotation.to_string(), "::notice line=1,endLine=2,title=t::m");
    }
}
