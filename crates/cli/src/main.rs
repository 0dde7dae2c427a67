//! `tfe-conformance`: tells whether a server speaks the Terraform Enterprise (TFE) HTTP API, and
//! where it does not.
//!
//! Glue: arguments in, library calls, words and exit codes out.

mod args;
mod commands;
mod failure;
mod prove;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::args::{Cli, Command};
use crate::failure::Failure;

fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    if let Err(failure) = args::contradictions(&matches) {
        return failure.report();
    }
    cli.color.write_global();
    let outcome = match cli.command {
        Command::Run(args) => commands::run::run(&args),
        Command::Clean(args) => commands::clean::clean(&args),
        Command::Explore(args) => commands::explore::explore(&args),
        Command::Serve(args) => commands::serve::serve(&args),
        Command::Prove(args) => commands::prove::prove(&args),
        Command::List(args) => commands::list::list(&args),
        Command::Explain(args) => commands::explain::explain(&args),
        Command::Validate(args) => commands::validate::validate(&args),
        Command::Report(args) => commands::report::report(&args),
        Command::Completions(args) => commands::completions::completions(&args),
        Command::Man(args) => commands::completions::man(&args),
    };
    outcome.unwrap_or_else(|failure| failure.report())
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        // A reader that closed the pipe has seen enough.
        if error.kind() == std::io::ErrorKind::BrokenPipe { Self::Closed } else { Self::Output(error) }
    }
}
