//! Lists of variables: filters, pages, fields.

use serde_json::{Value, json};
use tfe_reference::BlockingServer;

use crate::client::{Client, plain, server};

/// Two workspaces with two variables each; the ids of the variables.
fn filled(server: &BlockingServer) -> Vec<String> {
    let user = Client::user(server);
    let mut ids = Vec::new();
    for name in ["w1", "w2"] {
        let workspace = user.workspace("example-org", name);
        ids.extend(["a", "b"].map(|key| user.variable(&workspace, &plain(key))));
    }
    ids
}

fn filter(organization: &str, workspace: &str) -> String {
    format!(
        "/api/v2/vars?filter%5Borganization%5D%5Bname%5D={organization}&filter%5Bworkspace%5D%5Bname%5D={workspace}"
    )
}

#[test]
fn the_linked_filters_limit_a_list() {
    let server = server();
    let ids = filled(&server);
    let user = Client::user(&server);
    assert_eq!(user.get("/api/v2/vars").ids(), ids);
    assert_eq!(user.get(&filter("example-org", "w1")).ids(), ids[..2]);
    let raw = "/api/v2/vars?filter[workspace][name]=w2&filter[organization][name]=example-org";
    assert_eq!(user.get(raw).ids(), ids[2..]);
    assert_eq!(user.get(&filter("example-org", "w1").replace("%5B", "%5b")).ids(), ids[..2]);
}

#[test]
fn a_filter_that_names_nothing_is_not_found() {
    let server = server();
    filled(&server);
    Client::outsider(&server).workspace("other-org", "theirs");
    let user = Client::user(&server);
    let missing = user.get(&filter("example-org", "none"));
    for (organization, workspace) in
        [("none", "w1"), ("other-org", "theirs"), ("other-org", "none"), ("example-org", ""), ("", "")]
    {
        let answer = user.get(&filter(organization, workspace));
        assert_eq!((answer.status, answer.comparable()), (404, missing.comparable()), "{organization}/{workspace}");
    }
}

#[test]
fn half_a_filter_is_told_its_other_half() {
    let server = server();
    filled(&server);
    let user = Client::user(&server);
    for (given, missing) in [("organization", "workspace"), ("workspace", "organization")] {
        let answer = user.get(&format!("/api/v2/vars?filter[{given}][name]=w1"));
        assert_eq!(
            (answer.status, answer.text("/errors/0/source/parameter")),
            (400, format!("filter[{missing}][name]"))
        );
    }
}

#[test]
fn pages_are_for_those_who_ask() {
    let server = server();
    let ids = filled(&server);
    let user = Client::user(&server);
    let whole = user.get("/api/v2/vars").json();
    assert_eq!((whole.get("links"), whole.get("meta")), (None, None));
    let mut path = "/api/v2/vars?page[size]=3".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = user.get(&path);
        seen.push(page.ids());
        assert_eq!(page.at("/meta/pagination/total-count"), json!(4));
        match page.at("/links/next") {
            Value::String(next) => path = next,
            _ => break,
        }
    }
    assert_eq!(seen, [&ids[..3], &ids[3..]]);
    assert_eq!(user.get("/api/v2/vars?page[number]=9").ids(), Vec::<String>::new());
}

#[test]
fn sparse_fieldsets_leave_what_was_asked_for() {
    let server = server();
    let ids = filled(&server);
    let user = Client::user(&server).unchecked();
    let answer = user.get(&format!("/api/v2/vars/{}?fields[vars]=key,hcl", ids[0]));
    assert_eq!(answer.at("/data/attributes"), json!({ "key": "a", "hcl": false }));
    assert_eq!((answer.text("/data/id"), answer.at("/data/relationships")), (ids[0].clone(), json!({})));
    let answer = user.get("/api/v2/vars?fields[vars]=configurable");
    assert_eq!((answer.at("/data/0/attributes"), answer.ids()), (json!({}), ids));
    assert_eq!(user.get("/api/v2/vars?fields[workspaces]=name").at("/data/0/attributes"), plain("a"));
}
