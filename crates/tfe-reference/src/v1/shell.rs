//! The HTTP shell of v1: routes, and the one way of every request from bytes to bytes.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::middleware::map_request_with_state;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, any, on};
use http::header::{CONTENT_TYPE, HOST};
use http::request::Parts;
use http::uri::Authority;
use serde_json::Value;

use super::answer::{Refusal, Reply, render};
use super::{auth, configurations, environments, form, runs, states, users};
use crate::app::App;
use crate::auth::User;
use crate::body;
use crate::faults::Fault;
use crate::shell::path_parameters;

/// Where the v1 API stands on the server.
pub const BASE_PATH: &str = "/api/v1";

/// Where archives of configuration versions go: a storage service beside the API, which knows upload tokens only.
pub(crate) const UPLOADS_PATH: &str = "/binstore";

/// What answers one method on one path.
type Endpoint = fn(&App, &Call) -> Result<Reply, Refusal>;

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;
const PUT: MethodFilter = MethodFilter::PUT;

/// What an endpoint is called with.
pub(crate) struct Call {
    /// Who asks.
    pub(crate) user: User,
    /// Path parameters, decoded.
    pub(crate) parameters: Vec<(String, String)>,
    /// The query, decoded: the documents give parameters as a form, so `+` is a space.
    pub(crate) query: Value,
    /// The lines of `Content-Type`.
    pub(crate) content_types: Vec<String>,
    /// The server as the client calls it: `http://127.0.0.1:40731`. Empty if the client does not say.
    pub(crate) origin: String,
    /// The request body, unread.
    pub(crate) body: Bytes,
}

impl Call {
    /// A path parameter. A name that the route does not have gives an empty text, which names nothing.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }
}

/// What stands under the base path of v1.
pub(crate) fn api() -> Router<Arc<App>> {
    routes()
        .fallback(async |State(app): State<Arc<App>>, request: Request| answer(&app, unknown_path, request).await)
        .method_not_allowed_fallback(async |State(app): State<Arc<App>>, request: Request| {
            answer(&app, wrong_method, request).await
        })
}

fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/environments/{username}/{name}/variables", method(PUT, environments::update_variables))
        .route("/environments/{username}/{name}/plan", method(POST, runs::plan))
        .route("/terraform/state", method(GET, states::list))
        .route("/terraform/configurations", method(POST, configurations::create))
        .route("/terraform/configurations/{username}/{name}/versions", method(POST, configurations::create_version))
        .route("/terraform/configurations/{username}/{name}/versions/latest", method(GET, configurations::latest))
        .route(
            "/terraform/configurations/{username}/{name}/versions/progress/{token}",
            method(GET, configurations::progress),
        )
        .route("/user/{username}", method(GET, users::read))
}

/// The one method of a path. HEAD comes with GET, and `Allow` with both.
fn method(method: MethodFilter, endpoint: Endpoint) -> MethodRouter<Arc<App>> {
    on(method, async move |State(app): State<Arc<App>>, request: Request| answer(&app, endpoint, request).await)
}

/// What answers on every method of a path that is none.
pub(crate) fn nowhere() -> MethodRouter<Arc<App>> {
    any(async |State(app): State<Arc<App>>, request: Request| answer(&app, unknown_path, request).await)
}

/// What takes the archives. The token in the path is all that it asks for.
pub(crate) fn uploads() -> MethodRouter<Arc<App>> {
    on(POST, async |State(app): State<Arc<App>>, request: Request| upload(&app, request).await)
        .fallback(async |State(app): State<Arc<App>>| render(&app.faults, Err(Refusal::method_not_allowed())))
}

/// Adds the places beside the base path where a fault makes the API answer, too.
pub(crate) fn with_faulty_prefix(router: Router<Arc<App>>, app: &Arc<App>) -> Router<Arc<App>> {
    if !app.faults.is_on(Fault::V1PrefixOptional) {
        return router;
    }
    let counted = map_request_with_state(Arc::clone(app), async |State(app): State<Arc<App>>, request: Request| {
        app.faults.hit(Fault::V1PrefixOptional);
        request
    });
    router.merge(Router::new().nest("/v1", routes()).merge(routes()).route_layer(counted))
}

fn unknown_path(_: &App, _: &Call) -> Result<Reply, Refusal> {
    Err(Refusal::not_found())
}

fn wrong_method(app: &App, _: &Call) -> Result<Reply, Refusal> {
    if app.faults.hit(Fault::V1OtherMethod500) {
        return Err(Refusal::internal("no such action"));
    }
    Err(Refusal::method_not_allowed())
}

/// The way of a request.
async fn answer(app: &App, endpoint: Endpoint, request: Request) -> Response {
    let answer = match admit(app, request).await {
        Ok(call) => endpoint(app, &call),
        Err(refusal) => Err(refusal),
    };
    render(&app.faults, answer)
}

/// What comes before any endpoint. Who asks is settled first: nobody without a token learns anything else. What the
/// body is like is the endpoint's question, after access: so nothing tells a hidden environment from a missing one.
async fn admit(app: &App, request: Request) -> Result<Call, Refusal> {
    let (mut parts, body) = request.into_parts();
    // The body is read even if it will not be looked at: an answer to a client that is still sending gets lost.
    let body = body::read(body).await;
    let user = auth::authenticate(app, &parts)?;
    let body = body?;
    let query = form::query(parts.uri.query().unwrap_or_default())?;
    let parameters = path_parameters(&mut parts).await.ok_or_else(Refusal::not_found)?;
    let content_types = parts.headers.get_all(CONTENT_TYPE).iter();
    let content_types = content_types.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned()).collect();
    Ok(Call { user, parameters, query, content_types, origin: origin(&parts), body })
}

/// Clients may know the server by another address than the one it listens on.
fn origin(parts: &Parts) -> String {
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority = host.and_then(|host| host.parse::<Authority>().ok());
    authority.map(|authority| format!("http://{authority}")).unwrap_or_default()
}

async fn upload(app: &App, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let read = body::read(body).await;
    let parameters = path_parameters(&mut parts).await.unwrap_or_default();
    let answer = match read {
        // The archive itself is not kept: nothing here ever runs it.
        Ok(_) => configurations::uploaded(app, parameters.first().map_or("", |(_, token)| token)),
        Err(unread) => Err(unread.into()),
    };
    render(&app.faults, answer)
}
