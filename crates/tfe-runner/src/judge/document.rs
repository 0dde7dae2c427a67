//! Rules of JSON:API documents that no schema can say, because they compare distant places.

use std::collections::BTreeSet;

use serde_json::Value;
use tfe_schema::{Catalog, Pointer};

use super::Finding;

/// Resource objects without the fields that the schema of their type does not name: those are the server's own business,
/// and may change with every answer.
pub(super) fn documented(resources: &Value, catalog: &Catalog) -> Value {
    let mut resources = resources.clone();
    for resource in resources.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        let Some(name) = resource.get("type").and_then(Value::as_str).map(str::to_owned) else { continue };
        for fields in ["attributes", "relationships"] {
            let known = named(catalog, &name, fields);
            if let Some(fields) = resource.get_mut(fields).and_then(Value::as_object_mut)
                && !known.is_empty()
            {
                fields.retain(|name, _| known.contains(name.as_str()));
            }
        }
    }
    resources
}

/// The fields of a resource type that its schema names.
fn named<'c>(catalog: &'c Catalog, resource_type: &str, fields: &str) -> BTreeSet<&'c str> {
    let documents =
        catalog.schemas().filter(|schema| schema.id().ends_with("/resource")).map(tfe_schema::Schema::document);
    let branches =
        |document: &'c Value| std::iter::once(document).chain(document["allOf"].as_array().into_iter().flatten());
    let is_of_type = |document: &&'c Value| {
        branches(document)
            .any(|branch| branch.pointer("/properties/type/const").is_some_and(|name| name == resource_type))
    };
    let place = format!("/properties/{fields}/properties");
    let named =
        documents.filter(is_of_type).flat_map(branches).filter_map(|branch| branch.pointer(&place)?.as_object());
    named.flat_map(|members| members.keys().map(String::as_str)).collect()
}

/// JSON:API 1.0, "Resource Objects": "each resource object's `type` and `id` pair MUST identify a
/// single, unique resource".
pub(super) fn unique_resources(document: &Value) -> Finding {
    let mut seen = BTreeSet::new();
    report(
        items(document.get("data")).filter_map(identity).filter(|identity| !seen.insert(*identity)),
        "twice in `/data`",
    )
}

/// JSON:API 1.0, "Compound Documents": not "more than one resource object for each type and id pair".
pub(super) fn unique_included(document: &Value) -> Finding {
    let mut seen: BTreeSet<_> = items(document.get("data")).filter_map(identity).collect();
    let included = items(document.get("included")).filter_map(identity);
    report(included.filter(|identity| !seen.insert(*identity)), "included, and in the document already")
}

/// JSON:API 1.0, "Compound Documents": "every included resource MUST be identified by at least one
/// resource identifier object in the same document".
pub(super) fn full_linkage(document: &Value) -> Finding {
    let primary = items(document.get("data"));
    let included = items(document.get("included"));
    let mut linked: BTreeSet<_> =
        primary.clone().filter(|item| item.get("attributes").is_none()).filter_map(identity).collect();
    for resource in primary.chain(included.clone()) {
        let relationships = resource.get("relationships").and_then(Value::as_object);
        for relationship in relationships.into_iter().flat_map(|members| members.values()) {
            linked.extend(items(relationship.get("data")).filter_map(identity));
        }
    }
    report(
        included.filter_map(identity).filter(|identity| !linked.contains(identity)),
        "included, but linked from nowhere",
    )
}

/// JSON:API 1.0, "Fields": "a resource can not have an attribute and relationship with the same name".
pub(super) fn disjoint_fields(document: &Value) -> Finding {
    for resource in items(document.get("data")).chain(items(document.get("included"))) {
        let names = |member: &str| -> BTreeSet<&String> {
            let object = resource.get(member).and_then(Value::as_object);
            object.into_iter().flat_map(|members| members.keys()).collect()
        };
        if let Some(name) = names("attributes").intersection(&names("relationships")).next() {
            return Finding::Deviates(format!("`{name}` is both an attribute and a relationship"));
        }
    }
    Finding::Holds
}

/// JSON:API 1.0, "Error Objects": `source.pointer` is "a JSON Pointer [RFC6901] to the associated
/// entity in the request document". A missing member is associated by naming where it should be.
pub(super) fn error_pointers(document: &Value) -> Finding {
    let pointers = items(document.get("errors")).filter_map(|error| error.pointer("/source/pointer"));
    for pointer in pointers.filter_map(Value::as_str) {
        if let Err(error) = Pointer::parse(pointer) {
            return Finding::Deviates(error.to_string());
        }
    }
    Finding::Holds
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> + Clone {
    let (one, many): (Option<&Value>, &[Value]) = match value {
        Some(Value::Array(items)) => (None, items),
        Some(object @ Value::Object(_)) => (Some(object), &[]),
        _ => (None, &[]),
    };
    one.into_iter().chain(many)
}

fn identity(item: &Value) -> Option<(&str, &str)> {
    Some((item.get("type")?.as_str()?, item.get("id")?.as_str()?))
}

fn report<'v>(mut broken: impl Iterator<Item = (&'v str, &'v str)>, what: &str) -> Finding {
    match broken.next() {
        Some((kind, id)) => Finding::Deviates(format!("{kind} `{id}` is {what}")),
        None => Finding::Holds,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resource(id: &str) -> Value {
        json!({"type": "vars", "id": id, "attributes": {}})
    }

    #[test]
    fn duplicates_are_seen() {
        assert_eq!(unique_resources(&json!({"data": [resource("1"), resource("2")]})), Finding::Holds);
        assert_ne!(unique_resources(&json!({"data": [resource("1"), resource("1")]})), Finding::Holds);
        assert_ne!(unique_included(&json!({"data": resource("1"), "included": [resource("1")]})), Finding::Holds);
        assert_ne!(unique_included(&json!({"data": [], "included": [resource("1"), resource("1")]})), Finding::Holds);
    }

    #[test]
    fn included_resources_need_a_link() {
        let linked = json!({
            "data": {"type": "vars", "id": "1", "attributes": {}, "relationships": {"w": {"data": {"type": "ws", "id": "2"}}}},
            "included": [{"type": "ws", "id": "2", "attributes": {}}],
        });
        assert_eq!(full_linkage(&linked), Finding::Holds);
        let mut unlinked = linked;
        unlinked["included"][0]["id"] = json!("3");
        assert_ne!(full_linkage(&unlinked), Finding::Holds);
    }

    #[test]
    fn pointers_have_the_form_of_the_rfc() {
        let errors = |pointer: &str| json!({"errors": [{"source": {"pointer": pointer}}]});
        assert_eq!(error_pointers(&errors("/data/attributes/key")), Finding::Holds);
        assert_eq!(error_pointers(&errors("")), Finding::Holds);
        assert_ne!(error_pointers(&errors("data.attributes.key")), Finding::Holds);
        assert_eq!(error_pointers(&json!({"errors": [{"source": {"parameter": "x"}}]})), Finding::Holds);
    }

    #[test]
    fn fields_share_one_namespace() {
        let clash = json!({"data": {"attributes": {"a": 1}, "relationships": {"a": {"data": null}}}});
        assert_ne!(disjoint_fields(&clash), Finding::Holds);
    }
}
