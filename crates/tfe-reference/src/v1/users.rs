//! Accounts: organizations and users, and who belongs to which. On v1 both go by `username`.

use serde_json::{Value, json};

use super::access;
use super::answer::{Refusal, Reply};
use super::shell::Call;
use crate::app::App;
use crate::auth::User;
use crate::faults::Fault;
use crate::store::{ORGANIZATION, OTHER_ORGANIZATION};

/// Every account with its members. Each may do everything in it.
const ACCOUNTS: [(&str, &[User]); 5] = [
    (ORGANIZATION, &[User::Owner, User::Auditor]),
    (OTHER_ORGANIZATION, &[User::Outsider, User::Auditor]),
    ("user", &[User::Owner]),
    ("outsider", &[User::Outsider]),
    ("auditor", &[User::Auditor]),
];

/// Members of an account see all that it has; nobody else sees any of it.
pub(crate) fn may_see(user: User, username: &str) -> bool {
    ACCOUNTS.iter().any(|(name, members)| *name == username && members.contains(&user))
}

/// `GET /user/:username`. A profile is there for everybody: only the boxes in it depend on who asks, and there are
/// none here.
pub(crate) fn read(app: &App, call: &Call) -> Result<Reply, Refusal> {
    access::works(app, Fault::V1User500)?;
    let username = call.parameter("username");
    if !ACCOUNTS.iter().any(|(name, _)| *name == username) {
        return Err(Refusal::not_found());
    }
    let mut profile = profile(username);
    for (fault, name) in [(Fault::V1UserWithoutUsername, "username"), (Fault::V1UserWithoutBoxes, "boxes")] {
        if app.faults.hit(fault)
            && let Some(members) = profile.as_object_mut()
        {
            members.remove(name);
        }
    }
    Ok(Reply::document(profile))
}

fn profile(username: &str) -> Value {
    json!({
        "username": username,
        "avatar_url": format!("https://www.example.com/avatars/{username}.png"),
        "profile_html": format!("<p>{username}</p>"),
        "profile_markdown": username,
        "boxes": [],
    })
}
