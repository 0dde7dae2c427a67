//! How a run treats its target: not too fast, patient where it is asked to be, and no retry that
//! could make a deviation go away.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use tfe_runner::event::{CaseResult, Outcome, Verdict};

use crate::events::Events;
use crate::process::{Output, Run};
use crate::scripted::{JSON_API, Request, Scripted, answer, hang, json_api};
use crate::served::Served;

const CASE: &str = "v2/paths/prefix";

/// A server that answers its `n`th request by `odd` for each `n` that `when` picks, and passes the
/// rest on to a conforming one.
struct Between {
    server: Scripted,
    behind: Served,
}

impl Between {
    fn new(
        odd: impl Fn(&Request, &mut std::net::TcpStream) -> Option<std::io::Result<()>> + Send + Sync + 'static,
    ) -> Self {
        let behind = Served::start(&[]);
        let host = behind.client().host;
        let server = Scripted::start(move |request, stream| match odd(request, stream) {
            Some(done) => done,
            None => crate::leftovers::forward(&host, request, stream),
        });
        Self { server, behind }
    }

    fn run(&self, more: &[&str]) -> (Output, Events) {
        let (address, token, organization) = (self.server.address(), self.behind.token(), self.behind.organization());
        let run = Run::new(["run", "--address", &address, "--token", token, "--organization", organization]);
        run.args(["--outsider-token", self.behind.outsider()]).args(more).events()
    }
}

fn limited(stream: &mut std::net::TcpStream, name: &str, value: &str) -> std::io::Result<()> {
    answer(stream, "429 Too Many Requests", &[(name, value), ("Content-Type", JSON_API)], br#"{"errors": []}"#)
}

/// Requests are asked to come back later: the run waits as long as it is told, and the verdict is
/// the one that it would have been.
#[test]
fn a_limited_target_is_asked_again_when_it_says() {
    for (name, value) in [("Retry-After", "1"), ("X-RateLimit-Reset", "0.5"), ("Retry-After", "DATE")] {
        let between = Between::new(move |request, stream| {
            let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2));
            let value = if value == "DATE" { &date } else { value };
            [2, 5].contains(&request.index).then(|| limited(stream, name, value))
        });
        let began = Instant::now();
        let (output, events) = between.run(&["--case", "v2/variables/delete/removed"]);
        assert_eq!((output.code, events.only_case().verdict), (0, Verdict::Pass), "{name}: {value}: {output:?}");
        assert!(began.elapsed() > Duration::from_millis(500), "{name}: {value}: it did not wait");
        assert_eq!(events.only_case().flaky, Vec::<String>::new(), "to be asked to wait is no flaw");
    }
}

/// A target that goes on refusing is not established, and not waited for twice.
#[test]
fn a_limit_for_ever_is_not_waited_for() {
    let between = Between::new(|request, stream| (request.index > 0).then(|| limited(stream, "Retry-After", "3000")));
    let (output, events) = between.run(&["--case", "v2/variables/**", "--timeout", "2"]);
    assert_eq!(output.code, 3, "{output:?}");
    assert!(output.elapsed < Duration::from_secs(5), "{:?}", output.elapsed);
    let unheard = |case: &CaseResult| matches!(case.verdict, Verdict::Inconclusive | Verdict::Blocked);
    assert!(events.cases().all(unheard), "{:?}", events.finished());
}

/// No second sees more requests than the rate allows, whatever the number of jobs.
#[test]
fn the_rate_is_shared_by_all_cases() {
    let times: Arc<std::sync::Mutex<Vec<Instant>>> = Arc::default();
    let log = Arc::clone(&times);
    let between = Between::new(move |_, _| {
        log.lock().unwrap().push(Instant::now());
        None
    });
    let (output, _) =
        between.run(&["--case", "v2/paths/*", "--case", "v2/variables/delete/*", "--rate", "20", "--jobs", "8"]);
    assert_eq!(output.code, 0, "{output:?}");
    let times = times.lock().unwrap();
    assert!(times.len() > 20, "{} requests show nothing", times.len());
    let most = times.iter().map(|at| {
        let second = |other: &&Instant| (**other >= *at) && other.duration_since(*at) < Duration::from_millis(950);
        times.iter().filter(second).count()
    });
    let most = most.max().unwrap();
    assert!(most <= 24, "{most} requests within a second");
}

/// The connection is lost once in a while, under reads: the run asks again, and says that it did.
#[test]
fn a_lost_read_is_asked_again_and_the_case_is_marked() {
    let lost = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&lost);
    let between = Between::new(move |request, _| {
        let first = request.method == "GET" && request.index > 1 && count.fetch_add(1, Ordering::SeqCst) == 0;
        first.then_some(Ok(()))
    });
    let (output, events) = between.run(&["--case", "v2/variables/delete/removed"]);
    let case = events.only_case();
    assert_eq!((output.code, case.verdict), (0, Verdict::Pass), "{output:?}");
    assert_eq!(case.flaky.len(), 1, "{case:?}");
    assert!(case.flaky[0].contains("sent again") && case.flaky[0].contains("broke"), "{case:?}");
    assert!(output.stdout.contains("Flaky") && output.stdout.contains("sent again"), "{}", output.stdout);
    let (output, events) = Between::new(|request, _| (request.method == "GET" && request.index > 1).then_some(Ok(())))
        .run(&["--case", "v2/variables/delete/removed", "--retries", "0"]);
    assert_eq!((output.code, events.only_case().verdict), (3, Verdict::Inconclusive), "{output:?}");
}

/// A lost write may have been done: it is not repeated.
#[test]
fn a_lost_write_is_never_asked_again() {
    let between =
        Between::new(|request, _| (request.method == "POST" && request.target.ends_with("/vars")).then_some(Ok(())));
    let (output, events) = between.run(&["--case", "v2/variables/delete/removed", "--retries", "5"]);
    assert_eq!((output.code, events.only_case().verdict), (3, Verdict::Inconclusive), "{output:?}");
    let writes = between
        .server
        .seen()
        .into_iter()
        .filter(|request| request.method == "POST" && request.target.ends_with("/vars"));
    assert_eq!(writes.count(), 1);
}

/// A target that is not available now says when to come back, or is asked again if that is safe.
#[test]
fn an_unavailable_target_is_asked_again() {
    for (method, header) in [("POST", Some(("Retry-After", "0"))), ("GET", None)] {
        let asked = AtomicUsize::new(0);
        let between = Between::new(move |request, stream| {
            let mine = request.method == method && request.target.contains("/vars") && request.index > 1;
            let headers: Vec<_> = header.into_iter().collect();
            (mine && asked.fetch_add(1, Ordering::SeqCst) == 0)
                .then(|| answer(stream, "503 Service Unavailable", &headers, b""))
        });
        let (output, events) = between.run(&["--case", "v2/variables/delete/removed"]);
        let case = events.only_case();
        assert_eq!((output.code, case.verdict), (0, Verdict::Pass), "{method}: {output:?}");
        assert!(case.flaky.iter().any(|why| why.contains("503")), "{method}: {case:?}");
    }
    // Without an invitation a write is not repeated.
    let between = Between::new(|request, stream| {
        (request.method == "POST" && request.target.ends_with("/vars"))
            .then(|| answer(stream, "503 Service Unavailable", &[], b""))
    });
    let (output, events) = between.run(&["--case", "v2/variables/delete/removed"]);
    assert_eq!((output.code, events.only_case().verdict), (3, Verdict::Inconclusive), "{output:?}");
}

/// A wrong answer is never asked for twice: a deviation that comes and goes is a deviation.
#[test]
fn a_deviation_is_not_asked_again() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let between = Between::new(move |request, stream| {
        let mine = request.method == "GET" && request.index > 1 && count.fetch_add(1, Ordering::SeqCst) == 0;
        mine.then(|| json_api(stream, "500 Internal Server Error", r#"{"errors": []}"#))
    });
    let (output, events) = between.run(&["--case", CASE, "--retries", "9"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(events.checks().any(|check| check.outcome == Outcome::Fail));
}

/// A target that stops answering does not hold the run for its number of requests times the timeout;
/// and what was not asked is not claimed.
#[test]
fn a_target_that_falls_silent_ends_the_run() {
    let between = Between::new(|request, stream| (request.index > 30).then(|| hang(stream)));
    let (output, events) = between.run(&["--timeout", "1", "--jobs", "8"]);
    assert_eq!(output.code, 3, "{output:?}");
    assert!(output.elapsed < Duration::from_secs(15), "{:?}", output.elapsed);
    let not_begun = |case: &&CaseResult| {
        case.verdict == Verdict::Blocked
            && case.reason.as_deref().is_some_and(|reason| reason.contains("requests in a row"))
    };
    let count = events.cases().filter(not_begun).count();
    assert!(count > 50, "{count} cases were not begun");
    assert_eq!(events.cases().count(), events.started().cases, "every case has a result");
    let reasons = events.claim().reasons.join("\n");
    assert!(reasons.contains("requests in a row"), "{reasons}");
}
