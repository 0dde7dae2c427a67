//! Edits of refusals.

use http::StatusCode;
use serde_json::{Value, json};

use super::{ALL, CREATE, DELETE, Edit, Fault, UPDATE, VARIABLES, edit, set, take};

pub(super) const EDITS: &[Edit] = &[
    edit(Fault::ErrorNotJsonApi, ALL, |draft| {
        if draft.status.is_client_error() {
            draft.document = Some(json!({ "error": draft.status.canonical_reason() }));
        }
    }),
    edit(Fault::ErrorHtml, ALL, |draft| {
        if draft.status.is_client_error() {
            draft.become_html();
        }
    }),
    edit(Fault::ErrorsAsObject, ALL, |draft| {
        if let Some(errors) = draft.document.as_mut().and_then(|document| document.get_mut("errors")) {
            *errors = errors[0].take();
        }
    }),
    edit(Fault::ErrorStatusAsNumber, ALL, |draft| {
        let status = draft.status.as_u16();
        draft.each_error(|error| set(error, "", "status", status));
    }),
    edit(Fault::ErrorSourceAsText, ALL, |draft| {
        draft.each_error(|error| {
            if let Some(source) = take(error, "", "source") {
                set(error, "", "source", source.to_string());
            }
        });
    }),
    edit(Fault::ErrorPointerDotted, ALL, |draft| {
        draft.each_error(|error| {
            let pointer = error.pointer("/source/pointer").and_then(Value::as_str);
            if let Some(dotted) = pointer.map(|pointer| pointer.trim_start_matches('/').replace('/', ".")) {
                set(error, "/source", "pointer", dotted);
            }
        });
    }),
    edit(Fault::SeveralProblems409, VARIABLES, |draft| {
        let errors = draft.document.as_ref().and_then(|document| document.get("errors")?.as_array());
        if errors.is_some_and(|errors| errors.len() > 1) {
            draft.restate(StatusCode::UNPROCESSABLE_ENTITY, 409);
        }
    }),
    edit(Fault::StatusUnregistered, CREATE, |draft| draft.restate(StatusCode::UNPROCESSABLE_ENTITY, 499)),
    // Refusals with another status than the rule names, each by the operation and the status that it should have.
    edit(Fault::Missing400, ALL, |draft| draft.restate(StatusCode::NOT_FOUND, 400)),
    edit(Fault::CreateWrongType422, CREATE, |draft| draft.restate(StatusCode::CONFLICT, 422)),
    edit(Fault::UpdateWrongType422, UPDATE, |draft| draft.restate(StatusCode::CONFLICT, 422)),
    edit(Fault::UnknownWorkspace422, CREATE, |draft| draft.restate(StatusCode::NOT_FOUND, 422)),
    edit(Fault::UpdateMissing410, UPDATE, |draft| draft.restate(StatusCode::NOT_FOUND, 410)),
    edit(Fault::ContentTypeParameters400, ALL, |draft| draft.restate(StatusCode::UNSUPPORTED_MEDIA_TYPE, 400)),
    edit(Fault::DeleteMissing204, DELETE, |draft| {
        draft.restate(StatusCode::NOT_FOUND, 204);
        draft.document = None;
    }),
    edit(Fault::ConflictWithoutDetails, CREATE, |draft| {
        if draft.status == StatusCode::CONFLICT {
            draft.each_error(without_details);
        }
    }),
    edit(Fault::UpdateConflictWithoutDetails, UPDATE, |draft| {
        if draft.status == StatusCode::CONFLICT {
            draft.each_error(without_details);
        }
    }),
];

fn without_details(error: &mut Value) {
    for name in ["detail", "source"] {
        take(error, "", name);
    }
}
