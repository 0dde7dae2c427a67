//! A set of schema files, read from the binary or from a directory, before anything is made of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, DirEntry, include_dir};
use serde_json::Value;

use crate::Pointer;
use crate::tape::Tape;

static BUNDLED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../schemas");

/// Parsed JSON files by their path in the set (`v2/variables/create-request.json`).
pub(crate) type Files = BTreeMap<String, Value>;

/// One thing that is wrong with a schema set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file or folder, by its path in the set; empty for the set as a whole.
    pub file: String,
    /// The place in the file; the root when the file could not be read.
    pub pointer: Pointer,
    /// What is wrong and what is expected.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let file = if self.file.is_empty() { "schema set" } else { &self.file };
        write!(f, "{file}#{}: {}", self.pointer, self.message)
    }
}

/// A schema set that is refused, with everything that is wrong with it.
#[derive(Debug, Clone)]
pub struct LoadError {
    /// All problems, in the order of the files.
    pub problems: Vec<Problem>,
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadError {}

pub(crate) fn bundled() -> (Files, Vec<Problem>) {
    let mut files = Collected::default();
    add_embedded(&BUNDLED, &mut files);
    (files.files, files.problems)
}

pub(crate) fn from_dir(root: &Path) -> (Files, Vec<Problem>) {
    let mut files = Collected::default();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        match list(root, &folder) {
            Ok(entries) => entries.into_iter().for_each(|(path, is_dir)| {
                if is_dir {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "json") {
                    let name = path.to_string_lossy().replace('\\', "/");
                    match std::fs::read(root.join(&path)) {
                        Ok(bytes) => files.add(name, &bytes),
                        Err(error) => files.refuse(name, format!("cannot be read: {error}")),
                    }
                }
            }),
            Err(error) => files.refuse(folder.display().to_string(), format!("cannot be listed: {error}")),
        }
    }
    // A wrong folder must not pass for a set that has nothing wrong with it.
    if files.files.is_empty() && files.problems.is_empty() {
        files.refuse(String::new(), "there is no schema file (*.json) in the folder".to_owned());
    }
    (files.files, files.problems)
}

fn list(root: &Path, folder: &Path) -> std::io::Result<Vec<(PathBuf, bool)>> {
    std::fs::read_dir(root.join(folder))?
        .map(|entry| {
            let entry = entry?;
            Ok((folder.join(entry.file_name()), entry.file_type()?.is_dir()))
        })
        .collect()
}

fn add_embedded(dir: &Dir<'_>, files: &mut Collected) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => add_embedded(dir, files),
            DirEntry::File(file) if file.path().extension().is_some_and(|extension| extension == "json") => {
                files.add(file.path().to_string_lossy().replace('\\', "/"), file.contents());
            }
            DirEntry::File(_) => {}
        }
    }
}

#[derive(Default)]
struct Collected {
    files: Files,
    problems: Vec<Problem>,
}

impl Collected {
    fn add(&mut self, name: String, bytes: &[u8]) {
        match Tape::parse(bytes) {
            Ok(tape) => {
                for duplicate in tape.duplicates() {
                    self.problems.push(Problem {
                        file: name.clone(),
                        pointer: duplicate.pointer,
                        message: "member stands twice".to_owned(),
                    });
                }
                self.files.insert(name, tape.to_value());
            }
            Err(error) => self.refuse(name, format!("is not JSON: {error}")),
        }
    }

    fn refuse(&mut self, file: String, message: String) {
        self.problems.push(Problem { file, pointer: Pointer::root(), message });
    }
}
