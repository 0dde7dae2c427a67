//! Families: the kinds of cases that an exploration makes up.

use std::sync::Arc;

use proptest::strategy::{BoxedStrategy, Strategy as _, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use tfe_schema::Catalog;

use super::trial::Trial;
use super::{broken, legacy, legacy_payload, mutation, payload, sequence};
use crate::plan::{Plan, Planned};
use crate::suite::{Case, Profile, Suite};

/// One kind of cases, in one profile.
pub(super) struct Family {
    name: &'static str,
    profile: Arc<Profile>,
    suite: Arc<Suite>,
    catalog: &'static Catalog,
    /// How many of a round of cases are of this kind.
    weight: usize,
    trials: BoxedStrategy<Trial>,
}

/// A case that was made up, and why it is none, if the suite is at fault.
pub(super) struct Made {
    pub(super) planned: Planned,
    pub(super) trouble: Option<String>,
}

/// The families of the profiles of a plan. A profile of another API has none.
pub(super) fn of(plan: &Plan) -> Vec<Family> {
    let mut families = Vec::new();
    for profile in &plan.profiles {
        let profile = Arc::new(profile.clone());
        let kinds = match profile.id.as_str() {
            "v2" => of_v2(plan.catalog),
            "v1" => of_v1(plan.catalog),
            _ => Vec::new(),
        };
        for (name, weight, trials) in kinds {
            let Some(trials) = trials else { continue };
            let (profile, suite) = (Arc::clone(&profile), Arc::clone(&plan.suite));
            families.push(Family { name, profile, suite, catalog: plan.catalog, weight, trials });
        }
    }
    families
}

/// Name, weight and trials of the families of a profile.
type Kinds = Vec<(&'static str, usize, Option<BoxedStrategy<Trial>>)>;

fn of_v2(catalog: &'static Catalog) -> Kinds {
    let boxed = |trials: BoxedStrategy<_>| trials.prop_map(Trial::Payload).boxed();
    let mutants = |trials: BoxedStrategy<_>| trials.prop_map(Trial::Mutation).boxed();
    vec![
        ("sequence", 4, Some(sequence::operations().prop_map(Trial::Sequence).boxed())),
        ("creation", 3, payload::creations(catalog).map(boxed)),
        ("update", 2, payload::updates(catalog).map(boxed)),
        ("broken-creation", 3, mutation::creations(catalog).map(mutants)),
        ("broken-update", 2, mutation::updates(catalog).map(mutants)),
        ("broken-text", 1, Some(broken::creations().prop_map(Trial::Broken).boxed())),
    ]
}

fn of_v1(catalog: &'static Catalog) -> Kinds {
    let updates = legacy_payload::updates(catalog);
    vec![
        ("sequence", 3, Some(legacy::operations().prop_map(Trial::Legacy).boxed())),
        ("update", 2, updates.map(|trials| trials.prop_map(Trial::LegacyPayload).boxed())),
        ("broken-update", 1, Some(legacy_payload::no_texts().prop_map(Trial::NoText).boxed())),
        ("broken-text", 1, Some(broken::updates().prop_map(Trial::Broken).boxed())),
    ]
}

/// The family of a case: they take turns.
pub(super) fn at(families: &[Family], index: usize) -> &Family {
    let round: usize = families.iter().map(|family| family.weight).sum();
    let mut left = index.checked_rem(round).unwrap_or_default();
    let found = families.iter().find(|family| {
        let here = left < family.weight;
        left = left.saturating_sub(family.weight);
        here
    });
    found.unwrap_or(&families[0])
}

/// The plan, with cases of its profiles in the place of those of the suite.
pub(super) fn planned(mut plan: Plan, families: &[Family], seed: u64) -> Plan {
    plan.deselected += plan.cases.len();
    let first = families.iter().enumerate().filter_map(|(index, family)| {
        let trial = family.trial(seed, index)?;
        Some(family.made(index, &trial).planned)
    });
    plan.cases = first.collect();
    plan
}

impl Family {
    /// The trial of a case. It is a function of the seed and the case's number alone, so that the cases
    /// are the same however many there are, and whatever became of the ones before.
    pub(super) fn trial(&self, seed: u64, index: usize) -> Option<Trial> {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..16].copy_from_slice(&(index as u64).to_le_bytes());
        let config = Config { failure_persistence: None, ..Config::default() };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        self.trials.new_tree(&mut TestRunner::new_with_rng(config, rng)).ok().map(|tree| tree.current())
    }

    /// The case of a trial.
    pub(super) fn made(&self, index: usize, trial: &Trial) -> Made {
        let document = &trial.document();
        let id = format!("{}/explore/{}-{index}", self.profile.id, self.name);
        let file = format!("{id}.yaml");
        self.planned(Case::from_document(&id, &file, document), &id, &file, document)
    }

    /// The case of a finding, read from the text of its file as `run --case` reads it.
    pub(super) fn found(&self, name: &str, text: &str, folder: &str) -> Made {
        let id = format!("{}/found/{name}", self.profile.id);
        let file = format!("{folder}{name}.yaml");
        let read = self.suite.read_case(&id, &file, text, &self.profile, self.catalog);
        self.planned(read.map_err(|error| error.to_string()), &id, &file, &Value::Null)
    }

    fn planned(&self, case: Result<Case, String>, id: &str, file: &str, document: &Value) -> Made {
        let (case, trouble) = match case {
            Ok(case) => (case, None),
            Err(trouble) => {
                let title = document["title"].as_str().unwrap_or("A case that was made up");
                (Case::without_steps(id, file, title), Some(format!("the exploration made no proper case: {trouble}")))
            }
        };
        Made { planned: Planned { case: Arc::new(case), profile: Arc::clone(&self.profile) }, trouble }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Selection;

    /// Every case that is made up is one that `run --case` takes.
    #[test]
    fn what_is_made_up_is_a_proper_case_file() {
        let suite = Arc::new(Suite::bundled().unwrap());
        let families = of(&Plan::new(suite, Catalog::bundled(), &Selection::default()).unwrap());
        for index in 0..300 {
            let family = at(&families, index);
            let trial = family.trial(5, index).unwrap();
            let text = super::super::file::text(&trial.document());
            let made = family.made(index, &trial);
            assert_eq!(made.trouble, None, "{text}");
            let found = family.found("x", &text, "");
            assert_eq!(found.trouble, None, "{text}");
        }
    }
}
