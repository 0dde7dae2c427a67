//! What the generator promises, held against the validator and against a second opinion.

mod bodies;
mod bundled;
