//! Rules that hold for every exchange of the API, so that no case has to repeat them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use tfe_schema::json::SyntaxErrorKind;
use tfe_schema::{Operation, Schema, Violation};

use super::{Bench, Finding, document, media_type};
use crate::event::{CheckResult, Outcome};
use crate::exchange::Exchange;
use crate::redact::Redactor;
use crate::suite::{ImpliedRule, Step};

/// A secret that an earlier request of the case carried, ready to be looked for in many answers.
#[derive(Debug, Clone)]
pub(crate) struct Secret(Arc<Redactor>);

impl Secret {
    pub(crate) fn new(secret: &str) -> Self {
        let mut known = Redactor::new();
        known.add("secret", secret);
        Self(Arc::new(known))
    }

    /// Judges what a server said.
    pub(super) fn hidden_in(&self, said: &str) -> Finding {
        if self.0.finds(said) { Finding::Deviates("the answer shows it".to_owned()) } else { Finding::Holds }
    }
}

/// Applies every implied rule of the profile: gives the deviations, and adds to `passes` how often each requirement
/// was checked and holds.
pub(crate) fn implied(
    step: &Step,
    operation: Option<&Operation>,
    known: bool,
    exchange: &Exchange,
    secrets: &[Secret],
    bench: &Bench<'_>,
    passes: &mut BTreeMap<String, usize>,
) -> Vec<CheckResult> {
    let mut judge = Judge { step, known, bench, deviations: Vec::new(), passes };
    judge.status(exchange);
    judge.secrets(exchange, secrets);
    if exchange.response.body.is_empty() {
        judge.no_body(operation, exchange);
    } else {
        judge.body(operation, exchange);
    }
    judge.deviations
}

/// Whether an implied deviation is that the server failed (5xx), and a broken `must`.
pub(super) fn is_server_error(check: &CheckResult, exchange: &Exchange, bench: &Bench<'_>) -> bool {
    let rule = bench.profile.implied.get(&ImpliedRule::Status);
    exchange.response.status >= 500 && rule == Some(&check.requirement) && check.outcome == Outcome::Fail
}

struct Judge<'j> {
    step: &'j Step,
    /// Whether the request is one of an operation, by its name or by its method and path.
    known: bool,
    bench: &'j Bench<'j>,
    deviations: Vec<CheckResult>,
    passes: &'j mut BTreeMap<String, usize>,
}

impl Judge<'_> {
    fn status(&mut self, exchange: &Exchange) {
        let status = exchange.response.status;
        let finding = match http::StatusCode::from_u16(status) {
            Ok(code) if code.is_server_error() => Finding::Deviates(format!("status {status}")),
            Ok(code) if code.canonical_reason().is_some() => Finding::Holds,
            _ => Finding::Deviates(format!("status {status}, which is not registered")),
        };
        self.rule(ImpliedRule::Status, "a registered status, and no server error (5xx)", finding);
    }

    fn secrets(&mut self, exchange: &Exchange, secrets: &[Secret]) {
        if secrets.is_empty() {
            return;
        }
        let said = exchange.said();
        for secret in secrets {
            let expected = "a secret value that was sent before nowhere in the answer";
            self.rule(ImpliedRule::Secrets, expected, secret.hidden_in(&said));
        }
    }

    /// An answer without a body, where the operation describes one. A deletion may do without, if it says so.
    fn no_body(&mut self, operation: Option<&Operation>, exchange: &Exchange) {
        let status = exchange.response.status;
        if status >= 400 {
            // Error details are optional (JSON:API 1.0): an error without a body breaks nothing.
            return self.rule(ImpliedRule::ErrorDocument, "an error document, where there is a body", Finding::Holds);
        }
        let Some(operation) = operation else { return };
        if operation.method == "DELETE" {
            // That a deletion is not done yet (202) is another matter.
            let finding = match status {
                200 => Finding::Deviates("status 200 with an empty body".to_owned()),
                _ => Finding::Holds,
            };
            return self.rule(ImpliedRule::NoContent, "status 204 where there is no body", finding);
        }
        let described = operation.response(status).is_some_and(|response| !response.bodies.is_empty());
        if described && status < 400 {
            let finding = Finding::Deviates(format!("status {status} with an empty body"));
            self.rule(ImpliedRule::SuccessDocument, "a body that is a JSON document of the API", finding);
        }
    }

    fn body(&mut self, operation: Option<&Operation>, exchange: &Exchange) {
        let status = exchange.response.status;
        // What no operation describes is not of the API, and may have an error page of its own, in JSON too.
        if status >= 400 && !self.known && !self.claims_media_type(exchange) {
            return;
        }
        let rule = if status < 400 { ImpliedRule::SuccessDocument } else { ImpliedRule::ErrorDocument };
        let parsed = match exchange.json() {
            Ok(parsed) => parsed,
            // The layer in front of an API answers these before the API sees the request.
            Err(_) if matches!(status, 413 | 414 | 431) => return,
            Err(error) => {
                let got = format!("status {status}, {}: {error}", content_type(exchange));
                let finding = match error.kind {
                    SyntaxErrorKind::TooDeep => Finding::Undecided(got),
                    _ => Finding::Deviates(got),
                };
                return self.rule(rule, "a body that is a JSON document of the API", finding);
            }
        };
        self.media_type(exchange);
        let duplicates = match parsed.duplicates.first() {
            Some(place) => Finding::Deviates(format!("`{place}` stands twice")),
            None => Finding::Holds,
        };
        self.rule(ImpliedRule::UniqueMembers, "every member once in its object", duplicates);
        // A sparse fieldset was asked for: the documents of the operation are whole ones.
        let sparse = exchange.request.url.query_pairs().any(|(name, _)| name.starts_with("fields["));
        self.schema(rule, operation.filter(|_| !sparse), exchange);
        self.document(&parsed.value);
    }

    fn schema(&mut self, rule: ImpliedRule, operation: Option<&Operation>, exchange: &Exchange) {
        let documents = &self.bench.profile.documents;
        let described = operation
            .and_then(|operation| operation.response(exchange.response.status))
            .and_then(|response| response.bodies.values().next());
        let id = match (described, rule) {
            (Some(id), _) => id.as_str(),
            (None, ImpliedRule::ErrorDocument) => documents.error.as_str(),
            (None, _) => match &documents.success {
                Some(id) => id.as_str(),
                None => return,
            },
        };
        let Some(schema) = self.bench.catalog.schema(id) else { return };
        let mut violations = exchange.violations(schema);
        // A list of everything has what others made, who may be wrong at any time: each case answers for its own.
        if rule == ImpliedRule::SuccessDocument && exchange.request.url.query().is_none() {
            violations.retain(|violation| !self.is_of_others(exchange, violation));
        }
        self.violations(rule, schema, &violations);
    }

    /// Whether a violation is in an item of a list that neither this case nor its fixtures made.
    fn is_of_others(&self, exchange: &Exchange, violation: &Violation) -> bool {
        let mut tokens = violation.pointer.tokens();
        let is_in_data = tokens.next().is_some_and(|token| token == "data");
        let items = exchange.document().and_then(|document| document.get("data")?.as_array());
        let item = tokens.next().and_then(|index| items?.get(index.parse::<usize>().ok()?));
        is_in_data && item.is_some_and(|item| !(self.bench.is_own)(item))
    }

    /// Whether an answer says that it is a document of the API: `application/json` alone is anybody's.
    fn claims_media_type(&self, exchange: &Exchange) -> bool {
        let expected = self.bench.profile.media_type.as_str();
        let got = exchange.header("content-type").unwrap_or_default();
        expected != "application/json" && essence(&got).eq_ignore_ascii_case(expected)
    }

    fn media_type(&mut self, exchange: &Exchange) {
        let expected = &self.bench.profile.media_type;
        if !self.bench.profile.media_type_parameters {
            let words = format!("Content-Type: {expected}, without parameters");
            return self.rule(ImpliedRule::MediaType, &words, media_type(expected, exchange));
        }
        let got = content_type(exchange);
        let finding =
            if essence(&got).eq_ignore_ascii_case(expected) { Finding::Holds } else { Finding::Deviates(got) };
        self.rule(ImpliedRule::MediaType, &format!("Content-Type: {expected}"), finding);
    }

    /// Each violation goes to the requirement that the broken subschema states, else to the rule's own;
    /// what neither states is no rule of the profile.
    fn violations(&mut self, rule: ImpliedRule, schema: &Schema, violations: &[Violation]) {
        let bench = self.bench;
        let own = bench.profile.implied.get(&rule);
        let testable = |id: &String| bench.requirements.get(id).is_some_and(|known| known.excluded.is_none());
        let mut broken: BTreeMap<String, Vec<Violation>> = BTreeMap::new();
        for violation in violations {
            if let Some(requirement) = violation.requirement.clone().filter(testable).or_else(|| own.cloned()) {
                broken.entry(requirement).or_default().push(violation.clone());
            }
        }
        let stated = schema.requirements().iter().filter(|id| testable(id)).chain(own);
        stated
            .filter(|requirement| !broken.contains_key(*requirement))
            .for_each(|requirement| self.passed(requirement));
        for (requirement, violations) in broken {
            let expected = format!("a document that satisfies the schema {}", schema.id());
            self.found(&requirement, &expected, Finding::Deviates(listed(&violations)));
        }
    }

    fn document(&mut self, value: &Value) {
        self.rule(
            ImpliedRule::UniqueResources,
            "every resource once in the primary data",
            document::unique_resources(value),
        );
        self.rule(
            ImpliedRule::DisjointFields,
            "no field name used twice in a resource",
            document::disjoint_fields(value),
        );
        // Documents without `included` or `errors` satisfy these by having nothing to break them with.
        self.rule(ImpliedRule::UniqueIncluded, "every resource once in the document", document::unique_included(value));
        self.rule(ImpliedRule::FullLinkage, "every included resource linked", document::full_linkage(value));
        self.rule(ImpliedRule::ErrorPointer, "error pointers that are JSON Pointers", document::error_pointers(value));
    }

    fn rule(&mut self, rule: ImpliedRule, expected: &str, finding: Finding) {
        if let Some(requirement) = self.bench.profile.implied.get(&rule) {
            self.found(requirement, expected, finding);
        }
    }

    fn found(&mut self, requirement: &str, expected: &str, finding: Finding) {
        let outcome = self.bench.outcome(requirement, &finding);
        let got = match finding {
            Finding::Holds => return self.passed(requirement),
            Finding::NotApplicable(_) => return,
            Finding::Deviates(got) | Finding::Undecided(got) => got,
        };
        debug_assert_ne!(outcome, Outcome::Pass);
        self.deviations.push(CheckResult {
            requirement: requirement.to_owned(),
            step: self.step.id.clone(),
            place: self.step.place,
            implied: true,
            outcome,
            expected: expected.to_owned(),
            got,
            exchange: None,
            known: None,
        });
    }

    fn passed(&mut self, requirement: &str) {
        match self.passes.get_mut(requirement) {
            Some(count) => *count += 1,
            None => drop(self.passes.insert(requirement.to_owned(), 1)),
        }
    }
}

/// A media type without its parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

fn content_type(exchange: &Exchange) -> String {
    exchange.header("content-type").unwrap_or_else(|| "no Content-Type".to_owned())
}

/// The first violations in words.
pub(super) fn listed(violations: &[Violation]) -> String {
    const SHOWN: usize = 3;
    let mut words: Vec<_> = violations
        .iter()
        .take(SHOWN)
        .map(|violation| {
            let at = if violation.pointer.is_root() {
                "the document".to_owned()
            } else {
                format!("`{}`", violation.pointer)
            };
            format!("{at}: {}", violation.message)
        })
        .collect();
    if violations.len() > SHOWN {
        words.push(format!("and {} more", violations.len() - SHOWN));
    }
    words.join("; ")
}
