//! Sends requests and takes answers, within limits. No redirect is followed, and a token goes to
//! the target's origin or nowhere.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

use crate::target::Limits;

/// A request as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
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
    #[error("{0} is not on the target's origin: not requested, because the token must not leave it")]
    OtherOrigin(String),
}

/// Client for one target.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    address: Url,
    limits: Limits,
    /// The target went on refusing (429) for as long as the limits allow.
    exhausted: Arc<AtomicBool>,
}

impl Client {
    pub(crate) fn new(address: &Url, limits: Limits) -> Result<Self, reqwest::Error> {
        install_crypto();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(limits.connect)
            .read_timeout(limits.read)
            .timeout(limits.total)
            .user_agent(concat!("tfe-conformance/", env!("CARGO_PKG_VERSION")))
            .http1_only()
            .no_proxy()
            .build()?;
        Ok(Self { http, address: address.clone(), limits, exhausted: Arc::default() })
    }

    /// Resolves a path or link against the target.
    pub(crate) fn resolve(&self, reference: &str) -> Result<Url, ClientError> {
        let url = self
            .address
            .join(reference)
            .map_err(|error| ClientError::OtherOrigin(format!("`{reference}` ({error})")))?;
        if url.origin() == self.address.origin() {
            Ok(url)
        } else {
            Err(ClientError::OtherOrigin(format!("`{reference}`")))
        }
    }

    /// Sends a request. Where the target asks to come back later (429), it is sent again after the
    /// time that the target names, as long as the limits allow; then the 429 is the answer.
    pub(crate) async fn send(&self, request: &Request) -> Result<Response, ClientError> {
        let mut left = self.limits.total;
        loop {
            let response = self.send_once(request).await?;
            let pause = pause(&response.headers);
            if response.status != 429 || pause > left || self.exhausted.load(Ordering::Relaxed) {
                // One exhausted limit is enough: the next request would wait as long for nothing.
                self.exhausted.fetch_or(response.status == 429, Ordering::Relaxed);
                return Ok(response);
            }
            left -= pause;
            tokio::time::sleep(pause).await;
        }
    }

    async fn send_once(&self, request: &Request) -> Result<Response, ClientError> {
        // The one place where requests leave: whatever built the URL, the token goes nowhere else.
        if request.url.origin() != self.address.origin() {
            return Err(ClientError::OtherOrigin(request.url.to_string()));
        }
        let mut builder =
            self.http.request(request.method.clone(), request.url.clone()).headers(request.headers.clone());
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let mut response = builder.send().await.map_err(|error| self.error(&error))?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.error(&error))? {
            if body.len() + chunk.len() > self.limits.body {
                return Err(ClientError::TooLarge(self.limits.body));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body: body.into(),
        })
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

/// How long the target asks to wait: `Retry-After` in seconds (RFC 9110, section 10.2.3), or the reset
/// time of this API's rate limit; a second where it does not say.
fn pause(headers: &HeaderMap) -> Duration {
    let seconds = |name: &str| {
        let seconds = headers.get(name)?.to_str().ok()?.trim().parse::<f32>().ok();
        // `nan` is a number for a parser, and no time.
        seconds.filter(|seconds| seconds.is_finite())
    };
    let asked = seconds("retry-after").or_else(|| seconds("x-ratelimit-reset")).unwrap_or(1.0);
    // Never a busy loop, and never a wait that no clock can count.
    Duration::from_secs_f32(asked.clamp(0.1, 3600.0))
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

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_pause_is_a_time_whatever_the_target_says() {
        let asked = |text: &'static str| {
            pause(&HeaderMap::from_iter([(http::header::RETRY_AFTER, HeaderValue::from_static(text))])).as_secs_f32()
        };
        assert!((asked("2") - 2.0).abs() < f32::EPSILON);
        for odd in ["nan", "inf", "-inf", "soon", "", "Wed, 21 Oct 2026 07:28:00 GMT"] {
            assert!((asked(odd) - 1.0).abs() < f32::EPSILON, "{odd}");
        }
        assert!(asked("-5") > 0.0 && asked("1e30") <= 3600.0);
    }
}
