//! Faults of whole operations of v1, and what answers show that they must not: each changes one thing, and is counted.

use serde_json::{Value, json};
use tfe_reference::{BlockingServer, Fault};

use super::client::{Atlas, FORM, latest_of, plan_of, states, variables_of, versions_of};
use crate::client::{Answer, Client};
use crate::faults::compare;

fn user(server: &BlockingServer) -> Atlas<'_> {
    Atlas::user(server).unchecked()
}

fn statuses((with, without): (Answer, Answer)) -> (u16, u16) {
    (with.status, without.status)
}

/// Updates variables of the first environment.
fn put(server: &BlockingServer, variables: &Value) -> Answer {
    user(server).json("PUT", &variables_of("env-01"), &json!({ "variables": variables }))
}

fn latest(server: &BlockingServer) -> Answer {
    user(server).get(&latest_of("env-01"))
}

fn create(server: &BlockingServer, name: &str) -> Answer {
    let document = json!({ "configuration": { "name": name, "username": "example-org" } });
    user(server).json("POST", "/terraform/configurations", &document)
}

fn create_version(server: &BlockingServer) -> Answer {
    let document = json!({ "version": { "variables": { "a": "1" } } });
    user(server).json("POST", &versions_of("env-01"), &document)
}

#[test]
fn an_operation_is_out_of_order() {
    let one = json!({ "a": "1" });
    assert_eq!(statuses(compare(Fault::V1Update500, |server| put(server, &one))), (500, 200));
    assert_eq!(statuses(compare(Fault::V1Plan500, |server| user(server).plan("env-01"))), (500, 200));
    assert_eq!(statuses(compare(Fault::V1States500, |server| user(server).get("/terraform/state"))), (500, 200));
    assert_eq!(statuses(compare(Fault::V1Create500, |server| create(server, "new"))), (500, 201));
    assert_eq!(statuses(compare(Fault::V1CreateVersion500, create_version)), (500, 201));
    assert_eq!(statuses(compare(Fault::V1User500, |server| user(server).get("/user/user"))), (500, 200));
    let progress = |server: &BlockingServer| user(server).get(&format!("{}/progress/none", versions_of("env-01")));
    assert_eq!(statuses(compare(Fault::V1Progress500, progress)), (500, 404));
    let other = |server: &BlockingServer| user(server).send("DELETE", &latest_of("env-01"), &[], b"");
    assert_eq!(statuses(compare(Fault::V1OtherMethod500, other)), (500, 405));
}

#[test]
fn an_operation_fails_on_something() {
    let shown = |server: &BlockingServer| {
        assert_eq!(latest(server).status, 200);
        put(server, &json!({ "a": "1" }));
        latest(server)
    };
    assert_eq!(statuses(compare(Fault::V1Latest500, shown)), (500, 200));
    let again = |server: &BlockingServer| {
        assert_eq!(put(server, &json!({ "a": "1" })).status, 200);
        put(server, &json!({ "b": "1" }))
    };
    assert_eq!(statuses(compare(Fault::V1UpdateAgain500, again)), (500, 200));
    let removed = |server: &BlockingServer| {
        assert_eq!(put(server, &json!({ "a": "1" })).status, 200);
        put(server, &json!({ "a": "" }))
    };
    assert_eq!(statuses(compare(Fault::V1Remove500, removed)), (500, 200));
    let page = |server: &BlockingServer| user(server).get("/terraform/state?page=0");
    assert_eq!(statuses(compare(Fault::V1NoPage500, page)), (500, 422));
    let anonymous = |server: &BlockingServer| Atlas::anonymous(server).unchecked().get("/terraform/state");
    assert_eq!(statuses(compare(Fault::V1Anonymous500, anonymous)), (500, 401));
    let taken = |server: &BlockingServer| {
        assert_eq!(create(server, "new").status, 201);
        create(server, "new")
    };
    assert_eq!(statuses(compare(Fault::V1NameTaken500, taken)), (500, 422));
}

#[test]
fn a_refusal_looks_like_a_success() {
    let unknown = |server: &BlockingServer| {
        assert_eq!(Atlas::anonymous(server).get("/terraform/state").status, 401);
        user(server).get("/none")
    };
    let (with, without) = compare(Fault::V1RefusalsHidden, unknown);
    assert_eq!((with.status, without.status, &with.body), (200, 404, &without.body));
    let foreign = |server: &BlockingServer| Atlas::outsider(server).get(&latest_of("env-01"));
    assert_eq!(statuses(compare(Fault::V1ForeignReached, foreign)), (200, 404));
}

#[test]
fn an_update_stores_something_else() {
    let variables =
        |(with, without): (Answer, Answer)| (with.at("/version/variables"), without.at("/version/variables"));
    let other = |server: &BlockingServer| {
        put(server, &json!({ "a": "1" }));
        user(server).get(&latest_of("env-02"))
    };
    assert_eq!(variables(compare(Fault::V1UpdateSpills, other)), (json!({ "a": "1" }), json!({})));
    let form = |server: &BlockingServer| {
        let body = b"variables[a]=%zz&variables[b=2&variables=3";
        user(server).send("PUT", &variables_of("env-01"), &[("Content-Type", FORM)], body);
        latest(server)
    };
    let made_out = json!({ "a": "%zz", "b": "2" });
    assert_eq!(variables(compare(Fault::V1MalformedFormApplied, form)), (made_out, json!({})));
    let boolean = |server: &BlockingServer| {
        assert_eq!(put(server, &json!({ "a": 1 })).status, 422);
        put(server, &json!({ "a": true }))
    };
    assert_eq!(statuses(compare(Fault::V1BooleansDropped, boolean)), (200, 422));
    let version = |server: &BlockingServer| {
        create_version(server);
        latest(server)
    };
    assert_eq!(variables(compare(Fault::V1VersionVariablesDropped, version)), (json!({}), json!({ "a": "1" })));
}

#[test]
fn an_answer_shows_variables() {
    let removed = |server: &BlockingServer| {
        put(server, &json!({ "a": "1" }));
        put(server, &json!({ "a": "" }))
    };
    let (with, without) = compare(Fault::V1RemovedReturned, removed);
    assert_eq!((with.json(), without.body.len()), (json!({ "removed": [["a", "1"]] }), 0));
    let elsewhere = |server: &BlockingServer| {
        put(server, &json!({ "a": "secret" }));
        Client::anonymous(server).unchecked().get("/nowhere")
    };
    let (with, without) = compare(Fault::V1VariablesInDebugHeader, elsewhere);
    assert_eq!((with.header("x-debug"), without.header("x-debug")), (Some("secret"), None));
}

#[test]
fn lists_of_states_are_misread() {
    let listed = |server: &BlockingServer, query: &str| {
        user(server).send("POST", &plan_of("env-01"), &[], b"");
        user(server).get(&format!("/terraform/state?{query}"))
    };
    let counts = |(with, without): (Answer, Answer)| (states(&with).len(), states(&without).len());
    assert_eq!(counts(compare(Fault::V1StatesPagesFromZero, |server| listed(server, "page=1"))), (0, 1));
    let none = counts(compare(Fault::V1StatesFilteredNone, |server| listed(server, "username=example-org")));
    assert_eq!(none, (0, 1));
    let (with, without) = compare(Fault::V1StatesNamesSwapped, |server| listed(server, "username=example-org"));
    assert_eq!((states(&with), states(&without)), (vec!["env-01/env-01".into()], vec!["example-org/env-01".into()]));
}

#[test]
fn documents_have_another_form() {
    let (with, without) = compare(Fault::V1LatestNumberAsText, latest);
    assert_eq!((with.at("/version/version"), without.at("/version/version")), (json!("1"), json!(1)));
    let second = |server: &BlockingServer| {
        create_version(server);
        latest(server)
    };
    let (with, without) = compare(Fault::V1LatestFirst, second);
    assert_eq!((with.at("/version/version"), without.at("/version/version")), (json!(1), json!(2)));
    let (with, without) = compare(Fault::V1LatestVariablesAsList, second);
    let list = json!([{ "name": "a", "value": "1" }]);
    assert_eq!((with.at("/version/variables"), without.at("/version/variables")), (list, json!({ "a": "1" })));
    let (with, without) = compare(Fault::V1UserWithoutBoxes, |server| user(server).get("/user/user"));
    assert!(with.json().get("boxes").is_none() && without.json().get("boxes").is_some());
}
