//! Forms and documents say the same.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tfe_schema::form::{self, FormErrorKind};

use crate::edit;

/// Member names that a form can say: not empty, without brackets.
fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z_]{1,8}", r"[^\[\]]{1,6}"]
}

/// Maps of text, of lists of text and of such maps; empty ones cannot be said.
fn document() -> impl Strategy<Value = Value> {
    let text = any::<String>().prop_map(Value::String);
    let list = prop::collection::vec(any::<String>(), 1..4).prop_map(|items| json!(items));
    let leaf = prop_oneof![4 => text, 1 => list];
    let nested = leaf.prop_recursive(5, 40, 5, |inner| {
        prop::collection::btree_map(name(), inner, 1..5).prop_map(|members| json!(members))
    });
    prop::collection::btree_map(name(), nested, 0..6).prop_map(|members| json!(members))
}

proptest! {
    #[test]
    fn a_document_survives_the_form(document in document()) {
        let form = form::encode(&document).unwrap();
        prop_assert!(form.is_ascii(), "{}", form);
        let parsed = form::parse(form.as_bytes()).unwrap();
        prop_assert_eq!(&parsed.value, &document);
        prop_assert!(parsed.duplicates.is_empty());
        prop_assert_eq!(form::encode(&parsed.value).unwrap(), form);
    }

    #[test]
    fn pairs_and_bytes_agree(document in document()) {
        let pairs = form::to_pairs(&document).unwrap();
        prop_assert_eq!(form::from_pairs(pairs).unwrap().value, document);
    }

    #[test]
    fn raw_and_encoded_brackets_agree(document in document()) {
        let form = form::encode(&document).unwrap();
        // Values hold no raw brackets after encoding, so only names change.
        let raw: Vec<String> = form.split('&').map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = name.replace("%5B", "[").replace("%5D", "]");
            if pair.is_empty() { String::new() } else { format!("{name}={value}") }
        }).collect();
        prop_assert_eq!(form::parse(raw.join("&").as_bytes()).unwrap().value, document);
    }

    #[test]
    fn spaces_have_two_spellings_and_letters_two_cases(value in "[ a-zé+%&=]{0,20}") {
        let plus = form::encode(&json!({"a": value})).unwrap();
        let lower: String = plus.replace('+', "%20").replace("%C3%A9", "%c3%a9");
        prop_assert_eq!(form::parse(plus.as_bytes()), form::parse(lower.as_bytes()));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_any(&bytes)?;
    }

    #[test]
    fn no_text_of_its_own_alphabet_makes_it_panic(text in r"([ab\[\]&=+]|%[0-9a-fA-F]{0,2}|%5B|%5D|\[\]){0,40}") {
        check_any(text.as_bytes())?;
    }
}

/// Either an error within the form, or a document that can be written and read again.
fn check_any(bytes: &[u8]) -> Result<(), TestCaseError> {
    match form::parse(bytes) {
        Ok(parsed) => {
            let form = form::encode(&parsed.value).unwrap();
            prop_assert_eq!(form::parse(form.as_bytes()).unwrap().value, parsed.value);
        }
        Err(error) => match error.place {
            form::FormPlace::Byte { offset, .. } => prop_assert!(offset <= bytes.len()),
            other => prop_assert!(false, "{:?}", other),
        },
    }
    Ok(())
}

#[test]
fn a_large_form_costs_what_it_is_long() {
    let before = std::time::Instant::now();
    let wide: Vec<_> = (0..form::MAX_PAIRS).map(|index| format!("variables[{index}]=some+text")).collect();
    let wide = wide.join("&");
    assert_eq!(
        form::parse(wide.as_bytes()).unwrap().value["variables"].as_object().map(Map::len),
        Some(form::MAX_PAIRS)
    );
    assert!(edit::schema("v1/environments/variables-request").check_form(wide.as_bytes()).is_valid());
    let long = format!("{}=x", "n".repeat(form::MAX_BYTES - 2));
    assert!(form::parse(long.as_bytes()).is_ok());
    let repeated = format!("a{}=1&", "[b]".repeat(form::MAX_DEPTH - 1)).repeat(10_000);
    assert_eq!(form::parse(repeated.as_bytes()).unwrap().duplicates.len(), 9_999);
    let list = "a[]=1&".repeat(form::MAX_PAIRS);
    assert_eq!(form::parse(list.as_bytes()).unwrap().value["a"].as_array().map(Vec::len), Some(form::MAX_PAIRS));
    let too_long = vec![b'a'; 10 << 20];
    assert_eq!(form::parse(&too_long).unwrap_err().kind, FormErrorKind::TooLong);
    // Generous: a quadratic step would take minutes.
    assert!(before.elapsed().as_secs() < 20, "{:?}", before.elapsed());
}

#[test]
fn encode_stays_within_what_parse_reads() {
    let wide: Map<String, Value> = (0..=form::MAX_PAIRS).map(|index| (index.to_string(), json!(""))).collect();
    assert_eq!(form::encode(&Value::Object(wide)).unwrap_err().kind, FormErrorKind::TooManyPairs);
    let long = json!({"a": "%".repeat(form::MAX_BYTES / 2)});
    assert_eq!(form::encode(&long).unwrap_err().kind, FormErrorKind::TooLong);
    // A long name is repeated in every pair below it.
    let below: Map<String, Value> = (0..1000).map(|index| (index.to_string(), json!(""))).collect();
    let multiplied = json!({"n".repeat(1 << 16): below});
    assert_eq!(form::to_pairs(&multiplied).unwrap_err().kind, FormErrorKind::TooLong);
}

#[test]
fn a_form_is_held_against_the_schema_of_the_document() {
    let check = |id: &str, form: &str| edit::schema(id).check_form(form.as_bytes());
    let variables = "v1/environments/variables-request";
    assert!(check(variables, "variables[foo]='bar'&variables[desired_capacity]='15'").is_valid());
    assert!(check(variables, "variables%5Bfoo%5D=&outside=x").is_valid());
    let report = check(variables, "foo=bar");
    assert_eq!(report.violations[0].subject().as_str(), "/variables");
    assert_eq!(report.violations[0].requirement.as_deref(), Some("v1.environments.namespace"));
    let report = check(variables, "variables[a][b]=1");
    assert_eq!(report.violations[0].requirement.as_deref(), Some("v1.environments.values-are-strings"));
    let report = check(variables, "variables[a]=1&variables[a]=2");
    assert!(report.violations.is_empty() && !report.is_valid(), "{report:?}");
    let report = check(variables, "variables[a=1");
    assert_eq!(report.form.as_ref().map(|error| &error.kind), Some(&FormErrorKind::Unclosed));
    assert!(!report.is_valid() && report.violations.is_empty() && report.syntax.is_none());
}

#[test]
fn text_is_typed_only_where_the_schema_asks_for_it() {
    let check = |id: &str, form: &str| edit::schema(id).check_form(form.as_bytes()).is_valid();
    for form in ["", "destroy=true", "destroy=false", "other=1"] {
        assert!(check("v1/runs/plan-request", form), "{form}");
    }
    for form in ["destroy=", "destroy=1", "destroy=True", "destroy=+true", "destroy=null", "destroy[]=true"] {
        assert!(!check("v1/runs/plan-request", form), "{form}");
    }
    // Numbers, through `$ref`, `allOf` and `items`; text that looks like one stays text.
    let created = "v1/configurations/version-created";
    assert!(check(created, "version=6&upload_path=/x&token=15"));
    assert!(!check(created, "version=6.5&upload_path=/x&token=15"));
    assert!(!check(created, "version=0x6&upload_path=/x&token=15"));
    assert!(check(
        "v2/variables/update-request",
        "data[type]=vars&data[id]=1&data[attributes][hcl]=true&data[attributes][key]=true"
    ));
    assert!(!check("v2/variables/update-request", "data[type]=vars&data[id]=1&data[attributes][hcl]=yes"));
}
