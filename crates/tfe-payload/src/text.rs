//! Texts: as people send them, as patterns and formats want them, and at the edges.

use serde_json::Value;

use crate::Options;
use crate::choices::Choices;
use crate::cube::TextRules;
use crate::format::Format;
use crate::graph::Graph;

/// Texts that people send as values: HCL, JSON, several lines, blanks, all planes of Unicode.
const TEXTS: [&str; 40] = [
    "",
    "eu-central-1",
    "true",
    "null",
    "0",
    "-1.5e3",
    "1.0.0",
    "[\"a\", \"b\"]",
    "{ a = 1, b = [2, 3] }",
    "{\"Version\":\"2012-10-17\",\"Statement\":[]}",
    "{\n  region = \"eu-central-1\"\n  zones  = [\"a\", \"b\"]\n}",
    "<<-EOT\n  line one\n  line two\nEOT",
    "${var.prefix}-${count.index}",
    "%{ if true }yes%{ endif }",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    "first\r\nsecond\r\n",
    "tab\tseparated",
    " leading",
    "trailing ",
    " ",
    "\n",
    "größe",
    "naïve café",
    "Ελληνικά",
    "Русский",
    "日本語テキスト",
    "עברית",
    "العربية",
    "👩‍👩‍👧‍👦",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "e\u{301}",
    "\u{feff}mark",
    "\u{10fffd}",
    "a&b=c+d%20e",
    "a[b][c]",
    "quote\"s and 'apostrophes'",
    "back\\slash",
    "<script>alert(1)</script>",
    "'; DROP TABLE vars; --",
    "../../etc/passwd",
];

/// One character of each plane and of each length in UTF-8.
const CHARACTERS: [char; 16] = [
    'ä',
    'ß',
    'λ',
    'Ж',
    '中',
    '한',
    '€',
    '\u{200d}',
    '\u{e000}',
    '\u{fffd}',
    '😀',
    '𝄞',
    '𠀀',
    '\u{30000}',
    '\u{e0100}',
    '\u{10fffd}',
];

const PLAIN: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyz0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// How often a text is drawn anew before one that is known to fit is taken.
const TRIES: usize = 6;

/// Texts that satisfy some rules.
pub(crate) struct TextCell {
    min: usize,
    max: usize,
    edges: bool,
    source: Source,
    rules: TextRules,
    never: Vec<String>,
    /// Whether a drawn text need not be checked.
    trusted: bool,
    /// Texts that fit, found when the schema was read.
    known: Vec<String>,
}

enum Source {
    Free,
    Patterns(Vec<usize>),
    Formats(Vec<Format>),
    /// Nearly of the formats.
    Wrong(Vec<Format>),
    /// Free, or nearly of the patterns.
    Off(Vec<usize>),
}

impl TextCell {
    /// `None` if no text was found that satisfies the rules.
    pub(crate) fn new(graph: &Graph, rules: &TextRules, never: &[Value], options: &Options) -> Option<Self> {
        let longest = options.longest.max(rules.min);
        let max = rules.max.unwrap_or(usize::MAX).min(longest.max(1));
        if rules.max.is_some_and(|max| max < rules.min) {
            return None;
        }
        let never: Vec<String> = never.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let (wanted, unwanted) = split(&rules.patterns);
        let (formats, wrong) = split(&rules.formats);
        let source = if !wanted.is_empty() {
            Source::Patterns(wanted)
        } else if !formats.is_empty() {
            Source::Formats(formats)
        } else if !wrong.is_empty() {
            Source::Wrong(wrong)
        } else if !unwanted.is_empty() {
            Source::Off(unwanted)
        } else {
            Source::Free
        };
        let trusted = matches!(source, Source::Free) && never.is_empty();
        let mut cell = Self {
            min: rules.min,
            max,
            edges: options.edges,
            source,
            rules: rules.clone(),
            never,
            trusted,
            known: Vec::new(),
        };
        if !trusted {
            cell.find(graph);
        }
        (trusted || !cell.known.is_empty()).then_some(cell)
    }

    /// Looks for texts that fit, the shortest first in the end.
    fn find(&mut self, graph: &Graph) {
        for seed in 0..2000 {
            let mut choices = if seed == 0 { Choices::replaying(Vec::new()) } else { Choices::seeded(seed) };
            let mut text = String::new();
            self.attempt(graph, &mut choices, &mut text);
            if self.fits(graph, &text) && !self.known.contains(&text) {
                self.known.push(text);
                if self.known.len() == 12 {
                    break;
                }
            }
            if seed == 300 && !self.known.is_empty() {
                break;
            }
        }
        self.known.sort_by_key(String::len);
    }

    pub(crate) fn draw(&self, graph: &Graph, choices: &mut Choices) -> String {
        let mut text = String::new();
        if self.trusted {
            self.attempt(graph, choices, &mut text);
            return text;
        }
        for _ in 0..TRIES {
            text.clear();
            self.attempt(graph, choices, &mut text);
            if self.fits(graph, &text) {
                return text;
            }
        }
        self.known[choices.index(self.known.len())].clone()
    }

    fn fits(&self, graph: &Graph, text: &str) -> bool {
        let length = text.chars().count();
        length >= self.rules.min
            && self.rules.max.is_none_or(|max| length <= max)
            && self.rules.patterns.iter().all(|(pattern, wanted)| graph.patterns[*pattern].fits(text) == *wanted)
            && self.rules.formats.iter().all(|(format, wanted)| format.fits(text) == *wanted)
            && !self.never.iter().any(|never| never == text)
    }

    fn attempt(&self, graph: &Graph, choices: &mut Choices, text: &mut String) {
        match &self.source {
            Source::Free => self.free(choices, text),
            Source::Patterns(patterns) => {
                graph.patterns[patterns[choices.index(patterns.len())]].draw(choices, self.min, text);
            }
            Source::Formats(formats) => {
                let format = formats[choices.index(formats.len())];
                if choices.chance(1, 2) {
                    let right = format.right();
                    text.push_str(right[choices.index(right.len())]);
                } else {
                    let mut filling = String::new();
                    let stem = format.stem();
                    plain(choices, self.min.saturating_sub(stem.len()), 8, &mut filling);
                    text.push_str(&stem.replace("{}", &filling.replace(['-', '_'], "x")));
                }
            }
            Source::Wrong(formats) => {
                let wrong = formats[choices.index(formats.len())].wrong();
                text.push_str(wrong[choices.index(wrong.len())]);
            }
            Source::Off(patterns) => {
                if choices.chance(1, 2) {
                    self.free(choices, text);
                } else {
                    graph.patterns[patterns[choices.index(patterns.len())]].draw(choices, self.min, text);
                    spoil(choices, text);
                }
            }
        }
    }

    fn free(&self, choices: &mut Choices, text: &mut String) {
        let start = text.len();
        let kind = choices.below(if self.edges { 16 } else { 24 });
        match kind {
            0..=3 | 16..=23 => {
                let spread = (self.max - self.min).min(12);
                plain(choices, self.min, spread, text);
                return;
            }
            4..=9 => text.push_str(TEXTS[choices.index(TEXTS.len())]),
            10 | 11 => {
                for _ in 0..=choices.below(8) {
                    text.push(CHARACTERS[choices.index(CHARACTERS.len())]);
                }
            }
            12 => {
                text.push(' ');
                plain(choices, 0, 12, text);
                text.push(' ');
            }
            13 => return plain(choices, self.min, 0, text),
            14 if self.edges || choices.chance(1, 8) => {
                // Very long, exactly as long as may be: one draw, not one for each character.
                let letter = PLAIN[choices.index(PLAIN.len())];
                text.extend(std::iter::repeat_n(char::from(letter), self.max));
                return;
            }
            _ => plain(choices, 0, 12, text),
        }
        self.fit_length(start, text);
    }

    fn fit_length(&self, start: usize, text: &mut String) {
        let length = text[start..].chars().count();
        if length < self.min {
            text.extend(std::iter::repeat_n('a', self.min - length));
        } else if length > self.max {
            let end = text[start..].char_indices().nth(self.max).map_or(text.len(), |(at, _)| start + at);
            text.truncate(end);
        }
    }
}

fn plain(choices: &mut Choices, least: usize, spread: usize, text: &mut String) {
    let length = least + if spread > 0 { choices.index(spread + 1) } else { 0 };
    for _ in 0..length {
        text.push(char::from(PLAIN[choices.index(PLAIN.len())]));
    }
}

/// Changes a text a little.
fn spoil(choices: &mut Choices, text: &mut String) {
    const WRONG: [&str; 8] = [" ", "!", "-", "/", "Ä", "\n", "\u{1f}", "."];
    match choices.below(4) {
        0 => text.push_str(WRONG[choices.index(WRONG.len())]),
        1 => text.insert_str(0, WRONG[choices.index(WRONG.len())]),
        2 => drop(text.pop()),
        _ => *text = text.to_uppercase(),
    }
}

fn split<T: Copy>(rules: &std::collections::BTreeSet<(T, bool)>) -> (Vec<T>, Vec<T>) {
    let of = |wanted: bool| rules.iter().filter(|(_, is)| *is == wanted).map(|(rule, _)| *rule).collect();
    (of(true), of(false))
}
