//! Faults as a client sees them: each makes a difference to the same requests, and counts it; controls make none.

use std::sync::Mutex;
use std::thread;

use serde_json::{Value, json};
use tfe_reference::{BlockingServer, Fault};

use crate::client::{self, Answer, Client, JSON_API, plain, update, variable};

/// Answers, without what differs from server to server.
type Seen = Vec<(u16, Vec<(String, String)>, String)>;

/// No fault is dead, and none that is off is seen.
#[test]
fn every_fault_makes_a_difference_that_it_counts() {
    let faults: Vec<Fault> = Fault::all().filter(|fault| !fault.name().starts_with("v1-")).collect();
    let without = seen(&client::server());
    assert!(without == seen(&client::server()), "two servers without faults answer alike");
    let queue = Mutex::new(faults.into_iter());
    let next = || queue.lock().unwrap().next();
    let check = || std::iter::from_fn(next).filter_map(|fault| problem(fault, &without)).collect::<Vec<_>>();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let problems: Vec<String> = thread::scope(|scope| {
        let checks: Vec<_> = (0..threads).map(|_| scope.spawn(check)).collect();
        checks.into_iter().flat_map(|check| check.join().unwrap()).collect()
    });
    assert!(problems.is_empty(), "{problems:#?}");
}

/// What is wrong with a fault.
fn problem(fault: Fault, without: &Seen) -> Option<String> {
    let server = client::faulty(fault);
    let differs = seen(&server) != *without;
    let hits: u64 = server.fault_hits().into_iter().map(|(_, hits)| hits).sum();
    server.stop();
    match (differs, hits) {
        (_, 0) => Some(format!("{fault} was never hit")),
        (differs, _) if differs == fault.is_control() => Some(format!("{fault}: the answers differ: {differs}")),
        _ => None,
    }
}

/// What a client sees on a tour of the API.
fn seen(server: &BlockingServer) -> Seen {
    let mut tour = Tour { server, answers: Vec::new() };
    tour.documents();
    tour.creations();
    tour.updates();
    tour.lists();
    tour.secrets();
    tour.strangers();
    tour.headers();
    tour.deletions();
    let whole: String = tour.answers.iter().map(|answer| String::from_utf8_lossy(&answer.body)).collect();
    let known = ids(&whole);
    let named = |text: &str| {
        known.iter().enumerate().fold(text.to_owned(), |text, (index, id)| text.replace(id, &format!("id-{index}")))
    };
    tour.answers
        .into_iter()
        .map(|answer| {
            let headers = answer.headers.iter().filter(|(name, _)| name != "date");
            let headers = headers.map(|(name, value)| (name.clone(), named(value))).collect();
            (answer.status, headers, without_times(&named(&String::from_utf8_lossy(&answer.body))))
        })
        .collect()
}

/// Ids in the order in which they are seen first, and once each.
fn ids(text: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for prefix in ["var-", "ws-"] {
        for (at, _) in text.match_indices(prefix) {
            let id = text[at..].chars().take(prefix.len() + 16).collect::<String>();
            if id[prefix.len()..].bytes().all(|byte| byte.is_ascii_alphanumeric()) && !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    ids
}

fn without_times(text: &str) -> String {
    let mut parts = text.split("\"created-at\":\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('"').map_or("", |(_, rest)| rest))
}

struct Tour<'s> {
    server: &'s BlockingServer,
    answers: Vec<Answer>,
}

const VARS: &str = "/api/v2/vars";

impl<'s> Tour<'s> {
    fn user(&self) -> Client<'s> {
        Client::user(self.server).unchecked()
    }

    fn saw(&mut self, answer: Answer) -> &Answer {
        self.answers.push(answer);
        self.answers.last().unwrap()
    }

    /// A new workspace of the user; its id.
    fn workspace(&self, name: &str) -> String {
        self.user().workspace("example-org", name)
    }

    fn post(&mut self, document: &Value) -> String {
        let answer = self.user().post(VARS, document);
        id(self.saw(answer))
    }

    fn create(&mut self, workspace: &str, attributes: &Value) -> String {
        self.post(&variable("example-org", workspace, attributes))
    }

    fn patch(&mut self, id: &str, document: &Value) {
        let answer = self.user().patch(&format!("{VARS}/{id}"), document);
        self.saw(answer);
    }

    fn get(&mut self, path: &str) {
        let answer = self.user().get(path);
        self.saw(answer);
    }

    fn list(&mut self, workspace: &str) {
        self.get(&filtered(workspace));
    }

    fn body(&mut self, body: &str) {
        let answer = self.user().send("POST", VARS, &[("Content-Type", JSON_API)], body.as_bytes());
        self.saw(answer);
    }

    /// Documents of every form.
    fn documents(&mut self) {
        let workspace = self.workspace("documents");
        self.list("documents");
        let id = self.create(&workspace, &plain("first"));
        self.get(&format!("{VARS}/{id}"));
        self.list("documents");
        self.create(&workspace, &plain("second"));
        self.list("documents");
        self.get(VARS);
        self.get("/api/v2/organizations/example-org/workspaces/documents");
        self.get(&format!("{}&page%5Bsize%5D=1", filtered("documents")));
    }

    /// Creations, right and wrong.
    fn creations(&mut self) {
        let workspace = self.workspace("creations");
        let whole = json!({ "key": "whole", "value": "v", "category": "env", "hcl": false, "sensitive": false });
        let whole = self.create(&workspace, &whole);
        self.create(&workspace, &json!({ "key": "short", "value": "v", "category": "env" }));
        self.create(&workspace, &json!({ "key": "hcl", "value": "[]", "category": "env", "hcl": true }));
        for (key, value) in [
            ("Upper-Case", "v"),
            ("spaces", "  a  "),
            ("lines", "a\r\nb"),
            ("letters", "ü 😀 e\u{301}"),
            ("code", "%41<b>"),
            ("empty", ""),
            ("null", "null"),
            ("digits", "007"),
            ("long", &"x".repeat(40_000)),
        ] {
            self.create(&workspace, &json!({ "key": key, "value": value, "category": "terraform" }));
        }
        let good = variable("example-org", &workspace, &json!({ "key": "k", "value": "v", "category": "env" }));
        let changes: &[(&str, Value)] = &[
            ("/data/id", json!("made-up")),
            ("/data/id", json!(whole)),
            ("/data/type", json!("workspaces")),
            ("/data/x-unknown", json!(1)),
            ("/data/attributes/x-unknown", json!(1)),
            ("/data/attributes/category", json!("other")),
            ("/data/attributes/category", json!(1)),
            ("/data/attributes/key", json!(1)),
            ("/data/attributes/value", json!(1)),
            ("/data/attributes/hcl", json!("true")),
            ("/data/attributes/sensitive", json!("true")),
            ("/data/relationships/workspace/data/type", json!("workspace")),
            ("/data/relationships/workspace/data/id", json!("creations")),
            ("/data/relationships/workspace/data/id", json!("ws-0000000000000000")),
            ("/data/relationships/organization/data/type", json!("organization")),
            ("/data/relationships/organization/data/id", json!("other-org")),
            ("/data/relationships/organization", json!({})),
            ("/data/relationships/organization/data", json!({ "id": "example-org", "type": "organizations" })),
            ("/data/attributes", json!({})),
        ];
        for (index, (place, value)) in changes.iter().enumerate() {
            let mut document = good.clone();
            set(&mut document, "/data/attributes/key", &json!(format!("k{index}")));
            set(&mut document, place, value);
            self.post(&document);
        }
        self.creations_without(&good);
        self.list("creations");
    }

    /// Creations that lack something, and bodies that are no documents.
    fn creations_without(&mut self, good: &Value) {
        for (parent, name) in [
            ("/data", "type"),
            ("/data/attributes", "key"),
            ("/data/attributes", "value"),
            ("/data/attributes", "category"),
            ("/data/relationships", "organization"),
            ("/data/relationships/organization/data", "id"),
            ("/data/relationships/organization/data", "type"),
            ("/data/relationships/workspace/data", "type"),
        ] {
            let mut document = good.clone();
            document.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
            if name != "key" {
                set(&mut document, "/data/attributes/key", &json!(format!("without-{parent}-{name}")));
            }
            self.post(&document);
        }
        let data = &good["data"];
        let attributes = json!({ "key": "by-name", "value": "v", "category": "terraform" });
        let filter = json!({ "organization": { "name": "example-org" }, "workspace": { "name": "creations" } });
        let (organization, workspace) = (&data["relationships"], &data["relationships"]["workspace"]);
        let odd = json!({ "Key": "other-case", "value": "v", "category": "env" });
        for document in [
            json!({ "data": [data] }),
            data.clone(),
            json!({ "data": { "type": "vars", "attributes": attributes }, "filter": filter }),
            json!({ "data": { "data.type": "vars", "attributes": attributes, "relationships": organization } }),
            json!({ "data": { "type": "vars", "attributes": odd, "relationships": organization } }),
            json!({ "data": { "type": "vars", "attributes": attributes, "relationships": { "workspace": workspace } } }),
        ] {
            self.post(&document);
        }
        for body in ["", "{", "[]"] {
            self.body(body);
        }
    }

    /// Updates, right and wrong.
    fn updates(&mut self) {
        let workspace = self.workspace("updates");
        let attributes = json!({ "key": "a", "value": "v", "category": "env", "hcl": true, "sensitive": false });
        let id = self.create(&workspace, &attributes);
        let other = self.create(&workspace, &plain("b"));
        for attributes in [
            json!({ "value": "new" }),
            json!({ "key": "renamed" }),
            json!({ "category": "terraform" }),
            json!({ "hcl": false, "value": "last" }),
            json!({ "value": 1 }),
            json!({ "value": null }),
            json!({ "value": "kept", "category": "other" }),
            json!([]),
        ] {
            self.patch(&id, &update(&id, &attributes));
            self.list("updates");
        }
        let relationships = json!({ "workspace": {} });
        for document in [
            json!({ "data": [{ "type": "vars", "id": id, "attributes": {} }] }),
            json!({ "data": { "type": "workspaces", "id": id, "attributes": {} } }),
            json!({ "data": { "type": "vars", "attributes": {} } }),
            json!({ "data": { "type": "vars", "id": other, "attributes": { "value": "other" } } }),
            json!({ "data": { "id": id, "attributes": {}, "type": "vars" } }),
            json!({ "data": { "type": "vars", "id": id, "attributes": {}, "relationships": relationships } }),
        ] {
            self.patch(&id, &document);
        }
        self.patch("var-0000000000000000", &update("var-0000000000000000", &json!({ "value": "new" })));
        self.list("updates");
    }

    /// Filters of every kind.
    fn lists(&mut self) {
        let organization = "filter%5Borganization%5D%5Bname%5D=example-org";
        let workspace = "filter%5Bworkspace%5D%5Bname%5D=documents";
        for query in [
            organization.to_owned(),
            workspace.to_owned(),
            format!("{workspace}&{organization}"),
            format!("{organization}&{workspace}").replace("%5", "%5").to_lowercase(),
            format!("{organization}&{workspace}").replace("filter", "%66ilter"),
            format!("{organization}&{workspace}%26x-y=1"),
            format!("{organization}&{workspace}+z"),
            format!("{organization}&filter%5Bworkspace%5D%5Bname%5D=doc"),
            "filter%5Borganization%5D%5Bname%5D=other-org&filter%5Bworkspace%5D%5Bname%5D=documents".to_owned(),
            "sort=x".to_owned(),
            "include=x".to_owned(),
            "unknown=1".to_owned(),
        ] {
            self.get(&format!("{VARS}?{query}"));
        }
        for path in ["/vars", "/v2/vars", "/api/v2/unknown", "/api/v2/vars/unknown"] {
            self.get(path);
        }
        let workspace = self.workspace("many");
        for number in 0..21 {
            self.create(&workspace, &json!({ "key": format!("k{number}"), "value": "one", "category": "env" }));
        }
        self.list("many");
    }

    /// Sensitive variables.
    fn secrets(&mut self) {
        let workspace = self.workspace("secrets");
        let attributes = json!({ "key": "a", "value": "secret", "category": "env", "hcl": false, "sensitive": true });
        let id = self.create(&workspace, &attributes);
        self.list("secrets");
        self.get(&format!("{VARS}/{id}"));
        for attributes in [json!({ "key": "b" }), json!({ "hcl": "x" }), json!({ "sensitive": false })] {
            self.patch(&id, &update(&id, &attributes));
            self.list("secrets");
        }
        self.patch(&id, &update(&id, &json!({ "value": "another" })));
        self.list("secrets");
        let answer = self.user().delete(&format!("{VARS}/{id}"));
        self.saw(answer);
        let open = self.create(&workspace, &plain("open"));
        self.patch(&open, &update(&open, &json!({ "sensitive": true })));
        self.list("secrets");
    }

    /// Somebody without access, and somebody without a token.
    fn strangers(&mut self) {
        let workspace = self.workspace("strangers");
        let id = self.create(&workspace, &plain("a"));
        let path = format!("{VARS}/{id}");
        let token = &self.server.tokens().user;
        let anonymous = Client::anonymous(self.server).unchecked();
        for (name, value) in [
            ("Authorization", token.clone()),
            ("Authorization", "Basic dXNlcjp4".to_owned()),
            ("Authorization", "Bearer nobody".to_owned()),
            ("X-Atlas-Token", token.clone()),
        ] {
            let answer = anonymous.send("GET", VARS, &[(name, &value)], b"");
            self.saw(answer);
        }
        let answer = anonymous.get(&format!("{VARS}?token={token}"));
        self.saw(answer);
        for client in [Client::outsider(self.server).unchecked(), anonymous] {
            for answer in [
                client.get(VARS),
                client.get(&filtered("strangers")),
                client.get(&path),
                client.patch(&path, &update(&id, &json!({ "value": "theirs" }))),
                client.patch(&path, &update(&id, &json!({ "category": "theirs" }))),
                client.post(VARS, &variable("example-org", &workspace, &plain("theirs"))),
                client.post(VARS, &variable("example-org", &workspace, &json!({ "category": "theirs" }))),
                client.delete(&path),
            ] {
                self.saw(answer);
            }
        }
        self.list("strangers");
    }

    /// Headers that matter, and a method that does not.
    fn headers(&mut self) {
        let answer = self.user().send("PUT", VARS, &[("Content-Type", JSON_API)], b"{}");
        self.saw(answer);
        for (method, name, value) in [
            ("GET", "Accept", "*/*"),
            ("GET", "Accept", "application/vnd.api+json;q=0.5"),
            ("GET", "Accept", "Application/vnd.api+json"),
            ("GET", "Accept", "application/vnd.api+json; v=1"),
            ("POST", "Content-Type", "application/vnd.api+json; charset=utf-8"),
            ("HEAD", "Accept", JSON_API),
        ] {
            let path = filtered("documents");
            let path = if method == "POST" { VARS } else { &path };
            let answer = self.user().send(method, path, &[(name, value)], if method == "POST" { b"{}" } else { b"" });
            self.saw(answer);
        }
    }

    /// Deletions, and what is left.
    fn deletions(&mut self) {
        let workspace = self.workspace("deletions");
        self.create(&workspace, &plain("a"));
        let id = self.create(&workspace, &plain("b"));
        let path = format!("{VARS}/{id}");
        self.list("deletions");
        let with_header = self.create(&workspace, &plain("c"));
        let with_header = format!("{VARS}/{with_header}");
        let answer = self.user().send("DELETE", &with_header, &[("Content-Type", JSON_API)], b"");
        self.saw(answer);
        for _ in 0..2 {
            let answer = self.user().delete(&path);
            self.saw(answer);
            self.get(&path);
            self.list("deletions");
        }
        self.get(VARS);
    }
}

fn filtered(workspace: &str) -> String {
    format!("{VARS}?filter%5Borganization%5D%5Bname%5D=example-org&filter%5Bworkspace%5D%5Bname%5D={workspace}")
}

/// The id in an answer; some text where there is none.
fn id(answer: &Answer) -> String {
    let document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    document.pointer("/data/id").and_then(Value::as_str).unwrap_or("none").to_owned()
}

fn set(document: &mut Value, place: &str, value: &Value) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[name] = value.clone();
}
