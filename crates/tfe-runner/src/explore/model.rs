//! What the variables of a sequence should be by now, and which requirement says so.

use serde_json::{Map, Value, json};

use super::draft;
use super::operation::Which;

/// The workspaces of a sequence, by the names of their fixtures.
pub(super) const WORKSPACES: [&str; 2] = ["ws", "other"];

/// The variables that a sequence has made, deleted ones included.
#[derive(Default)]
pub(super) struct Model {
    variables: Vec<Variable>,
}

/// A variable as it should be.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact about it that the others do not tell")]
pub(super) struct Variable {
    capture: String,
    tag: usize,
    workspace: usize,
    attributes: Vec<Attribute>,
    sensitive: bool,
    deleted: bool,
    /// Its self link was followed.
    read: bool,
    /// A list has shown it since its last change.
    confirmed: bool,
    /// What would be at fault if it changed now: another variable's update or deletion.
    suspect: Option<&'static str>,
}

struct Attribute {
    name: &'static str,
    /// `None` where the documents leave it open.
    value: Option<Value>,
    /// What says that it is so.
    requirement: &'static str,
}

impl Model {
    pub(super) fn create(&mut self, capture: &str, tag: usize, workspace: usize, sent: &Map<String, Value>) {
        let secret = sent.get("sensitive") == Some(&Value::Bool(true));
        let is_env = sent.get("category") == Some(&Value::from("env"));
        let hcl = sent.get("hcl").cloned();
        let named = |name: &str| sent.get(name).cloned();
        let attribute = |name, value, requirement| Attribute { name, value, requirement };
        let flags_of = |given: &Option<Value>, stored, default| if given.is_some() { stored } else { default };
        let attributes = vec![
            attribute("key", named("key"), "v2.variables.create.key-stored"),
            // What the answer to the request itself shows of a secret is left open; later ones hide it.
            attribute("value", named("value").filter(|_| !secret), "v2.variables.create.value-stored"),
            attribute("category", named("category"), "v2.variables.create.category-values"),
            attribute(
                "hcl",
                Some(hcl.clone().unwrap_or(Value::Bool(false))).filter(|hcl| !(is_env && *hcl == true)),
                flags_of(&hcl, "v2.variables.create.hcl-stored", "v2.variables.create.hcl-default"),
            ),
            attribute(
                "sensitive",
                Some(Value::Bool(secret)),
                flags_of(&named("sensitive"), "v2.variables.create.stored", "v2.variables.create.sensitive-default"),
            ),
        ];
        let capture = capture.to_owned();
        self.variables.push(Variable {
            capture,
            tag,
            workspace,
            attributes,
            sensitive: secret,
            deleted: false,
            read: false,
            confirmed: false,
            suspect: None,
        });
    }

    pub(super) fn update(&mut self, index: usize, sent: &Map<String, Value>) {
        self.others_are_suspect(index, "v2.variables.update.variable-id");
        let variable = &mut self.variables[index];
        variable.sensitive |= sent.get("sensitive") == Some(&Value::Bool(true));
        for attribute in &mut variable.attributes {
            if let Some(value) = sent.get(attribute.name) {
                attribute.value = Some(value.clone());
                attribute.requirement = "v2.variables.update.applied";
            } else {
                attribute.requirement = match attribute.name {
                    "hcl" | "sensitive" => "v2.variables.update.defaults-not-reapplied",
                    _ => "v2.variables.update.omitted-unchanged",
                };
            }
        }
        let is_env = variable.value_of("category") == Some(&Value::from("env"));
        let secret = variable.sensitive;
        for attribute in &mut variable.attributes {
            // Whether the flag is kept for an environment variable is left open.
            let open = attribute.name == "hcl" && is_env && attribute.value == Some(Value::Bool(true));
            if open || (attribute.name == "value" && secret) {
                attribute.value = None;
            }
        }
        variable.changed();
    }

    /// An update whose effect the documents leave open.
    pub(super) fn unsettle(&mut self, index: usize, stays_sensitive: bool) {
        self.others_are_suspect(index, "v2.variables.update.variable-id");
        let variable = &mut self.variables[index];
        for attribute in &mut variable.attributes {
            match attribute.name {
                "sensitive" if stays_sensitive => attribute.requirement = "v2.variables.sensitive.not-visible",
                _ => attribute.value = None,
            }
        }
        variable.changed();
    }

    pub(super) fn delete(&mut self, index: usize) {
        self.others_are_suspect(index, "v2.variables.delete.variable-id");
        self.variables[index].deleted = true;
    }

    /// A list has shown what is in a workspace.
    pub(super) fn confirm(&mut self, workspace: usize) {
        for variable in self.variables.iter_mut().filter(|variable| variable.workspace == workspace) {
            variable.confirmed = true;
            variable.suspect = None;
        }
    }

    pub(super) fn uses(&self, workspace: usize) -> bool {
        self.variables.iter().any(|variable| variable.workspace == workspace)
    }

    pub(super) fn living(&self, which: Which) -> Option<usize> {
        self.nth(which, false)
    }

    pub(super) fn deleted(&self, which: Which) -> Option<usize> {
        self.nth(which, true)
    }

    pub(super) fn tag(&self, index: usize) -> usize {
        self.variables[index].tag
    }

    pub(super) fn capture(&self, index: usize) -> &str {
        &self.variables[index].capture
    }

    pub(super) fn is_secret(&self, index: usize) -> bool {
        self.variables[index].sensitive
    }

    /// Whether its value is certainly not evaluated as HCL.
    pub(super) fn is_plain(&self, index: usize) -> bool {
        self.variables[index].value_of("hcl") == Some(&Value::Bool(false))
    }

    pub(super) fn read(&mut self, index: usize) {
        self.variables[index].read = true;
    }

    pub(super) fn was_read(&self, index: usize) -> bool {
        self.variables[index].read
    }

    /// What a read of a variable shows, if it is the variable that the link gives.
    pub(super) fn checks_of_read(&self, index: usize) -> Vec<Value> {
        let variable = &self.variables[index];
        let checks = variable.by_requirement().into_iter().map(|(requirement, members)| {
            let requirement = variable.suspect.unwrap_or(requirement);
            json!({"requirement": requirement, "at": "/data/attributes", "has": named(&members)})
        });
        checks.collect()
    }

    /// What the answer to the creation of the last variable shows: all attributes, of the right types and as they were sent.
    pub(super) fn checks_of_creation(&self) -> Vec<Value> {
        const TYPES: [(&str, &str); 4] =
            [("key", "string"), ("category", "string"), ("hcl", "boolean"), ("sensitive", "boolean")];
        let types = TYPES.iter().map(|(name, kind)| {
            let at = format!("/data/attributes/{name}");
            json!({"requirement": "v2.variables.response.attributes", "at": at, "type": kind})
        });
        let stored = self.variables.iter().next_back().map(Variable::by_requirement).unwrap_or_default();
        let stored = stored.into_iter().map(|(requirement, members)| {
            json!({"requirement": requirement, "at": "/data/attributes", "has": named(&members)})
        });
        types.chain(stored).collect()
    }

    /// What the answer to the last update of a variable shows.
    pub(super) fn checks_of_update(&self, index: usize) -> Vec<Value> {
        let variable = &self.variables[index];
        let mut checks = vec![json!({
            "requirement": "v2.variables.update.variable-id",
            "at": "/data/id",
            "equals": format!("${{{}}}", variable.capture),
        })];
        for (requirement, members) in variable.by_requirement() {
            checks.push(json!({"requirement": requirement, "at": "/data/attributes", "has": named(&members)}));
        }
        checks
    }

    /// What a list shows: that of one workspace, or that of all.
    pub(super) fn checks_of_list(&self, of: Option<usize>) -> Vec<Value> {
        let mut checks = Vec::new();
        for variable in &self.variables {
            let elsewhere = of.is_some_and(|workspace| workspace != variable.workspace);
            let find = draft::find(&variable.capture);
            if variable.deleted || elsewhere {
                let requirement =
                    if variable.deleted { "v2.variables.delete.removed" } else { "v2.variables.list.filter" };
                checks.push(json!({"requirement": requirement, "find": find, "absent": true}));
            } else if of.is_none() {
                checks.push(json!({"requirement": "v2.variables.list.unfiltered", "find": find, "present": true}));
            } else {
                for (requirement, members) in variable.by_requirement() {
                    let requirement = variable.suspect.unwrap_or(requirement);
                    let members = in_item(&members);
                    checks.push(json!({"requirement": requirement, "find": find, "members": members}));
                }
            }
        }
        checks
    }

    fn others_are_suspect(&mut self, index: usize, requirement: &'static str) {
        for (other, variable) in self.variables.iter_mut().enumerate() {
            if other != index && variable.confirmed {
                variable.suspect.get_or_insert(requirement);
            }
        }
    }

    fn nth(&self, which: Which, deleted: bool) -> Option<usize> {
        let fitting: Vec<_> = (0..self.variables.len()).filter(|i| self.variables[*i].deleted == deleted).collect();
        match which {
            Which::Any(number) => fitting.get(number.checked_rem(fitting.len())?).copied(),
            Which::Tagged(tag) => fitting.into_iter().find(|index| self.variables[*index].tag == tag),
        }
    }
}

impl Variable {
    fn value_of(&self, name: &str) -> Option<&Value> {
        self.attributes.iter().find(|attribute| attribute.name == name)?.value.as_ref()
    }

    fn changed(&mut self) {
        self.confirmed = false;
        self.suspect = None;
    }

    /// What is known, by the requirement that says so.
    fn by_requirement(&self) -> Vec<(&'static str, Vec<(&'static str, Value)>)> {
        let mut groups: Vec<(&'static str, Vec<(&'static str, Value)>)> = Vec::new();
        for attribute in &self.attributes {
            let Some(value) = attribute.value.clone() else { continue };
            match groups.iter_mut().find(|(requirement, _)| *requirement == attribute.requirement) {
                Some((_, members)) => members.push((attribute.name, value)),
                None => groups.push((attribute.requirement, vec![(attribute.name, value)])),
            }
        }
        groups
    }
}

/// Values by name.
pub(super) fn named(members: &[(&'static str, Value)]) -> Value {
    Value::Object(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

fn in_item(members: &[(&'static str, Value)]) -> Value {
    Value::Object(members.iter().map(|(name, value)| (format!("/attributes/{name}"), value.clone())).collect())
}
