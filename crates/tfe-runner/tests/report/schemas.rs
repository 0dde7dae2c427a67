//! Protects the published formats: what is written is what `schemas/conformance` describes, and all
//! that is written is described there.

use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tfe_runner::event::Event;
use tfe_runner::report::{Format, Style};
use tfe_schema::Catalog;

use super::{fixture, text};

/// Every list of events that the fixtures have.
fn runs() -> [Vec<Event>; 6] {
    [
        fixture::known(),
        fixture::open(),
        fixture::everything(),
        fixture::conformant(),
        fixture::refused(),
        fixture::unanswered(3),
    ]
}

/// The schemas of the bundled folder with every object closed: then a member without a description is refused.
fn closed() -> Result<Catalog, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/conformance");
    fs::create_dir(folder.path().join("conformance"))?;
    for name in ["event.json", "report.json"] {
        let mut schema: Value = serde_json::from_slice(&fs::read(bundled.join(name))?)?;
        close(&mut schema);
        fs::write(folder.path().join("conformance").join(name), schema.to_string())?;
    }
    Ok(Catalog::from_dir(folder.path())?)
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("type") == Some(&json!("object")) && members.contains_key("properties") {
                members.insert("additionalProperties".into(), json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn assert_described(catalog: &Catalog, events: &[Event]) {
    let schema = |id| catalog.schema(id).unwrap_or_else(|| panic!("no schema {id}"));
    for line in text(Format::Events, Style::default(), events).lines() {
        let found = schema("conformance/event").check(line.as_bytes());
        assert!(found.is_valid(), "{line}\n{found}");
    }
    let report = text(Format::Json, Style::default(), events);
    let found = schema("conformance/report").check(report.as_bytes());
    assert!(found.is_valid(), "{found}");
}

#[test]
fn events_and_the_json_report_are_as_published() {
    for events in runs() {
        assert_described(Catalog::bundled(), &events);
    }
}

#[test]
fn all_that_is_written_is_described() {
    let closed = closed().unwrap();
    for events in runs() {
        assert_described(&closed, &events);
    }
}
