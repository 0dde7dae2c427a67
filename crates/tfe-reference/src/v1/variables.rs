//! The variables of an environment: what a request gives, and how it is merged into what is there.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answer::Refusal;
use crate::faults::{Fault, Faults};

/// The variables that a document gives, in its order; none if it has no such member.
pub(crate) fn given(variables: Option<&Value>) -> Result<Vec<(String, String)>, Refusal> {
    let members = variables.and_then(Value::as_object).into_iter().flatten();
    let given: Vec<_> = members.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect();
    // What the environment of a process cannot hold (POSIX), no environment here takes.
    if given.iter().any(|(key, _)| key.is_empty()) {
        return Err(Refusal::attribute("variables", "must have names"));
    }
    if given.iter().any(|(key, value)| key.contains('\0') || value.contains('\0')) {
        return Err(Refusal::attribute("variables", "must not contain NUL characters"));
    }
    Ok(given)
}

/// "Existing variables will only be removed when their value is empty. Variables of the same key will be overwritten."
/// (v1 Environments)
pub(crate) fn merge(faults: &Faults, variables: &mut BTreeMap<String, String>, mut given: Vec<(String, String)>) {
    let ordered = given.windows(2).take_while(|pair| pair[0].0 <= pair[1].0).count() + 1;
    if ordered < given.len() && faults.hit(Fault::V1OrderMatters) {
        given.truncate(ordered);
    }
    for (key, value) in given {
        set(faults, variables, key, value);
    }
}

fn set(faults: &Faults, variables: &mut BTreeMap<String, String>, key: String, value: String) {
    if value.is_empty() && !faults.hit(Fault::V1EmptyValueKept) {
        variables.remove(&key);
        return;
    }
    match variables.get_mut(&key) {
        Some(present) if *present == value && faults.hit(Fault::V1RepeatAppends) => present.push_str(&value),
        Some(present) if *present != value && faults.hit(Fault::V1OverwriteIgnored) => {}
        _ => drop(variables.insert(key, value)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(faults: &Faults, documents: &[Value]) -> Value {
        let mut variables = BTreeMap::new();
        for document in documents {
            merge(faults, &mut variables, given(Some(document)).unwrap());
        }
        json!(variables)
    }

    #[test]
    fn what_is_not_named_stays_and_what_is_empty_goes() {
        let documents = [json!({ "b": "1", "a": "2", "c": "3" }), json!({ "c": "4", "b": "", "d": "" }), json!({})];
        assert_eq!(merged(&Faults::default(), &documents), json!({ "a": "2", "c": "4" }));
    }

    #[test]
    fn faults_lose_or_change_variables() {
        for (fault, documents, expected) in [
            (
                Fault::V1OrderMatters,
                vec![json!({ "a": "1", "c": "1", "b": "1", "d": "1" })],
                json!({"a": "1", "c": "1"}),
            ),
            (Fault::V1EmptyValueKept, vec![json!({ "a": "1" }), json!({ "a": "" })], json!({ "a": "" })),
            (Fault::V1RepeatAppends, vec![json!({ "a": "1" }), json!({ "a": "1" })], json!({ "a": "11" })),
            (Fault::V1OverwriteIgnored, vec![json!({ "a": "1" }), json!({ "a": "2" })], json!({ "a": "1" })),
        ] {
            assert_eq!(merged(&Faults::new([fault]), &documents), expected, "{fault}");
        }
    }

    #[test]
    fn names_are_not_empty_and_nothing_has_nul() {
        assert!(given(None).unwrap().is_empty());
        for document in [json!({ "": "x" }), json!({ "a\0": "x" }), json!({ "a": "x\0" })] {
            assert!(given(Some(&document)).is_err(), "{document}");
        }
    }
}
