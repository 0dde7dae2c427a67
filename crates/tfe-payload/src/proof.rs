//! Where the values of a document hang together, what was drawn is proved before it is given out.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use tfe_schema::Schema;

use crate::Mutant;
use crate::choices::Choices;

/// How often something else is drawn before one that is known is taken.
pub(crate) const TRIES: usize = 20;

/// How many seeds are tried for one that is known.
const SEEDS: u64 = 200;

/// How many are kept.
const KEPT: usize = 8;

/// What the validator says of documents.
#[derive(Clone)]
pub(crate) struct Proof {
    schema: Arc<Schema>,
}

impl Proof {
    pub(crate) fn new(schema: &Arc<Schema>) -> Self {
        Self { schema: Arc::clone(schema) }
    }

    pub(crate) fn of_document(&self, document: &Value) -> bool {
        self.schema.check_value(document).is_valid()
    }

    /// Whether a mutant is broken where it says, and nowhere else.
    pub(crate) fn of_mutant(&self, mutant: &Mutant) -> bool {
        let violations = self.schema.check_value(&mutant.document).violations;
        let is_meant = |violation: &tfe_schema::Violation| {
            violation.subject() == mutant.pointer && violation.keyword == mutant.keyword
        };
        !violations.is_empty() && violations.iter().all(is_meant)
    }
}

/// Values that were proved, of the first seeds; empty if there is none.
pub(crate) fn known<T>(mut draw: impl FnMut(&mut Choices) -> T, is_proved: impl Fn(&T) -> bool) -> Vec<T> {
    // The simplest one first, if it is one.
    let simplest = std::iter::once_with(|| Choices::replaying(Vec::new()));
    let choices = simplest.chain((0..SEEDS).map(Choices::seeded));
    choices.map(|mut choices| draw(&mut choices)).filter(is_proved).take(KEPT).collect()
}

/// The mutants that were proved, by target.
pub(crate) type Known = BTreeMap<usize, Vec<Mutant>>;
