//! Documents that break one thing: what a server has to refuse, changing nothing.
//!
//! The broken place of a generated mutant is set into a request that succeeds, so that nothing else can
//! be the reason of a refusal. Refusal is demanded where a requirement of the suite says so; every
//! other mutant may be taken or refused, but not break the server.

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use serde_json::{Value, json};
use tfe_schema::{Catalog, Pointer};

use super::draft::{self, Draft};

/// A request with one broken place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mutation {
    operation: &'static str,
    /// The broken place.
    at: Pointer,
    /// What stands there; `None` if something is missing there.
    broken: Option<Value>,
    /// Which requirement says that it is refused.
    requirement: Option<&'static str>,
    shape: Shape,
}

/// What of the request is another than in the one that succeeds.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    /// What stands at the broken place.
    Place,
    /// The resource stands in an array.
    Listed,
    /// The resource stands alone, without `data` around it.
    Bare,
    /// The member has its name in other letter case.
    Recased,
    /// The member stands beside the object that it belongs to, under the path to it.
    Dotted,
    /// The client says which id the new resource gets.
    ClientId,
    /// What stands at the broken place, and no schema knows that it is wrong.
    Meaning,
}

/// Wrong values that look right: of the kind that stands there, and of something else. Each with the operation, the
/// place, and what says that it is refused.
const PLAUSIBLE: [(Shape, &str, &str, &str, &str); 9] = [
    (Shape::Place, CREATE, "/data/attributes/category", "policy", "v2.variables.create.category-values"),
    (Shape::Place, UPDATE, "/data/attributes/category", "policy", "v2.variables.update.attribute-types"),
    (Shape::Place, CREATE, "/data/type", "workspaces", "v2.variables.create.data-type"),
    (Shape::Place, UPDATE, "/data/type", "workspaces", "v2.variables.update.data-type"),
    (Shape::Place, CREATE, ORGANIZATION_TYPE, "workspaces", "v2.variables.create.organization-type"),
    (Shape::Meaning, CREATE, WORKSPACE_ID, "${ws.name}", "v2.variables.create.workspace-id"),
    (Shape::Meaning, CREATE, WORKSPACE_ID, "ws-0000000000000000", "v2.variables.create.workspace-id"),
    (Shape::Meaning, CREATE, ORGANIZATION_ID, "no-such-organization", "v2.variables.create.organization-id"),
    (Shape::Meaning, UPDATE, "/data/id", "var-0000000000000000", "v2.variables.update.id-mismatch"),
];
const ORGANIZATION_TYPE: &str = "/data/relationships/organization/data/type";
const ORGANIZATION_ID: &str = "/data/relationships/organization/data/id";
const WORKSPACE_ID: &str = "/data/relationships/workspace/data/id";

impl Shape {
    /// Each with the operation, its place, and what says that it is refused.
    const ALL: [(Self, &str, &str, &str); 7] = [
        (Self::Listed, CREATE, "/data", "jsonapi.create-single-resource"),
        (Self::Listed, UPDATE, "/data", "jsonapi.update-patch-resource"),
        (Self::Bare, CREATE, "/data", "v2.index.top-level-data"),
        (Self::Bare, UPDATE, "/data", "jsonapi.update-patch-resource"),
        (Self::Recased, CREATE, "/data/attributes/key", "jsonapi.member-name-case"),
        (Self::Dotted, CREATE, "/data/attributes/key", "v2.index.key-paths"),
        (Self::ClientId, CREATE, "/data/id", "jsonapi.create-client-generated-ids-forbidden"),
    ];
}

const CREATE: &str = "v2.variables.create";
const UPDATE: &str = "v2.variables.update";

/// Mutants of creations.
pub(super) fn creations(catalog: &'static Catalog) -> Option<BoxedStrategy<Mutation>> {
    mutants(catalog, "v2/variables/create-request", CREATE)
}

/// Mutants of updates.
pub(super) fn updates(catalog: &'static Catalog) -> Option<BoxedStrategy<Mutation>> {
    mutants(catalog, "v2/variables/update-request", UPDATE)
}

fn mutants(catalog: &'static Catalog, schema: &str, operation: &'static str) -> Option<BoxedStrategy<Mutation>> {
    let schema = catalog.schema(schema)?;
    let mutants = tfe_payload::Generator::new(schema).ok()?.longest(24).known_members().invalid().ok()?;
    let mutation = move |(mutant, as_text): (tfe_payload::Mutant, bool)| {
        let broken = mutant.pointer.resolve(&mutant.document).cloned();
        // Of the values that are not among the valid ones, a text is the one that looks most like them.
        let as_text = as_text && mutant.keyword == "enum" && !broken.as_ref().is_some_and(Value::is_string);
        let broken = if as_text { broken.map(|value| Value::from(format!("x{value}"))) } else { broken };
        // The alphabet of names binds those who send them. A server ignores what it does not know.
        let is_misnamed = mutant.keyword == "propertyNames";
        let requirement = requirement(operation, &mutant.pointer, broken.as_ref()).filter(|_| !is_misnamed);
        let mutation = Mutation { operation, at: mutant.pointer, broken, requirement, shape: Shape::Place };
        // The one broken place has to be what is wrong with the request that is sent, too.
        let body = mutation.body()?;
        let breaks = schema.check_value(&body).violations.iter().any(|it| it.subject() == mutation.at);
        breaks.then_some(mutation)
    };
    let all =
        (mutants, any::<bool>()).prop_filter_map("it breaks nothing in a request that succeeds", mutation).boxed();
    let refused = all.clone().prop_filter("nothing says that it is refused", |it| it.requirement.is_some());
    Some(prop_oneof![16 => refused, 4 => all, 8 => shapes(operation)].boxed())
}

/// Requests of another shape than any schema describes.
fn shapes(operation: &'static str) -> BoxedStrategy<Mutation> {
    let made = |shape, at: &str, broken: Option<&str>, requirement| {
        let at = Pointer::parse(at).unwrap_or_default();
        Mutation { operation, at, broken: broken.map(Value::from), requirement: Some(requirement), shape }
    };
    let shapes = Shape::ALL.iter().filter(|(_, of, ..)| *of == operation);
    let shapes = shapes.map(|(shape, _, at, requirement)| made(*shape, at, None, *requirement));
    let values = PLAUSIBLE.iter().filter(|(_, of, ..)| *of == operation);
    let values = values.map(|(shape, _, at, value, requirement)| made(*shape, at, Some(value), *requirement));
    prop::sample::select(shapes.chain(values).collect::<Vec<_>>()).boxed()
}

/// The requirement that says that such a request is refused. Where the documents leave it open, none.
fn requirement(operation: &str, at: &Pointer, broken: Option<&Value>) -> Option<&'static str> {
    if operation == UPDATE { of_update(at, broken) } else { of_creation(at, broken) }
}

fn of_creation(at: &Pointer, broken: Option<&Value>) -> Option<&'static str> {
    const REQUIRED: Option<&str> = Some("v2.variables.create.required-properties");
    let text = broken.is_some_and(Value::is_string);
    let null = broken.is_some_and(Value::is_null);
    match at.as_str() {
        "" => Some("v2.variables.create.json-object"),
        "/data" if broken.is_none() => Some("v2.index.top-level-data"),
        "/data" => Some("jsonapi.create-single-resource"),
        "/data/type" => Some("v2.index.data-type"),
        "/data/attributes/hcl" | "/data/attributes/sensitive" if null => None,
        place if place.starts_with("/data/attributes") && broken.is_none() => REQUIRED,
        place if place.starts_with("/data/relationships") && broken.is_none() => REQUIRED,
        "/data/attributes/key" => Some("v2.variables.create.key-type"),
        "/data/attributes/value" => Some("v2.variables.create.value-type"),
        "/data/attributes/category" if text => Some("v2.variables.create.category-values"),
        "/data/attributes/category" => Some("v2.variables.create.category-type"),
        "/data/attributes/hcl" => Some("v2.variables.create.hcl-type"),
        "/data/attributes/sensitive" => Some("v2.variables.create.sensitive-type"),
        // Whatever stands there instead, what is required below it is missing.
        "/data/attributes"
        | "/data/relationships"
        | "/data/relationships/workspace"
        | "/data/relationships/organization"
        | "/data/relationships/workspace/data"
        | "/data/relationships/organization/data" => REQUIRED,
        "/data/relationships/workspace/data/type" => Some("v2.variables.create.workspace-type"),
        "/data/relationships/organization/data/type" => Some("v2.variables.create.organization-type"),
        "/data/relationships/workspace/data/id" => Some("v2.variables.create.workspace-id"),
        "/data/relationships/organization/data/id" => Some("v2.variables.create.organization-id"),
        _ => None,
    }
}

fn of_update(at: &Pointer, broken: Option<&Value>) -> Option<&'static str> {
    match at.as_str() {
        "" | "/data" => Some("jsonapi.update-patch-resource"),
        "/data/type" => Some("v2.variables.update.data-type"),
        "/data/id" | "/data/attributes" if broken.is_none() => Some("v2.variables.update.required-properties"),
        // Explicit null is left open.
        place if place.starts_with("/data/attributes") && broken.is_some_and(Value::is_null) => None,
        "/data/attributes" => Some("v2.variables.update.attributes-object"),
        "/data/attributes/key"
        | "/data/attributes/value"
        | "/data/attributes/category"
        | "/data/attributes/hcl"
        | "/data/attributes/sensitive" => Some("v2.variables.update.attribute-types"),
        _ => None,
    }
}

impl Mutation {
    /// The request that succeeds.
    fn sound(&self) -> Value {
        let value = if self.operation == UPDATE { "two" } else { "one" };
        let attributes = json!({
            "key": "${unique}", "value": value, "category": "terraform", "hcl": false, "sensitive": false,
        });
        if self.operation == UPDATE {
            return json!({"data": {"type": "vars", "id": "${var}", "attributes": attributes}});
        }
        draft::creation(&attributes, "ws")
    }

    /// The request with its one broken place, if there is such a place in it.
    fn body(&self) -> Option<Value> {
        let mut body = self.sound();
        if !matches!(self.shape, Shape::Place | Shape::Meaning) {
            return self.reshaped(body);
        }
        if let (Shape::Meaning, Some(value)) = (self.shape, &self.broken) {
            *body.pointer_mut(self.at.as_str())? = value.clone();
            return Some(body);
        }
        let Some((parent, last)) = self.at.split_last() else { return self.broken.as_ref().map(draft::literal_value) };
        let members = body.pointer_mut(parent.as_str())?.as_object_mut()?;
        match &self.broken {
            Some(broken) => drop(members.insert(last, draft::literal_value(broken))),
            None => drop(members.shift_remove(&last)?),
        }
        Some(body)
    }

    /// The request that succeeds, in another shape.
    fn reshaped(&self, mut body: Value) -> Option<Value> {
        let attributes = "/data/attributes";
        match self.shape {
            Shape::Place | Shape::Meaning => {}
            Shape::Listed => body["data"] = json!([body["data"].take()]),
            Shape::Bare => body = body["data"].take(),
            Shape::Recased => {
                let key = body.pointer_mut(attributes)?.as_object_mut()?.shift_remove("key")?;
                body["data"]["attributes"]["Key"] = key;
            }
            Shape::Dotted => {
                let key = body.pointer_mut(attributes)?.as_object_mut()?.shift_remove("key")?;
                body["data"]["attributes.key"] = key;
            }
            Shape::ClientId => body["data"]["id"] = "1c7e9a52-4b0f-4d63-9a38-5f2be0c6d714".into(),
        }
        Some(body)
    }

    /// What is refused, in words.
    fn title(&self) -> String {
        let what = if self.operation == UPDATE { "An update" } else { "A creation" };
        let place = if self.at.is_root() { "document" } else { self.at.as_str() };
        let how = match self.shape {
            Shape::Meaning => format!("with a {place} that means something else"),
            Shape::Place if self.broken.is_some() => format!("with another {place}"),
            Shape::Place => format!("without {place}"),
            Shape::Listed => "of an array with one resource".to_owned(),
            Shape::Bare => "of a resource without data around it".to_owned(),
            Shape::Recased => format!("with {place} in capital letters"),
            Shape::Dotted => format!("with {place} as a dotted name"),
            Shape::ClientId => "with an id that the client made up".to_owned(),
        };
        let end = if self.requirement.is_some() { "is refused" } else { "may be refused" };
        format!("{what} {how} {end}")
    }

    /// The case that sends it.
    pub(super) fn case(&self) -> Value {
        let mut draft = Draft::new(
            self.title(),
            "It differs in one place from a request that succeeds. What is refused changes nothing.",
        );
        draft.fixture("ws", "workspace");
        // Every request has a key of its own: a server may have a rule of uniqueness.
        let creation = Self { operation: CREATE, ..self.clone() }.sound();
        draft.step(json!({
            "id": "create",
            "operation": CREATE,
            "body": creation,
            "capture": {"var": "/data/id"},
            "checks": [draft::status("v2.variables.create.relationships-form", "success")],
        }));
        draft.step(draft::before("ws"));
        self.refusal(&mut draft);
        draft.finish()
    }

    fn refusal(&self, draft: &mut Draft) {
        let mut step = json!({"id": "send-broken", "operation": self.operation});
        if self.operation == UPDATE {
            step["params"] = json!({"variable_id": "${var}"});
        }
        // Generated bodies always have their place: those without were never made.
        step["body"] = self.body().unwrap_or_default();
        // Some of it is no matter of the schema.
        if !matches!(self.shape, Shape::ClientId | Shape::Meaning) {
            step["valid"] = false.into();
        }
        let observe = json!([{"name": "broken-payload-status", "status": true}]);
        let Some(requirement) = self.requirement else {
            let legal = json!([200, 201, 204, 400, 403, 404, 406, 409, 413, 415, 422]);
            step["checks"] = json!([draft::status("v2.index.standard-response-codes", legal)]);
            step["observe"] = observe;
            return draft.step(step);
        };
        step["capture-if-present"] = json!({"place": "/errors/0/source/pointer"});
        step["capture-if-status"] = json!({"refused": "refused"});
        let expected = if self.shape == Shape::ClientId { json!(403) } else { json!("refused") };
        step["checks"] = json!([draft::status(requirement, expected)]);
        step["observe"] = observe;
        draft.step(step);
        draft.step(json!({
            "id": "send-again",
            "when": ["refused", "place"],
            "like": "send-broken",
            "checks": [{
                "requirement": "jsonapi.error-pointer", "at": "/errors/0/source/pointer", "matches": self.places(),
            }],
        }));
        draft.step(draft::unchanged("ws"));
    }

    /// Places that an error may point to: the broken one, one that it is in, or one in it. Of an owner,
    /// all that names it: the one broken value makes the others mean nothing.
    fn places(&self) -> String {
        // What has another shape has no places in common with what succeeds.
        if !matches!(self.shape, Shape::Place | Shape::Meaning | Shape::Listed) {
            return "^".to_owned();
        }
        let place = self.at.as_str();
        let owner = place.starts_with("/data/relationships");
        let place = if owner { "/data/relationships" } else { place };
        let mut places = vec![String::new()];
        for name in place.split('/').skip(1) {
            places.push(format!("{}/{}", places[places.len() - 1], name));
        }
        let below = places.pop().unwrap_or_default();
        let above: Vec<_> = places.iter().map(|place| regex::escape(place)).collect();
        let filter = if owner { "|/filter(/.*)?" } else { "" };
        format!("^({}|{}(/.*)?{filter})$", above.join("|"), regex::escape(&below))
    }

    /// The same place, broken by less.
    pub(super) fn smaller(&self) -> Vec<Self> {
        if self.shape != Shape::Place {
            return Vec::new();
        }
        let simple: Vec<Value> = match &self.broken {
            None => return Vec::new(),
            Some(Value::Array(items)) if !items.is_empty() => vec![json!([])],
            Some(Value::Object(members)) if !members.is_empty() => vec![json!({})],
            Some(Value::String(text)) => super::text::smaller(text).into_iter().map(Value::from).collect(),
            Some(Value::Number(number)) if number.as_i64() != Some(0) => vec![json!(0)],
            Some(_) => Vec::new(),
        };
        let smaller = simple.into_iter().map(|broken| Self { broken: Some(broken), ..self.clone() });
        smaller.filter(|it| requirement(it.operation, &it.at, it.broken.as_ref()) == it.requirement).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::strategy::ValueTree as _;

    use super::*;

    /// The tables above are no use if nothing gets there.
    #[test]
    fn mutations_reach_the_requirements() {
        let catalog = Catalog::bundled();
        for (strategy, least) in [(creations(catalog).unwrap(), 15), (updates(catalog).unwrap(), 5)] {
            let mut runner = tfe_payload::runner(3);
            let mutations = (0..1000).map(|_| strategy.new_tree(&mut runner).unwrap().current());
            let reached: std::collections::BTreeSet<_> = mutations.filter_map(|it| it.requirement).collect();
            assert!(reached.len() >= least, "{reached:?}");
        }
    }

    #[test]
    fn errors_may_point_to_the_place_and_its_surroundings() {
        let at = Pointer::parse("/data/attributes/key").unwrap();
        let mutation = Mutation { operation: CREATE, at, broken: None, requirement: None, shape: Shape::Place };
        let pattern = regex::Regex::new(&mutation.places()).unwrap();
        for place in ["", "/data", "/data/attributes", "/data/attributes/key", "/data/attributes/key/0"] {
            assert!(pattern.is_match(place), "{place}");
        }
        for place in ["/data/attributes/value", "/data/attributes/keys", "/", "data"] {
            assert!(!pattern.is_match(place), "{place}");
        }
    }
}
