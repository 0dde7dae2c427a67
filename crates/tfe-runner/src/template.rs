//! Templates in case files: `${name}` in any string.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tfe_schema::Pointer;

/// A part of a template string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Reference(Reference),
}

/// What stands between `${` and `}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reference {
    /// Fresh for every step, or the same in the whole case under a label.
    Unique(Option<String>),
    /// A secret, the same in the whole case under its label.
    Canary(String),
    /// A value as it stands in a JSON string, for bodies that are given as text.
    Json(String),
    /// A value by name (`ws.id`, `organization`, a capture), and a place in it.
    Value(String, Pointer),
}

/// A template that cannot be read or filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error("`{0}`: `${{` without `}}`")]
    Unclosed(String),
    #[error("`${{{0}}}` is not a template reference")]
    Malformed(String),
    #[error("`{0}` has no value here")]
    Unbound(String),
    #[error("`{0}` has nothing at `{1}`")]
    NoSuchPlace(String, Pointer),
}

/// Gives values to references.
pub(crate) trait Bindings {
    fn unique(&self, label: Option<&str>) -> String;
    fn canary(&self, label: &str) -> String;
    fn value(&self, name: &str) -> Option<Value>;
}

/// Splits a string into text and references; `$${` is a literal `${`.
pub(crate) fn parse(text: &str) -> Result<Vec<Part>, TemplateError> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            literal.push_str(&rest[..at]);
            literal.push('{');
            rest = &rest[at + 2..];
            continue;
        }
        literal.push_str(&rest[..at]);
        let inner = &rest[at + 2..];
        let end = inner.find('}').ok_or_else(|| TemplateError::Unclosed(text.to_owned()))?;
        if !literal.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut literal)));
        }
        parts.push(Part::Reference(reference(&inner[..end])?));
        rest = &inner[end + 1..];
    }
    literal.push_str(rest);
    if !literal.is_empty() || parts.is_empty() {
        parts.push(Part::Text(literal));
    }
    Ok(parts)
}

fn reference(text: &str) -> Result<Reference, TemplateError> {
    let word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let malformed = || TemplateError::Malformed(text.to_owned());
    match text.split_once(':') {
        Some(("unique", label)) if word(label) => return Ok(Reference::Unique(Some(label.to_owned()))),
        Some(("canary", label)) if word(label) => return Ok(Reference::Canary(label.to_owned())),
        Some(("json", name)) if word(name) => return Ok(Reference::Json(name.to_owned())),
        Some(_) => return Err(malformed()),
        None if text == "unique" => return Ok(Reference::Unique(None)),
        None => {}
    }
    let (name, pointer) = text.find('/').map_or((text, ""), |at| text.split_at(at));
    let pointer = Pointer::parse(pointer).map_err(|_| malformed())?;
    if word(name) { Ok(Reference::Value(name.to_owned(), pointer)) } else { Err(malformed()) }
}

/// Something that may hold references.
#[derive(Clone, Copy)]
pub(crate) enum Template<'t> {
    Text(&'t str),
    Value(&'t Value),
    Members(&'t Map<String, Value>),
}

impl Template<'_> {
    /// Every reference in it.
    pub(crate) fn references(self, found: &mut Vec<Reference>) -> Result<(), TemplateError> {
        match self {
            Self::Value(Value::String(text)) => Self::Text(text).references(found),
            Self::Text(text) if may_refer(text) => {
                let references = parse(text)?.into_iter().filter_map(|part| match part {
                    Part::Reference(reference) => Some(reference),
                    Part::Text(_) => None,
                });
                found.extend(references);
                Ok(())
            }
            Self::Value(Value::Array(items)) => items.iter().try_for_each(|item| Self::Value(item).references(found)),
            Self::Members(members) | Self::Value(Value::Object(members)) => {
                members.iter().try_for_each(|(name, member)| {
                    Self::Text(name).references(found)?;
                    Self::Value(member).references(found)
                })
            }
            Self::Text(_) | Self::Value(_) => Ok(()),
        }
    }
}

/// Most texts refer to nothing, and are what they are.
fn may_refer(text: &str) -> bool {
    text.contains('$')
}

/// Fills a value in. A string that is one reference becomes the JSON value, not its text.
pub(crate) fn fill(value: &Value, bindings: &dyn Bindings) -> Result<Value, TemplateError> {
    match value {
        Value::String(text) if may_refer(text) => match &parse(text)?[..] {
            [Part::Reference(reference)] => resolve(reference, bindings),
            parts => Ok(Value::String(join(parts, bindings)?)),
        },
        Value::Array(items) => items.iter().map(|item| fill(item, bindings)).collect(),
        Value::Object(members) => {
            let members =
                members.iter().map(|(name, member)| Ok((fill_text(name, bindings)?, fill(member, bindings)?)));
            Ok(Value::Object(members.collect::<Result<Map<_, _>, TemplateError>>()?))
        }
        other => Ok(other.clone()),
    }
}

/// Fills a string in, as text.
pub(crate) fn fill_text(text: &str, bindings: &dyn Bindings) -> Result<String, TemplateError> {
    if may_refer(text) { join(&parse(text)?, bindings) } else { Ok(text.to_owned()) }
}

/// A regular expression with templates, which stand for their text. Without bindings the templates
/// are left out: enough to see whether the rest is a regular expression.
pub(crate) fn pattern(text: &str, bindings: Option<&dyn Bindings>) -> Result<regex::Regex, String> {
    let mut pattern = String::new();
    for part in parse(text).map_err(|error| error.to_string())? {
        match (part, bindings) {
            (Part::Text(literal), _) => pattern.push_str(&literal),
            (Part::Reference(_), None) => pattern.push('x'),
            (part, Some(bindings)) => {
                let value = join(&[part], bindings).map_err(|error| error.to_string())?;
                pattern.push_str(&regex::escape(&value));
            }
        }
    }
    regex::Regex::new(&pattern).map_err(|error| format!("`matches: {text}` is not a regular expression: {error}"))
}

fn join(parts: &[Part], bindings: &dyn Bindings) -> Result<String, TemplateError> {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(literal) => text.push_str(literal),
            Part::Reference(reference) => match resolve(reference, bindings)? {
                Value::String(value) => text.push_str(&value),
                other => text.push_str(&other.to_string()),
            },
        }
    }
    Ok(text)
}

fn resolve(reference: &Reference, bindings: &dyn Bindings) -> Result<Value, TemplateError> {
    match reference {
        Reference::Unique(label) => Ok(bindings.unique(label.as_deref()).into()),
        Reference::Canary(label) => Ok(bindings.canary(label).into()),
        Reference::Json(name) => {
            let value = bindings.value(name).ok_or_else(|| TemplateError::Unbound(name.clone()))?;
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let quoted = Value::String(text).to_string();
            Ok(quoted[1..quoted.len() - 1].into())
        }
        Reference::Value(name, pointer) => {
            let value = bindings.value(name).ok_or_else(|| TemplateError::Unbound(name.clone()))?;
            let place = pointer.resolve(&value).cloned();
            place.ok_or_else(|| TemplateError::NoSuchPlace(name.clone(), pointer.clone()))
        }
    }
}

/// Bindings by name alone, for fixtures.
impl Bindings for BTreeMap<String, Value> {
    fn unique(&self, _label: Option<&str>) -> String {
        String::new()
    }

    fn canary(&self, _label: &str) -> String {
        String::new()
    }

    fn value(&self, name: &str) -> Option<Value> {
        self.get(name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bindings() -> BTreeMap<String, Value> {
        BTreeMap::from([("before".to_owned(), json!({"hcl": true, "a/b": [1]})), ("ws.id".to_owned(), json!("ws-1"))])
    }

    #[test]
    fn one_reference_keeps_its_json_type() {
        let filled = fill(
            &json!({"x": "${before/hcl}", "y": "is ${before/hcl}: ${ws.id}", "z": "${before/a~1b/0}"}),
            &bindings(),
        );
        assert_eq!(filled.unwrap(), json!({"x": true, "y": "is true: ws-1", "z": 1}));
    }

    #[test]
    fn literal_templates_survive() {
        assert_eq!(fill_text("$${var.x} and ${ws.id}", &bindings()).unwrap(), "${var.x} and ws-1");
        let odd = BTreeMap::from([("id".to_owned(), json!("a\"b"))]);
        assert_eq!(fill_text(r#"{"id": "${json:id}"}"#, &odd).unwrap(), r#"{"id": "a\"b"}"#);
        assert_eq!(fill_text("costs 5$", &bindings()).unwrap(), "costs 5$");
        assert_eq!(fill_text("", &bindings()).unwrap(), "");
    }

    #[test]
    fn templates_in_a_pattern_are_no_patterns() {
        let bindings = BTreeMap::from([("id".to_owned(), json!("a.b"))]);
        let pattern = pattern("^/${id}$", Some(&bindings)).unwrap();
        assert!(pattern.is_match("/a.b") && !pattern.is_match("/axb"));
        assert!(super::pattern("(${id}", None).is_err());
    }

    #[test]
    fn what_has_no_value_is_an_error() {
        assert_eq!(fill_text("${nothing}", &bindings()), Err(TemplateError::Unbound("nothing".to_owned())));
        assert!(matches!(fill_text("${before/x}", &bindings()), Err(TemplateError::NoSuchPlace(..))));
        assert!(matches!(parse("a ${b"), Err(TemplateError::Unclosed(_))));
        assert!(matches!(parse("${}"), Err(TemplateError::Malformed(_))));
        assert!(matches!(parse("${unknown:x}"), Err(TemplateError::Malformed(_))));
    }
}
