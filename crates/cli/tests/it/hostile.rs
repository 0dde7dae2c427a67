//! Servers that are broken or hostile: a clear verdict, never a pass, a panic or a hang.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use tfe_runner::event::{CaseResult, Claim, Outcome, Verdict};

use crate::events::Events;
use crate::process::{Output, Run};
use crate::scripted::{JSON_API, Scripted, Silent, answer, drip, hang, json_api};

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
    let fails = |check: &&tfe_runner::event::CheckResult| check.outcome == Outcome::Fail;
    let failed: Vec<_> = case.checks.iter().filter(fails).map(|check| &*check.requirement).collect();
    assert!(failed.contains(&requirement), "{requirement} is not among {failed:?}");
}

// A target that cannot be asked at all.

#[test]
fn connection_refused() {
    let gone = Silent::new().address().to_owned();
    // The port was free a moment ago; nobody listens there any more.
    never_begins(&gone, &["cannot be reached", "no connection"]);
}

#[test]
fn an_unknown_host() {
    never_begins("http://no-such-host.invalid", &["cannot be reached", "no connection"]);
}

#[test]
fn tls_to_a_plain_port() {
    let server = Scripted::raw(|mut stream| {
        drop(stream.read(&mut [0; 1024])?);
        answer(&mut stream, "400 Bad Request", &[], b"plain HTTP here")
    });
    never_begins(&server.address().replace("http:", "https:"), &["TLS"]);
}

#[test]
fn plain_http_to_a_port_that_speaks_something_else() {
    let server = Scripted::raw(|mut stream| stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n"));
    never_begins(&server.address(), &["cannot be reached"]);
}

#[test]
fn reset_after_accept() {
    // What is closed with something unread is reset.
    let server = Scripted::raw(|stream| stream.peek(&mut [0; 1]).map(drop));
    never_begins(&server.address(), &["cannot be reached", "broke"]);
}

#[test]
fn never_an_answer() {
    let server = Scripted::start(|_, stream| hang(stream));
    never_begins(&server.address(), &["no complete answer within 2 s"]);
}

#[test]
fn a_port_that_accepts_and_never_reads() {
    let silent = Silent::new();
    never_begins(silent.address(), &["no complete answer within 2 s"]);
}

#[test]
fn an_answer_slower_than_the_timeout_from_the_start() {
    let server = Scripted::start(|_, stream| drip(stream));
    never_begins(&server.address(), &["no complete answer within 2 s"]);
}

#[track_caller]
fn always(status: &'static str, words: &[&str]) {
    let server = Scripted::start(move |_, stream| answer(stream, status, &[], b""));
    never_begins(&server.address(), words);
}

#[test]
fn the_same_refusal_throughout() {
    always("401 Unauthorized", &["refused the token", "401"]);
    always("403 Forbidden", &["refused the token", "403"]);
    always("404 Not Found", &["404", "base path"]);
    always("429 Too Many Requests", &["takes no more requests", "429"]);
}

/// A server that fails from the first question on is not established, or worse; it is no pass.
#[test]
fn the_same_server_error_throughout() {
    for status in ["500 Internal Server Error", "503 Service Unavailable"] {
        let server = Scripted::start(move |_, stream| answer(stream, status, &[], b""));
        let (output, events) = run(&server.address());
        assert!([1, 3].contains(&output.code), "{status}: {output:?}");
        assert_ne!(events.claim().claim, Claim::Conformant);
        let said = format!("{:?}{:?}", events.claim().reasons, events.cases().collect::<Vec<_>>());
        assert!(said.contains(&status[..3]), "{status}: {said}");
    }
}

/// A portal that answers everything with a page is no server of the API.
#[test]
fn html_throughout() {
    let page = b"<!doctype html><title>Log in</title>";
    let server = Scripted::start(move |_, stream| answer(stream, "200 OK", &[("Content-Type", "text/html")], page));
    let (output, events) = run(&server.address());
    assert!([1, 3].contains(&output.code), "{output:?}");
    assert!([Claim::NotEstablished, Claim::NonConformant].contains(&events.claim().claim));
}

#[test]
fn redirects_throughout() {
    let server = Scripted::start(|request, stream| {
        answer(stream, "302 Found", &[("Location", &format!("http://127.0.0.1{}", request.target))], b"")
    });
    never_begins(&server.address(), &["redirects", "302"]);
    assert_eq!(server.seen().len(), 1, "no redirect is followed");
}

// A target that lets the run begin. It was not heard:

#[test]
fn a_hang() {
    inconclusive(hang, "no complete answer within 2 s");
}

#[test]
fn a_slow_drip() {
    inconclusive(drip, "no complete answer within 2 s");
}

#[test]
fn a_body_that_breaks_off() {
    inconclusive(
        |stream| stream.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"data\":"),
        "broke before the answer was complete",
    );
}

#[test]
fn a_connection_closed_without_an_answer() {
    inconclusive(|_| Ok(()), "broke before the answer was complete");
}

#[test]
fn an_answer_that_is_no_http() {
    inconclusive(|stream| stream.write_all(b"\0\x01\x02 no such protocol\r\n\r\n"), "answer");
}

#[test]
fn chunks_that_are_none() {
    let head = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
    assert!(head.ends_with(b"zz\r\n"));
    inconclusive(
        |stream| stream.write_all(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"),
        "broke before the answer was complete",
    );
}

/// Interim answers are legal, and no end of them is no answer.
#[test]
fn interim_answers_without_end() {
    inconclusive(
        |stream| {
            loop {
                stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            }
        },
        "answer",
    );
}

#[test]
fn headers_without_end() {
    inconclusive(
        |stream| {
            stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
            loop {
                stream.write_all(b"X-More: and more and more\r\n")?;
            }
        },
        "answer",
    );
}

#[test]
fn not_now() {
    inconclusive(|stream| json_api(stream, "429 Too Many Requests", "{}"), "429");
    inconclusive(|stream| json_api(stream, "503 Service Unavailable", "{}"), "503");
}

/// What cannot be read to its end is not held in memory either: the server gets rid of little more
/// than the cap.
#[test]
fn a_body_without_end_is_read_up_to_a_cap() {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let server = Scripted::after_preflight(move |_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.api+json\r\n")?;
        stream.write_all(b"Transfer-Encoding: chunked\r\n\r\n")?;
        let chunk = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
        loop {
            stream.write_all(&chunk)?;
            count.fetch_add(chunk.len(), Ordering::SeqCst);
        }
    });
    let (output, events) = run(&server.address());
    let case = events.only_case();
    assert_eq!((output.code, case.verdict), (3, Verdict::Inconclusive), "{case:#?}");
    assert!(case.reason.as_deref().is_some_and(|reason| reason.contains("larger than")), "{:?}", case.reason);
    assert!(sent.load(Ordering::SeqCst) < 64 * 1024 * 1024, "{} bytes were taken", sent.load(Ordering::SeqCst));
}

/// JSON that is deeper than anything of the API: no deviation is proven, and no stack overflows.
#[test]
fn nesting_ten_thousand_deep() {
    let script = |stream: &mut TcpStream| {
        json_api(stream, "201 Created", format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)))
    };
    let server = Scripted::after_preflight(move |_, stream| script(stream));
    let (output, events) = run(&server.address());
    assert!([1, 3].contains(&output.code), "{output:?}");
    let case = events.only_case();
    assert!([Verdict::Inconclusive, Verdict::Blocked, Verdict::Fail].contains(&case.verdict), "{case:#?}");
    assert!(format!("{case:?}").contains("deep"), "{case:#?}");
}

// It was heard, and broke a rule:

#[test]
fn html_instead_of_json() {
    deviates(
        |stream| answer(stream, "200 OK", &[("Content-Type", "text/html")], b"<!doctype html>"),
        "v2.index.json-api-documents",
    );
}

#[test]
fn an_empty_success() {
    deviates(|stream| json_api(stream, "200 OK", ""), "v2.index.json-api-documents");
}

#[test]
fn invalid_utf8() {
    deviates(|stream| json_api(stream, "201 Created", b"{\"data\": \"\xff\xfe\"}"), "v2.index.json-api-documents");
}

#[test]
fn an_unregistered_status() {
    deviates(|stream| json_api(stream, "299 Whatever", "{}"), "v2.index.standard-response-codes");
}

#[test]
fn a_server_error() {
    deviates(|stream| json_api(stream, "500 Internal Server Error", "{}"), "v2.index.standard-response-codes");
}

/// Refusing what is right breaks the rule under test.
#[test]
fn a_refusal_of_what_is_right() {
    deviates(|stream| answer(stream, "401 Unauthorized", &[], b""), "v2.variables.create.value-stored");
    deviates(|stream| answer(stream, "403 Forbidden", &[], b""), "v2.variables.create.value-stored");
    deviates(|stream| answer(stream, "404 Not Found", &[], b""), "v2.variables.create.value-stored");
}

/// Parsers disagree about a member that stands twice, so it is told; what the document then lacks
/// is judged as ever.
#[test]
fn duplicate_members() {
    let case = misbehaving(
        |stream| json_api(stream, "201 Created", r#"{"data": {"type": "vars", "type": "vars"}}"#),
        1,
        Verdict::Fail,
    );
    let twice = case.checks.iter().find(|check| check.requirement == "jsonapi.unique-member-names");
    assert!(twice.is_some_and(|check| check.got.contains("/data/type")), "{twice:?}");
}

/// A redirect is an answer like any other. One to itself is not followed into a loop.
#[test]
fn a_redirect_to_itself() {
    let server = Scripted::after_preflight(|request, stream| {
        answer(stream, "307 Temporary Redirect", &[("Location", &request.target)], b"")
    });
    let (output, events) = run(&server.address());
    assert_eq!((output.code, events.only_case().verdict), (1, Verdict::Fail));
    let plan = crate::laws::plan();
    let steps = plan.suite.cases.iter().find(|case| case.id == CASE).unwrap().steps.len();
    let asked = server.seen().iter().filter(|request| request.target.starts_with("/api/v2/vars")).count();
    assert!(asked <= steps + 1, "{asked} requests for {steps} steps");
}

/// Neither a request nor the token goes to another origin, wherever the server points.
#[test]
fn a_redirect_to_another_origin() {
    let elsewhere = Silent::new();
    let location = format!("{}/api/v2/vars", elsewhere.address());
    let server = Scripted::after_preflight(move |_, stream| {
        answer(stream, "307 Temporary Redirect", &[("Location", &location)], b"")
    });
    let (output, events) = run(&server.address());
    assert_eq!((output.code, events.only_case().verdict), (1, Verdict::Fail));
    elsewhere.heard_nothing();
}

/// A self link is followed by a case; to another origin it is not, and that is no pass.
#[test]
fn a_link_to_another_origin() {
    let elsewhere = Silent::new();
    let host = elsewhere.address().strip_prefix("http:").unwrap().to_owned();
    for link in [elsewhere.address().to_owned(), host, format!("{}@x", elsewhere.address())] {
        let server = Scripted::after_preflight(move |_, stream| {
            let data = json!({ "id": "var-1", "type": "vars", "attributes": {}, "links": { "self": link } });
            json_api(stream, "201 Created", json!({ "data": data }).to_string())
        });
        let run = Run::against(&server.address(), TOKEN, &["--case", "jsonapi/fetching/self-link", "--timeout", "2"]);
        let (output, events) = run.within(30).events();
        assert_ne!(output.code, 0, "{:#?}", events.only_case());
        elsewhere.heard_nothing();
    }
}

/// The media type of an answer is read from its header, not guessed from its body.
#[test]
fn json_without_a_media_type() {
    let body = br#"{"data": {"type": "vars", "id": "var-1"}}"#;
    let server = Scripted::after_preflight(move |_, stream| answer(stream, "201 Created", &[], body));
    let (output, events) = run(&server.address());
    assert_eq!(output.code, 1);
    let failed = events.requirements(Outcome::Fail);
    assert!(failed.contains("jsonapi.response-content-type"), "{JSON_API} was never said: {failed:?}");
}

/// An id is the server's own, also one that JSON has to escape: whatever comes of it is about the
/// server, not an error of the suite.
#[test]
fn ids_that_have_to_be_escaped() {
    let server = Scripted::start(|request, stream| {
        let data = json!({ "id": "a\"b\\c/d?e#f%20${x}", "type": "workspaces", "attributes": { "name": "n\"'<&>" } });
        match (request.index, request.method.as_str()) {
            (0, _) => json_api(stream, "200 OK", r#"{"data": []}"#),
            (_, "DELETE") => answer(stream, "204 No Content", &[], b""),
            _ => json_api(stream, "201 Created", json!({ "data": data }).to_string()),
        }
    });
    let (output, events) = run(&server.address());
    assert_eq!(output.code, 1, "{:#?}", events.only_case());
}
