//! What is served without a token.

use crate::client::{Client, JSON_API, server};

#[test]
fn services_are_found_without_a_token() {
    let server = server();
    let answer = Client::anonymous(&server).get("/.well-known/terraform.json");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    for service in ["tfe.v2", "tfe.v2.1", "tfe.v2.2"] {
        assert_eq!(answer.text(&format!("/{service}")), format!("{}/", server.base_path()));
    }
    assert_eq!(answer.text("/modules.v1"), "/api/registry/v1/modules/");
}

#[test]
fn ping_names_the_version_in_headers() {
    let server = server();
    let answer = Client::anonymous(&server).get("/api/v2/ping");
    assert_eq!((answer.status, answer.header("tfp-api-version")), (204, Some("2.6")));
    assert!(answer.header("x-tfe-version").is_some());
    assert!(answer.body.is_empty());
    assert_eq!(Client::anonymous(&server).send("POST", "/api/v2/ping", &[], b"").status, 405);
}

#[test]
fn other_places_are_not_the_api() {
    let server = server();
    for path in
        ["/", "/vars", "/v2/vars", "/api", "/api/v2x/vars", "/api//v2/vars", "/v1/terraform/state", "/terraform/state"]
    {
        let answer = Client::user(&server).get(path);
        assert_eq!((answer.status, answer.header("content-type")), (404, Some(JSON_API)), "{path}");
    }
}
