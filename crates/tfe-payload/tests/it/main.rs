//! What the generator promises, held against the validator and against a second opinion.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

/// Compares with a snapshot in the `snapshots/payload` folder of the repository.
macro_rules! assert_told {
    ($name:literal, $text:expr) => {
        insta::with_settings!({
            snapshot_path => "../../../../snapshots/payload",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!($name, $text) })
    };
}
pub(crate) use assert_told;

mod bodies;
mod bundled;
mod keywords;
mod own;
mod second;
mod shrinking;
