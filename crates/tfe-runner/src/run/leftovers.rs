//! What carries a name that this run made up, found by looking at what the target lists.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Run;
use super::case::pages::{MOST_PAGES, next_page};
use super::fixture::build;
use crate::client::{Request, Response};
use crate::suite::{Profile, Tidy};

/// Something that the target lists.
pub(super) struct Found {
    pub(super) name: String,
    /// All of it: an item of an array, or the value of a member.
    pub(super) item: Value,
}

/// Why a list shows nothing.
pub(super) enum Unlisted {
    /// The target has no such list.
    NoList(String),
    /// It could not be read.
    Unread(String),
}

impl Unlisted {
    pub(super) fn reason(&self) -> &str {
        let (Self::NoList(reason) | Self::Unread(reason)) = self;
        reason
    }
}

/// Everything on the list, to its last page.
pub(super) async fn list(
    run: &Run,
    profile: &Profile,
    tidy: &Tidy,
    known: &BTreeMap<String, Value>,
) -> Result<Vec<Found>, Unlisted> {
    let mut request = build(run, profile, &tidy.list, known).map_err(Unlisted::Unread)?;
    let mut found = Vec::new();
    for _ in 0..=MOST_PAGES {
        let unread = |why: String| Unlisted::Unread(format!("GET {}: {why}", request.url.path()));
        let response = run.client.undo(&request).await.map_err(|error| unread(error.to_string()))?;
        match response.status {
            200 => {}
            404 | 405 | 501 => {
                return Err(Unlisted::NoList(format!("GET {}: status {}", request.url.path(), response.status)));
            }
            status => return Err(unread(format!("status {status}"))),
        }
        found.extend(names(&response, tidy).ok_or_else(|| unread("the answer is no such list".to_owned()))?);
        let Some(next) = next_page(&response) else { return Ok(found) };
        let url = run.client.follow(&request.url, &next).map_err(|error| unread(error.to_string()))?;
        request = Request { url, ..request };
    }
    Err(Unlisted::Unread(format!("GET {}: the list does not end", request.url.path())))
}

fn names(response: &Response, tidy: &Tidy) -> Option<Vec<Found>> {
    match (tidy.at.resolve(response.document()?)?, &tidy.name) {
        (Value::Object(members), None) => {
            let found = |(name, item): (&String, &Value)| Found { name: name.clone(), item: item.clone() };
            Some(members.iter().map(found).collect())
        }
        (Value::Array(items), Some(name)) => {
            let found =
                |item: &Value| Some(Found { name: name.resolve(item)?.as_str()?.to_owned(), item: item.clone() });
            // What has no name was not named by us.
            Some(items.iter().filter_map(found).collect())
        }
        _ => None,
    }
}

/// Removes one thing; says why it could not be removed.
pub(super) async fn remove(
    run: &Run,
    profile: &Profile,
    tidy: &Tidy,
    known: &BTreeMap<String, Value>,
    found: &Found,
) -> Result<String, String> {
    let mut known = known.clone();
    known.insert("key".to_owned(), found.name.clone().into());
    known.insert("item".to_owned(), found.item.clone());
    let request = build(run, profile, &tidy.remove, &known).map_err(|error| format!("{}: {error}", found.name))?;
    let asked = format!("{} ({} {})", found.name, request.method, request.url.path());
    match run.client.undo(&request).await {
        // What is gone already is as good as deleted.
        Ok(response) if matches!(response.status, 200..300 | 404) => Ok(asked),
        Ok(response) => Err(format!("{asked}: status {}", response.status)),
        Err(error) => Err(format!("{asked}: {error}")),
    }
}
