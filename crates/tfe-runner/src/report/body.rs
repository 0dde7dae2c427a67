//! Bodies, laid out for reading.
//!
//! JSON gets line breaks and spaces, nothing else: members that stand twice, odd numbers and escapes
//! are what a reader may be looking for, so the text is never parsed and written again.

use serde::de::IgnoredAny;

use super::text;

/// Deeper values stay on one line: a target may nest as deep as it likes.
const DEEPEST: usize = 32;

/// How much of a body is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub(super) lines: usize,
    pub(super) characters: usize,
}

/// The lines of a body, safe to show, and what was left out.
pub(super) fn lines(body: &str, width: usize, limit: Option<Limit>) -> Vec<String> {
    let laid_out = if serde_json::from_str::<IgnoredAny>(body).is_ok() {
        let mut lines = Vec::new();
        lay_out(&compact(body), "", 0, width, &mut lines);
        lines
    } else {
        body.lines().map(str::to_owned).collect()
    };
    let safe = laid_out.iter().map(|line| text::line(line).into_owned()).collect();
    match limit {
        Some(limit) => limited(safe, limit),
        None => safe,
    }
}

fn limited(lines: Vec<String>, limit: Limit) -> Vec<String> {
    let total: usize = lines.iter().map(|line| line.chars().count()).sum();
    let mut left = limit.characters;
    let mut kept = Vec::new();
    for line in lines.into_iter().take(limit.lines) {
        let long = line.chars().count();
        if left == 0 {
            break;
        }
        kept.push(if long > left { line.chars().take(left).collect() } else { line });
        left = left.saturating_sub(long);
    }
    let shown: usize = kept.iter().map(|line| line.chars().count()).sum();
    if shown < total {
        kept.push(format!("… ({} more)", text::count(total - shown, "character")));
    }
    kept
}

/// JSON text without the white space between its tokens.
fn compact(json: &str) -> String {
    let mut compact = String::with_capacity(json.len());
    let mut place = Place::default();
    for c in json.chars() {
        if place.see(c) || !c.is_ascii_whitespace() {
            compact.push(c);
        }
    }
    compact
}

/// Whether a character of JSON text is part of a string.
#[derive(Default)]
struct Place {
    in_string: bool,
    escaped: bool,
}

impl Place {
    /// Takes the next character; true if it is part of a string, with its quotes.
    fn see(&mut self, c: char) -> bool {
        if !self.in_string {
            self.in_string = c == '"';
            return self.in_string;
        }
        match c {
            _ if self.escaped => self.escaped = false,
            '\\' => self.escaped = true,
            '"' => self.in_string = false,
            _ => {}
        }
        true
    }
}

/// Lays out a value: on one line where it fits, else with a line per member or item.
fn lay_out(value: &str, lead: &str, depth: usize, width: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    let line = format!("{indent}{lead}{}", spaced(value));
    let items = items(value);
    // A trailing comma has to fit too.
    if line.chars().count() < width || items.is_empty() || depth == DEEPEST {
        lines.push(line);
        return;
    }
    lines.push(format!("{indent}{lead}{}", &value[..1]));
    for (index, item) in items.iter().enumerate() {
        let (name, inner) = split_name(item);
        let lead = name.map(|name| format!("{name}: ")).unwrap_or_default();
        lay_out(inner, &lead, depth + 1, width, lines);
        if let (true, Some(last)) = (index + 1 < items.len(), lines.last_mut()) {
            last.push(',');
        }
    }
    lines.push(format!("{indent}{}", &value[value.len() - 1..]));
}

/// The members or items of a compact object or array; none of anything else.
fn items(value: &str) -> Vec<&str> {
    if !value.starts_with(['{', '[']) || value.len() == 2 {
        return Vec::new();
    }
    let inner = &value[1..value.len() - 1];
    let (mut items, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    let mut place = Place::default();
    for (at, c) in inner.char_indices() {
        match c {
            _ if place.see(c) => {}
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                items.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&inner[start..]);
    items
}

/// The name and the value of a member; of an item, the value alone.
fn split_name(item: &str) -> (Option<&str>, &str) {
    if !item.starts_with('"') {
        return (None, item);
    }
    let mut place = Place::default();
    match item.char_indices().find(|(_, c)| !place.see(*c)) {
        Some((at, ':')) => (Some(&item[..at]), &item[at + 1..]),
        _ => (None, item),
    }
}

/// Compact JSON on one line, with spaces for reading.
fn spaced(value: &str) -> String {
    let mut spaced = String::with_capacity(value.len() * 5 / 4);
    let mut place = Place::default();
    for c in value.chars() {
        spaced.push(c);
        if !place.see(c) && matches!(c, ':' | ',') {
            spaced.push(' ');
        }
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(body: &str, width: usize) -> String {
        lines(body, width, None).join("\n")
    }

    #[test]
    fn json_is_laid_out_and_nothing_else() {
        let body = r#"{ "a" : [1, 2.50, "x, y: \"z\" {"], "a":{}, "b":{"c":[],"d":"\u00e9"} }"#;
        assert_eq!(shown(body, 100), r#"{"a": [1, 2.50, "x, y: \"z\" {"], "a": {}, "b": {"c": [], "d": "\u00e9"}}"#);
        let narrow = "{\n  \"a\": [\n    1,\n    2.50,\n    \"x, y: \\\"z\\\" {\"\n  ],\n  \"a\": {},\n  \"b\": {\n    \"c\": [],\n    \"d\": \"\\u00e9\"\n  }\n}";
        assert_eq!(shown(body, 16), narrow);
        assert_eq!(compact(narrow), compact(body));
    }

    #[test]
    fn scalars_and_empty_bodies() {
        assert_eq!(shown("null", 100), "null");
        assert_eq!(shown(" \"a very long string\" ", 4), "\"a very long string\"");
        assert_eq!(shown("[]", 1), "[]");
        assert!(lines("", 100, None).is_empty());
    }

    #[test]
    fn other_text_keeps_its_lines_and_loses_its_teeth() {
        assert_eq!(shown("<html>\r\n\u{1b}[31m{\"a\": 1", 100), "<html>\n\\u{1b}[31m{\"a\": 1");
        assert_eq!(shown("{\"a\":\"\u{202e}\u{7f}\"}", 100), "{\"a\": \"\\u{202e}\\u{7f}\"}");
    }

    #[test]
    fn what_is_left_out_is_said() {
        let limit = Limit { lines: 2, characters: 10 };
        assert_eq!(lines("abc\ndef", 100, Some(limit)), ["abc", "def"]);
        assert_eq!(lines("abc\ndef\nghi", 100, Some(limit)), ["abc", "def", "… (3 characters more)"]);
        assert_eq!(lines("abcdefgh\nijkl", 100, Some(limit)), ["abcdefgh", "ij", "… (2 characters more)"]);
        assert_eq!(lines("abcdefghij\nk", 100, Some(limit)), ["abcdefghij", "… (1 character more)"]);
    }

    #[test]
    fn deep_nesting_does_no_harm() {
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        let lines = lines(&deep, 100, None);
        assert_eq!(lines.len(), 2 * DEEPEST + 1);
        assert_eq!(compact(&lines.concat()), deep);
    }
}
