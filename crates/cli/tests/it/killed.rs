//! A run that is ended from outside: by a signal it cleans up, and after a kill `clean` does.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::process::Run;
use crate::scripted::{Scripted, json_api};
use crate::served::Served;

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Waits until the journal says that something was made, and not deleted yet.
fn something_made(journal: &Path, operation: &str) {
    let began = Instant::now();
    while !text(journal).contains(operation) {
        assert!(began.elapsed() < Duration::from_secs(20), "nothing was made: {}", text(journal));
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// `clean` as a user of this server.
fn clean(served: &Served, journal: &Path) -> Run {
    let (address, organization) = (served.address(), served.organization());
    let run = Run::new(["clean", "--address", address, "--organization", organization, "--token", served.token()]);
    run.args(["--atlas-token", served.text("/v1/tokens/user")]).args([journal])
}

/// Slow enough that a signal finds it at work.
const SLOW: [&str; 4] = ["--jobs", "4", "--rate", "40"];

/// Nothing of a run that was killed is left after `clean`; and what was there before, is.
#[test]
fn after_kill_9_clean_leaves_nothing() {
    let served = Served::start(&[]);
    let client = served.client();
    let folder = TempDir::new().unwrap();
    let given = client.create_workspace("not-of-the-run");
    client.create_variable(&given, "survivor");
    let before = client.variables();
    for (round, operation) in ["v2.workspaces.delete", "v2.variables.delete"].into_iter().enumerate() {
        let journal = folder.path().join(format!("{round}.jsonl"));
        let run = served.run().args(["--case", "v2/variables/**", "--journal"]).args([&journal]).args(SLOW);
        let mut child = run.start();
        something_made(&journal, operation);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(client.workspaces().len() > 1, "the kill left nothing to clean: {}", text(&journal));
        assert!(!text(&journal).contains(served.token()), "a journal holds no token");

        let output = clean(&served, &journal).output();
        assert_eq!(output.code, 0, "{output:?}");
        assert!(output.stdout.contains("nothing is left"), "{output:?}");
        assert_eq!(client.workspaces(), ["not-of-the-run"]);
        assert_eq!(client.variables(), before);
        assert!(!journal.exists());
    }
}

/// What a killed run left in given workspaces and environments is found by its names; nothing else
/// is touched.
#[test]
fn after_kill_9_given_fixtures_are_as_they_were() {
    let served = Served::start(&[]);
    let client = served.client();
    let folder = TempDir::new().unwrap();
    let one = client.create_workspace("given-one");
    client.create_workspace("given-two");
    client.create_variable(&one, "survivor");
    let before = client.variables();
    let journal = folder.path().join("j.jsonl");
    let run = served.run().args(["--workspace", "given-one", "--workspace", "given-two"]);
    let mut child = run.args(["--case", "v2/variables/**", "--journal"]).args([&journal]).args(SLOW).start();
    something_made(&journal, "v2.variables.delete");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_ne!(client.variables(), before, "the kill left nothing to clean: {}", text(&journal));
    let output = clean(&served, &journal).output();
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(client.variables(), before);
    assert_eq!(client.workspaces(), ["given-one", "given-two"]);
}

/// The legacy API has no ids: variables of environments are removed by their names.
#[test]
fn after_kill_9_clean_leaves_nothing_in_environments() {
    let served = Served::start(&[]);
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("j.jsonl");
    let run = served.run_both().args(["--profile", "v1", "--case", "v1/environments/**", "--journal"]).args([&journal]);
    let mut child = run.args(["--jobs", "1", "--rate", "20"]).start();
    let began = Instant::now();
    // The journal is written before the request; what shows in the API has been made.
    let made = |served: &Served| served.environment_variables().iter().any(|key| key.starts_with("tfc_"));
    while !made(&served) {
        assert!(began.elapsed() < Duration::from_secs(20), "no variable was set: {}", text(&journal));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(made(&served), "the kill left nothing to clean: {}", text(&journal));
    let output = clean(&served, &journal).output();
    assert_eq!(output.code, 0, "{output:?}");
    assert!(!made(&served), "{output:?}\n{:?}", served.environment_variables());
    assert!(!journal.exists());
}

/// Ctrl-C and what service managers send: nothing is left, and nothing is claimed.
#[test]
fn a_signal_ends_the_run_in_good_order() {
    for name in ["-INT", "-TERM"] {
        let served = Served::start(&[]);
        let folder = TempDir::new().unwrap();
        let journal = folder.path().join("j.jsonl");
        let child = served.run().args(["--journal"]).args([&journal]).args(SLOW).start();
        something_made(&journal, "v2.variables.delete");
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(3), "{name}: {said}");
        assert!(said.contains("not-established") && said.contains("interrupted"), "{said}");
        assert_eq!(served.client().workspaces(), Vec::<String>::new(), "{name}");
        assert!(!journal.exists(), "{name}: {}", text(&journal));
    }
}

/// Who interrupts twice does not want to wait: what is left is said, and `clean` can still delete it.
#[test]
fn a_second_signal_gives_up_and_says_what_is_left() {
    let served = Served::start(&[]);
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("j.jsonl");
    // Two requests a second: the clean-up cannot be over before the second signal.
    let child = served.run().args(["--journal"]).args([&journal]).args(["--jobs", "8", "--rate", "2"]).start();
    something_made(&journal, "v2.workspaces.delete");
    signal(&child, "-INT");
    std::thread::sleep(Duration::from_millis(200));
    signal(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("/workspaces") && said.contains("tfc_"), "{said}");
    assert!(said.contains("tfe-conformance clean"), "{said}");
    let output = clean(&served, &journal).output();
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(served.client().workspaces(), Vec::<String>::new());
}

/// A run that takes too long ends as one that was interrupted does.
#[test]
fn a_run_ends_at_its_deadline() {
    let served = Served::start(&[]);
    let (output, events) = served.run().args(["--max-time", "1"]).args(SLOW).events();
    assert_eq!(output.code, 3, "{output:?}");
    assert!(output.elapsed < Duration::from_secs(8), "{:?}", output.elapsed);
    let reasons = events.claim().reasons.join("\n");
    assert!(reasons.contains("not over after 1 s"), "{reasons}");
    assert_eq!(served.client().workspaces(), Vec::<String>::new());
}

/// An id is no proof that something is the run's own: only what carries its name is deleted.
#[test]
fn clean_never_deletes_what_does_not_carry_the_name_of_the_run() {
    let served = Served::start(&[]);
    let client = served.client();
    let workspace = client.create_workspace("given");
    client.create_variable(&workspace, "survivor");
    let before = client.variables();
    let id = before[0]["id"].as_str().unwrap();
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("j.jsonl");
    let begin = json!({ "entry": "run", "format": 1, "run": "abcdefgh", "started-at": "", "target": served.address(),
        "organization": served.organization(), "base-paths": {} });
    let uses = json!({ "entry": "uses", "id": 1, "profile": "v2", "fixture": "workspace", "name": "given" });
    let sends = json!({ "entry": "sends", "id": 2, "profile": "v2", "method": "POST", "path": "/api/v2/vars",
        "names": [], "undo": "delete" });
    let made = json!({ "entry": "made", "id": 2, "operation": "v2.variables.delete", "params": { "variable_id": id } });
    let other = json!({ "entry": "sends", "id": 3, "profile": "v2", "method": "POST", "path": "/x", "names": [],
        "undo": "delete" });
    let name = json!({ "entry": "made", "id": 3, "operation": "v2.workspaces.delete",
        "params": { "organization": served.organization(), "workspace": "given" } });
    // A name of the run that stands beside the one that counts.
    let third = json!({ "entry": "sends", "id": 4, "profile": "v2", "method": "POST", "path": "/x", "names": [],
        "undo": "delete" });
    let smuggled = json!({ "entry": "made", "id": 4, "operation": "v2.workspaces.delete",
        "params": { "organization": served.organization(), "workspace": "given", "x": "tfc_abcdefgh_x" } });
    let lines: Vec<_> =
        [begin, uses, sends, made, other, name, third, smuggled].iter().map(ToString::to_string).collect();
    // The last line is half written, as a kill leaves it.
    std::fs::write(&journal, format!("{}\n{{\"entry\":\"se", lines.join("\n"))).unwrap();
    let output = clean(&served, &journal).output();
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stdout.contains("no name of the run"), "{output:?}");
    assert_eq!(client.variables(), before);
    assert_eq!(client.workspaces(), ["given"]);
    assert!(journal.exists(), "what is left can be tried again");
}

/// Nothing is sent where the journal is about something else, or is none.
#[test]
fn clean_refuses_what_it_does_not_know() {
    let served = Served::start(&[]);
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("j.jsonl");
    let write = |run: &str, target: &str| {
        let begin = json!({ "entry": "run", "format": 1, "run": run, "started-at": "", "target": target,
            "organization": served.organization(), "base-paths": {} });
        std::fs::write(&journal, format!("{begin}\n")).unwrap();
    };
    write("abcdefgh", "https://tfe.example.com");
    clean(&served, &journal).output().complains(2, &["https://tfe.example.com", served.address()]);
    write("", served.address());
    clean(&served, &journal).output().complains(2, &["j.jsonl:1", "not the id of a run"]);
    std::fs::write(&journal, "{}\n").unwrap();
    clean(&served, &journal).output().complains(2, &["j.jsonl:1", "entry"]);
    std::fs::write(&journal, "").unwrap();
    clean(&served, &journal).output().complains(2, &["j.jsonl:1", "name the run"]);
    clean(&served, &folder.path().join("none")).output().complains(2, &["none", "cannot be read"]);
    // An empty journal of a run that made nothing is removed.
    write("abcdefgh", served.address());
    assert_eq!(clean(&served, &journal).output().code, 0);
    assert!(!journal.exists());
}

/// A run that goes on is not cleaned up behind, and a journal of another run is not written over.
#[test]
fn a_journal_in_use_is_left_alone() {
    let served = Served::start(&[]);
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("j.jsonl");
    let run = || served.run().args(["--journal"]).args([&journal]).args(["--jobs", "1", "--rate", "10"]);
    let mut child = run().start();
    something_made(&journal, "v2.workspaces.delete");
    clean(&served, &journal).output().complains(2, &["still goes on"]);
    run().output().complains(2, &["exists already", "clean"]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(clean(&served, &journal).output().code, 0);
}

/// Without a name, `clean` finds the journals that are about its target, and passes over the others.
#[test]
fn clean_finds_journals_by_itself() {
    let (served, other) = (Served::start(&[]), Served::start(&[]));
    let folder = TempDir::new().unwrap();
    let state = folder.path().to_str().unwrap();
    for server in [&served, &other] {
        let mut child = server.run().env("XDG_STATE_HOME", state).args(["--jobs", "1", "--rate", "20"]).start();
        let began = Instant::now();
        while server.client().workspaces().is_empty() && began.elapsed() < Duration::from_secs(20) {}
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let clean = |served: &Served| {
        let (address, organization) = (served.address(), served.organization());
        let run = Run::new(["clean", "--address", address, "--organization", organization, "--token", served.token()]);
        run.env("XDG_STATE_HOME", state).output()
    };
    let output = clean(&served);
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.contains("passed over") && output.stdout.contains(other.address()), "{output:?}");
    assert_eq!(served.client().workspaces(), Vec::<String>::new());
    assert_eq!(other.client().workspaces().len(), 1);
    let output = clean(&served);
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.contains("no journal"), "{output:?}");
    assert_eq!(clean(&other).code, 0);
    assert_eq!(other.client().workspaces(), Vec::<String>::new());
}

/// What is asked for and never answered may have been made: it is looked for by its name.
#[test]
fn what_was_not_answered_is_deleted_by_its_name() {
    let server = Scripted::start(|request, stream| match request.method.as_str() {
        "POST" => crate::scripted::hang(stream),
        _ => json_api(stream, "200 OK", json!({ "data": [] }).to_string()),
    });
    let run = Run::against(&server.address(), "some-token-1234", &["--timeout", "1"]);
    let (output, _) = run.args(["--case", "v2/variables/delete/removed"]).events();
    assert_eq!(output.code, 3, "{output:?}");
    let seen = server.seen();
    let name = seen.iter().find(|request| request.method == "POST").unwrap().json();
    let name = name["data"]["attributes"]["name"].as_str().unwrap().to_owned();
    let deleted = |request: &&crate::scripted::Request| request.method == "DELETE" && request.target.ends_with(&name);
    assert!(seen.iter().any(|request| deleted(&request)), "{seen:?}");
}
