//! A form carries text only; the schema says which text is meant as a boolean or a number.

use serde_json::Value;

use crate::places::Places;

/// Text of a form as the value that the schema asks for at its place.
pub(crate) fn read(value: &mut Value, places: &Places<'_>) {
    match value {
        Value::Object(members) => {
            members.iter_mut().for_each(|(name, member)| read(member, &places.child(name)));
        }
        Value::Array(items) => {
            items.iter_mut().enumerate().for_each(|(index, item)| read(item, &places.child(&index.to_string())));
        }
        Value::String(text) => {
            if let Some(meant) = meant(text, places) {
                *value = meant;
            }
        }
        _ => {}
    }
}

/// A boolean or a number that the text spells as JSON does, where the schema allows that and no text.
fn meant(text: &str, places: &Places<'_>) -> Option<Value> {
    let types: Vec<&str> = places
        .say("type")
        .flat_map(|kind| kind.as_array().map_or(std::slice::from_ref(kind), Vec::as_slice))
        .filter_map(Value::as_str)
        .collect();
    if types.contains(&"string") {
        return None;
    }
    let spelt: Value = serde_json::from_str(text).ok().filter(|_| text == text.trim())?;
    let allowed = match &spelt {
        Value::Bool(_) => types.contains(&"boolean"),
        Value::Number(_) => types.contains(&"integer") || types.contains(&"number"),
        _ => false,
    };
    allowed.then_some(spelt)
}
