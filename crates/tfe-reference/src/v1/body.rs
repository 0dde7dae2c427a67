//! Request bodies: JSON or a form, told apart by `Content-Type`, and held against the same schema.

use serde_json::{Value, json};
use tfe_schema::{Catalog, Report, Schema, Violation, json};

use super::answer::{JSON, Refusal};
use super::form;
use super::shell::Call;
use crate::app::App;
use crate::faults::Fault;

const FORM: &str = "application/x-www-form-urlencoded";

/// How much of an attribute's name a message shows.
const SHOWN: usize = 60;

/// How a body says its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Json,
    Form,
}

/// The request document of an operation, if it is one: readable, and conforming to the schema. No body is an empty
/// document. Of a member that stands more than once the last one counts, in either encoding.
pub(crate) fn document(app: &App, call: &Call, operation: &str) -> Result<Value, Refusal> {
    if call.body.is_empty() {
        return checked(app, operation, json!({}), Schema::check_value);
    }
    match encoding(app, &call.content_types)? {
        Encoding::Json => {
            let value = readable(app, json::parse(&call.body).map_err(|error| error.to_string()))?;
            checked(app, operation, value, Schema::check_value)
        }
        Encoding::Form => {
            let body = form::seen(&app.faults, &call.body);
            let parsed = tfe_schema::form::parse(&body);
            if parsed.is_err() && app.faults.hit(Fault::V1MalformedFormApplied) {
                return Ok(json!({ "variables": form::made_out(&body) }));
            }
            let value = readable(app, parsed.map_err(|error| error.to_string()))?;
            checked(app, operation, value, |schema, _| schema.check_form(&body))
        }
    }
}

/// The encoding of a body. One media type, in UTF-8 where it names a charset.
fn encoding(app: &App, content_types: &[String]) -> Result<Encoding, Refusal> {
    let [content_type] = content_types else { return Err(Refusal::unsupported_media_type()) };
    let (essence, parameters) = content_type.split_once(';').unwrap_or((content_type.as_str(), ""));
    let encoding = match essence.trim().to_ascii_lowercase().as_str() {
        JSON => Encoding::Json,
        FORM => Encoding::Form,
        _ if app.faults.hit(Fault::V1OtherMediaTypes500) => return Err(Refusal::internal("unknown media type")),
        _ => return Err(Refusal::unsupported_media_type()),
    };
    let refused = match encoding {
        _ if !is_utf8(parameters) => true,
        Encoding::Json if !parameters.is_empty() => app.faults.hit(Fault::V1JsonCharsetRefused),
        Encoding::Json => app.faults.hit(Fault::V1JsonRefused),
        Encoding::Form => app.faults.hit(Fault::V1FormRefused),
    };
    if refused { Err(Refusal::unsupported_media_type()) } else { Ok(encoding) }
}

fn is_utf8(parameters: &str) -> bool {
    parameters.split(';').all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
            charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    })
}

/// What could be read, or why it could not.
fn readable(app: &App, read: Result<json::Parsed, String>) -> Result<Value, Refusal> {
    match read {
        Ok(parsed) => Ok(parsed.value),
        Err(_) if app.faults.hit(Fault::V1MalformedAccepted) => Ok(json!({ "variables": {} })),
        Err(why) if app.faults.hit(Fault::V1Malformed500) => Err(Refusal::internal(&why)),
        Err(why) => Err(Refusal::malformed("body", &why)),
    }
}

fn checked(
    app: &App,
    operation: &str,
    document: Value,
    check: impl FnOnce(&Schema, &Value) -> Report,
) -> Result<Value, Refusal> {
    let catalog = Catalog::bundled();
    let schema = catalog.operation(operation).and_then(|operation| catalog.schema(operation.request_schema()?));
    let schema = schema.ok_or_else(|| Refusal::internal(&format!("no schema for {operation}")))?;
    let mut violations = check(schema, &document).violations;
    violations.retain(|violation| !is_overlooked(app, violation, &document));
    if violations.is_empty() { Ok(document) } else { Err(Refusal::attributes(violations.iter().map(error))) }
}

fn is_overlooked(app: &App, violation: &Violation, document: &Value) -> bool {
    let is_variable = violation.pointer.as_str().contains("/variables/");
    let fault = match violation.pointer.resolve(document) {
        Some(Value::Number(_)) => Fault::V1NumbersDropped,
        Some(Value::Bool(_)) => Fault::V1BooleansDropped,
        _ => return false,
    };
    is_variable && app.faults.hit(fault)
}

/// The attribute that a violation is about, and what is wrong with it. The namespaces that hold attributes and no
/// values of their own are left out of the name.
fn error(violation: &Violation) -> (String, String) {
    let subject = violation.subject();
    let mut tokens = subject.tokens().peekable();
    tokens.next_if(|token| ["configuration", "version"].contains(&token.as_ref()) && subject.tokens().count() > 1);
    let Some(name) = tokens.next() else { return ("base".to_owned(), violation.message.clone()) };
    let message = if violation.missing.is_some() { "is missing" } else { violation.message.as_str() };
    let inside: String = tokens.collect::<Vec<_>>().join("/").chars().take(SHOWN).collect();
    let message = if inside.is_empty() { message.to_owned() } else { format!("`{inside}` {message}") };
    (name.into_owned(), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charset_is_utf8_or_not_named() {
        for (parameters, good) in [
            ("", true),
            (" charset=utf-8", true),
            ("CHARSET=\"UTF-8\"; x=y", true),
            ("boundary=x", true),
            ("charset=latin1", false),
            ("x; charset=", false),
        ] {
            assert_eq!(is_utf8(parameters), good, "{parameters}");
        }
    }

    #[test]
    fn an_error_stands_at_its_attribute() {
        let catalog = Catalog::bundled();
        let errors = |operation: &str, document: Value| {
            let schema = catalog.operation(operation).and_then(|operation| operation.request_schema()).unwrap();
            let violations = catalog.schema(schema).unwrap().check_value(&document).violations;
            violations.iter().map(error).collect::<Vec<_>>()
        };
        let one = |name: &str, message: &str| vec![(name.to_owned(), message.to_owned())];
        let variables = "v1.environments.update-variables";
        assert_eq!(errors(variables, json!({})), one("variables", "is missing"));
        assert_eq!(errors(variables, json!([])), one("base", "must be object, got array"));
        assert_eq!(
            errors(variables, json!({ "variables": { "a/b": 1 } })),
            one("variables", "`a/b` must be string, got number")
        );
        let long = errors(variables, json!({ "variables": { "x".repeat(100): 1 } }));
        assert_eq!(long[0].1, format!("`{}` must be string, got number", "x".repeat(SHOWN)));
        let create = "v1.configurations.create";
        assert_eq!(errors(create, json!({})), one("configuration", "is missing"));
        assert_eq!(errors(create, json!({ "configuration": { "name": "x" } })), one("username", "is missing"));
    }
}
