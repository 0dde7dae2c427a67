//! The proxy between this command and a server.

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tfe_runner::{Proxy, Target};
use url::Url;

/// The proxy that the environment names for an address, and the variable. A server on this machine is asked directly.
pub(super) fn of_environment(address: &Url) -> Option<(Proxy, &'static str)> {
    let target = Target::new(address.as_str(), "").ok()?;
    if target.is_loopback() {
        return None;
    }
    let intercept = Matcher::from_env().intercept(&address.as_str().parse().ok()?)?;
    let own: [&str; 2] =
        if address.scheme() == "https" { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    let names = own.into_iter().chain(["ALL_PROXY", "all_proxy"]);
    let set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let name = names.into_iter().find(set).unwrap_or("ALL_PROXY");
    Some((proxy(&intercept), name))
}

/// A proxy by its URL, which may hold user and password.
pub(super) fn named(text: &str) -> Result<Proxy, String> {
    // What does not parse is not shown: it may hold a password.
    let expected = "a proxy is named by its URL, such as http://proxy.example.com:3128, or `none`";
    let url = Url::parse(text).map_err(|_| expected.to_owned())?;
    if url.scheme() != "http" && url.scheme() != "https" || url.host().is_none() {
        return Err(expected.to_owned());
    }
    let matcher = Matcher::builder().all(text.to_owned()).build();
    let intercept = matcher.intercept(&http::Uri::from_static("http://target.invalid"));
    intercept.map(|intercept| proxy(&intercept)).ok_or_else(|| expected.to_owned())
}

fn proxy(intercept: &Intercept) -> Proxy {
    let uri = intercept.uri();
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    // Never with what stands before the `@`.
    let host = authority.rsplit('@').next().unwrap_or_default();
    let url = format!("{}://{host}", uri.scheme_str().unwrap_or("http"));
    Proxy { url, authorization: intercept.basic_auth().cloned() }
}
