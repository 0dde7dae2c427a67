//! The suite: requirements, cases and profiles, read from the binary or from a directory.
//!
//! Everything is verified while it is loaded, and everything that is wrong is reported at once:
//! a suite that loads sends only requests whose names, places and templates are known to exist.

mod case;
mod check;
mod expand;
mod profile;
mod requirement;
mod verify;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use include_dir::{Dir, DirEntry, include_dir};
use serde::de::DeserializeOwned;
use tfe_schema::{Catalog, Pointer};

pub use case::{Body, Call, Case, Identity, Observe, Observed, Query, Role, Step};
pub use check::{Check, Expectation, Find, JsonType, Matcher, Scope, Statuses};
pub use profile::{
    Authentication, Credential, Documents, Empty, FixtureRecipe, FixtureRequest, Given, ImpliedRule, Profile, Tidy,
};
pub use requirement::{Document, Level, Requirement, Source, SourceKind, Statement};

pub use crate::yaml::Place;
use crate::yaml::{self, Located};

static BUNDLED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../conformance");

/// Requirements, cases and profiles.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Suite {
    /// All cases, by id.
    pub cases: Vec<Arc<Case>>,
    /// All requirements, by id.
    pub requirements: BTreeMap<String, Requirement>,
    /// All profiles, by id.
    pub profiles: BTreeMap<String, Profile>,
    /// The statement list that the requirements account for.
    pub statements: Vec<Statement>,
    /// The documents that requirements quote, by id.
    pub documents: BTreeMap<String, Document>,
    /// What tells this suite from others, if it is not the bundled one.
    own: Option<String>,
}

/// One thing that is wrong with a suite.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, by its path in the suite.
    pub file: String,
    /// The place in the file.
    pub place: Place,
    /// What is wrong and what is expected.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.place, self.message)
    }
}

/// A suite that is refused, with everything that is wrong with it.
#[derive(Debug, Clone)]
pub struct SuiteError {
    /// All problems, by file and place.
    pub problems: Vec<Problem>,
}

impl fmt::Display for SuiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.problems.iter().map(Problem::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for SuiteError {}

impl Suite {
    /// The suite that ships with this crate, against the schemas that ship with [`tfe_schema`].
    ///
    /// # Errors
    /// Never in a released version: a test of this crate loads the bundled suite.
    pub fn bundled() -> Result<Self, SuiteError> {
        let mut files = Vec::new();
        embedded(&BUNDLED, &mut files);
        Self::from_files(files, Vec::new(), Catalog::bundled())
    }

    /// A suite of your own: a directory like `conformance/` of this project.
    ///
    /// # Errors
    /// Everything that is wrong with it, by file, line and column.
    pub fn from_dir(root: &Path, catalog: &Catalog) -> Result<Self, SuiteError> {
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        read_dir(root, Path::new(""), &mut files, &mut problems);
        let own = digest(&mut files);
        let mut bundled = Vec::new();
        embedded(&BUNDLED, &mut bundled);
        let is_own = own != digest(&mut bundled);
        Ok(Self { own: is_own.then_some(own), ..Self::from_files(files, problems, catalog)? })
    }

    /// What a reader of a report has to know of the suite.
    pub(crate) fn remark(&self) -> Option<String> {
        let own = self.own.as_ref()?;
        Some(format!("the cases and requirements are those of a suite of your own ({own}), not of this version"))
    }

    /// The cases of a profile.
    pub fn cases_of<'s>(&'s self, profile: &'s Profile) -> impl Iterator<Item = &'s Arc<Case>> {
        self.cases.iter().filter(|case| profile.covers(&case.id))
    }

    /// A case that is in no suite, from the text of its file. It is verified as the cases of a profile
    /// are, and cites only requirements that the suite knows.
    ///
    /// # Errors
    /// Everything that is wrong with it, by file, line and column.
    pub fn read_case(
        &self,
        id: &str,
        file: &str,
        text: &str,
        profile: &Profile,
        catalog: &Catalog,
    ) -> Result<Case, SuiteError> {
        let mut loading = Loading::default();
        match yaml::read(text) {
            Ok(located) => loading.case(id, file, &located),
            Err((place, message)) => loading.problem(file, place, message),
        }
        let Loading { suite, mut problems, .. } = loading;
        let case = suite.cases.into_iter().next();
        problems.extend(case.iter().flat_map(|case| verify::verify_case(self, profile, case, catalog)));
        match case {
            Some(case) if problems.is_empty() => Ok(Arc::unwrap_or_clone(case)),
            _ => {
                problems.sort();
                Err(SuiteError { problems })
            }
        }
    }

    fn from_files(
        mut files: Vec<(String, String)>,
        problems: Vec<Problem>,
        catalog: &Catalog,
    ) -> Result<Self, SuiteError> {
        files.sort();
        let mut loading = Loading { problems, ..Loading::default() };
        for (file, text) in &files {
            loading.file(file, text);
        }
        let Loading { suite, mut problems, unread } = loading;
        problems.extend(verify::verify(&suite, catalog, !unread));
        if problems.is_empty() {
            return Ok(suite);
        }
        problems.sort();
        problems.dedup();
        Err(SuiteError { problems })
    }
}

impl Profile {
    /// Whether a case (or anything else named by its path) belongs to the profile.
    pub fn covers(&self, case: &str) -> bool {
        self.areas.iter().any(|area| case.strip_prefix(area.as_str()).is_some_and(|rest| rest.starts_with('/')))
    }
}

#[derive(Default)]
struct Loading {
    suite: Suite,
    problems: Vec<Problem>,
    /// A file that others refer to could not be read.
    unread: bool,
}

impl Loading {
    fn file(&mut self, file: &str, text: &str) {
        let located = match yaml::read(text) {
            Ok(located) => located,
            Err((place, message)) => return self.problem(file, place, message),
        };
        let path = file.strip_suffix(".yaml").unwrap_or(file);
        match path.rsplit('/').next() {
            Some("requirements") => self.requirements(file, &located),
            _ if path == "statements" => {
                if let Some(list) = self.typed::<Statements>(file, "conformance/statements", &located) {
                    self.suite.statements = list.statements;
                }
            }
            _ if path == "documents" => {
                if let Some(list) = self.typed::<DocumentList>(file, "conformance/documents", &located) {
                    self.suite.documents = list.documents;
                }
            }
            Some(id) if path.starts_with("profiles/") => {
                if let Some(profile) = self.typed::<Profile>(file, "conformance/profile", &located) {
                    self.suite.profiles.insert(id.to_owned(), Profile { id: id.to_owned(), ..profile });
                }
            }
            _ => self.case(path, file, &located),
        }
    }

    fn requirements(&mut self, file: &str, located: &Located) {
        let Some(list) = self.typed::<Requirements>(file, "conformance/requirements", located) else { return };
        for (index, requirement) in list.requirements.into_iter().enumerate() {
            let id = requirement.id.clone();
            let place = located.place(&Pointer::root().join("requirements").join(&index.to_string()));
            let requirement = Requirement { file: file.to_owned(), place, ..requirement };
            if self.suite.requirements.insert(id.clone(), requirement).is_some() {
                self.problem(file, place, format!("requirement `{id}` stands twice"));
            }
        }
    }

    fn case(&mut self, id: &str, file: &str, located: &Located) {
        let Some(raw) = self.typed::<case::RawCase>(file, "conformance/case", located) else { return };
        match raw.resolve(id, file, &|pointer| located.place(pointer)) {
            Ok(case) => self.suite.cases.push(Arc::new(case)),
            Err(found) => found.into_iter().for_each(|(place, message)| self.problem(file, place, message)),
        }
    }

    /// Holds the file against its schema, for all errors at once, and then gives it its type.
    fn typed<T: DeserializeOwned>(&mut self, file: &str, schema: &str, located: &Located) -> Option<T> {
        let before = self.problems.len();
        // Our own formats are always those of this version, whatever schemas the suite is about.
        if let Some(schema) = Catalog::bundled().schema(schema) {
            for violation in schema.check_value(&located.value).violations {
                let at = if violation.pointer.is_root() { String::new() } else { format!("{}: ", violation.pointer) };
                let place = located.place(&violation.pointer);
                self.problem(file, place, format!("{at}{}", violation.message));
            }
        }
        if self.problems.len() > before {
            return None;
        }
        match T::deserialize(&located.value) {
            Ok(typed) => Some(typed),
            Err(error) => {
                self.problem(file, located.place(&Pointer::root()), error.to_string());
                None
            }
        }
    }

    fn problem(&mut self, file: &str, place: Place, message: String) {
        self.unread |= !is_case(file);
        self.problems.push(Problem { file: file.to_owned(), place, message });
    }
}

/// Whether a file is a case, which no other file refers to.
fn is_case(file: &str) -> bool {
    let path = file.strip_suffix(".yaml").unwrap_or(file);
    !(path.starts_with("profiles/") || matches!(path, "statements" | "documents") || path.ends_with("requirements"))
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirements {
    requirements: Vec<Requirement>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Statements {
    statements: Vec<Statement>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentList {
    documents: BTreeMap<String, Document>,
}

fn embedded(dir: &Dir<'_>, files: &mut Vec<(String, String)>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => embedded(dir, files),
            DirEntry::File(file) => {
                let name = file.path().to_string_lossy().replace('\\', "/");
                let is_yaml = file.path().extension().is_some_and(|extension| extension == "yaml");
                if let Some(text) = file.contents_utf8().filter(|_| is_yaml) {
                    files.push((name, text.to_owned()));
                }
            }
        }
    }
}

/// The same for the same files, wherever they are.
fn digest(files: &mut [(String, String)]) -> String {
    files.sort();
    let parts = files.iter().flat_map(|(file, text)| [file.as_str(), text]);
    crate::digest::digest(&parts.collect::<Vec<_>>())
}

fn read_dir(root: &Path, folder: &Path, files: &mut Vec<(String, String)>, problems: &mut Vec<Problem>) {
    let mut refuse = |path: &Path, error: std::io::Error| {
        let file = path.to_string_lossy().replace('\\', "/");
        problems.push(Problem {
            file,
            place: Place { line: 1, column: 1 },
            message: format!("cannot be read: {error}"),
        });
    };
    let entries = match std::fs::read_dir(root.join(folder)) {
        Ok(entries) => entries,
        Err(error) => return refuse(&root.join(folder), error),
    };
    let mut folders = Vec::new();
    for entry in entries.flatten() {
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            folders.push(path);
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            match std::fs::read_to_string(entry.path()) {
                Ok(text) => files.push((path.to_string_lossy().replace('\\', "/"), text)),
                Err(error) => refuse(&path, error),
            }
        }
    }
    for folder in folders {
        read_dir(root, &folder, files, problems);
    }
}
