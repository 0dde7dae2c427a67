//! What the reports say, all from fixed lists of events.

mod fixture;
mod schemas;

use tfe_runner::event::Event;
use tfe_runner::report::{Format, Style};

/// Compares with a snapshot in the `snapshots/report` folder of the repository.
macro_rules! assert_report {
    ($name:expr, $text:expr) => {
        insta::with_settings!({
            snapshot_path => "../../../../snapshots/report",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!($name, $text) })
    };
}

fn bytes(format: Format, style: Style, events: &[Event]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut report = format.report(style);
    for event in events {
        report.event(event, &mut out).expect("a vector takes everything");
    }
    out
}

fn text(format: Format, style: Style, events: &[Event]) -> String {
    String::from_utf8(bytes(format, style, events)).expect("reports are UTF-8")
}

fn plain(events: &[Event]) -> String {
    text(Format::Human, Style::default(), events)
}

#[test]
fn human() {
    assert_report!("human", plain(&fixture::everything()));
}

#[test]
fn human_in_colour() {
    let style = Style { color: true, ..Style::default() };
    let colored = text(Format::Human, style, &fixture::everything());
    // The colours are the only difference.
    let mut stripped = String::new();
    for (index, part) in colored.split('\u{1b}').enumerate() {
        stripped.push_str(if index == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(stripped, plain(&fixture::everything()));
    assert_report!("human-in-colour", colored.replace('\u{1b}', "␛"));
}

#[test]
fn human_verbose() {
    let style = Style { verbose: true, ..Style::default() };
    let verbose = text(Format::Human, style, &fixture::everything());
    for needle in ["x-trace: 1", "\"var-20\"", "v2/variables/list/filter (A filter selects a workspace)"] {
        assert!(verbose.contains(needle), "{needle}");
    }
    assert!(!verbose.contains("Also in"));
}

#[test]
fn human_of_a_conformant_run() {
    assert_report!("human-conformant", plain(&fixture::conformant()));
}

#[test]
fn human_of_a_run_that_could_not_begin() {
    assert_report!("human-refused", plain(&fixture::refused()));
}

#[test]
fn human_of_a_selection() {
    let mut events = fixture::conformant();
    for event in &mut events {
        match event {
            Event::RunStarted(started) => started.deselected = 9,
            Event::CaseFinished(case) => case.implied.clear(),
            _ => {}
        }
    }
    let said = plain(&events);
    assert!(said.contains("cases         3 of 12 (the rest was not selected)"), "{said}");
    assert!(!said.contains("Not established"), "what was not selected is no news: {said}");
}

#[test]
fn human_of_a_target_that_does_not_answer() {
    let events = fixture::unanswered(60);
    let said = plain(&events);
    assert_eq!(said.matches("(no answer)").count(), 3, "{said}");
    assert!(said.contains("inconclusive: 12 more causes in 36 cases"), "{said}");
    let verbose = text(Format::Human, Style::new(false, true), &events);
    assert_eq!(verbose.matches("(no answer)").count(), 20, "{verbose}");
}

#[test]
fn json() {
    let json = text(Format::Json, Style::default(), &fixture::everything());
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    // Escapes are how JSON is written, not what it says.
    let deviations = value["deviations"].as_array().unwrap();
    let hostile = deviations.iter().find(|found| found["case"] == "v2/access/create-without-token").unwrap();
    let page = hostile.pointer("/exchange/response/body").unwrap().as_str().unwrap();
    assert!(page.contains("\u{1b}]0;owned\u{7}"), "{page}");
    assert_report!("json", json);
}

/// What a baseline changes in each report: known is told in short, wrong entries are told first.
#[test]
fn baseline() {
    for (events, name) in [(fixture::known(), "closed"), (fixture::open(), "open")] {
        for format in
            [Format::Human, Format::Junit, Format::Tap, Format::Markdown, Format::Github, Format::Sarif, Format::Json]
        {
            assert_report!(format!("baseline-{name}-{format}"), text(format, Style::default(), &events));
        }
        let html = text(Format::Html, Style::default(), &events);
        assert!(html.contains("2.0 repairs it") && !html.contains('\u{1b}'));
        let (_, section) = html.split_once("<section aria-labelledby=\"known\">").unwrap();
        let (section, _) = section.split_once("</section>").unwrap();
        assert_report!(format!("baseline-{name}-html-section"), section);
        let sarif: serde_json::Value = serde_json::from_str(&text(Format::Sarif, Style::default(), &events)).unwrap();
        let results = sarif.pointer("/runs/0/results").unwrap().as_array().unwrap();
        let suppressed: Vec<_> = results.iter().filter(|found| found.get("suppressions").is_some()).collect();
        assert!(!suppressed.is_empty() && suppressed.len() < results.len() || name == "open");
        assert!(suppressed.iter().all(|found| !found["suppressions"][0]["justification"].is_null()));
    }
}

#[test]
fn junit() {
    let xml = text(Format::Junit, Style::default(), &fixture::everything());
    let read = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    assert_eq!((read.tests, read.failures, read.errors, read.skipped), (13, 6, 2, 3));
    assert_report!("junit", xml);
}

#[test]
fn junit_of_a_run_that_could_not_begin() {
    assert_report!("junit-refused", text(Format::Junit, Style::default(), &fixture::refused()));
}

#[test]
fn events() {
    let events = fixture::everything();
    let lines = text(Format::Events, Style::default(), &events);
    assert_eq!(lines.lines().count(), events.len());
    let read: Vec<Event> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, events);
    // A report of the recorded stream is the report of the run.
    for format in Format::ALL {
        assert_eq!(bytes(format, Style::default(), &read), bytes(format, Style::default(), &events), "{format}");
    }
    assert_report!("events", lines);
}

#[test]
fn html() {
    let html = text(Format::Html, Style::default(), &fixture::everything());
    // The words of the target are text, never markup.
    assert!(!html.contains("<img") && html.contains("FAKE: all passed"), "{html}");
    let outside = ["src=", "http-equiv=\"refresh", "<link", "<iframe", "onload=", "onerror="];
    assert!(outside.iter().all(|part| !html.contains(part)));
    let body = html.split_once("<body>").unwrap().1;
    assert_report!("html", body.split_once("<script>").unwrap().0);
}

#[test]
fn html_of_a_run_that_could_not_begin() {
    let html = text(Format::Html, Style::default(), &fixture::refused());
    assert!(html.contains("the target refused the token") && html.contains("not-established"), "{html}");
}

#[test]
fn markdown() {
    assert_report!("markdown", text(Format::Markdown, Style::default(), &fixture::everything()));
}

#[test]
fn sarif() {
    let sarif = text(Format::Sarif, Style::default(), &fixture::everything());
    let log: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_i64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    assert_report!("sarif", sarif);
}

#[test]
fn github() {
    let said = text(Format::Github, Style::default(), &fixture::everything());
    assert!(said.lines().all(|line| line.starts_with("::")), "{said}");
    assert_report!("github", said);
}

#[test]
fn tap() {
    let said = text(Format::Tap, Style::default(), &fixture::everything());
    let points = said.lines().filter(|line| line.starts_with("ok ") || line.starts_with("not ok ")).count();
    assert!(said.contains(&format!("\n1..{points}\n")), "{said}");
    assert_report!("tap", said);
}

#[test]
fn the_stream_is_written_as_it_happens() {
    let events = fixture::everything();
    let mut report = Format::Events.report(Style::default());
    let mut out = std::io::BufWriter::new(Vec::new());
    report.event(&events[0], &mut out).unwrap();
    assert!(out.buffer().is_empty(), "flushed");
    assert!(out.get_ref().ends_with(b"\n"));
}

#[test]
fn nothing_that_steers_a_terminal_leaves_a_report() {
    for format in Format::ALL {
        for verbose in [false, true] {
            let said = text(format, Style { verbose, ..Style::default() }, &fixture::everything());
            let harmful = said.chars().find(|c| {
                (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            });
            assert_eq!(harmful, None, "{format}");
            assert!(said.contains("FAKE: all passed"), "{format}");
            assert!(!said.contains("\nFAKE"), "{format}: a target writes lines of its own");
        }
    }
}

#[test]
fn a_writer_that_fails_is_heard() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for format in Format::ALL {
        let mut report = format.report(Style::default());
        let failed = fixture::everything().iter().any(|event| report.event(event, &mut Full).is_err());
        assert!(failed, "{format}");
    }
}
