//! The parser: no recursion, one pass.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::Pointer;
use crate::json::{MAX_DEPTH, MAX_DUPLICATES_TEXT, SyntaxError, SyntaxErrorKind};

use super::{Duplicate, Kind, MAX_BYTES, Raw, Tape, scan, small};

/// Objects with more members look for duplicates in a hash map.
const FEW_MEMBERS: usize = 16;

pub(super) fn parse(bytes: &[u8]) -> Result<Tape<'_>, SyntaxError> {
    if bytes.len() > MAX_BYTES {
        return Err(SyntaxError::at(SyntaxErrorKind::TooLong, bytes, 0));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| SyntaxError::at(SyntaxErrorKind::Utf8, bytes, error.valid_up_to()))?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(SyntaxError::at(SyntaxErrorKind::Empty, bytes, 0));
    }
    let mut parser = Parser {
        text,
        bytes,
        at: 0,
        nodes: Vec::with_capacity(bytes.len() / 16 + 4),
        frames: Vec::new(),
        names: Vec::new(),
        duplicates: Vec::new(),
        duplicates_text: 0,
    };
    match parser.document() {
        Ok(()) => Ok(Tape { text, nodes: parser.nodes, duplicates: parser.duplicates }),
        Err((message, at)) if message == TOO_DEEP => Err(SyntaxError::at(SyntaxErrorKind::TooDeep, bytes, at)),
        Err((message, at)) => Err(SyntaxError::at(SyntaxErrorKind::Grammar(message.to_owned()), bytes, at)),
    }
}

const TOO_DEEP: &str = "too deep";

struct Parser<'d> {
    text: &'d str,
    bytes: &'d [u8],
    at: usize,
    nodes: Vec<Raw>,
    frames: Vec<Frame<'d>>,
    /// Hashes and nodes of the names in the open objects with few members.
    names: Vec<(u32, u32)>,
    duplicates: Vec<Duplicate>,
    duplicates_text: usize,
}

/// An open array or object.
struct Frame<'d> {
    node: usize,
    is_object: bool,
    /// Items, or different members.
    count: u32,
    /// The name of the member that is read, and how long its text is.
    key: usize,
    key_length: usize,
    /// Whether that name stood before.
    repeated: bool,
    /// Where the names of this object start.
    names: usize,
    many: Option<HashMap<Cow<'d, str>, u32>>,
}

impl<'d> Parser<'d> {
    fn document(&mut self) -> Result<(), scan::Fault> {
        loop {
            // A container that was opened and is not empty: its first value comes next.
            if self.value()? {
                continue;
            }
            loop {
                self.skip_space();
                if self.frames.is_empty() {
                    return if self.at == self.bytes.len() { Ok(()) } else { Err(("trailing characters", self.at)) };
                }
                if self.after_value()? {
                    break;
                }
            }
        }
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// Reads a scalar or an empty container (`false`), or opens a container (`true`).
    fn value(&mut self) -> Result<bool, scan::Fault> {
        self.skip_space();
        let start = self.at;
        match self.bytes.get(start) {
            Some(b'"') => {
                let (end, escaped) = scan::string(self.bytes, start)?;
                self.scalar(if escaped { Kind::Escaped } else { Kind::Text }, end);
            }
            Some(b'{') => return self.open(Kind::Object),
            Some(b'[') => return self.open(Kind::Array),
            Some(b'-' | b'0'..=b'9') => {
                let end = scan::number(self.text, start)?;
                self.scalar(Kind::Number, end);
            }
            Some(b't') => self.word("true", Kind::Bool)?,
            Some(b'f') => self.word("false", Kind::Bool)?,
            Some(b'n') => self.word("null", Kind::Null)?,
            Some(b']') if self.frames.last().is_some_and(|frame| !frame.is_object) => {
                return Err(("trailing comma", start));
            }
            Some(_) => return Err(("expected value", start)),
            None => return Err(("EOF while parsing a value", start)),
        }
        Ok(false)
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<(), scan::Fault> {
        let wrong = word.bytes().enumerate().find(|&(index, byte)| self.bytes.get(self.at + index) != Some(&byte));
        match wrong {
            None => self.scalar(kind, self.at + word.len()),
            Some((index, _)) if self.at + index == self.bytes.len() => {
                return Err(("EOF while parsing a value", self.at + index));
            }
            Some((index, _)) => return Err(("expected ident", self.at + index)),
        }
        Ok(())
    }

    fn scalar(&mut self, kind: Kind, end: usize) {
        self.nodes.push(Raw::new(kind, self.at, end, self.nodes.len() + 1));
        self.at = end;
    }

    fn open(&mut self, kind: Kind) -> Result<bool, scan::Fault> {
        if self.frames.len() == MAX_DEPTH {
            return Err((TOO_DEEP, self.at));
        }
        let node = self.nodes.len();
        let is_object = kind == Kind::Object;
        self.scalar(kind, self.at + 1);
        self.skip_space();
        match (self.bytes.get(self.at), is_object) {
            (Some(b'}'), true) | (Some(b']'), false) => {
                self.at += 1;
                self.nodes[node].end = small(self.at);
                return Ok(false);
            }
            _ => {}
        }
        let names = self.names.len();
        let frame = Frame { node, is_object, count: 0, key: 0, key_length: 0, repeated: false, names, many: None };
        self.frames.push(frame);
        if is_object {
            self.key()?;
        }
        Ok(true)
    }

    /// What stands behind a value in a container. Whether another value follows.
    fn after_value(&mut self) -> Result<bool, scan::Fault> {
        let repeated = match self.frames.last_mut() {
            Some(frame) => {
                frame.count += u32::from(!frame.repeated);
                std::mem::take(&mut frame.repeated)
            }
            None => false,
        };
        if repeated {
            self.note_duplicate();
        }
        let is_object = self.frames.last().is_some_and(|frame| frame.is_object);
        match (self.bytes.get(self.at), is_object) {
            (Some(b','), _) => {
                self.at += 1;
                if is_object {
                    self.skip_space();
                    if self.bytes.get(self.at) == Some(&b'}') {
                        return Err(("trailing comma", self.at));
                    }
                    self.key()?;
                }
                Ok(true)
            }
            (Some(b'}'), true) | (Some(b']'), false) => {
                self.close();
                Ok(false)
            }
            (Some(_), true) => Err(("expected `,` or `}`", self.at)),
            (Some(_), false) => Err(("expected `,` or `]`", self.at)),
            (None, true) => Err(("EOF while parsing an object", self.at)),
            (None, false) => Err(("EOF while parsing a list", self.at)),
        }
    }

    fn close(&mut self) {
        self.at += 1;
        let Some(frame) = self.frames.pop() else { return };
        self.names.truncate(frame.names);
        let next = self.nodes.len();
        let node = &mut self.nodes[frame.node];
        node.end = small(self.at);
        node.extra = frame.count;
        node.set(if frame.is_object { Kind::Object } else { Kind::Array }, next);
    }

    /// Reads the name of a member and the colon.
    fn key(&mut self) -> Result<(), scan::Fault> {
        match self.bytes.get(self.at) {
            Some(b'"') => {}
            Some(_) => return Err(("key must be a string", self.at)),
            None => return Err(("EOF while parsing an object", self.at)),
        }
        let start = self.at;
        let (end, escaped) = scan::string(self.bytes, start)?;
        let node = self.nodes.len();
        self.scalar(if escaped { Kind::Escaped } else { Kind::Text }, end);
        let name = name(self.text, self.nodes[node]);
        let hash = scan::hash(&name);
        self.nodes[node].extra = hash;
        self.enter_member(node, name, hash);
        self.skip_space();
        match self.bytes.get(self.at) {
            Some(b':') => self.at += 1,
            Some(_) => return Err(("expected `:`", self.at)),
            None => return Err(("EOF while parsing an object", self.at)),
        }
        Ok(())
    }

    /// Looks whether the name stood in its object before; then this value counts there.
    fn enter_member(&mut self, node: usize, name: Cow<'d, str>, hash: u32) {
        let Some(frame) = self.frames.last_mut() else { return };
        (frame.key, frame.key_length) = (node, name.len());
        let first = if let Some(many) = &mut frame.many {
            let first = *many.entry(name).or_insert(small(node)) as usize;
            (first != node).then_some(first)
        } else {
            let few = &self.names[frame.names..];
            let same =
                |&&(known, at): &&(u32, u32)| known == hash && self::name(self.text, self.nodes[at as usize]) == name;
            let first = few.iter().find(same).map(|&(_, at)| at as usize);
            if first.is_none() && few.len() == FEW_MEMBERS {
                let known = few.iter().map(|&(_, at)| (self::name(self.text, self.nodes[at as usize]), at));
                frame.many = Some(known.chain([(name, small(node))]).collect());
            } else if first.is_none() {
                self.names.push((hash, small(node)));
            }
            first
        };
        if let Some(first) = first {
            frame.repeated = true;
            let kind = self.nodes[first].kind();
            self.nodes[first].set(kind, node + 1);
            self.nodes[node].set(Kind::Gone, node + 1);
        }
    }

    fn note_duplicate(&mut self) {
        let length = |frame: &Frame<'_>| {
            let digits = frame.count.checked_ilog10().unwrap_or_default() as usize + 1;
            if frame.is_object { frame.key_length } else { digits }
        };
        self.duplicates_text += self.frames.iter().map(|frame| length(frame) + 1).sum::<usize>();
        if !self.duplicates.is_empty() && self.duplicates_text > MAX_DUPLICATES_TEXT {
            return;
        }
        let token = |frame: &Frame<'_>| {
            if frame.is_object { key_text(self.text, self.nodes[frame.key]) } else { frame.count.to_string() }
        };
        let pointer = Pointer::of(self.frames.iter().map(token));
        let key = self.frames.last().map_or(0, |frame| frame.key);
        let end = self.nodes[key + 1].end();
        self.duplicates.push(Duplicate { pointer, start: self.nodes[key].start(), end });
    }
}

/// The text of a name that counts (a node that is [`Kind::Gone`] does not tell of its escapes).
fn name(text: &str, key: Raw) -> Cow<'_, str> {
    let inside = &text[key.start() + 1..key.end() - 1];
    if key.kind() == Kind::Escaped { Cow::Owned(scan::unescape(inside)) } else { Cow::Borrowed(inside) }
}

/// The text of any name.
fn key_text(text: &str, key: Raw) -> String {
    scan::unescape(&text[key.start() + 1..key.end() - 1])
}
