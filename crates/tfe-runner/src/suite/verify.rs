//! What has to be true of a suite before its first request: every name in it leads somewhere.

use std::collections::{BTreeMap, BTreeSet};

use tfe_schema::Catalog;

use super::case::{Call, Case, Observed, Role, Step};
use super::check::{Check, Expectation, Find, Matcher, Scope};
use super::{Place, Problem, Profile, Suite};
use crate::template::{Reference, Template};

/// Names that every template may use.
const BUILT_IN: [&str; 5] = ["organization", "username", "base", "token", "token.basic"];

/// Everything that is wrong. If the suite is not `whole`, because a file that others refer to could not
/// be read, what refers to it is not blamed.
pub(super) fn verify(suite: &Suite, catalog: &Catalog, whole: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    for profile in suite.profiles.values() {
        if whole {
            verify_profile(profile, suite, catalog, &mut problems);
        }
        for case in suite.cases_of(profile) {
            let mut verifier = Verifier { suite, catalog, profile, case, whole, problems: Vec::new() };
            verifier.case();
            problems.extend(verifier.problems);
        }
    }
    if whole {
        for case in &suite.cases {
            if !suite.profiles.values().any(|profile| profile.covers(&case.id)) {
                let message = "the case belongs to no profile: put it below an area that a profile lists";
                problems.push(problem(&case.file, START, message.to_owned()));
            }
        }
        verify_sources(suite, &mut problems);
    }
    problems
}

/// Everything that is wrong with a case that is not in the suite.
pub(super) fn verify_case(suite: &Suite, profile: &Profile, case: &Case, catalog: &Catalog) -> Vec<Problem> {
    let mut verifier = Verifier { suite, catalog, profile, case, whole: true, problems: Vec::new() };
    verifier.case();
    verifier.problems
}

const START: Place = Place { line: 1, column: 1 };

fn problem(file: &str, place: Place, message: String) -> Problem {
    Problem { file: file.to_owned(), place, message }
}

fn verify_profile(profile: &Profile, suite: &Suite, catalog: &Catalog, problems: &mut Vec<Problem>) {
    let file = format!("profiles/{}.yaml", profile.id);
    let mut refuse = |message| problems.push(problem(&file, START, message));
    for requirement in profile.implied.values() {
        match suite.requirements.get(requirement) {
            None => refuse(format!("implied rule cites unknown requirement `{requirement}`")),
            Some(known) if known.excluded.is_some() => {
                refuse(format!("implied rule cites `{requirement}`, which is excluded"));
            }
            Some(_) => {}
        }
    }
    let recipes = profile.fixtures.values().flat_map(|recipe| {
        let tidy = recipe.tidy.iter().chain(&recipe.sweep).flat_map(|tidy| [&tidy.list, &tidy.remove]);
        let empty = recipe.empty.iter().map(|empty| &empty.list);
        recipe.create.iter().chain(&recipe.read).chain(tidy).chain(empty)
    });
    for id in profile.documents.success.iter().chain([&profile.documents.error]) {
        if catalog.schema(id).is_none() {
            refuse(format!("unknown schema `{id}`"));
        }
    }
    for operation in recipes.chain(&profile.preflight).map(|request| &request.operation) {
        if catalog.operation(operation).is_none() {
            refuse(format!("unknown operation `{operation}`"));
        }
    }
    for area in &profile.areas {
        if !suite.cases.iter().any(|case| case.id.starts_with(&format!("{area}/"))) {
            refuse(format!("area `{area}` has no case"));
        }
    }
}

/// Requirements quote documents that are known, and account for rows that exist.
fn verify_sources(suite: &Suite, problems: &mut Vec<Problem>) {
    let rows: BTreeSet<_> = suite.statements.iter().map(|statement| statement.id.as_str()).collect();
    for requirement in suite.requirements.values() {
        let mut refuse = |message| problems.push(problem(&requirement.file, requirement.place, message));
        let Some(document) = Some(&requirement.source.document).filter(|id| !suite.documents.contains_key(*id)) else {
            for row in requirement.rows.iter().filter(|row| !rows.contains(row.as_str())) {
                refuse(format!("requirement `{}` accounts for unknown row `{row}`", requirement.id));
            }
            continue;
        };
        refuse(format!("requirement `{}` quotes unknown document `{document}`", requirement.id));
    }
}

struct Verifier<'s> {
    suite: &'s Suite,
    catalog: &'s Catalog,
    profile: &'s Profile,
    case: &'s Case,
    whole: bool,
    problems: Vec<Problem>,
}

impl Verifier<'_> {
    fn refuse(&mut self, place: Place, message: impl Into<String>) {
        self.problems.push(problem(&self.case.file, place, message.into()));
    }

    fn case(&mut self) {
        let case = self.case;
        let mut names: BTreeSet<String> = BUILT_IN.iter().map(|&name| name.to_owned()).collect();
        for (name, kind) in &case.fixtures {
            match self.profile.fixtures.get(kind) {
                Some(recipe) => {
                    names.extend(recipe.exports.keys().map(|export| format!("{name}.{export}")));
                    names.extend(["name", "organization", "username"].map(|known| format!("{name}.{known}")));
                }
                None => self.refuse(START, format!("unknown fixture kind `{kind}`")),
            }
        }
        if case.requirements().next().is_none() {
            self.refuse(START, "the case has no check: it would show nothing");
        }
        let mut earlier = BTreeMap::new();
        let mut optional = BTreeSet::new();
        for step in &case.steps {
            let conditions = [("when", &step.when), ("unless", &step.unless)];
            let asked = conditions.into_iter().flat_map(|(word, names)| names.iter().map(move |name| (word, name)));
            for (word, name) in asked.filter(|(_, name)| !optional.contains(*name)) {
                let captures = "`capture-if-present` or `capture-if-status`";
                self.refuse(
                    step.place,
                    format!("`{word}: {name}`: no step before this one captures it with {captures}"),
                );
            }
            let mut known = names.clone();
            known.extend(step.when.iter().cloned());
            self.step(step, &known, &earlier);
            names.extend(step.capture.keys().cloned());
            optional.extend(step.capture_if_present.keys().chain(step.capture_if_status.keys()).cloned());
            earlier.insert(step.id.as_str(), step);
        }
    }

    fn step(&mut self, step: &Step, names: &BTreeSet<String>, earlier: &BTreeMap<&str, &Step>) {
        match step.role {
            Role::Precondition if !step.checks.is_empty() => {
                self.refuse(step.place, "a precondition has no checks: it is met when the answer is 2xx");
            }
            Role::Test if step.checks.is_empty() => {
                self.refuse(step.place, "a step has at least one check, or `role: precondition`");
            }
            _ => {}
        }
        self.call(step);
        for template in step.templates() {
            self.template(step.place, template, names);
        }
        let mut known = names.clone();
        known.extend(step.capture.keys().cloned());
        for check in &step.checks {
            self.check(step, check, &known, earlier);
        }
        for observe in &step.observe {
            if let Observed::At(scope, _) = &observe.subject {
                self.scope(step.place, scope, &known);
            }
        }
    }

    fn call(&mut self, step: &Step) {
        let Call::Operation(id) = &step.call else { return };
        let Some(operation) = self.catalog.operation(id) else {
            return self.refuse(step.place, format!("unknown operation `{id}`"));
        };
        let expected: BTreeSet<_> = operation.path_parameters().collect();
        let given: BTreeSet<_> = step.params.keys().map(String::as_str).collect();
        if expected != given {
            self.refuse(step.place, format!("operation `{id}` takes the path parameters {expected:?}, not {given:?}"));
        }
        if !step.valid && operation.request_schema().is_none() {
            self.refuse(step.place, format!("`valid: false`, but operation `{id}` has no request schema to break"));
        }
    }

    fn check(&mut self, step: &Step, check: &Check, names: &BTreeSet<String>, earlier: &BTreeMap<&str, &Step>) {
        let place = step.place;
        match self.suite.requirements.get(&check.requirement) {
            None if self.whole => self.refuse(place, format!("unknown requirement `{}`", check.requirement)),
            Some(known) if known.excluded.is_some() => {
                self.refuse(place, format!("requirement `{}` is excluded, and a check cites it", check.requirement));
            }
            _ => {}
        }
        match &check.expectation {
            Expectation::SameAnswerAs(other) if !earlier.contains_key(other.as_str()) => {
                self.refuse(place, format!("`same-answer-as: {other}`: there is no such step before this one"));
            }
            Expectation::Schema(id) if self.catalog.schema(id).is_none() => {
                self.refuse(place, format!("unknown schema `{id}`"));
            }
            Expectation::Hides(secret) => self.template(place, Template::Text(secret), names),
            Expectation::Header(_, matcher) => self.matcher(place, matcher, names),
            Expectation::At(scope, _, matcher) => {
                self.scope(place, scope, names);
                self.matcher(place, matcher, names);
            }
            Expectation::Members(scope, members) => {
                self.scope(place, scope, names);
                for (_, value) in members {
                    self.template(place, Template::Value(value), names);
                }
            }
            Expectation::Found(find, _) => self.find(place, find, names),
            _ => {}
        }
    }

    fn scope(&mut self, place: Place, scope: &Scope, names: &BTreeSet<String>) {
        if let Scope::Find(find) = scope {
            self.find(place, find, names);
        }
    }

    fn find(&mut self, place: Place, find: &Find, names: &BTreeSet<String>) {
        if find.having.is_empty() {
            self.refuse(place, "`find` needs at least one value in `where`");
        }
        for (at, value) in &find.having {
            if let Err(error) = tfe_schema::Pointer::parse(at) {
                self.refuse(place, error.to_string());
            }
            self.template(place, Template::Value(value), names);
        }
    }

    fn matcher(&mut self, place: Place, matcher: &Matcher, names: &BTreeSet<String>) {
        match matcher {
            Matcher::Equals(value)
            | Matcher::NotEquals(value)
            | Matcher::Contains(value)
            | Matcher::Length(value)
            | Matcher::Has(value) => self.template(place, Template::Value(value), names),
            Matcher::SameItems { items, among } => {
                self.template(place, Template::Value(items), names);
                self.template(place, Template::Value(among), names);
            }
            Matcher::OneOf(values) | Matcher::Lacks(values) => {
                for value in values {
                    self.template(place, Template::Value(value), names);
                }
            }
            Matcher::Matches(pattern) => self.template(place, Template::Text(pattern), names),
            Matcher::Type(_) | Matcher::Present | Matcher::Absent => {}
        }
    }

    fn template(&mut self, place: Place, template: Template<'_>, names: &BTreeSet<String>) {
        let mut references = Vec::new();
        if let Err(error) = template.references(&mut references) {
            self.refuse(place, error.to_string());
        }
        for reference in references {
            if let Reference::Value(name, _) | Reference::Json(name) = reference
                && !names.contains(&name)
            {
                self.refuse(place, format!("`${{{name}}}` has no value here: no fixture or earlier step gives it"));
            }
        }
    }
}
