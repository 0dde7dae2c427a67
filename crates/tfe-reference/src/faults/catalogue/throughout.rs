//! Faults of whole operations: the same wrong answer to every request.

use super::{Entry, Fault};

pub(super) const FAULTS: &[Entry] = &[
    Entry {
        fault: Fault::Create500,
        name: "create-500",
        description: "Answers 500 to every creation of a variable.",
        breaks: &["v2.index.standard-response-codes"],
        entails: &["jsonapi.*", "v2.*"],
    },
    Entry {
        fault: Fault::List500,
        name: "list-500",
        description: "Answers 500 to every list of variables.",
        breaks: &["v2.index.standard-response-codes"],
        entails: &["jsonapi.*", "v2.*"],
    },
    Entry {
        fault: Fault::Read500,
        name: "read-500",
        description: "Answers 500 to every read of a variable.",
        breaks: &["v2.index.standard-response-codes"],
        entails: &["jsonapi.*", "v2.*"],
    },
    Entry {
        fault: Fault::Update500,
        name: "update-500",
        description: "Answers 500 to every update.",
        breaks: &["v2.index.standard-response-codes"],
        entails: &["jsonapi.*", "v2.*"],
    },
    Entry {
        fault: Fault::Delete500,
        name: "delete-500",
        description: "Answers 500 to every deletion.",
        breaks: &["v2.index.standard-response-codes"],
        entails: &["jsonapi.*", "v2.*"],
    },
    Entry {
        fault: Fault::OtherMethod500,
        name: "other-method-500",
        description: "Answers 500 to a method that a path does not have.",
        breaks: &["v2.index.standard-response-codes"],
        entails: &[],
    },
    Entry {
        fault: Fault::CreateRefusalsHidden,
        name: "create-refusals-hidden",
        description: "Answers 200 to a creation that it refuses.",
        breaks: &["v2.variables.create.required-properties", "v2.index.top-level-data", "v2.index.data-type"],
        entails: &["jsonapi.*", "v2.*"],
    },
    Entry {
        fault: Fault::ListRefusalsHidden,
        name: "list-refusals-hidden",
        description: "Answers 200 to a list that it refuses.",
        breaks: &["v2.variables.list.linked-filters"],
        entails: &["jsonapi.*", "v2.*"],
    },
    Entry {
        fault: Fault::ReadRefusalsHidden,
        name: "read-refusals-hidden",
        description: "Answers 200 to a read of a variable that does not exist, or is hidden.",
        breaks: &["jsonapi.fetch-responses-404"],
        entails: &["jsonapi.*", "v2.*"],
    },
    Entry {
        fault: Fault::UpdateRefusalsHidden,
        name: "update-refusals-hidden",
        description: "Answers 200 to an update that it refuses.",
        breaks: &[
            "v2.variables.update.data-type",
            "v2.variables.update.required-properties",
            "jsonapi.update-patch-resource",
        ],
        entails: &["jsonapi.*", "v2.*"],
    },
    Entry {
        fault: Fault::DeleteRefusalsHidden,
        name: "delete-refusals-hidden",
        description: "Answers 200 to the deletion of a variable that does not exist, or is hidden.",
        breaks: &["v2.variables.delete.variable-id", "v2.index.missing-is-404"],
        entails: &["jsonapi.*", "v2.*"],
    },
    Entry {
        fault: Fault::WritesSpill,
        name: "writes-spill",
        description: "Appends a character to the values of all variables with every write, refused or not.",
        breaks: &[
            "jsonapi.crud-atomic",
            "v2.index.post-needs-document",
            "v2.variables.delete.variable-id",
            "v2.variables.update.attributes-object",
        ],
        entails: &["jsonapi.*", "v2.*"],
    },
];
