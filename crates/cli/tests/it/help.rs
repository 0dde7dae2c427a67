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
    for command in ["run", "serve", "prove", "list", "explain", "validate"] {
        snapshot(&format!("help-{command}"), &read_by_people(&[command, "--help"]));
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
