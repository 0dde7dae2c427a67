//! What users see of each other: nothing.

use serde_json::json;

use crate::client::{Client, JSON_API, plain, server, update, variable};

#[test]
fn a_hidden_resource_answers_like_a_missing_one() {
    let server = server();
    let (user, outsider) = (Client::user(&server), Client::outsider(&server));
    let workspace = user.workspace("example-org", "w");
    let id = user.variable(&workspace, &plain("k"));
    for (hidden, missing) in [
        (format!("/api/v2/vars/{id}"), "/api/v2/vars/var-none"),
        (format!("/api/v2/workspaces/{workspace}"), "/api/v2/workspaces/ws-none"),
        ("/api/v2/organizations/example-org".to_owned(), "/api/v2/organizations/none"),
        (
            "/api/v2/organizations/example-org/workspaces/w".to_owned(),
            "/api/v2/organizations/example-org/workspaces/none",
        ),
        ("/api/v2/organizations/example-org/workspaces".to_owned(), "/api/v2/organizations/none/workspaces"),
    ] {
        for method in ["GET", "DELETE", "PATCH", "POST", "PUT"] {
            let (one, other) = (outsider.send(method, &hidden, &[], b""), outsider.send(method, missing, &[], b""));
            assert_eq!(one.comparable(), other.comparable(), "{method} {hidden}");
            assert!([404, 405].contains(&one.status), "{method} {hidden}");
        }
    }
    assert_eq!(user.get(&format!("/api/v2/vars/{id}")).at("/data/attributes"), plain("k"));
}

#[test]
fn no_document_makes_a_hidden_variable_speak() {
    let server = server();
    let (user, outsider) = (Client::user(&server), Client::outsider(&server));
    let id = user.variable(&user.workspace("example-org", "w"), &plain("k"));
    let bodies = [
        "{",
        "",
        "{}",
        "[]",
        &update(&id, &json!({ "value": 1 })).to_string(),
        &update("other", &json!({})).to_string(),
    ];
    for body in bodies {
        let patch = |id: &str| {
            outsider.send("PATCH", &format!("/api/v2/vars/{id}"), &[("Content-Type", JSON_API)], body.as_bytes())
        };
        assert_eq!((patch(&id).status, patch(&id).comparable()), (404, patch("var-none").comparable()), "{body}");
    }
}

#[test]
fn a_hidden_workspace_takes_no_variables() {
    let server = server();
    let (user, outsider) = (Client::user(&server), Client::outsider(&server));
    let workspace = user.workspace("example-org", "w");
    let own = outsider.workspace("other-org", "own");
    let create = |organization: &str, workspace: &str| {
        outsider.post("/api/v2/vars", &variable(organization, workspace, &plain("k")))
    };
    assert_eq!(create("example-org", &workspace).comparable(), create("example-org", "ws-none").comparable());
    assert_eq!(create("example-org", &own).comparable(), create("none", &own).comparable());
    assert_eq!(create("other-org", &own).status, 201);
    assert_eq!(user.get("/api/v2/vars").at("/data"), json!([]));
}

#[test]
fn everybody_lists_what_they_can_access() {
    let server = server();
    let (user, outsider, auditor) = (Client::user(&server), Client::outsider(&server), Client::auditor(&server));
    let own = user.variable(&user.workspace("example-org", "w"), &plain("k"));
    let document = variable("other-org", &outsider.workspace("other-org", "w"), &plain("k"));
    let theirs = outsider.post("/api/v2/vars", &document).text("/data/id");
    assert_eq!(user.get("/api/v2/vars").ids(), [own.as_str()]);
    assert_eq!(outsider.get("/api/v2/vars").ids(), [theirs.as_str()]);
    assert_eq!(auditor.get("/api/v2/vars").ids(), [own.as_str(), theirs.as_str()]);
    assert_eq!(user.get("/api/v2/organizations").ids(), ["example-org"]);
    assert_eq!(auditor.get("/api/v2/organizations").ids(), ["example-org", "other-org"]);
}
