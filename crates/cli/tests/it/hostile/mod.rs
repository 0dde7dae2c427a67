//! Servers that are broken or hostile: a clear verdict, never a pass, a panic or a hang.

mod alike;
mod deviating;
mod table;
mod unheard;
mod unreachable;

use std::io;
use std::net::TcpStream;
use std::time::Duration;

use tfe_runner::event::{CaseResult, CheckResult, Claim, Outcome, Verdict};

use crate::events::Events;
use crate::process::{Output, Run};
use crate::scripted::Scripted;

const TOKEN: &str = "hostile-token-0123456789";

/// A case that begins with a step that tests something: the first thing that goes wrong is judged.
const CASE: &str = "v2/variables/create/values";

/// Runs `CASE` with a timeout of two seconds. A server that is never heard costs that time once
/// for a case and once for its clean-up.
fn run(address: &str) -> (Output, Events) {
    let (output, events) = Run::against(address, TOKEN, &["--case", CASE, "--timeout", "2"]).within(30).events();
    assert!(output.elapsed < Duration::from_secs(15), "{:?}", output.elapsed);
    assert_ne!(output.code, 0, "a server like this never passes: {output:?}");
    assert!(!output.said().contains(TOKEN));
    (output, events)
}

/// The run could not begin, and says why.
#[track_caller]
fn never_begins(address: &str, words: &[&str]) {
    let (output, events) = run(address);
    assert_eq!(output.code, 3, "{output:?}");
    assert_eq!(events.claim().claim, Claim::NotEstablished);
    assert_eq!(events.cases().count(), 0);
    let reasons = events.claim().reasons.join("\n");
    for word in words {
        assert!(reasons.contains(word), "no `{word}` in {reasons}");
    }
}

type Script = fn(&mut TcpStream) -> io::Result<()>;

/// The case's result where the server misbehaves as soon as the case asks for something.
#[track_caller]
fn misbehaving(script: Script, code: i32, verdict: Verdict) -> CaseResult {
    let server = Scripted::after_preflight(move |_, stream| script(stream));
    let (output, events) = run(&server.address());
    let case = events.only_case();
    assert_eq!((output.code, case.verdict), (code, verdict), "{case:#?}");
    case.clone()
}

/// Nothing can be said about the server, for this reason.
#[track_caller]
fn inconclusive(script: Script, word: &str) {
    let case = misbehaving(script, 3, Verdict::Inconclusive);
    assert!(case.reason.as_deref().is_some_and(|reason| reason.contains(word)), "no `{word}` in {:?}", case.reason);
    assert!(case.checks.iter().all(|check| check.outcome != Outcome::Fail), "silence breaks no rule: {case:#?}");
}

/// A rule is broken: this requirement.
#[track_caller]
fn deviates(script: Script, requirement: &str) {
    let case = misbehaving(script, 1, Verdict::Fail);
    let fails = |check: &&CheckResult| check.outcome == Outcome::Fail;
    let failed: Vec<_> = case.checks.iter().filter(fails).map(|check| &*check.requirement).collect();
    assert!(failed.contains(&requirement), "{requirement} is not among {failed:?}");
}
