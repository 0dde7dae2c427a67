//! A target that cannot be asked at all, or refuses everybody: the run never begins.

use std::io::{Read as _, Write as _};

use tfe_runner::event::Claim;

use super::{never_begins, run};
use crate::scripted::{Scripted, Silent, answer, drip, hang};

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
        let _ = stream.read(&mut [0; 1024])?;
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
        assert_eq!(output.code, 3, "{status}: {output:?}");
        assert_eq!(events.claim().claim, Claim::NotEstablished);
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
    assert_eq!(output.code, 3, "{output:?}");
    assert_eq!(events.claim().claim, Claim::NotEstablished);
}

#[test]
fn redirects_throughout() {
    let server = Scripted::start(|request, stream| {
        answer(stream, "302 Found", &[("Location", &format!("http://127.0.0.1{}", request.target))], b"")
    });
    never_begins(&server.address(), &["redirects", "302"]);
    assert_eq!(server.seen().len(), 1, "no redirect is followed");
}
