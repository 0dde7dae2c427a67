//! One secret, and how it is recognised in whatever spelling.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::SHORTEST_SECRET;

/// Characters that have to be found, one after the other, each as it is or escaped in any way that a
/// server or one of our own formats may choose, and each in a way of its own:
///
/// - percent encoding with digits of either case, of all characters or of some, also of what was
///   encoded already (`%252F`); `+` for a space (forms);
/// - JSON and source code: `\"`, `\/`, `\u002f`, `\u{2f}`, `\x2f`, with any number of backslashes, as
///   JSON texts inside JSON texts have them;
/// - HTML and XML entities by name and by number, also escaped twice (`&amp;#47;`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Needle {
    /// Without backslashes: those are passed over wherever they stand.
    chars: Vec<char>,
    /// Base64 may be broken into lines.
    wrapped: bool,
}

/// How far a needle goes at some place.
pub(super) enum Match {
    /// All of it is there.
    Whole(Range<usize>),
    /// The text ends in the middle of it.
    Begun(Range<usize>),
}

impl Needle {
    /// The needles of a secret: itself, and its base64 at each of the three alignments that it can
    /// have in a longer encoded text, without the characters that it shares with its neighbours.
    pub(super) fn all(secret: &str) -> Vec<Self> {
        let plain: Vec<char> = secret.chars().filter(|c| *c != '\\').collect();
        let mut all = vec![Self { chars: plain, wrapped: false }];
        if secret.contains('\\') {
            // In the path of a URL a backslash becomes a slash (WHATWG URL Standard).
            all.push(Self { chars: secret.replace('\\', "/").chars().collect(), wrapped: false });
        }
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            for lead in 0..3_usize {
                let padded = [&vec![0_u8; lead][..], secret.as_bytes()].concat();
                let whole = padded.len() / 3 * 3;
                let encoded = engine.encode(&padded[..whole]);
                let own = encoded.get([0, 2, 3][lead]..).unwrap_or_default();
                if own.len() >= 2 * SHORTEST_SECRET {
                    all.push(Self { chars: own.chars().collect(), wrapped: true });
                }
            }
        }
        all.retain(|needle| needle.chars.len() >= SHORTEST_SECRET);
        all.dedup();
        all
    }

    pub(super) fn len(&self) -> usize {
        self.chars.len()
    }

    /// Whether it could begin with this byte.
    pub(super) fn may_begin_with(&self, byte: u8) -> bool {
        let mut first = [0; 4];
        // `+` for a space; what is escaped begins with one of the others.
        matches!(byte, b'%' | b'&' | b'\\' | b'+') || self.chars[0].encode_utf8(&mut first).as_bytes()[0] == byte
    }

    /// Looks whether it stands at this place.
    pub(super) fn at(&self, text: &str, start: usize) -> Option<Match> {
        let mut at = start;
        for (index, wanted) in self.chars.iter().enumerate() {
            let next = if index == 0 { at } else { self.skip(text, at) };
            match character(text, next, *wanted) {
                Step::To(end) => at = end,
                Step::End if index >= SHORTEST_SECRET => return Some(Match::Begun(start..text.len())),
                Step::End | Step::No => return None,
            }
        }
        Some(Match::Whole(start..at))
    }

    /// Passes over backslashes, however they are written, and over the line ends of base64.
    fn skip(&self, text: &str, mut at: usize) -> usize {
        loop {
            let rest = &text[at..];
            // Backslashes that escape something are read with it; here go those that stand for one.
            let bare = at + (rest.len() - rest.trim_start_matches('\\').len());
            if let Step::To(end) = escaped(text, at, '\\')
                && end > bare
            {
                at = end;
            } else if self.wrapped && rest.starts_with(['\r', '\n']) {
                at += 1;
            } else if self.wrapped && (rest.starts_with("\\r") || rest.starts_with("\\n")) {
                at += 2;
            } else {
                return at;
            }
        }
    }
}

/// What stands at a place of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The character that is wanted, to here.
    To(usize),
    No,
    /// The text ends, here or within an escape.
    End,
}

/// Whether a character stands here, in some way.
fn character(text: &str, at: usize, wanted: char) -> Step {
    let rest = &text[at..];
    match rest.chars().next() {
        None => Step::End,
        Some(c) if c == wanted && !matches!(c, '%' | '&') => Step::To(at + c.len_utf8()),
        Some('+') if wanted == ' ' => Step::To(at + 1),
        Some('%' | '&' | '\\') => match escaped(text, at, wanted) {
            Step::No if rest.starts_with(wanted) => Step::To(at + wanted.len_utf8()),
            step => step,
        },
        Some(_) => Step::No,
    }
}

fn escaped(text: &str, at: usize, wanted: char) -> Step {
    match text.as_bytes().get(at) {
        Some(b'%') => percent(text, at, wanted),
        Some(b'&') => entity(text, at, wanted),
        Some(b'\\') => backslash(text, at, wanted),
        _ => Step::No,
    }
}

/// `%2F` for each byte, `%252F` if it was encoded twice, `%u002F` as old scripts write it.
fn percent(text: &str, start: usize, wanted: char) -> Step {
    if text[start + 1..].starts_with(['u', 'U']) {
        return number(text, start + 2, 4, 16, wanted);
    }
    let mut buffer = [0; 4];
    let mut at = start;
    for byte in wanted.encode_utf8(&mut buffer).bytes() {
        if text.as_bytes().get(at).is_some_and(|found| *found != b'%') {
            return Step::No;
        }
        at += 1;
        loop {
            let Some(digits) = text.as_bytes().get(at..at + 2) else { return Step::End };
            let value = std::str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
            at += 2;
            match value {
                Some(value) if value == byte => break,
                // A percent sign that was encoded again.
                Some(b'%') => {}
                _ => return Step::No,
            }
        }
    }
    Step::To(at)
}

/// `&quot;`, `&#34;`, `&#x22;`, and the same behind `&amp;`.
fn entity(text: &str, start: usize, wanted: char) -> Step {
    let mut at = start + 1;
    while text[at..].starts_with("amp;") {
        at += 4;
    }
    let again = at > start + 1;
    match named_or_numbered(text, at, wanted) {
        Step::No if wanted == '&' && again => Step::To(at),
        step => step,
    }
}

fn named_or_numbered(text: &str, at: usize, wanted: char) -> Step {
    let name = &text[at..];
    if name.is_empty() {
        return Step::End;
    }
    if let Some(digits) = name.strip_prefix('#') {
        let (lead, radix) = if digits.starts_with(['x', 'X']) { (2, 16) } else { (1, 10) };
        let from = at + lead;
        let Some(length) = text[from..].find(|c: char| !c.is_digit(radix)) else { return Step::End };
        return match number(text, from, length, radix, wanted) {
            Step::To(end) => Step::To(end + usize::from(text[end..].starts_with(';'))),
            step => step,
        };
    }
    let known = match wanted {
        '"' => "quot;",
        '&' => "amp;",
        '\'' => "apos;",
        '<' => "lt;",
        '>' => "gt;",
        '/' => "sol;",
        '+' => "plus;",
        '=' => "equals;",
        '_' => "lowbar;",
        '.' => "period;",
        ':' => "colon;",
        _ => return Step::No,
    };
    if name.starts_with(known) {
        Step::To(at + known.len())
    } else if known.starts_with(name) {
        Step::End
    } else {
        Step::No
    }
}

/// Backslashes, and what they escape: the character itself, or its number.
fn backslash(text: &str, start: usize, wanted: char) -> Step {
    let escaped = text[start..].trim_start_matches('\\');
    let at = text.len() - escaped.len();
    let number = match escaped.as_bytes() {
        [] => Step::End,
        [b'u' | b'U', b'{', ..] => {
            let length = text[at + 2..].find('}');
            length.map_or(Step::End, |length| match number(text, at + 2, length, 16, wanted) {
                Step::To(end) => Step::To(end + 1),
                step => step,
            })
        }
        [b'u' | b'U', ..] => units(text, at + 1, wanted),
        [b'x' | b'X', ..] => number(text, at + 1, 2, 16, wanted),
        _ => Step::No,
    };
    match number {
        Step::No if wanted == '\\' => Step::To(at),
        Step::No => character(text, at, wanted),
        step => step,
    }
}

/// Four hexadecimal digits for each UTF-16 unit; the second unit has a `\u` of its own.
fn units(text: &str, start: usize, wanted: char) -> Step {
    let mut buffer = [0; 2];
    let mut at = start;
    for (index, unit) in wanted.encode_utf16(&mut buffer).iter().enumerate() {
        if index > 0 {
            let rest = text[at..].trim_start_matches('\\');
            at = text.len() - rest.len() + usize::from(rest.starts_with(['u', 'U']));
        }
        let Some(digits) = text.get(at..at + 4) else { return end_or_no(text, at, 4) };
        if u16::from_str_radix(digits, 16) != Ok(*unit) {
            return Step::No;
        }
        at += 4;
    }
    Step::To(at)
}

/// A number of so many digits that is the wanted character.
fn number(text: &str, at: usize, length: usize, radix: u32, wanted: char) -> Step {
    let Some(digits) = text.get(at..at + length) else { return end_or_no(text, at, length) };
    if u32::from_str_radix(digits, radix) == Ok(u32::from(wanted)) { Step::To(at + length) } else { Step::No }
}

fn end_or_no(text: &str, at: usize, length: usize) -> Step {
    if text.len() < at + length { Step::End } else { Step::No }
}
