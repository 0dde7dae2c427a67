//! Whether two answers can be told apart: what "404 for what you may not see" means on the wire.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::Finding;
use crate::exchange::Exchange;

/// Headers that differ between any two answers of a server and tell nothing about a resource.
const VOLATILE: [&str; 18] = [
    "age",
    "cf-ray",
    "content-length",
    "date",
    "etag",
    "expires",
    "last-modified",
    "report-to",
    "request-id",
    "server-timing",
    "set-cookie",
    "strict-transport-security",
    "traceparent",
    "via",
    "x-amzn-trace-id",
    "x-correlation-id",
    "x-request-id",
    "x-runtime",
];

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

/// Judges whether `answer` tells anything that `other` does not.
pub(super) fn same(answer: &Exchange, other: &Exchange) -> Finding {
    let mut differences = Vec::new();
    let (status, other_status) = (answer.response.status, other.response.status);
    if status != other_status {
        differences.push(format!("status {status}, there {other_status}"));
    }
    let (names, other_names) = (header_names(answer), header_names(other));
    if names != other_names {
        let only = |some: &BTreeSet<String>, rest: &BTreeSet<String>| {
            let only: Vec<_> = some.difference(rest).cloned().collect();
            if only.is_empty() { "none".to_owned() } else { only.join(", ") }
        };
        differences.push(format!(
            "headers only here: {}, only there: {}",
            only(&names, &other_names),
            only(&other_names, &names)
        ));
    }
    let (body, other_body) = (masked_body(answer), masked_body(other));
    if body != other_body {
        differences.push(format!("body {body}, there {other_body}"));
    }
    if differences.is_empty() { Finding::Holds } else { Finding::Deviates(differences.join("; ")) }
}

fn header_names(exchange: &Exchange) -> BTreeSet<String> {
    let names = exchange.response.headers.keys().map(|name| name.as_str().to_owned());
    names.filter(|name| !VOLATILE.contains(&name.as_str()) && !name.contains("ratelimit")).collect()
}

/// The body without what names the resource asked for, and without what differs every time.
fn masked_body(exchange: &Exchange) -> String {
    let mut text = match exchange.document() {
        Some(document) => {
            let mut document = document.clone();
            drop_occurrence_ids(&mut document);
            document.to_string()
        }
        None => String::from_utf8_lossy(&exchange.response.body).into_owned(),
    };
    let mut own: Vec<_> = exchange.own_values.iter().filter(|value| value.len() > 2).collect();
    own.sort_by_key(|value| std::cmp::Reverse(value.len()));
    for value in own {
        text = text.replace(value.as_str(), "…");
    }
    match &*PASSING {
        Some(passing) => passing.replace_all(&text, "…").into_owned(),
        None => text,
    }
}

/// JSON:API 1.0, error objects: `id` is "a unique identifier for this particular occurrence".
fn drop_occurrence_ids(document: &mut Value) {
    for error in document.get_mut("errors").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(error) = error.as_object_mut() {
            error.shift_remove("id");
        }
    }
}
