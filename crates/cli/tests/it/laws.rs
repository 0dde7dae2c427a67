//! Laws of the bundled suite that no single file can keep: what is cited, called and named across
//! requirements, cases, schemas and faults.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tfe_reference::Fault;
use tfe_runner::event::ProfileInfo;
use tfe_runner::suite::{Level, SourceKind};
use tfe_runner::{Plan, Selection, Suite};
use tfe_schema::{Catalog, Schema};

pub(crate) fn plan() -> Plan {
    let suite = Suite::bundled().unwrap_or_else(|error| panic!("the bundled suite does not load:\n{error}"));
    Plan::new(Arc::new(suite), Catalog::bundled(), &Selection::default()).unwrap()
}

/// How many cases a run has that selects no case.
pub(crate) fn cases_of(profiles: &[ProfileInfo]) -> usize {
    let mut selection = Selection::default();
    selection.profiles = profiles.iter().map(|profile| profile.id.clone()).collect();
    Plan::new(plan().suite, Catalog::bundled(), &selection).unwrap().cases.len()
}

fn tested(plan: &Plan) -> BTreeSet<String> {
    plan.profiles.iter().flat_map(|profile| plan.tested_by(profile)).collect()
}

/// A requirement that nothing tests would be a promise that nobody keeps.
#[test]
fn every_requirement_is_tested_or_excluded() {
    let plan = plan();
    let tested = tested(&plan);
    let idle: Vec<_> = plan
        .suite
        .requirements
        .values()
        .filter(|requirement| requirement.excluded.is_none() && !tested.contains(&requirement.id))
        .map(|requirement| &requirement.id)
        .collect();
    assert!(idle.is_empty(), "neither tested nor excluded: {idle:#?}");
}

/// The other direction: what is tested is a requirement, and not one that is given up.
#[test]
fn nothing_cites_what_is_unknown_or_excluded() {
    let plan = plan();
    for id in tested(&plan) {
        let requirement = plan.suite.requirements.get(&id).unwrap_or_else(|| panic!("{id} is no requirement"));
        assert!(requirement.excluded.is_none(), "{id} is tested and excluded");
    }
    for case in &plan.suite.cases {
        for id in case.requirements() {
            let known = plan.suite.requirements.get(id).unwrap_or_else(|| panic!("{} cites unknown {id}", case.id));
            assert!(known.excluded.is_none(), "{} cites {id}, which is excluded", case.id);
        }
    }
}

/// A deviation cites the `x-requirement` of the broken subschema: a typo there would cite nothing.
#[test]
fn schemas_cite_known_requirements() {
    let plan = plan();
    let covered = |schema: &&Schema| plan.profiles.iter().any(|profile| profile.covers(schema.id()));
    for schema in plan.catalog.schemas().filter(covered) {
        for id in schema.requirements() {
            assert!(plan.suite.requirements.contains_key(id), "{} cites unknown {id}", schema.id());
        }
    }
}

/// "Hard to test" is no reason, and neither is a single word.
#[test]
fn exclusions_have_a_reason_that_can_be_read() {
    for requirement in plan().suite.requirements.values() {
        if let Some(reason) = &requirement.excluded {
            assert!(reason.trim().len() >= 30 && reason.contains(' '), "{}: {reason:?}", requirement.id);
        }
    }
}

/// What the field does without a document that says so never fails a server.
#[test]
fn practice_is_never_a_must() {
    for requirement in plan().suite.requirements.values() {
        let practice = requirement.source.kind == SourceKind::Practice;
        assert!(!practice || requirement.level != Level::Must, "{} is practice and a must", requirement.id);
    }
}

/// Reports quote these words and the place where they stand.
#[test]
fn requirements_have_words_and_a_place() {
    for requirement in plan().suite.requirements.values() {
        assert!(!requirement.statement.trim().is_empty(), "{} has no words", requirement.id);
        assert!(!requirement.source.section.trim().is_empty(), "{} has no section", requirement.id);
    }
}

/// An operation that no case calls is described and never looked at. What fixtures need is not the
/// business of the profile; the four of the Variables API are.
#[test]
fn every_operation_of_the_variables_api_is_called() {
    let plan = plan();
    let called: BTreeSet<&str> = plan.suite.cases.iter().flat_map(|case| case.operations()).collect();
    let described: Vec<&str> = plan
        .catalog
        .operations()
        .map(|operation| &*operation.id)
        .filter(|id| id.starts_with("v2.variables."))
        .collect();
    assert_eq!(described.len(), 4, "{described:?}");
    for id in described {
        assert!(called.contains(id), "no case calls {id}");
    }
}

/// A fault that breaks what no case tests could never be caught.
#[test]
fn faults_break_requirements_that_are_tested() {
    let tested = tested(&plan());
    for fault in Fault::all() {
        for id in fault.breaks() {
            assert!(tested.contains(*id), "{fault} breaks {id}, which nothing tests");
        }
    }
}

/// Names are what people type: one each.
#[test]
fn names_of_faults_are_unique() {
    let names: Vec<_> = Fault::all().map(Fault::name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
}

/// The id tells the file, so that a case is found without a search; the walk also finds files that
/// the suite would leave out in silence.
#[test]
fn ids_of_cases_are_the_paths_of_their_files() {
    let plan = plan();
    let ids: BTreeSet<String> = plan.suite.cases.iter().map(|case| case.id.clone()).collect();
    assert_eq!(ids.len(), plan.suite.cases.len(), "an id stands twice");
    for case in &plan.suite.cases {
        assert_eq!(case.file, format!("{}.yaml", case.id));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let mut files = Vec::new();
    walk(&root, &mut files);
    let name = |path: &PathBuf| path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    let is_case = |name: &String| {
        let list =
            ["statements.yaml", "documents.yaml"].contains(&name.as_str()) || name.ends_with("/requirements.yaml");
        !list && !name.starts_with("profiles/")
    };
    let expected: BTreeSet<String> = files.iter().map(name).filter(is_case).collect();
    assert_eq!(expected, ids.iter().map(|id| format!("{id}.yaml")).collect());
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

/// Every case runs in some profile, and reports name it by its title.
#[test]
fn every_case_has_a_title_of_its_own_and_a_profile() {
    let plan = plan();
    let mut titles = BTreeSet::new();
    for case in &plan.suite.cases {
        assert!(!case.title.trim().is_empty() && !case.title.contains('\n'), "{}: {:?}", case.id, case.title);
        // The APIs may have cases of the same kind.
        let api = case.id.split('/').next();
        assert!(titles.insert((api, case.title.as_str())), "{}: the title stands twice: {}", case.id, case.title);
        assert!(plan.profiles.iter().any(|profile| profile.covers(&case.id)), "{} is in no profile", case.id);
    }
}
