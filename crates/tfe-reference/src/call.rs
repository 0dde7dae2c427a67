//! One request, read and judged as far as every endpoint needs it.

use axum::body::Bytes;

use crate::auth::User;
use crate::query::Query;

/// What a request is for, as far as faults tell requests apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    ListVariables,
    CreateVariable,
    ReadVariable,
    UpdateVariable,
    DeleteVariable,
    /// Anything about workspaces.
    Workspace,
    /// Anything else.
    Other,
}

impl Operation {
    /// Whether variables change by it.
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::CreateVariable | Self::UpdateVariable | Self::DeleteVariable)
    }
}

/// What an endpoint is called with.
pub(crate) struct Call {
    /// What the request is for.
    pub(crate) operation: Operation,
    /// Who asks.
    pub(crate) user: User,
    /// The path as it was sent, for links to the same place.
    pub(crate) path: String,
    /// Path parameters, decoded.
    pub(crate) parameters: Vec<(String, String)>,
    /// Query parameters, decoded; what JSON:API says of all of them has been checked.
    pub(crate) query: Query,
    /// The request body, unread.
    pub(crate) body: Bytes,
}

impl Call {
    /// A path parameter. A name that the route does not have gives an empty text, which names nothing.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }
}
