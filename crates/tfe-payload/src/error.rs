//! Why a schema cannot be served.

/// Why no strategy can be made from a schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PayloadError {
    /// The schema says something that the generator does not know how to satisfy or to break.
    #[error("`{keyword}` at {at} cannot be served: {reason}")]
    Unsupported {
        /// The keyword.
        keyword: String,
        /// File and pointer of the subschema.
        at: String,
        /// What about it is not served.
        reason: String,
    },
    /// No value satisfies the subschema.
    #[error("`{keyword}` at {at} contradicts what else the schema says there: no value satisfies it")]
    Contradiction {
        /// A keyword that takes part in the contradiction.
        keyword: String,
        /// File and pointer of the subschema.
        at: String,
    },
    /// No mutant can break this keyword.
    #[error("no document breaks `{keyword}` alone; of this schema these can be broken: {}", known.join(", "))]
    Keyword {
        /// What was asked for.
        keyword: String,
        /// The keywords that mutants of the schema break.
        known: Vec<String>,
    },
}

impl PayloadError {
    /// The keyword that the error is about.
    pub fn keyword(&self) -> &str {
        match self {
            Self::Unsupported { keyword, .. } | Self::Contradiction { keyword, .. } | Self::Keyword { keyword, .. } => {
                keyword
            }
        }
    }

    /// File and pointer of the subschema that the error is about (`v2/variables/create-request#/allOf/1`).
    pub fn at(&self) -> Option<&str> {
        match self {
            Self::Unsupported { at, .. } | Self::Contradiction { at, .. } => Some(at),
            Self::Keyword { .. } => None,
        }
    }
}
