//! Organizations: create, read, list, delete.

use serde_json::{Value, json};

use super::{name_in, name_taken, text_at, time};
use crate::app::{self, App};
use crate::body::{self, Expected};
use crate::call::Call;
use crate::jsonapi::{Refusal, Reply};
use crate::shell::BASE_PATH;
use crate::store::Organization;

const CREATE: Expected =
    Expected { schema: "v2/organizations/create-request", resource_type: "organizations", creates: true };

/// `GET /organizations`
pub(crate) fn list(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let store = app.store();
    let own = store.organizations.iter().filter(|organization| app::may_see(call.user, organization));
    Reply::collection(call, own.map(resource).collect())
}

/// `POST /organizations`: who creates one is its first member.
pub(crate) fn create(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let mut store = app.store();
    let document = body::checked(app, call, &CREATE)?;
    let name = name_in(&document)?;
    // Names are global ids, so this tells that a foreign organization exists; there is no way not to.
    if store.organization(name).is_some() {
        return Err(name_taken());
    }
    let email = text_at(&document, "/data/attributes/email").unwrap_or_default();
    let organization = Organization::new(name, email, vec![call.user]);
    let reply = Reply::created(call, resource(&organization));
    store.organizations.push(organization);
    Ok(reply)
}

/// `GET /organizations/:organization_name`
pub(crate) fn read(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let store = app.store();
    let organization = app.organization(&store, call, call.parameter("organization_name"))?;
    Ok(Reply::resource(call, resource(organization)))
}

/// `DELETE /organizations/:organization_name`, with everything in it.
pub(crate) fn delete(app: &App, call: &Call) -> Result<Reply, Refusal> {
    let mut store = app.store();
    let name = app.organization(&store, call, call.parameter("organization_name"))?.name.clone();
    store.remove_organization(&name);
    Ok(Reply::no_content())
}

fn resource(organization: &Organization) -> Value {
    let name = &organization.name;
    json!({
        "id": name,
        "type": "organizations",
        "attributes": {
            "name": name,
            "created-at": time(organization.created_at),
            "email": organization.email,
            "session-timeout": null,
            "session-remember": null,
            "collaborator-auth-policy": "password",
            "permissions": {
                "can-update": false,
                "can-destroy": true,
                "can-create-team": false,
                "can-create-workspace": true,
                "can-traverse": true,
            },
        },
        "links": { "self": format!("{BASE_PATH}/organizations/{name}") },
    })
}
