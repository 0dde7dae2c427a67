//! The event stream of a run: what tests read verdicts from.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;
use tfe_runner::event::{
    CaseResult, CheckResult, Claim, Event, Outcome, ProfileClaim, RunFinished, RunStarted, Verdict,
};

/// The events of one run, in order.
pub(crate) struct Events {
    text: String,
    events: Vec<Event>,
}

impl Events {
    pub(crate) fn parse(text: &str) -> Self {
        let events = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        Self { text: text.to_owned(), events }
    }

    pub(crate) fn started(&self) -> &RunStarted {
        match self.events.first() {
            Some(Event::RunStarted(started)) => started,
            other => panic!("a stream begins with run-started, not {other:?}"),
        }
    }

    pub(crate) fn finished(&self) -> &RunFinished {
        match self.events.last() {
            Some(Event::RunFinished(finished)) => finished,
            other => panic!("a stream ends with run-finished, not {other:?}"),
        }
    }

    pub(crate) fn cases(&self) -> impl Iterator<Item = &CaseResult> {
        self.events.iter().filter_map(|event| match event {
            Event::CaseFinished(case) => Some(case),
            _ => None,
        })
    }

    pub(crate) fn case(&self, id: &str) -> &CaseResult {
        self.cases().find(|case| case.id == id).unwrap_or_else(|| panic!("no result of {id}"))
    }

    /// The only case of the run.
    pub(crate) fn only_case(&self) -> &CaseResult {
        let cases: Vec<_> = self.cases().collect();
        let [case] = cases[..] else { panic!("one case expected, not {}: {:?}", cases.len(), self.finished()) };
        case
    }

    /// The claim on the profile that these tests are about.
    pub(crate) fn claim(&self) -> &ProfileClaim {
        let claim = self.finished().claims.iter().find(|claim| claim.profile == "v2");
        claim.unwrap_or_else(|| panic!("no claim on v2: {:?}", self.finished()))
    }

    /// The requirements that some check with this outcome cites.
    pub(crate) fn requirements(&self, outcome: Outcome) -> BTreeSet<&str> {
        self.checks().filter(|check| check.outcome == outcome).map(|check| check.requirement.as_str()).collect()
    }

    pub(crate) fn checks(&self) -> impl Iterator<Item = &CheckResult> {
        self.cases().flat_map(|case| &case.checks)
    }

    /// Everything holds, and may be claimed.
    #[track_caller]
    pub(crate) fn is_conformant(&self) {
        let odd: Vec<_> = self.cases().filter(|case| case.verdict != Verdict::Pass).collect();
        assert!(odd.is_empty(), "{odd:#?}");
        let claims = &self.finished().claims;
        assert!(!claims.is_empty() && claims.iter().all(|claim| claim.claim == Claim::Conformant), "{claims:?}");
        for outcome in [Outcome::Fail, Outcome::Warn, Outcome::NotRun] {
            assert_eq!(self.requirements(outcome), BTreeSet::new(), "{outcome:?}");
        }
    }

    /// The stream without what differs between any two runs of the same suite against the same
    /// server: times, ports, random ids, the random part of names, and lists of everything, which
    /// hold what other cases happen to have made.
    pub(crate) fn comparable(&self) -> Vec<String> {
        self.text.lines().map(|line| masked(&without_whole_lists(line))).collect()
    }
}

fn without_whole_lists(line: &str) -> String {
    let mut event: Value = serde_json::from_str(line).unwrap();
    let exchanges = event.get_mut("exchanges").and_then(Value::as_array_mut);
    for exchange in exchanges.into_iter().flatten() {
        let whole = exchange["method"] == "GET" && exchange["url"].as_str().unwrap().ends_with("/vars");
        if let Some(response) = exchange.get_mut("response").filter(|_| whole) {
            response["body"] = "LIST".into();
            response["headers"].as_array_mut().unwrap().retain(|header| header[0] != "content-length");
        }
    }
    event.to_string()
}

/// What differs between two runs, and what stands for it.
static VOLATILE: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    let mask = |pattern: &str, mark| (Regex::new(pattern).unwrap(), mark);
    vec![
        mask(r#""milliseconds":\d+"#, r#""milliseconds":0"#),
        mask(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
        mask(r#"\["date","[^"]*"\]"#, r#"["date","TIME"]"#),
        mask(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
        mask(r"tfc_[a-z2-7]{8}_", "tfc_RUN_"),
        // Which of the given environments a case gets is a matter of who comes first.
        mask(r"\b(env|bare)-\d\d\b", "$1-NN"),
        // Also where the id is a part of a pattern.
        mask(r"\b(var|ws|org)(\\*-)[A-Za-z0-9]{16}\b", "$1-ID"),
    ]
});

fn masked(line: &str) -> String {
    VOLATILE.iter().fold(line.to_owned(), |line, (pattern, mark)| pattern.replace_all(&line, *mark).into_owned())
}
