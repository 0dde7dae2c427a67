//! Deviations, warnings and notes, by requirement: a server that breaks one rule everywhere breaks
//! one rule.

use std::io;

use super::super::evidence::{self, Witness};
use super::super::page::Page;
use super::super::paint::Tone;
use super::super::text;
use super::super::told::{Occurrence, Told};
use super::{LISTED, listed};
use crate::event::Outcome;

/// How many steps of a case such a list names.
const STEPS: usize = 3;
/// What to know before a `curl` line is copied; said once.
const REPEATING: &str = "The curl lines take tokens from TFE_TOKEN and TFE_OUTSIDER_TOKEN. A run deletes what it made: \
    run with --keep to repeat requests on the same resources.";
/// Longest `got` in a list of further occurrences, in characters.
const BRIEF: usize = 160;

/// All findings with an outcome.
pub(super) fn section(page: &mut Page<'_>, told: &Told, outcome: Outcome) -> io::Result<()> {
    let found = told.occurrences(outcome);
    if found.is_empty() {
        return Ok(());
    }
    let requirements = text::count(found.len(), "requirement");
    let checks = text::count(found.values().map(Vec::len).sum(), "check");
    page.heading(&match outcome {
        Outcome::Fail => format!("Deviations (must): {requirements} broken in {checks}"),
        Outcome::Warn => format!("Warnings (should): {requirements} broken in {checks}"),
        _ => format!("Notes (may): {requirements} not taken up in {checks}"),
    })?;
    if outcome == Outcome::Fail || outcome == Outcome::Warn && told.occurrences(Outcome::Fail).is_empty() {
        page.running(0, Tone::Quiet, REPEATING)?;
    }
    let mut witness = Witness::default();
    for (id, occurrences) in found {
        page.blank()?;
        requirement(page, told, id, outcome)?;
        if let [first, rest @ ..] = occurrences.as_slice() {
            page.blank()?;
            occurrence(page, first, &mut witness)?;
            others(page, first, rest, &mut witness)?;
        }
    }
    Ok(())
}

fn requirement(page: &mut Page<'_>, told: &Told, id: &str, outcome: Outcome) -> io::Result<()> {
    let known = told.requirement(id);
    let level = known.map(|known| format!(" ({})", known.level)).unwrap_or_default();
    let id = page.paint.tone(outcome, text::line(id).into_owned());
    page.line(0, format_args!("{id}{level}"))?;
    match known {
        Some(known) => evidence::words(page, 2, known),
        None => Ok(()),
    }
}

/// What a `may` leaves out is nothing to repair, so its exchange is not shown unless asked for.
fn occurrence<'t>(page: &mut Page<'_>, occurrence: &Occurrence<'t>, witness: &mut Witness<'t>) -> io::Result<()> {
    if occurrence.check.outcome == Outcome::Note && !page.style.verbose {
        evidence::finding(page, 2, occurrence)
    } else {
        witness.tell(page, 2, occurrence)
    }
}

/// Where else the requirement is broken.
fn others<'t>(
    page: &mut Page<'_>,
    first: &Occurrence<'t>,
    rest: &[Occurrence<'t>],
    witness: &mut Witness<'t>,
) -> io::Result<()> {
    if rest.is_empty() {
        return Ok(());
    }
    if page.style.verbose {
        return rest.iter().try_for_each(|other| {
            page.blank()?;
            occurrence(page, other, witness)
        });
    }
    let more = format!("Also in {}", text::count(rest.len(), "more check"));
    let entries = by_case(rest);
    if rest.iter().all(|other| other.check.got == first.check.got) {
        let entries: Vec<_> = entries.iter().map(|entry| (entry.name(), entry.steps.len())).collect();
        return page.running(2, Tone::Plain, &format!("{more}, with the same result: {}", listed(&entries, false)));
    }
    page.running(2, Tone::Plain, &format!("{more}:"))?;
    for entry in entries.iter().take(LISTED) {
        let got = text::cut(entry.got, BRIEF);
        page.running(4, Tone::Plain, &format!("{}: {got}", entry.name()))?;
    }
    match entries.iter().skip(LISTED).map(|entry| entry.steps.len()).sum() {
        0_usize => Ok(()),
        left => page.line(4, format_args!("and {left} more")),
    }
}

/// Occurrences in one case with the same result.
struct Entry<'t> {
    case: &'t str,
    got: &'t str,
    /// One per occurrence.
    steps: Vec<&'t str>,
}

impl Entry<'_> {
    fn name(&self) -> String {
        let mut steps = self.steps.clone();
        steps.dedup();
        let left = steps.len().saturating_sub(STEPS);
        steps.truncate(STEPS);
        let more = if left > 0 { format!(" and {left} more") } else { String::new() };
        format!("{} ({}{more})", self.case, steps.join(", "))
    }
}

fn by_case<'t>(occurrences: &[Occurrence<'t>]) -> Vec<Entry<'t>> {
    let mut entries: Vec<Entry<'t>> = Vec::new();
    for Occurrence { case, check } in occurrences {
        match entries.last_mut().filter(|last| last.case == case.id && last.got == check.got) {
            Some(last) => last.steps.push(&check.step),
            None => entries.push(Entry { case: &case.id, got: &check.got, steps: vec![&check.step] }),
        }
    }
    entries
}
