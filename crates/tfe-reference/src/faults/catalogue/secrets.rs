//! Where the values of sensitive variables come to light.

use super::{Entry, Fault};

pub(super) const FAULTS: &[Entry] = &[
    Entry {
        fault: Fault::SensitiveReadable,
        name: "sensitive-readable",
        description: "Shows the value of a sensitive variable in every response.",
        breaks: &["v2.variables.sensitive.not-visible"],
        entails: &["v2.variables.sensitive.not-lifted"],
    },
    Entry {
        fault: Fault::SensitiveListed,
        name: "sensitive-listed",
        description: "Shows the value of a sensitive variable in lists.",
        breaks: &["v2.variables.sensitive.not-visible"],
        entails: &["v2.variables.sensitive.not-lifted"],
    },
    Entry {
        fault: Fault::SensitiveRead,
        name: "sensitive-read",
        description: "Shows the value of a sensitive variable when it is read.",
        breaks: &["v2.variables.sensitive.not-visible"],
        entails: &[],
    },
    Entry {
        fault: Fault::SensitiveInUpdate,
        name: "sensitive-in-update",
        description: "Shows the value of a sensitive variable in the answer to an update.",
        breaks: &["v2.variables.sensitive.not-visible"],
        entails: &["v2.variables.sensitive.not-lifted"],
    },
    Entry {
        fault: Fault::SensitiveInErrors,
        name: "sensitive-in-errors",
        description: "Shows the value of a sensitive variable in the error of an update.",
        breaks: &["v2.variables.sensitive.not-visible"],
        entails: &["v2.variables.sensitive.not-lifted"],
    },
    Entry {
        fault: Fault::SensitiveInHeader,
        name: "sensitive-in-header",
        description: "Shows the value of a sensitive variable in a header of the answer to an update.",
        breaks: &["v2.variables.sensitive.not-visible"],
        entails: &["v2.variables.sensitive.not-lifted"],
    },
    Entry {
        fault: Fault::SensitiveLifted,
        name: "sensitive-lifted",
        description: "Shows the value of a sensitive variable after an update with `sensitive: false`.",
        breaks: &["v2.variables.sensitive.not-lifted", "v2.variables.sensitive.not-visible"],
        entails: &[],
    },
    Entry {
        fault: Fault::SensitiveKeptAsAttribute,
        name: "sensitive-kept-as-attribute",
        description: "Shows the value that a sensitive variable had before an update as an attribute.",
        breaks: &["v2.variables.sensitive.not-visible"],
        entails: &[],
    },
    Entry {
        fault: Fault::SensitiveInDebugHeader,
        name: "sensitive-in-debug-header",
        description: "Shows the values of all sensitive variables in a header of every answer.",
        breaks: &["v2.variables.sensitive.not-visible"],
        entails: &["v2.*"],
    },
    Entry {
        fault: Fault::SensitiveInDelete,
        name: "sensitive-in-delete",
        description: "Answers the deletion of a sensitive variable with the variable and its value.",
        breaks: &["v2.variables.sensitive.not-visible"],
        entails: &["jsonapi.delete-200-status"],
    },
];
