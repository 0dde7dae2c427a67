//! What the schemas say beyond valid or not: which attributes a resource has, and what they are when left out.

use serde_json::{Map, Value};
use tfe_schema::Catalog;

/// The schemas of attributes inside a resource schema, and inside a request schema.
pub(crate) const IN_RESOURCE: &str = "/properties/attributes/properties";
pub(crate) const IN_REQUEST: &str = "/properties/data/properties/attributes/properties";

/// The subschemas of all attributes that a schema names, by name, in its order. The rules of one attribute may be
/// spread over several branches of `allOf`; they come together here.
pub(crate) fn attributes(schema: &str, place: &str) -> Map<String, Value> {
    let mut found: Map<String, Value> = Map::new();
    let Some(schema) = Catalog::bundled().schema(schema) else { return found };
    let branches = schema.document()["allOf"].as_array().into_iter().flatten();
    for (name, rules) in branches.filter_map(|branch| branch.pointer(place)?.as_object()).flatten() {
        let merged = found.entry(name.as_str()).or_insert_with(|| Value::Object(Map::new()));
        if let (Some(merged), Some(rules)) = (merged.as_object_mut(), rules.as_object()) {
            merged.extend(rules.clone());
        }
    }
    found
}

/// The values that attributes of a request have when they are left out.
pub(crate) fn defaults(schema: &str) -> Map<String, Value> {
    let attributes = attributes(schema, IN_REQUEST).into_iter();
    attributes.filter_map(|(name, rules)| Some((name, rules.get("default")?.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn attributes_and_defaults_come_from_the_schemas() {
        let names: Vec<_> =
            attributes("v2/variables/resource", IN_RESOURCE).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["key", "value", "sensitive", "category", "hcl"]);
        assert_eq!(Value::from(defaults("v2/variables/create-request")), json!({ "hcl": false, "sensitive": false }));
        assert!(attributes("no/such-schema", IN_RESOURCE).is_empty());
    }
}
