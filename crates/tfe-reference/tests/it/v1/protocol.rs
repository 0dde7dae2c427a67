//! Authentication, media types, methods and paths: what holds for every endpoint of v1.

use serde_json::json;

use super::client::{Atlas, FORM, JSON, latest_of, variables_of};
use crate::client::{Client, JSON_API, server};

#[test]
fn every_request_needs_a_token_of_v1() {
    let server = server();
    let (nobody, tokens) = (Atlas::anonymous(&server), server.tokens());
    for (method, path) in [
        ("GET", "/terraform/state"),
        ("GET", "/user/user"),
        ("GET", "/nowhere"),
        ("PUT", &variables_of("env-01")),
        ("DELETE", &variables_of("env-01")),
    ] {
        let answer = nobody.send(method, path, &[("Content-Type", "text/plain")], b"{");
        assert_eq!((answer.status, super::client::problem(&answer).1.as_str()), (401, "base"), "{method} {path}");
        assert!(answer.header("www-authenticate").unwrap().starts_with("X-Atlas-Token "));
    }
    let right = tokens.atlas_user.as_str();
    let bearer = format!("Bearer {right}");
    for (name, value) in [
        ("X-Atlas-Token", ""),
        ("X-Atlas-Token", "x"),
        ("X-Atlas-Token", &right[1..]),
        ("X-Atlas-Token", &bearer),
        ("X-Atlas-Token", &tokens.user),
        ("Authorization", &bearer),
        ("Authorization", right),
        ("X-Atlas-Tokens", right),
    ] {
        assert_eq!(nobody.send("GET", "/terraform/state", &[(name, value)], b"").status, 401, "{name}: {value}");
    }
    assert_eq!(nobody.get(&format!("/terraform/state?access_token={right}")).status, 401);
    let twice = [("X-Atlas-Token", right), ("X-Atlas-Token", right)];
    assert_eq!(nobody.send("GET", "/terraform/state", &twice, b"").status, 401);
    assert_eq!(nobody.send("GET", "/terraform/state", &[("x-ATLAS-token", right)], b"").status, 200);
}

#[test]
fn neither_generation_accepts_the_other() {
    let server = server();
    let (nobody, tokens) = (Client::anonymous(&server).unchecked(), server.tokens());
    for (path, own, header, value) in [
        ("/api/v1/terraform/state", 200, "X-Atlas-Token", tokens.atlas_user.clone()),
        ("/api/v1/terraform/state", 401, "X-Atlas-Token", tokens.user.clone()),
        ("/api/v1/terraform/state", 401, "Authorization", format!("Bearer {}", tokens.user)),
        ("/api/v1/terraform/state", 401, "Authorization", format!("Bearer {}", tokens.atlas_user)),
        ("/api/v2/vars", 200, "Authorization", format!("Bearer {}", tokens.user)),
        ("/api/v2/vars", 401, "Authorization", format!("Bearer {}", tokens.atlas_user)),
        ("/api/v2/vars", 401, "X-Atlas-Token", tokens.atlas_user.clone()),
        ("/api/v2/vars", 401, "X-Atlas-Token", tokens.user.clone()),
    ] {
        let answer = nobody.send("GET", path, &[(header, &value)], b"");
        let media_type = if path.starts_with("/api/v1") { JSON } else { JSON_API };
        assert_eq!((answer.status, answer.header("content-type")), (own, Some(media_type)), "{path} {header}");
    }
    assert!(!format!("{tokens:?}").contains(&tokens.atlas_user));
}

#[test]
fn a_body_is_json_or_a_form() {
    let server = server();
    let user = Atlas::user(&server);
    let (json, form) = (r#"{"variables":{"a":"1"}}"#, "variables[a]=1");
    for (content_type, body, status) in [
        (JSON, json, 200),
        ("Application/JSON", json, 200),
        ("application/json; charset=utf-8", json, 200),
        ("application/json;charset=\"UTF-8\"", json, 200),
        (FORM, form, 200),
        ("application/x-www-form-urlencoded; charset=UTF-8", form, 200),
        ("application/json; charset=latin1", json, 415),
        ("application/vnd.api+json", json, 415),
        ("text/plain", form, 415),
        ("multipart/form-data; boundary=x", form, 415),
        ("", json, 415),
        (JSON, form, 400),
        (FORM, json, 422),
    ] {
        let answer = user.send("PUT", &variables_of("env-01"), &[("Content-Type", content_type)], body.as_bytes());
        assert_eq!(answer.status, status, "{content_type}: {body}");
    }
    assert_eq!(user.send("PUT", &variables_of("env-01"), &[], form.as_bytes()).status, 415);
    let two = [("Content-Type", JSON), ("Content-Type", JSON)];
    assert_eq!(user.send("PUT", &variables_of("env-01"), &two, json.as_bytes()).status, 415);
    // Without a body nobody asks for its media type.
    assert_eq!(user.send("GET", "/terraform/state", &[("Content-Type", "text/plain")], b"").status, 200);
    assert_eq!(user.send("PUT", &variables_of("env-01"), &[("Content-Type", "text/plain")], b"").status, 422);
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let server = server();
    let user = Atlas::user(&server);
    for (method, path, allow) in [
        ("GET", variables_of("env-01"), "PUT"),
        ("DELETE", variables_of("env-01"), "PUT"),
        ("PATCH", variables_of("none"), "PUT"),
        ("GET", "/environments/x/y/plan".to_owned(), "POST"),
        ("POST", "/terraform/state".to_owned(), "GET,HEAD"),
        ("DELETE", latest_of("env-01"), "GET,HEAD"),
        ("OPTIONS", "/user/user".to_owned(), "GET,HEAD"),
    ] {
        let answer = user.send(method, &path, &[], b"");
        assert_eq!((answer.status, answer.header("allow")), (405, Some(allow)), "{method} {path}");
    }
    assert_eq!(user.send("HEAD", "/terraform/state", &[], b"").status, 200);
    assert_eq!(user.send("HEAD", &latest_of("none"), &[], b"").status, 404);
}

#[test]
fn unknown_paths_are_not_found_in_the_format_of_v1() {
    let server = server();
    let user = Atlas::user(&server);
    for path in
        ["", "/", "/nowhere", "/vars", "/terraform/state/", "/environments/example-org/env-01", "/Terraform/state"]
    {
        let answer = user.get(path);
        assert_eq!((answer.status, answer.json()), (404, json!({ "errors": { "base": ["not found"] } })), "{path}");
    }
    for name in ["%20", "%ff", "%", "%zz", "%00", "..", "%2e%2e%2fenv-01", "ENV-01", "env-01%20", &"x".repeat(4000)] {
        assert_eq!(user.get(&latest_of(name)).status, 404, "{name}");
    }
    assert_eq!(user.get(&latest_of("%65nv-01")).status, 200);
}
