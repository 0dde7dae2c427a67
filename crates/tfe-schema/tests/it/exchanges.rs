//! Requests and answers held against their operation.

use tfe_schema::{Catalog, ExchangeReport, MessageProblem, RequestParts, ResponseParts};

const JSON_API: &str = "application/vnd.api+json";
const FORM: &str = "application/x-www-form-urlencoded";

fn request<'a>(content_type: &'a str, body: &'a [u8]) -> RequestParts<'a> {
    RequestParts { content_type: Some(content_type), body }
}

fn response<'a>(status: u16, content_type: &'a str, body: &'a [u8]) -> ResponseParts<'a> {
    ResponseParts { status, content_type: Some(content_type).filter(|given| !given.is_empty()), body }
}

fn check(operation: &str, request: RequestParts<'_>, response: ResponseParts<'_>) -> ExchangeReport {
    let catalog = Catalog::bundled();
    catalog.check_exchange(catalog.operation(operation).expect(operation), &request, &response)
}

/// The first example of a bundled schema.
fn example(schema: &str) -> Vec<u8> {
    let document = Catalog::bundled().schema(schema).unwrap().document();
    document["examples"][0].to_string().into_bytes()
}

#[test]
fn examples_of_the_schemas_make_exchanges_that_conform() {
    let (created, sent) = (example("v2/variables/document"), example("v2/variables/create-request"));
    for status in [200, 201] {
        let report = check("v2.variables.create", request(JSON_API, &sent), response(status, JSON_API, &created));
        assert!(report.is_valid(), "{report}");
        assert_eq!(report.request.schema.as_deref(), Some("v2/variables/create-request"));
        assert_eq!(report.response.schema.as_deref(), Some("v2/variables/document"));
        assert_eq!(report.to_string(), "");
    }
}

/// The body is chosen by the status: an error document is none of the operation's successes.
#[test]
fn the_schema_is_that_of_the_status() {
    let errors = example("jsonapi/error-document");
    let sent = example("v2/variables/create-request");
    let report = check("v2.variables.create", request(JSON_API, &sent), response(422, JSON_API, &errors));
    assert!(report.is_valid(), "{report}");
    let report = check("v2.variables.create", request(JSON_API, &sent), response(201, JSON_API, &errors));
    assert!(report.request.is_valid() && !report.response.is_valid());
    assert!(report.to_string().starts_with("v2.variables.create: response body: 1:"), "{report}");
}

#[test]
fn statuses_that_nobody_described_are_told() {
    let report = check("v2.variables.list", RequestParts::default(), response(302, "", b""));
    assert_eq!(
        report.response.problems,
        [MessageProblem::Status { status: 302, described: "200, 4XX, 5XX".to_owned() }],
        "{report}"
    );
}

#[test]
fn media_types_are_those_of_the_operation() {
    let list = example("v2/variables/collection");
    for (content_type, right) in [
        (JSON_API, true),
        ("Application/VND.api+JSON", true),
        ("application/vnd.api+json; charset=utf-8", false),
        ("application/json", false),
        ("text/html", false),
        ("", false),
    ] {
        let report = check("v2.variables.list", RequestParts::default(), response(200, content_type, &list));
        assert_eq!(report.is_valid(), right, "{content_type}: {report}");
        assert!(report.response.body.is_valid(), "the body is checked all the same: {report}");
        assert!(right || report.to_string().contains("expected application/vnd.api+json without parameters"));
    }
}

/// The legacy API takes both encodings, and media type parameters.
#[test]
fn forms_are_checked_as_forms() {
    let operation = Catalog::bundled().route("PUT", "/api/v1/environments/u/n/variables").unwrap().0;
    assert!(operation.request.contains_key(FORM), "{}", operation.id);
    let done = response(204, "", b"");
    let report = check(&operation.id, request(FORM, b"variables%5Ba%5D=1&variables[b]=x"), done);
    assert!(report.is_valid(), "{report}");
    let report = check(&operation.id, request("application/json; charset=utf-8", br#"{"variables":{"a":"1"}}"#), done);
    assert!(report.is_valid(), "{report}");
    let report = check(&operation.id, request(FORM, b"variables=1"), done);
    assert!(!report.request.is_valid() && report.response.is_valid(), "{report}");
}

#[test]
fn bodies_that_are_described_must_be_there() {
    let report = check("v2.variables.create", RequestParts::default(), response(201, JSON_API, b""));
    assert!(matches!(report.request.problems[..], [MessageProblem::NoBody(_)]), "{report}");
    assert!(matches!(report.response.problems[..], [MessageProblem::NoBody(_)]), "{report}");
    // Error details are optional.
    let sent = example("v2/variables/create-request");
    let report = check("v2.variables.create", request(JSON_API, &sent), response(404, "", b""));
    assert!(report.is_valid(), "{report}");
}

#[test]
fn what_is_no_json_is_told_with_its_place() {
    let report = check("v2.variables.list", RequestParts::default(), response(200, JSON_API, b"{\n  \"data\": [}"));
    assert!(report.to_string().contains("response body: not a JSON document"), "{report}");
    assert!(report.to_string().contains("line 2 column 12"), "{report}");
}
