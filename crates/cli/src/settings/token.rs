//! Tokens, from where the configuration says that they are.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::file::TokenSource;

/// How long a program may take to print a token.
const LONGEST: Duration = Duration::from_secs(30);

/// The token, or why there is none. Never the one that is nearly right.
pub(super) fn fetch(source: &TokenSource) -> Result<String, String> {
    match source {
        TokenSource::Env(name) => match std::env::var(name) {
            Ok(token) if !token.trim().is_empty() => Ok(token.trim().to_owned()),
            Ok(_) => Err(format!("the environment variable {name} is empty")),
            Err(std::env::VarError::NotPresent) => Err(format!("the environment variable {name} is not set")),
            Err(std::env::VarError::NotUnicode(_)) => Err(format!("the environment variable {name} is not UTF-8")),
        },
        TokenSource::Command(words) => output(words, LONGEST),
    }
}

/// In words, without the arguments of a program: they may hold what is not for a log.
pub(super) fn describe(source: &TokenSource) -> String {
    match source {
        TokenSource::Env(name) => format!("*** (environment variable {name})"),
        TokenSource::Command(words) => format!("*** (output of {})", program(words)),
    }
}

fn program(words: &[String]) -> &str {
    words.first().map_or("", String::as_str)
}

fn output(words: &[String], longest: Duration) -> Result<String, String> {
    let name = program(words);
    let mut child = Command::new(name)
        .args(words.iter().skip(1))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{name} cannot be started: {error}"))?;
    let end = Instant::now() + longest;
    let (sender, receiver) = mpsc::channel();
    if let Some(mut out) = child.stdout.take() {
        // Not joined: a program that the program started may hold the pipe for ever.
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = out.read_to_end(&mut bytes).map(|_| bytes);
            // Nobody waits any more if this fails.
            let _ = sender.send(read);
        });
    }
    let status = wait(&mut child, longest).map_err(|error| format!("{name}: {error}"))?;
    if !status.success() {
        return Err(format!("{name} failed ({status})"));
    }
    let bytes = receiver.recv_timeout(end.saturating_duration_since(Instant::now()));
    let bytes =
        bytes.map_err(|_| format!("{name}: its output did not end within {} seconds", longest.as_secs_f32()))?;
    let bytes = bytes.map_err(|error| format!("{name}: {error}"))?;
    let token = String::from_utf8(bytes).map_err(|_| format!("the output of {name} is not UTF-8"))?;
    match token.trim() {
        "" => Err(format!("{name} printed nothing")),
        token => Ok(token.to_owned()),
    }
}

fn wait(child: &mut Child, longest: Duration) -> std::io::Result<std::process::ExitStatus> {
    let end = Instant::now() + longest;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            return Err(std::io::Error::other(format!("no token within {} seconds", longest.as_secs())));
        }
        thread::sleep(Duration::from_millis(10));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_or_fails_or_is_silent_gives_no_token() {
        let run = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            output(&words, Duration::from_millis(300))
        };
        assert_eq!(run(&["echo", "  abc "]), Ok("abc".to_owned()));
        assert!(run(&["sleep", "20"]).is_err_and(|error| error.contains("no token within")));
        let held = run(&["sh", "-c", "sleep 20 & echo abc"]);
        assert!(held.is_err_and(|error| error.contains("did not end")));
        assert!(run(&["false"]).is_err_and(|error| error.contains("failed")));
        assert!(run(&["true"]).is_err_and(|error| error.contains("nothing")));
        assert!(run(&["/no/such/program"]).is_err_and(|error| error.contains("cannot be started")));
    }
}
