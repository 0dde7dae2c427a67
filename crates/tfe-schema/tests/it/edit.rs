//! Documents with one thing changed.

use serde_json::Value;
use tfe_schema::{Catalog, Pointer, Schema};

pub(crate) fn schema(id: &str) -> &'static Schema {
    Catalog::bundled().schema(id).unwrap_or_else(|| panic!("no schema {id}"))
}

/// An example of a bundled schema.
pub(crate) fn example(id: &str, index: usize) -> Value {
    schema(id).document()["examples"][index].clone()
}

/// Puts a value at a place whose parent is there.
pub(crate) fn set(document: &mut Value, at: &str, value: Value) {
    let Some((parent, last)) = Pointer::parse(at).unwrap().split_last() else {
        *document = value;
        return;
    };
    match document.pointer_mut(parent.as_str()) {
        Some(Value::Object(members)) => drop(members.insert(last, value)),
        Some(Value::Array(items)) => items[last.parse::<usize>().unwrap()] = value,
        other => panic!("`{at}` stands in {other:?}"),
    }
}

/// Removes a member or an item that is there.
pub(crate) fn remove(document: &mut Value, at: &str) {
    let (parent, last) = Pointer::parse(at).unwrap().split_last().unwrap();
    let removed = match document.pointer_mut(parent.as_str()) {
        Some(Value::Object(members)) => members.shift_remove(&last),
        Some(Value::Array(items)) => Some(items.remove(last.parse().unwrap())),
        _ => None,
    };
    assert!(removed.is_some(), "nothing at `{at}`");
}

/// Every place of a document, the whole first.
pub(crate) fn places(document: &Value) -> Vec<Pointer> {
    let mut places = vec![Pointer::root()];
    let mut next = 0;
    while let Some(place) = places.get(next).cloned() {
        match place.resolve(document) {
            Some(Value::Object(members)) => places.extend(members.keys().map(|name| place.join(name))),
            Some(Value::Array(items)) => places.extend((0..items.len()).map(|index| place.join(&index.to_string()))),
            _ => {}
        }
        next += 1;
    }
    places
}
