//! From results to claims, and from claims to the exit code of the gate.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::event::{
    Alike, CaseResult, CheckResult, Claim, OperationAnswers, Outcome, ProfileClaim, ProfileInfo, RequirementInfo,
    RunFinished, RunStarted, Standing, Verdict,
};
use crate::gate::{GateResult, Watch};
use crate::report::Tally;
use crate::suite::Level;

/// Exit codes of the gate.
pub mod exit {
    /// The gate passed.
    pub const PASSED: u8 = 0;
    /// The target deviates, in a way that is not known.
    pub const DEVIATIONS: u8 = 1;
    /// Usage, configuration or case-file error.
    pub const USAGE: u8 = 2;
    /// The verdict could not be established.
    pub const NOT_ESTABLISHED: u8 = 3;
    /// The target deviates as is known, but the baseline does not say the truth any more.
    pub const BASELINE: u8 = 4;
    /// The suite itself failed.
    pub const INTERNAL: u8 = 70;
}

/// What a run keeps of its cases besides what became of the requirements.
#[derive(Default)]
pub(crate) struct Totals {
    /// Cases that showed nothing, by area, verdict and reason.
    unheard: BTreeMap<(String, Verdict, String), usize>,
    /// Those of them that are not accepted.
    hindering: BTreeSet<(String, Verdict, String)>,
    /// Cases that deviated and then did not come to their end, and of which that is not accepted.
    halted: BTreeSet<(String, Verdict, String)>,
    /// Areas of which a case was about something that the target has, or is said to have.
    shown: BTreeSet<String>,
    leaks: Vec<String>,
    kept: Vec<String>,
    /// The journal, if something is left.
    pub(crate) journal: Option<String>,
    /// What all answers were like, where they were alike; by profile.
    pub(crate) alike: BTreeMap<String, Alike>,
    /// How each operation was answered, by profile.
    pub(crate) operations: BTreeMap<String, Vec<OperationAnswers>>,
    /// Why no case could run at all.
    pub(crate) trouble: Vec<String>,
}

impl Totals {
    pub(crate) fn add(&mut self, result: &CaseResult) {
        self.leaks.extend(result.leaks.iter().cloned());
        self.kept.extend(result.kept.iter().cloned());
        if result.verdict != Verdict::NotApplicable {
            self.shown.insert(result.area.clone());
        }
        let Some(trouble) = result.trouble() else { return };
        let reason = result.reason.clone().unwrap_or_else(|| "checks could not be evaluated".to_owned());
        let is_unheard = result.verdict.is_unheard();
        if result.known.is_none() {
            let kind = if is_unheard { &mut self.hindering } else { &mut self.halted };
            kind.insert((result.area.clone(), trouble, reason.clone()));
        }
        let told = if is_unheard { result.verdict } else { trouble };
        if is_unheard || trouble == Verdict::Inconclusive {
            *self.unheard.entry((result.area.clone(), told, reason)).or_default() += 1;
        }
    }

    /// Whether any case was about something that the target has.
    fn shows(&self, profile: &ProfileInfo) -> bool {
        self.shown.iter().any(|area| profile.covers(area))
    }

    /// Why nothing can be claimed of these areas, in words.
    fn unheard(&self, profile: &ProfileInfo) -> Vec<String> {
        let mut reasons: BTreeMap<(Verdict, &str), usize> = BTreeMap::new();
        for ((area, verdict, reason), count) in &self.unheard {
            if profile.covers(area) {
                *reasons.entry((*verdict, reason)).or_default() += count;
            }
        }
        let word = |count| if count == 1 { "case" } else { "cases" };
        reasons
            .into_iter()
            .map(|((verdict, reason), count)| format!("{count} {} {verdict}: {reason}", word(count)))
            .collect()
    }
}

/// The verdict of a case: the worst of what happened in it.
pub(crate) fn of_case(checks: &[CheckResult], trouble: Option<Verdict>) -> Verdict {
    let worst = checks.iter().map(|check| match check.outcome {
        Outcome::Fail => Verdict::Fail,
        Outcome::Warn => Verdict::Warn,
        Outcome::NotRun => Verdict::Blocked,
        Outcome::Pass | Outcome::Note | Outcome::NotApplicable => Verdict::Pass,
    });
    let shown = checks.is_empty() || checks.iter().any(|check| check.outcome != Outcome::NotApplicable);
    let best = if shown { Verdict::Pass } else { Verdict::NotApplicable };
    worst.chain(trouble).fold(best, Verdict::max)
}

/// Sums a run up: from what was to be run and what came of it, so that a recorded run sums up to the same.
pub(crate) fn finished(
    started: &RunStarted,
    tally: &Tally,
    totals: Totals,
    watch: Watch,
    elapsed: Duration,
) -> RunFinished {
    let standings = tally.standings(&started.requirements);
    let mut counts: BTreeMap<Standing, usize> = BTreeMap::new();
    for standing in standings.values() {
        *counts.entry(*standing).or_default() += 1;
    }
    let claims = started.profiles.iter().map(|profile| {
        let claim = claim(started, profile, &standings, &totals);
        let operations = totals.operations.get(&profile.id).cloned().unwrap_or_default();
        with_operations(with_alike(claim, totals.alike.get(&profile.id)), operations)
    });
    let claims: Vec<ProfileClaim> = claims.collect();
    let hindrances = hindrances(started, &standings, &totals, &watch);
    let established = hindrances.is_empty();
    let gate = watch.end(hindrances);
    RunFinished {
        finished_at: Timestamp::now().to_string(),
        milliseconds: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        exit_code: exit_code(&gate, established, tally),
        gate,
        claims,
        verdicts: tally.verdicts().clone(),
        requirements: counts,
        leaks: totals.leaks,
        kept: totals.kept,
        journal: totals.journal,
    }
}

fn claim(
    started: &RunStarted,
    profile: &ProfileInfo,
    standings: &BTreeMap<String, Standing>,
    totals: &Totals,
) -> ProfileClaim {
    let made = |claim, reasons| ProfileClaim {
        profile: profile.id.clone(),
        claim,
        reasons,
        alike: None,
        operations: Vec::new(),
    };
    if !totals.trouble.is_empty() {
        return made(Claim::NotEstablished, totals.trouble.clone());
    }
    let tested = &profile.tested;
    let musts = |standing: Standing| {
        let stands = |info: &&RequirementInfo| tested.contains(&info.id) && standings.get(&info.id) == Some(&standing);
        started.requirements.iter().filter(|info| info.level == Level::Must).filter(stands).count()
    };
    let (broken, unchecked) = (musts(Standing::Broken), musts(Standing::NotChecked));
    let unheard = totals.unheard(profile);
    if broken > 0 {
        let mut reasons = vec![format!("{broken} of {} requirements broken", tested.len())];
        reasons.extend(unheard);
        made(Claim::NonConformant, reasons)
    } else if profile.selected == 0 {
        made(Claim::NotEstablished, vec!["no case was selected".to_owned()])
    } else if !unheard.is_empty() {
        made(Claim::NotEstablished, unheard)
    } else if started.shard.is_none() && !totals.shows(profile) {
        let nothing = "no case is about anything that the target has: nothing was put to the test".to_owned();
        made(Claim::NotEstablished, [nothing].into_iter().chain(absent(started, profile)).collect())
    } else if started.deselected > 0 || started.shard.is_some() || !absent(started, profile).is_empty() {
        made(Claim::Partial, left_out(started).into_iter().chain(absent(started, profile)).collect())
    } else if unchecked > 0 {
        // Every case ran, and still a rule was never looked at: then nobody may claim it.
        made(Claim::NotEstablished, vec![format!("{unchecked} requirement(s) were not checked")])
    } else {
        made(Claim::Conformant, inapplicable(&started.requirements, tested, standings))
    }
}

/// Says it where nothing was shown and all answers were alike: then it was hardly the API that answered.
fn with_alike(mut claim: ProfileClaim, alike: Option<&Alike>) -> ProfileClaim {
    let failed = matches!(claim.claim, Claim::NotEstablished | Claim::NonConformant);
    if let Some(alike) = alike.filter(|_| failed) {
        let Alike { answers, status, media_type } = alike;
        let media_type = media_type.as_deref().unwrap_or("no media type");
        let reason = format!(
            "all {answers} answers were alike (status {status}, {media_type}), so it is hardly the API that answers: \
             check the address, the base path and the token, and what stands between the server and this machine"
        );
        claim.reasons.insert(0, reason);
        claim.alike = Some(alike.clone());
    }
    claim
}

/// Names the operations that were never granted: one cause of many deviations, and the place to start.
fn with_operations(mut claim: ProfileClaim, operations: Vec<OperationAnswers>) -> ProfileClaim {
    if claim.claim == Claim::NonConformant && claim.alike.is_none() {
        let never = operations.iter().filter(|operation| operation.never_succeeded());
        claim.reasons.extend(never.map(|OperationAnswers { method, path, statuses, .. }| {
            let statuses = statuses.iter().map(|(status, count)| format!("{status} in {count}"));
            let statuses = statuses.collect::<Vec<_>>().join(", ");
            format!("{method} {path} never succeeded (answers by status: {statuses}): start there, for much else may follow from it")
        }));
    }
    claim.operations = operations;
    claim
}

/// What of a profile its implementer says is not there. That is no claim of conformance with all of it.
fn absent(started: &RunStarted, profile: &ProfileInfo) -> Vec<String> {
    let own = started.absent.iter().filter_map(|absence| Some((absence, absence.cases.get(&profile.id)?)));
    own.map(|(absence, cases)| {
        let noun = if *cases == 1 { "case" } else { "cases" };
        format!("{} is declared absent ({}): {cases} {noun} not run", absence.area, absence.reason)
    })
    .collect()
}

/// Which cases were not run, and why.
fn left_out(started: &RunStarted) -> Vec<String> {
    let &RunStarted { deselected, writing, .. } = started;
    let writing = match writing {
        0 => String::new(),
        all if all == deselected => ", because they write, and the run only reads".to_owned(),
        count => format!(", {count} of them because they write, and the run only reads"),
    };
    let deselected = (deselected > 0).then(|| format!("{deselected} case(s) were not selected{writing}"));
    let shard = started.shard.map(|shard| format!("this is share {shard} of the cases; `report merge` joins them"));
    deselected.into_iter().chain(shard).collect()
}

/// What a conformant target, legally, does not have, so that its rules were not put to the test.
fn inapplicable(
    requirements: &[RequirementInfo],
    tested: &BTreeSet<String>,
    standings: &BTreeMap<String, Standing>,
) -> Vec<String> {
    let stands = |info: &&RequirementInfo| standings.get(&info.id) == Some(&Standing::NotApplicable);
    let ids: Vec<_> = requirements.iter().filter(stands).map(|info| info.id.as_str()).collect();
    let ids: Vec<_> = ids.into_iter().filter(|id| tested.contains(*id)).collect();
    if ids.is_empty() {
        return Vec::new();
    }
    vec![format!("not put to the test, because the target has nothing that they are about: {}", ids.join(", "))]
}

/// Why the verdict does not stand, so that the gate cannot open, whatever is known.
fn hindrances(
    started: &RunStarted,
    standings: &BTreeMap<String, Standing>,
    totals: &Totals,
    watch: &Watch,
) -> Vec<String> {
    if !totals.trouble.is_empty() {
        return totals.trouble.clone();
    }
    let mut hindrances = Vec::new();
    if started.profiles.is_empty() {
        hindrances.push("no profile is claimed".to_owned());
    }
    for profile in &started.profiles {
        let id = &profile.id;
        let count =
            |kind: &BTreeSet<(String, Verdict, String)>| kind.iter().filter(|(area, ..)| profile.covers(area)).count();
        let (hindering, halted) = (count(&totals.hindering), count(&totals.halted));
        let is_open = |info: &RequirementInfo| {
            let unchecked = standings.get(&info.id) == Some(&Standing::NotChecked);
            profile.tested.contains(&info.id) && info.level == Level::Must && unchecked && !watch.excuses(&info.id)
        };
        let is_whole = started.deselected == 0 && started.shard.is_none();
        if profile.selected == 0 {
            hindrances.push(format!("{id}: no case was selected"));
        } else if hindering > 0 {
            hindrances.push(format!("{id}: cases were not judged"));
        } else if halted > 0 && !watch.has_new() {
            // A new deviation closes the gate by itself, and says why the rest of its case was not judged.
            hindrances.push(format!("{id}: cases were not judged to their end"));
        } else if started.shard.is_none() && !totals.shows(profile) {
            hindrances.push(format!("{id}: nothing was put to the test"));
        } else if is_whole && started.requirements.iter().any(is_open) {
            hindrances.push(format!("{id}: requirements were not checked"));
        }
    }
    hindrances
}

fn exit_code(gate: &GateResult, established: bool, tally: &Tally) -> u8 {
    if tally.verdicts().contains_key(&Verdict::Error) {
        exit::INTERNAL
    } else if gate.new > 0 {
        exit::DEVIATIONS
    } else if !established {
        exit::NOT_ESTABLISHED
    } else if gate.entries.iter().any(|entry| entry.state.fails()) {
        exit::BASELINE
    } else {
        exit::PASSED
    }
}
