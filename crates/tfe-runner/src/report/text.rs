//! Text from anywhere, made safe to show and easy to read.
//!
//! What a target says is shown on a terminal and in CI logs. Characters that steer a terminal, that
//! reorder the text around them or that cannot be seen are written as escapes: they can do no harm,
//! and a stray byte order mark or zero-width space becomes visible to the one who looks for it.

use std::borrow::Cow;

/// The text on one line: line ends are escaped too.
pub(super) fn line(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden)
}

/// The text with its line ends.
pub(super) fn block(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c != '\n' && is_hidden(c))
}

/// JSON text with the same characters as JSON escapes. They stand in strings alone, and
/// `serde_json` has escaped those below U+0020 already; the value stays the same.
pub(super) fn json(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c != '\n' && is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && is_hidden(c) {
            let mut units = [0; 2];
            safe.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

fn escaped(text: &str, harmful: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&harmful) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if harmful(c) { safe.extend(c.escape_default()) } else { safe.push(c) }
    }
    Cow::Owned(safe)
}

/// Control characters (C0, DEL, C1), and format characters that are invisible or change direction.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{fffe}'
                | '\u{ffff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Breaks text at spaces into lines of at most `width` characters; longer words stay whole. Spaces
/// within a line stay as they are, since the text may quote a value.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut current = String::new();
    let mut length = 0;
    for (index, word) in text.split(' ').enumerate() {
        let long = word.chars().count();
        if index > 0 && length + 1 + long > width {
            lines.push(std::mem::take(&mut current));
            length = 0;
        } else if index > 0 {
            current.push(' ');
            length += 1;
        }
        current.push_str(word);
        length += long;
    }
    lines.push(current);
    lines
}

/// The paragraphs and list items of a quotation, each on one line.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut joins = false;
    for line in text.lines() {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let starts = words.starts_with(['-', '*']);
        match paragraphs.last_mut().filter(|_| joins && !starts) {
            _ if words.is_empty() => {}
            Some(last) => *last = format!("{last} {words}"),
            None => paragraphs.push(words.clone()),
        }
        joins = !words.is_empty();
    }
    paragraphs
}

/// The first `most` characters, with a mark where some are left out.
pub(super) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

/// A number and a noun.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_passes() {
        assert_eq!(line("\u{1b}[2J\u{7}a\nb\t\u{7f}\u{9b}31m"), "\\u{1b}[2J\\u{7}a\\nb\\t\\u{7f}\\u{9b}31m");
        assert_eq!(line("user\u{202e}gpj\u{2066}\u{200b}\u{feff}"), "user\\u{202e}gpj\\u{2066}\\u{200b}\\u{feff}");
        assert_eq!(block("a\r\nb\u{85}"), "a\\r\nb\\u{85}");
        let every: String = (0..=0x10_ffff).filter_map(char::from_u32).collect();
        assert!(!line(&every).chars().any(is_hidden));
        assert!(!block(&every).chars().any(|c| c != '\n' && is_hidden(c)));
    }

    #[test]
    fn readable_text_stays_as_it_is() {
        for text in ["", "plain", "é ü 漢字 🦀 “quoted” —", "back\\slash \"and\" 'quotes'"] {
            assert!(matches!(line(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn json_keeps_its_value() {
        let value =
            serde_json::json!({ "a": "\u{1b}\u{7f}\u{9b}\u{202e}\u{feff}\u{e0041}\n é 🦀", "b\u{85}": "\\u{1b}" });
        let text = serde_json::to_string_pretty(&value).unwrap();
        let safe = json(&text);
        assert!(!safe.chars().any(|c| c != '\n' && is_hidden(c)), "{safe}");
        assert!(safe.contains("é 🦀"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
    }

    #[test]
    fn wrapping_keeps_every_character() {
        let text = "one two  three incomprehensibilities four";
        assert_eq!(wrap(text, 10), ["one two ", "three", "incomprehensibilities", "four"]);
        assert_eq!(wrap(text, 10).join(" "), text);
        assert_eq!(wrap(text, 1000), [text]);
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("äöü äöü", 7), ["äöü äöü"]);
    }

    #[test]
    fn small_things() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöü", 2), "äö…");
        assert_eq!(count(1, "case"), "1 case");
        assert_eq!(count(0, "case"), "0 cases");
    }

    #[test]
    fn quotations_keep_their_lists() {
        assert_eq!(paragraphs("one\ntwo  three\n"), ["one two three"]);
        assert_eq!(
            paragraphs("has:\n\n- `a`: first\n  still first\n- `b`\n\nThen."),
            ["has:", "- `a`: first still first", "- `b`", "Then."]
        );
        assert!(paragraphs(" \n").is_empty());
    }
}
