//! The gate and its baseline: what is known opens it, and nothing that is known may rot.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use tfe_runner::event::{Claim, Verdict};
use tfe_runner::gate::EntryState;

use crate::leftovers::forward;
use crate::process::{Output, Run, report};
use crate::scripted::{Scripted, json_api};
use crate::served::Served;

/// A folder with a recorded run and the baseline that was written from it.
struct Gate {
    folder: TempDir,
}

impl Gate {
    fn new() -> Self {
        Self { folder: TempDir::new().expect("a temporary folder") }
    }

    /// The baseline of a server with these faults.
    fn of(faults: &[&str]) -> Self {
        let gate = Self::new();
        assert_eq!(gate.record(&Gate::run(faults)).code, 1);
        gate.write(&["--reason", "known since spring"]).complains_not();
        gate
    }

    fn recording(&self) -> PathBuf {
        self.folder.path().join("run.jsonl")
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("baseline.toml")
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.file()).expect("a baseline was written")
    }

    fn edit(&self, from: &str, to: &str) {
        let text = self.text();
        assert!(text.contains(from), "{text}");
        std::fs::write(self.file(), text.replace(from, to)).expect("the baseline is writable");
    }

    fn run(faults: &[&str]) -> Vec<String> {
        let faults = faults.iter().flat_map(|fault| ["--fault", fault]);
        ["run", "--reference", "--profile", "v2"].into_iter().chain(faults).map(str::to_owned).collect()
    }

    fn record(&self, run: &[String]) -> Output {
        Run::new(run).args(["--report".into(), report("events", &self.recording())]).output()
    }

    /// A run against a server with these faults, with the baseline.
    fn gated(&self, faults: &[&str], more: &[&str]) -> Run {
        Run::new(Self::run(faults)).args(more).args(["--baseline".into(), self.file().into_os_string()])
    }

    fn write(&self, more: &[&str]) -> Output {
        let paths = [self.recording().into_os_string(), "--output".into(), self.file().into_os_string()];
        Run::new(["baseline", "write"]).args(paths).args(more).output()
    }
}

trait ComplainsNot {
    fn complains_not(&self);
}

impl ComplainsNot for Output {
    fn complains_not(&self) {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "{self:?}");
    }
}

/// What is known opens the gate; the claim stays what it is.
#[test]
fn known_deviations_open_the_gate_and_no_claim() {
    let gate = Gate::of(&["foreign-403", "patch-resets-omitted"]);
    let (output, events) = gate.gated(&["foreign-403", "patch-resets-omitted"], &[]).events();
    assert_eq!(output.code, 0, "{output:?}");
    let finished = events.finished();
    assert!(finished.gate.passed && finished.gate.new == 0, "{:?}", finished.gate);
    assert_eq!(events.claim().claim, Claim::NonConformant);
    assert!(finished.gate.entries.iter().all(|entry| entry.state == EntryState::Known), "{:?}", finished.gate);
    assert!(output.stdout.contains("gate  open, with "), "{}", output.stdout);
    assert!(output.stdout.contains("known since spring") && !output.stdout.contains("Deviations (must)"));
}

/// A deviation that is not known closes it, and is the only one that is told at length.
#[test]
fn a_new_deviation_closes_the_gate() {
    let gate = Gate::of(&["foreign-403"]);
    let (output, events) = gate.gated(&["foreign-403", "patch-resets-omitted"], &[]).events();
    assert_eq!(output.code, 1, "{output:?}");
    assert!(events.finished().gate.new > 0);
    let start = output.stdout.find("Deviations (must)").unwrap();
    let told = &output.stdout[start..output.stdout.find("\nKnown: ").unwrap()];
    assert!(told.contains("v2.variables.update.") && !told.contains("v2.index.hidden-is-404"), "{told}");
    assert!(output.stdout.contains("not in the baseline"), "{}", output.stdout);
}

/// An entry whose deviation is gone, past its day or different closes the gate with a code of its own.
#[test]
fn entries_that_are_not_true_close_the_gate() {
    let gate = Gate::of(&["foreign-403"]);
    let state = |run: Run| {
        let (output, events) = run.events();
        let states = events.finished().gate.entries.iter().map(|entry| entry.state).collect::<Vec<_>>();
        (output.code, states, output.stdout)
    };
    let (code, states, told) = state(gate.gated(&[], &[]));
    assert!(code == 4 && states.iter().all(|state| *state == EntryState::Stale), "{code} {states:?}");
    assert!(told.contains("stale: ") && told.contains("write the baseline again"), "{told}");

    let evidence = gate.text().lines().find(|line| line.starts_with("evidence")).unwrap().to_owned();
    gate.edit(&evidence, "evidence = \"000000000000\"");
    let (code, states, _) = state(gate.gated(&["foreign-403"], &[]));
    assert!(code == 4 && states.contains(&EntryState::Changed), "{code} {states:?}");

    gate.edit("reason =", "expires = 2020-02-29\nreason =");
    let (code, states, told) = state(gate.gated(&["foreign-403"], &[]));
    assert!(code == 4 && states.iter().all(|state| *state == EntryState::Expired), "{code} {states:?}");
    assert!(told.contains("until 2020-02-29"), "{told}");
    gate.edit("2020-02-29", "\"9999-12-31\"");
    let (code, states, _) = state(gate.gated(&["foreign-403"], &[]));
    assert!(code == 4 && states.contains(&EntryState::Known) && states.contains(&EntryState::Changed), "{states:?}");
}

/// Writing it again keeps what people wrote, drops what is gone, and takes what looks different.
#[test]
fn a_baseline_is_brought_up_to_date() {
    let gate = Gate::of(&["foreign-403", "patch-resets-omitted"]);
    let before = gate.text();
    gate.edit("\"known since spring\"", "\"see the tracker\"");
    assert_eq!(gate.record(&Gate::run(&["foreign-403"])).code, 1);
    let output = gate.write(&[]);
    output.complains_not();
    assert!(output.stdout.contains("0 new, 0 changed") && !output.stdout.contains(" 0 that are no more"), "{output:?}");
    let after = gate.text();
    assert!(after.contains("see the tracker") && after.len() < before.len(), "{after}");
    assert_eq!(gate.gated(&["foreign-403"], &[]).output().code, 0);

    // What a selection does not show stays.
    let mut some = Gate::run(&[]);
    some.extend(["--case".to_owned(), "v2/variables/create/*".to_owned()]);
    assert_eq!(gate.record(&some).code, 0);
    gate.write(&[]).complains_not();
    assert_eq!(gate.text().matches("[[deviation]]").count(), after.matches("[[deviation]]").count());
}

/// New entries need a reason, and nothing is written without.
#[test]
fn nobody_accepts_without_a_reason() {
    let gate = Gate::new();
    gate.record(&Gate::run(&["foreign-403"]));
    gate.write(&[]).complains(2, &["--reason", "not in"]);
    gate.write(&["--reason", " "]).complains(2, &["--reason"]);
    assert!(!gate.file().exists());
}

/// The same server gives the same file, whatever the ids, the ports, the order and the machines.
#[test]
fn a_baseline_is_the_same_for_the_same_server() {
    let faults =
        ["foreign-403", "create-200-without-id", "sensitive-readable", "error-not-json-api", "deleted-still-listed"];
    let written = |jobs: &str| {
        let gate = Gate::new();
        let mut run = Gate::run(&faults);
        run.extend(["--jobs".to_owned(), jobs.to_owned()]);
        assert_eq!(gate.record(&run).code, 1);
        gate.write(&["--reason", "all of it"]).complains_not();
        // What was seen is a remark, and not the same in every run.
        gate.text().lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
    };
    let first = written("1");
    assert!(first.matches("[[deviation]]").count() > 20, "{first}");
    assert_eq!(first, written("8"));
    assert_eq!(first, written("3"));
}

/// Cases that the run does not select are neither there nor gone.
#[test]
fn what_is_not_run_is_not_stale() {
    let gate = Gate::of(&["foreign-403"]);
    let (output, events) = gate.gated(&[], &["--case", "v2/variables/create/*"]).events();
    assert_eq!(output.code, 0, "{output:?}");
    assert!(events.finished().gate.entries.iter().all(|entry| entry.state == EntryState::NotSeen));
    assert!(output.stdout.contains("not-seen: "), "{}", output.stdout);
}

/// Each level by itself: a broken `should` closes the gate where it is told to, and can be known as well.
#[test]
fn a_should_counts_where_it_is_told_to() {
    let gate = Gate::new();
    let run = Gate::run(&["create-without-location"]);
    assert_eq!(Run::new(&run).output().code, 0);
    let strict: Vec<String> = run.iter().cloned().chain(["--fail-on".to_owned(), "should".to_owned()]).collect();
    let output = gate.record(&strict);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stdout.contains("v2  conformant") && output.stdout.contains("gate  closed: "), "{}", output.stdout);
    gate.write(&["--reason", "no header"]).complains_not();
    let (output, _) = gate.gated(&["create-without-location"], &["--fail-on", "should"]).events();
    assert_eq!(output.code, 0, "{output:?}");
}

/// A case that cannot run may be known too; that it was not judged stays said.
#[test]
fn a_blocked_case_can_be_known() {
    let served = Served::start(&[]);
    let gate = Gate::new();
    let events = report("events", &gate.recording());
    assert_eq!(served.run_alone().args(["--report".into(), events]).output().code, 3);
    gate.write(&["--reason", "one account"]).complains_not();
    assert!(gate.text().contains("[[blocked]]"), "{}", gate.text());
    let baseline = ["--baseline".into(), gate.file().into_os_string()];
    let (output, events) = served.run_alone().args(&baseline).events();
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(events.claim().claim, Claim::NotEstablished);
    // With a second account the entries are stale.
    assert_eq!(served.run().args(&baseline).output().code, 4);
}

/// What is known of a case hides nothing of the rest of it: neither a step that got no answer, which nobody can know,
/// nor one that the target refused, before it is known as well.
#[test]
fn a_known_deviation_hides_no_step_that_was_not_judged() {
    const CASE: [&str; 4] = ["--case", "v2/variables/delete/only-named", "--retries", "0"];
    let served = Served::start(&["--fault", "plain-json-media-type"]);
    let gate = Gate::new();
    let record = ["--report".into(), report("events", &gate.recording())];
    assert_eq!(served.run().args(CASE).args(&record).output().code, 1);
    gate.write(&["--reason", "known"]).complains_not();
    let baseline = ["--baseline".into(), gate.file().into_os_string()];
    assert_eq!(served.run().args(CASE).args(&baseline).output().code, 0);
    let spoilt = |method: &'static str, status: &'static str, after: usize| {
        let (host, seen) = (served.client().host, AtomicUsize::new(0));
        let between = Scripted::start(move |request, stream| {
            let meant = request.method == method && request.target.starts_with("/api/v2/vars");
            let later = meant && seen.fetch_add(1, Ordering::SeqCst) >= after;
            if later { json_api(stream, status, br#"{"errors":[{}]}"#) } else { forward(&host, request, stream) }
        });
        let address = between.address();
        let run = Run::new(["run", "--address", &address, "--token", served.token()]).args(CASE).args(["--jobs", "1"]);
        let run = run.args(["--organization", served.organization(), "--outsider-token", served.outsider()]);
        (between, run)
    };
    let (_between, run) = spoilt("DELETE", "503 Service Unavailable", 0);
    let (output, events) = run.args(&baseline).events();
    assert_eq!(events.only_case().stopped, Some(Verdict::Inconclusive), "{:?}", events.only_case().reason);
    assert_eq!((output.code, events.only_case().verdict), (3, Verdict::Fail), "{output:?}");
    let (_between, run) = spoilt("POST", "422 Unprocessable Entity", 2);
    let (output, events) = run.args(&record).args(&baseline).events();
    assert_eq!(events.only_case().stopped, Some(Verdict::Blocked), "{:?}", events.only_case().reason);
    assert_eq!(output.code, 3, "{output:?}");
    // Now that is known, too.
    gate.write(&["--reason", "known"]).complains_not();
    assert!(gate.text().contains("[[blocked]]"), "{}", gate.text());
    let (_between, run) = spoilt("POST", "422 Unprocessable Entity", 2);
    assert_eq!(run.args(&baseline).output().code, 0);
}

/// That a run had to end early is no fact about its target: no baseline takes it.
#[test]
fn what_never_began_is_known_by_nobody() {
    let served = Served::start(&[]);
    let gate = Gate::new();
    let run = || served.run().args(["--case", "v2/variables/*", "--max-time", "1", "--jobs", "1", "--rate", "2"]);
    assert_eq!(run().args(["--report".into(), report("events", &gate.recording())]).output().code, 3);
    let written = gate.write(&["--reason", "slow"]);
    assert!(written.stdout.contains("no baseline accepts that"), "{written:?}");
    let (output, events) = run().args(["--baseline".into(), gate.file().into_os_string()]).events();
    assert_eq!(output.code, 3, "{output:?}");
    assert!(events.cases().any(|case| case.stopped == Some(Verdict::Inconclusive)));
}

/// The shares of a run, joined, say of the gate what the whole run says.
#[test]
fn joined_shares_have_the_gate_of_the_whole() {
    let gate = Gate::of(&["foreign-403", "patch-resets-omitted"]);
    for faults in ["foreign-403 patch-resets-omitted", "foreign-403", "foreign-403 deleted-still-listed"] {
        let faults: Vec<_> = faults.split(' ').flat_map(|fault| ["--fault", fault]).collect();
        let served = Served::start(&faults);
        let gated = || served.run().args(["--baseline".into(), gate.file().into_os_string()]);
        let (_, whole) = gated().events();
        let recorded = |run: Run, shard: &str| {
            let path = gate.folder.path().join(shard.replace('/', "-"));
            run.args(["--shard", shard]).args(["--report".into(), report("events", &path)]).output();
            path
        };
        let shares = ["1/2", "2/2"].map(|shard| recorded(gated(), shard));
        let (output, joined) = Run::new(["report", "merge"]).args(&shares).events();
        assert_eq!(joined.finished().gate, whole.finished().gate);
        assert_eq!(output.code, i32::from(whole.finished().exit_code));
        // Shares that were held against different things are not those of one run.
        let lax = recorded(served.run(), "2/2");
        Run::new(["report", "merge"]).args([&shares[0], &lax]).output().complains(2, &["baseline"]);
    }
}

/// What is wrong with the file is said with its place, before anything is sent.
#[test]
fn a_wrong_baseline_is_refused_with_its_place() {
    let gate = Gate::of(&["foreign-403"]);
    let case = gate.text().lines().find(|line| line.starts_with("case = ")).unwrap().to_owned();
    let good = gate.text();
    for (from, to, words) in [
        (case.as_str(), "case = \"v2/access/hiden\"", &["baseline.toml:6:8", "no case `v2/access/hiden`"][..]),
        (
            "v2.index.hidden-is-404",
            "v2.index.hidden-is-405",
            &["no requirement", "did you mean `v2.index.hidden-is-404`"],
        ),
        ("\nreason", "\nresaon", &["unknown field `resaon`", "did you mean `reason`"]),
        ("\"known since spring\"", "\"\"", &["`reason` is empty"]),
        ("\nreason", "\nexpires = 2026-13-01\nreason", &["baseline.toml:"]),
        ("\nreason", "\nexpires = \"soon\"\nreason", &["`expires` is a day"]),
        ("\nreason", "\nexpires = 2026-01-01T10:00:00Z\nreason", &["`expires` is a day"]),
    ] {
        gate.edit(from, to);
        gate.gated(&[], &[]).output().complains(2, words);
        std::fs::write(gate.file(), &good).unwrap();
    }
    let entry = &good[good.find("[[deviation]]").unwrap()..];
    std::fs::write(gate.file(), format!("{good}\n{entry}")).unwrap();
    gate.gated(&[], &[]).output().complains(2, &["a second entry"]);
    std::fs::remove_file(gate.file()).unwrap();
    gate.gated(&[], &[]).output().complains(2, &["baseline.toml cannot be read"]);
}

/// The example in the repository is one that works.
#[test]
fn the_example_is_a_gate() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/gate");
    let config = format!("{example}/tfe-conformance.toml");
    let shown = Run::new(["config", "show", "--config", &config])
        .env("CONFORMANCE_TOKEN", "some-token-1234")
        .env("CONFORMANCE_OUTSIDER_TOKEN", "other-token-1234")
        .output();
    shown.complains_not();
    let baseline = format!("{example}/tfe-conformance-baseline.toml");
    assert!(shown.stdout.contains(&baseline) && !shown.stdout.contains("some-token"), "{}", shown.stdout);
    let case = ["run", "--reference", "--profile", "v2", "--case", "v2/access/hidden-create"];
    let gated = || Run::new(case).args(["--baseline", &baseline]);
    assert_eq!(gated().args(["--fault", "foreign-403"]).output().code, 0);
    assert_eq!(gated().output().code, 4);
}
