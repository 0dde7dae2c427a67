//! Runs a plan against a target and says what happens, as events.
//!
//! Cases run side by side, each on its own fixtures; their results are told in the order of the
//! plan, so that a report does not depend on how many ran at a time.

mod bindings;
mod case;
mod clean;
mod fixture;
mod heard;
mod journal;
mod ledger;
mod leftovers;
mod request;
mod session;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use tfe_schema::Catalog;

pub use self::clean::{CleanError, Cleaned, clean};
use self::journal::Journal;
pub use self::journal::{JournalError, left_in, open_journals};
pub(crate) use self::request::RESERVED;
pub(crate) use self::session::{Runner, Session};
use crate::client::{Client, Manners, Request};
use crate::event::{Absence, CaseResult, Event, FORMAT, ProfileInfo, RequirementInfo, RunFinished, RunStarted};
use crate::gate::Gate;
use crate::plan::{Plan, Planned};
use crate::redact::{Redactor, SHORTEST_SECRET};
use crate::stop::Stop;
use crate::suite::{Credential, Given, Identity, Profile, Suite};
use crate::target::Target;

/// How to run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// How many cases run at a time.
    pub jobs: usize,
    /// Leave what the run created, so that a request can be repeated by hand.
    pub keep: bool,
    /// Send nothing but GET and HEAD.
    pub read_only: bool,
    /// Requests a second, of all cases together; 0 for no limit. Where none is given, a target that is
    /// not on this machine gets fewer than the 30 a second that the API documents.
    pub rate: Option<u32>,
    /// How often a request that found no answer is sent again, where that is safe.
    pub retries: u32,
    /// When the run ends, whatever it has done by then.
    pub longest: Option<Duration>,
    /// File, not there yet, in which the run writes down what it makes; without it, nobody can clean up
    /// behind a killed run. It is removed when nothing is left.
    pub journal: Option<PathBuf>,
    /// What the exit code hangs on.
    pub gate: Gate,
    /// Ends the run early.
    pub stop: Stop,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            jobs: 8,
            keep: false,
            read_only: false,
            rate: None,
            retries: 2,
            longest: None,
            journal: None,
            gate: Gate::default(),
            stop: Stop::new(),
        }
    }
}

/// Why a run cannot begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up: {}", innermost(.0))]
    Client(#[source] reqwest::Error),
    /// No randomness for names that must not collide.
    #[error("no randomness from the operating system: {0}")]
    Random(getrandom::Error),
    /// A token is too short to be kept out of reports.
    #[error("the {0} token is shorter than {SHORTEST_SECRET} characters: it could not be kept out of reports")]
    ShortToken(&'static str),
    /// A token holds characters that no HTTP header can carry.
    #[error("the {0} token holds characters that no HTTP header can carry (a line end?)")]
    BadToken(&'static str),
    /// What the run makes could not be written down.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// The cause that says something: "builder error" is all that the outermost one has to say.
fn innermost(error: &reqwest::Error) -> String {
    let outermost: &dyn std::error::Error = error;
    let causes = std::iter::successors(Some(outermost), |error| error.source());
    causes.last().map(ToString::to_string).unwrap_or_default()
}

/// Everything that the cases of a run share.
pub(crate) struct Run {
    pub(crate) catalog: &'static Catalog,
    pub(crate) suite: Arc<Suite>,
    pub(crate) target: Target,
    pub(crate) client: Client,
    pub(crate) options: Options,
    /// Random part of all names that the run makes.
    pub(crate) id: String,
    /// Where what is made is written down.
    pub(crate) journal: Option<Journal>,
    /// Tokens; cases add their canaries to a copy.
    pub(crate) redactor: Redactor,
    pub(crate) pools: BTreeMap<Given, fixture::Pool>,
    /// What the answers have in common.
    pub(crate) heard: heard::Heard,
    /// Why cases are not run, by their ids: what they are about is declared absent.
    pub(crate) absent: BTreeMap<String, String>,
    /// Why an identity cannot be used in a profile.
    pub(crate) unusable: BTreeMap<(String, Identity), String>,
}

impl Run {
    /// What every name that this run makes up starts with.
    pub(crate) fn prefix(&self) -> String {
        format!("{PREFIX}_{}_", self.id)
    }

    /// Whether this run made the name up.
    pub(crate) fn made(&self, name: &str) -> bool {
        name.starts_with(&self.prefix())
    }

    /// The names of this run in a request: in its path and in its body.
    fn names_in(&self, request: &Request) -> Vec<String> {
        let body = request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        let (path, prefix) = (request.url.path(), self.prefix());
        let names = [path, &body].into_iter().flat_map(|text| {
            text.match_indices(&prefix).map(|(at, _)| {
                let own = |c: char| c.is_ascii_alphanumeric() || c == '_';
                text[at..].split(|c| !own(c)).next().unwrap_or_default().to_owned()
            })
        });
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// What the names of all runs start with.
const PREFIX: &str = "tfc";

/// Runs the plan; every event goes to `sink`, in order.
///
/// # Errors
/// [`StartError`] when the run cannot begin. What the target does is never an error.
pub async fn run(
    plan: Plan,
    target: Target,
    options: Options,
    sink: &mut (dyn FnMut(Event) + Send),
) -> Result<RunFinished, StartError> {
    let mut session = Session::begin(&plan, target, options, None, sink).await?;
    if session.is_open() {
        let run = session.run();
        let cases = plan.cases.iter().cloned().enumerate();
        let mut finished = futures_util::stream::iter(cases.map(|(index, case)| one(Arc::clone(&run), index, case)))
            .buffer_unordered(run.options.jobs.max(1));
        let mut waiting: BTreeMap<usize, CaseResult> = BTreeMap::new();
        let mut next = 0;
        while let Some((index, result)) = finished.next().await {
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&next) {
                session.tell(result, sink);
                next += 1;
            }
        }
    }
    Ok(session.finish(sink))
}

/// One case, with its number in the plan.
async fn one(run: Arc<Run>, index: usize, planned: Planned) -> (usize, CaseResult) {
    if let Some(reason) = run.absent.get(&planned.case.id) {
        return (index, case::declared_absent(&run, &planned, reason));
    }
    if let Some(reason) = run.options.stop.reason() {
        return (index, case::not_begun(&run, &planned, &reason));
    }
    let ledger = Arc::new(ledger::Ledger::default());
    let work = case::run_case(Arc::clone(&run), index, planned.clone(), Arc::clone(&ledger));
    (index, guarded(&run, &planned, &ledger, work).await)
}

/// A case on a task of its own: a panic in it is this case's error and nobody else's, and what the
/// case made is deleted all the same.
async fn guarded(
    run: &Run,
    planned: &Planned,
    ledger: &ledger::Ledger,
    work: impl Future<Output = CaseResult> + Send + 'static,
) -> CaseResult {
    match tokio::spawn(work).await {
        Ok(result) => result,
        Err(error) => {
            // What the case made is still in the ledger.
            let left = ledger.clean(run).await;
            let reason = run.redactor.text(&format!("the suite failed in this case: {error}"));
            case::failed(run, planned, &reason, left)
        }
    }
}

fn prepare(plan: &Plan, target: Target, options: Options) -> Result<Run, StartError> {
    let mut redactor = Redactor::new();
    for ((credential, identity), token) in &target.tokens {
        let name = token_name(*credential, *identity);
        if token.len() < SHORTEST_SECRET {
            return Err(StartError::ShortToken(name));
        }
        if http::HeaderValue::from_str(token).is_err() {
            return Err(StartError::BadToken(name));
        }
        redactor.add(&format!("{name}-token"), token);
        redactor.add(&format!("{name}-token-as-basic"), &request::basic(token));
    }
    let id = random_id().map_err(StartError::Random)?;
    let manners = Manners { rate: options.rate, retries: options.retries, read_only: options.read_only };
    let client = Client::new(&target, manners, options.stop.clone()).map_err(StartError::Client)?;
    // Nothing is made by a run that only reads.
    let path = options.journal.as_ref().filter(|_| !options.read_only);
    let journal = path.map(|path| Journal::begin(path, &id, &target, &redactor)).transpose()?;
    Ok(Run {
        catalog: plan.catalog,
        suite: Arc::clone(&plan.suite),
        client,
        pools: target.given.iter().map(|(given, names)| (*given, fixture::Pool::new(names))).collect(),
        target,
        options,
        id,
        journal,
        redactor,
        heard: heard::Heard::default(),
        absent: absences(plan),
        unusable: BTreeMap::new(),
    })
}

/// Why cases of the plan are not run.
fn absences(plan: &Plan) -> BTreeMap<String, String> {
    let absence = |planned: &Planned| {
        let (area, reason) = plan.absence(&planned.case)?;
        Some((planned.case.id.clone(), format!("{area} is declared absent: {reason}")))
    };
    plan.cases.iter().filter_map(absence).collect()
}

/// What a token is called where it is redacted and in error messages.
fn token_name(credential: Credential, identity: Identity) -> &'static str {
    match (credential, identity) {
        (Credential::Tfe, Identity::Outsider) => "outsider",
        (Credential::Tfe, _) => "user",
        (Credential::Atlas, Identity::Outsider) => "outsider-atlas",
        (Credential::Atlas, _) => "atlas",
    }
}

/// The flag that gives a token.
fn flag(credential: Credential, identity: Identity) -> &'static str {
    match (credential, identity) {
        (Credential::Tfe, Identity::Outsider) => "--outsider-token",
        (Credential::Tfe, _) => "--token",
        (Credential::Atlas, Identity::Outsider) => "--outsider-atlas-token",
        (Credential::Atlas, _) => "--atlas-token",
    }
}

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const ID_LENGTH: usize = 8;

/// Whether a text could be what tells a run's resources from those of any other.
fn is_run_id(text: &str) -> bool {
    text.len() == ID_LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte))
}

/// Characters that tell this run's resources from those of any other.
fn random_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0; ID_LENGTH];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect())
}

/// Asks the target with each token, before any case: a refused token would otherwise look like a
/// server that hides everything. Returns why the run cannot go on.
async fn preflight(run: &mut Run, profile: &Profile) -> Option<String> {
    for identity in [Identity::User, Identity::Outsider] {
        if request::token(run, profile, identity).is_none() {
            let flag = flag(profile.authentication.credential, identity);
            if identity == Identity::User {
                return Some(format!("no token for profile {}: give it with {flag}", profile.id));
            }
            let reason = format!("needs a second identity, and its token was not given ({flag})");
            run.unusable.insert((profile.id.clone(), identity), reason);
            continue;
        }
        let refused = match ask(run, profile, identity).await {
            Ok(refused) => refused,
            Err(unreachable) => return Some(unreachable),
        };
        match (refused, identity) {
            (Some(reason), Identity::User) => return Some(reason),
            (Some(reason), _) => {
                run.unusable
                    .insert((profile.id.clone(), identity), format!("the second identity is of no use: {reason}"));
            }
            (None, _) => {}
        }
    }
    None
}

/// Sends the preflight requests until one is not refused. Gives the first refusal if all are;
/// `Err` when the target cannot be reached.
async fn ask(run: &Run, profile: &Profile, identity: Identity) -> Result<Option<String>, String> {
    let mut refused = None;
    for recipe in &profile.preflight {
        let request = request::preflight(run, profile, recipe, identity)?;
        let answer = run.client.send(&request).await;
        let answer = answer
            .map_err(|error| format!("the target cannot be reached: {}", run.redactor.text(&error.to_string())))?;
        match refusal(answer.status, &request.url, run) {
            None => return Ok(None),
            Some(reason) => drop(refused.get_or_insert(reason)),
        }
    }
    Ok(refused)
}

fn refusal(status: u16, url: &url::Url, run: &Run) -> Option<String> {
    let asked = run.redactor.text(&format!("GET {} answered {status}", url.path()));
    match status {
        401 | 403 => Some(format!("the target refused the token: {asked}")),
        404 => Some(format!("the target does not know the API or the token: {asked} (is the base path right?)")),
        300..=399 => Some(format!("the target redirects: {asked} (is the address right?)")),
        429 => Some(format!("the target takes no more requests now: {asked}")),
        // Anything else is for the cases to judge.
        _ => None,
    }
}

/// The requirements that the plan's profiles test.
fn requirements(plan: &Plan) -> Vec<RequirementInfo> {
    let tested: BTreeSet<String> = plan.profiles.iter().flat_map(|profile| plan.tested_by(profile)).collect();
    tested
        .iter()
        .filter_map(|id| plan.suite.requirements.get(id))
        .map(|requirement| info(requirement, &plan.suite))
        .collect()
}

fn info(requirement: &crate::suite::Requirement, suite: &Suite) -> RequirementInfo {
    let document = suite.documents.get(&requirement.source.document);
    RequirementInfo {
        id: requirement.id.clone(),
        level: requirement.level,
        statement: requirement.statement.clone(),
        document: document.map_or_else(
            || requirement.source.document.clone(),
            |document| format!("{}, {}", document.title, document.edition),
        ),
        section: requirement.source.section.clone(),
        kind: requirement.source.kind,
        note: requirement.note.clone(),
    }
}

/// What a reader of the report has to know: what may have changed what was seen, and what was asked elsewhere or
/// otherwise than this version does by itself.
fn remarks(plan: &Plan, run: &Run) -> Vec<String> {
    let paths = plan.profiles.iter().filter_map(|profile| {
        let path = run.target.base_paths.get(&profile.id).filter(|path| **path != profile.base_path)?;
        Some(format!("profile {} is looked for under the base path {path}/", profile.id))
    });
    run.target.transport.remarks().into_iter().chain(plan.suite.remark()).chain(paths).collect()
}

fn absence(plan: &Plan, area: &str, reason: &str) -> Absence {
    let mut cases: BTreeMap<String, usize> = BTreeMap::new();
    for planned in &plan.cases {
        if plan.absence(&planned.case).is_some_and(|(name, _)| name == area) {
            *cases.entry(planned.profile.id.clone()).or_default() += 1;
        }
    }
    Absence { area: area.to_owned(), reason: reason.to_owned(), cases }
}

fn started(plan: &Plan, run: &Run) -> RunStarted {
    let selected = |profile: &Profile| {
        let own = plan.cases.iter().filter(|planned| planned.profile.id == profile.id).count();
        own + plan.elsewhere.get(&profile.id).copied().unwrap_or_default()
    };
    let profiles = plan.profiles.iter().map(|profile| ProfileInfo {
        id: profile.id.clone(),
        title: profile.title.clone(),
        edition: profile.edition.clone(),
        areas: profile.areas.clone(),
        selected: selected(profile),
        tested: plan.tested_by(profile),
    });
    RunStarted {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: Timestamp::now().to_string(),
        target: run.target.origin(),
        organization: run.target.organization.clone(),
        profiles: profiles.collect(),
        cases: plan.cases.len(),
        deselected: plan.deselected,
        writing: plan.writing,
        shard: plan.shard,
        absent: plan.absent.iter().map(|(area, reason)| absence(plan, area, reason)).collect(),
        remarks: remarks(plan, run),
        requirements: requirements(plan),
    }
}
