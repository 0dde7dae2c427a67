//! The official JSON Schema Test Suite. It is not part of this repository: `tests/suite/run.sh` fetches it
//! and says where it is.

use std::collections::BTreeMap;
use std::path::Path;

use jsonschema::{PatternOptions, Retrieve, Uri};
use serde_json::Value;

use super::{Files, Leaves, Program};
use crate::tape::{SpanTape, Tape};

/// Formats whose tests are run with formats asserted.
const FORMATS: [&str; 7] = ["date-time", "email", "json-pointer", "regex", "uri", "uri-reference", "uuid"];

/// What the suite refers to.
#[derive(Clone)]
struct Remotes(std::sync::Arc<BTreeMap<String, Value>>);

impl Retrieve for Remotes {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        self.0.get(uri.as_str()).cloned().ok_or_else(|| format!("{uri} is not part of the suite").into())
    }
}

fn read(folder: &Path, base: &str, found: &mut BTreeMap<String, Value>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        let name = format!("{base}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            read(&path, &format!("{name}/"), found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let bytes = std::fs::read(&path).unwrap();
            found.insert(name, serde_json::from_slice(&bytes).unwrap());
        }
    }
}

#[derive(Debug, Default)]
struct Count {
    groups: usize,
    tests: usize,
    /// Groups and tests that a program judged too.
    fused_groups: usize,
    fused_tests: usize,
    wrong: Vec<String>,
}

impl Count {
    /// One group: the tape always, the program where the schema has one.
    fn group(&mut self, file: &str, group: &Value, remotes: &Remotes, formats: bool) {
        let schema = &group["schema"];
        // Without a dialect of ours: a schema of the suite may name another, with a vocabulary of its own.
        let options = jsonschema::options_for::<SpanTape>()
            .should_validate_formats(formats)
            .with_pattern_options(PatternOptions::regex());
        let validator = options.with_retriever(remotes.clone()).build(schema);
        let validator = validator.unwrap_or_else(|error| panic!("{file}, {}: {error}", group["description"]));
        // A program always asserts formats, and reads one dialect.
        let is_ours = formats || !schema.to_string().contains("\"format\"");
        let files = Files::from([("schema.json".to_owned(), schema.clone())]);
        let program = Program::compile(&files, "schema.json", &Leaves::default()).filter(|_| is_ours);
        self.groups += 1;
        self.fused_groups += usize::from(program.is_some());
        for test in group["tests"].as_array().expect("tests") {
            let text = test["data"].to_string();
            let tape = Tape::parse(text.as_bytes()).expect("JSON");
            let expected = test["valid"].as_bool().expect("a verdict");
            let name = format!("{file}, {}, {}", group["description"], test["description"]);
            self.tests += 1;
            if validator.is_valid(tape.root()) != expected {
                self.wrong.push(format!("the tape: {name}"));
            }
            if let Some(program) = &program {
                self.fused_tests += 1;
                if program.accepts(&tape) != expected {
                    self.wrong.push(format!("the program: {name}"));
                }
            }
        }
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "how much of the suite was run is what one wants to know")]
#[ignore = "needs the suite: see tests/suite/run.sh"]
fn the_official_suite() {
    let suite = std::env::var("JSON_SCHEMA_SUITE").expect("JSON_SCHEMA_SUITE names the folder of the suite");
    let suite = Path::new(&suite);
    let mut remotes = BTreeMap::new();
    read(&suite.join("remotes"), "http://localhost:1234/", &mut remotes);
    let remotes = Remotes(remotes.into());
    let mut files = BTreeMap::new();
    read(&suite.join("tests/draft2020-12"), "", &mut files);
    let (mut required, mut formats) = (Count::default(), Count::default());
    for (file, groups) in &files {
        let format = file.strip_prefix("optional/format/").and_then(|file| file.strip_suffix(".json"));
        let (count, is_format) = match format {
            Some(format) if FORMATS.contains(&format) => (&mut formats, true),
            None if !file.contains('/') => (&mut required, false),
            _ => continue,
        };
        for group in groups.as_array().expect("groups") {
            count.group(file, group, &remotes, is_format);
        }
    }
    for (name, count) in [("required", &required), ("formats", &formats)] {
        println!(
            "{name}: {} groups with {} tests through the tape, {} groups with {} tests through a program",
            count.groups, count.tests, count.fused_groups, count.fused_tests
        );
    }
    assert!(required.tests > 1000 && required.fused_tests > 700 && formats.tests > 100);
    assert_eq!(required.wrong, Vec::<String>::new());
    assert_eq!(formats.wrong, Vec::<String>::new());
}
