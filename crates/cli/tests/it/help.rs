//! What people read before they start: a change is seen in a review.

use crate::process::Run;
use crate::reports::snapshot;

fn read_by_people(args: &[&str]) -> String {
    let output = Run::new(args).output();
    assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{args:?}");
    output.stdout
}

#[test]
fn version() {
    snapshot("version", &read_by_people(&["--version"]));
}

#[test]
fn help() {
    snapshot("help", &read_by_people(&["--help"]));
}

#[test]
fn help_of_every_command() {
    for command in [
        "run",
        "baseline",
        "init",
        "config",
        "explore",
        "clean",
        "serve",
        "prove",
        "list",
        "explain",
        "validate",
        "generate",
        "report",
        "completions",
        "man",
    ] {
        snapshot(&format!("help-{command}"), &read_by_people(&[command, "--help"]));
    }
}

/// Every word that a report uses for a verdict is explained, with what to do about it.
#[test]
fn words_of_a_report_are_explained() {
    for (word, says) in [
        ("blocked", "--outsider-token"),
        ("inconclusive", "--timeout"),
        ("fail", "--keep"),
        ("not-established", "exit code 3"),
        ("exit-codes", "141"),
        ("baseline", "stale"),
    ] {
        let text = read_by_people(&["explain", word]);
        assert!(text.contains(says) && text.lines().all(|line| line.chars().count() <= 100), "{word}: {text}");
    }
    Run::new(["explain", "blokked"]).output().complains(2, &["did you mean `blocked`?"]);
}

/// Completions know every command, in each shell; manual pages are there for all of them.
#[test]
fn completions_and_manual_pages_know_every_command() {
    let commands = ["run", "clean", "serve", "prove", "list", "explain", "validate"];
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = read_by_people(&["completions", shell]);
        assert!(commands.iter().all(|command| script.contains(command)), "{shell}");
    }
    // Bash completes a command whose name in the first part of its script is one in the second.
    let bash = read_by_people(&["completions", "bash"]);
    let named = bash.split("cmd=\"").skip(1).filter_map(|rest| rest.split('"').next()).filter(|name| !name.is_empty());
    let unknown: Vec<_> = named.filter(|name| !bash.contains(&format!("        {name})\n"))).collect();
    assert_eq!(unknown, Vec::<&str>::new());
    Run::new(["completions", "csh"]).output().complains(2, &["csh", "bash"]);
    assert!(read_by_people(&["man"]).contains(".TH tfe-conformance 1"));
    let folder = tempfile::TempDir::new().unwrap();
    let output = Run::new(["man", "--output"]).args([folder.path()]).output();
    assert_eq!((output.code, output.said()), (0, String::new()));
    for command in commands {
        let page = std::fs::read_to_string(folder.path().join(format!("tfe-conformance-{command}.1"))).unwrap();
        assert!(page.contains(".SH OPTIONS"), "{command}");
    }
}

/// A command that is not there is told what there is.
#[test]
fn an_unknown_command_is_told_its_neighbour() {
    Run::new(["runn"]).output().complains(2, &["runn", "run"]);
    Run::new(["explain", "x", "--nope"]).output().complains(2, &["--nope"]);
    assert_eq!(Run::new([""; 0]).output().code, 2);
}

/// Without a terminal there is no colour, unless it is asked for; `NO_COLOR` takes it away.
#[test]
fn colour_is_for_terminals() {
    let args = ["--fault", "foreign-403", "--case", "v2/access/hidden-read"];
    let plain = Run::reference(&args).output();
    assert!(!plain.said().contains('\u{1b}'), "{plain:?}");
    let asked = Run::reference(&args).args(["--color", "always"]).output();
    assert!(asked.stdout.contains('\u{1b}'), "{asked:?}");
    let never = Run::reference(&args).args(["--color", "never"]).env("CLICOLOR_FORCE", "1").output();
    assert!(!never.said().contains('\u{1b}'), "{never:?}");
}
