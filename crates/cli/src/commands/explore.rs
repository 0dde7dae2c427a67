//! `explore`: cases that are made up, against a server.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use tfe_reference::Server;
use tfe_runner::explore::{Exploration, Explored, Finding};
use tfe_runner::report::visible;
use tfe_runner::{Options, Plan, Selection, Suite, Target};
use tfe_schema::Catalog;

use super::run::Sinks;
use crate::args::ExploreArgs;
use crate::commands::{self, interrupt, journal, target};
use crate::failure::Failure;

pub(crate) fn explore(args: &ExploreArgs) -> Result<ExitCode, Failure> {
    let faults = commands::faults(&args.target.faults)?;
    let live = if args.target.reference { None } else { Some(target::live(&args.target, &args.profiles)?) };
    let plan = plan(target::profiles(&args.profiles, live.as_ref())?)?;
    let sinks = Sinks::open(&args.reports, args.verbose)?;
    let exploration = exploration(args)?;
    commands::runtime()?.block_on(async {
        if let Some(target) = live {
            let target = target::discovered(target, &args.target).await?;
            return search(plan, target, args, &exploration, sinks).await;
        }
        let server = Server::builder().faults(faults).start().await?;
        let target = target::reference(&server, &args.target, &args.profiles)?;
        let code = search(plan, target, args, &exploration, sinks).await;
        server.stop().await;
        code
    })
}

fn plan(profiles: Vec<String>) -> Result<Plan, Failure> {
    let mut selection = Selection::default();
    selection.profiles = profiles;
    Ok(Plan::new(Arc::new(Suite::bundled()?), Catalog::bundled(), &selection)?)
}

fn exploration(args: &ExploreArgs) -> Result<Exploration, Failure> {
    let seed = match args.seed {
        Some(seed) => seed,
        None => random_seed()?,
    };
    let mut exploration = Exploration::new(usize::try_from(args.cases).unwrap_or(usize::MAX), seed);
    exploration.time = args.time.map(|seconds| std::time::Duration::from_secs(seconds.into()));
    exploration.folder = format!("{}/", args.output.display());
    Ok(exploration)
}

/// Short enough to be typed again.
fn random_seed() -> Result<u64, Failure> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_err(|error| Failure::Output(error.into()))?;
    Ok(u32::from_le_bytes(bytes).into())
}

async fn search(
    plan: Plan,
    target: Target,
    args: &ExploreArgs,
    exploration: &Exploration,
    mut sinks: Sinks,
) -> Result<ExitCode, Failure> {
    // Said before anything can go wrong: without it, nobody can do it again.
    say(&format!("seed {}", exploration.seed));
    let options = options(args);
    let (stop, journal) = (options.stop.clone(), options.journal.clone());
    let explored = {
        let mut sink = |event| sinks.event(&event);
        let search = tfe_runner::explore::explore(plan, target, options, exploration, &mut sink);
        tokio::select! {
            explored = search => explored?,
            given_up = interrupt::twice(&stop, journal.as_deref()) => return Err(given_up),
        }
    };
    let written = write(&args.output, &explored.findings);
    let closed = sinks.close();
    tell(&args.output, &explored);
    written?;
    match closed {
        // Whoever read our output has gone, but the exit code is still the verdict.
        Ok(()) | Err(Failure::Closed) => Ok(ExitCode::from(explored.finished.exit_code)),
        Err(failure) => Err(failure),
    }
}

fn options(args: &ExploreArgs) -> Options {
    let mut options = Options::default();
    options.jobs = usize::from(args.jobs);
    options.rate = args.target.rate;
    options.retries = args.target.retries;
    // The built-in server is gone with what was made on it.
    options.journal = args.journal.clone().or_else(|| (!args.target.reference).then(journal::new));
    options
}

fn write(folder: &Path, findings: &[Finding]) -> Result<(), Failure> {
    if findings.is_empty() {
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(Failure::Output)?;
    for finding in findings {
        std::fs::write(folder.join(format!("{}.yaml", finding.name)), &finding.text).map_err(Failure::Output)?;
    }
    Ok(())
}

fn tell(folder: &Path, explored: &Explored) {
    for finding in &explored.findings {
        let file = folder.join(format!("{}.yaml", finding.name));
        let words = format!(
            "found {} in {} of {} cases; cut down in {} runs: {}",
            finding.requirement,
            finding.seen,
            explored.tried,
            finding.runs,
            file.display()
        );
        say(&words);
    }
}

/// Says something beside the report, which may go to a program.
fn say(words: &str) {
    // Nothing is left to tell if even this cannot be written.
    let _ = writeln!(anstream::stderr(), "{}", visible(words));
}
