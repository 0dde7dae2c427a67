//! What a deviation looks like: the same in every run against the same server, and another when the
//! server breaks the rule in another way.

use std::collections::BTreeSet;

use crate::digest::digest;
use crate::event::CheckResult;

/// Of the checks that show a deviation.
pub(super) fn of_checks(checks: &[&CheckResult]) -> String {
    // A set: how often the same is seen hangs on how many exchanges there were.
    let lines: BTreeSet<_> =
        checks.iter().map(|check| format!("{} {:?} {}", check.step, check.outcome, shape(&check.got))).collect();
    digest(&[&lines.into_iter().collect::<Vec<_>>().join("\n")])
}

/// Of the reason for which a case is blocked.
pub(super) fn of_reason(reason: &str) -> String {
    digest(&[&shape(reason)])
}

/// What of a result does not differ from run to run: words, places, types, statuses, `true`, `false` and
/// `null`. Strings, ids, names, addresses, counts and documents do.
fn shape(got: &str) -> String {
    let mut shape = String::new();
    let mut rest = got;
    let mut before = "";
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '"' => {
                shape.push('"');
                rest[1..].char_indices().find(|(at, c)| *c == '"' && !rest[1..][..*at].ends_with('\\'))
            }
            .map_or(rest.len(), |(at, _)| at + 2),
            '`' => {
                let inner = rest[1..].split('`').next().unwrap_or_default();
                shape.push_str(&place(inner).unwrap_or_else(|| self::shape(inner)));
                (inner.len() + 2).min(rest.len())
            }
            // A document, to its end: nobody knows how much of it was cut off.
            '{' => {
                shape.push('{');
                rest.len()
            }
            c if c.is_whitespace() => c.len_utf8(),
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '`' | '{')).unwrap_or(rest.len());
                let word = &rest[..end];
                shape.push(' ');
                shape.push_str(&self::word(word, before));
                before = word;
                end
            }
        };
        rest = &rest[taken..];
    }
    shape
}

/// A JSON Pointer without its indices.
fn place(text: &str) -> Option<String> {
    let tokens = text.strip_prefix('/')?.split('/');
    let named = |token: &str| !token.contains(|c: char| c.is_ascii_digit() || c.is_whitespace());
    Some(tokens.map(|token| if named(token) { format!("/{token}") } else { "/#".to_owned() }).collect())
}

fn word(word: &str, before: &str) -> String {
    let bare = word.trim_matches(|c: char| matches!(c, ',' | '.' | ';' | ':' | '(' | ')' | '[' | ']'));
    let is_status = bare.len() == 3 && matches!(before, "status" | "answered" | "HTTP/1.1");
    let is_name = bare.starts_with('/') || bare.contains("://") || bare.contains("tfc_");
    if is_name || !is_status && bare.contains(|c: char| c.is_ascii_digit()) { "#".to_owned() } else { bare.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects against a gate that turns red without a change of the server.
    #[test]
    fn what_differs_from_run_to_run_is_left_out() {
        for (one, other) in [
            ("`/data/3/attributes/key`: \"tfc_abcdefgh_1_key\"", "`/data/0/attributes/key`: \"tfc_zzzzzzzz_12_key\""),
            (
                "location: http://127.0.0.1:4000/api/v2/vars/var-a1",
                "location: http://127.0.0.1:5111/api/v2/vars/var-zz",
            ),
            ("GET /api/v2/vars/var-abc answered 404", "GET /api/v2/vars/var-x7 answered 404"),
            ("status 200 {\"data\":{\"id\":\"1\"}}", "status 200 {\"data\":{\"id\":\"22\",\"type\":\"x\"}}"),
            ("3 items, 2 of them twice", "5 items, 4 of them twice"),
            ("`\"a\\\"b\"`", "`\"c\"`"),
            ("\"cut of", "\"cut off\""),
        ] {
            assert_eq!(shape(one), shape(other));
        }
    }

    /// Protects against a baseline that hides another deviation.
    #[test]
    fn what_the_server_does_stays() {
        let results = [
            "status 200",
            "status 403",
            "no location header",
            "`/data/attributes/hcl`: false",
            "`/data/attributes/hcl`: true",
            "`/data/attributes/hcl`: null",
            "`/data/attributes/value`: missing",
            "Content-Type: application/json",
            "Content-Type: text/html",
            "GET /api/v2/vars/var-abc answered 404",
            "GET /api/v2/vars/var-abc answered 500",
        ];
        let shapes: BTreeSet<_> = results.iter().map(|got| shape(got)).collect();
        assert_eq!(shapes.len(), results.len(), "{shapes:#?}");
    }

    proptest::proptest! {
        #[test]
        fn every_text_has_a_shape(text in ".*|([\"`{\\\\ /a0é]{0,20})") {
            shape(&text);
        }
    }
}
