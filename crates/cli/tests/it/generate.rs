//! `generate`: what it prints is what it says, and the same seed prints the same.

use serde_json::Value;
use tfe_schema::{Catalog, Schema};

use crate::process::{Output, Run};

const ID: &str = "v2/variables/create-request";

fn schema(id: &str) -> &'static Schema {
    Catalog::bundled().schema(id).unwrap()
}

fn generate(args: &[&str]) -> Output {
    Run::new(["generate"]).args(args).output()
}

#[test]
fn documents_conform_and_follow_from_the_seed() {
    let args = [ID, "--count", "50", "--seed", "7", "--format", "ndjson"];
    let output = generate(&args);
    assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{output:?}");
    assert_eq!(output.stdout.lines().count(), 50);
    for line in output.stdout.lines() {
        assert!(schema(ID).check(line.as_bytes()).is_valid(), "{line}");
    }
    assert_eq!(generate(&args).stdout, output.stdout);
    let other = [ID, "--count", "50", "--seed", "8", "--format", "ndjson"];
    assert_ne!(generate(&other).stdout, output.stdout);
}

#[test]
fn a_drawn_seed_is_printed_and_gives_the_same_again() {
    let first = generate(&[ID, "--count", "3"]);
    let seed = first.stderr.trim().strip_prefix("seed: ").unwrap();
    let second = generate(&[ID, "--count", "3", "--seed", seed]);
    assert_eq!(first.stdout, second.stdout);
}

#[test]
fn mutants_carry_the_label_that_the_validator_gives_them() {
    let output = generate(&[ID, "--invalid", "--count", "50", "--seed", "1", "--format", "ndjson"]);
    assert_eq!(output.code, 0, "{output:?}");
    for line in output.stdout.lines() {
        let mutant: Value = serde_json::from_str(line).unwrap();
        let violations = schema(ID).check_value(&mutant["document"]).violations;
        assert!(!violations.is_empty(), "{line}");
        for found in violations {
            assert_eq!(Value::from(found.subject().as_str()), mutant["pointer"], "{line}");
            assert_eq!(Value::from(found.keyword), mutant["keyword"], "{line}");
        }
    }
}

/// Of a form, what the lines say is checked as a form: it knows no types.
#[test]
fn forms_conform_and_broken_ones_do_not() {
    let id = "v1/configurations/create-request";
    let output = generate(&[id, "--count", "50", "--seed", "3", "--format", "form"]);
    for line in output.stdout.lines() {
        assert!(schema(id).check_form(line.as_bytes()).is_valid(), "{line}");
    }
    let output = generate(&[id, "--invalid", "--count", "50", "--seed", "3", "--format", "form"]);
    assert_eq!((output.code, output.stdout.lines().count()), (0, 50), "{output:?}");
    for line in output.stdout.lines() {
        let [text, pointer, keyword, _] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        for found in schema(id).check_form(text.as_bytes()).violations {
            assert_eq!((found.subject().as_str(), found.keyword.as_str()), (pointer, keyword), "{line}");
        }
    }
}

#[test]
fn without_an_id_all_are_listed() {
    let output = generate(&[]);
    assert_eq!(output.code, 0);
    assert!(output.stdout.lines().any(|line| line == ID));
}

#[test]
fn what_is_unknown_is_refused_with_the_nearest() {
    for (args, says) in [
        (vec!["v2/variables/create-requests"], "did you mean `v2/variables/create-request`?"),
        (vec![ID, "--invalid", "--keyword", "requird"], "did you mean `required`?"),
        (vec![ID, "--invalid", "--keyword", "multipleOf"], "no document breaks `multipleOf`"),
        (vec![ID, "--keyword", "type"], "--invalid"),
    ] {
        let output = generate(&args);
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{args:?}");
        assert!(output.stderr.contains(says), "{args:?}: {}", output.stderr);
    }
}

#[test]
fn a_contradictory_schema_is_refused_with_the_place() {
    let dir = tempfile::TempDir::new().unwrap();
    let text = r#"{
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "t", "description": "d", "examples": [{}],
        "type": "object", "properties": {"a": {"type": "string", "minLength": 5, "maxLength": 3}}
    }"#;
    std::fs::write(dir.path().join("own.json"), text).unwrap();
    let output = Run::new(["generate", "own", "--schemas"]).args([dir.path()]).output();
    assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{output:?}");
    assert!(output.stderr.contains("Length` at own#/properties/a "), "{output:?}");
}
