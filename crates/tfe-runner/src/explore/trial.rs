//! Trials: what a case is made from, and cut down by.

use serde_json::Value;

use super::{broken, legacy, legacy_payload, mutation, operation, payload, sequence};

/// What a case is made from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Trial {
    /// Operations on variables.
    Sequence(Vec<operation::Operation>),
    /// Requests of the legacy API.
    Legacy(Vec<legacy::Operation>),
    /// A valid document.
    Payload(payload::Payload),
    /// A valid document of the legacy API.
    LegacyPayload(legacy_payload::Update),
    /// A value of the legacy API that is no text.
    NoText(legacy_payload::NoText),
    /// A document with one broken place.
    Mutation(mutation::Mutation),
    /// A body that is no document.
    Broken(broken::Broken),
}

impl Trial {
    /// The case, as a document in the format of case files.
    pub(super) fn document(&self) -> Value {
        match self {
            Self::Sequence(operations) => sequence::case(operations),
            Self::Legacy(operations) => legacy::case(operations),
            Self::Payload(payload) => payload.case(),
            Self::LegacyPayload(update) => update.case(),
            Self::NoText(value) => value.case(),
            Self::Mutation(mutation) => mutation.case(),
            Self::Broken(broken) => broken.case(),
        }
    }

    /// Trials that ask for less, the least first.
    pub(super) fn smaller(&self) -> Vec<Self> {
        match self {
            Self::Sequence(operations) => sequence::smaller(operations).into_iter().map(Self::Sequence).collect(),
            Self::Legacy(operations) => legacy::smaller(operations).into_iter().map(Self::Legacy).collect(),
            Self::Payload(payload) => payload.smaller().into_iter().map(Self::Payload).collect(),
            Self::LegacyPayload(update) => update.smaller().into_iter().map(Self::LegacyPayload).collect(),
            Self::NoText(value) => value.smaller().into_iter().map(Self::NoText).collect(),
            Self::Mutation(mutation) => mutation.smaller().into_iter().map(Self::Mutation).collect(),
            Self::Broken(broken) => broken.smaller().into_iter().map(Self::Broken).collect(),
        }
    }
}
