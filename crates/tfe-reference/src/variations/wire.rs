//! How an answer is put on the wire: JSON, headers, chunks.

use std::convert::Infallible;
use std::fmt::Write as _;

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, SERVER, VARY};
use http::{HeaderValue, Method};
use serde_json::{Map, Value};

use super::layer::{Answer, Api, Asked, headers_alone};
use super::{Luck, Variation, Variations};

/// The response of an answer.
pub(super) fn response(variations: &Variations, asked: &Asked, mut answer: Answer) -> Response {
    let body = match answer.document.take() {
        Some(document) => encoded(variations, asked, document).into(),
        None => answer.bytes,
    };
    headers(variations, asked, &mut answer.headers);
    // The endpoint knew another body.
    answer.headers.remove(CONTENT_LENGTH);
    let is_chunked = body.len() > 1 && variations.hit(Variation::ChunkedBodies);
    let body = if asked.method == Method::HEAD {
        headers_alone(&mut answer.headers, (!is_chunked && !body.is_empty()).then_some(body.len()))
    } else if is_chunked {
        pieces(&body)
    } else {
        Body::from(body)
    };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

/// A document as text.
fn encoded(variations: &Variations, asked: &Asked, mut document: Value) -> String {
    if variations.hit(Variation::MembersReordered) {
        reordered(&mut document, asked.luck.number(Variation::MembersReordered));
    }
    let text = if variations.hit(Variation::PrettyJson) { format!("{document:#}\n") } else { document.to_string() };
    if variations.is_on(Variation::EscapedStrings) {
        let escaped = escaped(&text);
        if escaped != text && variations.hit(Variation::EscapedStrings) {
            return escaped;
        }
    }
    text
}

/// The members of every object, rotated.
fn reordered(value: &mut Value, by: u64) {
    match value {
        Value::Object(members) => {
            let mut list: Vec<(String, Value)> = std::mem::take(members).into_iter().collect();
            let at = usize::try_from(by % (list.len() as u64).max(1)).unwrap_or(0);
            list.rotate_left(at);
            if by % 2 == 1 {
                list.reverse();
            }
            for (_, member) in &mut list {
                reordered(member, by);
            }
            *members = Map::from_iter(list);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| reordered(item, by)),
        _ => {}
    }
}

/// JSON with every character escaped that may be and is not plain. Outside of strings there are none.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '/' => text.push_str("\\/"),
            letter if letter.is_ascii() => text.push(letter),
            letter => {
                let mut units = [0; 2];
                for unit in letter.encode_utf16(&mut units) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text
}

fn headers(variations: &Variations, asked: &Asked, headers: &mut HeaderMap) {
    let luck = asked.luck;
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    if variations.hit(Variation::ExtraHeaders) {
        set(CACHE_CONTROL, "max-age=0, private, must-revalidate");
        set(VARY, "Accept-Encoding, Origin");
        set(SERVER, "nginx");
        set(HeaderName::from_static("x-ratelimit-limit"), "30");
        set(HeaderName::from_static("x-ratelimit-remaining"), &(luck.request % 30).to_string());
        set(HeaderName::from_static("x-request-id"), &uuid(luck, Variation::ExtraHeaders));
    }
    if luck.once_in(2, Variation::SampledHeaders) && variations.hit(Variation::SampledHeaders) {
        set(HeaderName::from_static("x-trace-sampled"), "true");
    }
    if luck.once_in(20, Variation::ConnectionClose) && variations.hit(Variation::ConnectionClose) {
        set(CONNECTION, "close");
    }
    let Some(media_type) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return };
    let mut media_type = media_type.to_owned();
    if variations.hit(Variation::MediaTypeCase) {
        media_type = media_type.replace("application", "Application").replace("json", "JSON");
    }
    if asked.api == Api::V1 && variations.hit(Variation::V1Charset) {
        media_type.push_str("; charset=utf-8");
    }
    if let Ok(media_type) = media_type.parse() {
        headers.insert(CONTENT_TYPE, media_type);
    }
}

/// An id for one answer, in the form of a UUID.
pub(super) fn uuid(luck: Luck, variation: Variation) -> String {
    let hex = format!("{:016x}{:016x}", luck.number(variation), luck.number(Variation::Delays));
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// A body in a few pieces, which does not say how long it is; many of a long one would say nothing more.
fn pieces(body: &Bytes) -> Body {
    let size = body.len().div_ceil(3).max(1);
    let pieces = (0..body.len()).step_by(size).map(|at| Ok::<_, Infallible>(body.slice(at..body.len().min(at + size))));
    Body::from_stream(futures_util::stream::iter(pieces.collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_the_text_the_document_is_the_same() {
        let document = json!({ "a/b": "ü \u{1f600} \\/ \"", "c": [{ "d": null, "e": 1 }], "f": {} });
        let other = escaped(&document.to_string());
        assert!(other.is_ascii() && other.contains("\\/"), "{other}");
        assert_eq!(serde_json::from_str::<Value>(&other).unwrap(), document);
        for by in 0..10 {
            let mut shuffled = document.clone();
            reordered(&mut shuffled, by);
            assert_eq!(shuffled, document);
        }
    }

    #[test]
    fn the_order_of_members_changes() {
        let orders = (0..6).map(|by| {
            let mut document = json!({ "a": 1, "b": 2, "c": 3 });
            reordered(&mut document, by);
            document.to_string()
        });
        assert_eq!(orders.collect::<std::collections::BTreeSet<_>>().len(), 6);
    }
}
