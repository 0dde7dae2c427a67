//! The tape as the validator sees it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use jsonschema::json::{Array, Json, JsonNumber as _, Node, NodeIdentity, Object, cmp};
use jsonschema::types::JsonType;
use jsonschema_value::LazyInstance;
use serde_json::{Map, Value};

use super::{Tape, TapeNumber, scan};

/// The representation: for `jsonschema::options_for::<SpanTape>()`.
#[derive(Debug, Clone, Copy)]
pub struct SpanTape;

/// A name that is looked for.
#[derive(Debug, Clone)]
pub struct PreparedName {
    name: String,
    hash: u32,
}

/// A value on a tape, or a name on its own.
#[derive(Debug, Clone, Copy)]
pub struct TapeNode<'a>(Of<'a>);

#[derive(Debug, Clone, Copy)]
enum Of<'a> {
    Tape { tape: &'a Tape<'a>, index: usize },
    Name(&'a str),
}

impl<'a> TapeNode<'a> {
    pub(super) fn at(tape: &'a Tape<'_>, index: usize) -> Self {
        Self(Of::Tape { tape, index })
    }

    /// The bytes of this value in the document: start and end. A name on its own has none.
    pub fn span(&self) -> Option<(usize, usize)> {
        match self.0 {
            Of::Tape { tape, index } => Some(tape.span(index)),
            Of::Name(_) => None,
        }
    }

    fn first_byte(&self) -> u8 {
        match self.0 {
            Of::Tape { tape, index } => tape.first_byte(index),
            Of::Name(_) => b'"',
        }
    }

    /// The value as it stands in the document.
    fn raw_text(&self) -> &'a str {
        match self.0 {
            Of::Tape { tape, index } => {
                let (start, end) = tape.span(index);
                &tape.text[start..end]
            }
            Of::Name(name) => name,
        }
    }
}

/// How many errors may be made if nobody said.
const UNLIMITED: usize = usize::MAX;

/// How much of a text an error keeps, in bytes: more than a message shows.
const SHOWN: usize = 256;

/// What stands for the value of an error that was made after the last that may be.
static EXHAUSTED: Value = Value::Null;

/// Whether the value of an error is that of none: too many were made before (see [`Tape::limit_errors`]).
pub(crate) fn is_exhausted(instance: &Value) -> bool {
    std::ptr::eq(instance, &raw const EXHAUSTED)
}

impl Tape<'_> {
    /// From now on only so many errors are made of this document. `jsonschema` gathers all errors before it
    /// hands out the first, so a document of many megabytes that is wrong everywhere could fill the memory.
    /// When the last is made, arrays and objects seem to end, and what is found after that is marked: it
    /// is to be thrown away, see [`is_exhausted`]. Errors keep no more of their value than a message shows:
    /// of an array or object that it is one, of a text the beginning.
    pub(crate) fn limit_errors(&self, most: usize) {
        self.errors.store(most, Ordering::Relaxed);
    }

    fn is_open(&self) -> bool {
        self.errors.load(Ordering::Relaxed) > 0
    }
}

impl Json for SpanTape {
    type Node<'a> = TapeNode<'a>;
    type PreparedKey = PreparedName;
    type StringBuffer = ();

    const KEYS_PER_LOOKUP: usize = 2;
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> PreparedName {
        PreparedName { name: key.to_owned(), hash: scan::hash(key) }
    }

    fn with_string_node<T>((): &mut (), string: &str, f: impl FnOnce(TapeNode<'_>) -> T) -> T {
        f(TapeNode(Of::Name(string)))
    }
}

impl<'a> Node<'a, SpanTape> for TapeNode<'a> {
    type Object = TapeObject<'a>;
    type Array = TapeArray<'a>;
    type Number = TapeNumber<'a>;

    fn as_object(&self) -> Option<TapeObject<'a>> {
        match self.0 {
            Of::Tape { tape, index } if tape.first_byte(index) == b'{' => Some(TapeObject { tape, index }),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<TapeArray<'a>> {
        match self.0 {
            Of::Tape { tape, index } if tape.first_byte(index) == b'[' => Some(TapeArray { tape, index }),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self.0 {
            Of::Name(name) => Some(Cow::Borrowed(name)),
            Of::Tape { tape, index } => (tape.first_byte(index) == b'"').then(|| tape.text_at(index)),
        }
    }

    fn as_number(&self) -> Option<TapeNumber<'a>> {
        self.is_number().then(|| TapeNumber(self.raw_text()))
    }

    fn as_boolean(&self) -> Option<bool> {
        match self.first_byte() {
            b't' => Some(true),
            b'f' => Some(false),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        self.first_byte() == b'n'
    }

    fn is_number(&self) -> bool {
        self.json_type() == JsonType::Number
    }

    fn json_type(&self) -> JsonType {
        match self.first_byte() {
            b'n' => JsonType::Null,
            b't' | b'f' => JsonType::Boolean,
            b'"' => JsonType::String,
            b'[' => JsonType::Array,
            b'{' => JsonType::Object,
            _ => JsonType::Number,
        }
    }

    fn string_length_within(&self, min: u64, max: u64) -> Option<bool> {
        let string = self.as_string()?;
        // A code point takes one to four bytes.
        let bytes = string.len() as u64;
        let fewest = bytes.div_ceil(4);
        if bytes < min || fewest > max {
            return Some(false);
        }
        if min <= fewest && bytes <= max {
            return Some(true);
        }
        Some((min..=max).contains(&(string.chars().count() as u64)))
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match expected {
            Value::Null => self.is_null(),
            Value::Bool(expected) => self.as_boolean() == Some(*expected),
            Value::String(expected) => self.as_string().is_some_and(|string| string == expected.as_str()),
            Value::Number(_) => self.is_number() && cmp::equal(&self.to_value(), expected),
            Value::Array(_) => self.json_type() == JsonType::Array && cmp::equal(&self.to_value(), expected),
            Value::Object(_) => self.json_type() == JsonType::Object && cmp::equal(&self.to_value(), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        // The parser limits the depth.
        let value = match self.json_type() {
            JsonType::Null => Value::Null,
            JsonType::Boolean => Value::Bool(self.first_byte() == b't'),
            JsonType::Number | JsonType::Integer => Value::Number(TapeNumber(self.raw_text()).to_number().into_owned()),
            JsonType::String => Value::String(self.as_string().unwrap_or_default().into_owned()),
            JsonType::Array => {
                let items = self.as_array().into_iter().flat_map(|array| array.elements());
                Value::Array(items.map(|item| item.to_value().into_owned()).collect())
            }
            JsonType::Object => {
                let members = self.as_object().into_iter().flat_map(|object| object.members());
                let owned = |(name, value): (Cow<'_, str>, Self)| (name.into_owned(), value.to_value().into_owned());
                Value::Object(members.map(owned).collect::<Map<_, _>>())
            }
        };
        Cow::Owned(value)
    }

    fn lazy_value(&self) -> LazyInstance<'a> {
        let Of::Tape { tape, index } = self.0 else { return LazyInstance::Ready(self.to_value()) };
        let left = tape.errors.load(Ordering::Relaxed);
        if left == UNLIMITED {
            let make = |bytes: &[u8], _| Tape::parse(bytes).map_or(Value::Null, |tape| tape.to_value());
            return LazyInstance::Deferred { bytes: self.raw_text().as_bytes(), tag: 0, make, cell: OnceLock::new() };
        }
        if left == 0 {
            return LazyInstance::Ready(Cow::Borrowed(&EXHAUSTED));
        }
        tape.errors.store(left - 1, Ordering::Relaxed);
        LazyInstance::Ready(Cow::Owned(match tape.first_byte(index) {
            b'[' => Value::Array(Vec::new()),
            b'{' => Value::Object(Map::new()),
            b'"' => Value::String(tape.beginning(index, SHOWN)),
            _ => self.to_value().into_owned(),
        }))
    }

    fn identity(&self) -> Option<NodeIdentity> {
        match self.0 {
            Of::Tape { tape, index } => {
                Some(NodeIdentity::tagged(std::ptr::from_ref(tape).addr(), u32::try_from(index).ok()?))
            }
            Of::Name(_) => None,
        }
    }
}

/// An object on a tape.
#[derive(Debug, Clone, Copy)]
pub struct TapeObject<'a> {
    tape: &'a Tape<'a>,
    index: usize,
}

impl<'a> Object<'a, SpanTape> for TapeObject<'a> {
    type Node = TapeNode<'a>;
    type MemberName = Cow<'a, str>;
    type MembersIter = Members<'a>;

    fn len(&self) -> usize {
        self.tape.members_at(self.index).count()
    }

    fn get(&self, key: &PreparedName) -> Option<TapeNode<'a>> {
        Some(TapeNode::at(self.tape, self.tape.member(self.index, &key.name, key.hash)?))
    }

    fn members(&self) -> Members<'a> {
        Members { tape: self.tape, inside: self.tape.inside(self.index) }
    }
}

/// The members of an object, each name once.
#[derive(Debug, Clone)]
pub struct Members<'a> {
    tape: &'a Tape<'a>,
    inside: Range<usize>,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Cow<'a, str>, TapeNode<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, value) = self.tape.is_open().then(|| self.tape.next_member(&mut self.inside))??;
        Some((self.tape.text_at(key), TapeNode::at(self.tape, value)))
    }
}

/// An array on a tape.
#[derive(Debug, Clone, Copy)]
pub struct TapeArray<'a> {
    tape: &'a Tape<'a>,
    index: usize,
}

impl<'a> Array<'a, SpanTape> for TapeArray<'a> {
    type Node = TapeNode<'a>;
    type ElementsIter = Elements<'a>;

    fn len(&self) -> usize {
        self.tape.items_at(self.index).count()
    }

    fn elements(&self) -> Elements<'a> {
        Elements { tape: self.tape, inside: self.tape.inside(self.index) }
    }
}

/// The items of an array.
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    tape: &'a Tape<'a>,
    inside: Range<usize>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = TapeNode<'a>;

    fn next(&mut self) -> Option<TapeNode<'a>> {
        let item = self.tape.is_open().then(|| self.tape.next_item(&mut self.inside))??;
        Some(TapeNode::at(self.tape, item))
    }
}
