//! Suites that do not load: everything that is wrong at once, with file, line and column, exit 2,
//! and nothing sent.

use regex::Regex;

use crate::copies::Copy;
use crate::laws::cases_of;
use crate::process::Run;

/// The case that the tests below break; a small one that stays small.
const FILE: &str = "v2/variables/delete/removed.yaml";

/// A case with one step whose lines the tests count.
const CASE: &str = "\
title: A case of the tests
fixtures: { ws: workspace }
steps:
  - id: list
    operation: v2.variables.list
    checks:
      - { requirement: v2.variables.list.data-array, status: 200 }
";

/// The copy with `CASE` changed in one place is refused, at this line, with these words.
#[track_caller]
fn refused(old: &str, new: &str, line: u32, words: &[&str]) {
    assert!(CASE.contains(old), "{old:?}");
    let copy = Copy::new();
    copy.write("v2/paths/of-the-tests.yaml", CASE.replacen(old, new, 1));
    let place = format!("v2/paths/of-the-tests.yaml:{line}:");
    let output = copy.is_refused(&[&[place.as_str()], words].concat());
    let located = Regex::new(r"(?m)^(error: )?v2/paths/of-the-tests\.yaml:\d+:\d+: \S").unwrap();
    assert!(located.is_match(&output.stderr), "no file:line:column in {:?}", output.stderr);
}

const CHECK: &str = "{ requirement: v2.variables.list.data-array, status: 200 }";

/// The control: the copy as it is, and the copy with the case of these tests, both run.
#[test]
fn a_copy_of_the_suite_runs() {
    let copy = Copy::new();
    copy.write("v2/paths/of-the-tests.yaml", CASE);
    let (output, events) = Run::reference(&["--suite"]).args([copy.path()]).events();
    assert_eq!(output.code, 0, "{output:?}");
    events.is_conformant();
    assert_eq!(events.started().cases, cases_of(&events.started().profiles) + 1);
    events.case("v2/paths/of-the-tests");
}

#[test]
fn a_syntax_error() {
    refused("    checks:\n", "    checks: [\n", 7, &[]);
}

#[test]
fn a_tab_for_indentation() {
    refused("    operation:", "\toperation:", 4, &["tab"]);
}

#[test]
fn an_unknown_key_of_a_case() {
    refused("title:", "tilte: x\ntitle:", 1, &["tilte"]);
}

#[test]
fn an_unknown_key_of_a_step() {
    refused("    checks:", "    check: []\n    checks:", 4, &["check"]);
}

#[test]
fn an_unknown_key_of_a_check() {
    refused("status: 200", "status: 200, statsu: 201", 7, &["statsu"]);
}

#[test]
fn a_duplicate_key() {
    refused("    checks:", "    operation: v2.variables.list\n    checks:", 6, &["operation"]);
}

#[test]
fn an_anchor() {
    refused("operation: v2", "operation: &x v2", 5, &["anchor"]);
}

#[test]
fn a_tag() {
    refused("operation: v2", "operation: !thing v2", 5, &["tag"]);
}

#[test]
fn a_merge_key() {
    refused("    operation:", "    <<: { as: user }\n    operation:", 5, &[]);
}

#[test]
fn two_documents_in_a_file() {
    refused("title:", "title: one\n---\ntitle:", 3, &["multiple YAML documents"]);
}

#[test]
fn an_unknown_requirement() {
    refused("list.data-array", "list.data-arrray", 4, &["v2.variables.list.data-arrray"]);
}

#[test]
fn an_excluded_requirement() {
    let suite = tfe_runner::Suite::bundled().unwrap();
    let excluded = suite.requirements.values().find(|requirement| requirement.excluded.is_some()).unwrap();
    refused("v2.variables.list.data-array", &excluded.id, 4, &[&excluded.id, "excluded"]);
}

#[test]
fn an_unknown_operation() {
    refused("v2.variables.list\n", "v2.variables.lits\n", 4, &["v2.variables.lits"]);
}

#[test]
fn a_missing_path_parameter() {
    refused("operation: v2.variables.list", "operation: v2.variables.delete", 4, &["variable_id"]);
}

#[test]
fn a_path_parameter_that_the_operation_does_not_have() {
    refused("    checks:", "    params: { variable_id: x }\n    checks:", 4, &["variable_id"]);
}

#[test]
fn a_template_that_nothing_gives_a_value() {
    refused("    checks:", "    query: { x: \"${nothing}\" }\n    checks:", 4, &["${nothing}"]);
}

/// A condition that nothing can set would switch a step off, or on, for good.
#[test]
fn a_condition_that_nothing_sets() {
    for word in ["when", "unless"] {
        refused("    checks:", &format!("    {word}: [never]\n    checks:"), 4, &[&format!("`{word}: never`")]);
    }
}

/// A capture of the step itself comes too late for its own request.
#[test]
fn a_template_of_a_later_capture() {
    let new = "    query: { x: \"${own}\" }\n    capture: { own: /data/0/id }\n    checks:";
    refused("    checks:", new, 4, &["${own}"]);
}

#[test]
fn a_template_that_is_none() {
    refused("    checks:", "    query: { x: \"${uniq:ue:}\" }\n    checks:", 4, &["uniq:ue:"]);
}

#[test]
fn an_unknown_fixture_kind() {
    refused("ws: workspace", "ws: workspaec", 1, &["workspaec"]);
}

#[test]
fn a_precondition_with_checks() {
    refused("    checks:", "    role: precondition\n    checks:", 8, &["/steps/0/checks"]);
}

#[test]
fn a_test_step_without_a_check() {
    refused(&format!("    checks:\n      - {CHECK}\n"), "", 4, &["check"]);
}

#[test]
fn a_check_of_two_things() {
    refused("status: 200", "status: 200, media-type: text/plain", 7, &["status", "media-type"]);
}

#[test]
fn a_check_without_a_matcher() {
    refused("status: 200", "at: /data", 7, &["/steps/0/checks/0"]);
}

#[test]
fn a_status_that_is_none() {
    refused("status: 200", "status: 2000", 7, &["/status", "599"]);
}

#[test]
fn a_bad_regular_expression() {
    refused("status: 200", "at: /data, matches: \"(\"", 7, &["regular expression"]);
}

#[test]
fn a_bad_pointer() {
    refused("status: 200", "at: data, present: true", 7, &["data"]);
}

#[test]
fn like_a_step_that_is_not_there() {
    refused("operation: v2.variables.list", "like: nobody", 4, &["nobody"]);
}

#[test]
fn two_ways_to_name_a_request() {
    refused("    checks:", "    request: { method: GET, path: / }\n    checks:", 6, &["/steps/0/request"]);
}

/// A `without` that takes nothing away would make a negative case a positive one.
#[test]
fn without_of_what_is_not_there() {
    refused("    checks:", "    body: { data: {} }\n    without: [/data/type]\n    checks:", 4, &["/data/type"]);
}

#[test]
fn a_step_id_that_stands_twice() {
    let twice = format!("{CHECK}\n  - id: list\n    operation: v2.variables.list\n    checks:\n      - {CHECK}");
    refused(CHECK, &twice, 8, &["`list`", "twice"]);
}

/// An author sees everything that is wrong, not the first of many.
#[test]
fn problems_in_several_files_are_told_at_once() {
    let copy = Copy::new();
    copy.replace(FILE, "operation: v2.variables.delete", "operation: v2.variables.remove");
    copy.replace("v2/paths/unknown.yaml", "title:", "tilte:");
    copy.replace("v2/requirements.yaml", "level: must", "level: maybe");
    let output = copy.is_refused(&[FILE, "v2.variables.remove", "v2/paths/unknown.yaml:", "v2/requirements.yaml:"]);
    let located = Regex::new(r"\.yaml:\d+:\d+: ").unwrap();
    assert!(located.find_iter(&output.stderr).count() >= 3, "{}", output.stderr);
}

/// Two problems in one case are both told.
#[test]
fn problems_in_one_case_are_told_at_once() {
    let copy = Copy::new();
    let two = CASE.replace("v2.variables.list\n", "v2.variables.lits\n").replace("data-array", "data-arrray");
    copy.write("v2/paths/of-the-tests.yaml", two);
    copy.is_refused(&["v2.variables.lits", "data-arrray"]);
}

/// Requirements, profiles and lists are as strict as cases.
#[test]
fn other_files_are_held_to_their_formats() {
    for (file, old, new, word) in [
        ("v2/requirements.yaml", "level: must", "level: must\n    levle: must", "levle"),
        ("profiles/v2.yaml", "preflight:", "perflight: x\npreflight:", "perflight"),
        (
            "profiles/v2.yaml",
            "{ operation: v2.variables.list }",
            "{ operation: v2.variables.lits }",
            "v2.variables.lits",
        ),
        (
            "profiles/v2.yaml",
            "status: v2.index.standard-response-codes",
            "status: v2.index.nothing",
            "v2.index.nothing",
        ),
        ("statements.yaml", "kind: info", "kind: maybe", "statements.yaml:"),
        ("documents.yaml", "edition:", "editoin:", "documents.yaml:"),
    ] {
        let copy = Copy::new();
        copy.replace(file, old, new);
        copy.is_refused(&[file, word]);
    }
}

/// A requirement that stands twice could be changed in one place alone.
#[test]
fn a_requirement_that_stands_twice() {
    let copy = Copy::new();
    let id = "v2.variables.delete.removed";
    copy.replace("v2/variables/requirements.yaml", "id: v2.variables.delete.no-body", &format!("id: {id}"));
    copy.is_refused(&["v2/variables/requirements.yaml:", id, "twice"]);
}

/// A quotation that leads nowhere is told where it stands.
#[test]
fn a_requirement_that_quotes_an_unknown_document() {
    let copy = Copy::new();
    copy.replace("v2/requirements.yaml", "document: v2-index", "document: v2-indexx");
    copy.is_refused(&["v2/requirements.yaml:", "v2-indexx"]);
}

/// A row that is not in the statement list is told in the file that names it.
#[test]
fn a_requirement_that_accounts_for_an_unknown_row() {
    let copy = Copy::new();
    copy.replace("v2/requirements.yaml", "rows: [I-", "rows: [I-99, I-");
    copy.is_refused(&["\nv2/requirements.yaml:", "I-99"]);
}

/// Files that are no text, or nothing at all, have a place as well.
#[test]
fn files_that_are_no_case() {
    for (bytes, what) in [
        (&b""[..], "empty"),
        (b"# only a comment\n", "a comment"),
        (b"\0\0\0", "NUL bytes"),
        (b"title: \xff\xfe\n", "invalid UTF-8"),
        (b"[1, 2]\n", "a list"),
        (b"just words\n", "words"),
    ] {
        let copy = Copy::new();
        copy.write("v2/paths/of-the-tests.yaml", bytes);
        let output = copy.is_refused(&["v2/paths/of-the-tests.yaml:"]);
        assert!(!output.stderr.contains('\0'), "{what}: {output:?}");
    }
}

/// Nesting that no case needs must not overflow the stack.
#[test]
fn a_case_that_is_nested_too_deep() {
    let copy = Copy::new();
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    copy.write("v2/paths/of-the-tests.yaml", format!("title: x\nsteps: {deep}\n"));
    copy.is_refused(&["v2/paths/of-the-tests.yaml:"]);
}

/// A case in no profile would never run, and nobody would notice.
#[test]
fn a_case_outside_of_every_profile() {
    let copy = Copy::new();
    std::fs::create_dir(copy.path().join("v7")).unwrap();
    copy.write("v7/of-the-tests.yaml", CASE);
    copy.is_refused(&["v7/of-the-tests.yaml:1:1", "profile"]);
}

/// A suite without anything in it would be green for everybody.
#[test]
fn an_empty_folder_is_no_suite() {
    let folder = tempfile::TempDir::new().unwrap();
    let output = Run::reference(&["--suite"]).args([folder.path()]).output();
    assert!([2, 3].contains(&output.code), "{output:?}");
    assert!(output.said().contains("profile") || output.said().contains("case"), "{output:?}");
}
