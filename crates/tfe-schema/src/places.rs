//! Which subschemas speak about which place of a document, whether or not the document conforms.
//!
//! A validator only tells where a document fails. Two questions need more: whether a place holds a
//! secret, and which type a place is meant to have (a form carries text only).

use std::collections::HashMap;

use serde_json::Value;

use crate::files::Files;
use crate::lint::SENSITIVE;
use crate::{Pointer, reference};

/// Keywords whose subschemas speak about the same place.
const IN_PLACE: [&str; 6] = ["allOf", "anyOf", "oneOf", "if", "then", "else"];

/// The subschemas that may speak about one place.
///
/// Branches are all taken, and every `patternProperties` is held to fit: a place may get a subschema
/// too many, never one too few.
pub(crate) struct Places<'f> {
    files: &'f Files,
    found: Vec<(&'f str, &'f Value)>,
}

impl<'f> Places<'f> {
    /// Those of the whole document.
    pub(crate) fn of(files: &'f Files, file: &str) -> Self {
        let mut places = Self { files, found: Vec::new() };
        if let Some((file, schema)) = files.get_key_value(file) {
            places.add(file, schema);
        }
        places
    }

    /// Those of one member or item of this place.
    pub(crate) fn child(&self, token: &str) -> Self {
        let mut child = Self { files: self.files, found: Vec::new() };
        for &(file, schema) in &self.found {
            match schema.get("properties").and_then(|properties| properties.get(token)) {
                Some(property) => child.add(file, property),
                None => child.add_each(file, schema, &["additionalProperties", "unevaluatedProperties"]),
            }
            child.add_all(file, schema.get("patternProperties"));
            if let Ok(index) = token.parse::<usize>() {
                match schema.get("prefixItems").and_then(|items| items.get(index)) {
                    Some(item) => child.add(file, item),
                    None => child.add_each(file, schema, &["items", "unevaluatedItems"]),
                }
                child.add_each(file, schema, &["contains"]);
            }
        }
        child
    }

    /// Whether the subschemas say the same about all items: none counts them, or gives an object a
    /// member with a number for a name.
    fn are_items_alike(&self) -> bool {
        let names_number = |schema: &Value| {
            let properties = schema.get("properties").and_then(Value::as_object);
            properties.is_some_and(|properties| properties.keys().any(|name| name.parse::<usize>().is_ok()))
        };
        !self.found.iter().any(|(_, schema)| schema.get("prefixItems").is_some() || names_number(schema))
    }

    /// What the subschemas say with one keyword.
    pub(crate) fn say<'s>(&'s self, keyword: &'s str) -> impl Iterator<Item = &'f Value> + 's {
        self.found.iter().filter_map(move |(_, schema)| schema.get(keyword))
    }

    /// A subschema, and those that stand in it or that it refers to and that speak about the same place.
    fn add(&mut self, file: &'f str, schema: &'f Value) {
        // References may lead in a circle.
        if !schema.is_object() || self.found.iter().any(|(_, known)| std::ptr::eq(*known, schema)) {
            return;
        }
        self.found.push((file, schema));
        self.add_each(file, schema, &IN_PLACE);
        self.add_all(file, schema.get("dependentSchemas"));
        if let Some(text) = schema.get("$ref").and_then(Value::as_str)
            && let Ok(target) = reference::resolve(file, text)
            && let Some((file, document)) = self.files.get_key_value(&target.file)
            && let Some(schema) = target.pointer.resolve(document)
        {
            self.add(file, schema);
        }
    }

    fn add_each(&mut self, file: &'f str, schema: &'f Value, keywords: &[&str]) {
        for keyword in keywords {
            match schema.get(keyword) {
                Some(Value::Array(schemas)) => schemas.iter().for_each(|schema| self.add(file, schema)),
                Some(schema) => self.add(file, schema),
                None => {}
            }
        }
    }

    fn add_all(&mut self, file: &'f str, named: Option<&'f Value>) {
        named.and_then(Value::as_object).into_iter().flatten().for_each(|(_, schema)| self.add(file, schema));
    }
}

/// Longer names are looked up again.
const REMEMBERED: usize = 1024;

/// Which places of a document hold a secret; remembers what it learned on the way.
pub(crate) struct Secrets<'f> {
    /// Places, whether one of them is called a secret, and whether their items are alike.
    known: Vec<(Places<'f>, bool, bool)>,
    below: HashMap<(usize, String), usize>,
}

impl<'f> Secrets<'f> {
    pub(crate) fn of(files: &'f Files, file: &str) -> Self {
        let mut secrets = Self { known: Vec::new(), below: HashMap::new() };
        secrets.add(Places::of(files, file));
        secrets
    }

    /// Whether any subschema calls this place, or one above it, a secret: not only the one that failed.
    pub(crate) fn hold(&mut self, pointer: &Pointer) -> bool {
        let mut at = 0;
        let mut tokens = pointer.tokens();
        loop {
            let (places, secret, alike) = &self.known[at];
            if *secret {
                return true;
            }
            let Some(token) = tokens.next() else { return false };
            // A hostile name may be as long as the document.
            if token.len() > REMEMBERED {
                let child = places.child(&token);
                at = self.add(child);
                continue;
            }
            let is_item = *alike && token.parse::<usize>().is_ok();
            let key = (at, if is_item { "0".to_owned() } else { token.into_owned() });
            at = if let Some(&known) = self.below.get(&key) {
                known
            } else {
                let child = places.child(&key.1);
                let added = self.add(child);
                self.below.insert(key, added);
                added
            };
        }
    }

    fn add(&mut self, places: Places<'f>) -> usize {
        let secret = places.say(SENSITIVE).next().is_some();
        let alike = places.are_items_alike();
        self.known.push((places, secret, alike));
        self.known.len() - 1
    }
}
