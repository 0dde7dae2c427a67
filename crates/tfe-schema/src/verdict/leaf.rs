//! Rules that `jsonschema` judges: patterns, formats, numbers, values that are no text.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::Validator;
use jsonschema::json::Json as _;
use serde_json::{Map, Value};

use crate::schema;
use crate::tape::{SpanTape, TapeNode};

/// A small schema, compiled when it is first asked. It refers to nothing.
pub(super) struct Leaf {
    schema: Value,
    validator: OnceLock<Validator<SpanTape>>,
}

impl Leaf {
    /// # Panics
    /// If the schema does not compile: whoever loaded the schema it was taken from compiled that.
    pub(super) fn holds(&self, node: TapeNode<'_>) -> bool {
        let compile = || match schema::options().build(&self.schema) {
            Ok(validator) => validator,
            Err(error) => panic!("a loaded schema holds {}, which does not compile: {error}", self.schema),
        };
        self.validator.get_or_init(compile).is_valid(node)
    }

    pub(super) fn holds_text(&self, text: &str) -> bool {
        SpanTape::with_string_node(&mut (), text, |node| self.holds(node))
    }
}

impl std::fmt::Debug for Leaf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.schema.fmt(f)
    }
}

/// The leaves of a schema set: the same rule stands in many schemas.
#[derive(Default)]
pub(crate) struct Leaves(Mutex<HashMap<String, Arc<Leaf>>>);

impl Leaves {
    pub(super) fn one(&self, keyword: &str, value: &Value) -> Arc<Leaf> {
        self.of(Map::from_iter([(keyword.to_owned(), value.clone())]))
    }

    pub(super) fn of(&self, keywords: Map<String, Value>) -> Arc<Leaf> {
        let schema = Value::Object(keywords);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let leaf = known.entry(schema.to_string());
        Arc::clone(leaf.or_insert_with(|| Arc::new(Leaf { schema, validator: OnceLock::new() })))
    }
}
