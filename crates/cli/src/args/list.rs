//! Flags of `list`.

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// What to list; everything, if not given
    #[arg(value_enum)]
    pub(crate) kind: Option<Kind>,
    /// Every sentence of the documents, the requirement that accounts for it, its cases, and the faults that it must
    /// catch (or why it is not tested)
    #[arg(long, visible_alias = "requirements", conflicts_with = "kind")]
    pub(crate) coverage: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Profiles,
    Cases,
    Requirements,
    Operations,
    Schemas,
    Faults,
    Variations,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum ListFormat {
    /// For people
    #[default]
    Human,
    /// One JSON document
    Json,
}
