//! Edits that break the form of documents.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::{ALL, CREATE, Edit, Fault, LIST, READ, UPDATE, VARIABLES, edit, set, take};

pub(super) const EDITS: &[Edit] = &[
    edit(Fault::PlainJsonMediaType, ALL, |draft| draft.set_header(CONTENT_TYPE, "application/json")),
    edit(Fault::MediaTypeWithCharset, ALL, |draft| {
        draft.set_header(CONTENT_TYPE, "application/vnd.api+json; charset=utf-8");
    }),
    // Reads: no other answer is wrong for the same reason.
    edit(Fault::ReadArrayAtRoot, READ, |draft| {
        draft.document = draft.document.take().map(|document| json!([document]));
    }),
    edit(Fault::ReadHtml, READ, |draft| {
        if draft.status.is_success() {
            draft.become_html();
        }
    }),
    edit(Fault::ReadWithoutData, READ, |draft| {
        draft.set_beside_data("jsonapi", |_| json!({ "version": "1.0" }));
        draft.document.as_mut().and_then(|document| take(document, "", "data"));
    }),
    edit(Fault::ReadDataAsText, READ, |draft| draft.set_beside_data("data", |document| document["data"]["id"].clone())),
    edit(Fault::ReadDataBesideErrors, READ, |draft| {
        draft.set_beside_data("errors", |_| json!([{ "title": "none" }]));
    }),
    edit(Fault::ReadWithArray, READ, |draft| draft.set_beside_data("data", |document| json!([document["data"]]))),
    edit(Fault::ReadMissing, READ, |draft| {
        draft.restate(StatusCode::OK, 404);
        draft.set_beside_data("errors", |_| json!([{ "status": "404", "title": "not found" }]));
        draft.document.as_mut().and_then(|document| take(document, "", "data"));
    }),
    edit(Fault::ReadWithoutType, READ, |draft| draft.each_resource(|resource| drop(take(resource, "", "type")))),
    edit(Fault::ReadIdAsNumber, READ, |draft| draft.each_resource(|resource| set(resource, "", "id", 1))),
    edit(Fault::ReadAttributesAsList, READ, |draft| draft.each_resource(|resource| as_list(resource, "attributes"))),
    edit(Fault::ReadRelationshipsAsList, READ, |draft| {
        draft.each_resource(|resource| as_list(resource, "relationships"));
    }),
    edit(Fault::ReadRelationshipEmpty, READ, |draft| {
        draft.each_resource(|resource| set(resource, "/relationships", "configurable", json!({})));
    }),
    edit(Fault::ReadLinkageAsId, READ, |draft| {
        draft.each_resource(|resource| {
            let id = resource.pointer(WORKSPACE_ID).cloned();
            set(resource, "/relationships/configurable", "data", id);
        });
    }),
    edit(Fault::ReadLinkageWithoutType, READ, |draft| {
        draft.each_resource(|resource| drop(take(resource, LINKAGE, "type")));
    }),
    edit(Fault::ReadLinkageTypeIllegal, READ, |draft| {
        draft.each_resource(|resource| set(resource, LINKAGE, "type", "work/spaces"));
    }),
    // Members that a document may have, in a form that they may not have.
    edit(Fault::LinksAsText, READ, |draft| {
        draft.each_resource(|resource| {
            let link = resource.pointer("/links/self").cloned();
            set(resource, "", "links", link);
        });
    }),
    edit(Fault::RelatedLinkInvalid, LIST, |draft| {
        draft.each_resource(|resource| {
            set(resource, "/relationships/configurable/links", "related", "http://[workspace");
        });
    }),
    edit(Fault::MetaAsText, LIST, |draft| draft.set_beside_data("meta", |_| json!("whole"))),
    edit(Fault::VersionAsText, VARIABLES, |draft| {
        draft.document.iter_mut().for_each(|document| set(document, "", "jsonapi", "1.0"));
    }),
    edit(Fault::MemberNameIllegal, LIST, |draft| {
        draft.each_resource(|resource| set(resource, "/attributes", " note", "none"));
    }),
    edit(Fault::AttributeNamedId, CREATE, |draft| {
        draft.each_resource(|resource| {
            let id = resource["id"].clone();
            set(resource, "/attributes", "id", id);
        });
    }),
    edit(Fault::AttributeLikeRelationship, UPDATE, |draft| {
        draft.each_resource(|resource| set(resource, "/attributes", "configurable", true));
    }),
    edit(Fault::ForeignKeyShown, VARIABLES, |draft| {
        draft.each_resource(|resource| {
            let id = resource.pointer(WORKSPACE_ID).cloned();
            set(resource, "/attributes", "workspace-id", id);
        });
    }),
    edit(Fault::ForeignKeysNamedOtherwise, VARIABLES, |draft| {
        draft.each_resource(|resource| {
            let id = resource.pointer(WORKSPACE_ID).cloned();
            for name in ["workspace_id", "configurable-id", "configurable_id"] {
                set(resource, "/attributes", name, id.clone());
            }
        });
    }),
    edit(Fault::MembersDoubled, LIST, |draft| {
        let text = draft.document.as_ref().map(Value::to_string).unwrap_or_default();
        draft.text = Some(text.replacen('{', r#"{"meta":{},"meta":{},"#, 1));
    }),
    edit(Fault::IncludedAsObject, LIST, |draft| draft.set_beside_data("included", |_| json!({}))),
    edit(Fault::IncludedUnlinked, LIST, |draft| {
        draft.set_beside_data("included", |_| json!([{ "type": "workspaces", "id": "ws-unlinked" }]));
    }),
    edit(Fault::IncludedTwice, LIST, |draft| {
        draft.set_beside_data("included", |document| {
            let workspace = document.pointer("/data/0/relationships/configurable/data");
            workspace.into_iter().chain(workspace).cloned().collect()
        });
    }),
    edit(Fault::IncludedWithoutData, VARIABLES, |draft| {
        if let Some(document) = draft.document.as_mut().filter(|document| document.get("errors").is_some()) {
            set(document, "", "included", json!([]));
        }
    }),
    // Collections.
    edit(Fault::EmptyListAsNull, LIST, |draft| {
        if draft.document.as_ref().is_some_and(|document| document["data"] == json!([])) {
            draft.set_beside_data("data", |_| Value::Null);
        }
    }),
    edit(Fault::ListOfOneAsObject, LIST, |draft| {
        if let Some([only]) =
            draft.document.as_ref().and_then(|document| document.get("data")?.as_array()).map(Vec::as_slice)
        {
            let only = only.clone();
            draft.set_beside_data("data", |_| only);
        }
    }),
    edit(Fault::ListRepeats, LIST, |draft| {
        if let Some(Value::Array(resources)) = draft.document.as_mut().and_then(|document| document.get_mut("data")) {
            resources.extend(resources.first().cloned());
        }
    }),
    edit(Fault::EmptyList203, LIST, |draft| {
        if draft.document.as_ref().is_some_and(|document| document["data"] == json!([])) {
            draft.restate(StatusCode::OK, 203);
        }
    }),
    edit(Fault::PageLinksRenamed, LIST, |draft| {
        let document = draft.document.as_mut();
        if let Some(next) = document.filter(|document| document.pointer("/links/next").is_some()) {
            set(next, "/links", "next", 2);
        }
    }),
];

const LINKAGE: &str = "/relationships/configurable/data";
const WORKSPACE_ID: &str = "/relationships/configurable/data/id";

/// `{"a": 1}` as `[{"name": "a", "value": 1}]`.
fn as_list(resource: &mut Value, name: &str) {
    let members = resource[name].as_object().cloned().into_iter().flatten();
    let list: Vec<_> = members.map(|(name, value)| json!({ "name": name, "value": value })).collect();
    set(resource, "", name, list);
}
