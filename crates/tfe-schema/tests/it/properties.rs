//! What holds for every document.

use proptest::prelude::*;
use serde_json::{Value, json};
use tfe_schema::json::{self, SyntaxErrorKind};
use tfe_schema::{Catalog, Pointer};

use crate::edit;

pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 50, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-c]{0,2}|\\PC{0,3}", inner, 0..6).prop_map(|members| json!(members)),
        ]
    })
}

/// The same verdict and value as `serde_json`, which has the last of duplicate members too.
fn agrees(bytes: &[u8]) -> Result<(), TestCaseError> {
    match (json::parse(bytes), serde_json::from_slice::<Value>(bytes)) {
        (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours.value, theirs),
        (Err(_), Err(_)) => {}
        // At the limits the two differ: an empty array there is refused by us.
        (Err(error), Ok(_)) => prop_assert_eq!(error.kind, SyntaxErrorKind::TooDeep),
        (Ok(ours), Err(theirs)) => prop_assert!(false, "{:?} but {}", ours, theirs),
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        agrees(&bytes)?;
    }

    #[test]
    fn near_json_is_judged_as_serde_json_does(text in r#"([\[\]{},:" ]|"a"|"\\u[0-9a-fA-F]{4}"|-?[0-9]{1,3}(\.[0-9])?(e[+-]?[0-9]{1,3})?|true|null){0,12}"#) {
        agrees(text.as_bytes())?;
    }

    #[test]
    fn a_document_is_read_as_it_is(value in value()) {
        let parsed = json::parse(value.to_string().as_bytes()).unwrap();
        prop_assert_eq!(parsed.value, value);
        prop_assert!(parsed.duplicates.is_empty());
    }

    #[test]
    fn one_changed_byte_changes_both_verdicts(value in value(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = serde_json::to_vec_pretty(&value).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        agrees(&bytes)?;
    }

    #[test]
    fn an_error_has_a_place_in_the_text(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        if let Err(error) = json::parse(&bytes) {
            let lines: Vec<_> = bytes.split(|&byte| byte == b'\n').collect();
            prop_assert!((1..=lines.len()).contains(&error.line), "{error:?}");
            prop_assert!(error.column <= lines[error.line - 1].len() + 1, "{error:?}");
        }
    }
}

/// An example of some schema with another value at one of its places, or nothing there.
pub(crate) fn damaged() -> impl Strategy<Value = (String, Value)> {
    let ids: Vec<String> = Catalog::bundled().schemas().map(|schema| schema.id().to_owned()).collect();
    let damage = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), prop::option::weighted(0.7, value()));
    (prop::sample::select(ids), damage).prop_map(|(id, (which, place, value))| {
        let examples = edit::schema(&id).document()["examples"].as_array().unwrap();
        let mut document = which.get(examples).clone();
        let places = edit::places(&document);
        let place = place.get(&places);
        match value {
            Some(value) => edit::set(&mut document, place.as_str(), value),
            None if place.is_root() => document = Value::Null,
            None => edit::remove(&mut document, place.as_str()),
        }
        (id, document)
    })
}

proptest! {
    #[test]
    fn violations_are_placed_in_the_document_and_in_the_schema((id, document) in damaged()) {
        let catalog = Catalog::bundled();
        for violation in catalog.schema(&id).unwrap().check_value(&document).violations {
            prop_assert!(violation.pointer.resolve(&document).is_some(), "{violation:?}");
            let (parent, _) = violation.subject().split_last().unwrap_or_default();
            prop_assert!(parent.resolve(&document).is_some(), "{violation:?}");
            if violation.missing.is_some() {
                prop_assert!(violation.subject().resolve(&document).is_none(), "{violation:?}");
            }
            let (file, keyword) = violation.schema_location.split_once('#').unwrap();
            let schema = catalog.schema(file).unwrap().document();
            prop_assert!(Pointer::parse(keyword).unwrap().resolve(schema).is_some(), "{violation:?}");
            prop_assert!(!violation.message.is_empty() && violation.message.len() < 600, "{violation:?}");
        }
    }

    #[test]
    fn bytes_and_values_are_judged_alike((id, document) in damaged()) {
        let schema = edit::schema(&id);
        let from_bytes = schema.check(document.to_string().as_bytes());
        prop_assert_eq!(from_bytes, schema.check_value(&document));
    }
}
