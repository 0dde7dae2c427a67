//! Runs the command as a process of its own, and never waits for it longer than it may take.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::events::Events;

/// No command of these tests takes longer, unless it hangs.
const LIMIT: Duration = Duration::from_mins(1);

/// What the environment of whoever runs the tests must not decide.
const UNWANTED: [&str; 5] = ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "COLUMNS"];

/// A command to be run.
pub(crate) struct Run {
    args: Vec<OsString>,
    env: Vec<(String, String)>,
    stdin: Vec<u8>,
    limit: Duration,
}

/// A command that is over.
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) elapsed: Duration,
    /// The most memory that it held, in KiB, as the system tells it; 0 where it does not.
    pub(crate) peak: u64,
}

impl Run {
    pub(crate) fn new<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Self {
        let args = args.into_iter().map(|arg| arg.as_ref().to_owned()).collect();
        Self { args, env: Vec::new(), stdin: Vec::new(), limit: LIMIT }
    }

    /// `run --reference` and more.
    pub(crate) fn reference(more: &[&str]) -> Self {
        Self::new(["run", "--reference"]).args(more)
    }

    /// `run` against an address, as a user of the organization `o`.
    pub(crate) fn against(address: &str, token: &str, more: &[&str]) -> Self {
        Self::new(["run", "--address", address, "--token", token, "--organization", "o"]).args(more)
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn stdin(self, stdin: impl Into<Vec<u8>>) -> Self {
        Self { stdin: stdin.into(), ..self }
    }

    /// The command must be over within this time.
    pub(crate) fn within(self, seconds: u64) -> Self {
        Self { limit: Duration::from_secs(seconds), ..self }
    }

    /// Starts the process; its output is piped.
    pub(crate) fn start(&self) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tfe-conformance"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("TFE_")
                || text.starts_with("ATLAS_")
                || UNWANTED.iter().any(|unwanted| name == *unwanted)
            {
                command.env_remove(name);
            }
        }
        // Journals of runs that are killed here are no business of whoever runs the tests.
        command.env("XDG_STATE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/state"));
        command.args(&self.args).envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Runs it to its end.
    pub(crate) fn output(self) -> Output {
        let began = Instant::now();
        let mut child = self.start();
        let mut stdin = child.stdin.take().unwrap();
        let input = self.stdin.clone();
        // A process that does not read its input must not stop us; it may also be gone already.
        thread::spawn(move || drop(stdin.write_all(&input)));
        let peak = watch_memory(child.id());
        let (out, err) = (collect(child.stdout.take().unwrap()), collect(child.stderr.take().unwrap()));
        let left = || self.limit.saturating_sub(began.elapsed());
        // Both ends are closed when the process is over.
        let (Ok(stdout), Ok(stderr)) = (out.recv_timeout(left()), err.recv_timeout(left())) else {
            drop(child.kill());
            panic!("{:?} is not over after {:?}", self.args, self.limit);
        };
        let status = child.wait().unwrap();
        let output = Output {
            code: status.code().unwrap_or_else(|| panic!("{:?} was ended by a signal: {status}", self.args)),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
            elapsed: began.elapsed(),
            peak: peak.join().unwrap(),
        };
        assert!(!output.stderr.contains("panicked"), "{:?} panicked:\n{}", self.args, output.stderr);
        output
    }

    /// Runs it to its end, with an event stream beside the other reports.
    pub(crate) fn events(self) -> (Output, Events) {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("events.jsonl");
        let output = self.args([OsStr::new("--report"), &report("events", &file)]).output();
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("no events ({error}): {output:?}"));
        let events = Events::parse(&text);
        assert_eq!(i32::from(events.finished().exit_code), output.code, "process and event stream agree");
        (output, events)
    }
}

/// The value of `--report`.
pub(crate) fn report(format: &str, path: &Path) -> OsString {
    let mut value = OsString::from(format!("{format}="));
    value.push(path);
    value
}

/// As much of it as helps in the message of a test that failed.
impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |text: &str| text.chars().take(2000).collect::<String>();
        write!(f, "exit {} after {:?}\n{}\n{}", self.code, self.elapsed, short(&self.stderr), short(&self.stdout))
    }
}

impl Output {
    /// Everything that it said.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// It ended with this code and said all of these words on standard error.
    #[track_caller]
    pub(crate) fn complains(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "no `{word}` in {:?}", self.stderr);
        }
    }
}

/// Looks at the high-water mark of a process until it is over.
fn watch_memory(process: u32) -> thread::JoinHandle<u64> {
    thread::spawn(move || {
        let mut peak = 0;
        while let Ok(status) = std::fs::read_to_string(format!("/proc/{process}/status")) {
            let mark = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            // A process that is over and not waited for has none.
            let Some(mark) = mark.and_then(|mark| mark.trim().strip_suffix(" kB")?.parse().ok()) else { break };
            peak = mark;
            thread::sleep(Duration::from_millis(5));
        }
        peak
    })
}

fn collect(mut stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if stream.read_to_end(&mut bytes).is_ok() {
            // Whoever waited may have given up.
            drop(sender.send(bytes));
        }
    });
    receiver
}
