//! Requests a second of the runner, with every answer validated, against a bare `hyper` client that
//! sends the same requests over as many connections. The reference server is a process of its own.
//!
//! `cargo bench --bench requests`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints, and one that cannot go on fails")]

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use serde_json::Value;
use tfe_runner::suite::{Credential, Identity};
use tfe_runner::{Options, Plan, Selection, Suite, Target};
use tfe_schema::Catalog;

const CONNECTIONS: usize = 8;
const ROUNDS: usize = 7;

fn main() {
    let (mut server, line) = serve();
    let host = line["address"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (between, recorded) = record(&host);
    runtime.block_on(replay(&line, &between, 1));
    let requests = Arc::new(std::mem::take(&mut *recorded.lock().unwrap()));
    let count = requests.len();
    println!("{count} requests, {CONNECTIONS} connections, the quickest of {ROUNDS} rounds each");
    let (mut runner, mut hyper) = (Duration::MAX, Duration::MAX);
    // In turn, so that a busy machine is busy for both.
    for _ in 0..ROUNDS {
        runner = runner.min(runtime.block_on(replay(&line, &host, CONNECTIONS)));
        hyper = hyper.min(runtime.block_on(bare(&host, &requests)));
    }
    let rate = |time: Duration| f64::from(u32::try_from(count).unwrap()) / time.as_secs_f64();
    println!("  bare hyper client   {:>8.0} requests/s", rate(hyper));
    println!("  runner, validating  {:>8.0} requests/s, {:.2} of it", rate(runner), rate(runner) / rate(hyper));
    server.kill().unwrap();
    server.wait().unwrap();
}

fn serve() -> (Child, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tfe-conformance"));
    let mut child = command.arg("serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

/// The whole current profile, once.
async fn replay(line: &Value, host: &str, jobs: usize) -> Duration {
    let text = |pointer: &str| line.pointer(pointer).unwrap().as_str().unwrap();
    let selection = {
        let mut selection = Selection::default();
        selection.profiles = vec!["v2".to_owned()];
        selection
    };
    let plan = Plan::new(Arc::new(Suite::bundled().unwrap()), Catalog::bundled(), &selection).unwrap();
    let target = Target::new(&format!("http://{host}"), text("/organization"))
        .unwrap()
        .with_token(Credential::Tfe, Identity::User, text("/tokens/user"))
        .with_token(Credential::Tfe, Identity::Outsider, text("/tokens/outsider"));
    let mut options = Options::default();
    options.jobs = jobs;
    let began = Instant::now();
    let finished = tfe_runner::run(plan, target, options, &mut |_| {}).await.unwrap();
    assert_eq!(finished.exit_code, 0, "{finished:?}");
    began.elapsed()
}

/// Every request, over as many connections, each answer read to its end.
async fn bare(host: &str, requests: &Arc<Vec<Vec<u8>>>) -> Duration {
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(client(host.to_owned(), Arc::clone(requests), Arc::clone(&next))))
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    began.elapsed()
}

async fn client(host: String, requests: Arc<Vec<Vec<u8>>>, next: Arc<AtomicUsize>) {
    let stream = tokio::net::TcpStream::connect(&host).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(hyper_util::rt::TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    while let Some(bytes) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        sender.ready().await.unwrap();
        let answer = sender.send_request(parse(bytes, &host)).await.unwrap();
        answer.into_body().collect().await.unwrap();
    }
}

/// A request from its bytes.
fn parse(bytes: &[u8], host: &str) -> hyper::Request<Full<Bytes>> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.lines();
    let mut words = lines.next().unwrap().split(' ');
    let mut request = hyper::Request::builder().method(words.next().unwrap()).uri(words.next().unwrap());
    for (name, value) in lines.map(|line| line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""))) {
        request = request.header(name, if name.eq_ignore_ascii_case("host") { host } else { value });
    }
    request.body(Full::from(bytes[end + 4..].to_vec())).unwrap()
}

type Recorded = Arc<Mutex<Vec<Vec<u8>>>>;

/// A server that passes every request on and keeps its bytes.
fn record(host: &str) -> (String, Recorded) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (recorded, host) = (Recorded::default(), host.to_owned());
    let log = Arc::clone(&recorded);
    thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            let (log, host) = (Arc::clone(&log), host.clone());
            thread::spawn(move || pass_on(stream, &host, &log));
        }
    });
    (address, recorded)
}

fn pass_on(mut stream: TcpStream, host: &str, log: &Recorded) -> io::Result<()> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        match stream.read(&mut chunk)? {
            0 => return Ok(()),
            count => bytes.extend_from_slice(&chunk[..count]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    while bytes.len() < end + length {
        let count = stream.read(&mut chunk)?;
        bytes.extend_from_slice(&chunk[..count]);
    }
    log.lock().unwrap().push(bytes.clone());
    // One answer for each connection, so that its end is the end of the connection.
    bytes.splice(end - 2..end - 2, *b"Connection: close\r\n");
    let mut server = TcpStream::connect(host)?;
    server.write_all(&bytes)?;
    io::copy(&mut server, &mut stream).map(drop)
}
