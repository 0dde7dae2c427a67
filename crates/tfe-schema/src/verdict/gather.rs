//! Which subschemas speak about one value, and about which kinds of values each of them does.

use serde_json::{Map, Value};

use super::condition::Condition;
use super::program::Compiler;
use super::{Kinds, Unsupported};
use crate::lint::DIALECT;
use crate::reference;

/// A subschema and the file it stands in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'f> {
    pub(super) file: &'f str,
    pub(super) schema: &'f Value,
}

impl<'f> Part<'f> {
    pub(super) fn with(self, schema: &'f Value) -> Self {
        Self { schema, ..self }
    }

    pub(super) fn address(self) -> usize {
        std::ptr::from_ref(self.schema).addr()
    }
}

/// What several subschemas together ask of one value.
pub(super) struct Gathered<'f> {
    pub(super) allowed: Kinds,
    /// Each subschema once, with the kinds of values that it speaks about.
    pub(super) parts: Vec<(Part<'f>, &'f Map<String, Value>, Kinds)>,
    pub(super) conditions: Vec<(Kinds, Condition)>,
    open: Vec<(Part<'f>, Kinds)>,
}

impl<'f> Gathered<'f> {
    /// The subschemas that speak about a kind, if it may conform.
    pub(super) fn about(&self, kind: Kinds) -> Vec<(Part<'f>, &'f Map<String, Value>)> {
        let about = self.parts.iter().filter(|(_, _, kinds)| kinds.and(self.allowed).meets(kind));
        about.map(|&(part, members, _)| (part, members)).collect()
    }

    fn refuse(&mut self, kinds: Kinds) {
        self.allowed = self.allowed.without(kinds);
    }

    fn require(&mut self, kinds: Kinds, condition: Condition) {
        self.conditions.push((kinds, condition));
    }
}

impl<'f> Compiler<'f, '_> {
    pub(super) fn gather(&mut self, parts: Vec<Part<'f>>) -> Result<Gathered<'f>, Unsupported> {
        let open = parts.into_iter().map(|part| (part, Kinds::ALL)).collect();
        let mut gathered = Gathered { allowed: Kinds::ALL, parts: Vec::new(), conditions: Vec::new(), open };
        while let Some((part, kinds)) = gathered.open.pop() {
            let members = match part.schema {
                Value::Bool(true) => continue,
                Value::Bool(false) => {
                    gathered.refuse(kinds);
                    continue;
                }
                Value::Object(members) => members,
                _ => return Err(Unsupported),
            };
            let known = gathered.parts.iter_mut().find(|(known, _, _)| std::ptr::eq(known.schema, part.schema));
            let new = if let Some((_, _, known)) = known {
                let new = kinds.without(*known);
                *known = known.or(new);
                new
            } else {
                gathered.parts.push((part, members, kinds));
                kinds
            };
            if !new.is_empty() {
                for (keyword, value) in members {
                    self.in_place(part, members, new, (keyword, value), &mut gathered)?;
                }
            }
        }
        Ok(gathered)
    }

    /// Keywords that speak about the value itself, whatever it holds.
    fn in_place(
        &mut self,
        part: Part<'f>,
        members: &'f Map<String, Value>,
        kinds: Kinds,
        (keyword, value): (&str, &'f Value),
        gathered: &mut Gathered<'f>,
    ) -> Result<(), Unsupported> {
        match (keyword, value) {
            ("type", value) => gathered.refuse(kinds.without(kinds_of_type(value)?)),
            ("enum", Value::Array(options)) => gathered.refuse(kinds.without(kinds_of(options))),
            ("const", value) => gathered.refuse(kinds.without(kind_of(value))),
            ("$ref", Value::String(text)) => {
                let target = reference::resolve(part.file, text).map_err(|_| Unsupported)?;
                let (file, document) = self.files.get_key_value(&target.file).ok_or(Unsupported)?;
                let schema = target.pointer.resolve(document).ok_or(Unsupported)?;
                gathered.open.push((Part { file, schema }, kinds));
            }
            ("allOf", Value::Array(schemas)) => {
                gathered.open.extend(schemas.iter().map(|schema| (part.with(schema), kinds)));
            }
            ("anyOf", Value::Array(schemas)) => self.any_of(part, schemas, kinds, gathered)?,
            ("oneOf", Value::Array(schemas)) => self.one_of(part, schemas, kinds, gathered)?,
            ("not", schema) => {
                let block = self.block(vec![part.with(schema)])?;
                let (yes, no) = self.settled(block);
                gathered.refuse(kinds.and(yes));
                let holds = Condition::Holds(block);
                gathered.require(kinds.without(yes).without(no), Condition::Not(Box::new(holds)));
            }
            ("if", schema) => self.if_then_else(part, members, schema, kinds, gathered)?,
            ("$schema", dialect) if dialect == DIALECT => {}
            (keyword, _) if is_known(keyword) => {}
            _ => return Err(Unsupported),
        }
        Ok(())
    }

    fn any_of(
        &mut self,
        part: Part<'f>,
        schemas: &'f [Value],
        kinds: Kinds,
        gathered: &mut Gathered<'f>,
    ) -> Result<(), Unsupported> {
        let branches = self.branches(part, schemas)?;
        for kind in kinds.each().filter(|&kind| !branches.iter().any(|branch| branch.yes.meets(kind))) {
            let open: Vec<_> = branches.iter().filter(|branch| !branch.no.meets(kind)).collect();
            match open[..] {
                [] => gathered.refuse(kind),
                // What is left must hold: it is merged like a branch of `allOf`.
                [one] => gathered.open.push((one.part, kind)),
                _ => gathered.require(kind, Condition::Any(open.iter().map(|branch| branch.holds()).collect())),
            }
        }
        Ok(())
    }

    fn one_of(
        &mut self,
        part: Part<'f>,
        schemas: &'f [Value],
        kinds: Kinds,
        gathered: &mut Gathered<'f>,
    ) -> Result<(), Unsupported> {
        let branches = self.branches(part, schemas)?;
        for kind in kinds.each() {
            let open: Vec<_> = branches.iter().filter(|branch| !branch.no.meets(kind)).collect();
            match open[..] {
                [] => gathered.refuse(kind),
                [one] => gathered.open.push((one.part, kind)),
                _ => gathered.require(kind, Condition::One(open.iter().map(|branch| branch.holds()).collect())),
            }
        }
        Ok(())
    }

    fn if_then_else(
        &mut self,
        part: Part<'f>,
        members: &'f Map<String, Value>,
        schema: &'f Value,
        kinds: Kinds,
        gathered: &mut Gathered<'f>,
    ) -> Result<(), Unsupported> {
        let [then, otherwise] = ["then", "else"].map(|keyword| members.get(keyword).map(|schema| part.with(schema)));
        if then.is_none() && otherwise.is_none() {
            return Ok(());
        }
        let block = self.block(vec![part.with(schema)])?;
        let (yes, no) = self.settled(block);
        gathered.open.extend(then.map(|then| (then, kinds.and(yes))));
        gathered.open.extend(otherwise.map(|otherwise| (otherwise, kinds.and(no))));
        let unsettled = kinds.without(yes).without(no);
        if !unsettled.is_empty() {
            let [then, otherwise] =
                [self.block(then.into_iter().collect())?, self.block(otherwise.into_iter().collect())?];
            let conditions = [block, then, otherwise].map(Condition::Holds);
            gathered.require(unsettled, Condition::If(Box::new(conditions)));
        }
        Ok(())
    }

    fn branches(&mut self, part: Part<'f>, schemas: &'f [Value]) -> Result<Vec<Branch<'f>>, Unsupported> {
        let branch = |schema| {
            let part = part.with(schema);
            let block = self.block(vec![part])?;
            let (yes, no) = self.settled(block);
            Ok(Branch { part, block, yes, no })
        };
        schemas.iter().map(branch).collect()
    }

    /// The kinds of which every value conforms, and those of which none does.
    fn settled(&self, block: usize) -> (Kinds, Kinds) {
        let block = &self.blocks[block];
        (block.settled, Kinds::ALL.without(block.allowed))
    }
}

struct Branch<'f> {
    part: Part<'f>,
    block: usize,
    yes: Kinds,
    no: Kinds,
}

impl Branch<'_> {
    fn holds(&self) -> Condition {
        Condition::Holds(self.block)
    }
}

/// Keywords that are looked at elsewhere, or that ask nothing.
fn is_known(keyword: &str) -> bool {
    const ANNOTATIONS: [&str; 10] = [
        "$defs",
        "$comment",
        "title",
        "description",
        "examples",
        "default",
        "deprecated",
        "readOnly",
        "writeOnly",
        "then",
    ];
    const RULES: [&str; 27] = [
        "else",
        "multipleOf",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "format",
        "maxItems",
        "minItems",
        "uniqueItems",
        "maxContains",
        "minContains",
        "contains",
        "items",
        "prefixItems",
        "maxProperties",
        "minProperties",
        "required",
        "dependentRequired",
        "dependentSchemas",
        "properties",
        "patternProperties",
        "additionalProperties",
        "propertyNames",
    ];
    keyword.starts_with("x-") || ANNOTATIONS.contains(&keyword) || RULES.contains(&keyword)
}

fn kinds_of_type(value: &Value) -> Result<Kinds, Unsupported> {
    let one = |name: &Value| {
        Ok(match name.as_str().ok_or(Unsupported)? {
            "null" => Kinds::NULL,
            "boolean" => Kinds::FALSE.or(Kinds::TRUE),
            "number" | "integer" => Kinds::NUMBER,
            "string" => Kinds::STRING,
            "array" => Kinds::ARRAY,
            "object" => Kinds::OBJECT,
            _ => return Err(Unsupported),
        })
    };
    match value {
        Value::Array(names) => names.iter().try_fold(Kinds::NONE, |kinds, name| Ok(kinds.or(one(name)?))),
        name => one(name),
    }
}

fn kinds_of(options: &[Value]) -> Kinds {
    options.iter().fold(Kinds::NONE, |kinds, option| kinds.or(kind_of(option)))
}

pub(super) fn kind_of(value: &Value) -> Kinds {
    match value {
        Value::Null => Kinds::NULL,
        Value::Bool(false) => Kinds::FALSE,
        Value::Bool(true) => Kinds::TRUE,
        Value::Number(_) => Kinds::NUMBER,
        Value::String(_) => Kinds::STRING,
        Value::Array(_) => Kinds::ARRAY,
        Value::Object(_) => Kinds::OBJECT,
    }
}
