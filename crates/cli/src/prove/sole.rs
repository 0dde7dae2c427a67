//! The gate bites: without the only case, or the only check, that catches a fault, the fault survives and the proof
//! says so.

use std::collections::BTreeSet;
use std::sync::Arc;

use tfe_reference::Fault;
use tfe_runner::{Plan, Suite};

use super::matrix::Kind;
use super::{Bench, CheckId, Matrix, Subject, Trial, trial, trials};

/// Every fault is too much for an unoptimised build: these are spread over the whole catalogue.
const EVERY: usize = 11;

/// The checks that caught the fault, of what it breaks.
fn killers(fault: Fault, trial: &Trial) -> BTreeSet<&CheckId> {
    let intended = trial.deviations.iter().filter(|(id, _)| fault.breaks().contains(&id.as_str()));
    intended.flat_map(|(_, checks)| checks).collect()
}

/// Whether a suite that lacks something is told that this fault survives.
fn survives(fault: Fault, plan: &Plan) -> bool {
    let trial = trial::alone(Subject::Fault(fault), plan.clone()).unwrap();
    let matrix = Matrix::new(plan, &[trial], false);
    matrix.findings.iter().any(|finding| finding.kind == Kind::Survivor && finding.about == fault.name())
}

#[test]
fn without_its_only_killer_a_fault_survives() {
    let bench = Bench::new(Arc::new(Suite::bundled().unwrap())).unwrap();
    let faults: Vec<Fault> = Fault::all().filter(|fault| !fault.breaks().is_empty()).step_by(EVERY).collect();
    let subjects: Vec<Subject> = faults.iter().copied().map(Subject::Fault).collect();
    let whole = trials(&bench, &subjects, 4, &mut |_| {}).unwrap();
    let (mut sole_cases, mut sole_checks) = (0, 0);
    for (fault, trial) in faults.into_iter().zip(&whole) {
        let killers = killers(fault, trial);
        let cases: BTreeSet<&str> = killers.iter().map(|check| check.case.as_str()).collect();
        assert!(!cases.is_empty(), "{fault} is not caught");
        let mut plan = bench.plan_for(trial.subject).clone();
        if let [only] = Vec::from_iter(cases)[..] {
            plan.cases.retain(|planned| planned.case.id != only);
            assert!(survives(fault, &plan), "{fault} is caught without {only}");
            sole_cases += 1;
        }
        if let [CheckId { case, step, number: Some(number) }] = Vec::from_iter(killers)[..] {
            let mut plan = bench.plan_for(trial.subject).clone();
            let planned = plan.cases.iter_mut().find(|planned| planned.case.id == *case).unwrap();
            let own = Arc::make_mut(&mut planned.case);
            own.steps.iter_mut().find(|own| own.id == *step).unwrap().checks.remove(number - 1);
            assert!(survives(fault, &plan), "{fault} is caught without check {number} of {step} in {case}");
            sole_checks += 1;
        }
    }
    assert!(sole_cases >= 3 && sole_checks >= 1, "{sole_cases} faults with one case, {sole_checks} with one check");
}
