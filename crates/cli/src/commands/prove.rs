//! `prove`: the suite against the reference server, with every fault and without.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use tfe_reference::Fault;
use tfe_runner::{Suite, exit};
use tfe_schema::Catalog;

use crate::args::{ProveArgs, ProveFormat};
use crate::commands;
use crate::failure::Failure;
use crate::prove::{self, Bench, Matrix, Subject, Trial, report};

/// How many legal servers are tested, unless somebody asks for more or less.
const SEEDS: u64 = 200;

pub(crate) fn prove(args: &ProveArgs) -> Result<ExitCode, Failure> {
    let began = Instant::now();
    let whole = args.faults.is_empty();
    let faults = if whole { Fault::all().collect() } else { commands::faults(&args.faults)? };
    let suite = match &args.suite {
        None => Suite::bundled()?,
        Some(dir) => Suite::from_dir(dir, Catalog::bundled())?,
    };
    let bench = Bench::new(Arc::new(suite))?;
    let seeds = args.seeds.unwrap_or(if whole { SEEDS } else { 0 });
    let seeds = (0..seeds).map(|seed| Subject::Seed(args.first_seed.wrapping_add(seed)));
    let subjects: Vec<_> = faults.into_iter().map(Subject::Fault).chain(seeds).collect();
    let jobs = args.jobs.map_or_else(default_jobs, usize::from);
    let progress = progress(subjects.len());
    let mut done = |trial: &Trial| {
        progress.set_message(trial.subject.to_string());
        progress.inc(1);
    };
    let trials = prove::trials(&bench, &subjects, jobs, &mut done)?;
    progress.finish_and_clear();
    let matrix = Matrix::new(bench.plan(), &trials, whole);
    let mut out = anstream::stdout();
    match args.format {
        ProveFormat::Human => report::human(&mut out, &matrix, began.elapsed())?,
        ProveFormat::Json => report::json(&mut out, &matrix)?,
        ProveFormat::Markdown => report::markdown(&mut out, &matrix)?,
    }
    out.flush()?;
    let is_proven = matrix.findings.iter().all(|finding| args.accepted.contains(&finding.kind));
    Ok(ExitCode::from(if is_proven { exit::PASSED } else { exit::DEVIATIONS }))
}

/// A trial waits now and then: two for each processor keep it busy.
fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(2, |processors| 2 * usize::from(processors))
}

fn progress(length: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length as u64);
    // The default style serves if ours should not parse.
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}
