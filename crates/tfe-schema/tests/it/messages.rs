//! What people read: messages say what is expected and where, and keep secrets.

use serde_json::{Value, json};
use tfe_schema::{Catalog, Report};

use crate::edit;

/// One document per schema that breaks many of its rules.
fn bad(id: &str, set: &[(&str, Value)], without: &[&str]) -> Report {
    let mut document = edit::example(id, 0);
    for (at, value) in set {
        edit::set(&mut document, at, value.clone());
    }
    for at in without {
        edit::remove(&mut document, at);
    }
    edit::schema(id).check_value(&document)
}

fn lines(report: &Report) -> String {
    let line = |violation: &tfe_schema::Violation| {
        let subject = violation.subject();
        let place = if subject.is_root() { "(the document)" } else { subject.as_str() };
        let requirement = violation.requirement.as_deref().unwrap_or("-");
        format!(
            "{place}: {}\n  {} at {}\n  {requirement}",
            violation.message, violation.keyword, violation.schema_location
        )
    };
    report.violations.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn assert_snapshot(name: &str, report: &Report) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../../snapshots/violation");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, lines(report)));
}

#[test]
fn create_request() {
    let set = [
        ("/data/type", json!("variables")),
        ("/data/attributes/key", json!(7)),
        ("/data/attributes/value", json!({"secret": "hunter2"})),
        ("/data/attributes/category", json!("policy")),
        ("/data/attributes/hcl", json!("true")),
        ("/data/relationships/workspace/data/type", json!("organizations")),
    ];
    let report = bad("v2/variables/create-request", &set, &["/data/relationships/organization"]);
    assert_snapshot("create-request", &report);
}

#[test]
fn update_request() {
    let set = [("/data/id", json!(5)), ("/data/attributes/hcl", json!(null)), ("/links", json!("/"))];
    assert_snapshot("update-request", &bad("v2/variables/update-request", &set, &["/data/type"]));
}

#[test]
fn document() {
    let set = [
        ("/data/id", json!("")),
        ("/data/attributes/category", json!("environment")),
        ("/data/attributes/value", json!(["hunter2"])),
        ("/data/relationships/configurable/data", json!(null)),
        ("/data/links/self", json!("not a url")),
        ("/data/bad.name", json!(1)),
    ];
    assert_snapshot("document", &bad("v2/variables/document", &set, &["/data/attributes/hcl"]));
}

#[test]
fn collection() {
    let mut second = edit::example("v2/variables/resource", 0);
    edit::set(&mut second, "/type", json!("workspaces"));
    edit::remove(&mut second, "/attributes");
    let set = [("/data", json!([second, "var-1"])), ("/meta", json!([]))];
    assert_snapshot("collection", &bad("v2/variables/collection", &set, &[]));
}

#[test]
fn resource() {
    let set = [("/attributes/sensitive", json!("no")), ("/relationships", json!([]))];
    assert_snapshot("resource", &bad("v2/variables/resource", &set, &["/id"]));
}

#[test]
fn a_secret_of_any_form_is_never_shown() {
    const SECRET: &str = "canary8675309";
    let forms = [
        json!(8_675_309),
        json!(86_753.09),
        json!([SECRET]),
        json!({SECRET: SECRET}),
        json!({"x": {"y": SECRET}}),
        json!(format!("\u{0}{SECRET}")),
    ];
    let mut hidden = 0;
    for schema in Catalog::bundled().schemas() {
        let count = schema.document()["examples"].as_array().map_or(0, Vec::len);
        for example in (0..count).map(|index| edit::example(schema.id(), index)) {
            for place in edit::places(&example).iter().filter(|place| is_secret(schema.id(), place.as_str())) {
                for form in &forms {
                    let mut document = example.clone();
                    edit::set(&mut document, place.as_str(), form.clone());
                    let report = schema.check_value(&document);
                    hidden += report.violations.len();
                    let told = lines(&report);
                    let shown = ["8675309", "86753.09", SECRET].iter().find(|secret| told.contains(**secret));
                    assert_eq!(shown, None, "{} {place}: {told}", schema.id());
                }
            }
        }
    }
    assert!(hidden > 50, "only {hidden} violations: the law would hold of nothing");
}

/// The secrets of the examples, by place: what the schemas mark is checked against this list.
fn is_secret(schema: &str, place: &str) -> bool {
    let (parent, last) = place.rsplit_once('/').unwrap_or_default();
    match schema {
        _ if schema.starts_with("v2/variables/") => last == "value" && parent.ends_with("/attributes"),
        "v1/configurations/version-created" => ["token", "upload_path"].contains(&last),
        _ if schema.starts_with("v1/") => parent.ends_with("/variables") || parent == "/variables",
        _ => false,
    }
}

/// A rule of a place above the secret fails, or another subschema of the same place does.
#[test]
fn a_secret_is_kept_by_rules_that_do_not_know_of_it() {
    let root = tempfile::tempdir().unwrap();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "t",
        "description": "d",
        "examples": [{}],
        "properties": {
            "whole": {"const": 1, "properties": {"token": {"x-sensitive": true}}},
            "twice": {"allOf": [{"$ref": "#/$defs/secret"}, {"enum": ["a"]}, {"pattern": "^a$"}]},
            "under": {"x-sensitive": true, "properties": {"name": {"const": 1}}, "propertyNames": {"maxLength": 9}},
            "list": {"items": {"anyOf": [{"x-sensitive": true, "type": "null"}, {"const": 1}]}},
        },
        "$defs": {"secret": {"x-sensitive": true}},
    });
    std::fs::write(root.path().join("s.json"), schema.to_string()).unwrap();
    let catalog = Catalog::from_dir(root.path()).unwrap();
    let document = json!({
        "whole": {"token": "canary"},
        "twice": "canary",
        "under": {"name": "canary", "canary-as-a-name": 1},
        "list": ["canary"],
    });
    let report = catalog.schema("s").unwrap().check_value(&document);
    assert_eq!(report.violations.len(), 6, "{report:?}");
    for violation in &report.violations {
        assert!(!violation.message.contains("canary"), "{violation:?}");
    }
}

#[test]
fn a_flood_of_violations_is_cut_off() {
    let many = json!({"errors": vec![5; 5000]});
    let report = edit::schema("jsonapi/error-document").check_value(&many);
    assert_eq!((report.violations.len(), report.truncated), (1000, true));
    // Pointers repeat the names above them: half a megabyte, ten thousand times.
    let name = "n".repeat(1 << 19);
    let long = json!({"data": {"id": "1", "type": "a", "relationships": {name: {"data": vec![5; 10_000]}}}});
    let report = edit::schema("jsonapi/document").check_value(&long);
    assert_eq!((report.violations.len(), report.truncated), (1, true));
    assert!(report.violations[0].pointer.as_str().ends_with("/data/0"));
    assert!(!edit::schema("jsonapi/error-document").check_value(&json!({"errors": [5]})).truncated);
}

/// `jsonschema` loses the way where the rule on names stands behind a reference, as in these files.
#[test]
fn a_rule_on_names_behind_a_reference_has_its_place() {
    let report = bad("conformance/report", &[("/totals/verdicts/passed", json!(1))], &[]);
    let places: Vec<_> =
        report.violations.iter().map(|found| (found.keyword.as_str(), found.schema_location.as_str())).collect();
    assert_eq!(places, [("propertyNames", "conformance/event#/$defs/verdict/enum")]);
}
