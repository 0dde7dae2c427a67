//! What could not be shown, by cause: the cause once, whatever number of cases it stopped.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;

use super::super::page::Page;
use super::super::paint::Tone;
use super::super::tally::{is_unheard, reason};
use super::super::told::{Told, last_words};
use super::super::{evidence, text};
use super::{LISTED, listed};
use crate::event::{CaseResult, Outcome, Standing, Verdict};

/// How many causes of a kind are shown with an exchange, unless everything is asked for.
const SHOWN: usize = 3;

/// Causes of one kind, with the cases that they stopped.
type Causes<'t> = BTreeMap<&'t str, Vec<&'t CaseResult>>;

/// Cases that show nothing, the parts of failed cases that were not reached, and the requirements
/// of which nothing can be said.
pub(super) fn section(page: &mut Page<'_>, told: &Told) -> io::Result<()> {
    let mut stopped: BTreeMap<Reverse<Verdict>, Causes<'_>> = BTreeMap::new();
    let mut unreached = Causes::new();
    for case in &told.cases {
        if case.known.is_some() {
            continue;
        }
        if is_unheard(case.verdict) {
            stopped.entry(Reverse(case.verdict)).or_default().entry(reason(case)).or_default().push(case);
        } else if case.reason.is_some() || case.checks.iter().any(|check| check.outcome == Outcome::NotRun) {
            unreached.entry(reason(case)).or_default().push(case);
        }
    }
    let unchecked = unchecked(told);
    if stopped.is_empty() && unreached.is_empty() && unchecked.is_empty() {
        return Ok(());
    }
    page.heading("Not established")?;
    page.line(0, "What is listed here was not judged: it counts neither for nor against the target.")?;
    for (Reverse(verdict), of_verdict) in stopped {
        causes(page, Tone::from(verdict), &label(verdict), of_verdict)?;
    }
    causes(page, Tone::Open, "the rest of failed cases", unreached)?;
    if unchecked.is_empty() {
        return Ok(());
    }
    page.blank()?;
    let number = text::count(unchecked.len(), "requirement");
    page.running(0, Tone::Open, &format!("not checked: {number} of which a check was not evaluated or none applied"))?;
    page.running(2, Tone::Plain, &listed(&unchecked, page.style.verbose))
}

fn label(verdict: Verdict) -> String {
    match verdict {
        Verdict::Error => "error (a fault of the suite, not of the target; please report it)".to_owned(),
        other => other.to_string(),
    }
}

/// The causes of one kind, those that stopped most cases first.
fn causes(page: &mut Page<'_>, tone: Tone, label: &str, causes: Causes<'_>) -> io::Result<()> {
    let verbose = page.style.verbose;
    let mut causes: Vec<_> = causes.into_iter().collect();
    causes.sort_by_key(|(_, cases)| Reverse(cases.len()));
    let most = if verbose { usize::MAX } else { LISTED };
    for (index, (reason, cases)) in causes.iter().take(most).enumerate() {
        page.blank()?;
        page.running(0, tone, &format!("{label}: {reason}"))?;
        let ids: Vec<_> = cases.iter().map(|case| (case.id.clone(), 1)).collect();
        page.fact(2, &text::count(cases.len(), "case"), Tone::Plain, &listed(&ids, verbose))?;
        let record = cases.first().and_then(|case| last_words(case));
        if let Some(record) = record.filter(|_| verbose || index < SHOWN) {
            evidence::exchange(page, 2, record, reason)?;
        }
    }
    let left: Vec<_> = causes.iter().skip(most).map(|(_, cases)| cases.len()).collect();
    if left.is_empty() {
        return Ok(());
    }
    let (more, stopped) = (text::count(left.len(), "more cause"), text::count(left.iter().sum(), "case"));
    page.blank()?;
    page.running(0, tone, &format!("{label}: {more} in {stopped}"))
}

/// Requirements that nothing can be said of. Where cases were left out on purpose, or none ran, that
/// is no news.
fn unchecked(told: &Told) -> Vec<(String, usize)> {
    let selected = told.started.as_ref().is_some_and(|started| started.deselected > 0);
    if selected || told.cases.is_empty() {
        return Vec::new();
    }
    let standings = told.tally.standings(told.requirements()).into_iter();
    standings.filter(|(_, standing)| *standing == Standing::NotChecked).map(|(id, _)| (id, 1)).collect()
}
