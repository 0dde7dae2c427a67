//! For people: the place, what is wrong, and the line with the place underlined.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use tfe_runner::report::visible;
use tfe_schema::{Excerpts, Place, Report, Schema};

use super::{Checked, Printer, Totals, name};

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const FAINT: Style = Style::new().dimmed();

pub(super) struct Human;

impl Printer for Human {
    fn document(&mut self, checked: &Checked<'_>, out: &mut dyn Write) -> io::Result<()> {
        let name = visible(&name(checked)).into_owned();
        match &checked.found {
            // Of many lines only those are told that need a look.
            Ok(report) if report.is_valid() && checked.line.is_some() => Ok(()),
            Ok(report) if report.is_valid() => {
                writeln!(out, "{name}: {GOOD}conforms{GOOD:#} to {}", checked.schema.id())
            }
            Ok(report) => report_of(checked, report, out),
            Err(unread) => writeln!(out, "{name}: {BAD}{unread}{BAD:#}"),
        }
    }

    fn end(&mut self, schema: &Schema, totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
        let Totals { conforming, deviating, unread } = *totals;
        if conforming + deviating + unread == 1 {
            return Ok(());
        }
        let unread = if unread == 0 { String::new() } else { format!(", {unread} could not be judged") };
        writeln!(out, "{conforming} conform to {}, {deviating} do not{unread}", schema.id())
    }
}

fn report_of(checked: &Checked<'_>, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if let Some(error) = &report.syntax {
        let line = error.line - 1 + checked.line.unwrap_or(1);
        let kind = error.kind.to_string();
        return problem(checked, &format!(":{line}:{}", error.column), "not a JSON document: ", &kind, "", out);
    }
    if let Some(error) = &report.form {
        return problem(checked, "", "not a form: ", &error.to_string(), "", out);
    }
    let excerpts = checked.schema.excerpts(checked.bytes);
    let mut told = |place: Option<&Place>, at: &str, message: &str, rule: &str| {
        problem(checked, &position(checked, place), &format!("{at}: "), message, rule, out)?;
        match (&excerpts, place) {
            (Some(excerpts), Some(place)) => excerpt(checked, excerpts, place, out),
            _ => Ok(()),
        }
    };
    for (index, pointer) in report.duplicates.iter().enumerate() {
        told(report.duplicate_places.get(index), pointer.as_str(), "the member stands twice", "")?;
    }
    for violation in &report.violations {
        let at = if violation.pointer.is_root() { "the document" } else { violation.pointer.as_str() };
        told(violation.place.as_ref(), at, &violation.message, &violation.schema_location)?;
    }
    if report.truncated {
        problem(checked, "", "and more: only the first violations are listed", "", "", out)?;
    }
    Ok(())
}

/// Names and values come from the document: nothing of it may reach the terminal as it is.
fn problem(
    checked: &Checked<'_>,
    position: &str,
    at: &str,
    message: &str,
    rule: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (file, at, message) = (visible(checked.file), visible(at), visible(message));
    let rule = if rule.is_empty() { String::new() } else { format!("  {FAINT}[{rule}]{FAINT:#}") };
    writeln!(out, "{file}{position}: {at}{BAD}{message}{BAD:#}{rule}")
}

/// `:line:column`, as compilers write it; a form has no lines.
fn position(checked: &Checked<'_>, place: Option<&Place>) -> String {
    let line = |place: &Place| place.line - 1 + checked.line.unwrap_or(1);
    place.map(|place| format!(":{}:{}", line(place), place.column)).unwrap_or_default()
}

fn excerpt(checked: &Checked<'_>, excerpts: &Excerpts<'_>, place: &Place, out: &mut dyn Write) -> io::Result<()> {
    let number = (place.line - 1 + checked.line.unwrap_or(1)).to_string();
    let excerpt = excerpts.at(place);
    let part = |from: usize, to: usize| excerpt.text.chars().skip(from).take(to - from).collect::<String>();
    let shown = |text: String| visible(&text).replace("\\t", " ");
    let before = shown(part(0, excerpt.marked.start));
    let marked = shown(part(excerpt.marked.start, excerpt.marked.end));
    let after = shown(part(excerpt.marked.end, excerpt.text.chars().count()));
    let (gap, line) = (" ".repeat(before.chars().count()), "^".repeat(marked.chars().count().max(1)));
    writeln!(out, "  {FAINT}{number} |{FAINT:#} {before}{BAD}{marked}{BAD:#}{after}")?;
    writeln!(out, "  {FAINT}{} |{FAINT:#} {gap}{BAD}{line}{BAD:#}", " ".repeat(number.len()))
}
