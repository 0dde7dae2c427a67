//! The endpoints, a module for each resource.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;

use crate::jsonapi::Refusal;

pub(crate) mod discovery;
pub(crate) mod organizations;
pub(crate) mod variables;
pub(crate) mod workspaces;

/// The name in a request that creates something; it becomes a part of paths.
fn name_in(document: &Value) -> Result<&str, Refusal> {
    let name = text_at(document, "/data/attributes/name").unwrap_or_default();
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !name.is_empty() && name.bytes().all(legal) {
        return Ok(name);
    }
    Err(invalid_name("Name may only contain letters, numbers, `-` and `_`, and must not be empty"))
}

fn name_taken() -> Refusal {
    invalid_name("Name has already been taken")
}

fn invalid_name(detail: &str) -> Refusal {
    Refusal::invalid_attribute(detail).at_pointer("/data/attributes/name")
}

fn text_at<'d>(document: &'d Value, pointer: &str) -> Option<&'d str> {
    document.pointer(pointer).and_then(Value::as_str)
}

fn bad_parameter(name: &str, detail: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "invalid query parameter", detail).at_parameter(name)
}

/// A time as the API writes it: `2018-06-20T10:00:00.000Z`.
pub(crate) fn time(timestamp: Timestamp) -> String {
    format!("{timestamp:.3}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_fit_into_paths() {
        for (name, legal) in [("a-B_9", true), ("", false), ("a b", false), ("a/b", false), ("ü", false), (".", false)]
        {
            let document = json!({ "data": { "attributes": { "name": name } } });
            assert_eq!(name_in(&document).is_ok(), legal, "{name}");
        }
    }

    #[test]
    fn times_have_milliseconds() {
        assert_eq!(time(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000Z");
    }
}
