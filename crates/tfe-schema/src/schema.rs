//! One schema, and what a document does to it.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, Retrieve, Uri, ValidationError, Validator};
use serde_json::{Map, Value};

use crate::files::Files;
use crate::form::{self, FormError};
use crate::json::{self, SyntaxError};
use crate::lint::{REQUIREMENT, SENSITIVE};
use crate::message::describe;
use crate::places::Places;
use crate::reference::{self, Reference};
use crate::{Pointer, typed};

/// Where the files of a set stand for the validator; never fetched.
const BASE: &str = "tfe-schema:///";

/// How many violations a report lists.
const MAX_VIOLATIONS: usize = 1000;

/// How much text the pointers to all places of a document may hold, if all its violations are to be
/// found. A pointer repeats the names above it, and the validator gathers every error before it hands
/// out the first: a hostile document of a megabyte (one long name, many items below) would need
/// hundreds of gigabytes.
const MAX_POINTERS_TEXT: usize = 8 << 20;

/// A schema of a [`Catalog`](crate::Catalog).
pub struct Schema {
    id: String,
    file: String,
    files: Arc<Files>,
    validator: OnceLock<Validator>,
}

/// What is wrong with one document; nothing, if it conforms.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Why the bytes are no JSON document; then there are no violations.
    pub syntax: Option<SyntaxError>,
    /// Why the bytes are no form ([`Schema::check_form`] only); then there are no violations.
    pub form: Option<FormError>,
    /// Members that stand more than once in their object.
    pub duplicates: Vec<Pointer>,
    /// The violations of the schema.
    pub violations: Vec<Violation>,
    /// Whether there may be more violations than are listed: at most 1000 are, and only the first of
    /// a document whose places cannot all be written down (8 MiB of pointers).
    pub truncated: bool,
}

impl Report {
    /// Whether the document conforms.
    pub fn is_valid(&self) -> bool {
        self.syntax.is_none() && self.form.is_none() && self.duplicates.is_empty() && self.violations.is_empty()
    }
}

/// One place where a document breaks its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The place in the document. For a missing member the object that lacks it, see [`Self::subject`].
    pub pointer: Pointer,
    /// The JSON Schema keyword that failed.
    pub keyword: String,
    /// File and pointer of that keyword: `v2/variables/create-request#/properties/data/required`.
    pub schema_location: String,
    /// What was expected, for people; never the value of a sensitive member.
    pub message: String,
    /// The requirement that the broken subschema states (`x-requirement`), if it states one.
    pub requirement: Option<String>,
    /// The name of the member that `required` misses.
    pub missing: Option<String>,
}

impl Violation {
    /// The place that the violation is about: the missing member itself for `required`.
    pub fn subject(&self) -> Pointer {
        match &self.missing {
            Some(name) => self.pointer.join(name),
            None => self.pointer.clone(),
        }
    }
}

impl Schema {
    pub(crate) fn new(file: &str, files: &Arc<Files>) -> Self {
        Self { id: id_of(file).to_owned(), file: file.to_owned(), files: Arc::clone(files), validator: OnceLock::new() }
    }

    /// The id: the path in the set, without `.json`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The schema itself.
    pub fn document(&self) -> &Value {
        &self.files[&self.file]
    }

    /// `title` of the schema.
    pub fn title(&self) -> &str {
        self.document()["title"].as_str().unwrap_or_default()
    }

    /// `description` of the schema.
    pub fn description(&self) -> &str {
        self.document()["description"].as_str().unwrap_or_default()
    }

    /// Checks a document as it came off the wire.
    pub fn check(&self, bytes: &[u8]) -> Report {
        match json::parse(bytes) {
            Err(syntax) => Report { syntax: Some(syntax), ..Report::default() },
            Ok(parsed) => Report { duplicates: parsed.duplicates, ..self.check_value(&parsed.value) },
        }
    }

    /// Checks a form payload: the document that it says (see [`form`]), with the values `true`, `false`
    /// and numbers taken for what they look like where the schema asks for that and not for text.
    pub fn check_form(&self, bytes: &[u8]) -> Report {
        match form::parse(bytes) {
            Err(error) => Report { form: Some(error), ..Report::default() },
            Ok(mut parsed) => {
                typed::read(&mut parsed.value, &Places::of(&self.files, &self.file));
                Report { duplicates: parsed.duplicates, ..self.check_value(&parsed.value) }
            }
        }
    }

    /// Checks a document that is already parsed. What parsing loses (duplicate members) is not seen.
    ///
    /// # Panics
    /// Never for a schema of a catalogue: loading it compiled every schema once.
    pub fn check_value(&self, document: &Value) -> Report {
        let validator = self.validator.get_or_init(|| match self.compile() {
            Ok(validator) => validator,
            Err(error) => panic!("schema {} was loaded but does not compile: {error}", self.id),
        });
        let mut report = Report::default();
        // The verdict alone is much cheaper than the list of errors.
        if validator.is_valid(document) {
            return report;
        }
        if pointers_text(document, 0, MAX_POINTERS_TEXT).is_none() {
            report.truncated = true;
            report.violations.extend(validator.validate(document).err().map(|error| self.violation(&error, document)));
            return report;
        }
        let mut errors = validator.iter_errors(document);
        report.violations.extend(errors.by_ref().take(MAX_VIOLATIONS).map(|error| self.violation(&error, document)));
        report.truncated = errors.next().is_some();
        report
    }

    /// Every requirement that this schema states, directly or through its references. Of another file
    /// only what a reference points at counts.
    pub fn requirements(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        self.walk(&mut |schema| {
            found.extend(schema.get(REQUIREMENT).and_then(Value::as_str).map(str::to_owned));
        });
        found
    }

    /// The files that this schema is made of: its own and those that it refers to.
    pub(crate) fn uses(&self) -> BTreeSet<String> {
        self.walk(&mut |_| {})
    }

    /// Visits every object of the schema, through its references, and tells the files that it saw.
    fn walk(&self, visit: &mut impl FnMut(&Map<String, Value>)) -> BTreeSet<String> {
        let mut seen = BTreeSet::new();
        let mut open = vec![Reference { file: self.file.clone(), pointer: Pointer::root() }];
        while let Some(next) = open.pop() {
            if let Some(schema) = self.files.get(&next.file).and_then(|document| next.pointer.resolve(document))
                && !seen.contains(&next)
            {
                follow(schema, &next.file, visit, &mut open);
                seen.insert(next);
            }
        }
        seen.into_iter().map(|Reference { file, .. }| file).collect()
    }

    /// Compiles the schema for the checks to come.
    pub(crate) fn prepare(&self) -> Result<(), ValidationError<'static>> {
        let validator = self.compile()?;
        self.validator.get_or_init(|| validator);
        Ok(())
    }

    fn compile(&self) -> Result<Validator, ValidationError<'static>> {
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .should_ignore_unknown_formats(false)
            .with_pattern_options(PatternOptions::regex())
            .with_retriever(InSet(Arc::clone(&self.files)))
            .with_base_uri(format!("{BASE}{}", self.file))
            .build(self.document())
    }

    fn violation(&self, error: &ValidationError<'_>, document: &Value) -> Violation {
        let pointer = Pointer::parse(error.instance_path().as_str()).unwrap_or_default();
        let trail = self.trail(error.evaluation_path().as_str());
        let missing = match error.kind() {
            ValidationErrorKind::Required { property } => property.as_str().map(str::to_owned),
            _ => None,
        };
        Violation {
            keyword: error.kind().keyword().to_owned(),
            schema_location: format!("{}#{}", id_of(&trail.file), trail.pointer),
            message: describe(error, self.is_sensitive(&pointer) || pointer.resolve(document).is_none()),
            requirement: trail.requirement,
            missing,
            pointer,
        }
    }

    /// Whether any subschema calls this place, or one above it, a secret: not only the one that failed.
    fn is_sensitive(&self, pointer: &Pointer) -> bool {
        let mut places = Places::of(&self.files, &self.file);
        let mut tokens = pointer.tokens();
        loop {
            if places.say(SENSITIVE).next().is_some() {
                return true;
            }
            let Some(token) = tokens.next() else { return false };
            places = places.child(&token);
        }
    }

    /// Follows an evaluation path through the files to the keyword and the requirement around it.
    fn trail(&self, evaluation_path: &str) -> Trail {
        let mut trail = Trail { file: self.file.clone(), ..Trail::default() };
        let path = Pointer::parse(evaluation_path).unwrap_or_default();
        trail.annotate(&self.files);
        for token in path.tokens() {
            trail.pointer = trail.pointer.join(&token);
            if token == "$ref"
                && let Some(text) = trail.pointer.resolve(&self.files[&trail.file]).and_then(Value::as_str)
                && let Ok(target) = reference::resolve(&trail.file, text)
                && self.files.contains_key(&target.file)
            {
                (trail.file, trail.pointer) = (target.file, target.pointer);
            }
            trail.annotate(&self.files);
        }
        trail
    }
}

#[derive(Default)]
struct Trail {
    file: String,
    pointer: Pointer,
    requirement: Option<String>,
}

impl Trail {
    fn annotate(&mut self, files: &Files) {
        let Some(schema) = files.get(&self.file).and_then(|file| self.pointer.resolve(file)) else { return };
        if let Some(requirement) = schema.get(REQUIREMENT).and_then(Value::as_str) {
            self.requirement = Some(requirement.to_owned());
        }
    }
}

fn follow(value: &Value, file: &str, visit: &mut impl FnMut(&Map<String, Value>), open: &mut Vec<Reference>) {
    match value {
        Value::Object(members) => {
            visit(members);
            if let Some(target) = members.get("$ref").and_then(Value::as_str)
                && let Ok(target) = reference::resolve(file, target)
            {
                open.push(target);
            }
            // Documents are no schemas, and definitions count where they are referred to.
            let schemas = members.iter().filter(|(name, _)| !["$defs", "examples"].contains(&name.as_str()));
            schemas.for_each(|(_, schema)| follow(schema, file, visit, open));
        }
        Value::Array(items) => items.iter().for_each(|item| follow(item, file, visit, open)),
        _ => {}
    }
}

/// What is left of `budget` after the text of the pointers to all places below one; `None` if too little.
fn pointers_text(value: &Value, above: usize, budget: usize) -> Option<usize> {
    let spend = |budget: usize, name: usize, child: &Value| {
        let here = above + 1 + name;
        pointers_text(child, here, budget.checked_sub(here)?)
    };
    match value {
        Value::Object(members) => {
            members.iter().try_fold(budget, |budget, (name, member)| spend(budget, name.len(), member))
        }
        // Two digits, or somewhat more.
        Value::Array(items) => items.iter().try_fold(budget, |budget, item| spend(budget, 2, item)),
        _ => Some(budget),
    }
}

pub(crate) fn id_of(file: &str) -> &str {
    file.strip_suffix(".json").unwrap_or(file)
}

/// Hands the validator the other files of the set and nothing else.
struct InSet(Arc<Files>);

impl Retrieve for InSet {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        uri.as_str()
            .strip_prefix(BASE)
            .and_then(|file| self.0.get(file))
            .cloned()
            .ok_or_else(|| format!("{uri} is not a file of the schema set").into())
    }
}
