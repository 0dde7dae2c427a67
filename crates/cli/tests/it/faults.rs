//! The suite bites: every deliberate fault of the reference server is caught by a check that cites
//! what the fault breaks, and a server without faults is left in peace.

use std::collections::BTreeSet;
use std::thread;

use tfe_reference::Fault;
use tfe_runner::Plan;
use tfe_runner::event::{Claim, Outcome};
use tfe_runner::suite::Level;

use crate::events::Events;
use crate::laws::{cases_of, plan};
use crate::process::Run;

/// False red is as bad as false green: no deviation and no warning where everything is right.
#[test]
fn without_a_fault_nothing_deviates() {
    let (output, events) = Run::reference(&[]).events();
    assert_eq!(output.code, 0, "{output:?}");
    events.is_conformant();
    let whole = cases_of(&events.started().profiles);
    assert_eq!(events.started().cases, whole, "the whole suite ran");
    assert_eq!(events.cases().count(), whole, "and every case has a verdict");
    assert_eq!(events.finished().leaks, Vec::<String>::new());
}

/// Controls: a switch that changes nothing must not be caught, or the switch itself is what the
/// suite sees.
#[test]
fn no_control_is_caught() {
    for control in Fault::all().filter(|fault| fault.is_control()) {
        let (output, events) = Run::reference(&["--fault", control.name()]).events();
        assert_eq!(output.code, 0, "{control}: {output:?}");
        events.is_conformant();
    }
}

/// No tested requirement is vacuous: each has a fault that it must catch.
#[test]
fn every_tested_requirement_has_a_fault() {
    let plan = plan();
    let broken: BTreeSet<&str> = Fault::all().flat_map(Fault::breaks).copied().collect();
    let tested: BTreeSet<String> = plan.profiles.iter().flat_map(|profile| plan.tested_by(profile)).collect();
    let unbroken: Vec<_> = tested.iter().filter(|id| !broken.contains(id.as_str())).collect();
    assert!(unbroken.is_empty(), "no fault breaks {unbroken:?}");
    let untested: Vec<_> = broken.iter().filter(|id| !tested.contains(**id)).collect();
    assert!(untested.is_empty(), "faults break what nothing tests: {untested:?}");
}

/// Faults are caught for the reason that they were made for. All of them are tried by `prove`; here,
/// where each is a run of the program, one of every ten.
#[test]
fn faults_are_caught_by_what_they_break() {
    const EVERY: usize = 10;
    let plan = plan();
    let faults: Vec<Fault> = Fault::all().filter(|fault| !fault.is_control()).step_by(EVERY).collect();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = |faults: &[Fault]| faults.iter().flat_map(|fault| missed(*fault, &plan)).collect::<Vec<_>>();
    let missed: Vec<String> = thread::scope(|scope| {
        let shares = faults.chunks(faults.len().div_ceil(threads)).map(|faults| scope.spawn(|| share(faults)));
        // All are started before the first is waited for.
        let shares: Vec<_> = shares.collect();
        shares.into_iter().flat_map(|share| share.join().unwrap()).collect()
    });
    assert!(missed.is_empty(), "{missed:#?}");
}

/// What the suite fails to show about a fault.
fn missed(fault: Fault, plan: &Plan) -> Vec<String> {
    let (output, events) = Run::reference(&["--fault", fault.name()]).events();
    let mut missed = Vec::new();
    let claims: Vec<_> = events.finished().claims.iter().map(|claim| claim.claim).collect();
    // What a server should do and does not leaves it conformant.
    let levels = fault.breaks().iter().filter_map(|id| plan.suite.requirements.get(*id));
    let must = levels.clone().any(|requirement| requirement.level == Level::Must);
    if (output.code == 1) != must || claims.contains(&Claim::NonConformant) != must {
        missed.push(format!("{fault}: exit {} and {claims:?}", output.code));
    }
    let unseen = fault.breaks().iter().filter(|id| !deviates(plan, &events, id));
    missed.extend(unseen.map(|id| format!("{fault} breaks {id}, and nothing shows it")));
    missed
}

/// Whether some check shows the requirement broken, as far as its level goes.
fn deviates(plan: &Plan, events: &Events, id: &str) -> bool {
    let outcome = match plan.suite.requirements.get(id).map(|requirement| requirement.level) {
        None => return false,
        Some(Level::Must) => Outcome::Fail,
        Some(Level::Should) => Outcome::Warn,
        Some(Level::May) => Outcome::Note,
    };
    events.requirements(outcome).contains(id)
}

/// A deviation comes with its evidence: what was expected, what came, and the exchange.
#[test]
fn deviations_come_with_the_exchange() {
    let (_, events) = Run::reference(&["--fault", "foreign-403"]).events();
    let mut deviations = 0;
    for case in events.cases() {
        for check in case.checks.iter().filter(|check| check.outcome == Outcome::Fail) {
            let exchange = check.exchange.and_then(|index| case.exchanges.get(index));
            let exchange = exchange.unwrap_or_else(|| panic!("{}: no exchange for {check:?}", case.id));
            assert_eq!(exchange.step, check.step);
            assert!(!check.expected.is_empty() && !check.got.is_empty(), "{check:?}");
            assert!(exchange.response.is_some() && exchange.curl.starts_with("curl "), "{exchange:?}");
            deviations += 1;
        }
    }
    assert!(deviations > 0);
}

/// A web page instead of a document is the finding of the rule on documents: what is asked of a member of the document
/// is not judged then, neither as a second finding nor as a pass.
#[test]
fn a_member_that_must_be_absent_is_not_looked_for_in_a_page() {
    let case = ["--fault", "error-html", "--case", "v2/variables/list/unknown-workspace"];
    let (output, events) = Run::reference(&case).events();
    assert_eq!(output.code, 1, "{output:?}");
    let checks = |requirement: &str| -> Vec<_> {
        let checks = events.checks().filter(|check| check.requirement == requirement && check.implied);
        checks.map(|check| check.outcome).collect()
    };
    assert!(checks("v2.index.error-objects").contains(&Outcome::Fail), "a page is no error document");
    let absent: Vec<_> = events.checks().filter(|check| check.expected.ends_with("absent")).collect();
    assert!(!absent.is_empty() && absent.iter().all(|check| check.outcome == Outcome::NotRun), "{absent:#?}");
    assert!(!events.requirements(Outcome::Fail).contains("v2.variables.list.unknown-workspace"));
}

/// Faults add up: each is still seen beside another.
#[test]
fn two_faults_are_caught_at_once() {
    let faults = [Fault::Foreign403, Fault::DeletedStillListed];
    let args = ["--fault", faults[0].name(), "--fault", faults[1].name()];
    let (output, events) = Run::reference(&args).events();
    assert_eq!(output.code, 1);
    let failed = events.requirements(Outcome::Fail);
    for fault in faults {
        assert!(fault.breaks().iter().any(|id| failed.contains(id)), "{fault} is not seen");
    }
}

fn file(path: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The kill matrix that people read is that of these faults and requirements, and shows no gap. What caught a fault is
/// compared by the CI, which makes the matrix anew (`prove --seeds 20 --format markdown`).
#[test]
fn the_matrix_in_the_snapshots_is_of_this_suite() {
    let matrix = file("snapshots/prove/matrix.md");
    let rows = |heading: &str| -> BTreeSet<String> {
        let (_, rest) = matrix.split_once(heading).unwrap_or_else(|| panic!("no {heading}"));
        let rows = rest.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
        let names = rows.map_while(|row| row.strip_prefix("| ")?.split_once(" |"));
        names.map(|(name, _)| name.to_owned()).collect()
    };
    let plan = plan();
    let faults: BTreeSet<String> =
        Fault::all().filter(|fault| !fault.is_control()).map(|fault| fault.name().to_owned()).collect();
    let tested: BTreeSet<String> = plan.profiles.iter().flat_map(|profile| plan.tested_by(profile)).collect();
    assert_eq!(rows("## By fault"), faults);
    assert_eq!(rows("## By requirement"), tested);
    for gap in ["**nothing**", "**none**", "## Findings"] {
        assert!(!matrix.contains(gap), "the matrix has a gap: {gap}");
    }
    let words = matrix.split_whitespace().collect::<Vec<_>>().join(" ");
    let (faults, tested) = (faults.len(), tested.len());
    for figure in
        [format!("{faults} of {faults} killed"), format!("{tested} of {tested} caught"), "findings 0".to_owned()]
    {
        assert!(words.contains(&figure), "no `{figure}` in the matrix");
    }
    let readme = file("README.md");
    for figure in [
        format!("| faults killed | {faults} of {faults} |"),
        format!("| tested requirements that caught a fault | {tested} of {tested} |"),
        format!("`list faults` shows all {faults}"),
        format!("and {} controls)", Fault::all().filter(|fault| fault.is_control()).count()),
    ] {
        assert!(readme.contains(&figure), "no `{figure}` in README.md");
    }
}
