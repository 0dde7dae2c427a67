//! The legacy v1 API, over the same socket.

mod access;
mod client;
mod configurations;
mod curl;
mod faults;
mod faulty_bodies;
mod hostile;
mod protocol;
mod runs;
mod throughout;
mod variables;
