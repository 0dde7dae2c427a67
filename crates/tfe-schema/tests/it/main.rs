//! The laws of the schema set and of the validator, from outside.

#![expect(clippy::unwrap_used, reason = "a test may panic, also in what several tests share")]

mod bad_sets;
mod bundled;
mod citations;
mod edit;
mod exchanges;
mod forms;
mod messages;
mod parsing;
mod properties;
mod routing;
mod samples;
mod tape;
