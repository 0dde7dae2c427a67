//! Arguments of `explain`.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Id of a requirement, case, fault, operation or schema
    pub(crate) id: String,
}
