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
