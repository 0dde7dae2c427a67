//! `validate`: documents against a schema.

use std::io::{Read as _, Write};
use std::path::Path;
use std::process::ExitCode;

use tfe_runner::exit;
use tfe_runner::report::visible;
use tfe_schema::{Catalog, Place, Report, Schema};

use crate::args::ValidateArgs;
use crate::commands;
use crate::failure::Failure;

pub(crate) fn validate(args: &ValidateArgs) -> Result<ExitCode, Failure> {
    let own;
    let catalog = match &args.schemas {
        None => Catalog::bundled(),
        Some(dir) => {
            own = Catalog::from_dir(dir)?;
            &own
        }
    };
    let mut out = anstream::stdout();
    let Some(id) = &args.schema else {
        return list_ids(catalog, &mut out);
    };
    let schema = catalog.schema(id).ok_or_else(|| {
        let hint = commands::hint(id, catalog.schemas().map(Schema::id));
        Failure::Usage(format!("unknown schema `{id}`{hint} (`tfe-conformance list schemas` shows all)"))
    })?;
    if args.files.is_empty() {
        return Err(Failure::Usage("no file to check; `-` reads standard input".to_owned()));
    }
    // Read first: a missing file is an error of usage, whatever the other files say.
    let documents = args.files.iter().map(|path| Ok((path, read(path)?))).collect::<Result<Vec<_>, Failure>>()?;
    let mut all_valid = true;
    for (path, bytes) in documents {
        let report = if args.form { schema.check_form(&bytes) } else { schema.check(&bytes) };
        all_valid &= report.is_valid();
        print(&mut out, path, schema, &report)?;
    }
    Ok(ExitCode::from(if all_valid { exit::PASSED } else { exit::DEVIATIONS }))
}

fn list_ids(catalog: &Catalog, out: &mut impl Write) -> Result<ExitCode, Failure> {
    for schema in catalog.schemas() {
        writeln!(out, "{}", schema.id())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map(drop)
    } else {
        std::fs::read(path).map(|read| bytes = read)
    };
    read.map(|()| bytes).map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", path.display())))
}

fn print(out: &mut impl Write, path: &Path, schema: &Schema, report: &Report) -> Result<(), Failure> {
    let path = path.display();
    if report.is_valid() {
        writeln!(out, "{path}: conforms to {}", schema.id())?;
        return Ok(());
    }
    // Names and values come from the document: nothing of it may reach the terminal as it is.
    let mut line = |text: String| writeln!(out, "{path}{}", visible(&text));
    if let Some(error) = &report.syntax {
        line(format!(":{}:{}: not a JSON document: {}", error.line, error.column, error.kind))?;
    }
    if let Some(error) = &report.form {
        line(format!(": not a form: {error}"))?;
    }
    for (index, pointer) in report.duplicates.iter().enumerate() {
        line(format!("{}: {pointer}: the member stands twice", position(report.duplicate_places.get(index))))?;
    }
    for violation in &report.violations {
        let at = if violation.pointer.is_root() { "the document" } else { violation.pointer.as_str() };
        let position = position(violation.place.as_ref());
        line(format!("{position}: {at}: {}  [{}]", violation.message, violation.schema_location))?;
    }
    if report.truncated {
        line(": and more: only the first violations are listed".to_owned())?;
    }
    Ok(())
}

/// `:line:column`, as compilers write it; a form has no lines.
fn position(place: Option<&Place>) -> String {
    place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default()
}
