//! What is going to be run: a verified suite, narrowed to profiles and a selection.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use globset::{Glob, GlobMatcher};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tfe_schema::Catalog;

use crate::suite::{Case, Problem, Profile, Suite, SuiteError};

/// What is going to be run.
#[derive(Clone)]
#[non_exhaustive]
pub struct Plan {
    /// Schemas and operations.
    pub catalog: &'static Catalog,
    /// The whole suite.
    pub suite: Arc<Suite>,
    /// The profiles that are claimed.
    pub profiles: Vec<Profile>,
    /// The cases, in the order of their ids.
    pub cases: Vec<Planned>,
    /// How many cases of the profiles were not selected.
    pub deselected: usize,
    /// How many of those would have been, if the run did more than read.
    pub writing: usize,
    /// The share of the selected cases that [`Self::cases`] holds; all of them if there is none.
    pub shard: Option<Shard>,
    /// How many selected cases of each profile other shares hold.
    pub elsewhere: BTreeMap<String, usize>,
    /// Areas that the target is declared not to have, with the reason: their cases are told, and not run.
    pub absent: BTreeMap<String, String>,
}

/// A share of the cases, for runs on several machines.
///
/// The share of a case hangs on its id alone, so that a new case moves no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Shard {
    /// Which, from 1.
    pub index: u32,
    /// Of how many.
    pub total: u32,
}

impl Shard {
    /// Whether the case is one of this share.
    pub fn holds(&self, case: &str) -> bool {
        let digest = Sha256::digest(case);
        let number = digest.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
        number % self.total.max(1) + 1 == self.index
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.total)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let error = || ShardError(text.to_owned());
        let (index, total) = text.split_once('/').ok_or_else(error)?;
        let (Ok(index), Ok(total)) = (index.parse(), total.parse()) else { return Err(error()) };
        if index == 0 || index > total { Err(error()) } else { Ok(Self { index, total }) }
    }
}

/// A text that names no share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no share of the cases; `1/4` to `4/4` are the four quarters")]
pub struct ShardError(String);

/// A case in a profile.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Planned {
    /// The case.
    pub case: Arc<Case>,
    /// The profile that it runs in.
    pub profile: Arc<Profile>,
}

/// What to select; nothing given selects everything.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Selection {
    /// Profile ids; none for all.
    pub profiles: Vec<String>,
    /// Globs on case ids; a case fits when any of them does.
    pub cases: Vec<String>,
    /// Globs on requirement ids; a case fits when it cites one.
    pub requirements: Vec<String>,
    /// Only cases that send nothing but GET and HEAD.
    pub read_only: bool,
    /// Only this share of what is selected.
    pub shard: Option<Shard>,
    /// Areas of cases that the target is declared not to have, with the reason.
    pub absent: BTreeMap<String, String>,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// No such profile.
    #[error("unknown profile `{0}`; there is {1}")]
    UnknownProfile(String, String),
    /// Not a glob.
    #[error("`{0}` is not a glob: {1}")]
    Glob(String, String),
    /// A glob that fits no case of the profiles.
    #[error("no case fits `{0}`; `tfe-conformance list cases` shows them")]
    NoCase(String),
    /// A glob that fits no requirement of the profiles.
    #[error("no requirement that cases test fits `{0}`; `tfe-conformance list requirements` shows them")]
    NoRequirement(String),
    /// An area that the profiles do not have.
    #[error("no case is in the area `{0}`, which is declared absent; there are {1}")]
    NoArea(String, String),
}

impl Plan {
    /// Narrows a suite down.
    ///
    /// # Errors
    /// [`PlanError`] when the selection names something that does not exist. A selection whose
    /// parts exist but have nothing in common is an empty plan.
    pub fn new(suite: Arc<Suite>, catalog: &'static Catalog, selection: &Selection) -> Result<Self, PlanError> {
        let profiles = profiles(&suite, selection)?;
        let (cases, elsewhere) = (Vec::new(), BTreeMap::new());
        let (shard, absent) = (selection.shard, selection.absent.clone());
        let mut plan = Self { catalog, suite, profiles, cases, deselected: 0, writing: 0, shard, elsewhere, absent };
        let all = plan.all_cases();
        plan.know_areas()?;
        let by_case = matchers(&selection.cases)?;
        let by_requirement = matchers(&selection.requirements)?;
        for (glob, matcher) in selection.cases.iter().zip(&by_case) {
            if !all.iter().any(|planned| matcher.is_match(&planned.case.id)) {
                return Err(PlanError::NoCase(glob.clone()));
            }
        }
        for (glob, matcher) in selection.requirements.iter().zip(&by_requirement) {
            if !plan.profiles.iter().any(|profile| plan.tested_by(profile).iter().any(|id| matcher.is_match(id))) {
                return Err(PlanError::NoRequirement(glob.clone()));
            }
        }
        plan.cases = all;
        let implied: Vec<_> =
            plan.profiles.iter().map(|profile| (profile.id.clone(), plan.implied_by(profile))).collect();
        plan.cases.retain(|planned| {
            let id_fits = by_case.is_empty() || by_case.iter().any(|glob| glob.is_match(&planned.case.id));
            let fits = |glob: &GlobMatcher| cites(planned, glob, &implied);
            id_fits && (by_requirement.is_empty() || by_requirement.iter().any(fits))
        });
        plan.narrow();
        let selected = plan.cases.len();
        plan.cases.retain(|planned| !selection.read_only || planned.case.only_reads(catalog));
        plan.writing = selected - plan.cases.len();
        plan.deselected = plan.all_cases().len() - plan.cases.len();
        plan.share();
        Ok(plan)
    }

    /// A name that fits nothing would declare nothing absent, and be missed by nobody.
    fn know_areas(&self) -> Result<(), PlanError> {
        let areas: BTreeSet<&str> = self.suite.cases.iter().map(|case| case.area()).collect();
        match self.absent.keys().find(|absent| !areas.iter().any(|area| lies_in(area, absent))) {
            Some(unknown) => Err(PlanError::NoArea(unknown.clone(), areas.into_iter().collect::<Vec<_>>().join(", "))),
            None => Ok(()),
        }
    }

    /// Why the target is not asked about the area of a case: the name that was declared absent, and the reason.
    pub(crate) fn absence(&self, case: &Case) -> Option<(&str, &str)> {
        let mut absent = self.absent.iter();
        absent.find(|(name, _)| lies_in(case.area(), name)).map(|(name, reason)| (name.as_str(), reason.as_str()))
    }

    /// Leaves the cases of other shares to them.
    fn share(&mut self) {
        let Some(shard) = self.shard else { return };
        let (own, others) =
            std::mem::take(&mut self.cases).into_iter().partition(|planned| shard.holds(&planned.case.id));
        self.cases = own;
        let others: Vec<Planned> = others;
        for planned in others {
            *self.elsewhere.entry(planned.profile.id.clone()).or_default() += 1;
        }
    }

    /// Takes a case from a file that is in no suite, under the name `found/NAME` of the profile that
    /// tests what it cites. A case that writes is left out if the run is `read_only`.
    ///
    /// # Errors
    /// Everything that is wrong with it, by file, line and column.
    pub fn add_case(&mut self, name: &str, file: &str, text: &str, read_only: bool) -> Result<(), SuiteError> {
        let mut refused: Option<SuiteError> = None;
        for profile in &self.profiles {
            let area = profile.areas.first().map_or(profile.id.as_str(), String::as_str);
            let id = format!("{area}/found/{name}");
            let read = self.suite.read_case(&id, file, text, profile, self.catalog);
            let read = read.and_then(|case| self.tested(profile, case));
            match read {
                Ok(case) if read_only && !case.only_reads(self.catalog) => {
                    self.writing += 1;
                    return Ok(());
                }
                Ok(case) => {
                    self.cases.push(Planned { case: Arc::new(case), profile: Arc::new(profile.clone()) });
                    return Ok(());
                }
                // The profile that is meant is the one with which least is wrong.
                Err(error) if refused.as_ref().is_none_or(|other| error.problems.len() < other.problems.len()) => {
                    refused = Some(error);
                }
                Err(_) => {}
            }
        }
        Err(refused.unwrap_or(SuiteError { problems: Vec::new() }))
    }

    /// The case, if the profile tests every requirement that it cites.
    fn tested(&self, profile: &Profile, case: Case) -> Result<Case, SuiteError> {
        let tested = self.tested_by(profile);
        let problems: Vec<_> = case
            .steps
            .iter()
            .flat_map(|step| step.checks.iter().map(|check| (step.place, &check.requirement)))
            .filter(|(_, requirement)| !tested.contains(*requirement))
            .map(|(place, requirement)| Problem {
                file: case.file.clone(),
                place,
                message: format!("profile {} does not test requirement `{requirement}`", profile.id),
            })
            .collect();
        if problems.is_empty() { Ok(case) } else { Err(SuiteError { problems }) }
    }

    /// Leaves out the cases of the suite.
    pub fn without_cases(&mut self) {
        self.deselected += self.cases.len();
        self.cases.clear();
    }

    /// Claims only profiles of which there are cases: a selection from one is no statement about
    /// another.
    pub fn narrow(&mut self) {
        let selected: BTreeSet<String> = self.cases.iter().map(|planned| planned.profile.id.clone()).collect();
        if !selected.is_empty() {
            self.profiles.retain(|profile| selected.contains(&profile.id));
        }
    }

    /// The requirements that a profile tests: those that its cases cite, and those of the rules
    /// that hold for every exchange.
    pub fn tested_by(&self, profile: &Profile) -> BTreeSet<String> {
        let cited = self.suite.cases_of(profile).flat_map(|case| case.requirements()).map(str::to_owned);
        cited.chain(self.implied_by(profile)).collect()
    }

    /// The requirements of the rules that hold for every exchange: those that the profile binds,
    /// and those that the schemas of its cases' operations state.
    pub fn implied_by(&self, profile: &Profile) -> BTreeSet<String> {
        let operations: BTreeSet<&str> = self.suite.cases_of(profile).flat_map(|case| case.operations()).collect();
        let schemas = operations
            .into_iter()
            .filter_map(|id| self.catalog.operation(id))
            .flat_map(|operation| operation.responses.values().flat_map(|response| response.bodies.values()))
            .filter_map(|id| self.catalog.schema(id));
        let stated = schemas.flat_map(tfe_schema::Schema::requirements);
        let testable = |id: &&String| self.suite.requirements.get(*id).is_some_and(|known| known.excluded.is_none());
        stated.filter(testable).cloned().chain(profile.implied.values().cloned()).collect()
    }

    fn all_cases(&self) -> Vec<Planned> {
        let mut all = Vec::new();
        for profile in &self.profiles {
            let shared = Arc::new(profile.clone());
            let cases = self.suite.cases_of(profile).map(Arc::clone);
            all.extend(cases.map(|case| Planned { case, profile: Arc::clone(&shared) }));
        }
        all.sort_by(|a, b| a.case.id.cmp(&b.case.id));
        all
    }
}

/// Whether an area is the named one, or in it.
fn lies_in(area: &str, name: &str) -> bool {
    area.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn profiles(suite: &Suite, selection: &Selection) -> Result<Vec<Profile>, PlanError> {
    if selection.profiles.is_empty() {
        return Ok(suite.profiles.values().cloned().collect());
    }
    let known = || suite.profiles.keys().cloned().collect::<Vec<_>>().join(", ");
    let mut ids: Vec<_> = selection.profiles.iter().collect();
    ids.sort();
    ids.dedup();
    ids.into_iter()
        .map(|id| suite.profiles.get(id).cloned().ok_or_else(|| PlanError::UnknownProfile(id.clone(), known())))
        .collect()
}

fn matchers(globs: &[String]) -> Result<Vec<GlobMatcher>, PlanError> {
    let compile = |glob: &String| match Glob::new(glob) {
        Ok(compiled) => Ok(compiled.compile_matcher()),
        Err(error) => Err(PlanError::Glob(glob.clone(), error.kind().to_string())),
    };
    globs.iter().map(compile).collect()
}

/// Whether a case shows something about a requirement that fits. A rule that holds for every
/// exchange is shown by every case.
fn cites(planned: &Planned, glob: &GlobMatcher, implied: &[(String, BTreeSet<String>)]) -> bool {
    if planned.case.requirements().any(|id| glob.is_match(id)) {
        return true;
    }
    implied.iter().any(|(profile, ids)| *profile == planned.profile.id && ids.iter().any(|id| glob.is_match(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_disjoint_whole_and_stable() {
        let ids: Vec<String> = (0..1000).map(|index| format!("v2/variables/case-{index}")).collect();
        for total in [1, 2, 3, 7] {
            let shard = |index| Shard { index, total };
            for id in &ids {
                assert_eq!((1..=total).filter(|&index| shard(index).holds(id)).count(), 1, "{id} of {total}");
            }
            let first = ids.iter().filter(|id| shard(1).holds(id)).count();
            assert!(first * total as usize > 800, "{first} of 1000 in one of {total}");
        }
        // Written down: another version of the suite shares in the same way.
        let quarter = |id: &str| (1..=4).find(|&index| Shard { index, total: 4 }.holds(id));
        let known = ["v2/access/hidden-read", "v2/variables/list/filter", "v1/users/read"].map(quarter);
        assert_eq!(known, [Some(3), Some(3), Some(1)]);
    }

    #[test]
    fn shares_are_written_as_people_count() {
        assert_eq!("2/4".parse(), Ok(Shard { index: 2, total: 4 }));
        assert_eq!(Shard { index: 2, total: 4 }.to_string(), "2/4");
        for bad in ["", "0/4", "5/4", "1", "1/0", "-1/4", "1/4/4", "a/b"] {
            assert!(bad.parse::<Shard>().unwrap_err().to_string().contains("`1/4` to `4/4`"), "{bad}");
        }
    }
}
