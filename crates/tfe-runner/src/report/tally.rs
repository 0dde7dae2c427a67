//! What the results add up to: cases by verdict, requirements by what became of them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::event::{CaseResult, Outcome, RequirementInfo, Standing, Verdict};

/// The results of a run so far, added up.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    requirements: BTreeMap<String, Counts>,
    verdicts: BTreeMap<Verdict, usize>,
}

/// The checks that cite a requirement, by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Counts {
    /// Passed, the implied ones included.
    pub pass: usize,
    /// Found a broken `must`.
    pub fail: usize,
    /// Found a broken `should`.
    pub warn: usize,
    /// Found a `may` that is not taken.
    pub note: usize,
    /// Were not evaluated.
    pub not_run: usize,
    /// Are about something that the target, legally, does not have.
    pub not_applicable: usize,
}

impl Tally {
    /// Adds a case.
    pub fn add(&mut self, result: &CaseResult) {
        *self.verdicts.entry(result.verdict).or_default() += 1;
        for check in &result.checks {
            self.counts(&check.requirement).add(check.outcome);
        }
        for (requirement, passes) in &result.implied {
            self.counts(requirement).pass += passes;
        }
    }

    fn counts(&mut self, requirement: &str) -> &mut Counts {
        self.requirements.entry(requirement.to_owned()).or_default()
    }

    /// Cases by verdict; verdicts that no case has are left out.
    pub fn verdicts(&self) -> &BTreeMap<Verdict, usize> {
        &self.verdicts
    }

    /// The checks that cite a requirement.
    pub fn checks(&self, requirement: &str) -> Counts {
        self.requirements.get(requirement).copied().unwrap_or_default()
    }

    /// What became of each of the requirements.
    pub fn standings(&self, requirements: &[RequirementInfo]) -> BTreeMap<String, Standing> {
        requirements.iter().map(|known| (known.id.clone(), self.checks(&known.id).standing())).collect()
    }
}

impl Counts {
    fn add(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Pass => &mut self.pass,
            Outcome::Fail => &mut self.fail,
            Outcome::Warn => &mut self.warn,
            Outcome::Note => &mut self.note,
            Outcome::NotRun => &mut self.not_run,
            Outcome::NotApplicable => &mut self.not_applicable,
        } += 1;
    }

    /// What became of the requirement. What was not fully checked is never said to hold.
    pub fn standing(&self) -> Standing {
        match self {
            Self { fail: 1.., .. } => Standing::Broken,
            Self { warn: 1.., .. } => Standing::Warned,
            Self { note: 1.., .. } => Standing::NotTaken,
            Self { pass: 1.., not_run: 0, .. } => Standing::Holds,
            Self { not_applicable: 1.., not_run: 0, .. } => Standing::NotApplicable,
            _ => Standing::NotChecked,
        }
    }
}

/// Whether a case with this verdict shows nothing about the target.
pub(super) fn is_unheard(verdict: Verdict) -> bool {
    verdict.is_unheard()
}

/// Why a case shows nothing, or less than it could.
pub(super) fn reason(case: &CaseResult) -> &str {
    let not_run = || case.checks.iter().find(|check| check.outcome == Outcome::NotRun).map(|check| check.got.as_str());
    case.reason.as_deref().or_else(not_run).filter(|reason| !reason.is_empty()).unwrap_or("no reason was given")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::CheckResult;
    use crate::suite::{Level, Place, SourceKind};

    fn case(area: &str, verdict: Verdict, outcomes: &[Outcome]) -> CaseResult {
        let check = |outcome: &Outcome| CheckResult {
            requirement: "r".to_owned(),
            step: "s".to_owned(),
            place: Place { line: 1, column: 1 },
            implied: false,
            outcome: *outcome,
            expected: String::new(),
            got: if *outcome == Outcome::NotRun { "no answer".to_owned() } else { String::new() },
            exchange: None,
            known: None,
        };
        CaseResult {
            id: format!("{area}/x"),
            title: String::new(),
            area: area.to_owned(),
            file: String::new(),
            verdict,
            reason: None,
            stopped: None,
            checks: outcomes.iter().map(check).collect(),
            implied: BTreeMap::new(),
            exchanges: Vec::new(),
            observations: Vec::new(),
            leaks: Vec::new(),
            kept: Vec::new(),
            flaky: Vec::new(),
            known: None,
            milliseconds: 0,
        }
    }

    fn info(id: &str) -> RequirementInfo {
        RequirementInfo {
            id: id.to_owned(),
            level: Level::Must,
            statement: String::new(),
            document: String::new(),
            section: String::new(),
            kind: SourceKind::Tfe,
            note: None,
        }
    }

    fn standing(outcomes: &[Outcome], implied: usize) -> Standing {
        let mut tally = Tally::default();
        let mut result = case("v2", Verdict::Pass, outcomes);
        result.implied.insert("r".to_owned(), implied);
        tally.add(&result);
        tally.standings(&[info("r")])["r"]
    }

    #[test]
    fn the_worst_check_decides() {
        use Outcome::{Fail, Note, Pass, Warn};
        assert_eq!(standing(&[Pass, Pass], 0), Standing::Holds);
        assert_eq!(standing(&[Pass, Note], 0), Standing::NotTaken);
        assert_eq!(standing(&[Pass, Note, Warn], 0), Standing::Warned);
        assert_eq!(standing(&[Pass, Fail, Warn], 7), Standing::Broken);
    }

    #[test]
    fn what_was_not_fully_checked_does_not_hold() {
        use Outcome::{Fail, NotRun, Pass, Warn};
        assert_eq!(standing(&[], 0), Standing::NotChecked);
        assert_eq!(standing(&[NotRun], 0), Standing::NotChecked);
        assert_eq!(standing(&[Outcome::NotApplicable], 0), Standing::NotApplicable);
        assert_eq!(standing(&[Outcome::NotApplicable, Pass], 0), Standing::Holds);
        assert_eq!(standing(&[Outcome::NotApplicable, NotRun], 0), Standing::NotChecked);
        assert_eq!(standing(&[Pass, NotRun], 3), Standing::NotChecked);
        assert_eq!(standing(&[Fail, NotRun], 0), Standing::Broken);
        assert_eq!(standing(&[Warn, NotRun], 0), Standing::Warned);
        assert_eq!(Tally::default().standings(&[info("r")])["r"], Standing::NotChecked);
    }

    #[test]
    fn an_implied_rule_that_passed_was_checked() {
        assert_eq!(standing(&[], 1), Standing::Holds);
    }

    #[test]
    fn only_asked_requirements_stand() {
        let mut tally = Tally::default();
        tally.add(&case("v2", Verdict::Pass, &[Outcome::Pass]));
        assert!(tally.standings(&[]).is_empty());
        assert_eq!(tally.standings(&[info("r"), info("other")]).len(), 2);
        assert_eq!(tally.checks("r"), Counts { pass: 1, ..Counts::default() });
        assert_eq!(tally.checks("other"), Counts::default());
    }

    #[test]
    fn cases_are_counted_by_verdict() {
        let mut tally = Tally::default();
        for verdict in [Verdict::Pass, Verdict::Blocked, Verdict::Pass] {
            tally.add(&case("v2", verdict, &[]));
        }
        assert_eq!(*tally.verdicts(), BTreeMap::from([(Verdict::Pass, 2), (Verdict::Blocked, 1)]));
    }

    #[test]
    fn a_reason_is_found_where_there_is_one() {
        let blocked = case("v2", Verdict::Blocked, &[Outcome::Pass, Outcome::NotRun]);
        assert_eq!(reason(&blocked), "no answer");
        assert_eq!(reason(&CaseResult { reason: Some("timeout".to_owned()), ..blocked }), "timeout");
        assert_eq!(reason(&case("v2", Verdict::Error, &[])), "no reason was given");
    }
}
