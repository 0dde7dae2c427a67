//! The parser: no recursion, one pass.

use crate::json::{MAX_BYTES, MAX_DEPTH, SyntaxError, SyntaxErrorKind};

use super::{Tag, Tape, Word, duplicates, scan};

/// Objects with more members are searched for duplicates when they are closed.
const FEW_MEMBERS: usize = 16;

pub(super) fn parse(bytes: &[u8]) -> Result<Tape<'_>, SyntaxError> {
    if bytes.len() > MAX_BYTES {
        return Err(SyntaxError::at(SyntaxErrorKind::TooLong, &[], 0));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| SyntaxError::at(SyntaxErrorKind::Utf8, bytes, error.valid_up_to()))?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(SyntaxError::at(SyntaxErrorKind::Empty, bytes, 0));
    }
    // Few documents have a word in less than four bytes. Theirs are counted, and then there is room for
    // exactly those: a vector that doubles would take more memory than the document is worth.
    let parsed = match read(text, bytes.len() / 4 + 16) {
        Err((NO_ROOM, _)) => read(text, scan::words(bytes)),
        parsed => parsed,
    };
    match parsed {
        Ok(tape) => Ok(tape),
        Err((TOO_DEEP, at)) => Err(SyntaxError::at(SyntaxErrorKind::TooDeep, bytes, at)),
        Err((message, at)) => Err(SyntaxError::at(SyntaxErrorKind::Grammar(message.to_owned()), bytes, at)),
    }
}

fn read(text: &str, room: usize) -> Result<Tape<'_>, scan::Fault> {
    let words = Vec::with_capacity(room);
    let tape = Tape { text, words, has_duplicates: false, errors: usize::MAX.into() };
    let mut parser = Parser { text, bytes: text.as_bytes(), at: 0, room, tape, frames: Vec::new(), hashes: Vec::new() };
    parser.document()?;
    Ok(parser.tape)
}

const TOO_DEEP: &str = "too deep";
const NO_ROOM: &str = "no room";

struct Parser<'d> {
    text: &'d str,
    bytes: &'d [u8],
    at: usize,
    /// How many words the tape may have.
    room: usize,
    tape: Tape<'d>,
    frames: Vec<Frame>,
    /// Hashes of the names in the open objects with few members.
    hashes: Vec<u32>,
}

/// An open array or object.
struct Frame {
    word: usize,
    is_object: bool,
    /// Where the hashes of this object start.
    hashes: usize,
    /// Whether a name may stand twice.
    suspect: bool,
}

impl Parser<'_> {
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
                self.scalar(if escaped { Tag::Escaped } else { Tag::Plain }, end)?;
            }
            Some(b'{') => return self.open(Tag::Object),
            Some(b'[') => return self.open(Tag::Array),
            Some(b'-' | b'0'..=b'9') => {
                let end = scan::number(self.text, start)?;
                self.scalar(Tag::Plain, end)?;
            }
            Some(b't') => self.word("true")?,
            Some(b'f') => self.word("false")?,
            Some(b'n') => self.word("null")?,
            Some(b']') if self.frames.last().is_some_and(|frame| !frame.is_object) => {
                return Err(("trailing comma", start));
            }
            Some(_) => return Err(("expected value", start)),
            None => return Err(("EOF while parsing a value", start)),
        }
        Ok(false)
    }

    fn word(&mut self, word: &str) -> Result<(), scan::Fault> {
        let wrong = word.bytes().enumerate().find(|&(index, byte)| self.bytes.get(self.at + index) != Some(&byte));
        match wrong {
            None => self.scalar(Tag::Plain, self.at + word.len()),
            Some((index, _)) if self.at + index == self.bytes.len() => {
                Err(("EOF while parsing a value", self.at + index))
            }
            Some((index, _)) => Err(("expected ident", self.at + index)),
        }
    }

    fn push(&mut self, word: Word) -> Result<(), scan::Fault> {
        if self.tape.words.len() == self.room {
            return Err((NO_ROOM, self.at));
        }
        self.tape.words.push(word);
        Ok(())
    }

    fn scalar(&mut self, tag: Tag, end: usize) -> Result<(), scan::Fault> {
        self.push(Word::new(tag, self.at))?;
        self.at = end;
        Ok(())
    }

    fn open(&mut self, tag: Tag) -> Result<bool, scan::Fault> {
        if self.frames.len() == MAX_DEPTH {
            return Err((TOO_DEEP, self.at));
        }
        let word = self.tape.words.len();
        let is_object = tag == Tag::Object;
        self.scalar(Tag::Plain, self.at + 1)?;
        self.skip_space();
        match (self.bytes.get(self.at), is_object) {
            (Some(b'}'), true) | (Some(b']'), false) => {
                self.at += 1;
                return Ok(false);
            }
            _ => {}
        }
        self.frames.push(Frame { word, is_object, hashes: self.hashes.len(), suspect: false });
        if is_object {
            self.key()?;
        }
        Ok(true)
    }

    /// What stands behind a value in a container. Whether another value follows.
    fn after_value(&mut self) -> Result<bool, scan::Fault> {
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
        self.hashes.truncate(frame.hashes);
        let tag = if frame.is_object { Tag::Object } else { Tag::Array };
        self.tape.words[frame.word] = Word::new(tag, self.tape.words.len());
        if frame.suspect {
            self.tape.has_duplicates |= duplicates::settle(&mut self.tape, frame.word);
        }
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
        let inside = &self.text[start + 1..end - 1];
        let hash = if escaped { scan::hash(&scan::unescape(inside)) } else { scan::hash(inside) };
        self.scalar(if escaped { Tag::Escaped } else { Tag::Plain }, end)?;
        self.push(Word(hash))?;
        self.note_name(hash);
        self.skip_space();
        match self.bytes.get(self.at) {
            Some(b':') => self.at += 1,
            Some(_) => return Err(("expected `:`", self.at)),
            None => return Err(("EOF while parsing an object", self.at)),
        }
        Ok(())
    }

    /// Whether the object has to be searched for duplicates when it is closed.
    fn note_name(&mut self, hash: u32) {
        let Some(frame) = self.frames.last_mut() else { return };
        if !frame.suspect {
            let few = &self.hashes[frame.hashes..];
            frame.suspect = few.len() == FEW_MEMBERS || few.contains(&hash);
            self.hashes.push(hash);
        }
    }
}
