//! How a server's own tests hold its answers against the API, without a socket and without the runner.
//!
//! `cargo run --example tests_of_a_server` prints what is wrong with the server below; `cargo test --example
//! tests_of_a_server` runs the tests at the end of this file. Take [`conforming`] into the tests of your
//! server: it works for whatever is a `tower` service of `http` requests, as every `axum` router is.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "an example prints, and fails where a test would")]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Request, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use tfe_schema::{Catalog, ExchangeReport, RequestParts, ResponseParts};
use tower::ServiceExt as _;

const JSON_API: &str = "application/vnd.api+json";

/// The server under test: its list of variables has a mistake, and its media type is wrong.
fn server() -> Router {
    let wrong = r#"{ "data": [{ "type": "vars", "id": "var-1", "attributes": { "key": "region", "hcl": "no" } }] }"#;
    let right = r#"{ "data": [] }"#;
    Router::new()
        .route("/api/v2/vars", get(async move || ([(CONTENT_TYPE, "application/json")], wrong)))
        .route("/api/v2/organizations/{name}/workspaces", get(async move || ([(CONTENT_TYPE, JSON_API)], right)))
        .fallback(async || (StatusCode::NOT_FOUND, [(CONTENT_TYPE, JSON_API)], r#"{ "errors": [] }"#).into_response())
}

/// Sends a request to the server, and holds it and its answer against the operation that it is of.
async fn exchange(server: Router, method: Method, path: &str, body: &str) -> ExchangeReport {
    let catalog = Catalog::bundled();
    let (operation, _) = catalog.route(method.as_str(), path).expect("an operation of the API");
    let request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, JSON_API);
    let response = server.oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let (parts, answer) = response.into_parts();
    let answer = to_bytes(answer, usize::MAX).await.unwrap();
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    catalog.check_exchange(
        operation,
        &RequestParts { content_type: Some(JSON_API), body: body.as_bytes() },
        &ResponseParts { status: parts.status.as_u16(), content_type, body: &answer },
    )
}

/// Fails a test with everything that is wrong, a line each.
fn conforming(report: &ExchangeReport) {
    assert!(report.is_valid(), "the server deviates from the API:\n{report}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    conforming(&exchange(server(), Method::GET, "/api/v2/organizations/my-organization/workspaces", "").await);
    print!("{}", exchange(server(), Method::GET, "/api/v2/vars", "").await);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_conforms_passes() {
        conforming(&exchange(server(), Method::GET, "/api/v2/organizations/o/workspaces", "").await);
        conforming(&exchange(server(), Method::GET, "/api/v2/organizations/o", "").await);
    }

    #[tokio::test]
    async fn what_deviates_is_told_with_its_place() {
        let told = exchange(server(), Method::GET, "/api/v2/vars", "").await.to_string();
        for words in ["media type application/json", "1:85: /data/0/attributes/hcl: must be boolean"] {
            assert!(told.contains(words), "no `{words}` in\n{told}");
        }
    }

    #[tokio::test]
    #[should_panic(expected = "v2.variables.list: response")]
    async fn a_deviation_fails_the_test() {
        conforming(&exchange(server(), Method::GET, "/api/v2/vars", "").await);
    }
}
