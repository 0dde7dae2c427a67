//! Edits of answers with variables.

use http::StatusCode;
use http::header::LOCATION;
use serde_json::{Map, Value, json};

use super::{CREATE, DELETE, Draft, Edit, Fault, LIST, UPDATE, VARIABLES, edit, rename, set, take};

pub(super) const EDITS: &[Edit] = &[
    // Members that are lost, have another name, or another type.
    edit(Fault::ShownWithoutCategory, LIST, |draft| {
        draft.each_unfiltered(|resource| drop(take(resource, "/attributes", "category")));
    }),
    edit(Fault::ShownHclRenamed, CREATE, |draft| {
        draft.each_resource(|resource| rename(resource, "/attributes", "hcl", "is-hcl"));
    }),
    edit(Fault::ShownSensitiveAsText, UPDATE, |draft| {
        draft.each_resource(|resource| {
            if let Some(sensitive) = take(resource, "/attributes", "sensitive") {
                set(resource, "/attributes", "sensitive", sensitive.to_string());
            }
        });
    }),
    edit(Fault::ShownHclAsNull, LIST, |draft| {
        draft.each_unfiltered(|resource| {
            if resource.pointer("/attributes/hcl") == Some(&json!(false)) {
                set(resource, "/attributes", "hcl", Value::Null);
            }
        });
    }),
    edit(Fault::ShownTypeRenamed, UPDATE, |draft| {
        draft.each_resource(|resource| set(resource, "", "type", "variables"));
    }),
    edit(Fault::UpdateIdChanged, UPDATE, |draft| {
        draft.each_resource(|resource| {
            let id = resource["id"].as_str().map(str::to_uppercase);
            set(resource, "", "id", id);
        });
    }),
    edit(Fault::ShownConfigurableRenamed, CREATE, |draft| {
        draft.each_resource(|resource| rename(resource, "/relationships", "configurable", "workspace"));
    }),
    edit(Fault::ShownConfigurableMissing, LIST, |draft| {
        draft.each_unfiltered(|resource| drop(take(resource, "/relationships", "configurable")));
    }),
    edit(Fault::RelatedLinkMissing, VARIABLES, |draft| {
        draft.each_resource(|resource| drop(take(resource, "/relationships/configurable", "links")));
    }),
    edit(Fault::RelatedLinkById, VARIABLES, |draft| {
        draft.each_resource(|resource| {
            let id = resource.pointer("/relationships/configurable/data/id").and_then(Value::as_str);
            let link = id.map(|id| format!("/api/v2/workspaces/{id}"));
            set(resource, "/relationships/configurable/links", "related", link);
        });
    }),
    edit(Fault::RelatedLinkElsewhere, VARIABLES, |draft| {
        draft.each_resource(|resource| set(resource, "/relationships/configurable/links", "related", "/api/v2/vars"));
    }),
    edit(Fault::SelfLinkMissing, VARIABLES, |draft| draft.each_resource(|resource| drop(take(resource, "", "links")))),
    edit(Fault::SelfLinkElsewhere, VARIABLES, |draft| {
        draft.each_resource(|resource| set(resource, "/links", "self", "/api/v2/vars"));
    }),
    edit(Fault::SelfLinkSlash, VARIABLES, |draft| {
        draft.each_resource(|resource| {
            let link = resource.pointer("/links/self").and_then(Value::as_str).map(|link| format!("{link}/"));
            set(resource, "/links", "self", link);
        });
    }),
    edit(Fault::CreateIdRepeated, CREATE, |draft| {
        draft.each_resource(|resource| set(resource, "", "id", "var-0000000000000001"));
    }),
    edit(Fault::CreateTypeRenamed, CREATE, |draft| {
        draft.each_resource(|resource| set(resource, "", "type", "variables"));
    }),
    edit(Fault::CreateWithoutAttributes, CREATE, |draft| {
        draft.each_resource(|resource| drop(take(resource, "", "attributes")));
    }),
    // Collections.
    edit(Fault::ListTypeRenamed, LIST, |draft| {
        draft.each_resource(|resource| set(resource, "", "type", "variables"));
    }),
    edit(Fault::ListIdsUpperCased, LIST, |draft| {
        draft.each_resource(|resource| {
            let id = resource["id"].as_str().map(str::to_uppercase);
            set(resource, "", "id", id);
        });
    }),
    edit(Fault::ListWithoutAttributes, LIST, |draft| {
        draft.each_resource(|resource| drop(take(resource, "", "attributes")));
    }),
    edit(Fault::ListConfigurableElsewhere, LIST, |draft| {
        draft.each_resource(|resource| set(resource, "/relationships/configurable/data", "id", "ws-0000000000000001"));
    }),
    edit(Fault::ListKeyedById, LIST, |draft| {
        let whole = is_unfiltered(draft);
        draft.set_beside_data("data", |document| {
            let Some(resources) = document["data"].as_array().filter(|resources| whole || resources.len() > 1) else {
                return document["data"].clone();
            };
            let id = |resource: &Value| resource["id"].as_str().unwrap_or_default().to_owned();
            resources.iter().map(|resource| (id(resource), resource.clone())).collect::<Map<_, _>>().into()
        });
    }),
    edit(Fault::ListItemsWithoutId, LIST, |draft| {
        draft.each_unfiltered(|resource| drop(take(resource, "", "id")));
    }),
    edit(Fault::ListAsIdentifiers, LIST, |draft| {
        draft.each_unfiltered(|resource| *resource = json!({ "type": resource["type"], "id": resource["id"] }));
    }),
    // Creations.
    edit(Fault::Create200WithoutId, CREATE, |draft| {
        draft.restate(StatusCode::CREATED, 200);
        draft.each_resource(|resource| drop(take(resource, "", "id")));
    }),
    edit(Fault::Create200, CREATE, |draft| draft.restate(StatusCode::CREATED, 200)),
    edit(Fault::CreateWithoutLocation, CREATE, |draft| drop(draft.headers.remove(LOCATION))),
    edit(Fault::CreateLocationElsewhere, CREATE, |draft| {
        if draft.headers.contains_key(LOCATION) {
            draft.set_header(LOCATION, "/api/v2/vars");
        }
    }),
    // Updates.
    edit(Fault::Update202, UPDATE, |draft| draft.restate(StatusCode::OK, 202)),
    edit(Fault::Update204, UPDATE, |draft| {
        if draft.status == StatusCode::OK {
            draft.restate(StatusCode::OK, 204);
            draft.document = None;
        }
    }),
    // Deletions.
    edit(Fault::Delete200Empty, DELETE, |draft| draft.restate(StatusCode::NO_CONTENT, 200)),
    edit(Fault::Delete202, DELETE, |draft| draft.restate(StatusCode::NO_CONTENT, 202)),
];

impl Draft {
    /// Every resource of a list without a filter.
    fn each_unfiltered(&mut self, change: impl Fn(&mut Value)) {
        if is_unfiltered(self) {
            self.each_resource(change);
        }
    }
}

/// Whether a list has variables of several workspaces, as one without a filter has.
fn is_unfiltered(draft: &Draft) -> bool {
    let resources = draft.document.as_ref().and_then(|document| document.get("data")?.as_array());
    let owner = |resource: &Value| resource.pointer("/relationships/configurable/data/id").cloned();
    resources.is_some_and(|resources| resources.iter().any(|resource| owner(resource) != owner(&resources[0])))
}
