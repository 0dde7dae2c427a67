//! From a method and a path to the operation.

use std::collections::BTreeMap;

use tfe_schema::Catalog;

type Route = (String, BTreeMap<String, String>);

fn route(method: &str, path: &str) -> Option<Route> {
    Catalog::bundled().route(method, path).map(|(operation, parameters)| (operation.id.clone(), parameters))
}

fn found(id: &str, parameters: &[(&str, &str)]) -> Route {
    let owned = parameters.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    (id.to_owned(), owned.collect())
}

#[test]
fn every_operation_is_found_by_its_own_path() {
    for operation in Catalog::bundled().operations() {
        let names: Vec<_> = operation.path_parameters().collect();
        let path = names
            .iter()
            .fold(operation.full_path(), |path, name| path.replace(&format!("{{{name}}}"), &format!("a-{name}")));
        let (id, parameters) = route(&operation.method, &path).unwrap_or_else(|| panic!("{path} leads nowhere"));
        assert_eq!(id, operation.id);
        assert_eq!(parameters.len(), names.len());
        assert!(parameters.iter().all(|(name, value)| *value == format!("a-{name}")), "{parameters:?}");
    }
}

#[test]
fn parameters_are_percent_decoded_once_and_by_segment() {
    assert_eq!(
        route("DELETE", "/api/v2/vars/a%2Fb%2525"),
        Some(found("v2.variables.delete", &[("variable_id", "a/b%25")]))
    );
    assert_eq!(
        route("DELETE", "/api/v2/vars/caf%C3%A9+"),
        Some(found("v2.variables.delete", &[("variable_id", "café+")]))
    );
    let expected = Some(found("v2.workspaces.read", &[("organization", "a b"), ("workspace", "..")]));
    assert_eq!(route("GET", "/api/v2/organizations/a%20b/workspaces/%2E%2E"), expected);
    assert_eq!(route("DELETE", "/api/v2/vars/%FF"), None, "not UTF-8");
}

#[test]
fn needless_percent_encoding_makes_no_other_path() {
    assert_eq!(route("GET", "/api/v2/%76ars"), Some(found("v2.variables.list", &[])));
    assert_eq!(route("GET", "/api/v2/vars%2F"), None);
}

#[test]
fn a_literal_wins_over_a_parameter() {
    let path = "/api/v1/terraform/configurations/u/n/versions/latest";
    assert_eq!(route("GET", path), Some(found("v1.configurations.latest", &[("username", "u"), ("name", "n")])));
    // The set itself has no such pair of paths.
    let dir = tempfile::tempdir().unwrap();
    let operation = |id: &str, names: &[&str]| {
        let parameters: Vec<_> =
            names.iter().map(|name| serde_json::json!({"name": name, "in": "path", "schema": {}})).collect();
        serde_json::json!({"get": {"operationId": id, "parameters": parameters, "responses": {"200": {"description": "x"}}}})
    };
    let document = serde_json::json!({
        "openapi": "3.1.0",
        "info": {},
        "paths": {
            "/{a}/{b}": operation("both", &["a", "b"]),
            "/x/{b}": operation("one", &["b"]),
            "/x/y": operation("none", &[]),
        },
    });
    std::fs::write(dir.path().join("openapi.json"), document.to_string()).unwrap();
    let catalog = Catalog::from_dir(dir.path()).unwrap();
    for (path, id) in [("/x/y", "none"), ("/x/z", "one"), ("/z/y", "both")] {
        assert_eq!(catalog.route("GET", path).map(|(operation, _)| operation.id.as_str()), Some(id), "{path}");
    }
}

#[test]
fn unknown_methods_and_paths_lead_nowhere() {
    let unknown = [
        ("GET", "/api/v2/nothing"),
        ("PUT", "/api/v2/vars"),
        ("get", "/api/v2/vars"),
        ("GET", "/api/v2/vars/"),
        ("GET", "/api/v2//vars"),
        ("GET", "/vars"),
        ("GET", "api/v2/vars"),
        ("GET", "/api/v2"),
        ("GET", ""),
        ("DELETE", "/api/v2/vars/"),
        ("GET", "/api/v2/.well-known/terraform.json"),
    ];
    for (method, path) in unknown {
        assert_eq!(route(method, path), None, "{method} {path}");
    }
    assert_eq!(route("GET", "/.well-known/terraform.json"), Some(found("discovery", &[])));
}
