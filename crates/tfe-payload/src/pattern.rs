//! Texts that match a pattern, made from its syntax tree.

use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use crate::choices::Choices;

/// A pattern of a schema.
pub(crate) struct Pattern {
    text: String,
    regex: Regex,
    tree: Hir,
    open_end: bool,
}

/// How often a part without an upper limit is repeated beyond its lower one.
const REPEATED: u32 = 6;

impl Pattern {
    /// Reads a pattern as the validator does.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let translated = jsonschema_regex::to_rust_regex(text).map_err(|()| "not a regular expression".to_owned())?;
        let regex = Regex::new(&translated).map_err(|error| error.to_string())?;
        let tree = regex_syntax::parse(&translated).map_err(|error| error.to_string())?;
        let open_end = !tree.properties().look_set_suffix().contains(Look::End);
        Ok(Self { text: text.to_owned(), regex, tree, open_end })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn fits(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// A text that most probably matches, and has so many characters if a part can be repeated. What looks around it (anchors apart) is not seen: check it.
    pub(crate) fn draw(&self, choices: &mut Choices, least: usize, out: &mut String) {
        draw(&self.tree, choices, least, out);
        if self.open_end {
            let missing = least.saturating_sub(out.chars().count());
            for _ in 0..missing + choices.index(8) {
                out.push(between('a', 'z', choices));
            }
        }
    }
}

fn draw(tree: &Hir, choices: &mut Choices, least: usize, out: &mut String) {
    match tree.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class.ranges();
            // Mostly what people type, sometimes anything that is allowed.
            let plain = ranges.iter().filter(|range| range.start() < '\u{7f}').count();
            let count = if plain > 0 && !choices.chance(1, 8) { plain } else { ranges.len() };
            if count > 0 {
                let range = ranges[choices.index(count)];
                out.push(between(range.start(), range.end(), choices));
            }
        }
        HirKind::Class(Class::Bytes(class)) => {
            if let Some(range) = class.ranges().first() {
                out.push(char::from(range.start()));
            }
        }
        HirKind::Repetition(repetition) => {
            let spread = repetition.max.map_or(REPEATED, |max| (max - repetition.min).min(REPEATED));
            let count = repetition.min + if spread > 0 { choices.below(spread + 1) } else { 0 };
            for _ in 0..count {
                draw(&repetition.sub, choices, 0, out);
            }
            let limit = repetition.max.map_or(least, |max| (max - count) as usize);
            for _ in 0..limit.min(least) {
                if out.chars().count() >= least {
                    break;
                }
                draw(&repetition.sub, choices, 0, out);
            }
        }
        HirKind::Capture(capture) => draw(&capture.sub, choices, least, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| draw(part, choices, least, out)),
        HirKind::Alternation(parts) => draw(&parts[choices.index(parts.len())], choices, least, out),
    }
}

/// A character of a range. Surrogates are none: `char` skips them.
fn between(start: char, end: char, choices: &mut Choices) -> char {
    let (low, high) = (u32::from(start), u32::from(end));
    char::from_u32(low + choices.below((high - low).saturating_add(1))).unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_matches() {
        for text in [
            "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
            "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
            "^[\\p{L}\\p{N}._-]+$",
            "^[^\\u0000-\\u002F\\u003A-\\u0040]([^\\u0000-\\u001F\\u0021-\\u002C]*[^\\u0000-\\u002F])?$",
            "^J-",
            "\\d{3}",
        ] {
            let pattern = Pattern::new(text).unwrap();
            for seed in 0..500 {
                let mut out = String::new();
                pattern.draw(&mut Choices::seeded(seed), 0, &mut out);
                assert!(pattern.fits(&out), "{text}: {out:?}");
            }
        }
    }
}
