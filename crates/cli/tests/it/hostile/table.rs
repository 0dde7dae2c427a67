//! One row for each way to be hostile: what it is, what comes of it, in which time and memory.
//!
//! The server lets the run begin and then misbehaves in every answer; one case runs against it.

use std::io::{self, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use tfe_runner::event::{Outcome, Verdict};

use super::{CASE, TOKEN};
use crate::process::Run;
use crate::scripted::{Request, Scripted, answer, drip, hang, json_api};

/// No hostile server makes the process larger than this.
const MEMORY: u64 = 128 * 1024;

struct Row {
    name: &'static str,
    script: fn(&Request, &mut TcpStream) -> io::Result<()>,
    code: i32,
    verdict: Verdict,
    /// Has to be in the reason, or in what a check got.
    word: &'static str,
}

const fn heard(name: &'static str, script: fn(&Request, &mut TcpStream) -> io::Result<()>, word: &'static str) -> Row {
    Row { name, script, code: 1, verdict: Verdict::Fail, word }
}

const fn unheard(
    name: &'static str,
    script: fn(&Request, &mut TcpStream) -> io::Result<()>,
    word: &'static str,
) -> Row {
    Row { name, script, code: 3, verdict: Verdict::Inconclusive, word }
}

/// A head with these fields, and what follows it.
fn says(stream: &mut TcpStream, fields: &str, body: &str) -> io::Result<()> {
    let head = "HTTP/1.1 201 Created\r\nContent-Type: application/vnd.api+json\r\n";
    stream.write_all(format!("{head}{fields}\r\n{body}").as_bytes())
}

/// Closes the connection in the middle of things, so that the other end gets a reset.
fn reset(stream: &TcpStream) -> io::Result<()> {
    socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO))
}

const BODY: &str = r#"{"data":{"id":"var-1","type":"vars","attributes":{"key":"k"}}}"#;

const ROWS: &[Row] = &[
    // Silence, before and after the head.
    unheard("a hang before the head", |_, stream| hang(stream), "no complete answer within 1 s"),
    unheard(
        "a hang in the head",
        |_, stream| stream.write_all(b"HTTP/1.1 200 OK\r\nContent-").and_then(|()| hang(stream)),
        "no complete answer within 1 s",
    ),
    unheard(
        "a hang after the head",
        |_, stream| says(stream, "Content-Length: 10\r\n", "").and_then(|()| hang(stream)),
        "no complete answer within 1 s",
    ),
    unheard("a slow drip", |_, stream| drip(stream), "no complete answer within 1 s"),
    // Ends in each phase.
    unheard("an end before the head", |_, _| Ok(()), "broke"),
    unheard("an end in the head", |_, stream| stream.write_all(b"HTTP/1.1 200 OK\r\nContent-"), "broke"),
    unheard("an end after the head", |_, stream| says(stream, "Content-Length: 10\r\n", "{"), "broke"),
    unheard("an end in a chunk", |_, stream| says(stream, "Transfer-Encoding: chunked\r\n", "ff\r\n{"), "broke"),
    unheard("a reset before the head", |_, stream| reset(stream), "broke"),
    unheard(
        "a reset in the body",
        |_, stream| says(stream, "Content-Length: 10\r\n", "{").and_then(|()| reset(stream)),
        "broke",
    ),
    unheard("chunks that are none", |_, stream| says(stream, "Transfer-Encoding: chunked\r\n", "zz\r\n{}"), "broke"),
    // Lengths that are not true.
    unheard(
        "a length that is too long",
        |_, stream| says(stream, &format!("Content-Length: {}\r\n", BODY.len() + 1), BODY),
        "broke",
    ),
    heard("a length that is too short", |_, stream| says(stream, "Content-Length: 20\r\n", BODY), "not JSON"),
    unheard("two lengths", |_, stream| says(stream, "Content-Length: 1\r\nContent-Length: 2\r\n", "{}"), "broke"),
    unheard("a negative length", |_, stream| says(stream, "Content-Length: -1\r\n", "{}"), "broke"),
    unheard(
        "a length beyond all bounds",
        |_, stream| says(stream, "Content-Length: 18446744073709551615\r\n", "{").and_then(|()| hang(stream)),
        "answer",
    ),
    // Too much.
    unheard(
        "a body without end",
        |_, stream| {
            says(stream, "Transfer-Encoding: chunked\r\n", "")?;
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
            loop {
                stream.write_all(chunk.as_bytes())?;
            }
        },
        "larger than",
    ),
    unheard(
        "a body without end or length",
        |_, stream| {
            says(stream, "Connection: close\r\n", "")?;
            loop {
                stream.write_all(&[b' '; 0x10000])?;
            }
        },
        "larger than",
    ),
    unheard(
        "a header of 10 MB",
        |_, stream| {
            stream.write_all(b"HTTP/1.1 201 Created\r\nX-Large: ")?;
            stream.write_all(&vec![b'x'; 10 * 1024 * 1024])?;
            stream.write_all(b"\r\n\r\n")
        },
        "broke",
    ),
    unheard(
        "100,000 headers",
        |_, stream| {
            stream.write_all(b"HTTP/1.1 201 Created\r\n")?;
            (0..100_000).try_for_each(|number| stream.write_all(format!("X-{number}: y\r\n").as_bytes()))?;
            stream.write_all(b"\r\n")
        },
        "broke",
    ),
    // A gigabyte of zeros is a megabyte of gzip. It is not unfolded: the coding was not asked for.
    unheard(
        "a gzip bomb",
        |_, stream| {
            answer(stream, "201 Created", &[("Content-Encoding", "gzip")], &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
        },
        "content coding `gzip`",
    ),
    // Odd documents.
    heard(
        "HTML",
        |_, stream| answer(stream, "200 OK", &[("Content-Type", "text/html")], b"<!doctype html>"),
        "not JSON",
    ),
    heard("invalid UTF-8", |_, stream| json_api(stream, "201 Created", b"{\"data\": \"\xff\xfe\"}"), "UTF-8"),
    unheard(
        "deep nesting",
        |_, stream| json_api(stream, "201 Created", "[".repeat(100_000) + &"]".repeat(100_000)),
        "deep",
    ),
    heard(
        "duplicate members",
        |_, stream| json_api(stream, "201 Created", r#"{"data": {"type": "vars", "type": "vars"}}"#),
        "/data/type",
    ),
    unheard(
        "a million values in one answer",
        |_, stream| {
            let errors = vec!["{}"; 1_000_000].join(",");
            json_api(stream, "422 Unprocessable Entity", format!(r#"{{"errors": [{errors}]}}"#))
        },
        "values",
    ),
    // None of them is too large, and all of them together are; what was heard before stands.
    heard(
        "a million values in the answers of a case",
        |_, stream| {
            let errors = vec!["{}"; 100_000].join(",");
            json_api(stream, "422 Unprocessable Entity", format!(r#"{{"errors": [{errors}]}}"#))
        },
        "values",
    ),
    // Refusals.
    heard("401 throughout", |_, stream| answer(stream, "401 Unauthorized", &[], b""), "401"),
    unheard("429 for ever", |_, stream| answer(stream, "429 Too Many Requests", &[("Retry-After", "60")], b""), "429"),
    unheard(
        "503 for ever",
        |_, stream| answer(stream, "503 Service Unavailable", &[("Retry-After", "60")], b""),
        "503",
    ),
    // Redirects.
    heard(
        "a redirect to itself",
        |request, stream| answer(stream, "307 Temporary Redirect", &[("Location", &request.target)], b""),
        "307",
    ),
    // Connections.
    unheard("no HTTP", |_, stream| stream.write_all(b"\0\x01\x02 no such protocol\r\n\r\n"), "answer"),
    unheard(
        "interim answers without end",
        |_, stream| {
            loop {
                stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            }
        },
        "answer",
    ),
    heard(
        "a change of protocols",
        |_, stream| stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        "101",
    ),
    heard(
        "more after the body",
        |_, stream| {
            says(stream, &format!("Content-Length: {}\r\n", BODY.len()), &format!("{BODY}HTTP/1.1 200 OK\r\n\r\n"))
        },
        "",
    ),
    // Ids that a terminal would obey.
    heard(
        "terminal escapes in ids",
        |_, stream| {
            let id = "var-\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{202e}";
            let data = serde_json::json!({ "data": { "id": id, "type": id, "attributes": { "key": id } } });
            json_api(stream, "201 Created", data.to_string())
        },
        "",
    ),
];

fn steer(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{202a}'..='\u{202e}')
}

fn holds(row: &Row) -> Result<(), String> {
    let script = row.script;
    let server = Scripted::after_preflight(script);
    let run = Run::against(&server.address(), TOKEN, &["--case", CASE, "--timeout", "1", "--retries", "1"]);
    let (output, events) = run.within(30).events();
    let case = events.only_case();
    let gots = case.checks.iter().map(|check| &check.got).filter(|got| !got.is_empty());
    let said = format!("{:?} {:?}", case.reason, gots.collect::<Vec<_>>());
    let fail = |why: String| Err(format!("{}: {why}\n{}", row.name, said.chars().take(600).collect::<String>()));
    if (output.code, case.verdict) != (row.code, row.verdict) {
        return fail(format!("exit {} and {}, not {} and {}", output.code, case.verdict, row.code, row.verdict));
    }
    if !said.contains(row.word) {
        return fail(format!("no `{}`", row.word));
    }
    if row.verdict == Verdict::Inconclusive && case.checks.iter().any(|check| check.outcome == Outcome::Fail) {
        return fail("silence breaks no rule".to_owned());
    }
    // A second for each of the case's requests and of their clean-up, and the process itself.
    if output.elapsed > Duration::from_secs(12) {
        return fail(format!("it took {:?}", output.elapsed));
    }
    if output.peak > MEMORY {
        return fail(format!("it took {} KiB", output.peak));
    }
    let all = output.said();
    if all.contains(TOKEN) || all.contains(steer) {
        return fail(format!("the output holds what it must not: {all:?}"));
    }
    Ok(())
}

/// All rows, four at a time: most of them wait.
#[test]
fn every_hostile_server_gets_the_verdict_that_it_deserves() {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let failed = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(row) = ROWS.get(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst)) {
                    if let Err(why) = holds(row) {
                        failed.lock().unwrap().push(why);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} rows:\n{}", failed.len(), failed.join("\n\n"));
}
