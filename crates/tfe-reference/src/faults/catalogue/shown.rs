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
        entails: &[],
    },
    Entry {
        fault: Fault::ShownSensitiveAsText,
        name: "shown-sensitive-as-text",
        description: "Answers an update with `sensitive` as a text.",
        breaks: &["v2.variables.response.attributes"],
        entails: &[],
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
        entails: &[],
    },
    Entry {
        fault: Fault::ShownConfigurableRenamed,
        name: "shown-configurable-renamed",
        description: "Answers a creation with the relationship `workspace` instead of `configurable`.",
        breaks: &["v2.variables.response.configurable"],
        entails: &[],
    },
    Entry {
        fault: Fault::ShownConfigurableMissing,
        name: "shown-configurable-missing",
        description: "Lists variables without the relationship to their workspace when there is no filter.",
        breaks: &["v2.variables.response.configurable"],
        entails: &[],
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
        entails: &[],
    },
    Entry {
        fault: Fault::UpdateIdChanged,
        name: "update-id-changed",
        description: "Answers an update with another id.",
        breaks: &["v2.variables.response.id"],
        entails: &[],
    },
];
