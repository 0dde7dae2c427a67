//! The variables of an environment.

use serde_json::{Value, json};

use super::client::{Atlas, problem, variables_of, versions_of};
use crate::client::server;

#[test]
fn an_update_merges() {
    let server = server();
    let user = Atlas::user(&server);
    for put in [Atlas::put, Atlas::put_form] {
        put(&user, "env-01", &json!({ "b": "1", "a": "2" }));
        put(&user, "env-01", &json!({ "c": "3", "a": "4" }));
        assert_eq!(user.variables("env-01"), json!({ "a": "4", "b": "1", "c": "3" }));
        put(&user, "env-01", &json!({ "b": "", "none": "" }));
        assert_eq!(user.variables("env-01"), json!({ "a": "4", "c": "3" }));
        put(&user, "env-01", &json!({ "c": "3", "a": "4" }));
        assert_eq!(user.variables("env-01"), json!({ "a": "4", "c": "3" }));
        assert_eq!(user.variables("env-02"), json!({}));
        put(&user, "env-01", &json!({ "a": "", "c": "" }));
        assert_eq!(user.variables("env-01"), json!({}));
    }
    let nothing = user.json("PUT", &variables_of("env-01"), &json!({ "variables": {} }));
    assert_eq!(nothing.status, 200);
}

#[test]
fn both_encodings_carry_the_same_texts() {
    let server = server();
    let user = Atlas::user(&server);
    for text in [" a  b ", "a+b", "100%", "a&b=c;d", "ü é 漢字 😀", "'bar'", "\"15\"", "\r\n\t", "[x]", "null", "true"]
    {
        let key = text.replace(['[', ']'], "-");
        user.put("env-01", &json!({ &key: text }));
        user.put_form("env-02", &json!({ &key: text }));
        let expected = json!({ &key: text });
        assert_eq!((user.variables("env-01"), user.variables("env-02")), (expected.clone(), expected), "{text}");
        for environment in ["env-01", "env-02"] {
            user.put(environment, &json!({ &key: "" }));
        }
    }
}

#[test]
fn brackets_may_be_raw_or_encoded() {
    let server = server();
    let user = Atlas::user(&server);
    for form in [
        "variables[foo]=b%20r&variables[n]=15",
        "variables%5Bfoo%5D=b+r&variables%5bn%5d=15",
        "variables%5Bfoo]=b+r&&variables[%6e]=15&",
        "variables[n]=1&variables[foo]=b+r&variables[n]=15",
    ] {
        assert_eq!(user.form("PUT", &variables_of("env-01"), form).status, 200, "{form}");
        assert_eq!(user.variables("env-01"), json!({ "foo": "b r", "n": "15" }), "{form}");
        user.put("env-01", &json!({ "foo": "", "n": "" }));
    }
}

#[test]
fn values_are_texts() {
    let server = server();
    let user = Atlas::user(&server);
    user.put("env-01", &json!({ "a": "1" }));
    for value in [json!(15), json!(true), json!(null), json!({}), json!(["x"]), json!({ "b": "x" })] {
        let answer = user.json("PUT", &variables_of("env-01"), &json!({ "variables": { "b": "new", "a": value } }));
        assert_eq!(problem(&answer), (422, "variables".to_owned()), "{value}");
    }
    for form in ["variables[a][b]=1", "variables[a][]=1", "variables=1", "variables[]=1"] {
        assert_eq!(problem(&user.form("PUT", &variables_of("env-01"), form)), (422, "variables".to_owned()), "{form}");
    }
    assert_eq!(user.variables("env-01"), json!({ "a": "1" }), "whole or not at all");
}

#[test]
fn only_the_namespace_counts() {
    let server = server();
    let user = Atlas::user(&server);
    let document = json!({ "b": "1", "variables": { "a": "1" }, "other": { "c": "1" }, "foo": 1 });
    assert_eq!(user.json("PUT", &variables_of("env-01"), &document).status, 200);
    assert_eq!(user.form("PUT", &variables_of("env-02"), "b=1&variables[a]=1&other[c]=1").status, 200);
    for environment in ["env-01", "env-02"] {
        assert_eq!(user.variables(environment), json!({ "a": "1" }));
    }
    let missing = json!({ "errors": { "variables": ["is missing"] } });
    for document in [json!({}), json!({ "a": "1" })] {
        let answer = user.json("PUT", &variables_of("env-01"), &document);
        assert_eq!((answer.status, answer.json()), (422, missing.clone()));
    }
    for form in ["", "a=1", "variables%255Ba%255D=1"] {
        let answer = user.form("PUT", &variables_of("env-01"), form);
        assert_eq!((answer.status, answer.json()), (422, missing.clone()), "{form}");
    }
    assert_eq!(problem(&user.json("PUT", &variables_of("env-01"), &json!([]))), (422, "base".to_owned()));
    assert_eq!(user.variables("env-01"), json!({ "a": "1" }));
}

#[test]
fn errors_never_show_values() {
    let server = server();
    let user = Atlas::user(&server);
    for document in [
        json!({ "variables": { "a": ["hunter2"] } }),
        json!({ "variables": "hunter2" }),
        json!({ "variables": { "a": { "b": "hunter2" } } }),
        json!({ "version": { "variables": { "a": ["hunter2"] } } }),
    ] {
        for (method, path) in [("PUT", variables_of("env-01")), ("POST", versions_of("env-01"))] {
            let answer = user.json(method, &path, &document);
            assert!(!String::from_utf8_lossy(&answer.body).contains("hunter2"), "{answer:?}");
        }
    }
}

#[test]
fn an_environment_without_a_version_keeps_its_variables() {
    let server = server();
    let user = Atlas::user(&server);
    user.put("bare-01", &json!({ "a": "1" }));
    assert_eq!(user.send("POST", &versions_of("bare-01"), &[], b"").status, 201);
    assert_eq!(user.variables("bare-01"), json!({ "a": "1" }));
    assert_eq!(user.variables("env-01"), Value::Object(serde_json::Map::new()));
}
