//! Faults that let a request document pass which the rules refuse, or refuse one that they allow.

use http::StatusCode;
use serde_json::{Value, json};
use tfe_schema::Violation;

use super::{Fault, Faults};
use crate::call::Operation::{self, CreateVariable, UpdateVariable};
use crate::jsonapi::Refusal;

/// Rules of the request schemas that faults overlook: the operation, the place, and the keyword.
const OVERLOOKED: &[(Fault, Operation, &str, &str)] = &[
    (Fault::CreateWithoutTypeAccepted, CreateVariable, "/data/type", "required"),
    (Fault::CreateWrongTypeAccepted, CreateVariable, "/data/type", "const"),
    (Fault::UpdateWrongTypeAccepted, UpdateVariable, "/data/type", "const"),
    (Fault::WorkspaceTypeUnchecked, CreateVariable, "/data/relationships/workspace/data/type", "const"),
    (Fault::OrganizationTypeUnchecked, CreateVariable, "/data/relationships/organization/data/type", "const"),
    (Fault::RelationshipWithoutDataAccepted, CreateVariable, "/data/relationships/organization/data", "required"),
    (Fault::RelationshipWithoutDataAccepted, CreateVariable, "/data/relationships/organization", "anyOf"),
    (Fault::UpdateUnlinksWithoutData, UpdateVariable, "/data/relationships/workspace/data", "required"),
    (Fault::UpdateUnlinksWithoutData, UpdateVariable, "/data/relationships/workspace", "anyOf"),
    (Fault::KeyOptional, CreateVariable, "/data/attributes/key", "required"),
    (Fault::OrganizationOptional, CreateVariable, "/data/relationships/organization", "required"),
    (Fault::OrganizationIdOptional, CreateVariable, "/data/relationships/organization/data/id", "required"),
    (Fault::OrganizationTypeOptional, CreateVariable, "/data/relationships/organization/data/type", "required"),
    (Fault::WorkspaceTypeOptional, CreateVariable, "/data/relationships/workspace/data/type", "required"),
    (Fault::ValueOptional, CreateVariable, "/data/attributes/value", "required"),
    (Fault::CategoryOptional, CreateVariable, "/data/attributes/category", "required"),
    (Fault::UnknownCategoryAccepted, CreateVariable, "/data/attributes/category", "enum"),
    (Fault::KeyNumberAccepted, CreateVariable, "/data/attributes/key", "type"),
    (Fault::ValueNumberAccepted, CreateVariable, "/data/attributes/value", "type"),
    (Fault::CategoryNumberAccepted, CreateVariable, "/data/attributes/category", "type"),
    (Fault::CategoryNumberAccepted, CreateVariable, "/data/attributes/category", "enum"),
    (Fault::HclTextAccepted, CreateVariable, "/data/attributes/hcl", "type"),
    (Fault::SensitiveTextAccepted, CreateVariable, "/data/attributes/sensitive", "type"),
    (Fault::UpdateIdOptional, UpdateVariable, "/data/id", "required"),
    (Fault::UpdateAttributesUnchecked, UpdateVariable, "/data/attributes", "type"),
    (Fault::UpdateTypesUnchecked, UpdateVariable, "/data/attributes/key", "type"),
    (Fault::UpdateTypesUnchecked, UpdateVariable, "/data/attributes/value", "type"),
    (Fault::UpdateTypesUnchecked, UpdateVariable, "/data/attributes/hcl", "type"),
    (Fault::UpdateTypesUnchecked, UpdateVariable, "/data/attributes/sensitive", "type"),
    (Fault::UpdateCategoryUnchecked, UpdateVariable, "/data/attributes/category", "enum"),
];

pub(crate) fn overlooks(faults: &Faults, operation: Operation, violation: &Violation) -> bool {
    let place = violation.subject();
    let is_null = operation == UpdateVariable
        && place.as_str().starts_with("/data/attributes/")
        && violation.message.ends_with("got null");
    if is_null && faults.hit(Fault::UpdateNullStored) {
        return true;
    }
    OVERLOOKED.iter().any(|(fault, of, pointer, keyword)| {
        operation == *of && place.as_str() == *pointer && violation.keyword == *keyword && faults.hit(*fault)
    })
}

/// Whether a document of another type is taken.
pub(crate) fn any_type(faults: &Faults, operation: Operation) -> bool {
    match operation {
        CreateVariable => faults.hit(Fault::CreateWrongTypeAccepted),
        UpdateVariable => faults.hit(Fault::UpdateWrongTypeAccepted),
        _ => false,
    }
}

/// Whether a new resource may have an id.
pub(crate) fn any_id(faults: &Faults) -> bool {
    faults.hit(Fault::ClientIdIgnored) || faults.hit(Fault::ClientIdOverwrites)
}

/// The document as a server with these faults reads it.
pub(crate) fn read(faults: &Faults, operation: Operation, document: Value) -> Result<Value, Refusal> {
    match operation {
        CreateVariable => {
            check_creation(faults, &document)?;
            Ok(creation(faults, document))
        }
        UpdateVariable => {
            let order = members(document.get("data"));
            if order.first().is_some_and(|first| *first == "id")
                && order.last().is_some_and(|last| *last == "type")
                && faults.hit(Fault::UpdateSampleOrderMatters)
            {
                return Err(refusal(StatusCode::BAD_REQUEST, "The type must be known before the attributes."));
            }
            Ok(unwrapped(faults, Fault::UpdateArrayAccepted, document))
        }
        _ => Ok(document),
    }
}

/// Refuses what is allowed.
fn check_creation(faults: &Faults, document: &Value) -> Result<(), Refusal> {
    let unknown =
        |place: &str, known: &[&str]| members(document.pointer(place)).iter().any(|name| !known.contains(name));
    let resource = ["type", "id", "attributes", "relationships", "links", "meta"];
    if (unknown("", &["data", "filter"]) || unknown("/data", &resource)) && faults.hit(Fault::UnknownMembersRefused) {
        return Err(refusal(StatusCode::BAD_REQUEST, "The document has an unknown member."));
    }
    if unknown("/data/attributes", &["key", "value", "category", "hcl", "sensitive"])
        && faults.hit(Fault::UnknownAttributesRefused)
    {
        return Err(Refusal::invalid_attribute("The attribute is unknown."));
    }
    let (filter, relationships) = (document.get("filter"), document.pointer("/data/relationships"));
    if is_whole_environment_variable(document) && filter.is_none() && faults.hit(Fault::RelationshipsRefused) {
        return Err(Refusal::invalid_attribute("The filter is missing."));
    }
    if relationships.is_none() && filter.is_some() && faults.hit(Fault::FilterFormRefused) {
        return Err(Refusal::invalid_attribute("The relationships are missing."));
    }
    let order = members(document.pointer("/data/relationships/organization/data"));
    if order == ["id", "type"] && faults.hit(Fault::CreateSampleOrderMatters) {
        return Err(refusal(StatusCode::BAD_REQUEST, "The type must be known before the id."));
    }
    let attribute = |name: &str| document.pointer("/data/attributes")?.get(name);
    let value = attribute("value").and_then(Value::as_str).unwrap_or_default();
    if value.len() > 32_768 && faults.hit(Fault::ValueLongRefused) {
        return Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "The value is too long."));
    }
    if attribute("category") == Some(&json!("env"))
        && attribute("hcl") == Some(&json!(true))
        && faults.hit(Fault::HclRefusedForEnvironment)
    {
        return Err(Refusal::invalid_attribute("An environment variable has no HCL."));
    }
    Ok(())
}

/// Whether a creation is about an environment variable and gives all attributes: few do, so that a fault which is about
/// these does not hide what else there is to see.
pub(crate) fn is_whole_environment_variable(document: &Value) -> bool {
    let attributes = document.pointer("/data/attributes").and_then(Value::as_object);
    attributes.is_some_and(|attributes| attributes.len() == 5 && attributes.get("category") == Some(&json!("env")))
}

/// Makes a document of a creation from what is none.
fn creation(faults: &Faults, document: Value) -> Value {
    let mut document = unwrapped(faults, Fault::CreateArrayAccepted, document);
    if document.get("data").is_none() && document.get("type").is_some() && faults.hit(Fault::CreateBareResourceAccepted)
    {
        return json!({ "data": document });
    }
    let is_dotted = |name: &str| name.contains('.');
    if members(Some(&document)).iter().chain(&members(document.get("data"))).any(|name| is_dotted(name))
        && faults.hit(Fault::CreateDottedMembersAccepted)
    {
        undot(&mut document);
    }
    let attributes = document.pointer_mut("/data/attributes").and_then(Value::as_object_mut);
    if let Some(attributes) = attributes
        && attributes.keys().any(|name| name.to_lowercase() != *name)
        && faults.hit(Fault::CreateMemberCaseIgnored)
    {
        *attributes =
            std::mem::take(attributes).into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
    }
    document
}

/// `{"data": [x]}` as `{"data": x}`.
fn unwrapped(faults: &Faults, fault: Fault, mut document: Value) -> Value {
    if let Some([only]) = document.get("data").and_then(Value::as_array).map(Vec::as_slice)
        && faults.hit(fault)
    {
        document["data"] = only.clone();
    }
    document
}

/// Puts members with dotted names where their names say: `data.type` from the top of the document or from `data`,
/// `attributes.key` from `data`.
fn undot(document: &mut Value) {
    let top = document.as_object().cloned().unwrap_or_default();
    let data = document.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, value) in top.into_iter().chain(data).filter(|(name, _)| name.contains('.')) {
        let path = name.strip_prefix("data.").unwrap_or(&name);
        let (parent, member) = path.rsplit_once('.').unwrap_or(("", path));
        let parent = if parent.is_empty() { "/data".to_owned() } else { format!("/data/{parent}") };
        if let Some(object) = document.pointer_mut(&parent).and_then(Value::as_object_mut) {
            object.insert(member.to_owned(), value);
        }
        for place in ["", "/data"] {
            document.pointer_mut(place).and_then(Value::as_object_mut).and_then(|object| object.remove(&name));
        }
    }
}

/// The names of an object's members, in their order.
fn members(object: Option<&Value>) -> Vec<&str> {
    object.and_then(Value::as_object).into_iter().flat_map(|object| object.keys().map(String::as_str)).collect()
}

fn refusal(status: StatusCode, detail: &str) -> Refusal {
    Refusal::new(status, "refused", detail)
}
