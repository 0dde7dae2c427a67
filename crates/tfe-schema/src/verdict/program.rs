//! From a schema to its blocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::condition::Condition;
use super::gather::{Gathered, Part, kind_of};
use super::leaf::Leaf;
use super::{ACCEPT, Array, Block, BlockId, Contains, Kinds, Leaves, REJECT, Text, Unsupported};
use crate::files::Files;

/// Subschemas combine, so a small schema can ask for very many blocks.
const MAX_BLOCKS: usize = 2000;

/// How many blocks may wait for those of their members: a schema that leads back to itself can combine anew at
/// every step.
const MAX_DEPTH: usize = 64;

/// A compiled schema.
#[derive(Debug)]
pub(crate) struct Program {
    pub(super) blocks: Vec<Block>,
    pub(super) root: BlockId,
}

impl Program {
    /// `None` if the schema has what is not known here: then it has to be judged as a whole by a validator
    /// that knows it.
    pub(crate) fn compile(files: &Files, file: &str, leaves: &Leaves) -> Option<Self> {
        let (file, schema) = files.get_key_value(file)?;
        let accept = Block { allowed: Kinds::ALL, settled: Kinds::ALL, done: true, ..Block::default() };
        let reject = Block { done: true, ..Block::default() };
        // As many as most schemas of an API have: blocks are large, and moving them takes a tenth of the time.
        let mut blocks = Vec::with_capacity(64);
        blocks.extend([accept, reject]);
        let mut compiler = Compiler { files, leaves, blocks, known: BTreeMap::new(), waiting: Vec::new(), depth: 0 };
        let root = compiler.block(vec![Part { file, schema }]).ok()?;
        compiler.blocks.shrink_to_fit();
        let program = Self { blocks: compiler.blocks, root };
        (!program.has_circle()).then_some(program)
    }

    /// Whether a value would have to be judged before it can be judged.
    fn has_circle(&self) -> bool {
        #[derive(Clone, Copy, PartialEq)]
        enum Seen {
            No,
            Open,
            Closed,
        }
        fn visit(program: &Program, id: BlockId, seen: &mut [Seen]) -> bool {
            if seen[id] != Seen::No {
                return seen[id] == Seen::Open;
            }
            seen[id] = Seen::Open;
            let mut below = Vec::new();
            program.blocks[id].each_condition(|condition| condition.blocks(&mut |block| below.push(block)));
            let found = below.into_iter().any(|block| visit(program, block, seen));
            seen[id] = Seen::Closed;
            found
        }
        let mut seen = vec![Seen::No; self.blocks.len()];
        (0..self.blocks.len()).any(|id| visit(self, id, &mut seen))
    }
}

impl Block {
    pub(super) fn each_condition<'b>(&'b self, visit: impl FnMut(&'b Condition)) {
        self.conditions.iter().map(|(_, condition)| condition).chain(&self.object.conditions).for_each(visit);
    }
}

pub(super) struct Compiler<'f, 'l> {
    pub(super) files: &'f Files,
    pub(super) leaves: &'l Leaves,
    pub(super) blocks: Vec<Block>,
    /// Blocks by the addresses of the subschemas that they merge.
    known: BTreeMap<Key, BlockId>,
    /// The blocks of one value that wait for each other.
    waiting: Vec<BlockId>,
    depth: usize,
}

/// The addresses of subschemas, in order. Most blocks are of one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    One(usize),
    Many(Vec<usize>),
}

impl Key {
    fn of(mut addresses: Vec<usize>) -> Self {
        addresses.sort_unstable();
        addresses.dedup();
        if let [one] = addresses[..] { Self::One(one) } else { Self::Many(addresses) }
    }
}

impl<'f> Compiler<'f, '_> {
    /// The block of a value that must conform to all these subschemas.
    pub(super) fn block(&mut self, mut parts: Vec<Part<'f>>) -> Result<BlockId, Unsupported> {
        parts.retain(|part| part.schema != &Value::Bool(true));
        if parts.iter().any(|part| part.schema == &Value::Bool(false)) {
            return Ok(REJECT);
        }
        let key = match &parts[..] {
            [] => return Ok(ACCEPT),
            [part] => Key::One(part.address()),
            parts => Key::of(parts.iter().map(|part| part.address()).collect()),
        };
        if let Some(&id) = self.known.get(&key) {
            // A value that would have to be judged before it can be judged.
            return if self.waiting.contains(&id) { Err(Unsupported) } else { Ok(id) };
        }
        let id = self.blocks.len();
        if id == MAX_BLOCKS || self.depth == MAX_DEPTH {
            return Err(Unsupported);
        }
        // Until it is done, nothing is known of it: it may conform, and it may not.
        self.blocks.push(Block { allowed: Kinds::ALL, ..Block::default() });
        self.known.insert(key.clone(), id);
        self.depth += 1;
        self.waiting.push(id);
        let gathered = self.gather(parts)?;
        self.waiting.pop();
        // What follows is about other values.
        let waiting = std::mem::take(&mut self.waiting);
        let block = self.merge(&gathered)?;
        self.waiting = waiting;
        self.depth -= 1;
        let same = match block {
            Block { settled: Kinds::ALL, .. } => ACCEPT,
            Block { allowed: Kinds::NONE, .. } => REJECT,
            _ => id,
        };
        self.blocks[id] = block;
        self.known.insert(key, same);
        Ok(same)
    }

    fn merge(&mut self, gathered: &Gathered<'f>) -> Result<Block, Unsupported> {
        let mut block = Block { allowed: gathered.allowed, done: true, ..Block::default() };
        let (mut of_objects, mut of_others) = (Vec::new(), Vec::new());
        for (kinds, condition) in &gathered.conditions {
            let kinds = kinds.and(block.allowed);
            if kinds.meets(Kinds::OBJECT) {
                of_objects.push(condition.clone());
            }
            of_others.push((kinds.without(Kinds::OBJECT), condition.clone()));
        }
        for kind in [Kinds::NUMBER, Kinds::STRING, Kinds::ARRAY, Kinds::OBJECT] {
            for (_, members) in gathered.about(kind) {
                let leaves = self.leaves_of(members, kind);
                match kind {
                    Kinds::OBJECT => of_objects.extend(leaves),
                    _ => of_others.extend(leaves.into_iter().map(|leaf| (kind, leaf))),
                }
            }
        }
        self.text(&mut block, &gathered.about(Kinds::STRING))?;
        self.array(&mut block, &gathered.about(Kinds::ARRAY))?;
        block.object = self.object(&gathered.about(Kinds::OBJECT), &of_objects)?;
        block.conditions = of_others.into_iter().filter(|(kinds, _)| !kinds.is_empty()).collect();
        let unsettled = |kind: &Kinds| match *kind {
            Kinds::STRING if !block.text.is_empty() => true,
            Kinds::ARRAY if !block.array.is_empty() => true,
            Kinds::OBJECT if !block.object.is_empty() => true,
            kind => block.conditions.iter().any(|(kinds, _)| kinds.meets(kind)),
        };
        let unsettled = block.allowed.each().filter(unsettled).fold(Kinds::NONE, Kinds::or);
        block.settled = block.allowed.without(unsettled);
        Ok(block)
    }

    /// What `jsonschema` is asked of numbers, arrays and objects.
    fn leaves_of(&self, members: &Map<String, Value>, kind: Kinds) -> Vec<Condition> {
        const NUMBERS: [&str; 5] = ["multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"];
        let mut leaves = Vec::new();
        let keywords = members.iter().filter(|(keyword, _)| match kind {
            Kinds::NUMBER => NUMBERS.contains(&keyword.as_str()),
            Kinds::ARRAY => *keyword == "uniqueItems",
            _ => false,
        });
        let keywords: Map<_, _> = keywords.map(|(keyword, value)| (keyword.clone(), value.clone())).collect();
        if !keywords.is_empty() {
            leaves.push(Condition::Leaf(self.leaves.of(keywords)));
        }
        if kind == Kinds::NUMBER && members.get("type").is_some_and(is_integer) {
            leaves.push(Condition::Integer);
        }
        if kind != Kinds::STRING {
            for options in options(members) {
                let options = options.iter().filter(|option| kind_of(option) == kind).cloned().collect();
                leaves.push(Condition::Leaf(self.leaves.one("enum", &options)));
            }
        }
        leaves
    }

    fn text(&self, block: &mut Block, parts: &[(Part<'f>, &Map<String, Value>)]) -> Result<(), Unsupported> {
        let text = &mut block.text;
        for (_, members) in parts {
            text.min = text.min.max(count(members, "minLength", 0)?);
            text.max = text.max.min(count(members, "maxLength", u64::MAX)?);
            for keyword in ["pattern", "format"] {
                text.leaves.extend(members.get(keyword).map(|value| self.leaves.one(keyword, value)));
            }
            for options in options(members) {
                let mut texts: Vec<_> = options.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                if let Some(known) = &text.options {
                    texts.retain(|text| known.contains(text));
                }
                text.options = Some(texts);
            }
        }
        if let Some(options) = text.options.take() {
            let rules = std::mem::take(text);
            text.options = Some(options.into_iter().filter(|option| rules.holds(option)).collect());
        }
        let leaf = |leaf: &Arc<Leaf>| Arc::as_ptr(leaf);
        text.leaves.sort_by_key(leaf);
        text.leaves.dedup_by_key(|one| leaf(one));
        if text.options.as_ref().is_some_and(Vec::is_empty) {
            block.allowed = block.allowed.without(Kinds::STRING);
        }
        Ok(())
    }

    fn array(&mut self, block: &mut Block, parts: &[(Part<'f>, &'f Map<String, Value>)]) -> Result<(), Unsupported> {
        let first = |members: &'f Map<String, Value>| match members.get("prefixItems") {
            None => Ok(&[][..]),
            Some(Value::Array(schemas)) => Ok(&schemas[..]),
            Some(_) => Err(Unsupported),
        };
        let mut longest = 0;
        let mut array = Array::default();
        for &(part, members) in parts {
            longest = longest.max(first(members)?.len());
            array.min = array.min.max(count(members, "minItems", 0)?);
            array.max = array.max.min(count(members, "maxItems", u64::MAX)?);
            if let Some(schema) = members.get("contains") {
                let (min, max) = (count(members, "minContains", 1)?, count(members, "maxContains", u64::MAX)?);
                array.contains.push(Contains { block: self.block(vec![part.with(schema)])?, min, max });
            }
        }
        let mut item = |index: usize| {
            let mut schemas = Vec::new();
            for &(part, members) in parts {
                let schema = first(members)?.get(index).or_else(|| members.get("items"));
                schemas.extend(schema.map(|schema| part.with(schema)));
            }
            self.block(schemas)
        };
        array.first = (0..longest).map(&mut item).collect::<Result<_, _>>()?;
        array.rest = item(longest)?;
        block.array = array;
        Ok(())
    }
}

impl Text {
    fn is_empty(&self) -> bool {
        self.options.is_none() && self.leaves.is_empty() && (self.min, self.max) == (0, u64::MAX)
    }
}

impl Array {
    fn is_empty(&self) -> bool {
        self.first.iter().all(|&block| block == ACCEPT)
            && self.rest == ACCEPT
            && self.contains.is_empty()
            && (self.min, self.max) == (0, u64::MAX)
    }
}

/// The values that `enum` leaves, and those that `const` does: where both stand, both hold.
fn options(members: &Map<String, Value>) -> impl Iterator<Item = &[Value]> {
    let all = members.get("enum").and_then(Value::as_array).map(Vec::as_slice);
    all.into_iter().chain(members.get("const").map(std::slice::from_ref))
}

fn is_integer(types: &Value) -> bool {
    match types {
        Value::Array(names) => names.iter().any(|name| name == "integer") && !names.iter().any(|name| name == "number"),
        name => name == "integer",
    }
}

/// A limit, or what holds without it.
pub(super) fn count(members: &Map<String, Value>, keyword: &str, absent: u64) -> Result<u64, Unsupported> {
    members.get(keyword).map_or(Ok(absent), |limit| limit.as_u64().ok_or(Unsupported))
}
