//! What the answers to the requests of cases have in common: where all of them are alike, it is hardly the API that
//! answers; where an operation never succeeds, that is the first thing to repair.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use http::header::CONTENT_TYPE;
use tfe_schema::Operation;

use crate::client::Response;
use crate::event::{Alike, OperationAnswers};
use crate::redact::Redactor;
use crate::suite::Profile;

/// So few answers may well be alike.
const FEW: usize = 3;

/// The answers so far, by profile.
#[derive(Default)]
pub(crate) struct Heard {
    answers: Mutex<BTreeMap<String, Answers>>,
    operations: Mutex<BTreeMap<String, BTreeMap<String, OperationAnswers>>>,
}

impl Heard {
    /// Every answer.
    pub(super) fn note(&self, profile: &Profile, answer: &Response) {
        let mut heard = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        match heard.get_mut(&profile.id) {
            Some(answers) => answers.add(answer),
            None => drop(heard.insert(profile.id.clone(), Answers::new(answer))),
        }
    }

    /// The profiles of which all answers were alike. What they say is for reports.
    pub(crate) fn alike(&self, redactor: &Redactor) -> BTreeMap<String, Alike> {
        let heard = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let alike = heard.iter().filter_map(|(profile, answers)| Some((profile.clone(), answers.alike()?)));
        let safe = |alike: Alike| Alike { media_type: alike.media_type.map(|name| redactor.text(&name)), ..alike };
        alike.map(|(profile, alike)| (profile, safe(alike))).collect()
    }

    /// An answer that was judged. `base` is the base path on the target.
    pub(super) fn judged(&self, profile: &Profile, base: &str, operation: &Operation, status: u16, deviates: bool) {
        let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        let own = operations.entry(profile.id.clone()).or_default();
        let answers = own.entry(operation.id.clone()).or_insert_with(|| OperationAnswers {
            operation: operation.id.clone(),
            method: operation.method.clone(),
            path: format!("{base}{}", operation.path),
            statuses: BTreeMap::new(),
            deviating: 0,
        });
        *answers.statuses.entry(status).or_default() += 1;
        answers.deviating += usize::from(deviates);
    }

    /// How each operation was answered, by profile.
    pub(crate) fn operations(&self) -> BTreeMap<String, Vec<OperationAnswers>> {
        let operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        let of_profile = |(profile, own): (&String, &BTreeMap<String, OperationAnswers>)| {
            (profile.clone(), own.values().cloned().collect())
        };
        operations.iter().map(of_profile).collect()
    }
}

struct Answers {
    count: usize,
    status: u16,
    media_type: Option<String>,
    body: bytes::Bytes,
    same_head: bool,
    same_body: bool,
}

impl Answers {
    fn new(first: &Response) -> Self {
        Self {
            count: 1,
            status: first.status,
            media_type: media_type(first),
            body: first.body.clone(),
            same_head: true,
            same_body: true,
        }
    }

    fn add(&mut self, answer: &Response) {
        self.count += 1;
        self.same_head = self.same_head && answer.status == self.status && media_type(answer) == self.media_type;
        self.same_body = self.same_body && answer.body == self.body;
    }

    /// Errors differ in what they say of the request; successes are alike when they say the same of everything.
    fn alike(&self) -> Option<Alike> {
        let alike = self.count >= FEW && self.same_head && (self.status >= 300 || self.same_body);
        alike.then(|| Alike { answers: self.count, status: self.status, media_type: self.media_type.clone() })
    }
}

/// The media type, without its parameters.
fn media_type(answer: &Response) -> Option<String> {
    let value = answer.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(|name| name.trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, media_type: &str, body: &'static str) -> Response {
        let mut headers = http::HeaderMap::new();
        headers.insert(CONTENT_TYPE, media_type.parse().unwrap());
        Response::new(status, headers, body.into())
    }

    fn alike(answers: &[Response]) -> Option<Alike> {
        let mut heard = Answers::new(&answers[0]);
        answers[1..].iter().for_each(|answer| heard.add(answer));
        heard.alike()
    }

    #[test]
    fn errors_are_alike_whatever_they_say() {
        let error = |body| answer(422, "text/html; charset=utf-8", body);
        let found = alike(&[error("a"), error("b"), error("a")]).unwrap();
        assert_eq!((found.answers, found.status, found.media_type.as_deref()), (3, 422, Some("text/html")));
        assert_eq!(alike(&[error("a"), error("b")]), None, "so few may well be alike");
        assert_eq!(alike(&[error("a"), error("b"), answer(404, "text/html", "a")]), None);
        assert_eq!(alike(&[error("a"), error("b"), answer(422, "application/json", "a")]), None);
    }

    #[test]
    fn successes_are_alike_if_they_say_the_same() {
        let success = |body| answer(200, "application/json", body);
        assert!(alike(&[success("{}"), success("{}"), success("{}")]).is_some());
        assert_eq!(alike(&[success("{}"), success("{}"), success("{\"data\":[]}")]), None);
    }
}
