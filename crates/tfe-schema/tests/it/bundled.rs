//! The set in the binary is the folder `schemas/`, and the folder is sound.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tfe_schema::{Catalog, Operation, Schema};

fn schemas_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

#[test]
fn the_bundled_set_is_the_folder() {
    // Loading a folder proves it: metaschema, references, examples, operations.
    let loaded = Catalog::from_dir(&schemas_dir()).unwrap_or_else(|error| panic!("schemas/ does not load:\n{error}"));
    let bundled = Catalog::bundled();
    let schemas = |catalog: &Catalog| {
        catalog.schemas().map(|schema| (schema.id().to_owned(), schema.document().clone())).collect::<Vec<_>>()
    };
    assert_eq!(schemas(bundled), schemas(&loaded));
    let operations = |catalog: &Catalog| catalog.operations().cloned().collect::<Vec<Operation>>();
    assert_eq!(operations(bundled), operations(&loaded));
}

#[test]
fn an_id_is_the_path_of_the_file() {
    let mut files = BTreeSet::new();
    let mut folders = vec![schemas_dir()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "openapi.json") {
                let name = path.strip_prefix(schemas_dir()).unwrap().with_extension("");
                files.insert(name.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    let ids: BTreeSet<_> = Catalog::bundled().schemas().map(|schema| schema.id().to_owned()).collect();
    assert_eq!(ids, files);
}

#[test]
fn every_schema_of_an_operation_exists() {
    let catalog = Catalog::bundled();
    for operation in catalog.operations() {
        let bodies = operation.responses.values().flat_map(|response| response.bodies.values());
        for id in operation.request.values().chain(bodies) {
            assert!(catalog.schema(id).is_some(), "{}: {id}", operation.id);
        }
        assert!(operation.responses.keys().any(|status| status.starts_with('2')), "{}: no success", operation.id);
        assert!(operation.responses.contains_key("4XX"), "{}: no refusal", operation.id);
    }
}

#[test]
fn a_v1_body_may_be_json_or_a_form_of_the_same_schema() {
    let catalog = Catalog::bundled();
    for operation in
        catalog.operations().filter(|operation| operation.base == "/api/v1" && !operation.request.is_empty())
    {
        let media_types: Vec<_> = operation.request.keys().map(String::as_str).collect();
        assert_eq!(media_types, ["application/json", "application/x-www-form-urlencoded"], "{}", operation.id);
        assert_eq!(operation.request.values().collect::<BTreeSet<_>>().len(), 1, "{}", operation.id);
        assert_eq!(operation.request_schema(), operation.request.values().next().map(String::as_str));
    }
}

#[test]
fn a_creation_tells_how_to_undo_it() {
    let catalog = Catalog::bundled();
    for operation in
        catalog.operations().filter(|operation| operation.id.starts_with("v2.") && operation.method == "POST")
    {
        for status in [200, 201] {
            let response = operation.response(status).unwrap();
            assert!(response.links.contains_key("delete"), "{}: {status}", operation.id);
        }
    }
}

#[test]
fn requirements_of_a_schema_are_those_that_it_can_cite() {
    let stated = |id: &str| Catalog::bundled().schema(id).map(Schema::requirements).unwrap();
    let errors = stated("jsonapi/error-document");
    assert!(errors.contains("jsonapi.error-object-members"), "through a reference");
    assert!(!errors.contains("jsonapi.primary-data"), "stands in a file that it refers to, elsewhere");
    assert_eq!(stated("v1/errors").iter().collect::<Vec<_>>(), ["v1.index.error-format"]);
    assert!(stated("v1/runs/plan-request").is_empty());
}

#[test]
fn a_secret_is_only_text_or_null() {
    // Messages hide the value of a secret, not the names in it.
    fn walk(schema: &Value, id: &str) {
        if let Some(members) = schema.as_object() {
            if members.contains_key("x-sensitive") {
                let kind = &members["type"];
                assert!(kind == "string" || *kind == serde_json::json!(["string", "null"]), "{id}: {schema}");
            }
            members.values().for_each(|member| walk(member, id));
        } else if let Some(items) = schema.as_array() {
            for item in items {
                walk(item, id);
            }
        }
    }
    for schema in Catalog::bundled().schemas() {
        let mut document = schema.document().clone();
        // `conformance/*` may show the annotation in an example.
        document.as_object_mut().unwrap().remove("examples");
        walk(&document, schema.id());
    }
}
