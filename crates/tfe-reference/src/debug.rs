//! What a server tells that was left in debugging mode: its secrets, in a header of every answer.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::middleware::map_response_with_state;
use axum::response::Response;
use http::HeaderValue;

use crate::app::App;
use crate::faults::Fault;

const HEADER: &str = "x-debug";

/// Longer values are left out: clients read headers up to a length.
const SHOWN: usize = 100;

/// Adds the header, if a fault is on.
pub(crate) fn with_header(router: Router<Arc<App>>, app: &Arc<App>) -> Router<Arc<App>> {
    if ![Fault::SensitiveInDebugHeader, Fault::V1VariablesInDebugHeader].iter().any(|fault| app.faults.is_on(*fault)) {
        return router;
    }
    router.layer(map_response_with_state(
        Arc::clone(app),
        async |State(app): State<Arc<App>>, mut response: Response| {
            for (fault, values) in
                [(Fault::SensitiveInDebugHeader, sensitive(&app)), (Fault::V1VariablesInDebugHeader, variables(&app))]
            {
                if let Ok(value) = HeaderValue::from_str(&values)
                    && !values.is_empty()
                    && app.faults.hit(fault)
                {
                    response.headers_mut().append(HEADER, value);
                }
            }
            response
        },
    ))
}

/// The values of all sensitive variables of v2.
fn sensitive(app: &App) -> String {
    let store = app.store();
    let variables = store.workspaces().flat_map(|place| &place.workspace.variables);
    joined(variables.filter(|variable| variable.is_sensitive()).map(|variable| variable.text("value")))
}

/// The values of all variables of v1.
fn variables(app: &App) -> String {
    joined(app.environments().iter().flat_map(|environment| environment.variables.values()).map(String::as_str))
}

fn joined<'v>(values: impl Iterator<Item = &'v str>) -> String {
    let fits = |value: &&str| value.len() <= SHOWN && value.bytes().all(|byte| byte.is_ascii_graphic());
    values.filter(fits).collect::<Vec<_>>().join(" ")
}
