//! The program says what the validator says.

use std::sync::Arc;

use super::{Leaves, Program};
use crate::files;

#[test]
fn every_bundled_schema_has_a_program() {
    let (files, problems) = files::bundled();
    assert!(problems.is_empty(), "{problems:?}");
    let leaves = Arc::new(Leaves::default());
    let schemas = files.keys().filter(|file| !file.ends_with("openapi.json"));
    let lacking: Vec<_> = schemas.filter(|file| Program::compile(&files, file, &leaves).is_none()).collect();
    assert_eq!(lacking, Vec::<&String>::new());
}
