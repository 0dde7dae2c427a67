//! Each fault of v1 changes one thing, and is counted when it does: encodings, errors, statuses.

use serde_json::json;
use tfe_reference::{BlockingServer, Fault};

use super::client::{Atlas, FORM, JSON, latest_of, variables_of};
use crate::client::Answer;
use crate::faults::compare;

const DOCUMENT: &str = r#"{"variables":{"a":"1"}}"#;

/// The answer to an update with this body.
fn put(server: &BlockingServer, content_type: &str, body: &str) -> Answer {
    let user = Atlas::user(server).unchecked();
    user.send("PUT", &variables_of("env-01"), &[("Content-Type", content_type)], body.as_bytes())
}

#[test]
fn an_encoding_is_refused() {
    let charset = "application/json; charset=utf-8";
    let refused = |(with, without): (Answer, Answer)| assert_eq!((with.status, without.status), (415, 200));
    refused(compare(Fault::V1JsonRefused, |server| {
        assert_eq!(put(server, FORM, "variables[a]=1").status, 200);
        put(server, JSON, DOCUMENT)
    }));
    refused(compare(Fault::V1JsonCharsetRefused, |server| {
        assert_eq!(put(server, JSON, DOCUMENT).status, 200);
        put(server, charset, DOCUMENT)
    }));
    refused(compare(Fault::V1FormRefused, |server| {
        assert_eq!(put(server, JSON, DOCUMENT).status, 200);
        put(server, FORM, "variables[a]=1")
    }));
}

#[test]
fn a_form_is_misread() {
    let read = |server: &BlockingServer, form: &str| {
        put(server, FORM, form);
        Atlas::user(server).get(&latest_of("env-01"))
    };
    for (answers, with_fault, without_fault) in [
        (
            compare(Fault::V1FormPlusKept, |server| read(server, "variables[a]=1+2%20%2B")),
            json!({ "a": "1+2 +" }),
            json!({ "a": "1 2 +" }),
        ),
        (
            compare(Fault::V1FormBracketsUnparsed, |server| read(server, "variables[a]=1&variables%5Bb%5D=2")),
            json!({ "b": "2" }),
            json!({ "a": "1", "b": "2" }),
        ),
        (
            compare(Fault::V1FormEncodedBracketsUnparsed, |server| read(server, "variables[a]=1&variables%5Bb%5D=2")),
            json!({ "a": "1" }),
            json!({ "a": "1", "b": "2" }),
        ),
    ] {
        assert_eq!(answers.0.at("/version/variables"), with_fault);
        assert_eq!(answers.1.at("/version/variables"), without_fault);
    }
}

#[test]
fn a_bad_body_is_let_in() {
    for (content_type, body) in [(JSON, "{"), (FORM, "variables[a=1"), (FORM, "variables[a]=%ff")] {
        let (with, without) = compare(Fault::V1MalformedAccepted, |server| put(server, content_type, body));
        assert_eq!((with.status, without.status), (200, 400), "{body}");
        let (with, without) = compare(Fault::V1Malformed500, |server| put(server, content_type, body));
        assert_eq!((with.status, without.status), (500, 400), "{body}");
    }
    let (with, without) = compare(Fault::V1OtherMediaTypes500, |server| put(server, "text/plain", DOCUMENT));
    assert_eq!((with.status, without.status), (500, 415));
}

#[test]
fn an_error_has_another_form() {
    let missing = |server: &BlockingServer| Atlas::user(server).unchecked().get(&latest_of("none"));
    let (with, without) = compare(Fault::V1ErrorsAsArray, missing);
    assert_eq!((with.status, with.json()), (without.status, json!({ "errors": [{ "title": "Not Found" }] })));
    let (with, without) = compare(Fault::V1ErrorMessageBare, missing);
    assert_eq!((with.status, with.json()), (without.status, json!({ "errors": { "base": "Not Found" } })));
    let (with, without) = compare(Fault::V1ErrorTextPlain, missing);
    assert_eq!((with.status, with.body.as_slice()), (without.status, &b"Not Found"[..]));
    assert_eq!((with.header("content-type"), without.header("content-type")), (Some("text/plain"), Some(JSON)));
}

#[test]
fn a_status_is_not_registered() {
    let (with, without) = compare(Fault::V1UnregisteredStatus, |server| {
        let user = Atlas::user(server).unchecked();
        assert_eq!(user.get(&latest_of("none")).status, 404);
        user.get(&latest_of("env-01"))
    });
    assert_eq!((with.status, without.status), (299, 200));
    assert_eq!(with.json(), without.json());
}
