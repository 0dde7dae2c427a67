//! What errors look like.

use super::{Entry, Fault};

pub(super) const FAULTS: &[Entry] = &[
    Entry {
        fault: Fault::ErrorNotJsonApi,
        name: "error-not-json-api",
        description: "Answers errors as `{\"error\": \"...\"}`.",
        breaks: &["jsonapi.error-object-key", "jsonapi.required-top-level"],
        entails: &["jsonapi.create-responses-409-error-details", "jsonapi.update-resource-409-details"],
    },
    Entry {
        fault: Fault::ErrorHtml,
        name: "error-html",
        description: "Answers errors with a web page.",
        breaks: &["v2.index.error-objects"],
        entails: &["jsonapi.create-responses-409-error-details", "jsonapi.update-resource-409-details"],
    },
    Entry {
        fault: Fault::ErrorsAsObject,
        name: "errors-as-object",
        description: "Answers errors with one object instead of an array.",
        breaks: &["jsonapi.error-object-key"],
        entails: &["jsonapi.create-responses-409-error-details", "jsonapi.update-resource-409-details"],
    },
    Entry {
        fault: Fault::ErrorStatusAsNumber,
        name: "error-status-as-number",
        description: "Shows the status of an error as a number.",
        breaks: &["jsonapi.error-object-members"],
        entails: &[],
    },
    Entry {
        fault: Fault::ErrorSourceAsText,
        name: "error-source-as-text",
        description: "Shows the source of an error as a text.",
        breaks: &["jsonapi.error-object-members"],
        entails: &[],
    },
    Entry {
        fault: Fault::ErrorPointerDotted,
        name: "error-pointer-dotted",
        description: "Points to the place of an error with a dotted path.",
        breaks: &["jsonapi.error-pointer"],
        entails: &[],
    },
    Entry {
        fault: Fault::SeveralProblems409,
        name: "several-problems-409",
        description: "Answers 409 where a document has more than one problem.",
        breaks: &["jsonapi.error-general"],
        entails: &[],
    },
    Entry {
        fault: Fault::StatusUnregistered,
        name: "status-unregistered",
        description: "Answers an invalid creation with the status 499, which is not registered.",
        breaks: &["v2.index.standard-response-codes"],
        entails: &["jsonapi.error-general", "v2.index.hidden-is-404", "v2.index.missing-is-404"],
    },
    Entry {
        fault: Fault::Malformed500,
        name: "malformed-500",
        description: "Answers 500 to the creation of a variable with a body that is no JSON.",
        breaks: &["v2.index.standard-response-codes"],
        entails: &["jsonapi.invalid-json", "v2.index.post-needs-document"],
    },
    Entry {
        fault: Fault::Malformed422,
        name: "malformed-422",
        description: "Answers 422 to a body that is no JSON.",
        breaks: &["jsonapi.invalid-json"],
        entails: &[],
    },
    Entry {
        fault: Fault::MalformedWithSource,
        name: "malformed-with-source",
        description: "Points into a document that could not be read.",
        breaks: &["jsonapi.invalid-json"],
        entails: &[],
    },
    Entry {
        fault: Fault::Malformed204,
        name: "malformed-204",
        description: "Answers 204 to the creation of a variable with a body that is no JSON.",
        breaks: &["v2.index.post-needs-document"],
        entails: &["jsonapi.invalid-json"],
    },
    Entry {
        fault: Fault::EmptyBody204,
        name: "empty-body-204",
        description: "Answers 204 to the creation of a variable without a body.",
        breaks: &["v2.index.post-needs-document"],
        entails: &[],
    },
    Entry {
        fault: Fault::NoObject204,
        name: "no-object-204",
        description: "Answers 204 to the creation of a variable with a JSON body that is no object.",
        breaks: &["v2.variables.create.json-object"],
        entails: &[],
    },
];
