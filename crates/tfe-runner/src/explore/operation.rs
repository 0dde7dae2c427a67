//! What a client can do with variables of two workspaces, one request at a time.

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::model::WORKSPACES;

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operation {
    Create(Creation),
    Update {
        which: Which,
        changes: Changes,
    },
    /// Makes a variable sensitive, with a new value.
    Hide {
        which: Which,
    },
    Delete {
        which: Which,
    },
    List {
        workspace: usize,
    },
    ListAll,
    /// One of the two names that a filter needs.
    ListHalf {
        workspace: usize,
        organization: bool,
    },
    /// Follows the self link.
    Read {
        which: Which,
    },
    /// Follows it again, after the deletion.
    ReadDeleted {
        which: Which,
    },
    UpdateDeleted {
        which: Which,
    },
    DeleteDeleted {
        which: Which,
    },
}

/// What a creation says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Creation {
    /// Tells this variable from the others, once it is known which operations are about it.
    pub(super) tag: usize,
    pub(super) workspace: usize,
    pub(super) env: bool,
    pub(super) hcl: Option<bool>,
    pub(super) sensitive: Option<bool>,
}

/// Which variable an operation is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Which {
    /// A number that is taken modulo the variables that there are.
    Any(usize),
    /// The one with this tag.
    Tagged(usize),
}

/// What an update names.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Changes {
    pub(super) key: bool,
    pub(super) value: bool,
    pub(super) env: Option<bool>,
    pub(super) hcl: Option<bool>,
}

/// One operation, any.
pub(super) fn one() -> BoxedStrategy<Operation> {
    let which = || (0..6_usize).prop_map(Which::Any);
    let workspace = || 0..WORKSPACES.len();
    let flag = || prop::option::weighted(0.4, any::<bool>());
    let changes = (any::<bool>(), any::<bool>(), flag(), flag()).prop_map(|(key, value, env, hcl)| Changes {
        key,
        value,
        env,
        hcl,
    });
    prop_oneof![
        6 => (workspace(), any::<bool>(), flag(), prop::option::weighted(0.2, any::<bool>()))
            .prop_map(|(workspace, env, hcl, sensitive)| Operation::Create(Creation { tag: 0, workspace, env, hcl, sensitive })),
        6 => (which(), changes).prop_map(|(which, changes)| Operation::Update { which, changes }),
        1 => which().prop_map(|which| Operation::Hide { which }),
        3 => which().prop_map(|which| Operation::Delete { which }),
        3 => workspace().prop_map(|workspace| Operation::List { workspace }),
        1 => Just(Operation::ListAll),
        1 => (workspace(), any::<bool>())
            .prop_map(|(workspace, organization)| Operation::ListHalf { workspace, organization }),
        3 => which().prop_map(|which| Operation::Read { which }),
        2 => which().prop_map(|which| Operation::ReadDeleted { which }),
        1 => which().prop_map(|which| Operation::UpdateDeleted { which }),
        1 => which().prop_map(|which| Operation::DeleteDeleted { which }),
    ]
    .boxed()
}

impl Operation {
    pub(super) fn which(&self) -> Option<Which> {
        match self {
            Self::Update { which, .. }
            | Self::Hide { which }
            | Self::Delete { which }
            | Self::Read { which }
            | Self::ReadDeleted { which }
            | Self::UpdateDeleted { which }
            | Self::DeleteDeleted { which } => Some(*which),
            Self::Create(_) | Self::List { .. } | Self::ListHalf { .. } | Self::ListAll => None,
        }
    }

    pub(super) fn in_first_workspace(self) -> Self {
        match self {
            Self::Create(creation) => Self::Create(Creation { workspace: 0, ..creation }),
            Self::List { .. } => Self::List { workspace: 0 },
            Self::ListHalf { organization, .. } => Self::ListHalf { workspace: 0, organization },
            other => other,
        }
    }

    /// Operations that say less.
    pub(super) fn smaller(&self) -> Vec<Self> {
        match self {
            Self::Create(it) => vec![
                Self::Create(Creation { sensitive: None, ..it.clone() }),
                Self::Create(Creation { hcl: None, ..it.clone() }),
                Self::Create(Creation { env: false, ..it.clone() }),
            ],
            Self::Update { which, changes } => {
                let which = *which;
                let fewer = [
                    Changes::default(),
                    Changes { key: false, ..changes.clone() },
                    Changes { value: false, ..changes.clone() },
                    Changes { env: None, ..changes.clone() },
                    Changes { hcl: None, ..changes.clone() },
                ];
                fewer.into_iter().map(|changes| Self::Update { which, changes }).collect()
            }
            _ => Vec::new(),
        }
    }
}
