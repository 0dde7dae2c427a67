//! Random schemas and documents, and examples with things changed.
//!
//! `PROPTEST_CASES=100000 cargo test -p tfe-schema --lib differential` for many; the number is never lowered.

use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use super::Judges;
use crate::Catalog;
use crate::files;
use crate::schema::Schema;
use crate::tape::Tape;
use crate::verdict::{Leaves, Program};

fn name() -> impl Strategy<Value = &'static str> {
    select(vec!["a", "b", "ab", "", "\u{e9}\"", "id"])
}

/// Values that schemas and documents share, so that they meet.
fn scalar() -> impl Strategy<Value = Value> {
    select(vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(1.0),
        json!(2),
        json!(-3),
        json!(2.5),
        json!(1e300),
        json!(18_446_744_073_709_551_615_u64),
        json!(""),
        json!("a"),
        json!("ab"),
        json!("\u{e9}\""),
        json!("/a b"),
        json!("a:b"),
        json!("2020-01-01T00:00:00Z"),
        json!([]),
        json!({}),
        json!([1]),
        json!({"a": 1}),
    ])
}

fn document() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..4).prop_map(object),
        ]
    })
}

fn object(members: Vec<(&'static str, Value)>) -> Value {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
}

fn names() -> impl Strategy<Value = Value> {
    prop::collection::btree_set(name(), 0..3).prop_map(|names| json!(names))
}

/// One keyword that holds no schema.
fn plain() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let kind = || select(vec!["null", "boolean", "integer", "number", "string", "array", "object"]);
    let one = |keyword: &'static str| move |value: Value| vec![(keyword, value)];
    let number = || (0_u64..3).prop_map(Value::from);
    prop_oneof![
        4 => kind().prop_map(Value::from).prop_map(one("type")),
        1 => prop::collection::btree_set(kind(), 1..4).prop_map(|kinds| json!(kinds)).prop_map(one("type")),
        2 => scalar().prop_map(one("const")),
        2 => prop::collection::vec(scalar(), 1..4).prop_map(Value::from).prop_map(one("enum")),
        3 => names().prop_map(one("required")),
        1 => (select(vec!["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"]), number())
            .prop_map(|member| vec![member]),
        1 => (select(vec!["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]), number())
            .prop_map(|member| vec![member]),
        1 => select(vec![json!(2), json!(0.5)]).prop_map(one("multipleOf")),
        1 => select(vec!["^a", "b$", "^(a|ab)$", "^[^a]*$"]).prop_map(Value::from).prop_map(one("pattern")),
        1 => select(vec!["uri-reference", "uri", "date-time", "json-pointer"]).prop_map(Value::from).prop_map(one("format")),
        1 => any::<bool>().prop_map(Value::from).prop_map(one("uniqueItems")),
        1 => (name(), names()).prop_map(|(name, names)| vec![("dependentRequired", object(vec![(name, names)]))]),
        2 => select(vec!["#", "#/$defs/x", "#/$defs/y"]).prop_map(Value::from).prop_map(one("$ref")),
    ]
}

/// One keyword, or some that belong together, with schemas inside.
fn applied(schema: BoxedStrategy<Value>) -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let schemas = |schema: &BoxedStrategy<Value>| prop::collection::vec(schema.clone(), 1..4).prop_map(Value::from);
    let named = |name: BoxedStrategy<&'static str>, schema: &BoxedStrategy<Value>| {
        prop::collection::vec((name, schema.clone()), 0..3).prop_map(object)
    };
    let one = |keyword: &'static str| move |value: Value| vec![(keyword, value)];
    let pattern = select(vec!["^a", "b$", "."]).boxed();
    let limit = || prop::option::of(0_u64..3);
    prop_oneof![
        4 => named(name().boxed(), &schema).prop_map(one("properties")),
        2 => named(pattern, &schema).prop_map(one("patternProperties")),
        1 => named(name().boxed(), &schema).prop_map(one("dependentSchemas")),
        2 => (select(vec!["additionalProperties", "propertyNames", "items", "not"]), schema.clone())
            .prop_map(|member| vec![member]),
        3 => (select(vec!["allOf", "anyOf", "oneOf"]), schemas(&schema)).prop_map(|member| vec![member]),
        1 => schemas(&schema).prop_map(one("prefixItems")),
        1 => (schema.clone(), limit(), limit()).prop_map(|(schema, min, max)| {
            let limits = [("minContains", min), ("maxContains", max)];
            let limits = limits.into_iter().filter_map(|(keyword, limit)| Some((keyword, json!(limit?))));
            [("contains", schema)].into_iter().chain(limits).collect()
        }),
        2 => (schema.clone(), prop::option::of(schema.clone()), prop::option::of(schema)).prop_map(
            |(condition, then, otherwise)| {
                let branches = [("then", then), ("else", otherwise)];
                let branches = branches.into_iter().filter_map(|(keyword, schema)| Some((keyword, schema?)));
                [("if", condition)].into_iter().chain(branches).collect()
            }
        ),
    ]
}

fn schema() -> impl Strategy<Value = Value> {
    let combined = |keywords: Vec<Vec<(&'static str, Value)>>| object(keywords.into_iter().flatten().collect());
    let leaf = prop_oneof![
        1 => any::<bool>().prop_map(Value::from),
        9 => prop::collection::vec(plain(), 0..3).prop_map(combined),
    ];
    let inner = leaf.prop_recursive(4, 32, 4, move |inner| {
        let keyword = prop_oneof![2 => applied(inner.boxed()), 1 => plain()];
        prop::collection::vec(keyword, 1..4).prop_map(combined)
    });
    (inner.clone(), inner.clone(), inner).prop_map(|(schema, x, y)| {
        let mut root = schema.as_object().cloned().unwrap_or_default();
        root.insert("$defs".to_owned(), json!({"x": x, "y": y}));
        root.into()
    })
}

/// `PROPTEST_CASES` raises the number, never lowers it.
fn at_least(cases: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    let cases = config.cases.max(cases);
    ProptestConfig { cases, failure_persistence: None, max_global_rejects: cases, ..config }
}

/// Whether a name is judged by a schema that may lead back to itself. `jsonschema` finds such circles by the place
/// of a value, and a name has none: it would go around until the stack is full.
fn names_refer(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => members.iter().any(|(keyword, value)| {
            names_refer(value) || (keyword == "propertyNames" && value.to_string().contains("$ref"))
        }),
        Value::Array(items) => items.iter().any(names_refer),
        _ => false,
    }
}

/// A changed example: other values, members gone, members with other names.
fn changed(mut document: Value, changes: &[(Index, Option<Value>)]) -> Value {
    for (place, value) in changes {
        let mut places = Vec::new();
        pointers(&document, String::new(), &mut places);
        let at = place.get(&places);
        match (at.rsplit_once('/'), value) {
            (_, Some(value)) => *document.pointer_mut(at).expect("a place of the document") = value.clone(),
            (Some((parent, name)), None) => {
                if let Some(Value::Object(members)) = document.pointer_mut(parent) {
                    members.remove(&name.replace("~1", "/").replace("~0", "~"));
                }
            }
            (None, None) => {}
        }
    }
    document
}

fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            pointers(member, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
        }),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| pointers(item, format!("{at}/{index}"), found));
        }
        _ => {}
    }
    found.push(at);
}

/// The bundled schemas and their programs.
fn bundled() -> &'static [(&'static Schema, Program)] {
    static PROGRAMS: OnceLock<Vec<(&Schema, Program)>> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let (files, _) = files::bundled();
        let leaves = Leaves::default();
        let program = |schema: &'static Schema| {
            let program = Program::compile(&files, &format!("{}.json", schema.id()), &leaves);
            (schema, program.expect("every bundled schema has a program"))
        };
        Catalog::bundled().schemas().map(program).collect()
    })
}

proptest! {
    #![proptest_config(at_least(1000))]

    #[test]
    fn random_schemas(schema in schema(), documents in prop::collection::vec(document(), 6)) {
        let names_refer = names_refer(&schema);
        let judges = Judges::of(schema);
        prop_assume!(judges.values.is_some() && !names_refer);
        for document in documents {
            let verdict = judges.judge(&document.to_string());
            prop_assert!(verdict.is_ok(), "{document}: {}", verdict.unwrap_err());
        }
    }

    #[test]
    fn bundled_schemas(
        which in any::<Index>(),
        example in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), prop::option::weighted(0.6, document())), 0..4),
        escape in any::<bool>(),
    ) {
        let (schema, program) = which.get(bundled());
        let examples = schema.document()["examples"].as_array().expect("examples");
        let document = changed(example.get(examples).clone(), &changes);
        let text = document.to_string();
        let text = if escape { text.replace("\"t", "\"\\u0074").replace("\"d", "\"\\u0064") } else { text };
        let tape = Tape::parse(text.as_bytes()).expect("JSON");
        prop_assert_eq!(program.accepts(&tape), schema.check_value(&document).is_valid());
        prop_assert!(!changes.is_empty() || program.accepts(&tape));
    }
}

/// The random schemas are worth something: most have a program, and both verdicts come up often.
#[test]
fn random_schemas_have_programs_and_both_verdicts() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut programs, mut yes, mut no) = (0, 0, 0);
    for _ in 0..300 {
        let schema = schema().new_tree(&mut runner).expect("a schema").current();
        let judges = Judges::of(schema);
        programs += usize::from(judges.program.is_some());
        for _ in 0..5 {
            let document = document().new_tree(&mut runner).expect("a document").current();
            match judges.judge(&document.to_string()) {
                Ok(true) => yes += 1,
                Ok(false) => no += 1,
                Err(_) => {}
            }
        }
    }
    assert!(programs > 200 && yes > 300 && no > 300, "{programs} programs, {yes} valid, {no} not");
}
