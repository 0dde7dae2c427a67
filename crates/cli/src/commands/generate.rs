//! `generate`: documents that satisfy a schema, or break it in one place each.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Write;
use std::process::ExitCode;

use serde_json::{Value, json};
use tfe_payload::{Generator, Mutant, Mutants, PayloadError};
use tfe_schema::{Catalog, Schema, form};

use crate::args::{GenerateArgs, GenerateFormat};
use crate::commands;
use crate::failure::Failure;

/// How many mutants are drawn for one that is still a mutant as a form, which knows no types.
const TRIES: u64 = 1000;

pub(crate) fn generate(args: &GenerateArgs) -> Result<ExitCode, Failure> {
    let own;
    let catalog = match &args.schemas {
        None => Catalog::bundled(),
        Some(dir) => {
            own = Catalog::from_dir(dir)?;
            &own
        }
    };
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let Some(id) = &args.schema else {
        for schema in catalog.schemas() {
            writeln!(out, "{}", schema.id())?;
        }
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    };
    let schema = catalog.schema(id).ok_or_else(|| {
        let hint = commands::hint(id, catalog.schemas().map(Schema::id));
        Failure::Usage(format!("unknown schema `{id}`{hint} (`tfe-conformance generate` lists all)"))
    })?;
    let mut generator = Generator::new(schema).map_err(|error| refused(&error))?;
    if args.format == GenerateFormat::Form {
        generator = generator.form();
    }
    if let Some(keyword) = &args.keyword {
        generator = generator.keyword(keyword);
    }
    let seed = args.seed.unwrap_or_else(drawn_seed);
    if args.invalid {
        let mutants = generator.mutants().map_err(|error| refused(&error))?;
        for index in 0..args.count {
            let mutant = mutant(args, schema, &mutants, seed, index)?;
            write_mutant(args.format, &mutant, &mut out)?;
        }
    } else {
        let documents = generator.documents().map_err(|error| refused(&error))?;
        for index in 0..args.count {
            write_document(args.format, &documents.of_seed(nth(seed, index)), &mut out)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The seed of one of many documents.
fn nth(seed: u64, index: u64) -> u64 {
    seed.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add(index)
}

/// A seed that nobody gave, told so that the documents can be had again.
fn drawn_seed() -> u64 {
    // Few digits: people type them.
    let seed = RandomState::new().build_hasher().finish() >> 32;
    let _ = writeln!(anstream::stderr(), "seed: {seed}");
    seed
}

fn mutant(args: &GenerateArgs, schema: &Schema, mutants: &Mutants, seed: u64, index: u64) -> Result<Mutant, Failure> {
    if args.format != GenerateFormat::Form {
        return Ok(mutants.of_seed(nth(seed, index)));
    }
    let tries = (0..TRIES).map(|attempt| mutants.of_seed(nth(nth(seed, index), attempt)));
    tries.into_iter().find(|mutant| is_mutant_as_form(schema, mutant)).ok_or_else(|| {
        Failure::Usage(format!("as a form, which knows no types, no document breaks {} in this way", schema.id()))
    })
}

fn is_mutant_as_form(schema: &Schema, mutant: &Mutant) -> bool {
    let Ok(text) = form::encode(&mutant.document) else { return false };
    let violations = schema.check_form(text.as_bytes()).violations;
    let at_label = |found: &tfe_schema::Violation| found.subject() == mutant.pointer && found.keyword == mutant.keyword;
    !violations.is_empty() && violations.iter().all(at_label)
}

fn write_document(format: GenerateFormat, document: &Value, out: &mut impl Write) -> Result<(), Failure> {
    match format {
        GenerateFormat::Json => writeln!(out, "{document:#}")?,
        GenerateFormat::Ndjson => writeln!(out, "{document}")?,
        GenerateFormat::Form => writeln!(out, "{}", form_of(document)?)?,
    }
    Ok(())
}

fn write_mutant(format: GenerateFormat, mutant: &Mutant, out: &mut impl Write) -> Result<(), Failure> {
    let Mutant { document, pointer, keyword, description, schema_location, .. } = mutant;
    if format == GenerateFormat::Form {
        writeln!(out, "{}\t{pointer}\t{keyword}\t{description}", form_of(document)?)?;
        return Ok(());
    }
    let labelled = json!({
        "document": document,
        "pointer": pointer.as_str(),
        "keyword": keyword,
        "description": description,
        "schema": schema_location,
    });
    write_document(format, &labelled, out)
}

fn form_of(document: &Value) -> Result<String, Failure> {
    form::encode(document).map_err(|error| Failure::Usage(format!("a form cannot say the document: {error}")))
}

fn refused(error: &PayloadError) -> Failure {
    let hint = match error {
        PayloadError::Keyword { keyword, known } => commands::hint(keyword, known.iter().map(String::as_str)),
        _ => String::new(),
    };
    Failure::Usage(format!("{error}{hint}"))
}
