//! What the generator promises, held against the validator and against a second opinion.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bodies;
mod bundled;
mod keywords;
mod own;
mod second;
mod shrinking;
