//! What people and programs read after a run.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;
use tfe_runner::event::{Outcome, Verdict};

use crate::process::{Run, report};
use crate::served::Served;

/// Compares with a file below `snapshots/cli`, without what differs from run to run.
pub(crate) fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../../snapshots/cli");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (pattern, mark) in [
        (r"127\.0\.0\.1:\d+", "HOST:PORT"),
        (r"\b\d+\.\d+\.\d+\b", "VERSION"),
        (r"\d+\.\d+ s\b", "TIME"),
        (r"tfc_[a-z2-7]{8}_\d+", "tfc_RUN"),
        (r"\b(var|ws)-[A-Za-z0-9]{16}\b", "$1-ID"),
        (r"\(os error \d+\)", "(os error)"),
    ] {
        settings.add_filter(pattern, mark);
    }
    settings.bind(|| assert_snapshot!(name, text));
}

/// The whole profile against the reference server, as people see it.
#[test]
fn a_run_without_deviations() {
    let output = Run::reference(&["--profile", "v2"]).output();
    assert_eq!((output.code, output.stderr.as_str()), (0, ""));
    snapshot("run-conformant", &output.stdout);
}

/// One deviation with everything that is needed to understand and repeat it.
#[test]
fn a_run_with_a_deviation() {
    let args = ["--profile", "v2", "--fault", "foreign-403", "--case", "v2/access/hidden-read"];
    let output = Run::reference(&args).output();
    assert_eq!((output.code, output.stderr.as_str()), (1, ""));
    snapshot("run-deviation", &output.stdout);
}

/// What is missing is said plainly, once.
#[test]
fn a_run_without_a_second_identity() {
    let served = Served::start(&[]);
    let output = served.run_alone().args(["--case", "v2/access/hidden-*"]).output();
    assert_eq!((output.code, output.stderr.as_str()), (3, ""));
    snapshot("run-without-outsider", &output.stdout);
}

/// A run that could not begin.
#[test]
fn a_run_without_a_server() {
    let output = Run::against("http://127.0.0.1:1", "some-token", &[]).output();
    assert_eq!((output.code, output.stderr.as_str()), (3, ""));
    snapshot("run-unreachable", &output.stdout);
}

/// All reports of one run tell the same, whatever they were made for.
#[test]
fn all_reports_agree() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut run = Run::reference(&["--fault", "foreign-403"]);
    for format in ["json", "junit"] {
        run = run.args([std::ffi::OsStr::new("--report"), &report(format, &path(format))]);
    }
    let (output, events) = run.events();
    let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    let json: Value = serde_json::from_str(&read("json")).unwrap();
    let failed: Vec<_> = events.cases().filter(|case| case.verdict == Verdict::Fail).collect();
    assert!(!failed.is_empty());
    let (json, junit) = (json.to_string(), read("junit"));
    for case in failed {
        for (name, text) in [("human", &output.stdout), ("json", &json), ("junit", &junit)] {
            assert!(text.contains(&case.id), "{name} does not tell {}", case.id);
        }
    }
    for requirement in events.requirements(Outcome::Fail) {
        for (name, text) in [("human", &output.stdout), ("json", &json), ("junit", &junit)] {
            assert!(text.contains(requirement), "{name} does not tell {requirement}");
        }
    }
    assert!(output.stdout.contains("non-conformant") && json.contains("non-conformant"));
}

/// A report on standard output is alone there: a program can read it.
#[test]
fn a_report_on_standard_output_is_alone() {
    let args = ["--case", "v2/paths/*", "--report", "json=-"];
    let output = Run::reference(&args).output();
    let json: Value = serde_json::from_str(&output.stdout).unwrap();
    assert!(json.is_object());
}

/// The printed `curl` line gets the answer that the report shows, with the token from the
/// environment. A shell reads the line; the request is sent from here, so that no `curl` is needed.
#[cfg(unix)]
#[test]
fn curl_lines_repeat_the_exchange() {
    let served = Served::start(&["--fault", "foreign-403"]);
    let (_, events) = served.run().args(["--keep", "--case", "v2/access/*"]).events();
    let mut repeated = 0;
    for case in events.cases() {
        for check in case.checks.iter().filter(|check| check.requirement == "v2.index.hidden-is-404") {
            let Some(exchange) = check.exchange.filter(|_| check.outcome == Outcome::Fail) else { continue };
            let exchange = &case.exchanges[exchange];
            assert!(!exchange.curl.contains(served.token()) && !exchange.curl.contains(served.outsider()));
            let status = exchange.response.as_ref().unwrap().status;
            assert_eq!(repeat(&served, &exchange.curl), status, "{}", exchange.curl);
            repeated += 1;
        }
    }
    assert!(repeated >= 3, "{repeated} lines were repeated");
}

/// Sends what a `curl` line says; the status of the answer.
fn repeat(served: &Served, line: &str) -> u16 {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("curl() {{ printf '%s\\0' \"$@\"; }}; {line}")]);
    shell.env("TFE_TOKEN", served.token()).env("TFE_OUTSIDER_TOKEN", served.outsider());
    let output = shell.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let arguments = String::from_utf8(output.stdout).unwrap();
    let mut arguments = arguments.trim_end_matches('\0').split('\0');
    let (mut method, mut body, mut url) = ("GET", "", "");
    let mut head = String::from("Connection: close\r\n");
    while let Some(argument) = arguments.next() {
        match argument {
            "--request" => method = arguments.next().unwrap(),
            "--header" => head = format!("{head}{}\r\n", arguments.next().unwrap()),
            "--data-binary" => body = arguments.next().unwrap(),
            other if other.starts_with("--") => {}
            other => url = other,
        }
    }
    let host = served.address().strip_prefix("http://").unwrap();
    let path = url.strip_prefix(served.address()).unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    let request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{head}Content-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}
