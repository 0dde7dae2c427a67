//! `tfe-conformance`: tells whether a server speaks the Terraform Enterprise (TFE) HTTP API, and
//! where it does not.
//!
//! Glue: arguments in, library calls, words and exit codes out.

mod args;
mod commands;
mod failure;
mod prove;
mod settings;

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};

use crate::args::{Cli, Command};
use crate::failure::Failure;

fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    if let Err(failure) = args::contradictions(&matches) {
        return failure.report();
    }
    cli.color.write_global();
    perform(cli.command, &matches).unwrap_or_else(|failure| failure.report())
}

fn perform(command: Command, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let own = matches.subcommand().map_or(matches, |(_, own)| own);
    match command {
        Command::Run(mut args) => {
            settings::of_run(&mut args, own)?;
            commands::run::run(&args)
        }
        Command::Baseline(command) => commands::baseline::baseline(&command),
        Command::Init(args) => commands::config::init(&args),
        Command::Config(command) => commands::config::config(*command, own.subcommand().map_or(own, |(_, own)| own)),
        Command::Clean(mut args) => {
            settings::of_target(&mut args.target, own)?;
            commands::clean::clean(&args)
        }
        Command::Explore(mut args) => {
            settings::of_target(&mut args.target, own)?;
            commands::explore::explore(&args)
        }
        Command::Serve(args) => commands::serve::serve(&args),
        Command::Prove(args) => commands::prove::prove(&args),
        Command::List(args) => commands::list::list(&args),
        Command::Explain(args) => commands::explain::explain(&args),
        Command::Validate(args) => commands::validate::validate(&args),
        Command::Generate(args) => commands::generate::generate(&args),
        Command::Report(args) => commands::report::report(&args),
        Command::Completions(args) => commands::completions::completions(&args),
        Command::Man(args) => commands::completions::man(&args),
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        // A reader that closed the pipe has seen enough.
        if error.kind() == std::io::ErrorKind::BrokenPipe { Self::Closed } else { Self::Output(error) }
    }
}
