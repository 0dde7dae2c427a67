//! Explorations of the reference server, conforming and with faults, and what they leave in files.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use tfe_runner::event::{Claim, Verdict};

use crate::process::Run;
use crate::reports::snapshot;
use crate::served::Served;

/// `explore --reference` and more, with a folder for its findings.
fn explore(folder: &Path, more: &[&str]) -> Run {
    seeded("1", folder, more)
}

fn seeded(seed: &str, folder: &Path, more: &[&str]) -> Run {
    Run::new(["explore", "--reference", "--seed", seed, "--output"]).args([folder]).args(more).within(120)
}

/// The case files in a folder, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A server that does nothing wrong is blamed for nothing, whatever the cases are made from.
#[test]
fn a_conforming_server_is_blamed_for_nothing() {
    let folder = TempDir::new().unwrap();
    let found = folder.path().join("found");
    for seed in ["1", "2", "3"] {
        let (output, events) = seeded(seed, &found, &["--cases", "60"]).events();
        assert_eq!(output.code, 0, "{output:?}");
        assert!(output.stderr.contains(&format!("seed {seed}\n")), "{output:?}");
        assert!(events.cases().all(|case| case.verdict == Verdict::Pass), "{output:?}");
        assert_eq!(events.cases().count(), 60);
        assert_eq!(events.finished().leaks, Vec::<String>::new());
        // Cases that were made up are not the suite: nobody is conformant by them.
        assert!(events.finished().claims.iter().all(|claim| claim.claim == Claim::Partial));
    }
    assert!(!found.exists(), "a folder is made only for findings");
}

/// Neither is one that makes use of everything that the documents leave open.
#[test]
fn legal_variations_are_blamed_for_nothing() {
    for seed in ["1", "2", "3", "4"] {
        let folder = TempDir::new().unwrap();
        let served = Served::start(&["--vary", "all", "--seed", seed]);
        let run = served.explore().args(["--seed", seed, "--cases", "120", "--output"]).args([folder.path()]);
        let (output, events) = run.within(120).events();
        assert_eq!(output.code, 0, "{seed}: {output:?}");
        assert!(files(folder.path()).is_empty(), "{seed}: {output:?}");
        let odd: Vec<_> = events.cases().filter(|case| case.verdict != Verdict::Pass).collect();
        assert!(odd.is_empty(), "{seed}: {odd:?}");
    }
}

/// What a fault breaks is found and cut down; the file of it fails with the fault, and passes without. Every other fault
/// that an exploration can show is tried by `tests/explore/run.sh`.
#[test]
fn a_fault_is_cut_down_to_a_case_that_shows_it() {
    for (fault, profile, name) in [
        ("patch-resets-omitted", "v2", "v2-variables-update-defaults-not-reapplied"),
        ("deleted-still-listed", "v2", "v2-variables-delete-removed"),
        ("sensitive-readable", "v2", "v2-variables-sensitive-not-visible"),
        ("workspace-filter-ignored", "v2", "v2-variables-list-filter"),
        ("unknown-category-accepted", "v2", "v2-variables-create-category-values"),
        ("error-not-json-api", "v2", "jsonapi-error-object-key"),
        ("v1-form-plus-kept", "v1", "v1-index-form-content-type"),
        ("v1-put-replaces", "v1", "v1-environments-merge"),
    ] {
        let folder = TempDir::new().unwrap();
        let output = explore(folder.path(), &["--cases", "300", "--profile", profile, "--fault", fault]).output();
        assert_eq!(output.code, 1, "{fault}: {output:?}");
        let file = folder.path().join(format!("{name}.yaml"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{fault}: {error}: {output:?}"));
        snapshot(&format!("explore-{fault}"), &text);
        // Values that are made up are no secrets; tokens and what marks a leak never reach a file.
        assert!(!text.contains("Bearer ") && !text.contains("canary_tfc"), "{text}");
        for file in files(folder.path()) {
            let replay = ["--case", file.to_str().unwrap()];
            let faulty = Run::reference(&replay).args(["--fault", fault]).output();
            assert_eq!(faulty.code, 1, "{fault}: {}: {faulty:?}", file.display());
            let sound = Run::reference(&replay).output();
            assert_eq!(sound.code, 0, "{fault}: {}: {sound:?}", file.display());
        }
    }
}

/// The same seed finds the same, however many cases run at a time.
#[test]
fn what_is_found_does_not_depend_on_jobs() {
    let found = |jobs: &str| {
        let folder = TempDir::new().unwrap();
        let args = ["--cases", "40", "--fault", "deleted-still-listed", "--jobs", jobs];
        let (_, events) = explore(folder.path(), &args).events();
        let texts: Vec<_> = files(folder.path()).iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        let cases: Vec<_> = events.cases().map(|case| (case.id.clone(), case.verdict)).collect();
        (texts, cases)
    };
    assert_eq!(found("1"), found("16"));
}

/// Whatever happened in a sequence, the server is as it was.
#[test]
fn an_exploration_leaves_nothing_behind() {
    for fault in ["no-op", "patch-resets-omitted"] {
        let folder = TempDir::new().unwrap();
        let served = Served::start(&["--fault", fault]);
        let run = served.explore().args(["--seed", "1", "--cases", "30", "--output"]).args([folder.path()]);
        let (_, events) = run.events();
        assert_eq!(events.finished().leaks, Vec::<String>::new(), "{fault}");
        assert_eq!(served.client().workspaces(), Vec::<String>::new(), "{fault}");
        assert_eq!(served.client().variables(), Value::Array(Vec::new()), "{fault}");
    }
}

/// The time that was given is kept.
#[test]
fn time_is_a_bound() {
    let folder = TempDir::new().unwrap();
    let (output, events) = explore(folder.path(), &["--cases", "1000000", "--time", "1"]).within(20).events();
    assert_eq!(output.code, 0, "{output:?}");
    assert!(events.cases().count() > 0);
}

/// Wrong usage is told before anything is sent.
#[test]
fn wrong_usage_is_told() {
    let wrong = |args: &[&str], words: &[&str]| {
        Run::new(["explore"]).args(args).output().complains(2, words);
    };
    wrong(&[], &["no target", "--reference", "--address"]);
    wrong(&["--reference", "--cases", "0"], &["--cases", "0"]);
    wrong(&["--reference", "--time", "0"], &["--time", "0"]);
    wrong(&["--reference", "--profile", "v3"], &["unknown profile `v3`"]);
    wrong(&["--reference", "--fault", "no-such-fault"], &["no-such-fault"]);
    wrong(&["--reference", "--address", "http://127.0.0.1:1"], &["--reference and --address contradict each other"]);
    wrong(&["--reference", "--seed", "x"], &["--seed", "x"]);
}

/// A case file that is not one is refused by line, and nothing is sent.
#[test]
fn a_case_file_is_read_strictly() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("odd.yaml");
    let replay = |text: &str| {
        std::fs::write(&file, text).unwrap();
        Run::reference(&["--case", file.to_str().unwrap()]).output()
    };
    replay("title: x\nsteps: []\n").complains(2, &["odd.yaml:2:8", "/steps"]);
    let step = "title: x\nsteps:\n  - id: a\n    operation: v2.variables.list\n    checks:\n";
    let unknown = replay(&format!("{step}      - {{ requirement: v2.no.such, status: 200 }}\n"));
    unknown.complains(2, &["odd.yaml:3:5", "v2.no.such"]);
    let sound = replay(&format!("{step}      - {{ requirement: v2.variables.list.data-array, status: 200 }}\n"));
    assert_eq!(sound.code, 0, "{sound:?}");
    assert!(sound.stdout.contains("v2/found"), "{sound:?}");
    Run::reference(&["--case", "no/such/file.yaml"]).output().complains(2, &["no/such/file.yaml"]);
}
