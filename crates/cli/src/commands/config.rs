//! `init` and `config`: the configuration file.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

use clap::ArgMatches;
use tfe_runner::report::visible;

use crate::args::{ConfigCommand, InitArgs, ShowFormat};
use crate::failure::Failure;
use crate::settings;

const TEMPLATE: &str = include_str!("../settings/template.toml");

pub(crate) fn init(args: &InitArgs) -> Result<ExitCode, Failure> {
    let path = args.path.display();
    let mut options = OpenOptions::new();
    options.write(true);
    // One step: what appears in between is not overwritten either.
    let opened =
        if args.force { options.create(true).truncate(true) } else { options.create_new(true) }.open(&args.path);
    let mut file = opened.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::Usage(format!("{path} is there already; --force replaces it")),
        _ => Failure::Usage(format!("{path} cannot be written: {error}")),
    })?;
    file.write_all(TEMPLATE.as_bytes())?;
    let mut out = anstream::stdout();
    writeln!(out, "wrote {path}: fill in address, organization and the token's source, then `tfe-conformance run`")?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn config(command: ConfigCommand, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let ConfigCommand::Show(mut args) = command;
    let settings = settings::of_run(&mut args.run, matches)?;
    let mut out = anstream::stdout();
    match args.format {
        ShowFormat::Json => {
            let json = serde_json::to_string_pretty(&settings);
            writeln!(out, "{}", json.map_err(|error| Failure::Internal(error.to_string()))?)?;
        }
        ShowFormat::Text => {
            for setting in &settings {
                writeln!(out, "{:<26} {}  ({})", setting.key, visible(&setting.value), visible(&setting.origin))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
