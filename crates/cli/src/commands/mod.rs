//! One module per command.

pub(crate) mod baseline;
pub(crate) mod clean;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod explain;
pub(crate) mod explore;
pub(crate) mod generate;
mod interrupt;
mod journal;
pub(crate) mod list;
pub(crate) mod prove;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod target;
mod topics;
pub(crate) mod validate;

use tfe_reference::{Fault, Variation};

use crate::failure::Failure;

/// Faults by name; an unknown name is an error that tells the nearest one.
pub(crate) fn faults(names: &[String]) -> Result<Vec<Fault>, Failure> {
    names
        .iter()
        .map(|name| {
            Fault::from_name(name)
                .map_err(|error| Failure::Usage(format!("{error}; `tfe-conformance list faults` shows all")))
        })
        .collect()
}

/// The runtime that network commands need; the others never start one.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::Output)
}

/// Variations by name; `all` stands for those of the seed.
pub(crate) fn variations(names: &[String], seed: u64) -> Result<Vec<Variation>, Failure> {
    let mut variations = Vec::new();
    for name in names {
        if name == "all" {
            variations.extend(Variation::drawn(seed));
            continue;
        }
        variations.push(Variation::from_name(name).map_err(|error| {
            Failure::Usage(format!(
                "{error}; `tfe-conformance list variations` shows all, and `all` draws some by --seed"
            ))
        })?);
    }
    Ok(variations)
}

/// The known word that is nearest to `word`, if any is near.
pub(crate) fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let scored = known.into_iter().map(|other| (strsim::jaro_winkler(word, other), other));
    scored.filter(|(score, _)| *score > 0.8).max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, other)| other)
}

/// "; did you mean `x`?" for an error message.
pub(crate) fn hint<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> String {
    nearest(word, known).map(|other| format!("; did you mean `{other}`?")).unwrap_or_default()
}
