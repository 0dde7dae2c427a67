//! What `prove` prints on a terminal.

use std::io::{Result, Write};
use std::time::Duration;

use super::super::matrix::{Finding, Kind, Matrix, Row};

/// How many cases are named for a requirement; the JSON form has all.
const SHOWN: usize = 3;

/// Prints the matrix by fault and by requirement, the findings, and the figures.
pub(crate) fn human(out: &mut impl Write, matrix: &Matrix, elapsed: Duration) -> Result<()> {
    if !matrix.faults.is_empty() {
        writeln!(out, "Faults, and what caught them\n")?;
        matrix.faults.iter().try_for_each(|row| fault(out, row))?;
        writeln!(out, "\nRequirements, and the faults that they caught\n")?;
        for (id, killers) in matrix.requirements.iter().filter(|(_, killers)| !killers.is_empty()) {
            writeln!(out, "  {id}\n      {}", killers.join(", "))?;
        }
        writeln!(out)?;
    }
    for kind in Kind::ALL {
        let findings: Vec<_> = matrix.findings.iter().filter(|finding| finding.kind == kind).collect();
        if !findings.is_empty() {
            writeln!(out, "{} ({})\n", capitalised(kind.heading()), findings.len())?;
            findings.iter().try_for_each(|finding| writeln!(out, "  {}", line(finding)))?;
            writeln!(out)?;
        }
    }
    writeln!(out, "Result")?;
    super::summary(matrix, Some(elapsed)).iter().try_for_each(|line| writeln!(out, "  {line}"))
}

fn fault(out: &mut impl Write, row: &Row) -> Result<()> {
    let verdict = if row.is_killed() { "killed" } else { "SURVIVED" };
    writeln!(out, "  {}  {verdict}, {} hits", row.fault, row.hits)?;
    for (requirement, checks) in &row.killed_by {
        let cases = super::by_case(checks);
        let mut words: Vec<_> = cases.iter().take(SHOWN).map(|(case, _)| (*case).to_owned()).collect();
        if cases.len() > SHOWN {
            words.push(format!("and {} more cases", cases.len() - SHOWN));
        }
        writeln!(out, "      {requirement}  by {}", words.join(", "))?;
    }
    Ok(())
}

fn line(finding: &Finding) -> String {
    if finding.detail.is_empty() { finding.about.clone() } else { format!("{}  {}", finding.about, finding.detail) }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
