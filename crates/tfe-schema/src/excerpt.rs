//! The line of a document that a violation is about, to be shown to people without what is a secret.

use std::ops::Range;

use jsonschema::json::{Array as _, Node as _, Object as _};

use crate::places::Secrets;
use crate::tape::{Place, Tape, TapeNode};
use crate::{Pointer, Schema};

/// What stands for a sensitive value.
const MASK: &str = "\"…\"";

/// Longer lines are cut around the place.
const WIDTH: usize = 100;

/// Excerpts of one document.
#[derive(Debug)]
pub struct Excerpts<'d> {
    text: &'d str,
    /// The bytes of sensitive values, in the order of the document.
    secrets: Vec<Range<usize>>,
}

/// One line of a document, or the part of it around a place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Excerpt {
    /// The text. Sensitive values are masked, control characters are not.
    pub text: String,
    /// Which characters of the text stand for the place; never empty.
    pub marked: Range<usize>,
}

impl Schema {
    /// Reads a document for excerpts of it. `None` where nobody can tell which part of the bytes is a secret:
    /// they are no JSON document, or a member hides another one of the same name.
    ///
    /// ```
    /// let schema = tfe_schema::Catalog::bundled().schema("jsonapi/error-document").expect("bundled");
    /// let bytes = b"{\"errors\": [{\"status\": 404}]}";
    /// let report = schema.check(bytes);
    /// let excerpts = schema.excerpts(bytes).expect("a JSON document");
    /// let place = report.violations[0].place.expect("it was bytes");
    /// let excerpt = excerpts.at(&place);
    /// assert_eq!(&excerpt.text[excerpt.marked], "404");
    /// ```
    pub fn excerpts<'d>(&self, bytes: &'d [u8]) -> Option<Excerpts<'d>> {
        let text = std::str::from_utf8(bytes).ok()?;
        let tape = Tape::parse(bytes).ok().filter(|tape| tape.duplicates().is_empty())?;
        let mut found = Found { secrets: self.secrets(), spans: Vec::new() };
        found.walk(&tape.root(), &Pointer::root());
        Some(Excerpts { text, secrets: found.spans })
    }
}

struct Found<'f> {
    secrets: Secrets<'f>,
    spans: Vec<Range<usize>>,
}

impl Found<'_> {
    fn walk(&mut self, node: &TapeNode<'_>, at: &Pointer) {
        if self.secrets.hold(at) {
            self.spans.extend(node.span().map(|(start, end)| start..end));
        } else if let Some(object) = node.as_object() {
            object.members().for_each(|(name, member)| self.walk(&member, &at.join(&name)));
        } else if let Some(array) = node.as_array() {
            array.elements().enumerate().for_each(|(index, item)| self.walk(&item, &at.join(&index.to_string())));
        }
    }
}

impl Excerpts<'_> {
    /// The line where a place starts, masked, and cut around the place if it is long.
    pub fn at(&self, place: &Place) -> Excerpt {
        let line = self.line(place.start);
        let marked = place.start..place.end.min(line.end).max(place.start);
        let before = self.masked(line.start..marked.start);
        let inside = self.masked(marked.clone());
        let after = self.masked(marked.end..line.end);
        cut(&before, &inside, &after)
    }

    fn line(&self, offset: usize) -> Range<usize> {
        let start = self.text[..offset].rfind('\n').map_or(0, |end| end + 1);
        let end = self.text[offset..].find('\n').map_or(self.text.len(), |length| offset + length);
        start..end - usize::from(end > start && self.text.as_bytes()[end - 1] == b'\r' && end > offset)
    }

    /// A part of the text, with a mask for every sensitive value that it holds or touches.
    fn masked(&self, part: Range<usize>) -> String {
        let mut masked = String::new();
        let mut at = part.start;
        for secret in self.secrets.iter().filter(|secret| secret.start < part.end && secret.end > part.start) {
            masked.push_str(&self.text[at..secret.start.max(at)]);
            masked.push_str(MASK);
            at = secret.end.min(part.end);
        }
        masked.push_str(&self.text[at..part.end]);
        masked
    }
}

/// Puts the parts together so that the marked one is seen.
fn cut(before: &str, inside: &str, after: &str) -> Excerpt {
    let inside = if inside.is_empty() { " " } else { inside };
    let shown_inside = shorten(inside, WIDTH);
    let left = WIDTH.saturating_sub(shown_inside.chars().count());
    let mut text = tail(before, left / 2);
    let from = text.chars().count();
    text.push_str(&shown_inside);
    let to = text.chars().count();
    text.push_str(&shorten(after, WIDTH.saturating_sub(to).max(1)));
    Excerpt { text, marked: from..to }
}

fn shorten(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        None => text.to_owned(),
        Some(_) => text.chars().take(longest.saturating_sub(1)).chain(['…']).collect(),
    }
}

fn tail(text: &str, longest: usize) -> String {
    let length = text.chars().count();
    if length <= longest.max(40) {
        return text.to_owned();
    }
    std::iter::once('…').chain(text.chars().skip(length - longest.max(40) + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;

    fn excerpts(text: &str) -> Vec<(String, String)> {
        let schema = Catalog::bundled().schema("v2/variables/update-request").unwrap();
        let excerpts = schema.excerpts(text.as_bytes()).unwrap();
        let report = schema.check(text.as_bytes());
        let marked = |violation: &crate::Violation| {
            let excerpt = excerpts.at(&violation.place.unwrap());
            let Range { start, end } = excerpt.marked;
            let marked = excerpt.text.chars().skip(start).take(end - start).collect();
            (excerpt.text, marked)
        };
        report.violations.iter().map(marked).collect()
    }

    #[test]
    fn the_line_of_the_place_is_shown_and_the_place_marked() {
        let text = "{\"data\": {\n  \"type\": \"varß\",\r\n  \"id\": \"var-1\", \"attributes\": {\"hcl\": \"yes\"}}}\n";
        let found = excerpts(text);
        assert!(found.contains(&("  \"type\": \"varß\",".to_owned(), "\"varß\"".to_owned())), "{found:?}");
        assert!(found.iter().any(|(_, marked)| marked == "\"yes\""), "{found:?}");
    }

    /// The line of a small document holds all of it, the secret too.
    #[test]
    fn sensitive_values_are_masked() {
        let text = r#"{"data":{"type":"x","id":"var-1","attributes":{"hcl":1,"value":"hunter2"}}}"#;
        let found = excerpts(text);
        assert!(!found.is_empty());
        for (text, _) in found {
            assert!(!text.contains("hunter2") && text.contains(MASK), "{text}");
        }
        let wrong_type = r#"{"data":{"type":"vars","id":"var-1","attributes":{"value":["hunter2"]}}}"#;
        assert_eq!(excerpts(wrong_type)[0].1, MASK);
        let twice = br#"{"data":{"type":"x","attributes":{"value":"hunter2","value":"hunter3"}}}"#;
        assert!(Catalog::bundled().schema("v2/variables/update-request").unwrap().excerpts(twice).is_none());
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let long = "a".repeat(10_000);
        let text = format!(r#"{{"x":"{long}","data":{{"type":"{long}","id":"var-1"}},"y":"{long}"}}"#);
        for (text, marked) in excerpts(&text) {
            assert!(text.chars().count() <= 2 * WIDTH, "{}", text.len());
            assert!(!marked.is_empty());
        }
    }
}
