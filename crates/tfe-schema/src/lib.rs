//! What documents of the Terraform Enterprise (TFE) HTTP API must look like, and which operations
//! exist: JSON Schemas and OpenAPI descriptions, bundled, with a validator.
//!
//! ```
//! let schema = tfe_schema::Catalog::bundled().schema("v2/variables/create-request").expect("bundled");
//! let report = schema.check(br#"{"data": {"type": "vars"}}"#);
//! assert!(!report.is_valid());
//! for violation in &report.violations {
//!     println!("{}: {}", violation.subject(), violation.message);
//! }
//! ```
//!
//! [`Catalog::route`] tells the operation behind a method and a path, and [`Catalog::check_exchange`] holds a request and
//! its answer against it. [`form`] reads and writes the
//! form payloads of the legacy API, and [`Schema::check_form`] holds them against the same schemas.
//!
//! [`form`], [`json`], [`tape`] and [`Pointer`] know nothing of TFE. This crate does no I/O beyond reading a schema set,
//! and it never fetches anything.

mod catalog;
mod excerpt;
mod exchange;
mod files;
pub mod form;
pub mod json;
mod lines;
mod lint;
mod message;
mod openapi;
mod places;
mod pointer;
mod reference;
mod report;
mod schema;
pub mod tape;
mod typed;
mod verdict;

pub use catalog::Catalog;
pub use excerpt::{Excerpt, Excerpts};
pub use exchange::{ExchangeReport, MessageProblem, MessageReport, RequestParts, ResponseParts};
pub use files::{LoadError, Problem};
pub use openapi::{Link, Operation, Response, Source};
pub use pointer::{Pointer, PointerError};
pub use report::{Report, Violation};
pub use schema::{Part, Schema};
pub use tape::Place;
