//! Content negotiation as JSON:API 1.0 asks for it ("Server Responsibilities").

use http::HeaderMap;
use http::header::{ACCEPT, AsHeaderName, CONTENT_TYPE};

use crate::faults::{Fault, Faults};
use crate::jsonapi::Refusal;

/// The media type of every document of the API.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.api+json";

/// 415 where the media type has parameters, and where a body comes as something else. A request without a body may
/// say what it likes about the body that it does not have.
pub(crate) fn check_content_type(faults: &Faults, headers: &HeaderMap, has_body: bool) -> Result<(), Refusal> {
    let types: Vec<_> = elements(headers, CONTENT_TYPE).map(|text| MediaRange::parse(&text)).collect();
    let good = match types.as_slice() {
        [only] if only.is_json_api() => !only.has_parameters || faults.hit(Fault::ContentTypeParametersAccepted),
        _ => !has_body && !types.iter().any(|one| one.is_json_api() && one.has_parameters),
    };
    if good { Ok(()) } else { Err(Refusal::unsupported_media_type()) }
}

/// 406 where the media type stands in `Accept` with parameters only, and where nothing in `Accept` covers it.
pub(crate) fn check_accept(faults: &Faults, headers: &HeaderMap) -> Result<(), Refusal> {
    let ranges: Vec<_> = elements(headers, ACCEPT).map(|text| MediaRange::parse(&text)).collect();
    // The rule speaks of the media type itself: `*/*` beside it does not help.
    let named = ranges.iter().filter(|range| range.is_json_api()).count() > 0;
    let good = ranges.iter().any(|range| {
        let covers = if named { range.is_json_api() } else { range.is_wildcard() };
        covers && !range.has_parameters && !range.excluded
    });
    if good || ranges.is_empty() {
        return if refused_by_fault(faults, headers) { Err(Refusal::not_acceptable()) } else { Ok(()) };
    }
    if faults.hit(Fault::AcceptParametersIgnored) { Ok(()) } else { Err(Refusal::not_acceptable()) }
}

/// Whether a server that reads `Accept` as a text refuses what is acceptable.
fn refused_by_fault(faults: &Faults, headers: &HeaderMap) -> bool {
    elements(headers, ACCEPT).any(|text| {
        text == "*/*" && faults.hit(Fault::AcceptWildcardRefused)
            || text.contains("json;q=") && faults.hit(Fault::AcceptWeightRefused)
            || text.to_ascii_lowercase() != text && faults.hit(Fault::AcceptCaseMatters)
    })
}

/// One element of `Accept`, or the value of `Content-Type`.
struct MediaRange {
    /// `type/subtype`, in lower case.
    essence: String,
    /// Parameters other than `q`, which is a weight and not part of the media type (RFC 9110, section 12.4.2).
    has_parameters: bool,
    /// `q=0`: not acceptable.
    excluded: bool,
}

impl MediaRange {
    fn parse(text: &str) -> Self {
        let mut parts = split(text, ';').into_iter().map(str::trim);
        let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
        let mut range = Self { essence, has_parameters: false, excluded: false };
        for parameter in parts.filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some((name, weight)) if name.trim().eq_ignore_ascii_case("q") => {
                    range.excluded = weight.trim().parse() == Ok(0.0_f32);
                }
                _ => range.has_parameters = true,
            }
        }
        range
    }

    fn is_json_api(&self) -> bool {
        self.essence == MEDIA_TYPE
    }

    fn is_wildcard(&self) -> bool {
        ["*/*", "application/*"].contains(&self.essence.as_str())
    }
}

/// The elements of a list header, over all its lines.
fn elements(headers: &HeaderMap, name: impl AsHeaderName) -> impl Iterator<Item = String> {
    let lines = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let elements: Vec<_> = lines
        .flat_map(|line| split(&line, ',').into_iter().map(|element| element.trim().to_owned()).collect::<Vec<_>>())
        .filter(|element| !element.is_empty())
        .collect();
    elements.into_iter()
}

/// Splits at a separator, but not inside a quoted string (RFC 9110, section 5.6.4).
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if letter == separator && !quoted => {
                parts.push(&text[start..at]);
                start = at + separator.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn a_body_comes_as_json_api_without_parameters() {
        for (values, with_body, without_body) in [
            (&["application/vnd.api+json"][..], true, true),
            (&["Application/VND.API+json"], true, true),
            (&["application/vnd.api+json;"], true, true),
            (&["application/vnd.api+json;charset=utf-8"], false, false),
            (&["application/vnd.api+json ; ext=\"a;b\""], false, false),
            (&["application/json"], false, true),
            (&["text/plain; charset=utf-8"], false, true),
            (&["application/vnd.api+json", "application/json"], false, true),
            (&[""], false, true),
            (&[], false, true),
        ] {
            let headers = headers(&CONTENT_TYPE, values);
            assert_eq!(check_content_type(&Faults::default(), &headers, true).is_ok(), with_body, "{values:?}");
            assert_eq!(check_content_type(&Faults::default(), &headers, false).is_ok(), without_body, "{values:?}");
        }
    }

    #[test]
    fn the_answer_must_be_acceptable_as_it_is() {
        for (values, acceptable) in [
            (&[][..], true),
            (&[""], true),
            (&["*/*"], true),
            (&["application/*;q=0.5"], true),
            (&["text/html, */*;q=0.1"], true),
            (&["application/vnd.api+json"], true),
            (&["application/vnd.api+json;q=0.9"], true),
            (&["application/vnd.api+json;v=1, application/vnd.api+json"], true),
            (&["application/vnd.api+json;v=1", "application/vnd.api+json"], true),
            (&["application/vnd.api+json;v=1"], false),
            (&["application/vnd.api+json;v=1, */*"], false),
            (&["application/vnd.api+json;v=\"a,application/vnd.api+json\""], false),
            (&["application/vnd.api+json;q=0"], false),
            (&["text/html"], false),
            (&["application/json"], false),
            (&["*/*;q=0"], false),
        ] {
            assert_eq!(check_accept(&Faults::default(), &headers(&ACCEPT, values)).is_ok(), acceptable, "{values:?}");
        }
    }
}
