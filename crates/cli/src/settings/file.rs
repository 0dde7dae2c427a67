//! The configuration file as it is written, with the place of every value.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use toml::Spanned;

use crate::args::FailOn;
use crate::commands::nearest;
use crate::failure::Failure;

/// The name under which the file is found.
pub(crate) const NAME: &str = "tfe-conformance.toml";

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Document {
    pub(crate) target: TargetTable,
    pub(crate) identities: Identities,
    pub(crate) run: RunTable,
    pub(crate) limits: Limits,
    pub(crate) gate: GateTable,
    /// Reasons, by the area that the server does not have.
    pub(crate) absent: Option<Spanned<BTreeMap<String, String>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TargetTable {
    pub(crate) address: Option<Spanned<String>>,
    pub(crate) organization: Option<Spanned<String>>,
    pub(crate) base_paths: Option<Spanned<BTreeMap<String, String>>>,
    pub(crate) workspaces: Option<Spanned<Vec<String>>>,
    pub(crate) environments: Option<Spanned<Vec<String>>>,
    pub(crate) bare_environments: Option<Spanned<Vec<String>>>,
    pub(crate) discovery: Option<Spanned<bool>>,
    pub(crate) ssl_skip_verify: Option<Spanned<bool>>,
    pub(crate) proxy: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Identities {
    pub(crate) user: Option<Spanned<TokenSource>>,
    pub(crate) outsider: Option<Spanned<TokenSource>>,
    pub(crate) atlas_user: Option<Spanned<TokenSource>>,
    pub(crate) atlas_outsider: Option<Spanned<TokenSource>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RunTable {
    pub(crate) profiles: Option<Spanned<Vec<String>>>,
    pub(crate) reports: Option<Spanned<Vec<String>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Limits {
    pub(crate) timeout: Option<Spanned<u16>>,
    pub(crate) rate: Option<Spanned<u32>>,
    pub(crate) retries: Option<Spanned<u32>>,
    pub(crate) jobs: Option<Spanned<u16>>,
    pub(crate) max_time: Option<Spanned<u64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct GateTable {
    pub(crate) fail_on: Option<Spanned<FailOn>>,
    pub(crate) baseline: Option<Spanned<PathBuf>>,
}

/// Where a token comes from. Never the token.
#[derive(Debug)]
pub(crate) enum TokenSource {
    /// An environment variable, by name.
    Env(String),
    /// The output of a program, which is started without a shell.
    Command(Vec<String>),
}

impl<'de> Deserialize<'de> for TokenSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SourceVisitor)
    }
}

struct SourceVisitor;

const LITERAL: &str = "a token never stands in this file, which is kept with the code: \
                       write { env = \"NAME\" } or { command = [\"PROGRAM\", ...] }";

impl<'de> Visitor<'de> for SourceVisitor {
    type Value = TokenSource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{ env = \"NAME\" } or { command = [\"PROGRAM\", ...] }")
    }

    // Not the error of serde, which quotes what it found.
    fn visit_str<E: de::Error>(self, _: &str) -> Result<TokenSource, E> {
        Err(E::custom(LITERAL))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TokenSource, A::Error> {
        let one = || de::Error::custom("exactly one of `env` and `command` says where the token comes from");
        let source = match map.next_key::<String>()?.as_deref() {
            Some("env") => TokenSource::Env(map.next_value()?),
            Some("command") => TokenSource::Command(map.next_value()?),
            Some("token") => return Err(de::Error::custom(LITERAL)),
            Some(other) => return Err(de::Error::unknown_field(other, &["env", "command"])),
            None => return Err(one()),
        };
        match (&source, map.next_key::<String>()?) {
            (_, Some(_)) => Err(one()),
            (TokenSource::Env(name), None) if !is_variable(name) => {
                Err(de::Error::custom("`env` is the name of an environment variable, not a token"))
            }
            (TokenSource::Command(words), None) if words.first().is_none_or(String::is_empty) => {
                Err(de::Error::custom("`command` is empty: the first word is the program"))
            }
            _ => Ok(source),
        }
    }
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A file with its path and the starts of its lines.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    path: PathBuf,
    text: String,
    pub(crate) document: Document,
}

impl ConfigFile {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::Usage(format!("configuration {} cannot be read: {error}", path.display())))?;
        Self::parse(path, text)
    }

    pub(crate) fn parse(path: &Path, text: String) -> Result<Self, Failure> {
        match toml::from_str(&text) {
            Ok(document) => Ok(Self { path: path.to_owned(), text, document }),
            Err(error) => {
                let (line, column) = place(&text, error.span().map_or(0, |span| span.start));
                let message = error.message();
                let hint = suggestion(message);
                Err(Failure::Usage(format!("{}:{line}:{column}: {message}{hint}", path.display())))
            }
        }
    }

    /// The file in the working directory, or in the nearest folder above it.
    pub(crate) fn find(from: &Path) -> Result<Option<Self>, Failure> {
        let found = from.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file());
        found.map(|path| Self::read(&path)).transpose()
    }

    /// A path that is meant from the folder of this file.
    pub(crate) fn beside(&self, path: &Path) -> PathBuf {
        self.path.parent().map_or_else(|| path.to_owned(), |folder| folder.join(path))
    }

    /// `file:line:column` of a value.
    pub(crate) fn origin<T>(&self, value: &Spanned<T>) -> String {
        let (line, column) = place(&self.text, value.span().start);
        format!("{}:{line}:{column}", self.path.display())
    }
}

pub(super) fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// The known key that is nearest to an unknown one: the message of serde quotes both.
pub(super) fn suggestion(message: &str) -> String {
    let Some(rest) = message.strip_prefix("unknown field ") else { return String::new() };
    let mut quoted = rest.split('`').skip(1).step_by(2);
    let Some(unknown) = quoted.next() else { return String::new() };
    nearest(unknown, quoted).map(|known| format!("; did you mean `{known}`?")).unwrap_or_default()
}
