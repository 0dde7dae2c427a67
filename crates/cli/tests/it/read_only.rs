//! `--read-only`: for a server on which nothing may be changed.

use tfe_runner::event::{Claim, Verdict};

use crate::process::Run;
use crate::scripted::{Request, Scripted, json_api};
use crate::served::Served;

/// Whatever the server is like, nothing leaves but GET and HEAD, also with every case selected.
#[test]
fn nothing_but_reads_is_sent() {
    let server = Scripted::start(|_, stream| json_api(stream, "200 OK", r#"{"data": []}"#));
    let more = ["--read-only", "--atlas-token", "other-token-1234", "--environment", "e", "--bare-environment", "b"];
    let workspaces = ["--workspace", "w", "--workspace", "x", "--outsider-token", "outsider-token-1234"];
    let (output, events) = Run::against(&server.address(), "some-token-1234", &more).args(workspaces).events();
    assert_ne!(output.code, 0, "{output:?}");
    assert!(events.cases().count() > 0);
    let reads = |request: &Request| matches!(request.method.as_str(), "GET" | "HEAD");
    let seen = server.seen();
    assert!(seen.len() > 2 && seen.iter().all(reads), "{:?}", seen.iter().find(|request| !reads(request)));
}

/// On a conforming server the cases that read pass. What was left out is said, and no more is
/// claimed than was seen.
#[test]
fn a_read_only_run_claims_no_more_than_it_saw() {
    let served = Served::start(&[]);
    let client = served.client();
    client.create_workspace("given-one");
    client.create_workspace("given-two");
    let given = ["--workspace", "given-one", "--workspace", "given-two"];
    let (output, events) = served.run().args(["--read-only"]).args(given).events();
    let claim = events.claim();
    assert_eq!((output.code, claim.claim), (0, Claim::Partial), "{claim:?}");
    assert!(claim.reasons.iter().any(|reason| reason.contains("because they write")), "{claim:?}");
    assert!(events.cases().all(|case| case.verdict == Verdict::Pass), "{:?}", events.finished());
    assert!(events.started().deselected > 0 && events.started().cases >= 5, "{:?}", events.started().cases);
    assert_eq!(client.workspaces(), ["given-one", "given-two"]);
}

/// Without given fixtures, a case that needs one shows nothing.
#[test]
fn without_given_fixtures_nothing_is_established() {
    let served = Served::start(&[]);
    let (output, events) = served.run().args(["--read-only"]).events();
    assert_eq!((output.code, events.claim().claim), (3, Claim::NotEstablished), "{:?}", events.claim());
    let blocked = events.cases().find(|case| case.verdict == Verdict::Blocked).unwrap();
    let reason = blocked.reason.as_deref().unwrap();
    assert!(reason.contains("--workspace") && reason.contains("only reads"), "{reason}");
    assert_eq!(served.client().workspaces(), Vec::<String>::new());
}

/// A selection of which nothing only reads is an empty one: no pass.
#[test]
fn a_selection_that_only_writes_is_empty() {
    let served = Served::start(&[]);
    let (output, events) = served.run().args(["--read-only", "--case", "v2/variables/create/hcl"]).events();
    assert_eq!((output.code, events.claim().claim), (3, Claim::NotEstablished));
}

/// What is broken for readers is found by readers.
#[test]
fn a_read_only_run_finds_what_is_broken() {
    let served = Served::start(&["--fault", "plain-json-media-type"]);
    let client = served.client();
    client.create_workspace("given-one");
    client.create_workspace("given-two");
    let given = ["--workspace", "given-one", "--workspace", "given-two"];
    let (output, events) = served.run().args(["--read-only"]).args(given).events();
    assert_eq!((output.code, events.claim().claim), (1, Claim::NonConformant), "{:?}", events.claim());
}
