//! Validators that `jsonschema` generates when this test is built, as a third judge: they share no code with the fused
//! programs, and little with the validators that are compiled at run time.
//!
//! The generated code takes long to build (`methods` keeps it small), so only some schemas have one: those of the
//! requests and lists that matter most, and of the rules that others are made of.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use tfe_schema::Catalog;

#[jsonschema::validator(
    path = "../../../schemas/v2/variables/create-request.json",
    draft = Draft202012,
    base_uri = "tfe-schema:///v2/variables/create-request.json",
    resources = { "tfe-schema:///jsonapi/document.json" => { path = "../../../schemas/jsonapi/document.json" }, "tfe-schema:///jsonapi/resource.json" => { path = "../../../schemas/jsonapi/resource.json" }, "tfe-schema:///jsonapi/member-name.json" => { path = "../../../schemas/jsonapi/member-name.json" }, "tfe-schema:///jsonapi/relationships.json" => { path = "../../../schemas/jsonapi/relationships.json" }, "tfe-schema:///jsonapi/relationship.json" => { path = "../../../schemas/jsonapi/relationship.json" }, "tfe-schema:///jsonapi/linkage.json" => { path = "../../../schemas/jsonapi/linkage.json" }, "tfe-schema:///jsonapi/identifier.json" => { path = "../../../schemas/jsonapi/identifier.json" }, "tfe-schema:///jsonapi/meta.json" => { path = "../../../schemas/jsonapi/meta.json" }, "tfe-schema:///jsonapi/links.json" => { path = "../../../schemas/jsonapi/links.json" }, "tfe-schema:///jsonapi/link.json" => { path = "../../../schemas/jsonapi/link.json" }, "tfe-schema:///jsonapi/pagination-links.json" => { path = "../../../schemas/jsonapi/pagination-links.json" }, "tfe-schema:///jsonapi/error.json" => { path = "../../../schemas/jsonapi/error.json" }, "tfe-schema:///jsonapi/jsonapi-object.json" => { path = "../../../schemas/jsonapi/jsonapi-object.json" }, "tfe-schema:///jsonapi/new-resource.json" => { path = "../../../schemas/jsonapi/new-resource.json" } },
    validate_formats = true,
    ignore_unknown_formats = false,
    methods = { is_valid = true, validate = false, iter_errors = false }
)]
struct CreateRequest;

#[jsonschema::validator(
    path = "../../../schemas/v2/variables/collection.json",
    draft = Draft202012,
    base_uri = "tfe-schema:///v2/variables/collection.json",
    resources = { "tfe-schema:///jsonapi/collection-document.json" => { path = "../../../schemas/jsonapi/collection-document.json" }, "tfe-schema:///jsonapi/resource.json" => { path = "../../../schemas/jsonapi/resource.json" }, "tfe-schema:///jsonapi/member-name.json" => { path = "../../../schemas/jsonapi/member-name.json" }, "tfe-schema:///jsonapi/relationships.json" => { path = "../../../schemas/jsonapi/relationships.json" }, "tfe-schema:///jsonapi/relationship.json" => { path = "../../../schemas/jsonapi/relationship.json" }, "tfe-schema:///jsonapi/linkage.json" => { path = "../../../schemas/jsonapi/linkage.json" }, "tfe-schema:///jsonapi/identifier.json" => { path = "../../../schemas/jsonapi/identifier.json" }, "tfe-schema:///jsonapi/meta.json" => { path = "../../../schemas/jsonapi/meta.json" }, "tfe-schema:///jsonapi/links.json" => { path = "../../../schemas/jsonapi/links.json" }, "tfe-schema:///jsonapi/link.json" => { path = "../../../schemas/jsonapi/link.json" }, "tfe-schema:///jsonapi/pagination-links.json" => { path = "../../../schemas/jsonapi/pagination-links.json" }, "tfe-schema:///jsonapi/document.json" => { path = "../../../schemas/jsonapi/document.json" }, "tfe-schema:///jsonapi/error.json" => { path = "../../../schemas/jsonapi/error.json" }, "tfe-schema:///jsonapi/jsonapi-object.json" => { path = "../../../schemas/jsonapi/jsonapi-object.json" }, "tfe-schema:///v2/variables/resource.json" => { path = "../../../schemas/v2/variables/resource.json" } },
    validate_formats = true,
    ignore_unknown_formats = false,
    methods = { is_valid = true, validate = false, iter_errors = false }
)]
struct Collection;

#[jsonschema::validator(
    path = "../../../schemas/v1/environments/variables-request.json",
    draft = Draft202012,
    base_uri = "tfe-schema:///v1/environments/variables-request.json",
    resources = {  },
    validate_formats = true,
    ignore_unknown_formats = false,
    methods = { is_valid = true, validate = false, iter_errors = false }
)]
struct EnvironmentVariables;

#[jsonschema::validator(
    path = "../../../schemas/jsonapi/error-document.json",
    draft = Draft202012,
    base_uri = "tfe-schema:///jsonapi/error-document.json",
    resources = { "tfe-schema:///jsonapi/document.json" => { path = "../../../schemas/jsonapi/document.json" }, "tfe-schema:///jsonapi/resource.json" => { path = "../../../schemas/jsonapi/resource.json" }, "tfe-schema:///jsonapi/member-name.json" => { path = "../../../schemas/jsonapi/member-name.json" }, "tfe-schema:///jsonapi/relationships.json" => { path = "../../../schemas/jsonapi/relationships.json" }, "tfe-schema:///jsonapi/relationship.json" => { path = "../../../schemas/jsonapi/relationship.json" }, "tfe-schema:///jsonapi/linkage.json" => { path = "../../../schemas/jsonapi/linkage.json" }, "tfe-schema:///jsonapi/identifier.json" => { path = "../../../schemas/jsonapi/identifier.json" }, "tfe-schema:///jsonapi/meta.json" => { path = "../../../schemas/jsonapi/meta.json" }, "tfe-schema:///jsonapi/links.json" => { path = "../../../schemas/jsonapi/links.json" }, "tfe-schema:///jsonapi/link.json" => { path = "../../../schemas/jsonapi/link.json" }, "tfe-schema:///jsonapi/pagination-links.json" => { path = "../../../schemas/jsonapi/pagination-links.json" }, "tfe-schema:///jsonapi/error.json" => { path = "../../../schemas/jsonapi/error.json" }, "tfe-schema:///jsonapi/jsonapi-object.json" => { path = "../../../schemas/jsonapi/jsonapi-object.json" } },
    validate_formats = true,
    ignore_unknown_formats = false,
    methods = { is_valid = true, validate = false, iter_errors = false }
)]
struct ErrorDocument;

/// A schema by its id, and what the generated validator says of a document.
type Judge = (&'static str, fn(&Value) -> bool);

const JUDGES: [Judge; 4] = [
    ("v2/variables/create-request", |document| CreateRequest::is_valid(document)),
    ("v2/variables/collection", |document| Collection::is_valid(document)),
    ("v1/environments/variables-request", |document| EnvironmentVariables::is_valid(document)),
    ("jsonapi/error-document", |document| ErrorDocument::is_valid(document)),
];

/// Values of every type, some of which the schemas take.
fn value() -> impl Strategy<Value = Value> {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(1.5),
        json!(""),
        json!("terraform"),
        json!("vars"),
        json!("/a b"),
        json!([]),
        json!([{}]),
        json!({}),
        json!({"id": "x", "type": "vars"}),
    ];
    select(values.to_vec())
}

/// Every place of a document.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                places(member, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{at}/{index}"), found));
        }
        _ => {}
    }
    found.push(at.to_owned());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(1000), ..ProptestConfig::default() })]

    /// Examples with things changed, judged by the generated code, over the bytes, and over the tree.
    #[test]
    fn three_judges_agree(
        which in select(JUDGES.to_vec()),
        example in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), prop::option::weighted(0.7, value())), 0..4),
    ) {
        let (id, generated) = which;
        let schema = Catalog::bundled().schema(id).expect("bundled");
        let mut document = example.get(schema.document()["examples"].as_array().expect("examples")).clone();
        for (place, value) in changes {
            let mut all = Vec::new();
            places(&document, "", &mut all);
            let at = place.get(&all);
            match (value, at.rsplit_once('/')) {
                (Some(value), _) => *document.pointer_mut(at).expect("a place of the document") = value,
                (None, Some((parent, name))) => {
                    if let Some(Value::Object(members)) = document.pointer_mut(parent) {
                        members.remove(name);
                    }
                }
                (None, None) => {}
            }
        }
        let expected = generated(&document);
        prop_assert_eq!(schema.check(document.to_string().as_bytes()).is_valid(), expected, "{} over {}", id, document);
        prop_assert_eq!(schema.check_value(&document).is_valid(), expected, "{} over {}", id, document);
    }
}

/// The property is worth something: each judge says both.
#[test]
fn every_judge_says_yes_and_no() {
    for (id, generated) in JUDGES {
        let schema = Catalog::bundled().schema(id).expect("bundled");
        let examples = schema.document()["examples"].as_array().expect("examples");
        assert!(examples.iter().all(generated), "{id}");
        assert!(!generated(&json!(5)), "{id}");
    }
}
