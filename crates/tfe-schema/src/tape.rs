//! JSON (RFC 8259) from bytes into a flat tape of nodes that know where they stand.
//!
//! Knows nothing of TFE. One pass checks the whole grammar and writes one node of 16 bytes per value
//! and per member name: no tree, no copies of text. Strings are borrowed (escapes are undone when
//! somebody asks), numbers stay text, so every digit is there. Accepts and refuses what
//! [`json::parse`](crate::json::parse) does; of duplicate members the last one counts, at the place of
//! the first, as there.

mod node;
mod number;
mod parse;
mod place;
mod scan;

use std::borrow::Cow;

use jsonschema::json::Node as _;
use serde_json::Value;

pub use node::{Elements, Members, PreparedName, SpanTape, TapeArray, TapeNode, TapeObject};
pub use number::TapeNumber;
pub use place::Place;
pub(crate) use place::{Lines, Locator};
pub(crate) use scan::hash;

use crate::Pointer;
use crate::json::SyntaxError;

/// Longer documents are refused: places are written down in 32 bits.
pub const MAX_BYTES: usize = 1_000_000_000;

/// A document that was read.
#[derive(Debug, Clone)]
pub struct Tape<'d> {
    text: &'d str,
    nodes: Vec<Raw>,
    duplicates: Vec<Duplicate>,
}

/// A member that stands more than once in its object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The member.
    pub pointer: Pointer,
    /// Offset of the repeated name's opening quote.
    pub start: usize,
    /// Offset behind the repeated member's value.
    pub end: usize,
}

impl<'d> Tape<'d> {
    /// Reads one JSON document and nothing after it.
    ///
    /// # Errors
    /// [`SyntaxError`] with the place of the first breach.
    pub fn parse(bytes: &'d [u8]) -> Result<Self, SyntaxError> {
        parse::parse(bytes)
    }

    /// The whole document.
    pub fn root(&self) -> TapeNode<'_> {
        TapeNode::at(self, 0)
    }

    /// The members that stand more than once, once per repetition, in the order in which they end. Like
    /// [`json::Parsed::duplicates`](crate::json::Parsed::duplicates): of very many only the first are kept.
    pub fn duplicates(&self) -> &[Duplicate] {
        &self.duplicates
    }

    /// The document as a tree.
    pub fn to_value(&self) -> Value {
        self.root().to_value().into_owned()
    }

    fn raw(&self, index: usize) -> Raw {
        self.nodes[index]
    }

    /// What stands between the quotes of a string or name.
    fn between_quotes(&self, raw: Raw) -> &str {
        &self.text[raw.start() + 1..raw.end() - 1]
    }

    fn string(&self, raw: Raw) -> Cow<'_, str> {
        match raw.kind() {
            Kind::Escaped => Cow::Owned(scan::unescape(self.between_quotes(raw))),
            _ => Cow::Borrowed(self.between_quotes(raw)),
        }
    }

    /// The value of the member with this name. `hash` is [`scan::hash`] of the name.
    fn member(&self, object: usize, name: &str, hash: u32) -> Option<usize> {
        let end = self.raw(object).next();
        let mut at = object + 1;
        while at < end {
            let key = self.raw(at);
            if key.extra == hash && key.kind() != Kind::Gone && self.is_named(key, name) {
                return Some(key.next());
            }
            at = self.raw(at + 1).next();
        }
        None
    }

    fn is_named(&self, key: Raw, name: &str) -> bool {
        match key.kind() {
            Kind::Escaped => self.string(key) == name,
            _ => self.between_quotes(key) == name,
        }
    }
}

/// The tape by index, for a walk that asks for little.
impl Tape<'_> {
    pub(crate) fn node(&self, at: usize) -> TapeNode<'_> {
        TapeNode::at(self, at)
    }

    /// The first byte of a value: it tells the kind.
    pub(crate) fn first_byte(&self, at: usize) -> u8 {
        self.text.as_bytes()[self.raw(at).start()]
    }

    pub(crate) fn text_at(&self, at: usize) -> Cow<'_, str> {
        self.string(self.raw(at))
    }

    pub(crate) fn is_text(&self, at: usize, text: &str) -> bool {
        self.is_named(self.raw(at), text)
    }

    pub(crate) fn hash_at(&self, key: usize) -> u32 {
        self.raw(key).extra
    }

    pub(crate) fn items_at(&self, array: usize) -> impl Iterator<Item = usize> {
        let end = self.raw(array).next();
        let mut at = array + 1;
        std::iter::from_fn(move || {
            let item = (at < end).then_some(at)?;
            at = self.raw(item).next();
            Some(item)
        })
    }

    /// Names and values, each name once.
    pub(crate) fn members_at(&self, object: usize) -> impl Iterator<Item = (usize, usize)> {
        let end = self.raw(object).next();
        let mut at = object + 1;
        std::iter::from_fn(move || {
            while at < end {
                let key = at;
                let raw = self.raw(key);
                at = self.raw(key + 1).next();
                if raw.kind() != Kind::Gone {
                    return Some((key, raw.next()));
                }
            }
            None
        })
    }
}

/// The kinds of nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    Null,
    Bool,
    Number,
    /// A string or name that stands in the document as it is meant.
    Text,
    /// A string or name with escapes.
    Escaped,
    Array,
    Object,
    /// The name of a member that stood before: its value counts there.
    Gone,
}

/// A node: a value, or the name of a member, whose value is the next node.
#[derive(Debug, Clone, Copy)]
struct Raw {
    start: u32,
    end: u32,
    /// The kind (three bits), and the node behind this one and all below it; of a name the node of the
    /// value that counts.
    kind_next: u32,
    /// Of an array the number of items, of an object the number of different members, of a name its hash.
    extra: u32,
}

const NEXT_BITS: u32 = 29;
// A node takes at least two bytes of the document ("1,").
const _: () = assert!(MAX_BYTES / 2 + 1 < 1 << NEXT_BITS);

/// An offset or index as the tape keeps it: [`MAX_BYTES`] was checked before.
#[expect(clippy::cast_possible_truncation, reason = "documents are shorter than MAX_BYTES")]
pub(crate) fn small(number: usize) -> u32 {
    debug_assert!(number <= MAX_BYTES);
    number as u32
}

impl Raw {
    fn new(kind: Kind, start: usize, end: usize, next: usize) -> Self {
        Self { start: small(start), end: small(end), kind_next: (kind as u32) << NEXT_BITS | small(next), extra: 0 }
    }

    fn kind(self) -> Kind {
        match self.kind_next >> NEXT_BITS {
            0 => Kind::Null,
            1 => Kind::Bool,
            2 => Kind::Number,
            3 => Kind::Text,
            4 => Kind::Escaped,
            5 => Kind::Array,
            6 => Kind::Object,
            _ => Kind::Gone,
        }
    }

    fn start(self) -> usize {
        self.start as usize
    }

    fn end(self) -> usize {
        self.end as usize
    }

    fn next(self) -> usize {
        (self.kind_next & ((1 << NEXT_BITS) - 1)) as usize
    }

    fn set(&mut self, kind: Kind, next: usize) {
        self.kind_next = (kind as u32) << NEXT_BITS | small(next);
    }
}
