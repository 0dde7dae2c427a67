//! A document held against a program.

use std::sync::Arc;

use jsonschema::json::{JsonNumber as _, Node as _};

use super::condition::Condition;
use super::leaf::Leaf;
use super::object::Object;
use super::program::{Compiler, Program};
use super::{ACCEPT, Array, Block, BlockId, Kinds, Text, Unsupported};
use crate::tape::Tape;

impl Program {
    /// Whether the document conforms.
    pub(crate) fn accepts(&self, tape: &Tape<'_>) -> bool {
        Run { blocks: &self.blocks, tape, found: Vec::new() }.value(self.root, 0)
    }
}

impl Compiler<'_, '_> {
    /// Whether a name conforms to a block, known before any document comes.
    pub(super) fn name_holds(&self, block: BlockId, name: &str) -> Result<bool, Unsupported> {
        /// Whether the block and all that it stands on are done, and none stands on itself.
        fn is_done(blocks: &[Block], id: BlockId, above: &mut Vec<BlockId>) -> bool {
            let mut done = blocks[id].done && !above.contains(&id);
            if done {
                above.push(id);
                blocks[id].each_condition(|condition| {
                    condition.blocks(&mut |block| done = done && is_done(blocks, block, above));
                });
                above.pop();
            }
            done
        }
        if block == ACCEPT {
            return Ok(true);
        }
        if !is_done(&self.blocks, block, &mut Vec::new()) {
            return Err(Unsupported);
        }
        let tape = Tape::parse(b"null").map_err(|_| Unsupported)?;
        Ok(Run { blocks: &self.blocks, tape: &tape, found: Vec::new() }.name(block, name))
    }
}

/// What is judged: a value of the document, or the name of a member.
#[derive(Clone, Copy)]
enum Subject<'s> {
    Value(usize),
    Name(&'s str),
}

struct Run<'r> {
    blocks: &'r [Block],
    tape: &'r Tape<'r>,
    /// Of the objects that are open, the values of the members with known names; 0 where there is none.
    found: Vec<u32>,
}

impl<'r> Run<'r> {
    fn value(&mut self, block: BlockId, at: usize) -> bool {
        let block = &self.blocks[block];
        let kind = kind(self.tape.first_byte(at));
        if !block.allowed.meets(kind) {
            return false;
        }
        if block.settled.meets(kind) {
            return true;
        }
        let holds = match kind {
            Kinds::STRING => self.text(&block.text, at),
            Kinds::ARRAY => self.array(&block.array, at),
            Kinds::OBJECT => return self.object(&block.object, at),
            _ => true,
        };
        holds && self.conditions(block, kind, Subject::Value(at))
    }

    fn name(&mut self, block: BlockId, name: &str) -> bool {
        let block = &self.blocks[block];
        block.allowed.meets(Kinds::STRING)
            && block.text.holds(name)
            && self.conditions(block, Kinds::STRING, Subject::Name(name))
    }

    fn conditions(&mut self, block: &'r Block, kind: Kinds, subject: Subject<'_>) -> bool {
        let mut conditions = block.conditions.iter().filter(|(kinds, _)| kinds.meets(kind));
        conditions.all(|(_, condition)| self.condition(condition, subject, 0))
    }

    fn text(&self, text: &Text, at: usize) -> bool {
        match &text.options {
            Some(options) => options.iter().any(|option| self.tape.is_text(at, option)),
            None if text.leaves.is_empty() && text.max == u64::MAX && text.min <= 1 => {
                text.min == 0 || !self.tape.is_text(at, "")
            }
            None => text.holds(&self.tape.text_at(at)),
        }
    }

    fn array(&mut self, array: &'r Array, at: usize) -> bool {
        let mut count = 0;
        let blocks = array.first.iter().copied().chain(std::iter::repeat(array.rest));
        for (item, block) in self.tape.items_at(at).zip(blocks) {
            count += 1;
            if block != ACCEPT && !self.value(block, item) {
                return false;
            }
        }
        (array.min..=array.max).contains(&count)
            && array.contains.iter().all(|contains| {
                let mut count = 0;
                for item in self.tape.items_at(at) {
                    count += u64::from(self.value(contains.block, item));
                    if count > contains.max || (count >= contains.min && contains.max == u64::MAX) {
                        break;
                    }
                }
                (contains.min..=contains.max).contains(&count)
            })
    }

    fn object(&mut self, object: &'r Object, at: usize) -> bool {
        let base = self.found.len();
        self.found.resize(base + object.slots(), 0);
        let holds = self.members(object, at, base)
            && object.conditions.iter().all(|condition| self.condition(condition, Subject::Value(at), base));
        self.found.truncate(base);
        holds
    }

    fn members(&mut self, object: &'r Object, at: usize, base: usize) -> bool {
        let (mut count, mut seen) = (0, 0);
        for (key, value) in self.tape.members_at(at) {
            count += 1;
            let holds = if let Some((slot, block)) = object.slot(self.tape, key) {
                self.found[base + slot] = crate::tape::small(value);
                seen |= 1_u64.checked_shl(u32::try_from(slot).unwrap_or(64)).unwrap_or(0);
                block == ACCEPT || self.value(block, value)
            } else {
                self.other_member(object, key, value)
            };
            if !holds {
                return false;
            }
        }
        let required = object.required_bits();
        seen & required == required && (object.min..=object.max).contains(&count)
    }

    fn other_member(&mut self, object: &'r Object, key: usize, value: usize) -> bool {
        if object.rest != ACCEPT && !self.value(object.rest, value) {
            return false;
        }
        if object.names == ACCEPT && object.patterns.is_empty() {
            return true;
        }
        let name = self.tape.text_at(key);
        if object.names != ACCEPT && !self.name(object.names, &name) {
            return false;
        }
        object.patterns.iter().all(|subschema| {
            let mut fits = false;
            for (pattern, block) in &subschema.patterns {
                if pattern.holds_text(&name) {
                    fits = true;
                    if !self.value(*block, value) {
                        return false;
                    }
                }
            }
            fits || self.value(subschema.otherwise, value)
        })
    }

    /// `base`: where the members of the object are that the condition stands for.
    fn condition(&mut self, condition: &'r Condition, subject: Subject<'_>, base: usize) -> bool {
        match condition {
            Condition::Holds(block) => match subject {
                Subject::Value(at) => self.value(*block, at),
                Subject::Name(name) => self.name(*block, name),
            },
            Condition::Leaf(leaf) => self.leaf(leaf, subject),
            Condition::Integer => match subject {
                Subject::Value(at) => self.tape.node(at).as_number().is_none_or(|number| number.is_integer()),
                Subject::Name(_) => true,
            },
            Condition::Has(slot) => self.found[base + slot] != 0,
            Condition::Member(slot, block) => match self.found[base + slot] {
                0 => true,
                value => self.value(*block, value as usize),
            },
            Condition::All(all) => all.iter().all(|condition| self.condition(condition, subject, base)),
            Condition::Any(any) => any.iter().any(|condition| self.condition(condition, subject, base)),
            Condition::One(one) => {
                one.iter().filter(|condition| self.condition(condition, subject, base)).take(2).count() == 1
            }
            Condition::Not(not) => !self.condition(not, subject, base),
            Condition::If(conditions) => {
                let [when, then, otherwise] = &**conditions;
                let next = if self.condition(when, subject, base) { then } else { otherwise };
                self.condition(next, subject, base)
            }
        }
    }

    fn leaf(&self, leaf: &Arc<Leaf>, subject: Subject<'_>) -> bool {
        match subject {
            Subject::Value(at) => leaf.holds(self.tape.node(at)),
            Subject::Name(name) => leaf.holds_text(name),
        }
    }
}

/// The kind of a value by its first byte.
fn kind(first: u8) -> Kinds {
    match first {
        b'{' => Kinds::OBJECT,
        b'"' => Kinds::STRING,
        b'[' => Kinds::ARRAY,
        b't' => Kinds::TRUE,
        b'f' => Kinds::FALSE,
        b'n' => Kinds::NULL,
        _ => Kinds::NUMBER,
    }
}

impl Text {
    /// Whether a text conforms.
    pub(super) fn holds(&self, text: &str) -> bool {
        if self.options.as_ref().is_some_and(|options| !options.iter().any(|option| option == text)) {
            return false;
        }
        let count = || text.chars().count() as u64;
        ((self.min, self.max) == (0, u64::MAX) || (self.min..=self.max).contains(&count()))
            && self.leaves.iter().all(|leaf| leaf.holds_text(text))
    }
}
