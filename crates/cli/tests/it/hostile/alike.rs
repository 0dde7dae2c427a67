//! Servers that answer everything alike: a web server without the API, a proxy, a login page. Nothing of them passes,
//! and the report says what it looks like.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use tfe_runner::event::{Alike, Claim, Outcome, Verdict};

use super::TOKEN;
use crate::events::Events;
use crate::process::{Output, Run};
use crate::scripted::{Scripted, answer, json_api};

/// A server that takes the token, and answers everything else the same.
fn same(status: &'static str, media_type: &'static str, body: &'static str) -> Scripted {
    Scripted::start(move |request, stream| {
        if request.index == 0 {
            return json_api(stream, "200 OK", r#"{"data":[]}"#);
        }
        answer(stream, status, &[("Content-Type", media_type)], body.as_bytes())
    })
}

/// Runs the whole of v2. Nothing of it passes, and nothing is claimed.
fn answers_alike(server: &Scripted) -> (Output, Option<Alike>) {
    let run = Run::against(&server.address(), TOKEN, &["--profile", "v2", "--timeout", "2"]);
    let (output, events) = run.within(60).events();
    assert_eq!((output.code, events.claim().claim), (3, Claim::NotEstablished), "{output:?}");
    let better = events.cases().find(|case| case.verdict < Verdict::Blocked);
    assert_eq!(better, None, "nothing passes");
    assert!(events.cases().count() > 50);
    assert_eq!(events.requirements(Outcome::Pass), [].into(), "no check passes");
    (output, events.claim().alike.clone())
}

#[test]
fn a_server_that_answers_everything_alike_is_told_so() {
    for (status, media_type, body) in [
        ("404 Not Found", "text/html; charset=utf-8", "<html>nothing here</html>"),
        ("403 Forbidden", "application/vnd.api+json", r#"{"errors":[{"status":"403"}]}"#),
        ("422 Unprocessable Content", "application/json", r#"{"errors":["no"]}"#),
        ("500 Internal Server Error", "text/plain", "oops"),
        ("200 OK", "application/json", "{}"),
    ] {
        let server = same(status, media_type, body);
        let (output, alike) = answers_alike(&server);
        let alike = alike.unwrap_or_else(|| panic!("{status}: {output:?}"));
        let plain = media_type.split(';').next();
        assert_eq!((alike.status.to_string().as_str(), alike.media_type.as_deref()), (&status[..3], plain));
        assert!(alike.answers >= 50, "{status}: {alike:?}");
        let words = output.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let said = format!("all {} answers were alike (status {}, {})", alike.answers, alike.status, plain.unwrap());
        assert!(words.contains(&said) && words.contains("base path"), "{status}: {words}");
    }
}

/// Programs read it from the JSON report, and people from the pages.
#[test]
fn every_report_says_that_all_answers_were_alike() {
    let server = same("404 Not Found", "text/html", "");
    let folder = tempfile::TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name);
    let formats = ["json", "markdown", "html", "junit"];
    let reports = formats.map(|format| format!("--report={format}={}", file(format).display()));
    let run = Run::against(&server.address(), TOKEN, &["--case", "v2/variables/**"]).args(reports);
    assert_eq!(run.output().code, 3);
    let text = |name: &str| std::fs::read_to_string(file(name)).unwrap();
    let json: Value = serde_json::from_str(&text("json")).unwrap();
    let alike = &json["profiles"][0]["alike"];
    assert_eq!((&alike["status"], &alike["media-type"]), (&404.into(), &"text/html".into()), "{alike}");
    for format in &formats[1..] {
        assert!(text(format).contains("answers were alike"), "{format}");
    }
}

/// Shares of a run that found all alike say so together.
#[test]
fn joined_shares_say_that_all_answers_were_alike() {
    // Each share asks once whether the token is taken.
    let welcome = Arc::new(AtomicBool::new(true));
    let asked = Arc::clone(&welcome);
    let server = Scripted::start(move |_, stream| {
        if asked.swap(false, Ordering::SeqCst) {
            return json_api(stream, "200 OK", r#"{"data":[]}"#);
        }
        answer(stream, "404 Not Found", &[("Content-Type", "text/html")], b"")
    });
    let folder = tempfile::TempDir::new().unwrap();
    let file = |index: usize| folder.path().join(format!("{index}.jsonl"));
    let mut answers = 0;
    for index in 1..=2 {
        let (half, report) = (format!("{index}/2"), format!("events={}", file(index).display()));
        let args = ["--profile", "v2", "--case", "v2/variables/**", "--shard", &half, "--report", &report];
        let run = Run::against(&server.address(), TOKEN, &args);
        welcome.store(true, Ordering::SeqCst);
        assert_eq!(run.output().code, 3);
        let share = Events::parse(&std::fs::read_to_string(file(index)).unwrap());
        answers += share.claim().alike.as_ref().unwrap().answers;
    }
    let (output, joined) = Run::new(["report", "merge"]).args([file(2), file(1)]).events();
    let expected = Alike { answers, status: 404, media_type: Some("text/html".to_owned()) };
    assert_eq!((output.code, joined.claim().alike.clone()), (3, Some(expected)));
}

/// What a server of the API answers is never alike, not even where it deviates.
#[test]
fn a_server_that_deviates_is_not_told_so() {
    let (output, events) = Run::reference(&["--profile", "v2", "--fault", "foreign-403"]).events();
    assert_eq!((output.code, events.claim().alike.clone()), (1, None));
}
