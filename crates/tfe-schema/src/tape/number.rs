//! Numbers as they stand in the document.

use std::borrow::Cow;

use jsonschema::json::JsonNumber;
use serde_json::Number;

/// A number: its text, every digit of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TapeNumber<'a>(pub(super) &'a str);

impl TapeNumber<'_> {
    fn is_plain(&self) -> bool {
        !self.0.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
    }
}

impl JsonNumber for TapeNumber<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.0.parse().ok().filter(|_| !self.0.starts_with('-'))
    }

    fn as_i64(&self) -> Option<i64> {
        // An integer has no negative zero.
        self.0.parse().ok().filter(|_| self.0 != "-0")
    }

    fn as_f64(&self) -> Option<f64> {
        self.0.parse().ok()
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0)
    }

    fn to_number(&self) -> Cow<'_, Number> {
        let whole = self.as_u64().map(Number::from).or_else(|| self.as_i64().map(Number::from));
        let number = whole.or_else(|| self.as_f64().and_then(Number::from_f64));
        // The parser refuses what is out of range.
        Cow::Owned(number.unwrap_or_else(|| Number::from(0)))
    }

    fn is_integer(&self) -> bool {
        self.is_plain() || self.as_f64().is_some_and(|number| number.fract() == 0.0)
    }

    fn is_written_as_integer(&self) -> bool {
        self.is_plain()
    }
}
