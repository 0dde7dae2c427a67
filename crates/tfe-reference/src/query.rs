//! Query parameters: RFC 3986 encoding, and the rules that JSON:API has for all of them.

use std::borrow::Cow;

use http::StatusCode;
use percent_encoding::percent_decode_str;

use crate::faults::{Fault, Faults};
use crate::jsonapi::Refusal;

/// The parameters of one request, decoded, in the order of the request.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Query(Vec<(String, String)>);

/// Characters that stand for themselves only when they are encoded.
const RESERVED: [&str; 5] = ["%23", "%25", "%26", "%2B", "%3D"];

impl Query {
    /// Reads the query component. `+` is a plus sign: the documents name RFC 3986, not form encoding.
    pub(crate) fn parse(faults: &Faults, text: &str) -> Result<Self, Refusal> {
        let mut parameters: Vec<(String, String)> = Vec::new();
        if RESERVED.iter().any(|code| text.contains(code)) && faults.hit(Fault::ReservedInQuery500) {
            return Err(Refusal::internal("The query cannot be parsed."));
        }
        let seen = seen(faults, text);
        let text = seen.as_ref();
        for part in text.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let name =
                decode(name).ok_or_else(|| malformed("A query parameter's name is not percent-encoded UTF-8."))?;
            let Some(value) = decode(value) else {
                return Err(malformed("The value is not percent-encoded UTF-8.").at_parameter(&name));
            };
            if parameters.iter().any(|(other, _)| *other == name) {
                return Err(malformed("The parameter stands more than once.").at_parameter(&name));
            }
            let whole = value.find(|letter| !is_unreserved(letter)).filter(|_| faults.hit(Fault::ParameterCut));
            parameters.push((name, whole.map_or(value.as_str(), |end| &value[..end]).to_owned()));
        }
        let query = Self(parameters);
        query.check(faults)?;
        Ok(query)
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.pairs().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Names that begin with this family (`page`) and have a key in brackets (`page[size]`).
    pub(crate) fn family(&self, family: &str) -> impl Iterator<Item = (&str, &str)> {
        self.pairs().filter(move |(name, _)| name.strip_prefix(family).is_some_and(|key| key.starts_with('[')))
    }

    /// What holds for every endpoint, because none sorts, and none includes related resources.
    fn check(&self, faults: &Faults) -> Result<(), Refusal> {
        for (name, value) in self.pairs() {
            let refusal = match name {
                "sort" if faults.hit(Fault::SortIgnored) => continue,
                "sort" => bad("Sorting is not supported."),
                "include" if value.is_empty() => continue,
                "include" if faults.hit(Fault::IncludeIgnored) => continue,
                "include" => bad("The include parameter names a relationship that cannot be included."),
                // "If a server encounters a query parameter that does not follow the naming conventions above, and
                // the server does not know how to process it [...], it MUST return 400 Bad Request."
                _ if !name.bytes().all(|byte| byte.is_ascii_lowercase()) => continue,
                // Where the token is taken from the query, the parameter is known.
                "token" if faults.is_on(Fault::TokenInQueryAccepted) => continue,
                _ if faults.hit(Fault::UnknownParameterIgnored) => continue,
                _ => bad("The parameter is unknown."),
            };
            return Err(refusal.at_parameter(name));
        }
        Ok(())
    }
}

fn bad(detail: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "invalid query parameter", detail)
}

fn malformed(detail: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "malformed query", detail)
}

/// Percent-decodes; `None` for a `%` without two hexadecimal digits, and for bytes that are no UTF-8.
fn decode(text: &str) -> Option<String> {
    let whole =
        |at: usize| text.as_bytes().get(at + 1..at + 3).is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit));
    if !text.match_indices('%').all(|(at, _)| whole(at)) {
        return None;
    }
    percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned)
}

/// A query as a server with these faults sees it.
fn seen<'t>(faults: &Faults, text: &'t str) -> Cow<'t, str> {
    let codes = || text.match_indices('%').filter_map(|(at, _)| text.get(at + 1..at + 3));
    if codes().any(|code| code == "5b" || code == "5d") && faults.hit(Fault::PercentLowerCaseUnread) {
        return text.replace("%5b", "%255b").replace("%5d", "%255d").into();
    }
    if codes().any(|code| code.starts_with('6')) && faults.hit(Fault::PercentUnreservedUnread) {
        return text.replace("%6", "%256").into();
    }
    if codes().any(|code| code == "26") && faults.hit(Fault::PercentDecodedEarly) {
        return text.replace("%26", "&").into();
    }
    Cow::Borrowed(text)
}

/// RFC 3986, section 2.3.
fn is_unreserved(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-._~".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Query, Refusal> {
        Query::parse(&Faults::default(), text)
    }

    #[test]
    fn brackets_may_be_encoded_in_either_case_or_raw() {
        for text in [
            "filter%5Bworkspace%5D%5Bname%5D=a%20b+c",
            "filter%5bworkspace%5d%5bname%5d=a%20b+c",
            "filter[workspace][name]=a%20b+c",
        ] {
            assert_eq!(parsed(text).unwrap().value("filter[workspace][name]"), Some("a b+c"), "{text}");
        }
    }

    #[test]
    fn values_survive_encoding() {
        let query = parsed("A=%26%3D%23%25%2B%C3%BC&&B=&C").unwrap();
        assert_eq!(query.pairs().collect::<Vec<_>>(), [("A", "&=#%+ü"), ("B", ""), ("C", "")]);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for text in ["A=%", "A=%2", "A=%zz", "A=%ff", "%ff=1", "A=1&A=2"] {
            assert_eq!(parsed(text).unwrap_err().status(), StatusCode::BAD_REQUEST, "{text}");
        }
    }

    #[test]
    fn names_of_lower_case_letters_belong_to_json_api() {
        for text in ["foo=1", "sort=key", "include=workspace", "page=2", "filter=x", "token=t", "=1"] {
            assert_eq!(parsed(text).unwrap_err().status(), StatusCode::BAD_REQUEST, "{text}");
        }
        for text in ["include=", "foo-bar=1", "camelCase=1", "x%5By%5D=1", "page%5Bnumber%5D=1", "_=1"] {
            assert!(parsed(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_family_has_keys_in_brackets() {
        let query = parsed("page[size]=2&pages[x]=1&page-x=1").unwrap();
        assert_eq!(query.family("page").collect::<Vec<_>>(), [("page[size]", "2")]);
    }
}
