//! `run`: the conformance cases against a server.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, IsTerminal as _, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tfe_reference::Server;
use tfe_runner::event::Event;
use tfe_runner::gate::Gate;
use tfe_runner::report::{Format, Report, Style};
use tfe_runner::suite::Level;
use tfe_runner::{Options, Plan, Selection, Suite, Target};
use tfe_schema::Catalog;

use crate::args::{FailOn, RunArgs};
use crate::commands::{self, interrupt, journal, target};
use crate::failure::Failure;
use crate::settings::baseline;

pub(crate) fn run(args: &RunArgs) -> Result<ExitCode, Failure> {
    let faults = commands::faults(&args.target.faults)?;
    let variations = commands::variations(&args.variations, args.seed)?;
    let live = if args.target.reference { None } else { Some(target::live(&args.target, &args.profiles)?) };
    let plan = plan(args, target::profiles(&args.profiles, live.as_ref())?)?;
    let gate = gate(args, &plan)?;
    let sinks = Sinks::open(&args.reports, args.verbose)?;
    commands::runtime()?.block_on(async {
        if let Some(target) = live {
            let target = target::discovered(target, &args.target).await?;
            return replay(plan, target, options(args, gate), sinks).await;
        }
        let server = Server::builder().faults(faults).vary(variations, args.seed).start().await?;
        let target = target::reference(&server, &args.target, &args.profiles)?;
        let code = replay(plan, target, options(args, gate), sinks).await;
        server.stop().await;
        code
    })
}

fn plan(args: &RunArgs, profiles: Vec<String>) -> Result<Plan, Failure> {
    let catalog = Catalog::bundled();
    let suite = match &args.suite {
        None => Suite::bundled()?,
        Some(dir) => Suite::from_dir(dir, catalog)?,
    };
    let mut selection = Selection::default();
    selection.profiles = profiles;
    let (files, globs): (Vec<&String>, Vec<&String>) = args.cases.iter().partition(|case| is_file(case));
    selection.cases = globs.into_iter().cloned().collect();
    selection.requirements.clone_from(&args.requirements);
    selection.read_only = args.read_only;
    selection.shard = args.shard;
    selection.absent = absent(&args.absent)?;
    let mut plan = Plan::new(Arc::new(suite), catalog, &selection)?;
    if files.is_empty() {
        return Ok(plan);
    }
    if selection.cases.is_empty() && selection.requirements.is_empty() {
        plan.without_cases();
    }
    let mut names = BTreeMap::new();
    for file in files {
        let refuse = |error| Failure::Usage(format!("case file {file} cannot be read: {error}"));
        let text = std::fs::read_to_string(file).map_err(refuse)?;
        let name = Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
        if let Some(other) = names.insert(name.clone().into_owned(), file) {
            let why = "reports tell cases by the names of their files: give one of them another name";
            return Err(Failure::Usage(format!("--case {other} and --case {file} have the same name: {why}")));
        }
        plan.add_case(&name, file, &text, args.read_only)?;
    }
    plan.narrow();
    Ok(plan)
}

/// What the server is declared not to have. Nobody leaves cases out without saying why.
fn absent(declared: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let split = |declared: &String| match declared.split_once('=') {
        Some((area, reason)) if !area.is_empty() && !reason.trim().is_empty() => {
            Ok((area.trim_end_matches('/').to_owned(), reason.trim().to_owned()))
        }
        _ => Err(Failure::Usage(format!("--absent `{declared}` must be AREA=REASON, with a reason"))),
    };
    declared.iter().map(split).collect()
}

/// Whether a value of `--case` is a case file and not a glob on ids, none of which ends like this.
fn is_file(case: &str) -> bool {
    let path = Path::new(case);
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") || path.is_file()
}

async fn replay(plan: Plan, target: Target, options: Options, mut sinks: Sinks) -> Result<ExitCode, Failure> {
    let (stop, journal) = (options.stop.clone(), options.journal.clone());
    let finished = {
        let mut sink = |event| sinks.event(&event);
        let run = tfe_runner::run(plan, target, options, &mut sink);
        tokio::select! {
            finished = run => finished?,
            given_up = interrupt::twice(&stop, journal.as_deref()) => return Err(given_up),
        }
    };
    match sinks.close() {
        // Whoever read our output has gone, but the exit code is still the verdict.
        Ok(()) | Err(Failure::Closed) => Ok(ExitCode::from(finished.exit_code)),
        Err(failure) => Err(failure),
    }
}

/// What the exit code hangs on. The baseline is read before anything is sent.
fn gate(args: &RunArgs, plan: &Plan) -> Result<Gate, Failure> {
    let mut gate = Gate::default();
    gate.fail_on = match args.fail_on {
        FailOn::Must => Level::Must,
        FailOn::Should => Level::Should,
    };
    let baseline = args.baseline.as_deref().map(|path| baseline::read(path)?.against(&plan.suite));
    gate.baseline = baseline.transpose()?;
    Ok(gate)
}

fn options(args: &RunArgs, gate: Gate) -> Options {
    let mut options = Options::default();
    options.jobs = usize::from(args.jobs);
    options.gate = gate;
    options.keep = args.keep;
    options.read_only = args.read_only;
    options.rate = args.target.rate;
    options.retries = args.target.retries;
    options.longest = args.max_time.map(Duration::from_secs);
    // The built-in server is gone with what was made on it.
    options.journal = args.journal.clone().or_else(|| (!args.target.reference).then(journal::new));
    options
}

/// Where events go: reports and, on a terminal, a progress bar.
pub(super) struct Sinks {
    reports: Vec<(Box<dyn Report + Send>, Box<dyn Write + Send>)>,
    progress: Option<ProgressBar>,
    failed: Option<std::io::Error>,
}

impl Sinks {
    /// Opens every report before the run, so that a path that cannot be written is an error while
    /// nothing was sent.
    pub(super) fn open(reports: &[String], verbose: bool) -> Result<Self, Failure> {
        let mut opened: Vec<(Box<dyn Report + Send>, Box<dyn Write + Send>)> = Vec::new();
        let mut stdout_taken = false;
        let mut files = BTreeSet::new();
        for report in reports {
            let (format, path) = report
                .split_once('=')
                .ok_or_else(|| Failure::Usage(format!("--report `{report}` must be FORMAT=PATH")))?;
            let format: Format =
                format.parse().map_err(|error| Failure::Usage(format!("--report `{report}`: {error}")))?;
            let out: Box<dyn Write + Send> = if path == "-" {
                if std::mem::replace(&mut stdout_taken, true) {
                    return Err(Failure::Usage("only one report can go to standard output".to_owned()));
                }
                Box::new(std::io::stdout())
            } else {
                let file = create(Path::new(path))?;
                // Not so what is no file, such as /dev/null.
                let is_file = std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
                if is_file && !files.insert(std::fs::canonicalize(path).unwrap_or_else(|_| path.into())) {
                    return Err(Failure::Usage(format!("two reports cannot go to one file: {path}")));
                }
                Box::new(BufWriter::new(file))
            };
            opened.push((format.report(Style::new(false, verbose)), out));
        }
        if !stdout_taken {
            let color = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
            opened.push((Format::Human.report(Style::new(color, verbose)), Box::new(std::io::stdout())));
        }
        let progress = std::io::stderr().is_terminal().then(progress_bar);
        Ok(Self { reports: opened, progress, failed: None })
    }

    pub(super) fn event(&mut self, event: &Event) {
        if let Some(progress) = &self.progress {
            match event {
                Event::RunStarted(started) => progress.set_length(started.cases as u64),
                Event::CaseFinished(result) => {
                    progress.set_message(result.area.clone());
                    progress.inc(1);
                }
                Event::RunFinished(_) => progress.finish_and_clear(),
                _ => {}
            }
        }
        for (report, out) in &mut self.reports {
            if let Err(error) = report.event(event, out) {
                self.failed.get_or_insert(error);
            }
        }
    }

    pub(super) fn close(self) -> Result<(), Failure> {
        if let Some(error) = self.failed {
            return Err(error.into());
        }
        for (_, mut out) in self.reports {
            out.flush()?;
        }
        Ok(())
    }
}

pub(super) fn create(path: &Path) -> Result<File, Failure> {
    File::create(path).map_err(|error| Failure::Usage(format!("report {} cannot be written: {error}", path.display())))
}

fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    // The default style serves if ours should not parse.
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}
