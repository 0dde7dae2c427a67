//! Requests that are sent again, so that what differs among equal requests is not held against the target.

use std::sync::Arc;

use super::Flow;
use crate::exchange::Exchange;
use crate::judge;
use crate::run::ledger::Ledger;
use crate::suite::{Check, Expectation, Step};

impl Flow<'_> {
    /// Sends a request again whose answer later ones are compared with, so that what differs among
    /// equal requests is not held against the target. Only what asks for nothing that exists is
    /// compared with, so that a repetition changes nothing.
    pub(super) async fn repeat_for_comparison(&mut self, step: &Step, exchange: &Exchange, ledger: &Ledger) {
        const REPETITIONS: usize = 3;
        let compared =
            |check: &Check| matches!(&check.expectation, Expectation::SameAnswerAs(other) if *other == step.id);
        let is_compared = self.planned.case.steps.iter().any(|later| later.checks.iter().any(compared));
        let changes_nothing = exchange.request.method == http::Method::GET || exchange.response.status >= 400;
        if !is_compared || !changes_nothing {
            return;
        }
        self.repeat(step, exchange, REPETITIONS, ledger).await;
    }

    /// Sends a request again: the answers are controls.
    async fn repeat(&mut self, step: &Step, exchange: &Exchange, times: usize, ledger: &Ledger) {
        for _ in 0..times {
            // An answer that does not come is one control less, and nothing else.
            // A target that refuses once and then does it after all has made something.
            let answer = ledger.send(self.run, &self.planned.profile, step.identity, &exchange.request).await;
            if let Ok(response) = answer {
                self.sent_again(step, &response);
                if response.status != exchange.response.status {
                    let (first, then) = (exchange.response.status, response.status);
                    self.flaky(step, &format!("the same request was answered {first}, and then {then}"));
                }
                let own = exchange.own_values.clone();
                let control = Exchange::new(&step.id, exchange.request.clone(), response, own);
                self.controls.entry(step.id.clone()).or_default().push(Arc::new(control));
            }
        }
    }

    /// Where an answer can be told from the one that it is compared with, both requests are sent more often: what
    /// comes with some answers and not with others (a header of a sampled trace) tells nothing. A request that did
    /// something is not repeated.
    pub(super) async fn repeat_what_differs(&mut self, step: &Step, exchange: &Exchange, ledger: &Ledger) {
        const REPETITIONS: usize = 12;
        for check in &step.checks {
            let Expectation::SameAnswerAs(other) = &check.expectation else { continue };
            let Some(other) = self.exchanges.get(other).cloned() else { continue };
            let controls = |step: &str| self.controls.get(step).map_or(&[][..], Vec::as_slice);
            let same_status = exchange.response.status == other.response.status;
            let is_told = judge::told_apart(exchange, &other, controls(&step.id), controls(&other.step));
            let repeatable = |exchange: &Exchange| {
                exchange.request.method == http::Method::GET || (400..500).contains(&exchange.response.status)
            };
            let step_of = |id: &str| self.planned.case.steps.iter().find(|step| step.id == id);
            if !same_status || !is_told || !repeatable(exchange) || !repeatable(&other) {
                continue;
            }
            self.repeat(step, exchange, REPETITIONS, ledger).await;
            if let Some(other_step) = step_of(&other.step) {
                self.repeat(other_step, &other, REPETITIONS, ledger).await;
            }
        }
    }
}
