//! Pairs with bracketed names into a document of maps, lists and text, and back.

use std::fmt;

use serde_json::{Map, Value};

use super::error::{Breach, FormError, FormErrorKind, FormPlace};
use super::key::Key;
use super::{MAX_BYTES, MAX_DEPTH, MAX_PAIRS};
use crate::Pointer;
use crate::json::Parsed;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `a=1`
    Text,
    /// `a[b]=1`
    Map,
    /// `a[]=1`
    List,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Map => "a map",
            Self::List => "a list",
        })
    }
}

/// A document that grows pair by pair. Each pair costs what its name is long.
#[derive(Default)]
pub(super) struct Tree {
    root: Map<String, Value>,
    duplicates: Vec<Pointer>,
    pairs: usize,
}

impl Tree {
    /// How many pairs it has taken.
    pub(super) fn pairs(&self) -> usize {
        self.pairs
    }

    pub(super) fn into_parsed(self) -> Parsed {
        Parsed { value: Value::Object(self.root), duplicates: self.duplicates }
    }

    pub(super) fn insert(&mut self, key: &Key<'_>, value: String) -> Result<(), Breach> {
        self.pairs += 1;
        let Some((last, outer)) = key.names.split_last() else { return Ok(()) };
        let mut map = &mut self.root;
        for name in outer {
            map = match map.entry(*name).or_insert_with(|| Value::Object(Map::new())) {
                Value::Object(inner) => inner,
                other => return Err(conflict(other, Shape::Map)),
            };
        }
        if key.appends {
            return match map.entry(*last).or_insert_with(|| Value::Array(Vec::new())) {
                Value::Array(items) => {
                    items.push(Value::String(value));
                    Ok(())
                }
                other => Err(conflict(other, Shape::List)),
            };
        }
        match map.get_mut(*last) {
            None => drop(map.insert((*last).to_owned(), Value::String(value))),
            Some(Value::String(earlier)) => {
                *earlier = value;
                self.duplicates.push(Pointer::of(&key.names));
            }
            Some(other) => return Err(conflict(other, Shape::Text)),
        }
        Ok(())
    }
}

fn conflict(earlier: &Value, now: Shape) -> Breach {
    let earlier = match earlier {
        Value::Object(_) => Shape::Map,
        Value::Array(_) => Shape::List,
        _ => Shape::Text,
    };
    Breach { kind: FormErrorKind::Conflict { earlier, now }, at: 0 }
}

pub(super) fn pairs_of(document: &Value) -> Result<Vec<(String, String)>, FormError> {
    let Value::Object(members) = document else {
        return Err(FormErrorKind::NotAMap.at(FormPlace::Member(Pointer::root())));
    };
    let mut writer = Writer { pairs: Vec::new(), bytes: 0, place: Vec::new() };
    writer.members("", members)?;
    Ok(writer.pairs)
}

struct Writer<'d> {
    pairs: Vec<(String, String)>,
    bytes: usize,
    /// The member names down to here.
    place: Vec<&'d str>,
}

impl<'d> Writer<'d> {
    fn members(&mut self, prefix: &str, members: &'d Map<String, Value>) -> Result<(), FormError> {
        for (name, value) in members {
            self.place.push(name);
            if name.is_empty() {
                return Err(self.error(FormErrorKind::EmptyName));
            }
            if name.contains(['[', ']']) {
                return Err(self.error(FormErrorKind::BracketInName));
            }
            if self.place.len() > MAX_DEPTH {
                return Err(self.error(FormErrorKind::TooDeep));
            }
            let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}[{name}]") };
            self.value(key, value)?;
            self.place.pop();
        }
        Ok(())
    }

    fn value(&mut self, key: String, value: &'d Value) -> Result<(), FormError> {
        match value {
            Value::Object(members) if members.is_empty() => Err(self.error(FormErrorKind::Empty)),
            Value::Object(members) => self.members(&key, members),
            Value::Array(items) => self.items(&key, items),
            scalar => self.scalar(key, scalar),
        }
    }

    fn items(&mut self, key: &str, items: &[Value]) -> Result<(), FormError> {
        if items.is_empty() {
            return Err(self.error(FormErrorKind::Empty));
        }
        if self.place.len() == MAX_DEPTH {
            return Err(self.error(FormErrorKind::TooDeep));
        }
        items.iter().try_for_each(|item| self.scalar(format!("{key}[]"), item))
    }

    fn scalar(&mut self, key: String, value: &Value) -> Result<(), FormError> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Null => return Err(self.error(FormErrorKind::Null)),
            Value::Array(_) | Value::Object(_) => return Err(self.error(FormErrorKind::NestedList)),
        };
        // Names repeat their prefix in every pair, so the form may be far longer than the document.
        self.bytes += key.len() + text.len();
        if self.bytes > MAX_BYTES {
            return Err(FormErrorKind::TooLong.whole());
        }
        if self.pairs.len() == MAX_PAIRS {
            return Err(FormErrorKind::TooManyPairs.whole());
        }
        self.pairs.push((key, text));
        Ok(())
    }

    fn error(&self, kind: FormErrorKind) -> FormError {
        kind.at(FormPlace::Member(Pointer::of(&self.place)))
    }
}
