//! Every keyword that a bundled schema uses is hit by a mutant: it is broken itself, or it stands in a
//! condition on which a broken keyword depends.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;
use tfe_payload::Generator;
use tfe_schema::{Catalog, Part, Pointer, Schema};

use crate::second::validator;

/// Keywords that assert nothing.
const ANNOTATIONS: [&str; 9] =
    ["$schema", "$defs", "title", "description", "examples", "default", "x-requirement", "x-sensitive", "deprecated"];

/// Keywords whose members are schemas, by name.
const NAMED: [&str; 4] = ["properties", "patternProperties", "dependentSchemas", "$defs"];
/// Keywords with an array of schemas.
const LISTED: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords with one schema.
const SINGLE: [&str; 9] = [
    "items",
    "contains",
    "additionalProperties",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
    "unevaluatedProperties",
];

#[test]
fn every_keyword_is_hit() {
    let mut uses: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut hits: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for schema in Catalog::bundled().schemas() {
        for keyword in keywords(schema.document()) {
            uses.entry(keyword).or_default().insert(schema.id());
        }
        let validator = validator(schema);
        let mutants = Generator::new(schema).unwrap().mutants().unwrap();
        for seed in 0..3000 {
            for error in validator.iter_errors(&mutants.of_seed(seed).document) {
                for keyword in hit(schema, error.evaluation_path().as_str()) {
                    hits.entry(keyword).or_default().insert(schema.id());
                }
            }
        }
    }
    let mut table = String::new();
    for (keyword, of) in &uses {
        let by = hits.get(keyword).cloned().unwrap_or_default();
        let listed = by.iter().take(4).copied().collect::<Vec<_>>().join(", ");
        writeln!(table, "{keyword}: used by {}, hit in {}: {listed}", of.len(), by.len()).unwrap();
    }
    crate::assert_told!("every-keyword-is-hit", table);
    let missed: Vec<_> = uses.keys().filter(|keyword| !hits.contains_key(*keyword)).collect();
    assert!(missed.is_empty(), "no mutant hits {missed:?}");
}

/// The keywords of a schema file.
fn keywords(schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(schema, &mut found);
    found
}

fn collect(schema: &Value, found: &mut BTreeSet<String>) {
    for (keyword, value) in schema.as_object().into_iter().flatten() {
        if NAMED.contains(&keyword.as_str()) {
            value.as_object().into_iter().flatten().for_each(|(_, schema)| collect(schema, found));
        } else if LISTED.contains(&keyword.as_str()) {
            value.as_array().into_iter().flatten().for_each(|schema| collect(schema, found));
        } else if SINGLE.contains(&keyword.as_str()) {
            collect(value, found);
        }
        if !ANNOTATIONS.contains(&keyword.as_str()) {
            found.insert(keyword.clone());
        }
    }
}

/// The keywords on the way to a broken one. Who breaks what stands behind `then` or `else` met the
/// condition, or did not; who breaks a combinator broke what is in it.
fn hit(schema: &Schema, path: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut here = schema.part();
    let path = Pointer::parse(path).unwrap();
    let mut tokens = path.tokens().peekable();
    while let Some(keyword) = tokens.next() {
        found.insert(keyword.clone().into_owned());
        if matches!(&*keyword, "then" | "else") {
            found.insert("if".to_owned());
            referred(schema, &Part { schema: &here.schema["if"], ..here.clone() }, &mut found);
        }
        if keyword == "$ref" {
            here = schema.referred(here.file, here.schema["$ref"].as_str().unwrap()).unwrap();
            continue;
        }
        here.schema = &here.schema[&*keyword];
        let inner = NAMED.contains(&&*keyword) || LISTED.contains(&&*keyword);
        if inner && let Some(token) = tokens.next() {
            here.schema =
                token.parse::<usize>().ok().and_then(|at| here.schema.get(at)).unwrap_or(&here.schema[&*token]);
        } else if tokens.peek().is_none() {
            // The combinator itself.
            let whole = serde_json::json!({ &*keyword: here.schema });
            collect(&whole, &mut found);
        }
    }
    found
}

/// The keywords of a condition, which may stand elsewhere.
fn referred(schema: &Schema, part: &Part<'_>, found: &mut BTreeSet<String>) {
    collect(part.schema, found);
    if let Some(target) = part.schema["$ref"].as_str().and_then(|text| schema.referred(part.file, text)) {
        referred(schema, &target, found);
    }
}
