//! `validate`: documents of every quality, and files that are none.

use std::path::PathBuf;

use tempfile::TempDir;

use crate::process::{Output, Run};

const SCHEMA: &str = "v2/variables/update-request";
const VALID: &str = r#"{"data": {"type": "vars", "id": "var-1", "attributes": {"value": "x"}}}"#;
const INVALID: &str = r#"{"data": {"type": "variables", "id": "var-1", "attributes": {"hcl": "yes"}}}"#;

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

fn validate(bytes: impl AsRef<[u8]>) -> Output {
    let files = Files::new();
    Run::new(["validate", SCHEMA]).args([files.write("document.json", bytes)]).output()
}

#[test]
fn a_document_that_conforms_passes() {
    let output = validate(VALID);
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.contains("document.json: conforms"), "{output:?}");
}

/// Every violation has the place in the document and the rule in the schema.
#[test]
fn a_document_that_does_not_conform_fails_with_places() {
    let output = validate(INVALID);
    assert_eq!(output.code, 1, "{output:?}");
    for word in ["document.json:1:19: /data/type: ", "document.json:1:69: /data/attributes/hcl: ", "[v2/variables/"] {
        assert!(output.stdout.contains(word), "no `{word}` in {}", output.stdout);
    }
}

/// One bad file among good ones decides, and each file is told.
#[test]
fn every_file_is_checked() {
    let files = Files::new();
    let paths = [files.write("one.json", VALID), files.write("two.json", INVALID), files.write("three.json", VALID)];
    let output = Run::new(["validate", SCHEMA]).args(paths).output();
    assert_eq!(output.code, 1, "{output:?}");
    for word in ["one.json: conforms", "two.json:1:19: /data/type", "three.json: conforms"] {
        assert!(output.stdout.contains(word), "no `{word}` in {}", output.stdout);
    }
}

/// What cannot be read is neither valid nor invalid, and is told before any verdict.
#[test]
fn what_cannot_be_read_is_no_verdict() {
    let files = Files::new();
    let good = files.write("good.json", VALID);
    for bad in [files.0.path().join("missing.json"), files.0.path().to_owned()] {
        let output = Run::new(["validate", SCHEMA]).args([&good, &bad]).output();
        output.complains(2, &["cannot be read", &bad.to_string_lossy()]);
        assert_eq!(output.stdout, "");
    }
}

#[test]
fn an_unknown_schema_is_told_its_neighbour() {
    let output = Run::new(["validate", "v2/variables/updaterequest", "-"]).stdin(VALID).output();
    output.complains(2, &["v2/variables/updaterequest", "did you mean `v2/variables/update-request`?"]);
    Run::new(["validate", SCHEMA]).output().complains(2, &["no file"]);
}

#[test]
fn standard_input_is_a_file() {
    let run = |text: &str| Run::new(["validate", SCHEMA, "-"]).stdin(text).output();
    assert_eq!(run(VALID).code, 0);
    assert_eq!(run(INVALID).code, 1);
    assert_eq!(run("").code, 1, "nothing is no document");
}

/// Bytes that are no JSON have a line and a column; none of them ends in a crash.
#[test]
fn what_is_no_json_has_a_place() {
    for (name, bytes, words) in [
        ("empty", &b""[..], &["document.json:1:1", "empty"][..]),
        ("blank", b" \n\t", &["document.json:", "empty"]),
        ("NUL bytes", b"\0\0\0\0", &["document.json:1:1"]),
        ("NUL inside", b"{\"data\":\n \0}", &["document.json:2:"]),
        ("invalid UTF-8", b"{\n\"data\": \"\xff\xfe\"}", &["document.json:2:", "UTF-8"]),
        ("UTF-16", b"\xff\xfe{\0}\0", &["document.json:1:1", "UTF-8"]),
        ("half a document", b"{\"data\": {", &["document.json:1:"]),
        ("two documents", b"{} {}", &["document.json:1:"]),
        ("HTML", b"<!doctype html>", &["document.json:1:1"]),
    ] {
        let output = validate(bytes);
        assert_eq!(output.code, 1, "{name}: {output:?}");
        for word in words {
            assert!(output.stdout.contains(word), "{name}: no `{word}` in {}", output.stdout);
        }
    }
}

/// A member that stands twice makes a document ambiguous: its second place is told.
#[test]
fn duplicate_members_are_told() {
    let text = r#"{"data": {"type": "variables", "type": "vars", "id": "var-1", "attributes": {"value": "x"}}}"#;
    let output = validate(text);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stdout.contains("document.json:1:32: /data/type: the member stands twice"), "{}", output.stdout);
}

/// Deep nesting must not overflow the stack, in arrays or objects.
#[test]
fn deep_nesting_is_refused_and_survived() {
    for (open, close) in [("[", "]"), (r#"{"data":"#, "}")] {
        let output = validate(format!("{}1{}", open.repeat(10_000), close.repeat(10_000)));
        assert_eq!(output.code, 1, "{output:?}");
        assert!(output.stdout.contains("deep"), "{}", output.stdout);
    }
}

/// What stands in a document goes to a terminal: control characters must not.
#[test]
fn escapes_of_a_document_do_not_reach_the_terminal() {
    let output = validate("{\"data\": {\"type\": \"\\u001b[31mred\\u0007\", \"\\u001b]0;title\\u0007\": 1}}");
    assert_eq!(output.code, 1, "{output:?}");
    assert!(!output.said().contains(['\u{1b}', '\u{7}']), "{output:?}");
}

/// Schemas of one's own are used in place of the built-in ones, with the same guarantees.
#[test]
fn own_schemas_may_be_used() {
    let folder = TempDir::new().unwrap();
    let schema = r#"{ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "T", "description": "D",
        "type": "integer", "examples": [1] }"#;
    std::fs::write(folder.path().join("number.json"), schema).unwrap();
    let run = |id: &str| Run::new(["validate", "--schemas"]).args([folder.path()]).args([id, "-"]);
    assert_eq!(run("number").stdin("5").output().code, 0);
    assert_eq!(run("number").stdin("\"5\"").output().code, 1);
    assert_eq!(run(SCHEMA).stdin("5").output().code, 2, "the built-in ones are not there");
    std::fs::write(folder.path().join("number.json"), schema.replace("\"type\"", "\"tpye\"")).unwrap();
    run("number").stdin("5").output().complains(2, &["number.json", "tpye"]);
}
