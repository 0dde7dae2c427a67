//! Broken bodies are refused for what their label says, and forms say what their documents say.

use std::collections::BTreeSet;

use tfe_payload::Generator;
use tfe_schema::{Catalog, form};

#[test]
fn broken_bodies_of_every_schema_are_no_documents() {
    for schema in Catalog::bundled().schemas() {
        let texts = Generator::new(schema).unwrap().broken_texts().unwrap();
        let mut seen = BTreeSet::new();
        for seed in 0..400 {
            let text = texts.of_seed(seed);
            seen.insert(text.flaw);
            let shown = String::from_utf8_lossy(&text.bytes).into_owned();
            if text.flaw.is_form() {
                assert!(form::parse(&text.bytes).is_err(), "{} seed {seed} {}: {shown}", schema.id(), text.flaw);
                continue;
            }
            let report = schema.check(&text.bytes);
            if text.flaw.name() == "duplicate-member" {
                assert_eq!(report.duplicates.len(), 1, "{} seed {seed}: {shown}", schema.id());
                assert!(report.syntax.is_none(), "{} seed {seed}: {shown}", schema.id());
            } else {
                assert!(report.syntax.is_some(), "{} seed {seed} {}: {shown}", schema.id(), text.flaw);
            }
        }
        assert!(seen.len() >= 13, "{}: {seen:?}", schema.id());
    }
}

#[test]
fn requests_of_the_legacy_api_can_be_said_as_forms() {
    for schema in Catalog::bundled().schemas().filter(|schema| is_legacy_request(schema.id())) {
        let documents = Generator::new(schema).unwrap().form().documents().unwrap();
        for seed in 0..300 {
            let document = documents.of_seed(seed);
            let text = form::encode(&document).unwrap_or_else(|error| panic!("{}: {error}: {document}", schema.id()));
            let report = schema.check_form(text.as_bytes());
            assert!(report.is_valid(), "{} seed {seed}: {report:#?}\n{document:#}", schema.id());
        }
    }
}

fn is_legacy_request(id: &str) -> bool {
    id.starts_with("v1/") && id.ends_with("-request")
}
