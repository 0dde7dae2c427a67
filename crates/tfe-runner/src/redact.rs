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
        text
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
    let quoted = serde_json::Value::String(secret.to_owned()).to_string();
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let unreserved = percent.replace("%2D", "-").replace("%2E", ".").replace("%5F", "_").replace("%7E", "~");
    let mut all = vec![
        secret.to_owned(),
        quoted[1..quoted.len() - 1].to_owned(),
        percent.to_lowercase(),
        unreserved.clone(),
        unreserved.replace("%20", "+"),
        percent,
    ];
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
    all.sort();
    all.dedup();
    all
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
            percent.to_lowercase(),
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
    fn longer_secrets_win_over_their_parts() {
        let mut redactor = Redactor::new();
        redactor.add("a", "token");
        redactor.add("b", "token-long");
        assert_eq!(redactor.text("token-long token"), "[b] [a]");
    }
}
