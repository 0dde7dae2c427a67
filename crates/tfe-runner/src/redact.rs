//! Secrets never leave the run: whatever is about to be reported passes through here.
//!
//! Redaction goes by value, in whatever spelling a server may send a value back; never by attribute
//! name, because `key` is an ordinary attribute of this API.

mod needle;

use std::sync::Arc;

use self::needle::{Match, Needle};

/// Replaces secrets by a mark that names them.
#[derive(Debug, Clone)]
pub struct Redactor {
    /// Needles and marks.
    needles: Vec<(Arc<Needle>, Arc<str>)>,
    /// Bytes that some needle may begin with.
    beginnings: [bool; 256],
}

/// How messages mark that a value was cut.
const CUT: &str = "…";

/// Shorter values would be found everywhere by accident; they are refused as tokens before a run.
pub const SHORTEST_SECRET: usize = 4;

impl Default for Redactor {
    fn default() -> Self {
        Self { needles: Vec::new(), beginnings: [false; 256] }
    }
}

impl Redactor {
    /// Knows no secret.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a secret that is shown as `[name]`. Values shorter than [`SHORTEST_SECRET`] are ignored.
    pub fn add(&mut self, name: &str, secret: &str) {
        if secret.len() < SHORTEST_SECRET {
            return;
        }
        let mark: Arc<str> = format!("[{name}]").into();
        for needle in Needle::all(secret) {
            if self.needles.iter().any(|(known, _)| **known == needle) {
                continue;
            }
            for byte in 0..=u8::MAX {
                self.beginnings[usize::from(byte)] |= needle.may_begin_with(byte);
            }
            self.needles.push((Arc::new(needle), Arc::clone(&mark)));
        }
        // Where two begin at the same place, the longer secret says more.
        self.needles.sort_by_key(|(needle, _)| std::cmp::Reverse(needle.len()));
    }

    /// The text without secrets.
    pub fn text(&self, text: &str) -> String {
        let mut safe = String::with_capacity(text.len());
        let mut parts = text.split(CUT).peekable();
        while let Some(part) = parts.next() {
            // Somebody may have cut the text in the middle of a secret before it came here.
            let is_cut = parts.peek().is_some();
            self.part(part, is_cut, &mut safe);
            if is_cut {
                safe.push_str(CUT);
            }
        }
        safe
    }

    fn part(&self, text: &str, is_cut: bool, safe: &mut String) {
        let mut copied = 0;
        let mut at = 0;
        while at < text.len() {
            match self.at(text, at, is_cut) {
                Some((end, mark)) => {
                    safe.push_str(&text[copied..at]);
                    safe.push_str(mark);
                    (at, copied) = (end, end);
                }
                None => at += 1,
            }
        }
        safe.push_str(&text[copied..]);
    }

    /// The secret that begins at this place: where it ends, and its mark.
    fn at(&self, text: &str, at: usize, is_cut: bool) -> Option<(usize, &str)> {
        let byte = text.as_bytes()[at];
        if !self.beginnings[usize::from(byte)] {
            return None;
        }
        let possible = self.needles.iter().filter(|(needle, _)| needle.may_begin_with(byte));
        let mut found = possible.filter_map(|(needle, mark)| match needle.at(text, at)? {
            Match::Whole(range) => Some((range.end, &**mark)),
            Match::Begun(range) => is_cut.then_some((range.end, &**mark)),
        });
        found.next()
    }

    /// Whether the text has a secret in it.
    pub fn finds(&self, text: &str) -> bool {
        (0..text.len()).any(|at| self.at(text, at, false).is_some())
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    /// A secret in the ways in which servers and formats write values.
    fn spellings(secret: &str) -> Vec<String> {
        let json = |text: &str| serde_json::Value::from(text).to_string();
        let each = |spell: fn(char) -> String| secret.chars().map(spell).collect::<String>();
        let lines = |text: &str| text.split("").collect::<Vec<_>>().join("\r\n");
        let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
        let basic = format!("user:{secret}");
        vec![
            secret.to_owned(),
            json(secret),
            json(&json(secret)),
            json(&json(&json(secret))),
            json(&percent),
            json(secret).replace('/', "\\/"),
            each(|c| if c.is_ascii_punctuation() { format!("%{:02x}", u32::from(c)) } else { c.into() }),
            utf8_percent_encode(&percent, NON_ALPHANUMERIC).to_string(),
            percent.replace("%20", "+"),
            each(|c| if c.is_ascii_lowercase() { format!("%{:02x}", u32::from(c)) } else { c.into() }),
            each(|c| if c.is_ascii() { format!("%{:02X}", u32::from(c)) } else { c.into() }),
            each(|c| {
                c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat()
            }),
            each(|c| {
                c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\\\u{unit:04X}")).collect::<Vec<_>>().concat()
            }),
            each(|c| c.escape_unicode().to_string()),
            each(|c| format!("&#{};", u32::from(c))),
            each(|c| format!("&#x{:X};", u32::from(c))),
            each(|c| if c.is_ascii_punctuation() { format!("&amp;#{};", u32::from(c)) } else { c.into() }),
            secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"),
            regex::escape(secret),
            STANDARD.encode(secret),
            URL_SAFE.encode(secret),
            STANDARD.encode(&basic),
            STANDARD_NO_PAD.encode(format!("x:{secret}:and more")),
            URL_SAFE.encode(format!("yz:{secret}:and more")),
            utf8_percent_encode(&STANDARD.encode(secret), NON_ALPHANUMERIC).to_string(),
            lines(&STANDARD.encode(secret)),
        ]
    }

    proptest! {
        /// Whatever the secret, whatever the spelling, wherever it stands: it is found, and gone.
        #[test]
        fn every_spelling_is_found(
            secret in "[A-Za-z0-9._~+/=\"\\\\<>&' -]{6,12}[A-Za-z0-9]{8,60}",
            before in "[a-z{}\" ]{0,8}",
            after in "[{}\" ,]{0,8}",
        ) {
            let mut redactor = Redactor::new();
            redactor.add("user-token", &secret);
            for (index, spelling) in spellings(&secret).into_iter().enumerate() {
                let text = format!("{before}{spelling}{after}");
                prop_assert!(redactor.finds(&text), "{index}: {text}");
                let safe = redactor.text(&text);
                prop_assert!(safe.contains("[user-token]"), "{index}: {text}: {safe}");
                // What base64 shares with its neighbours may stay.
                prop_assert!(safe.len() < before.len() + after.len() + 60, "{index}: {text}: {safe}");
            }
        }

        /// Nothing else is changed.
        #[test]
        fn other_text_stays(text in "\\PC{0,200}") {
            let mut redactor = Redactor::new();
            redactor.add("user-token", "kNqZ7xw2Lm9PtY.atlasv1.R8sVb3HdJf6GcXuWeQa5");
            prop_assert_eq!(redactor.text(&text), text);
        }

        /// Wherever a text is cut, no part of a secret that is of use stays at the cut.
        #[test]
        fn a_cut_leaves_nothing_of_use(secret in "[A-Za-z0-9.\"/<]{12,40}", percent in any::<bool>(), cut in 1_usize..90) {
            let mut redactor = Redactor::new();
            redactor.add("user-token", &secret);
            let whole = if percent { utf8_percent_encode(&secret, NON_ALPHANUMERIC).to_string() } else { secret };
            let end = cut.min(whole.len());
            let safe = redactor.text(&format!("x={}… and more", &whole[..end]));
            prop_assert!(end < 3 * SHORTEST_SECRET || !safe.contains(&whole[..end]), "{safe}");
        }
    }

    #[test]
    fn a_cut_leaves_no_part_of_a_secret() {
        let mut redactor = Redactor::new();
        redactor.add("user-token", "abcdefghijklmnop");
        assert_eq!(redactor.text("x abcdefgh… and abcde…"), "x [user-token]… and [user-token]…");
        assert_eq!(redactor.text("abc… is no secret… abcdX…"), "abc… is no secret… abcdX…");
    }

    #[test]
    fn longer_secrets_win_over_their_parts() {
        let mut redactor = Redactor::new();
        redactor.add("a", "token");
        redactor.add("b", "token-long");
        assert_eq!(redactor.text("token-long token"), "[b] [a]");
    }
}
