//! Each fault changes one thing, and is counted when it does.

use serde_json::{Value, json};
use tfe_reference::{BlockingServer, Fault};

use crate::client::{Answer, Client, faulty, plain, server, update, variable};

/// Sends the same requests to a server with the fault and to one without; the answers differ, and the hits are
/// counted on the one that has it.
pub(crate) fn compare(fault: Fault, requests: impl Fn(&BlockingServer) -> Answer) -> (Answer, Answer) {
    let (with, without) = (faulty(fault), server());
    assert_eq!(with.fault_hits(), [(fault, 0)]);
    let answers = (requests(&with), requests(&without));
    let hits = with.fault_hits()[0].1;
    assert!(hits > 0, "{fault} was not hit");
    assert_eq!(without.fault_hits(), []);
    answers
}

#[test]
fn foreign_403() {
    for method in ["GET", "PATCH", "DELETE"] {
        let (with, without) = compare(Fault::Foreign403, |server| {
            let user = Client::user(server);
            let id = user.variable(&user.workspace("example-org", "w"), &plain("k"));
            let outsider = Client::outsider(server);
            assert_eq!(outsider.get("/api/v2/vars/var-none").status, 404);
            outsider.send(method, &format!("/api/v2/vars/{id}"), &[], b"")
        });
        assert_eq!((with.status, without.status), (403, 404));
    }
}

#[test]
fn sensitive_readable() {
    let (with, without) = compare(Fault::SensitiveReadable, |server| {
        let user = Client::user(server);
        let secret = json!({ "key": "k", "value": "s", "category": "env", "sensitive": true });
        user.variable(&user.workspace("example-org", "w"), &secret);
        user.get("/api/v2/vars")
    });
    let value = |answer: &Answer| answer.at("/data/0/attributes/value");
    assert_eq!((value(&with), value(&without)), (json!("s"), Value::Null));
}

#[test]
fn patch_resets_omitted() {
    let (with, without) = compare(Fault::PatchResetsOmitted, |server| {
        let user = Client::user(server);
        let attributes = json!({ "key": "k", "value": "[]", "category": "terraform", "hcl": true });
        let id = user.variable(&user.workspace("example-org", "w"), &attributes);
        let path = format!("/api/v2/vars/{id}");
        assert_eq!(user.patch(&path, &update(&id, &json!({ "value": "[1]" }))).status, 200);
        user.get(&path)
    });
    let hcl = |answer: &Answer| answer.at("/data/attributes/hcl");
    assert_eq!((hcl(&with), hcl(&without)), (json!(false), json!(true)));
    assert_eq!(with.at("/data/attributes/value"), json!("[1]"));
}

/// Lists with a query where two workspaces have a variable each.
fn listed(server: &BlockingServer, query: &str) -> Answer {
    let user = Client::user(server);
    for name in ["w1", "w2"] {
        user.variable(&user.workspace("example-org", name), &plain("k"));
    }
    user.get(&format!("/api/v2/vars?{query}"))
}

#[test]
fn workspace_filter_ignored() {
    let query = "filter[organization][name]=example-org&filter[workspace][name]=w1";
    let (with, without) = compare(Fault::WorkspaceFilterIgnored, |server| listed(server, query));
    assert_eq!((with.ids().len(), without.ids().len()), (2, 1));
}

#[test]
fn half_filter_accepted() {
    for query in ["filter[organization][name]=example-org", "filter[workspace][name]=w1"] {
        let (with, without) = compare(Fault::HalfFilterAccepted, |server| listed(server, query));
        assert_eq!((with.status, without.status), (200, 400), "{query}");
    }
}

#[test]
fn plain_json_media_type() {
    let get = |server: &BlockingServer| Client::user(server).unchecked().get("/api/v2/vars");
    let (with, without) = compare(Fault::PlainJsonMediaType, get);
    assert_eq!(with.header("content-type"), Some("application/json"));
    assert_eq!(with.body, without.body);
}

#[test]
fn error_not_json_api() {
    let get = |server: &BlockingServer| Client::user(server).unchecked().get("/api/v2/vars/var-none");
    let (with, without) = compare(Fault::ErrorNotJsonApi, get);
    assert_eq!((with.status, with.json()), (without.status, json!({ "error": "Not Found" })));
}

#[test]
fn create_200_without_id() {
    let (with, without) = compare(Fault::Create200WithoutId, |server| {
        let user = Client::user(server);
        let workspace = user.workspace("example-org", "w");
        let answer = user.unchecked().post("/api/v2/vars", &variable("example-org", &workspace, &plain("k")));
        assert_eq!(Client::user(server).get("/api/v2/vars").ids().len(), 1);
        answer
    });
    assert_eq!((with.status, without.status), (200, 201));
    assert_eq!(with.at("/data").get("id"), None);
}

#[test]
fn deleted_still_listed() {
    let (with, without) = compare(Fault::DeletedStillListed, |server| {
        let user = Client::user(server);
        let path = format!("/api/v2/vars/{}", user.variable(&user.workspace("example-org", "w"), &plain("k")));
        assert_eq!([user.delete(&path).status, user.delete(&path).status, user.get(&path).status], [204, 404, 404]);
        user.get("/api/v2/vars")
    });
    assert_eq!((with.ids().len(), without.ids().len()), (1, 0));
}

#[test]
fn unknown_category_accepted() {
    let (with, without) = compare(Fault::UnknownCategoryAccepted, |server| {
        let user = Client::user(server);
        let workspace = user.workspace("example-org", "w");
        let user = user.unchecked();
        let id = user.variable(&workspace, &plain("k"));
        assert_eq!(user.patch(&format!("/api/v2/vars/{id}"), &update(&id, &json!({ "hcl": "x" }))).status, 422);
        let odd = json!({ "key": "odd", "value": "v", "category": "environment" });
        user.post("/api/v2/vars", &variable("example-org", &workspace, &odd))
    });
    assert_eq!((with.status, without.status), (201, 422));
    assert_eq!(with.at("/data/attributes/category"), json!("environment"));
}

#[test]
fn no_op() {
    let (with, without) = compare(Fault::NoOp, |server| listed(server, ""));
    assert_eq!((with.status, with.ids().len()), (without.status, without.ids().len()));
}

/// Those of v2 are all on the tour.
#[test]
fn every_fault_of_v1_has_a_test() {
    let source =
        [include_str!("v1/faults.rs"), include_str!("v1/faulty_bodies.rs"), include_str!("v1/throughout.rs")].concat();
    for fault in Fault::all().filter(|fault| fault.name().starts_with("v1-")) {
        assert!(source.contains(&format!("compare(Fault::{fault:?},")), "{fault}");
    }
}
