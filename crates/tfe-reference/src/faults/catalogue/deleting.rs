//! What deletions get wrong.

use super::{Entry, Fault};

pub(super) const FAULTS: &[Entry] = &[
    Entry {
        fault: Fault::DeleteIgnored,
        name: "delete-ignored",
        description: "Answers a deletion with success, and deletes nothing.",
        breaks: &["v2.variables.delete.removed"],
        entails: &[
            "jsonapi.delete-404-status",
            "jsonapi.fetch-responses-404",
            "jsonapi.update-resource-404-status",
            "v2.index.missing-is-404",
            "v2.variables.delete.no-body",
            "v2.variables.delete.variable-id",
            "v2.variables.update.variable-id",
        ],
    },
    Entry {
        fault: Fault::DeleteTakesNeighbour,
        name: "delete-takes-neighbour",
        description: "Deletes another variable of the workspace, too.",
        breaks: &["v2.variables.delete.variable-id"],
        entails: &["v2.index.standard-response-codes", "v2.variables.delete.removed", "v2.variables.update.applied"],
    },
    Entry {
        fault: Fault::DeleteMissing204,
        name: "delete-missing-204",
        description: "Answers the deletion of a variable that does not exist with success.",
        breaks: &[
            "v2.variables.delete.variable-id",
            "jsonapi.delete-404-status",
            "v2.index.missing-is-404",
            "v2.index.hidden-is-404",
        ],
        entails: &[],
    },
    Entry {
        fault: Fault::DeleteNeedsBody,
        name: "delete-needs-body",
        description: "Answers 400 to a deletion without a body.",
        breaks: &["v2.variables.delete.no-body"],
        entails: &[
            "jsonapi.delete-204-status",
            "jsonapi.delete-404-status",
            "v2.index.bearer-scheme",
            "v2.index.missing-is-404",
            "v2.variables.delete.removed",
            "v2.variables.delete.variable-id",
            "v2.variables.media-type",
            "v2.variables.operations",
        ],
    },
    Entry {
        fault: Fault::Delete200WithData,
        name: "delete-200-with-data",
        description: "Answers a deletion with 200 and the deleted variable.",
        breaks: &["jsonapi.delete-200-status"],
        entails: &[],
    },
    Entry {
        fault: Fault::Delete200Empty,
        name: "delete-200-empty",
        description: "Answers a deletion with 200, and without a body.",
        breaks: &["jsonapi.delete-204-status"],
        entails: &[],
    },
    Entry {
        fault: Fault::Delete202,
        name: "delete-202",
        description: "Answers a deletion with 202.",
        breaks: &["jsonapi.delete-204-status"],
        entails: &[],
    },
];
