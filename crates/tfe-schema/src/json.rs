//! Strict JSON (RFC 8259) from bytes: what a tolerant parser hides, this one reports.
//!
//! Knows nothing of TFE. Duplicate members are collected (the last one wins in the value, as most
//! parsers do), nesting is limited, and every error has a line and a column.

use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::Pointer;

/// How deep arrays and objects may nest. Deeper documents are refused, not followed.
pub const MAX_DEPTH: usize = 128;

/// Longer documents are refused before anything is spent on them.
pub const MAX_BYTES: usize = 1_000_000_000;

/// How many [`Parsed::duplicates`] are listed.
pub(crate) const MAX_DUPLICATES: usize = 1000;

/// How much text the duplicates of a document may hold. Every place repeats the names above it, so a
/// document with one long name could otherwise take many times its length.
pub(crate) fn duplicates_text(bytes: usize) -> usize {
    (bytes / 2).min(1 << 20)
}

/// A parsed document.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The document; of duplicate members the last one.
    pub value: Value,
    /// The members that stood more than once in their object, once per repetition, in the order in which they
    /// stand. The first is always there; of very many (1000, or half the text of the document) the rest is
    /// left out.
    pub duplicates: Vec<Pointer>,
}

/// Why bytes are not a JSON document that we read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at line {line} column {column}")]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: SyntaxErrorKind,
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 1 (0 where the line before it ended the document).
    pub column: usize,
    /// The same place as an offset in bytes.
    pub offset: usize,
}

impl SyntaxError {
    /// The error at a byte.
    pub(crate) fn at(kind: SyntaxErrorKind, bytes: &[u8], offset: usize) -> Self {
        let (line, column) = position(bytes, offset);
        Self { kind, line, column, offset }
    }
}

/// The kinds of [`SyntaxError`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyntaxErrorKind {
    /// No bytes, or white space only.
    #[error("the document is empty")]
    Empty,
    /// RFC 8259, section 8.1: JSON is UTF-8.
    #[error("invalid UTF-8")]
    Utf8,
    /// Deeper than [`MAX_DEPTH`]: not read, so nothing is known of the rest.
    #[error("nesting is deeper than {MAX_DEPTH}")]
    TooDeep,
    /// Longer than [`MAX_BYTES`]: not looked at.
    #[error("the document is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// Any other breach of the grammar.
    #[error("{0}")]
    Grammar(String),
}

/// Parses one JSON document and nothing after it.
///
/// # Errors
/// [`SyntaxError`] with the place of the first breach.
pub fn parse(bytes: &[u8]) -> Result<Parsed, SyntaxError> {
    if bytes.len() > MAX_BYTES {
        return Err(SyntaxError::at(SyntaxErrorKind::TooLong, &[], 0));
    }
    if let Err(error) = std::str::from_utf8(bytes) {
        return Err(SyntaxError::at(SyntaxErrorKind::Utf8, bytes, error.valid_up_to()));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(SyntaxError::at(SyntaxErrorKind::Empty, bytes, 0));
    }
    let mut reading = Reading::default();
    let value = read(&mut reading, bytes)?;
    if !reading.repeats {
        return Ok(Parsed { value, duplicates: Vec::new() });
    }
    // Most documents have no duplicates, and are not held up by the way to each of their members.
    drop(value);
    let placed = Placed { most_text: duplicates_text(bytes.len()), ..Placed::default() };
    let mut reading = Reading { placed: Some(placed), ..Reading::default() };
    let value = read(&mut reading, bytes)?;
    Ok(Parsed { value, duplicates: reading.placed.map(|placed| placed.duplicates).unwrap_or_default() })
}

fn read(reading: &mut Reading, bytes: &[u8]) -> Result<Value, SyntaxError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    // Our own limit below; it knows its own error from one of the grammar.
    deserializer.disable_recursion_limit();
    let read = Node(reading).deserialize(&mut deserializer);
    let read = read.and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| syntax_error(&error, reading.too_deep, bytes))
}

fn syntax_error(error: &serde_json::Error, too_deep: bool, bytes: &[u8]) -> SyntaxError {
    let text = error.to_string();
    // serde_json ends its texts with the place that we report in fields.
    let cause = text.split(" at line ").next().unwrap_or(&text).to_owned();
    let kind = if too_deep { SyntaxErrorKind::TooDeep } else { SyntaxErrorKind::Grammar(cause) };
    let before: usize = bytes.split_inclusive(|&byte| byte == b'\n').take(error.line() - 1).map(<[u8]>::len).sum();
    let offset = (before + error.column().saturating_sub(1)).min(bytes.len());
    SyntaxError { kind, line: error.line(), column: error.column(), offset }
}

/// Line and byte column (both from 1) of a byte offset.
fn position(bytes: &[u8], offset: usize) -> (usize, usize) {
    let before = &bytes[..offset];
    let line = before.split(|&byte| byte == b'\n').count();
    let column = before.iter().rev().take_while(|&&byte| byte != b'\n').count() + 1;
    (line, column)
}

#[derive(Default)]
struct Reading {
    depth: usize,
    too_deep: bool,
    /// Whether a member has stood twice.
    repeats: bool,
    /// Where members stand, if that is asked.
    placed: Option<Placed>,
}

#[derive(Default)]
struct Placed {
    path: Vec<String>,
    duplicates: Vec<Pointer>,
    duplicates_text: usize,
    most_text: usize,
}

impl Reading {
    fn enter<E: serde::de::Error>(&mut self, token: impl FnOnce() -> String) -> Result<(), E> {
        if let Some(placed) = &mut self.placed {
            placed.path.push(token());
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.too_deep = true;
            return Err(E::custom("too deep"));
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.depth -= 1;
        if let Some(placed) = &mut self.placed {
            placed.path.pop();
        }
    }
}

impl Placed {
    /// Notes that the member that is read has stood before.
    fn repeated(&mut self) {
        let pointer = Pointer::of(&self.path);
        self.duplicates_text += pointer.as_str().len();
        let has_room = self.duplicates_text <= self.most_text && self.duplicates.len() < MAX_DUPLICATES;
        if self.duplicates.is_empty() || has_room {
            self.duplicates.push(pointer);
        }
    }
}

struct Node<'r>(&'r mut Reading);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            self.0.enter(|| items.len().to_string())?;
            let item = seq.next_element_seed(Node(self.0))?;
            self.0.leave();
            match item {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        // An empty object at the limit is as deep as a full one.
        if self.0.depth >= MAX_DEPTH {
            self.0.too_deep = true;
            return Err(A::Error::custom("too deep"));
        }
        while let Some(name) = map.next_key::<String>()? {
            self.0.enter(|| name.clone())?;
            if let Some(placed) = &mut self.0.placed
                && members.contains_key(&name)
            {
                placed.repeated();
            }
            let value = map.next_value_seed(Node(self.0))?;
            self.0.repeats |= members.insert(name, value).is_some();
            self.0.leave();
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn duplicate_members_are_reported_where_they_stand() {
        let parsed = parse(br#"{"data":[{"type":"vars","type":"x"}],"a":1,"a":2}"#).unwrap();
        let places: Vec<_> = parsed.duplicates.iter().map(Pointer::as_str).collect();
        assert_eq!(places, ["/data/0/type", "/a"]);
        assert_eq!(parsed.value, json!({"data": [{"type": "x"}], "a": 2}));
    }

    #[test]
    fn errors_have_a_place() {
        let error = parse(b"{\n  \"a\": }").unwrap_err();
        assert_eq!((error.line, error.column), (2, 8));
        let error = parse(b"{\n\"a\": \"\xff\"}").unwrap_err();
        assert_eq!((error.kind, error.line, error.column), (SyntaxErrorKind::Utf8, 2, 7));
        assert_eq!(parse(b" \n").unwrap_err().kind, SyntaxErrorKind::Empty);
        assert!(parse(b"{} x").is_err());
    }

    #[test]
    fn nesting_stops_at_the_limit() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let nested = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
            assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
            let error = parse(nested(10_000).as_bytes()).unwrap_err();
            assert_eq!(error.kind, SyntaxErrorKind::TooDeep);
        }
    }

    #[test]
    fn duplicates_below_a_long_name_do_not_multiply_it() {
        let text = format!("{{\"{}\":{{\"a\":0{}}}}}", "n".repeat(1 << 20), ",\"a\":0".repeat(1 << 16));
        assert_eq!(parse(text.as_bytes()).unwrap().duplicates.len(), 1);
        let text = format!("{{\"a\":0{}}}", ",\"a\":0".repeat(1000));
        assert_eq!(parse(text.as_bytes()).unwrap().duplicates.len(), 1000);
    }

    #[test]
    fn the_value_is_that_of_serde_json() {
        for text in ["null", "-0.5e3", "18446744073709551615", r#"["\ud83d\ude00",{"":[]}]"#] {
            assert_eq!(parse(text.as_bytes()).unwrap().value, serde_json::from_str::<Value>(text).unwrap());
        }
    }
}
