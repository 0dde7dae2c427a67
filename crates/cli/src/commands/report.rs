//! `report`: a recorded run told again, or the shares of one run joined.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use tfe_runner::recording::{self, Recording};
use tfe_runner::report::{Format, Style};

use super::run::{Sinks, create};
use crate::args::{MergeArgs, ReportArgs, ReportCommand};
use crate::failure::Failure;

pub(crate) fn report(args: &ReportArgs) -> Result<ExitCode, Failure> {
    match (&args.command, &args.file) {
        (Some(ReportCommand::Merge(merge)), _) => self::merge(merge),
        (None, Some(file)) => render(args, file),
        (None, None) => Err(Failure::Usage("no recorded run; `-` reads standard input".to_owned())),
    }
}

fn render(args: &ReportArgs, file: &Path) -> Result<ExitCode, Failure> {
    let format: Format = args.format.parse().map_err(|error| Failure::Usage(format!("--format: {error}")))?;
    let recording = read(file)?;
    let to_terminal = args.output.is_none() && format == Format::Human;
    let color = to_terminal && anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
    let mut out: Box<dyn Write> = match &args.output {
        Some(path) => Box::new(BufWriter::new(create(path)?)),
        None => Box::new(std::io::stdout()),
    };
    let mut report = format.report(Style::new(color, args.verbose));
    recording.events().try_for_each(|event| report.event(&event, &mut out))?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn merge(args: &MergeArgs) -> Result<ExitCode, Failure> {
    let read = |file: &std::path::PathBuf| Ok((file.display().to_string(), read(file)?));
    let recordings = args.files.iter().map(read).collect::<Result<Vec<_>, Failure>>()?;
    let merged = recording::merge(recordings).map_err(|error| Failure::Usage(error.to_string()))?;
    let code = merged.finished.exit_code;
    let mut sinks = Sinks::open(&args.reports, args.verbose)?;
    merged.events().for_each(|event| sinks.event(&event));
    match sinks.close() {
        Ok(()) | Err(Failure::Closed) => Ok(ExitCode::from(code)),
        Err(failure) => Err(failure),
    }
}

pub(super) fn read(file: &Path) -> Result<Recording, Failure> {
    let wrong = |error: &dyn std::fmt::Display| Failure::Usage(format!("{}: {error}", file.display()));
    let read = if file == Path::new("-") {
        Recording::read(std::io::stdin().lock())
    } else {
        Recording::read(BufReader::new(File::open(file).map_err(|error| wrong(&format!("cannot be read: {error}")))?))
    };
    read.map_err(|error| wrong(&error))
}
