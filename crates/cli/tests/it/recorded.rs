//! Recorded runs: told again as they were, and shares joined to the whole.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tfe_runner::event::Claim;
use tfe_runner::report::Format;

use crate::copies::Copy;
use crate::events::Events;
use crate::process::{Run, report};
use crate::served::Served;

/// Every format of a recorded run is, byte for byte, that of the run itself.
#[test]
fn a_recording_is_told_as_the_run_was() {
    let folder = TempDir::new().unwrap();
    let path = |format: Format| folder.path().join(format.to_string());
    let reports: Vec<_> =
        Format::ALL.iter().flat_map(|format| ["--report".into(), report_of(*format, &path(*format))]).collect();
    let output = Run::reference(&["--profile", "v2", "--fault", "foreign-403"]).args(reports).output();
    assert_eq!(output.code, 1, "{output:?}");
    for format in Format::ALL {
        let told = Run::new(["report"]).args([path(Format::Events)]).args(["--format", &format.to_string()]).output();
        assert_eq!((told.code, told.stderr.as_str()), (0, ""), "{format}");
        assert_eq!(told.stdout, std::fs::read_to_string(path(format)).unwrap(), "{format}");
        let copy = folder.path().join("copy");
        let args = ["--format".into(), format.to_string().into(), "--output".into(), copy.clone().into_os_string()];
        assert_eq!(Run::new(["report"]).args([path(Format::Events)]).args(args).output().said(), "");
        assert_eq!(std::fs::read_to_string(copy).unwrap(), told.stdout, "{format}");
    }
}

fn report_of(format: Format, path: &Path) -> std::ffi::OsString {
    report(&format.to_string(), path)
}

/// What does not tell a whole run is no report: nothing is made of half a stream.
#[test]
fn half_a_recording_is_refused_with_its_line() {
    let whole = Run::reference(&["--profile", "v2", "--case", "v2/access/*", "--report", "events=-"]).output().stdout;
    let lines: Vec<&str> = whole.lines().collect();
    let told = |text: String| Run::new(["report", "-", "--format", "json"]).stdin(text).output();
    assert_eq!(told(whole.clone()).code, 0);
    let cut = &lines[..lines.len() - 1].join("\n");
    told(cut.clone()).complains(2, &["-: the run is not over", &format!("after line {}", lines.len() - 1)]);
    told(format!("{cut}\n{{\"event\":")).complains(2, &[&format!("line {}: not an event", lines.len())]);
    told(lines[1..].join("\n")).complains(2, &["line 1: the beginning of the run is missing"]);
    told(format!("{whole}{}\n", lines[1])).complains(2, &["the run is over, and more follows"]);
    told(format!("{}\n{whole}", lines[0])).complains(2, &["line 2: the run begins a second time"]);
    told(whole.replacen("\"format\":1", "\"format\":99", 1)).complains(2, &["format 99", "reads format 1"]);
    told([&lines[..2], &lines[3..]].concat().join("\n")).complains(2, &["cases of the run are missing"]);
    told([lines[0], lines[lines.len() - 1]].join("\n")).complains(2, &["cases of the run are missing"]);
    told([&lines[..2], &lines[1..]].concat().join("\n")).complains(2, &["line 3: the case was told before"]);
    told(String::new()).complains(2, &["the run is not over"]);
    told("<html>".to_owned()).complains(2, &["line 1: not an event"]);
    Run::new(["report", "/missing.jsonl"]).output().complains(2, &["/missing.jsonl: cannot be read"]);
    Run::new(["report", "-", "--format", "pdf"]).output().complains(2, &["pdf", "html"]);
    Run::new(["report"]).output().complains(2, &["FILE"]);
}

struct Shares {
    folder: TempDir,
    codes: Vec<i32>,
}

impl Shares {
    /// Runs each share of `total` against the server.
    fn of(served: &Served, total: usize) -> Self {
        let folder = TempDir::new().unwrap();
        let run = |index: usize| {
            let events = report("events", &folder.path().join(format!("{index}.jsonl")));
            let shard = format!("{index}/{total}");
            served.run_both().args(["--shard", &shard]).args(["--report".into(), events]).output().code
        };
        let codes = (1..=total).map(run).collect();
        Self { folder, codes }
    }

    fn path(&self, index: usize) -> PathBuf {
        self.folder.path().join(format!("{index}.jsonl"))
    }

    fn merge(&self, indexes: &[usize]) -> Run {
        Run::new(["report", "merge"]).args(indexes.iter().map(|index| self.path(*index)))
    }
}

/// The shares of a run say together what the run on one machine says: verdicts, claims, exit code.
#[test]
fn joined_shares_are_the_whole() {
    for faults in [&[][..], &["--fault", "foreign-403", "--fault", "v1-update-ignored"]] {
        let served = Served::start(faults);
        let (whole, expected) = served.run_both().events();
        let shares = Shares::of(&served, 3);
        let (output, joined) = shares.merge(&[3, 1, 2]).events();
        assert_eq!(output.code, whole.code, "{output:?}");
        assert_eq!(joined.comparable().len(), expected.comparable().len());
        for (joined, expected) in joined.cases().zip(expected.cases()) {
            assert_eq!((&joined.id, joined.verdict), (&expected.id, expected.verdict));
            let checks = |case: &tfe_runner::event::CaseResult| -> Vec<_> {
                case.checks.iter().map(|check| (check.requirement.clone(), check.step.clone(), check.outcome)).collect()
            };
            assert_eq!(checks(joined), checks(expected), "{}", joined.id);
        }
        let (joined, expected) = (joined.finished(), expected.finished());
        assert_eq!((&joined.claims, &joined.requirements), (&expected.claims, &expected.requirements));
        assert_eq!((&joined.verdicts, joined.exit_code), (&expected.verdicts, expected.exit_code));
    }
}

/// A share never claims more than its part; it fails where it finds something, and passes where not.
#[test]
fn a_share_claims_its_part() {
    let served = Served::start(&[]);
    let shares = Shares::of(&served, 2);
    assert_eq!(shares.codes, [0, 0]);
    let events = Events::parse(&std::fs::read_to_string(shares.path(1)).unwrap());
    assert!(events.started().cases > 0 && events.started().shard.is_some());
    assert_eq!(events.claim().claim, Claim::Partial);
    assert!(events.claim().reasons[0].contains("share 1/2"), "{:?}", events.claim());
    // A share without any case is no failure: the others have them.
    let args = ["--case", "v2/access/hidden-read", "--shard"];
    let codes: Vec<_> = ["1/2", "2/2"].iter().map(|shard| Run::reference(&args).args([shard]).output().code).collect();
    assert_eq!(codes, [0, 0]);
    for bad in ["0/2", "3/2", "x"] {
        Run::reference(&["--shard", bad]).output().complains(2, &[bad, "1/4"]);
    }
}

/// Each share once, all of one run: anything else would claim what was not tested.
#[test]
fn shares_that_do_not_belong_together_are_refused() {
    let served = Served::start(&[]);
    let shares = Shares::of(&served, 2);
    shares.merge(&[1]).output().complains(2, &["missing: share 2/2"]);
    shares.merge(&[1, 2, 1]).output().complains(2, &["1.jsonl is share 1/2 once more"]);
    shares.merge(&[]).output().complains(2, &["FILE"]);
    let other = Shares::of(&Served::start(&[]), 2);
    let mixed = Run::new(["report", "merge"]).args([shares.path(1), other.path(2)]).output();
    mixed.complains(2, &["2.jsonl is of another run: its target is"]);
    // A suite that asks for less, and an API somewhere else, are said in the report, and are no shares of this run.
    let copy = Copy::new();
    copy.replace("v2/paths/prefix.yaml", "title: ", "title: Another ");
    let own = ["--suite".as_ref(), copy.path().as_os_str()];
    for more in [&own[..], &["--base-path".as_ref(), "v2=/other".as_ref()]] {
        let lax = shares.folder.path().join("lax.jsonl");
        served
            .run_both()
            .args(more)
            .args(["--shard", "2/2"])
            .args(["--report".into(), report("events", &lax)])
            .output();
        let mixed = Run::new(["report", "merge"]).args([&shares.path(1), &lax]).output();
        mixed.complains(2, &["lax.jsonl is of another run: its remark on how it was run is"]);
    }
    let whole = shares.folder.path().join("whole.jsonl");
    assert_eq!(served.run_both().args(["--report".into(), report("events", &whole)]).output().code, 0);
    Run::new(["report", "merge"]).args([whole]).output().complains(2, &["whole.jsonl is a whole run"]);
}
