//! A page of text: indents, labels and running text that wraps.

use std::fmt::Display;
use std::io::{self, Write};

use super::paint::{Paint, Tone};
use super::{Style, text};

/// Columns from a label to what it labels.
const LABEL: usize = 14;
/// Running text is never squeezed below this.
const NARROWEST: usize = 20;

/// Where text goes, and how it looks.
pub(super) struct Page<'p> {
    out: &'p mut dyn Write,
    pub(super) style: Style,
    pub(super) paint: Paint,
}

impl<'p> Page<'p> {
    pub(super) fn new(out: &'p mut dyn Write, style: Style) -> Self {
        Self { out, style, paint: Paint { color: style.color } }
    }

    /// An empty line and a heading.
    pub(super) fn heading(&mut self, heading: &str) -> io::Result<()> {
        self.blank()?;
        self.line(0, self.paint.tone(Tone::Heading, heading))
    }

    pub(super) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// One line, however long. The text has to be safe already.
    pub(super) fn line(&mut self, indent: usize, text: impl Display) -> io::Result<()> {
        writeln!(self.out, "{:indent$}{text}", "")
    }

    /// Running text; what is unsafe in it is escaped.
    pub(super) fn running(&mut self, indent: usize, tone: Tone, running: &str) -> io::Result<()> {
        let width = self.style.width.saturating_sub(indent).max(NARROWEST);
        for line in text::wrap(&text::line(running), width) {
            self.line(indent, self.paint.tone(tone, line))?;
        }
        Ok(())
    }

    /// A label, and running text beside it; what is unsafe in it is escaped.
    pub(super) fn fact(&mut self, indent: usize, label: &str, tone: Tone, fact: &str) -> io::Result<()> {
        let width = self.style.width.saturating_sub(indent + LABEL).max(NARROWEST);
        let lines = text::wrap(&text::line(fact), width);
        self.labelled(indent, label, self.paint.tone(tone, lines.first().map_or("", String::as_str)))?;
        for line in lines.iter().skip(1) {
            self.line(indent + LABEL, self.paint.tone(tone, line))?;
        }
        Ok(())
    }

    /// A label, and one line beside it, however long. The text has to be safe already.
    pub(super) fn labelled(&mut self, indent: usize, label: &str, text: impl Display) -> io::Result<()> {
        let gap = LABEL.saturating_sub(label.chars().count()).max(2);
        let label = self.paint.tone(Tone::Quiet, label);
        self.line(indent, format_args!("{label}{:gap$}{text}", ""))
    }
}
