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

/// What cannot be read is neither valid nor invalid: it decides the exit code, and hides no other file.
#[test]
fn what_cannot_be_read_is_no_verdict() {
    let files = Files::new();
    let good = files.write("good.json", VALID);
    let deviating = files.write("deviating.json", INVALID);
    for (bad, why) in [(files.0.path().join("missing.json"), "No such file"), (files.0.path().to_owned(), "directory")]
    {
        let output = Run::new(["validate", SCHEMA]).args([&bad, &good, &deviating]).output();
        assert_eq!(output.code, 2, "{output:?}");
        let unread = format!("{}: cannot be read: ", bad.display());
        for word in [&unread, why, "good.json: conforms", "deviating.json:1:19", "1 could not be judged"] {
            assert!(output.stdout.contains(word), "no `{word}` in {}", output.stdout);
        }
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
    assert_eq!(run("").code, 2, "nothing is no document");
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
        ("a lone surrogate", b"{\"data\": \"\\ud800\"}", &["document.json:1:", "surrogate"]),
        ("a number out of range", b"{\n\"data\": 1e400}", &["document.json:2:9", "out of range"]),
        ("two documents", b"{} {}", &["document.json:1:"]),
        ("HTML", b"<!doctype html>", &["document.json:1:1"]),
    ] {
        let output = validate(bytes);
        assert_eq!(output.code, 2, "{name}: {output:?}");
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
        assert_eq!(output.code, 2, "{output:?}");
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

/// The line of the place is shown, and the place underlined, whatever stands before it.
#[test]
fn the_offending_line_is_underlined() {
    let text = "{\"data\": {\n\t\"type\": \"vars\", \"id\": \"vär\", \"attributes\": {\"hcl\": \"yes\"}}}\n";
    let output = validate(text);
    let lines: Vec<&str> = output.stdout.lines().collect();
    let at = lines.iter().position(|line| line.contains("document.json:2:")).unwrap();
    let (shown, underline) = (lines[at + 1], lines[at + 2]);
    let marked = underline.chars().position(|c| c == '^').unwrap();
    let length = underline.chars().filter(|&c| c == '^').count();
    assert_eq!(shown.chars().skip(marked).take(length).collect::<String>(), "\"yes\"", "{}", output.stdout);
}

/// Neither messages nor the lines that are shown tell a sensitive value, in any format.
#[test]
fn sensitive_values_are_not_shown() {
    let text = r#"{"data": {"type": "x", "id": "var-1", "attributes": {"value": ["hunter2"], "hcl": "no"}}}"#;
    for format in ["human", "json", "sarif", "github"] {
        let output = Run::new(["validate", SCHEMA, "-", "--format", format]).stdin(text).output();
        assert_eq!(output.code, 1);
        assert!(output.stdout.contains("/data/attributes/value"), "{format}: {}", output.stdout);
        assert!(!output.said().contains("hunter2"), "{format}: {}", output.said());
    }
}

/// Each line is a document; lines keep their numbers, blank ones separate nothing.
#[test]
fn lines_are_documents() {
    let run = |text: String| Run::new(["validate", "--ndjson", SCHEMA, "-"]).stdin(text).output();
    let output = run(format!("{VALID}\n\n{INVALID}\r\n{VALID}"));
    assert_eq!(output.code, 1, "{output:?}");
    for word in ["-:3:19: /data/type", "2 conform to v2/variables/update-request, 1 do not"] {
        assert!(output.stdout.contains(word), "no `{word}` in {}", output.stdout);
    }
    let output = run(format!("{VALID}\n{{\n{INVALID}\n"));
    assert_eq!(output.code, 2, "{output:?}");
    for word in ["-:2:2: not a JSON document", "-:3:19: /data/type", "1 could not be judged"] {
        assert!(output.stdout.contains(word), "no `{word}` in {}", output.stdout);
    }
    assert_eq!(run("\n \n".to_owned()).code, 2, "nothing was checked, so nothing passes");
    assert_eq!(run(format!("{VALID}\n").repeat(1000)).code, 0);
}

#[test]
fn json_tells_every_document() {
    let files = Files::new();
    let (good, bad) = (files.write("good.json", VALID), files.write("bad.json", INVALID));
    let missing = files.0.path().join("missing.json");
    let output = Run::new(["validate", "--format", "json", SCHEMA]).args([&good, &bad, &missing]).output();
    assert_eq!(output.code, 2);
    let told: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(told["schema"], SCHEMA);
    assert_eq!(told["totals"], serde_json::json!({"conforming": 1, "deviating": 1, "unread": 1}));
    let conforms: Vec<_> = told["documents"].as_array().unwrap().iter().map(|document| &document["conforms"]).collect();
    assert_eq!(conforms, [&serde_json::json!(true), &serde_json::json!(false), &serde_json::Value::Null]);
    let violation = &told["documents"][1]["violations"][0];
    assert_eq!(violation["pointer"], "/data/type");
    assert_eq!(violation["place"], serde_json::json!({"line": 1, "column": 19, "start": 18, "end": 29}));
    assert!(told["documents"][2]["error"]["message"].as_str().unwrap().contains("cannot be read"));
}

/// What code scanning reads: a result per violation, columns in code points.
#[test]
fn sarif_has_a_result_per_violation() {
    let files = Files::new();
    let text = "{\"x\": \"äöü\", \"data\": {\"type\": \"variables\", \"id\": \"v\", \"attributes\": {}}}";
    let path = files.write("a b.json", text);
    let output = Run::new(["validate", "--format", "sarif", SCHEMA]).args([&path]).output();
    assert_eq!(output.code, 1);
    let log: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let run = &log["runs"][0];
    assert_eq!((&log["version"], &run["columnKind"]), (&"2.1.0".into(), &"unicodeCodePoints".into()));
    let results = run["results"].as_array().unwrap();
    let location = &results[0]["locations"][0]["physicalLocation"];
    assert!(location["artifactLocation"]["uri"].as_str().unwrap().ends_with("/a%20b.json"));
    // Columns count from 1, and the quote stands before the `v`.
    let column = text.chars().take_while(|&c| c != 'v').count();
    assert_eq!(location["region"]["startColumn"], column);
    for result in results {
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert!(rules.iter().any(|rule| rule["id"] == result["ruleId"]), "{result}");
    }
    let output = Run::new(["validate", "--format", "sarif", SCHEMA, "-"]).stdin(VALID).output();
    let log: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((output.code, &log["runs"][0]["results"]), (0, &serde_json::json!([])));
}

/// A line break or a colon of the document must not end an annotation or begin another one.
#[test]
fn annotations_are_escaped() {
    let text = r#"{"data": {"type": "a\nb::error::%", "id": "var-1"}}"#;
    let output = Run::new(["validate", "--format", "github", SCHEMA, "-"]).stdin(text).output();
    let mut lines: Vec<_> = output.stdout.lines().collect();
    assert!(lines.pop().unwrap().starts_with("0 conform"), "{}", output.stdout);
    assert!(!lines.is_empty());
    for line in lines {
        assert!(line.starts_with("::error file=-,line=1,endLine=1,col="), "{line}");
    }
    assert!(output.stdout.contains("error::%25\""), "{}", output.stdout);
}

/// A document longer than asked for is not read into memory.
#[test]
fn too_long_documents_are_refused() {
    let long = format!("{{\"x\": \"{}\"}}", "a".repeat(2 << 20));
    for more in [&[][..], &["--ndjson"]] {
        let output = Run::new(["validate", SCHEMA, "-", "--max-size", "1"]).args(more).stdin(long.clone()).output();
        assert_eq!(output.code, 2, "{output:?}");
        assert!(output.stdout.contains("longer than 1 MiB"), "{}", output.stdout);
    }
    // A file of a gibibyte that takes no disk.
    let files = Files::new();
    let path = files.write("large.json", "");
    std::fs::File::options().write(true).open(&path).unwrap().set_len(1 << 30).unwrap();
    let output = Run::new(["validate", SCHEMA]).args([&path]).output();
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stdout.contains("longer than 256 MiB"), "{}", output.stdout);
}
