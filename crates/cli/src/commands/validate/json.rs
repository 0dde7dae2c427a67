//! One JSON document, written as the documents are checked.

use std::io::{self, Write};

use serde_json::{Value, json};
use tfe_schema::{Place, Report, Schema, Violation};

use super::{Checked, Printer, Totals};

#[derive(Default)]
pub(super) struct Json {
    begun: bool,
}

impl Printer for Json {
    fn document(&mut self, checked: &Checked<'_>, out: &mut dyn Write) -> io::Result<()> {
        let separator = if std::mem::replace(&mut self.begun, true) { "," } else { "{\"documents\":[" };
        write!(out, "{separator}\n{}", document(checked))
    }

    fn end(&mut self, schema: &Schema, totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
        let Totals { conforming, deviating, unread } = totals;
        let start = if self.begun { "" } else { "{\"documents\":[" };
        let totals = json!({ "conforming": conforming, "deviating": deviating, "unread": unread });
        writeln!(out, "{start}\n],\"schema\":{},\"totals\":{totals}}}", json!(schema.id()))
    }
}

fn document(checked: &Checked<'_>) -> Value {
    let mut document = json!({ "file": checked.file });
    if let Some(line) = checked.line {
        document["line"] = line.into();
    }
    let report = match &checked.found {
        Err(unread) => {
            document["conforms"] = Value::Null;
            document["error"] = json!({ "message": unread.to_string() });
            return document;
        }
        Ok(report) => report,
    };
    let judged = report.syntax.is_none() && report.form.is_none();
    document["conforms"] = if judged { report.is_valid().into() } else { Value::Null };
    if let Some(error) = &report.syntax {
        let line = error.line - 1 + checked.line.unwrap_or(1);
        let message = error.kind.to_string();
        document["error"] = json!({ "message": message, "line": line, "column": error.column, "offset": error.offset });
    }
    if let Some(error) = &report.form {
        document["error"] = json!({ "message": error.to_string() });
    }
    if judged {
        document["duplicates"] = duplicates(checked, report);
        document["violations"] = report.violations.iter().map(|violation| described(checked, violation)).collect();
        document["truncated"] = report.truncated.into();
    }
    document
}

fn duplicates(checked: &Checked<'_>, report: &Report) -> Value {
    let places = report.duplicate_places.iter().map(Some).chain(std::iter::repeat(None));
    let duplicate = |(pointer, place): (&tfe_schema::Pointer, Option<&Place>)| json!({ "pointer": pointer.as_str(), "place": place.map(|place| at(checked, place)) });
    report.duplicates.iter().zip(places).map(duplicate).collect()
}

fn described(checked: &Checked<'_>, violation: &Violation) -> Value {
    json!({
        "pointer": violation.pointer.as_str(),
        "keyword": violation.keyword,
        "schema-location": violation.schema_location,
        "message": violation.message,
        "requirement": violation.requirement,
        "missing": violation.missing,
        "place": violation.place.map(|place| at(checked, &place)),
    })
}

/// Columns and offsets in bytes; offsets from the start of the document.
fn at(checked: &Checked<'_>, place: &Place) -> Value {
    let line = place.line - 1 + checked.line.unwrap_or(1);
    json!({ "line": line, "column": place.column, "start": place.start, "end": place.end })
}
