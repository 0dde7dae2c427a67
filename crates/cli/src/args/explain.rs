//! Arguments of `explain`.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Id of a requirement, case, fault, variation, operation or schema; or a word of a report: a verdict
    /// (`blocked`), a claim (`not-established`), `exit-codes`
    pub(crate) id: String,
}
