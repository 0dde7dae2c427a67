//! Secrets never leave the run: whatever is about to be reported passes through here.
//!
//! Redaction goes by value, in the encodings in which a server may send a value back; never by
//! attribute name, because `key` is an ordinary attribute of this API.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Replaces secrets by a mark that names them.
#[derive(Debug, Default, Clone)]
pub struct Redactor {
    /// Spelling and mark, longest spelling first.
    spellings: Vec<(String, String)>,
}

/// How many times a value may have been written into a JSON string that was written into another.
const JSON_LEVELS: usize = 4;

/// How messages mark that a value was cut.
const CUT: &str = "…";

/// Shorter values would be found everywhere by accident; they are refused as tokens before a run.
pub const SHORTEST_SECRET: usize = 4;

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
        for spelling in spellings(secret) {
            if !self.spellings.iter().any(|(known, _)| *known == spelling) {
                self.spellings.push((spelling, format!("[{name}]")));
            }
        }
        self.spellings.sort_by_key(|(spelling, _)| std::cmp::Reverse(spelling.len()));
    }

    /// The text without secrets.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (spelling, mark) in &self.spellings {
            if text.contains(spelling.as_str()) {
                text = text.replace(spelling.as_str(), mark);
            }
        }
        self.at_cuts(&text)
    }

    /// Removes what is left of a secret where somebody cut the text before it came here.
    fn at_cuts(&self, text: &str) -> String {
        let mut parts: Vec<String> = text.split(CUT).map(str::to_owned).collect();
        let cut = parts.len().saturating_sub(1);
        for part in &mut parts[..cut] {
            let left = self.spellings.iter().filter_map(|(spelling, mark)| {
                let longest = (SHORTEST_SECRET..spelling.len()).rev().filter(|&end| spelling.is_char_boundary(end));
                let mut ends = longest.map(|end| &spelling[..end]).filter(|start| part.ends_with(start));
                ends.next().map(|start| (part.len() - start.len(), mark))
            });
            if let Some((start, mark)) = left.min_by_key(|(start, _)| *start) {
                part.truncate(start);
                part.push_str(mark);
            }
        }
        parts.join(CUT)
    }

    /// Whether the text has a secret in it.
    pub fn finds(&self, text: &str) -> bool {
        self.spellings.iter().any(|(spelling, _)| text.contains(spelling.as_str()))
    }
}

/// The ways in which a value may be written. Base64 is looked for at each of the three alignments
/// that the value can have in a longer encoded text, without the characters that it shares with
/// its neighbours.
pub(crate) fn spellings(secret: &str) -> Vec<String> {
    let json = |text: &str| {
        let quoted = serde_json::Value::String(text.to_owned()).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    };
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let unreserved = percent.replace("%2D", "-").replace("%2E", ".").replace("%5F", "_").replace("%7E", "~");
    let mut all = vec![
        secret.to_owned(),
        // In a pattern that a case builds from an answer.
        regex::escape(secret),
        lower_escapes(&percent),
        lower_escapes(&unreserved),
        unreserved.clone(),
        unreserved.replace("%20", "+"),
        percent,
    ];
    // In a link that was followed: a URL encodes only what it must (WHATWG URL Standard).
    if let Ok(mut url) = url::Url::parse(&format!("http://x/{secret}")) {
        all.push(url.path()[1..].to_owned());
        url.set_query(Some(secret));
        all.extend(url.query().map(str::to_owned));
    }
    // JSON texts inside JSON texts, as debugging servers answer and messages quote them.
    all.extend(std::iter::successors(Some(json(secret)), |inner| Some(json(inner))).take(JSON_LEVELS));
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        for lead in 0..3_usize {
            let padded = [&vec![0_u8; lead][..], secret.as_bytes()].concat();
            let whole = padded.len() / 3 * 3;
            let encoded = engine.encode(&padded[..whole]);
            let own = encoded.get([0, 2, 3][lead]..).unwrap_or_default();
            if own.len() >= 2 * SHORTEST_SECRET {
                all.push(own.to_owned());
            }
        }
    }
    all.retain(|spelling| spelling.len() >= SHORTEST_SECRET);
    all.sort();
    all.dedup();
    all
}

/// Percent-encoding with lower-case digits (RFC 3986, section 2.1: they are equivalent).
fn lower_escapes(encoded: &str) -> String {
    let mut pieces = encoded.split('%');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let (digits, rest) = piece.split_at(piece.len().min(2));
        format!("{text}%{}{rest}", digits.to_ascii_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_found() {
        let secret = "s3cr3t.atlasv1/with+odd \"chars\"";
        let mut redactor = Redactor::new();
        redactor.add("user-token", secret);
        let json = serde_json::json!({ "detail": secret }).to_string();
        let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
        let base64 = |prefix: &str| STANDARD_NO_PAD.encode(format!("{prefix}{secret}"));
        for text in [
            secret.to_owned(),
            json,
            lower_escapes(&percent),
            percent,
            base64(""),
            base64(":"),
            base64("user:"),
            base64("u:"),
        ] {
            assert!(redactor.finds(&text), "{text}");
            assert!(!redactor.text(&text).contains("s3cr3t"), "{text}");
            assert!(redactor.text(&text).contains("[user-token]"), "{text}");
        }
        assert_eq!(redactor.text("nothing here"), "nothing here");
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
