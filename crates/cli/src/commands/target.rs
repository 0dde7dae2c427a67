//! From flags and environment to the server under test.

use std::collections::BTreeSet;
use std::time::Duration;

use tfe_reference::RunningServer;
use tfe_runner::Target;
use tfe_runner::suite::{Credential, Given, Identity};

use crate::args::TargetArgs;
use crate::failure::Failure;

/// The built-in reference server, as the flags want it.
pub(super) fn reference(server: &RunningServer, args: &TargetArgs, profiles: &[String]) -> Result<Target, Failure> {
    with_limits(built_in(server)?, args, profiles)
}

/// The built-in reference server.
pub(crate) fn built_in(server: &RunningServer) -> Result<Target, Failure> {
    let tokens = server.tokens();
    let mut target = Target::new(server.address(), server.organization())?
        .with_token(Credential::Tfe, Identity::User, &tokens.user)
        .with_token(Credential::Tfe, Identity::Outsider, &tokens.outsider)
        .with_token(Credential::Atlas, Identity::User, &tokens.atlas_user)
        .with_token(Credential::Atlas, Identity::Outsider, &tokens.atlas_outsider);
    target.given.insert(Given::Environments, server.environments().to_vec());
    target.given.insert(Given::BareEnvironments, server.bare_environments().to_vec());
    Ok(target)
}

/// A server of the user's.
pub(super) fn live(args: &TargetArgs, profiles: &[String]) -> Result<Target, Failure> {
    let no_target = "no target: `--reference` tests the built-in reference server, `--address URL` a server of yours, \
                     and `init` writes a configuration file that names it";
    let address = args.address.as_deref().ok_or_else(|| Failure::Usage(no_target.to_owned()))?;
    let organization = args.organization.as_deref();
    let organization = organization
        .filter(|organization| !organization.is_empty())
        .ok_or_else(|| Failure::Usage("no organization: give --organization or set TFE_ORGANIZATION".to_owned()))?;
    let mut target = Target::new(address, organization)?;
    let tokens = [
        (Credential::Tfe, Identity::User, &args.token),
        (Credential::Tfe, Identity::Outsider, &args.outsider_token),
        (Credential::Atlas, Identity::User, &args.atlas_token),
        (Credential::Atlas, Identity::Outsider, &args.outsider_atlas_token),
    ];
    for (credential, identity, token) in tokens {
        if let Some(token) = token.as_deref().filter(|token| !token.is_empty()) {
            target = target.with_token(credential, identity, token);
        }
    }
    for (credential, flag, other) in [
        (Credential::Tfe, "--outsider-token", "--token"),
        (Credential::Atlas, "--outsider-atlas-token", "--atlas-token"),
    ] {
        let token = |identity| target.tokens.get(&(credential, identity));
        if token(Identity::User).is_some() && token(Identity::User) == token(Identity::Outsider) {
            return Err(Failure::Usage(format!("{flag} is the same as {other}: it must be that of another user")));
        }
    }
    let has = |credential| target.tokens.contains_key(&(credential, Identity::User));
    for (given, credential, what, flag) in [
        (!args.environments.is_empty(), Credential::Atlas, "--environment", "--atlas-token"),
        (!args.bare_environments.is_empty(), Credential::Atlas, "--bare-environment", "--atlas-token"),
        (args.outsider_atlas_token.is_some(), Credential::Atlas, "--outsider-atlas-token", "--atlas-token"),
        (!args.workspaces.is_empty(), Credential::Tfe, "--workspace", "--token"),
        (args.outsider_token.is_some(), Credential::Tfe, "--outsider-token", "--token"),
    ] {
        // A secret that got lost must not turn half of the gate off.
        if given && !has(credential) {
            return Err(Failure::Usage(format!("{what} is given without {flag}")));
        }
    }
    for (names, flag) in [(&args.workspaces, "--workspace"), (&environments(args), "--environment")] {
        let mut seen = BTreeSet::new();
        if let Some(twice) = names.iter().find(|name| !seen.insert(*name)) {
            let why = "cases that need two get two different ones";
            return Err(Failure::Usage(format!("{flag} {twice} is given twice: {why}")));
        }
    }
    target.given.insert(Given::Workspaces, args.workspaces.clone());
    target.given.insert(Given::Environments, args.environments.clone());
    target.given.insert(Given::BareEnvironments, args.bare_environments.clone());
    with_limits(target, args, profiles)
}

/// All environments that are given, with a configuration version or without.
fn environments(args: &TargetArgs) -> Vec<String> {
    args.environments.iter().chain(&args.bare_environments).cloned().collect()
}

/// Where the API of profile v2 is, if the server is to say it.
pub(super) async fn discovered(mut target: Target, args: &TargetArgs) -> Result<Target, Failure> {
    if args.discover {
        let path = tfe_runner::discover(&target).await?;
        target.base_paths.insert("v2".to_owned(), path);
    }
    Ok(target)
}

/// A server of the user's, to clean up on.
pub(super) fn to_clean(args: &TargetArgs) -> Result<Target, Failure> {
    if args.reference {
        return Err(Failure::Usage("nothing is ever left on the built-in server: it ends with its run".to_owned()));
    }
    let target = live(args, &[])?;
    profiles(&[], Some(&target))?;
    Ok(target)
}

/// The profiles whose tokens are there, if the user did not name any.
pub(super) fn profiles(named: &[String], target: Option<&Target>) -> Result<Vec<String>, Failure> {
    let Some(target) = target.filter(|_| named.is_empty()) else { return Ok(named.to_vec()) };
    let has = |credential| target.tokens.contains_key(&(credential, Identity::User));
    let profiles = [("v1", has(Credential::Atlas)), ("v2", has(Credential::Tfe))];
    let profiles: Vec<_> = profiles.iter().filter(|(_, has)| *has).map(|(id, _)| (*id).to_owned()).collect();
    if profiles.is_empty() {
        let usage = "no token: give --token or set TFE_TOKEN (for the legacy API: --atlas-token or ATLAS_TOKEN)";
        return Err(Failure::Usage(usage.to_owned()));
    }
    Ok(profiles)
}

fn with_limits(mut target: Target, args: &TargetArgs, profiles: &[String]) -> Result<Target, Failure> {
    for given in &args.base_paths {
        let (profile, path) = match given.split_once('=') {
            Some((profile, path)) => (profile, path),
            // The current API is what a bare path is about.
            None => (profiles.first().map_or("v2", String::as_str), given.as_str()),
        };
        let path = path.trim_end_matches('/');
        if !path.is_empty() && !path.starts_with('/') {
            return Err(Failure::Usage(format!("--base-path `{given}`: the path must start with `/`")));
        }
        target.base_paths.insert(profile.to_owned(), path.to_owned());
    }
    target.transport.accepts_any_certificate = args.ssl_skip_verify;
    target.transport.proxy.clone_from(&args.through);
    let total = Duration::from_secs(args.timeout.into());
    target.limits.total = total;
    target.limits.read = target.limits.read.min(total);
    target.limits.connect = target.limits.connect.min(total);
    Ok(target)
}
