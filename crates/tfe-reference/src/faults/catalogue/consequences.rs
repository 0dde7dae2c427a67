//! What else cannot hold while a fault is on, although the fault is not about it. A suite may show it, and need not.

use super::Fault;

/// Patterns of requirements by fault; `*` at the end stands for any rest.
pub(super) const CONSEQUENCES: &[(Fault, &[&str])] = &[];
