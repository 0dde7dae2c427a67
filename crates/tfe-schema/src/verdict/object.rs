//! What is asked of an object, by the names of its members.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::condition::{Condition, slot};
use super::gather::Part;
use super::leaf::Leaf;
use super::program::{Compiler, count};
use super::{ACCEPT, BlockId, REJECT, Unsupported};
use crate::tape::{Tape, hash};

#[derive(Debug)]
pub(super) struct Object {
    /// The names that the subschemas know, those that are required first.
    slots: Vec<Slot>,
    required: usize,
    /// Slots by hash: a power of two of entries, of which at most half are taken.
    table: Vec<u8>,
    pub(super) min: u64,
    pub(super) max: u64,
    /// What members with other names must conform to.
    pub(super) rest: BlockId,
    /// The same, where the name decides.
    pub(super) patterns: Vec<Patterns>,
    /// What other names must conform to.
    pub(super) names: BlockId,
    pub(super) conditions: Vec<Condition>,
}

#[derive(Debug)]
struct Slot {
    name: String,
    hash: u32,
    block: BlockId,
}

/// `patternProperties` of one subschema, and what it says of members whose name fits none.
#[derive(Debug)]
pub(super) struct Patterns {
    pub(super) patterns: Vec<(Arc<Leaf>, BlockId)>,
    pub(super) otherwise: BlockId,
}

impl Default for Object {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            required: 0,
            table: Vec::new(),
            min: 0,
            max: u64::MAX,
            rest: ACCEPT,
            patterns: Vec::new(),
            names: ACCEPT,
            conditions: Vec::new(),
        }
    }
}

const NO_SLOT: u8 = u8::MAX;
/// Numbers of slots are bytes, and those of required members are bits of a word.
const MAX_SLOTS: usize = 100;
const MAX_REQUIRED: usize = 64;

impl Object {
    pub(super) fn is_empty(&self) -> bool {
        self.looks_at_known_names_only()
            && self.required == 0
            && self.conditions.is_empty()
            && self.slots.iter().all(|slot| slot.block == ACCEPT)
    }

    pub(super) fn looks_at_known_names_only(&self) -> bool {
        self.rest == ACCEPT && self.names == ACCEPT && self.patterns.is_empty() && (self.min, self.max) == (0, u64::MAX)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().map(|slot| slot.name.as_str())
    }

    pub(super) fn members(&self) -> impl Iterator<Item = BlockId> {
        self.slots.iter().map(|slot| slot.block)
    }

    /// How many slots, from the first, are required.
    pub(super) fn required(&self) -> usize {
        self.required
    }

    pub(super) fn slots(&self) -> usize {
        self.slots.len()
    }

    /// The bits of the required slots.
    pub(super) fn required_bits(&self) -> u64 {
        u64::MAX.checked_shr(64 - u32::try_from(self.required).unwrap_or(64)).unwrap_or(0)
    }

    /// The slot of a member's name, and what its value must conform to.
    pub(super) fn slot(&self, tape: &Tape<'_>, key: usize) -> Option<(usize, BlockId)> {
        let mask = self.table.len().checked_sub(1)?;
        let hash = tape.hash_at(key);
        let mut at = hash as usize & mask;
        loop {
            let found = self.table[at];
            if found == NO_SLOT {
                return None;
            }
            let slot = &self.slots[usize::from(found)];
            if slot.hash == hash && tape.is_text(key, &slot.name) {
                return Some((usize::from(found), slot.block));
            }
            at = (at + 1) & mask;
        }
    }

    fn fill_table(&mut self) {
        if self.slots.is_empty() {
            return;
        }
        self.table = vec![NO_SLOT; (self.slots.len() * 2).next_power_of_two()];
        let mask = self.table.len() - 1;
        for (number, slot) in (0..).zip(&self.slots) {
            let mut at = slot.hash as usize & mask;
            while self.table[at] != NO_SLOT {
                at = (at + 1) & mask;
            }
            self.table[at] = number;
        }
    }
}

impl<'f> Compiler<'f, '_> {
    pub(super) fn object(
        &mut self,
        parts: &[(Part<'f>, &'f Map<String, Value>)],
        conditions: &[Condition],
    ) -> Result<Object, Unsupported> {
        let mut object = Object::default();
        let mut names = Vec::new();
        for (_, members) in parts {
            if let Some(required) = members.get("required") {
                each_name(required, |name| slot(&mut names, name))?;
            }
            object.min = object.min.max(count(members, "minProperties", 0)?);
            object.max = object.max.min(count(members, "maxProperties", u64::MAX)?);
        }
        object.required = names.len();
        object.conditions = conditions.iter().map(|condition| self.inline(condition, &mut names)).collect();
        self.dependencies(parts, &mut names, &mut object.conditions)?;
        for (_, members) in parts {
            schemas(members, "properties")?.for_each(|(name, _)| {
                slot(&mut names, name);
            });
        }
        if names.len() > MAX_SLOTS || object.required > MAX_REQUIRED {
            return Err(Unsupported);
        }
        let of_names = parts.iter().filter_map(|(part, members)| Some(part.with(members.get("propertyNames")?)));
        object.names = self.block(of_names.collect())?;
        let about = parts.iter().map(|&(part, members)| Named::of(part, members)).collect::<Result<Vec<_>, _>>()?;
        for name in names {
            let block = if self.name_holds(object.names, &name)? { self.member(&about, &name)? } else { REJECT };
            object.slots.push(Slot { hash: hash(&name), name, block });
        }
        self.others(&about, &mut object)?;
        object.fill_table();
        Ok(object)
    }

    /// What the members with names that no subschema knows must conform to.
    fn others(&mut self, parts: &[Named<'f>], object: &mut Object) -> Result<(), Unsupported> {
        let mut rest = Vec::new();
        for Named { part, patterns: named, otherwise, .. } in parts {
            let otherwise = otherwise.map(|schema| part.with(schema));
            if named.is_empty() {
                rest.extend(otherwise);
                continue;
            }
            let mut patterns = Vec::new();
            for (pattern, schema) in named {
                patterns.push((self.pattern(pattern), self.block(vec![part.with(schema)])?));
            }
            object.patterns.push(Patterns { patterns, otherwise: self.block(otherwise.into_iter().collect())? });
        }
        object.rest = self.block(rest)?;
        Ok(())
    }

    /// What the member with a known name must conform to.
    fn member(&mut self, parts: &[Named<'f>], name: &str) -> Result<BlockId, Unsupported> {
        let mut found = Vec::new();
        for Named { part, properties, patterns, otherwise } in parts {
            let before = found.len();
            let property = properties.and_then(|properties| properties.get(name));
            found.extend(property.map(|schema| part.with(schema)));
            for (pattern, schema) in patterns {
                if self.pattern(pattern).holds_text(name) {
                    found.push(part.with(schema));
                }
            }
            if found.len() == before {
                found.extend(otherwise.map(|schema| part.with(schema)));
            }
        }
        self.block(found)
    }

    fn pattern(&self, pattern: &str) -> Arc<Leaf> {
        self.leaves.one("pattern", &Value::from(pattern))
    }

    fn dependencies(
        &mut self,
        parts: &[(Part<'f>, &'f Map<String, Value>)],
        names: &mut Vec<String>,
        conditions: &mut Vec<Condition>,
    ) -> Result<(), Unsupported> {
        for &(part, members) in parts {
            for (name, needed) in schemas(members, "dependentRequired")? {
                let has = Condition::Has(slot(names, name));
                let mut all = Vec::new();
                each_name(needed, |name| all.push(Condition::Has(slot(names, name))))?;
                conditions.push(Condition::when(has, Condition::All(all)));
            }
            for (name, schema) in schemas(members, "dependentSchemas")? {
                let has = Condition::Has(slot(names, name));
                let block = self.block(vec![part.with(schema)])?;
                let then = self.inline(&Condition::Holds(block), names);
                conditions.push(Condition::when(has, then));
            }
        }
        Ok(())
    }
}

/// What one subschema says of members by their names.
struct Named<'f> {
    part: Part<'f>,
    properties: Option<&'f Map<String, Value>>,
    patterns: Vec<(&'f String, &'f Value)>,
    /// Of those that neither names.
    otherwise: Option<&'f Value>,
}

impl<'f> Named<'f> {
    fn of(part: Part<'f>, members: &'f Map<String, Value>) -> Result<Self, Unsupported> {
        Ok(Self {
            part,
            properties: members.get("properties").and_then(Value::as_object),
            patterns: schemas(members, "patternProperties")?.collect(),
            otherwise: members.get("additionalProperties"),
        })
    }
}

fn schemas<'f>(
    members: &'f Map<String, Value>,
    keyword: &str,
) -> Result<impl Iterator<Item = (&'f String, &'f Value)>, Unsupported> {
    let named = match members.get(keyword) {
        None => None,
        Some(Value::Object(named)) => Some(named),
        Some(_) => return Err(Unsupported),
    };
    Ok(named.into_iter().flatten())
}

fn each_name<T>(names: &Value, mut visit: impl FnMut(&str) -> T) -> Result<(), Unsupported> {
    for name in names.as_array().ok_or(Unsupported)? {
        visit(name.as_str().ok_or(Unsupported)?);
    }
    Ok(())
}
