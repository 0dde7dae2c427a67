//! Replays declarative conformance cases against a live server of the Terraform Enterprise (TFE)
//! HTTP API, judges the answers, and says what happened as events.
//!
//! ```no_run
//! use std::sync::Arc;
//! use tfe_runner::suite::{Credential, Identity};
//! use tfe_runner::{Options, Plan, Selection, Suite, Target};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let suite = Arc::new(Suite::bundled()?);
//! let plan = Plan::new(suite, tfe_schema::Catalog::bundled(), &Selection::default())?;
//! let target = Target::new("https://tfe.example.com", "my-organization")?
//!     .with_token(Credential::Tfe, Identity::User, "my-token");
//! let finished = tfe_runner::run(plan, target, Options::default(), &mut |event| {
//!     println!("{event:?}");
//! })
//! .await?;
//! println!("{:?}", finished.claims);
//! # Ok(())
//! # }
//! ```
//!
//! The crate never prints and never exits: reports are folds over [`event::Event`], written to
//! whatever the caller gives. It knows no server: the built-in reference server and a remote one
//! are the same code path.

mod client;
mod digest;
mod discovery;
pub mod event;
mod exchange;
pub mod explore;
pub mod gate;
mod judge;
mod plan;
pub mod recording;
mod redact;
pub mod report;
mod run;
mod stop;
pub mod suite;
mod target;
mod template;
mod verdict;
mod yaml;

pub use discovery::{DiscoveryError, discover};
pub use plan::{Plan, PlanError, Planned, Selection, Shard, ShardError};
pub use redact::{Redactor, SHORTEST_SECRET};
pub use run::{CleanError, Cleaned, JournalError, Options, StartError, clean, left_in, open_journals, run};
pub use stop::Stop;
pub use suite::Suite;
pub use target::{AddressError, Limits, Proxy, Target, Transport};
pub use verdict::exit;
