//! Random sequences of updates of the variables of two environments of the legacy API, held against
//! the merge that its documents describe: what is named is set, or removed where its value is empty,
//! and the rest stays.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use serde_json::{Map, Value, json};

use super::draft::{self, Draft};
use super::shrink;

/// The environments of a sequence, by the names of their fixtures.
const ENVIRONMENTS: [&str; 2] = ["env", "other"];
const LONGEST: usize = 12;
/// How many keys a sequence uses: few, so that updates meet.
const KEYS: usize = 4;

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operation {
    /// Sets or removes variables: a key, and whether it gets a value.
    Update {
        environment: usize,
        form: bool,
        entries: BTreeMap<usize, bool>,
    },
    /// The update before, once more.
    Repeat,
    Read {
        environment: usize,
    },
}

/// Sequences of requests.
pub(super) fn operations() -> BoxedStrategy<Vec<Operation>> {
    // The second environment is the exception: most updates shall meet.
    let environment = || prop_oneof![4 => Just(0_usize), 1 => Just(1_usize)];
    let entries = prop::collection::btree_map(0..KEYS, prop::bool::weighted(0.75), 1..=KEYS);
    let operation = prop_oneof![
        6 => (environment(), any::<bool>(), entries)
            .prop_map(|(environment, form, entries)| Operation::Update { environment, form, entries }),
        1 => Just(Operation::Repeat),
        3 => environment().prop_map(|environment| Operation::Read { environment }),
    ];
    prop::collection::vec(operation, 1..=LONGEST).boxed()
}

/// The case that runs a sequence. Every environment that it used is read in the end.
pub(super) fn case(operations: &[Operation]) -> Value {
    let title = "Updates of variables add up";
    let description = "A random sequence of updates: the latest configuration version shows what they lead to.";
    let mut sequence = Sequence { draft: Draft::new(title, description), used: [None, None], last: None };
    for operation in operations {
        sequence.operation(operation);
    }
    for environment in 0..ENVIRONMENTS.len() {
        if sequence.used[environment].is_some() || sequence.draft.is_empty() {
            sequence.read(environment);
        }
    }
    sequence.draft.finish()
}

/// Sequences that do less, the least first.
pub(super) fn smaller(operations: &[Operation]) -> Vec<Vec<Operation>> {
    let mut smaller = shrink::without_parts(operations);
    smaller.push(operations.iter().cloned().map(Operation::in_first_environment).collect());
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

impl Operation {
    fn in_first_environment(self) -> Self {
        match self {
            Self::Update { form, entries, .. } => Self::Update { environment: 0, form, entries },
            Self::Read { .. } => Self::Read { environment: 0 },
            Self::Repeat => Self::Repeat,
        }
    }

    /// Operations that say less.
    fn smaller(&self) -> Vec<Self> {
        let Self::Update { environment, form, entries } = self else { return Vec::new() };
        let mut smaller = Vec::new();
        for key in entries.keys().filter(|_| entries.len() > 1) {
            let mut entries = entries.clone();
            entries.remove(key);
            smaller.push(Self::Update { environment: *environment, form: *form, entries });
        }
        if *form {
            smaller.push(Self::Update { environment: *environment, form: false, entries: entries.clone() });
        }
        smaller
    }
}

struct Sequence {
    draft: Draft,
    /// The variables of each environment that was used.
    used: [Option<BTreeMap<usize, Entry>>; 2],
    /// The last update: its environment and its step.
    last: Option<(usize, Value)>,
}

/// What became of a key, and which requirement says so.
struct Entry {
    value: Option<String>,
    requirement: &'static str,
}

impl Sequence {
    fn operation(&mut self, operation: &Operation) {
        match operation {
            Operation::Update { environment, form, entries } => self.update(*environment, *form, entries),
            Operation::Repeat => self.repeat(),
            Operation::Read { environment } => self.read(*environment),
        }
    }

    fn number(&self) -> usize {
        self.draft.len() + 1
    }

    /// The variables of an environment, which the sequence can read.
    fn variables(&mut self, environment: usize) -> &mut BTreeMap<usize, Entry> {
        if self.used[environment].is_none() {
            let fixture = ENVIRONMENTS[environment];
            self.draft.fixture(fixture, "environment");
            self.draft.step(json!({
                "id": format!("readable-{fixture}"),
                "role": "precondition",
                "operation": "v1.configurations.latest",
                "params": params(fixture),
            }));
        }
        self.used[environment].get_or_insert_default()
    }

    fn update(&mut self, environment: usize, form: bool, entries: &BTreeMap<usize, bool>) {
        let stored = if form { "v1.index.form-content-type" } else { "v1.environments.update-variables" };
        self.variables(environment);
        let number = self.number();
        let mut sent = Map::new();
        let variables = self.variables(environment);
        for entry in variables.values_mut() {
            if entry.value.is_some() {
                entry.requirement = "v1.environments.merge";
            }
        }
        for (key, set) in entries {
            let value = set.then(|| format!("{number}-{key}"));
            sent.insert(key_name(*key), value.clone().unwrap_or_default().into());
            let had = variables.get(key).is_some_and(|entry| entry.value.is_some());
            let requirement = match (&value, had) {
                (None, _) => "v1.environments.empty-removes",
                (Some(_), true) => "v1.environments.overwrite",
                (Some(_), false) => stored,
            };
            variables.insert(*key, Entry { value, requirement });
        }
        let body = if form { "body-form" } else { "body" };
        let step = json!({
            "id": format!("update-{number}"),
            "operation": "v1.environments.update-variables",
            "params": params(ENVIRONMENTS[environment]),
            body: {"variables": sent},
            "checks": [draft::status(stored, "success")],
        });
        self.last = Some((environment, step.clone()));
        self.draft.step(step);
    }

    fn repeat(&mut self) {
        let number = self.number();
        let Some((environment, mut step)) = self.last.clone() else { return };
        for entry in self.variables(environment).values_mut() {
            entry.requirement = "v1.environments.idempotent";
        }
        step["id"] = format!("repeat-{number}").into();
        step["checks"] = json!([draft::status("v1.environments.idempotent", "success")]);
        self.draft.step(step);
    }

    fn read(&mut self, environment: usize) {
        self.variables(environment);
        let number = self.number();
        let mut checks = vec![draft::status("v1.configurations.latest-shape", 200)];
        let mut there: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        let mut gone: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for (key, entry) in self.used[environment].iter().flatten() {
            let name = key_name(*key);
            match &entry.value {
                Some(value) => {
                    there.entry(entry.requirement).or_default().insert(name, value.as_str().into());
                }
                None => gone.entry(entry.requirement).or_default().push(name.into()),
            }
        }
        for (requirement, members) in there {
            checks.push(json!({"requirement": requirement, "at": "/version/variables", "has": members}));
        }
        for (requirement, names) in gone {
            checks.push(json!({"requirement": requirement, "at": "/version/variables", "lacks": names}));
        }
        let never: Vec<_> = (0..KEYS).filter(|key| !self.has_seen(environment, *key)).map(key_name).collect();
        if self.used.iter().all(Option::is_some) && !never.is_empty() {
            // What only the other environment got.
            let lacks = json!({
                "requirement": "v1.environments.update-variables", "at": "/version/variables", "lacks": never,
            });
            checks.push(lacks);
        }
        self.draft.step(json!({
            "id": format!("read-{number}"),
            "operation": "v1.configurations.latest",
            "params": params(ENVIRONMENTS[environment]),
            "checks": checks,
        }));
    }

    fn has_seen(&self, environment: usize, key: usize) -> bool {
        self.used[environment].as_ref().is_some_and(|variables| variables.contains_key(&key))
    }
}

fn key_name(key: usize) -> String {
    format!("${{unique:key-{key}}}")
}

/// The path parameters of an environment.
pub(super) fn params(fixture: &str) -> Value {
    json!({"username": format!("${{{fixture}.username}}"), "name": format!("${{{fixture}.name}}")})
}
