//! Faults that change a variable before it is stored.

use serde_json::{Map, Value, json};

use super::{Fault, Faults};

type Attributes = Map<String, Value>;

/// A fault, and what it makes of the attributes of a new variable.
type Change = (Fault, fn(&mut Attributes));

const CHANGES: &[Change] = &[
    (Fault::KeyLowerCased, |variable| change(variable, "key", |key| key.to_lowercase().into())),
    (Fault::KeyDashesReplaced, |variable| change(variable, "key", |key| key.replace('-', "_").into())),
    (Fault::ValueTrimmed, |variable| change(variable, "value", |value| value.trim_matches(' ').into())),
    (Fault::ValueCut, |variable| {
        change(variable, "value", |value| value.chars().take(32_768).collect::<String>().into());
    }),
    (Fault::ValueNewLinesChanged, |variable| change(variable, "value", |value| value.replace("\r\n", "\n").into())),
    (Fault::ValueAsciiOnly, |variable| change(variable, "value", |value| replaced(value, |letter| !letter.is_ascii()))),
    (Fault::ValueTwoByteCharactersOnly, |variable| {
        change(variable, "value", |value| replaced(value, |letter| letter > '\u{ffff}'));
    }),
    (Fault::ValueComposed, |variable| change(variable, "value", |value| value.replace("e\u{301}", "é").into())),
    (Fault::ValuePercentDecoded, |variable| {
        change(variable, "value", |value| percent_encoding::percent_decode_str(value).decode_utf8_lossy().into());
    }),
    (Fault::ValueHtmlEscaped, |variable| change(variable, "value", |value| value.replace('<', "&lt;").into())),
    (Fault::ValueEmptyAsNull, |variable| change(variable, "value", |value| null_for(value, ""))),
    (Fault::ValueWordNullAsNull, |variable| change(variable, "value", |value| null_for(value, "null"))),
    (Fault::ValueDigitsAsNumber, |variable| {
        change(variable, "value", |value| value.parse::<u64>().map_or_else(|_| value.into(), Value::from));
    }),
    (Fault::HclDropped, |variable| drop(variable.insert("hcl".to_owned(), false.into()))),
    (Fault::CategoryDropped, |variable| drop(variable.insert("category".to_owned(), "terraform".into()))),
];

/// The attributes of a new variable as they are stored. A change that changes nothing is no hit.
pub(crate) fn changed(faults: &Faults, attributes: Attributes) -> Attributes {
    let mut stored = attributes;
    for (fault, change) in CHANGES.iter().filter(|(fault, _)| faults.is_on(*fault)) {
        let mut changed = stored.clone();
        change(&mut changed);
        if changed != stored && faults.hit(*fault) {
            stored = changed;
        }
    }
    stored
}

/// The type that an attribute is stored with. Only a fault lets a value of another type come so far.
pub(crate) fn typed(name: &str, value: &Value) -> Value {
    match (name, value) {
        ("hcl" | "sensitive", Value::Bool(_)) | ("key" | "value" | "category", Value::String(_)) => value.clone(),
        ("hcl" | "sensitive", other) => json!(other.as_str() == Some("true")),
        ("category", _) => "terraform".into(),
        (_, Value::Null) => "".into(),
        (_, other) => other.to_string().into(),
    }
}

fn change(variable: &mut Attributes, name: &str, change: impl Fn(&str) -> Value) {
    if let Some(value) = variable.get_mut(name)
        && let Some(text) = value.as_str()
    {
        *value = change(text);
    }
}

fn replaced(value: &str, lost: impl Fn(char) -> bool) -> Value {
    value.chars().map(|letter| if lost(letter) { '?' } else { letter }).collect::<String>().into()
}

fn null_for(value: &str, word: &str) -> Value {
    if value == word { Value::Null } else { value.into() }
}
