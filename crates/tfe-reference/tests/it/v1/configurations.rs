//! Configurations, their versions and the uploads.

use serde_json::{Value, json};

use super::client::{Atlas, FORM, latest_of, problem, variables_of, versions_of};
use crate::client::{Client, server};

#[test]
fn a_configuration_is_created_once() {
    let server = server();
    let user = Atlas::user(&server);
    let form = "configuration%5Bname%5D=New.conf_1-a&configuration[username]=example-org";
    let answer = user.form("POST", "/terraform/configurations", form);
    assert_eq!((answer.status, answer.body.len()), (201, 0));
    let again = user.json(
        "POST",
        "/terraform/configurations",
        &json!({ "configuration": { "name": "New.conf_1-a", "username": "example-org" } }),
    );
    assert_eq!((again.status, again.json()), (422, json!({ "errors": { "name": ["has already been taken"] } })));
    user.put("New.conf_1-a", &json!({ "a": "1" }));
    assert_eq!(user.get(&latest_of("New.conf_1-a")).status, 404);
    assert_eq!(user.send("POST", &versions_of("New.conf_1-a"), &[], b"").at("/version"), json!(1));
    assert_eq!(user.variables("New.conf_1-a"), json!({ "a": "1" }));
}

#[test]
fn names_have_their_letters_and_owners() {
    let server = server();
    let user = Atlas::user(&server);
    let create = |configuration: Value| {
        user.json("POST", "/terraform/configurations", &json!({ "configuration": configuration }))
    };
    for name in ["", "a b", "a/b", "a\0", &"x".repeat(51)] {
        let answer = create(json!({ "name": name, "username": "example-org" }));
        assert_eq!(problem(&answer), (422, "name".to_owned()), "{name}");
    }
    assert_eq!(create(json!({ "name": "x".repeat(50), "username": "user" })).status, 201);
    assert_eq!(problem(&create(json!({ "name": "x" }))), (422, "username".to_owned()));
    assert_eq!(create(json!({})).json()["errors"], json!({ "name": ["is missing"], "username": ["is missing"] }));
    let answer = user.json("POST", "/terraform/configurations", &json!({ "name": "x", "username": "user" }));
    assert_eq!(problem(&answer), (422, "configuration".to_owned()));
    let (hidden, missing) =
        (create(json!({ "name": "x", "username": "other-org" })), create(json!({ "name": "x", "username": "none" })));
    assert_eq!((hidden.status, hidden.comparable()), (404, missing.comparable()));
}

#[test]
fn versions_count_up_and_carry_variables() {
    let server = server();
    let user = Atlas::user(&server);
    user.put("env-01", &json!({ "a": "1", "b": "1" }));
    let version = json!({ "metadata": { "git_branch": "main" }, "variables": { "b": "", "c": "3" } });
    let created = user.json("POST", &versions_of("env-01"), &json!({ "version": version }));
    assert_eq!((created.status, created.at("/version")), (201, json!(2)));
    let expected = json!({ "version": {
        "version": 2, "metadata": { "git_branch": "main" }, "tf_vars": [], "variables": { "a": "1", "c": "3" },
    } });
    assert_eq!(user.get(&latest_of("env-01")).json(), expected);
    let form = "version[metadata][x]=y+z&version[variables][a]=";
    let created = user.send("POST", &versions_of("env-01"), &[("Content-Type", FORM)], form.as_bytes());
    assert_eq!((created.status, created.at("/version")), (201, json!(3)));
    let expected =
        json!({ "version": { "version": 3, "metadata": { "x": "y z" }, "tf_vars": [], "variables": { "c": "3" } } });
    assert_eq!(user.get(&latest_of("env-01")).json(), expected);
    for bad in [json!({ "metadata": { "x": 1 } }), json!({ "variables": { "x": null } }), json!({ "variables": [] })] {
        assert_eq!(user.json("POST", &versions_of("env-01"), &json!({ "version": bad })).status, 422, "{bad}");
    }
    assert_eq!(user.get(&latest_of("env-01")).json(), expected);
}

#[test]
fn an_archive_is_uploaded_where_the_version_says() {
    let server = server();
    let (user, nobody) = (Atlas::user(&server), Client::anonymous(&server).unchecked());
    let host = server.address().strip_prefix("http://").unwrap();
    let created = user.send("POST", &versions_of("env-01"), &[], b"");
    let relative = created.text("/upload_path");
    let token = created.text("/token");
    // The client calls its server `x` in `Host`.
    assert_eq!(relative, format!("http://x/binstore/{token}"));
    let progress = |token: &str| user.get(&format!("{}/progress/{token}", versions_of("env-01")));
    assert_eq!(progress(&token).json(), json!({ "progress": "pending" }));
    let path = relative.strip_prefix("http://x").unwrap();
    let answer = nobody.send("POST", path, &[("Content-Type", "application/x-gzip")], b"\x1f\x8b\x00\xff");
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(progress(&token).json(), json!({ "progress": "uploaded" }));
    assert_eq!(progress("none").status, 404);
    assert_eq!(user.get(&format!("{}/progress/{token}", versions_of("env-02"))).status, 404);
    let unknown = nobody.send("POST", "/binstore/none", &[], b"x");
    assert_eq!(problem(&unknown), (404, "base".to_owned()));
    assert_eq!(nobody.send("POST", path, &[], &vec![0; 5 << 20]).status, 413);
    let wrong = nobody.send("GET", path, &[], b"");
    assert_eq!((problem(&wrong), wrong.header("allow")), ((405, "base".to_owned()), Some("POST")));

    let request = format!(
        "POST /api/v1{} HTTP/1.1\r\nHost: {host}\r\nX-Atlas-Token: {}\r\nConnection: close\r\n\r\n",
        versions_of("env-01"),
        server.tokens().atlas_user
    );
    let absolute = nobody.exchange(request.as_bytes()).text("/upload_path");
    assert!(absolute.starts_with(&format!("{}/binstore/", server.address())), "{absolute}");
    let odd = request.replace(host, "a b\\\"");
    assert!(nobody.exchange(odd.as_bytes()).text("/upload_path").starts_with("/binstore/"));
}

#[test]
fn an_update_and_a_version_share_the_variables() {
    let server = server();
    let user = Atlas::user(&server);
    user.json("POST", &versions_of("env-01"), &json!({ "version": { "variables": { "a": "1" } } }));
    assert_eq!(user.form("PUT", &variables_of("env-01"), "variables[a]=2").status, 200);
    assert_eq!(user.variables("env-01"), json!({ "a": "2" }));
}
