//! Rules that cannot be merged: alternatives, negations, and conditions that more than the type decides.

use std::sync::Arc;

use super::leaf::Leaf;
use super::program::Compiler;
use super::{BlockId, Kinds};

#[derive(Debug, Clone)]
pub(super) enum Condition {
    /// The value conforms to another block.
    Holds(BlockId),
    /// `jsonschema` says so.
    Leaf(Arc<Leaf>),
    /// A number is an integer.
    Integer,
    /// The object has a member.
    Has(usize),
    /// A member is absent, or conforms.
    Member(usize, BlockId),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    One(Vec<Condition>),
    Not(Box<Condition>),
    /// If, then, else.
    If(Box<[Condition; 3]>),
}

impl Condition {
    pub(super) const TRUE: Self = Self::All(Vec::new());

    pub(super) fn when(condition: Self, then: Self) -> Self {
        Self::If(Box::new([condition, then, Self::TRUE]))
    }

    /// The same with the simple conditions replaced.
    fn map(&self, change: &mut impl FnMut(&Self) -> Self) -> Self {
        let mut each = |conditions: &[Self]| conditions.iter().map(|condition| condition.map(change)).collect();
        match self {
            Self::All(conditions) => Self::All(each(conditions)),
            Self::Any(conditions) => Self::Any(each(conditions)),
            Self::One(conditions) => Self::One(each(conditions)),
            Self::Not(condition) => Self::Not(Box::new(condition.map(change))),
            Self::If(conditions) => Self::If(Box::new(conditions.each_ref().map(|condition| condition.map(change)))),
            simple => change(simple),
        }
    }

    /// Visits the blocks that the same value must conform to.
    pub(super) fn blocks(&self, visit: &mut impl FnMut(BlockId)) {
        match self {
            Self::Holds(block) => visit(*block),
            Self::All(conditions) | Self::Any(conditions) | Self::One(conditions) => {
                for condition in conditions {
                    condition.blocks(visit);
                }
            }
            Self::Not(condition) => condition.blocks(visit),
            Self::If(conditions) => {
                for condition in &**conditions {
                    condition.blocks(visit);
                }
            }
            Self::Leaf(_) | Self::Integer | Self::Has(_) | Self::Member(..) => {}
        }
    }
}

impl Compiler<'_, '_> {
    /// The condition on an object without a second pass over its members, where that can be: blocks that
    /// only look at members with known names look at those that the pass found.
    pub(super) fn inline(&self, condition: &Condition, names: &mut Vec<String>) -> Condition {
        condition.map(&mut |simple| match simple {
            Condition::Holds(block) => self.inline_block(*block, names).unwrap_or_else(|| simple.clone()),
            other => other.clone(),
        })
    }

    fn inline_block(&self, id: BlockId, names: &mut Vec<String>) -> Option<Condition> {
        let block = &self.blocks[id];
        if !block.done {
            return None;
        }
        if !block.allowed.meets(Kinds::OBJECT) {
            return Some(Condition::Any(Vec::new()));
        }
        let object = &block.object;
        if !object.looks_at_known_names_only() {
            return None;
        }
        let slots: Vec<usize> = object.names().map(|name| slot(names, name)).collect();
        let required = (0..object.required()).map(|slot| Condition::Has(slots[slot]));
        let members = object.members().enumerate().map(|(slot, block)| Condition::Member(slots[slot], block));
        let others = object.conditions.iter().map(|condition| {
            condition.map(&mut |simple| match simple {
                Condition::Has(slot) => Condition::Has(slots[*slot]),
                Condition::Member(slot, block) => Condition::Member(slots[*slot], *block),
                other => other.clone(),
            })
        });
        let members = members.filter(|member| !matches!(member, Condition::Member(_, super::ACCEPT)));
        let mut all: Vec<_> = required.chain(members).chain(others).collect();
        Some(if all.len() == 1 { all.remove(0) } else { Condition::All(all) })
    }
}

/// The place of a name in the list; a new one at its end.
pub(super) fn slot(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    })
}
