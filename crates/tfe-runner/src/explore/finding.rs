//! Findings: what deviates, told once.

use crate::event::{CaseResult, Outcome};

/// A deviation that an exploration found, cut down.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finding {
    /// The stem of its case file.
    pub name: String,
    /// The requirement that it breaks.
    pub requirement: String,
    /// What a conforming server does.
    pub title: String,
    /// The case file: `run --case` replays it.
    pub text: String,
    /// How many of the cases that were made up show it.
    pub seen: usize,
    /// How many cases ran to cut it down.
    pub runs: usize,
}

/// What makes two deviations the same one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) requirement: String,
    /// The title of the case, which says what it is about. A rule that holds for every exchange is
    /// about none in particular.
    about: Option<String>,
}

/// Rules that say the same of every request: a server that breaks one breaks it whatever the request is about.
const ALIKE: [&str; 3] = ["jsonapi.error-pointer", "jsonapi.invalid-json", "v2.index.post-needs-document"];

/// The deviations of a result: broken `must`s first, and what the case is about before what holds
/// everywhere. Of the case's own checks those of the first step that deviates count: later ones may
/// see what comes of it.
pub(super) fn keys(result: &CaseResult) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    for (outcome, implied) in
        [(Outcome::Fail, false), (Outcome::Fail, true), (Outcome::Warn, false), (Outcome::Warn, true)]
    {
        let mut deviating = result.checks.iter().filter(|check| check.outcome == outcome && check.implied == implied);
        let first = deviating.clone().next().map(|check| &check.step);
        for check in deviating.by_ref().filter(|check| implied || Some(&check.step) == first) {
            let own = !implied && !ALIKE.contains(&check.requirement.as_str());
            let key = Key { requirement: check.requirement.clone(), about: own.then(|| result.title.clone()) };
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

/// A name for the file of a finding: its requirement, and a number if that is taken.
pub(super) fn name(requirement: &str, findings: &[Finding]) -> String {
    let stem = requirement.replace('.', "-");
    let same = findings.iter().filter(|finding| finding.requirement == requirement).count();
    if same == 0 { stem } else { format!("{stem}-{}", same + 1) }
}

/// Cases that deviate and are not cut down yet.
#[derive(Default)]
pub(super) struct Suspects {
    /// A few for each deviation, in the order in which they were seen: one of them may have shown
    /// only what another case did at the same time.
    pub(super) cases: Vec<(Key, Vec<(usize, CaseResult)>)>,
    /// The deviations of each case that has any.
    pub(super) seen: Vec<Vec<Key>>,
}

impl Suspects {
    /// How many cases are kept for each deviation.
    const KEPT: usize = 24;

    pub(super) fn add(&mut self, index: usize, keys: Vec<Key>, result: &CaseResult) {
        for key in &keys {
            match self.cases.iter_mut().find(|(known, _)| known == key) {
                Some((_, cases)) if cases.len() < Self::KEPT => cases.push((index, result.clone())),
                Some(_) => {}
                None => self.cases.push((key.clone(), vec![(index, result.clone())])),
            }
        }
        self.seen.push(keys);
    }
}
