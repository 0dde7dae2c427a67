//! Valid documents: what a server has to accept, and to read back as it was sent.
//!
//! A generated document is set into the workspace of the case, under a key that every server should
//! take (`v2.variables.create.key-stored`). A document with something in it that the documents leave
//! open is sent as well, but any answer to it that is none of a broken server is right.

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use serde_json::{Map, Value, json};
use tfe_schema::Catalog;

use super::draft::{self, Draft};
use super::model::Model;
use super::text;

/// A creation, or an update of a variable that was created before.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Payload {
    kind: Kind,
    /// A spelling of the key, see [`KEYS`]; an update may leave it out.
    key: Option<usize>,
    value: Option<String>,
    env: Option<bool>,
    hcl: Option<bool>,
    sensitive: Option<bool>,
    /// A value or key as it was generated, whatever it is: nothing is demanded.
    odd: Option<Odd>,
    /// A member that no document knows.
    extra: Option<Extra>,
}

/// Where an unknown member stands, and what says that it is ignored.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Extra {
    Attribute,
    OfResource,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Create,
    /// The owner by names.
    CreateByFilter,
    Update,
}

#[derive(Debug, Clone, PartialEq)]
enum Odd {
    Key(String),
    Value(String),
}

/// Values that servers are known to read as something else.
const VALUES: [&str; 6] = ["", "null", "true", "0", "e\u{301}", " two  spaces "];
/// A value that is longer than many a column.
const LONG: usize = 40_000;

/// Spellings of keys that every server should take.
const KEYS: [&str; 3] = ["${unique:key}", "Mixed_Case_${unique:key}", "with-dashes-${unique:key}-1"];

/// Creations.
pub(super) fn creations(catalog: &'static Catalog) -> Option<BoxedStrategy<Payload>> {
    let documents = documents(catalog, "v2/variables/create-request")?;
    Some((documents, any::<u8>()).prop_map(|(document, chance)| of(&document, false, chance)).boxed())
}

/// Updates.
pub(super) fn updates(catalog: &'static Catalog) -> Option<BoxedStrategy<Payload>> {
    let documents = documents(catalog, "v2/variables/update-request")?;
    Some((documents, any::<u8>()).prop_map(|(document, chance)| of(&document, true, chance)).boxed())
}

/// Documents of a schema with many edge cases. A schema that cannot be served has none; a test of this
/// module says that ours can.
pub(super) fn documents(catalog: &'static Catalog, schema: &str) -> Option<BoxedStrategy<Value>> {
    let generator = tfe_payload::Generator::new(catalog.schema(schema)?).ok()?;
    generator.edges().known_members().valid().ok()
}

fn of(document: &Value, update: bool, chance: u8) -> Payload {
    let attributes = &document["data"]["attributes"];
    let flag = |name: &str| attributes[name].as_bool();
    let text = |name: &str| attributes[name].as_str();
    let by_filter = document.get("filter").is_some() && document.pointer("/data/relationships").is_none();
    let kind = match (update, by_filter) {
        (true, _) => Kind::Update,
        (false, true) => Kind::CreateByFilter,
        (false, false) => Kind::Create,
    };
    let value = match (chance % 16, usize::from(chance / 16)) {
        (2 | 3, which) if which < VALUES.len() => Some(VALUES[which].to_owned()),
        (2, 15) => Some("x".repeat(LONG)),
        _ => text("value").map(str::to_owned),
    };
    let extra = match chance % 16 {
        4 if !update => Some(Extra::Attribute),
        5 if !update => Some(Extra::OfResource),
        _ => None,
    };
    let odd = match (chance % 16, text("key"), text("value")) {
        (0, Some(key), _) if !update => Some(Odd::Key(key.to_owned())),
        (1, _, Some(value)) => Some(Odd::Value(value.to_owned())),
        _ => None,
    };
    Payload {
        kind,
        key: text("key").map(|_| usize::from(chance / 16) % KEYS.len()),
        value,
        env: text("category").map(|category| category == "env"),
        hcl: flag("hcl"),
        sensitive: flag("sensitive"),
        odd,
        extra,
    }
}

impl Payload {
    /// The case that sends it and reads it back.
    pub(super) fn case(&self) -> Value {
        let (title, description) = match self.kind {
            Kind::Update => ("An update with other values is applied", "What it does not name stays as it was."),
            _ => ("A valid creation is accepted and read back", "What was sent comes back character for character."),
        };
        let mut draft = Draft::new(title, description);
        draft.fixture("ws", "workspace");
        let mut model = Model::default();
        if self.kind == Kind::Update {
            self.update(&mut draft, &mut model);
        } else {
            self.creation(&mut draft, &mut model);
        }
        if self.odd.is_none() {
            let mut step = json!({
                "id": "list",
                "operation": "v2.variables.list",
                "query": draft::filter("ws"),
                "checks": model.checks_of_list(Some(0)),
            });
            if !self.is_demanded() {
                step["when"] = json!(["var"]);
            }
            draft.step(step);
        }
        draft.finish()
    }

    /// Whether every server has to take it. What is refused is not stored, and only that it is refused may be judged.
    fn is_demanded(&self) -> bool {
        self.kind != Kind::CreateByFilter && self.extra.is_none()
    }

    fn creation(&self, draft: &mut Draft, model: &mut Model) {
        let sent = self.attributes(self.env.unwrap_or_default(), self.hcl.unwrap_or_default());
        model.create("var", 0, 0, &sent);
        let (body, requirement) = if self.kind == Kind::CreateByFilter {
            let filter = json!({"organization": {"name": "${ws.organization}"}, "workspace": {"name": "${ws.name}"}});
            let body = json!({"data": {"type": "vars", "attributes": sent}, "filter": filter});
            (body, "v2.variables.create.filter-form")
        } else {
            (draft::creation(&sent.into(), "ws"), "v2.variables.create.relationships-form")
        };
        let (body, requirement) = with_extra(body, self.extra, requirement);
        let mut step = json!({"id": "create", "operation": "v2.variables.create", "body": body});
        if self.odd.is_some() {
            return draft.step(left_open(step));
        }
        let mut checks = vec![draft::status(requirement, "success")];
        if !self.is_demanded() {
            step["capture-if-present"] = json!({"var": "/data/id"});
            step["checks"] = checks.into();
            return draft.step(step);
        }
        step["capture"] = json!({"var": "/data/id"});
        checks.extend(model.checks_of_creation());
        checks.extend([
            draft::status("v2.variables.create.status", 201),
            json!({"requirement": "jsonapi.create-responses-201-location", "header": "location", "present": true}),
            json!({"requirement": "jsonapi.create-responses-201-location", "header": "location", "matches": "/vars/[^/]+$"}),
        ]);
        step["checks"] = checks.into();
        draft.step(step);
    }

    fn update(&self, draft: &mut Draft, model: &mut Model) {
        // The value stays HCL where the update does not give another, so that a lost flag shows.
        let base_hcl = self.value.is_none() && self.odd.is_none();
        let base = json!({"key": "${unique:base}", "value": "[\"a\"]", "category": "terraform", "hcl": base_hcl});
        let sent = base.as_object().cloned().unwrap_or_default();
        model.create("var", 0, 0, &sent);
        draft.step(json!({
            "id": "create",
            "role": "precondition",
            "operation": "v2.variables.create",
            "body": draft::creation(&sent.into(), "ws"),
            "capture": {"var": "/data/id"},
        }));
        let attributes = self.attributes(self.env.unwrap_or_default(), self.hcl.unwrap_or(base_hcl));
        model.update(0, &attributes);
        let step = json!({
            "id": "update",
            "operation": "v2.variables.update",
            "params": {"variable_id": "${var}"},
            "body": {"data": {"type": "vars", "id": "${var}", "attributes": attributes}},
        });
        if self.odd.is_some() {
            return draft.step(left_open(step));
        }
        let mut checks = vec![draft::status("v2.variables.update.applied", "success")];
        checks.extend(model.checks_of_update(0));
        let mut step = step;
        step["checks"] = checks.into();
        draft.step(step);
    }

    fn attributes(&self, env: bool, hcl: bool) -> Map<String, Value> {
        let secret = self.sensitive == Some(true);
        let key = match &self.odd {
            Some(Odd::Key(key)) => Some(draft::literal(key)),
            _ => self.key.map(|spelling| KEYS[spelling].to_owned()),
        };
        let value = match (&self.odd, &self.value) {
            (Some(Odd::Value(value)), _) => Some(draft::literal(value)),
            (_, Some(value)) => Some(value_for(value, env, hcl, secret)),
            (_, None) => None,
        };
        let mut attributes = Map::new();
        attributes.extend(key.map(|key| ("key".to_owned(), key.into())));
        attributes.extend(value.map(|value| ("value".to_owned(), value.into())));
        attributes.extend(self.env.map(|env| ("category".to_owned(), if env { "env" } else { "terraform" }.into())));
        attributes.extend(self.hcl.map(|hcl| ("hcl".to_owned(), hcl.into())));
        attributes.extend(self.sensitive.map(|sensitive| ("sensitive".to_owned(), sensitive.into())));
        attributes
    }

    /// Payloads that say less.
    pub(super) fn smaller(&self) -> Vec<Self> {
        let mut smaller = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut other = self.clone();
            change(&mut other);
            if other != *self {
                smaller.push(other);
            }
        };
        let is_update = self.kind == Kind::Update;
        with(&|it| it.extra = None);
        with(&|it| it.sensitive = None);
        with(&|it| it.hcl = None);
        with(&|it| it.env = if is_update { None } else { Some(false) });
        with(&|it| it.key = if is_update { None } else { Some(0) });
        if is_update {
            with(&|it| it.value = None);
        } else {
            with(&|it| it.kind = Kind::Create);
        }
        for text in self.value.iter().flat_map(|value| text::smaller(value)) {
            with(&|it| it.value = Some(text.clone()));
        }
        smaller
    }
}

/// The document with an unknown member, and the requirement that says that it is taken all the same.
fn with_extra(mut body: Value, extra: Option<Extra>, requirement: &'static str) -> (Value, &'static str) {
    match extra {
        None => (body, requirement),
        Some(Extra::Attribute) => {
            body["data"]["attributes"]["x-unknown"] = "1".into();
            (body, "v2.variables.create.unknown-attributes")
        }
        Some(Extra::OfResource) => {
            body["data"]["x-unknown"] = json!({"a": [1]});
            (body, "jsonapi.ignore-additional-members")
        }
    }
}

/// A request that the documents leave open. That no answer is a 5xx holds for every exchange.
fn left_open(mut step: Value) -> Value {
    let legal = json!([200, 201, 204, 400, 403, 409, 413, 422]);
    step["checks"] = json!([draft::status("v2.index.standard-response-codes", legal)]);
    step["observe"] = json!([{"name": "odd-payload-status", "status": true}]);
    step
}

/// A value that every server has to take, made from any text.
fn value_for(text: &str, env: bool, hcl: bool, secret: bool) -> String {
    /// No more is tried by the suite (`v2.variables.create.value-stored`).
    const LONGEST: usize = 60_000;
    let mut value: String = text::demanded(text, !env).chars().take(LONGEST).collect();
    if env && value.is_empty() {
        value.push('1');
    }
    // A server may look whether it is HCL: a string is, where nothing in it is interpolated.
    let quoted = hcl && !env;
    if quoted {
        value = Value::from(value.replace("${", "{").replace("%{", "{")).to_string();
    }
    match (secret, quoted) {
        (false, _) => draft::literal(&value),
        (true, false) => format!("${{canary:value}}{}", draft::literal(&value)),
        (true, true) => "\"${canary:value}\"".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without them, an exploration would look at sequences alone, and say nothing.
    #[test]
    fn our_schemas_have_documents() {
        assert!(creations(Catalog::bundled()).is_some() && updates(Catalog::bundled()).is_some());
        assert!(documents(Catalog::bundled(), "v1/environments/variables-request").is_some());
    }
}
