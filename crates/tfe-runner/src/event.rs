//! Events: everything that a run says. Owned and serialisable, so that a report can be made from a
//! recorded stream as well as from a live run.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::gate::{Acceptance, GateResult};
use crate::plan::Shard;
use crate::suite::{Level, Place, SourceKind};

/// Version of the event format. A change that an older reader would misread raises it.
pub const FORMAT: u32 = 1;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// The run begins; nothing was sent yet but the preflight.
    RunStarted(RunStarted),
    /// A case is over. Cases come in the order of their ids, whatever order they ran in.
    CaseFinished(CaseResult),
    /// The run is over.
    RunFinished(RunFinished),
}

/// What is going to be run, against what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunStarted {
    /// [`FORMAT`].
    pub format: u32,
    /// Version of the suite.
    pub version: String,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// Origin of the target.
    pub target: String,
    /// The organization under test.
    pub organization: String,
    /// The profiles that are claimed.
    pub profiles: Vec<ProfileInfo>,
    /// How many cases are going to run.
    pub cases: usize,
    /// How many cases of the profiles were not selected.
    pub deselected: usize,
    /// How many of those would have been, if the run did more than read.
    #[serde(default)]
    pub writing: usize,
    /// Which share of the selected cases this run has; the whole if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// What the target is declared not to have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<Absence>,
    /// What a reader has to know of how it was run: what may have changed what was seen, another suite, another base
    /// path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// The requirements that the selected profiles test, with their words.
    pub requirements: Vec<RequirementInfo>,
}

/// An area that the target is declared not to have. No case of it is run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Absence {
    /// The area.
    pub area: String,
    /// Why.
    pub reason: String,
    /// How many selected cases of each profile it has, in this run.
    #[serde(default)]
    pub cases: BTreeMap<String, usize>,
}

/// A profile, for reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ProfileInfo {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Year and month of the documents.
    pub edition: String,
    /// The areas that it covers.
    pub areas: Vec<String>,
    /// How many of its cases are selected, in all shards together.
    #[serde(default)]
    pub selected: usize,
    /// The ids of the requirements that it tests.
    #[serde(default)]
    pub tested: BTreeSet<String>,
}

impl ProfileInfo {
    /// Whether an area is one of the profile's, or lies in one.
    pub(crate) fn covers(&self, area: &str) -> bool {
        let within =
            |own: &String| area.strip_prefix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.areas.iter().any(within)
    }
}

/// A requirement, for reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RequirementInfo {
    /// Its id.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// The words.
    pub statement: String,
    /// Title and edition of the document.
    pub document: String,
    /// The section.
    pub section: String,
    /// Kind of the document.
    pub kind: SourceKind,
    /// What to know about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CaseResult {
    /// The case.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its folder.
    pub area: String,
    /// Its file, by its path in the suite.
    pub file: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, where the checks do not say it: the root cause of `error`, `inconclusive` and `blocked`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What ended the case before its last step, where the verdict does not say it: something worse was seen before,
    /// or the case never began. It is in `reason`, and what was not checked then is known by no baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Verdict>,
    /// The checks that the case names, in order, and the implied ones that did not pass.
    pub checks: Vec<CheckResult>,
    /// How often an implied rule passed, by requirement.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub implied: BTreeMap<String, usize>,
    /// Requests and answers that the checks above point to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<ExchangeRecord>,
    /// Which of several legal answers the target gave.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<Observation>,
    /// What the case made and could not delete.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaks: Vec<String>,
    /// What the case made and left on purpose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
    /// Why the verdict may differ next time: requests that had to be sent again, and equal requests
    /// that were not answered alike.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flaky: Vec<String>,
    /// Why it is accepted that the case is blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Acceptance>,
    /// Wall time.
    pub milliseconds: u64,
}

impl CaseResult {
    /// What kept the case from being judged to its end, whatever it showed before.
    pub fn trouble(&self) -> Option<Verdict> {
        self.stopped.or(Some(self.verdict).filter(|verdict| verdict.is_unheard()))
    }
}

/// How a case ended, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every check passed.
    Pass,
    /// The case is about something that the target, legally, does not have.
    NotApplicable,
    /// A `should` was broken.
    Warn,
    /// A precondition was not met, so the case shows nothing.
    Blocked,
    /// The target could not be heard: timeout, connection lost, too many requests.
    Inconclusive,
    /// A `must` was broken.
    Fail,
    /// The suite itself is at fault.
    Error,
}

impl Verdict {
    /// Whether the case was not judged.
    pub fn is_unheard(self) -> bool {
        matches!(self, Self::Blocked | Self::Inconclusive | Self::Error)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pass => "pass",
            Self::NotApplicable => "not-applicable",
            Self::Warn => "warn",
            Self::Blocked => "blocked",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
            Self::Error => "error",
        })
    }
}

/// What became of one check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CheckResult {
    /// The requirement that it cites.
    pub requirement: String,
    /// The step.
    pub step: String,
    /// Where the step stands in the case file.
    pub place: Place,
    /// Whether a rule for every exchange found it, and not a check of the case.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub implied: bool,
    /// What became of it.
    pub outcome: Outcome,
    /// What was expected, in words.
    pub expected: String,
    /// What came instead; empty for a check that passed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub got: String,
    /// Which of the case's exchanges shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<usize>,
    /// Why the deviation is accepted by the gate; it is a deviation all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Acceptance>,
}

/// What became of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds.
    Pass,
    /// The rule is about something that the target, legally, does not have.
    NotApplicable,
    /// A `may` that the target does not take.
    Note,
    /// A `should` is broken.
    Warn,
    /// It was not evaluated.
    NotRun,
    /// A `must` is broken.
    Fail,
}

/// Something that the documents leave open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Observation {
    /// Name of the choice.
    pub name: String,
    /// The step that shows it.
    pub step: String,
    /// What was seen.
    pub value: String,
}

/// A request and its answer, as they were on the wire, without secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ExchangeRecord {
    /// The step.
    pub step: String,
    /// Method.
    pub method: String,
    /// URL.
    pub url: String,
    /// Headers that the suite set.
    pub headers: Vec<(String, String)>,
    /// Body, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The answer; absent where none came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseRecord>,
    /// A `curl` line that sends the request again, with the token from the environment.
    pub curl: String,
}

/// An answer as it was on the wire, without secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ResponseRecord {
    /// Status.
    pub status: u16,
    /// Headers, in order.
    pub headers: Vec<(String, String)>,
    /// Body, as text; long ones are cut.
    pub body: String,
}

/// How the run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunFinished {
    /// RFC 3339, UTC.
    pub finished_at: String,
    /// Wall time.
    pub milliseconds: u64,
    /// What may be said of each profile.
    pub claims: Vec<ProfileClaim>,
    /// Cases by verdict.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// Requirements by what became of them.
    pub requirements: BTreeMap<Standing, usize>,
    /// What the run made and could not delete.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaks: Vec<String>,
    /// What the run made and left on purpose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
    /// The file that says what is left, where something is: `clean` reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal: Option<String>,
    /// What the gate makes of it.
    pub gate: GateResult,
    /// The exit code of the gate.
    pub exit_code: u8,
}

/// What may be said of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ProfileClaim {
    /// The profile.
    pub profile: String,
    /// The claim.
    pub claim: Claim,
    /// Why it is not `conformant`, or what of it was not put to the test, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// What every answer was like, where all were alike and nothing was shown: then it is hardly the API that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alike: Option<Alike>,
    /// How each operation was answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<OperationAnswers>,
}

/// How an operation was answered in the cases of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct OperationAnswers {
    /// `operationId`, for example `v2.variables.create`.
    pub operation: String,
    /// HTTP method.
    pub method: String,
    /// The path on the target, with `{name}` for parameters.
    pub path: String,
    /// Answers by status.
    #[serde(deserialize_with = "by_status")]
    pub statuses: BTreeMap<u16, usize>,
    /// How many of the answers broke a `must`.
    pub deviating: usize,
}

/// Numbers as names of members: what serde has read ahead, to see which event it is, has them as text.
fn by_status<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<u16, usize>, D::Error> {
    let named: BTreeMap<String, usize> = Deserialize::deserialize(deserializer)?;
    let status = |(name, count): (String, usize)| Ok((name.parse().map_err(serde::de::Error::custom)?, count));
    named.into_iter().map(status).collect()
}

impl OperationAnswers {
    /// Whether all answers were errors (4xx, 5xx), and some of them broke a `must`: then much of what deviates may
    /// have this one cause.
    pub fn never_succeeded(&self) -> bool {
        self.deviating > 0 && self.statuses.keys().all(|status| *status >= 400)
    }

    /// Adds the answers of another share of the run.
    pub(crate) fn add(&mut self, other: &Self) {
        self.deviating += other.deviating;
        for (status, count) in &other.statuses {
            *self.statuses.entry(*status).or_default() += count;
        }
    }
}

/// Answers that are all alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Alike {
    /// How many there were.
    pub answers: usize,
    /// Their status.
    pub status: u16,
    /// Their media type, if they had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

/// What may be said of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// Every `must` of the profile was checked and holds. What the target, legally, has nothing for is
    /// named in the reasons.
    Conformant,
    /// What was selected holds; the rest was not looked at.
    Partial,
    /// The run could not show it.
    NotEstablished,
    /// A `must` is broken.
    NonConformant,
}

impl std::fmt::Display for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Conformant => "conformant",
            Self::Partial => "partial",
            Self::NotEstablished => "not-established",
            Self::NonConformant => "non-conformant",
        })
    }
}

/// What became of a requirement in a run, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Every check that cites it holds.
    Holds,
    /// It is about something that the target, legally, does not have.
    NotApplicable,
    /// A `may` that the target does not take.
    NotTaken,
    /// A `should` is broken.
    Warned,
    /// No check that cites it was evaluated.
    NotChecked,
    /// A `must` is broken.
    Broken,
}
