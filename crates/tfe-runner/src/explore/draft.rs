//! Case documents, as a case file would say them: what all explorations have in common.

use serde_json::{Map, Value, json};

/// A case in the making. It is a document in the format of case files, so that a finding can be
/// written down as exactly the case that was run.
pub(super) struct Draft {
    title: String,
    description: String,
    fixtures: Map<String, Value>,
    steps: Vec<Value>,
}

impl Draft {
    pub(super) fn new(title: impl Into<String>, description: impl Into<String>) -> Self {
        Self { title: title.into(), description: description.into(), fixtures: Map::new(), steps: Vec::new() }
    }

    /// Leases a fixture, once.
    pub(super) fn fixture(&mut self, name: &str, kind: &str) {
        self.fixtures.insert(name.to_owned(), kind.into());
    }

    pub(super) fn step(&mut self, step: Value) {
        self.steps.push(step);
    }

    /// How many steps there are: part of the ids of later ones.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    pub(super) fn finish(self) -> Value {
        let mut document = json!({"title": self.title, "description": self.description});
        if !self.fixtures.is_empty() {
            document["fixtures"] = self.fixtures.into();
        }
        document["steps"] = self.steps.into();
        document
    }
}

/// Text that stands for itself in a case file, whatever it looks like.
pub(super) fn literal(text: &str) -> String {
    text.replace("${", "$${")
}

/// A value whose strings stand for themselves.
pub(super) fn literal_value(value: &Value) -> Value {
    match value {
        Value::String(text) => literal(text).into(),
        Value::Array(items) => items.iter().map(literal_value).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, member)| (literal(name), literal_value(member))).collect())
        }
        other => other.clone(),
    }
}

/// A check on a status.
pub(super) fn status(requirement: &str, expected: impl Into<Value>) -> Value {
    json!({"requirement": requirement, "status": expected.into()})
}

/// The body of a creation in the workspace of a fixture.
pub(super) fn creation(attributes: &Value, fixture: &str) -> Value {
    json!({"data": {
        "type": "vars",
        "attributes": attributes,
        "relationships": {
            "organization": {"data": {"type": "organizations", "id": format!("${{{fixture}.organization}}")}},
            "workspace": {"data": {"type": "workspaces", "id": format!("${{{fixture}.id}}")}},
        },
    }})
}

/// The query that lists the workspace of a fixture.
pub(super) fn filter(fixture: &str) -> Value {
    json!({
        "filter[organization][name]": format!("${{{fixture}.organization}}"),
        "filter[workspace][name]": format!("${{{fixture}.name}}"),
    })
}

/// A list of the workspace of a fixture, as it is before the request under test.
pub(super) fn before(fixture: &str) -> Value {
    json!({
        "id": "before",
        "role": "precondition",
        "operation": "v2.variables.list",
        "query": filter(fixture),
        "capture": {"before": "/data"},
    })
}

/// The same list again, if the request between was refused: nothing may have changed.
pub(super) fn unchanged(fixture: &str) -> Value {
    json!({
        "id": "after",
        "when": ["refused"],
        "operation": "v2.variables.list",
        "query": filter(fixture),
        "checks": [{
            "requirement": "jsonapi.crud-atomic",
            "at": "/data",
            "same-items": "${before}",
            "among": {"/relationships/configurable/data/id": format!("${{{fixture}.id}}")},
        }],
    })
}

/// Finds a captured variable in a list.
pub(super) fn find(capture: &str) -> Value {
    json!({"in": "/data", "where": {"/id": format!("${{{capture}}}")}})
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::template;

    proptest! {
        /// What a generator makes up is data: nothing in it is filled in.
        #[test]
        fn literal_text_survives_templates(text in "[$x{}]{0,12}|\\PC{0,20}") {
            let filled = template::fill(&literal_value(&json!({&text: [&text]})), &BTreeMap::<String, Value>::new());
            prop_assert_eq!(filled, Ok(json!({&text: [&text]})));
        }
    }
}
