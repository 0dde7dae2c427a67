//! Where variations happen: between the connection and the endpoints, which know nothing of them.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, HOST, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::{Luck, Variation, Variations, document, legacy, wire};
use crate::app::App;
use crate::negotiation::MEDIA_TYPE;
use crate::shell::BASE_PATH;
use crate::v1;

/// Which generation a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    V1,
    V2,
    /// Neither: discovery.
    None,
}

/// What of a request variations look at.
pub(super) struct Asked {
    pub(super) api: Api,
    pub(super) method: Method,
    pub(super) uri: Uri,
    /// `http://127.0.0.1:40731`; empty if the client does not say.
    pub(super) origin: String,
    pub(super) luck: Luck,
}

/// An answer that is not on its way yet.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The document, if the body is one.
    pub(super) document: Option<Value>,
    /// The body, if it is no document.
    pub(super) bytes: Bytes,
}

/// Takes a request through the variations, the endpoint, and the variations again.
pub(crate) async fn vary(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let variations = &app.variations;
    let asked = Asked::of(&request, variations);
    if asked.luck.once_in(4, Variation::Delays) && variations.hit(Variation::Delays) {
        let milliseconds = 1 + asked.luck.number(Variation::Delays) / 4 % 5;
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    let answer = match instead(variations, &asked) {
        Some(answer) => answer,
        None => Answer::of(next.run(changed(variations, &asked, request)).await).await,
    };
    wire::response(variations, &asked, varied(variations, &asked, answer))
}

impl Asked {
    fn of(request: &Request, variations: &Variations) -> Self {
        let path = request.uri().path();
        let api = if path.starts_with(v1::BASE_PATH) || path.starts_with(v1::UPLOADS_PATH) {
            Api::V1
        } else if path.starts_with("/.well-known") {
            Api::None
        } else {
            Api::V2
        };
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        Self {
            api,
            method: request.method().clone(),
            uri: request.uri().clone(),
            origin: host.map(|host| format!("http://{host}")).unwrap_or_default(),
            luck: variations.luck(),
        }
    }

    /// Whether the request reads: HEAD is answered as GET is.
    pub(super) fn reads(&self) -> bool {
        self.method == Method::GET || self.method == Method::HEAD
    }

    /// The value of a query parameter whose name needs no decoding.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let pairs = self.uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(other, _)| *other == name).map(|(_, value)| value).next_back()
    }
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        // The bodies of this server are in memory: there is nothing to break.
        let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let media_type = parts.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        let is_json = [MEDIA_TYPE, v1::JSON].iter().any(|known| media_type == Some(known.as_bytes()));
        let document = if is_json { serde_json::from_slice(&bytes).ok() } else { None };
        let bytes = if document.is_some() { Bytes::new() } else { bytes };
        Self { status: parts.status, headers: parts.headers, document, bytes }
    }

    pub(super) fn without_body(&mut self) {
        self.document = None;
        self.bytes = Bytes::new();
        self.headers.remove(CONTENT_TYPE);
    }

    /// A refusal as either generation writes it.
    pub(super) fn refusal(api: Api, status: StatusCode, title: &str) -> Self {
        let (media_type, document) = match api {
            Api::V1 => (v1::JSON, json!({ "errors": { "base": [title] } })),
            _ => (MEDIA_TYPE, json!({ "errors": [{ "status": status.as_str(), "title": title }] })),
        };
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
        Self { status, headers, document: Some(document), bytes: Bytes::new() }
    }
}

/// What is answered without asking an endpoint.
fn instead(variations: &Variations, asked: &Asked) -> Option<Answer> {
    if asked.luck.once_in(60, Variation::RateLimited) && variations.hit(Variation::RateLimited) {
        let mut answer = Answer::refusal(asked.api, StatusCode::TOO_MANY_REQUESTS, "too many requests");
        answer.headers.insert(RETRY_AFTER, HeaderValue::from_static("0"));
        return Some(answer);
    }
    let path = asked.uri.path();
    let reads_user = asked.reads() && path.strip_prefix(v1::BASE_PATH).is_some_and(|rest| rest.starts_with("/user/"));
    let is_missing = reads_user && variations.hit(Variation::V1NoUsers);
    is_missing.then(|| Answer::refusal(asked.api, StatusCode::NOT_FOUND, "not found"))
}

/// The request as the endpoint sees it.
fn changed(variations: &Variations, asked: &Asked, mut request: Request) -> Request {
    if asked.method == Method::HEAD {
        // The variations of the body say how long it is.
        *request.method_mut() = Method::GET;
    }
    let path = asked.uri.path().strip_prefix(BASE_PATH).unwrap_or_default();
    let is_list = path == "/vars" || path == "/organizations" || path.ends_with("/workspaces");
    let query = asked.uri.query().unwrap_or_default();
    if asked.reads() && is_list && !query.contains("page") && variations.is_on(Variation::ListsInPages) {
        // A page of a list is what a client gets that asks for one.
        let size = 2 + variations.choice(Variation::ListsInPages, 6);
        let separator = if query.is_empty() { "" } else { "&" };
        let paged = format!("{}?{query}{separator}page%5Bsize%5D={size}", asked.uri.path());
        if let Ok(uri) = paged.parse() {
            *request.uri_mut() = uri;
        }
    }
    request
}

fn varied(variations: &Variations, asked: &Asked, mut answer: Answer) -> Answer {
    status(variations, asked, &mut answer);
    match asked.api {
        Api::V1 => legacy::vary(variations, asked, &mut answer),
        Api::V2 => document::vary(variations, asked, &mut answer),
        Api::None => {}
    }
    answer
}

/// Statuses that the documents leave open.
fn status(variations: &Variations, asked: &Asked, answer: &mut Answer) {
    let (taken, half) = (says(answer, "been taken"), says(answer, "combined"));
    let chosen = match answer.status {
        StatusCode::UNPROCESSABLE_ENTITY if taken && variations.hit(Variation::Taken409) => StatusCode::CONFLICT,
        StatusCode::UNPROCESSABLE_ENTITY if variations.hit(Variation::Refusals400) => StatusCode::BAD_REQUEST,
        StatusCode::BAD_REQUEST if half && variations.hit(Variation::LinkedFilters422) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        StatusCode::METHOD_NOT_ALLOWED if variations.hit(Variation::Method404) => StatusCode::NOT_FOUND,
        StatusCode::UNAUTHORIZED if variations.hit(Variation::Anonymous404) => StatusCode::NOT_FOUND,
        StatusCode::UNAUTHORIZED if variations.hit(Variation::Anonymous403) => StatusCode::FORBIDDEN,
        StatusCode::UNSUPPORTED_MEDIA_TYPE if asked.api == Api::V1 && variations.hit(Variation::V1Media406) => {
            StatusCode::NOT_ACCEPTABLE
        }
        _ => return,
    };
    answer.headers.remove(ALLOW);
    answer.headers.remove(WWW_AUTHENTICATE);
    answer.status = chosen;
    for error in document::errors(answer) {
        if let Some(error) = error.as_object_mut().filter(|error| error.contains_key("status")) {
            error.insert("status".to_owned(), chosen.as_str().into());
        }
    }
}

/// Whether an error has these words. The endpoints say what they mean, and nothing else does.
fn says(answer: &mut Answer, words: &str) -> bool {
    document::errors(answer).iter().any(|error| error["detail"].as_str().is_some_and(|text| text.contains(words)))
}

/// The response of an answer to HEAD: its headers, with the length that the body would have.
pub(super) fn headers_alone(headers: &mut HeaderMap, length: Option<usize>) -> Body {
    if let Some(length) = length {
        headers.insert(CONTENT_LENGTH, length.into());
    }
    Body::empty()
}

/// The place of what was created, as an absolute URL.
pub(super) fn absolute_location(variations: &Variations, asked: &Asked, headers: &mut HeaderMap) {
    let Some(location) = headers.get(LOCATION).and_then(|location| location.to_str().ok()) else { return };
    let absolute = format!("{}{location}", asked.origin).parse();
    if let Ok(absolute) = absolute
        && location.starts_with('/')
        && variations.hit(Variation::AbsoluteLinks)
    {
        headers.insert(LOCATION, absolute);
    }
}
