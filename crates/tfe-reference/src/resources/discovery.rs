//! What clients ask before they have a token: service discovery, and ping.

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

/// Clients ask for the newest of these that they know; the registry is named because some want to know where it is.
const SERVICES: &str =
    r#"{"modules.v1":"/api/registry/v1/modules/","tfe.v2":"/api/v2/","tfe.v2.1":"/api/v2/","tfe.v2.2":"/api/v2/"}"#;

/// `GET /.well-known/terraform.json`
pub(crate) async fn services() -> Response {
    let mut response = Response::new(Body::from(SERVICES));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// `GET /api/v2/ping`: which API, in headers.
pub(crate) async fn ping() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert("tfp-api-version", HeaderValue::from_static("2.6"));
    response.headers_mut().insert("x-tfe-version", HeaderValue::from_static("v201806-1"));
    response
}
