//! Finishes what a killed run could not: deletes what its journal names, and nothing else.
//!
//! Everything is found by a name that the run made up: a workspace is deleted by that name, and what
//! only has an id is deleted after the target has listed it under such a name. An id alone is no
//! proof: since the run was killed, the target may have given it to something else.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::journal::{JournalError, Record, Undoing, Written};
use super::{Options, Run, StartError, fixture, ledger, leftovers, prepare};
use crate::client::Request;
use crate::plan::{Plan, PlanError, Selection};
use crate::suite::{Identity, Profile, Suite, Tidy};
use crate::target::Target;

/// Why nothing was cleaned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CleanError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The run was against another target.
    #[error("{}: the run was against {ran}, and the target is {given}", .journal.display())]
    OtherTarget {
        /// The journal.
        journal: PathBuf,
        /// The target of the run, with the organization.
        ran: String,
        /// The target that was given.
        given: String,
    },
    /// The journal names a profile without a token.
    #[error("{}: the run made something in profile {profile}, and no token for it was given", .journal.display())]
    NoToken {
        /// The journal.
        journal: PathBuf,
        /// The profile.
        profile: String,
    },
    /// The journal names a profile that is not there.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The target cannot be asked.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// What was done about a journal.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cleaned {
    /// What was deleted.
    pub deleted: Vec<String>,
    /// What is left, and why.
    pub left: Vec<String>,
    /// What is worth knowing, and leaves nothing to do.
    pub notes: Vec<String>,
}

/// Deletes what a journal names, and removes the journal when nothing is left.
///
/// # Errors
/// [`CleanError`] when nothing was tried. What could not be deleted is in [`Cleaned::left`].
pub async fn clean(
    journal: &Path,
    suite: Arc<Suite>,
    catalog: &'static tfe_schema::Catalog,
    mut target: Target,
    options: Options,
) -> Result<Cleaned, CleanError> {
    // Held to the end: two clean-ups of one journal would only confuse each other's words.
    let (written, held) = Written::hold(journal)?;
    if (&written.target, &written.organization) != (&target.origin(), &target.organization) {
        let told = |origin: &str, organization: &str| format!("{origin} (organization `{organization}`)");
        return Err(CleanError::OtherTarget {
            journal: journal.to_owned(),
            ran: told(&written.target, &written.organization),
            given: told(&target.origin(), &target.organization),
        });
    }
    target.base_paths.clone_from(&written.base_paths);
    let wanted: BTreeSet<_> = written.open.values().map(|entry| profile_of(&entry.record).to_owned()).collect();
    let selection = Selection { profiles: wanted.iter().cloned().collect(), ..Selection::default() };
    let plan = Plan::new(suite, catalog, &selection)?;
    let options = Options { journal: None, read_only: false, keep: false, ..options };
    let mut run = prepare(&plan, target, options)?;
    run.id.clone_from(&written.run);
    let mut cleaned = Cleaned::default();
    for profile in plan.profiles.into_iter().filter(|profile| wanted.contains(&profile.id)).map(Arc::new) {
        if super::request::token(&run, &profile, Identity::User).is_none() {
            return Err(CleanError::NoToken { journal: journal.to_owned(), profile: profile.id.clone() });
        }
        Sweep { run: &run, profile: &profile, written: &written, cleaned: &mut cleaned }.all().await;
    }
    for text in [&mut cleaned.deleted, &mut cleaned.left, &mut cleaned.notes].into_iter().flatten() {
        *text = run.redactor.text(text);
    }
    if cleaned.left.is_empty() {
        std::fs::remove_file(journal).map_err(|error| JournalError::Write(journal.to_owned(), error))?;
    }
    drop(held);
    Ok(cleaned)
}

fn profile_of(record: &Record) -> &str {
    match record {
        Record::Uses { profile, .. } | Record::Sends { profile, .. } => profile,
        // No other entry is ever open.
        Record::Run { .. } | Record::Made { .. } | Record::Over { .. } => "",
    }
}

struct Sweep<'s> {
    run: &'s Run,
    profile: &'s Profile,
    written: &'s Written,
    cleaned: &'s mut Cleaned,
}

impl Sweep<'_> {
    async fn all(&mut self) {
        let written = self.written;
        let mut ids = BTreeSet::new();
        let mut unanswered = false;
        // Last first, as a run does it.
        for open in written.open.values().rev().filter(|open| profile_of(&open.record) == self.profile.id) {
            match (&open.record, &open.undo) {
                (Record::Sends { path, .. }, Some((operation, parameters))) => {
                    let request = ledger::deleting(self.run, self.profile, operation, Identity::User, parameters);
                    if let Some(request) = request.filter(|request| self.names_own(request, parameters)) {
                        self.delete(&request).await;
                    } else if self.run.catalog.operation(operation).is_some() {
                        ids.extend(parameters.values().filter_map(Value::as_str).map(str::to_owned));
                    } else {
                        self.cleaned.left.push(format!("what POST {path} made: `{operation}` is no operation"));
                    }
                }
                // Found by its name, if it was made.
                (Record::Sends { undo: Undoing::Delete, .. }, None) => unanswered = true,
                (Record::Sends { undo: Undoing::Never, method, path, names, .. }, None) => {
                    let what = format!("{method} {path} ({})", names.join(", "));
                    self.cleaned.notes.push(format!("{what}: the API has no way to delete what it made, if anything"));
                }
                _ => {}
            }
        }
        for open in written.open.values().rev() {
            if let Record::Uses { profile, fixture, name, .. } = &open.record
                && *profile == self.profile.id
                && let Some(tidy) = self.profile.fixtures.get(fixture).and_then(|recipe| recipe.tidy.as_ref())
            {
                self.sweep(tidy, name, &ids, true).await;
            }
        }
        let mut swept: Vec<&Tidy> = Vec::new();
        for tidy in self.profile.fixtures.values().filter_map(|recipe| recipe.sweep.as_ref()) {
            if !swept.contains(&tidy) {
                swept.push(tidy);
                self.sweep(tidy, &self.run.target.organization.clone(), &ids, unanswered).await;
            }
        }
    }

    /// Whether a request deletes what has a name of this run, in its own organization. A journal is a file: what
    /// stands in it is no proof, and the name has to be that of the very thing that would be deleted.
    fn names_own(&self, request: &Request, parameters: &Map<String, Value>) -> bool {
        let elsewhere = parameters.get("organization").is_some_and(|given| *given != self.run.target.organization);
        let last = request.url.path_segments().and_then(Iterator::last);
        request.method == http::Method::DELETE && !elsewhere && last.is_some_and(|name| self.run.made(name))
    }

    /// Deletes what has a name of this run.
    async fn delete(&mut self, request: &Request) {
        let what = format!("{} {}", request.method, request.url.path());
        match self.run.client.undo(request).await {
            Ok(response) if response.status == 404 => self.cleaned.notes.push(format!("{what}: was gone already")),
            Ok(response) if (200..300).contains(&response.status) => self.cleaned.deleted.push(what),
            Ok(response) => self.cleaned.left.push(format!("{what}: status {}", response.status)),
            Err(error) => self.cleaned.left.push(format!("{what}: {error}")),
        }
    }

    /// Removes everything on a list that has a name of this run, and looks again whether it is gone.
    async fn sweep(&mut self, tidy: &Tidy, name: &str, ids: &BTreeSet<String>, needed: bool) {
        let known = fixture::known(self.run, name);
        let found = match leftovers::list(self.run, self.profile, tidy, &known).await {
            Ok(found) => found,
            Err(unlisted) => return self.unlisted(&unlisted, needed),
        };
        for found in &found {
            if self.run.made(&found.name) {
                match leftovers::remove(self.run, self.profile, tidy, &known, found).await {
                    Ok(what) => self.cleaned.deleted.push(what),
                    Err(why) => self.cleaned.left.push(why),
                }
            } else if found.item.get("id").and_then(Value::as_str).is_some_and(|id| ids.contains(id)) {
                let why = "has an id from the journal and no name of the run: look at it and delete it by hand";
                self.cleaned.left.push(format!("{} in {name} {why}", found.name));
            }
        }
        if let Ok(found) = leftovers::list(self.run, self.profile, tidy, &known).await {
            let still = found.iter().filter(|found| self.run.made(&found.name));
            let still = still.map(|found| format!("{} in {name} is still listed", found.name));
            self.cleaned.left.extend(still.collect::<Vec<_>>());
        }
    }

    fn unlisted(&mut self, unlisted: &leftovers::Unlisted, needed: bool) {
        match unlisted {
            leftovers::Unlisted::NoList(reason) if !needed => {
                self.cleaned.notes.push(format!("the target cannot list what is left ({reason})"));
            }
            _ => self.cleaned.left.push(format!("nobody could look what is left ({})", unlisted.reason())),
        }
    }
}
