//! The server as a client sees it: over a socket, one request at a time.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod client;
mod discovery;
mod documents;
mod faults;
mod lists;
mod owners;
mod protocol;
mod server;
mod tour;
mod v1;
mod variables;
