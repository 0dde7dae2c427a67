//! The report for people: what was run, what deviates and how to see it, what could not be shown,
//! and last what may be claimed.

mod findings;
mod gate;
mod summary;
mod unheard;

use std::io::{self, Write};

use super::page::Page;
use super::told::Told;
use super::{Report, Style};
use crate::event::{Event, Outcome, RunFinished};

/// How many entries a list names before it says "and more".
const LISTED: usize = 8;

/// Writes a page when the run is over.
pub(super) struct Human {
    style: Style,
    told: Told,
}

impl Human {
    pub(super) fn new(style: Style) -> Self {
        Self { style, told: Told::default() }
    }
}

impl Report for Human {
    fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        match self.told.hear(event) {
            Some(finished) => write(&mut Page::new(out, self.style), &self.told, finished),
            None => Ok(()),
        }
    }
}

fn write(page: &mut Page<'_>, told: &Told, finished: &RunFinished) -> io::Result<()> {
    if let Some(started) = &told.started {
        summary::header(page, started)?;
    }
    summary::areas(page, told)?;
    for outcome in [Outcome::Fail, Outcome::Warn, Outcome::Note] {
        findings::section(page, told, outcome)?;
    }
    unheard::section(page, told)?;
    gate::known(page, finished)?;
    gate::wrong(page, finished)?;
    summary::observations(page, told)?;
    summary::flaky(page, told)?;
    summary::leaks(page, finished)?;
    summary::result(page, told, finished)
}

/// A list on one line, cut after [`LISTED`] entries unless everything is asked for. Each entry
/// stands for a number of things.
fn listed(entries: &[(String, usize)], verbose: bool) -> String {
    let most = if verbose { usize::MAX } else { LISTED };
    let names: Vec<&str> = entries.iter().take(most).map(|(name, _)| name.as_str()).collect();
    match entries.iter().skip(most).map(|(_, number)| number).sum() {
        0_usize => names.join(", "),
        rest => format!("{} and {rest} more", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut_and_say_so() {
        let entries: Vec<_> = (0..10).map(|number| (format!("c{number}"), number)).collect();
        assert_eq!(listed(&entries, false), "c0, c1, c2, c3, c4, c5, c6, c7 and 17 more");
        assert_eq!(listed(&entries[..8], false), "c0, c1, c2, c3, c4, c5, c6, c7");
        assert!(listed(&entries, true).ends_with("c8, c9"));
    }
}
