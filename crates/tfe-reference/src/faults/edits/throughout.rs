//! Edits that make every answer of an operation the same wrong one.

use http::StatusCode;
use serde_json::json;

use super::{CREATE, DELETE, Draft, Edit, Fault, LIST, READ, UPDATE, edit};

pub(super) const EDITS: &[Edit] = &[
    edit(Fault::Create500, CREATE, fail),
    edit(Fault::List500, LIST, fail),
    edit(Fault::Read500, READ, fail),
    edit(Fault::Update500, UPDATE, fail),
    edit(Fault::Delete500, DELETE, fail),
    edit(Fault::CreateRefusalsHidden, CREATE, hide_refusal),
    edit(Fault::ListRefusalsHidden, LIST, hide_refusal),
    edit(Fault::ReadRefusalsHidden, READ, hide_refusal),
    edit(Fault::UpdateRefusalsHidden, UPDATE, hide_refusal),
    edit(Fault::DeleteRefusalsHidden, DELETE, hide_refusal),
];

fn fail(draft: &mut Draft) {
    draft.status = StatusCode::INTERNAL_SERVER_ERROR;
    draft.document = Some(json!({ "errors": [{ "status": "500", "title": "internal server error" }] }));
}

/// The body says what is wrong, and the status does not. Who asks is told apart all the same.
fn hide_refusal(draft: &mut Draft) {
    if draft.status.is_client_error() && draft.status != StatusCode::UNAUTHORIZED {
        draft.status = StatusCode::OK;
    }
}
