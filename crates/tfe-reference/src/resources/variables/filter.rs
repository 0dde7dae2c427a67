//! Which variables a list has.

use crate::app::{self, App};
use crate::call::Call;
use crate::faults::Fault;
use crate::jsonapi::Refusal;
use crate::resources::bad_parameter;
use crate::store::{Store, WorkspacePlace};

const WORKSPACE_FILTER: &str = "filter[workspace][name]";
const ORGANIZATION_FILTER: &str = "filter[organization][name]";

/// The workspaces whose variables are asked for.
pub(super) fn workspaces<'s>(app: &App, call: &Call, store: &'s Store) -> Result<Vec<WorkspacePlace<'s>>, Refusal> {
    let own = |place: &WorkspacePlace<'_>| {
        app::may_see(call.user, place.organization) || app.faults.hit(Fault::ForeignListed)
    };
    let Some((organization, name)) = filter(app, call)? else {
        let mut all: Vec<_> = store.workspaces().filter(own).collect();
        if all.len() > 1 && app.faults.hit(Fault::UnfilteredListFirstWorkspace) {
            all.truncate(1);
        }
        return Ok(all);
    };
    match app.workspace_named(store, call, organization, name) {
        Ok(place) => Ok(vec![place]),
        Err(refusal) => by_fault(app, call, store, (organization, name)).ok_or(refusal),
    }
}

/// What a server lists that does not find what a filter names, and should say so.
fn by_fault<'s>(
    app: &App,
    call: &Call,
    store: &'s Store,
    (organization, name): (&str, &str),
) -> Option<Vec<WorkspacePlace<'s>>> {
    let own = || store.workspaces().filter(|place| app::may_see(call.user, place.organization));
    let hidden = store.organization(organization).is_some_and(|found| !app::may_see(call.user, found));
    if hidden && app.faults.hit(Fault::FilterHiddenEmpty) {
        return Some(Vec::new());
    }
    if let Some(place) = own().find(|place| place.workspace.name == name)
        && app.faults.hit(Fault::OrganizationFilterIgnored)
    {
        return Some(vec![place]);
    }
    let begins =
        |place: &WorkspacePlace<'_>| place.organization.name == organization && place.workspace.name.starts_with(name);
    if let Some(place) = own().find(begins)
        && app.faults.hit(Fault::FilterByPrefix)
    {
        return Some(vec![place]);
    }
    app.faults.hit(Fault::FilterUnknownListsAll).then(|| own().collect())
}

/// The organization and workspace that a list is limited to. "These two parameters are optional but linked; if you
/// include one, you must include both."
fn filter<'c>(app: &App, call: &'c Call) -> Result<Option<(&'c str, &'c str)>, Refusal> {
    for (name, _) in call.query.family("filter") {
        // A filter that was ignored would show more than was asked for.
        if ![WORKSPACE_FILTER, ORGANIZATION_FILTER].contains(&name) {
            return Err(bad_parameter(name, "The filter is unknown."));
        }
    }
    let mut names = call.query.family("filter").map(|(name, _)| name);
    if (names.next(), names.next()) == (Some(WORKSPACE_FILTER), Some(ORGANIZATION_FILTER))
        && app.faults.hit(Fault::ParameterOrderMatters)
    {
        return Err(bad_parameter(ORGANIZATION_FILTER, "The organization comes first."));
    }
    let missing = match (call.query.value(ORGANIZATION_FILTER), call.query.value(WORKSPACE_FILTER)) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) if app.faults.hit(Fault::WorkspaceFilterIgnored) => return Ok(None),
        (Some(organization), Some(workspace)) => return Ok(Some((organization, workspace))),
        (None, Some(_)) => ORGANIZATION_FILTER,
        (Some(_), None) => WORKSPACE_FILTER,
    };
    let fault = match missing {
        WORKSPACE_FILTER => Fault::HalfFilterWithoutWorkspace,
        _ => Fault::HalfFilterWithoutOrganization,
    };
    if app.faults.hit(Fault::HalfFilterAccepted) || app.faults.hit(fault) {
        return Ok(None);
    }
    Err(bad_parameter(missing, "The parameter is missing: the two filters must be combined."))
}
