//! A broken rule is cited exactly: the table `citations.json` says which requirement, and where.
//!
//! A row has a schema and either a `document`, or an `example` of the schema (by index) with places
//! to `set` and places to leave out (`without`). `breaks` lists every place that violates, with the
//! requirement that it cites, or null where the broken subschema states none.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use crate::edit;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    schema: String,
    #[serde(default, deserialize_with = "given")]
    document: Option<Value>,
    example: Option<usize>,
    #[serde(default)]
    set: BTreeMap<String, Value>,
    #[serde(default)]
    without: Vec<String>,
    breaks: BTreeSet<(String, Option<String>)>,
}

/// A document may be `null`, which is not the same as none.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Row {
    fn document(&self) -> Value {
        let mut document = match (&self.document, self.example) {
            (Some(document), None) => document.clone(),
            (None, Some(index)) => edit::example(&self.schema, index),
            _ => panic!("a row has a document or an example"),
        };
        for (at, value) in &self.set {
            edit::set(&mut document, at, value.clone());
        }
        for at in &self.without {
            edit::remove(&mut document, at);
        }
        document
    }
}

fn rows() -> Vec<Row> {
    serde_json::from_str(include_str!("citations.json")).unwrap()
}

#[test]
fn every_broken_rule_is_cited_where_it_is_broken() {
    let mut wrong = Vec::new();
    for row in rows() {
        let document = row.document();
        let report = edit::schema(&row.schema).check_value(&document);
        let found: BTreeSet<_> =
            report.violations.iter().map(|broken| (broken.pointer.to_string(), broken.requirement.clone())).collect();
        if found != row.breaks {
            wrong.push(format!("{} {document}\n  said {:?}\n  found {found:?}", row.schema, row.breaks));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_cited_is_what_the_schema_states() {
    for row in rows() {
        let stated = edit::schema(&row.schema).requirements();
        for requirement in row.breaks.iter().filter_map(|(_, requirement)| requirement.as_ref()) {
            assert!(stated.contains(requirement), "{}: {requirement}", row.schema);
        }
    }
}

/// Every requirement that an API schema can cite has a row: a rule that is never broken in a test
/// may be one that nothing can break.
#[test]
fn every_requirement_of_the_variables_and_of_v1_is_broken_by_a_row() {
    let broken: BTreeSet<String> = rows().into_iter().flat_map(|row| row.breaks).filter_map(|(_, id)| id).collect();
    let catalog = tfe_schema::Catalog::bundled();
    let stated: BTreeSet<String> = catalog
        .schemas()
        .filter(|schema| schema.id().starts_with("v2/variables/") || schema.id().starts_with("v1/"))
        .flat_map(tfe_schema::Schema::requirements)
        .cloned()
        .collect();
    let missing: Vec<_> = stated.difference(&broken).collect();
    assert!(missing.is_empty(), "no row breaks {missing:?}");
}
