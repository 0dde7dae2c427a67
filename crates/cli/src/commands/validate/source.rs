//! Documents out of files: one at a time, and none longer than asked for.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

/// A document as bytes.
pub(super) struct Document {
    /// Its line in the file, where each line is a document.
    pub(super) line: Option<usize>,
    pub(super) bytes: Vec<u8>,
}

/// Why there are no bytes to check.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unread {
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("cannot be read: it is a directory; name the files in it")]
    Directory,
    #[error("is longer than {0} MiB (--max-size allows more)")]
    TooLong(usize),
    #[error("holds no document")]
    NoDocument,
}

type Next = Result<Document, (Option<usize>, Unread)>;

/// The documents of one file.
pub(super) struct Documents {
    input: Option<Box<dyn BufRead>>,
    unread: Option<Unread>,
    /// The number of the last line; `None` where the file is one document.
    line: Option<usize>,
    longest: usize,
}

impl Documents {
    pub(super) fn open(path: &Path, by_line: bool, longest: usize) -> Self {
        let (input, unread) = match input(path) {
            Ok(input) => (Some(input), None),
            Err(unread) => (None, Some(unread)),
        };
        Self { input, unread, line: by_line.then_some(0), longest }
    }

    /// The next document. After one that could not be read there is none.
    pub(super) fn next(&mut self) -> Option<Next> {
        if let Some(unread) = self.unread.take() {
            return Some(Err((None, unread)));
        }
        let mut input = self.input.take()?;
        if self.line.is_none() {
            return Some(match self.whole(&mut input) {
                Ok(bytes) => Ok(Document { line: None, bytes }),
                Err(unread) => Err((None, unread)),
            });
        }
        let next = loop {
            self.line = self.line.map(|line| line + 1);
            match self.line_of(&mut input) {
                Ok(None) => return None,
                // Blank lines separate nothing.
                Ok(Some(bytes)) if bytes.trim_ascii().is_empty() => {}
                Ok(Some(bytes)) => break Ok(Document { line: self.line, bytes }),
                Err(unread) => return Some(Err((self.line, unread))),
            }
        };
        self.input = Some(input);
        Some(next)
    }

    fn whole(&self, input: &mut dyn BufRead) -> Result<Vec<u8>, Unread> {
        let mut bytes = Vec::new();
        input.take(self.longest as u64 + 1).read_to_end(&mut bytes)?;
        self.fits(bytes)
    }

    fn line_of(&self, input: &mut dyn BufRead) -> Result<Option<Vec<u8>>, Unread> {
        let mut bytes = Vec::new();
        let read = input.take(self.longest as u64 + 2).read_until(b'\n', &mut bytes)?;
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        if read == 0 { Ok(None) } else { self.fits(bytes).map(Some) }
    }

    fn fits(&self, bytes: Vec<u8>) -> Result<Vec<u8>, Unread> {
        if bytes.len() > self.longest { Err(Unread::TooLong(self.longest >> 20)) } else { Ok(bytes) }
    }
}

fn input(path: &Path) -> Result<Box<dyn BufRead>, Unread> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(Unread::Directory);
    }
    Ok(Box::new(BufReader::new(file)))
}
