//! Explores a server: makes up cases, runs them like any other, and cuts down what deviates to the
//! least that still does.
//!
//! An exploration makes ordinary cases, in the format of case files, whose checks cite requirements
//! of the suite. So they are judged, reported and cleaned up behind like the cases that people
//! wrote, and a finding is a case file that `run --case` replays. What the documents leave open is
//! recorded, and nothing is demanded that no requirement says.

mod broken;
mod draft;
mod family;
mod file;
mod finding;
mod legacy;
mod legacy_payload;
mod model;
mod mutation;
mod operation;
mod payload;
mod sequence;
mod shrink;
mod text;
mod trial;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;

use self::family::Family;
pub use self::finding::Finding;
use self::finding::{Key, Suspects};
use crate::event::{CaseResult, Event, RunFinished, Verdict};
use crate::plan::Plan;
use crate::run::{Options, Runner, Session, StartError};
use crate::target::Target;

/// How to explore.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Exploration {
    /// How many cases are made up. Those that cut a finding down come on top.
    pub cases: usize,
    /// No case begins after this time; what was found is cut down for at most as long again.
    pub time: Option<Duration>,
    /// The same seed gives the same cases, whatever the other settings are.
    pub seed: u64,
    /// Where the caller is going to put the case files of findings, as reports name it.
    pub folder: String,
}

impl Exploration {
    /// An exploration of so many cases.
    pub fn new(cases: usize, seed: u64) -> Self {
        Self { cases, time: None, seed, folder: String::new() }
    }
}

/// What an exploration found.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Explored {
    /// How the run ended.
    pub finished: RunFinished,
    /// How many cases were made up and run, without those that cut findings down.
    pub tried: usize,
    /// Each deviation once, cut down.
    pub findings: Vec<Finding>,
}

/// So many cases in a row without an answer end an exploration: the next would not get one either.
const UNHEARD: usize = 20;

/// Explores a target in the profiles of the plan; every event goes to `sink`, in order.
///
/// # Errors
/// [`StartError`] when the exploration cannot begin. What the target does is never an error.
pub async fn explore(
    plan: Plan,
    target: Target,
    options: Options,
    exploration: &Exploration,
    sink: &mut (dyn FnMut(Event) + Send),
) -> Result<Explored, StartError> {
    let families = family::of(&plan);
    let jobs = options.jobs.max(1);
    let plan = family::planned(plan, &families, exploration.seed);
    let session = Session::begin(&plan, target, options, Some(exploration.cases), sink).await?;
    let mut explorer = Explorer {
        families: &families,
        exploration,
        runner: session.runner(),
        session,
        sink,
        suspects: Suspects::default(),
        findings: Vec::new(),
        known: BTreeMap::new(),
        next: exploration.cases,
    };
    let mut tried = 0;
    if explorer.session.is_open() {
        tried = explorer.look(jobs).await;
        explorer.cut_down().await;
    }
    let Explorer { session, sink, findings, .. } = explorer;
    Ok(Explored { finished: session.finish(sink), tried, findings })
}

struct Explorer<'e> {
    families: &'e [Family],
    exploration: &'e Exploration,
    session: Session,
    runner: Runner,
    sink: &'e mut (dyn FnMut(Event) + Send),
    suspects: Suspects,
    findings: Vec<Finding>,
    /// Which finding shows a deviation.
    known: BTreeMap<Key, usize>,
    /// The number of the next case that cuts a finding down: no two cases share names.
    next: usize,
}

impl Explorer<'_> {
    /// Runs cases side by side and takes their results in order, so that what is found does not
    /// depend on how many run at a time. Gives how many there were.
    async fn look(&mut self, jobs: usize) -> usize {
        let (families, seed) = (self.families, self.exploration.seed);
        let deadline = self.exploration.time.map(|time| Instant::now() + time);
        let runner = self.runner.clone();
        let stopped = self.runner.clone();
        let due = |_: &usize| !stopped.is_stopped() && deadline.is_none_or(|deadline| Instant::now() < deadline);
        let begun = (0..self.exploration.cases).take_while(due).filter_map(|index| {
            let family = family::at(families, index);
            let trial = family.trial(seed, index)?;
            let running = one(runner.clone(), index, family.made(index, &trial));
            Some(async move { (index, running.await) })
        });
        let mut results = futures_util::stream::iter(begun).buffered(jobs);
        let (mut tried, mut unheard) = (0, 0);
        while let Some((index, result)) = results.next().await {
            tried += 1;
            unheard = if is_unheard(&result) { unheard + 1 } else { 0 };
            match finding::keys(&result) {
                keys if keys.is_empty() => self.session.tell(result, self.sink),
                keys => self.suspects.add(index, keys, &result),
            }
            if unheard == UNHEARD {
                break;
            }
        }
        tried
    }

    /// Cuts down what deviated, one after the other: now no other case runs that could have been the
    /// cause.
    async fn cut_down(&mut self) {
        let suspects = std::mem::take(&mut self.suspects);
        let deadline = self.exploration.time.map(|time| Instant::now() + time);
        for (key, cases) in &suspects.cases {
            if self.known.contains_key(key) {
                continue;
            }
            let mut found = None;
            let runner = self.runner.clone();
            for (index, _) in cases.iter().filter(|_| !runner.is_stopped()) {
                found = self.least(*index, key, deadline).await;
                if found.is_some() {
                    break;
                }
            }
            // A target that does not do it again has done it once all the same.
            let found = found.or_else(|| cases.first().and_then(|(index, result)| self.as_it_was(*index, result)));
            if let Some(found) = found {
                self.found(key, found);
            }
        }
        for keys in &suspects.seen {
            let shown: BTreeSet<usize> = keys.iter().filter_map(|key| self.known.get(key)).copied().collect();
            for finding in shown {
                self.findings[finding].seen += 1;
            }
        }
    }

    /// The least that shows a deviation, if the case shows it alone.
    async fn least(&mut self, index: usize, key: &Key, deadline: Option<Instant>) -> Option<Found> {
        let (families, folder) = (self.families, &self.exploration.folder);
        let family = family::at(families, index);
        // The trial that the case was made from: it is made from the seed again.
        let first = family.trial(self.exploration.seed, index)?;
        let (runner, mut runs) = (self.runner.clone(), 0_usize);
        let next = &mut self.next;
        let smallest = shrink::shrink(first, deadline, async |trial| {
            (*next, runs) = (*next + 1, runs + 1);
            let result = one(runner.clone(), *next, family.made(index, trial)).await;
            finding::keys(&result).contains(key)
        })
        .await?;
        self.next += 1;
        let text = file::text(&smallest.document());
        let name = finding::name(&key.requirement, &self.findings);
        let result = one(runner, self.next, family.found(&name, &text, folder)).await;
        // What the suite cannot do is told as well.
        let shows = finding::keys(&result).contains(key) || result.verdict == Verdict::Error;
        shows.then_some(Found { result, text, runs })
    }

    fn as_it_was(&self, index: usize, result: &CaseResult) -> Option<Found> {
        let trial = family::at(self.families, index).trial(self.exploration.seed, index)?;
        Some(Found { result: result.clone(), text: file::text(&trial.document()), runs: 0 })
    }

    fn found(&mut self, key: &Key, found: Found) {
        let Found { result, text, runs } = found;
        let number = self.findings.len();
        for shown in finding::keys(&result).into_iter().chain([key.clone()]) {
            self.known.entry(shown).or_insert(number);
        }
        let name = finding::name(&key.requirement, &self.findings);
        let (requirement, title) = (key.requirement.clone(), result.title.clone());
        self.findings.push(Finding { name, requirement, title, text, seen: 0, runs });
        self.session.tell(result, self.sink);
    }
}

/// What is told of a finding.
struct Found {
    result: CaseResult,
    text: String,
    runs: usize,
}

/// Runs a case that was made up, if it could be.
async fn one(runner: Runner, index: usize, made: family::Made) -> CaseResult {
    match made.trouble {
        None => runner.run(index, made.planned).await,
        Some(trouble) => runner.failed(&made.planned, &trouble),
    }
}

/// Whether a case has shown nothing, because the target was not there or not willing.
fn is_unheard(result: &CaseResult) -> bool {
    matches!(result.verdict, Verdict::Blocked | Verdict::Inconclusive)
}
