//! A report in words.

use std::fmt;

use crate::tape::Place;
use crate::{Report, Violation};

impl Report {
    /// What is wrong, one line each, in the order of the document's reading: why the bytes are no document,
    /// members that stand twice, violations, and whether more was left out.
    pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
        let syntax = self.syntax.iter().map(|error| format!("not a JSON document: {error}"));
        let form = self.form.iter().map(|error| format!("not a form: {error}"));
        let places = self.duplicate_places.iter().map(Some).chain(std::iter::repeat(None));
        let twice = self.duplicates.iter().zip(places);
        let twice = twice.map(|(pointer, place)| format!("{}{pointer}: the member stands twice", prefix(place)));
        let violations = self.violations.iter().map(ToString::to_string);
        let more = self.truncated.then(|| "and more: only the first violations are listed".to_owned());
        syntax.chain(form).chain(twice).chain(violations).chain(more)
    }
}

/// All lines of [`Report::lines`]; nothing for a document that conforms.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// `3:17: /data/type: must be "vars", got "var"  [v2/variables/create-request#/allOf/5/...]`
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.pointer.is_root() { "the document" } else { self.pointer.as_str() };
        write!(f, "{}{at}: {}  [{}]", prefix(self.place.as_ref()), self.message, self.schema_location)
    }
}

fn prefix(place: Option<&Place>) -> String {
    place.map(|place| format!("{}:{}: ", place.line, place.column)).unwrap_or_default()
}
