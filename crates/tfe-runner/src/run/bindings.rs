//! What the templates of one case stand for.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::template::Bindings;

/// Values of one case. Everything that is made up here is a function of the run, the case and the
/// step, so that a request can be built twice.
pub(crate) struct Values {
    /// What every name of this case starts with: letters, digits and `_`, so that it is legal as
    /// the name of a variable, of a workspace, and of an environment variable.
    prefix: String,
    /// Which step is being built.
    pub(crate) step: usize,
    named: BTreeMap<String, Value>,
}

impl Values {
    pub(crate) fn new(run: &str, case: usize) -> Self {
        Self { prefix: format!("tfc_{run}_{case}"), step: 0, named: BTreeMap::new() }
    }

    pub(crate) fn set(&mut self, name: impl Into<String>, value: Value) {
        self.named.insert(name.into(), value);
    }

    /// What every name that was made up for this case starts with, and no other one.
    pub(crate) fn prefix(&self) -> String {
        format!("{}_", self.prefix)
    }

    /// Whether something was made by this case, or for it: it has a name that was made up here, or an id that was captured.
    pub(crate) fn are_of(&self, item: &Value) -> bool {
        /// A shorter text may stand anywhere.
        const TELLING: usize = 6;
        match item {
            Value::String(text) => {
                text.contains(&self.prefix())
                    || text.len() >= TELLING && self.named.values().any(|known| known.as_str() == Some(text))
            }
            Value::Array(items) => items.iter().any(|item| self.are_of(item)),
            Value::Object(members) => members.values().any(|member| self.are_of(member)),
            _ => false,
        }
    }

    /// A name for a fixture.
    pub(crate) fn fixture_name(&self, fixture: &str) -> String {
        format!("{}_{}", self.prefix, fixture.replace(['-', '.'], "_"))
    }
}

impl Bindings for Values {
    fn unique(&self, label: Option<&str>) -> String {
        match label {
            Some(label) => format!("{}_{}", self.prefix, label.replace(['-', '.'], "_")),
            None => format!("{}_s{}", self.prefix, self.step),
        }
    }

    fn canary(&self, label: &str) -> String {
        format!("canary_{}_{}", self.prefix, label.replace(['-', '.'], "_"))
    }

    fn value(&self, name: &str) -> Option<Value> {
        self.named.get(name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A list of everything has what other cases made: their names differ by the number of the case.
    #[test]
    fn what_a_case_made_is_known_by_its_name_or_its_id() {
        let mut values = Values::new("run", 7);
        values.set("var", json!("var-0123456789"));
        values.set("short", json!("a"));
        let item = |id: &str, key: &str| json!({"id": id, "attributes": {"key": key, "hcl": null}});
        assert!(values.are_of(&item("x", &values.unique(None))));
        assert!(values.are_of(&item("var-0123456789", "x")));
        assert!(!values.are_of(&item("a", &Values::new("run", 77).unique(None))));
        assert!(!values.are_of(&item("var-9876543210", "somebody")));
    }
}
