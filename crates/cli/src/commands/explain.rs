//! `explain`: one thing, and what hangs together with it.

use std::io::Write;
use std::process::ExitCode;

use tfe_reference::{Fault, Variation};
use tfe_runner::Plan;
use tfe_runner::suite::{Case, Requirement};
use tfe_schema::{Operation, Schema};

use super::list::whole_plan;
use super::topics::TOPICS;
use crate::args::ExplainArgs;
use crate::commands;
use crate::failure::Failure;

pub(crate) fn explain(args: &ExplainArgs) -> Result<ExitCode, Failure> {
    let id = args.id.as_str();
    let mut out = anstream::stdout();
    if let Some(topic) = TOPICS.iter().find(|topic| topic.name == id) {
        write!(out, "{}", topic.text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let plan = whole_plan()?;
    if let Some(requirement) = plan.suite.requirements.get(id) {
        requirement_in_words(&mut out, requirement, &plan)?;
    } else if let Some(planned) = plan.cases.iter().find(|planned| planned.case.id == id) {
        case_in_words(&mut out, &planned.case)?;
    } else if let Some(fault) = Fault::all().find(|fault| fault.name() == id) {
        fault_in_words(&mut out, fault)?;
    } else if let Some(variation) = Variation::all().find(|variation| variation.name() == id) {
        variation_in_words(&mut out, variation)?;
    } else if let Some(operation) = plan.catalog.operation(id) {
        operation_in_words(&mut out, operation, &plan)?;
    } else if let Some(schema) = plan.catalog.schema(id) {
        writeln!(out, "{}\n{}\n{}\n\n{:#}", schema.id(), schema.title(), schema.description(), schema.document())?;
    } else {
        return Err(unknown(id, &plan));
    }
    Ok(ExitCode::SUCCESS)
}

fn unknown(id: &str, plan: &Plan) -> Failure {
    let known = plan.suite.requirements.keys().map(String::as_str);
    let known = known.chain(plan.suite.cases.iter().map(|case| case.id.as_str()));
    let faults: Vec<&str> = Fault::all().map(Fault::name).chain(Variation::all().map(Variation::name)).collect();
    let known = known.chain(faults).chain(TOPICS.iter().map(|topic| topic.name));
    let known = known.chain(plan.catalog.operations().map(|operation| operation.id.as_str()));
    let hint = commands::hint(id, known.chain(plan.catalog.schemas().map(Schema::id)));
    Failure::Usage(format!("nothing is called `{id}`{hint} (`tfe-conformance list` shows everything)"))
}

fn requirement_in_words(out: &mut impl Write, requirement: &Requirement, plan: &Plan) -> std::io::Result<()> {
    let source = &requirement.source;
    let document = plan.suite.documents.get(&source.document);
    let document = document
        .map_or_else(|| source.document.clone(), |document| format!("{} ({})", document.title, document.edition));
    writeln!(out, "{}  [{}]\n", requirement.id, requirement.level)?;
    writeln!(out, "  “{}”", requirement.statement.trim().replace('\n', "\n  "))?;
    writeln!(out, "  — {document}, {}", source.section)?;
    if let Some(note) = &requirement.note {
        writeln!(out, "\nnote: {}", note.trim())?;
    }
    if let Some(reason) = &requirement.excluded {
        writeln!(out, "\nexcluded: {}", reason.trim())?;
    }
    let cases: Vec<_> =
        plan.cases.iter().filter(|planned| planned.case.requirements().any(|id| id == requirement.id)).collect();
    if !cases.is_empty() {
        writeln!(out, "\ntested by")?;
    }
    for planned in &cases {
        writeln!(out, "  {}  {}", planned.case.id, planned.case.title)?;
    }
    let everywhere: Vec<_> = plan
        .profiles
        .iter()
        .filter(|profile| plan.implied_by(profile).contains(&requirement.id))
        .map(|profile| profile.id.as_str())
        .collect();
    if !everywhere.is_empty() {
        writeln!(out, "\nchecked on every exchange of profile {}", everywhere.join(", "))?;
    }
    let faults: Vec<_> = Fault::all().filter(|fault| fault.breaks().contains(&requirement.id.as_str())).collect();
    if !faults.is_empty() {
        writeln!(out, "\nbroken by")?;
    }
    for fault in faults {
        writeln!(out, "  --fault {}  {}", fault.name(), fault.description())?;
    }
    Ok(())
}

fn case_in_words(out: &mut impl Write, case: &Case) -> std::io::Result<()> {
    writeln!(out, "{}\n{}", case.id, case.title)?;
    if let Some(description) = &case.description {
        writeln!(out, "\n{}", description.trim())?;
    }
    writeln!(out, "\nfile: conformance/{}\n\nsteps", case.file)?;
    for step in &case.steps {
        writeln!(out, "  {} ({} check(s))", step.id, step.checks.len())?;
    }
    writeln!(out, "\ntests")?;
    let requirements: std::collections::BTreeSet<_> = case.requirements().collect();
    for requirement in requirements {
        writeln!(out, "  {requirement}")?;
    }
    writeln!(out, "\nrun it alone: tfe-conformance run --reference --case '{}'", case.id)
}

fn fault_in_words(out: &mut impl Write, fault: Fault) -> std::io::Result<()> {
    writeln!(out, "--fault {}\n{}\n\nbreaks", fault.name(), fault.description())?;
    for requirement in fault.breaks() {
        writeln!(out, "  {requirement}")?;
    }
    Ok(())
}

fn variation_in_words(out: &mut impl Write, variation: Variation) -> std::io::Result<()> {
    writeln!(out, "--vary {variation}\n\n{}\n\nlegal: {}", variation.description(), variation.legal())
}

fn operation_in_words(out: &mut impl Write, operation: &Operation, plan: &Plan) -> std::io::Result<()> {
    writeln!(out, "{}\n{} {}\n{}", operation.id, operation.method, operation.full_path(), operation.summary)?;
    if let Some(schema) = operation.request_schema() {
        writeln!(out, "\nrequest body: {schema}")?;
    }
    writeln!(out, "\nanswers")?;
    for (status, response) in &operation.responses {
        let bodies: Vec<_> = response.bodies.values().map(String::as_str).collect();
        writeln!(out, "  {status}  {}", if bodies.is_empty() { "no body".to_owned() } else { bodies.join(", ") })?;
    }
    writeln!(out, "\nused by")?;
    for planned in plan.cases.iter().filter(|planned| planned.case.operations().any(|id| id == operation.id)) {
        writeln!(out, "  {}", planned.case.id)?;
    }
    Ok(())
}
