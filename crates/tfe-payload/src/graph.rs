//! A schema with everything that it refers to, as nodes: one per subschema, each a list of literals.

use std::collections::HashMap;

use serde_json::{Map, Value};
use tfe_schema::{Part, Schema};

use crate::PayloadError;
use crate::format::Format;
use crate::pattern::Pattern;
use crate::types::Types;

/// Index of a node.
pub(crate) type NodeId = u32;

/// One subschema: a value satisfies it if it satisfies every literal.
pub(crate) struct Node {
    /// File and pointer.
    pub(crate) at: String,
    pub(crate) literals: Vec<Literal>,
}

/// One assertion of a subschema.
pub(crate) enum Literal {
    /// The schema `false`.
    Never,
    Type(Types),
    /// `enum` or `const`.
    Among(&'static str, Vec<Value>),
    MinLength(usize),
    MaxLength(usize),
    Pattern(usize),
    Format(Format),
    Minimum(f64),
    Maximum(f64),
    ExclusiveMinimum(f64),
    ExclusiveMaximum(f64),
    MultipleOf(f64),
    Required(String),
    /// With the first member, the second is required.
    DependentRequired(String, String),
    MinProperties(usize),
    MaxProperties(usize),
    PropertyNames(NodeId),
    Members(Members),
    /// `additionalProperties: false`: no member but these.
    Closed(Members),
    /// With the member, the schema holds.
    DependentSchema(String, NodeId),
    MinItems(usize),
    MaxItems(usize),
    Unique,
    Items {
        first: Vec<NodeId>,
        rest: Option<NodeId>,
    },
    Contains {
        node: NodeId,
        min: usize,
        max: Option<usize>,
    },
    AllOf(Vec<NodeId>),
    AnyOf(Vec<NodeId>),
    OneOf(Vec<NodeId>),
    Not(NodeId),
    Ref(NodeId),
    If {
        condition: NodeId,
        then: Option<NodeId>,
        otherwise: Option<NodeId>,
    },
}

/// What a subschema says about the members of an object.
#[derive(Default, Clone)]
pub(crate) struct Members {
    pub(crate) named: Vec<(String, NodeId)>,
    /// Pattern and schema.
    pub(crate) matching: Vec<(usize, NodeId)>,
    /// For all other members.
    pub(crate) others: Option<NodeId>,
}

impl Members {
    pub(crate) fn named(&self, name: &str) -> Option<NodeId> {
        self.named.iter().find(|(known, _)| known == name).map(|(_, node)| *node)
    }
}

/// All nodes that one schema is made of.
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) root: NodeId,
    /// A node for what one pair of a form can say: neither `null` nor anything with parts.
    pub(crate) scalar: NodeId,
}

impl Graph {
    /// A keyword that ties the values of a document to each other (items that must differ, or that are counted), so
    /// that a document is looked at as a whole before it is given out; with the place of its schema.
    pub(crate) fn entangled(&self) -> Option<(&'static str, &str)> {
        self.nodes.iter().find_map(|node| {
            let keyword = node.literals.iter().find_map(|literal| match literal {
                Literal::Contains { .. } => Some("contains"),
                Literal::Unique => Some("uniqueItems"),
                Literal::Items { first, rest } if !first.is_empty() && rest.is_some() => Some("items"),
                _ => None,
            })?;
            Some((keyword, node.at.as_str()))
        })
    }

    pub(crate) fn of(schema: &Schema) -> Result<Self, PayloadError> {
        let mut loader = Loader { schema, nodes: Vec::new(), patterns: Vec::new(), known: HashMap::new() };
        let root = loader.node(&schema.part())?;
        let scalar = NodeId::try_from(loader.nodes.len()).unwrap_or(NodeId::MAX);
        let types = Types::STRING.or(Types::NUMBER).or(Types::BOOLEAN);
        loader.nodes.push(Node { at: schema.part().to_string(), literals: vec![Literal::Type(types)] });
        Ok(Self { nodes: loader.nodes, patterns: loader.patterns, root, scalar })
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// Whether the node allows everything.
    pub(crate) fn is_empty(&self, id: NodeId) -> bool {
        self.node(id).literals.is_empty()
    }
}

/// Keywords that say nothing about which documents are valid.
const ANNOTATIONS: [&str; 12] = [
    "$schema",
    "$defs",
    "title",
    "description",
    "examples",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$comment",
    "x-requirement",
    "x-sensitive",
];

/// Keywords that are read together with another.
const SECONDARY: [&str; 6] = ["then", "else", "prefixItems", "patternProperties", "minContains", "maxContains"];

struct Loader<'s> {
    schema: &'s Schema,
    nodes: Vec<Node>,
    patterns: Vec<Pattern>,
    known: HashMap<(String, String), NodeId>,
}

impl Loader<'_> {
    fn node(&mut self, part: &Part<'_>) -> Result<NodeId, PayloadError> {
        let key = (part.file.to_owned(), part.pointer.as_str().to_owned());
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let id = NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX);
        self.known.insert(key, id);
        self.nodes.push(Node { at: part.to_string(), literals: Vec::new() });
        // Known before its literals are: a schema may refer to itself.
        let literals = match part.schema {
            Value::Bool(true) => Vec::new(),
            Value::Bool(false) => vec![Literal::Never],
            Value::Object(members) => self.literals(part, members)?,
            _ => return Err(unsupported(part, "", "a schema is an object or a boolean")),
        };
        self.nodes[id as usize].literals = literals;
        Ok(id)
    }

    fn literals(&mut self, part: &Part<'_>, members: &Map<String, Value>) -> Result<Vec<Literal>, PayloadError> {
        let mut literals = Vec::new();
        for (keyword, value) in members {
            if !ANNOTATIONS.contains(&keyword.as_str()) && !SECONDARY.contains(&keyword.as_str()) {
                self.literal(part, keyword, value, &mut literals)?;
            }
        }
        let has = |keyword: &str| members.contains_key(keyword);
        if has("prefixItems") && !has("items") {
            literals.push(self.items(part)?);
        }
        if has("patternProperties") && !has("properties") && !has("additionalProperties") {
            self.members(part, &mut literals)?;
        }
        Ok(literals)
    }

    fn literal(
        &mut self,
        part: &Part<'_>,
        keyword: &str,
        value: &Value,
        to: &mut Vec<Literal>,
    ) -> Result<(), PayloadError> {
        let wrong = || unsupported(part, keyword, "its value is not of the expected form");
        let size = || value.as_u64().and_then(|size| usize::try_from(size).ok()).ok_or_else(wrong);
        let number = || value.as_f64().ok_or_else(wrong);
        to.push(match keyword {
            "type" => Literal::Type(types(value).ok_or_else(wrong)?),
            "enum" => Literal::Among("enum", value.as_array().ok_or_else(wrong)?.clone()),
            "const" => Literal::Among("const", vec![value.clone()]),
            "minLength" => Literal::MinLength(size()?),
            "maxLength" => Literal::MaxLength(size()?),
            "pattern" => Literal::Pattern(self.pattern(part, keyword, value.as_str().ok_or_else(wrong)?)?),
            "format" => Literal::Format(
                value
                    .as_str()
                    .and_then(Format::named)
                    .ok_or_else(|| unsupported(part, keyword, &format!("the format {value} is unknown")))?,
            ),
            "minimum" => Literal::Minimum(number()?),
            "maximum" => Literal::Maximum(number()?),
            "exclusiveMinimum" => Literal::ExclusiveMinimum(number()?),
            "exclusiveMaximum" => Literal::ExclusiveMaximum(number()?),
            "multipleOf" => Literal::MultipleOf(number()?),
            "minProperties" => Literal::MinProperties(size()?),
            "maxProperties" => Literal::MaxProperties(size()?),
            "minItems" => Literal::MinItems(size()?),
            "maxItems" => Literal::MaxItems(size()?),
            "uniqueItems" if value == true => Literal::Unique,
            "uniqueItems" => return Ok(()),
            "items" => self.items(part)?,
            "propertyNames" => Literal::PropertyNames(self.inner(part, &[keyword])?),
            "not" => Literal::Not(self.inner(part, &[keyword])?),
            "allOf" => Literal::AllOf(self.each(part, keyword)?),
            "anyOf" => Literal::AnyOf(self.each(part, keyword)?),
            "oneOf" => Literal::OneOf(self.each(part, keyword)?),
            "$ref" => {
                let target = value.as_str().and_then(|text| self.schema.referred(part.file, text));
                Literal::Ref(self.node(&target.ok_or_else(|| unsupported(part, keyword, "it leads nowhere"))?)?)
            }
            "if" => Literal::If {
                condition: self.inner(part, &["if"])?,
                then: self.optional(part, "then")?,
                otherwise: self.optional(part, "else")?,
            },
            "contains" => Literal::Contains {
                node: self.inner(part, &[keyword])?,
                min: part
                    .schema
                    .get("minContains")
                    .and_then(Value::as_u64)
                    .map_or(Some(1), |size| usize::try_from(size).ok())
                    .ok_or_else(wrong)?,
                max: part.schema.get("maxContains").and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok()),
            },
            "properties" | "additionalProperties" => return self.members(part, to),
            "required" | "dependentRequired" | "dependentSchemas" => return self.presence(part, keyword, value, to),
            _ => return Err(unsupported(part, keyword, "the generator does not know it")),
        });
        Ok(())
    }

    fn presence(
        &mut self,
        part: &Part<'_>,
        keyword: &str,
        value: &Value,
        to: &mut Vec<Literal>,
    ) -> Result<(), PayloadError> {
        let names = |value: &Value| -> Vec<String> {
            value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        if keyword == "required" {
            to.extend(names(value).into_iter().map(Literal::Required));
            return Ok(());
        }
        for (trigger, then) in value.as_object().into_iter().flatten() {
            if keyword == "dependentRequired" {
                to.extend(names(then).into_iter().map(|name| Literal::DependentRequired(trigger.clone(), name)));
            } else {
                to.push(Literal::DependentSchema(trigger.clone(), self.inner(part, &[keyword, trigger])?));
            }
        }
        Ok(())
    }

    /// `properties`, `patternProperties` and `additionalProperties`: they are read together, once.
    fn members(&mut self, part: &Part<'_>, to: &mut Vec<Literal>) -> Result<(), PayloadError> {
        if to.iter().any(|literal| matches!(literal, Literal::Members(_) | Literal::Closed(_))) {
            return Ok(());
        }
        let mut members = Members::default();
        for name in part.schema["properties"].as_object().into_iter().flat_map(Map::keys) {
            members.named.push((name.clone(), self.inner(part, &["properties", name])?));
        }
        for text in part.schema["patternProperties"].as_object().into_iter().flat_map(Map::keys) {
            let pattern = self.pattern(part, "patternProperties", text)?;
            members.matching.push((pattern, self.inner(part, &["patternProperties", text])?));
        }
        match part.schema.get("additionalProperties") {
            Some(Value::Bool(false)) => to.push(Literal::Closed(members.clone())),
            Some(_) => members.others = Some(self.inner(part, &["additionalProperties"])?),
            None => {}
        }
        to.push(Literal::Members(members));
        Ok(())
    }

    fn items(&mut self, part: &Part<'_>) -> Result<Literal, PayloadError> {
        let first = if part.schema.get("prefixItems").is_some() { self.each(part, "prefixItems")? } else { Vec::new() };
        let rest = self.optional(part, "items")?;
        Ok(Literal::Items { first, rest })
    }

    fn inner(&mut self, part: &Part<'_>, tokens: &[&str]) -> Result<NodeId, PayloadError> {
        let pointer = tokens.iter().fold(part.pointer.clone(), |pointer, token| pointer.join(token));
        let schema = tokens.iter().fold(part.schema, |schema, token| &schema[*token]);
        self.node(&Part { file: part.file, pointer, schema })
    }

    fn optional(&mut self, part: &Part<'_>, keyword: &str) -> Result<Option<NodeId>, PayloadError> {
        part.schema.get(keyword).map(|_| self.inner(part, &[keyword])).transpose()
    }

    fn each(&mut self, part: &Part<'_>, keyword: &str) -> Result<Vec<NodeId>, PayloadError> {
        let schemas = part.schema[keyword].as_array().ok_or_else(|| unsupported(part, keyword, "must be an array"))?;
        let nodes = schemas.iter().enumerate().map(|(index, schema)| {
            let pointer = part.pointer.join(keyword).join(&index.to_string());
            self.node(&Part { file: part.file, pointer, schema })
        });
        nodes.collect()
    }

    fn pattern(&mut self, part: &Part<'_>, keyword: &str, text: &str) -> Result<usize, PayloadError> {
        if let Some(known) = self.patterns.iter().position(|pattern| pattern.text() == text) {
            return Ok(known);
        }
        let pattern = Pattern::new(text).map_err(|reason| unsupported(part, keyword, &reason))?;
        self.patterns.push(pattern);
        Ok(self.patterns.len() - 1)
    }
}

fn types(value: &Value) -> Option<Types> {
    let names = match value {
        Value::String(name) => return Some(Types::named(name)),
        value => value.as_array()?,
    };
    Some(names.iter().filter_map(Value::as_str).fold(Types::NONE, |types, name| types.or(Types::named(name))))
}

fn unsupported(part: &Part<'_>, keyword: &str, reason: &str) -> PayloadError {
    PayloadError::Unsupported { keyword: keyword.to_owned(), at: part.to_string(), reason: reason.to_owned() }
}
