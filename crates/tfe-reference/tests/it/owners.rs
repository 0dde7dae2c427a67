//! Organizations and workspaces.

use serde_json::{Value, json};

use crate::client::{Client, plain, server, variable};

fn organization(name: &str) -> Value {
    json!({ "data": { "type": "organizations", "attributes": { "name": name, "email": "a@example.com" } } })
}

fn workspace(name: &str) -> Value {
    json!({ "data": { "type": "workspaces", "attributes": { "name": name } } })
}

#[test]
fn an_organization_belongs_to_who_creates_it() {
    let server = server();
    let (user, outsider) = (Client::user(&server), Client::outsider(&server));
    let created = user.post("/api/v2/organizations", &organization("mine"));
    assert_eq!((created.status, created.header("location")), (201, Some("/api/v2/organizations/mine")));
    assert_eq!(user.get("/api/v2/organizations/mine").json(), created.json());
    assert_eq!(user.get("/api/v2/organizations").ids(), ["example-org", "mine"]);
    assert_eq!(outsider.get("/api/v2/organizations/mine").status, 404);
    assert_eq!(outsider.delete("/api/v2/organizations/mine").status, 404);
    let taken = outsider.post("/api/v2/organizations", &organization("mine"));
    assert_eq!(taken.problem(), (422, "/data/attributes/name".to_owned()));

    let document = variable("mine", &user.workspace("mine", "w"), &plain("k"));
    let path = user.post("/api/v2/vars", &document).text("/data/links/self");
    assert_eq!(user.delete("/api/v2/organizations/mine").status, 204);
    assert_eq!([user.delete("/api/v2/organizations/mine").status, user.get(&path).status], [404, 404]);
}

#[test]
fn a_workspace_has_two_addresses() {
    let server = server();
    let user = Client::user(&server);
    let all = "/api/v2/organizations/example-org/workspaces";
    let created = user.post(all, &workspace("w"));
    let (id, named) = (created.text("/data/id"), created.text("/data/links/self"));
    assert_eq!((created.status, created.header("location")), (201, Some(named.as_str())));
    let by_id = format!("/api/v2/workspaces/{id}");
    for path in [&by_id, &named] {
        assert_eq!(user.get(path).json(), created.json());
    }
    assert_eq!(user.get(all).at("/data"), json!([created.at("/data")]));
    assert_eq!(user.post(all, &workspace("w")).problem(), (422, "/data/attributes/name".to_owned()));

    let path = format!("/api/v2/vars/{}", user.variable(&id, &plain("k")));
    assert_eq!(user.delete(&by_id).status, 204);
    assert_eq!([user.delete(&by_id).status, user.get(&named).status, user.get(&path).status], [404, 404, 404]);
    user.workspace("example-org", "w");
    assert_eq!([user.delete(&named).status, user.get(&named).status], [204, 404]);
}

#[test]
fn names_are_checked() {
    let server = server();
    let user = Client::user(&server);
    for name in ["", "a b", "a/b", "ü", "a.b", "?"] {
        let refused = (422, "/data/attributes/name".to_owned());
        assert_eq!(user.post("/api/v2/organizations", &organization(name)).problem(), refused, "{name}");
        assert_eq!(
            user.post("/api/v2/organizations/example-org/workspaces", &workspace(name)).problem(),
            refused,
            "{name}"
        );
    }
    assert_eq!(user.post("/api/v2/organizations/none/workspaces", &json!({})).status, 404);
}

#[test]
fn settings_of_a_workspace_are_kept() {
    let server = server();
    let user = Client::user(&server);
    let mut document = workspace("w");
    let repository = json!({ "identifier": "a/b", "branch": "" });
    document["data"]["attributes"]["vcs-repo"] = repository.clone();
    document["data"]["attributes"]["auto-apply"] = json!(true);
    document["data"]["attributes"]["locked"] = json!(true);
    let created = user.post("/api/v2/organizations/example-org/workspaces", &document);
    let attribute = |name: &str| created.at(&format!("/data/attributes/{name}"));
    assert_eq!(
        [attribute("vcs-repo"), attribute("auto-apply"), attribute("locked")],
        [repository, json!(true), json!(false)]
    );
}
