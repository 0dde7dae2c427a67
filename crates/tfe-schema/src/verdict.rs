//! The verdict alone, quickly: a schema compiled so that everything that applies to one place of a
//! document stands together.
//!
//! Knows nothing of TFE. A [`Block`] merges all subschemas (through `$ref`, `allOf`, conditions that the
//! type decides ...) that speak about one value, so that one pass over an object looks at each member once.
//! What the blocks do not express themselves (patterns, formats, numbers) is asked of `jsonschema`, one
//! small schema each; a schema with a keyword that is not known here has no program at all. The list of
//! what is wrong is not made here.

mod condition;
mod gather;
mod leaf;
mod object;
mod program;
mod run;

pub(crate) use leaf::Leaves;
pub(crate) use program::Program;

/// A set of kinds of values. The two booleans are kinds of their own: `const: false` is a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Kinds(u8);

impl Kinds {
    const NONE: Self = Self(0);
    const NULL: Self = Self(1);
    const FALSE: Self = Self(1 << 1);
    const TRUE: Self = Self(1 << 2);
    const NUMBER: Self = Self(1 << 3);
    const STRING: Self = Self(1 << 4);
    const ARRAY: Self = Self(1 << 5);
    const OBJECT: Self = Self(1 << 6);
    const ALL: Self = Self(0x7f);

    /// Whether the two sets share a kind.
    fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    fn each(self) -> impl Iterator<Item = Self> {
        (0..7).map(|bit| Self(1 << bit)).filter(move |&kind| self.meets(kind))
    }
}

/// The number of a block in its program.
type BlockId = usize;

/// Every value conforms.
const ACCEPT: BlockId = 0;
/// No value conforms.
const REJECT: BlockId = 1;

/// Everything that applies to one value.
#[derive(Debug, Default)]
struct Block {
    /// Kinds that may conform.
    allowed: Kinds,
    /// Those of them of which nothing more is asked.
    settled: Kinds,
    text: Text,
    array: Array,
    object: object::Object,
    /// What else must hold, by kind; of objects see [`object::Object::conditions`].
    conditions: Vec<(Kinds, condition::Condition)>,
    /// Whether compilation has come to an end: a schema may lead back to itself.
    done: bool,
}

/// What is asked of a string.
#[derive(Debug)]
struct Text {
    /// The only texts that conform; those that break another rule are left out.
    options: Option<Vec<String>>,
    min: u64,
    max: u64,
    leaves: Vec<std::sync::Arc<leaf::Leaf>>,
}

impl Default for Text {
    fn default() -> Self {
        Self { options: None, min: 0, max: u64::MAX, leaves: Vec::new() }
    }
}

/// What is asked of an array.
#[derive(Debug)]
struct Array {
    first: Vec<BlockId>,
    rest: BlockId,
    min: u64,
    max: u64,
    contains: Vec<Contains>,
}

impl Default for Array {
    fn default() -> Self {
        Self { first: Vec::new(), rest: ACCEPT, min: 0, max: u64::MAX, contains: Vec::new() }
    }
}

/// How many items must conform to a block.
#[derive(Debug)]
struct Contains {
    block: BlockId,
    min: u64,
    max: u64,
}

/// Why there is no program: a keyword or value that is not known here, a circle, or too many blocks.
#[derive(Debug)]
struct Unsupported;

#[cfg(test)]
mod tests;
