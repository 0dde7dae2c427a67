//! How many documents and mutants a second, on one core, and whether each is what it should be.
//!
//! `cargo bench -p tfe-payload`. The figure is the best of several rounds.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and may panic")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use proptest::strategy::{Strategy, ValueTree as _};
use serde_json::Value;
use tfe_payload::{Documents, Generator, Mutant, Mutants, Tree};
use tfe_schema::{Catalog, Schema};

const COUNT: u32 = 20_000;
const PROVED: u64 = 100_000;
const ROUNDS: usize = 7;

fn main() {
    for id in ["v2/variables/create-request", "v2/variables/collection", "v1/configurations/create-request"] {
        let schema = Catalog::bundled().schema(id).unwrap();
        let started = Instant::now();
        let generator = Generator::new(schema).unwrap();
        let (documents, mutants) = (generator.documents().unwrap(), generator.mutants().unwrap());
        println!("{id}: ready after {:.1?}, {} things to break", started.elapsed(), mutants.breaks().count());
        let drawn = rate(&documents);
        let bytes: usize = (0..1000).map(|seed| documents.of_seed(seed).to_string().len()).sum();
        println!("  documents: {drawn:>9.0} a second, {} bytes each", bytes / 1000);
        println!("  mutants:   {:>9.0} a second", rate(&mutants));
        prove(schema, &documents, &mutants);
    }
    shrink();
}

/// Values a second: a new tree and its value, as proptest draws them.
fn rate(strategy: &impl Strategy) -> f64 {
    let mut runner = tfe_payload::runner(1);
    let round = |_| {
        let started = Instant::now();
        for _ in 0..COUNT {
            black_box(strategy.new_tree(&mut runner).unwrap().current());
        }
        started.elapsed()
    };
    f64::from(COUNT) / (0..ROUNDS).map(round).min().unwrap().as_secs_f64()
}

/// Every one of a hundred thousand is what it should be.
fn prove(schema: &Schema, documents: &Documents, mutants: &Mutants) {
    let valid = (0..PROVED).filter(|seed| schema.check_value(&documents.of_seed(*seed)).is_valid()).count();
    let is_labelled = |mutant: &Mutant| {
        let violations = schema.check_value(&mutant.document).violations;
        let at_label =
            |found: &tfe_schema::Violation| found.subject() == mutant.pointer && found.keyword == mutant.keyword;
        !violations.is_empty() && violations.iter().all(at_label)
    };
    let labelled = (0..PROVED).filter(|seed| is_labelled(&mutants.of_seed(*seed))).count();
    println!("  of {PROVED}: {valid} valid, {labelled} mutants broken at their label alone");
}

/// The slowest and the mean time to shrink a mutant whose place must stay as it is.
fn shrink() {
    let schema = Catalog::bundled().schema("v2/variables/create-request").unwrap();
    let mutants = Generator::new(schema).unwrap().mutants().unwrap();
    let mut runner = tfe_payload::runner(2);
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..200 {
        let mut tree = mutants.new_tree(&mut runner).unwrap();
        let started = Instant::now();
        black_box(shrink_all(&mut tree));
        times.push(started.elapsed());
    }
    let mean = times.iter().sum::<Duration>() / 200;
    println!("shrinking a mutant: {mean:.1?} in the mean, {:.1?} at worst", times.iter().max().unwrap());
}

/// A test that fails for whatever is drawn, as long as a member is in the document that no shrinking
/// may take away.
fn shrink_all(tree: &mut Tree<Mutant>) -> Value {
    let fails = |mutant: &Mutant| mutant.document.to_string().len() > 40;
    let mut last = tree.current();
    let mut more = tree.simplify();
    while more {
        let current = tree.current();
        if fails(&current) {
            last = current;
            more = tree.simplify();
        } else {
            more = tree.complicate();
        }
    }
    last.document
}
