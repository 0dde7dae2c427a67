//! A small blocking HTTP client that holds every answer against the schemas of the API.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};
use tfe_reference::{BlockingServer, Fault, Server};
use tfe_schema::Catalog;

pub(crate) const JSON_API: &str = "application/vnd.api+json";

/// A server, and one of its users.
pub(crate) struct Client<'s> {
    pub(crate) server: &'s BlockingServer,
    token: Option<&'s str>,
    /// Off where a fault makes answers that no schema allows.
    checked: bool,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn server() -> BlockingServer {
    Server::builder().start_blocking().unwrap()
}

pub(crate) fn faulty(fault: Fault) -> BlockingServer {
    Server::builder().fault(fault).start_blocking().unwrap()
}

impl<'s> Client<'s> {
    pub(crate) fn user(server: &'s BlockingServer) -> Self {
        Self { server, token: Some(&server.tokens().user), checked: true }
    }

    pub(crate) fn outsider(server: &'s BlockingServer) -> Self {
        Self { token: Some(&server.tokens().outsider), ..Self::user(server) }
    }

    pub(crate) fn auditor(server: &'s BlockingServer) -> Self {
        Self { token: Some(&server.tokens().auditor), ..Self::user(server) }
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

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], b"")
    }

    pub(crate) fn post(&self, path: &str, document: &Value) -> Answer {
        self.send("POST", path, &[("Content-Type", JSON_API)], document.to_string().as_bytes())
    }

    pub(crate) fn patch(&self, path: &str, document: &Value) -> Answer {
        self.send("PATCH", path, &[("Content-Type", JSON_API)], document.to_string().as_bytes())
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut lines = vec![format!("{method} {path} HTTP/1.1"), "Host: x".to_owned(), "Connection: close".to_owned()];
        lines.extend(self.token.map(|token| format!("Authorization: Bearer {token}")));
        lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.push(format!("Content-Length: {}\r\n\r\n", body.len()));
        let answer = self.exchange(&[lines.join("\r\n").as_bytes(), body].concat());
        if self.checked {
            check(method, path, &answer);
        }
        answer
    }

    /// Sends bytes as they are, and reads the answer to its end.
    pub(crate) fn exchange(&self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.server.address().strip_prefix("http://").unwrap()).unwrap();
        stream.write_all(request).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        Answer::parse(&bytes)
    }

    /// A new workspace in an organization; its id.
    pub(crate) fn workspace(&self, organization: &str, name: &str) -> String {
        let document = json!({ "data": { "type": "workspaces", "attributes": { "name": name } } });
        let answer = self.post(&format!("/api/v2/organizations/{organization}/workspaces"), &document);
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.text("/data/id")
    }

    /// A new variable in a workspace of `example-org`; its id.
    pub(crate) fn variable(&self, workspace: &str, attributes: &Value) -> String {
        let answer = self.post("/api/v2/vars", &variable("example-org", workspace, attributes));
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.text("/data/id")
    }
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an HTTP answer");
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header =
            |line: &str| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        Self { status, headers: lines.filter_map(header).collect(), body: bytes[end + 4..].to_vec() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).unwrap_or_else(|| panic!("no {pointer}: {}", self.json())).clone()
    }

    pub(crate) fn text(&self, pointer: &str) -> String {
        self.at(pointer).as_str().unwrap_or_else(|| panic!("no text at {pointer}: {}", self.json())).to_owned()
    }

    /// The ids of a collection.
    pub(crate) fn ids(&self) -> Vec<String> {
        let data = self.at("/data");
        data.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Status and `source.pointer` of the first error.
    pub(crate) fn problem(&self) -> (u16, String) {
        (self.status, self.text("/errors/0/source/pointer"))
    }

    /// The answer without what differs between any two: the date.
    pub(crate) fn comparable(&self) -> (u16, Vec<(String, String)>, Value) {
        let headers = self.headers.iter().filter(|(name, _)| name != "date").cloned().collect();
        (self.status, headers, self.json())
    }
}

/// The document that creates a variable.
pub(crate) fn variable(organization: &str, workspace: &str, attributes: &Value) -> Value {
    json!({ "data": { "type": "vars", "attributes": attributes, "relationships": {
        "organization": { "data": { "type": "organizations", "id": organization } },
        "workspace": { "data": { "type": "workspaces", "id": workspace } },
    } } })
}

/// The document that updates a variable.
pub(crate) fn update(id: &str, attributes: &Value) -> Value {
    json!({ "data": { "type": "vars", "id": id, "attributes": attributes } })
}

/// Attributes with nothing left out.
pub(crate) fn plain(key: &str) -> Value {
    json!({ "key": key, "value": "v", "category": "terraform", "hcl": false, "sensitive": false })
}

/// No body breaks its schema, and no status comes that the operation does not have.
fn check(method: &str, path: &str, answer: &Answer) {
    let path = path.split('?').next().unwrap_or_default();
    let catalog = Catalog::bundled();
    if let Some((operation, _)) = catalog.route(method, path) {
        let response = operation.response(answer.status).unwrap_or_else(|| panic!("{}: {answer:?}", operation.id));
        assert_eq!(response.bodies.is_empty(), answer.body.is_empty(), "{}: {answer:?}", operation.id);
        for (media_type, schema) in &response.bodies {
            assert_eq!(answer.header("content-type"), Some(media_type.as_str()));
            let report = catalog.schema(schema).unwrap().check(&answer.body);
            assert!(report.is_valid(), "{report:?}: {}", answer.json());
        }
    } else if answer.status >= 400 && method != "HEAD" {
        assert_eq!(answer.header("content-type"), Some(JSON_API));
        let report = catalog.schema("jsonapi/error-document").unwrap().check(&answer.body);
        assert!(report.is_valid(), "{report:?}: {}", answer.json());
    }
    if answer.status >= 400 && method != "HEAD" {
        for error in answer.at("/errors").as_array().unwrap() {
            assert_eq!(error["status"], json!(answer.status.to_string()));
        }
    }
}
