//! The program says what the validator says.

mod differential;
mod suite;

use jsonschema::Validator;
use serde_json::Value;

use super::{Leaves, Program};
use crate::files::{self, Files};
use crate::schema;
use crate::tape::{SpanTape, Tape};

#[test]
fn every_bundled_schema_has_a_program() {
    let (files, problems) = files::bundled();
    assert!(problems.is_empty(), "{problems:?}");
    let leaves = Leaves::default();
    let schemas = files.keys().filter(|file| !file.ends_with("openapi.json"));
    let lacking: Vec<_> = schemas.filter(|file| Program::compile(&files, file, &leaves).is_none()).collect();
    assert_eq!(lacking, Vec::<&String>::new());
}

#[test]
fn what_is_not_known_has_no_program() {
    let lacks = [
        r#"{"unevaluatedProperties": false}"#,
        r#"{"properties": {"a": {"unevaluatedItems": false}}}"#,
        r##"{"$dynamicRef": "#a"}"##,
        r#"{"$id": "a.json"}"#,
        r##"{"$ref": "#/nowhere"}"##,
        r#"{"type": "any"}"#,
        r#"{"minLength": -1}"#,
        r#"{"requierd": []}"#,
        r##"{"not": {"$ref": "#"}}"##,
        r##"{"anyOf": [{"$ref": "#"}, {"type": "string"}]}"##,
        r##"{"dependentSchemas": {"a": {"not": {"$ref": "#"}}}}"##,
    ];
    for text in lacks {
        assert!(Judges::of(serde_json::from_str(text).unwrap()).program.is_none(), "{text}");
    }
}

/// Found by random schemas.
#[test]
fn enum_and_const_hold_both() {
    let judges = Judges::of(serde_json::json!({"enum": ["", 1, [1]], "const": "a"}));
    assert!(judges.program.is_some());
    for document in ["\"a\"", "\"\"", "1", "[1]"] {
        assert_eq!(judges.judge(document), Ok(false), "{document}");
    }
    let judges = Judges::of(serde_json::json!({"enum": [2, 1.0], "const": 1}));
    assert_eq!((judges.judge("1"), judges.judge("2")), (Ok(true), Ok(false)));
}

/// Every step down combines the subschemas anew: there is no end to the blocks.
#[test]
fn a_schema_that_combines_without_end_is_no_stack_overflow() {
    let mut members = serde_json::Map::new();
    for width in [2, 3, 5, 7, 11, 13, 17] {
        let next = |step: usize| serde_json::json!({"$ref": format!("#/$defs/{width}-{}", (step + 1) % width)});
        for step in 0..width {
            members.insert(format!("{width}-{step}"), serde_json::json!({"properties": {"a": next(step)}}));
        }
    }
    let all: Vec<_> = [2, 3, 5, 7, 11, 13, 17].iter().map(|width| format!("#/$defs/{width}-0")).collect();
    let all: Vec<_> = all.iter().map(|target| serde_json::json!({"$ref": target})).collect();
    let judges = Judges::of(serde_json::json!({"allOf": all, "$defs": members}));
    assert!(judges.program.is_none());
    assert_eq!(judges.judge("{\"a\": {\"a\": 1}}"), Ok(true));
}

/// One schema, and everyone who judges by it.
struct Judges {
    program: Option<Program>,
    values: Option<Validator>,
    tapes: Option<Validator<SpanTape>>,
}

impl Judges {
    /// A schema that stands alone.
    fn of(schema: Value) -> Self {
        Self {
            values: schema::options().build(&schema).ok(),
            tapes: schema::options().build(&schema).ok(),
            program: Program::compile(
                &Files::from([("schema.json".to_owned(), schema)]),
                "schema.json",
                &Leaves::default(),
            ),
        }
    }

    /// What all of them say; the first that differs.
    fn judge(&self, document: &str) -> Result<bool, String> {
        let tape = Tape::parse(document.as_bytes()).map_err(|error| error.to_string())?;
        let value: Value = serde_json::from_str(document).map_err(|error| error.to_string())?;
        let (Some(values), Some(tapes)) = (&self.values, &self.tapes) else { return Err("no validator".to_owned()) };
        let expected = values.is_valid(&value);
        if tapes.is_valid(tape.root()) != expected {
            return Err(format!("the tape: {}, the value: {expected}", !expected));
        }
        match &self.program {
            Some(program) if program.accepts(&tape) != expected => {
                Err(format!("the program: {}, the validator: {expected}", !expected))
            }
            _ => Ok(expected),
        }
    }
}
