//! Schemas that nobody bundled: every keyword, recursion, and schemas that contradict themselves.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;
use tfe_payload::{Generator, PayloadError};
use tfe_schema::{Catalog, Schema};

/// A set with one schema, `own`, for which `example` is valid.
fn catalog(schema: &Value, example: &Value) -> Catalog {
    let dir = TempDir::new().unwrap();
    let mut whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "own",
        "description": "own",
        "examples": [example],
    });
    whole.as_object_mut().unwrap().extend(schema.as_object().unwrap().clone());
    std::fs::write(dir.path().join("own.json"), whole.to_string()).unwrap();
    Catalog::from_dir(dir.path()).unwrap_or_else(|error| panic!("{error}\n{whole:#}"))
}

/// Draws documents and mutants, and tells the keywords that were broken.
#[track_caller]
fn assert_served(schema: &Schema) -> Vec<String> {
    let generator = Generator::new(schema).unwrap();
    let documents = generator.documents().unwrap();
    let mutants = generator.mutants().unwrap();
    let mut broken: Vec<String> = mutants.breaks().map(|(path, keyword)| format!("{path} {keyword}")).collect();
    broken.sort();
    for seed in 0..300 {
        let document = documents.of_seed(seed);
        let report = schema.check_value(&document);
        assert!(report.is_valid(), "seed {seed}: {:#?}\n{document:#}\n{:#}", report.violations, schema.document());
        let mutant = mutants.of_seed(seed);
        let found = schema.check_value(&mutant.document).violations;
        let alone = found.iter().all(|found| found.subject() == mutant.pointer && found.keyword == mutant.keyword);
        assert!(alone && !found.is_empty(), "seed {seed}: {mutant:#?}\n{found:#?}\n{:#}", schema.document());
    }
    broken
}

/// Serves each schema, and tells what the mutants break.
#[track_caller]
fn served(table: &[(Value, Value)]) -> String {
    let mut told = String::new();
    for (schema, example) in table {
        let catalog = catalog(schema, example);
        let broken = assert_served(catalog.schema("own").unwrap());
        writeln!(told, "{schema}\n  {}", broken.join("\n  ")).unwrap();
    }
    told
}

#[test]
fn every_keyword_is_served() {
    let table = [
        (json!({"type": "integer", "minimum": 3, "maximum": 5}), json!(4)),
        (json!({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}), json!(0.5)),
        (json!({"type": "integer", "multipleOf": 7, "minimum": -20, "maximum": 20}), json!(14)),
        (json!({"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"}), json!("abc")),
        (json!({"type": "string", "format": "uuid"}), json!("c56a4180-65aa-42ec-a945-5fd21dec0538")),
        (json!({"type": "string", "format": "date-time"}), json!("2018-06-01T00:00:00Z")),
        (json!({"type": "string", "format": "email"}), json!("a@example.com")),
        (json!({"type": "string", "format": "regex"}), json!("a")),
        (
            json!({"type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": true, "items": {"type": "integer"}}),
            json!([1]),
        ),
        (
            json!({"type": "array", "prefixItems": [{"const": 1}, {"type": "string"}], "items": {"type": "boolean"}}),
            json!([1]),
        ),
        (
            json!({"type": "array", "contains": {"type": "integer"}, "minContains": 2, "maxContains": 3}),
            json!([1, 2, "a"]),
        ),
        (json!({"type": "array", "contains": {"const": 7}, "items": {"type": "integer"}}), json!([7, 8])),
        (json!({"type": "object", "minProperties": 2, "maxProperties": 3}), json!({"a": 1, "b": 2})),
        (
            json!({"type": "object", "patternProperties": {"^x-": {"type": "string"}}, "properties": {"a": true}, "additionalProperties": false}),
            json!({"x-a": "b"}),
        ),
        (
            json!({"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}, "additionalProperties": {"type": "integer"}}),
            json!({"a": 1}),
        ),
        (json!({"properties": {"a": {"type": "string"}}, "dependentRequired": {"a": ["b"]}}), json!({})),
        (
            json!({"type": "object", "dependentSchemas": {"a": {"required": ["b"], "properties": {"c": false}}}}),
            json!({}),
        ),
        (
            json!({"oneOf": [{"type": "string"}, {"type": "object", "required": ["x"]}, {"type": "object", "required": ["y"]}]}),
            json!("a"),
        ),
        (json!({"anyOf": [{"type": "string", "minLength": 3}, {"type": "integer", "minimum": 10}]}), json!("abc")),
        (json!({"not": {"type": "object", "required": ["secret"]}}), json!({})),
        (json!({"type": "string", "not": {"enum": ["a", "b"]}}), json!("c")),
        (json!({"enum": ["a", 1, null, true]}), json!("a")),
        (
            json!({"if": {"properties": {"kind": {"const": "a"}}, "required": ["kind"]}, "then": {"required": ["a"]}, "else": {"required": ["b"]}}),
            json!({"b": 1}),
        ),
        (json!({"type": ["string", "null"], "maxLength": 3}), json!(null)),
    ];
    crate::assert_told!("every-keyword-is-served", served(&table));
}

/// A member that must not be there, brought by a mutant, brings its own rules.
#[test]
fn a_barred_member_keeps_the_rules_that_it_brings() {
    let table = [
        (
            json!({"type": "object", "dependentSchemas": {"b": {"properties": {"c": false}}, "a": {"properties": {"b": false}}}}),
            json!({}),
        ),
        (
            json!({"type": "object", "dependentRequired": {"b": ["c"]}, "dependentSchemas": {"a": {"properties": {"b": false}}}}),
            json!({}),
        ),
    ];
    crate::assert_told!("barred-members", served(&table));
}

#[test]
fn a_schema_that_refers_to_itself_ends() {
    let schema = json!({
        "$ref": "#/$defs/tree",
        "$defs": {"tree": {
            "type": "object", "required": ["value", "children"], "additionalProperties": false,
            "properties": {
                "value": {"type": "integer"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/tree"}},
                "parent": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/tree"}]},
            },
        }},
    });
    let catalog = catalog(&schema, &json!({"value": 1, "children": []}));
    assert_served(catalog.schema("own").unwrap());
}

/// No value at all: an error with the place, and no endless loop.
#[test]
fn contradictions_are_told_with_their_place() {
    let told = |schema: &Value, example: &Value| {
        let catalog = catalog(schema, example);
        let error = Generator::new(catalog.schema("own").unwrap()).unwrap().documents().unwrap_err();
        let PayloadError::Contradiction { keyword, at } = &error else { panic!("{error}") };
        format!("{keyword} {at}")
    };
    let member = |schema: Value| json!({"type": "object", "properties": {"a": schema}});
    let table = [
        member(json!({"type": "string", "minLength": 5, "maxLength": 3})),
        member(json!({"type": "integer", "minimum": 5, "maximum": 3})),
        member(json!({"allOf": [{"type": "string"}, {"type": "integer"}]})),
        member(json!({"type": "array", "minItems": 2, "maxItems": 1})),
        member(json!({"type": "string", "pattern": "^a+$", "not": {"pattern": "^a+$"}})),
        member(json!({"type": "object", "required": ["b"], "properties": {"b": {"enum": []}}})),
        member(json!({"type": "object", "required": ["b"], "additionalProperties": false})),
        member(json!({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/properties/a"}}})),
    ];
    let told: Vec<String> = table
        .into_iter()
        .map(|schema| format!("{}\n  {}", schema["properties"]["a"], told(&schema, &json!({}))))
        .collect();
    crate::assert_told!("contradictions", told.join("\n"));
}

#[test]
fn what_is_not_known_is_refused_by_name() {
    let catalog = catalog(&json!({"type": "object", "unevaluatedProperties": false}), &json!({}));
    let error = Generator::new(catalog.schema("own").unwrap()).err().unwrap();
    assert_eq!((error.keyword(), error.at()), ("unevaluatedProperties", Some("own#")));
}

/// What members bring or keep away, if they are there.
fn presence() -> impl Strategy<Value = serde_json::Map<String, Value>> {
    let names = || prop::sample::subsequence(vec!["a", "b", "c", "d"], 0..3);
    let rule = (names(), names()).prop_map(|(required, barred)| {
        let barred: serde_json::Map<_, _> = barred.iter().map(|name| ((*name).to_owned(), json!(false))).collect();
        json!({"required": required, "properties": barred})
    });
    let rules = prop::collection::btree_map(prop::sample::select(vec!["a", "b", "c", "d"]), rule, 0..4);
    let brought = prop::collection::btree_map(prop::sample::select(vec!["a", "b", "c"]), names(), 0..3);
    (rules, brought).prop_map(|(rules, brought)| {
        let whole = json!({"dependentSchemas": rules, "dependentRequired": brought});
        whole.as_object().unwrap().clone()
    })
}

/// Schemas of a small grammar.
fn schemas() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({"type": "string"})),
        (0..4_u64, 0..4_u64)
            .prop_map(|(min, more)| json!({"type": "string", "minLength": min, "maxLength": min + more})),
        Just(json!({"type": "string", "pattern": "^[a-c]+$"})),
        (-5..5_i64, 0..5_i64).prop_map(|(min, more)| json!({"type": "integer", "minimum": min, "maximum": min + more})),
        Just(json!({"enum": ["x", 1, null]})),
        Just(json!({"type": ["boolean", "null"]})),
        Just(json!({})),
    ];
    leaf.prop_recursive(3, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone(), any::<bool>()).prop_map(|(a, b, closed)| {
                json!({"type": "object", "required": ["a"], "properties": {"a": a, "b": b}, "additionalProperties": !closed})
            }),
            (inner.clone(), 0..2_u64).prop_map(|(item, min)| json!({"type": "array", "items": item, "minItems": min})),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| json!({"anyOf": [a, b]})),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| json!({"allOf": [a, b]})),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| json!({"oneOf": [a, b]})),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| json!({"if": a, "then": b, "else": c})),
            inner.clone().prop_map(|a| json!({"not": {"allOf": [{"type": "object"}, a]}})),
            (inner, presence()).prop_map(|(a, rules)| {
                let mut schema = json!({"type": "object", "properties": {"a": a}});
                schema.as_object_mut().unwrap().extend(rules);
                schema
            }),
        ]
    })
}

/// Where the values of a document hang together: the documents conform, and the mutants break their label alone.
#[test]
fn entangled_values_are_proved() {
    let integers = json!({"type": "integer"});
    for inner in [
        json!({"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 100}),
        json!({"type": "number", "multipleOf": 0.3}),
        json!({"type": "number", "multipleOf": 1.5}),
        json!({"not": {"prefixItems": [{}], "items": {"type": "string"}}}),
        json!({"oneOf": [{"prefixItems": [{}], "items": {"maxProperties": 1}}]}),
        json!({"anyOf": [{"prefixItems": [{"type": "string"}], "items": integers}, {"type": "null"}]}),
        json!({"type": "array", "contains": {"type": "string"}, "maxContains": 1,
            "allOf": [{"contains": {"const": "prod"}}]}),
        json!({"type": "array", "contains": integers, "anyOf": [{"contains": {"minimum": 5}}, {"maxItems": 0}]}),
        json!({"prefixItems": [{"type": "string"}, integers], "uniqueItems": true}),
        json!({"uniqueItems": true, "contains": {"type": "string"}, "maxContains": 1}),
        json!({"type": "array", "items": {"type": "boolean"}, "uniqueItems": true}),
        json!({"items": {"enum": ["a", "b"]}, "maxItems": 2, "uniqueItems": true}),
        json!({"items": {"type": "string"}, "contains": {"const": "x"}, "maxContains": 2, "uniqueItems": true}),
        json!({"type": "object", "additionalProperties": false}),
        json!({"propertyNames": false}),
    ] {
        let catalog = catalog(&json!({"properties": {"it": inner}}), &json!(null));
        let schema = catalog.schema("own").unwrap();
        let generator = Generator::new(schema).unwrap();
        let (documents, mutants) = (generator.documents().unwrap(), generator.mutants().unwrap());
        for seed in 0..400 {
            let document = documents.of_seed(seed);
            assert!(schema.check_value(&document).is_valid(), "{inner}: {document}");
            let mutant = mutants.of_seed(seed);
            let found = schema.check_value(&mutant.document).violations;
            let alone = found.iter().all(|found| found.subject() == mutant.pointer && found.keyword == mutant.keyword);
            assert!(alone && !found.is_empty(), "{inner}: {mutant:#?}\n{found:#?}");
        }
    }
    // There are none: an error, and no document that is nearly right.
    let none = json!({"type": "array", "contains": integers, "maxContains": 0});
    let impossible = catalog(&json!({"properties": {"it": none}}), &json!(null));
    let error = Generator::new(impossible.schema("own").unwrap()).unwrap().documents().unwrap_err();
    assert!(matches!(error, PayloadError::Contradiction { .. }), "{error}");
    // What breaks one of them breaks the other.
    let inseparable = catalog(&json!({"oneOf": [{"contains": {}}], "contains": {}}), &json!(null));
    let error = Generator::new(inseparable.schema("own").unwrap()).unwrap().mutants().unwrap_err();
    assert!(error.to_string().starts_with("no document breaks `contains` alone"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the schema: documents conform and mutants break their label alone, or there is an error.
    #[test]
    fn schemas_of_a_grammar_are_served(inner in schemas()) {
        let schema = json!({"properties": {"it": inner}});
        let catalog = catalog(&schema, &json!(null));
        let schema = catalog.schema("own").unwrap();
        let generator = Generator::new(schema).unwrap();
        match generator.documents() {
            Err(PayloadError::Contradiction { .. }) => return Ok(()),
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
            Ok(documents) => for seed in 0..40 {
                let document = documents.of_seed(seed);
                prop_assert!(schema.check_value(&document).is_valid(), "seed {}: {document}", seed);
            },
        }
        if let Ok(mutants) = generator.mutants() {
            for seed in 0..40 {
                let mutant = mutants.of_seed(seed);
                let found = schema.check_value(&mutant.document).violations;
                let alone = found.iter().all(|found| found.subject() == mutant.pointer && found.keyword == mutant.keyword);
                prop_assert!(alone && !found.is_empty(), "seed {}: {mutant:#?}\n{found:#?}", seed);
            }
        }
    }
}
