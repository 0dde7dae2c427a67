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
    assert!(!out.contains("default)"), "{out}");
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
    assert!(shown(&out, "target.address").contains("https://env.example  (environment)"), "{out}");
    let out = show(&["--address", "https://flag.example", "--timeout", "9"], &env);
    assert!(shown(&out, "target.address").contains("https://flag.example  (flag)"), "{out}");
    assert!(shown(&out, "limits.timeout").contains(" 9  (flag)"), "{out}");
    assert!(!show(&["--no-config"], &[]).contains("file.example"));
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
