//! Case documents as YAML, the way that people write them: blocks outside, one line where it fits,
//! quotes only where YAML needs them.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// Up to this column a collection stands on one line.
const WIDTH: usize = 118;

/// A case document as the text of a case file. What [`crate::yaml::read`] makes of it is `document`
/// again, as long as its numbers are ones that YAML and JSON agree on.
pub(super) fn text(document: &Value) -> String {
    let mut out = String::new();
    match document {
        Value::Object(members) if !members.is_empty() => block_members(&mut out, members, 0),
        other => {
            out.push_str(&flow(other));
            out.push('\n');
        }
    }
    out
}

fn block_members(out: &mut String, members: &Map<String, Value>, indent: usize) {
    for (index, (name, value)) in members.iter().enumerate() {
        // The first member of an item stands behind its dash.
        if index > 0 || indent == 0 || out.ends_with('\n') {
            push_indent(out, indent);
        }
        out.push_str(&scalar(name));
        out.push(':');
        let on_one_line = flow(value);
        let column = indent + name.len() + 2;
        // The steps of a case are read one below the other, however short they are.
        let is_list_of_objects = matches!(value, Value::Array(items) if items.iter().any(Value::is_object));
        match value {
            Value::Object(inner) if !inner.is_empty() && column + on_one_line.len() > WIDTH => {
                out.push('\n');
                block_members(out, inner, indent + 2);
            }
            Value::Array(items) if !items.is_empty() && (is_list_of_objects || column + on_one_line.len() > WIDTH) => {
                out.push('\n');
                block_items(out, items, indent + 2);
            }
            _ => {
                out.push(' ');
                out.push_str(&on_one_line);
                out.push('\n');
            }
        }
    }
}

fn block_items(out: &mut String, items: &[Value], indent: usize) {
    for item in items {
        push_indent(out, indent);
        out.push_str("- ");
        let on_one_line = flow(item);
        match item {
            Value::Object(members) if members.contains_key("id") || indent + on_one_line.len() > WIDTH => {
                block_members(out, members, indent + 2);
            }
            Value::Array(inner) if !inner.is_empty() && indent + on_one_line.len() > WIDTH => {
                out.pop();
                out.push('\n');
                block_items(out, inner, indent + 2);
            }
            _ => {
                out.push_str(&on_one_line);
                out.push('\n');
            }
        }
    }
}

fn push_indent(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members: Vec<_> =
                members.iter().map(|(name, value)| format!("{}: {}", scalar(name), flow(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        other => other.to_string(),
    }
}

/// A string, without quotes where no reader could take it for anything else.
fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

fn is_plain(text: &str) -> bool {
    // Words that one or another version of YAML takes for something else.
    const TAKEN: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let starts = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/');
    let words = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-' | ' '));
    let ends = text.ends_with(|last: char| last.is_ascii_alphanumeric());
    starts && words && ends && !TAKEN.contains(&text.to_ascii_lowercase().as_str())
}

/// A double-quoted string. Everything that a reader could not see, or not tell from something else,
/// is escaped.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            c if c.is_alphanumeric() && !is_mark(c) => out.push(c),
            c => {
                // Writing to a string does not fail.
                let _ = match u32::from(c) {
                    code @ 0..=0xff => write!(out, "\\x{code:02x}"),
                    code @ 0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    code => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push('"');
    out
}

/// Characters that change how their neighbours look.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36f | 0x610..=0x61a | 0x64b..=0x65f | 0x200b..=0x200f | 0xfe00..=0xfe0f)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[a-z/ .#:{}\\[\\],&*!|>'\"%@`-]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(body in any_json(), title in any::<String>()) {
            let document = json!({"title": title, "steps": [{"id": "create", "body": body}]});
            let text = text(&document);
            let read = crate::yaml::read(&text).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
            prop_assert_eq!(read.value, document, "{}", text);
        }
    }

    #[test]
    fn words_that_yaml_takes_for_something_else_are_quoted() {
        for word in ["yes", "NULL", "007", "", "a: b", " a", "a ", "-", "0x10", "2018-06-20", "${ws.id}"] {
            assert_eq!(flow(&json!(word)), format!("\"{word}\""));
        }
        assert_eq!(flow(&json!({"/data/id": "v2.vars", "a": [1, "b c"]})), "{ /data/id: v2.vars, a: [1, b c] }");
    }
}
