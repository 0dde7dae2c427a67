//! What v1 remembers, and nothing else: no rules of the API, no rendering.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::random;
use crate::store::{ORGANIZATION, OTHER_ORGANIZATION};

/// The environment that `outsider` has in [`OTHER_ORGANIZATION`] from the start.
pub(crate) const FOREIGN_ENVIRONMENT: &str = "other-env";

/// The environment that the examples of the documentation name; `user` has it.
const DOCUMENTED_ENVIRONMENT: &str = "test";

/// How many environments of [`ORGANIZATION`] have no configuration version.
const BARE: usize = 2;

/// All environments, in the order of their creation.
#[derive(Debug)]
pub(crate) struct Environments {
    all: Vec<Environment>,
    runs: u64,
}

/// An environment, which is also the configuration of the same name.
#[derive(Debug)]
pub(crate) struct Environment {
    /// The account that owns it: an organization or a user.
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) variables: BTreeMap<String, String>,
    /// The configuration versions; the number of a version is its place, from 1.
    pub(crate) versions: Vec<Version>,
    pub(crate) last_run: Option<Run>,
}

/// A configuration version.
#[derive(Debug)]
pub(crate) struct Version {
    pub(crate) metadata: Map<String, Value>,
    /// Names the upload; not a token of the API.
    pub(crate) token: String,
    pub(crate) uploaded: bool,
}

/// A run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// Counts the runs of the whole server: the clock may stand still between two.
    pub(crate) number: u64,
    pub(crate) at: Timestamp,
}

/// The names of the environments that a new server has for tests.
pub(crate) struct Names {
    /// Those with a configuration version.
    pub(crate) ready: Vec<String>,
    /// Those without.
    pub(crate) bare: Vec<String>,
}

/// Names for this many environments with a configuration version.
pub(crate) fn names(ready: usize) -> Names {
    let numbered = |prefix: &str, count: usize| (1..=count).map(|number| format!("{prefix}-{number:02}")).collect();
    Names { ready: numbered("env", ready), bare: numbered("bare", BARE) }
}

impl Environment {
    pub(crate) fn new(username: &str, name: &str) -> Self {
        let (username, name) = (username.to_owned(), name.to_owned());
        Self { username, name, variables: BTreeMap::new(), versions: Vec::new(), last_run: None }
    }

    /// The latest configuration version and its number.
    pub(crate) fn latest(&self) -> Option<(usize, &Version)> {
        self.versions.last().map(|version| (self.versions.len(), version))
    }
}

impl Version {
    /// A version that waits for its archive.
    pub(crate) fn draw(metadata: Map<String, Value>) -> Result<Self, getrandom::Error> {
        Ok(Self { metadata, token: random::uuid()?, uploaded: false })
    }
}

impl Environments {
    /// What a new server has: environments without variables and without runs.
    pub(crate) fn preset(names: &Names) -> Result<Self, getrandom::Error> {
        let documented = DOCUMENTED_ENVIRONMENT.to_owned();
        let ready = names.ready.iter().chain([&documented]).map(|name| Environment::new(ORGANIZATION, name));
        let mut all: Vec<_> = ready.chain([Environment::new(OTHER_ORGANIZATION, FOREIGN_ENVIRONMENT)]).collect();
        for environment in &mut all {
            environment.versions.push(Version { uploaded: true, ..Version::draw(Map::new())? });
        }
        all.extend(names.bare.iter().map(|name| Environment::new(ORGANIZATION, name)));
        Ok(Self { all, runs: 0 })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Environment> {
        self.all.iter()
    }

    pub(crate) fn find(&mut self, username: &str, name: &str) -> Option<&mut Environment> {
        self.all.iter_mut().find(|environment| environment.username == username && environment.name == name)
    }

    /// All environments of an account.
    pub(crate) fn of(&mut self, username: &str) -> impl Iterator<Item = &mut Environment> {
        self.all.iter_mut().filter(move |environment| environment.username == username)
    }

    pub(crate) fn add(&mut self, environment: Environment) {
        self.all.push(environment);
    }

    /// Notes a run of an environment.
    pub(crate) fn run(&mut self, username: &str, name: &str) {
        self.runs += 1;
        let run = Run { number: self.runs, at: Timestamp::now() };
        if let Some(environment) = self.find(username, name) {
            environment.last_run = Some(run);
        }
    }

    /// The version that waits for the archive with this token, or has it.
    pub(crate) fn version(&mut self, token: &str) -> Option<&mut Version> {
        self.all.iter_mut().flat_map(|environment| &mut environment.versions).find(|version| version.token == token)
    }
}
