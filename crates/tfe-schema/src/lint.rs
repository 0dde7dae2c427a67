//! What a schema may contain. A validator ignores what it does not know, so a misspelt keyword would
//! pass every document: here it is refused before anything is compiled.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::files::{Files, Problem};
use crate::reference::Reference;
use crate::{Pointer, reference};

/// The dialect that every schema file declares.
pub(crate) const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Formats that the validator asserts; any other is a spelling that nobody checks.
const FORMATS: [&str; 7] = ["date-time", "email", "json-pointer", "regex", "uri", "uri-reference", "uuid"];

/// Annotation of ours: the requirement that the subschema states.
pub(crate) const REQUIREMENT: &str = "x-requirement";
/// Annotation of ours: the value is a secret and never stands in a message.
pub(crate) const SENSITIVE: &str = "x-sensitive";

/// How a keyword's value holds further schemas.
enum Shape {
    /// No schema inside.
    Plain,
    /// The value is a schema.
    Schema,
    /// The value is an array of schemas.
    Schemas,
    /// The value is an object whose members are schemas.
    Named,
}

/// The keywords of 2020-12 that the bundled set may use, and ours. Left out on purpose:
/// `$id`, `$anchor` and dynamic references (a schema's id is its path), `$comment` (say it in
/// `description`), and `content*` (never asserted, so it would promise what is not checked).
fn shape(keyword: &str) -> Option<Shape> {
    Some(match keyword {
        "$schema" | "$ref" | "title" | "description" | "examples" | "default" | "deprecated" | "readOnly"
        | "writeOnly" | "type" | "enum" | "const" | "multipleOf" | "maximum" | "exclusiveMaximum" | "minimum"
        | "exclusiveMinimum" | "maxLength" | "minLength" | "pattern" | "maxItems" | "minItems" | "uniqueItems"
        | "maxContains" | "minContains" | "maxProperties" | "minProperties" | "required" | "dependentRequired"
        | "format" | REQUIREMENT | SENSITIVE => Shape::Plain,
        "items"
        | "contains"
        | "additionalProperties"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "if"
        | "then"
        | "else"
        | "not" => Shape::Schema,
        "prefixItems" | "allOf" | "anyOf" | "oneOf" => Shape::Schemas,
        "$defs" | "properties" | "patternProperties" | "dependentSchemas" => Shape::Named,
        _ => return None,
    })
}

/// Everything that is wrong with one schema file.
pub(crate) fn lint(file: &str, files: &Files) -> Vec<Problem> {
    let mut linter = Linter { file, files, problems: Vec::new() };
    let schema = &files[file];
    linter.root(schema);
    linter.schema(schema, &Pointer::root());
    linter.problems
}

/// Where the references in a schema, at any depth, lead.
fn references(schema: &Value, file: &str) -> Vec<Reference> {
    match schema {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str).and_then(|text| reference::resolve(file, text).ok());
            own.into_iter().chain(members.values().flat_map(|member| references(member, file))).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| references(item, file)).collect(),
        _ => Vec::new(),
    }
}

struct Linter<'f> {
    file: &'f str,
    files: &'f Files,
    problems: Vec<Problem>,
}

impl Linter<'_> {
    fn problem(&mut self, pointer: &Pointer, message: impl Into<String>) {
        self.problems.push(Problem { file: self.file.to_owned(), pointer: pointer.clone(), message: message.into() });
    }

    /// What only the root of a file must have.
    fn root(&mut self, schema: &Value) {
        let root = Pointer::root();
        if schema.get("$schema").is_none() {
            self.problem(&root, format!("`$schema` is missing: it must be `{DIALECT}`"));
        }
        for member in ["title", "description"] {
            if schema.get(member).and_then(Value::as_str).is_none_or(str::is_empty) {
                self.problem(&root, format!("`{member}` is missing: every schema says what it describes"));
            }
        }
        if schema.get("examples").and_then(Value::as_array).is_none_or(Vec::is_empty) {
            self.problem(&root, "`examples` is missing: every schema shows at least one valid document");
        }
    }

    fn schema(&mut self, schema: &Value, pointer: &Pointer) {
        match schema {
            Value::Bool(_) => {}
            Value::Object(members) => {
                for (keyword, value) in members {
                    self.keyword(keyword, value, &pointer.join(keyword));
                }
            }
            _ => self.problem(pointer, "a schema must be an object or a boolean"),
        }
    }

    fn keyword(&mut self, keyword: &str, value: &Value, pointer: &Pointer) {
        match (shape(keyword), value) {
            (None, _) => self.problem(pointer, format!("unknown keyword `{keyword}`")),
            // The validator would be compiled for ever.
            (Some(_), _) if keyword == "propertyNames" && self.leads_back(value, pointer) => {
                self.problem(pointer, "a schema of names must not lead back to itself");
            }
            (Some(Shape::Plain), _) => self.plain(keyword, value, pointer),
            (Some(Shape::Schema), _) => self.schema(value, pointer),
            (Some(Shape::Schemas), Value::Array(schemas)) => {
                for (index, schema) in schemas.iter().enumerate() {
                    self.schema(schema, &pointer.join(&index.to_string()));
                }
            }
            (Some(Shape::Named), Value::Object(schemas)) => {
                for (name, schema) in schemas {
                    self.schema(schema, &pointer.join(name));
                }
            }
            (Some(Shape::Schemas), _) => self.problem(pointer, "must be an array of schemas"),
            (Some(Shape::Named), _) => self.problem(pointer, "must be an object of schemas"),
        }
    }

    /// Whether the references of a schema lead to a place around the one where it stands.
    fn leads_back(&self, schema: &Value, pointer: &Pointer) -> bool {
        let around = |target: &Reference| {
            let (target_at, at) = (target.pointer.as_str(), pointer.as_str());
            target.file == self.file
                && at.strip_prefix(target_at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mut seen = BTreeSet::new();
        let mut open = references(schema, self.file);
        while let Some(target) = open.pop() {
            if around(&target) {
                return true;
            }
            if let Some(schema) = self.files.get(&target.file).and_then(|file| target.pointer.resolve(file)) {
                let from = target.file.clone();
                if seen.insert(target) {
                    open.extend(references(schema, &from));
                }
            }
        }
        false
    }

    fn plain(&mut self, keyword: &str, value: &Value, pointer: &Pointer) {
        match (keyword, value) {
            ("$ref", Value::String(text)) => {
                if let Err(message) = self.resolve(text) {
                    self.problem(pointer, message);
                }
            }
            ("format", Value::String(format)) if FORMATS.contains(&format.as_str()) => {}
            ("format", _) => {
                self.problem(pointer, format!("unknown format {value}; known: {}", FORMATS.join(", ")));
            }
            ("$schema", _) if value != DIALECT => self.problem(pointer, format!("must be `{DIALECT}`")),
            (REQUIREMENT, value) if !value.is_string() => self.problem(pointer, "must be a requirement id"),
            (SENSITIVE, value) if value != true => self.problem(pointer, "must be `true`"),
            _ => {}
        }
    }

    fn resolve(&self, text: &str) -> Result<(), String> {
        let Reference { file, pointer } = reference::resolve(self.file, text)?;
        let target = self.files.get(&file).ok_or_else(|| format!("`{text}`: there is no file `{file}`"))?;
        match pointer.resolve(target) {
            Some(_) => Ok(()),
            None => Err(format!("`{text}`: `{file}` has nothing at `{pointer}`")),
        }
    }
}
