//! Trials: what a case is made from, and cut down by.

use serde_json::Value;

use super::{legacy, sequence};

/// What a case is made from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Trial {
    /// Operations on variables.
    Sequence(Vec<sequence::Operation>),
    /// Requests of the legacy API.
    Legacy(Vec<legacy::Operation>),
}

impl Trial {
    /// The case, as a document in the format of case files.
    pub(super) fn document(&self) -> Value {
        match self {
            Self::Sequence(operations) => sequence::case(operations),
            Self::Legacy(operations) => legacy::case(operations),
        }
    }

    /// Trials that ask for less, the least first.
    pub(super) fn smaller(&self) -> Vec<Self> {
        match self {
            Self::Sequence(operations) => sequence::smaller(operations).into_iter().map(Self::Sequence).collect(),
            Self::Legacy(operations) => legacy::smaller(operations).into_iter().map(Self::Legacy).collect(),
        }
    }

    pub(super) fn is_sequence(&self) -> bool {
        matches!(self, Self::Sequence(_) | Self::Legacy(_))
    }
}
