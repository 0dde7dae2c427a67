//! The event stream: one JSON object per line, written as it happens.

use std::io::{self, Write};

use super::{Report, text};
use crate::event::Event;

/// Writes each event when it comes, so that an aborted run leaves what it had found.
pub(super) struct Stream;

impl Report for Stream {
    fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        let json = serde_json::to_string(event)?;
        writeln!(out, "{}", text::json(&json))?;
        out.flush()
    }
}
