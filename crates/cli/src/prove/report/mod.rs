//! The matrix for people, for programs and for documents.

mod human;
mod markdown;

use std::collections::BTreeSet;
use std::io::Write;
use std::time::Duration;

use super::{CheckId, Matrix};

pub(crate) use human::human;
pub(crate) use markdown::markdown;

/// The matrix as one JSON document.
pub(crate) fn json(out: &mut impl Write, matrix: &Matrix) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, matrix)?;
    writeln!(out)
}

/// The figures of a proof, a line each. Times are for people who wait, and would make every document differ.
fn summary(matrix: &Matrix, elapsed: Option<Duration>) -> Vec<String> {
    let mut lines = Vec::new();
    if !matrix.faults.is_empty() {
        lines.push(format!("faults        {} of {} killed", matrix.killed(), matrix.faults.len()));
        let caught = matrix.requirements.values().filter(|killers| !killers.is_empty()).count();
        lines.push(format!("requirements  {caught} of {} caught a fault", matrix.requirements.len()));
    }
    let passed = |legal: &[super::matrix::Legal]| legal.iter().filter(|legal| legal.passed).count();
    lines.push(format!("legal         {} of {} servers pass", passed(&matrix.legal), matrix.legal.len()));
    lines.push(format!("findings      {}", matrix.findings.len()));
    lines.extend(elapsed.map(|elapsed| format!("time          {:.1} s", elapsed.as_secs_f32())));
    lines
}

/// The cases of some checks, with how many checks each.
fn by_case(checks: &BTreeSet<CheckId>) -> Vec<(&str, usize)> {
    let mut cases: Vec<(&str, usize)> = Vec::new();
    for check in checks {
        match cases.last_mut() {
            Some((case, count)) if *case == check.case => *count += 1,
            _ => cases.push((&check.case, 1)),
        }
    }
    cases
}
