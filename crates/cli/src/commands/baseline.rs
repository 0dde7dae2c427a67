//! `baseline`: the file of known deviations, proposed from a run.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use tfe_runner::event::{CaseResult, Outcome, Verdict};
use tfe_runner::gate::{Known, deviations};
use tfe_runner::recording::Recording;
use tfe_runner::suite::Level;

use super::report::read;
use crate::args::{BaselineCommand, BaselineWriteArgs};
use crate::failure::Failure;
use crate::settings::baseline;

/// A case, and the requirement that it breaks; none if it is blocked.
type Key = (String, Option<String>);

pub(crate) fn baseline(command: &BaselineCommand) -> Result<ExitCode, Failure> {
    let BaselineCommand::Write(args) = command;
    write(args)
}

fn write(args: &BaselineWriteArgs) -> Result<ExitCode, Failure> {
    let recording = read(&args.recording)?;
    let before = if args.output.exists() { baseline::read(&args.output)?.entries() } else { Vec::new() };
    let proposed = Proposal::new(&recording, before, args)?;
    replace(&args.output, &baseline::written(&proposed.entries, &proposed.seen))?;
    let Proposal { entries, new, changed, gone, .. } = &proposed;
    let (path, count) = (args.output.display(), entries.len());
    let mut out = anstream::stdout();
    writeln!(out, "wrote {path}: {count} known ({new} new, {changed} changed), {gone} that are no more left out")?;
    let unheard = |case: &&CaseResult| matches!(case.trouble(), Some(Verdict::Inconclusive | Verdict::Error));
    match recording.cases.iter().filter(unheard).count() {
        0 => {}
        open => writeln!(
            out,
            "{open} cases were not judged, or not to their end (inconclusive or error): no baseline accepts that"
        )?,
    }
    writeln!(
        out,
        "the gate knows it with `--baseline {path}`, or `baseline = \"{path}\"` under [gate] in the configuration"
    )?;
    Ok(ExitCode::SUCCESS)
}

/// What is going to stand in the file.
struct Proposal {
    entries: Vec<Known>,
    seen: BTreeMap<Key, Vec<String>>,
    new: usize,
    changed: usize,
    gone: usize,
}

impl Proposal {
    fn new(recording: &Recording, before: Vec<Known>, args: &BaselineWriteArgs) -> Result<Self, Failure> {
        let weakest = if recording.finished.gate.fail_on == Level::Must { Outcome::Fail } else { Outcome::Warn };
        let mut known: BTreeMap<Key, Known> =
            before.into_iter().map(|entry| ((entry.case.clone(), entry.requirement.clone()), entry)).collect();
        let mut entries = Vec::new();
        let mut seen = BTreeMap::new();
        let (mut new, mut changed, mut gone) = (0, 0, 0);
        for case in &recording.cases {
            for deviation in deviations(case) {
                let key = (case.id.clone(), deviation.requirement.clone());
                let counts = deviation.outcome >= weakest || deviation.requirement.is_none();
                let entry = match known.remove(&key) {
                    Some(entry) => {
                        changed += usize::from(entry.evidence.as_ref().is_some_and(|old| *old != deviation.evidence));
                        Known { evidence: entry.evidence.as_ref().map(|_| deviation.evidence), ..entry }
                    }
                    None if !counts => continue,
                    None => {
                        new += 1;
                        Known {
                            case: case.id.clone(),
                            requirement: deviation.requirement,
                            evidence: Some(deviation.evidence),
                            reason: args.reason.clone().unwrap_or_default(),
                            link: args.link.clone(),
                            expires: args.expires,
                        }
                    }
                };
                entries.push(entry);
                seen.insert(key, deviation.seen);
            }
            if !is_open(case) {
                let before = known.len();
                known.retain(|(id, _), _| *id != case.id);
                gone += before - known.len();
            }
        }
        if new > 0 && args.reason.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
            let noun = if new == 1 { "deviation is" } else { "deviations are" };
            return Err(Failure::Usage(format!(
                "{new} {noun} not in {} yet: say with --reason why they are accepted",
                args.output.display()
            )));
        }
        // What the run did not show is for another run to judge.
        entries.extend(known.into_values());
        entries.sort_by(|one, other| (&one.case, &one.requirement).cmp(&(&other.case, &other.requirement)));
        Ok(Self { entries, seen, new, changed, gone })
    }
}

/// Whether a case did not come to its end, so that what it does not show may still be there.
fn is_open(case: &CaseResult) -> bool {
    case.trouble().is_some() || case.checks.iter().any(|check| check.outcome == Outcome::NotRun)
}

/// In one step: a baseline that is half written would be a red gate.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let wrong = |error: std::io::Error| Failure::Usage(format!("{} cannot be written: {error}", path.display()));
    let mut name =
        path.file_name().ok_or_else(|| Failure::Usage(format!("{} is no file name", path.display())))?.to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, path)).map_err(|error| {
        // The old file stays as it is; what is half written is of no use.
        let _ = std::fs::remove_file(&new);
        wrong(error)
    })
}
