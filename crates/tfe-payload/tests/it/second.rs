//! A second opinion: the runtime validator of `jsonschema`, over values and without anything of ours.

use jsonschema::{Draft, PatternOptions, Retrieve, Uri, Validator};
use serde_json::Value;
use tfe_payload::Generator;
use tfe_schema::{Catalog, Schema};

/// The other files of the set.
struct Bundled;

impl Retrieve for Bundled {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let id = uri.as_str().trim_start_matches("set:///").trim_end_matches(".json");
        Catalog::bundled().schema(id).map(|schema| schema.document().clone()).ok_or_else(|| id.to_owned().into())
    }
}

/// The validator of a schema, without anything of ours.
pub(crate) fn validator(schema: &Schema) -> Validator {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .with_pattern_options(PatternOptions::regex())
        .with_retriever(Bundled)
        .with_base_uri(format!("set:///{}.json", schema.id()))
        .build(schema.document())
        .unwrap()
}

#[test]
fn another_validator_agrees_about_documents_and_mutants_of_every_schema() {
    for schema in Catalog::bundled().schemas() {
        let validator = validator(schema);
        let generator = Generator::new(schema).unwrap();
        let (documents, mutants) = (generator.documents().unwrap(), generator.mutants().unwrap());
        for seed in 1000..1400 {
            let document = documents.of_seed(seed);
            assert!(validator.is_valid(&document), "{} seed {seed}: {document:#}", schema.id());
            let mutant = mutants.of_seed(seed);
            let paths: Vec<String> =
                validator.iter_errors(&mutant.document).map(|error| error.instance_path().to_string()).collect();
            assert!(!paths.is_empty(), "{} seed {seed}: {mutant:#?}", schema.id());
            // Of a missing member the validator names the object.
            for path in paths {
                let label = mutant.pointer.as_str();
                let above = mutant.pointer.split_last().map(|(above, _)| above.as_str().to_owned());
                assert!(
                    path == label || Some(&path) == above.as_ref(),
                    "{} seed {seed}: {path}: {mutant:#?}",
                    schema.id()
                );
            }
        }
    }
}
