//! The strategies: documents and mutants from a seed, shrunk by their choices.

use std::fmt;
use std::sync::Arc;

use proptest::prelude::Rng as _;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::build::{Build, Route};
use crate::choices::Choices;
use crate::mutant::{self, Mutant};
use crate::plan::Plan;
use crate::proof::{self, Known, Proof, TRIES};
use crate::shrink::Shrinker;
use crate::target::{Target, Targets};

/// Documents that satisfy a schema.
#[derive(Clone)]
pub struct Documents {
    plan: Arc<Plan>,
    /// Where documents are proved before they are given out, with some that were.
    proved: Option<Arc<(Proof, Vec<Value>)>>,
}

impl Documents {
    /// `None` if no document was found that can be proved.
    pub(crate) fn new(plan: Plan, proof: Option<Proof>) -> Option<Self> {
        let mut documents = Self { plan: Arc::new(plan), proved: None };
        if let Some(proof) = proof {
            let known = proof::known(|choices| documents.once(choices), |document| proof.of_document(document));
            if known.is_empty() {
                return None;
            }
            documents.proved = Some(Arc::new((proof, known)));
        }
        Some(documents)
    }

    /// The document of a seed, always the same.
    pub fn of_seed(&self, seed: u64) -> Value {
        self.draw(&mut Choices::seeded(seed))
    }
}

/// Documents that break a schema in one place each.
#[derive(Clone)]
pub struct Mutants {
    shared: Arc<Shared>,
}

struct Shared {
    plan: Plan,
    targets: Targets,
    /// Those that were asked for.
    chosen: Vec<usize>,
    /// Where mutants are proved before they are given out, with some that were.
    proved: Option<(Proof, Known)>,
}

impl Shared {
    fn once(&self, target: usize, choices: &mut Choices) -> Mutant {
        let target: &Target = &self.targets.all[target];
        let (stops, end) = self.targets.route(target, choices);
        let mut build = Build::new(&self.plan, std::mem::replace(choices, Choices::seeded(0)));
        let (document, place, broken) = build.broken(Route { stops: &stops, end });
        *choices = build.choices;
        mutant::mutant(&self.plan.graph, &target.label, document, &place, broken)
    }
}

impl Mutants {
    /// Of the targets that were asked for; those that no document breaks alone are left out.
    pub(crate) fn new(plan: Plan, targets: Targets, chosen: Vec<usize>, proof: Option<Proof>) -> Self {
        let mut shared = Shared { plan, targets, chosen, proved: None };
        if let Some(proof) = proof {
            let of_target = |target: &usize| {
                let known = proof::known(|choices| shared.once(*target, choices), |mutant| proof.of_mutant(mutant));
                (!known.is_empty()).then_some((*target, known))
            };
            let known: Known = shared.chosen.iter().filter_map(of_target).collect();
            shared.chosen.retain(|target| known.contains_key(target));
            shared.proved = Some((proof, known));
        }
        Self { shared: Arc::new(shared) }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.shared.chosen.is_empty()
    }

    /// The mutant of a seed, always the same.
    pub fn of_seed(&self, seed: u64) -> Mutant {
        let mut choices = Choices::seeded(seed);
        let target = self.target(&mut choices);
        self.draw(target, &mut choices)
    }

    /// What these mutants break: path (`*` stands for items and free names) and keyword of the schema.
    pub fn breaks(&self) -> impl Iterator<Item = (&str, &str)> {
        self.shared.chosen.iter().map(|index| {
            let (path, label) = self.shared.targets.name(&self.shared.targets.all[*index]);
            (path, label.keyword)
        })
    }

    fn target(&self, choices: &mut Choices) -> usize {
        self.shared.chosen[choices.index(self.shared.chosen.len())]
    }

    fn draw(&self, target: usize, choices: &mut Choices) -> Mutant {
        let Some((proof, known)) = &self.shared.proved else { return self.shared.once(target, choices) };
        for _ in 0..TRIES {
            let mutant = self.shared.once(target, choices);
            if proof.of_mutant(&mutant) {
                return mutant;
            }
        }
        // Only targets of which some are known are chosen.
        let known = &known[&target];
        known[choices.index(known.len())].clone()
    }
}

/// What is drawn from choices.
pub(crate) trait Drawn {
    type Value: fmt::Debug;

    fn draw_from(&self, choices: &mut Choices) -> Self::Value;
}

impl Documents {
    fn draw(&self, choices: &mut Choices) -> Value {
        let Some((proof, known)) = self.proved.as_deref() else { return self.once(choices) };
        for _ in 0..TRIES {
            let document = self.once(choices);
            if proof.of_document(&document) {
                return document;
            }
        }
        known[choices.index(known.len())].clone()
    }

    fn once(&self, choices: &mut Choices) -> Value {
        let mut build = Build::new(&self.plan, std::mem::replace(choices, Choices::seeded(0)));
        let document = build.document();
        *choices = build.choices;
        document
    }
}

impl Drawn for Documents {
    type Value = Value;

    fn draw_from(&self, choices: &mut Choices) -> Value {
        self.draw(choices)
    }
}

/// The mutants of one target: shrinking a mutant never changes what it breaks.
#[derive(Clone)]
struct OfTarget {
    mutants: Mutants,
    target: usize,
}

impl Drawn for OfTarget {
    type Value = Mutant;

    fn draw_from(&self, choices: &mut Choices) -> Mutant {
        self.mutants.draw(self.target, choices)
    }
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documents").field("states", &self.plan.states.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Mutants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutants").field("targets", &self.shared.chosen.len()).finish()
    }
}

impl Strategy for Documents {
    type Tree = Tree<Value>;
    type Value = Value;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        Ok(Tree::new(self.clone(), runner.rng().next_u64()))
    }
}

impl Strategy for Mutants {
    type Tree = Tree<Mutant>;
    type Value = Mutant;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let target = self.target(&mut Choices::seeded(runner.rng().next_u64()));
        Ok(Tree::new(OfTarget { mutants: self.clone(), target }, runner.rng().next_u64()))
    }
}

/// A drawn value and its simpler relatives.
pub struct Tree<V> {
    source: Arc<dyn Drawn<Value = V> + Send + Sync>,
    seed: u64,
    shrinker: Option<Shrinker>,
    /// The choices under test; `None` while the first value is.
    proposal: Option<Vec<u32>>,
}

impl<V: fmt::Debug> Tree<V> {
    pub(crate) fn new(source: impl Drawn<Value = V> + Send + Sync + 'static, seed: u64) -> Self {
        Self { source: Arc::new(source), seed, shrinker: None, proposal: None }
    }

    /// The choices that a list of choices comes down to: what was not asked for is left out.
    fn taken(&self, mut choices: Choices) -> Vec<u32> {
        self.source.draw_from(&mut choices);
        choices.into_record()
    }

    fn advance(&mut self) -> bool {
        let Some(shrinker) = &mut self.shrinker else { return false };
        let next = shrinker.propose();
        let more = next.is_some();
        self.proposal = Some(next.unwrap_or_else(|| shrinker.best().to_vec()));
        more
    }
}

impl<V: fmt::Debug> ValueTree for Tree<V> {
    type Value = V;

    fn current(&self) -> V {
        let mut choices = match &self.proposal {
            None => Choices::seeded(self.seed),
            Some(proposal) => Choices::replaying(proposal.clone()),
        };
        self.source.draw_from(&mut choices)
    }

    fn simplify(&mut self) -> bool {
        let taken = match self.proposal.take() {
            None => self.taken(Choices::recording(self.seed)),
            Some(proposal) => self.taken(Choices::replaying(proposal)),
        };
        match &mut self.shrinker {
            None => self.shrinker = Some(Shrinker::new(taken)),
            Some(shrinker) => shrinker.accept(taken),
        }
        self.advance()
    }

    fn complicate(&mut self) -> bool {
        self.advance()
    }
}

impl<V> fmt::Debug for Tree<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree").field("seed", &self.seed).finish_non_exhaustive()
    }
}
