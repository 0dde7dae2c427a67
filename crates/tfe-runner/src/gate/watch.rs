//! The gate while a run goes on: each result is held against the baseline as it comes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Acceptance, EntryResult, EntryState, Gate, GateResult, Known, deviations, fails};
use crate::event::{CaseResult, Outcome, Verdict};
use crate::suite::Level;

/// A case, and the requirement that it breaks; none if it is blocked.
type Key = (String, Option<String>);

/// What the gate has seen so far.
pub(crate) struct Watch {
    fail_on: Level,
    file: Option<String>,
    /// Entries to hold results against; a recorded run was held against them when it ran.
    known: BTreeMap<Key, Known>,
    today: Option<jiff::civil::Date>,
    entries: BTreeMap<Key, EntryResult>,
    new: BTreeSet<Key>,
    /// Requirements of which a check was not evaluated for a reason that is accepted.
    excused: BTreeSet<String>,
    /// The same for reasons that are not.
    open: BTreeSet<String>,
}

impl Watch {
    pub(crate) fn new(gate: &Gate) -> Self {
        let baseline = gate.baseline.as_ref();
        let known: BTreeMap<Key, Known> = baseline
            .into_iter()
            .flat_map(|baseline| &baseline.entries)
            .map(|entry| ((entry.case.clone(), entry.requirement.clone()), entry.clone()))
            .collect();
        let entries = known.iter().map(|(key, entry)| (key.clone(), result(entry, EntryState::NotSeen))).collect();
        Self {
            fail_on: gate.fail_on,
            file: baseline.map(|baseline| baseline.file.clone()),
            known,
            today: Some(gate.today),
            entries,
            new: BTreeSet::new(),
            excused: BTreeSet::new(),
            open: BTreeSet::new(),
        }
    }

    /// For the shares of a run, whose results were held against one baseline already.
    pub(crate) fn of_shares<'g>(shares: impl IntoIterator<Item = &'g GateResult>) -> Self {
        let mut watch = Self::new(&Gate::default());
        for share in shares {
            watch.fail_on = share.fail_on;
            watch.file.clone_from(&share.baseline);
            for entry in &share.entries {
                let key = (entry.case.clone(), entry.requirement.clone());
                let merged = watch.entries.entry(key).or_insert_with(|| entry.clone());
                // Only one share runs the case.
                if merged.state == EntryState::NotSeen {
                    merged.state = entry.state;
                }
            }
        }
        watch
    }

    /// Takes a result, and marks in it what is accepted.
    pub(crate) fn judge(&mut self, case: &mut CaseResult) {
        for deviation in deviations(case) {
            let key = (case.id.clone(), deviation.requirement.clone());
            let Some(entry) = self.known.get(&key) else { continue };
            let expired = entry.expires.is_some_and(|last| self.today.is_some_and(|today| today > last));
            let changed = entry.evidence.as_ref().is_some_and(|evidence| *evidence != deviation.evidence);
            let state = match (expired, changed) {
                (true, _) => EntryState::Expired,
                (_, true) => EntryState::Changed,
                _ => EntryState::Known,
            };
            if state == EntryState::Known {
                accept(case, deviation.requirement.as_deref(), &acceptance(entry));
            }
            self.entries.insert(key, result(entry, state));
        }
        self.retire(case);
        self.count(case);
    }

    /// Entries about this case that it does not show any more.
    fn retire(&mut self, case: &CaseResult) {
        // What a later step would have shown may still be there.
        if case.trouble().is_some() {
            return;
        }
        for ((id, requirement), entry) in &mut self.entries {
            if *id != case.id || entry.state != EntryState::NotSeen {
                continue;
            }
            let open = requirement.as_ref().is_some_and(|requirement| {
                let mut own = case.checks.iter().filter(|check| check.requirement == *requirement);
                own.any(|check| check.outcome == Outcome::NotRun)
            });
            if !open {
                entry.state = EntryState::Stale;
            }
        }
    }

    /// Takes a result that is marked already.
    pub(crate) fn count(&mut self, case: &CaseResult) {
        let mut accepted = match case.trouble() {
            None => true,
            Some(trouble) => trouble == Verdict::Blocked && case.known.is_some(),
        };
        for check in &case.checks {
            if !fails(self.fail_on, check) {
                continue;
            }
            accepted = false;
            let key = (case.id.clone(), Some(check.requirement.clone()));
            // What an entry is about fails the gate as that.
            if !self.entries.contains_key(&key) {
                self.new.insert(key);
            }
        }
        let not_run = case.checks.iter().filter(|check| check.outcome == Outcome::NotRun);
        let requirements = not_run.map(|check| check.requirement.clone());
        if accepted { self.excused.extend(requirements) } else { self.open.extend(requirements) }
    }

    /// Whether there is a deviation that fails the gate and that no entry is about.
    pub(crate) fn has_new(&self) -> bool {
        !self.new.is_empty()
    }

    /// Whether all checks of a requirement that were not evaluated were left out for accepted reasons.
    pub(crate) fn excuses(&self, requirement: &str) -> bool {
        self.excused.contains(requirement) && !self.open.contains(requirement)
    }

    /// What becomes of the gate, if the verdict stands: `hindrances` say why it does not.
    pub(crate) fn end(self, hindrances: Vec<String>) -> GateResult {
        let mut reasons = Vec::new();
        if !self.new.is_empty() {
            let noun = if self.new.len() == 1 { "deviation is" } else { "deviations are" };
            let baseline = if self.file.is_some() { " not in the baseline" } else { " found" };
            reasons.push(format!("{} {noun}{baseline}", self.new.len()));
        }
        reasons.extend(hindrances);
        let mut result = GateResult {
            passed: false,
            fail_on: self.fail_on,
            new: self.new.len(),
            reasons,
            baseline: self.file,
            entries: self.entries.into_values().collect(),
        };
        for state in [EntryState::Changed, EntryState::Expired, EntryState::Stale] {
            match result.entries_in(state) {
                0 => {}
                1 => result.reasons.push(format!("1 entry of the baseline is {state}")),
                count => result.reasons.push(format!("{count} entries of the baseline are {state}")),
            }
        }
        result.passed = result.reasons.is_empty();
        result
    }
}

fn acceptance(entry: &Known) -> Acceptance {
    Acceptance {
        reason: entry.reason.clone(),
        link: entry.link.clone(),
        expires: entry.expires.map(|date| date.to_string()),
    }
}

fn result(entry: &Known, state: EntryState) -> EntryResult {
    EntryResult {
        case: entry.case.clone(),
        requirement: entry.requirement.clone(),
        state,
        acceptance: acceptance(entry),
    }
}

fn accept(case: &mut CaseResult, requirement: Option<&str>, acceptance: &Acceptance) {
    let Some(requirement) = requirement else {
        case.known = Some(acceptance.clone());
        return;
    };
    for check in &mut case.checks {
        if check.requirement == requirement && matches!(check.outcome, Outcome::Fail | Outcome::Warn) {
            check.known = Some(acceptance.clone());
        }
    }
}
