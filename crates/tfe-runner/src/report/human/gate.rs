//! What the baseline knows, what of it is wrong, and what the gate makes of it all.

use std::io;

use super::super::page::Page;
use super::super::paint::Tone;
use super::super::text;
use super::LISTED;
use crate::event::RunFinished;
use crate::gate::{EntryResult, EntryState};

/// The deviations that are accepted: no news, hence in short.
pub(super) fn known(page: &mut Page<'_>, finished: &RunFinished) -> io::Result<()> {
    let known: Vec<_> = finished.gate.entries_of(true).collect();
    if known.is_empty() {
        return Ok(());
    }
    page.heading(&format!("Known: {} accepted", text::count(known.len(), "deviation")))?;
    let most = if page.style.verbose { usize::MAX } else { LISTED };
    known.iter().take(most).try_for_each(|entry| page.running(2, Tone::Quiet, &entry.words()))?;
    match known.len().saturating_sub(most) {
        0 => Ok(()),
        left => page.line(2, format_args!("and {left} more (--verbose lists them)")),
    }
}

/// The entries that do not say the truth, and those of which nothing can be said.
pub(super) fn wrong(page: &mut Page<'_>, finished: &RunFinished) -> io::Result<()> {
    let Some(file) = &finished.gate.baseline else { return Ok(()) };
    let (wrong, open): (Vec<&EntryResult>, Vec<_>) =
        finished.gate.entries_of(false).partition(|entry| entry.state.fails());
    if wrong.is_empty() && open.is_empty() {
        return Ok(());
    }
    page.heading(&format!("Baseline: {}", text::line(file)))?;
    for entry in wrong {
        page.running(0, Tone::Caution, &format!("{}: {}", entry.state, entry.words()))?;
        page.running(2, Tone::Plain, entry.state.advice())?;
    }
    if !open.is_empty() {
        let entries = if open.len() == 1 { "1 entry".to_owned() } else { format!("{} entries", open.len()) };
        page.running(0, Tone::Quiet, &format!("{}: {entries}: {}", EntryState::NotSeen, EntryState::NotSeen.advice()))?;
    }
    Ok(())
}

/// What the gate makes of the run, where that is not what the claims say already.
pub(super) fn result(page: &mut Page<'_>, finished: &RunFinished) -> io::Result<()> {
    if !finished.gate.is_told() {
        return Ok(());
    }
    page.blank()?;
    let tone = if finished.gate.passed { Tone::Plain } else { Tone::Caution };
    page.running(0, tone, &format!("gate  {}", finished.gate.summary()))
}
