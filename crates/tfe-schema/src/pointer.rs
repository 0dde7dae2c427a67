//! JSON Pointer (RFC 6901): the address of a place in a document.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A JSON Pointer (RFC 6901), kept in its escaped text form. The empty pointer is the whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pointer(String);

/// A text that is not a JSON Pointer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PointerError {
    /// Section 3: a pointer is empty or starts with `/`.
    #[error("`{0}` is not a JSON Pointer: it must be empty or start with `/` (RFC 6901, section 3)")]
    NoSlash(String),
    /// Section 3: `~` stands only in `~0` and `~1`.
    #[error("`{0}` is not a JSON Pointer: `~` must be followed by `0` or `1` (RFC 6901, section 3)")]
    BadEscape(String),
}

impl Pointer {
    /// The pointer to the whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads a pointer in its text form.
    ///
    /// # Errors
    /// [`PointerError`] when the text breaks RFC 6901, section 3.
    pub fn parse(text: &str) -> Result<Self, PointerError> {
        if !text.is_empty() && !text.starts_with('/') {
            return Err(PointerError::NoSlash(text.to_owned()));
        }
        let mut rest = text;
        while let Some(at) = rest.find('~') {
            rest = &rest[at + 1..];
            if !rest.starts_with(['0', '1']) {
                return Err(PointerError::BadEscape(text.to_owned()));
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// This pointer with one more reference token (unescaped) at its end.
    #[must_use]
    pub fn join(&self, token: &str) -> Self {
        Self(format!("{}/{}", self.0, token.replace('~', "~0").replace('/', "~1")))
    }

    /// The pointer with these reference tokens (unescaped), in one go: [`Self::join`] copies at every token.
    pub(crate) fn of<T: AsRef<str>>(tokens: impl IntoIterator<Item = T>) -> Self {
        let mut text = String::new();
        for token in tokens {
            text.push('/');
            text.push_str(&token.as_ref().replace('~', "~0").replace('/', "~1"));
        }
        Self(text)
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the pointer to the whole document.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The pointer to the containing value and the last token (unescaped); `None` for the root.
    pub fn split_last(&self) -> Option<(Self, String)> {
        let (parent, last) = self.0.rsplit_once('/')?;
        Some((Self(parent.to_owned()), unescape(last).into_owned()))
    }

    /// The reference tokens, unescaped, from the root down.
    pub fn tokens(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.split('/').skip(1).map(unescape)
    }

    /// The value at this place, if the document has it.
    pub fn resolve<'v>(&self, document: &'v Value) -> Option<&'v Value> {
        document.pointer(&self.0)
    }
}

fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') { Cow::Owned(token.replace("~1", "/").replace("~0", "~")) } else { Cow::Borrowed(token) }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Pointer {
    type Error = PointerError;

    fn try_from(text: String) -> Result<Self, PointerError> {
        Self::parse(&text)
    }
}

impl From<Pointer> for String {
    fn from(pointer: Pointer) -> Self {
        pointer.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn escapes_are_undone_in_the_order_of_the_rfc() {
        let pointer = Pointer::root().join("a/b").join("m~n").join("~1");
        assert_eq!(pointer.as_str(), "/a~1b/m~0n/~01");
        assert_eq!(pointer.tokens().collect::<Vec<_>>(), ["a/b", "m~n", "~1"]);
        let document = json!({"a/b": {"m~n": {"~1": true}}});
        assert_eq!(pointer.resolve(&document), Some(&json!(true)));
    }

    #[test]
    fn text_that_is_no_pointer_is_refused() {
        assert!(matches!(Pointer::parse("data"), Err(PointerError::NoSlash(_))));
        assert!(matches!(Pointer::parse("/a~2"), Err(PointerError::BadEscape(_))));
        assert!(matches!(Pointer::parse("/a~"), Err(PointerError::BadEscape(_))));
        assert_eq!(Pointer::parse("").unwrap(), Pointer::root());
    }

    #[test]
    fn the_last_token_splits_off() {
        let (parent, last) = Pointer::parse("/data/a~1b").unwrap().split_last().unwrap();
        assert_eq!((parent.as_str(), last.as_str()), ("/data", "a/b"));
        assert_eq!(Pointer::root().split_last(), None);
    }
}
