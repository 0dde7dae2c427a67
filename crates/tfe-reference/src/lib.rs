//! A small in-memory server that speaks the Terraform Enterprise (TFE) v2 Variables API to the letter of
//! its documentation (edition of June 2018) and of JSON:API 1.0, and beside it the legacy v1 API (edition of March
//! 2017).
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
//! **v2**, under [`BASE_PATH`]: variables whole; organizations and workspaces as far as somebody needs them to own
//! variables (create, read, list, delete); service discovery and ping.
//!
//! **v1**, under [`V1_BASE_PATH`], in JSON and in forms: the variables of environments, runs, states, configurations
//! and their versions, users. An environment and the configuration of the same name are one thing, and the latest
//! configuration version shows its variables. v1 documents no way to create an environment, so a number of them is
//! there from the start ([`RunningServer::environments`]); another one, `test`, is the one that the examples of the
//! documentation name. A new configuration version comes with an `upload_path`, an absolute URL of this server: POST
//! the archive there, without any header but what HTTP needs (the upload token is in the URL), and the progress of
//! that token is `uploaded`. The archive is thrown away.
//!
//! What a request document must look like is asked of [`tfe_schema`]: there is no second model of the API in here.
//!
//! # Who may do what
//! Three users exist, each with a token of its own for v2 and one for v1, drawn at the start: `user` owns
//! [`ORGANIZATION`], `outsider` owns [`OTHER_ORGANIZATION`], `auditor` is a member of both. Members may do everything
//! inside their organization and see nothing outside. Whoever creates an organization (on v2) is its member.
//!
//! The two generations share the users and nothing else: v2 takes its tokens in `Authorization: Bearer`, v1 its own in
//! `X-Atlas-Token`, and neither looks at the other's header.
//!
//! # How a request travels
//! One function for each generation (`shell::answer`, `v1::shell::answer`) takes every API request through the same
//! stages: read the body, authenticate, negotiate (v2), read the query, call the endpoint, render. Endpoints are plain
//! functions from a call to a reply or a refusal; the store is locked for the whole of one, so that a request succeeds
//! or fails as a whole.

mod app;
mod auth;
mod body;
mod call;
mod debug;
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
mod v1;
mod variations;

pub use auth::Tokens;
pub use faults::{Fault, UnknownFault};
pub use server::{BlockingServer, Builder, RunningServer, Server, StartError};
pub use shell::BASE_PATH;
pub use store::{ORGANIZATION, OTHER_ORGANIZATION};
pub use v1::BASE_PATH as V1_BASE_PATH;
pub use variations::{UnknownVariation, Variation};
