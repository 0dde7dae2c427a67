//! A small in-memory server that speaks the Terraform Enterprise (TFE) v2 Variables API to the letter of
//! its documentation (edition of June 2018) and of JSON:API 1.0.
//!
//! It has two users: a conformance suite that needs a server which keeps every rule, or breaks exactly one
//! ([`Fault`]); and developers of clients who want something to talk to. Nothing is stored on disk, nothing is
//! encrypted, no Terraform ever runs. Not for production.
//!
//! ```
//! use tfe_reference::{Fault, Server};
//!
//! let server = Server::builder().fault(Fault::Foreign403).start_blocking()?;
//! println!("{} {} {}", server.address(), server.organization(), server.tokens().user);
//! server.stop();
//! # Ok::<(), tfe_reference::StartError>(())
//! ```
//!
//! # What it serves
//! Variables whole; organizations and workspaces as far as somebody needs them to own variables (create, read,
//! list, delete); service discovery and ping. What a request document must look like is asked of
//! [`tfe_schema`]: there is no second model of the API in here.
//!
//! # Who may do what
//! Three users exist, each with a token of its own, drawn at the start: `user` owns [`ORGANIZATION`],
//! `outsider` owns [`OTHER_ORGANIZATION`], `auditor` is a member of both. Members may do everything inside their
//! organization and see nothing outside. Whoever creates an organization is its member.
//!
//! # How a request travels
//! One function (`shell::answer`) takes every API request through the same stages: read the body, authenticate,
//! negotiate, read the query, call the endpoint, render. Endpoints are plain functions from a call to a reply or a
//! refusal; the store is locked for the whole of one, so that a request succeeds or fails as a whole.

mod app;
mod auth;
mod body;
mod call;
mod faults;
mod jsonapi;
mod negotiation;
mod page;
mod query;
mod random;
mod resources;
mod schema;
mod server;
mod shell;
mod store;

pub use auth::Tokens;
pub use faults::{Fault, UnknownFault};
pub use server::{BlockingServer, Builder, RunningServer, Server, StartError};
pub use shell::BASE_PATH;
pub use store::{ORGANIZATION, OTHER_ORGANIZATION};
