//! The judge: exchange in, results out. A pure function; it never sends anything.

mod answer;
mod document;
mod implied;
mod matcher;

use std::collections::BTreeMap;

use serde_json::Value;
use tfe_schema::json::SyntaxErrorKind;
use tfe_schema::{Catalog, Pointer};

use crate::event::{CheckResult, Outcome};
use crate::exchange::Exchange;
use crate::suite::{Check, Expectation, Find, Level, Matcher, Profile, Requirement, Scope, Step};
use crate::template::{self, Bindings};

pub(crate) use implied::{Secret, implied};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    Holds,
    /// What came instead.
    Deviates(String),
    /// Why it does not apply to this answer.
    NotApplicable(String),
    /// Why it could not be evaluated.
    Undecided(String),
}

/// What the judge may look at besides the exchange.
pub(crate) struct Bench<'b> {
    pub(crate) catalog: &'b Catalog,
    pub(crate) profile: &'b Profile,
    pub(crate) requirements: &'b BTreeMap<String, Requirement>,
    pub(crate) bindings: &'b dyn Bindings,
    /// Whether an item was made by this case, or for it.
    pub(crate) is_own: &'b dyn Fn(&Value) -> bool,
    /// Exchanges of the earlier steps, by step.
    pub(crate) earlier: &'b BTreeMap<String, std::sync::Arc<Exchange>>,
    /// Further answers to the requests of earlier steps that others are compared with.
    pub(crate) controls: &'b BTreeMap<String, Vec<std::sync::Arc<Exchange>>>,
}

impl Bench<'_> {
    /// The outcome of a finding on a requirement, by its level.
    pub(crate) fn outcome(&self, requirement: &str, finding: &Finding) -> Outcome {
        match finding {
            Finding::Holds => Outcome::Pass,
            Finding::Undecided(_) => Outcome::NotRun,
            Finding::NotApplicable(_) => Outcome::NotApplicable,
            Finding::Deviates(_) => match self.requirements.get(requirement).map(|known| known.level) {
                Some(Level::Should) => Outcome::Warn,
                Some(Level::May) => Outcome::Note,
                Some(Level::Must) | None => Outcome::Fail,
            },
        }
    }
}

/// Judges the checks of a step. `implied`: what the rules for every exchange found.
pub(crate) fn judge(step: &Step, exchange: &Exchange, bench: &Bench<'_>, implied: &[CheckResult]) -> Vec<CheckResult> {
    let failed = implied.iter().find(|check| implied::is_server_error(check, exchange, bench));
    let judged = step.checks.iter().map(|check| {
        let finding = evaluate(&check.expectation, exchange, bench);
        let finding = finding.unwrap_or_else(|error| Finding::Undecided(error.to_string()));
        let finding = match failed {
            Some(failed) => after_server_error(&check.expectation, finding, failed),
            None => finding,
        };
        result(step, check, finding, bench)
    });
    judged.collect()
}

/// A server error is a deviation of its own. What the answer would have had in it is not known then: rules on that are
/// neither broken nor kept. What the status has to be is known all the same, and so is what an answer gives away.
fn after_server_error(expectation: &Expectation, finding: Finding, failed: &CheckResult) -> Finding {
    let decided = match expectation {
        Expectation::Status(_) | Expectation::MediaType(_) => true,
        Expectation::Hides(_) | Expectation::SameAnswerAs(_) => finding != Finding::Holds,
        Expectation::Header(..)
        | Expectation::At(..)
        | Expectation::Members(..)
        | Expectation::Found(..)
        | Expectation::Schema(_) => false,
    };
    if decided {
        finding
    } else {
        Finding::Undecided(format!("{}, which `{}` is about", failed.got, failed.requirement))
    }
}

fn result(step: &Step, check: &Check, finding: Finding, bench: &Bench<'_>) -> CheckResult {
    CheckResult {
        requirement: check.requirement.clone(),
        step: step.id.clone(),
        place: step.place,
        implied: false,
        outcome: bench.outcome(&check.requirement, &finding),
        expected: describe(&check.expectation, bench.bindings),
        got: match finding {
            Finding::Holds => String::new(),
            Finding::Deviates(got) | Finding::NotApplicable(got) | Finding::Undecided(got) => got,
        },
        exchange: None,
        known: None,
    }
}

fn evaluate(
    expectation: &Expectation,
    exchange: &Exchange,
    bench: &Bench<'_>,
) -> Result<Finding, template::TemplateError> {
    let fill = |value: &Value| template::fill(value, bench.bindings);
    Ok(match expectation {
        Expectation::Status(statuses) if statuses.contain(exchange.response.status) => Finding::Holds,
        Expectation::Status(_) => Finding::Deviates(format!("status {}", exchange.response.status)),
        Expectation::Header(name, matcher) => {
            let value = exchange.header(name).map(Value::String);
            matcher::judge(&matcher::filled(matcher, bench.bindings)?, value.as_ref())
        }
        Expectation::MediaType(_) if exchange.response.status == 204 && writes(exchange) => {
            Finding::NotApplicable("the answer is a 204, without a body".to_owned())
        }
        Expectation::MediaType(expected) => media_type(expected, exchange),
        Expectation::Hides(secret) => {
            Secret::new(&template::fill_text(secret, bench.bindings)?).hidden_in(&exchange.said())
        }
        Expectation::SameAnswerAs(step) => match bench.earlier.get(step) {
            Some(other) => {
                let controls = |step: &str| bench.controls.get(step).map_or(&[][..], Vec::as_slice);
                answer::same(exchange, other, controls(&exchange.step), controls(step))
            }
            None => Finding::Undecided(format!("step `{step}` has no answer")),
        },
        Expectation::Schema(id) => schema(id, exchange, bench),
        // What has no body has no member either (a 204 is a legal answer to many requests).
        Expectation::At(Scope::Document, _, Matcher::Absent) if exchange.response.body.is_empty() => Finding::Holds,
        // That it is no document is the finding of the rule on documents; what would be in it is not known.
        Expectation::At(Scope::Document, _, Matcher::Absent) | Expectation::Found(_, false)
            if exchange.json().is_err() =>
        {
            Finding::Undecided(format!("status {} with a body that is not JSON", exchange.response.status))
        }
        Expectation::At(scope, at, matcher) => {
            let matcher = matcher::filled(matcher, bench.bindings)?;
            if let Matcher::SameItems { items, among } = &matcher {
                let known = |items: &Value| document::documented(items, bench.catalog);
                let before = Matcher::SameItems { items: known(items), among: among.clone() };
                return Ok(in_scope(&filled_scope(scope, bench.bindings)?, exchange, |item| {
                    matcher::judge(&before, value_at(at, item).map(known).as_ref())
                }));
            }
            in_scope(&filled_scope(scope, bench.bindings)?, exchange, |item| {
                matcher::judge(&matcher, value_at(at, item))
            })
        }
        Expectation::Members(scope, members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(at, value)| Ok((at, Matcher::Equals(fill(value)?))))
                .collect::<Result<_, template::TemplateError>>()?;
            in_scope(&filled_scope(scope, bench.bindings)?, exchange, |item| all_members(&members, item))
        }
        Expectation::Found(find, expected) => found(&filled_find(find, bench.bindings)?, *expected, exchange),
    })
}

/// Whether an answer can be told from another one; each with further answers to the same request.
pub(crate) fn told_apart(
    exchange: &Exchange,
    other: &Exchange,
    own: &[std::sync::Arc<Exchange>],
    controls: &[std::sync::Arc<Exchange>],
) -> bool {
    answer::same(exchange, other, own, controls) != Finding::Holds
}

fn media_type(expected: &str, exchange: &Exchange) -> Finding {
    match exchange.header("content-type") {
        Some(got) if got.eq_ignore_ascii_case(expected) => Finding::Holds,
        Some(got) => Finding::Deviates(format!("Content-Type: {got}")),
        None => Finding::Deviates("no Content-Type header".to_owned()),
    }
}

fn schema(id: &str, exchange: &Exchange, bench: &Bench<'_>) -> Finding {
    let Some(schema) = bench.catalog.schema(id) else {
        return Finding::Undecided(format!("schema `{id}` is not known"));
    };
    on_document(exchange, |document| {
        let violations = schema.check_value(document).violations;
        if violations.is_empty() { Finding::Holds } else { Finding::Deviates(implied::listed(&violations)) }
    })
}

/// Judges the response document; what is not JSON deviates, what was not read is undecided.
fn on_document(exchange: &Exchange, judge: impl FnOnce(&Value) -> Finding) -> Finding {
    match exchange.json() {
        Ok(parsed) => judge(&parsed.value),
        Err(error) if error.kind == SyntaxErrorKind::TooDeep => {
            Finding::Undecided(format!("the body was not read: {error}"))
        }
        // A write may be answered without a body; what it did is judged where it is read back.
        Err(_) if exchange.response.status == 204 && writes(exchange) => {
            Finding::NotApplicable("the answer is a 204, without a body".to_owned())
        }
        Err(error) if error.kind == SyntaxErrorKind::Empty => {
            Finding::Deviates(format!("status {} with an empty body", exchange.response.status))
        }
        Err(error) => {
            Finding::Deviates(format!("status {} with a body that is not JSON: {error}", exchange.response.status))
        }
    }
}

fn writes(exchange: &Exchange) -> bool {
    matches!(exchange.request.method, http::Method::PATCH | http::Method::DELETE)
}

/// The value at a place. A link may be an object with the URL in `href` (JSON:API 1.0, "Links"): then
/// the URL is meant.
pub(crate) fn value_at<'v>(at: &Pointer, item: &'v Value) -> Option<&'v Value> {
    let value = at.resolve(item)?;
    let is_link = at.split_last().is_some_and(|(parent, _)| parent.as_str().ends_with("/links"));
    match value.get("href") {
        Some(href) if is_link => Some(href),
        _ => Some(value),
    }
}

fn in_scope(scope: &Scope, exchange: &Exchange, judge: impl Fn(&Value) -> Finding) -> Finding {
    on_document(exchange, |document| match scope {
        Scope::Document => match judge(document) {
            Finding::Deviates(got) => Finding::Deviates(with_status(&got, exchange)),
            finding => finding,
        },
        Scope::Find(find) => match find_item(find, document) {
            Ok(Some(item)) => judge(item),
            Ok(None) => Finding::Deviates(format!("no such item in `{}`", find.array)),
            Err(got) => Finding::Deviates(with_status(&got, exchange)),
        },
        Scope::Every(array) => match array.resolve(document).and_then(Value::as_array) {
            None => Finding::Deviates(with_status(&format!("no array at `{array}`"), exchange)),
            Some(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| match judge(item) {
                    Finding::Deviates(got) => Finding::Deviates(format!("item {index}: {got}")),
                    finding => finding,
                })
                .find(|finding| *finding != Finding::Holds)
                .unwrap_or(Finding::Holds),
        },
    })
}

/// An unexpected status explains most missing members.
fn with_status(got: &str, exchange: &Exchange) -> String {
    match exchange.response.status {
        200..300 => got.to_owned(),
        status => format!("{got} (status {status})"),
    }
}

fn all_members(members: &[(&Pointer, Matcher)], item: &Value) -> Finding {
    let deviations: Vec<_> = members
        .iter()
        .filter_map(|(at, matcher)| match matcher::judge(matcher, at.resolve(item)) {
            Finding::Deviates(got) => Some(format!("`{at}`: {got}")),
            _ => None,
        })
        .collect();
    if deviations.is_empty() { Finding::Holds } else { Finding::Deviates(deviations.join(", ")) }
}

fn found(find: &Find, expected: bool, exchange: &Exchange) -> Finding {
    on_document(exchange, |document| match (find_item(find, document), expected) {
        (Ok(Some(_)), true) | (Ok(None), false) => Finding::Holds,
        (Ok(Some(item)), false) => Finding::Deviates(format!("it is there: {}", matcher::shown(item))),
        (Ok(None), true) => {
            let count = find.array.resolve(document).and_then(Value::as_array).map_or(0, Vec::len);
            Finding::Deviates(with_status(&format!("not among the {count} item(s) of `{}`", find.array), exchange))
        }
        (Err(got), _) => Finding::Deviates(with_status(&got, exchange)),
    })
}

fn find_item<'v>(find: &Find, document: &'v Value) -> Result<Option<&'v Value>, String> {
    let array = find.array.resolve(document).and_then(Value::as_array);
    let items = array.ok_or_else(|| format!("no array at `{}`", find.array))?;
    Ok(items.iter().find(|item| find.having.iter().all(|(at, value)| item.pointer(at) == Some(value))))
}

fn filled_scope(scope: &Scope, bindings: &dyn Bindings) -> Result<Scope, template::TemplateError> {
    match scope {
        Scope::Find(find) => filled_find(find, bindings).map(Scope::Find),
        other => Ok(other.clone()),
    }
}

fn filled_find(find: &Find, bindings: &dyn Bindings) -> Result<Find, template::TemplateError> {
    let having = find.having.iter().map(|(at, value)| Ok((at.clone(), template::fill(value, bindings)?)));
    Ok(Find { array: find.array.clone(), having: having.collect::<Result<_, template::TemplateError>>()? })
}

/// What stands at a place, in words for an observation. A string is shown only if it is short:
/// observations count which of a few legal forms a target chose.
pub(crate) fn observed(scope: &Scope, at: &Pointer, exchange: &Exchange, bindings: &dyn Bindings) -> String {
    let Some(document) = exchange.document() else { return "no JSON document".to_owned() };
    let item = match scope {
        Scope::Find(find) => {
            let find = filled_find(find, bindings).ok();
            find.and_then(|find| find_item(&find, document).ok().flatten())
        }
        Scope::Document | Scope::Every(_) => Some(document),
    };
    item.and_then(|item| at.resolve(item)).map_or_else(|| "absent".to_owned(), matcher::shown)
}

/// The expectation in words; with the values of this run where they are known.
pub(crate) fn describe(expectation: &Expectation, bindings: &dyn Bindings) -> String {
    let matcher = |matcher: &Matcher| {
        let filled = matcher::filled(matcher, bindings);
        matcher::words(filled.as_ref().unwrap_or(matcher))
    };
    let known = |scope: &Scope| filled_scope(scope, bindings).unwrap_or_else(|_| scope.clone());
    match expectation {
        Expectation::Status(statuses) => statuses.to_string(),
        Expectation::Header(name, expected) => format!("header {name} {}", matcher(expected)),
        Expectation::MediaType(media_type) => format!("Content-Type: {media_type}, without parameters"),
        Expectation::Hides(_) => "the secret value nowhere in the answer".to_owned(),
        Expectation::SameAnswerAs(step) => format!("an answer that cannot be told from that of step `{step}`"),
        Expectation::Schema(id) => format!("a body that satisfies the schema {id}"),
        Expectation::At(scope, at, expected) => format!("{} {}", place(&known(scope), Some(at)), matcher(expected)),
        Expectation::Members(scope, members) => {
            let members = members.iter().map(|(at, value)| {
                let value = template::fill(value, bindings).unwrap_or_else(|_| value.clone());
                format!("`{at}` = {}", matcher::shown(&value))
            });
            format!("{}: {}", place(&known(scope), None), members.collect::<Vec<_>>().join(", "))
        }
        Expectation::Found(find, expected) => {
            let find = filled_find(find, bindings).unwrap_or_else(|_| find.clone());
            format!("{} {}", item(&find), if *expected { "present" } else { "absent" })
        }
    }
}

fn place(scope: &Scope, at: Option<&Pointer>) -> String {
    let at = match at {
        Some(at) if at.is_root() => "the whole document".to_owned(),
        Some(at) => format!("`{at}`"),
        None => String::new(),
    };
    match scope {
        Scope::Document if at.is_empty() => "the document".to_owned(),
        Scope::Document => at,
        Scope::Find(find) => format!("{at} of {}", item(find)).trim_start_matches(" of ").to_owned(),
        Scope::Every(array) => format!("{at} of every item of `{array}`").trim_start_matches(" of ").to_owned(),
    }
}

fn item(find: &Find) -> String {
    let having: Vec<_> = find.having.iter().map(|(at, value)| format!("{at} = {}", matcher::shown(value))).collect();
    format!("the item of `{}` with {}", find.array, having.join(" and "))
}
