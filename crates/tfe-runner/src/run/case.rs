//! One case, start to end: fixtures, steps, judgement, clean-up.

mod others;
pub(super) mod pages;
mod repeat;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use tfe_schema::json::SyntaxErrorKind;

use super::bindings::Values;
use super::ledger::{Ledger, Left};
use super::request::{self, RequestError};
use super::{Run, fixture};
use crate::client::{ClientError, Request, Response};
use crate::event::{CaseResult, CheckResult, ExchangeRecord, Observation, Outcome, Verdict};
use crate::exchange::{self, Exchange};
use crate::judge::{self, Bench, Secret};
use crate::plan::Planned;
use crate::redact::Redactor;
use crate::suite::{Call, Observed, Role, Step};
use crate::template::{Bindings, Reference};
use crate::verdict;

/// Runs one case and cleans up behind it.
pub(super) async fn run_case(run: Arc<Run>, index: usize, planned: Planned, ledger: Arc<Ledger>) -> CaseResult {
    let began = Instant::now();
    let mut flow = Flow::new(&run, index, &planned);
    flow.run(&ledger).await;
    let left = ledger.clean(&run).await;
    let mut result = flow.finish();
    (result.leaks, result.kept) = (left.leaks, left.kept);
    result.milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    result
}

/// The result of a case in which the suite itself failed: nothing of it was shown.
pub(super) fn failed(run: &Run, planned: &Planned, reason: &str, left: Left) -> CaseResult {
    let Left { leaks, kept } = left;
    CaseResult { leaks, kept, ..without_a_step(run, planned, Verdict::Error, reason) }
}

/// The result of a case that never began, because the run had to end before.
pub(super) fn not_begun(run: &Run, planned: &Planned, reason: &str) -> CaseResult {
    let result = without_a_step(run, planned, Verdict::Blocked, &format!("not begun: {reason}"));
    // That the run had to end says nothing about the target: nobody can know it beforehand.
    CaseResult { stopped: Some(Verdict::Inconclusive), ..result }
}

/// The result of a case about something that the target is declared not to have.
pub(super) fn declared_absent(run: &Run, planned: &Planned, reason: &str) -> CaseResult {
    let mut flow = Flow::new(run, 0, planned);
    planned.case.steps.iter().for_each(|step| flow.without(step, Outcome::NotApplicable, reason));
    CaseResult { verdict: Verdict::NotApplicable, reason: Some(run.redactor.text(reason)), ..flow.redacted() }
}

fn without_a_step(run: &Run, planned: &Planned, verdict: Verdict, reason: &str) -> CaseResult {
    let mut flow = Flow::new(run, 0, planned);
    planned.case.steps.iter().for_each(|step| flow.not_run(step, reason));
    CaseResult { verdict, reason: Some(run.redactor.text(reason)), ..flow.redacted() }
}

/// The result of a case of which nothing is known yet.
fn blank(planned: &Planned) -> CaseResult {
    CaseResult {
        id: planned.case.id.clone(),
        title: planned.case.title.clone(),
        area: planned.case.area().to_owned(),
        file: planned.case.file.clone(),
        verdict: Verdict::Pass,
        reason: None,
        stopped: None,
        checks: Vec::new(),
        implied: BTreeMap::new(),
        exchanges: Vec::new(),
        observations: Vec::new(),
        leaks: Vec::new(),
        kept: Vec::new(),
        flaky: Vec::new(),
        known: None,
        milliseconds: 0,
    }
}

/// How many values all answers of a case may have: they are kept until it is over.
const MOST_VALUES: usize = 500_000;

/// Why a case stops before its last step.
struct Stop {
    verdict: Verdict,
    reason: String,
}

fn stop(verdict: Verdict, reason: impl Into<String>) -> Stop {
    Stop { verdict, reason: reason.into() }
}

struct Flow<'r> {
    run: &'r Run,
    planned: &'r Planned,
    values: Values,
    redactor: Redactor,
    exchanges: BTreeMap<String, Arc<Exchange>>,
    /// Further answers to the requests of steps that others are compared with.
    controls: BTreeMap<String, Vec<Arc<Exchange>>>,
    /// What the requests so far carried that no later answer may show.
    secrets: BTreeMap<String, Secret>,
    result: CaseResult,
    stopped: Option<Stop>,
    /// How many values the answers so far have.
    read: usize,
    /// Every exchange so far, in order.
    trail: Vec<Arc<Exchange>>,
    /// The request that got no answer.
    unanswered: Option<ExchangeRecord>,
}

impl<'r> Flow<'r> {
    fn new(run: &'r Run, index: usize, planned: &'r Planned) -> Self {
        let mut values = Values::new(&run.id, index);
        fixture::built_in(run, planned, &mut values);
        Self {
            run,
            planned,
            values,
            redactor: run.redactor.clone(),
            exchanges: BTreeMap::new(),
            controls: BTreeMap::new(),
            secrets: BTreeMap::new(),
            result: blank(planned),
            stopped: None,
            read: 0,
            trail: Vec::new(),
            unanswered: None,
        }
    }

    async fn run(&mut self, ledger: &Ledger) {
        let planned = self.planned;
        let unusable = self.run.unusable.iter();
        let unusable = unusable.filter(|((profile, _), _)| *profile == planned.profile.id);
        let mut unusable = unusable.filter(|((_, identity), _)| planned.case.needs(*identity));
        if let Some((_, reason)) = unusable.next() {
            self.stopped = Some(stop(Verdict::Blocked, reason.clone()));
        }
        if self.stopped.is_none()
            && let Err(missing) = fixture::set_up(self.run, planned, &mut self.values, ledger).await
        {
            self.stopped = Some(stop(missing.verdict, missing.reason));
        }
        for (index, step) in planned.case.steps.iter().enumerate() {
            if let Some(stopped) = &self.stopped {
                let reason = stopped.reason.clone();
                self.not_run(step, &reason);
                continue;
            }
            self.values.step = index;
            if let Err(stopped) = self.step(step, ledger).await {
                // Stopped before the judge saw the answer, or after.
                if !self.result.checks.iter().any(|check| check.step == step.id && !check.implied) {
                    self.not_run(step, &stopped.reason);
                }
                self.stopped = Some(stopped);
            }
        }
    }

    async fn step(&mut self, step: &Step, ledger: &Ledger) -> Result<(), Stop> {
        if let Some(missing) = step.when.iter().find(|name| self.values.value(name).is_none()) {
            self.without(step, Outcome::NotApplicable, &format!("the target gives no `{missing}`, and need not"));
            return Ok(());
        }
        if let Some(seen) = step.unless.iter().find(|name| self.values.value(name).is_some()) {
            let reason = format!("not asked: an earlier step has `{seen}`, and its checks say so");
            self.without(step, Outcome::NotApplicable, &reason);
            return Ok(());
        }
        let built = match request::build(self.run, &self.planned.profile, step, &self.values) {
            Ok(built) => built,
            Err(RequestError::Template(error)) => {
                // An earlier step did not give the value; that step's checks say why.
                self.not_run(step, &format!("not sent: {error}"));
                return Ok(());
            }
            Err(RequestError::Client(error)) => return Err(stop(Verdict::Blocked, error.to_string())),
            Err(error) => return Err(stop(Verdict::Error, format!("step `{}`: {error}", step.id))),
        };
        let request = built.request;
        request::prove(self.run.catalog, step, &request).map_err(|error| unsendable(step, &error))?;
        let earlier: Vec<_> = self.secrets.values().cloned().collect();
        self.note_secrets(step);
        let response = match ledger.send(self.run, &self.planned.profile, step.identity, &request).await {
            Ok(response) => response,
            Err(error) => {
                self.unanswered = Some(exchange::record(&step.id, &request, None, &self.redactor));
                return Err(unheard(step, &error));
            }
        };
        self.sent_again(step, &response);
        self.read += response.values;
        if self.read > MOST_VALUES {
            let reason = format!("step `{}`: the answers of the case have more than {MOST_VALUES} values", step.id);
            return Err(stop(Verdict::Inconclusive, reason));
        }
        let (response, pages) = self.whole(step, &request, response).await?;
        let exchange = Exchange::new(&step.id, request, response, built.own_values);
        let exchange = Arc::new(if pages.is_empty() { exchange } else { exchange.with_pages(pages) });
        self.repeat_for_comparison(step, &exchange, ledger).await;
        self.exchanges.insert(step.id.clone(), Arc::clone(&exchange));
        self.trail.push(Arc::clone(&exchange));
        self.repeat_what_differs(step, &exchange, ledger).await;
        self.answered(step, &exchange, &earlier)
    }

    /// Judges an answer and takes from it what later steps need.
    fn answered(&mut self, step: &Step, exchange: &Exchange, earlier: &[Secret]) -> Result<(), Stop> {
        let status = exchange.response.status;
        if let Some(reason) = not_now(status) {
            return Err(stop(Verdict::Inconclusive, format!("step `{}`: {reason}", step.id)));
        }
        self.judge(step, exchange, earlier);
        if step.role == Role::Precondition && !(200..300).contains(&status) {
            let reason =
                format!("precondition `{}` is not met: {} answered {status}", step.id, asked(&exchange.request));
            return Err(stop(Verdict::Blocked, reason));
        }
        if let Err(error) = exchange.json()
            && error.kind == SyntaxErrorKind::TooDeep
        {
            return Err(stop(Verdict::Inconclusive, format!("step `{}`: the answer was not read: {error}", step.id)));
        }
        self.observe(step, exchange);
        self.capture(step, exchange)
    }

    fn judge(&mut self, step: &Step, exchange: &Exchange, earlier: &[Secret]) {
        let profile = &self.planned.profile;
        // The step's own captures are known to its checks.
        for (name, at) in step.capture.iter().chain(&step.capture_if_present) {
            if let Some(value) = exchange.document().and_then(|document| judge::value_at(at, document)) {
                self.values.set(name.clone(), value.clone());
            }
        }
        let bench = Bench {
            catalog: self.run.catalog,
            profile,
            requirements: &self.run.suite.requirements,
            bindings: &self.values,
            is_own: &|item| self.values.are_of(item),
            earlier: &self.exchanges,
            controls: &self.controls,
        };
        let (mut implied, mut answered) = (Vec::new(), None);
        let base = request::base(self.run, profile);
        if exchange.request.url.path().strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            let operation = match &step.call {
                Call::Operation(id) => self.run.catalog.operation(id),
                Call::Raw { .. } => None,
            };
            let routed = operation.or_else(|| request::route(self.run.catalog, base, profile, &exchange.request));
            let passes = &mut self.result.implied;
            implied = judge::implied(step, operation, routed.is_some(), exchange, earlier, &bench, passes);
            answered = routed;
        }
        let mut checks = judge::judge(step, exchange, &bench, &implied);
        checks.append(&mut implied);
        if let Some(operation) = answered {
            let deviates = checks.iter().any(|check| check.outcome == Outcome::Fail);
            self.run.heard.judged(profile, base, operation, exchange.response.status, deviates);
        }
        // Every check points to the exchange of its step: the last one on the trail.
        let shown_by = self.trail.len().checked_sub(1);
        self.result.checks.extend(checks.into_iter().map(|check| CheckResult { exchange: shown_by, ..check }));
    }

    fn observe(&mut self, step: &Step, exchange: &Exchange) {
        for observe in &step.observe {
            let value = match &observe.subject {
                Observed::Status => exchange.response.status.to_string(),
                Observed::Header(name) => exchange.header(name).unwrap_or_else(|| "absent".to_owned()),
                Observed::At(scope, at) => judge::observed(scope, at, exchange, &self.values),
            };
            self.result.observations.push(Observation { name: observe.name.clone(), step: step.id.clone(), value });
        }
    }

    fn capture(&mut self, step: &Step, exchange: &Exchange) -> Result<(), Stop> {
        for (name, statuses) in &step.capture_if_status {
            if statuses.contain(exchange.response.status) {
                self.values.set(name.clone(), exchange.response.status.into());
            }
        }
        for (name, at) in &step.capture {
            match exchange.document().and_then(|document| judge::value_at(at, document)) {
                Some(value) => self.values.set(name.clone(), value.clone()),
                None if step.role == Role::Precondition => {
                    let reason = format!("precondition `{}` is not met: its answer has nothing at `{at}`", step.id);
                    return Err(stop(Verdict::Blocked, reason));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// Remembers which secrets a request carries: from now on no answer may show them.
    fn note_secrets(&mut self, step: &Step) {
        for reference in references(step) {
            if let Reference::Canary(label) = reference {
                let secret = self.values.canary(&label);
                // Steps send the same secret again and again; its spellings are made once.
                if !self.secrets.contains_key(&secret) {
                    self.redactor.add(&format!("secret:{label}"), &secret);
                    let known = Secret::new(&secret);
                    self.secrets.insert(secret, known);
                }
            }
        }
    }

    /// A request that had to be sent again makes the case flaky.
    fn sent_again(&mut self, step: &Step, response: &Response) {
        for why in &response.again {
            self.flaky(step, &format!("sent again: {why}"));
        }
    }

    fn flaky(&mut self, step: &Step, why: &str) {
        let words = format!("step `{}`: {why}", step.id);
        if !self.result.flaky.contains(&words) {
            self.result.flaky.push(words);
        }
    }

    fn not_run(&mut self, step: &Step, reason: &str) {
        self.without(step, Outcome::NotRun, reason);
    }

    /// The checks of a step that was not sent.
    fn without(&mut self, step: &Step, outcome: Outcome, reason: &str) {
        let checks = step.checks.iter().map(|check| CheckResult {
            requirement: check.requirement.clone(),
            step: step.id.clone(),
            place: step.place,
            implied: false,
            outcome,
            expected: judge::describe(&check.expectation, &self.values),
            got: reason.to_owned(),
            exchange: None,
            known: None,
        });
        self.result.checks.extend(checks);
    }

    fn finish(mut self) -> CaseResult {
        let trouble = self.stopped.as_ref().map(|stopped| stopped.verdict);
        self.result.verdict = verdict::of_case(&self.result.checks, trouble);
        self.result.stopped = trouble.filter(|trouble| *trouble != self.result.verdict);
        self.result.reason = self.stopped.take().map(|stopped| stopped.reason);
        self.evidence();
        self.redacted()
    }

    /// A case that did not simply pass is told with every exchange, in order: what a read-back shows
    /// is understood only with the requests before it.
    fn evidence(&mut self) {
        let told = self.result.checks.iter().any(|check| check.outcome > Outcome::NotApplicable);
        if !told && self.result.reason.is_none() {
            self.result.checks.iter_mut().for_each(|check| check.exchange = None);
            return;
        }
        let others = others::sensitive_values(&self.trail, &self.values);
        others.iter().take(others::MOST).for_each(|secret| self.redactor.add(others::MARK, secret));
        let records = self.trail.iter().map(|exchange| {
            let record = exchange::record(&exchange.step, &exchange.request, Some(&exchange.response), &self.redactor);
            if others.len() > others::MOST { others::hidden(record, exchange, &others) } else { record }
        });
        self.result.exchanges = records.chain(self.unanswered.take()).collect();
    }

    /// Exchanges were redacted when they were recorded; this is for the words around them.
    fn redacted(self) -> CaseResult {
        let Self { redactor, mut result, .. } = self;
        let clean = |text: &mut String| *text = cut(redactor.text(text));
        result.reason.iter_mut().for_each(clean);
        for check in &mut result.checks {
            clean(&mut check.expected);
            clean(&mut check.got);
        }
        result.flaky.iter_mut().for_each(clean);
        result.observations.iter_mut().for_each(|observation| clean(&mut observation.value));
        result
    }
}

/// Everything that a step's request refers to.
fn references(step: &Step) -> Vec<Reference> {
    let mut references = Vec::new();
    for template in step.templates() {
        // What cannot be read was told when the case was planned.
        drop(template.references(&mut references));
    }
    references
}

/// Words are for people: a value of many kilobytes is in the evidence.
fn cut(text: String) -> String {
    const LONGEST: usize = 2000;
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
    }
}

fn asked(request: &Request) -> String {
    format!("{} {}", request.method, request.url.path())
}

/// Statuses that say "not now" and nothing about the rule under test.
pub(super) fn not_now(status: u16) -> Option<&'static str> {
    match status {
        429 => Some("the target takes no more requests now (429)"),
        502..=504 => Some("the target is not available now (502, 503 or 504)"),
        _ => None,
    }
}

fn unheard(step: &Step, error: &ClientError) -> Stop {
    let verdict = match error {
        ClientError::OtherOrigin(_) | ClientError::ReadOnly(_) | ClientError::NotSent(_) => Verdict::Blocked,
        _ => Verdict::Inconclusive,
    };
    stop(verdict, format!("step `{}`: {error}", step.id))
}

/// A body that the documents do not allow is an error of the suite, unless the target gave something for it: a
/// number for an id is reported where it was given.
fn unsendable(step: &Step, error: &str) -> Stop {
    const OWN: [&str; 5] = ["organization", "username", "base", "token", "token.basic"];
    let given = references(step).into_iter().any(|reference| match reference {
        Reference::Value(name, _) | Reference::Json(name) => !OWN.contains(&name.as_str()),
        Reference::Unique(_) | Reference::Canary(_) => false,
    });
    if given {
        return stop(Verdict::Blocked, format!("{error} (with a value from an earlier answer of the target)"));
    }
    stop(Verdict::Error, error)
}
