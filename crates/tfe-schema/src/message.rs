//! What is wrong with a place of a document, for people.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

/// The expectation in words. `hidden`: the value must not be shown.
pub(crate) fn describe(error: &ValidationError<'_>, hidden: bool) -> String {
    use ValidationErrorKind as Kind;
    let got = if hidden { String::new() } else { format!(", got {}", shown(error.instance())) };
    match error.kind() {
        Kind::Required { property } => format!("member {property} is missing"),
        Kind::Type { kind } => format!("must be {}, got {}", type_names(kind), type_of(error.instance())),
        Kind::Enum { options } => format!("must be one of {options}{got}"),
        Kind::Constant { expected_value } => format!("must be {expected_value}{got}"),
        Kind::Format { format } => format!("must be a valid `{format}`{got}"),
        Kind::Pattern { pattern } => format!("must match the pattern `{pattern}`{got}"),
        Kind::MinLength { limit } => format!("must have at least {limit} character(s)"),
        Kind::MaxLength { limit } => format!("must have at most {limit} character(s)"),
        Kind::MinItems { limit } => format!("must have at least {limit} item(s)"),
        Kind::MinProperties { limit } => format!("must have at least {limit} member(s)"),
        Kind::AnyOf { context } => format!("fits none of the {} allowed forms", context.len()),
        Kind::PropertyNames { .. } if hidden => "has a member name that is not allowed".to_owned(),
        Kind::PropertyNames { error } => {
            format!("member name {} {}", shown(error.instance()), describe(error, true))
        }
        Kind::Not { .. } => "has a form that is not allowed".to_owned(),
        Kind::AdditionalProperties { .. } if hidden => "has unknown members".to_owned(),
        Kind::AdditionalProperties { unexpected } => format!("unknown member(s): {}", unexpected.join(", ")),
        Kind::Contains => "has too few or too many items of the kind that it must contain".to_owned(),
        Kind::FalseSchema => "must not be present".to_owned(),
        _ => error.masked().to_string(),
    }
}

/// A value for people. Of arrays and objects only that they are: what they hold may be a secret.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    if value.is_array() || value.is_object() {
        return type_of(value).to_owned();
    }
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

fn type_names(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(single) => format!("{single}"),
        TypeKind::Multiple(set) => set.iter().map(|name| name.to_string()).collect::<Vec<_>>().join(" or "),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
