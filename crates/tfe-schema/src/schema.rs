//! One schema, and what a document does to it.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, PatternOptions, Retrieve, Uri, ValidationError, Validator};
use serde_json::Value;

use crate::files::Files;
use crate::json::{self, SyntaxError};
use crate::lint::{REQUIREMENT, SENSITIVE};
use crate::{Pointer, reference};

/// Where the files of a set stand for the validator; never fetched.
const BASE: &str = "tfe-schema:///";

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
    /// Members that stand more than once in their object.
    pub duplicates: Vec<Pointer>,
    /// Every violation of the schema.
    pub violations: Vec<Violation>,
}

impl Report {
    /// Whether the document conforms.
    pub fn is_valid(&self) -> bool {
        self.syntax.is_none() && self.duplicates.is_empty() && self.violations.is_empty()
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

    /// Checks a document that is already parsed. What parsing loses (duplicate members) is not seen.
    ///
    /// # Panics
    /// Never for a schema of a catalogue: loading it compiled every schema once.
    pub fn check_value(&self, document: &Value) -> Report {
        let validator = self.validator.get_or_init(|| match self.compile() {
            Ok(validator) => validator,
            Err(error) => panic!("schema {} was loaded but does not compile: {error}", self.id),
        });
        let mut violations = Vec::new();
        // The verdict alone is much cheaper than the list of errors.
        if !validator.is_valid(document) {
            violations.extend(validator.iter_errors(document).map(|error| self.violation(&error, document)));
        }
        Report { violations, ..Report::default() }
    }

    /// Every requirement that this schema states, directly or through its references.
    pub fn requirements(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![self.file.clone()];
        while let Some(file) = open.pop() {
            if seen.insert(file.clone())
                && let Some(document) = self.files.get(&file)
            {
                collect(document, &file, &mut found, &mut open);
            }
        }
        found
    }

    pub(crate) fn compile(&self) -> Result<Validator, ValidationError<'static>> {
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
            message: describe(error, trail.sensitive || pointer.resolve(document).is_none()),
            requirement: trail.requirement,
            missing,
            pointer,
        }
    }

    /// Follows an evaluation path through the files, gathering the annotations on the way.
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
    sensitive: bool,
}

impl Trail {
    fn annotate(&mut self, files: &Files) {
        let Some(schema) = files.get(&self.file).and_then(|file| self.pointer.resolve(file)) else { return };
        if let Some(requirement) = schema.get(REQUIREMENT).and_then(Value::as_str) {
            self.requirement = Some(requirement.to_owned());
        }
        self.sensitive |= schema.get(SENSITIVE).is_some();
    }
}

fn collect(value: &Value, file: &str, found: &mut BTreeSet<String>, open: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(requirement) = members.get(REQUIREMENT).and_then(Value::as_str) {
                found.insert(requirement.to_owned());
            }
            if let Some(target) = members.get("$ref").and_then(Value::as_str)
                && let Ok(target) = reference::resolve(file, target)
            {
                open.push(target.file);
            }
            members.values().for_each(|member| collect(member, file, found, open));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, file, found, open)),
        _ => {}
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

/// The expectation in words. `hidden`: the value must not be shown.
fn describe(error: &ValidationError<'_>, hidden: bool) -> String {
    use ValidationErrorKind as Kind;
    let got = if hidden { String::new() } else { format!(", got {}", shown(error.instance())) };
    match error.kind() {
        Kind::Required { property } => format!("member {property} is missing"),
        Kind::Type { kind } => format!("must be {}, got {}", type_names(kind), type_of(error.instance())),
        Kind::Enum { options } => format!("must be one of {options}{got}"),
        Kind::Constant { expected_value } => format!("must be {expected_value}{got}"),
        Kind::Format { format } => format!("must be a valid `{format}`{got}"),
        Kind::Pattern { pattern } => format!("must match the pattern `{pattern}`{got}"),
        Kind::MinLength { limit } => format!("must have at least {limit} character(s)"),
        Kind::MaxLength { limit } => format!("must have at most {limit} character(s)"),
        Kind::MinItems { limit } => format!("must have at least {limit} item(s)"),
        Kind::MinProperties { limit } => format!("must have at least {limit} member(s)"),
        Kind::AnyOf { context } => format!("fits none of the {} allowed forms", context.len()),
        Kind::PropertyNames { error } => {
            format!("member name {}: {}", shown(error.instance()), describe(error, hidden))
        }
        Kind::Not { .. } => "has a form that is not allowed".to_owned(),
        Kind::AdditionalProperties { unexpected } => format!("unknown member(s): {}", unexpected.join(", ")),
        Kind::FalseSchema => "must not be present".to_owned(),
        _ => error.masked().to_string(),
    }
}

fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

fn type_names(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(single) => format!("{single}"),
        TypeKind::Multiple(set) => set.iter().map(|name| name.to_string()).collect::<Vec<_>>().join(" or "),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
