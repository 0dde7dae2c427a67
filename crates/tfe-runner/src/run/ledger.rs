//! What a case made, so that it can be unmade: in reverse order, also after a failure.
//!
//! The one way for a case's requests to leave: what may make something is written down first.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};
use tfe_schema::{Operation, Source};

use super::fixture::{self, Leased};
use super::journal::{Record, Undoing};
use super::{Run, leftovers, request};
use crate::client::{ClientError, Request, Response};
use crate::suite::{Identity, Profile, Tidy};

/// The open entries of one case, and the fixtures that it has on loan: nobody else gets those before
/// they are as they were.
#[derive(Default)]
pub(crate) struct Ledger {
    entries: Mutex<Vec<Entry>>,
    leased: Mutex<Leased>,
}

/// What is left of a case after its clean-up.
#[derive(Default)]
pub(crate) struct Left {
    /// What could not be deleted, and why.
    pub(crate) leaks: Vec<String>,
    /// What was left on purpose.
    pub(crate) kept: Vec<String>,
}

struct Entry {
    /// Its number in the journal, if there is one.
    number: Option<u64>,
    /// What was asked for, for the report.
    what: String,
    undo: Undo,
}

enum Undo {
    Delete(Box<Request>),
    /// Nobody knows what was made, if anything.
    Unknown,
    /// A given fixture, out of which everything has to go that starts with this.
    Tidy {
        profile: Arc<Profile>,
        tidy: Box<Tidy>,
        fixture: String,
        prefix: String,
    },
}

impl Ledger {
    /// Holds what is on loan until the case is over and cleaned up behind.
    pub(super) fn hold(&self, leased: Leased) {
        *self.leased.lock().unwrap_or_else(PoisonError::into_inner) = leased;
    }

    /// Notes that a case is about to use a given fixture.
    pub(super) fn uses(
        &self,
        run: &Run,
        profile: &Arc<Profile>,
        kind: &str,
        fixture: &str,
        prefix: String,
    ) -> Result<(), String> {
        let Some(tidy) = profile.fixtures.get(kind).and_then(|recipe| recipe.tidy.clone()) else { return Ok(()) };
        let record =
            |id| Record::Uses { id, profile: profile.id.clone(), fixture: kind.to_owned(), name: fixture.to_owned() };
        let number = run.journal.as_ref().map(|journal| journal.open(record)).transpose();
        let number = number.map_err(|error| error.to_string())?;
        let what = format!("what is named {prefix}… in {fixture}");
        let undo =
            Undo::Tidy { profile: Arc::clone(profile), tidy: Box::new(tidy), fixture: fixture.to_owned(), prefix };
        self.lock().push(Entry { number, what, undo });
        Ok(())
    }

    /// Sends a request; what may make something is written down before.
    pub(super) async fn send(
        &self,
        run: &Run,
        profile: &Profile,
        identity: Identity,
        request: &Request,
    ) -> Result<Response, ClientError> {
        let answer = self.send_noted(run, profile, identity, request).await;
        if let Ok(answer) = &answer {
            run.heard.note(profile, answer);
        }
        answer
    }

    async fn send_noted(
        &self,
        run: &Run,
        profile: &Profile,
        identity: Identity,
        request: &Request,
    ) -> Result<Response, ClientError> {
        if request.only_reads() || run.options.read_only {
            return run.client.send(request).await;
        }
        let operation = request::route(run.catalog, request::base(run, profile), profile, request);
        let creation = operation.filter(|operation| deletion(operation).is_some());
        let number = announce(run, profile, operation, request, creation.is_some())?;
        // An entry before there is an answer: the case may be ended while it waits.
        let what = format!("{} {}, which was not answered", request.method, request.url.path());
        let entry = Entry { number, what, undo: Undo::Unknown };
        let place = creation.map(|_| {
            let mut entries = self.lock();
            entries.push(entry);
            entries.len() - 1
        });
        let answer = run.client.send(request).await;
        if let (Some(operation), Some(place)) = (creation, place) {
            let entry = Made { run, profile, operation, identity, request, answer: &answer, number }.entry();
            let mut entries = self.lock();
            match entry {
                Some(entry) => entries[place] = entry,
                None => drop(entries.remove(place)),
            }
        }
        let gone = matches!(&answer, Ok(response) if matches!(response.status, 200..300));
        if gone && request.method == http::Method::DELETE {
            self.deleted(run, request.url.path());
        }
        answer
    }

    /// Strikes out what the case has deleted itself.
    fn deleted(&self, run: &Run, path: &str) {
        self.lock().retain(|entry| {
            let gone = matches!(&entry.undo, Undo::Delete(request) if request.url.path() == path);
            if gone {
                over(run, entry.number, "deleted by its case");
            }
            !gone
        });
    }

    /// Deletes everything, last first. Gives what is left.
    pub(crate) async fn clean(&self, run: &Run) -> Left {
        let mut left = Left::default();
        if run.options.keep {
            left.kept = self.lock().drain(..).map(|entry| run.redactor.text(&entry.what)).collect();
            return left;
        }
        // What is inside something else goes with it, named or not.
        let mut inside: Vec<Entry> = Vec::new();
        loop {
            // Taken out of the lock before anything is awaited.
            let Some(entry) = self.lock().pop() else { break };
            let outcome = match &entry.undo {
                Undo::Unknown => {
                    inside.push(entry);
                    continue;
                }
                Undo::Delete(request) => delete(run, request).await,
                Undo::Tidy { profile, tidy, fixture, prefix } => tidy_up(run, profile, tidy, fixture, prefix).await,
            };
            match outcome {
                Ok(()) => {
                    over(run, entry.number, "deleted");
                    if entry.holds_others() {
                        inside.drain(..).for_each(|entry| over(run, entry.number, "deleted with what it was in"));
                    }
                }
                Err(leaks) => left.leaks.extend(leaks),
            }
        }
        left.leaks.extend(inside.into_iter().map(|entry| entry.what));
        left.leaks.iter_mut().for_each(|leak| *leak = run.redactor.text(leak));
        left
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        // Entries are pushed whole, so that a panic elsewhere leaves none half made.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn holds_others(&self) -> bool {
        match &self.undo {
            Undo::Delete(request) => request.url.path().contains("/workspaces/"),
            Undo::Tidy { .. } => true,
            Undo::Unknown => false,
        }
    }
}

/// Writes down that a request may make something. Its number, where there is a journal.
fn announce(
    run: &Run,
    profile: &Profile,
    operation: Option<&Operation>,
    request: &Request,
    undoable: bool,
) -> Result<Option<u64>, ClientError> {
    let makes = matches!(request.method, http::Method::POST | http::Method::PUT);
    let Some(journal) = run.journal.as_ref().filter(|_| makes) else { return Ok(None) };
    let tidied = || {
        let tidies = profile.fixtures.values().filter_map(|recipe| recipe.tidy.as_ref());
        let mut removals = tidies.map(|tidy| &tidy.remove.operation);
        operation.is_none_or(|operation| removals.any(|removal| *removal == operation.id))
    };
    let undo = match undoable {
        true => Undoing::Delete,
        false if tidied() => Undoing::Tidy,
        false => Undoing::Never,
    };
    let record = |id| Record::Sends {
        id,
        profile: profile.id.clone(),
        method: request.method.to_string(),
        path: request.url.path().to_owned(),
        names: run.names_in(request),
        undo,
    };
    let number = if undoable { journal.open(record) } else { journal.note(record) };
    number.map(Some).map_err(|error| ClientError::NotSent(error.to_string()))
}

fn over(run: &Run, number: Option<u64>, how: &str) {
    if let (Some(journal), Some(number)) = (&run.journal, number) {
        journal.over(number, how);
    }
}

async fn delete(run: &Run, request: &Request) -> Result<(), Vec<String>> {
    let leak = |why: String| vec![format!("DELETE {}: {why}", request.url.path())];
    match run.client.undo(request).await {
        // What is gone already is as good as deleted.
        Ok(response) if matches!(response.status, 200..300 | 404) => Ok(()),
        Ok(response) => Err(leak(format!("status {}", response.status))),
        Err(error) => Err(leak(error.to_string())),
    }
}

/// Removes what the case left in a given fixture.
async fn tidy_up(run: &Run, profile: &Profile, tidy: &Tidy, fixture: &str, prefix: &str) -> Result<(), Vec<String>> {
    let known = fixture::known(run, fixture);
    let found = match leftovers::list(run, profile, tidy, &known).await {
        Ok(found) => found,
        // Where nothing can be listed, nothing was ever found there by a case either.
        Err(leftovers::Unlisted::NoList(_)) => return Ok(()),
        Err(unread) => return Err(vec![format!("{fixture} was not looked through: {}", unread.reason())]),
    };
    let mut leaks = Vec::new();
    for found in found.iter().filter(|found| found.name.starts_with(prefix)) {
        if let Err(leak) = leftovers::remove(run, profile, tidy, &known, found).await {
            leaks.push(format!("{leak}, in {fixture}"));
        }
    }
    if leaks.is_empty() { Ok(()) } else { Err(leaks) }
}

/// How an operation's answers say that what it made is deleted.
fn deletion(operation: &Operation) -> Option<&tfe_schema::Link> {
    operation.responses.values().find_map(|response| response.links.get("delete"))
}

/// A request that makes something, and what came of it.
struct Made<'m> {
    run: &'m Run,
    profile: &'m Profile,
    operation: &'m Operation,
    identity: Identity,
    request: &'m Request,
    answer: &'m Result<Response, ClientError>,
    number: Option<u64>,
}

impl Made<'_> {
    /// What has to be undone; `None` where nothing was made.
    fn entry(&self) -> Option<Entry> {
        let asked = format!("{} {}", self.request.method, self.request.url.path());
        let (response, unnamed) = match self.answer {
            Ok(response) if (200..300).contains(&response.status) => {
                (Some(response), format!("{asked}, whose answer does not name what it made"))
            }
            // A server that failed half-way may have made it.
            Ok(response) if response.status >= 500 => (None, format!("{asked}, which failed ({})", response.status)),
            Ok(response) => {
                over(self.run, self.number, &format!("refused with {}", response.status));
                return None;
            }
            Err(ClientError::Connect(_) | ClientError::Tls(_) | ClientError::OtherOrigin(_)) => {
                over(self.run, self.number, "never sent");
                return None;
            }
            Err(_) => (None, format!("{asked}, which was not answered")),
        };
        let undo = self.undo(response);
        Some(Entry {
            number: self.number,
            what: undo.as_ref().map_or(unnamed, |request| request.url.path().to_owned()),
            undo: undo.map_or(Undo::Unknown, |request| Undo::Delete(Box::new(request))),
        })
    }

    /// The request that deletes it, by the `delete` link of the operation's response.
    fn undo(&self, response: Option<&Response>) -> Option<Request> {
        let links = response.and_then(|response| self.operation.response(response.status));
        let link = links.and_then(|response| response.links.get("delete")).or_else(|| deletion(self.operation))?;
        let answered = response.and_then(Response::document);
        let sent = self.request.body.as_deref().and_then(|body| tfe_schema::json::parse(body).ok());
        let sent = sent.as_ref().map(|parsed| &parsed.value);
        let path = self.request.url.path().strip_prefix(request::base(self.run, self.profile)).unwrap_or_default();
        let routed = self.run.catalog.route(&self.operation.method, &format!("{}{path}", self.operation.base));
        let routed = routed.map(|(_, params)| params);
        let parameters = link.parameters.iter().map(|(name, source)| {
            let value = match source {
                Source::ResponseBody(at) => {
                    let at = |document: Option<&Value>| at.resolve(document?).cloned();
                    // A name of ours is one that we know; another name than that would be another thing.
                    let ours = at(sent).filter(|name| name.as_str().is_some_and(|name| self.run.made(name)));
                    ours.or_else(|| at(answered))
                }
                Source::RequestPath(name) => routed.as_ref()?.get(name).map(|text| text.as_str().into()),
            };
            Some((name.clone(), value.filter(Value::is_string)?))
        });
        let parameters = parameters.collect::<Option<Map<_, _>>>()?;
        let undo = deleting(self.run, self.profile, &link.operation, self.identity, &parameters)?;
        if let (Some(journal), Some(number)) = (&self.run.journal, self.number) {
            journal.made(number, &link.operation, &parameters);
        }
        Some(undo)
    }
}

/// The request of a deletion.
pub(super) fn deleting(
    run: &Run,
    profile: &Profile,
    operation: &str,
    identity: Identity,
    parameters: &Map<String, Value>,
) -> Option<Request> {
    // Whoever made it can delete it; what an anonymous request made, only the user can.
    let identity = if identity == Identity::Anonymous { Identity::User } else { identity };
    let step = request::simple_step(operation, identity, literal(parameters), None);
    request::build(run, profile, &step, &BTreeMap::<String, Value>::new()).ok().map(|built| built.request)
}

/// Values from the target are data: what looks like a template in them is none.
fn literal(parameters: &Map<String, Value>) -> Map<String, Value> {
    let escape = |value: &Value| value.as_str().map_or(Value::Null, |text| text.replace("${", "$${").into());
    parameters.iter().map(|(name, value)| (name.clone(), escape(value))).collect()
}
