//! The HTTP shell: routes, and the one way of every v2 request from bytes to bytes.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::request::Parts;

use crate::app::App;
use crate::call::Call;
use crate::jsonapi::{Refusal, Reply};
use crate::query::Query;
use crate::resources::{discovery, organizations, variables, workspaces};
use crate::{auth, body, negotiation, v1};

/// Where the v2 API stands on the server.
pub const BASE_PATH: &str = "/api/v2";

/// What answers one method on one path.
type Endpoint = fn(&App, &Call) -> Result<Reply, Refusal>;

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;
const PATCH: MethodFilter = MethodFilter::PATCH;
const DELETE: MethodFilter = MethodFilter::DELETE;

/// Everything that the server answers.
pub(crate) fn router(app: Arc<App>) -> Router {
    let outside = Router::new()
        .route("/.well-known/terraform.json", on(GET, discovery::services))
        .route(&format!("{BASE_PATH}/ping"), on(GET, discovery::ping))
        .fallback(async |State(app): State<Arc<App>>| app.render(Err(Refusal::not_found())))
        .method_not_allowed_fallback(async |State(app): State<Arc<App>>| {
            app.render(Err(Refusal::method_not_allowed()))
        });
    let both = outside
        .route(&format!("{}/{{token}}", v1::UPLOADS_PATH), v1::uploads())
        // A nested router does not see its own place with a slash at the end.
        .route(&format!("{}/", v1::BASE_PATH), v1::nowhere())
        .nest(BASE_PATH, api())
        .nest(v1::BASE_PATH, v1::api());
    v1::with_faulty_prefix(both, &app).with_state(app)
}

/// What stands under the base path of v2 and needs a token.
fn api() -> Router<Arc<App>> {
    Router::new()
        .route("/vars", methods([(GET, variables::list), (POST, variables::create)]))
        .route(
            "/vars/{variable_id}",
            methods([(GET, variables::read), (PATCH, variables::update), (DELETE, variables::delete)]),
        )
        .route("/organizations", methods([(GET, organizations::list), (POST, organizations::create)]))
        .route(
            "/organizations/{organization_name}",
            methods([(GET, organizations::read), (DELETE, organizations::delete)]),
        )
        .route(
            "/organizations/{organization_name}/workspaces",
            methods([(GET, workspaces::list), (POST, workspaces::create)]),
        )
        .route(
            "/organizations/{organization_name}/workspaces/{workspace_name}",
            methods([(GET, workspaces::read), (DELETE, workspaces::delete)]),
        )
        .route("/workspaces/{workspace_id}", methods([(GET, workspaces::read), (DELETE, workspaces::delete)]))
        .fallback(async |State(app): State<Arc<App>>, request: Request| answer(&app, unknown_path, request).await)
        .method_not_allowed_fallback(async |State(app): State<Arc<App>>, request: Request| {
            answer(&app, wrong_method, request).await
        })
}

/// The methods of one path. HEAD comes with GET, and `Allow` with all of them.
fn methods<const N: usize>(endpoints: [(MethodFilter, Endpoint); N]) -> MethodRouter<Arc<App>> {
    endpoints.into_iter().fold(MethodRouter::new(), |router, (method, endpoint)| {
        router.on(method, async move |State(app): State<Arc<App>>, request: Request| {
            answer(&app, endpoint, request).await
        })
    })
}

fn unknown_path(_: &App, _: &Call) -> Result<Reply, Refusal> {
    Err(Refusal::not_found())
}

fn wrong_method(_: &App, _: &Call) -> Result<Reply, Refusal> {
    Err(Refusal::method_not_allowed())
}

/// The way of a request.
async fn answer(app: &App, endpoint: Endpoint, request: Request) -> Response {
    let answer = match admit(app, request).await {
        Ok(call) => endpoint(app, &call),
        Err(refusal) => Err(refusal),
    };
    app.render(answer)
}

/// What comes before any endpoint. Who asks is settled first: nobody without a token learns anything else.
async fn admit(app: &App, request: Request) -> Result<Call, Refusal> {
    let (mut parts, body) = request.into_parts();
    // The body is read even if it will not be looked at: an answer to a client that is still sending gets lost.
    let body = body::read(body).await;
    let user = auth::authenticate(&app.tokens, &parts.headers)?;
    negotiation::check_accept(&parts.headers)?;
    let body = body?;
    negotiation::check_content_type(&parts.headers, !body.is_empty())?;
    let query = Query::parse(parts.uri.query().unwrap_or_default())?;
    let parameters = path_parameters(&mut parts).await.ok_or_else(Refusal::not_found)?;
    Ok(Call { user, path: format!("{BASE_PATH}{}", parts.uri.path()), parameters, query, body })
}

/// The parameters of a path, decoded. `None` for a path that is no UTF-8: it names nothing that exists.
pub(crate) async fn path_parameters(parts: &mut Parts) -> Option<Vec<(String, String)>> {
    let parameters = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    Some(parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}
