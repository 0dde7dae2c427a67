//! How the operations of a target are answered: one that never succeeds explains much of what deviates, and the claim
//! says where to start.

use tfe_runner::event::OperationAnswers;

use crate::events::Events;
use crate::process::Run;

fn with_fault(fault: &str) -> Events {
    let (output, events) = Run::reference(&["--profile", "v2", "--fault", fault]).events();
    assert_eq!(output.code, 1, "{output:?}");
    events
}

fn operation<'e>(events: &'e Events, id: &str) -> &'e OperationAnswers {
    events.claim().operations.iter().find(|operation| operation.operation == id).unwrap()
}

#[test]
fn an_operation_that_never_succeeds_is_where_to_start() {
    let events = with_fault("update-500");
    let update = operation(&events, "v2.variables.update");
    let answers: usize = update.statuses.values().sum();
    assert_eq!((update.statuses.get(&500), update.deviating > 20), (Some(&answers), true), "{update:?}");
    let reasons = &events.claim().reasons;
    let started = format!("PATCH /api/v2/vars/{{variable_id}} never succeeded (answers by status: 500 in {answers})");
    assert!(reasons.iter().any(|reason| reason.starts_with(&started)), "{reasons:?}");
    assert_eq!(reasons.iter().filter(|reason| reason.contains("never succeeded")).count(), 1, "{reasons:?}");
    let create = operation(&events, "v2.variables.create");
    assert!(create.statuses.contains_key(&201) && create.statuses.contains_key(&422), "{create:?}");
}

/// One that is granted now and then has its deviations, and is no explanation of others.
#[test]
fn an_operation_that_succeeds_sometimes_is_not_blamed() {
    let events = with_fault("foreign-403");
    assert!(operation(&events, "v2.variables.list").deviating > 0);
    assert!(!events.claim().reasons.iter().any(|reason| reason.contains("never succeeded")));
}
