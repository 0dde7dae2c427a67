//! Markdown, for the summary of a CI job: the claims, and each broken requirement with one exchange that shows it.

use std::io::{self, Write};

use super::page::Page;
use super::told::{Occurrence, Told};
use super::{Report, Style, evidence, tally, text};
use crate::event::{Claim, Event, Outcome, RunFinished, Standing};
use crate::gate::{EntryState, GateResult};

/// Readers of job summaries take no more than a mebibyte; this many requirements stay far below it.
const DETAILED: usize = 60;

/// Writes the summary when the run is over.
#[derive(Default)]
pub(super) struct Markdown {
    told: Told,
}

impl Report for Markdown {
    fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        let Some(finished) = self.told.hear(event) else { return Ok(()) };
        head(&self.told, finished, out)?;
        for (outcome, heading) in [(Outcome::Fail, "Deviations"), (Outcome::Warn, "Warnings"), (Outcome::Note, "Notes")]
        {
            section(&self.told, outcome, heading, out)?;
        }
        unheard(&self.told, out)?;
        baseline(&finished.gate, out)?;
        left_behind(finished, out)
    }
}

fn head(told: &Told, finished: &RunFinished, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# TFE conformance\n")?;
    if let Some(started) = &told.started {
        let (target, organization) = (escaped(&started.target), escaped(&started.organization));
        writeln!(out, "{target}, organization {organization}, suite {}\n", escaped(&started.version))?;
    }
    if let Some(started) = &told.started {
        for remark in &started.remarks {
            writeln!(out, "⚠️ {}\n", escaped(remark))?;
        }
    }
    writeln!(out, "| profile | claim | |\n|---|---|---|")?;
    for claim in &finished.claims {
        let mark = match claim.claim {
            Claim::Conformant => "✅",
            Claim::Partial => "◐",
            Claim::NotEstablished => "❔",
            Claim::NonConformant => "❌",
        };
        let reasons = escaped(&claim.reasons.join("; "));
        writeln!(out, "| {} | {mark} **{}** | {reasons} |", escaped(&claim.profile), claim.claim)?;
    }
    if finished.gate.is_told() {
        let mark = if finished.gate.passed { "✅" } else { "❌" };
        writeln!(out, "\n**Gate:** {mark} {}", escaped(&finished.gate.summary()))?;
    }
    let count = |standing| finished.requirements.get(&standing).copied().unwrap_or_default();
    let tested: usize = finished.requirements.values().sum();
    let cases = told.tally.verdicts().iter().map(|(verdict, number)| format!("{number} {verdict}")).collect::<Vec<_>>();
    writeln!(out, "\n**Cases:** {}", if cases.is_empty() { "none ran".to_owned() } else { cases.join(", ") })?;
    writeln!(
        out,
        "**Requirements:** {} hold, {} broken, {} warned, {} not checked (of {tested})",
        count(Standing::Holds),
        count(Standing::Broken),
        count(Standing::Warned),
        count(Standing::NotChecked),
    )
}

fn section(told: &Told, outcome: Outcome, heading: &str, out: &mut dyn Write) -> io::Result<()> {
    let found = told.occurrences(outcome);
    if found.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## {heading}: {}\n", text::count(found.len(), "requirement"))?;
    for (id, occurrences) in found.iter().take(DETAILED) {
        requirement(told, id, occurrences, out)?;
    }
    match found.len().saturating_sub(DETAILED) {
        0 => Ok(()),
        left => writeln!(out, "… and {} that the other reports tell.", text::count(left, "more requirement")),
    }
}

fn requirement(told: &Told, id: &str, occurrences: &[Occurrence<'_>], out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = occurrences.first() else { return Ok(()) };
    let checks = text::count(occurrences.len(), "check");
    writeln!(out, "<details><summary><b>{}</b> in {checks}</summary>\n", escaped(id))?;
    if let Some(known) = told.requirement(id) {
        let statement = text::paragraphs(&known.statement);
        for line in &statement {
            writeln!(out, "> {}", escaped(line))?;
        }
        writeln!(out, ">\n> — {}, section “{}”\n", escaped(&known.document), escaped(&known.section))?;
        if let Some(note) = &known.note {
            writeln!(out, "{}\n", escaped(&text::paragraphs(note).join(" ")))?;
        }
    }
    writeln!(out, "| case | step | expected | got |\n|---|---|---|---|")?;
    for Occurrence { case, check } in occurrences.iter().take(20) {
        let cell = |text: &str| escaped(&text::cut(text, 300));
        let (expected, got) = (cell(&check.expected), cell(&check.got));
        writeln!(out, "| {} | {} | {expected} | {got} |", escaped(&case.id), escaped(&check.step))?;
    }
    if let Some(record) = first.exchange() {
        let mut exchange = Vec::new();
        evidence::exchange(&mut Page::new(&mut exchange, Style::default()), 0, record, &first.check.got)?;
        fenced(&String::from_utf8_lossy(&exchange), out)?;
    }
    writeln!(out, "\n</details>\n")
}

fn unheard(told: &Told, out: &mut dyn Write) -> io::Result<()> {
    let mut unheard = told.unheard().peekable();
    if unheard.peek().is_some() {
        writeln!(out, "\n## Not established\n\n| case | verdict | why |\n|---|---|---|")?;
    }
    for case in unheard {
        let reason = escaped(&text::cut(tally::reason(case), 300));
        writeln!(out, "| {} | {} | {reason} |", escaped(&case.id), case.verdict)?;
    }
    Ok(())
}

/// What is known, and the entries that do not say the truth.
fn baseline(gate: &GateResult, out: &mut dyn Write) -> io::Result<()> {
    for (known, heading) in [(false, "Baseline"), (true, "Known deviations")] {
        let entries = gate.entries_of(known).filter(|entry| entry.state != EntryState::NotSeen);
        let entries: Vec<_> = entries.collect();
        if entries.is_empty() {
            continue;
        }
        writeln!(out, "\n## {heading}: {}\n\n| | requirement | case | why |\n|---|---|---|---|", entries.len())?;
        for entry in entries {
            let requirement = entry.requirement.as_deref().unwrap_or("(blocked)");
            let link = entry.acceptance.link.as_ref().map(|link| format!(" ({link})")).unwrap_or_default();
            let advice = if known { String::new() } else { format!(" — {}", entry.state.advice()) };
            let why = format!("{}{link}{advice}", entry.acceptance.reason);
            let (requirement, case, why) = (escaped(requirement), escaped(&entry.case), escaped(&why));
            writeln!(out, "| {} | {requirement} | {case} | {why} |", entry.state)?;
        }
    }
    Ok(())
}

fn left_behind(finished: &RunFinished, out: &mut dyn Write) -> io::Result<()> {
    if !finished.leaks.is_empty() {
        writeln!(out, "\n## Left behind on the target\n")?;
    }
    finished.leaks.iter().try_for_each(|leak| writeln!(out, "- {}", escaped(leak)))
}

/// A code block whose fence is longer than any in the text.
fn fenced(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    writeln!(out, "\n{fence}text\n{}\n{fence}", text.trim_end())
}

/// Text that stays text in Markdown, also in a table.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text::line(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '#' | '$' | '!' | '@') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escaped("a|b\n<img src=x> ![x](y) `c` \\"), "a\\|b\\\\n\\<img src=x\\> \\!\\[x\\](y) \\`c\\` \\\\");
        let mut out = Vec::new();
        fenced("a ```` b", &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "\n`````text\na ```` b\n`````\n");
    }
}
