//! Members that stand more than once: found when their object is closed, listed when somebody asks.

use super::{Tag, Tape, Word, small};
use crate::Pointer;
use crate::json::{MAX_DUPLICATES, duplicates_text};

/// A member that stands more than once in its object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The member.
    pub pointer: Pointer,
    /// Offset of the repeated name's opening quote.
    pub start: usize,
    /// Offset behind the repeated member's value.
    pub end: usize,
}

/// Marks the members of an object that stand more than once: the first leads to the last value, the others
/// are gone. Whether there are any.
pub(super) fn settle(tape: &mut Tape<'_>, object: usize) -> bool {
    let is_empty_name = |tape: &Tape<'_>, key: usize| tape.is_text(key, "");
    let mut found = false;
    // All empty names are alike, and nothing is shorter: they are not written down, so that the keys take
    // little memory beside the document.
    let mut empty: Option<(usize, usize)> = None;
    let count = tape.members_at(object).filter(|&(key, _)| !is_empty_name(tape, key)).count();
    let mut keys = Vec::with_capacity(count);
    let mut inside = tape.inside(object);
    while let Some((key, value)) = tape.next_member(&mut inside) {
        if !is_empty_name(tape, key) {
            keys.push(small(key));
        } else if let Some((first, _)) = empty {
            empty = Some((first, value));
            tape.words[key] = Word::new(Tag::GONE, tape.words[key].number());
        } else {
            empty = Some((key, value));
        }
    }
    if let Some((first, value)) = empty.filter(|&(first, value)| value != first + 2) {
        repeat(tape, first, value);
        found = true;
    }
    let name = |key: u32| (tape.hash_at(key as usize), tape.text_at(key as usize));
    keys.sort_unstable_by(|&one, &other| {
        let hashes = tape.hash_at(one as usize).cmp(&tape.hash_at(other as usize));
        hashes.then_with(|| name(one).cmp(&name(other))).then(one.cmp(&other))
    });
    let mut from = 0;
    while from < keys.len() {
        let first = keys[from] as usize;
        let (hash, text) = (tape.hash_at(first), tape.text_at(first));
        let same = |&&key: &&u32| tape.hash_at(key as usize) == hash && tape.text_at(key as usize) == text;
        let count = keys[from..].iter().take_while(same).count();
        if count > 1 {
            found = true;
            for &key in &keys[from + 1..from + count] {
                tape.words[key as usize] = Word::new(Tag::GONE, tape.words[key as usize].number());
            }
            repeat(tape, first, keys[from + count - 1] as usize + 2);
        }
        from += count;
    }
    found
}

fn repeat(tape: &mut Tape<'_>, first: usize, value: usize) {
    tape.words[first] = Word::new(Tag::REPEATED, tape.words[first].number());
    tape.words[first + 1] = Word(small(value));
}

/// An array or object on the way to a member.
struct Open {
    inside: std::ops::Range<usize>,
    is_object: bool,
    /// The items before this one.
    count: usize,
    /// The name of this member.
    key: usize,
}

pub(super) fn list(tape: &Tape<'_>) -> Vec<Duplicate> {
    let (mut found, mut text) = (Vec::new(), 0);
    let most = duplicates_text(tape.text.len());
    let mut open = vec![Open { inside: 0..1, is_object: false, count: 0, key: 0 }];
    while let Some(last) = open.last_mut() {
        if last.inside.is_empty() {
            open.pop();
            if let Some(outer) = open.last_mut() {
                outer.count += 1;
            }
            continue;
        }
        if last.is_object {
            last.key = last.inside.start;
        }
        let (key, is_object) = (last.key, last.is_object);
        let value = last.inside.start + if is_object { 2 } else { 0 };
        last.inside.start = tape.behind(value);
        let is_container = tape.first_byte(value) == b'{' || tape.first_byte(value) == b'[';
        if !is_container {
            last.count += 1;
        }
        if is_object && tape.word(key).tag() == Tag::GONE {
            // The outermost is the document itself.
            let pointer =
                Pointer::of(open[1..].iter().map(|open| {
                    if open.is_object { tape.text_at(open.key).into_owned() } else { open.count.to_string() }
                }));
            text += pointer.as_str().len();
            if !found.is_empty() && (text > most || found.len() == MAX_DUPLICATES) {
                break;
            }
            let start = tape.word(key).number();
            found.push(Duplicate { pointer, start, end: tape.span(value).1 });
        }
        if is_container {
            let is_object = tape.first_byte(value) == b'{';
            open.push(Open { inside: tape.inside(value), is_object, count: 0, key: 0 });
        }
    }
    found
}
