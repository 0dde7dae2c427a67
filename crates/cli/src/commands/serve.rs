//! `serve`: the reference server as a process of its own.

use std::io::Write as _;
use std::process::ExitCode;

use serde_json::json;
use tfe_reference::{Server, V1_BASE_PATH};

use crate::args::ServeArgs;
use crate::commands;
use crate::failure::Failure;

pub(crate) fn serve(args: &ServeArgs) -> Result<ExitCode, Failure> {
    let faults = commands::faults(&args.faults)?;
    let variations = commands::variations(&args.variations, args.seed)?;
    commands::runtime()?.block_on(async {
        let server = Server::builder().port(args.port).faults(faults).vary(variations, args.seed).start().await?;
        let tokens = server.tokens();
        // One line, so that a script can read it while the server goes on.
        let line = json!({
            "address": server.address(),
            "organization": server.organization(),
            "base_path": server.base_path(),
            "tokens": { "user": tokens.user, "outsider": tokens.outsider, "auditor": tokens.auditor },
            "v1": {
                "base_path": V1_BASE_PATH,
                "tokens": {
                    "user": tokens.atlas_user,
                    "outsider": tokens.atlas_outsider,
                    "auditor": tokens.atlas_auditor,
                },
                "environments": server.environments(),
                "bare_environments": server.bare_environments(),
            },
        });
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}")?;
        out.flush()?;
        drop(out);
        commands::interrupt::signal().await?;
        server.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}
