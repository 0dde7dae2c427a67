//! Service discovery: where a host says that its API is (Terraform's remote service discovery,
//! `/.well-known/terraform.json`).

use std::time::Duration;

use http::{HeaderMap, Method};
use serde_json::Value;
use url::Url;

use crate::client::{Client, Manners, Request};
use crate::stop::Stop;
use crate::target::Target;

/// Where the document is.
const PATH: &str = "/.well-known/terraform.json";
/// The services that this suite knows, the first one that is there wins.
const SERVICES: [&str; 3] = ["tfe.v2", "tfe.v2.1", "tfe.v2.2"];
/// A host that has nothing to say should say so soon.
const LONGEST: Duration = Duration::from_secs(10);

/// Why a host does not say where its API is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// The client could not be set up.
    #[error("discovery: the HTTP client could not be set up: {0}")]
    Client(#[source] reqwest::Error),
    /// No answer, or one of another status.
    #[error("discovery: GET {url} {problem}; give the base path with --base-path")]
    NoDocument {
        /// What was asked.
        url: String,
        /// What came instead.
        problem: String,
    },
    /// The document names none of the services.
    #[error("discovery: {0} names none of the services {known}", known = SERVICES.join(", "))]
    NoService(String),
    /// The API is at another origin: no token goes there unasked.
    #[error(
        "discovery: the API is at {found}, and the address is {asked}: give {found} as the address if the token may go there"
    )]
    OtherOrigin {
        /// Where the API is.
        found: String,
        /// Where it was asked for.
        asked: String,
    },
}

/// Asks a target for the path prefix of its current API, without a token.
///
/// # Errors
/// [`DiscoveryError`] when the host does not say it, or names another origin.
pub async fn discover(target: &Target) -> Result<String, DiscoveryError> {
    let manners = Manners { rate: None, retries: 0, read_only: true };
    let mut limits = target.clone();
    limits.limits.total = limits.limits.total.min(LONGEST);
    let client = Client::new(&limits, manners, Stop::new()).map_err(DiscoveryError::Client)?;
    let mut url = target.address.clone();
    url.set_path(PATH);
    let no_document = |problem: String| DiscoveryError::NoDocument { url: url.to_string(), problem };
    let request = Request { method: Method::GET, url: url.clone(), headers: HeaderMap::new(), body: None };
    let answer = client.send(&request).await.map_err(|error| no_document(format!("got no answer: {error}")))?;
    if answer.status != 200 {
        return Err(no_document(format!("answered {}", answer.status)));
    }
    let document: Value =
        serde_json::from_slice(&answer.body).map_err(|_| no_document("answered what is no JSON".to_owned()))?;
    let place = SERVICES.iter().find_map(|service| document.get(service)?.as_str());
    base_path(&url, place.ok_or_else(|| DiscoveryError::NoService(url.to_string()))?)
}

/// The path of a service: its URL may be relative to that of the document.
fn base_path(document: &Url, place: &str) -> Result<String, DiscoveryError> {
    let no_service = || DiscoveryError::NoService(document.to_string());
    let found = document.join(place).map_err(|_| no_service())?;
    if found.origin() != document.origin() {
        return Err(DiscoveryError::OtherOrigin {
            found: found.origin().ascii_serialization(),
            asked: document.origin().ascii_serialization(),
        });
    }
    Ok(found.path().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_at_the_same_origin() {
        let document = Url::parse("https://tfe.example.com/.well-known/terraform.json").unwrap();
        let path = |place: &str| base_path(&document, place).map_err(|error| error.to_string());
        assert_eq!(path("/api/v2/"), Ok("/api/v2".to_owned()));
        assert_eq!(path("https://tfe.example.com/tfe/api/v2/"), Ok("/tfe/api/v2".to_owned()));
        assert_eq!(path("api/"), Ok("/.well-known/api".to_owned()));
        let elsewhere = path("https://api.example.net/v2/").unwrap_err();
        assert!(elsewhere.contains("https://api.example.net") && elsewhere.contains("token"), "{elsewhere}");
        assert!(path("//evil.example.com/api").is_err());
        assert!(path("http://tfe.example.com/api/v2/").is_err(), "another scheme is another origin");
    }
}
