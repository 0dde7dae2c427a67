//! One fixed run for all report tests: every verdict, every outcome, and a target that says what
//! terminals and XML readers do not like.

use std::collections::BTreeMap;

use tfe_runner::event::{
    CaseResult, CheckResult, Claim, Event, ExchangeRecord, FORMAT, Observation, OperationAnswers, Outcome,
    ProfileClaim, ProfileInfo, RequirementInfo, ResponseRecord, RunFinished, RunStarted, Standing, Verdict,
};
use tfe_runner::gate::{Acceptance, EntryResult, EntryState, GateResult};
use tfe_runner::report::Tally;
use tfe_runner::suite::{Level, Place, SourceKind};

const MEDIA_TYPE: &str = "application/vnd.api+json";
const HIDDEN: &str = "v2.index.hidden-is-404";
const CODES: &str = "v2.index.standard-response-codes";
const RESPONSE_TYPE: &str = "jsonapi.response-content-type";
const LOCATION: &str = "jsonapi.create-responses-201-location";
const OMITTED: &str = "v2.variables.update.omitted-unchanged";
const FILTER: &str = "v2.variables.list.filter";
const CONFLICT: &str = "jsonapi.update-responses-409";
const SECRET: &str = "v2.variables.sensitive.not-visible";

/// The run with everything in it.
pub(crate) fn everything() -> Vec<Event> {
    let cases = vec![
        created(),
        linked(),
        conflict(),
        malformed(),
        hidden(),
        needs_outsider("v2/access/hidden-list"),
        needs_outsider("v2/access/hidden-update"),
        listed(),
        crashed(),
        omitted(),
        unprepared(),
        unheard(),
    ];
    let reasons = [
        "4 of 8 requirements broken",
        "1 case error: step `create`: the request body breaks `v2/variables/create-request`",
        "1 case inconclusive: step `update`: no answer within 10 s",
        "2 cases blocked: needs a second identity, and no outsider token was given",
        "1 case blocked: precondition `create` is not met: POST /api/v2/vars answered 422",
    ];
    run(cases, 12, 70, Claim::NonConformant, &reasons)
}

/// The same run with a baseline that has entries in every state, and where a `should` counts.
pub(crate) fn known() -> Vec<Event> {
    let acceptance = |reason: &str| Acceptance {
        reason: reason.to_owned(),
        link: Some("https://tracker.example.com/7".to_owned()),
        expires: Some("2027-01-31".to_owned()),
    };
    let entry = |case: &str, requirement: Option<&str>, state, reason: &str| EntryResult {
        case: case.to_owned(),
        requirement: requirement.map(str::to_owned),
        state,
        acceptance: acceptance(reason),
    };
    let entries = vec![
        entry("jsonapi/creating/created", Some(LOCATION), EntryState::Changed, "no header yet"),
        entry("jsonapi/creating/created", Some(RESPONSE_TYPE), EntryState::Known, "an old client\u{1b}[31m needs it"),
        entry("v2/access/hidden-list", None, EntryState::Known, "no second account yet"),
        entry("v2/access/hidden-read", Some(HIDDEN), EntryState::Expired, "to be repaired in January"),
        entry("v2/access/hidden-update", Some(HIDDEN), EntryState::NotSeen, "as above"),
        entry("v2/variables/list/filter", Some(FILTER), EntryState::Stale, "repaired long ago"),
        entry("v2/variables/update/only-named", Some(OMITTED), EntryState::Known, "2.0 repairs it"),
    ];
    let mut events = everything();
    for event in &mut events {
        match event {
            Event::CaseFinished(case) if case.id == "v2/access/hidden-list" => {
                case.known = Some(acceptance("no second account yet"));
            }
            Event::CaseFinished(case) => {
                let own = entries.iter().filter(|entry| entry.case == case.id && entry.state == EntryState::Known);
                for entry in own {
                    let cites = |check: &&mut CheckResult| Some(&check.requirement) == entry.requirement.as_ref();
                    let checks = case.checks.iter_mut().filter(cites);
                    checks.filter(|check| check.outcome != Outcome::Pass).for_each(|check| {
                        check.known = Some(entry.acceptance.clone());
                    });
                }
            }
            Event::RunFinished(finished) => {
                finished.gate = GateResult {
                    passed: false,
                    fail_on: Level::Should,
                    new: 5,
                    reasons: vec![
                        "5 deviations are not in the baseline".to_owned(),
                        "1 entry of the baseline is stale".to_owned(),
                    ],
                    baseline: Some("tfe-conformance-baseline.toml".to_owned()),
                    entries: entries.clone(),
                };
            }
            _ => {}
        }
    }
    events
}

/// A run that deviates in nothing but what is known.
pub(crate) fn open() -> Vec<Event> {
    let mut events = known();
    events.retain(|event| match event {
        Event::CaseFinished(case) => case.verdict == Verdict::Pass || case.id == "v2/variables/update/only-named",
        _ => true,
    });
    for event in &mut events {
        if let Event::RunFinished(finished) = event {
            let gate = &mut finished.gate;
            (gate.passed, gate.fail_on, gate.new, gate.reasons) = (true, Level::Must, 0, Vec::new());
            gate.entries.retain(|entry| entry.case == "v2/variables/update/only-named");
            finished.exit_code = 0;
        }
    }
    events
}

/// A run in which everything holds.
pub(crate) fn conformant() -> Vec<Event> {
    let passed = |id: &str, title: &str, requirement: &str| {
        let mut case = case(id, title, Verdict::Pass, 3);
        case.checks = vec![check(requirement, "read", Outcome::Pass, "status 404", "")];
        case.implied = [CODES, RESPONSE_TYPE, OMITTED, FILTER, SECRET].map(|id| (id.to_owned(), 2)).into();
        case
    };
    let cases = vec![
        passed("jsonapi/creating/created", "A created variable is answered with 201", LOCATION),
        passed("jsonapi/updating/conflict", "A conflict is answered with 409", CONFLICT),
        passed("v2/access/hidden-read", "Reading somebody else's variable tells nothing about it", HIDDEN),
    ];
    run(cases, 3, 0, Claim::Conformant, &[])
}

/// A run that could not begin.
pub(crate) fn refused() -> Vec<Event> {
    let reasons = ["the target refused the token: GET /api/v2/vars answered 401"];
    run(Vec::new(), 12, 3, Claim::NotEstablished, &reasons)
}

/// A run in which no case gets an answer, each three for the same cause.
pub(crate) fn unanswered(number: usize) -> Vec<Event> {
    let case = |index: usize| CaseResult {
        id: format!("v2/variables/update/{index:03}"),
        reason: Some(format!("step `s{}`: no answer within 10 s", index / 3)),
        ..unheard()
    };
    run((0..number).map(case).collect(), number, 3, Claim::NotEstablished, &["no answer"])
}

fn areas() -> Vec<String> {
    vec!["v2".to_owned(), "jsonapi".to_owned()]
}

fn operations() -> Vec<OperationAnswers> {
    vec![OperationAnswers {
        operation: "v2.variables.update".to_owned(),
        method: "PATCH".to_owned(),
        path: "/api/v2/vars/{variable_id}".to_owned(),
        statuses: [(200, 11), (422, 2)].into(),
        deviating: 1,
    }]
}

fn run(cases: Vec<CaseResult>, planned: usize, exit_code: u8, claim: Claim, reasons: &[&str]) -> Vec<Event> {
    let mut tally = Tally::default();
    for case in &cases {
        tally.add(case);
    }
    let requirements = requirements();
    let mut standings: BTreeMap<Standing, usize> = BTreeMap::new();
    for standing in tally.standings(&requirements).values() {
        *standings.entry(*standing).or_default() += 1;
    }
    let started = RunStarted {
        format: FORMAT,
        version: "0.1.0".to_owned(),
        started_at: "2026-11-23T10:00:00Z".to_owned(),
        target: "https://tfe.example.com".to_owned(),
        organization: "acme".to_owned(),
        profiles: vec![ProfileInfo {
            id: "v2".to_owned(),
            title: "Terraform Enterprise API v2".to_owned(),
            edition: "2018-06".to_owned(),
            areas: areas(),
            selected: planned,
            tested: requirements.iter().map(|known| known.id.clone()).collect(),
        }],
        cases: planned,
        deselected: 0,
        writing: 0,
        shard: None,
        absent: Vec::new(),
        remarks: Vec::new(),
        requirements,
    };
    let reasons = reasons.iter().map(|reason| (*reason).to_owned()).collect();
    let finished = RunFinished {
        finished_at: "2026-11-23T10:00:01.25Z".to_owned(),
        milliseconds: 1250,
        claims: vec![ProfileClaim { profile: "v2".to_owned(), claim, reasons, alike: None, operations: operations() }],
        verdicts: tally.verdicts().clone(),
        requirements: standings,
        leaks: cases.iter().flat_map(|case| case.leaks.iter().cloned()).collect(),
        kept: Vec::new(),
        journal: None,
        gate: GateResult {
            passed: exit_code == 0,
            fail_on: Level::Must,
            new: usize::from(exit_code == 1),
            reasons: if exit_code == 0 { Vec::new() } else { vec!["3 deviations are found".to_owned()] },
            baseline: None,
            entries: Vec::new(),
        },
        exit_code,
    };
    let mut events = vec![Event::RunStarted(started)];
    events.extend(cases.into_iter().map(Event::CaseFinished));
    events.push(Event::RunFinished(finished));
    events
}

// ---- the cases ----

/// No Location header, and a media type that is wrong in most answers.
fn created() -> CaseResult {
    let mut case = case("jsonapi/creating/created", "A created variable is answered with 201", Verdict::Fail, 12);
    let body = r#"{"data":{"type":"vars","attributes":{"key":"k-1","value":"one","category":"terraform"}}}"#;
    let answer = r#"{"data":{"id":"var-1","type":"vars","attributes":{"key":"k-1","value":"one","category":"terraform","hcl":false,"sensitive":false},"relationships":{"configurable":{"data":{"id":"ws-1","type":"workspaces"},"links":{"related":"/api/v2/organizations/acme/workspaces/a"}}}}}"#;
    case.exchanges = vec![exchange("create", "POST", "/vars", Some(body), Some((201, "application/json", answer)))];
    case.checks = vec![
        check(CODES, "create", Outcome::Pass, "status 201", ""),
        found(LOCATION, "create", Outcome::Warn, "header location present", "no location header"),
        media_type("create", 0),
    ];
    case.implied = [(CODES.to_owned(), 1)].into();
    case
}

/// Nothing but a warning.
fn linked() -> CaseResult {
    let mut case = case("jsonapi/creating/linked", "Location and self link are the same", Verdict::Warn, 5);
    case.exchanges = vec![exchange("create", "POST", "/vars", Some("{}"), Some((201, MEDIA_TYPE, "{}")))];
    case.checks = vec![found(LOCATION, "create", Outcome::Warn, "header location present", "no location header")];
    case
}

/// A `may` that is not taken.
fn conflict() -> CaseResult {
    let mut case = case("jsonapi/updating/conflict", "A conflict is answered with 409", Verdict::Pass, 4);
    case.exchanges = vec![exchange("update", "PATCH", "/vars/var-2", Some("{}"), Some((422, MEDIA_TYPE, "{}")))];
    case.checks = vec![found(CONFLICT, "update", Outcome::Note, "status 409", "status 422")];
    case.observations = vec![seen("conflict-status", "update", "422"), seen("malformed-status", "update", "400")];
    case
}

/// HTML with terminal escapes, where JSON was due.
fn malformed() -> CaseResult {
    let mut case = case("v2/access/create-without-token", "Creating needs a token", Verdict::Fail, 7);
    let page = "<html><body>\u{1b}]0;owned\u{7}\u{1b}[31m<h1>It & its \"friends\" ]]></h1>\u{9b}2J\r\n\u{202e}txt.exe\u{2069}\u{0}\u{7f}\u{feff}</body></html>";
    case.exchanges = vec![
        exchange("create", "POST", "/vars", Some("{\"data\":"), Some((500, "text/html", page))),
        exchange("list", "GET", "/vars", None, Some((200, "application/json", "{\"data\":[]}"))),
    ];
    case.checks = vec![
        found(
            CODES,
            "create",
            Outcome::Fail,
            "status 401, 403 or 404",
            "status 500, “\u{1b}[1mowned\u{7}”\nFAKE: all passed",
        ),
        media_type("list", 1),
    ];
    case.observations = vec![seen("malformed-status", "create", "\u{1b}[2J500"), seen("page-size", "list", "20")];
    case.leaks = vec!["DELETE /api/v2/vars/var-\u{1b}[8m3: status 500".to_owned()];
    case
}

/// One `must` broken in several steps, with different results.
fn hidden() -> CaseResult {
    let title = "Reading somebody else's variable tells nothing about it";
    let mut case = case("v2/access/hidden-read", title, Verdict::Fail, 21);
    let refused = r#"{"errors":[{"status":"403","title":"forbidden","detail":"var-1 belongs to <acme> & co"}]}"#;
    case.exchanges = vec![
        outsider(exchange("read-hidden", "GET", "/vars/var-1", None, Some((403, MEDIA_TYPE, refused)))),
        outsider(exchange("list-hidden", "GET", "/vars", None, Some((200, "application/json", &collection())))),
    ];
    case.checks = vec![
        found(HIDDEN, "read-hidden", Outcome::Fail, "status 404 or 405", "status 403"),
        check(HIDDEN, "read-missing", Outcome::Pass, "status 404 or 405", ""),
        at(1, found(HIDDEN, "list-hidden", Outcome::Fail, "no item of `/data`", "it is there: {\"id\":\"var-1\"}")),
        at(1, found(HIDDEN, "list-hidden", Outcome::Fail, "the id nowhere in the answer", "the answer shows it")),
        media_type("list-hidden", 1),
        check(OMITTED, "update", Outcome::NotRun, "`/data/attributes/hcl` = true", "not sent: `${gone}` is unknown"),
    ];
    case.implied = [(CODES.to_owned(), 3)].into();
    case
}

fn needs_outsider(id: &str) -> CaseResult {
    let reason = "needs a second identity, and no outsider token was given";
    let mut case = case(id, "Hidden variables stay hidden", Verdict::Blocked, 0);
    case.checks = vec![check(HIDDEN, "list", Outcome::NotRun, "status 404", reason)];
    case.reason = Some(reason.to_owned());
    case
}

/// Its own check passes; the media type is wrong.
fn listed() -> CaseResult {
    let mut case = case("v2/variables/list/filter", "A filter selects a workspace", Verdict::Fail, 9);
    case.checks = vec![check(FILTER, "list", Outcome::Pass, "the item present", "")];
    for (index, step) in ["list", "list-other", "list-none"].into_iter().enumerate() {
        let answer = Some((200, "application/json", r#"{"data":[]}"#));
        case.exchanges.push(exchange(step, "GET", "/vars?filter%5Bworkspace%5D%5Bname%5D=a", None, answer));
        case.checks.push(media_type(step, index));
    }
    case.observations = vec![seen("page-size", "list", "20"), seen("page-size", "list-other", "20")];
    case
}

/// The suite's own fault.
fn crashed() -> CaseResult {
    let mut case = case("v2/variables/sensitive/read", "A sensitive value is not shown", Verdict::Error, 1);
    case.reason = Some("step `create`: the request body breaks `v2/variables/create-request`".to_owned());
    case.checks = vec![check(SECRET, "read", Outcome::NotRun, "the secret value nowhere in the answer", "not sent")];
    case
}

/// A `must` that is broken and fits no line.
fn omitted() -> CaseResult {
    let title = "PATCH leaves omitted attributes unchanged";
    let mut case = case("v2/variables/update/only-named", title, Verdict::Fail, 15);
    let body = r#"{"data":{"id":"var-1","type":"vars","attributes":{"value":"two"}}}"#;
    case.exchanges =
        vec![exchange("update", "PATCH", "/vars/var-1", Some(body), Some((200, MEDIA_TYPE, &collection())))];
    let expected = "the item of `/data` with /id = \"var-1\": `/attributes/key` = \"k-1\", `/attributes/hcl` = true, `/attributes/category` = \"env\", `/attributes/sensitive` = false";
    case.checks = vec![
        check(OMITTED, "update", Outcome::Pass, "status 200", ""),
        found(OMITTED, "update", Outcome::Fail, expected, "`/attributes/hcl`: false"),
    ];
    case
}

/// A precondition that is not met, with the answer that says why.
fn unprepared() -> CaseResult {
    let mut case = case("v2/variables/update/sensitive", "A sensitive variable stays sensitive", Verdict::Blocked, 6);
    let answer = r#"{"errors":[{"status":"422","title":"quota exceeded"}]}"#;
    case.exchanges = vec![exchange("create", "POST", "/vars", Some("{}"), Some((422, MEDIA_TYPE, answer)))];
    let reason = "precondition `create` is not met: POST /api/v2/vars answered 422";
    case.checks = vec![check(SECRET, "list", Outcome::NotRun, "the secret value nowhere in the answer", reason)];
    case.reason = Some(reason.to_owned());
    case
}

fn unheard() -> CaseResult {
    let mut case = case("v2/variables/update/value", "PATCH changes the value", Verdict::Inconclusive, 10_000);
    case.exchanges = vec![exchange("update", "PATCH", "/vars/var-9", Some("{}"), None)];
    case.checks = vec![check(OMITTED, "update", Outcome::NotRun, "status 200", "no answer within 10 s")];
    case.reason = Some("step `update`: no answer within 10 s".to_owned());
    case
}

// ---- the parts ----

fn case(id: &str, title: &str, verdict: Verdict, milliseconds: u64) -> CaseResult {
    CaseResult {
        id: id.to_owned(),
        title: title.to_owned(),
        area: id.rsplit_once('/').expect("cases are in areas").0.to_owned(),
        file: format!("{id}.yaml"),
        verdict,
        reason: None,
        stopped: None,
        checks: Vec::new(),
        implied: BTreeMap::new(),
        exchanges: Vec::new(),
        observations: Vec::new(),
        leaks: Vec::new(),
        kept: Vec::new(),
        flaky: Vec::new(),
        known: None,
        milliseconds,
    }
}

fn check(requirement: &str, step: &str, outcome: Outcome, expected: &str, got: &str) -> CheckResult {
    CheckResult {
        requirement: requirement.to_owned(),
        step: step.to_owned(),
        place: Place { line: 12, column: 5 },
        implied: false,
        outcome,
        expected: expected.to_owned(),
        got: got.to_owned(),
        exchange: None,
        known: None,
    }
}

/// A check that the case's first exchange shows.
fn found(requirement: &str, step: &str, outcome: Outcome, expected: &str, got: &str) -> CheckResult {
    at(0, check(requirement, step, outcome, expected, got))
}

fn at(exchange: usize, check: CheckResult) -> CheckResult {
    CheckResult { exchange: Some(exchange), ..check }
}

/// What the implied rule says of `application/json`.
fn media_type(step: &str, exchange: usize) -> CheckResult {
    let expected = "Content-Type: application/vnd.api+json, without parameters";
    let check = check(RESPONSE_TYPE, step, Outcome::Fail, expected, "Content-Type: application/json");
    CheckResult { implied: true, ..at(exchange, check) }
}

fn seen(name: &str, step: &str, value: &str) -> Observation {
    Observation { name: name.to_owned(), step: step.to_owned(), value: value.to_owned() }
}

fn exchange(
    step: &str,
    method: &str,
    path: &str,
    body: Option<&str>,
    answer: Option<(u16, &str, &str)>,
) -> ExchangeRecord {
    let url = format!("https://tfe.example.com/api/v2{path}");
    let mut headers = vec![("accept", MEDIA_TYPE), ("authorization", "Bearer [user-token]")];
    headers.extend(body.map(|_| ("content-type", MEDIA_TYPE)));
    let data = body.map(|body| format!(" --data-binary '{body}'")).unwrap_or_default();
    ExchangeRecord {
        step: step.to_owned(),
        method: method.to_owned(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: body.map(str::to_owned),
        response: answer.map(|(status, media_type, body)| ResponseRecord {
            status,
            headers: [("date", "Mon, 23 Nov 2026 10:00:00 GMT"), ("content-type", media_type), ("x-trace", "1")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            body: body.to_owned(),
        }),
        curl: format!(
            "curl --globoff --path-as-is --include --request {method} --header \"authorization: Bearer $TFE_TOKEN\"{data} '{url}'"
        ),
        url,
    }
}

fn outsider(record: ExchangeRecord) -> ExchangeRecord {
    let curl = record.curl.replace("$TFE_TOKEN", "$TFE_OUTSIDER_TOKEN");
    let mut headers = record.headers;
    "Bearer [outsider-token]".clone_into(&mut headers[1].1);
    ExchangeRecord { curl, headers, ..record }
}

/// A list too long to be shown whole.
fn collection() -> String {
    let item = |number: usize| {
        format!(
            r#"{{"id":"var-{number}","type":"vars","attributes":{{"key":"k-{number}","value":"one","category":"env","hcl":false,"sensitive":false}},"links":{{"self":"/api/v2/vars/var-{number}"}}}}"#
        )
    };
    format!(r#"{{"data":[{}]}}"#, (1..=20).map(item).collect::<Vec<_>>().join(","))
}

fn requirements() -> Vec<RequirementInfo> {
    let index = ("Terraform Enterprise API Documentation (v2 index), March 2018", SourceKind::Tfe);
    let variables = ("Terraform Enterprise Variables API (v2), June 2018", SourceKind::Tfe);
    let json_api = ("JSON:API 1.0, May 2015", SourceKind::JsonApi);
    let location =
        "The response SHOULD include a `Location` header identifying the location of the newly created resource.";
    let conflict = "A server MAY return `409 Conflict` when processing a `PATCH` request to update a resource if that update\nwould violate other server-enforced constraints (such as a uniqueness constraint on a property other than `id`).";
    let response_type = "Servers MUST send all JSON API data in response documents with the header `Content-Type: application/vnd.api+json` without any media type parameters.";
    let omitted = "All of these properties are optional; if omitted, a property will be left unchanged.";
    let secret = "If true then the variable is written once and not visible thereafter.";
    let hidden = "We return 404 Not Found codes for resources that a user doesn't have access to";
    let info =
        |id: &str, level, statement: &str, (document, kind): (&str, SourceKind), section: &str| RequirementInfo {
            id: id.to_owned(),
            level,
            statement: statement.to_owned(),
            document: document.to_owned(),
            section: section.to_owned(),
            kind,
            note: None,
        };
    let note = "The API's documents never mention the header, hence should, also for its agreement with the self link.";
    vec![
        RequirementInfo {
            note: Some(note.to_owned()),
            ..info(LOCATION, Level::Should, location, json_api, "Creating Resources / 201 Created")
        },
        info(RESPONSE_TYPE, Level::Must, response_type, json_api, "Content Negotiation / Server Responsibilities"),
        info(CONFLICT, Level::May, conflict, json_api, "Updating Resources / 409 Conflict"),
        info(HIDDEN, Level::Must, hidden, index, "Response Codes"),
        info(CODES, Level::Must, "This API returns standard HTTP response codes.", index, "Response Codes"),
        info(FILTER, Level::Must, "Filters the variables by workspace.", variables, "List Variables"),
        info(SECRET, Level::Must, secret, variables, "Create a Variable / Request Body"),
        info(OMITTED, Level::Must, omitted, variables, "Update Variables / Request Body"),
    ]
}
