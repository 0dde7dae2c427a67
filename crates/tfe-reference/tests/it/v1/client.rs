//! A client of the v1 API that holds every answer against the schemas.

use serde_json::{Value, json};
use tfe_reference::BlockingServer;
use tfe_schema::{Catalog, form};

use crate::client::{Answer, Client};

pub(crate) const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A server, and one of its users on v1.
#[derive(Clone, Copy)]
pub(crate) struct Atlas<'s> {
    server: &'s BlockingServer,
    token: Option<&'s str>,
    /// Off where a fault makes answers that no schema allows.
    checked: bool,
}

impl<'s> Atlas<'s> {
    pub(crate) fn user(server: &'s BlockingServer) -> Self {
        Self { server, token: Some(&server.tokens().atlas_user), checked: true }
    }

    pub(crate) fn outsider(server: &'s BlockingServer) -> Self {
        Self { token: Some(&server.tokens().atlas_outsider), ..Self::user(server) }
    }

    pub(crate) fn auditor(server: &'s BlockingServer) -> Self {
        Self { token: Some(&server.tokens().atlas_auditor), ..Self::user(server) }
    }

    pub(crate) fn anonymous(server: &'s BlockingServer) -> Self {
        Self { token: None, ..Self::user(server) }
    }

    /// The same user, where answers may break the schemas.
    pub(crate) fn unchecked(self) -> Self {
        Self { checked: false, ..self }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    /// Sends a JSON document.
    pub(crate) fn json(&self, method: &str, path: &str, document: &Value) -> Answer {
        self.send(method, path, &[("Content-Type", JSON)], document.to_string().as_bytes())
    }

    /// Sends a form as it stands.
    pub(crate) fn form(&self, method: &str, path: &str, form: &str) -> Answer {
        self.send(method, path, &[("Content-Type", FORM)], form.as_bytes())
    }

    /// `path` is the one below `/api/v1`.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let path = format!("/api/v1{path}");
        let mut all: Vec<_> = self.token.map(|token| ("X-Atlas-Token", token)).into_iter().collect();
        all.extend_from_slice(headers);
        let answer = Client::anonymous(self.server).unchecked().send(method, &path, &all, body);
        if self.checked {
            check(method, &path, &answer);
        }
        answer
    }

    /// Updates variables of an environment of `example-org`, which is done without a word.
    pub(crate) fn put(&self, environment: &str, variables: &Value) {
        let answer = self.json("PUT", &variables_of(environment), &json!({ "variables": variables }));
        assert_eq!((answer.status, answer.body.len(), answer.header("content-type")), (200, 0, None), "{answer:?}");
    }

    /// Updates variables by a form that says the same.
    pub(crate) fn put_form(&self, environment: &str, variables: &Value) {
        let form = form::encode(&json!({ "variables": variables })).unwrap();
        let answer = self.form("PUT", &variables_of(environment), &form);
        assert_eq!((answer.status, answer.body.len(), answer.header("content-type")), (200, 0, None), "{answer:?}");
    }

    /// The variables of an environment of `example-org`, as the latest configuration version shows them.
    pub(crate) fn variables(&self, environment: &str) -> Value {
        self.get(&latest_of(environment)).at("/version/variables")
    }

    /// Queues a plan for an environment of `example-org`.
    pub(crate) fn plan(&self, environment: &str) -> Answer {
        self.send("POST", &plan_of(environment), &[], b"")
    }
}

pub(crate) fn variables_of(environment: &str) -> String {
    format!("/environments/example-org/{environment}/variables")
}

pub(crate) fn plan_of(environment: &str) -> String {
    format!("/environments/example-org/{environment}/plan")
}

pub(crate) fn versions_of(environment: &str) -> String {
    format!("/terraform/configurations/example-org/{environment}/versions")
}

pub(crate) fn latest_of(environment: &str) -> String {
    format!("{}/latest", versions_of(environment))
}

/// The environments of a list of states: `username/name`.
pub(crate) fn states(answer: &Answer) -> Vec<String> {
    let states = answer.at("/states");
    let name = |state: &Value| format!("{}/{}", state["environment"]["username"], state["environment"]["name"]);
    states.as_array().unwrap().iter().map(|state| name(state).replace('"', "")).collect()
}

/// The messages of an error, with its status and the one attribute that it is about.
#[track_caller]
pub(crate) fn problem(answer: &Answer) -> (u16, String) {
    let errors = answer.at("/errors");
    let names: Vec<_> = errors.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names.len(), 1, "{errors}");
    (answer.status, names.concat())
}

/// No body breaks its schema, and no status comes that the operation does not have.
#[track_caller]
fn check(method: &str, path: &str, answer: &Answer) {
    let catalog = Catalog::bundled();
    let path = path.split('?').next().unwrap_or_default();
    assert!((200..500).contains(&answer.status), "{method} {path}: {answer:?}");
    let operation = catalog.route(method, path).map(|(operation, _)| operation);
    let schema = match operation {
        _ if method == "HEAD" => return,
        Some(operation) => {
            let response = operation.response(answer.status).unwrap_or_else(|| panic!("{}: {answer:?}", operation.id));
            response.bodies.get(JSON).map(String::as_str)
        }
        None => Some("v1/errors"),
    };
    let Some(schema) = schema else {
        assert!(answer.body.is_empty() && answer.header("content-type").is_none(), "{answer:?}");
        return;
    };
    assert_eq!(answer.header("content-type"), Some(JSON), "{answer:?}");
    let report = catalog.schema(schema).unwrap().check(&answer.body);
    assert!(report.is_valid(), "{report:?}: {}", answer.json());
    if answer.status >= 400 {
        assert_ne!(answer.at("/errors"), json!({}), "a refusal says why");
    }
}
