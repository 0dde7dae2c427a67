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
//! [`json`] and [`Pointer`] know nothing of TFE. This crate does no I/O beyond reading a schema set,
//! and it never fetches anything.

mod catalog;
mod files;
pub mod json;
mod lint;
mod openapi;
mod pointer;
mod reference;
mod schema;

pub use catalog::Catalog;
pub use files::{LoadError, Problem};
pub use openapi::{Link, Operation, Response, Source};
pub use pointer::{Pointer, PointerError};
pub use schema::{Report, Schema, Violation};
