//! The configuration file: found, refused where it is wrong, outranked by flags and environment, and
//! silent about secrets.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

const SECRET: &str = "s3cret-of-the-user-0001";

/// The command in a folder, with no more environment than what is given.
fn run(folder: &Path, args: &[&str], env: &[(&str, &str)]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tfe-conformance"));
    let output = command.args(args).current_dir(folder).env_clear().envs(env.iter().copied()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn with(config: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tfe-conformance.toml"), config).unwrap();
    folder
}

/// The line of one key.
fn shown<'t>(text: &'t str, key: &str) -> &'t str {
    text.lines().find(|line| line.starts_with(&format!("{key} "))).unwrap()
}

/// What `init` writes loads as it is, and nothing of the user's is overwritten.
#[test]
fn init_writes_a_file_that_loads_and_overwrites_none() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["init"], &[]).0, 0);
    let (code, out, error) = run(folder.path(), &["config", "show"], &[("TFE_TOKEN", SECRET)]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(shown(&out, "target.address").contains("https://tfe.example.com"), "{out}");
    let (code, _, error) = run(folder.path(), &["init"], &[]);
    assert!(code == 2 && error.contains("--force"), "{error}");
    assert_eq!(run(folder.path(), &["init", "--force"], &[]).0, 0);
    // Every commented key loads as well.
    let path = folder.path().join("tfe-conformance.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let keys = |line: &str| line.starts_with("# ") && line.contains(" = ") && !line.contains(". ");
    let all: Vec<&str> = text.lines().map(|line| if keys(line) { &line[2..] } else { line }).collect();
    let all = all.join("\n").replace("\"pass\", \"show\", \"atlas\"", "\"/bin/echo\", \"abcdefgh12345678\"");
    std::fs::write(&path, all).unwrap();
    let env = [("TFE_TOKEN", SECRET), ("TFE_OUTSIDER_TOKEN", "o"), ("ATLAS_OUTSIDER_TOKEN", "p")];
    let (code, out, error) = run(folder.path(), &["config", "show"], &env);
    assert_eq!((code, error.as_str()), (0, ""));
    let defaults: Vec<_> = out.lines().filter(|line| line.ends_with("(default)")).collect();
    assert!(defaults.len() == 1 && defaults[0].starts_with("target.discovery "), "{defaults:?}");
}

/// Flags, then environment, then file; each says where it came from.
#[test]
fn precedence_and_origin() {
    let folder = with("[target]\naddress = \"https://file.example\"\norganization = \"file\"\n[limits]\ntimeout = 7\n");
    let below = folder.path().join("a/b");
    std::fs::create_dir_all(&below).unwrap();
    let show = |args: &[&str], env: &[(&str, &str)]| run(&below, &[&["config", "show"], args].concat(), env).1;
    let out = show(&[], &[]);
    assert!(shown(&out, "target.address").contains("tfe-conformance.toml:2:11"), "{out}");
    assert!(shown(&out, "limits.timeout").contains(" 7 ") && shown(&out, "limits.jobs").contains("(default)"), "{out}");
    let out = show(&[], &[("TFE_HOSTNAME", "host.example")]);
    assert!(shown(&out, "target.address").contains("https://host.example  (environment (TFE_HOSTNAME))"), "{out}");
    let env = [("TFE_HOSTNAME", "host.example"), ("TFE_ADDRESS", "https://env.example")];
    let out = show(&[], &env);
    assert!(shown(&out, "target.address").contains("https://env.example  (environment (TFE_ADDRESS))"), "{out}");
    let out = show(&["--address", "https://flag.example", "--timeout", "9"], &env);
    assert!(shown(&out, "target.address").contains("https://flag.example  (flag)"), "{out}");
    assert!(shown(&out, "limits.timeout").contains(" 9  (flag)"), "{out}");
    assert!(!show(&["--no-config"], &[]).contains("file.example"));
}

/// Tokens: flag, the suite's own variable, the file, what the Terraform CLI knows; each alone beats all behind it.
#[test]
fn precedence_of_tokens() {
    let folder = with("[target]\naddress = \"https://tfe.example\"\n[identities]\nuser = { env = \"FROM_FILE\" }\n");
    let (own, file, host) =
        (("TFE_TOKEN", "own-token-1"), ("FROM_FILE", "file-token-1"), ("TF_TOKEN_tfe_example", "host-token-1"));
    let origin = |args: &[&str], env: &[(&str, &str)]| {
        let (code, out, error) = run(folder.path(), &[&["config", "show"], args].concat(), env);
        assert_eq!((code, error.as_str()), (0, ""));
        assert!(!out.contains("-token-1"), "{out}");
        shown(&out, "identities.user").to_owned()
    };
    assert!(origin(&["--token", "flag-token-1"], &[own, file, host]).contains("(flag)"));
    assert!(origin(&[], &[own, file, host]).contains("(environment (TFE_TOKEN))"));
    assert!(origin(&[], &[file, host]).contains("tfe-conformance.toml:4:8"));
    assert!(
        origin(&["--no-config", "--address", "https://tfe.example"], &[file, host]).contains("TF_TOKEN_tfe_example")
    );
}

/// A token comes from where the file says, is masked, and goes to no other host.
#[test]
fn tokens_are_masked_and_bound_to_their_host() {
    let folder = with("[target]\naddress = \"https://my-tfe.example.com\"\n");
    let env = [("TF_TOKEN_my__tfe_example_com", SECRET), ("TF_TOKEN_other_example_com", "other")];
    let (_, out, error) = run(folder.path(), &["config", "show", "--format", "json"], &env);
    assert!(out.contains("TF_TOKEN_my__tfe_example_com") && !(out + &error).contains(SECRET));
    let elsewhere = ["config", "show", "--address", "https://elsewhere.example"];
    let (_, out, _) = run(folder.path(), &elsewhere, &env);
    assert!(shown(&out, "identities.user").contains("none"), "{out}");
    // A secret that got lost must not turn half of the gate off.
    let folder = with("[identities]\nuser = { env = \"GONE\" }\n");
    let (code, _, error) = run(folder.path(), &["run"], &[("ATLAS_TOKEN", SECRET)]);
    assert!(
        code == 2 && error.contains("tfe-conformance.toml:2:8: identities.user: the environment variable GONE"),
        "{error}"
    );
}

/// What is wrong is refused with its place before anything is sent, and never quoted if it may be a
/// secret.
#[test]
fn a_wrong_file_is_refused_with_its_place() {
    for (config, says) in [
        ("[target]\nadress = \"x\"\n", ":2:1: unknown field `adress`"),
        ("[target]\nadress = \"x\"\n", "did you mean `address`?"),
        ("[targets]\n", "did you mean `target`?"),
        ("[identities]\nuser = \"s3cret-of-the-user-0001\"\n", ":2:8: a token never stands in this file"),
        ("[identities]\nuser = { token = \"s3cret-of-the-user-0001\" }\n", "a token never stands in this file"),
        ("[identities]\nuser = { env = \"s3cret-of-the-user-0001\" }\n", "the name of an environment variable"),
        ("[identities]\nuser = { env = \"A\", command = [\"b\"] }\n", "exactly one of"),
        ("[identities]\nuser = { command = [] }\n", "`command` is empty"),
        ("[limits]\njobs = 0\n", ":2:8: limits.jobs must be from 1 to 256"),
        ("[limits]\njobs = 8\njobs = 9\n", ":3:1: duplicate key"),
        ("[target\n", ":1:"),
    ] {
        let (code, out, error) = run(with(config).path(), &["run"], &[]);
        assert!(code == 2 && error.contains(says), "{config}: {error}");
        assert!(!(out + &error).contains(SECRET), "{config}");
    }
    let (code, _, error) = run(with("").path(), &["run"], &[]);
    assert!(code == 2 && error.contains("no target"), "{error}");
    let (code, _, error) = run(with("").path(), &["run", "--config", "none.toml"], &[]);
    assert!(code == 2 && error.contains("none.toml cannot be read"), "{error}");
}

/// The built-in server is no server of the file's: not even a broken file speaks about it.
#[test]
fn the_reference_server_needs_no_file() {
    let folder = with("nonsense");
    let case = ["run", "--reference", "--case", "v2/variables/create/attribute-types"];
    assert_eq!(run(folder.path(), &case, &[]).0, 0);
}

/// A file of TOML, as its schema sees it.
fn as_json(text: &str) -> serde_json::Value {
    fn plain(value: toml::Value) -> serde_json::Value {
        match value {
            toml::Value::Datetime(date) => date.to_string().into(),
            toml::Value::Array(items) => items.into_iter().map(plain).collect(),
            toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, plain(value))).collect(),
            other => serde_json::to_value(other).unwrap(),
        }
    }
    plain(toml::Value::Table(text.parse().unwrap()))
}

/// The published schema and the reader take and refuse the same files: the one that `init` writes, with and without its
/// comments, the examples, and one mistake at a time.
#[test]
fn the_published_schema_is_that_of_the_reader() {
    let template = include_str!("../../src/settings/template.toml");
    let uncommented: Vec<_> = template.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect();
    let uncommented: Vec<_> = uncommented
        .into_iter()
        .filter(|line| line.starts_with('[') || line.contains(" = ") && !line.contains(". "))
        .collect();
    let uncommented =
        uncommented.join("\n").replace("[\"pass\", \"show\", \"atlas\"]", "[\"/bin/echo\", \"abcdefgh12345678\"]");
    let example = include_str!("../../../../examples/gate/tfe-conformance.toml");
    let good = [template, &uncommented, example, "", "[target]\naddress = \"https://h\"\ndiscovery = true\n"];
    let bad = [
        "[target]\nadress = \"https://h\"",
        "[target]\naddress = 1",
        "[target]\nworkspaces = \"one\"",
        "[target]\ndiscovery = \"yes\"",
        "[identities]\nuser = \"token\"",
        "[identities]\nuser = { env = \"A B\" }",
        "[identities]\nuser = { env = \"A\", command = [\"x\"] }",
        "[identities]\nuser = {}",
        "[identities]\nowner = { env = \"A\" }",
        "[limits]\njobs = 0",
        "[limits]\ntimeout = 3601",
        "[limits]\nretries = 11",
        "[limits]\nmax-time = -1",
        "[gate]\nfail-on = \"may\"",
        "[gate]\nbaselin = \"x\"",
        "[absent]\n\"v2/paths\" = 1",
        "[reports]\nhtml = \"x\"",
    ];
    let schema = tfe_schema::Catalog::bundled().schema("conformance/config").unwrap();
    let env =
        [("TFE_TOKEN", SECRET), ("TFE_OUTSIDER_TOKEN", "other-token-1"), ("ATLAS_OUTSIDER_TOKEN", "third-token-1")];
    let own = [("CONFORMANCE_TOKEN", SECRET), ("CONFORMANCE_OUTSIDER_TOKEN", "other-token-1"), ("A", "some-token-1")];
    let env = [&env[..], &own].concat();
    for (text, right) in good.iter().map(|text| (*text, true)).chain(bad.map(|text| (text, false))) {
        let (code, _, error) = run(with(text).path(), &["config", "show"], &env);
        assert_eq!(code, if right { 0 } else { 2 }, "{text}\n{error}");
        let found = schema.check_value(&as_json(text));
        assert_eq!(found.is_valid(), right, "{text}\n{found}");
    }
}

/// The same for baselines.
#[test]
fn the_published_schema_of_baselines_is_that_of_the_reader() {
    let entry = "case = \"v2/access/hidden-create\"\nrequirement = \"v2.index.hidden-is-404\"\n";
    let good = [
        include_str!("../../../../examples/gate/tfe-conformance-baseline.toml").to_owned(),
        String::new(),
        format!("[[deviation]]\n{entry}reason = \"r\"\nexpires = \"2099-01-31\"\n"),
        "[[blocked]]\ncase = \"v2/access/hidden-create\"\nreason = \"r\"\nlink = \"x\"\n".to_owned(),
    ];
    let bad = [
        format!("[[deviation]]\n{entry}"),
        format!("[[deviation]]\n{entry}reason = \" \"\n"),
        format!("[[deviation]]\n{entry}reason = \"r\"\nexpires = \"soon\"\n"),
        format!("[[deviation]]\n{entry}reason = \"r\"\nprofile = \"v2\"\n"),
        format!("[[deviations]]\n{entry}reason = \"r\"\n"),
        format!("[[blocked]]\n{entry}reason = \"r\"\n"),
    ];
    let schema = tfe_schema::Catalog::bundled().schema("conformance/baseline").unwrap();
    for (text, right) in good.map(|text| (text, true)).into_iter().chain(bad.map(|text| (text, false))) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("b.toml"), &text).unwrap();
        let args = ["run", "--reference", "--profile", "v2", "--case", "v2/paths/*", "--baseline", "b.toml"];
        let (code, _, error) = run(folder.path(), &args, &[]);
        assert_eq!(code, if right { 0 } else { 2 }, "{text}\n{error}");
        let found = schema.check_value(&as_json(&text));
        assert_eq!(found.is_valid(), right, "{text}\n{found}");
    }
}
