//! What the Terraform CLI knows of a host: `TF_TOKEN_<host>`, `credentials` blocks of its configuration, and what
//! `terraform login` stores.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use url::Url;

use crate::failure::Failure;

/// The token of a host and where it came from, in the order in which the Terraform CLI looks for it.
///
/// A file that cannot be read is an error: it may be the one that has the token.
pub(super) fn token(address: &Url) -> Result<Option<(String, String)>, Failure> {
    if let Some(found) = of_variables(address, std::env::vars_os()) {
        return Ok(Some(found));
    }
    let mut helper = None;
    for path in files() {
        let Ok(text) = std::fs::read_to_string(&path) else {
            if path.is_file() {
                return Err(Failure::Usage(format!("{} cannot be read", path.display())));
            }
            continue;
        };
        let found = of_file(address, &text).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
        match found {
            Found::Token(token) => return Ok(Some((token, path.display().to_string()))),
            Found::Helper(name) => drop(helper.get_or_insert((name, path))),
            Found::Nothing => {}
        }
    }
    match helper {
        // Running a program that nobody named here would be a surprise.
        Some((name, path)) => Err(Failure::Usage(format!(
            "{} leaves tokens to the credentials helper `{name}`, which is not run: name a program that prints the token \
             (`user = {{ command = [...] }}` in the configuration), or set TFE_TOKEN",
            path.display()
        ))),
        None => Ok(None),
    }
}

/// What a file says of a host.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Token(String),
    /// Tokens come from a program.
    Helper(String),
    Nothing,
}

/// The variables name their host with `_` for `.`, and `__` for `-`.
fn of_variables(address: &Url, variables: impl Iterator<Item = (OsString, OsString)>) -> Option<(String, String)> {
    let mut found: Vec<(String, String)> = variables
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, value)| {
            let host = name.strip_prefix("TF_TOKEN_").map(|host| host.replace("__", "-").replace('_', "."));
            !value.is_empty() && host.is_some_and(|host| is_host(&host, address))
        })
        .map(|(name, value)| (value, format!("environment ({name})")))
        .collect();
    found.sort_by(|one, other| one.1.cmp(&other.1));
    found.into_iter().next()
}

/// Where the Terraform CLI keeps its configuration: a file that `TF_CLI_CONFIG_FILE` names stands for all but what
/// `terraform login` stores.
fn files() -> Vec<PathBuf> {
    let home = std::env::home_dir().unwrap_or_default();
    let named = std::env::var_os("TF_CLI_CONFIG_FILE").filter(|path| !path.is_empty()).map(PathBuf::from);
    let (own, folder) = if cfg!(windows) {
        let data = std::env::var_os("APPDATA").map_or(home, PathBuf::from);
        (data.join("terraform.rc"), data.join("terraform.d"))
    } else {
        (home.join(".terraformrc"), home.join(".terraform.d"))
    };
    let stored = folder.join("credentials.tfrc.json");
    let Some(named) = named else {
        let mut files = vec![own];
        files.extend(more_of(&folder).into_iter().filter(|path| *path != stored));
        files.push(stored);
        return files;
    };
    vec![named, stored]
}

/// Further configuration files, in the order of their names.
fn more_of(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let is_configuration = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".tfrc") || name.ends_with(".tfrc.json")
    };
    let mut files: Vec<_> = entries.filter(is_configuration).collect();
    files.sort();
    files
}

fn of_file(address: &Url, text: &str) -> Result<Found, String> {
    if text.trim_start().starts_with('{') { of_json(address, text) } else { of_hcl(address, text) }
}

fn of_json(address: &Url, text: &str) -> Result<Found, String> {
    // Line and column, and nothing of the text: it holds tokens.
    let wrong = |error: serde_json::Error| format!("line {}, column {}: no JSON", error.line(), error.column());
    let document: serde_json::Value = serde_json::from_str(text).map_err(wrong)?;
    let hosts = document.get("credentials").and_then(serde_json::Value::as_object);
    let own = hosts.into_iter().flatten().find(|(host, _)| is_host(host, address));
    let token = own.and_then(|(_, own)| own.get("token")?.as_str());
    let helper = document.get("credentials_helper").and_then(|helpers| helpers.as_object()?.keys().next().cloned());
    Ok(found(token, helper))
}

fn of_hcl(address: &Url, text: &str) -> Result<Found, String> {
    let wrong = |error: hcl::edit::parser::Error| {
        let place = error.location();
        format!("line {}, column {}: {}", place.line(), place.column(), error.message())
    };
    let body = hcl::edit::parser::parse_body(text).map_err(wrong)?;
    let labelled = |name: &'static str| {
        body.blocks()
            .filter(move |block| block.ident.as_str() == name)
            .filter_map(|block| Some((block.labels.first()?.as_str(), block)))
    };
    let own = labelled("credentials").find(|(host, _)| is_host(host, address));
    let token = own.as_ref().and_then(|(_, block)| block.body.get_attribute("token")?.value.as_str());
    let helper = labelled("credentials_helper").next().map(|(name, _)| name.to_owned());
    Ok(found(token, helper))
}

fn found(token: Option<&str>, helper: Option<String>) -> Found {
    match (token.map(str::trim).filter(|token| !token.is_empty()), helper) {
        (Some(token), _) => Found::Token(token.to_owned()),
        (None, Some(helper)) => Found::Helper(helper),
        (None, None) => Found::Nothing,
    }
}

/// Whether a name, perhaps with a port and in any case and script, is the host of an address.
fn is_host(name: &str, address: &Url) -> bool {
    let Ok(named) = Url::parse(&format!("https://{name}")) else { return false };
    let port = address.port_or_known_default();
    // A name without a port means that of HTTPS; here also that of the address, as in `TF_TOKEN_<host>`.
    let fits = named.port().is_none_or(|own| Some(own) == port);
    fits && named.host().is_some() && named.host() == address.host() && named.path() == "/"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn variables_name_their_host_as_in_terraform() {
        let of = |name: &str, host: &str| {
            of_variables(&address(host), [(name.into(), "t0ken".into())].into_iter()).is_some()
        };
        assert!(of("TF_TOKEN_app_terraform_io", "https://app.terraform.io"));
        assert!(of("TF_TOKEN_app_my__tfe_example_com", "https://app.my-tfe.example.com"));
        assert!(of("TF_TOKEN_app_my-tfe_example_com", "https://app.my-tfe.example.com"));
        assert!(of("TF_TOKEN_xn____caf__dma_fr", "https://caf\u{e9}.fr") || !of("TF_TOKEN_caf_fr", "https://café.fr"));
        assert!(!of("TF_TOKEN_app_terraform_io", "https://app.terraform.io.example.com"));
        assert!(!of("TF_TOKEN_", "https://app.terraform.io"));
    }

    #[test]
    fn tokens_stand_in_both_forms_of_the_files() {
        let hcl = "plugin_cache_dir = \"x\"\ncredentials \"TFE.example.com\" {\n  token = \"abc\"\n}\n";
        let json = r#"{"credentials": {"tfe.example.com": {"token": "abc"}, "other": {}}}"#;
        for text in [hcl, json] {
            assert_eq!(of_file(&address("https://tfe.example.com"), text), Ok(Found::Token("abc".to_owned())));
            assert_eq!(of_file(&address("https://other.example.com"), text), Ok(Found::Nothing));
        }
        let port = "credentials \"localhost:8080\" { token = \"abc\" }\n";
        assert_eq!(of_file(&address("http://localhost:8080"), port), Ok(Found::Token("abc".to_owned())));
        assert_eq!(of_file(&address("http://localhost:9090"), port), Ok(Found::Nothing));
        let helper = "credentials_helper \"keychain\" { args = [] }\n";
        assert_eq!(of_file(&address("https://x"), helper), Ok(Found::Helper("keychain".to_owned())));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_without_its_text() {
        for text in
            ["credentials \"h\" { token = \"s3cret-t0ken\" ", "{\"credentials\": {\"h\": {\"token\": \"s3cret-t0ken\""]
        {
            let error = of_file(&address("https://h"), text).unwrap_err();
            assert!(error.contains("line 1") && !error.contains("s3cret"), "{error}");
        }
    }
}
