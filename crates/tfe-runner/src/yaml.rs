//! YAML files of the suite: strict, and every value knows where it stands.
//!
//! Case files are read by people who did not write them, so whatever makes YAML surprising is an
//! error: anchors, tags, merge keys, duplicate keys, several documents.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Budget, DuplicateKeyPolicy, MergeKeyPolicy, Options, Spanned};
use tfe_schema::Pointer;

/// A place in a file: line and column (in characters), both from 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
pub struct Place {
    /// Line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A YAML document as JSON, with the place of every value.
#[derive(Debug)]
pub(crate) struct Located {
    pub(crate) value: Value,
    places: BTreeMap<Pointer, Place>,
}

impl Located {
    /// Where the value at `pointer` stands; of what is not there, where its container stands.
    pub(crate) fn place(&self, pointer: &Pointer) -> Place {
        let mut pointer = pointer.clone();
        loop {
            if let Some(place) = self.places.get(&pointer) {
                return *place;
            }
            match pointer.split_last() {
                Some((parent, _)) => pointer = parent,
                None => return Place { line: 1, column: 1 },
            }
        }
    }
}

/// Reads one document.
pub(crate) fn read(text: &str) -> Result<Located, (Place, String)> {
    let node: Node = serde_saphyr::from_str_with_options(text, options()).map_err(|error| {
        let place = error.location().map_or(Place { line: 1, column: 1 }, |at| place(at.line(), at.column()));
        (place, first_line(&error.to_string()))
    })?;
    let mut places = BTreeMap::new();
    let value = node.flatten(&Pointer::root(), &mut places);
    Ok(Located { value, places })
}

fn options() -> Options {
    let mut budget = Budget::default();
    (budget.max_anchors, budget.max_aliases) = (0, 0);
    serde_saphyr::options! {
        budget: Some(budget),
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
        strict_booleans: true,
        with_snippet: false,
    }
}

fn place<N: Into<u64>>(line: N, column: N) -> Place {
    Place { line: line.into(), column: column.into() }
}

/// The parser repeats the place at the end of its message; we print it in front.
fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or(message).to_owned()
}

struct Node {
    place: Place,
    tree: Tree,
}

enum Tree {
    Scalar(Value),
    Sequence(Vec<Node>),
    Mapping(Vec<(String, Node)>),
}

impl Node {
    fn flatten(self, at: &Pointer, places: &mut BTreeMap<Pointer, Place>) -> Value {
        places.insert(at.clone(), self.place);
        match self.tree {
            Tree::Scalar(value) => value,
            Tree::Sequence(items) => {
                let items = items.into_iter().enumerate();
                items.map(|(index, node)| node.flatten(&at.join(&index.to_string()), places)).collect()
            }
            Tree::Mapping(members) => {
                let members = members.into_iter().map(|(name, node)| {
                    let value = node.flatten(&at.join(&name), places);
                    (name, value)
                });
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Tree>::deserialize(deserializer)?;
        let at = spanned.referenced;
        Ok(Self { place: place(at.line(), at.column()), tree: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON can say")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Scalar(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Tree, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("a number that JSON cannot say"))?;
        Ok(Tree::Scalar(Value::Number(number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Scalar(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Tree::Sequence(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut members: Vec<(String, Node)> = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if members.iter().any(|(other, _)| *other == name) {
                return Err(A::Error::custom(format!("duplicate key `{name}`")));
            }
            members.push((name, map.next_value()?));
        }
        Ok(Tree::Mapping(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_know_their_place() {
        let located = read("title: x\nsteps:\n  - id: a\n    body: { data: [1, true, null, 1.5, \"2\"] }\n").unwrap();
        assert_eq!(located.value["steps"][0]["body"]["data"], json!([1, true, null, 1.5, "2"]));
        let at = |pointer: &str| located.place(&Pointer::parse(pointer).unwrap()).to_string();
        assert_eq!(at("/steps/0/id"), "3:9");
        assert_eq!(at("/steps/0/body/data/1"), "4:23");
        assert_eq!(at("/steps/0/missing/member"), at("/steps/0"));
    }

    #[test]
    fn surprising_yaml_is_refused() {
        for (text, line) in [
            ("a: 1\na: 2\n", 2),
            ("a: &x 1\nb: *x\n", 1),
            ("a: !thing 1\n", 1),
            ("b: { a: 1 }\nc:\n  <<: { a: 2 }\n", 3),
            ("a: [1\nb: 2\n", 2),
            ("a: 1\n---\nb: 2\n", 2),
        ] {
            let (place, message) = read(text).expect_err(text);
            assert!(place.line.abs_diff(line) <= 1, "{text:?}: {place} {message}");
        }
    }

    #[test]
    fn words_stay_words() {
        let located = read("a: yes\nb: on\nc: 0x10\nd: 2018-06-20\n").unwrap();
        assert_eq!(located.value["a"], json!("yes"));
        assert_eq!(located.value["b"], json!("on"));
        assert_eq!(located.value["d"], json!("2018-06-20"));
    }
}
