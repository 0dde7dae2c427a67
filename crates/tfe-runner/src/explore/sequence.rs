//! Random sequences of operations on variables of two workspaces, held against a [model](super::model).

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use serde_json::{Map, Value, json};

use super::draft::{self, Draft};
use super::model::{Model, WORKSPACES};
use super::operation::{self, Changes, Creation, Operation, Which};
use super::shrink;

/// The longest sequence. What a server forgets, it forgets soon.
const LONGEST: usize = 16;

/// Sequences, in which it is known which variable each operation is about.
pub(super) fn operations() -> BoxedStrategy<Vec<Operation>> {
    prop::collection::vec(operation::one(), 1..=LONGEST).prop_map(resolved).boxed()
}

/// Says of every operation which variable it is about, and leaves out those that are about none: so
/// a sequence means the same when others are taken out of it.
fn resolved(operations: Vec<Operation>) -> Vec<Operation> {
    let mut sequence = Sequence::new();
    operations.into_iter().enumerate().filter_map(|(tag, operation)| sequence.resolve(tag, operation)).collect()
}

/// The case that runs a sequence. Every workspace that it used is read in the end.
pub(super) fn case(operations: &[Operation]) -> Value {
    let mut sequence = Sequence::new();
    for operation in operations {
        sequence.operation(operation);
    }
    for workspace in 0..WORKSPACES.len() {
        if sequence.model.uses(workspace) || sequence.draft.is_empty() {
            sequence.list(workspace);
        }
    }
    sequence.draft.finish()
}

/// Sequences that do less, the least first.
pub(super) fn smaller(operations: &[Operation]) -> Vec<Vec<Operation>> {
    let mut smaller = shrink::without_parts(operations);
    for operations in &mut smaller {
        drop_orphans(operations);
    }
    let moved: Vec<_> = operations.iter().cloned().map(Operation::in_first_workspace).collect();
    smaller.push(moved);
    for (index, operation) in operations.iter().enumerate() {
        smaller.extend(operation.smaller().into_iter().map(|simpler| {
            let mut operations = operations.to_vec();
            operations[index] = simpler;
            operations
        }));
    }
    smaller.retain(|other| other != operations);
    smaller
}

/// Takes out what is about variables that are not made any more.
fn drop_orphans(operations: &mut Vec<Operation>) {
    let made: Vec<usize> = operations
        .iter()
        .filter_map(|operation| match operation {
            Operation::Create(creation) => Some(creation.tag),
            _ => None,
        })
        .collect();
    operations.retain(|operation| match operation.which() {
        Some(Which::Tagged(tag)) => made.contains(&tag),
        _ => true,
    });
}

struct Sequence {
    draft: Draft,
    model: Model,
}

impl Sequence {
    fn new() -> Self {
        let title = "Variables are what was made of them";
        let description = "A random sequence of operations: every answer is what the operations before it lead to.";
        Self { draft: Draft::new(title, description), model: Model::default() }
    }

    /// Does an operation, and says which variable it is about.
    fn resolve(&mut self, tag: usize, mut operation: Operation) -> Option<Operation> {
        match &mut operation {
            Operation::Create(creation) => creation.tag = tag,
            Operation::Update { which, .. }
            | Operation::Hide { which }
            | Operation::Read { which }
            | Operation::Delete { which } => {
                *which = Which::Tagged(self.model.tag(self.model.living(*which)?));
            }
            Operation::ReadDeleted { which }
            | Operation::UpdateDeleted { which }
            | Operation::DeleteDeleted { which } => {
                *which = Which::Tagged(self.model.tag(self.model.deleted(*which)?));
            }
            Operation::List { .. } | Operation::ListHalf { .. } | Operation::ListAll => {}
        }
        self.operation(&operation);
        Some(operation)
    }

    fn operation(&mut self, operation: &Operation) {
        match operation {
            Operation::Create(creation) => self.create(creation),
            Operation::Update { which, changes } => self.update(*which, changes),
            Operation::Hide { which } => self.hide(*which),
            Operation::Delete { which } => self.delete(*which),
            Operation::List { workspace } => self.list(*workspace),
            Operation::ListHalf { workspace, organization } => self.list_half(*workspace, *organization),
            Operation::Read { which } => self.read(*which),
            Operation::ReadDeleted { which } => self.read_deleted(*which),
            Operation::ListAll => self.list_all(),
            Operation::UpdateDeleted { which } => self.use_deleted(*which, "v2.variables.update"),
            Operation::DeleteDeleted { which } => self.use_deleted(*which, "v2.variables.delete"),
        }
    }

    /// A number that no other step has.
    fn number(&self) -> usize {
        self.draft.len() + 1
    }

    fn create(&mut self, creation: &Creation) {
        let number = self.number();
        let Creation { tag, workspace, env, hcl, sensitive } = *creation;
        let secret = sensitive == Some(true);
        // A number is a text, and HCL as well.
        let value = if secret { format!("${{canary:value-{number}}}") } else { number.to_string() };
        let hcl = hcl.filter(|_| !secret);
        let mut attributes = Map::new();
        attributes.insert("key".to_owned(), format!("${{unique:key-{number}}}").into());
        attributes.insert("value".to_owned(), value.into());
        attributes.insert("category".to_owned(), category(env));
        attributes.extend(hcl.map(|hcl| ("hcl".to_owned(), hcl.into())));
        attributes.extend(sensitive.map(|sensitive| ("sensitive".to_owned(), sensitive.into())));
        let capture = format!("var-{number}");
        let fixture = WORKSPACES[workspace];
        self.model.create(&capture, tag, workspace, &attributes);
        let mut checks = vec![
            draft::status("v2.variables.create.relationships-form", "success"),
            json!({"requirement": "v2.variables.response.id", "at": "/data/id", "matches": "."}),
            json!({
                "requirement": "v2.variables.response.configurable",
                "at": "/data/relationships/configurable/data/id",
                "equals": format!("${{{fixture}.id}}"),
            }),
        ];
        checks.extend(self.model.checks_of_creation());
        self.draft.fixture(fixture, "workspace");
        self.draft.step(json!({
            "id": format!("create-{number}"),
            "operation": "v2.variables.create",
            "body": draft::creation(&attributes.into(), fixture),
            "capture": {&capture: "/data/id"},
            "capture-if-present": {format!("self-{capture}"): "/data/links/self"},
            "checks": checks,
        }));
    }

    fn update(&mut self, which: Which, changes: &Changes) {
        let number = self.number();
        let Some(index) = self.model.living(which) else { return };
        if self.model.is_secret(index) {
            return self.update_secret(index, changes);
        }
        let mut attributes = Map::new();
        if changes.key {
            attributes.insert("key".to_owned(), format!("${{unique:key-{number}}}").into());
        }
        if changes.value {
            attributes.insert("value".to_owned(), number.to_string().into());
        }
        attributes.extend(changes.env.map(|env| ("category".to_owned(), category(env))));
        attributes.extend(changes.hcl.map(|hcl| ("hcl".to_owned(), hcl.into())));
        self.model.update(index, &attributes);
        let mut checks = vec![draft::status("v2.variables.update.applied", "success")];
        checks.extend(self.model.checks_of_update(index));
        self.update_step(number, index, &attributes, &checks);
    }

    /// What an update may change in a sensitive variable is left open; what it shows is not.
    fn update_secret(&mut self, index: usize, changes: &Changes) {
        let number = self.number();
        let mut attributes = Map::new();
        if changes.key {
            attributes.insert("key".to_owned(), format!("${{unique:key-{number}}}").into());
        }
        if changes.value {
            attributes.insert("value".to_owned(), format!("${{canary:value-{number}}}").into());
        }
        let stays_sensitive = !attributes.is_empty();
        if !stays_sensitive {
            attributes.insert("sensitive".to_owned(), false.into());
        }
        self.model.unsettle(index, stays_sensitive);
        let open = json!([200, 204, 400, 403, 409, 422]);
        let checks = vec![draft::status("v2.variables.sensitive.not-visible", open)];
        self.update_step(number, index, &attributes, &checks);
    }

    fn hide(&mut self, which: Which) {
        let number = self.number();
        let Some(index) = self.model.living(which).filter(|index| !self.model.is_secret(*index)) else { return };
        let mut attributes = Map::new();
        // The secret is no HCL, and a server may look.
        if self.model.is_plain(index) {
            attributes.insert("value".to_owned(), format!("${{canary:value-{number}}}").into());
        }
        attributes.insert("sensitive".to_owned(), true.into());
        self.model.update(index, &attributes);
        let mut checks = vec![draft::status("v2.variables.update.applied", "success")];
        checks.extend(self.model.checks_of_update(index));
        self.update_step(number, index, &attributes, &checks);
    }

    fn update_step(&mut self, number: usize, index: usize, attributes: &Map<String, Value>, checks: &[Value]) {
        let id = format!("${{{}}}", self.model.capture(index));
        self.draft.step(json!({
            "id": format!("update-{number}"),
            "operation": "v2.variables.update",
            "params": {"variable_id": id},
            "body": {"data": {"type": "vars", "id": id, "attributes": attributes}},
            "checks": checks,
        }));
    }

    fn delete(&mut self, which: Which) {
        let number = self.number();
        let Some(index) = self.model.living(which) else { return };
        self.model.delete(index);
        self.draft.step(json!({
            "id": format!("delete-{number}"),
            "operation": "v2.variables.delete",
            "params": {"variable_id": format!("${{{}}}", self.model.capture(index))},
            "checks": [draft::status("v2.variables.delete.removed", "success")],
        }));
    }

    fn use_deleted(&mut self, which: Which, operation: &str) {
        let number = self.number();
        let Some(index) = self.model.deleted(which) else { return };
        let id = format!("${{{}}}", self.model.capture(index));
        let mut step = json!({
            "id": format!("use-deleted-{number}"),
            "operation": operation,
            "params": {"variable_id": id},
        });
        let requirement = format!("{operation}.variable-id");
        if operation == "v2.variables.update" {
            step["body"] = json!({"data": {"type": "vars", "id": id, "attributes": {"value": number.to_string()}}});
        }
        step["checks"] = json!([draft::status(&requirement, 404)]);
        self.draft.step(step);
    }

    fn list(&mut self, workspace: usize) {
        let number = self.number();
        let fixture = WORKSPACES[workspace];
        self.draft.fixture(fixture, "workspace");
        let mut checks = vec![
            draft::status("v2.variables.list.data-array", 200),
            json!({
                "requirement": "v2.variables.list.filter",
                "every": "/data",
                "at": "/relationships/configurable/data/id",
                "equals": format!("${{{fixture}.id}}"),
            }),
        ];
        checks.extend(self.model.checks_of_list(Some(workspace)));
        self.model.confirm(workspace);
        self.draft.step(json!({
            "id": format!("list-{number}"),
            "operation": "v2.variables.list",
            "query": draft::filter(fixture),
            "checks": checks,
        }));
    }

    /// The documents offer no read, but their samples have a self link, and JSON:API wants it to work.
    fn read(&mut self, which: Which) {
        let number = self.number();
        let Some(index) = self.model.living(which) else { return };
        let capture = self.model.capture(index).to_owned();
        let mut checks = vec![
            draft::status("jsonapi.fetch-url-support", 200),
            json!({"requirement": "jsonapi.resource-link-response", "at": "/data/type", "equals": "vars"}),
            json!({"requirement": "jsonapi.resource-link-response", "at": "/data/id", "equals": format!("${{{capture}}}")}),
        ];
        checks.extend(self.model.checks_of_read(index));
        self.draft.step(json!({
            "id": format!("read-{number}"),
            "when": [format!("self-{capture}")],
            "request": {"method": "GET", "path": format!("${{self-{capture}}}")},
            "capture-if-present": {format!("shown-{capture}"): "/data/id"},
            "checks": checks,
        }));
        self.model.read(index);
    }

    /// A link that never led to the variable says nothing about it.
    fn read_deleted(&mut self, which: Which) {
        let number = self.number();
        let Some(index) = self.model.deleted(which).filter(|index| self.model.was_read(*index)) else { return };
        let capture = self.model.capture(index).to_owned();
        self.draft.step(json!({
            "id": format!("read-deleted-{number}"),
            "when": [format!("self-{capture}"), format!("shown-{capture}")],
            "request": {"method": "GET", "path": format!("${{self-{capture}}}")},
            "checks": [draft::status("jsonapi.fetch-responses-404", 404)],
        }));
    }

    fn list_half(&mut self, workspace: usize, organization: bool) {
        let number = self.number();
        let fixture = WORKSPACES[workspace];
        self.draft.fixture(fixture, "workspace");
        let (name, value) = if organization {
            ("organization", format!("${{{fixture}.organization}}"))
        } else {
            ("workspace", format!("${{{fixture}.name}}"))
        };
        self.draft.step(json!({
            "id": format!("list-half-{number}"),
            "operation": "v2.variables.list",
            "query": {format!("filter[{name}][name]"): value},
            "checks": [draft::status("v2.variables.list.linked-filters", "refused")],
        }));
    }

    fn list_all(&mut self) {
        let number = self.number();
        let mut checks = vec![draft::status("v2.variables.list.unfiltered", 200)];
        checks.extend(self.model.checks_of_list(None));
        self.draft.step(json!({
            "id": format!("list-all-{number}"),
            "operation": "v2.variables.list",
            "checks": checks,
        }));
    }
}

fn category(env: bool) -> Value {
    if env { "env" } else { "terraform" }.into()
}
