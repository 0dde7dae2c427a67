//! A server in another process is judged as the built-in one is, whatever way it is named.

use tfe_runner::event::{Claim, Outcome, Verdict};
use tfe_runner::suite::Identity;

use crate::events::Events;
use crate::process::Run;
use crate::served::Served;

/// The streams are equal, told line by line.
#[track_caller]
fn same(one: &Events, other: &Events) {
    let (one, other) = (one.comparable(), other.comparable());
    for (left, right) in one.iter().zip(&other) {
        assert_eq!(left, right);
    }
    assert_eq!(one.len(), other.len());
}

/// `serve` in one process and `run --address` in another say what `run --reference` says.
#[test]
fn a_served_server_gets_the_verdicts_of_the_built_in_one() {
    let served = Served::start(&[]);
    let (output, remote) = served.run_both().events();
    assert_eq!(output.code, 0, "{output:?}");
    remote.is_conformant();
    same(&remote, &Run::reference(&[]).events().1);
}

/// A profile is claimed when its token is given.
#[test]
fn the_token_names_the_profile() {
    let served = Served::start(&[]);
    let (output, remote) = served.run().events();
    assert_eq!(output.code, 0, "{output:?}");
    remote.is_conformant();
    same(&remote, &Run::reference(&["--profile", "v2"]).events().1);
}

/// Also where there is something to say.
#[test]
fn a_served_fault_gets_the_verdicts_of_the_built_in_one() {
    let served = Served::start(&["--fault", "foreign-403"]);
    let (output, remote) = served.run_both().events();
    assert_eq!(output.code, 1, "{output:?}");
    same(&remote, &Run::reference(&["--fault", "foreign-403"]).events().1);
}

/// How many cases run at a time shows nowhere, neither in content nor in order.
#[test]
fn jobs_do_not_show_in_the_report() {
    for fault in ["no-op", "foreign-403"] {
        let run = |jobs| Run::reference(&["--fault", fault, "--jobs", jobs]).events().1;
        let one = run("1");
        let ids: Vec<_> = one.cases().map(|case| case.id.clone()).collect();
        assert!(ids.is_sorted(), "cases come in the order of their ids: {ids:?}");
        same(&one, &run("8"));
        same(&one, &run("32"));
    }
}

/// The environment names the target as the flags do.
#[test]
fn the_environment_names_the_target() {
    let served = Served::start(&[]);
    let run = Run::new(["run", "--case", "v2/variables/delete/removed"])
        .env("TFE_ADDRESS", served.address())
        .env("TFE_TOKEN", served.token())
        .env("TFE_ORGANIZATION", served.organization());
    let (output, events) = run.events();
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(events.started().target, served.address());
    assert_eq!(events.started().organization, served.organization());
    assert_eq!(events.only_case().verdict, Verdict::Pass);
}

/// A flag wins over its variable: with any of these variables taken the run could not succeed.
#[test]
fn flags_win_over_the_environment() {
    let served = Served::start(&[]);
    let run = served
        .run()
        .args(["--case", "v2/access/hidden-read"])
        .env("TFE_ADDRESS", "http://127.0.0.1:1")
        .env("TFE_TOKEN", "not-the-token")
        .env("TFE_ORGANIZATION", "no-such-organization")
        .env("TFE_OUTSIDER_TOKEN", "not-the-outsider");
    let (output, events) = run.events();
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(events.only_case().verdict, Verdict::Pass);
}

/// A shell that is set up for a server of one's own can still test the built-in one: only what is
/// typed contradicts `--reference`.
#[test]
fn the_environment_does_not_stop_a_reference_run() {
    for name in ["TFE_ADDRESS", "TFE_TOKEN", "TFE_ORGANIZATION", "TFE_OUTSIDER_TOKEN", "ATLAS_TOKEN"] {
        let output =
            Run::reference(&["--profile", "v2", "--case", "v2/paths/prefix"]).env(name, "http://127.0.0.1:1").output();
        assert_eq!(output.code, 0, "{name}: {output:?}");
    }
}

/// Skip is not pass: without a second identity the cases that need one are blocked, and the claim
/// says so plainly.
#[test]
fn without_an_outsider_nothing_is_claimed() {
    let served = Served::start(&[]);
    let (output, events) = served.run_alone().events();
    assert_eq!(output.code, 3, "{output:?}");
    let claim = events.claim();
    assert_eq!(claim.claim, Claim::NotEstablished);
    let reasons = claim.reasons.join("\n");
    assert!(reasons.contains("--outsider-token") || reasons.contains("second identity"), "{reasons}");
    let plan = crate::laws::plan();
    for case in events.cases() {
        let known = plan.suite.cases.iter().find(|known| known.id == case.id).unwrap();
        let needs = known.needs(Identity::Outsider);
        let expected = if needs { Verdict::Blocked } else { Verdict::Pass };
        assert_eq!(case.verdict, expected, "{}", case.id);
        let not_run = case.checks.iter().filter(|check| check.outcome == Outcome::NotRun).count();
        assert_eq!(not_run > 0, needs, "{}: a blocked case evaluates nothing", case.id);
    }
}

/// An outsider token that the target refuses is no second identity: a server that hides everything
/// from it would look right for the wrong reason.
#[test]
fn a_refused_outsider_token_shows_nothing() {
    let served = Served::start(&[]);
    let run = served.run_alone().args(["--outsider-token", "refused-everywhere", "--case", "v2/access/hidden-read"]);
    let (output, events) = run.events();
    assert_eq!(output.code, 3, "{output:?}");
    let case = events.only_case();
    assert_eq!(case.verdict, Verdict::Blocked);
    let reason = case.reason.as_deref().unwrap();
    assert!(reason.contains("second identity") && reason.contains("401"), "{reason}");
}

/// What the run is told before any case makes the reason clear, and nothing is claimed.
#[track_caller]
fn cannot_begin(run: Run, words: &[&str]) {
    let (output, events) = run.events();
    assert_eq!(output.code, 3, "{output:?}");
    assert_eq!(events.cases().count(), 0);
    let claim = events.claim();
    assert_eq!(claim.claim, Claim::NotEstablished);
    for word in words {
        assert!(claim.reasons.iter().any(|reason| reason.contains(word)), "no `{word}`: {:?}", claim.reasons);
    }
}

/// A refused token is not "everything is hidden, well done".
#[test]
fn a_refused_token_is_not_a_verdict() {
    let served = Served::start(&[]);
    let organization = served.organization();
    let args = ["run", "--address", served.address(), "--token", "garbage-token", "--organization", organization];
    cannot_begin(Run::new(args), &["refused the token", "401"]);
}

/// A wrong prefix answers 404 to everything, as a server that hides everything would.
#[test]
fn a_wrong_base_path_is_not_a_verdict() {
    let served = Served::start(&[]);
    cannot_begin(served.run().args(["--base-path", "/api/v7"]), &["404", "base path"]);
}

/// The prefix that is right may be given, with and without a slash at its end.
#[test]
fn the_base_path_may_be_named() {
    let served = Served::start(&[]);
    for base in ["/api/v2", "/api/v2/"] {
        let (output, _) = served.run().args(["--base-path", base, "--case", "v2/variables/**"]).events();
        assert_eq!(output.code, 0, "{base}: {output:?}");
    }
}

/// An organization that is not there blocks what needs a workspace in it; the reason names it.
#[test]
fn an_unknown_organization_blocks_with_its_name() {
    let served = Served::start(&[]);
    let args = ["run", "--address", served.address(), "--token", served.token(), "--organization", "no-such-org"];
    let (output, events) = Run::new(args).args(["--case", "v2/variables/delete/removed"]).events();
    assert_eq!(output.code, 3, "{output:?}");
    let case = events.only_case();
    assert_eq!(case.verdict, Verdict::Blocked);
    assert!(case.reason.as_deref().is_some_and(|reason| reason.contains("no-such-org")), "{:?}", case.reason);
}
