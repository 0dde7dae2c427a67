//! Who is asking. All there is on v1: a token in the `X-Atlas-Token` header.

use http::header::{AUTHORIZATION, HeaderMap};
use http::request::Parts;

use super::access;
use super::answer::Refusal;
use crate::app::App;
use crate::auth::User;
use crate::faults::Fault;

const X_ATLAS_TOKEN: &str = "x-atlas-token";

/// The user behind a request. Every reason to refuse gives the same answer.
pub(crate) fn authenticate(app: &App, parts: &Parts) -> Result<User, Refusal> {
    let token = atlas_token(&parts.headers);
    let user = token.and_then(|token| app.tokens.atlas_owner(token));
    let user = user.or_else(|| by_fault(app, parts, token));
    if user.is_none() && token.is_none() {
        access::works(app, Fault::V1Anonymous500)?;
    }
    user.ok_or_else(Refusal::unauthorized)
}

/// Two such headers are none: which of them would count?
fn atlas_token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(X_ATLAS_TOKEN).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok()
}

/// Who a server takes somebody for that does not look at the token as it should.
fn by_fault(app: &App, parts: &Parts, token: Option<&str>) -> Option<User> {
    let faults = &app.faults;
    let authorization = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let credential = authorization.and_then(|value| value.rsplit(' ').next());
    let elsewhere = credential.and_then(|token| app.tokens.atlas_owner(token));
    if elsewhere.is_some() && faults.hit(Fault::V1TokenInAuthorizationAccepted) {
        return elsewhere;
    }
    let owner = match token {
        Some(_) => faults.hit(Fault::V1UnknownTokenAccepted),
        None if parts.method.is_safe() => faults.hit(Fault::V1AnonymousRead),
        None => faults.hit(Fault::V1AnonymousWrite),
    };
    owner.then_some(User::Owner)
}
