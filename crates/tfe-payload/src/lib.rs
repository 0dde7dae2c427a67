//! Documents that satisfy a JSON Schema, or break it in one named place: [proptest] strategies.
//!
//! The author of a server tests with them what the server takes, and what it refuses:
//!
//! ```
//! use proptest::prelude::*;
//!
//! let schema = tfe_schema::Catalog::bundled().schema("v2/variables/create-request").expect("bundled");
//! let (valid, invalid) = (tfe_payload::valid(schema)?, tfe_payload::invalid(schema)?);
//! proptest!(|(document in valid)| {
//!     prop_assert!(schema.check_value(&document).is_valid()); // here: send it to the server
//! });
//! proptest!(|(mutant in invalid)| {
//!     let report = schema.check_value(&mutant.document); // here: the server's answer
//!     prop_assert!(report.violations.iter().any(|violation| violation.subject() == mutant.pointer));
//! });
//! # Ok::<(), tfe_payload::PayloadError>(())
//! ```
//!
//! A [`Mutant`] breaks one keyword at one place, and nothing else. What proptest finds is shrunk: the
//! document to the smallest that still shows it, always valid, or always broken in the same place.
//! [`Generator`] sets more: how long texts are, which keyword mutants break, more edge cases.
//!
//! How it works: a place of a document owes something to a set of subschemas. `allOf` and `$ref` are
//! merged; `anyOf`, `oneOf`, `if` and the presence of members are choices; each choice is a conjunction
//! that is pushed down to the members and items. So documents are valid by construction, and nothing is
//! drawn and thrown away. A mutant is drawn in the same way, with one keyword at one place turned into
//! its contrary. A keyword below a combinator (in a branch of `anyOf`, in an `if`) is not broken by itself:
//! the validator reports the combinator.

mod broken;
mod build;
mod choices;
mod cube;
mod error;
mod eval;
mod expand;
mod format;
mod generator;
mod graph;
mod label;
mod list;
mod map;
mod mutant;
mod number;
mod pattern;
mod plan;
mod proof;
mod shrink;
mod strategy;
mod target;
mod text;
mod types;

use proptest::strategy::{BoxedStrategy, Strategy as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use tfe_schema::Schema;

pub use broken::{BrokenText, BrokenTexts, Flaw};
pub use error::PayloadError;
pub use generator::Generator;
pub(crate) use generator::Options;
pub use mutant::Mutant;
pub use strategy::{Documents, Mutants, Tree};

/// Documents that satisfy the schema.
///
/// # Errors
/// [`PayloadError`] if there are none, or if the schema cannot be served.
pub fn valid(schema: &Schema) -> Result<BoxedStrategy<Value>, PayloadError> {
    Generator::new(schema)?.valid()
}

/// Documents that break the schema in one place each.
///
/// # Errors
/// [`PayloadError`] if there are none, or if the schema cannot be served.
pub fn invalid(schema: &Schema) -> Result<BoxedStrategy<Mutant>, PayloadError> {
    Generator::new(schema)?.invalid()
}

/// Bodies that are no document at all: broken JSON, members that stand twice, broken forms.
///
/// # Errors
/// [`PayloadError`] if the schema has no documents to start from, or cannot be served.
pub fn invalid_bytes(schema: &Schema) -> Result<BoxedStrategy<BrokenText>, PayloadError> {
    Ok(Generator::new(schema)?.broken_texts()?.boxed())
}

/// A runner whose every draw follows from the seed, for drawing outside of a test.
pub fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}
