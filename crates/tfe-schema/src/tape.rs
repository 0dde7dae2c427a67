//! JSON (RFC 8259) from bytes into a flat tape of values that know where they stand.
//!
//! Knows nothing of TFE. One pass checks the whole grammar and writes four bytes per value and eight per
//! member name: no tree, no copies of text. Strings are borrowed (escapes are undone when somebody asks),
//! numbers stay text, so every digit is there. Accepts and refuses what
//! [`json::parse`](crate::json::parse) does; of duplicate members the last one counts, at the place of
//! the first, as there.

mod duplicates;
mod node;
mod number;
mod parse;
mod place;
mod scan;
mod walk;

use std::sync::atomic::AtomicUsize;

use jsonschema::json::Node as _;
use serde_json::Value;

pub use duplicates::Duplicate;
pub(crate) use node::is_exhausted;
pub use node::{Elements, Members, PreparedName, SpanTape, TapeArray, TapeNode, TapeObject};
pub use number::TapeNumber;
pub use place::Place;
pub(crate) use place::{Lines, Locator};
pub(crate) use scan::hash;

use crate::json::SyntaxError;

#[cfg(doc)]
use crate::json::MAX_BYTES;

/// A document that was read.
#[derive(Debug)]
pub struct Tape<'d> {
    text: &'d str,
    words: Vec<Word>,
    /// Whether a member stands more than once in its object.
    has_duplicates: bool,
    /// How many more errors may be made of this document: see [`Tape::limit_errors`].
    errors: AtomicUsize,
}

impl<'d> Tape<'d> {
    /// Reads one JSON document and nothing after it.
    ///
    /// # Errors
    /// [`SyntaxError`] with the place of the first breach. Documents of more than [`MAX_BYTES`] bytes are
    /// refused before anything is spent on them.
    pub fn parse(bytes: &'d [u8]) -> Result<Self, SyntaxError> {
        parse::parse(bytes)
    }

    /// The whole document.
    pub fn root(&self) -> TapeNode<'_> {
        TapeNode::at(self, 0)
    }

    /// The members that stand more than once, once per repetition, in the order in which they stand. Like
    /// [`json::Parsed::duplicates`](crate::json::Parsed::duplicates): of very many only the first are kept.
    pub fn duplicates(&self) -> Vec<Duplicate> {
        if self.has_duplicates { duplicates::list(self) } else { Vec::new() }
    }

    /// The document as a tree.
    pub fn to_value(&self) -> Value {
        self.root().to_value().into_owned()
    }
}

/// A word of the tape.
///
/// A value takes one word: where it starts, or, if it is an array or object that is not empty, the index
/// behind all that it holds. The name of a member takes two, and its value follows: where the name starts,
/// and its hash, or, if the member is repeated, the index of the value that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Word(u32);

/// What a word holds besides a number of 30 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    /// A scalar or an empty array or object, or a name: the offset of its first byte, which tells the kind.
    Plain,
    /// A string or name with escapes: the offset of its first byte.
    Escaped,
    /// Of a value: an array that is not empty. Of a name: the member is repeated, and this is the first.
    Array,
    /// Of a value: an object that is not empty. Of a name: the member stood before, and counts there.
    Object,
}

impl Tag {
    const REPEATED: Self = Self::Array;
    const GONE: Self = Self::Object;
}

const NUMBER_BITS: u32 = 30;
// Offsets and indices fit: no document has more words than bytes ("[1,1]", `{"":1}`).
const _: () = assert!(crate::json::MAX_BYTES < 1 << NUMBER_BITS);

impl Word {
    fn new(tag: Tag, number: usize) -> Self {
        Self((tag as u32) << NUMBER_BITS | small(number))
    }

    fn tag(self) -> Tag {
        match self.0 >> NUMBER_BITS {
            0 => Tag::Plain,
            1 => Tag::Escaped,
            2 => Tag::Array,
            _ => Tag::Object,
        }
    }

    fn number(self) -> usize {
        (self.0 & ((1 << NUMBER_BITS) - 1)) as usize
    }
}

/// An offset or index as the tape keeps it: the length of the document was checked before.
#[expect(clippy::cast_possible_truncation, reason = "documents are shorter than 2^30 bytes")]
pub(crate) fn small(number: usize) -> u32 {
    debug_assert!(number < 1 << NUMBER_BITS);
    number as u32
}
