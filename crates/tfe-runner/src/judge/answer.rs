//! Whether two answers can be told apart: what "404 for what you may not see" means on the wire.
//!
//! Answers of one server to one request differ among themselves: request ids, times, sampled trace
//! headers. So the request that is compared with was sent more than once, and only what was stable
//! among its answers is compared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use http::HeaderMap;
use percent_encoding::utf8_percent_encode;
use regex::Regex;
use serde_json::Value;
use tfe_schema::Pointer;

use super::Finding;
use crate::exchange::Exchange;
use crate::run::RESERVED;

/// Headers about the connection or the message (RFC 9110, section 7.6.1), or about this very moment.
const OF_THE_MESSAGE: [&str; 8] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "proxy-connection",
    "trailer",
    "transfer-encoding",
    "set-cookie",
];

/// Headers that servers make from the body: where the body repeats what was asked for, so do they.
const OF_THE_BODY: [&str; 5] = ["content-digest", "content-md5", "digest", "etag", "repr-digest"];

/// Values that differ between any two answers: UUIDs, long hexadecimal numbers, timestamps.
static PASSING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        r"|\b[0-9a-f]{16,}\b",
        r"|\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?\b",
        r"|\b\d{10,}\b",
    ))
    .ok()
});

/// Judges whether `answer` tells anything that `other` does not; `own` are further answers to its request, `controls`
/// to the request of `other`.
pub(super) fn same(answer: &Exchange, other: &Exchange, own: &[Arc<Exchange>], controls: &[Arc<Exchange>]) -> Finding {
    let mut differences = Vec::new();
    let (status, other_status) = (answer.response.status, other.response.status);
    if status != other_status {
        differences.push(format!("status {status}, there {other_status}"));
    }
    let all = |exchanges: &[Arc<Exchange>]| exchanges.iter().map(|control| Told::of(control)).collect::<Vec<_>>();
    let here = (Told::of(answer), all(own));
    let there = (Told::of(other), all(controls));
    differences.extend(different("header", &here, &there, |told| &told.headers));
    differences.extend(different("body", &here, &there, |told| &told.body));
    if differences.is_empty() { Finding::Holds } else { Finding::Deviates(differences.join("; ")) }
}

/// What an answer says, place by place, without what names the resource asked for and without what
/// differs every time.
struct Told {
    headers: BTreeMap<String, String>,
    body: BTreeMap<String, String>,
}

impl Told {
    fn of(exchange: &Exchange) -> Self {
        let mask = Mask::of(exchange);
        let raw = String::from_utf8_lossy(&exchange.response.body);
        let masked = mask.text(&raw);
        let headers = headers(&exchange.response.headers, &mask, masked != raw);
        let mut body = BTreeMap::new();
        if let Some(document) = exchange.document() {
            leaves(document, &Pointer::root(), &mask, &mut body);
        } else {
            body.insert(String::new(), masked);
        }
        // JSON:API 1.0, error objects: `id` is "a unique identifier for this particular occurrence".
        body.retain(|at, _| !(at.starts_with("/errors/") && at.ends_with("/id")));
        Self { headers, body }
    }
}

fn headers(headers: &HeaderMap, mask: &Mask, body_is_masked: bool) -> BTreeMap<String, String> {
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let name = name.as_str();
        if OF_THE_MESSAGE.contains(&name) || name.contains("ratelimit") {
            continue;
        }
        let value = if body_is_masked && OF_THE_BODY.contains(&name) {
            "…".to_owned()
        } else {
            mask.text(&String::from_utf8_lossy(value.as_bytes()))
        };
        told.entry(name.to_owned()).and_modify(|values| *values = format!("{values}, {value}")).or_insert(value);
    }
    told
}

/// Every value of a document by its place: the order of members means nothing.
fn leaves(value: &Value, at: &Pointer, mask: &Mask, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(name, member)| leaves(member, &at.join(&mask.text(name)), mask, found));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, &at.join(&index.to_string()), mask, found));
        }
        leaf => {
            found.insert(at.as_str().to_owned(), mask.text(&leaf.to_string()));
        }
    }
}

/// Where two answers differ, and neither differs from its own controls.
fn different(
    what: &str,
    (here, own): &(Told, Vec<Told>),
    (there, controls): &(Told, Vec<Told>),
    part: fn(&Told) -> &BTreeMap<String, String>,
) -> Vec<String> {
    let (here, there) = (part(here), part(there));
    let places: BTreeSet<&String> = here.keys().chain(there.keys()).collect();
    let among = |controls: &[Told], told: &BTreeMap<String, String>, place: &String| {
        controls.iter().all(|control| part(control).get(place) == told.get(place))
    };
    let stable = |place: &&String| among(controls, there, place) && among(own, here, place);
    let says = |told: &BTreeMap<String, String>, place: &String| {
        told.get(place).map_or_else(|| "absent".to_owned(), |value| format!("`{value}`"))
    };
    places
        .into_iter()
        .filter(|place| here.get(*place) != there.get(*place))
        .filter(stable)
        .map(|place| format!("{what} {place}: {}, there {}", says(here, place), says(there, place)))
        .collect()
}

/// Removes what a request says itself: an answer that repeats it tells nothing.
struct Mask {
    long: Vec<String>,
    /// Values so short that they are found in other words: removed only where they stand alone.
    short: Option<Regex>,
}

impl Mask {
    fn of(exchange: &Exchange) -> Self {
        const SHORT: usize = 2;
        // Also as a URL spells them.
        let spelled = |value: String| {
            let encoded = utf8_percent_encode(&value, RESERVED).to_string();
            if encoded == value { vec![value] } else { vec![value, encoded] }
        };
        let own = own_values(exchange).into_iter().filter(|value| !value.is_empty()).flat_map(spelled);
        let (short, mut long): (Vec<String>, Vec<String>) = own.partition(|value| value.len() <= SHORT);
        long.sort_by_key(|value| std::cmp::Reverse(value.len()));
        let short: Vec<String> = short.iter().map(|value| regex::escape(value)).collect();
        let pattern = format!(r"\b({})\b", short.join("|"));
        Self { long, short: if short.is_empty() { None } else { Regex::new(&pattern).ok() } }
    }

    fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for value in &self.long {
            text = text.replace(value.as_str(), "…");
        }
        for pattern in self.short.iter().chain(PASSING.as_ref()) {
            text = pattern.replace_all(&text, "…").into_owned();
        }
        text
    }
}

/// What the requester knows already, because the request says it: what its path names, and the values of its query and
/// body.
fn own_values(exchange: &Exchange) -> Vec<String> {
    let mut own = exchange.own_values.clone();
    let url = &exchange.request.url;
    own.extend(url.query_pairs().map(|(_, value)| value.into_owned()));
    own.extend(url.query().map(str::to_owned));
    if let Some(Ok(parsed)) = exchange.request.body.as_deref().map(tfe_schema::json::parse) {
        texts(&parsed.value, &mut own);
    }
    own
}

fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method};
    use serde_json::json;
    use url::Url;

    use super::*;
    use crate::client::{Request, Response};

    fn exchange(id: &str, status: u16, headers: &[(&'static str, &str)], body: &Value) -> Exchange {
        let url = Url::parse(&format!("http://x/vars/{id}")).unwrap();
        let request = Request { method: Method::GET, url, headers: HeaderMap::new(), body: None };
        let headers = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()));
        let response = Response::new(status, headers.collect(), body.to_string().into());
        Exchange::new("step", request, response, vec![id.to_owned()])
    }

    fn missing(id: &str, headers: &[(&'static str, &str)]) -> Exchange {
        exchange(id, 404, headers, &json!({"errors": [{"status": "404", "detail": format!("no variable {id}")}]}))
    }

    #[test]
    fn what_names_the_resource_asked_for_tells_nothing() {
        assert_eq!(same(&missing("var-1234", &[]), &missing("var-9", &[]), &[], &[]), Finding::Holds);
        assert_eq!(same(&missing("50", &[]), &missing("7", &[]), &[], &[]), Finding::Holds);
    }

    #[test]
    fn the_order_of_members_and_the_connection_tell_nothing() {
        let one = exchange("a", 404, &[("connection", "close")], &json!({"errors": [{"status": "404", "title": "x"}]}));
        let other = exchange("b", 404, &[], &json!({"errors": [{"title": "x", "status": "404"}]}));
        assert_eq!(same(&one, &other, &[], &[]), Finding::Holds);
    }

    #[test]
    fn a_header_that_gives_the_reason_tells() {
        let hidden = missing("hidden", &[("x-reason", "forbidden")]);
        let absent = missing("absent", &[("x-reason", "missing")]);
        assert_ne!(same(&hidden, &absent, &[], &[]), Finding::Holds);
        assert_ne!(same(&missing("hidden", &[("etag", "1")]), &missing("absent", &[]), &[], &[]), Finding::Holds);
    }

    #[test]
    fn a_digest_of_a_body_that_repeats_the_request_tells_nothing() {
        let (hidden, absent) = (missing("hidden", &[("etag", "W/\"a\"")]), missing("absent", &[("etag", "W/\"b\"")]));
        assert_eq!(same(&hidden, &absent, &[], &[]), Finding::Holds);
        let body = json!({"errors": [{"status": "404"}]});
        let (hidden, absent) =
            (exchange("h", 404, &[("etag", "1")], &body), exchange("m", 404, &[("etag", "2")], &body));
        assert_ne!(same(&hidden, &absent, &[], &[]), Finding::Holds, "of the same body it would be the same");
    }

    #[test]
    fn what_differs_among_the_controls_is_not_compared() {
        let body = |took: u8| json!({"errors": [{"status": "404"}], "meta": {"took-ms": took}});
        let hidden = exchange("h", 404, &[("x-trace", "a")], &body(1));
        let absent = exchange("m", 404, &[], &body(2));
        let controls = [Arc::new(exchange("m", 404, &[("x-trace", "b")], &body(3)))];
        assert_ne!(same(&hidden, &absent, &[], &[]), Finding::Holds);
        assert_eq!(same(&hidden, &absent, &[], &controls), Finding::Holds);
        let forbidden = exchange("h", 403, &[], &body(1));
        assert_ne!(same(&forbidden, &absent, &[], &controls), Finding::Holds);
    }

    #[test]
    fn what_comes_with_some_answers_only_is_not_compared() {
        let traced = Arc::new(missing("hidden", &[("x-trace", "1")]));
        let plain = Arc::new(missing("hidden", &[]));
        let absent = missing("absent", &[]);
        assert_ne!(same(&traced, &absent, &[Arc::clone(&traced)], &[]), Finding::Holds);
        assert_eq!(same(&traced, &absent, &[Arc::clone(&traced), plain], &[]), Finding::Holds);
    }
}
