//! A target that is heard, and breaks a rule in an odd way.

use serde_json::json;
use tfe_runner::event::{Outcome, Verdict};

use super::{CASE, TOKEN, deviates, misbehaving, run};
use crate::process::Run;
use crate::scripted::{JSON_API, Scripted, Silent, answer, json_api};

#[test]
fn html_instead_of_json() {
    deviates(
        |stream| answer(stream, "200 OK", &[("Content-Type", "text/html")], b"<!doctype html>"),
        "v2.index.json-api-documents",
    );
}

#[test]
fn an_empty_success() {
    deviates(|stream| json_api(stream, "200 OK", ""), "v2.index.json-api-documents");
}

#[test]
fn invalid_utf8() {
    deviates(|stream| json_api(stream, "201 Created", b"{\"data\": \"\xff\xfe\"}"), "v2.index.json-api-documents");
}

#[test]
fn an_unregistered_status() {
    deviates(|stream| json_api(stream, "299 Whatever", "{}"), "v2.index.standard-response-codes");
}

#[test]
fn a_server_error() {
    deviates(|stream| json_api(stream, "500 Internal Server Error", "{}"), "v2.index.standard-response-codes");
}

/// Refusing what is right breaks the rule under test.
#[test]
fn a_refusal_of_what_is_right() {
    deviates(|stream| answer(stream, "401 Unauthorized", &[], b""), "v2.variables.create.value-stored");
    deviates(|stream| answer(stream, "403 Forbidden", &[], b""), "v2.variables.create.value-stored");
    deviates(|stream| answer(stream, "404 Not Found", &[], b""), "v2.variables.create.value-stored");
}

/// Parsers disagree about a member that stands twice, so it is told; what the document then lacks
/// is judged as ever.
#[test]
fn duplicate_members() {
    let case = misbehaving(
        |stream| json_api(stream, "201 Created", r#"{"data": {"type": "vars", "type": "vars"}}"#),
        1,
        Verdict::Fail,
    );
    let twice = case.checks.iter().find(|check| check.requirement == "jsonapi.unique-member-names");
    assert!(twice.is_some_and(|check| check.got.contains("/data/type")), "{twice:?}");
}

/// A redirect is an answer like any other. One to itself is not followed into a loop.
#[test]
fn a_redirect_to_itself() {
    let server = Scripted::after_preflight(|request, stream| {
        answer(stream, "307 Temporary Redirect", &[("Location", &request.target)], b"")
    });
    let (output, events) = run(&server.address());
    assert_eq!((output.code, events.only_case().verdict), (1, Verdict::Fail));
    let plan = crate::laws::plan();
    let steps = plan.suite.cases.iter().find(|case| case.id == CASE).unwrap().steps.len();
    let asked = server.seen().iter().filter(|request| request.target.starts_with("/api/v2/vars")).count();
    assert!(asked <= steps + 1, "{asked} requests for {steps} steps");
}

/// Neither a request nor the token goes to another origin, wherever the server points.
#[test]
fn a_redirect_to_another_origin() {
    let elsewhere = Silent::new();
    let location = format!("{}/api/v2/vars", elsewhere.address());
    let server = Scripted::after_preflight(move |_, stream| {
        answer(stream, "307 Temporary Redirect", &[("Location", &location)], b"")
    });
    let (output, events) = run(&server.address());
    assert_eq!((output.code, events.only_case().verdict), (1, Verdict::Fail));
    elsewhere.heard_nothing();
}

/// A self link is followed by a case; to another origin it is not, and that is no pass.
#[test]
fn a_link_to_another_origin() {
    let elsewhere = Silent::new();
    let host = elsewhere.address().strip_prefix("http:").unwrap().to_owned();
    for link in [elsewhere.address().to_owned(), host, format!("{}@x", elsewhere.address())] {
        let server = Scripted::after_preflight(move |_, stream| {
            let data = json!({ "id": "var-1", "type": "vars", "attributes": {}, "links": { "self": link } });
            json_api(stream, "201 Created", json!({ "data": data }).to_string())
        });
        let run = Run::against(&server.address(), TOKEN, &["--case", "jsonapi/fetching/self-link", "--timeout", "2"]);
        let (output, events) = run.within(30).events();
        assert_ne!(output.code, 0, "{:#?}", events.only_case());
        elsewhere.heard_nothing();
    }
}

/// The media type of an answer is read from its header, not guessed from its body.
#[test]
fn json_without_a_media_type() {
    let body = br#"{"data": {"type": "vars", "id": "var-1"}}"#;
    let server = Scripted::after_preflight(move |_, stream| answer(stream, "201 Created", &[], body));
    let (output, events) = run(&server.address());
    assert_eq!(output.code, 1);
    let failed = events.requirements(Outcome::Fail);
    assert!(failed.contains("jsonapi.response-content-type"), "{JSON_API} was never said: {failed:?}");
}

/// An id is the server's own, also one that JSON has to escape: whatever comes of it is about the
/// server, not an error of the suite.
#[test]
fn ids_that_have_to_be_escaped() {
    let server = Scripted::start(|request, stream| {
        let data = json!({ "id": "a\"b\\c/d?e#f%20${x}", "type": "workspaces", "attributes": { "name": "n\"'<&>" } });
        match (request.index, request.method.as_str()) {
            (0, _) => json_api(stream, "200 OK", r#"{"data": []}"#),
            (_, "DELETE") => answer(stream, "204 No Content", &[], b""),
            _ => json_api(stream, "201 Created", json!({ "data": data }).to_string()),
        }
    });
    let (output, events) = run(&server.address());
    assert_eq!(output.code, 1, "{:#?}", events.only_case());
}
