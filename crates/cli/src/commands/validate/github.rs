//! Annotations of GitHub Actions: one line each, read from a step's output.

use std::io::{self, Write};

use tfe_runner::report::{Annotation, Position};
use tfe_schema::Schema;

use super::{Checked, Printer, Totals, findings};

pub(super) struct Github;

impl Printer for Github {
    fn document(&mut self, checked: &Checked<'_>, out: &mut dyn Write) -> io::Result<()> {
        for finding in findings(checked) {
            let position = |line: usize, column: usize| Position { line: line as u64, column: column as u64 };
            let region = finding
                .region
                .map(|region| (position(region.line, region.column), position(region.end_line, region.end_column)));
            let annotation = Annotation {
                command: "error",
                file: Some(checked.file),
                region,
                title: &finding.rule,
                message: &finding.message,
            };
            writeln!(out, "{annotation}")?;
        }
        Ok(())
    }

    fn end(&mut self, schema: &Schema, totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
        let Totals { conforming, deviating, unread } = totals;
        let id = schema.id();
        writeln!(out, "{conforming} conform to {id}, {deviating} do not, {unread} could not be judged")
    }
}
