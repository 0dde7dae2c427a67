//! How the operations of a target are answered: one that never succeeds explains much of what deviates, and the claim
//! says where to start; a server error is one deviation, whatever was asked for.

use tfe_runner::event::{CheckResult, OperationAnswers, Outcome, Verdict};

use crate::events::Events;
use crate::leftovers::forward;
use crate::process::Run;
use crate::scripted::{Scripted, json_api};
use crate::served::Served;

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
/// A value of the target that no request can carry is reported where the target gave it, and is no fault of the suite.
#[test]
fn an_id_that_is_a_number_is_the_fault_of_the_target() {
    let served = Served::start(&[]);
    let host = served.client().host;
    let between = Scripted::start(move |request, stream| {
        if request.method != "POST" || !request.target.starts_with("/api/v2/vars") {
            return forward(&host, request, stream);
        }
        let attributes = request.json()["data"]["attributes"].clone();
        let data = serde_json::json!({ "data": { "type": "vars", "id": 7, "attributes": attributes } });
        json_api(stream, "201 Created", data.to_string())
    });
    let address = between.address();
    let run =
        Run::new(["run", "--address", &address, "--token", served.token(), "--case", "v2/variables/update/value"]);
    let (output, events) = run.args(["--organization", served.organization()]).events();
    assert_eq!((output.code, events.only_case().verdict), (1, Verdict::Fail), "{output:?}");
    assert!(events.requirements(Outcome::Fail).contains("jsonapi.resource-id-type-types"), "{output:?}");
    assert!(events.only_case().reason.as_deref().is_some_and(|reason| reason.contains("earlier answer")), "{output:?}");
}

#[test]
fn an_operation_that_succeeds_sometimes_is_not_blamed() {
    let events = with_fault("foreign-403");
    assert!(operation(&events, "v2.variables.list").deviating > 0);
    assert!(!events.claim().reasons.iter().any(|reason| reason.contains("never succeeded")));
}

/// That the server failed is one deviation. What the answer would have had in it is neither broken nor kept.
#[test]
fn a_server_error_says_nothing_of_what_was_asked_for() {
    let events = with_fault("list-500");
    let (broken, held) = (events.requirements(Outcome::Fail), events.requirements(Outcome::Pass));
    assert!(broken.contains("v2.index.standard-response-codes"), "{broken:?}");
    for content in ["v2.variables.list.items", "v2.variables.list.filter"] {
        assert!(!broken.contains(content) && !held.contains(content), "{content}");
        let reasons: Vec<_> = events.checks().filter(|check| check.requirement == content).collect();
        let told = |check: &&CheckResult| check.got == "status 500, which `v2.index.standard-response-codes` is about";
        assert!(reasons.iter().any(told), "{reasons:#?}");
    }
    // What a status has to be is known all the same.
    assert!(broken.contains("v2.variables.list.data-array"), "{broken:?}");
}
