//! A target that lets the run begin, and then cannot be heard: nothing is said about it.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tfe_runner::event::Verdict;

use super::{inconclusive, run};
use crate::scripted::{Scripted, drip, hang, json_api};

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
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        loop {
            stream.write_all(chunk.as_bytes())?;
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
    assert_eq!(output.code, 3, "{output:?}");
    let case = events.only_case();
    assert!([Verdict::Inconclusive, Verdict::Blocked].contains(&case.verdict), "{case:#?}");
    assert!(format!("{case:?}").contains("deep"), "{case:#?}");
}
