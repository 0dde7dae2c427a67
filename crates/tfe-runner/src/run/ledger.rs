//! What a case made, so that it can be unmade: in reverse order, also after a failure.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};
use tfe_schema::{Operation, Source};

use super::{Run, request};
use crate::client::{Request, Response};
use crate::suite::{Identity, Profile};

/// The open entries of one case.
#[derive(Default)]
pub(crate) struct Ledger {
    entries: Mutex<Vec<Entry>>,
}

struct Entry {
    /// What was made, for the report.
    what: String,
    undo: Undo,
}

enum Undo {
    Delete(Box<Request>),
    /// The answer did not say what was made.
    Unknown,
}

impl Ledger {
    /// Notes what a successful request made, by the `delete` link of the operation's response.
    pub(crate) fn note(
        &self,
        run: &Run,
        profile: &Arc<Profile>,
        operation: &Operation,
        identity: Identity,
        request: &Request,
        response: &Response,
    ) {
        let links =
            operation.response(response.status).or_else(|| operation.response(201)).map(|response| &response.links);
        let Some(link) = links.and_then(|links| links.get("delete")) else { return };
        let document: Option<Value> = tfe_schema::json::parse(&response.body).ok().map(|parsed| parsed.value);
        let path = request.url.path().strip_prefix(request::base(run, profile)).unwrap_or_default();
        let asked =
            run.catalog.route(&operation.method, &format!("{}{path}", operation.base)).map(|(_, params)| params);
        let parameters = link.parameters.iter().map(|(name, source)| {
            let value = match source {
                Source::ResponseBody(at) => document.as_ref().and_then(|document| at.resolve(document)).cloned(),
                Source::RequestPath(name) => {
                    asked.as_ref().and_then(|params| params.get(name)).map(|text| text.as_str().into())
                }
            };
            Some((name.clone(), value.filter(Value::is_string)?))
        });
        let no_values = std::collections::BTreeMap::<String, Value>::new();
        let undo = parameters.collect::<Option<Map<_, _>>>().and_then(|parameters| {
            let step = request::simple_step(&link.operation, identity, literal(parameters), None);
            request::build(run, profile, &step, &no_values).ok()
        });
        let what = format!("{} {}", request.method, request.url.path());
        self.lock().push(match undo {
            Some(built) => Entry {
                what: format!("DELETE {}", built.request.url.path()),
                undo: Undo::Delete(Box::new(built.request)),
            },
            None => Entry { what: format!("{what}, whose answer does not name what it made"), undo: Undo::Unknown },
        });
    }

    /// Strikes out what the case has deleted itself.
    pub(crate) fn deleted(&self, path: &str) {
        self.lock().retain(|entry| !matches!(&entry.undo, Undo::Delete(request) if request.url.path() == path));
    }

    /// Deletes everything, last first. Returns what could not be deleted.
    pub(crate) async fn clean(&self, run: &Run) -> Vec<String> {
        if run.options.keep {
            return Vec::new();
        }
        let mut leaks = Vec::new();
        let mut inside = Vec::new();
        loop {
            // Taken out of the lock before anything is awaited.
            let Some(entry) = self.lock().pop() else { break };
            match entry.undo {
                Undo::Unknown => inside.push(entry.what),
                Undo::Delete(request) => match run.client.send(&request).await {
                    // What is gone already is as good as deleted.
                    Ok(response) if matches!(response.status, 200..300 | 404) => {
                        // Deleting a container deletes what is in it, named or not.
                        if request.url.path().contains("/workspaces/") {
                            inside.clear();
                        }
                    }
                    Ok(response) => leaks.push(format!("{}: status {}", entry.what, response.status)),
                    Err(error) => leaks.push(format!("{}: {error}", entry.what)),
                },
            }
        }
        leaks.extend(inside);
        leaks.into_iter().map(|leak| run.redactor.text(&leak)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        // Entries are pushed whole, so that a panic elsewhere leaves none half made.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Values from the target are data: what looks like a template in them is none.
fn literal(parameters: Map<String, Value>) -> Map<String, Value> {
    let escape = |value: Value| value.as_str().map_or(Value::Null, |text| text.replace("${", "$${").into());
    parameters.into_iter().map(|(name, value)| (name, escape(value))).collect()
}
