//! See `tests/generated.rs`.
