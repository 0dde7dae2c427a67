//! Form payloads (`application/x-www-form-urlencoded`) as nested documents, and back.
//!
//! Knows nothing of TFE. Pairs are those of the WHATWG URL Standard, section 5
//! (`application/x-www-form-urlencoded`): separated by `&`, name and value by the first `=`, `+` and
//! `%20` are space, percent-encoding per RFC 3986, section 2.1, text in UTF-8. The names are
//! bracketed, as Rack and Rails read them:
//!
//! | pair | document |
//! |---|---|
//! | `a=1` | `{"a": "1"}` |
//! | `a[b][c]=1` or `a%5Bb%5D%5Bc%5D=1` | `{"a": {"b": {"c": "1"}}}` |
//! | `a[]=1&a[]=2` | `{"a": ["1", "2"]}` |
//! | `a` | `{"a": ""}` |
//!
//! ```
//! let parsed = tfe_schema::form::parse(b"variables[foo]=b%20r&variables%5Bcount%5D=15")?;
//! assert_eq!(parsed.value, serde_json::json!({"variables": {"foo": "b r", "count": "15"}}));
//! assert_eq!(tfe_schema::form::encode(&parsed.value)?, "variables%5Bfoo%5D=b+r&variables%5Bcount%5D=15");
//! # Ok::<(), tfe_schema::form::FormError>(())
//! ```
//!
//! Stricter than the standard, which never fails: broken percent-encoding and invalid UTF-8 are
//! errors here, because what a server makes of them is anybody's guess. So are brackets that do not
//! balance, an empty name, and one name used for text and for a map. A name that is given text more
//! than once has its last one, as in Rack, and stands in [`Parsed::duplicates`].
//!
//! Not every document can be said as a form. [`encode`] refuses, rather than changes,
//! - an empty map or list (no pair can name it; only the whole form may be empty),
//! - `null` (a form has the empty text only, and that is another value),
//! - an empty member name, and one with `[` or `]` (percent-encoded or not, it reads as nesting),
//! - lists of maps or of lists (no pair can say where an item ends), also when parsing: `a[][b]`.
//!
//! Numbers and booleans are written as their JSON text and come back as text. What [`encode`] writes,
//! [`parse`] reads.

mod error;
mod key;
mod tree;
mod urlencoded;

use serde_json::Value;

pub use self::error::{FormError, FormErrorKind, FormPlace};
use self::key::Key;
pub use self::tree::Shape;
use self::tree::Tree;
pub use crate::json::Parsed;

/// The media type of forms (WHATWG URL, "application/x-www-form-urlencoded").
pub const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// How long a form may be, in bytes.
pub const MAX_BYTES: usize = 4 << 20;

/// How many pairs a form may have.
pub const MAX_PAIRS: usize = 1 << 16;

/// How deep names may nest: `a[b][]` is 3 deep. The same limit as for JSON.
pub const MAX_DEPTH: usize = crate::json::MAX_DEPTH;

/// Reads a form.
///
/// # Errors
/// [`FormError`] with the byte and the name of the first breach.
pub fn parse(bytes: &[u8]) -> Result<Parsed, FormError> {
    if bytes.len() > MAX_BYTES {
        return Err(FormErrorKind::TooLong.whole());
    }
    let mut tree = Tree::default();
    for raw in urlencoded::pairs(bytes) {
        if tree.pairs() == MAX_PAIRS {
            return Err(FormErrorKind::TooManyPairs.whole());
        }
        let name = raw.name()?;
        let value = raw.value()?;
        Key::parse(&name).and_then(|key| tree.insert(&key, value)).map_err(|breach| raw.error(breach))?;
    }
    Ok(tree.into_parsed())
}

/// Builds the document that pairs of names and values (both decoded) say, in their order.
///
/// # Errors
/// [`FormError`] with the index and the name of the first pair that does not fit.
pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Parsed, FormError>
where
    N: AsRef<str>,
    V: Into<String>,
{
    let mut tree = Tree::default();
    for (index, (name, value)) in pairs.into_iter().enumerate() {
        if index == MAX_PAIRS {
            return Err(FormErrorKind::TooManyPairs.whole());
        }
        let name = name.as_ref();
        Key::parse(name)
            .and_then(|key| tree.insert(&key, value.into()))
            .map_err(|breach| breach.kind.at(FormPlace::pair(index, name)))?;
    }
    Ok(tree.into_parsed())
}

/// Writes a document as a form: brackets percent-encoded, spaces as `+`, members in their order.
///
/// # Errors
/// [`FormError`] with the place in the document that a form cannot say.
pub fn encode(document: &Value) -> Result<String, FormError> {
    let mut form = String::new();
    for (name, value) in to_pairs(document)? {
        let separator = if form.is_empty() { "" } else { "&" };
        form.extend([separator, &urlencoded::encode(&name), "=", &urlencoded::encode(&value)]);
        if form.len() > MAX_BYTES {
            return Err(FormErrorKind::TooLong.whole());
        }
    }
    Ok(form)
}

/// The pairs of names and values (neither encoded) that say a document.
///
/// # Errors
/// [`FormError`] with the place in the document that a form cannot say.
pub fn to_pairs(document: &Value) -> Result<Vec<(String, String)>, FormError> {
    tree::pairs_of(document)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(form: &str) -> (FormErrorKind, usize) {
        let error = parse(form.as_bytes()).unwrap_err();
        match error.place {
            FormPlace::Byte { offset, .. } => (error.kind, offset),
            other => panic!("{form}: no byte but {other:?}"),
        }
    }

    #[test]
    fn pairs_make_a_nested_document() {
        let read = |form: &str| parse(form.as_bytes()).unwrap().value;
        assert_eq!(
            read("variables[foo]=bar&variables%5Bcount%5D=15"),
            json!({"variables": {"foo": "bar", "count": "15"}})
        );
        assert_eq!(read("a[]=1&a[]=&b[c][]=2"), json!({"a": ["1", ""], "b": {"c": ["2"]}}));
        assert_eq!(read("a=b+c%20d&&e&%C3%A9=%2B"), json!({"a": "b c d", "e": "", "é": "+"}));
        assert_eq!(read(""), json!({}));
    }

    #[test]
    fn of_equal_names_the_last_wins_and_each_repetition_is_told() {
        let parsed = parse(b"v[a]=1&b=x&v%5Ba%5D=2&v[a]=3").unwrap();
        assert_eq!(parsed.value, json!({"v": {"a": "3"}, "b": "x"}));
        assert_eq!(parsed.duplicates.iter().map(crate::Pointer::as_str).collect::<Vec<_>>(), ["/v/a", "/v/a"]);
    }

    #[test]
    fn breaches_have_a_byte() {
        use FormErrorKind as Kind;
        let conflict = |earlier, now| Kind::Conflict { earlier, now };
        assert_eq!(refused("a=1&b=%4"), (Kind::Percent, 6));
        assert_eq!(refused("a=1&%zz=1"), (Kind::Percent, 4));
        assert_eq!(refused("a=1&b=x%ff"), (Kind::Utf8, 7));
        assert_eq!(refused("a=1&b%5Bc=1"), (Kind::Unclosed, 5));
        assert_eq!(refused("a=1&b%5D=1"), (Kind::StrayBracket, 5));
        assert_eq!(refused("a=1&=1"), (Kind::EmptyName, 4));
        assert_eq!(refused("a[][b]=1"), (Kind::ListNotLast, 3));
        assert_eq!(refused("a=1&a[b]=1"), (conflict(Shape::Text, Shape::Map), 4));
        assert_eq!(refused("a[b]=1&a=1"), (conflict(Shape::Map, Shape::Text), 7));
        assert_eq!(refused("a[b]=1&a[]=1"), (conflict(Shape::Map, Shape::List), 7));
        assert_eq!(refused("a[]=1&a[b]=1"), (conflict(Shape::List, Shape::Map), 6));
        assert_eq!(refused(&format!("a{}=1", "[a]".repeat(1000))).0, Kind::TooDeep);
    }

    #[test]
    fn an_error_names_the_pair_but_never_shows_the_value() {
        let error = parse(b"token[x]=secret%zz").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`%` must be followed by two hexadecimal digits at byte 15, in the pair `token[x]`"
        );
        let error = parse(format!("a{}=secret", "[b]".repeat(1000)).as_bytes()).unwrap_err();
        assert!(error.to_string().len() < 160, "{error}");
        let error = from_pairs([("a", "secret"), ("a[b]", "secret")]).unwrap_err();
        assert_eq!(error.to_string(), "the name stands for a map here and for text before in pair 1, `a[b]`");
    }

    #[test]
    fn large_forms_are_refused_at_once() {
        let error = parse(&b"a=1&".repeat(MAX_BYTES / 4 + 1)).unwrap_err();
        assert_eq!(error, FormErrorKind::TooLong.whole());
        let error = parse(&b"a=1&".repeat(MAX_PAIRS + 1)).unwrap_err();
        assert_eq!(error, FormErrorKind::TooManyPairs.whole());
        assert_eq!(parse(&b"a=1&".repeat(MAX_PAIRS)).unwrap().duplicates.len(), MAX_PAIRS - 1);
    }

    #[test]
    fn a_document_becomes_a_canonical_form() {
        let document = json!({"a": {"b c": "1&2", "d": [true, 0.5, ""]}, "é": -3});
        assert_eq!(
            encode(&document).unwrap(),
            "a%5Bb+c%5D=1%262&a%5Bd%5D%5B%5D=true&a%5Bd%5D%5B%5D=0.5&a%5Bd%5D%5B%5D=&%C3%A9=-3"
        );
        assert_eq!(to_pairs(&document).unwrap()[0], ("a[b c]".to_owned(), "1&2".to_owned()));
        assert_eq!(encode(&json!({})).unwrap(), "");
    }

    #[test]
    fn what_a_form_cannot_say_is_refused_where_it_stands() {
        use FormErrorKind as Kind;
        let mut deep = json!("x");
        for _ in 0..=MAX_DEPTH {
            deep = json!({ "a": deep });
        }
        let table = [
            (json!([]), Kind::NotAMap, ""),
            (json!({"a": {}}), Kind::Empty, "/a"),
            (json!({"a": {"b": []}}), Kind::Empty, "/a/b"),
            (json!({"a": {"b": null}}), Kind::Null, "/a/b"),
            (json!({"a": {"": "x"}}), Kind::EmptyName, "/a/"),
            (json!({"a": {"b[c": "x"}}), Kind::BracketInName, "/a/b[c"),
            (json!({"a]": "x"}), Kind::BracketInName, "/a]"),
            (json!({"a": [["x"]]}), Kind::NestedList, "/a"),
            (json!({"a": [{"b": "x"}]}), Kind::NestedList, "/a"),
            (deep, Kind::TooDeep, &"/a".repeat(MAX_DEPTH + 1)),
        ];
        for (document, kind, at) in table {
            let place = FormPlace::Member(crate::Pointer::parse(at).unwrap());
            assert_eq!(encode(&document), Err(FormError { kind, place }), "{at}");
        }
    }
}
