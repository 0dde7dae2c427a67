//! The head and the foot of the report: what was run, and what it adds up to.

use std::fmt::Display;
use std::io;

use super::super::page::Page;
use super::super::paint::{Paint, Tone};
use super::super::told::Told;
use super::super::{tally::Tally, text};
use crate::event::{ProfileClaim, RunFinished, RunStarted, Standing};

/// What is run, against what.
pub(super) fn header(page: &mut Page<'_>, started: &RunStarted) -> io::Result<()> {
    let version = text::line(&started.version).into_owned();
    page.line(0, page.paint.tone(Tone::Name, format_args!("tfe-conformance {version}")))?;
    page.fact(2, "target", Tone::Plain, &started.target)?;
    page.fact(2, "organization", Tone::Plain, &started.organization)?;
    for profile in &started.profiles {
        let words = format!("{}: {}, edition of {}", profile.id, profile.title, profile.edition);
        page.fact(2, "profile", Tone::Plain, &words)?;
    }
    let cases = match started.deselected {
        0 => started.cases.to_string(),
        left => format!("{} of {} (the rest was not selected)", started.cases, started.cases + left),
    };
    page.fact(2, "cases", Tone::Plain, &cases)?;
    for absence in &started.absent {
        page.fact(2, "absent", Tone::Plain, &format!("{}: {}", absence.area, absence.reason))?;
    }
    started.remarks.iter().try_for_each(|remark| page.fact(2, "note", Tone::Caution, remark))
}

/// A line for each area.
pub(super) fn areas(page: &mut Page<'_>, told: &Told) -> io::Result<()> {
    let areas = told.areas();
    if areas.is_empty() {
        return Ok(());
    }
    page.heading("Areas")?;
    let longest = areas.keys().map(|area| area.chars().count()).max().unwrap_or_default();
    let digits = areas.values().map(|cases| cases.len().to_string().len()).max().unwrap_or_default();
    for (area, cases) in areas {
        let mut tally = Tally::default();
        for case in &cases {
            tally.add(case);
        }
        let dots = page.paint.tone(Tone::Quiet, ".".repeat(longest + 3 - area.chars().count()));
        let noun = if cases.len() == 1 { "case " } else { "cases" };
        let verdicts = verdicts(page.paint, &tally);
        let area = text::line(area);
        page.line(2, format_args!("{area} {dots} {:>digits$} {noun}  {verdicts}", cases.len()))?;
    }
    Ok(())
}

fn verdicts(paint: Paint, tally: &Tally) -> String {
    let counts = tally.verdicts().iter();
    joined(counts.map(|(verdict, number)| paint.tone(*verdict, format!("{number} {verdict}"))))
}

fn joined(parts: impl Iterator<Item = impl Display>) -> String {
    parts.map(|part| part.to_string()).collect::<Vec<_>>().join(", ")
}

/// What the target does where the documents leave a choice.
pub(super) fn observations(page: &mut Page<'_>, told: &Told) -> io::Result<()> {
    let names = told.observations();
    if names.is_empty() {
        return Ok(());
    }
    if !page.style.verbose {
        page.blank()?;
        let choices = text::count(names.len(), "observation");
        return page.running(
            0,
            Tone::Quiet,
            &format!("{choices} of what the documents leave open (--verbose lists them)"),
        );
    }
    page.heading("Observations: what the documents leave open")?;
    for (name, values) in names {
        let values = joined(values.iter().map(|(value, number)| match number {
            1 => (*value).to_owned(),
            number => format!("{value} × {number}"),
        }));
        let words = format!("{name}: {values}");
        page.running(2, Tone::Plain, &words)?;
        observed(page, told, name)?;
    }
    Ok(())
}

/// Every place where a choice was seen.
fn observed(page: &mut Page<'_>, told: &Told, name: &str) -> io::Result<()> {
    for case in &told.cases {
        for seen in case.observations.iter().filter(|seen| seen.name == name) {
            page.running(4, Tone::Quiet, &format!("{} ({}): {}", case.id, seen.step, seen.value))?;
        }
    }
    Ok(())
}

/// What the user has to clean up, and what was left on purpose.
pub(super) fn leaks(page: &mut Page<'_>, finished: &RunFinished) -> io::Result<()> {
    if !finished.leaks.is_empty() {
        page.heading("Left behind")?;
        page.line(0, "The run made these on the target and could not delete them:")?;
        finished.leaks.iter().try_for_each(|leak| page.running(2, Tone::Caution, leak))?;
    }
    if !finished.kept.is_empty() {
        page.heading("Kept")?;
        page.line(0, "The run made these on the target and left them, as it was told:")?;
        finished.kept.iter().try_for_each(|kept| page.running(2, Tone::Plain, kept))?;
    }
    match &finished.journal {
        Some(journal) => {
            page.blank()?;
            page.running(0, Tone::Plain, &format!("To delete what is left: tfe-conformance clean {journal}"))
        }
        None if finished.leaks.is_empty() => Ok(()),
        None => page.line(0, "Please delete them by hand."),
    }
}

/// Cases whose verdict may differ next time.
pub(super) fn flaky(page: &mut Page<'_>, told: &Told) -> io::Result<()> {
    let mut flaky = told.cases.iter().filter(|case| !case.flaky.is_empty()).peekable();
    if flaky.peek().is_none() {
        return Ok(());
    }
    page.heading("Flaky")?;
    page.line(0, "The verdict of these cases may differ next time:")?;
    for case in flaky {
        let verdict = case.verdict;
        page.running(2, Tone::Caution, &format!("{} ({verdict})", case.id))?;
        case.flaky.iter().try_for_each(|why| page.running(4, Tone::Quiet, why))?;
    }
    Ok(())
}

/// What may be claimed, and the numbers behind it.
pub(super) fn result(page: &mut Page<'_>, told: &Told, finished: &RunFinished) -> io::Result<()> {
    page.heading("Result")?;
    match told.cases.as_slice() {
        [] => page.labelled(2, "cases", "none ran")?,
        _ => page.labelled(2, "cases", verdicts(page.paint, &told.tally))?,
    }
    let tested: usize = finished.requirements.values().sum();
    if tested > 0 {
        let standings = finished.requirements.iter();
        let counts = joined(standings.map(|(standing, number)| page.paint.tone(*standing, words(*standing, *number))));
        page.labelled(2, "requirements", format_args!("{counts} (of {tested})"))?;
    }
    page.labelled(2, "time", format_args!("{}.{:03} s", finished.milliseconds / 1000, finished.milliseconds % 1000))?;
    page.blank()?;
    finished.claims.iter().try_for_each(|claim| self::claim(page, claim))?;
    super::gate::result(page, finished)
}

fn words(standing: Standing, number: usize) -> String {
    let words = match standing {
        Standing::Holds if number == 1 => "holds",
        Standing::Holds => "hold",
        Standing::NotApplicable => "not applicable",
        Standing::NotTaken => "not taken up",
        Standing::Warned => "warned",
        Standing::NotChecked => "not checked",
        Standing::Broken => "broken",
    };
    format!("{number} {words}")
}

fn claim(page: &mut Page<'_>, claim: &ProfileClaim) -> io::Result<()> {
    let profile = text::line(&claim.profile).into_owned();
    let verdict = page.paint.tone(claim.claim, claim.claim);
    match claim.reasons.as_slice() {
        [] => page.line(0, format_args!("{profile}  {verdict}")),
        [reason] => page.line(0, format_args!("{profile}  {verdict}: {}", text::line(reason))),
        reasons => {
            page.line(0, format_args!("{profile}  {verdict}:"))?;
            reasons.iter().try_for_each(|reason| page.running(2, Tone::Plain, &format!("- {reason}")))
        }
    }
}
