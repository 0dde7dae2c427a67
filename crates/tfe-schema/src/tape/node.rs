//! The tape as the validator sees it.

use std::borrow::Cow;

use jsonschema::json::{Array, Json, JsonNumber as _, Node, NodeIdentity, Object, cmp};
use jsonschema::types::JsonType;
use jsonschema_value::LazyInstance;
use serde_json::{Map, Value};

use super::{Kind, Raw, Tape, TapeNumber, scan};

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

    fn raw(&self) -> Option<(&'a Tape<'a>, usize, Raw)> {
        match self.0 {
            Of::Tape { tape, index } => Some((tape, index, tape.raw(index))),
            Of::Name(_) => None,
        }
    }

    fn kind(&self) -> Kind {
        self.raw().map_or(Kind::Text, |(_, _, raw)| raw.kind())
    }

    /// The bytes of this value in the document: start and end. A name on its own has none.
    pub fn span(&self) -> Option<(usize, usize)> {
        self.raw().map(|(_, _, raw)| (raw.start(), raw.end()))
    }

    fn text(&self) -> &'a str {
        match self.0 {
            Of::Tape { tape, index } => {
                let raw = tape.raw(index);
                &tape.text[raw.start()..raw.end()]
            }
            Of::Name(name) => name,
        }
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
        let (tape, index, raw) = self.raw()?;
        (raw.kind() == Kind::Object).then_some(TapeObject { tape, index, raw })
    }

    fn as_array(&self) -> Option<TapeArray<'a>> {
        let (tape, index, raw) = self.raw()?;
        (raw.kind() == Kind::Array).then_some(TapeArray { tape, index, raw })
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self.0 {
            Of::Name(name) => Some(Cow::Borrowed(name)),
            Of::Tape { tape, index } => {
                let raw = tape.raw(index);
                matches!(raw.kind(), Kind::Text | Kind::Escaped).then(|| tape.string(raw))
            }
        }
    }

    fn as_number(&self) -> Option<TapeNumber<'a>> {
        (self.kind() == Kind::Number).then(|| TapeNumber(self.text()))
    }

    fn as_boolean(&self) -> Option<bool> {
        (self.kind() == Kind::Bool).then(|| self.text() == "true")
    }

    fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }

    fn is_number(&self) -> bool {
        self.kind() == Kind::Number
    }

    fn json_type(&self) -> JsonType {
        match self.kind() {
            Kind::Null => JsonType::Null,
            Kind::Bool => JsonType::Boolean,
            Kind::Number => JsonType::Number,
            Kind::Text | Kind::Escaped | Kind::Gone => JsonType::String,
            Kind::Array => JsonType::Array,
            Kind::Object => JsonType::Object,
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
            Value::Array(_) => self.kind() == Kind::Array && cmp::equal(&self.to_value(), expected),
            Value::Object(_) => self.kind() == Kind::Object && cmp::equal(&self.to_value(), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        // The parser limits the depth.
        let value = match self.kind() {
            Kind::Null => Value::Null,
            Kind::Bool => Value::Bool(self.text() == "true"),
            Kind::Number => Value::Number(TapeNumber(self.text()).to_number().into_owned()),
            Kind::Text | Kind::Escaped | Kind::Gone => Value::String(self.as_string().unwrap_or_default().into_owned()),
            Kind::Array => {
                let items = self.as_array().into_iter().flat_map(|array| array.elements());
                Value::Array(items.map(|item| item.to_value().into_owned()).collect())
            }
            Kind::Object => {
                let members = self.as_object().into_iter().flat_map(|object| object.members());
                let owned = |(name, value): (Cow<'_, str>, Self)| (name.into_owned(), value.to_value().into_owned());
                Value::Object(members.map(owned).collect::<Map<_, _>>())
            }
        };
        Cow::Owned(value)
    }

    fn lazy_value(&self) -> LazyInstance<'a> {
        match self.0 {
            Of::Name(_) => LazyInstance::Ready(self.to_value()),
            Of::Tape { .. } => LazyInstance::Deferred {
                bytes: self.text().as_bytes(),
                tag: 0,
                make: |bytes, _| Tape::parse(bytes).map_or(Value::Null, |tape| tape.to_value()),
                cell: std::sync::OnceLock::new(),
            },
        }
    }

    fn identity(&self) -> Option<NodeIdentity> {
        let (tape, index, _) = self.raw()?;
        Some(NodeIdentity::tagged(std::ptr::from_ref(tape).addr(), u32::try_from(index).ok()?))
    }
}

/// An object on a tape.
#[derive(Debug, Clone, Copy)]
pub struct TapeObject<'a> {
    tape: &'a Tape<'a>,
    index: usize,
    raw: Raw,
}

impl<'a> Object<'a, SpanTape> for TapeObject<'a> {
    type Node = TapeNode<'a>;
    type MemberName = Cow<'a, str>;
    type MembersIter = Members<'a>;

    fn len(&self) -> usize {
        self.raw.extra as usize
    }

    fn get(&self, key: &PreparedName) -> Option<TapeNode<'a>> {
        Some(TapeNode::at(self.tape, self.tape.member(self.index, &key.name, key.hash)?))
    }

    fn members(&self) -> Members<'a> {
        Members { tape: self.tape, at: self.index + 1, end: self.raw.next() }
    }
}

/// The members of an object, each name once.
#[derive(Debug, Clone)]
pub struct Members<'a> {
    tape: &'a Tape<'a>,
    at: usize,
    end: usize,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Cow<'a, str>, TapeNode<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.end {
            let key = self.tape.raw(self.at);
            self.at = self.tape.raw(self.at + 1).next();
            if key.kind() != Kind::Gone {
                return Some((self.tape.string(key), TapeNode::at(self.tape, key.next())));
            }
        }
        None
    }
}

/// An array on a tape.
#[derive(Debug, Clone, Copy)]
pub struct TapeArray<'a> {
    tape: &'a Tape<'a>,
    index: usize,
    raw: Raw,
}

impl<'a> Array<'a, SpanTape> for TapeArray<'a> {
    type Node = TapeNode<'a>;
    type ElementsIter = Elements<'a>;

    fn len(&self) -> usize {
        self.raw.extra as usize
    }

    fn elements(&self) -> Elements<'a> {
        Elements { tape: self.tape, at: self.index + 1, end: self.raw.next() }
    }
}

/// The items of an array.
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    tape: &'a Tape<'a>,
    at: usize,
    end: usize,
}

impl<'a> Iterator for Elements<'a> {
    type Item = TapeNode<'a>;

    fn next(&mut self) -> Option<TapeNode<'a>> {
        let node = (self.at < self.end).then(|| TapeNode::at(self.tape, self.at))?;
        self.at = self.tape.raw(self.at).next();
        Some(node)
    }
}
