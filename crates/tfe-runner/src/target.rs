//! The server under test, and what the run may use on it.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use crate::suite::Identity;

/// The server under test.
#[derive(Clone)]
#[non_exhaustive]
pub struct Target {
    /// Scheme, host and port; no path.
    pub address: Url,
    /// Path prefix of the API; `None` for that of the profile.
    pub base_path: Option<String>,
    /// The organization under test.
    pub organization: String,
    /// Tokens by identity. `Anonymous` has none.
    pub tokens: BTreeMap<Identity, String>,
    /// Workspaces that exist and may be used; none to let the run create its own.
    pub workspaces: Vec<String>,
    /// Limits of one exchange.
    pub limits: Limits,
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
    /// A target at `address` (an origin, as in `https://tfe.example.com`), with the user's token.
    ///
    /// # Errors
    /// [`AddressError`] when `address` is not the origin of an HTTP server.
    pub fn new(address: &str, organization: &str, token: &str) -> Result<Self, AddressError> {
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
            base_path: None,
            organization: organization.to_owned(),
            tokens: BTreeMap::from([(Identity::User, token.to_owned())]),
            workspaces: Vec::new(),
            limits: Limits::default(),
        })
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
        assert!(Target::new("https://tfe.example.com", "o", "token").is_ok());
        assert!(Target::new("http://127.0.0.1:8080/", "o", "token").is_ok());
        for bad in
            ["tfe.example.com", "ftp://tfe.example.com", "https://x/api/v2", "https://x/?a", "https://u:secret@x"]
        {
            let error = Target::new(bad, "o", "token").err().expect(bad).to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
