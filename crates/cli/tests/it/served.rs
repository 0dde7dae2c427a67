//! The reference server as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::http::{self, Client};
use crate::process::Run;

/// A running `serve`; stopped when dropped.
pub(crate) struct Served {
    child: Child,
    /// The line that it printed.
    pub(crate) line: Value,
}

impl Served {
    pub(crate) fn start(more: &[&str]) -> Self {
        let mut child = Run::new(["serve"]).args(more).start();
        let stdout = child.stdout.take().unwrap();
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            if BufReader::new(stdout).read_line(&mut line).is_ok() {
                drop(sender.send(line));
            }
        });
        let line = receiver.recv_timeout(Duration::from_secs(20));
        let Ok(line) = line else {
            drop(child.kill());
            panic!("`serve` does not say where it is");
        };
        Self { child, line: serde_json::from_str(&line).unwrap() }
    }

    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.line.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer}: {}", self.line))
    }

    pub(crate) fn address(&self) -> &str {
        self.text("/address")
    }

    pub(crate) fn organization(&self) -> &str {
        self.text("/organization")
    }

    pub(crate) fn token(&self) -> &str {
        self.text("/tokens/user")
    }

    pub(crate) fn outsider(&self) -> &str {
        self.text("/tokens/outsider")
    }

    /// The user, for looking behind the back of a run.
    pub(crate) fn client(&self) -> Client {
        Client {
            host: self.address().strip_prefix("http://").unwrap().to_owned(),
            token: self.token().to_owned(),
            organization: self.organization().to_owned(),
        }
    }

    /// The names of the variables that the latest version of any environment has.
    pub(crate) fn environment_variables(&self) -> Vec<String> {
        let host = self.address().strip_prefix("http://").unwrap();
        let token = self.text("/v1/tokens/user");
        let names = self.line["v1"]["environments"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
        let variables = names.flat_map(|name| {
            let path = format!("/api/v1/terraform/configurations/{}/{name}/versions/latest", self.organization());
            let document = http::get(host, &path, &format!("X-Atlas-Token: {token}"));
            let variables = document["version"]["variables"].as_object().cloned().unwrap_or_default();
            variables.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        });
        variables.collect()
    }

    /// A run against the current API of this server with one identity.
    pub(crate) fn run_alone(&self) -> Run {
        let (address, token, organization) = (self.address(), self.token(), self.organization());
        Run::new(["run", "--address", address, "--token", token, "--organization", organization])
    }

    /// An exploration of the current API of this server.
    pub(crate) fn explore(&self) -> Run {
        let (address, token, organization) = (self.address(), self.token(), self.organization());
        Run::new(["explore", "--address", address, "--token", token, "--organization", organization])
    }

    /// A run against this server with all that both of its APIs need.
    pub(crate) fn run_both(&self) -> Run {
        let v1 = |name: &str| self.line["v1"][name].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
        let environments = v1("environments").flat_map(|name| ["--environment", name]);
        let bare = v1("bare_environments").flat_map(|name| ["--bare-environment", name]);
        let tokens = ["--atlas-token", self.text("/v1/tokens/user")];
        let outsider = ["--outsider-atlas-token", self.text("/v1/tokens/outsider")];
        self.run().args(tokens).args(outsider).args(environments).args(bare)
    }

    /// A run against the current API of this server with both identities.
    pub(crate) fn run(&self) -> Run {
        self.run_alone().args(["--outsider-token", self.outsider()])
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
