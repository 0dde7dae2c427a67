//! Who is asking. All there is on v2: a bearer token in the `Authorization` header.

use std::fmt;

use http::header::{AUTHORIZATION, HeaderMap};
use http::request::Parts;

use crate::app::App;
use crate::call::Operation;
use crate::faults::Fault;
use crate::jsonapi::Refusal;
use crate::random;

/// The users that exist, see [`Tokens`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum User {
    Owner,
    Outsider,
    Auditor,
}

/// The tokens of the users, drawn anew for each server. Each user has one for either generation of the API; neither
/// generation accepts those of the other.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tokens {
    /// The user who owns [`ORGANIZATION`](crate::ORGANIZATION).
    pub user: String,
    /// A user who has no access to it, and owns [`OTHER_ORGANIZATION`](crate::OTHER_ORGANIZATION).
    pub outsider: String,
    /// A member of both organizations.
    pub auditor: String,
    /// `user` on the v1 API.
    pub atlas_user: String,
    /// `outsider` on the v1 API.
    pub atlas_outsider: String,
    /// `auditor` on the v1 API.
    pub atlas_auditor: String,
}

impl Tokens {
    pub(crate) fn draw() -> Result<Self, getrandom::Error> {
        Ok(Self {
            user: random::token()?,
            outsider: random::token()?,
            auditor: random::token()?,
            atlas_user: random::token()?,
            atlas_outsider: random::token()?,
            atlas_auditor: random::token()?,
        })
    }

    fn owner(&self, token: &str) -> Option<User> {
        let owners = [(&self.user, User::Owner), (&self.outsider, User::Outsider), (&self.auditor, User::Auditor)];
        owners.into_iter().find(|(own, _)| *own == token).map(|(_, user)| user)
    }

    /// The user whose v1 token this is.
    pub(crate) fn atlas_owner(&self, token: &str) -> Option<User> {
        let owners = [
            (&self.atlas_user, User::Owner),
            (&self.atlas_outsider, User::Outsider),
            (&self.atlas_auditor, User::Auditor),
        ];
        owners.into_iter().find(|(own, _)| *own == token).map(|(_, user)| user)
    }
}

/// Tokens are secrets, also in logs.
impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

/// The user behind a request. Every reason to refuse gives the same answer.
pub(crate) fn authenticate(app: &App, operation: Operation, parts: &Parts) -> Result<User, Refusal> {
    let user = by_bearer_token(&app.tokens, &parts.headers);
    user.or_else(|| by_fault(app, operation, parts)).ok_or_else(Refusal::unauthorized)
}

fn by_bearer_token(tokens: &Tokens, headers: &HeaderMap) -> Option<User> {
    bearer_token(headers).and_then(|token| tokens.owner(token))
}

/// The token of an `Authorization: Bearer` header (RFC 6750, section 2.1). The scheme is compared without case
/// (RFC 9110, section 11.1). Two such headers are none: which of them would count?
fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Who a server takes somebody for that does not look at the token as it should.
fn by_fault(app: &App, operation: Operation, parts: &Parts) -> Option<User> {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let authorization = text(AUTHORIZATION.as_str());
    let in_query = parts.uri.query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("token=")));
    for (token, fault) in [
        (authorization, Fault::BareTokenAccepted),
        (in_query, Fault::TokenInQueryAccepted),
        (text("x-atlas-token"), Fault::TokenInV1HeaderAccepted),
    ] {
        let user = token.and_then(|token| app.tokens.owner(token));
        if user.is_some() && app.faults.hit(fault) {
            return user;
        }
    }
    let fault = match authorization.map(|value| value.split_once(' ')) {
        Some(Some(("Basic", _))) => Fault::BasicAccepted,
        Some(Some(("Bearer", _))) => Fault::UnknownTokenAccepted,
        Some(_) => return None,
        None => match operation {
            Operation::ListVariables => Fault::AnonymousList,
            Operation::CreateVariable => Fault::AnonymousCreate,
            Operation::UpdateVariable => Fault::AnonymousUpdate,
            Operation::DeleteVariable => Fault::AnonymousDelete,
            Operation::ReadVariable | Operation::Workspace | Operation::Other => return None,
        },
    };
    app.faults.hit(fault).then_some(User::Owner)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn user_of(values: &[String]) -> Option<User> {
        let tokens = Tokens {
            user: "one".into(),
            outsider: "two".into(),
            auditor: "three".into(),
            atlas_user: "four".into(),
            atlas_outsider: "five".into(),
            atlas_auditor: "six".into(),
        };
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        by_bearer_token(&tokens, &headers)
    }

    #[test]
    fn the_scheme_is_bearer_in_any_case() {
        for (value, user) in
            [("Bearer one", User::Owner), ("bearer two", User::Outsider), ("BEARER  three", User::Auditor)]
        {
            assert_eq!(user_of(&[value.to_owned()]), Some(user), "{value}");
        }
    }

    #[test]
    fn anything_else_is_nobody() {
        for value in
            ["", "one", "Bearer", "Bearer ", "Bearer four", "Basic one", "Token one", "Bearer One", "Bearerone"]
        {
            assert_eq!(user_of(&[value.to_owned()]), None, "{value}");
        }
        assert_eq!(user_of(&[]), None);
        assert_eq!(user_of(&["Bearer one".to_owned(), "Bearer one".to_owned()]), None);
    }
}
