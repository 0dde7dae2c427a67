//! Request documents that are none, or not those that the endpoint wants.

use serde_json::{Value, json};

use crate::client::{Client, JSON_API, plain, server, update, variable};

fn send(user: &Client<'_>, method: &str, path: &str, body: &[u8]) -> crate::client::Answer {
    user.send(method, path, &[("Content-Type", JSON_API)], body)
}

#[test]
fn what_is_no_document_is_a_bad_request() {
    let server = server();
    let user = Client::user(&server);
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    for body in
        [&b""[..], b" ", b"{", b"{} {}", b"\xff\xfe", b"{\"data\": \"\xff\"}", br#"{"a": "\ud800"}"#, deep.as_bytes()]
    {
        let answer = send(&user, "POST", "/api/v2/vars", body);
        assert_eq!((answer.status, answer.at("/errors/0").get("source")), (400, None), "{body:?}");
    }
    let answer = send(&user, "POST", "/api/v2/vars", br#"{"data": {"type": "vars", "type": "vars"}}"#);
    assert_eq!(answer.problem(), (400, "/data/type".to_owned()));
}

#[test]
fn bodies_are_capped() {
    let server = server();
    let user = Client::user(&server);
    let workspace = user.workspace("example-org", "w");
    let large = |size: usize| {
        variable("example-org", &workspace, &json!({ "key": "k", "value": "x".repeat(size), "category": "env" }))
    };
    assert_eq!(user.post("/api/v2/vars", &large(4 << 20)).status, 413);
    assert_eq!(user.post("/api/v2/vars", &large(3 << 20)).status, 201);
    let head = format!(
        "POST /api/v2/vars HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: {JSON_API}\r\nTransfer-Encoding: chunked\r\n\r\n",
        server.tokens().user
    );
    let chunk = [b"100000\r\n", vec![b' '; 1 << 20].as_slice(), b"\r\n"].concat();
    assert_eq!(user.exchange(&[head.as_bytes(), &chunk.repeat(5), b"0\r\n\r\n"].concat()).status, 413);
}

#[test]
fn a_broken_rule_of_the_schema_is_an_error_object_with_its_place() {
    let server = server();
    let user = Client::user(&server);
    let workspace = user.workspace("example-org", "w");
    let good = variable("example-org", &workspace, &plain("k"));
    for (pointer, value, expected) in [
        ("/data/attributes/key", json!(1), "/data/attributes/key"),
        ("/data/attributes/key", Value::Null, "/data/attributes/key"),
        ("/data/attributes/value", json!({}), "/data/attributes/value"),
        ("/data/attributes/category", json!("Terraform"), "/data/attributes/category"),
        ("/data/attributes/hcl", json!("true"), "/data/attributes/hcl"),
        ("/data/attributes/sensitive", json!(0), "/data/attributes/sensitive"),
        ("/data/type", json!(1), "/data/type"),
        ("/data/attributes", json!([]), "/data/attributes"),
        ("/data/relationships/workspace", json!({}), "/data/relationships/workspace"),
        ("/data/relationships/workspace/data/type", json!("teams"), "/data/relationships/workspace/data/type"),
        ("/data", json!([]), "/data"),
        ("/data", Value::Null, "/data"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert_eq!(user.post("/api/v2/vars", &bad).problem(), (422, expected.to_owned()), "{pointer}");
    }
    for (body, expected) in [(json!({}), ""), (json!([]), ""), (json!("x"), ""), (json!({ "data.type": "vars" }), "")] {
        assert_eq!(user.post("/api/v2/vars", &body).problem(), (422, expected.to_owned()), "{body}");
    }
    assert_eq!(user.get("/api/v2/vars").at("/data"), json!([]));
}

#[test]
fn every_violation_is_reported() {
    let server = server();
    let user = Client::user(&server);
    let workspace = user.workspace("example-org", "w");
    let answer = user.post("/api/v2/vars", &variable("example-org", &workspace, &json!({ "key": 1, "category": "x" })));
    let errors = answer.at("/errors");
    let mut places: Vec<_> =
        errors.as_array().unwrap().iter().map(|error| error["source"]["pointer"].as_str().unwrap()).collect();
    places.sort_unstable();
    assert_eq!(places, ["/data/attributes/category", "/data/attributes/key", "/data/attributes/value"]);
}

#[test]
fn type_and_id_must_fit_the_endpoint() {
    let server = server();
    let user = Client::user(&server);
    let workspace = user.workspace("example-org", "w");
    let mut bad = variable("example-org", &workspace, &plain("k"));
    bad["data"]["type"] = json!("workspaces");
    assert_eq!(user.post("/api/v2/vars", &bad).problem(), (409, "/data/type".to_owned()));
    let mut bad = variable("example-org", &workspace, &plain("k"));
    bad["data"]["id"] = json!("var-mine");
    assert_eq!(user.post("/api/v2/vars", &bad).problem(), (403, "/data/id".to_owned()));

    let (one, other) = (user.variable(&workspace, &plain("one")), user.variable(&workspace, &plain("other")));
    let path = format!("/api/v2/vars/{one}");
    let answer = user.patch(&path, &update(&other, &json!({ "value": "changed" })));
    assert_eq!(answer.problem(), (409, "/data/id".to_owned()));
    let mut bad = update(&one, &json!({ "value": "changed" }));
    bad["data"]["type"] = json!("var");
    assert_eq!(user.patch(&path, &bad).problem(), (409, "/data/type".to_owned()));
    for member in ["id", "type", "attributes"] {
        let mut bad = update(&one, &json!({ "value": "changed" }));
        bad["data"].as_object_mut().unwrap().remove(member);
        assert_eq!(user.patch(&path, &bad).problem(), (422, format!("/data/{member}")), "{member}");
    }
    for item in user.get("/api/v2/vars").at("/data").as_array().unwrap() {
        assert_eq!(item["attributes"]["value"], "v");
    }
}

#[test]
fn unknown_members_are_ignored_and_names_have_a_case() {
    let server = server();
    let user = Client::user(&server);
    let workspace = user.workspace("example-org", "w");
    let mut document = variable("example-org", &workspace, &plain("k"));
    for place in ["", "/data", "/data/attributes", "/data/relationships/workspace"] {
        document.pointer_mut(place).unwrap()["x-unknown"] = json!({ "data": null });
    }
    document["data"]["attributes"]["Hcl"] = json!(true);
    let answer = user.post("/api/v2/vars", &document);
    assert_eq!((answer.status, answer.at("/data/attributes")), (201, plain("k")));
    let mut document = variable("example-org", &workspace, &plain("k2"));
    let key = document["data"]["attributes"].as_object_mut().unwrap().remove("key").unwrap();
    document["data"]["attributes"]["Key"] = key;
    assert_eq!(user.post("/api/v2/vars", &document).problem(), (422, "/data/attributes/key".to_owned()));
}

#[test]
fn no_odd_member_breaks_the_server() {
    let server = server();
    let user = Client::user(&server).unchecked();
    let workspace = user.workspace("example-org", "w");
    let id = user.variable(&workspace, &plain("k"));
    let mut create = variable("example-org", &workspace, &plain("new"));
    create["filter"] = json!({ "organization": { "name": "example-org" }, "workspace": { "name": "w" } });
    let mut change = update(&id, &plain("k"));
    change["data"]["relationships"] = json!({ "workspace": { "data": { "type": "workspaces", "id": workspace } } });
    let odd = [
        Value::Null,
        json!(0),
        json!(1e300),
        json!(""),
        json!("\u{0}~1/"),
        json!([[]]),
        json!({ "": {} }),
        json!(true),
    ];
    for (method, path, document) in [("POST", "/api/v2/vars", create), ("PATCH", &format!("/api/v2/vars/{id}"), change)]
    {
        for place in places(&document, "") {
            for value in &odd {
                let mut document = document.clone();
                *document.pointer_mut(&place).unwrap() = value.clone();
                let answer = send(&user, method, path, document.to_string().as_bytes());
                assert!(answer.status < 500, "{place} = {value}: {answer:?}");
            }
        }
    }
}

/// Pointers to every value of a document.
fn places(document: &Value, at: &str) -> Vec<String> {
    let members = document.as_object().into_iter().flatten();
    let below = members.flat_map(|(name, value)| places(value, &format!("{at}/{name}")));
    [at.to_owned()].into_iter().chain(below).collect()
}
