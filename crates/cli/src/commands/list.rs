//! `list`: what there is.

mod coverage;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Value, json};
use tfe_reference::{Fault, Variation};
use tfe_runner::{Plan, Selection, Suite};
use tfe_schema::Catalog;

use crate::args::{Kind, ListArgs, ListFormat};
use crate::failure::Failure;

/// One entry of a list: what people read, and what programs read.
struct Entry {
    id: String,
    about: String,
    json: Value,
}

pub(crate) fn list(args: &ListArgs) -> Result<ExitCode, Failure> {
    let plan = whole_plan()?;
    if args.coverage {
        coverage::print(&mut anstream::stdout(), &plan, args.format)?;
        return Ok(ExitCode::SUCCESS);
    }
    let all = [
        Kind::Profiles,
        Kind::Cases,
        Kind::Requirements,
        Kind::Operations,
        Kind::Schemas,
        Kind::Faults,
        Kind::Variations,
    ];
    let kinds: Vec<Kind> = all.into_iter().filter(|kind| args.kind.is_none_or(|wanted| wanted == *kind)).collect();
    let lists: Vec<_> = kinds.into_iter().map(|kind| (name(kind), entries(kind, &plan))).collect();
    let mut out = anstream::stdout();
    match args.format {
        ListFormat::Json => {
            let document: serde_json::Map<String, Value> = lists
                .into_iter()
                .map(|(name, entries)| (name.to_owned(), entries.into_iter().map(|entry| entry.json).collect()))
                .collect();
            writeln!(out, "{:#}", Value::Object(document))?;
        }
        ListFormat::Human => {
            let headings = lists.len() > 1;
            for (name, entries) in lists {
                print(&mut out, name, &entries, headings)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The whole bundled suite.
pub(super) fn whole_plan() -> Result<Plan, Failure> {
    Ok(Plan::new(Arc::new(Suite::bundled()?), Catalog::bundled(), &Selection::default())?)
}

fn print(out: &mut impl Write, name: &str, entries: &[Entry], heading: bool) -> std::io::Result<()> {
    let indent = if heading { "  " } else { "" };
    if heading {
        writeln!(out, "{name} ({})", entries.len())?;
    }
    let width = entries.iter().map(|entry| entry.id.chars().count()).max().unwrap_or(0);
    for entry in entries {
        writeln!(out, "{indent}{:width$}  {}", entry.id, entry.about)?;
    }
    if heading {
        writeln!(out)?;
    }
    Ok(())
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Profiles => "profiles",
        Kind::Cases => "cases",
        Kind::Requirements => "requirements",
        Kind::Operations => "operations",
        Kind::Schemas => "schemas",
        Kind::Faults => "faults",
        Kind::Variations => "variations",
    }
}

fn entries(kind: Kind, plan: &Plan) -> Vec<Entry> {
    match kind {
        Kind::Profiles => profiles(plan),
        Kind::Cases => cases(plan),
        Kind::Requirements => requirements(plan),
        Kind::Operations => operations(plan.catalog),
        Kind::Schemas => schemas(plan.catalog),
        Kind::Faults => faults(),
        Kind::Variations => variations(),
    }
}

fn profiles(plan: &Plan) -> Vec<Entry> {
    let entry = |profile: &tfe_runner::suite::Profile| Entry {
        id: profile.id.clone(),
        about: format!("{}, edition {}", profile.title, profile.edition),
        json: json!({ "id": profile.id, "title": profile.title, "edition": profile.edition, "areas": profile.areas }),
    };
    plan.profiles.iter().map(entry).collect()
}

fn cases(plan: &Plan) -> Vec<Entry> {
    let entry = |planned: &tfe_runner::Planned| {
        let case = &planned.case;
        let requirements: std::collections::BTreeSet<_> = case.requirements().collect();
        Entry {
            id: case.id.clone(),
            about: case.title.clone(),
            json: json!({
                "id": case.id,
                "title": case.title,
                "profile": planned.profile.id,
                "file": case.file,
                "requirements": requirements,
            }),
        }
    };
    plan.cases.iter().map(entry).collect()
}

fn requirements(plan: &Plan) -> Vec<Entry> {
    let entry = |requirement: &tfe_runner::suite::Requirement| {
        let excluded = if requirement.excluded.is_some() { " (excluded)" } else { "" };
        Entry {
            id: requirement.id.clone(),
            about: format!("{:<6}  {}{excluded}", requirement.level.to_string(), one_line(&requirement.statement)),
            json: json!(requirement),
        }
    };
    plan.suite.requirements.values().map(entry).collect()
}

fn operations(catalog: &Catalog) -> Vec<Entry> {
    let entry = |operation: &tfe_schema::Operation| Entry {
        id: operation.id.clone(),
        about: format!("{:<6} {}", operation.method, operation.full_path()),
        json: json!({
            "id": operation.id,
            "method": operation.method,
            "path": operation.full_path(),
            "summary": operation.summary,
            "request-schema": operation.request_schema(),
        }),
    };
    catalog.operations().map(entry).collect()
}

fn schemas(catalog: &Catalog) -> Vec<Entry> {
    let entry = |schema: &tfe_schema::Schema| Entry {
        id: schema.id().to_owned(),
        about: schema.title().to_owned(),
        json: json!({ "id": schema.id(), "title": schema.title(), "description": schema.description() }),
    };
    catalog.schemas().map(entry).collect()
}

fn faults() -> Vec<Entry> {
    let entry = |fault: Fault| Entry {
        id: fault.name().to_owned(),
        about: fault.description().to_owned(),
        json: json!({ "name": fault.name(), "description": fault.description(), "breaks": fault.breaks() }),
    };
    Fault::all().map(entry).collect()
}

fn variations() -> Vec<Entry> {
    let entry = |variation: Variation| Entry {
        id: variation.name().to_owned(),
        about: variation.description().to_owned(),
        json: json!({
            "name": variation.name(),
            "description": variation.description(),
            "legal": variation.legal(),
        }),
    };
    Variation::all().map(entry).collect()
}

/// A statement may hold lists; a list entry has one line.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 110;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        None => line,
        Some((end, _)) => format!("{}…", &line[..end]),
    }
}
