//! Servers that do what a test wants, and remember what they were asked.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// Longest time that a server of these tests waits for its client.
const PATIENCE: Duration = Duration::from_mins(1);

/// The media type of the API.
pub(crate) const JSON_API: &str = "application/vnd.api+json";

/// Listens and never answers: shows that nothing was sent.
pub(crate) struct Silent {
    listener: TcpListener,
    address: String,
}

impl Silent {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        Self { listener, address }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// No connection was made. The process that could have made one must be over.
    #[track_caller]
    pub(crate) fn heard_nothing(&self) {
        self.listener.set_nonblocking(true).unwrap();
        let accepted = self.listener.accept();
        assert!(matches!(&accepted, Err(error) if error.kind() == io::ErrorKind::WouldBlock), "{accepted:?}");
    }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// How many requests came before.
    pub(crate) index: usize,
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn read(stream: &mut TcpStream) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let mut chunk = [0; 4096];
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            match stream.read(&mut chunk)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => bytes.extend_from_slice(&chunk[..count]),
            }
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut body = bytes.split_off(end + 4);
        let mut words = head.split(' ');
        let mut word = || words.next().unwrap_or_default().to_owned();
        let mut request = Self { index: 0, method: word(), target: word(), head, body: Vec::new() };
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        while body.len() < length {
            match stream.read(&mut chunk)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => body.extend_from_slice(&chunk[..count]),
            }
        }
        request.body = body;
        Ok(request)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.into_iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// As it came, for one answer.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        [self.head.as_bytes(), b"\r\nConnection: close\r\n\r\n", &self.body].concat()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A server that follows a script, on threads of its own.
pub(crate) struct Scripted {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    stopped: Arc<AtomicBool>,
}

impl Scripted {
    /// Gives every connection to `handle` as it is, and closes it afterwards.
    pub(crate) fn raw(handle: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stopped = Arc::new(AtomicBool::new(false));
        let (handle, over) = (Arc::new(handle), Arc::clone(&stopped));
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let handle = Arc::clone(&handle);
                thread::spawn(move || {
                    stream.set_read_timeout(Some(PATIENCE))?;
                    stream.set_write_timeout(Some(PATIENCE))?;
                    handle(stream)
                });
            }
        });
        Self { address, seen: Arc::default(), stopped }
    }

    /// Reads one request of every connection, lets `script` answer it, and closes.
    pub(crate) fn start(script: impl Fn(&Request, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let seen: Arc<Mutex<Vec<Request>>> = Arc::default();
        let log = Arc::clone(&seen);
        let mut server = Self::raw(move |mut stream| {
            let mut request = Request::read(&mut stream)?;
            {
                let mut log = log.lock().unwrap();
                request.index = log.len();
                log.push(request.clone());
            }
            script(&request, &mut stream)
        });
        server.seen = seen;
        server
    }

    /// A server that lets a run begin (the question of whether it takes the token, and the
    /// workspaces that cases want), and follows the script in everything else.
    pub(crate) fn after_preflight(
        script: impl Fn(&Request, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::start(move |request, stream| match polite(request) {
            Some((status, document)) => answer(stream, status, &[("Content-Type", JSON_API)], document.as_bytes()),
            None => script(request, stream),
        })
    }

    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked so far.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        drop(TcpStream::connect(self.address));
    }
}

fn polite(request: &Request) -> Option<(&'static str, String)> {
    match request.method.as_str() {
        "GET" if request.index == 0 => Some(("200 OK", json!({ "data": [] }).to_string())),
        "POST" if request.target.ends_with("/workspaces") => {
            let attributes = json!({ "name": request.json()["data"]["attributes"]["name"] });
            let data = json!({ "id": "ws-0123456789abcdef", "type": "workspaces", "attributes": attributes });
            Some(("201 Created", json!({ "data": data }).to_string()))
        }
        "DELETE" if request.target.contains("/workspaces/") => Some(("204 No Content", String::new())),
        _ => None,
    }
}

/// Writes a whole answer.
pub(crate) fn answer(stream: &mut TcpStream, status: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    if !status.starts_with("204") {
        head.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
    }
    stream.write_all(&[head.as_bytes(), b"\r\n", body].concat())
}

/// Writes a JSON:API answer.
pub(crate) fn json_api(stream: &mut TcpStream, status: &str, body: impl AsRef<[u8]>) -> io::Result<()> {
    answer(stream, status, &[("Content-Type", JSON_API)], body.as_ref())
}

/// Says nothing until the client goes away.
pub(crate) fn hang(stream: &mut TcpStream) -> io::Result<()> {
    while stream.read(&mut [0; 64])? > 0 {}
    Ok(())
}

/// Sends pieces of a body, one each time that the client was quiet for a moment, until it goes away.
pub(crate) fn drip(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.api+json\r\nContent-Length: 100000\r\n\r\n")?;
    stream.set_read_timeout(Some(Duration::from_millis(50)))?;
    loop {
        stream.write_all(b" ")?;
        match stream.read(&mut [0; 64]) {
            Ok(0) => return Ok(()),
            Err(error) if !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                return Err(error);
            }
            _ => {}
        }
    }
}
