//! `list --coverage`: every sentence of the documents, the requirement that accounts for it, and what shows that the
//! requirement is tested: its cases, and the faults that it must catch.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use serde::Serialize;
use tfe_reference::Fault;
use tfe_runner::Plan;
use tfe_runner::suite::Requirement;

use crate::args::ListFormat;

/// One sentence. A requirement that follows from no sentence of the list has a row of its own.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Row<'p> {
    statement: Option<&'p str>,
    words: String,
    requirement: &'p str,
    level: String,
    /// Why nothing tests it.
    excluded: Option<&'p str>,
    /// How many cases test it. The rules for every exchange need none.
    cases: usize,
    faults: Vec<&'static str>,
}

pub(super) fn print(out: &mut impl Write, plan: &Plan, format: ListFormat) -> std::io::Result<()> {
    let rows = rows(plan);
    match format {
        ListFormat::Json => writeln!(out, "{:#}", serde_json::json!({ "coverage": rows })),
        ListFormat::Human => table(out, &rows),
    }
}

fn rows(plan: &Plan) -> Vec<Row<'_>> {
    let requirements = &plan.suite.requirements;
    let owner_of = |row: &str| requirements.values().find(|requirement| requirement.rows.iter().any(|own| own == row));
    let mut cases: BTreeMap<&str, usize> = BTreeMap::new();
    for planned in &plan.cases {
        let cited: BTreeSet<&str> = planned.case.requirements().collect();
        for id in cited {
            *cases.entry(id).or_default() += 1;
        }
    }
    let about = |requirement: &Requirement| cases.get(requirement.id.as_str()).copied().unwrap_or_default();
    let mut rows: Vec<Row<'_>> = Vec::new();
    for statement in &plan.suite.statements {
        if let Some(requirement) = owner_of(&statement.id) {
            rows.push(Row::new(Some(&statement.id), &statement.words, requirement, about(requirement)));
        }
    }
    for requirement in requirements.values().filter(|requirement| requirement.rows.is_empty()) {
        rows.push(Row::new(None, &requirement.statement, requirement, about(requirement)));
    }
    rows
}

impl<'p> Row<'p> {
    fn new(statement: Option<&'p str>, words: &str, requirement: &'p Requirement, cases: usize) -> Self {
        let faults = Fault::all().filter(|fault| fault.breaks().contains(&requirement.id.as_str()));
        Self {
            statement,
            words: super::one_line(words),
            requirement: &requirement.id,
            level: requirement.level.to_string(),
            excluded: requirement.excluded.as_deref(),
            cases,
            faults: faults.map(Fault::name).collect(),
        }
    }

    /// What becomes of the sentence.
    fn outcome(&self) -> String {
        match self.excluded {
            Some(reason) => format!("excluded: {}", reason.split_whitespace().collect::<Vec<_>>().join(" ")),
            None => self.faults.join(", "),
        }
    }
}

fn table(out: &mut impl Write, rows: &[Row<'_>]) -> std::io::Result<()> {
    let excluded = rows.iter().filter(|row| row.excluded.is_some()).count();
    writeln!(out, "{} sentences: {} tested, {excluded} excluded with a reason.", rows.len(), rows.len() - excluded)?;
    writeln!(out)?;
    writeln!(out, "| row | words | requirement | level | cases | killed by, or why not tested |")?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for row in rows {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            row.statement.unwrap_or("-"),
            cell(&row.words),
            row.requirement,
            row.level,
            if row.excluded.is_some() { "-".to_owned() } else { row.cases.to_string() },
            cell(&row.outcome()),
        )?;
    }
    Ok(())
}

/// A text inside a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
