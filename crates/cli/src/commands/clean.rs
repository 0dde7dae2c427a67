//! `clean`: deletes what a killed run left on the server.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use tfe_runner::report::visible;
use tfe_runner::{CleanError, Cleaned, JournalError, Options, Suite, exit};
use tfe_schema::Catalog;

use crate::args::CleanArgs;
use crate::commands::{self, journal, target};
use crate::failure::Failure;

pub(crate) fn clean(args: &CleanArgs) -> Result<ExitCode, Failure> {
    let catalog = Catalog::bundled();
    let suite = Arc::new(match &args.suite {
        None => Suite::bundled()?,
        Some(dir) => Suite::from_dir(dir, catalog)?,
    });
    let target = target::to_clean(&args.target)?;
    let named = !args.journals.is_empty();
    let journals = if named { args.journals.clone() } else { tfe_runner::open_journals(&journal::folder())? };
    let mut left = false;
    let mut out = anstream::stdout();
    commands::runtime()?.block_on(async {
        let target = target::discovered(target, &args.target).await?;
        let mut cleaned = 0;
        for path in &journals {
            let mut options = Options::default();
            options.rate = args.target.rate;
            options.retries = args.target.retries;
            match tfe_runner::clean(path, Arc::clone(&suite), catalog, target.clone(), options).await {
                Ok(done) => {
                    tell(&mut out, path, &done)?;
                    left |= !done.left.is_empty();
                    cleaned += 1;
                }
                // What nobody named may be about another server, or about a run that goes on.
                Err(error @ (CleanError::OtherTarget { .. } | CleanError::Journal(JournalError::InUse(_))))
                    if !named =>
                {
                    writeln!(out, "passed over: {}", visible(&error.to_string()))?;
                }
                Err(error) => return Err(Failure::Clean(error)),
            }
        }
        if cleaned == 0 {
            writeln!(out, "there is no journal about {} in {}", target.origin(), journal::folder().display())?;
        }
        Ok(ExitCode::from(if left { exit::DEVIATIONS } else { exit::PASSED }))
    })
}

fn tell(out: &mut impl std::io::Write, path: &Path, cleaned: &Cleaned) -> std::io::Result<()> {
    writeln!(out, "{}", path.display())?;
    for (word, lines) in [("deleted", &cleaned.deleted), ("note", &cleaned.notes), ("LEFT", &cleaned.left)] {
        for line in lines {
            writeln!(out, "  {word:<8} {}", visible(line))?;
        }
    }
    match cleaned.left.len() {
        0 => writeln!(out, "  nothing is left; the journal was removed"),
        _ => writeln!(out, "  the journal stays, so that this can be tried again"),
    }
}
