//! Matchers on one value.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Finding;
use crate::suite::{JsonType, Matcher};
use crate::template::{self, Bindings, TemplateError};

/// Judges one value; `None` is a member that is not there.
pub(super) fn judge(matcher: &Matcher, value: Option<&Value>) -> Finding {
    let Some(value) = value else {
        return match matcher {
            Matcher::Absent => Finding::Holds,
            _ => Finding::Deviates("absent".to_owned()),
        };
    };
    let holds = match matcher {
        Matcher::Present => true,
        Matcher::Absent => false,
        Matcher::Equals(expected) => value == expected,
        Matcher::NotEquals(unexpected) => value != unexpected,
        Matcher::OneOf(expected) => expected.contains(value),
        Matcher::Matches(pattern) => {
            let pattern = regex::Regex::new(pattern);
            value.as_str().zip(pattern.ok()).is_some_and(|(text, pattern)| pattern.is_match(text))
        }
        Matcher::Type(expected) => json_type(value) == *expected,
        Matcher::Contains(part) => contains(value, part),
        Matcher::Length(expected) => length(value).is_some() && length(value) == expected_length(expected),
        Matcher::SameItems { items, among } => return same_items(items, among, value),
        Matcher::Has(members) => return has(members, value),
        Matcher::Lacks(names) => {
            value.is_object() && !names.iter().filter_map(Value::as_str).any(|name| value.get(name).is_some())
        }
    };
    if holds { Finding::Holds } else { Finding::Deviates(shown(value)) }
}

/// A matcher with its templates filled in.
pub(super) fn filled(matcher: &Matcher, bindings: &dyn Bindings) -> Result<Matcher, TemplateError> {
    let fill = |value: &Value| template::fill(value, bindings);
    Ok(match matcher {
        Matcher::Equals(value) => Matcher::Equals(fill(value)?),
        Matcher::NotEquals(value) => Matcher::NotEquals(fill(value)?),
        Matcher::OneOf(values) => Matcher::OneOf(values.iter().map(fill).collect::<Result<_, _>>()?),
        Matcher::Contains(value) => Matcher::Contains(fill(value)?),
        Matcher::Length(value) => Matcher::Length(fill(value)?),
        Matcher::SameItems { items, among } => Matcher::SameItems { items: fill(items)?, among: fill(among)? },
        Matcher::Has(value) => Matcher::Has(fill(value)?),
        Matcher::Lacks(names) => Matcher::Lacks(names.iter().map(fill).collect::<Result<_, _>>()?),
        Matcher::Matches(pattern) => match template::pattern(pattern, Some(bindings)) {
            Ok(pattern) => Matcher::Matches(pattern.as_str().to_owned()),
            Err(error) => return Err(TemplateError::Malformed(error)),
        },
        Matcher::Type(_) | Matcher::Present | Matcher::Absent => matcher.clone(),
    })
}

/// The expectation in words, to be read after the name of the place.
pub(super) fn words(matcher: &Matcher) -> String {
    match matcher {
        Matcher::Equals(value) => format!("equal to {}", shown(value)),
        Matcher::NotEquals(value) => format!("different from {}", shown(value)),
        Matcher::OneOf(values) => {
            let values: Vec<_> = values.iter().map(shown).collect();
            format!("one of {}", values.join(", "))
        }
        Matcher::Matches(pattern) => format!("matching the pattern {pattern}"),
        Matcher::Type(expected) => format!("of type {}", format!("{expected:?}").to_lowercase()),
        Matcher::Present => "present".to_owned(),
        Matcher::Absent => "absent".to_owned(),
        Matcher::Contains(part) => format!("containing {}", shown(part)),
        Matcher::Length(length) => format!("of length {length}"),
        Matcher::Has(members) => format!("with the members {}", shown(members)),
        Matcher::Lacks(names) => {
            let names: Vec<_> = names.iter().map(shown).collect();
            format!("without the members {}", names.join(", "))
        }
        Matcher::SameItems { items, .. } => {
            format!("the same resources as before ({} item(s)), unchanged", items.as_array().map_or(0, Vec::len))
        }
    }
}

/// A value as a message shows it: whole, because secrets have to be removed before anything is cut.
pub(super) fn shown(value: &Value) -> String {
    value.to_string()
}

fn json_type(value: &Value) -> JsonType {
    match value {
        Value::Null => JsonType::Null,
        Value::Bool(_) => JsonType::Boolean,
        Value::Number(_) => JsonType::Number,
        Value::String(_) => JsonType::String,
        Value::Array(_) => JsonType::Array,
        Value::Object(_) => JsonType::Object,
    }
}

fn contains(value: &Value, part: &Value) -> bool {
    match (value, part) {
        (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
        (Value::Array(items), part) => items.contains(part),
        _ => false,
    }
}

fn length(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => Some(text.chars().count()),
        Value::Array(items) => Some(items.len()),
        _ => None,
    }
}

/// A number, or an array whose length is meant.
fn expected_length(expected: &Value) -> Option<usize> {
    expected.as_u64().and_then(|number| usize::try_from(number).ok()).or_else(|| length(expected))
}

/// The members that are missing or different, if the value is an object.
fn has(members: &Value, value: &Value) -> Finding {
    let (Some(members), Some(object)) = (members.as_object(), value.as_object()) else {
        return Finding::Deviates(shown(value));
    };
    let wrong = members.iter().filter(|(name, expected)| object.get(*name) != Some(expected));
    let wrong: Vec<_> = wrong
        .map(|(name, _)| format!("{name}: {}", object.get(name).map_or_else(|| "absent".to_owned(), shown)))
        .collect();
    if wrong.is_empty() { Finding::Holds } else { Finding::Deviates(wrong.join(", ")) }
}

/// The same resource objects by type and id, each unchanged; the order is free, because the
/// documents promise none.
fn same_items(expected: &Value, among: &Value, got: &Value) -> Finding {
    let (Some(expected), Some(items)) = (by_identity(expected, among), by_identity(got, among)) else {
        return Finding::Deviates(format!("not an array of resource objects: {}", shown(got)));
    };
    let mut differences = Vec::new();
    for (identity, item) in &items {
        match expected.get(identity) {
            None => differences.push(format!("new: {}", shown(item))),
            Some(before) if content(before) != content(item) => differences.push(format!("changed: {}", shown(item))),
            Some(_) => {}
        }
    }
    for identity in expected.keys().filter(|identity| !items.contains_key(*identity)) {
        differences.push(format!("gone: {} {}", identity.0, identity.1));
    }
    if differences.is_empty() { Finding::Holds } else { Finding::Deviates(differences.join("; ")) }
}

/// What a resource object holds: `links` and `meta` are about the object, and may change with every
/// answer.
fn content(item: &Value) -> Value {
    let mut item = item.clone();
    if let Some(members) = item.as_object_mut() {
        members.retain(|name, _| !matches!(name.as_str(), "links" | "meta"));
    }
    item
}

fn by_identity<'v>(array: &'v Value, among: &Value) -> Option<BTreeMap<(String, String), &'v Value>> {
    let member = |item: &Value, name: &str| item.get(name).and_then(Value::as_str).map(str::to_owned);
    let anothers = |item: &Value| {
        let mut wanted = among.as_object().into_iter().flatten();
        wanted.any(|(at, value)| item.pointer(at).is_some_and(|there| there != value))
    };
    let items = array.as_array()?.iter().filter(|item| !anothers(item));
    items.map(|item| Some(((member(item, "type")?, member(item, "id")?), item))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_missing_member_fits_only_absent() {
        assert_eq!(judge(&Matcher::Absent, None), Finding::Holds);
        for matcher in [Matcher::Present, Matcher::NotEquals(json!(1)), Matcher::Equals(Value::Null)] {
            assert_ne!(judge(&matcher, None), Finding::Holds, "{matcher:?}");
        }
    }

    #[test]
    fn same_items_sees_new_gone_and_changed() {
        let before = json!([{"type": "vars", "id": "1", "a": 1}, {"type": "vars", "id": "2"}]);
        let matcher = Matcher::SameItems { items: before, among: json!({}) };
        let holds = |items: Value| judge(&matcher, Some(&items)) == Finding::Holds;
        assert!(holds(json!([{"type": "vars", "id": "2"}, {"type": "vars", "id": "1", "a": 1}])));
        assert!(!holds(json!([{"type": "vars", "id": "2"}])));
        assert!(!holds(json!([{"type": "vars", "id": "2"}, {"type": "vars", "id": "1", "a": 2}])));
        assert!(!holds(
            json!([{"type": "vars", "id": "2"}, {"type": "vars", "id": "1", "a": 1}, {"type": "vars", "id": "3"}])
        ));
        assert!(!holds(json!({"data": []})));
    }

    #[test]
    fn same_items_leaves_out_only_what_says_that_it_is_another_one_s() {
        let items = json!([{"type": "vars", "id": "1", "of": "mine"}]);
        let matcher = Matcher::SameItems { items, among: json!({"/of": "mine"}) };
        let mut now = json!([{"type": "vars", "id": "1", "of": "mine"}, {"type": "vars", "id": "2", "of": "other"}]);
        assert_eq!(judge(&matcher, Some(&now)), Finding::Holds);
        now[1]["of"] = json!("mine");
        assert_ne!(judge(&matcher, Some(&now)), Finding::Holds);
        now[1] = json!({"type": "vars", "id": "2"});
        assert_ne!(judge(&matcher, Some(&now)), Finding::Holds, "what does not say whose it is counts");
    }

    #[test]
    fn members_of_an_object_are_compared_one_by_one() {
        let object = json!({"a": "1", "b": "2"});
        let holds = |matcher: &Matcher| judge(matcher, Some(&object)) == Finding::Holds;
        assert!(holds(&Matcher::Has(json!({"a": "1"}))));
        assert!(!holds(&Matcher::Has(json!({"a": 1}))));
        assert!(!holds(&Matcher::Has(json!({"c": null}))));
        assert!(holds(&Matcher::Lacks(vec![json!("c")])));
        assert!(!holds(&Matcher::Lacks(vec![json!("c"), json!("a")])));
        assert_ne!(judge(&Matcher::Lacks(vec![json!("c")]), Some(&json!([]))), Finding::Holds);
    }

    #[test]
    fn lengths_are_numbers_or_arrays_to_compare_with() {
        assert_eq!(judge(&Matcher::Length(json!(2)), Some(&json!([1, 2]))), Finding::Holds);
        assert_eq!(judge(&Matcher::Length(json!(["x"])), Some(&json!([1]))), Finding::Holds);
        assert_ne!(judge(&Matcher::Length(json!(2)), Some(&json!({"a": 1, "b": 2}))), Finding::Holds);
    }
}
