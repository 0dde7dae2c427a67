//! Where runs keep their journals, unless they are told.

use std::env;
use std::path::PathBuf;
use std::process;
use std::time::{SystemTime, UNIX_EPOCH};

/// A folder of this user (XDG Base Directory Specification), so that `clean` finds the journals from
/// wherever it is started; without one, a folder of the working directory.
pub(super) fn folder() -> PathBuf {
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME")
        .or_else(|| absolute("LOCALAPPDATA"))
        .or_else(|| absolute("HOME").map(|home| home.join(".local").join("state")));
    match state {
        Some(state) => state.join("tfe-conformance").join("journal"),
        None => PathBuf::from(".tfe-conformance").join("journal"),
    }
}

/// The journal of a new run: no two runs have the same.
pub(super) fn new() -> PathBuf {
    // A clock before 1970 gives no time; the process alone then tells runs apart.
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    folder().join(format!("{seconds}-{}.jsonl", process::id()))
}
