//! Authentication, negotiation, methods, paths and queries: what holds for every endpoint.

use serde_json::json;

use crate::client::{Client, JSON_API, plain, server, variable};

#[test]
fn every_request_needs_a_bearer_token() {
    let server = server();
    let token = &server.tokens().user;
    let nobody = Client::anonymous(&server);
    for path in ["/api/v2/vars", "/api/v2/vars/var-1", "/api/v2/organizations", "/api/v2/nowhere"] {
        let answer = nobody.get(path);
        assert_eq!(answer.status, 401, "{path}");
        assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer"));
    }
    for value in [format!("Basic {token}"), token.clone(), "Bearer".to_owned(), format!("Bearer {token}x")] {
        assert_eq!(nobody.send("GET", "/api/v2/vars", &[("Authorization", &value)], b"").status, 401, "{value}");
    }
    assert_eq!(nobody.send("GET", "/api/v2/vars", &[("X-Atlas-Token", token)], b"").status, 401);
    assert_eq!(nobody.get(&format!("/api/v2/vars?token={token}")).status, 401);
    assert_eq!(nobody.send("GET", "/api/v2/vars", &[("Authorization", &format!("bearer {token}"))], b"").status, 200);
}

#[test]
fn authentication_comes_before_everything() {
    let server = server();
    let nobody = Client::anonymous(&server);
    assert_eq!(nobody.send("PUT", "/api/v2/vars?foo=1", &[("Accept", "text/html")], b"").status, 401);
    assert_eq!(nobody.send("POST", "/api/v2/vars", &[("Content-Type", "text/plain")], b"{").status, 401);
    assert_eq!(nobody.send("POST", "/api/v2/vars", &[], &vec![b' '; 5 << 20]).status, 401);
}

#[test]
fn media_types_are_negotiated() {
    let server = server();
    let user = Client::user(&server);
    for (header, value, status) in [
        ("Accept", JSON_API, 200),
        ("Accept", "*/*", 200),
        ("Accept", "application/vnd.api+json;v=1, application/vnd.api+json", 200),
        ("Accept", "application/vnd.api+json;v=1", 406),
        ("Accept", "text/html", 406),
        ("Content-Type", JSON_API, 200),
        ("Content-Type", "text/plain", 200),
        ("Content-Type", "application/vnd.api+json; charset=utf-8", 415),
    ] {
        let answer = user.send("GET", "/api/v2/vars", &[(header, value)], b"");
        assert_eq!((answer.status, answer.header("content-type")), (status, Some(JSON_API)), "{header}: {value}");
    }
    let workspace = user.workspace("example-org", "w");
    let document = variable("example-org", &workspace, &plain("k")).to_string();
    for content_type in ["application/json", "text/plain", "application/vnd.api+json;charset=utf-8"] {
        let answer = user.send("POST", "/api/v2/vars", &[("Content-Type", content_type)], document.as_bytes());
        assert_eq!(answer.status, 415, "{content_type}");
    }
    assert_eq!(user.send("POST", "/api/v2/vars", &[], document.as_bytes()).status, 415);
    assert_eq!(user.get("/api/v2/vars").at("/data"), json!([]));
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let server = server();
    let user = Client::user(&server);
    for (method, path, allow) in [
        ("PATCH", "/api/v2/vars", "GET,HEAD,POST"),
        ("DELETE", "/api/v2/vars", "GET,HEAD,POST"),
        ("PUT", "/api/v2/vars/var-1", "GET,HEAD,PATCH,DELETE"),
        ("POST", "/api/v2/vars/var-1", "GET,HEAD,PATCH,DELETE"),
        ("OPTIONS", "/api/v2/organizations", "GET,HEAD,POST"),
        ("PATCH", "/api/v2/workspaces/ws-1", "GET,HEAD,DELETE"),
    ] {
        let answer = user.send(method, path, &[], b"");
        assert_eq!((answer.status, answer.header("allow")), (405, Some(allow)), "{method} {path}");
    }
}

#[test]
fn head_is_get_without_the_body() {
    let server = server();
    let user = Client::user(&server);
    let (get, head) = (user.get("/api/v2/vars"), user.send("HEAD", "/api/v2/vars", &[], b""));
    assert_eq!((head.status, head.body.len()), (200, 0));
    for header in ["content-type", "content-length"] {
        assert_eq!(head.header(header), get.header(header));
    }
    assert_eq!(user.send("HEAD", "/api/v2/vars/var-1", &[], b"").status, 404);
}

#[test]
fn unknown_paths_are_not_found() {
    let server = server();
    let user = Client::user(&server);
    for path in ["/api/v2", "/api/v2/", "/api/v2/nowhere", "/api/v2/vars/", "/api/v2/vars/a/b", "/api/v2/VARS"] {
        assert_eq!(user.get(path).status, 404, "{path}");
    }
    for id in ["var-1", "%20", "%ff", "..", "%2e%2e%2fvars", &"x".repeat(4000)] {
        assert_eq!(user.get(&format!("/api/v2/vars/{id}")).status, 404, "{id}");
    }
}

#[test]
fn query_parameters_are_known_or_not_ours() {
    let server = server();
    let user = Client::user(&server);
    for (query, parameter) in [
        ("foo=1", "foo"),
        ("sort=key", "sort"),
        ("include=nope", "include"),
        ("filter%5Bkey%5D=a", "filter[key]"),
        ("page%5Bsize%5D=0", "page[size]"),
        ("A=%ff", "A"),
    ] {
        let answer = user.get(&format!("/api/v2/vars?{query}"));
        assert_eq!((answer.status, answer.text("/errors/0/source/parameter").as_str()), (400, parameter), "{query}");
    }
    for query in ["include=", "fooBar=1", "x-y=1", ""] {
        assert_eq!(user.get(&format!("/api/v2/vars?{query}")).status, 200, "{query}");
    }
}

#[test]
fn requests_that_are_no_http_are_refused() {
    let server = server();
    let user = Client::user(&server);
    for request in [&b"GET /api/v2/vars\x00 HTTP/1.1\r\n\r\n"[..], b"\xff\xff\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"] {
        assert_eq!(user.exchange(request).status / 100, 4, "{request:?}");
    }
    assert_eq!(user.get("/api/v2/vars").status, 200);
}
