//! Sends requests and takes answers, within limits. No redirect is followed, and a token goes to
//! the target's origin or nowhere.

mod pace;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Once, OnceLock};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;
use tfe_schema::json::{self, Parsed, SyntaxError};
use tokio::sync::{RwLock, RwLockWriteGuard};
use url::Url;

use self::pace::Pace;
use crate::stop::Stop;
use crate::target::{Limits, Proxy, Target};

/// A target that gives no answer to this many requests in a row is not asked any more: a server that
/// is down or only drips would hold a run for its number of requests times the timeout.
const UNHEARD: usize = 12;

/// How many values an answer may have: a value takes many
/// times the memory of the few bytes that it is written in.
const MOST_VALUES: usize = 250_000;

/// How long a request that is under way when the run is told to end may still take.
const GRACE: Duration = Duration::from_secs(2);

/// A request as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
}

impl Request {
    /// Whether it asks for nothing but an answer (RFC 9110, section 9.2.1), so that it may be repeated.
    pub(crate) fn only_reads(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// About how many values a JSON document in the body has.
    pub(crate) values: usize,
    /// Why the request had to be sent again before this answer came, once for each time.
    pub(crate) again: Vec<String>,
    parsed: OnceLock<Result<Parsed, SyntaxError>>,
}

impl Response {
    pub(crate) fn new(status: u16, headers: HeaderMap, body: Bytes) -> Self {
        let values = values(&body);
        Self { status, headers, body, values, again: Vec::new(), parsed: OnceLock::new() }
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> &Result<Parsed, SyntaxError> {
        self.parsed.get_or_init(|| json::parse(&self.body))
    }

    /// The document, if the body is JSON.
    pub(crate) fn document(&self) -> Option<&Value> {
        self.json().as_ref().ok().map(|parsed| &parsed.value)
    }
}

/// Why there is no answer to judge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClientError {
    #[error("no connection to the target: {0}")]
    Connect(String),
    #[error("TLS with the target failed: {0}")]
    Tls(String),
    #[error("no complete answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    #[error("the connection broke before the answer was complete: {0}")]
    Broken(String),
    #[error("the answer's body is larger than {0} bytes")]
    TooLarge(usize),
    #[error("the answer has more than {0} values: it was not read")]
    TooMany(usize),
    #[error("the answer has the content coding `{0}`, which was not asked for: it was not read")]
    Coded(String),
    #[error("{0} is not on the target's origin: not requested, because the token must not leave it")]
    OtherOrigin(String),
    #[error("{0} was not sent: the run only reads")]
    ReadOnly(Method),
    #[error("{0}")]
    Stopped(String),
    #[error("{0}")]
    NotSent(String),
}

/// How the client treats a target.
#[derive(Debug, Clone, Default)]
pub(crate) struct Manners {
    /// Requests a second; 0 for no limit, none for what is polite.
    pub(crate) rate: Option<u32>,
    /// How often a request that found no answer is sent again, where that is safe.
    pub(crate) retries: u32,
    /// Whether only requests that change nothing may leave.
    pub(crate) read_only: bool,
}

/// Client for one target.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    address: Url,
    limits: Limits,
    manners: Manners,
    pace: Option<Arc<Pace>>,
    stop: Stop,
    /// Shared by requests, and held alone while a list is read page by page.
    gate: Arc<RwLock<()>>,
    /// The target went on refusing (429) for as long as the limits allow.
    exhausted: Arc<AtomicBool>,
    /// How many requests in a row found no answer.
    unheard: Arc<AtomicUsize>,
}

/// A proxy for every request.
fn intercepting(proxy: &Proxy) -> Result<reqwest::Proxy, reqwest::Error> {
    let intercepting = reqwest::Proxy::all(&proxy.url)?;
    Ok(match &proxy.authorization {
        Some(value) => intercepting.custom_http_auth(value.clone()),
        None => intercepting,
    })
}

impl Client {
    pub(crate) fn new(target: &Target, manners: Manners, stop: Stop) -> Result<Self, reqwest::Error> {
        install_crypto();
        let limits = target.limits;
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(limits.connect)
            .read_timeout(limits.read)
            .timeout(limits.total)
            .user_agent(concat!("tfe-conformance/", env!("CARGO_PKG_VERSION")))
            // Without it any coding would be right (RFC 9110, section 12.5.3), and none is understood here.
            .default_headers(HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("identity"))]))
            .http1_only()
            .no_proxy()
            .tls_danger_accept_invalid_certs(target.transport.accepts_any_certificate);
        let builder = match &target.transport.proxy {
            Some(proxy) => builder.proxy(intercepting(proxy)?),
            None => builder,
        };
        // Without TLS no certificate is of use; reading those of the system takes time, and an empty container has none.
        let http = match target.address.scheme() {
            "http" => builder.tls_certs_only([]),
            _ => builder,
        };
        let http = http.build()?;
        Ok(Self {
            http,
            address: target.address.clone(),
            limits,
            pace: Pace::new(manners.rate, target.is_loopback()).map(Arc::new),
            manners,
            stop,
            gate: Arc::default(),
            exhausted: Arc::default(),
            unheard: Arc::default(),
        })
    }

    /// Resolves a path or link against the target.
    pub(crate) fn resolve(&self, reference: &str) -> Result<Url, ClientError> {
        self.follow(&self.address, reference)
    }

    /// The URL that a link in the answer to a request for `from` means (RFC 3986, section 5), if it is of the target.
    pub(crate) fn follow(&self, from: &Url, reference: &str) -> Result<Url, ClientError> {
        let url = from.join(reference).map_err(|error| ClientError::OtherOrigin(format!("`{reference}` ({error})")))?;
        if url.origin() == self.address.origin() {
            Ok(url)
        } else {
            Err(ClientError::OtherOrigin(format!("`{reference}`")))
        }
    }

    /// Sends a request, unless the run is to end.
    pub(crate) async fn send(&self, request: &Request) -> Result<Response, ClientError> {
        self.unless_stopped(request, true).await
    }

    async fn unless_stopped(&self, request: &Request, shared: bool) -> Result<Response, ClientError> {
        if let Some(reason) = self.stop.reason() {
            return Err(ClientError::Stopped(reason));
        }
        tokio::select! {
            answer = self.patiently(request, shared) => answer,
            reason = self.stop.asked(GRACE) => Err(ClientError::Stopped(reason)),
        }
    }

    /// Sends a request of the clean-up: also when the run is to end.
    pub(crate) async fn undo(&self, request: &Request) -> Result<Response, ClientError> {
        self.patiently(request, true).await
    }

    /// Keeps every other request of the run back: what is read in several requests is then read as it is at one
    /// time. Pages that are counted from the start would shift under the feet of whoever reads them.
    pub(crate) async fn alone(&self) -> Alone<'_> {
        Alone { client: self, _gate: self.gate.write().await }
    }

    /// Sends a request, and sends it again where the target asks to come back later (429), or where it
    /// was not heard and may be asked twice. A pause is as long as the target says and the limits
    /// allow; after that the last answer counts.
    async fn patiently(&self, request: &Request, shared: bool) -> Result<Response, ClientError> {
        let mut left = self.limits.total;
        let mut again = Vec::new();
        loop {
            let gate = if shared { Some(self.gate.read().await) } else { None };
            let outcome = self.send_once(request).await;
            drop(gate);
            self.note_silence(&outcome);
            let limited = matches!(&outcome, Ok(response) if response.status == 429);
            let pause =
                if limited { self.limited(&outcome, left) } else { self.second_chance(request, &outcome, &again) };
            let Some(pause) = pause.filter(|pause| *pause <= left) else {
                return outcome.map(|response| Response { again, ..response });
            };
            if !limited {
                again.push(match &outcome {
                    Ok(response) => format!("status {}", response.status),
                    Err(error) => error.to_string(),
                });
            }
            left -= pause;
            tokio::time::sleep(pause).await;
        }
    }

    /// How long to wait after a 429, if it makes sense to wait.
    fn limited(&self, outcome: &Result<Response, ClientError>, left: Duration) -> Option<Duration> {
        let asked = outcome.as_ref().ok().and_then(|answer| pace::asked_pause(&answer.headers, SystemTime::now()));
        let pause = asked.unwrap_or(Duration::from_secs(1));
        if pause > left || self.exhausted.load(Ordering::Relaxed) {
            // One exhausted limit is enough: the next request would wait as long for nothing.
            self.exhausted.store(true, Ordering::Relaxed);
            return None;
        }
        if let Some(pace) = &self.pace {
            pace.hold(pause);
        }
        Some(pause)
    }

    /// How long to wait before a request that found no answer is sent again, if it may be: it was never
    /// sent, it only reads, or the target itself says when to come back. What a target answers is never
    /// asked for twice, so that no deviation can go away.
    fn second_chance(
        &self,
        request: &Request,
        outcome: &Result<Response, ClientError>,
        again: &[String],
    ) -> Option<Duration> {
        let times = u32::try_from(again.len()).unwrap_or(u32::MAX);
        if times >= self.manners.retries {
            return None;
        }
        let soon = Duration::from_millis(100) * 2_u32.saturating_pow(times.min(6));
        match outcome {
            Err(ClientError::Connect(_)) => Some(soon),
            Err(ClientError::Broken(_)) if request.only_reads() => Some(soon),
            Ok(answer) if matches!(answer.status, 502..=504) => {
                let asked = pace::asked_pause(&answer.headers, SystemTime::now());
                asked.or_else(|| request.only_reads().then_some(soon))
            }
            _ => None,
        }
    }

    /// Counts requests without an answer; too many in a row end the run.
    fn note_silence(&self, outcome: &Result<Response, ClientError>) {
        use ClientError::{Broken, Connect, Timeout, Tls};
        if !matches!(outcome, Err(Connect(_) | Tls(_) | Timeout(_) | Broken(_))) {
            self.unheard.store(0, Ordering::Relaxed);
        } else if self.unheard.fetch_add(1, Ordering::Relaxed) + 1 == UNHEARD {
            self.stop
                .now(&format!("the target gave no answer to {UNHEARD} requests in a row, and was not asked further"));
        }
    }

    async fn send_once(&self, request: &Request) -> Result<Response, ClientError> {
        // The one place where requests leave: whatever built the URL, the token goes nowhere else.
        if request.url.origin() != self.address.origin() {
            return Err(ClientError::OtherOrigin(request.url.to_string()));
        }
        if self.manners.read_only && !request.only_reads() {
            return Err(ClientError::ReadOnly(request.method.clone()));
        }
        if let Some(pace) = &self.pace {
            pace.token().await;
        }
        let mut builder =
            self.http.request(request.method.clone(), request.url.clone()).headers(request.headers.clone());
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let mut response = builder.send().await.map_err(|error| self.error(&error))?;
        if let Some(coding) = coding(response.headers()) {
            return Err(ClientError::Coded(coding));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.error(&error))? {
            if body.len() + chunk.len() > self.limits.body {
                return Err(ClientError::TooLarge(self.limits.body));
            }
            body.extend_from_slice(&chunk);
        }
        let headers = std::mem::take(response.headers_mut());
        let response = Response::new(response.status().as_u16(), headers, body.into());
        if response.values > MOST_VALUES { Err(ClientError::TooMany(MOST_VALUES)) } else { Ok(response) }
    }

    fn error(&self, error: &reqwest::Error) -> ClientError {
        let cause = root_cause(error);
        if error.is_timeout() {
            ClientError::Timeout(if error.is_connect() {
                self.limits.connect
            } else {
                self.limits.total.min(self.limits.read)
            })
        } else if error.is_connect() {
            let tls = ["certificate", "tls", "TLS", "handshake", "InvalidContentType"]
                .iter()
                .any(|word| cause.contains(word));
            if tls { ClientError::Tls(cause) } else { ClientError::Connect(cause) }
        } else {
            ClientError::Broken(cause)
        }
    }
}

/// Every value of a JSON document but the first follows one of these.
fn values(body: &[u8]) -> usize {
    body.iter().filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{')).count()
}

/// The content coding of an answer, if it has one: what is coded was not asked for and is not read, so
/// that a few bytes cannot unfold to many.
fn coding(headers: &HeaderMap) -> Option<String> {
    let codings = headers.get_all(CONTENT_ENCODING).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let mut coded =
        codings.filter(|coding| !coding.trim().is_empty() && !coding.trim().eq_ignore_ascii_case("identity"));
    coded.next().map(|coding| coding.trim().to_owned())
}

/// The client, while nothing else is sent.
pub(crate) struct Alone<'c> {
    client: &'c Client,
    _gate: RwLockWriteGuard<'c, ()>,
}

impl Alone<'_> {
    /// As [`Client::send`].
    pub(crate) async fn send(&self, request: &Request) -> Result<Response, ClientError> {
        self.client.unless_stopped(request, false).await
    }
}

/// The innermost error says what happened; the outer ones repeat the URL.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn install_crypto() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        // An error means that the embedding program installed one already: then that one serves.
        drop(rustls::crypto::ring::default_provider().install_default());
    });
}
