//! A schema set that is wrong is refused before it judges anything, with every problem in its place.

use serde_json::{Value, json};
use tfe_schema::{Catalog, Problem};

/// A sound schema, with these members added, replaced, or (null) taken away.
fn schema(members: &Value) -> Value {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Thing",
        "description": "A thing.",
        "examples": [{}],
        "type": "object",
    });
    let map = schema.as_object_mut().unwrap();
    for (name, value) in members.as_object().unwrap() {
        map.insert(name.clone(), value.clone());
    }
    map.retain(|_, value| !value.is_null());
    schema
}

/// An OpenAPI document with these paths, and a sound schema beside it as `thing.json`.
fn openapi(paths: &Value) -> Vec<(&'static str, String)> {
    let document = json!({"openapi": "3.1.0", "info": {}, "paths": paths});
    vec![("thing.json", schema(&json!({})).to_string()), ("openapi.json", document.to_string())]
}

fn operation(id: &str, members: &Value) -> Value {
    let mut operation = json!({"operationId": id, "responses": {"200": {"description": "Fine."}}});
    operation.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    operation
}

fn load(files: &[(&str, String)]) -> Vec<Problem> {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Catalog::from_dir(root.path()).err().map(|error| error.problems).unwrap_or_default()
}

/// The set has exactly these problems: `file#pointer` and a part of the message.
fn assert_refused(files: &[(&str, String)], expected: &[(&str, &str)]) {
    let problems = load(files);
    let places: Vec<_> = problems.iter().map(|problem| format!("{}#{}", problem.file, problem.pointer)).collect();
    let wanted: Vec<_> = expected.iter().map(|(place, _)| (*place).to_owned()).collect();
    assert_eq!(places, wanted, "{problems:?}");
    for (problem, (_, part)) in problems.iter().zip(expected) {
        assert!(problem.message.contains(part), "{problem} does not say `{part}`");
    }
}

fn assert_schema_refused(members: &Value, pointer: &str, part: &str) {
    let place = format!("area/thing.json#{pointer}");
    assert_refused(&[("area/thing.json", schema(members).to_string())], &[(&place, part)]);
}

#[test]
fn a_sound_set_loads() {
    assert_eq!(load(&[("area/thing.json", schema(&json!({})).to_string())]), []);
    assert_eq!(load(&openapi(&json!({"/x": {"get": operation("x", &json!({}))}}))), []);
}

#[test]
fn keywords_and_formats_must_be_known() {
    assert_schema_refused(&json!({"properties": {"a/b": {"typ": "string"}}}), "/properties/a~1b/typ", "`typ`");
    assert_schema_refused(&json!({"allOf": [{"minLenght": 1}]}), "/allOf/0/minLenght", "unknown keyword");
    assert_schema_refused(&json!({"$id": "https://example.com/x"}), "/$id", "unknown keyword");
    assert_schema_refused(&json!({"items": {"format": "data-time"}}), "/items/format", "data-time");
    assert_schema_refused(&json!({"items": {"format": 5}}), "/items/format", "unknown format");
    assert_schema_refused(&json!({"properties": {"a": 5}}), "/properties/a", "object or a boolean");
    assert_schema_refused(&json!({"allOf": {}}), "/allOf", "array of schemas");
    assert_schema_refused(&json!({"properties": []}), "/properties", "object of schemas");
    assert_schema_refused(&json!({"items": {"x-requirement": 5}}), "/items/x-requirement", "requirement id");
    assert_schema_refused(&json!({"items": {"x-sensitive": "yes"}}), "/items/x-sensitive", "`true`");
}

#[test]
fn references_must_lead_to_a_place_of_the_set() {
    let refused = |reference: &str, part: &str| {
        assert_schema_refused(&json!({"not": {"items": {"$ref": reference}}}), "/not/items/$ref", part);
    };
    refused("other.json", "no file `area/other.json`");
    refused("thing.json#/$defs/x", "nothing at `/$defs/x`");
    refused("#/$defs/x", "nothing at `/$defs/x`");
    refused("../../outside.json", "leaves the schema set");
    refused("/area/thing.json", "relative reference");
    refused("https://example.com/x.json", "relative reference");
    refused("#anchor", "not a JSON Pointer");
}

#[test]
fn the_dialect_and_the_descriptions_are_required() {
    let draft_07 = "http://json-schema.org/draft-07/schema#";
    assert_schema_refused(&json!({"$schema": draft_07}), "/$schema", "2020-12");
    assert_schema_refused(&json!({"$schema": null}), "", "`$schema` is missing");
    assert_schema_refused(&json!({"title": null}), "", "`title` is missing");
    assert_schema_refused(&json!({"description": ""}), "", "`description` is missing");
    assert_schema_refused(&json!({"examples": null}), "", "`examples` is missing");
    assert_schema_refused(&json!({"examples": []}), "", "`examples` is missing");
}

#[test]
fn a_schema_must_be_one_and_accept_its_examples() {
    assert_schema_refused(&json!({"examples": [{}, 5]}), "/examples/1", "must be object");
    assert_schema_refused(&json!({"required": ["a"]}), "/examples/0", "`/a`");
    assert_schema_refused(&json!({"properties": {"a": {"pattern": "("}}}), "", "(");
    assert_schema_refused(&json!({"properties": {"a": {"type": "strnig"}}}), "/properties/a/type", "not a JSON Schema");
    assert_schema_refused(&json!({"minProperties": -1}), "/minProperties", "not a JSON Schema");
}

#[test]
fn files_must_be_json_without_duplicates() {
    assert_refused(&[("a/b.json", "{\n \"x\": }".to_owned())], &[("a/b.json#", "line 2 column 7")]);
    assert_refused(
        &[("a.json", "5".to_owned())],
        &[
            ("a.json#", "`$schema` is missing"),
            ("a.json#", "`description` is missing"),
            ("a.json#", "`examples` is missing"),
            ("a.json#", "`title` is missing"),
            ("a.json#", "must be an object or a boolean"),
        ],
    );
    let text = schema(&json!({})).to_string().replacen('{', "{\"type\": \"array\", ", 1);
    assert_refused(&[("a.json", text)], &[("a.json#/type", "stands twice")]);
}

#[test]
fn a_folder_without_schemas_is_no_set() {
    assert_refused(&[("readme.txt", String::new())], &[("#", "no schema file")]);
    let root = tempfile::tempdir().unwrap();
    let error = Catalog::from_dir(&root.path().join("missing")).err().unwrap();
    assert!(error.to_string().starts_with("schema set#: cannot be listed"), "{error}");
}

#[test]
fn operations_refer_to_schemas_of_the_set() {
    let body = |reference: &str| json!({"responses": {"200": {"description": "x", "content": {"a/b": {"schema": {"$ref": reference}}}}}});
    let at = "openapi.json#/paths/~1x/get/responses/200/content/a~1b/schema";
    for (reference, part) in [
        ("nothing.json", "not a schema file"),
        ("thing.json#/type", "not a schema file"),
        ("openapi.json", "not a schema file"),
        ("../thing.json", "leaves the schema set"),
    ] {
        assert_refused(&openapi(&json!({"/x": {"get": operation("x", &body(reference))}})), &[(at, part)]);
    }
}

#[test]
fn operations_are_one_of_a_kind() {
    let twice = json!({"/x": {"get": operation("x", &json!({}))}, "/y": {"put": operation("x", &json!({}))}});
    assert_refused(&openapi(&twice), &[("openapi.json#/paths/~1y/put/operationId", "openapi.json#/paths/~1x/get")]);
}

#[test]
fn path_parameters_are_those_of_the_path() {
    let parameter = |name: &str| json!({"parameters": [{"name": name, "in": "path", "schema": {}}]});
    let at = "openapi.json#/paths/~1x~1{id}/get";
    for members in [json!({}), parameter("other")] {
        assert_refused(&openapi(&json!({"/x/{id}": {"get": operation("x", &members)}})), &[(at, "/x/{id}")]);
    }
    assert_eq!(load(&openapi(&json!({"/x/{id}": {"get": operation("x", &parameter("id"))}}))), []);
}

#[test]
fn links_lead_to_operations_with_all_that_these_need() {
    let linked = |link: Value| {
        let responses = json!({"responses": {"201": {"description": "x", "links": {"delete": link}}}});
        let parameters = json!({"parameters": [{"name": "id", "in": "path", "schema": {}}]});
        openapi(
            &json!({"/x": {"post": operation("create", &responses)}, "/x/{id}": {"delete": operation("delete", &parameters)}}),
        )
    };
    let at = "openapi.json#/paths/~1x/post/responses/201/links/delete";
    let body = "$response.body#/id";
    assert_eq!(load(&linked(json!({"operationId": "delete", "parameters": {"id": body}}))), []);
    assert_refused(
        &linked(json!({"operationId": "erase", "parameters": {"id": body}})),
        &[(at, "unknown operation `erase`")],
    );
    assert_refused(
        &linked(json!({"operationId": "delete", "parameters": {"di": body}})),
        &[(at, "not those of `delete`")],
    );
    assert_refused(&linked(json!({"operationId": "delete"})), &[(at, "not those of `delete`")]);
    let from_path = json!({"operationId": "delete", "parameters": {"id": "$request.path.id"}});
    assert_refused(&linked(from_path), &[(at, "`create` has no path parameter `id`")]);
    let unknown = json!({"operationId": "delete", "parameters": {"id": "$request.query.id"}});
    assert_refused(&linked(unknown), &[(at, "is not understood")]);
}

#[test]
fn openapi_that_is_not_read_is_refused() {
    let refused = |document: Value, place: &str, part: &str| {
        assert_refused(&[("openapi.json", document.to_string())], &[(place, part)]);
    };
    refused(json!({"openapi": "3.0.3", "info": {}, "paths": {}}), "openapi.json#/openapi", "3.1.x");
    refused(json!({"openapi": "3.1.0", "info": {}, "paths": {"/x": {"trace": {}}}}), "openapi.json#", "`trace`");
    refused(json!({"openapi": "3.1.0", "info": {}}), "openapi.json#", "`paths`");
}

#[test]
fn all_problems_are_told_at_once() {
    let files = [
        (
            "a.json",
            schema(&json!({"title": null, "typo": 1, "items": {"$ref": "b.json#/x", "format": "uuid4"}})).to_string(),
        ),
        ("b.json", schema(&json!({"properties": {"a": {"pattern": "("}}})).to_string()),
        ("c.json", schema(&json!({"examples": [5], "required": ["a"]})).to_string()),
        ("d.json", "[".to_owned()),
        // Stands on a broken file: its example says nothing before that is mended.
        ("e.json", schema(&json!({"examples": [5], "not": {"$ref": "a.json"}})).to_string()),
    ];
    assert_refused(
        &files,
        &[
            ("a.json#", "`title`"),
            ("a.json#/items/$ref", "nothing at `/x`"),
            ("a.json#/items/format", "uuid4"),
            ("a.json#/typo", "unknown keyword"),
            ("b.json#", "does not compile"),
            ("c.json#/examples/0", "object"),
            ("d.json#", "not JSON"),
        ],
    );
}

/// The validator would be compiled for ever: such a schema is refused before.
#[test]
fn names_must_not_lead_back_to_their_schema() {
    let part = "lead back to itself";
    assert_schema_refused(&json!({"propertyNames": {"$ref": "#"}}), "/propertyNames", part);
    let through = json!({"propertyNames": {"$ref": "#/$defs/a"}, "$defs": {"a": {"anyOf": [true, {"$ref": "#"}]}}});
    assert_schema_refused(&through, "/propertyNames", part);
    let two = [
        ("one.json", schema(&json!({"propertyNames": {"$ref": "two.json"}})).to_string()),
        ("two.json", schema(&json!({"properties": {"x": {"$ref": "one.json"}}})).to_string()),
    ];
    assert_refused(&two, &[("one.json#/propertyNames", part)]);
    let harmless = json!({"propertyNames": {"$ref": "#/$defs/a"}, "$defs": {"a": {"maxLength": 3}}});
    assert_refused(&[("thing.json", schema(&harmless).to_string())], &[]);
}

/// Circles that stay at one place of the document end, too.
#[test]
fn circles_in_place_are_survived() {
    for members in [json!({"$ref": "#"}), json!({"allOf": [{"$ref": "#"}]}), json!({"anyOf": [{"$ref": "#"}, true]})] {
        assert_refused(&[("thing.json", schema(&members).to_string())], &[]);
    }
    let two = [
        ("one.json", schema(&json!({"allOf": [{"$ref": "two.json"}]})).to_string()),
        ("two.json", schema(&json!({"$ref": "one.json"})).to_string()),
    ];
    assert_refused(&two, &[]);
}
