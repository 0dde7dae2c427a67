//! Every bundled schema is served: its documents conform, and its mutants break it at their label and
//! nowhere else.

use tfe_payload::{Generator, Mutant};
use tfe_schema::{Catalog, Schema};

const COUNT: u64 = 300;

#[test]
fn documents_of_every_schema_conform() {
    for schema in Catalog::bundled().schemas() {
        for generator in [Generator::new(schema).unwrap(), Generator::new(schema).unwrap().edges()] {
            let documents = generator.documents().unwrap();
            for seed in 0..COUNT {
                let document = documents.of_seed(seed);
                let report = schema.check_value(&document);
                assert!(report.is_valid(), "{} seed {seed}: {:#?}\n{document:#}", schema.id(), report.violations);
            }
        }
    }
}

#[test]
fn mutants_of_every_schema_break_what_their_label_says_and_nothing_else() {
    for schema in Catalog::bundled().schemas() {
        let mutants = Generator::new(schema).unwrap().mutants().unwrap();
        for seed in 0..COUNT {
            assert_breaks_its_label_alone(schema, &mutants.of_seed(seed), seed);
        }
    }
}

#[track_caller]
fn assert_breaks_its_label_alone(schema: &Schema, mutant: &Mutant, seed: u64) {
    let Mutant { document, pointer, keyword, .. } = mutant;
    let violations = schema.check_value(document).violations;
    let alone = violations.iter().all(|found| found.subject() == *pointer && found.keyword == *keyword);
    let found = || violations.iter().map(|found| format!("{} {}", found.subject(), found.keyword)).collect::<Vec<_>>();
    assert!(
        alone && !violations.is_empty(),
        "{} seed {seed}: {keyword} at {pointer} ({}), but found {:?}\n{document:#}",
        schema.id(),
        mutant.schema_location,
        found(),
    );
}
