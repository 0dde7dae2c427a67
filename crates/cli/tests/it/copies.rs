//! Copies of the suite, to be changed in one place.

use std::path::Path;

use tempfile::TempDir;

use crate::process::{Output, Run};
use crate::scripted::Silent;

/// A copy of `conformance/`.
pub(crate) struct Copy(TempDir);

impl Copy {
    pub(crate) fn new() -> Self {
        let copy = Self(TempDir::new().unwrap());
        copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance"), copy.0.path());
        copy
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file in place of whatever was there.
    pub(crate) fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(file), bytes).unwrap();
    }

    /// Changes one piece of a file, which must be there.
    pub(crate) fn replace(&self, file: &str, old: &str, new: &str) {
        let text = std::fs::read_to_string(self.path().join(file)).unwrap();
        assert!(text.contains(old), "{file} has no {old:?}");
        self.write(file, text.replacen(old, new, 1));
    }

    /// A run of it is refused with these words, and sends nothing.
    #[track_caller]
    pub(crate) fn is_refused(&self, words: &[&str]) -> Output {
        let silent = Silent::new();
        let run = Run::against(silent.address(), "some-token", &["--suite"]).args([self.path()]);
        let output = run.output();
        output.complains(2, words);
        silent.heard_nothing();
        output
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}
