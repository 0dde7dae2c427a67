//! Runs, and the states that they leave.

use serde_json::json;

use super::client::{Atlas, FORM, JSON, plan_of, problem, states, versions_of};
use crate::client::server;

#[test]
fn a_plan_needs_a_configuration_version() {
    let server = server();
    let user = Atlas::user(&server);
    assert_eq!(user.plan("bare-01").json(), json!({ "errors": { "base": ["not found"] } }));
    assert_eq!(user.plan("bare-01").status, 404);
    assert_eq!(user.get("/terraform/state").at("/states"), json!([]));
    user.send("POST", &versions_of("bare-01"), &[], b"");
    let answer = user.plan("bare-01");
    assert_eq!((answer.status, answer.json()), (200, json!({ "success": true })));
}

#[test]
fn destroy_is_optional() {
    let server = server();
    let user = Atlas::user(&server);
    let cases: [(&str, &[u8], u16); 10] = [
        (JSON, b"", 200),
        (FORM, b"", 200),
        ("text/plain", b"", 200),
        (JSON, b"{}", 200),
        (JSON, br#"{"destroy": true, "x": 1}"#, 200),
        (FORM, b"destroy=false", 200),
        (JSON, br#"{"destroy": "true"}"#, 422),
        (FORM, b"destroy=maybe", 422),
        (JSON, b"destroy", 400),
        ("text/plain", b"{}", 415),
    ];
    for (media_type, body, status) in cases {
        let answer = user.send("POST", &plan_of("env-01"), &[("Content-Type", media_type)], body);
        assert_eq!(answer.status, status, "{media_type} {body:?}");
    }
    let answer = user.json("POST", &plan_of("env-01"), &json!({ "destroy": "true" }));
    assert_eq!(problem(&answer), (422, "destroy".to_owned()));
}

#[test]
fn states_are_listed_newest_first() {
    let server = server();
    let user = Atlas::user(&server);
    for name in ["env-02", "env-01", "env-03", "env-02"] {
        assert_eq!(user.plan(name).status, 200);
    }
    let all = user.get("/terraform/state");
    assert_eq!(states(&all), ["example-org/env-02", "example-org/env-03", "example-org/env-01"]);
    assert_eq!(all.text("/states/0/updated_at").len(), "2017-02-03T19:52:37.693Z".len());
    for (query, count) in [
        ("username=example-org", 3),
        ("username=", 3),
        ("username=example%2Dorg&page=1", 3),
        ("username=other-org", 0),
        ("username=none", 0),
        ("username=Example-org", 0),
        ("page=1&unknown=1", 3),
        ("page=2", 0),
        ("page=18446744073709551615", 0),
    ] {
        assert_eq!(states(&user.get(&format!("/terraform/state?{query}"))).len(), count, "{query}");
    }
}

#[test]
fn a_page_has_twenty_states() {
    let server = tfe_reference::Server::builder().environments(25).start_blocking().unwrap();
    let user = Atlas::user(&server);
    for name in server.environments() {
        assert_eq!(user.plan(name).status, 200);
    }
    let page = |number: usize| states(&user.get(&format!("/terraform/state?page={number}")));
    assert_eq!([page(1).len(), page(2).len(), page(3).len()], [20, 5, 0]);
    let both = [page(1), page(2)].concat();
    let expected: Vec<_> = server.environments().iter().rev().map(|name| format!("example-org/{name}")).collect();
    assert_eq!(both, expected);
}

#[test]
fn queries_that_cannot_be_understood_are_refused() {
    let server = server();
    let user = Atlas::user(&server);
    for (query, expected) in [
        ("page=0", (422, "page")),
        ("page=-1", (422, "page")),
        ("page=x", (422, "page")),
        ("page=", (422, "page")),
        ("page=1.5", (422, "page")),
        ("page[]=1", (422, "page")),
        ("page=18446744073709551616", (422, "page")),
        ("username[a]=b", (422, "username")),
        ("username=%ff", (400, "base")),
        ("username=%", (400, "base")),
        ("a[b=1", (400, "base")),
        ("page=1&page[a]=1", (400, "base")),
    ] {
        let answer = user.get(&format!("/terraform/state?{query}"));
        assert_eq!(problem(&answer), (expected.0, expected.1.to_owned()), "{query}");
    }
}
