//! All schemas and operations of a set, checked before the first use.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::files::{self, Files, LoadError, Problem};
use crate::openapi::{self, Operation};
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
        CATALOG.get_or_init(|| match Self::from_files(files::bundled(), Compile::AtFirstUse) {
            Ok(catalog) => catalog,
            Err(error) => panic!("the bundled schemas do not load:\n{error}"),
        })
    }

    /// A set of your own: a directory of schema files, with `openapi.json` files that list operations.
    ///
    /// # Errors
    /// Everything that is wrong with the set: unreadable files, unknown keywords and formats,
    /// dangling references, a dialect other than 2020-12, missing `title`, `description` or
    /// `examples`, examples that do not conform, schemas that do not compile.
    pub fn from_dir(path: &Path) -> Result<Self, LoadError> {
        Self::from_files(files::from_dir(path), Compile::Now)
    }

    /// The schema with this id (`v2/variables/create-request`).
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
    pub fn route(&self, method: &str, path: &str) -> Option<(&Operation, BTreeMap<String, String>)> {
        self.operations()
            .filter(|operation| operation.method == method)
            .filter_map(|operation| Some((operation, operation.matches(path.strip_prefix(&operation.base)?)?)))
            .min_by_key(|(_, parameters)| parameters.len())
    }

    fn from_files((files, mut problems): (Files, Vec<Problem>), compile: Compile) -> Result<Self, LoadError> {
        let files = Arc::new(files);
        let mut schemas = BTreeMap::new();
        let mut operations = BTreeMap::new();
        for file in files.keys() {
            if is_openapi(file) {
                match openapi::read(file, &files) {
                    Ok(read) => add_operations(file, read, &mut operations, &mut problems),
                    Err(found) => problems.extend(found),
                }
            } else {
                problems.extend(lint::lint(file, &files));
                let schema = Schema::new(file, &files);
                schemas.insert(schema.id().to_owned(), schema);
            }
        }
        check_links(&operations, &mut problems);
        if problems.is_empty() && matches!(compile, Compile::Now) {
            problems.extend(schemas.values().flat_map(prove));
        }
        if problems.is_empty() {
            Ok(Self { schemas, operations })
        } else {
            problems.sort();
            Err(LoadError { problems })
        }
    }
}

/// When schemas are compiled. The bundled set is proven by tests, so it need not be at start-up.
enum Compile {
    Now,
    AtFirstUse,
}

fn is_openapi(file: &str) -> bool {
    file.rsplit('/').next() == Some("openapi.json")
}

fn add_operations(
    file: &str,
    read: Vec<Operation>,
    operations: &mut BTreeMap<String, Operation>,
    problems: &mut Vec<Problem>,
) {
    for operation in read {
        let id = operation.id.clone();
        if operations.insert(id.clone(), operation).is_some() {
            problems.push(Problem {
                file: file.to_owned(),
                pointer: Pointer::root().join("paths"),
                message: format!("operationId `{id}` stands twice"),
            });
        }
    }
}

fn check_links(operations: &BTreeMap<String, Operation>, problems: &mut Vec<Problem>) {
    let ids: BTreeSet<_> = operations.keys().collect();
    for operation in operations.values() {
        for link in operation.responses.values().flat_map(|response| response.links.values()) {
            if !ids.contains(&link.operation) {
                problems.push(Problem {
                    file: "openapi.json".to_owned(),
                    pointer: Pointer::root().join("paths").join(&operation.path),
                    message: format!("link to unknown operation `{}`", link.operation),
                });
            }
        }
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
    if let Err(error) = schema.compile() {
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
