//! Annotations of GitHub Actions (workflow commands): one line each, read from a step's output.

use std::io::{self, Write};

use tfe_schema::Schema;

use super::{Checked, Printer, Region, Totals, findings};

pub(super) struct Github;

impl Printer for Github {
    fn document(&mut self, checked: &Checked<'_>, out: &mut dyn Write) -> io::Result<()> {
        for finding in findings(checked) {
            write!(out, "::error file={}", property(checked.file))?;
            if let Some(Region { line, column, end_line, end_column }) = finding.region {
                write!(out, ",line={line},endLine={end_line}")?;
                // Columns are only understood within one line.
                if line == end_line {
                    write!(out, ",col={column},endColumn={end_column}")?;
                }
            }
            writeln!(out, ",title={}::{}", property(&finding.rule), data(&finding.message))?;
        }
        Ok(())
    }

    fn end(&mut self, schema: &Schema, totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
        let Totals { conforming, deviating, unread } = totals;
        let id = schema.id();
        writeln!(out, "{conforming} conform to {id}, {deviating} do not, {unread} could not be judged")
    }
}

/// Text of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
