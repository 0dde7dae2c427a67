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

/// Finds a captured variable in a list.
pub(super) fn find(capture: &str) -> Value {
    json!({"in": "/data", "where": {"/id": format!("${{{capture}}}")}})
}
