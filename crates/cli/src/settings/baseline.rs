//! The file of known deviations: read with the place of everything, written so that people can review it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;
use tfe_runner::gate::{Baseline, Known};
use tfe_runner::report::visible;
use tfe_runner::suite::Suite;
use toml::Spanned;
use toml::value::Datetime;

use super::file::{place, suggestion};
use crate::commands::hint;
use crate::failure::Failure;

/// The name that `baseline write` gives it.
pub(crate) const NAME: &str = "tfe-conformance-baseline.toml";

/// Longest remark on what was seen, in characters.
const REMARK: usize = 300;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    deviation: Vec<Deviation>,
    #[serde(default)]
    blocked: Vec<Blocked>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deviation {
    case: Spanned<String>,
    requirement: Spanned<String>,
    evidence: Option<String>,
    reason: Spanned<String>,
    link: Option<String>,
    expires: Option<Spanned<Day>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Blocked {
    case: Spanned<String>,
    evidence: Option<String>,
    reason: Spanned<String>,
    link: Option<String>,
    expires: Option<Spanned<Day>>,
}

/// A date as TOML has it, or as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Day {
    Date(Datetime),
    Text(String),
}

/// Reads a baseline.
pub(crate) fn read(path: &Path) -> Result<BaselineFile, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::Usage(format!("baseline {} cannot be read: {error}", path.display())))?;
    let reader = Reader { path, text: &text };
    let document: Document = toml::from_str(&text).map_err(|error| {
        let hint = suggestion(error.message());
        reader.wrong(error.span().map_or(0, |span| span.start), &format!("{}{hint}", error.message()))
    })?;
    let deviations = document.deviation.into_iter().map(|entry| {
        reader.entry(entry.case, Some(entry.requirement), entry.evidence, entry.reason, entry.link, entry.expires)
    });
    let blocked = document
        .blocked
        .into_iter()
        .map(|entry| reader.entry(entry.case, None, entry.evidence, entry.reason, entry.link, entry.expires));
    let entries = deviations.chain(blocked).collect::<Result<Vec<_>, _>>()?;
    let mut seen = BTreeSet::new();
    for entry in &entries {
        if !seen.insert((&entry.known.case, &entry.known.requirement)) {
            return Err(reader.wrong(entry.case_at, "a second entry about the same: there can be one"));
        }
    }
    Ok(BaselineFile { path: path.display().to_string(), text, entries })
}

/// A baseline with the places of its entries.
pub(crate) struct BaselineFile {
    path: String,
    text: String,
    entries: Vec<Placed>,
}

struct Placed {
    known: Known,
    case_at: usize,
    requirement_at: usize,
}

impl BaselineFile {
    /// Its entries.
    pub(crate) fn entries(self) -> Vec<Known> {
        self.entries.into_iter().map(|entry| entry.known).collect()
    }

    /// For a run of this suite: an entry about something that the suite does not have could never be seen again.
    pub(crate) fn against(self, suite: &Suite) -> Result<Baseline, Failure> {
        let cases: BTreeSet<&str> = suite.cases.iter().map(|case| case.id.as_str()).collect();
        for entry in &self.entries {
            let Known { case, requirement, .. } = &entry.known;
            if !cases.contains(case.as_str()) {
                return Err(self.unknown(entry.case_at, "case", case, cases.iter().copied()));
            }
            if let Some(requirement) = requirement.as_ref().filter(|id| !suite.requirements.contains_key(id.as_str())) {
                let known = suite.requirements.keys().map(String::as_str);
                return Err(self.unknown(entry.requirement_at, "requirement", requirement, known));
            }
        }
        Ok(Baseline { file: self.path.clone(), entries: self.entries() })
    }

    fn unknown<'k>(&self, at: usize, what: &str, id: &str, known: impl Iterator<Item = &'k str>) -> Failure {
        let hint = hint(id, known);
        let message = format!("the suite has no {what} `{}`{hint} (delete the entry if it is gone)", visible(id));
        Reader { path: Path::new(&self.path), text: &self.text }.wrong(at, &message)
    }
}

struct Reader<'t> {
    path: &'t Path,
    text: &'t str,
}

impl Reader<'_> {
    fn wrong(&self, at: usize, message: &str) -> Failure {
        let (line, column) = place(self.text, at);
        Failure::Usage(format!("{}:{line}:{column}: {message}", self.path.display()))
    }

    fn entry(
        &self,
        case: Spanned<String>,
        requirement: Option<Spanned<String>>,
        evidence: Option<String>,
        reason: Spanned<String>,
        link: Option<String>,
        expires: Option<Spanned<Day>>,
    ) -> Result<Placed, Failure> {
        if reason.get_ref().trim().is_empty() {
            return Err(self.wrong(reason.span().start, "`reason` is empty: say why this is accepted"));
        }
        let expires = expires.map(|day| self.day(&day)).transpose()?;
        let case_at = case.span().start;
        let requirement_at = requirement.as_ref().map_or(case_at, |requirement| requirement.span().start);
        let known = Known {
            case: case.into_inner(),
            requirement: requirement.map(Spanned::into_inner),
            evidence,
            reason: reason.into_inner(),
            link,
            expires,
        };
        Ok(Placed { known, case_at, requirement_at })
    }

    fn day(&self, day: &Spanned<Day>) -> Result<Date, Failure> {
        let text = match day.get_ref() {
            Day::Date(date) => date.to_string(),
            Day::Text(text) => text.clone(),
        };
        text.parse().map_err(|_| self.wrong(day.span().start, "`expires` is a day, such as 2027-01-31"))
    }
}

/// The file's text. `seen` says of an entry what the run showed, for those who review it.
pub(crate) fn written(entries: &[Known], seen: &BTreeMap<(String, Option<String>), Vec<String>>) -> String {
    let mut text =
        "# Deviations of this server that are known and accepted for now. The gate stays open for them, and\n\
                    # closes when one of them is gone, changes, or is past its day (`expires = 2027-01-31`).\n\
                    # Proposed by `tfe-conformance baseline write`, which keeps reason, link and day of what is here.\n"
            .to_owned();
    for entry in entries {
        let table = if entry.requirement.is_some() { "deviation" } else { "blocked" };
        // A string takes everything.
        let _ = write!(text, "\n[[{table}]]\ncase = {}\n", quoted(&entry.case));
        if let Some(requirement) = &entry.requirement {
            let _ = writeln!(text, "requirement = {}", quoted(requirement));
        }
        for line in seen.get(&(entry.case.clone(), entry.requirement.clone())).into_iter().flatten() {
            let remark: String = visible(line).chars().take(REMARK).collect();
            let _ = writeln!(text, "# {remark}");
        }
        let own = [("evidence", &entry.evidence), ("reason", &Some(entry.reason.clone())), ("link", &entry.link)];
        for (key, value) in own {
            if let Some(value) = value {
                let _ = writeln!(text, "{key} = {}", quoted(value));
            }
        }
        if let Some(expires) = entry.expires {
            let _ = writeln!(text, "expires = {expires}");
        }
    }
    text
}

/// A basic string of TOML. The escapes of JSON are some of its own; DEL is the one character that only JSON takes.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
