//! A small HTTP client: what a test needs to look at a server behind the back of the command.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

/// One user of a server.
#[derive(Clone)]
pub(crate) struct Client {
    /// Host and port.
    pub(crate) host: String,
    pub(crate) token: String,
    pub(crate) organization: String,
}

impl Client {
    /// Sends one request; status and document (`null` where there is none).
    pub(crate) fn send(&self, method: &str, path: &str, document: Option<&Value>) -> (u16, Value) {
        let authorization = format!("Authorization: Bearer {}", self.token);
        send(&self.host, method, path, &authorization, document)
    }

    fn get(&self, path: &str) -> Value {
        let (status, document) = self.send("GET", path, None);
        assert_eq!(status, 200, "{path}: {document}");
        document["data"].clone()
    }

    /// Creates a workspace; its id.
    pub(crate) fn create_workspace(&self, name: &str) -> String {
        let document = json!({ "data": { "type": "workspaces", "attributes": { "name": name } } });
        let path = format!("/api/v2/organizations/{}/workspaces", self.organization);
        let (status, answer) = self.send("POST", &path, Some(&document));
        assert_eq!(status, 201, "{answer}");
        answer["data"]["id"].as_str().unwrap().to_owned()
    }

    /// Creates a variable in a workspace.
    pub(crate) fn create_variable(&self, workspace: &str, key: &str) {
        let document = json!({ "data": {
            "type": "vars",
            "attributes": { "key": key, "value": "kept", "category": "env", "hcl": false, "sensitive": false },
            "relationships": {
                "organization": { "data": { "type": "organizations", "id": self.organization } },
                "workspace": { "data": { "type": "workspaces", "id": workspace } },
            },
        } });
        let (status, answer) = self.send("POST", "/api/v2/vars", Some(&document));
        assert_eq!(status, 201, "{answer}");
    }

    /// The names of the organization's workspaces, sorted.
    pub(crate) fn workspaces(&self) -> Vec<String> {
        let data = self.get(&format!("/api/v2/organizations/{}/workspaces", self.organization));
        let name = |workspace: &Value| workspace["attributes"]["name"].as_str().unwrap().to_owned();
        let mut names: Vec<_> = data.as_array().unwrap().iter().map(name).collect();
        names.sort();
        names
    }

    /// Every variable that the user can see.
    pub(crate) fn variables(&self) -> Value {
        self.get("/api/v2/vars")
    }
}

fn send(host: &str, method: &str, path: &str, authorization: &str, document: Option<&Value>) -> (u16, Value) {
    let body = document.map(Value::to_string).unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{authorization}\r\n\
         Content-Type: application/vnd.api+json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let document = if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() };
    (status, document)
}

/// Reads a document with a header of one's own.
pub(crate) fn get(host: &str, path: &str, authorization: &str) -> Value {
    let (status, document) = send(host, "GET", path, authorization, None);
    assert_eq!(status, 200, "{path}: {document}");
    document
}
