//! What a run leaves behind on the server: nothing, unless it is asked to.

use std::io::Write as _;
use std::net::TcpStream;

use tfe_runner::event::{Claim, Verdict};

use crate::process::Run;
use crate::scripted::{Request, Scripted, answer};
use crate::served::Served;

/// Every fixture and every variable is gone again, also the ones of cases that failed.
#[test]
fn a_run_leaves_nothing_behind() {
    for fault in ["no-op", "foreign-403", "patch-resets-omitted", "unknown-category-accepted"] {
        let served = Served::start(&["--fault", fault]);
        let (_, events) = served.run().events();
        assert_eq!(events.finished().leaks, Vec::<String>::new(), "{fault}");
        assert_eq!(served.client().workspaces(), Vec::<String>::new(), "{fault}");
        assert_eq!(served.client().variables(), serde_json::json!([]), "{fault}");
    }
}

/// A creation that does not tell its id cannot be deleted by it; its workspace can.
#[test]
fn nothing_is_left_of_a_creation_without_an_id() {
    let served = Served::start(&["--fault", "create-200-without-id"]);
    let (output, _) = served.run().events();
    assert_eq!(output.code, 1, "{output:?}");
    assert_eq!(served.client().workspaces(), Vec::<String>::new());
}

/// A selection of cases cleans up as the whole suite does, one job or many.
#[test]
fn one_case_at_a_time_leaves_nothing_behind() {
    let served = Served::start(&[]);
    let (output, _) = served.run().args(["--jobs", "1", "--case", "v2/variables/create/*"]).events();
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(served.client().workspaces(), Vec::<String>::new());
}

/// With given workspaces the run makes none, and gives them back as it found them.
#[test]
fn given_workspaces_are_left_as_they_were() {
    let served = Served::start(&[]);
    let client = served.client();
    let (one, _) = (client.create_workspace("given-one"), client.create_workspace("given-two"));
    client.create_variable(&one, "survivor");
    let before = client.variables();
    let (output, events) = served.run().args(["--workspace", "given-one", "--workspace", "given-two"]).events();
    assert_eq!(client.variables(), before, "the variable that was there is there, unchanged, and no other");
    assert_eq!(client.workspaces(), ["given-one", "given-two"]);
    assert_eq!(events.finished().leaks, Vec::<String>::new());
    for case in events.cases() {
        // Only one of the two is empty: which one a case gets is chance.
        let holds = case.reason.as_deref().is_some_and(|reason| reason.contains("holds nothing"));
        let expected = if holds { Verdict::Blocked } else { Verdict::Pass };
        assert_eq!(case.verdict, expected, "{}: {:?}", case.id, case.reason);
    }
    let blocked = events.cases().any(|case| case.verdict == Verdict::Blocked);
    let claimed = if blocked { (3, Claim::NotEstablished) } else { (0, Claim::Conformant) };
    assert_eq!((output.code, events.claim().claim), claimed);
}

/// Given workspaces are cleaned after a failure as well.
#[test]
fn given_workspaces_are_clean_after_failures() {
    let served = Served::start(&["--fault", "patch-resets-omitted"]);
    let client = served.client();
    client.create_workspace("given-one");
    client.create_workspace("given-two");
    let (output, _) = served.run().args(["--workspace", "given-one", "--workspace", "given-two"]).events();
    assert_eq!(output.code, 1, "{output:?}");
    assert_eq!(client.variables(), serde_json::json!([]));
}

/// In a workspace that stays, a creation that does not tell its id is found by its name.
#[test]
fn a_creation_without_an_id_is_found_by_its_name() {
    let served = Served::start(&["--fault", "create-200-without-id"]);
    let client = served.client();
    client.create_workspace("given-one");
    let case = "v2/variables/delete/removed";
    let (output, events) = served.run().args(["--workspace", "given-one", "--case", case]).events();
    assert_eq!(output.code, 1, "{output:?}");
    assert_eq!(client.variables(), serde_json::json!([]));
    assert_eq!(events.finished().leaks, Vec::<String>::new());
}

/// What cannot be deleted is told as a leak and not passed over: apart from the verdict, which is
/// about something else. The journal stays for `clean`.
#[test]
fn a_leak_is_told_and_its_journal_stays() {
    let server = Scripted::after_preflight(|_, stream| answer(stream, "422 Unprocessable Entity", &[], b"{}"));
    let locked = Scripted::start({
        let host = server.address().strip_prefix("http://").unwrap().to_owned();
        move |request, stream| match request.method.as_str() {
            "DELETE" => answer(stream, "403 Forbidden", &[], b""),
            _ => forward(&host, request, stream),
        }
    });
    let folder = tempfile::TempDir::new().unwrap();
    let journal = folder.path().join("j.jsonl");
    let case = ["--case", "v2/variables/delete/removed", "--journal"];
    let run = Run::against(&locked.address(), "some-token-1234", &case).args([&journal]);
    let (output, events) = run.events();
    let finished = events.finished();
    assert_eq!(finished.leaks.len(), 1, "{finished:?}");
    assert!(finished.leaks[0].contains("/workspaces/tfc_") && finished.leaks[0].contains("403"), "{finished:?}");
    assert_eq!(finished.journal.as_deref(), journal.to_str(), "{finished:?}");
    assert!(output.stdout.contains("Left behind") && output.stdout.contains("tfe-conformance clean"), "{output:?}");
    assert!(std::fs::read_to_string(&journal).unwrap().contains("/workspaces"));
    // Without the deletions that are refused the verdict is the same.
    let (_, other) = Run::against(&server.address(), "some-token-1234", &case[..2]).events();
    assert_eq!(events.only_case().verdict, other.only_case().verdict);
}

/// Asks another server the same.
pub(crate) fn forward(host: &str, request: &Request, stream: &mut TcpStream) -> std::io::Result<()> {
    let mut other = TcpStream::connect(host)?;
    other.write_all(&request.bytes())?;
    std::io::copy(&mut other, stream).map(drop)
}

/// With one given workspace, the cases that need two are blocked, and say how many they need.
#[test]
fn one_given_workspace_blocks_what_needs_two() {
    let served = Served::start(&[]);
    served.client().create_workspace("given-one");
    let (output, events) = served.run().args(["--workspace", "given-one"]).events();
    assert_eq!(output.code, 3, "{output:?}");
    let plan = crate::laws::plan();
    for case in events.cases() {
        let known = plan.suite.cases.iter().find(|known| known.id == case.id).unwrap();
        match known.fixtures.len() {
            2.. => {
                assert_eq!(case.verdict, Verdict::Blocked, "{}", case.id);
                let reason = case.reason.as_deref().unwrap();
                assert!(reason.contains("needs 2") && reason.contains("--workspace"), "{reason}");
            }
            _ => assert_eq!(case.verdict, Verdict::Pass, "{}: {:?}", case.id, case.reason),
        }
    }
    assert_eq!(served.client().workspaces(), ["given-one"]);
}

/// A workspace that does not exist is told by its status; nothing is created in its place.
#[test]
fn an_unknown_given_workspace_blocks() {
    let served = Served::start(&[]);
    let run = served.run().args(["--workspace", "no-such-workspace", "--case", "v2/variables/delete/removed"]);
    let (output, events) = run.events();
    assert_eq!(output.code, 3, "{output:?}");
    let case = events.only_case();
    assert_eq!(case.verdict, Verdict::Blocked);
    assert!(case.reason.as_deref().is_some_and(|reason| reason.contains("404")), "{:?}", case.reason);
    assert_eq!(served.client().workspaces(), Vec::<String>::new());
}

/// `--keep` leaves what the printed `curl` lines name, says what it is, and `clean` takes it away.
#[test]
fn keep_leaves_what_was_made_and_lists_it() {
    let served = Served::start(&[]);
    let folder = tempfile::TempDir::new().unwrap();
    let journal = folder.path().join("j.jsonl");
    let run = served.run().args(["--keep", "--case", "v2/variables/create/hcl", "--journal"]).args([&journal]);
    let (output, events) = run.events();
    assert_eq!(output.code, 0, "{output:?}");
    let workspaces = served.client().workspaces();
    assert_eq!(workspaces.len(), 1);
    assert!(!served.client().variables().as_array().unwrap().is_empty());
    let finished = events.finished();
    assert!(finished.kept.iter().any(|kept| kept.ends_with(&workspaces[0])), "{finished:?}");
    assert!(finished.kept.iter().any(|kept| kept.contains("/vars/")), "{finished:?}");
    assert!(output.stdout.contains("Kept") && output.stdout.contains(&workspaces[0]), "{output:?}");
    let (address, organization) = (served.address(), served.organization());
    let clean = Run::new(["clean", "--address", address, "--organization", organization, "--token", served.token()]);
    let output = clean.args([&journal]).output();
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(served.client().workspaces(), Vec::<String>::new());
}
