//! What a run has told so far: the part of the fold that all reports share.

use std::collections::BTreeMap;

use crate::event::{CaseResult, CheckResult, Event, ExchangeRecord, Outcome, RequirementInfo, RunFinished, RunStarted};

use super::tally::{self, Tally};

/// Everything that was told before the end.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) started: Option<RunStarted>,
    /// What each case showed, but for the passes of implied rules: those are tallied, and of very many cases they would
    /// take most of the memory.
    pub(super) cases: Vec<CaseResult>,
    /// How many passes of implied rules each case has.
    pub(super) implied: BTreeMap<String, usize>,
    pub(super) tally: Tally,
}

/// A check with the case that it belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occurrence<'t> {
    pub(super) case: &'t CaseResult,
    pub(super) check: &'t CheckResult,
}

impl Told {
    /// Takes an event; gives the end back when it comes.
    pub(super) fn hear<'e>(&mut self, event: &'e Event) -> Option<&'e RunFinished> {
        match event {
            Event::RunStarted(started) => self.started = Some(started.clone()),
            Event::CaseFinished(case) => {
                self.tally.add(case);
                self.implied.insert(case.id.clone(), case.implied.values().sum());
                self.cases.push(without_passes(case));
            }
            Event::RunFinished(finished) => return Some(finished),
        }
        None
    }

    /// The requirements of the run, with their words.
    pub(super) fn requirements(&self) -> &[RequirementInfo] {
        self.started.as_ref().map_or(&[], |started| &started.requirements)
    }

    pub(super) fn requirement(&self, id: &str) -> Option<&RequirementInfo> {
        self.requirements().iter().find(|known| known.id == id)
    }

    /// The cases of each area.
    pub(super) fn areas(&self) -> BTreeMap<&str, Vec<&CaseResult>> {
        let mut areas: BTreeMap<&str, Vec<&CaseResult>> = BTreeMap::new();
        for case in &self.cases {
            areas.entry(&case.area).or_default().push(case);
        }
        areas
    }

    /// The checks with this outcome, by requirement, but for the accepted ones; each in the order of the run.
    pub(super) fn occurrences(&self, outcome: Outcome) -> BTreeMap<&str, Vec<Occurrence<'_>>> {
        let mut occurrences: BTreeMap<&str, Vec<Occurrence<'_>>> = BTreeMap::new();
        for occurrence in self.cases.iter().flat_map(of_case).filter(|occurrence| occurrence.is_of(outcome)) {
            occurrences.entry(&occurrence.check.requirement).or_default().push(occurrence);
        }
        occurrences
    }

    /// Cases that show nothing, but for those of which that is accepted.
    pub(super) fn unheard(&self) -> impl Iterator<Item = &CaseResult> {
        self.cases.iter().filter(|case| tally::is_unheard(case.verdict) && case.known.is_none())
    }

    /// The values that were seen for each choice that the documents leave open, with their numbers.
    pub(super) fn observations(&self) -> BTreeMap<&str, BTreeMap<&str, usize>> {
        let mut names: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for observation in self.cases.iter().flat_map(|case| &case.observations) {
            *names.entry(&observation.name).or_default().entry(&observation.value).or_default() += 1;
        }
        names
    }
}

impl<'t> Occurrence<'t> {
    /// Whether it has this outcome, and the gate does not accept it.
    pub(super) fn is_of(&self, outcome: Outcome) -> bool {
        self.check.outcome == outcome && self.check.known.is_none()
    }

    /// The request and answer that show it.
    pub(super) fn exchange(&self) -> Option<&'t ExchangeRecord> {
        self.case.exchanges.get(self.check.exchange?)
    }
}

fn without_passes(case: &CaseResult) -> CaseResult {
    CaseResult { implied: BTreeMap::new(), ..case.clone() }
}

/// All checks of a case.
pub(super) fn of_case(case: &CaseResult) -> impl Iterator<Item = Occurrence<'_>> {
    case.checks.iter().map(move |check| Occurrence { case, check })
}

/// The exchange after which a case could not go on: the last one, if no check points to it.
pub(super) fn last_words(case: &CaseResult) -> Option<&ExchangeRecord> {
    let last = case.exchanges.len().checked_sub(1)?;
    let cited = case.checks.iter().any(|check| check.exchange == Some(last));
    if cited { None } else { case.exchanges.last() }
}
