//! A list that comes in pages is read to its end.

use serde_json::Value;

use super::{Flow, Stop, stop, unheard};
use crate::client::{ClientError, Request, Response};
use crate::event::Verdict;
use crate::exchange::Page;
use crate::suite::{Call, Step};

/// A list that does not end within this many further pages is not judged.
pub(in crate::run) const MOST_PAGES: usize = 100;

impl Flow<'_> {
    /// The whole of a list that comes in pages (JSON:API 1.0, "Pagination"): a case that asks for a list
    /// means the whole of it, unless it asks for a page.
    pub(super) async fn whole(
        &mut self,
        step: &Step,
        request: &Request,
        response: Response,
    ) -> Result<(Response, Vec<Page>), Stop> {
        let mut pages = Vec::new();
        let asks_for_page = request.url.query_pairs().any(|(name, _)| name.starts_with("page"));
        let is_list = matches!(step.call, Call::Operation(_)) && request.method == http::Method::GET;
        if !is_list || asks_for_page || response.status != 200 {
            return Ok((response, pages));
        }
        if next_page(&response).is_none() {
            return Ok((response, pages));
        }
        let stopped = |error: &ClientError| unheard(step, error);
        // Other cases make and delete things: the list is read once more, from its first page, while they wait.
        let run = self.run;
        let alone = run.client.alone().await;
        let response = alone.send(request).await.map_err(|error| stopped(&error))?;
        let (mut next, mut at) = (next_page(&response), request.url.clone());
        while let Some(link) = next {
            if pages.len() == MOST_PAGES {
                // What was not read may hold anything: nothing is absent from such a list.
                let reason = format!("step `{}`: the list does not end within {MOST_PAGES} pages", step.id);
                return Err(stop(Verdict::Inconclusive, reason));
            }
            let url = run.client.follow(&at, &link).map_err(|error| stopped(&error))?;
            at = url.clone();
            let page = alone.send(&Request { url, ..request.clone() }).await.map_err(|error| stopped(&error))?;
            self.sent_again(step, &page);
            next = next_page(&page);
            let items = Some(&page).filter(|page| page.status == 200).and_then(items);
            let reason = || format!("step `{}`: the next page is no list (status {})", step.id, page.status);
            let items = items.ok_or_else(|| stop(Verdict::Blocked, reason()))?;
            pages.push(Page { items, response: page });
        }
        Ok((response, pages))
    }
}

/// Where a list goes on, if it does.
pub(in crate::run) fn next_page(page: &Response) -> Option<String> {
    let link = page.document()?.pointer("/links/next")?;
    link.as_str().or_else(|| link.get("href")?.as_str()).map(str::to_owned)
}

/// The items of a page.
fn items(page: &Response) -> Option<Vec<Value>> {
    page.document()?.get("data")?.as_array().cloned()
}
