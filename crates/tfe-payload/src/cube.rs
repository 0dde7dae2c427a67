//! What one place of a document must be, as a conjunction: one way out of all choices that a schema
//! leaves.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::format::Format;
use crate::graph::NodeId;
use crate::types::Types;

/// What a place owes to a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Stance {
    /// Satisfy it; the validator reports a breach as what it is.
    Assert,
    /// Satisfy it; a breach changes the verdict of a combinator above (`if`, `anyOf`, `not`), so it is
    /// never made.
    Hold,
    /// Not satisfy it.
    Deny,
}

/// A node and what is owed to it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Goal {
    pub(crate) node: NodeId,
    pub(crate) stance: Stance,
}

/// A literal of a node, by its index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct At {
    pub(crate) node: NodeId,
    pub(crate) literal: usize,
}

/// The conjunction. Rules for a type count only where the value has that type.
#[derive(Clone, PartialEq)]
pub(crate) struct Cube {
    pub(crate) types: Types,
    /// One of these, if there are such.
    pub(crate) only: Option<Vec<Value>>,
    pub(crate) never: Vec<Value>,
    pub(crate) text: TextRules,
    pub(crate) number: NumberRules,
    pub(crate) list: ListRules,
    pub(crate) map: MapRules,
    pub(crate) applied: BTreeSet<Goal>,
    /// Literals that are to be broken.
    pub(crate) dropped: Vec<At>,
}

#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct TextRules {
    pub(crate) min: usize,
    pub(crate) max: Option<usize>,
    /// Pattern, and whether it is to match.
    pub(crate) patterns: BTreeSet<(usize, bool)>,
    pub(crate) formats: BTreeSet<(Format, bool)>,
}

impl std::hash::Hash for Format {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

#[derive(Clone, PartialEq)]
pub(crate) struct NumberRules {
    /// The limit, and whether it is left out.
    pub(crate) low: (f64, bool),
    pub(crate) high: (f64, bool),
    pub(crate) multiples: Vec<f64>,
    pub(crate) no_multiples: Vec<f64>,
}

#[derive(Clone, PartialEq, Default)]
pub(crate) struct ListRules {
    pub(crate) min: usize,
    pub(crate) max: Option<usize>,
    pub(crate) unique: bool,
    /// Two items are equal.
    pub(crate) repeated: bool,
    /// `items` literals.
    pub(crate) speakers: Vec<(At, Stance)>,
    /// What single items owe besides.
    pub(crate) at: BTreeMap<usize, Vec<Goal>>,
    /// Items that there must be, how many of each.
    pub(crate) some: Vec<(usize, Goal)>,
    /// What all the other items owe.
    pub(crate) rest: Vec<Goal>,
}

#[derive(Clone, PartialEq, Default)]
pub(crate) struct MapRules {
    pub(crate) min: usize,
    pub(crate) max: Option<usize>,
    pub(crate) required: Vec<String>,
    pub(crate) absent: BTreeSet<String>,
    /// Members that the schema `false` keeps away; a mutant may bring one.
    pub(crate) barred: BTreeSet<String>,
    /// `properties` literals.
    pub(crate) speakers: Vec<(At, Stance)>,
    /// `additionalProperties: false` literals.
    pub(crate) closed: Vec<At>,
    pub(crate) about: BTreeMap<String, Vec<Goal>>,
    /// What the names owe.
    pub(crate) names: Vec<Goal>,
    pub(crate) needs: Vec<Need>,
}

/// A member that there must be, whatever its exact name.
#[derive(Clone, PartialEq)]
pub(crate) struct Need {
    pub(crate) name: NeedName,
    pub(crate) goal: Option<Goal>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum NeedName {
    /// One that the literal does not know.
    Outside(At),
    Matching(usize),
    /// One that does not satisfy the node.
    Breaking(NodeId),
}

impl Cube {
    pub(crate) fn anything() -> Self {
        let open = NumberRules {
            low: (f64::NEG_INFINITY, false),
            high: (f64::INFINITY, false),
            multiples: Vec::new(),
            no_multiples: Vec::new(),
        };
        Self {
            types: Types::ALL,
            only: None,
            never: Vec::new(),
            text: TextRules::default(),
            number: open,
            list: ListRules::default(),
            map: MapRules::default(),
            applied: BTreeSet::new(),
            dropped: Vec::new(),
        }
    }

    pub(crate) fn restrict(&mut self, types: Types) {
        self.types = self.types.and(types);
    }

    /// An object has the member.
    pub(crate) fn require(&mut self, name: &str) {
        if self.is_kept_away(name) {
            self.types = self.types.without(Types::OBJECT);
        } else if !self.map.required.iter().any(|known| known == name) {
            self.map.required.push(name.to_owned());
        }
    }

    /// An object does not have the member.
    pub(crate) fn forbid(&mut self, name: &str) {
        self.map.absent.insert(name.to_owned());
        self.clash(name);
    }

    /// The same, because the schema `false` says so.
    pub(crate) fn bar(&mut self, name: &str) {
        self.map.barred.insert(name.to_owned());
        self.clash(name);
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.map.required.iter().any(|known| known == name)
    }

    pub(crate) fn is_kept_away(&self, name: &str) -> bool {
        self.map.absent.contains(name) || self.map.barred.contains(name)
    }

    pub(crate) fn among(&mut self, values: &[Value]) {
        let values = match self.only.take() {
            None => values.to_vec(),
            Some(only) => only.into_iter().filter(|value| values.iter().any(|other| same(value, other))).collect(),
        };
        let types = values.iter().fold(Types::NONE, |types, value| types.or(Types::of(value)));
        self.restrict(types);
        self.only = Some(values);
    }

    pub(crate) fn at_least(&mut self, limit: f64, open: bool) {
        let (low, was_open) = self.number.low;
        if limit > low || (limit >= low && open && !was_open) {
            self.number.low = (limit, open);
        }
    }

    pub(crate) fn at_most(&mut self, limit: f64, open: bool) {
        let (high, was_open) = self.number.high;
        if limit < high || (limit <= high && open && !was_open) {
            self.number.high = (limit, open);
        }
    }

    fn clash(&mut self, name: &str) {
        if self.has(name) {
            self.types = self.types.without(Types::OBJECT);
        }
    }
}

/// Equality of JSON Schema: numbers by value.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

/// Lowers an upper limit.
pub(crate) fn tighten(limit: &mut Option<usize>, new: usize) {
    *limit = Some(limit.map_or(new, |old| old.min(new)));
}
