//! From a pointer to the bytes, and from bytes to line and column.

use std::collections::HashMap;

use crate::Pointer;

use super::{Tape, scan};

/// Where something stands in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Place {
    /// Line of the first byte, from 1. Lines end with a line feed.
    pub line: usize,
    /// Column of the first byte in its line, in bytes of UTF-8, from 1.
    pub column: usize,
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

/// Lines of a document, found quickly: neither many lines nor a long one make it slow or large.
pub(crate) struct Lines<'d> {
    bytes: &'d [u8],
    /// Per block the lines before it, and where its first line starts.
    blocks: Vec<(usize, usize)>,
}

const BLOCK: usize = 4096;

impl<'d> Lines<'d> {
    pub(crate) fn of(bytes: &'d [u8]) -> Self {
        let (mut before, mut start) = (0, 0);
        let block = |(index, block): (usize, &[u8])| {
            let entry = (before, start);
            if let Some(last) = block.iter().rposition(|&byte| byte == b'\n') {
                before += newlines(block);
                start = index * BLOCK + last + 1;
            }
            entry
        };
        let mut blocks: Vec<_> = bytes.chunks(BLOCK).enumerate().map(block).collect();
        // The end of a document whose last block is full.
        blocks.push((before, start));
        Self { bytes, blocks }
    }

    /// Line and column of a byte.
    pub(crate) fn position(&self, offset: usize) -> (usize, usize) {
        let block = offset / BLOCK;
        let (before, start) = self.blocks[block];
        let inside = &self.bytes[block * BLOCK..offset];
        let start = inside.iter().rposition(|&byte| byte == b'\n').map_or(start, |last| block * BLOCK + last + 1);
        (before + newlines(inside) + 1, offset - start + 1)
    }

    pub(crate) fn place(&self, start: usize, end: usize) -> Place {
        let (line, column) = self.position(start);
        Place { line, column, start, end }
    }
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().map(|&byte| usize::from(byte == b'\n')).sum()
}

/// Finds the bytes of many places of one document. Goes on where it found the last item of an array or
/// member of an object: places come mostly in their order.
pub(crate) struct Locator<'t> {
    tape: &'t Tape<'t>,
    /// Per container an item (its number and node), or a name.
    last: HashMap<usize, (usize, usize)>,
}

impl<'t> Locator<'t> {
    pub(crate) fn new(tape: &'t Tape<'t>) -> Self {
        Self { tape, last: HashMap::new() }
    }

    /// Start and end of the value at a place.
    pub(crate) fn span(&mut self, pointer: &Pointer) -> Option<(usize, usize)> {
        let mut at = 0;
        for token in pointer.tokens() {
            at = match self.tape.first_byte(at) {
                b'{' => self.member(at, &token)?,
                b'[' => self.item(at, token.parse().ok()?)?,
                _ => return None,
            };
        }
        Some(self.tape.span(at))
    }

    fn item(&mut self, array: usize, index: usize) -> Option<usize> {
        let end = self.tape.behind(array);
        let known = self.last.get(&array).copied().filter(|&(known, _)| known <= index);
        let (mut number, mut item) = known.unwrap_or((0, array + 1));
        while number < index && item < end {
            number += 1;
            item = self.tape.behind(item);
        }
        if item >= end {
            return None;
        }
        self.last.insert(array, (number, item));
        Some(item)
    }

    fn member(&mut self, object: usize, name: &str) -> Option<usize> {
        let hash = scan::hash(name);
        let all = self.tape.inside(object);
        let from = self.last.get(&object).map_or(all.start, |&(_, key)| key);
        // Once around, from the name that was found last.
        for mut part in [from..all.end, all.start..from] {
            while let Some((key, value)) = self.tape.next_member(&mut part) {
                if self.tape.hash_at(key) == hash && self.tape.is_text(key, name) {
                    self.last.insert(object, (0, key));
                    return Some(value);
                }
            }
        }
        None
    }
}
