//! `validate`: documents against a schema.

mod github;
mod human;
mod json;
mod sarif;
mod source;

use std::io::{self, IsTerminal as _, Write};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use tfe_runner::exit;
use tfe_schema::{Catalog, Report, Schema};

use self::source::{Documents, Unread};
use crate::args::{ValidateArgs, ValidateFormat};
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
        Failure::Usage(format!("unknown schema `{id}`{hint} (`tfe-conformance validate` lists all)"))
    })?;
    if args.files.is_empty() {
        return Err(Failure::Usage("no file to check; `-` reads standard input".to_owned()));
    }
    let mut printer: Box<dyn Printer> = match args.format {
        ValidateFormat::Human => Box::new(human::Human),
        ValidateFormat::Json => Box::<json::Json>::default(),
        ValidateFormat::Sarif => Box::<sarif::Sarif>::default(),
        ValidateFormat::Github => Box::new(github::Github),
    };
    let totals = check_all(args, schema, printer.as_mut(), &mut out)?;
    Ok(ExitCode::from(totals.exit_code()))
}

fn list_ids(catalog: &Catalog, out: &mut impl Write) -> Result<ExitCode, Failure> {
    for schema in catalog.schemas() {
        writeln!(out, "{}", schema.id())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A document that was checked, or could not be.
struct Checked<'c> {
    /// The file, as the user named it.
    file: &'c str,
    /// The line of the document, where each line is one.
    line: Option<usize>,
    schema: &'c Schema,
    bytes: &'c [u8],
    found: Result<Report, &'c Unread>,
}

/// How results are told.
trait Printer {
    fn document(&mut self, checked: &Checked<'_>, out: &mut dyn Write) -> io::Result<()>;

    fn end(&mut self, schema: &Schema, totals: &Totals, out: &mut dyn Write) -> io::Result<()>;
}

/// How many documents of each kind there were.
#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    conforming: usize,
    deviating: usize,
    /// Not read, or no JSON document (form) at all: nothing is known of them.
    unread: usize,
}

impl Totals {
    fn add(&mut self, found: &Result<Report, &Unread>) {
        *match found {
            Ok(report) if report.is_valid() => &mut self.conforming,
            Ok(Report { syntax: None, form: None, .. }) => &mut self.deviating,
            Ok(_) | Err(_) => &mut self.unread,
        } += 1;
    }

    /// What could not be judged weighs more than what deviates.
    fn exit_code(self) -> u8 {
        match self {
            Self { unread: 1.., .. } => exit::USAGE,
            Self { deviating: 1.., .. } => exit::DEVIATIONS,
            // Nothing was checked, so nothing passed.
            Self { conforming: 0, .. } => exit::USAGE,
            Self { .. } => exit::PASSED,
        }
    }
}

fn check_all(
    args: &ValidateArgs,
    schema: &Schema,
    printer: &mut dyn Printer,
    out: &mut dyn Write,
) -> Result<Totals, Failure> {
    let mut totals = Totals::default();
    let progress = progress(args);
    for path in &args.files {
        let file = path.display().to_string();
        let mut documents = Documents::open(path, args.ndjson, usize::from(args.max_size) << 20);
        let mut any = false;
        while let Some(document) = documents.next() {
            any = true;
            let (line, bytes, found) = match &document {
                Ok(document) => (document.line, document.bytes.as_slice(), Ok(check(args, schema, &document.bytes))),
                Err((line, unread)) => (*line, &[][..], Err(unread)),
            };
            totals.add(&found);
            printer.document(&Checked { file: &file, line, schema, bytes, found }, out)?;
            if let Some(progress) = &progress {
                progress.inc(1);
            }
        }
        if !any {
            let found = Err(&Unread::NoDocument);
            totals.add(&found);
            printer.document(&Checked { file: &file, line: None, schema, bytes: &[], found }, out)?;
        }
    }
    if let Some(progress) = progress {
        progress.finish_and_clear();
    }
    printer.end(schema, &totals, out)?;
    out.flush()?;
    Ok(totals)
}

fn check(args: &ValidateArgs, schema: &Schema, bytes: &[u8]) -> Report {
    if args.form { schema.check_form(bytes) } else { schema.check(bytes) }
}

/// A bar for many documents, on a terminal that does not show the results themselves.
fn progress(args: &ValidateArgs) -> Option<ProgressBar> {
    let many = args.ndjson || args.files.len() > 1;
    if !many || !io::stderr().is_terminal() || io::stdout().is_terminal() {
        return None;
    }
    let bar = ProgressBar::new_spinner();
    // The default style serves if ours should not parse.
    if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} documents, {per_sec}") {
        bar.set_style(style);
    }
    Some(bar)
}

/// `file`, or `file:3` where each line is a document.
fn name(checked: &Checked<'_>) -> String {
    match checked.line {
        Some(line) => format!("{}:{line}", checked.file),
        None => checked.file.to_owned(),
    }
}

/// A problem of a document for formats that annotate files: where it is, and what it is in words.
struct Finding {
    /// The requirement that is broken, else the keyword; `syntax` or `unreadable` for what is no document.
    rule: String,
    message: String,
    region: Option<Region>,
    pointer: Option<String>,
}

/// Lines and columns from 1, columns in code points; the end is behind the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Region {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// Everything that is wrong with a document.
fn findings(checked: &Checked<'_>) -> Vec<Finding> {
    let report = match &checked.found {
        Err(unread) => {
            let message = unread.to_string();
            return vec![Finding { rule: "unreadable".to_owned(), message, region: None, pointer: None }];
        }
        Ok(report) => report,
    };
    let mut findings = Vec::new();
    let mut add = |rule: &str, message: String, region: Option<Region>, pointer: Option<&str>| {
        findings.push(Finding { rule: rule.to_owned(), message, region, pointer: pointer.map(str::to_owned) });
    };
    if let Some(error) = &report.syntax {
        let region = region(checked, error.offset, error.offset);
        add("syntax", format!("not a JSON document: {}", error.kind), Some(region), None);
    }
    if let Some(error) = &report.form {
        add("syntax", format!("not a form: {error}"), None, None);
    }
    let places = report.duplicate_places.iter().map(Some).chain(std::iter::repeat(None));
    for (pointer, place) in report.duplicates.iter().zip(places) {
        let region = place.map(|place| region(checked, place.start, place.end));
        add("duplicate-member", format!("{pointer}: the member stands twice"), region, Some(pointer.as_str()));
    }
    for violation in &report.violations {
        let at = if violation.pointer.is_root() { "the document" } else { violation.pointer.as_str() };
        let region = violation.place.map(|place| region(checked, place.start, place.end));
        let rule = violation.requirement.as_deref().unwrap_or(&violation.keyword);
        let message = format!("{at}: {} [{}]", violation.message, violation.schema_location);
        add(rule, message, region, Some(violation.pointer.as_str()));
    }
    if report.truncated {
        add("truncated", "more is wrong than is listed".to_owned(), None, None);
    }
    findings
}

fn region(checked: &Checked<'_>, start: usize, end: usize) -> Region {
    let position = |offset: usize| {
        let before = &checked.bytes[..offset.min(checked.bytes.len())];
        let line = before.split(|&byte| byte == b'\n').count() - 1 + checked.line.unwrap_or(1);
        let in_line = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
        (line, String::from_utf8_lossy(in_line).chars().count() + 1)
    };
    let ((line, column), (end_line, end_column)) = (position(start), position(end));
    Region { line, column, end_line, end_column }
}
