//! The statement list: no sentence of the documents is lost, and none is accounted for twice.

use std::collections::{BTreeMap, BTreeSet};

use tfe_runner::Suite;

use crate::process::Run;
use crate::reports::snapshot;

fn suite() -> Suite {
    Suite::bundled().unwrap_or_else(|error| panic!("the bundled suite does not load:\n{error}"))
}

/// The list itself is whole: a row that is missing could not be missed anywhere else.
#[test]
fn the_list_has_every_row() {
    let suite = suite();
    let ids: Vec<&str> = suite.statements.iter().map(|statement| statement.id.as_str()).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "a row stands twice");
    for (letter, count) in [('I', 40), ('V', 70), ('L', 28), ('J', 88)] {
        for number in 1..=count {
            let id = format!("{letter}-{number:02}");
            assert!(unique.contains(id.as_str()), "row {id} is missing");
        }
    }
}

/// Rows have the words that requirements quote, from a document that is known.
#[test]
fn rows_have_words_from_known_documents() {
    let suite = suite();
    for statement in &suite.statements {
        assert!(!statement.words.trim().is_empty(), "{} has no words", statement.id);
        assert!(suite.documents.contains_key(&statement.document), "{}: {}", statement.id, statement.document);
        assert!(statement.line.is_some() || statement.topic.is_some(), "{} has no place", statement.id);
        let kinds = ["must", "should", "may", "info"];
        assert!(kinds.contains(&statement.kind.as_str()), "{}: {}", statement.id, statement.kind);
    }
}

/// Both directions at once: every row in exactly one requirement, and no row that does not exist.
#[test]
fn every_row_is_accounted_for_by_one_requirement() {
    let suite = suite();
    let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for requirement in suite.requirements.values() {
        for row in &requirement.rows {
            owners.entry(row).or_default().push(&requirement.id);
        }
    }
    for (row, requirements) in &owners {
        assert_eq!(requirements.len(), 1, "{row} is accounted for by {requirements:?}");
    }
    let accounted: BTreeSet<&str> = owners.into_keys().collect();
    let listed: BTreeSet<&str> = suite.statements.iter().map(|statement| statement.id.as_str()).collect();
    let lost: Vec<_> = listed.symmetric_difference(&accounted).collect();
    assert!(lost.is_empty(), "in one of the lists alone: {lost:?}");
}

/// The table that reviewers read: what tests each sentence and what proves the test, or why nothing does.
#[test]
fn the_coverage_of_every_sentence_is_known() {
    let output = Run::new(["list", "--coverage"]).output();
    assert_eq!((output.code, output.stderr.as_str()), (0, ""));
    let rows: Vec<&str> = output.stdout.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() >= suite().statements.len());
    for row in rows {
        assert!(!row.ends_with("|  |"), "neither tested nor excluded: {row}");
    }
    snapshot("coverage", &output.stdout);
    let json = Run::new(["list", "--coverage", "--format", "json"]).output();
    assert!(json.stdout.starts_with('{') && json.code == 0, "{json:?}");
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let rows = json["coverage"].as_array().unwrap();
    let excluded = rows.iter().filter(|row| row.get("excluded").is_some_and(|reason| !reason.is_null())).count();
    let readme = include_str!("../../../../README.md").split_whitespace().collect::<Vec<_>>().join(" ");
    for figure in [
        format!("no sentence is forgotten: {} rows", rows.len()),
        format!("the reason why nothing tests it ({excluded})"),
    ] {
        assert!(readme.contains(&figure), "no `{figure}` in README.md");
    }
    let flag = Run::new(["list", "--requirements"]).output();
    assert_eq!(flag.stdout, output.stdout);
}

/// A rule that a document makes stays testable: a `must` row is given up only with a reason, and
/// its requirement says why if it asks for less than the words do.
#[test]
fn a_requirement_that_asks_for_less_than_its_words_says_why() {
    let suite = suite();
    let kinds: BTreeMap<&str, &str> =
        suite.statements.iter().map(|statement| (statement.id.as_str(), statement.kind.as_str())).collect();
    for requirement in suite.requirements.values().filter(|requirement| requirement.excluded.is_none()) {
        let strict = requirement.rows.iter().any(|row| kinds[row.as_str()] == "must");
        let level = requirement.level.to_string();
        assert!(!strict || level == "must" || requirement.note.is_some(), "{} is a {level}", requirement.id);
    }
}
