//! The life of a variable.

use serde_json::{Value, json};

use crate::client::{Client, JSON_API, plain, server, update, variable};

#[test]
fn a_variable_is_created_read_updated_and_deleted() {
    let server = server();
    let user = Client::user(&server);
    let workspace = user.workspace("example-org", "w");
    let created = user.post("/api/v2/vars", &variable("example-org", &workspace, &plain("k")));
    let (id, path) = (created.text("/data/id"), created.text("/data/links/self"));
    assert_eq!((created.status, created.header("location")), (201, Some(path.as_str())));
    assert_eq!(path, format!("/api/v2/vars/{id}"));
    assert_eq!(created.at("/data/attributes"), plain("k"));
    assert_eq!(created.at("/data/relationships/configurable/data"), json!({ "id": workspace, "type": "workspaces" }));
    let related = created.text("/data/relationships/configurable/links/related");
    assert_eq!(user.get(&related).text("/data/id"), workspace);
    assert_eq!(user.get(&path).json(), created.json());

    let updated = user.patch(&path, &update(&id, &json!({ "value": "new" })));
    assert_eq!((updated.status, updated.text("/data/attributes/value")), (200, "new".to_owned()));
    assert_eq!(user.get("/api/v2/vars").at("/data"), json!([updated.at("/data")]));

    let deleted = user.delete(&path);
    assert_eq!((deleted.status, deleted.header("content-type"), deleted.body.len()), (204, None, 0));
    assert_eq!([user.delete(&path).status, user.get(&path).status], [404, 404]);
    assert_eq!(user.get("/api/v2/vars").at("/data"), json!([]));
}

#[test]
fn omitted_attributes_get_defaults_at_creation_only() {
    let server = server();
    let user = Client::user(&server);
    let workspace = user.workspace("example-org", "w");
    let created = user.post(
        "/api/v2/vars",
        &variable("example-org", &workspace, &json!({ "key": "k", "value": "", "category": "env" })),
    );
    let expected = json!({ "key": "k", "value": "", "category": "env", "hcl": false, "sensitive": false });
    assert_eq!(created.at("/data/attributes"), expected);

    let mut attributes =
        json!({ "key": "full", "value": "[1]", "category": "terraform", "hcl": true, "sensitive": false });
    let id = user.variable(&workspace, &attributes);
    for (name, value) in
        [("value", json!("[2]")), ("key", json!("k")), ("category", json!("terraform")), ("hcl", json!(true))]
    {
        attributes[name] = value.clone();
        let answer = user.patch(&format!("/api/v2/vars/{id}"), &update(&id, &json!({ name: value })));
        assert_eq!((answer.status, answer.at("/data/attributes")), (200, attributes.clone()), "{name}");
    }
    let answer = user.patch(&format!("/api/v2/vars/{id}"), &update(&id, &json!({})));
    assert_eq!((answer.status, answer.at("/data/attributes")), (200, attributes));
}

#[test]
fn an_update_is_whole_or_not_at_all() {
    let server = server();
    let user = Client::user(&server);
    let id = user.variable(&user.workspace("example-org", "w"), &plain("k"));
    let path = format!("/api/v2/vars/{id}");
    for bad in
        [json!({ "value": "new", "hcl": "yes" }), json!({ "value": "new", "category": "x" }), json!({ "value": null })]
    {
        assert_eq!(user.patch(&path, &update(&id, &bad)).status, 422, "{bad}");
        assert_eq!(user.get(&path).at("/data/attributes"), plain("k"));
    }
}

#[test]
fn keys_and_values_come_back_byte_for_byte() {
    let server = server();
    let user = Client::user(&server);
    let workspace = user.workspace("example-org", "w");
    for text in ["", " a ", "a\r\nb\t\0", "\"'\\/<>&", "ü é 漢字 😀 \u{feff}\u{2028}", "%5B+", "${x}", "null"] {
        let attributes = json!({ "key": text, "value": text, "category": "env" });
        let id = user.variable(&workspace, &attributes);
        let answer = user.get(&format!("/api/v2/vars/{id}"));
        assert_eq!([answer.text("/data/attributes/key"), answer.text("/data/attributes/value")], [text, text]);
    }
}

#[test]
fn a_sensitive_value_is_written_and_never_shown() {
    let server = server();
    let user = Client::user(&server);
    let workspace = user.workspace("example-org", "w");
    let secret = json!({ "key": "k", "value": "hunter2", "category": "env", "sensitive": true });
    let created = user.post("/api/v2/vars", &variable("example-org", &workspace, &secret));
    let (id, path) = (created.text("/data/id"), created.text("/data/links/self"));
    let rewritten = user.patch(&path, &update(&id, &json!({ "value": "hunter2 again" })));
    assert_eq!((created.status, rewritten.status), (201, 200));
    let lifted = user.patch(&path, &update(&id, &json!({ "sensitive": false })));
    assert_eq!(lifted.problem(), (422, "/data/attributes/sensitive".to_owned()));
    let lifted = user.patch(&path, &update(&id, &json!({ "sensitive": false, "value": "open" })));
    assert_eq!(lifted.status, 422);
    let broken = user.patch(&path, &update(&id, &json!({ "value": ["hunter2"] })));
    assert_eq!(broken.status, 422);
    for answer in [created, rewritten, lifted, broken, user.get(&path), user.get("/api/v2/vars")] {
        assert!(!String::from_utf8_lossy(&answer.body).contains("hunter2"), "{answer:?}");
    }
    assert_eq!(user.get(&path).at("/data/attributes/value"), Value::Null);

    let open = user.variable(&workspace, &plain("open"));
    let closed = user.patch(&format!("/api/v2/vars/{open}"), &update(&open, &json!({ "sensitive": true })));
    assert_eq!((closed.status, closed.at("/data/attributes/value")), (200, Value::Null));
}

#[test]
fn a_key_stands_once_in_a_category_of_a_workspace() {
    let server = server();
    let user = Client::user(&server);
    let (workspace, other) = (user.workspace("example-org", "w"), user.workspace("example-org", "w2"));
    user.variable(&workspace, &plain("k"));
    let taken = user.post("/api/v2/vars", &variable("example-org", &workspace, &plain("k")));
    assert_eq!(taken.problem(), (422, "/data/attributes/key".to_owned()));
    assert_eq!(taken.text("/errors/0/detail"), "Key has already been taken");
    user.variable(&other, &plain("k"));
    let env = user.variable(&workspace, &json!({ "key": "k", "value": "v", "category": "env" }));
    let path = format!("/api/v2/vars/{env}");
    let answer = user.patch(&path, &update(&env, &json!({ "category": "terraform" })));
    assert_eq!(answer.problem(), (422, "/data/attributes/category".to_owned()));
    assert_eq!(user.patch(&path, &update(&env, &json!({ "key": "k", "category": "env" }))).status, 200);
    assert_eq!(user.patch(&path, &update(&env, &json!({ "key": "free", "category": "terraform" }))).status, 200);
}

#[test]
fn both_forms_of_naming_the_owner_create() {
    let server = server();
    let user = Client::user(&server);
    let workspace = user.workspace("example-org", "w");
    user.workspace("example-org", "w2");
    let filter = |owner: &str, name: &str| json!({ "organization": { "name": owner }, "workspace": { "name": name } });
    let mut document =
        json!({ "data": { "type": "vars", "attributes": plain("f") }, "filter": filter("example-org", "w") });
    let answer = user.post("/api/v2/vars", &document);
    assert_eq!((answer.status, answer.text("/data/relationships/configurable/data/id")), (201, workspace.clone()));
    for (organization, name) in [("example-org", "none"), ("none", "w"), ("other-org", "w")] {
        document["filter"] = filter(organization, name);
        assert_eq!(user.post("/api/v2/vars", &document).status, 404, "{organization}/{name}");
    }
    let mut both = variable("example-org", &workspace, &plain("both"));
    both["filter"] = filter("example-org", "w2");
    assert_eq!(user.post("/api/v2/vars", &both).problem(), (422, "/filter/workspace/name".to_owned()));
    both["filter"] = json!({ "organization": { "name": "other-org" } });
    assert_eq!(user.post("/api/v2/vars", &both).problem(), (422, "/filter/organization/name".to_owned()));
    both["filter"] = filter("example-org", "w");
    assert_eq!(user.post("/api/v2/vars", &both).status, 201);
}

#[test]
fn the_owner_must_exist_and_stays() {
    let server = server();
    let user = Client::user(&server);
    let (workspace, other) = (user.workspace("example-org", "w"), user.workspace("example-org", "w2"));
    for (organization, workspace) in
        [("example-org", "ws-none"), ("example-org", "w"), ("other-org", &workspace), ("none", &workspace)]
    {
        assert_eq!(user.post("/api/v2/vars", &variable(organization, workspace, &plain("k"))).status, 404);
    }
    let id = user.variable(&workspace, &plain("k"));
    let path = format!("/api/v2/vars/{id}");
    let mut document = update(&id, &json!({ "value": "new" }));
    document["data"]["relationships"] = json!({ "workspace": { "data": { "type": "workspaces", "id": other } } });
    assert_eq!(user.patch(&path, &document).problem(), (403, "/data/relationships/workspace".to_owned()));
    document["data"]["relationships"]["workspace"]["data"] = Value::Null;
    assert_eq!(user.patch(&path, &document).status, 403);
    assert_eq!(user.get(&path).at("/data/attributes"), plain("k"));
    document["data"]["relationships"]["workspace"]["data"] = json!({ "type": "workspaces", "id": workspace });
    assert_eq!(user.patch(&path, &document).status, 200);
}

#[test]
fn clients_that_send_null_to_delete_are_served() {
    let server = server();
    let user = Client::user(&server);
    let id = user.variable(&user.workspace("example-org", "w"), &plain("k"));
    let answer = user.send("DELETE", &format!("/api/v2/vars/{id}"), &[("Content-Type", JSON_API)], b"null");
    assert_eq!(answer.status, 204);
}
