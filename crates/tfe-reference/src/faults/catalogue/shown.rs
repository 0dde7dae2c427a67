//! How variables are shown.

use super::{Entry, Fault};

pub(super) const FAULTS: &[Entry] = &[
    Entry {
        fault: Fault::ShownWithoutCategory,
        name: "shown-without-category",
        description: "Lists variables without their category when there is no filter.",
        breaks: &["v2.variables.response.attributes"],
        entails: &[],
    },
    Entry {
        fault: Fault::ShownHclRenamed,
        name: "shown-hcl-renamed",
        description: "Answers a creation with `is-hcl` instead of `hcl`.",
        breaks: &["v2.variables.response.attributes"],
        entails: &["v2.variables.create.hcl-default", "v2.variables.create.hcl-stored"],
    },
    Entry {
        fault: Fault::ShownSensitiveAsText,
        name: "shown-sensitive-as-text",
        description: "Answers an update with `sensitive` as a text.",
        breaks: &["v2.variables.response.attributes"],
        entails: &[
            "v2.variables.update.applied",
            "v2.variables.update.defaults-not-reapplied",
            "v2.variables.update.omitted-unchanged",
            "v2.variables.update.response",
        ],
    },
    Entry {
        fault: Fault::ShownHclAsNull,
        name: "shown-hcl-as-null",
        description: "Lists variables with `null` for an `hcl` that is false when there is no filter.",
        breaks: &["v2.variables.response.attributes"],
        entails: &[],
    },
    Entry {
        fault: Fault::ShownTypeRenamed,
        name: "shown-type-renamed",
        description: "Answers an update with the type `variables`.",
        breaks: &["v2.variables.response.type"],
        entails: &["v2.variables.update.response"],
    },
    Entry {
        fault: Fault::ShownConfigurableRenamed,
        name: "shown-configurable-renamed",
        description: "Answers a creation with the relationship `workspace` instead of `configurable`.",
        breaks: &["v2.variables.response.configurable"],
        entails: &[
            "v2.variables.create.filter-form",
            "v2.variables.create.workspace-id",
            "v2.variables.response.related-link",
        ],
    },
    Entry {
        fault: Fault::ShownConfigurableMissing,
        name: "shown-configurable-missing",
        description: "Lists variables without the relationship to their workspace when there is no filter.",
        breaks: &["v2.variables.response.configurable"],
        entails: &["v2.variables.list.unfiltered"],
    },
    Entry {
        fault: Fault::RelatedLinkMissing,
        name: "related-link-missing",
        description: "Shows variables without the link to their workspace.",
        breaks: &["v2.variables.response.related-link"],
        entails: &[],
    },
    Entry {
        fault: Fault::RelatedLinkById,
        name: "related-link-by-id",
        description: "Shows variables with a link to their workspace that has its id instead of the names.",
        breaks: &["v2.variables.response.related-link"],
        entails: &[],
    },
    Entry {
        fault: Fault::SelfLinkMissing,
        name: "self-link-missing",
        description: "Shows variables without the link to themselves.",
        breaks: &["v2.variables.response.self-link"],
        entails: &[],
    },
    Entry {
        fault: Fault::SelfLinkElsewhere,
        name: "self-link-elsewhere",
        description: "Shows variables with a link to themselves that is the collection.",
        breaks: &["v2.variables.response.self-link"],
        entails: &["jsonapi.resource-link-response"],
    },
    Entry {
        fault: Fault::UpdateIdChanged,
        name: "update-id-changed",
        description: "Answers an update with another id.",
        breaks: &["v2.variables.response.id"],
        entails: &[
            "jsonapi.update-resource-200-status",
            "v2.variables.update.response",
            "v2.variables.update.variable-id",
        ],
    },
];
