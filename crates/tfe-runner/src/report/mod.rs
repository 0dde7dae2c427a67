//! Reports: folds over events, written to whatever the caller gives.
//!
//! A report sees events and nothing else, so that a recorded stream gives the same bytes as the run
//! that it was recorded from. Apart from the event stream itself, everything is written when the run
//! is over: the same run gives the same report, however its cases were scheduled.

mod body;
mod evidence;
mod github;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
mod page;
mod paint;
mod sarif;
mod stream;
mod tally;
mod tap;
mod text;
mod told;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use crate::event::Event;

pub use github::{Annotation, Position};
pub use tally::{Counts, Tally};

/// Text on one line that can do a terminal no harm: control, bidirectional and invisible characters
/// are shown as escapes. For everything that comes from outside and is printed.
pub fn visible(text: &str) -> std::borrow::Cow<'_, str> {
    text::line(text)
}

/// JSON text that can do a terminal no harm; its value stays the same.
pub(crate) fn visible_json(text: &str) -> std::borrow::Cow<'_, str> {
    text::json(text)
}

/// A fold over the events of a run.
pub trait Report {
    /// Takes the next event, and writes if there is something to say now.
    ///
    /// # Errors
    /// What the writer says.
    fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()>;
}

/// The kinds of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON document.
    Json,
    /// `JUnit` XML, for CI systems.
    Junit,
    /// The events themselves, one JSON object per line.
    Events,
    /// One HTML file that needs nothing else.
    Html,
    /// Markdown, for the summary of a CI job.
    Markdown,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// TAP 14.
    Tap,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Human,
        Self::Json,
        Self::Junit,
        Self::Events,
        Self::Html,
        Self::Markdown,
        Self::Sarif,
        Self::Github,
        Self::Tap,
    ];

    /// A report of this kind. The style is for people: machine formats do not depend on it.
    pub fn report(self, style: Style) -> Box<dyn Report + Send> {
        match self {
            Self::Human => Box::new(human::Human::new(style)),
            Self::Json => Box::<json::Json>::default(),
            Self::Junit => Box::<junit::Junit>::default(),
            Self::Events => Box::new(stream::Stream),
            Self::Html => Box::<html::Html>::default(),
            Self::Markdown => Box::<markdown::Markdown>::default(),
            Self::Sarif => Box::<sarif::Sarif>::default(),
            Self::Github => Box::<github::Github>::default(),
            Self::Tap => Box::<tap::Tap>::default(),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Events => "events",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Tap => "tap",
        })
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.to_string() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// No such report format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown report format `{0}`; there are {known}", known = Format::ALL.map(|format| format.to_string()).join(", "))]
pub struct UnknownFormat(String);

/// How a report for people looks. Whether the output is a terminal is for the caller to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Use terminal colours.
    pub color: bool,
    /// Columns at which running text wraps.
    pub width: usize,
    /// Show every occurrence of a deviation with its exchange, whole bodies and whole lists.
    pub verbose: bool,
}

impl Style {
    /// A style of the usual width.
    pub const fn new(color: bool, verbose: bool) -> Self {
        Self { color, width: 100, verbose }
    }
}

impl Default for Style {
    fn default() -> Self {
        Self::new(false, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_have_names() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        let error = "xml".parse::<Format>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown report format `xml`; there are human, json, junit, events, html, markdown, sarif, github, tap"
        );
        assert!("Human".parse::<Format>().is_err());
    }
}
