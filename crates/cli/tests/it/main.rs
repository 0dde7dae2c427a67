//! The command as its users meet it: real processes, real sockets.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answered;
mod baseline;
mod config;
mod copies;
mod events;
mod explore;
mod faults;
mod generate;
mod help;
mod hostile;
mod http;
mod killed;
mod laws;
mod leftovers;
mod manners;
mod process;
mod read_only;
mod recorded;
mod remote;
mod reports;
mod scripted;
mod secrets;
mod served;
mod statements;
mod suites;
mod transport;
mod usage;
mod validate;
