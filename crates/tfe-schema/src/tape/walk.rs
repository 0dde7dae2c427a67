//! The tape by index: kinds, texts, items, members and bytes.

use std::borrow::Cow;

use super::{Tag, Tape, TapeNode, Word, scan};

impl Tape<'_> {
    pub(crate) fn node(&self, at: usize) -> TapeNode<'_> {
        TapeNode::at(self, at)
    }

    pub(super) fn word(&self, at: usize) -> Word {
        self.words[at]
    }

    /// The first byte of a value: it tells the kind.
    pub(crate) fn first_byte(&self, at: usize) -> u8 {
        let word = self.words[at];
        match word.tag() {
            Tag::Plain => self.text.as_bytes()[word.number()],
            Tag::Escaped => b'"',
            Tag::Array => b'[',
            Tag::Object => b'{',
        }
    }

    /// The index behind a value and all that it holds.
    pub(super) fn behind(&self, at: usize) -> usize {
        let word = self.words[at];
        match word.tag() {
            Tag::Array | Tag::Object => word.number(),
            Tag::Plain | Tag::Escaped => at + 1,
        }
    }

    /// What a string or name means.
    pub(crate) fn text_at(&self, at: usize) -> Cow<'_, str> {
        let start = self.words[at].number();
        let end = scan::string(self.text.as_bytes(), start).map_or(start + 2, |(end, _)| end);
        let inside = &self.text[start + 1..end - 1];
        match self.words[at].tag() {
            Tag::Plain => Cow::Borrowed(inside),
            // A repeated name does not tell of its escapes.
            _ if !inside.contains('\\') => Cow::Borrowed(inside),
            _ => Cow::Owned(scan::unescape(inside)),
        }
    }

    /// The beginning of what a string means; the whole, if it is not much longer than `most` bytes.
    pub(super) fn beginning(&self, at: usize, most: usize) -> String {
        let start = self.words[at].number();
        let end = scan::string(self.text.as_bytes(), start).map_or(start + 2, |(end, _)| end);
        scan::unescape_at_most(&self.text[start + 1..end - 1], most)
    }

    /// Whether a string or name means this text.
    pub(crate) fn is_text(&self, at: usize, text: &str) -> bool {
        let word = self.words[at];
        if word.tag() != Tag::Plain {
            return self.text_at(at) == text;
        }
        let rest = &self.text.as_bytes()[word.number() + 1..];
        // A quote in the text would have to be escaped in the document.
        rest.get(text.len()) == Some(&b'"') && rest.starts_with(text.as_bytes()) && !text.contains('"')
    }

    pub(crate) fn hash_at(&self, key: usize) -> u32 {
        match self.words[key].tag() {
            Tag::REPEATED => scan::hash(&self.text_at(key)),
            _ => self.words[key + 1].0,
        }
    }

    /// The indices of what an array or object holds; none if it is empty.
    pub(super) fn inside(&self, at: usize) -> std::ops::Range<usize> {
        at + 1..self.behind(at)
    }

    pub(crate) fn items_at(&self, array: usize) -> impl Iterator<Item = usize> {
        let mut inside = self.inside(array);
        std::iter::from_fn(move || self.next_item(&mut inside))
    }

    /// Names and the values that count, each name once.
    pub(crate) fn members_at(&self, object: usize) -> impl Iterator<Item = (usize, usize)> {
        let mut inside = self.inside(object);
        std::iter::from_fn(move || self.next_member(&mut inside))
    }

    pub(super) fn next_item(&self, inside: &mut std::ops::Range<usize>) -> Option<usize> {
        let item = inside.start;
        if inside.start >= inside.end {
            return None;
        }
        inside.start = self.behind(item);
        Some(item)
    }

    pub(super) fn next_member(&self, inside: &mut std::ops::Range<usize>) -> Option<(usize, usize)> {
        while inside.start < inside.end {
            let key = inside.start;
            inside.start = self.behind(key + 2);
            match self.words[key].tag() {
                Tag::GONE => {}
                Tag::REPEATED => return Some((key, self.words[key + 1].0 as usize)),
                Tag::Plain | Tag::Escaped => return Some((key, key + 2)),
            }
        }
        None
    }

    /// The value of the member with this name. `hash` is [`scan::hash`] of the name.
    pub(super) fn member(&self, object: usize, name: &str, hash: u32) -> Option<usize> {
        let words = &self.words[..self.behind(object)];
        let mut key = object + 1;
        while let Some(&[word, second, value]) = words.get(key..key + 3) {
            match word.tag() {
                Tag::REPEATED if self.is_text(key, name) => return Some(second.0 as usize),
                Tag::Plain | Tag::Escaped if second.0 == hash && self.is_text(key, name) => return Some(key + 2),
                _ => {}
            }
            key = if matches!(value.tag(), Tag::Array | Tag::Object) { value.number() } else { key + 3 };
        }
        None
    }

    /// The length of the document.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// The length of the longest pointer to a place, or somewhat more.
    pub(crate) fn longest_pointer(&self) -> usize {
        self.longest_below(0)
    }

    fn longest_below(&self, at: usize) -> usize {
        const INDEX: usize = 11;
        match self.first_byte(at) {
            b'{' => {
                let member = |(key, value)| 1 + self.text_at(key).len() + self.longest_below(value);
                self.members_at(at).map(member).max().unwrap_or(0)
            }
            b'[' => INDEX + self.items_at(at).map(|item| self.longest_below(item)).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// Where a value starts.
    pub(super) fn start(&self, at: usize) -> usize {
        let (mut first, mut open) = (at, 0);
        let mut start = loop {
            let word = self.words[first];
            match word.tag() {
                Tag::Plain | Tag::Escaped => break word.number(),
                Tag::Array => (first, open) = (first + 1, open + 1),
                Tag::Object => {
                    open += 1;
                    break self.words[first + 1].number();
                }
            }
        };
        // Only white space stands between an opening bracket and what comes first.
        let bytes = self.text.as_bytes();
        for _ in 0..open {
            start = bytes[..start].iter().rposition(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
        }
        start
    }

    /// Where a value starts and ends.
    pub(super) fn span(&self, at: usize) -> (usize, usize) {
        let start = self.start(at);
        (start, scan::end(self.text.as_bytes(), start))
    }
}
