//! What deletions get wrong.

use super::{Entry, Fault};

pub(super) const FAULTS: &[Entry] = &[
    Entry {
        fault: Fault::DeleteIgnored,
        name: "delete-ignored",
        description: "Answers a deletion with success, and deletes nothing.",
        breaks: &["v2.variables.delete.removed"],
        entails: &[],
    },
    Entry {
        fault: Fault::DeleteTakesNeighbour,
        name: "delete-takes-neighbour",
        description: "Deletes another variable of the workspace, too.",
        breaks: &["v2.variables.delete.variable-id"],
        entails: &[],
    },
    Entry {
        fault: Fault::DeleteMissing204,
        name: "delete-missing-204",
        description: "Answers the deletion of a variable that does not exist with success.",
        breaks: &["v2.variables.delete.variable-id", "jsonapi.delete-404-status", "v2.index.missing-is-404"],
        entails: &[],
    },
    Entry {
        fault: Fault::DeleteNeedsBody,
        name: "delete-needs-body",
        description: "Answers 400 to a deletion without a body.",
        breaks: &["v2.variables.delete.no-body"],
        entails: &[],
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
        description: "Answers a deletion with 200 and no document.",
        breaks: &["jsonapi.delete-204-status"],
        entails: &[],
    },
];
