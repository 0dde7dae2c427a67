//! What users see of each other's environments: nothing.

use serde_json::json;

use super::client::{Atlas, FORM, JSON, latest_of, plan_of, states, variables_of, versions_of};
use crate::client::server;

#[test]
fn a_hidden_environment_answers_like_a_missing_one() {
    let server = server();
    let outsider = Atlas::outsider(&server);
    let big = vec![b'x'; 100_000];
    let bodies: [(&str, &[u8]); 6] = [
        (JSON, br#"{"variables": {"a": "1"}}"#),
        (JSON, b"{"),
        (JSON, br#"{"variables": {"a": 1}}"#),
        (FORM, b"variables[a"),
        ("text/plain", &big),
        (JSON, b""),
    ];
    for path in [variables_of, plan_of, versions_of, latest_of, |name: &str| versions_of(name) + "/progress/x"] {
        for method in ["GET", "PUT", "POST", "DELETE", "HEAD"] {
            for (media_type, body) in bodies {
                let send = |name: &str| outsider.send(method, &path(name), &[("Content-Type", media_type)], body);
                let (hidden, missing) = (send("env-01"), send("none"));
                let shown = |mut answer: crate::client::Answer| {
                    answer.headers.retain(|(name, _)| name != "date");
                    format!("{answer:?}")
                };
                assert!([404, 405].contains(&hidden.status), "{method} {}", path("env-01"));
                assert_eq!(shown(hidden), shown(missing), "{method} {}", path("env-01"));
            }
        }
    }
    assert_eq!(
        outsider.get("/terraform/state?username=example-org").body,
        outsider.get("/terraform/state?username=none").body
    );
    assert_eq!(Atlas::user(&server).variables("env-01"), json!({}));
}

#[test]
fn nothing_hidden_changes() {
    let server = server();
    let (user, outsider) = (Atlas::user(&server), Atlas::outsider(&server));
    user.put("env-01", &json!({ "a": "1" }));
    for variables in [json!({ "a": "2" }), json!({ "a": "" }), json!({ "b": "1" })] {
        let answer = outsider.json("PUT", &variables_of("env-01"), &json!({ "variables": variables }));
        assert_eq!((answer.status, answer.json()), (404, json!({ "errors": { "base": ["not found"] } })));
    }
    assert_eq!(outsider.plan("env-01").status, 404);
    assert_eq!(outsider.send("POST", &versions_of("env-01"), &[], b"").status, 404);
    assert_eq!(user.get(&latest_of("env-01")).at("/version/version"), json!(1));
    assert_eq!(user.variables("env-01"), json!({ "a": "1" }));
    assert_eq!(user.get("/terraform/state").at("/states"), json!([]));
}

#[test]
fn everybody_reaches_what_is_theirs() {
    let server = server();
    let (user, outsider, auditor) = (Atlas::user(&server), Atlas::outsider(&server), Atlas::auditor(&server));
    let theirs = format!("/environments/other-org/{}", server.foreign_environment());
    assert_eq!(outsider.send("POST", &format!("{theirs}/plan"), &[], b"").status, 200);
    assert_eq!(user.send("POST", &format!("{theirs}/plan"), &[], b"").status, 404);
    for name in server.environments() {
        user.put(name, &json!({ "a": "1" }));
        assert_eq!(auditor.variables(name), json!({ "a": "1" }));
    }
    for name in server.bare_environments() {
        user.put(name, &json!({ "a": "1" }));
    }
    assert_eq!(user.plan("env-01").status, 200);
    assert_eq!(states(&user.get("/terraform/state")), ["example-org/env-01"]);
    assert_eq!(states(&outsider.get("/terraform/state")), ["other-org/other-env"]);
    assert_eq!(states(&auditor.get("/terraform/state")), ["example-org/env-01", "other-org/other-env"]);
}

#[test]
fn environments_are_as_many_as_asked_for() {
    let server = tfe_reference::Server::builder().environments(2).start_blocking().unwrap();
    assert_eq!(server.environments(), ["env-01", "env-02"]);
    assert_eq!(server.bare_environments(), ["bare-01", "bare-02"]);
    let user = Atlas::user(&server);
    for (name, status) in [("env-02", 200), ("env-03", 404), ("test", 200), ("bare-01", 404)] {
        assert_eq!(user.get(&latest_of(name)).status, status, "{name}");
    }
    assert_eq!(crate::client::server().environments().len(), 8);
}

#[test]
fn profiles_are_there_for_everybody() {
    let server = server();
    for client in [Atlas::user(&server), Atlas::outsider(&server)] {
        for username in ["example-org", "other-org", "user", "outsider", "auditor"] {
            let answer = client.get(&format!("/user/{username}"));
            assert_eq!((answer.status, answer.text("/username")), (200, username.to_owned()));
            assert_eq!(answer.at("/boxes"), json!([]));
        }
        for username in ["none", "User", "%20", "%ff"] {
            assert_eq!(client.get(&format!("/user/{username}")).status, 404, "{username}");
        }
    }
}
