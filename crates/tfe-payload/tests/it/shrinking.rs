//! What proptest finds is shrunk to the smallest that still shows it, quickly.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use proptest::strategy::{Strategy, ValueTree};
use serde_json::Value;
use tfe_payload::{Generator, runner};
use tfe_schema::Catalog;

/// The simplest value for which a test still fails, as proptest looks for it.
fn shrunk<V>(strategy: &impl Strategy<Value = V>, seed: u64, fails: impl Fn(&V) -> bool) -> Option<V> {
    let mut runner = runner(seed);
    let mut tree = (0..2000).map(|_| strategy.new_tree(&mut runner).unwrap()).find(|tree| fails(&tree.current()))?;
    let mut more = tree.simplify();
    while more {
        more = if fails(&tree.current()) { tree.simplify() } else { tree.complicate() };
    }
    let value = tree.current();
    assert!(fails(&value));
    Some(value)
}

#[test]
fn mutants_shrink_to_the_least_document_with_the_same_label() {
    let schema = Catalog::bundled().schema("v2/variables/create-request").unwrap();
    let mut told = String::new();
    for (place, keyword) in [
        ("/data/attributes/key", "type"),
        ("/data/attributes/key", "required"),
        ("/data/attributes/category", "enum"),
        ("/data/type", "const"),
        ("/data/relationships/workspace/data/id", "type"),
        ("", "type"),
        ("/errors", "falseSchema"),
    ] {
        let mutants = Generator::new(schema).unwrap().mutants().unwrap();
        let fails = |mutant: &tfe_payload::Mutant| mutant.pointer.as_str() == place && mutant.keyword == keyword;
        let mutant = shrunk(&mutants, 5, fails).unwrap_or_else(|| panic!("no mutant breaks {keyword} at {place}"));
        let again = schema.check_value(&mutant.document).violations;
        assert!(again.iter().all(|found| found.subject() == mutant.pointer), "{mutant:#?}");
        writeln!(told, "{place} {keyword}: {}\n  {}", mutant.description, mutant.document).unwrap();
    }
    crate::assert_told!("mutants-shrink", told);
}

#[test]
fn documents_shrink_to_the_least_with_the_same_fault() {
    let schema = Catalog::bundled().schema("v2/variables/create-request").unwrap();
    let documents = Generator::new(schema).unwrap().documents().unwrap();
    let value = |document: &Value| document["data"]["attributes"]["value"].as_str().unwrap().to_owned();
    let long = shrunk(&documents, 1, |document| value(document).chars().count() > 5).unwrap();
    let sensitive = shrunk(&documents, 1, |document| document["data"]["attributes"]["sensitive"] == true).unwrap();
    let spaced = shrunk(&documents, 1, |document| value(document).starts_with(' ')).unwrap();
    crate::assert_told!("documents-shrink", format!("{long}\n{sensitive}\n{spaced}"));
}

/// The promise is 50 ms in a release build; this one is not optimised.
#[test]
fn shrinking_is_quick() {
    let schema = Catalog::bundled().schema("v2/variables/create-request").unwrap();
    let mutants = Generator::new(schema).unwrap().mutants().unwrap();
    let started = Instant::now();
    for seed in 0..10 {
        shrunk(&mutants, seed, |mutant| mutant.document.to_string().len() > 40).unwrap();
    }
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn the_same_seed_draws_the_same() {
    let schema = Catalog::bundled().schema("v2/variables/create-request").unwrap();
    let draw = || {
        let mut runner = runner(11);
        let strategy = tfe_payload::invalid(schema).unwrap();
        (0..50).map(|_| strategy.new_tree(&mut runner).unwrap().current().document).collect::<Vec<_>>()
    };
    assert_eq!(draw(), draw());
}
