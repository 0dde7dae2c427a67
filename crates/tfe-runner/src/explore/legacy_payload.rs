//! Valid documents of the legacy API, as JSON and as forms: texts come back as they were sent.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use serde_json::{Map, Value, json};
use tfe_schema::Catalog;

use super::draft::{self, Draft};
use super::{legacy, payload, text};

/// An update of variables under names of the case.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Update {
    form: bool,
    /// The values, by the number of their key.
    values: BTreeMap<usize, String>,
}

/// Updates whose values are made from the request schema.
pub(super) fn updates(catalog: &'static Catalog) -> Option<BoxedStrategy<Update>> {
    const MOST: usize = 4;
    let documents = payload::documents(catalog, "v1/environments/variables-request")?;
    let update = |(document, form): (Value, bool)| {
        let values = document["variables"].as_object().into_iter().flat_map(|members| members.values());
        let texts = values.filter_map(Value::as_str).take(MOST).map(value_for);
        Update { form, values: texts.enumerate().collect() }
    };
    Some((documents, any::<bool>()).prop_map(update).boxed())
}

/// A value that every server has to take. Whether blanks alone count as empty is left open.
fn value_for(generated: &str) -> String {
    let value = text::demanded(generated, true);
    if !value.is_empty() && value.trim().is_empty() { format!("a{value}") } else { value }
}

impl Update {
    /// The case that sends it and reads it back.
    pub(super) fn case(&self) -> Value {
        let title = if self.form { "Values of a form come back" } else { "Values of a JSON body come back" };
        let mut draft = Draft::new(title, "What was sent comes back character for character; an empty value removes.");
        draft.fixture("env", "environment");
        let params = legacy::params("env");
        let read = json!({"operation": "v1.configurations.latest", "params": params});
        let mut readable = json!({"id": "readable", "role": "precondition"});
        extend(&mut readable, &read);
        draft.step(readable);
        let requirement = if self.form { "v1.index.form-content-type" } else { "v1.index.json-content-type" };
        let name = |key: usize| format!("${{unique:key-{key}}}");
        let variables: Map<_, _> =
            self.values.iter().map(|(key, value)| (name(*key), draft::literal(value).into())).collect();
        let (set, removed): (Vec<_>, Vec<_>) = self.values.iter().partition(|(_, value)| !value.is_empty());
        // An empty namespace is nothing that a form can say.
        let body = if self.form && !variables.is_empty() { "body-form" } else { "body" };
        draft.step(json!({
            "id": "update",
            "operation": "v1.environments.update-variables",
            "params": params,
            body: {"variables": variables},
            "checks": [draft::status(requirement, "success")],
        }));
        let set: Map<_, _> = set.into_iter().map(|(key, value)| (name(*key), draft::literal(value).into())).collect();
        let removed: Vec<_> = removed.into_iter().map(|(key, _)| name(*key)).collect();
        let mut latest = json!({"id": "latest"});
        extend(&mut latest, &read);
        let at = "/version/variables";
        let mut checks = Vec::new();
        if !set.is_empty() {
            checks.push(json!({"requirement": requirement, "at": at, "has": set}));
        }
        if !removed.is_empty() {
            checks.push(json!({"requirement": "v1.environments.empty-removes", "at": at, "lacks": removed}));
        }
        if checks.is_empty() {
            checks.push(draft::status("v1.configurations.latest-shape", 200));
        }
        latest["checks"] = checks.into();
        draft.step(latest);
        draft.finish()
    }

    /// Updates that say less.
    pub(super) fn smaller(&self) -> Vec<Self> {
        let mut smaller = Vec::new();
        for (key, value) in &self.values {
            if self.values.len() > 1 {
                let mut values = self.values.clone();
                values.remove(key);
                smaller.push(Self { values, ..self.clone() });
            }
            for text in text::smaller(value) {
                let values = self.values.iter().map(|(other, value)| (*other, value.clone()));
                let values = values.chain([(*key, value_for(&text))]).collect();
                smaller.push(Self { values, ..self.clone() });
            }
        }
        smaller.retain(|other| other != self);
        smaller
    }
}

/// A value that is no text: refused, or stored as its text (`v1.environments.values-are-strings`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum NoText {
    Number(i32),
    Boolean(bool),
}

/// Values that have one spelling as a text.
pub(super) fn no_texts() -> BoxedStrategy<NoText> {
    prop_oneof![2 => any::<i32>().prop_map(NoText::Number), 1 => any::<bool>().prop_map(NoText::Boolean)].boxed()
}

impl NoText {
    /// The case that sends it.
    pub(super) fn case(self) -> Value {
        let (title, value) = match self {
            Self::Number(number) => ("A number is refused or stored as its text", Value::from(number)),
            Self::Boolean(flag) => ("A boolean is refused or stored as its text", Value::from(flag)),
        };
        let mut draft = Draft::new(title, "What is accepted is stored; what is refused changes nothing.");
        draft.fixture("env", "environment");
        let params = legacy::params("env");
        let update = |value: &Value| {
            json!({
                "id": "update",
                "operation": "v1.environments.update-variables",
                "params": params,
                "body": {"variables": {"${unique:key}": value}},
            })
        };
        let read = |more: Value, expected: &str| {
            let mut step = more;
            extend(&mut step, &json!({"operation": "v1.configurations.latest", "params": params}));
            step["checks"] = json!([{
                "requirement": "v1.environments.values-are-strings",
                "at": "/version/variables",
                "has": {"${unique:key}": expected},
            }]);
            step
        };
        let mut first = update(&"before".into());
        first["checks"] = json!([draft::status("v1.environments.values-are-strings", "success")]);
        draft.step(first);
        draft.step(read(json!({"id": "readable"}), "before"));
        let mut broken = update(&value);
        broken["id"] = "send-broken".into();
        broken["valid"] = false.into();
        broken["capture-if-status"] = json!({"accepted": "success", "refused": "refused"});
        let legal = json!([200, 201, 202, 204, 400, 422]);
        broken["checks"] = json!([draft::status("v1.environments.values-are-strings", legal)]);
        draft.step(broken);
        draft.step(read(json!({"id": "stored", "when": ["accepted"]}), &value.to_string()));
        draft.step(read(json!({"id": "not-stored", "when": ["refused"]}), "before"));
        draft.finish()
    }

    /// Values that are plainer.
    pub(super) fn smaller(self) -> Vec<Self> {
        match self {
            Self::Number(number) if number != 0 => [0, 1, number / 10].map(Self::Number).to_vec(),
            Self::Number(_) | Self::Boolean(_) => Vec::new(),
        }
        .into_iter()
        .filter(|other| *other != self)
        .collect()
    }
}

fn extend(step: &mut Value, more: &Value) {
    if let (Some(step), Some(more)) = (step.as_object_mut(), more.as_object()) {
        step.extend(more.clone());
    }
}
