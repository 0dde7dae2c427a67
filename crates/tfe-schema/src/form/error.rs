//! What is wrong with a form, or with a document that shall become one.

use std::fmt;

use super::{MAX_BYTES, MAX_DEPTH, MAX_PAIRS, Shape};
use crate::Pointer;

/// Why bytes are not a form that we read, or why a document cannot be said as one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}{place}")]
pub struct FormError {
    /// What is wrong.
    pub kind: FormErrorKind,
    /// Where.
    pub place: FormPlace,
}

/// The kinds of [`FormError`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormErrorKind {
    /// Longer than [`MAX_BYTES`].
    #[error("the form is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// More pairs than [`MAX_PAIRS`].
    #[error("the form has more than {MAX_PAIRS} pairs")]
    TooManyPairs,
    /// `%` without two hexadecimal digits (RFC 3986, section 2.1).
    #[error("`%` must be followed by two hexadecimal digits")]
    Percent,
    /// The decoded bytes are not UTF-8.
    #[error("invalid UTF-8")]
    Utf8,
    /// A pair without a name, or a member without one.
    #[error("the name is empty")]
    EmptyName,
    /// `a[b`
    #[error("`[` is not closed")]
    Unclosed,
    /// `a]b`, `a[b]c`, `a[[b]]`, `[a]`
    #[error("a bracket stands where none may: names are written `a[b][c]`")]
    StrayBracket,
    /// `a[][b]`
    #[error("`[]` must stand at the end of the name: lists hold text only")]
    ListNotLast,
    /// Deeper than [`MAX_DEPTH`].
    #[error("nesting is deeper than {MAX_DEPTH}")]
    TooDeep,
    /// One name for two kinds of value: `a=1&a[b]=2`.
    #[error("the name stands for {now} here and for {earlier} before")]
    Conflict {
        /// What earlier pairs made of it.
        earlier: Shape,
        /// What this pair makes of it.
        now: Shape,
    },
    /// The document is not a map.
    #[error("only a map can be said as a form")]
    NotAMap,
    /// An empty map or list in the document.
    #[error("an empty map or list cannot be said as a form")]
    Empty,
    /// A `null` in the document.
    #[error("`null` cannot be said as a form")]
    Null,
    /// A member name with `[` or `]`.
    #[error("a name with a bracket cannot be said as a form")]
    BracketInName,
    /// A map or a list as an item of a list.
    #[error("a list in a form holds text only")]
    NestedList,
}

impl FormErrorKind {
    pub(super) fn at(self, place: FormPlace) -> FormError {
        FormError { kind: self, place }
    }

    pub(super) fn whole(self) -> FormError {
        self.at(FormPlace::Whole)
    }
}

/// Where a [`FormError`] is. Values are never part of it: they may be secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormPlace {
    /// The form as a whole.
    Whole,
    /// A byte of the form, from 0, in the pair with this name (shortened; as written, where it cannot be decoded).
    Byte {
        /// Offset of the offending byte.
        offset: usize,
        /// The name of the pair.
        name: String,
    },
    /// A pair, from 0, of those given to [`from_pairs`](super::from_pairs).
    Pair {
        /// Index of the pair.
        index: usize,
        /// Its name (shortened).
        name: String,
    },
    /// A place in the document given to [`encode`](super::encode).
    Member(Pointer),
}

impl FormPlace {
    pub(super) fn byte(offset: usize, name: &str) -> Self {
        Self::Byte { offset, name: shortened(name) }
    }

    pub(super) fn pair(index: usize, name: &str) -> Self {
        Self::Pair { index, name: shortened(name) }
    }
}

impl fmt::Display for FormPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Byte { offset, name } => write!(f, " at byte {offset}, in the pair `{name}`"),
            Self::Pair { index, name } => write!(f, " in pair {index}, `{name}`"),
            Self::Member(pointer) if pointer.is_root() => f.write_str(" (the whole document)"),
            Self::Member(pointer) => write!(f, " at `{pointer}`"),
        }
    }
}

/// A name may be as long as the form.
fn shortened(name: &str) -> String {
    const LONGEST: usize = 60;
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    name.chars().take(LONGEST).chain(['…']).collect()
}

/// What is wrong with a decoded name, and at which of its bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Breach {
    pub(super) kind: FormErrorKind,
    pub(super) at: usize,
}
