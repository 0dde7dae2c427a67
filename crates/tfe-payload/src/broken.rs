//! Bodies that are no document at all: broken JSON, members that stand twice, broken forms.

use std::fmt;

use proptest::prelude::Rng as _;
use proptest::strategy::{NewTree, Strategy};
use proptest::test_runner::TestRunner;
use serde_json::Value;
use tfe_schema::form;

use crate::choices::Choices;
use crate::strategy::{Documents, Drawn, Tree};

/// A body that no reader of its kind accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrokenText {
    /// The body.
    pub bytes: Vec<u8>,
    /// What is wrong with it.
    pub flaw: Flaw,
}

macro_rules! flaws {
    ($($name:ident $label:literal $form:literal $words:literal,)*) => {
        /// What is wrong with a body.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Flaw {
            $(#[doc = $words] $name,)*
        }

        impl Flaw {
            /// All flaws.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name, for reports: `trailing-comma`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $label),* }
            }

            /// What is wrong, for people.
            pub fn description(self) -> &'static str {
                match self { $(Self::$name => $words),* }
            }

            /// Whether the body is a form (`application/x-www-form-urlencoded`), and no JSON.
            pub fn is_form(self) -> bool {
                match self { $(Self::$name => $form),* }
            }
        }
    };
}

flaws! {
    Empty "empty" false "The body is empty.",
    Truncated "truncated" false "The text ends in the middle.",
    TrailingText "trailing-text" false "Something stands after the document.",
    TrailingComma "trailing-comma" false "A comma stands before a closing bracket.",
    SingleQuotes "single-quotes" false "A text is in single quotes.",
    UnquotedName "unquoted-name" false "A quotation mark is missing.",
    Comment "comment" false "A comment stands in the text.",
    BadEscape "bad-escape" false "A backslash is followed by what may not follow it.",
    ControlCharacter "control-character" false "A control character stands in a text as it is.",
    NotANumber "not-a-number" false "NaN stands for a value.",
    NotUtf8 "not-utf-8" false "The bytes are not UTF-8.",
    Utf16 "utf-16" false "The text is UTF-16.",
    DuplicateMember "duplicate-member" false "A member stands twice in its object.",
    FormPercent "form-percent" true "A percent sign is not followed by two hexadecimal digits.",
    FormNotUtf8 "form-not-utf-8" true "A percent-encoded text is not UTF-8.",
    FormUnclosed "form-unclosed-bracket" true "A name has an opening bracket without a closing one.",
    FormStray "form-stray-bracket" true "A name has a closing bracket without an opening one.",
    FormEmptyName "form-empty-name" true "A pair has no name.",
    FormConflict "form-conflict" true "A name stands for a text and for a map.",
    FormListNotLast "form-list-not-last" true "A list has members, so that nobody can say where an item ends.",
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Broken bodies, made from the documents of a schema.
#[derive(Debug, Clone)]
pub struct BrokenTexts {
    documents: Documents,
    flaws: Vec<Flaw>,
}

impl BrokenTexts {
    pub(crate) fn new(documents: Documents, forms: bool) -> Self {
        let flaws = Flaw::ALL.iter().copied().filter(|flaw| forms || !flaw.is_form()).collect();
        Self { documents, flaws }
    }

    /// The body of a seed, always the same.
    pub fn of_seed(&self, seed: u64) -> BrokenText {
        let mut choices = Choices::seeded(seed);
        let flaw = self.flaws[choices.index(self.flaws.len())];
        WithFlaw { documents: self.documents.clone(), flaw }.draw_from(&mut choices)
    }
}

impl Strategy for BrokenTexts {
    type Tree = Tree<BrokenText>;
    type Value = BrokenText;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let chosen = Choices::seeded(runner.rng().next_u64()).index(self.flaws.len());
        let source = WithFlaw { documents: self.documents.clone(), flaw: self.flaws[chosen] };
        Ok(Tree::new(source, runner.rng().next_u64()))
    }
}

/// The bodies with one flaw: shrinking keeps it.
struct WithFlaw {
    documents: Documents,
    flaw: Flaw,
}

impl Drawn for WithFlaw {
    type Value = BrokenText;

    fn draw_from(&self, choices: &mut Choices) -> BrokenText {
        let document = self.documents.draw_from(choices);
        let bytes = if self.flaw.is_form() {
            break_form(self.flaw, &document)
        } else {
            break_json(self.flaw, &document, choices)
        };
        BrokenText { bytes, flaw: self.flaw }
    }
}

fn break_json(flaw: Flaw, document: &Value, choices: &mut Choices) -> Vec<u8> {
    let mut text = document.to_string();
    let nested = document.is_object() || document.is_array();
    let quote = text.find('"').map(|at| at + 1);
    match flaw {
        Flaw::Truncated if nested => {
            let mut end = 1 + choices.index(text.len() - 1);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
        }
        Flaw::Empty | Flaw::Truncated => text.clear(),
        Flaw::TrailingComma if nested => text.insert(text.len() - 1, ','),
        Flaw::TrailingComma => text.push(','),
        Flaw::Comment => text.push_str(" // a comment"),
        Flaw::NotANumber => text = format!("[{text},NaN]"),
        Flaw::Utf16 => return text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Flaw::DuplicateMember => text = with_duplicate(document, choices),
        _ => match (flaw, quote) {
            (Flaw::SingleQuotes, Some(at)) => text.replace_range(at - 1..at, "'"),
            (Flaw::UnquotedName, Some(at)) => drop(text.remove(at - 1)),
            (Flaw::BadEscape, Some(at)) => text.insert_str(at, "\\x"),
            (Flaw::ControlCharacter, Some(at)) => text.insert(at, '\u{1}'),
            (Flaw::NotUtf8, Some(at)) => {
                let mut bytes = text.into_bytes();
                bytes.insert(at, 0xff);
                return bytes;
            }
            // Nothing in quotes: then something that may not stand there.
            (Flaw::NotUtf8, None) => return [text.as_bytes(), b"\xff"].concat(),
            (Flaw::SingleQuotes, None) => text.push_str("''"),
            (Flaw::UnquotedName, None) => text.push('"'),
            (Flaw::BadEscape, None) => text.push_str("\"\\x\""),
            (Flaw::ControlCharacter, None) => text.push('\u{1}'),
            _ => text.push('}'),
        },
    }
    text.into_bytes()
}

/// The document with one of its members twice, both the same: that alone is wrong.
fn with_duplicate(document: &Value, choices: &mut Choices) -> String {
    let count = members(document);
    if count == 0 {
        return r#"{"a":1,"a":1}"#.to_owned();
    }
    let mut countdown = Some(choices.index(count));
    let mut text = String::new();
    write(document, &mut countdown, &mut text);
    text
}

fn members(value: &Value) -> usize {
    match value {
        Value::Object(map) => map.len() + map.values().map(members).sum::<usize>(),
        Value::Array(items) => items.iter().map(members).sum(),
        _ => 0,
    }
}

/// Writes a value; the member at which the countdown ends is written twice.
fn write(value: &Value, countdown: &mut Option<usize>, text: &mut String) {
    match value {
        Value::Object(map) => {
            text.push('{');
            for (index, (name, member)) in map.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                let start = text.len();
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                let twice = *countdown == Some(0);
                *countdown = countdown.and_then(|left| left.checked_sub(1));
                write(member, countdown, text);
                if twice {
                    let again = text[start..].to_owned();
                    text.push(',');
                    text.push_str(&again);
                }
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, countdown, text);
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

fn break_form(flaw: Flaw, document: &Value) -> Vec<u8> {
    // What a form cannot say is left out: the flaw is what counts.
    let whole = form::encode(document).unwrap_or_default();
    let separator = if whole.is_empty() { "" } else { "&" };
    let pair = match flaw {
        Flaw::FormPercent => "broken=%zz",
        Flaw::FormNotUtf8 => "broken=%ff",
        Flaw::FormUnclosed => "broken[a=1",
        Flaw::FormStray => "broken]=1",
        Flaw::FormConflict => "broken=1&broken[a]=1",
        Flaw::FormListNotLast => "broken[][a]=1",
        _ => "=1",
    };
    format!("{whole}{separator}{pair}").into_bytes()
}
