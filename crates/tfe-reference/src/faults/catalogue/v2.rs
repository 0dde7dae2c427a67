//! What the server may do wrong on v2, and with JSON:API.

use super::{Entry, Fault};

pub(super) const FAULTS: &[Entry] = &[
    Entry {
        fault: Fault::Foreign403,
        name: "foreign-403",
        description: "Answers 403 Forbidden for a resource that exists but belongs to somebody else.",
        breaks: &["v2.index.hidden-is-404", "v2.index.hidden-indistinguishable"],
    },
    Entry {
        fault: Fault::SensitiveReadable,
        name: "sensitive-readable",
        description: "Shows the value of a sensitive variable in every response.",
        breaks: &["v2.variables.sensitive.not-visible"],
    },
    Entry {
        fault: Fault::PatchResetsOmitted,
        name: "patch-resets-omitted",
        description: "Applies the default of `hcl` again when an update omits it.",
        breaks: &["v2.variables.update.omitted-unchanged", "v2.variables.update.defaults-not-reapplied"],
    },
    Entry {
        fault: Fault::WorkspaceFilterIgnored,
        name: "workspace-filter-ignored",
        description: "Lists the variables of every accessible workspace although the filter names one.",
        breaks: &["v2.variables.list.filter"],
    },
    Entry {
        fault: Fault::HalfFilterAccepted,
        name: "half-filter-accepted",
        description: "Accepts one filter parameter of the linked pair without the other, and ignores it.",
        breaks: &["v2.variables.list.linked-filters"],
    },
    Entry {
        fault: Fault::PlainJsonMediaType,
        name: "plain-json-media-type",
        description: "Answers with `Content-Type: application/json`.",
        breaks: &["jsonapi.response-content-type"],
    },
    Entry {
        fault: Fault::ErrorNotJsonApi,
        name: "error-not-json-api",
        description: "Answers errors as `{\"error\": \"...\"}`.",
        breaks: &["jsonapi.error-object-key", "jsonapi.required-top-level"],
    },
    Entry {
        fault: Fault::Create200WithoutId,
        name: "create-200-without-id",
        description: "Answers the creation of a variable with 200 OK and a resource without `id`.",
        breaks: &["v2.variables.response.id", "v2.variables.create.status"],
    },
    Entry {
        fault: Fault::DeletedStillListed,
        name: "deleted-still-listed",
        description: "Keeps listing a variable after its deletion.",
        breaks: &["v2.variables.delete.removed"],
    },
    Entry {
        fault: Fault::UnknownCategoryAccepted,
        name: "unknown-category-accepted",
        description: "Accepts a category other than `terraform` and `env`.",
        breaks: &["v2.variables.create.category-values"],
    },
];
