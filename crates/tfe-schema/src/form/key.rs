//! Bracketed names: `a[b][c]`, `a[]`.

use super::MAX_DEPTH;
use super::error::{Breach, FormErrorKind};

/// A name taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key<'k> {
    /// The member names, from the outside in; never empty.
    pub(super) names: Vec<&'k str>,
    /// Whether `[]` ends it: the value is one more item of a list.
    pub(super) appends: bool,
}

impl<'k> Key<'k> {
    /// Reads a decoded name.
    pub(super) fn parse(text: &'k str) -> Result<Self, Breach> {
        let breach = |kind, at| Err(Breach { kind, at });
        let head = text.find(['[', ']']).unwrap_or(text.len());
        if text.is_empty() {
            return breach(FormErrorKind::EmptyName, 0);
        }
        if head == 0 {
            return breach(FormErrorKind::StrayBracket, 0);
        }
        let mut key = Self { names: vec![&text[..head]], appends: false };
        let mut at = head;
        while at < text.len() {
            if key.appends {
                return breach(FormErrorKind::ListNotLast, at);
            }
            if key.names.len() == MAX_DEPTH {
                return breach(FormErrorKind::TooDeep, at);
            }
            let Some(inside) = text[at..].strip_prefix('[') else {
                return breach(FormErrorKind::StrayBracket, at);
            };
            match inside.find(['[', ']']) {
                None => return breach(FormErrorKind::Unclosed, at),
                Some(end) if inside.as_bytes()[end] == b'[' => {
                    return breach(FormErrorKind::StrayBracket, at + 1 + end);
                }
                Some(0) => key.appends = true,
                Some(end) => key.names.push(&inside[..end]),
            }
            at += inside.find(']').map_or(inside.len(), |end| end + 2);
        }
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_nest_in_brackets() {
        let key = |names: &[&'static str], appends| Ok(Key { names: names.to_vec(), appends });
        assert_eq!(Key::parse("a"), key(&["a"], false));
        assert_eq!(Key::parse("a[b c][é]"), key(&["a", "b c", "é"], false));
        assert_eq!(Key::parse("a[b][]"), key(&["a", "b"], true));
    }

    #[test]
    fn what_does_not_balance_is_refused_where_it_stands() {
        use FormErrorKind as Kind;
        let table = [
            ("", Kind::EmptyName, 0),
            ("[a]", Kind::StrayBracket, 0),
            ("]", Kind::StrayBracket, 0),
            ("a]", Kind::StrayBracket, 1),
            ("a[b]c", Kind::StrayBracket, 4),
            ("a[b]]", Kind::StrayBracket, 4),
            ("a[b[c]]", Kind::StrayBracket, 3),
            ("a[", Kind::Unclosed, 1),
            ("a[é][b", Kind::Unclosed, 5),
            ("a[][b]", Kind::ListNotLast, 3),
            ("a[][]", Kind::ListNotLast, 3),
        ];
        for (text, kind, at) in table {
            assert_eq!(Key::parse(text), Err(Breach { kind, at }), "{text}");
        }
    }

    #[test]
    fn nesting_stops_at_the_limit() {
        let nested = |depth: usize| format!("a{}", "[a]".repeat(depth - 1));
        assert_eq!(Key::parse(&nested(MAX_DEPTH)).unwrap().names.len(), MAX_DEPTH);
        assert_eq!(Key::parse(&nested(MAX_DEPTH + 1)).unwrap_err().kind, FormErrorKind::TooDeep);
        assert_eq!(Key::parse(&(nested(MAX_DEPTH) + "[]")).unwrap_err().kind, FormErrorKind::TooDeep);
        assert!(Key::parse(&(nested(MAX_DEPTH - 1) + "[]")).is_ok());
    }
}
