//! What a command works with, and where each value came from: flags, then the environment, then the
//! configuration file, then the conventions of the Terraform CLI.

pub(crate) mod baseline;
pub(crate) mod file;
mod proxy;
mod terraform;
mod token;

use std::fmt::Display;
use std::ops::RangeInclusive;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args as _};
use tfe_runner::Target;
use toml::Spanned;

use crate::args::{FailOn, RunArgs, TargetArgs};
use crate::failure::Failure;
use file::{ConfigFile, Document, TokenSource};

/// One value with its origin, fit to be shown: secrets are masked.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Setting {
    pub(crate) key: &'static str,
    pub(crate) value: String,
    pub(crate) origin: String,
}

/// Fills in what neither flags nor environment say about the target.
///
/// The built-in server has a target of its own: no file speaks about it, and none is read for it.
pub(crate) fn of_target(args: &mut TargetArgs, matches: &ArgMatches) -> Result<Vec<Setting>, Failure> {
    if args.reference {
        return Ok(Vec::new());
    }
    let file = find(args)?;
    let mut merge = Merge::new(matches, file.as_ref());
    merge.target(args)?;
    Ok(merge.settings)
}

/// The same for `run`, which has more to be said.
pub(crate) fn of_run(args: &mut RunArgs, matches: &ArgMatches) -> Result<Vec<Setting>, Failure> {
    if args.target.reference {
        return Ok(Vec::new());
    }
    let file = find(&args.target)?;
    let mut merge = Merge::new(matches, file.as_ref());
    merge.target(&mut args.target)?;
    let run = file.as_ref().map(|file| &file.document.run);
    merge.list("run.profiles", "profiles", &mut args.profiles, run.and_then(|run| run.profiles.as_ref()));
    merge.list("run.reports", "reports", &mut args.reports, run.and_then(|run| run.reports.as_ref()));
    let limits = file.as_ref().map(|file| &file.document.limits);
    let jobs = limits.and_then(|limits| limits.jobs.as_ref());
    merge.number("limits.jobs", "jobs", &mut args.jobs, jobs, 1..=256)?;
    let longest = limits.and_then(|limits| limits.max_time.as_ref());
    merge.limit("limits.max-time", "max_time", &mut args.max_time, longest, 1..=1_000_000)?;
    merge.absent(args);
    merge.gate(args);
    Ok(merge.settings)
}

fn find(args: &TargetArgs) -> Result<Option<ConfigFile>, Failure> {
    if args.no_config {
        return Ok(None);
    }
    if let Some(path) = &args.config {
        return ConfigFile::read(path).map(Some);
    }
    let here = std::env::current_dir();
    ConfigFile::find(&here.map_err(|error| Failure::Usage(format!("no working directory: {error}")))?)
}

struct Merge<'m> {
    matches: &'m ArgMatches,
    file: Option<&'m ConfigFile>,
    settings: Vec<Setting>,
}

impl<'m> Merge<'m> {
    fn new(matches: &'m ArgMatches, file: Option<&'m ConfigFile>) -> Self {
        Self { matches, file, settings: Vec::new() }
    }

    fn document(&self) -> Option<&'m Document> {
        self.file.map(|file| &file.document)
    }

    fn target(&mut self, args: &mut TargetArgs) -> Result<(), Failure> {
        let table = self.document().map(|document| &document.target);
        self.address(args, table.and_then(|table| table.address.as_ref()));
        self.is_target(args)?;
        let organization = table.and_then(|table| table.organization.as_ref());
        self.text("target.organization", "organization", &mut args.organization, organization);
        let workspaces = table.and_then(|table| table.workspaces.as_ref());
        self.list("target.workspaces", "workspaces", &mut args.workspaces, workspaces);
        let environments = table.and_then(|table| table.environments.as_ref());
        self.list("target.environments", "environments", &mut args.environments, environments);
        let bare = table.and_then(|table| table.bare_environments.as_ref());
        self.list("target.bare-environments", "bare_environments", &mut args.bare_environments, bare);
        self.base_paths(args);
        let discovery = table.and_then(|table| table.discovery.as_ref());
        self.switch("target.discovery", "discover", &mut args.discover, discovery);
        if args.discover && !args.base_paths.is_empty() {
            let both = "discovery and base paths contradict each other: the server says where its API is, or you do";
            return Err(Failure::Usage(both.to_owned()));
        }
        let skip = table.and_then(|table| table.ssl_skip_verify.as_ref());
        self.switch("target.ssl-skip-verify", "ssl_skip_verify", &mut args.ssl_skip_verify, skip);
        self.proxy(args, table.and_then(|table| table.proxy.as_ref()))?;
        self.tokens(args)?;
        let limits = self.document().map(|document| &document.limits);
        let timeout = limits.and_then(|limits| limits.timeout.as_ref());
        self.number("limits.timeout", "timeout", &mut args.timeout, timeout, 1..=3600)?;
        let rate = limits.and_then(|limits| limits.rate.as_ref());
        self.limit("limits.rate", "rate", &mut args.rate, rate, 0..=1_000_000)?;
        let retries = limits.and_then(|limits| limits.retries.as_ref());
        self.number("limits.retries", "retries", &mut args.retries, retries, 0..=10)
    }

    /// There is no default address: without one from the user, nothing is sent anywhere.
    fn address(&mut self, args: &mut TargetArgs, file: Option<&Spanned<String>>) {
        let given = self.given("address").is_some() && args.address.as_deref() != Some("");
        let host = std::env::var("TFE_HOSTNAME").ok().filter(|host| !given && !host.is_empty());
        if let Some(host) = host {
            let address = format!("https://{host}");
            self.say("target.address", &address, "environment (TFE_HOSTNAME)".to_owned());
            args.address = Some(address);
            return;
        }
        self.text("target.address", "address", &mut args.address, file);
    }

    /// An address that is none is refused before it is shown anywhere: there may be a password in it.
    fn is_target(&self, args: &TargetArgs) -> Result<(), Failure> {
        let address = args.address.as_deref().filter(|address| !address.is_empty());
        let wrong = address.and_then(|address| Target::new(address, "").err());
        let origin = self.settings.last().map_or("", |address| &address.origin);
        wrong.map_or(Ok(()), |error| Err(Failure::Usage(format!("{origin}: target.address: {error}"))))
    }

    fn base_paths(&mut self, args: &mut TargetArgs) {
        let file = self.document().and_then(|document| document.target.base_paths.as_ref());
        if self.given("base_paths").is_none()
            && let (Some(paths), Some(file)) = (file, self.file)
        {
            args.base_paths = paths.get_ref().iter().map(|(profile, path)| format!("{profile}={path}")).collect();
            self.say("target.base-paths", &args.base_paths.join(", "), file.origin(paths));
            return;
        }
        self.list("target.base-paths", "base_paths", &mut args.base_paths, None);
    }

    /// The proxy of the flag, of the environment, or of the file; none for a server on this machine, unless it is named.
    fn proxy(&mut self, args: &mut TargetArgs, file: Option<&Spanned<String>>) -> Result<(), Failure> {
        let url = args.address.as_deref().and_then(|address| url::Url::parse(address).ok());
        let environment = url.as_ref().and_then(proxy::of_environment);
        let (named, origin) = match (self.given("proxy"), environment, file, self.file) {
            (Some(origin), ..) => (args.proxy.clone(), origin),
            (None, Some((proxy, variable)), ..) => {
                self.say("target.proxy", &proxy.url, format!("environment ({variable})"));
                args.through = Some(proxy);
                return Ok(());
            }
            (None, None, Some(value), Some(file)) => (Some(value.get_ref().clone()), file.origin(value)),
            _ => (None, "default".to_owned()),
        };
        let wrong = |error| Failure::Usage(format!("{origin}: target.proxy: {error}"));
        args.through =
            named.filter(|named| named != "none").map(|named| proxy::named(&named).map_err(wrong)).transpose()?;
        let shown = args.through.as_ref().map_or_else(|| "none".to_owned(), |proxy| proxy.url.clone());
        self.say("target.proxy", &shown, origin);
        Ok(())
    }

    fn absent(&mut self, args: &mut RunArgs) {
        let declared = self.document().and_then(|document| document.absent.as_ref());
        if self.given("absent").is_none()
            && let (Some(declared), Some(file)) = (declared, self.file)
        {
            args.absent = declared.get_ref().iter().map(|(area, reason)| format!("{area}={reason}")).collect();
            self.say("absent", &args.absent.join(", "), file.origin(declared));
            return;
        }
        self.list("absent", "absent", &mut args.absent, None);
    }

    fn tokens(&mut self, args: &mut TargetArgs) -> Result<(), Failure> {
        // Only this host's: no other server ever gets the token of a host.
        let url = args.address.as_deref().and_then(|address| url::Url::parse(address).ok());
        let identities = self.document().map(|document| &document.identities);
        let user = identities.and_then(|identities| identities.user.as_ref());
        self.token("identities.user", "token", &mut args.token, user, url.as_ref())?;
        let outsider = identities.and_then(|identities| identities.outsider.as_ref());
        self.token("identities.outsider", "outsider_token", &mut args.outsider_token, outsider, None)?;
        let atlas = identities.and_then(|identities| identities.atlas_user.as_ref());
        self.token("identities.atlas-user", "atlas_token", &mut args.atlas_token, atlas, None)?;
        let outsider = identities.and_then(|identities| identities.atlas_outsider.as_ref());
        self.token("identities.atlas-outsider", "outsider_atlas_token", &mut args.outsider_atlas_token, outsider, None)
    }

    fn token(
        &mut self,
        key: &'static str,
        id: &str,
        slot: &mut Option<String>,
        source: Option<&Spanned<TokenSource>>,
        host: Option<&url::Url>,
    ) -> Result<(), Failure> {
        if let (Some(origin), Some(_)) = (self.given(id), slot.as_deref().filter(|token| !token.is_empty())) {
            self.say(key, "***", origin);
            return Ok(());
        }
        if let (Some(source), Some(file)) = (source, self.file) {
            let origin = file.origin(source);
            // A secret that got lost must not turn half of the gate off.
            let token = token::fetch(source.get_ref());
            *slot = Some(token.map_err(|error| Failure::Usage(format!("{origin}: {key}: {error}")))?);
            self.say(key, &token::describe(source.get_ref()), origin);
            return Ok(());
        }
        match host.map(terraform::token).transpose()?.flatten() {
            Some((token, origin)) => {
                *slot = Some(token);
                self.say(key, "***", origin);
            }
            None => self.say(key, "none", "default".to_owned()),
        }
        Ok(())
    }

    fn gate(&mut self, args: &mut RunArgs) {
        let table = self.document().map(|document| &document.gate);
        let given = self.given("fail_on");
        let mut origin = given.clone().unwrap_or_else(|| "default".to_owned());
        if let (None, Some(level), Some(file)) = (given, table.and_then(|table| table.fail_on.as_ref()), self.file) {
            args.fail_on = *level.get_ref();
            origin = file.origin(level);
        }
        let level = if args.fail_on == FailOn::Must { "must" } else { "should" };
        self.say("gate.fail-on", level, origin);
        let given = self.given("baseline");
        let mut origin = given.clone().unwrap_or_else(|| "default".to_owned());
        if let (None, Some(path), Some(file)) = (given, table.and_then(|table| table.baseline.as_ref()), self.file) {
            // It stands beside the file that names it, wherever the command is started.
            args.baseline = Some(file.beside(path.get_ref()));
            origin = file.origin(path);
        }
        let path = args.baseline.as_ref().map_or_else(|| "none".to_owned(), |path| path.display().to_string());
        self.say("gate.baseline", &path, origin);
    }

    fn text(&mut self, key: &'static str, id: &str, slot: &mut Option<String>, file: Option<&Spanned<String>>) {
        let given = self.given(id).filter(|_| slot.as_deref() != Some(""));
        if let (None, Some(value), Some(file)) = (&given, file, self.file) {
            *slot = Some(value.get_ref().clone());
            self.say(key, value.get_ref(), file.origin(value));
            return;
        }
        let shown = slot.clone().unwrap_or_else(|| "none".to_owned());
        self.say(key, &shown, given.unwrap_or_else(|| "default".to_owned()));
    }

    fn list(&mut self, key: &'static str, id: &str, slot: &mut Vec<String>, file: Option<&Spanned<Vec<String>>>) {
        let given = self.given(id);
        if let (None, Some(value), Some(file)) = (&given, file, self.file) {
            slot.clone_from(value.get_ref());
            self.say(key, &slot.join(", "), file.origin(value));
            return;
        }
        let shown = if slot.is_empty() { "none".to_owned() } else { slot.join(", ") };
        self.say(key, &shown, given.unwrap_or_else(|| "default".to_owned()));
    }

    fn switch(&mut self, key: &'static str, id: &str, slot: &mut bool, file: Option<&Spanned<bool>>) {
        let given = self.given(id);
        let mut origin = given.clone().unwrap_or_else(|| "default".to_owned());
        if let (None, Some(value), Some(file)) = (given, file, self.file) {
            *slot = *value.get_ref();
            origin = file.origin(value);
        }
        self.say(key, if *slot { "true" } else { "false" }, origin);
    }

    fn number<T: Copy + Display + PartialOrd>(
        &mut self,
        key: &'static str,
        id: &str,
        slot: &mut T,
        file: Option<&Spanned<T>>,
        range: RangeInclusive<T>,
    ) -> Result<(), Failure> {
        let mut value = Some(*slot);
        self.limit(key, id, &mut value, file, range)?;
        *slot = value.unwrap_or(*slot);
        Ok(())
    }

    fn limit<T: Copy + Display + PartialOrd>(
        &mut self,
        key: &'static str,
        id: &str,
        slot: &mut Option<T>,
        file: Option<&Spanned<T>>,
        range: RangeInclusive<T>,
    ) -> Result<(), Failure> {
        let given = self.given(id);
        let mut origin = given.clone().unwrap_or_else(|| "default".to_owned());
        if let (None, Some(value), Some(file)) = (given, file, self.file) {
            origin = file.origin(value);
            if !range.contains(value.get_ref()) {
                let (low, high) = (range.start(), range.end());
                return Err(Failure::Usage(format!("{origin}: {key} must be from {low} to {high}")));
            }
            *slot = Some(*value.get_ref());
        }
        let shown = slot.map_or_else(|| "none".to_owned(), |value| value.to_string());
        self.say(key, &shown, origin);
        Ok(())
    }

    /// Where a value came from, if a flag or the environment gave it.
    fn given(&self, id: &str) -> Option<String> {
        match self.matches.value_source(id)? {
            ValueSource::CommandLine => Some("flag".to_owned()),
            ValueSource::EnvVariable => Some(format!("environment ({})", variable(id).unwrap_or_default())),
            _ => None,
        }
    }

    fn say(&mut self, key: &'static str, value: &str, origin: String) {
        self.settings.push(Setting { key, value: value.to_owned(), origin });
    }
}

/// The environment variable of a flag.
fn variable(id: &str) -> Option<String> {
    let command = RunArgs::augment_args(clap::Command::new("run"));
    let flag = command.get_arguments().find(|flag| flag.get_id() == id)?;
    Some(flag.get_env()?.to_string_lossy().into_owned())
}
