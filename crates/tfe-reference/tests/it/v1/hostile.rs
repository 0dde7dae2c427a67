//! Input that nobody sends by accident: refused in the format of v1, and the server goes on.

use serde_json::json;

use super::client::{Atlas, FORM, JSON, problem, variables_of, versions_of};
use crate::client::{Client, server};

#[test]
fn forms_that_cannot_be_read_are_bad_requests() {
    let server = server();
    let user = Atlas::user(&server);
    let deep = format!("variables{}=1", "[a]".repeat(1000));
    let bodies: [&[u8]; 17] = [
        b"variables[a]=%",
        b"variables[a]=%2",
        b"variables[a]=%zz",
        b"variables%5[a]=1",
        b"variables[a=1",
        b"variables]a[=1",
        b"variables[a]b=1",
        b"variables[[a]]=1",
        b"variables[][a]=1",
        b"[variables]=1",
        b"=1",
        b"variables=1&variables[a]=1",
        b"variables[a]=1&variables[a][b]=1",
        b"variables[a]=%ff",
        b"variables[\xff\xfe]=1",
        b"variables[a]=\xc3\x28",
        deep.as_bytes(),
    ];
    for body in bodies {
        let answer = user.send("PUT", &variables_of("env-01"), &[("Content-Type", FORM)], body);
        assert_eq!(problem(&answer), (400, "base".to_owned()), "{}", String::from_utf8_lossy(body));
    }
    assert_eq!(user.variables("env-01"), json!({}));
}

#[test]
fn json_that_cannot_be_read_is_a_bad_request() {
    let server = server();
    let user = Atlas::user(&server);
    let deep = format!("{{\"variables\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let bodies: [&[u8]; 9] = [
        b" ",
        b"{",
        b"{} {}",
        b"variables",
        b"{\"variables\": {\"a\": \"\xff\"}}",
        b"{\"variables\": {\"a\": \"\x00\"}}",
        br#"{"variables": {"a": "\ud800"}}"#,
        b"\x00",
        deep.as_bytes(),
    ];
    for body in bodies {
        let answer = user.send("PUT", &variables_of("env-01"), &[("Content-Type", JSON)], body);
        assert_eq!(
            problem(&answer),
            (400, "base".to_owned()),
            "{}",
            String::from_utf8_lossy(&body[..body.len().min(40)])
        );
    }
    assert_eq!(user.variables("env-01"), json!({}));
}

#[test]
fn variables_have_names_and_no_nul() {
    let server = server();
    let user = Atlas::user(&server);
    for form in [&b"variables[a]=x%00"[..], b"variables[a%00]=x", b"variables[a]=\0"] {
        let answer = user.send("PUT", &variables_of("env-01"), &[("Content-Type", FORM)], form);
        assert_eq!(problem(&answer), (422, "variables".to_owned()), "{form:?}");
    }
    for variables in [json!({ "a": "\0" }), json!({ "\0": "a" }), json!({ "": "a" }), json!({ "": "" })] {
        let answer = user.json("PUT", &variables_of("env-01"), &json!({ "variables": variables }));
        assert_eq!(problem(&answer), (422, "variables".to_owned()), "{variables}");
        let answer = user.json("POST", &versions_of("env-01"), &json!({ "version": { "variables": variables } }));
        assert_eq!(problem(&answer), (422, "variables".to_owned()), "{variables}");
    }
    assert_eq!(user.variables("env-01"), json!({}));
}

#[test]
fn bodies_are_capped() {
    let server = server();
    let user = Atlas::user(&server);
    let form = format!("variables[a]={}", "x".repeat(10 << 20));
    let answer = user.form("PUT", &variables_of("env-01"), &form);
    assert_eq!(problem(&answer), (413, "base".to_owned()));
    let document = json!({ "variables": { "a": "x".repeat(5 << 20) } });
    assert_eq!(problem(&user.json("PUT", &variables_of("env-01"), &document)), (413, "base".to_owned()));
    assert_eq!(Atlas::anonymous(&server).form("PUT", &variables_of("env-01"), &form).status, 401);
    user.put("env-01", &json!({ "a": "x".repeat(3 << 20) }));
    user.put("env-01", &json!({ "a": "" }));
}

#[test]
fn many_mistakes_get_a_short_answer() {
    let server = server();
    let user = Atlas::user(&server);
    let nested = (0..60_000).map(|number| format!("variables[{number}][x]=1")).collect::<Vec<_>>().join("&");
    let answer = user.form("PUT", &variables_of("env-01"), &nested);
    assert_eq!(problem(&answer), (422, "variables".to_owned()));
    assert!(answer.body.len() < 10_000, "{}", answer.body.len());
    let pairs = (0..70_000).map(|number| format!("variables[{number}]=1")).collect::<Vec<_>>().join("&");
    assert_eq!(problem(&user.form("PUT", &variables_of("env-01"), &pairs)), (400, "base".to_owned()));
    let long = json!({ "variables": { "x".repeat(1 << 20): 1 } });
    assert!(user.json("PUT", &variables_of("env-01"), &long).body.len() < 1000);
}

#[test]
fn requests_that_are_no_http_are_refused() {
    let server = server();
    let nobody = Client::anonymous(&server);
    for request in [&b"PUT /api/v1/\x00 HTTP/1.1\r\n\r\n"[..], b"GET /api/v1/terraform/state HTTP/9.9\r\n\r\n"] {
        assert_eq!(nobody.exchange(request).status / 100, 4, "{request:?}");
    }
    let token = &server.tokens().atlas_user;
    let broken = format!(
        "PUT /api/v1/environments/example-org/env-01/variables HTTP/1.1\r\nHost: x\r\nX-Atlas-Token: {token}\r\n\
         Connection: close\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    );
    let answer = nobody.exchange(broken.as_bytes());
    assert_eq!(problem(&answer), (400, "base".to_owned()));
    assert_eq!(Atlas::user(&server).variables("env-01"), json!({}));
}
