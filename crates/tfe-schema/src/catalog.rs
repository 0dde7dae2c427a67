//! All schemas and operations of a set, checked before the first use.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::files::{self, Files, LoadError, Problem};
use crate::openapi::{self, Link, Operation, Placed, Source, is_openapi};
use crate::schema::Schema;
use crate::{Pointer, lint};

/// Schemas and operations, by id.
pub struct Catalog {
    schemas: BTreeMap<String, Schema>,
    operations: BTreeMap<String, Operation>,
}

impl Catalog {
    /// The set that ships with this crate. Read at the first call; a schema is compiled at its first use.
    ///
    /// # Panics
    /// Never in a released version: a test of this crate loads the bundled set.
    pub fn bundled() -> &'static Self {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        CATALOG.get_or_init(|| match Self::from_files(files::bundled(), Proof::ByTests) {
            Ok(catalog) => catalog,
            Err(error) => panic!("the bundled schemas do not load:\n{error}"),
        })
    }

    /// A set of your own: a directory of schema files, with `openapi.json` files that list operations.
    ///
    /// ```no_run
    /// let own = tfe_schema::Catalog::from_dir(std::path::Path::new("my-schemas"))?;
    /// for schema in own.schemas() {
    ///     println!("{}: {}", schema.id(), schema.title());
    /// }
    /// # Ok::<(), tfe_schema::LoadError>(())
    /// ```
    ///
    /// # Errors
    /// Everything that is wrong with the set: unreadable files, unknown keywords and formats,
    /// dangling references, a dialect other than 2020-12, missing `title`, `description` or
    /// `examples`, examples that do not conform, schemas that do not compile.
    pub fn from_dir(path: &Path) -> Result<Self, LoadError> {
        Self::from_files(files::from_dir(path), Proof::Now)
    }

    /// The schema with this id (`v2/variables/create-request`).
    ///
    /// ```
    /// let schema = tfe_schema::Catalog::bundled().schema("v2/variables/create-request").expect("bundled");
    /// assert_eq!(schema.title(), "Create a variable: request");
    /// ```
    pub fn schema(&self, id: &str) -> Option<&Schema> {
        self.schemas.get(id)
    }

    /// All schemas, by id.
    pub fn schemas(&self) -> impl Iterator<Item = &Schema> {
        self.schemas.values()
    }

    /// The operation with this id (`v2.variables.create`).
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.get(id)
    }

    /// All operations, by id.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.values()
    }

    /// The operation behind a method and a path (as on the wire, without query), with its path
    /// parameters (percent-decoded). A literal path wins over one with parameters.
    ///
    /// ```
    /// let catalog = tfe_schema::Catalog::bundled();
    /// let (operation, parameters) = catalog.route("PATCH", "/api/v2/vars/var%2D1").expect("an operation");
    /// assert_eq!((operation.id.as_str(), parameters["variable_id"].as_str()), ("v2.variables.update", "var-1"));
    /// ```
    pub fn route(&self, method: &str, path: &str) -> Option<(&Operation, BTreeMap<String, String>)> {
        self.operations()
            .filter(|operation| operation.method == method)
            .filter_map(|operation| Some((operation, operation.matches(path.strip_prefix(&operation.base)?)?)))
            .min_by_key(|(_, parameters)| parameters.len())
    }

    fn from_files((files, mut problems): (Files, Vec<Problem>), proof: Proof) -> Result<Self, LoadError> {
        let files = Arc::new(files);
        let leaves = Arc::default();
        let mut schemas = BTreeMap::new();
        let mut operations = Operations::default();
        for file in files.keys() {
            if is_openapi(file) {
                match openapi::read(file, &files) {
                    Ok(read) => operations.add(file, read, &mut problems),
                    Err(found) => problems.extend(found),
                }
            } else {
                if matches!(proof, Proof::Now) {
                    problems.extend(lint::lint(file, &files));
                }
                let schema = Schema::new(file, &files, &leaves);
                schemas.insert(schema.id().to_owned(), schema);
            }
        }
        operations.check_links(&mut problems);
        if matches!(proof, Proof::Now) {
            // What stands on a broken file would only repeat its problems, in other words.
            let broken: BTreeSet<String> = problems.iter().map(|problem| problem.file.clone()).collect();
            let sound = schemas.values().filter(|schema| schema.uses().is_disjoint(&broken));
            problems.extend(sound.flat_map(prove));
        }
        if problems.is_empty() {
            Ok(Self { schemas, operations: operations.by_id })
        } else {
            problems.sort();
            Err(LoadError { problems })
        }
    }
}

/// Who makes sure that schemas are sound: that their keywords are known, their references lead somewhere, and that they
/// compile and take their examples.
#[derive(Clone, Copy)]
enum Proof {
    Now,
    /// The bundled set has passed them, so a process need not wait for it.
    ByTests,
}

/// The operations of all files, and where each stands.
#[derive(Default)]
struct Operations {
    by_id: BTreeMap<String, Operation>,
    places: BTreeMap<String, (String, Pointer)>,
}

impl Operations {
    fn add(&mut self, file: &str, read: Vec<Placed>, problems: &mut Vec<Problem>) {
        for Placed { at, operation } in read {
            let id = operation.id.clone();
            if let Some((other, place)) = self.places.get(&id) {
                let message = format!("`{id}` stands for another operation too: {other}#{place}");
                problems.push(Problem { file: file.to_owned(), pointer: at.join("operationId"), message });
            } else {
                self.places.insert(id.clone(), (file.to_owned(), at));
                self.by_id.insert(id, operation);
            }
        }
    }

    /// Every link leads to an operation, and says all that its path needs.
    fn check_links(&self, problems: &mut Vec<Problem>) {
        for (operation, (file, at)) in self.by_id.values().zip(self.places.values()) {
            for (status, response) in &operation.responses {
                for (name, link) in &response.links {
                    let pointer = at.join("responses").join(status).join("links").join(name);
                    if let Err(message) = self.check_link(operation, link) {
                        problems.push(Problem { file: file.clone(), pointer, message });
                    }
                }
            }
        }
    }

    fn check_link(&self, from: &Operation, link: &Link) -> Result<(), String> {
        let to = &link.operation;
        let target = self.by_id.get(to).ok_or_else(|| format!("link to unknown operation `{to}`"))?;
        let given: BTreeSet<&str> = link.parameters.keys().map(String::as_str).collect();
        let needed: BTreeSet<&str> = target.path_parameters().collect();
        if given != needed {
            return Err(format!("parameters {given:?} are not those of `{to}`: {needed:?}"));
        }
        for source in link.parameters.values() {
            if let Source::RequestPath(name) = source
                && !from.path_parameters().any(|known| known == name)
            {
                return Err(format!("`{}` has no path parameter `{name}`", from.id));
            }
        }
        Ok(())
    }
}

/// Compiles a schema and holds its examples against it.
fn prove(schema: &Schema) -> Vec<Problem> {
    let problem =
        |pointer: Pointer, message: String| Problem { file: format!("{}.json", schema.id()), pointer, message };
    let root = Pointer::root();
    if let Err(error) = jsonschema::meta::validate(schema.document()) {
        let pointer = Pointer::parse(error.instance_path().as_str()).unwrap_or_default();
        return vec![problem(pointer, format!("not a JSON Schema: {error}"))];
    }
    if let Err(error) = schema.prepare() {
        return vec![problem(root, format!("does not compile: {error}"))];
    }
    let examples = schema.document()["examples"].as_array();
    let mut problems = Vec::new();
    for (index, example) in examples.into_iter().flatten().enumerate() {
        for violation in schema.check_value(example).violations {
            let at = root.join("examples").join(&index.to_string());
            problems.push(problem(at, format!("does not conform at `{}`: {}", violation.subject(), violation.message)));
        }
    }
    problems
}
