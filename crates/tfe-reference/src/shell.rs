//! The HTTP shell: routes, and the one way of every v2 request from bytes to bytes.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::middleware::{from_fn_with_state, map_request_with_state};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;
use http::header::CONTENT_TYPE;
use http::request::Parts;

use crate::app::App;
use crate::call::{Call, Operation};
use crate::faults::Fault;
use crate::jsonapi::{Refusal, Reply};
use crate::query::Query;
use crate::resources::{discovery, organizations, variables, workspaces};
use crate::variations::Variation;
use crate::{auth, body, debug, negotiation, v1, variations};

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
        .fallback(async |State(app): State<Arc<App>>| app.render(Operation::Other, Err(Refusal::not_found())))
        .method_not_allowed_fallback(async |State(app): State<Arc<App>>| {
            app.render(Operation::Other, Err(Refusal::method_not_allowed()))
        });
    let both = outside
        .route(&format!("{}/{{token}}", v1::UPLOADS_PATH), v1::uploads())
        // A nested router does not see its own place with a slash at the end.
        .route(&format!("{}/", v1::BASE_PATH), v1::nowhere())
        .nest(BASE_PATH, with_slashed_links(api(), &app))
        .nest(v1::BASE_PATH, v1::api());
    let all = debug::with_header(with_faulty_prefix(v1::with_faulty_prefix(both, &app), &app), &app);
    if app.variations.is_empty() {
        return all.with_state(app);
    }
    all.layer(from_fn_with_state(Arc::clone(&app), variations::vary)).with_state(app)
}

/// What stands under the base path of v2 and needs a token.
fn api() -> Router<Arc<App>> {
    use Operation::{CreateVariable, ListVariables, Other, Workspace};

    Router::new()
        .route("/vars", methods([(GET, ListVariables, variables::list), (POST, CreateVariable, variables::create)]))
        .route("/vars/{variable_id}", variable())
        .route("/organizations", methods([(GET, Other, organizations::list), (POST, Other, organizations::create)]))
        .route(
            "/organizations/{organization_name}",
            methods([(GET, Other, organizations::read), (DELETE, Other, organizations::delete)]),
        )
        .route(
            "/organizations/{organization_name}/workspaces",
            methods([(GET, Workspace, workspaces::list), (POST, Workspace, workspaces::create)]),
        )
        .route(
            "/organizations/{organization_name}/workspaces/{workspace_name}",
            methods([(GET, Workspace, workspaces::read), (DELETE, Workspace, workspaces::delete)]),
        )
        .route(
            "/workspaces/{workspace_id}",
            methods([(GET, Workspace, workspaces::read), (DELETE, Workspace, workspaces::delete)]),
        )
        .fallback(async |State(app): State<Arc<App>>, request: Request| {
            answer(&app, Other, unknown_path, request).await
        })
        .method_not_allowed_fallback(async |State(app): State<Arc<App>>, request: Request| {
            answer(&app, Other, wrong_method, request).await
        })
}

/// One variable.
fn variable() -> MethodRouter<Arc<App>> {
    methods([
        (GET, Operation::ReadVariable, variables::read),
        (PATCH, Operation::UpdateVariable, variables::update),
        (DELETE, Operation::DeleteVariable, variables::delete),
    ])
}

/// A variable also where the links lead that end in a slash, if the variation is on.
fn with_slashed_links(api: Router<Arc<App>>, app: &App) -> Router<Arc<App>> {
    if app.variations.is_on(Variation::SlashedLinks) { api.route("/vars/{variable_id}/", variable()) } else { api }
}

/// Everything once more where it does not belong, if the fault is on.
fn with_faulty_prefix(router: Router<Arc<App>>, app: &Arc<App>) -> Router<Arc<App>> {
    if !app.faults.is_on(Fault::PrefixOptional) {
        return router;
    }
    let counted = map_request_with_state(Arc::clone(app), async |State(app): State<Arc<App>>, request: Request| {
        app.faults.hit(Fault::PrefixOptional);
        request
    });
    router
        .nest("/v2", api().route_layer(counted.clone()))
        .route("/vars", methods([(GET, Operation::ListVariables, variables::list)]).route_layer(counted))
}

/// The methods of one path. HEAD comes with GET, and `Allow` with all of them.
fn methods<const N: usize>(endpoints: [(MethodFilter, Operation, Endpoint); N]) -> MethodRouter<Arc<App>> {
    endpoints.into_iter().fold(MethodRouter::new(), |router, (method, operation, endpoint)| {
        router.on(method, async move |State(app): State<Arc<App>>, request: Request| {
            answer(&app, operation, endpoint, request).await
        })
    })
}

fn unknown_path(app: &App, call: &Call) -> Result<Reply, Refusal> {
    if app.faults.hit(Fault::UnknownPath200) {
        return Reply::collection(call, Vec::new());
    }
    Err(Refusal::not_found())
}

fn wrong_method(app: &App, _: &Call) -> Result<Reply, Refusal> {
    if app.faults.hit(Fault::OtherMethod500) {
        return Err(Refusal::internal("No such action."));
    }
    Err(Refusal::method_not_allowed())
}

/// The way of a request.
async fn answer(app: &App, operation: Operation, endpoint: Endpoint, request: Request) -> Response {
    if request.method() == Method::HEAD && app.faults.hit(Fault::HeadRefused) {
        return app.render(operation, Err(Refusal::method_not_allowed()));
    }
    let answer = match admit(app, operation, request).await {
        Ok(call) => endpoint(app, &call),
        Err(refusal) => Err(refusal),
    };
    if operation.writes() && app.faults.hit(Fault::WritesSpill) {
        app.store().append_to_values("~");
    }
    app.render(operation, answer)
}

/// What comes before any endpoint. Who asks is settled first: nobody without a token learns anything else.
async fn admit(app: &App, operation: Operation, request: Request) -> Result<Call, Refusal> {
    let (mut parts, body) = request.into_parts();
    // The body is read even if it will not be looked at: an answer to a client that is still sending gets lost.
    let body = body::read(body).await;
    let user = auth::authenticate(app, operation, &parts)?;
    negotiation::check_accept(&app.faults, &parts.headers)?;
    let body = body?;
    negotiation::check_content_type(&app.faults, &parts.headers, !body.is_empty())?;
    if operation == Operation::DeleteVariable
        && parts.headers.contains_key(CONTENT_TYPE)
        && app.faults.hit(Fault::DeleteContentTypeRefused)
    {
        return Err(Refusal::unsupported_media_type());
    }
    let query = Query::parse(&app.faults, parts.uri.query().unwrap_or_default())?;
    let parameters = path_parameters(&mut parts).await.ok_or_else(Refusal::not_found)?;
    Ok(Call { operation, user, path: format!("{BASE_PATH}{}", parts.uri.path()), parameters, query, body })
}

/// The parameters of a path, decoded. `None` for a path that is no UTF-8: it names nothing that exists.
pub(crate) async fn path_parameters(parts: &mut Parts) -> Option<Vec<(String, String)>> {
    let parameters = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    Some(parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}
