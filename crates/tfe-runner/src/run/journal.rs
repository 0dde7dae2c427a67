//! What a run makes, written down before it is asked for: so that `clean` can finish what a killed
//! run could not.
//!
//! One JSON document a line, only ever appended to. Every line is handed to the operating system
//! before the request leaves, so that it outlives the process. No line holds a token.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::redact::Redactor;
use crate::report::visible_json;
use crate::target::Target;

/// Version of the format. A change that an older reader would misread raises it.
const FORMAT: u32 = 1;

/// Why a journal cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The file is there already.
    #[error("the journal {} exists already: an earlier run left something, which `tfe-conformance clean` deletes", .0.display())]
    Exists(PathBuf),
    /// The file cannot be written.
    #[error("the journal {} cannot be written ({}); `--journal PATH` names another place", .0.display(), .1)]
    Write(PathBuf, #[source] std::io::Error),
    /// The file cannot be read.
    #[error("the journal {} cannot be read: {}", .0.display(), .1)]
    Read(PathBuf, #[source] std::io::Error),
    /// A run that goes on writes to it.
    #[error("the journal {} belongs to a run that still goes on", .0.display())]
    InUse(PathBuf),
    /// A line is not what a run writes.
    #[error("{}:{}: not a line of a journal: {}", .0.display(), .1, .2)]
    Line(PathBuf, usize, String),
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub(super) enum Record {
    /// The first line: which run, against what.
    Run {
        format: u32,
        run: String,
        started_at: String,
        target: String,
        organization: String,
        base_paths: BTreeMap<String, String>,
    },
    /// A given fixture is about to be used.
    Uses { id: u64, profile: String, fixture: String, name: String },
    /// A request that may make something is about to be sent.
    Sends { id: u64, profile: String, method: String, path: String, names: Vec<String>, undo: Undoing },
    /// Its answer came: this undoes it.
    Made { id: u64, operation: String, params: Map<String, Value> },
    /// Nothing is left of an entry.
    Over { id: u64, how: String },
}

/// How what a request makes is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Undoing {
    /// By a deletion.
    Delete,
    /// With what the given fixture is cleaned of.
    Tidy,
    /// The API has no way.
    Never,
}

/// A journal that is being written.
pub(crate) struct Journal {
    path: PathBuf,
    redactor: Redactor,
    book: Mutex<Book>,
}

struct Book {
    file: File,
    next: u64,
    /// Entries of which something may be left.
    open: BTreeSet<u64>,
}

impl Journal {
    /// Begins the journal of a run.
    pub(super) fn begin(path: &Path, run: &str, target: &Target, redactor: &Redactor) -> Result<Self, JournalError> {
        let path = path.to_owned();
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| JournalError::Write(path.clone(), error))?;
        }
        let file =
            OpenOptions::new().append(true).create_new(true).open(&path).map_err(|error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => JournalError::Exists(path.clone()),
                _ => JournalError::Write(path.clone(), error),
            })?;
        // Held for as long as the process lives: a run that goes on is not cleaned up behind.
        file.lock().map_err(|error| JournalError::Write(path.clone(), error))?;
        let journal =
            Self { path, redactor: redactor.clone(), book: Mutex::new(Book { file, next: 1, open: BTreeSet::new() }) };
        journal.write(&Record::Run {
            format: FORMAT,
            run: run.to_owned(),
            started_at: Timestamp::now().to_string(),
            target: target.origin(),
            organization: target.organization.clone(),
            base_paths: target.base_paths.clone(),
        })?;
        Ok(journal)
    }

    /// Writes an entry of which something may be left until it is [over](Self::over).
    pub(super) fn open(&self, record: impl FnOnce(u64) -> Record) -> Result<u64, JournalError> {
        let id = self.note(record)?;
        self.book().open.insert(id);
        Ok(id)
    }

    /// Writes an entry that nothing can undo, or that is undone with another one.
    pub(super) fn note(&self, record: impl FnOnce(u64) -> Record) -> Result<u64, JournalError> {
        let id = {
            let mut book = self.book();
            book.next += 1;
            book.next - 1
        };
        self.write(&record(id))?;
        Ok(id)
    }

    /// Writes how to undo what an entry made. What cannot be written is not lost: the entry stays open,
    /// and is looked for by its names.
    pub(super) fn made(&self, id: u64, operation: &str, params: &Map<String, Value>) {
        drop(self.write(&Record::Made { id, operation: operation.to_owned(), params: params.clone() }));
    }

    /// Nothing is left of an entry.
    pub(super) fn over(&self, id: u64, how: &str) {
        // Where it cannot be written, `clean` looks once more and finds nothing.
        drop(self.write(&Record::Over { id, how: how.to_owned() }));
        self.book().open.remove(&id);
    }

    /// Removes the journal if nothing is left; otherwise says where it is.
    pub(super) fn end(&self) -> Option<&Path> {
        if self.book().open.is_empty() && std::fs::remove_file(&self.path).is_ok() {
            return None;
        }
        Some(&self.path)
    }

    fn write(&self, record: &Record) -> Result<(), JournalError> {
        let line =
            serde_json::to_string(record).map_err(|error| JournalError::Write(self.path.clone(), error.into()))?;
        // In one piece, past every buffer of this process.
        let line = format!("{}\n", visible_json(&self.redactor.text(&line)));
        self.book().file.write_all(line.as_bytes()).map_err(|error| JournalError::Write(self.path.clone(), error))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // Lines are written whole, so that a panic elsewhere leaves none half made.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The journal of a run that is over, as `clean` reads it.
pub(super) struct Written {
    pub(super) run: String,
    pub(super) target: String,
    pub(super) organization: String,
    pub(super) base_paths: BTreeMap<String, String>,
    /// Entries of which something may be left, by their number.
    pub(super) open: BTreeMap<u64, Open>,
}

/// An entry of which something may be left.
pub(super) struct Open {
    pub(super) record: Record,
    /// The operation that undoes it, with its parameters, if the answer came.
    pub(super) undo: Option<(String, Map<String, Value>)>,
}

impl Written {
    /// Reads a journal, and holds it so that nobody else cleans up at the same time.
    pub(super) fn hold(path: &Path) -> Result<(Self, File), JournalError> {
        let unread = |error| JournalError::Read(path.to_owned(), error);
        let file = File::open(path).map_err(unread)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => JournalError::InUse(path.to_owned()),
            TryLockError::Error(error) => unread(error),
        })?;
        Ok((Self::read(path)?, file))
    }

    fn read(path: &Path) -> Result<Self, JournalError> {
        let text = std::fs::read_to_string(path).map_err(|error| JournalError::Read(path.to_owned(), error))?;
        let bad = |line: usize, why: String| JournalError::Line(path.to_owned(), line, why);
        let mut records = Vec::new();
        for (index, line) in text.split_inclusive('\n').enumerate() {
            match serde_json::from_str(line) {
                Ok(record) => records.push(record),
                // The process was killed while it wrote this line, so that its request was never sent.
                Err(_) if !line.ends_with('\n') => {}
                Err(error) => return Err(bad(index + 1, error.to_string())),
            }
        }
        let mut records = records.into_iter();
        let Some(Record::Run { format: FORMAT, run, target, organization, base_paths, .. }) = records.next() else {
            return Err(bad(1, format!("it must name the run, in format {FORMAT}")));
        };
        if !super::is_run_id(&run) {
            return Err(bad(1, "`run` is not the id of a run".to_owned()));
        }
        let mut open = BTreeMap::new();
        for record in records {
            match record {
                Record::Uses { id, .. } | Record::Sends { id, .. } => {
                    open.insert(id, Open { record, undo: None });
                }
                Record::Made { id, operation, params } => {
                    if let Some(made) = open.get_mut(&id) {
                        made.undo = Some((operation, params));
                    }
                }
                Record::Over { id, .. } => drop(open.remove(&id)),
                Record::Run { .. } => {}
            }
        }
        Ok(Self { run, target, organization, base_paths, open })
    }
}

/// What a journal says is left, in words. Also while its run goes on.
///
/// # Errors
/// [`JournalError`] when it cannot be read.
pub fn left_in(journal: &Path) -> Result<Vec<String>, JournalError> {
    let written = Written::read(journal)?;
    let told = |open: &Open| match &open.record {
        Record::Sends { undo: Undoing::Delete, method, path, names, .. } => {
            let answered = if open.undo.is_some() { "" } else { ", not answered yet" };
            Some(format!("{method} {path} ({}){answered}", names.join(", ")))
        }
        Record::Uses { fixture, name, .. } => Some(format!("what the run left in the {fixture} {name}")),
        _ => None,
    };
    Ok(written.open.values().filter_map(told).collect())
}

/// The journals in a directory, by name; none where there is no such directory.
///
/// # Errors
/// [`JournalError::Read`] when the directory is there and cannot be read.
pub fn open_journals(folder: &Path) -> Result<Vec<PathBuf>, JournalError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(JournalError::Read(folder.to_owned(), error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| JournalError::Read(folder.to_owned(), error))?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
