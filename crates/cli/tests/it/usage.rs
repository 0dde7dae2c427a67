//! Wrong usage: exit 2 with a hint, before anything is sent.

use serde_json::Value;

use crate::process::{Run, report};
use crate::scripted::Silent;

/// False green is the worst that a suite can do: without a target there is nothing to say.
#[test]
fn run_needs_a_target_and_names_both_ways() {
    let output = Run::new(["run"]).output();
    output.complains(2, &["--reference", "--address"]);
    assert_eq!(output.stdout, "");
}

/// Half a target is none; each missing half is named with its flag and its variable.
#[test]
fn an_address_needs_a_token_and_an_organization() {
    let silent = Silent::new();
    let run = || Run::new(["run", "--address", silent.address()]);
    run().args(["--organization", "o"]).output().complains(2, &["--token", "TFE_TOKEN"]);
    run().args(["--token", "some-token"]).output().complains(2, &["--organization", "TFE_ORGANIZATION"]);
    assert_eq!(run().output().code, 2);
    silent.heard_nothing();
}

/// Two targets are a contradiction: testing the built-in server in place of the named one would be
/// green for a server that nobody looked at.
#[test]
fn two_targets_are_a_contradiction() {
    let silent = Silent::new();
    let address = ["--address", silent.address(), "--profile", "v2", "--case", "v2/paths/prefix"];
    let [token, organization] = [["--token", "some-token"], ["--organization", "o"]];
    Run::reference(&address).output().complains(2, &["--reference", "--address"]);
    Run::reference(&token).output().complains(2, &["--reference", "--token"]);
    Run::reference(&organization).output().complains(2, &["--reference", "--organization"]);
    silent.heard_nothing();
}

/// A case that needs two workspaces would get one, and a conforming server would fail it.
#[test]
fn no_fixture_is_given_twice() {
    let silent = Silent::new();
    let run = |more: &[&str]| Run::against(silent.address(), "some-token", more).output();
    run(&["--workspace", "w1", "--workspace", "w1"]).complains(2, &["--workspace w1 is given twice"]);
    let atlas = ["--atlas-token", "another", "--environment", "e", "--bare-environment", "e"];
    run(&atlas).complains(2, &["--environment e is given twice"]);
    silent.heard_nothing();
}

/// Reports would write over each other, and cases would be taken for each other.
#[test]
fn no_name_stands_for_two() {
    let folder = tempfile::TempDir::new().unwrap();
    let both = folder.path().join("r");
    let reports = ["--report".into(), report("json", &both), "--report".into(), report("tap", &both)];
    Run::reference(&["--case", "v2/paths/prefix"]).args(reports).output().complains(2, &["two reports", "one file"]);
    let nowhere = ["--report", "json=/dev/null", "--report", "tap=/dev/null"];
    assert_eq!(Run::reference(&["--case", "v2/paths/prefix"]).args(nowhere).output().code, 0);
    let files = ["a", "b"].map(|name| {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        let file = folder.path().join(name).join("x.yaml");
        std::fs::copy("conformance/v2/paths/prefix.yaml", &file).unwrap();
        ["--case".into(), file.into_os_string()]
    });
    Run::reference(&[]).args(files.concat()).output().complains(2, &["x.yaml", "have the same name"]);
}

/// What is declared absent is not tested: if nothing is left, nothing is claimed and no gate opens.
#[test]
fn a_selection_of_what_is_absent_is_no_verdict() {
    let output =
        Run::reference(&["--profile", "v2", "--case", "v2/paths/*", "--absent", "v2/paths=not there"]).output();
    assert_eq!(output.code, 3, "{output:?}");
    assert!(output.stdout.contains("nothing was put to the test"), "{output:?}");
}

/// Faults belong to the reference server: against a live one they would be silently without effect.
#[test]
fn faults_need_the_reference_server() {
    let silent = Silent::new();
    let run = Run::against(silent.address(), "some-token", &["--fault", "foreign-403"]);
    run.output().complains(2, &["--reference"]);
    silent.heard_nothing();
}

/// A typo in a fault would run a server without it, and be green.
#[test]
fn an_unknown_fault_is_told_its_neighbour() {
    for command in [&["run", "--reference"][..], &["serve"]] {
        let output = Run::new(command).args(["--fault", "foreign_403"]).output();
        output.complains(2, &["foreign_403", "did you mean `foreign-403`?", "list faults"]);
        Run::new(command).args(["--fault", "zzz"]).output().complains(2, &["zzz", "list faults"]);
    }
}

/// A profile, a glob or a format that does not exist selects nothing or tells nobody.
#[test]
fn unknown_names_are_refused() {
    let silent = Silent::new();
    for (args, words) in [
        (["--profile", "v9"], ["v9", "v2"]),
        (["--case", "v2/no-such/*"], ["v2/no-such/*", "list cases"]),
        (["--requirement", "v2.no-such.*"], ["v2.no-such.*", "list requirements"]),
        (["--case", "v2/["], ["v2/[", "glob"]),
        (["--requirement", "{a"], ["{a", "glob"]),
        (["--report", "xml=out.xml"], ["xml", "junit"]),
        (["--report", "json"], ["json", "="]),
        (["--base-path", "api/v2"], ["--base-path", "`/`"]),
        (["--jobs", "0"], ["--jobs", "0"]),
        (["--timeout", "0"], ["--timeout", "0"]),
        (["--suite", "/no/such/folder"], ["/no/such/folder", "cannot be read"]),
    ] {
        Run::against(silent.address(), "some-token", &args).output().complains(2, &words);
    }
    silent.heard_nothing();
}

/// One glob that fits nothing is a typo, also beside one that fits.
#[test]
fn one_glob_without_a_match_is_refused_beside_others() {
    Run::reference(&["--case", "v2/**", "--case", "v3/**"]).output().complains(2, &["v3/**"]);
}

/// Globs that fit something each and nothing together: zero selected cases are no pass.
#[test]
fn an_empty_selection_is_not_established() {
    let args = ["--case", "v2/paths/unknown", "--requirement", "v2.variables.delete.no-body"];
    let (output, events) = Run::reference(&args).events();
    assert_eq!(output.code, 3, "{output:?}");
    assert_eq!(events.cases().count(), 0);
    assert!(events.claim().reasons.iter().any(|reason| reason.contains("no case was selected")));
}

/// A part of the suite that holds is no conformant server.
#[test]
fn a_selection_is_a_partial_claim() {
    let (output, events) = Run::reference(&["--case", "v2/variables/delete/*"]).events();
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(events.claim().claim, tfe_runner::event::Claim::Partial);
    let started = events.started();
    assert_eq!((started.cases, started.deselected), (3, crate::laws::cases_of(&started.profiles) - 3));
}

/// An address that is not the origin of an HTTP server is refused, and a password in it not shown.
#[test]
fn addresses_are_origins() {
    for (address, word) in [
        ("tfe.example.com", "http"),
        ("ftp://127.0.0.1", "http"),
        ("http://127.0.0.1/api/v2", "--base-path"),
        ("http://127.0.0.1?x=1", "query"),
        ("http://user:hunter2@127.0.0.1", "password"),
        ("http://user:hunter2@:x", "http"),
    ] {
        let output = Run::against(address, "some-token", &[]).output();
        output.complains(2, &[word]);
        assert!(!output.said().contains("hunter2"), "{output:?}");
    }
}

/// A report that cannot be written is told while nothing has been sent yet.
#[test]
fn an_unwritable_report_stops_the_run_before_it_begins() {
    let silent = Silent::new();
    let folder = tempfile::TempDir::new().unwrap();
    for path in [folder.path().join("no/such/folder.json"), folder.path().to_owned()] {
        let run = Run::against(silent.address(), "some-token", &[]);
        let output = run.args([std::ffi::OsStr::new("--report"), &report("json", &path)]).output();
        output.complains(2, &["cannot be written", &path.to_string_lossy()]);
    }
    silent.heard_nothing();
}

/// Two reports on one stream would be neither.
#[test]
fn only_one_report_goes_to_standard_output() {
    Run::reference(&["--report", "json=-", "--report", "events=-"]).output().complains(2, &["standard output"]);
}

/// A report of an earlier run is not lost to a run that never begins.
#[test]
fn wrong_usage_leaves_an_older_report_alone() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("report.json");
    std::fs::write(&path, "older").unwrap();
    let run = Run::new(["run", "--address", "http://127.0.0.1:1"]);
    run.args([std::ffi::OsStr::new("--report"), &report("json", &path)]).output().complains(2, &["TFE_"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "older");
}

/// The same token twice is one identity: every "hidden from others" would be tested against oneself.
#[test]
fn the_outsider_is_somebody_else() {
    let silent = Silent::new();
    let output = Run::against(silent.address(), "same-token", &["--outsider-token", "same-token"]).output();
    output.complains(2, &["--outsider-token"]);
    assert!(!output.said().contains("same-token"), "{output:?}");
    silent.heard_nothing();
}

/// A token that no header can carry, or that is too short to be kept secret, never gets into a
/// message either.
#[test]
fn impossible_tokens_are_refused_and_not_shown() {
    let silent = Silent::new();
    for token in ["first-half\nsecond-half", "first-half\r\nX-Injected: second-half", "first-half\0second-half", "tok"]
    {
        if token.contains('\0') {
            // No argument or variable can hold it.
            continue;
        }
        for flag in ["--token", "--outsider-token"] {
            let run = Run::new(["run", "--address", silent.address(), "--organization", "o", flag, token]);
            let run = if flag == "--token" { run } else { run.args(["--token", "another-token"]) };
            let output = run.output();
            assert_eq!(output.code, 2, "{output:?}");
            for half in ["first-half", "second-half"] {
                assert!(!output.said().contains(half), "{output:?}");
            }
        }
        let env = Run::new(["run", "--address", silent.address(), "--organization", "o"]).env("TFE_TOKEN", token);
        assert_eq!(env.output().code, 2);
    }
    silent.heard_nothing();
}

/// A deviation stays one, also for somebody who reads only the first line of the report.
#[test]
fn a_closed_output_is_not_a_pass() {
    use std::io::Read as _;
    let mut child = Run::reference(&["--fault", "foreign-403", "--verbose"]).start();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    let code = child.wait().unwrap().code();
    assert_ne!(code, Some(0), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
}

/// Each kind of thing is explained by its id, with what hangs together with it.
#[test]
fn explain_knows_every_kind_of_thing() {
    for (id, words) in [
        ("v2.variables.delete.removed", &["must", "v2/variables/delete/removed", "--fault deleted-still-listed"][..]),
        ("v2.index.standard-response-codes", &["every exchange"]),
        ("v2/variables/delete/removed", &["v2.variables.delete.removed", "list-again", "removed.yaml"]),
        ("foreign-403", &["v2.index.hidden-is-404", "403"]),
        ("v2.variables.create", &["POST /api/v2/vars", "v2/variables/create-request", "4XX"]),
        ("v2/variables/create-request", &["$schema", "\"required\""]),
    ] {
        let output = Run::new(["explain", id]).output();
        assert_eq!(output.code, 0, "{id}: {output:?}");
        for word in words.iter().chain([&id]) {
            assert!(output.stdout.contains(word), "{id}: no `{word}` in {}", output.stdout);
        }
    }
}

/// Whatever is listed can be explained: no id leads nowhere.
#[test]
fn everything_listed_can_be_explained() {
    let listed = list_as_json();
    for kind in ["cases", "requirements", "operations", "schemas", "faults", "variations"] {
        let entries = listed[kind].as_array().unwrap();
        for entry in [entries.first().unwrap(), entries.last().unwrap()] {
            let id = entry.get("id").or_else(|| entry.get("name")).and_then(Value::as_str).unwrap();
            let output = Run::new(["explain", id]).output();
            assert_eq!(output.code, 0, "{kind} {id}: {output:?}");
        }
    }
}

#[test]
fn explain_hints_at_the_nearest_id() {
    let output = Run::new(["explain", "v2.variables.delete.remove"]).output();
    output.complains(2, &["did you mean `v2.variables.delete.removed`?"]);
    Run::new(["explain", "qqqq"]).output().complains(2, &["qqqq", "list"]);
    assert_eq!(Run::new(["explain"]).output().code, 2);
}

fn list_as_json() -> Value {
    let output = Run::new(["list", "--format", "json"]).output();
    assert_eq!(output.code, 0, "{output:?}");
    serde_json::from_str(&output.stdout).unwrap()
}

/// Programs read the list as one document with all seven kinds, each with its ids.
#[test]
fn list_as_json_has_all_seven_kinds() {
    let listed = list_as_json();
    for kind in ["profiles", "cases", "requirements", "operations", "schemas", "faults", "variations"] {
        let entries = listed[kind].as_array().unwrap_or_else(|| panic!("no {kind}"));
        assert!(!entries.is_empty(), "{kind}");
        for entry in entries {
            let id = entry.get("id").or_else(|| entry.get("name")).and_then(Value::as_str);
            assert!(id.is_some_and(|id| !id.is_empty()), "{kind}: {entry}");
        }
        let alone = Run::new(["list", kind, "--format", "json"]).output();
        let alone: Value = serde_json::from_str(&alone.stdout).unwrap();
        assert_eq!(alone[kind], listed[kind]);
        assert_eq!(alone.as_object().unwrap().len(), 1);
    }
    assert_eq!(listed.as_object().unwrap().len(), 7);
}

/// People read the same, a line each.
#[test]
fn list_for_people_has_a_line_for_each() {
    let listed = list_as_json();
    for kind in ["profiles", "cases", "requirements", "operations", "schemas", "faults", "variations"] {
        let output = Run::new(["list", kind]).output();
        assert_eq!(output.stdout.lines().count(), listed[kind].as_array().unwrap().len(), "{kind}");
    }
    assert_eq!(Run::new(["list", "casses"]).output().code, 2);
}
