//! One schema, and what a document does to it.

use std::cell::LazyCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use jsonschema::error::ValidationErrorKind;
use jsonschema::json::{Array as _, Json, Node as _, Object as _, SerdeJson};
use jsonschema::{Draft, PatternOptions, Retrieve, Uri, ValidationError, Validator};
use serde_json::{Map, Value};

use crate::files::Files;
use crate::form;
use crate::json::SyntaxError;
use crate::lint::REQUIREMENT;
use crate::message::describe;
use crate::places::{Places, Secrets};
use crate::reference::{self, Reference};
use crate::report::{Report, Violation};
use crate::tape::{self, Lines, Locator, Place, SpanTape, Tape};
use crate::verdict::{Leaves, Program};
use crate::{Pointer, typed};

/// Where the files of a set stand for the validator; never fetched.
const BASE: &str = "tfe-schema:///";

/// How many violations a report lists.
const MAX_VIOLATIONS: usize = 1000;

/// How many errors the validator may make of a document as bytes, those of alternatives that do not fit
/// included. It gathers every error before it hands out the first.
const MAX_ERRORS: usize = 4 * MAX_VIOLATIONS;

/// How much text the pointers to all places of a document that is parsed may hold, if all its violations are
/// to be found. A pointer repeats the names above it: a hostile document of a megabyte (one long name, many
/// items below) would need hundreds of gigabytes.
const MAX_POINTERS_TEXT: usize = 8 << 20;

/// A schema of a [`Catalog`](crate::Catalog).
pub struct Schema {
    id: String,
    file: String,
    files: Arc<Files>,
    leaves: Arc<Leaves>,
    /// The quick verdict on documents as bytes, if the schema can have it.
    program: OnceLock<Option<Program>>,
    validator: OnceLock<Validator>,
    /// The same for documents as bytes, compiled when the first comes that does not conform.
    tape_validator: OnceLock<Validator<SpanTape>>,
    /// Looked for once: the judge asks on every answer.
    requirements: OnceLock<BTreeSet<String>>,
}

impl Clone for Schema {
    /// Shares the files; what is compiled is compiled again where it is asked for.
    fn clone(&self) -> Self {
        Self::new(&self.file, &self.files, &self.leaves)
    }
}

/// A subschema, and where it stands.
#[derive(Debug, Clone)]
pub struct Part<'s> {
    /// The file, by its path in the set.
    pub file: &'s str,
    /// The place in the file.
    pub pointer: Pointer,
    /// The subschema.
    pub schema: &'s Value,
}

impl std::fmt::Display for Part<'_> {
    /// As [`Violation::schema_location`] says it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", id_of(self.file), self.pointer)
    }
}

impl Schema {
    pub(crate) fn new(file: &str, files: &Arc<Files>, leaves: &Arc<Leaves>) -> Self {
        Self {
            id: id_of(file).to_owned(),
            file: file.to_owned(),
            files: Arc::clone(files),
            leaves: Arc::clone(leaves),
            program: OnceLock::new(),
            validator: OnceLock::new(),
            tape_validator: OnceLock::new(),
            requirements: OnceLock::new(),
        }
    }

    /// The id: the path in the set, without `.json`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The schema itself.
    pub fn document(&self) -> &Value {
        &self.files[&self.file]
    }

    /// The whole schema as a part of its set: what it refers to is found with [`Self::referred`].
    pub fn part(&self) -> Part<'_> {
        Part { file: &self.file, pointer: Pointer::root(), schema: self.document() }
    }

    /// The subschema that a `$ref` in a file of the set points at, if it is there.
    pub fn referred(&self, from: &str, reference: &str) -> Option<Part<'_>> {
        let Reference { file, pointer } = reference::resolve(from, reference).ok()?;
        let (file, document) = self.files.get_key_value(&file)?;
        let schema = pointer.resolve(document)?;
        Some(Part { file, pointer, schema })
    }

    /// `title` of the schema.
    pub fn title(&self) -> &str {
        self.document()["title"].as_str().unwrap_or_default()
    }

    /// `description` of the schema.
    pub fn description(&self) -> &str {
        self.document()["description"].as_str().unwrap_or_default()
    }

    /// Checks a document as it came off the wire, and says where in the bytes it breaks the schema.
    ///
    /// ```
    /// let schema = tfe_schema::Catalog::bundled().schema("v2/variables/create-request").expect("bundled");
    /// let report = schema.check(b"{\"data\": {\n  \"type\": \"var\"}}");
    /// let wrong = report.violations.iter().find(|violation| violation.keyword == "const").expect("a wrong type");
    /// let place = wrong.place.expect("it was bytes");
    /// assert_eq!((wrong.pointer.to_string().as_str(), place.line, place.column), ("/data/type", 2, 11));
    /// // What is no JSON has no violations, and says where it ends to be some.
    /// assert!(schema.check(b"{\"data\": ").syntax.is_some());
    /// ```
    ///
    /// # Panics
    /// Never for a schema of a catalogue: loading it compiled every schema once.
    pub fn check(&self, bytes: &[u8]) -> Report {
        let tape = match Tape::parse(bytes) {
            Err(syntax) => return Report { syntax: Some(syntax), ..Report::default() },
            Ok(tape) => tape,
        };
        // Most documents conform: lines are counted when somebody asks.
        let lines = LazyCell::new(|| Lines::of(bytes));
        let mut locator = Locator::new(&tape);
        let find = |pointer: &Pointer| {
            let span = locator.span(pointer);
            Found { exists: span.is_some(), place: span.map(|(start, end)| lines.place(start, end)) }
        };
        let report = if self.accepts(&tape) {
            Report::default()
        } else {
            // If the validator finds nothing, it has the last word.
            let most = errors_of(&tape);
            tape.limit_errors(most);
            let report = self.list(self.of_tapes(), &tape.root(), most, find);
            tape.limit_errors(usize::MAX);
            report
        };
        let repeated = tape.duplicates();
        Report {
            duplicates: repeated.iter().map(|member| member.pointer.clone()).collect(),
            duplicate_places: repeated.iter().map(|member| lines.place(member.start, member.end)).collect(),
            ..report
        }
    }

    /// Whether a document satisfies the schema: as [`Self::check`], without saying where it does not, and a document
    /// that does not is told as fast as one that does. Members that stand twice are no matter of the schema: the last
    /// one counts.
    ///
    /// ```
    /// let schema = tfe_schema::Catalog::bundled().schema("v2/variables/create-request").expect("bundled");
    /// assert_eq!(schema.is_satisfied_by(br#"{"data": {"type": "var"}}"#), Ok(false));
    /// assert!(schema.is_satisfied_by(b"{\"data\": ").is_err());
    /// ```
    ///
    /// # Errors
    /// [`SyntaxError`], if the bytes are no JSON document.
    ///
    /// # Panics
    /// Never for a schema of a catalogue: loading it compiled every schema once.
    pub fn is_satisfied_by(&self, bytes: &[u8]) -> Result<bool, SyntaxError> {
        Tape::parse(bytes).map(|tape| self.accepts(&tape))
    }

    /// Checks a form payload: the document that it says (see [`form`]), with the values `true`, `false`
    /// and numbers taken for what they look like where the schema asks for that and not for text.
    ///
    /// ```
    /// let schema = tfe_schema::Catalog::bundled().schema("v1/environments/variables-request").expect("bundled");
    /// assert!(schema.check_form(b"variables[region]=eu%2Dwest").is_valid());
    /// assert!(!schema.check_form(b"variables=eu").is_valid());
    /// ```
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
    /// ```
    /// let schema = tfe_schema::Catalog::bundled().schema("jsonapi/error-document").expect("bundled");
    /// let document = serde_json::json!({"errors": [{"status": 404}]});
    /// let report = schema.check_value(&document);
    /// assert_eq!(report.violations[0].pointer.to_string(), "/errors/0/status");
    /// ```
    ///
    /// # Panics
    /// Never for a schema of a catalogue: loading it compiled every schema once.
    pub fn check_value(&self, document: &Value) -> Report {
        let validator = self.validator.get_or_init(|| self.compiled());
        let find = |pointer: &Pointer| Found { exists: pointer.resolve(document).is_some(), place: None };
        // The verdict alone is much cheaper than the list of errors.
        if validator.is_valid(document) {
            return Report::default();
        }
        let most = pointers_text::<SerdeJson>(&document, 0, MAX_POINTERS_TEXT).map_or(1, |_| usize::MAX);
        self.list::<SerdeJson>(validator, &document, most, find)
    }

    /// What is wrong with a document. `most`: how many errors there may be; with one the list has the first.
    fn list<'i, F: Json>(
        &self,
        validator: &'i Validator<F>,
        document: &F::Node<'i>,
        most: usize,
        mut find: impl FnMut(&Pointer) -> Found,
    ) -> Report {
        let mut report = Report::default();
        let mut learned = Learned { secrets: self.secrets(), trails: HashMap::new() };
        if most > 1 {
            for error in validator.iter_errors(document.clone()) {
                if tape::is_exhausted(error.instance()) || report.violations.len() == MAX_VIOLATIONS {
                    report.truncated = true;
                    break;
                }
                report.violations.push(self.violation(&error, &mut find, &mut learned));
            }
        }
        // The errors that may be were spent on alternatives, none of which fits.
        if most == 1 || (report.truncated && report.violations.is_empty()) {
            report.truncated = true;
            let first = validator.validate(document.clone()).err();
            report.violations.extend(first.map(|error| self.violation(&error, &mut find, &mut learned)));
        }
        report
    }

    /// Which places of a document hold a secret.
    pub(crate) fn secrets(&self) -> Secrets<'_> {
        Secrets::of(&self.files, &self.file)
    }

    /// Every requirement that this schema states, directly or through its references. Of another file
    /// only what a reference points at counts.
    pub fn requirements(&self) -> &BTreeSet<String> {
        self.requirements.get_or_init(|| self.stated())
    }

    fn stated(&self) -> BTreeSet<String> {
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

    fn accepts(&self, tape: &Tape<'_>) -> bool {
        let program = self.program.get_or_init(|| Program::compile(&self.files, &self.file, &self.leaves));
        let conforms = program.as_ref().map(|program| program.accepts(tape));
        debug_assert!(
            conforms.is_none_or(|conforms| conforms == self.of_tapes().is_valid(tape.root())),
            "the program of {} does not judge as its validator does",
            self.id
        );
        conforms.unwrap_or_else(|| self.of_tapes().is_valid(tape.root()))
    }

    fn of_tapes(&self) -> &Validator<SpanTape> {
        self.tape_validator.get_or_init(|| self.compiled())
    }

    fn compiled<F: Json>(&self) -> Validator<F> {
        self.compile().unwrap_or_else(|error| panic!("schema {} was loaded but does not compile: {error}", self.id))
    }

    fn compile<F: Json>(&self) -> Result<Validator<F>, ValidationError<'static>> {
        options::<F>()
            .with_retriever(InSet(Arc::clone(&self.files)))
            .with_base_uri(format!("{BASE}{}", self.file))
            .build(self.document())
    }

    fn violation(
        &self,
        error: &ValidationError<'_>,
        find: &mut impl FnMut(&Pointer) -> Found,
        learned: &mut Learned<'_>,
    ) -> Violation {
        let pointer = Pointer::parse(error.instance_path().as_str()).unwrap_or_default();
        let found = find(&pointer);
        let path = evaluation_path(error);
        let trail = learned.trails.entry(path.to_owned()).or_insert_with(|| self.trail(path));
        let missing = match error.kind() {
            ValidationErrorKind::Required { property } => property.as_str().map(str::to_owned),
            _ => None,
        };
        Violation {
            keyword: barring(error, &trail.pointer).unwrap_or_else(|| error.kind().keyword()).to_owned(),
            schema_location: format!("{}#{}", id_of(&trail.file), trail.pointer),
            message: match barring(error, &trail.pointer) {
                Some("propertyNames") => "must have no members".to_owned(),
                Some(_) => "must have no members but those that are named".to_owned(),
                None => describe(error, learned.secrets.hold(&pointer) || !found.exists),
            },
            requirement: trail.requirement.clone(),
            missing,
            pointer,
            place: found.place,
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

/// The way to the keyword that failed. `jsonschema` loses it where a reference stands in `propertyNames`, and tells it in
/// the error about the name.
fn evaluation_path<'e>(error: &'e ValidationError<'_>) -> &'e str {
    match error.kind() {
        ValidationErrorKind::PropertyNames { error } => evaluation_path(error),
        _ => error.evaluation_path().as_str(),
    }
}

/// How every schema is compiled.
pub(crate) fn options<F: Json>() -> jsonschema::ValidationOptions<'static, Arc<dyn Retrieve>, F> {
    jsonschema::options_for::<F>()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .with_pattern_options(PatternOptions::regex())
}

/// What one violation taught about the schema: the next one is often of its kind.
struct Learned<'f> {
    secrets: Secrets<'f>,
    trails: HashMap<String, Trail>,
}

/// The keyword whose value is the schema `false`, where that is about what an object holds and not about the place
/// itself.
fn barring(error: &ValidationError<'_>, location: &Pointer) -> Option<&'static str> {
    if !matches!(error.kind(), ValidationErrorKind::FalseSchema) {
        return None;
    }
    let tokens: Vec<_> = location.tokens().collect();
    let (last, above) = tokens.split_last()?;
    let is_name = above.last().is_some_and(|above| matches!(above.as_ref(), "properties" | "patternProperties"));
    let keyword = ["additionalProperties", "propertyNames"].into_iter().find(|keyword| *last == *keyword)?;
    (!is_name).then_some(keyword)
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
fn pointers_text<'i, F: Json>(value: &F::Node<'i>, above: usize, budget: usize) -> Option<usize> {
    let spend = |budget: usize, name: usize, child: &F::Node<'i>| {
        let here = above + 1 + name;
        pointers_text::<F>(child, here, budget.checked_sub(here)?)
    };
    if let Some(object) = value.as_object() {
        object.members().try_fold(budget, |budget, (name, member)| spend(budget, name.as_ref().len(), &member))
    } else if let Some(array) = value.as_array() {
        // Two digits, or somewhat more.
        array.elements().try_fold(budget, |budget, item| spend(budget, 2, &item))
    } else {
        Some(budget)
    }
}

/// How many errors may be made of a document: fewer, where their pointers would take more memory than the
/// document.
fn errors_of(tape: &Tape<'_>) -> usize {
    /// What all errors together may take, also of a small document.
    const ALWAYS: usize = 512 << 10;
    /// What an error takes, without its pointer.
    const ERROR: usize = 320;
    let errors = ALWAYS.max(tape.len() / 2) / (ERROR + tape.longest_pointer());
    // With very few, none might be left that is not of an alternative.
    if errors < 16 { 1 } else { errors.min(MAX_ERRORS) }
}

/// A place of a document: whether it is there, and where in the bytes.
struct Found {
    exists: bool,
    place: Option<Place>,
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
