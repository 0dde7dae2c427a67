//! The server under test, and what the run may use on it.

use std::collections::BTreeMap;
use std::time::Duration;

use url::{Host, Url};

use crate::suite::{Credential, Given, Identity};

/// The server under test.
#[derive(Clone)]
#[non_exhaustive]
pub struct Target {
    /// Scheme, host and port; no path.
    pub address: Url,
    /// Path prefix of the API by profile, where it is not that of the profile.
    pub base_paths: BTreeMap<String, String>,
    /// The organization under test.
    pub organization: String,
    /// Tokens by kind and identity. `Anonymous` has none.
    pub tokens: BTreeMap<(Credential, Identity), String>,
    /// Names of what exists and may be used. Where none is given, the run creates its own, if the
    /// API can delete it again.
    pub given: BTreeMap<Given, Vec<String>>,
    /// Limits of one exchange.
    pub limits: Limits,
    /// How it is reached.
    pub transport: Transport,
}

/// How a target is reached: what may change what is seen of it is told in every report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transport {
    /// Take any certificate: whoever answers may be somebody else.
    pub accepts_any_certificate: bool,
    /// The proxy that all requests go through.
    pub proxy: Option<Proxy>,
}

/// A proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Its address, without user and password.
    pub url: String,
    /// The value of `Proxy-Authorization`.
    pub authorization: Option<http::HeaderValue>,
}

impl Transport {
    /// What a reader of the report has to know.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let any = "certificates were not verified: whoever answered may not be the target".to_owned();
        let through = |proxy: &Proxy| {
            format!("through the proxy {}: what it does to requests and answers is seen as the target's", proxy.url)
        };
        let proxy = self.proxy.as_ref().map(through);
        self.accepts_any_certificate.then_some(any).into_iter().chain(proxy).collect()
    }
}

/// Limits of one exchange: beyond them the target was not heard.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Limits {
    /// Until the connection stands.
    pub connect: Duration,
    /// Between two pieces of an answer.
    pub read: Duration,
    /// For the whole exchange.
    pub total: Duration,
    /// Bytes of a response body.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(10),
            total: Duration::from_secs(30),
            body: 8 * 1024 * 1024,
        }
    }
}

/// What is wrong with a target's address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Not a URL.
    #[error("`{0}` is not a URL ({1}); an address looks like https://tfe.example.com")]
    NoUrl(String, url::ParseError),
    /// Not HTTP.
    #[error("`{0}` is neither an http nor an https address")]
    Scheme(String),
    /// Something besides scheme, host and port.
    #[error("the address has {0}; give the origin alone (scheme, host, port)")]
    NotOrigin(&'static str),
}

impl Target {
    /// A target at `address` (an origin, as in `https://tfe.example.com`), without any token yet.
    ///
    /// # Errors
    /// [`AddressError`] when `address` is not the origin of an HTTP server.
    pub fn new(address: &str, organization: &str) -> Result<Self, AddressError> {
        let url = Url::parse(address).map_err(|error| AddressError::NoUrl(without_userinfo(address), error))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::NotOrigin("a user name or password"));
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(AddressError::Scheme(address.to_owned()));
        }
        if url.path() != "/" {
            return Err(AddressError::NotOrigin("a path (use --base-path for the prefix of the API)"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::NotOrigin("a query or fragment"));
        }
        Ok(Self {
            address: url,
            base_paths: BTreeMap::new(),
            organization: organization.to_owned(),
            tokens: BTreeMap::new(),
            given: BTreeMap::new(),
            limits: Limits::default(),
            transport: Transport::default(),
        })
    }

    /// With a token.
    #[must_use]
    pub fn with_token(mut self, credential: Credential, identity: Identity, token: &str) -> Self {
        self.tokens.insert((credential, identity), token.to_owned());
        self
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        match self.address.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }

    /// The origin, as reports show it.
    pub fn origin(&self) -> String {
        self.address.origin().ascii_serialization()
    }
}

/// A broken address may hold a password before `@`; error messages must not.
fn without_userinfo(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_are_targets() {
        assert!(Target::new("https://tfe.example.com", "o").is_ok());
        assert!(Target::new("http://127.0.0.1:8080/", "o").is_ok());
        for bad in
            ["tfe.example.com", "ftp://tfe.example.com", "https://x/api/v2", "https://x/?a", "https://u:secret@x"]
        {
            let error = Target::new(bad, "o").err().expect(bad).to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
