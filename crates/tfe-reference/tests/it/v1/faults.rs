//! Each fault of v1 changes one thing, and is counted when it does: access, variables, runs, states, configurations.

use serde_json::{Value, json};
use tfe_reference::{BlockingServer, Fault};

use super::client::{Atlas, latest_of, plan_of, states, variables_of, versions_of};
use crate::client::{Answer, Client};
use crate::faults::compare;

/// The status with the fault, and the one without.
fn statuses((with, without): (Answer, Answer)) -> (u16, u16) {
    (with.status, without.status)
}

/// The variables with the fault, and those without, after these updates of one environment.
fn after((with, without): (Answer, Answer)) -> (Value, Value) {
    (with.at("/version/variables"), without.at("/version/variables"))
}

/// Makes these updates and reads back.
fn updated(server: &BlockingServer, updates: &[Value]) -> Answer {
    let user = Atlas::user(server).unchecked();
    for variables in updates {
        user.json("PUT", &variables_of("env-01"), &json!({ "variables": variables }));
    }
    user.get(&latest_of("env-01"))
}

#[test]
fn whoever_comes_without_a_token() {
    let read = |server: &BlockingServer| {
        let nobody = Atlas::anonymous(server);
        assert_eq!(nobody.send("PUT", &variables_of("env-01"), &[], b"").status, 401);
        nobody.get(&latest_of("env-01"))
    };
    assert_eq!(statuses(compare(Fault::V1AnonymousRead, read)), (200, 401));
    let write = |server: &BlockingServer| {
        let nobody = Atlas::anonymous(server);
        assert_eq!(nobody.get(&latest_of("env-01")).status, 401);
        nobody.json("PUT", &variables_of("env-01"), &json!({ "variables": { "a": "1" } }));
        Atlas::user(server).get(&latest_of("env-01"))
    };
    assert_eq!(after(compare(Fault::V1AnonymousWrite, write)), (json!({ "a": "1" }), json!({})));
}

#[test]
fn whoever_comes_with_another_token() {
    let unknown = |server: &BlockingServer| {
        let nobody = Atlas::anonymous(server);
        assert_eq!(nobody.get("/terraform/state").status, 401);
        nobody.send("GET", "/terraform/state", &[("X-Atlas-Token", "x")], b"")
    };
    assert_eq!(statuses(compare(Fault::V1UnknownTokenAccepted, unknown)), (200, 401));
    let elsewhere = |server: &BlockingServer| {
        let nobody = Atlas::anonymous(server);
        let header = |token: &str| nobody.send("GET", "/terraform/state", &[("Authorization", token)], b"");
        assert_eq!(header(&format!("Bearer {}", server.tokens().user)).status, 401);
        header(&format!("Bearer {}", server.tokens().atlas_user))
    };
    assert_eq!(statuses(compare(Fault::V1TokenInAuthorizationAccepted, elsewhere)), (200, 401));
}

#[test]
fn what_is_reached() {
    let bare = |server: &BlockingServer| {
        let user = Atlas::user(server);
        user.put("env-01", &json!({ "a": "1" }));
        user.json("PUT", &variables_of("bare-01"), &json!({ "variables": { "a": "1" } }))
    };
    assert_eq!(statuses(compare(Fault::V1BareUnreachable, bare)), (404, 200));
    let hidden = |server: &BlockingServer| {
        assert_eq!(Atlas::outsider(server).get(&latest_of("none")).status, 404);
        Atlas::outsider(server).get(&latest_of("env-01"))
    };
    assert_eq!(statuses(compare(Fault::V1Foreign403, hidden)), (403, 404));
    let (with, without) = compare(Fault::V1HiddenTold, hidden);
    assert_eq!((with.status, without.status), (404, 404));
    assert_ne!(with.body, without.body);
    let missing = |server: &BlockingServer| {
        assert_eq!(Atlas::outsider(server).get(&latest_of("env-01")).status, 404);
        assert_eq!(Atlas::user(server).get("/user/none").status, 404);
        Atlas::user(server).json("PUT", &variables_of("none"), &json!({ "variables": {} }))
    };
    assert_eq!(statuses(compare(Fault::V1Missing422, missing)), (422, 404));
}

#[test]
fn where_the_api_stands() {
    for path in ["/v1/terraform/state", "/terraform/state"] {
        let read = |server: &BlockingServer| {
            let nobody = Client::anonymous(server).unchecked();
            let header = [("X-Atlas-Token", server.tokens().atlas_user.as_str())];
            assert_eq!(nobody.send("GET", "/api/v1/terraform/state", &header, b"").status, 200);
            assert_eq!(nobody.send("GET", "/v1/none", &header, b"").status, 404);
            nobody.send("GET", path, &header, b"")
        };
        assert_eq!(statuses(compare(Fault::V1PrefixOptional, read)), (200, 404), "{path}");
    }
    let list = |server: &BlockingServer| Atlas::user(server).get("/terraform/state");
    assert_eq!(statuses(compare(Fault::V1StatesMissing, list)), (404, 200));
}

#[test]
fn what_an_update_does() {
    let nothing = |server: &BlockingServer| updated(server, &[json!({ "a": "1" })]);
    assert_eq!(after(compare(Fault::V1UpdateIgnored, nothing)), (json!({}), json!({ "a": "1" })));
    let replaced = |server: &BlockingServer| updated(server, &[json!({ "a": "1" }), json!({ "b": "1" })]);
    assert_eq!(after(compare(Fault::V1PutReplaces, replaced)), (json!({ "b": "1" }), json!({ "a": "1", "b": "1" })));
    let repeated = |server: &BlockingServer| updated(server, &[json!({ "a": "x" }), json!({ "a": "x" })]);
    assert_eq!(after(compare(Fault::V1RepeatAppends, repeated)), (json!({ "a": "xx" }), json!({ "a": "x" })));
    let other = |server: &BlockingServer| updated(server, &[json!({ "a": "1" }), json!({ "a": "2", "b": "1" })]);
    let expected = (json!({ "a": "1", "b": "1" }), json!({ "a": "2", "b": "1" }));
    assert_eq!(after(compare(Fault::V1OverwriteIgnored, other)), expected);
    let empty = |server: &BlockingServer| updated(server, &[json!({ "a": "1" }), json!({ "a": "" })]);
    assert_eq!(after(compare(Fault::V1EmptyValueKept, empty)), (json!({ "a": "" }), json!({})));
    let unordered = |server: &BlockingServer| updated(server, &[json!({ "b": "1", "a": "1" })]);
    assert_eq!(after(compare(Fault::V1OrderMatters, unordered)), (json!({ "b": "1" }), json!({ "a": "1", "b": "1" })));
}

#[test]
fn what_an_update_takes() {
    let outside = |server: &BlockingServer| {
        Atlas::user(server).json("PUT", &variables_of("env-01"), &json!({ "b": "1", "variables": { "a": "1" } }));
        Atlas::user(server).get(&latest_of("env-01"))
    };
    let expected = (json!({ "a": "1", "b": "1" }), json!({ "a": "1" }));
    assert_eq!(after(compare(Fault::V1OutsideNamespaceApplied, outside)), expected);
    let number = |server: &BlockingServer| {
        let user = Atlas::user(server);
        let send = |value: Value| user.json("PUT", &variables_of("env-01"), &json!({ "variables": { "a": value } }));
        assert_eq!(send(json!(null)).status, 422);
        let answer = send(json!(15));
        assert_eq!(user.variables("env-01"), json!({}));
        answer
    };
    assert_eq!(statuses(compare(Fault::V1NumbersDropped, number)), (200, 422));
    let put = |server: &BlockingServer| {
        let document = json!({ "variables": { "a": "1" } });
        Atlas::user(server).unchecked().json("PUT", &variables_of("env-01"), &document)
    };
    let (with, without) = compare(Fault::V1VariablesReturned, put);
    assert_eq!((with.json(), without.body.len()), (json!({ "variables": { "a": "1" } }), 0));
}

#[test]
fn what_a_plan_needs_and_says() {
    let bare = |server: &BlockingServer| Atlas::user(server).plan("bare-01");
    assert_eq!(statuses(compare(Fault::V1PlanWithoutConfiguration, bare)), (200, 404));
    let silent = |server: &BlockingServer| {
        let answer = Atlas::user(server).unchecked().plan("env-01");
        assert_eq!(states(&Atlas::user(server).get("/terraform/state")).len(), 1);
        answer
    };
    let (with, without) = compare(Fault::V1PlanNoBody, silent);
    assert_eq!((with.status, with.body.len(), without.json()), (200, 0, json!({ "success": true })));
    let destroy = |server: &BlockingServer| {
        let user = Atlas::user(server);
        assert_eq!(user.json("POST", &plan_of("env-01"), &json!({ "destroy": false })).status, 200);
        user.plan("env-01")
    };
    assert_eq!(statuses(compare(Fault::V1DestroyRequired, destroy)), (422, 200));
}

/// Lists states where the user has a run, and the outsider another.
fn listed(server: &BlockingServer, query: &str) -> Answer {
    Atlas::user(server).plan("env-01");
    let theirs = format!("/environments/other-org/{}/plan", server.foreign_environment());
    Atlas::outsider(server).send("POST", &theirs, &[], b"");
    Atlas::user(server).unchecked().get(&format!("/terraform/state?{query}"))
}

#[test]
fn which_states_are_listed() {
    let counts = |(with, without): (Answer, Answer)| (states(&with).len(), states(&without).len());
    assert_eq!(counts(compare(Fault::V1StatesForeignListed, |server| listed(server, ""))), (2, 1));
    assert_eq!(counts(compare(Fault::V1StatesUnfiltered, |server| listed(server, "username=none"))), (1, 0));
    assert_eq!(counts(compare(Fault::V1StatesPageIgnored, |server| listed(server, "page=2"))), (1, 0));
    let (with, without) = compare(Fault::V1StatesTimeAsNumber, |server| listed(server, ""));
    assert!(with.at("/states/0/updated_at").is_number() && without.at("/states/0/updated_at").is_string());
}

#[test]
fn what_configurations_do_and_show() {
    let created = |server: &BlockingServer| {
        let document = json!({ "configuration": { "name": "new", "username": "user" } });
        assert_eq!(Atlas::user(server).json("POST", "/terraform/configurations", &document).status, 201);
        Atlas::user(server).send("POST", "/terraform/configurations/user/new/versions", &[], b"")
    };
    assert_eq!(statuses(compare(Fault::V1ConfigurationNotKept, created)), (404, 201));
    let version =
        |server: &BlockingServer| Atlas::user(server).unchecked().send("POST", &versions_of("env-01"), &[], b"");
    let (with, without) = compare(Fault::V1VersionNotIncremented, version);
    assert_eq!((with.at("/version"), without.at("/version")), (json!(1), json!(2)));
    let (with, without) = compare(Fault::V1VersionWithoutUploadPath, version);
    assert!(with.json().get("upload_path").is_none() && without.json().get("upload_path").is_some());
    let latest = |server: &BlockingServer| Atlas::user(server).unchecked().get(&latest_of("env-01"));
    let (with, without) = compare(Fault::V1LatestWithoutMetadata, latest);
    assert!(with.at("/version").get("metadata").is_none() && without.at("/version").get("metadata").is_some());
    let user = |server: &BlockingServer| Atlas::user(server).unchecked().get("/user/user");
    let (with, without) = compare(Fault::V1UserWithoutUsername, user);
    assert!(with.json().get("username").is_none() && without.json().get("username").is_some());
}

#[test]
fn the_control() {
    let read = |server: &BlockingServer| Atlas::user(server).get(&latest_of("env-01"));
    let (with, without) = compare(Fault::V1NoOp, read);
    assert_eq!((with.status, with.body), (without.status, without.body));
}
