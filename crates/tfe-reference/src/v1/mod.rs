//! The legacy v1 API, as its pages describe it (edition of March 2017): environments, runs, states, and what these
//! need, configurations and users. It is served beside v2 and shares no rule, no token and no data with it.
//!
//! An environment and the configuration of the same name are one thing here: Terraform Enterprise linked them by name.
//! Its variables are one map of texts. Updating the variables of the environment and creating a configuration version
//! both merge into it; reading the latest configuration version shows it. A run needs a version and does nothing but
//! write a state entry.

mod access;
mod answer;
mod auth;
mod body;
mod configurations;
mod environments;
mod form;
mod runs;
mod shell;
mod states;
mod store;
mod users;
mod variables;

pub(crate) use answer::JSON;
pub use shell::BASE_PATH;
pub(crate) use shell::{UPLOADS_PATH, api, nowhere, uploads, with_faulty_prefix};
pub(crate) use store::{Environments, FOREIGN_ENVIRONMENT, Names, names};
