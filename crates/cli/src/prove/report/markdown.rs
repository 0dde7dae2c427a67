//! The matrix as a document: the same text for the same suite.

use std::io::{Result, Write};

use super::super::matrix::{Kind, Matrix};

/// Writes the matrix as two tables, with the findings below.
pub(crate) fn markdown(out: &mut impl Write, matrix: &Matrix) -> Result<()> {
    writeln!(out, "# Kill matrix\n")?;
    super::summary(matrix, None).iter().try_for_each(|line| writeln!(out, "    {line}"))?;
    if !matrix.faults.is_empty() {
        writeln!(out, "\n## By fault\n\n| fault | caught by | in cases |\n|---|---|---|")?;
        for row in &matrix.faults {
            let mut cases: Vec<_> = row.killed_by.values().flat_map(super::by_case).map(|(case, _)| case).collect();
            cases.sort_unstable();
            cases.dedup();
            let requirements: Vec<_> = row.killed_by.keys().map(String::as_str).collect();
            let cases = match cases[..] {
                [] => "**nothing**".to_owned(),
                [only] => only.to_owned(),
                [first, ..] => format!("{first} and {} more", cases.len() - 1),
            };
            writeln!(out, "| {} | {} | {cases} |", row.fault, requirements.join("<br>"))?;
        }
        writeln!(out, "\n## By requirement\n\n| requirement | faults |\n|---|---|")?;
        for (id, killers) in &matrix.requirements {
            let killers = if killers.is_empty() { "**none**".to_owned() } else { killers.join("<br>") };
            writeln!(out, "| {id} | {killers} |")?;
        }
    }
    for kind in Kind::ALL {
        let mut findings = matrix.findings.iter().filter(|finding| finding.kind == kind).peekable();
        if findings.peek().is_some() {
            writeln!(out, "\n## Findings: {}\n", kind.heading())?;
            findings.try_for_each(|finding| writeln!(out, "- {} {}", finding.about, finding.detail))?;
        }
    }
    Ok(())
}
