//! What shows a deviation: the words that are broken, the place in the suite, the exchange.

use std::io;

use http::StatusCode;

use super::page::Page;
use super::paint::Tone;
use super::told::Occurrence;
use super::{body, text};
use crate::event::{ExchangeRecord, RequirementInfo};

/// How much of a body is shown, unless everything is asked for.
const BODY: body::Limit = body::Limit { lines: 30, characters: 1600 };
/// How many earlier requests of a case are named.
const BEFORE: usize = 4;
/// Longest line about an earlier request, in characters.
const BEFORE_WORDS: usize = 240;
/// Longest `expected` and `got`, in characters.
const WORDS: usize = 1200;
/// Response headers that are always shown.
const HEADERS: [&str; 6] = ["content-type", "location", "allow", "link", "retry-after", "www-authenticate"];

/// The words of a requirement and where they stand.
pub(super) fn words(page: &mut Page<'_>, indent: usize, requirement: &RequirementInfo) -> io::Result<()> {
    for line in text::paragraphs(&format!("“{}”", requirement.statement.trim())) {
        page.running(indent, Tone::Plain, &line)?;
    }
    let source = format!("— {}, section “{}”", requirement.document, requirement.section);
    page.running(indent, Tone::Quiet, &source)?;
    match &requirement.note {
        Some(note) => page.running(indent, Tone::Plain, &format!("Note: {}", text::paragraphs(note).join(" "))),
        None => Ok(()),
    }
}

/// One check that does not hold: where it stands, what was expected and what came.
pub(super) fn finding(page: &mut Page<'_>, indent: usize, occurrence: &Occurrence<'_>) -> io::Result<()> {
    let Occurrence { case, check } = occurrence;
    page.fact(indent, "case", Tone::Plain, &format!("{} ({})", case.id, case.title))?;
    let rule = if check.implied { " (implied: holds for every answer)" } else { "" };
    page.fact(indent, "step", Tone::Plain, &format!("{} in {}:{}{rule}", check.step, case.file, check.place))?;
    page.fact(indent, "expected", Tone::Good, &text::cut(&check.expected, WORDS))?;
    page.fact(indent, "got", Tone::from(check.outcome), &text::cut(&check.got, WORDS))
}

/// Tells findings with the exchanges that show them; one that shows the next finding too is not
/// repeated.
#[derive(Default)]
pub(super) struct Witness<'t> {
    last: Option<&'t ExchangeRecord>,
}

impl<'t> Witness<'t> {
    pub(super) fn tell(&mut self, page: &mut Page<'_>, indent: usize, occurrence: &Occurrence<'t>) -> io::Result<()> {
        finding(page, indent, occurrence)?;
        let last = std::mem::replace(&mut self.last, occurrence.exchange());
        match self.last {
            None => Ok(()),
            Some(record) if last.is_some_and(|last| std::ptr::eq(last, record)) => {
                page.fact(indent, "exchange", Tone::Plain, "the same as above")
            }
            Some(record) => {
                before(page, indent, occurrence)?;
                let about = format!("{} {}", occurrence.check.expected, occurrence.check.got);
                exchange(page, indent, record, &about)
            }
        }
    }
}

/// What the case did before: what a read-back shows is understood only with the writes before it.
fn before(page: &mut Page<'_>, indent: usize, occurrence: &Occurrence<'_>) -> io::Result<()> {
    let earlier = &occurrence.case.exchanges[..occurrence.check.exchange.unwrap_or_default()];
    let skipped = earlier.len().saturating_sub(BEFORE);
    if skipped > 0 {
        page.fact(indent, "before", Tone::Quiet, &text::count(skipped, "more request"))?;
    }
    for record in &earlier[skipped..] {
        let path = record.url.splitn(4, '/').nth(3).unwrap_or_default();
        let status =
            record.response.as_ref().map_or_else(|| "no answer".to_owned(), |answer| answer.status.to_string());
        let body = record.body.as_deref().map(|body| format!(" {body}")).unwrap_or_default();
        let words = format!("{}: {} /{path} → {status}{body}", record.step, record.method);
        page.fact(indent, "before", Tone::Quiet, &text::cut(&words, BEFORE_WORDS))?;
    }
    Ok(())
}

/// A request and its answer, and how to repeat it. Response headers are shown when they matter
/// everywhere or when `about` mentions them; the name of the suite is in every request.
pub(super) fn exchange(page: &mut Page<'_>, indent: usize, record: &ExchangeRecord, about: &str) -> io::Result<()> {
    page.line(indent, page.paint.tone(Tone::Quiet, "exchange"))?;
    wire(page, indent + 2, record, about)?;
    // Never wrapped: the line is there to be copied.
    let curl = text::block(&record.curl);
    page.labelled(indent, "reproduce", curl)
}

/// A request and its answer, as they were on the wire.
pub(super) fn wire(page: &mut Page<'_>, indent: usize, record: &ExchangeRecord, about: &str) -> io::Result<()> {
    let mut lines = Sided { page, indent, side: '>' };
    lines.line(&format!("{} {}", record.method, record.url))?;
    let verbose = lines.page.style.verbose;
    lines.headers(record.headers.iter().filter(|(name, _)| verbose || !name.eq_ignore_ascii_case("user-agent")))?;
    lines.body(record.body.as_deref().unwrap_or_default())?;
    lines.side = '<';
    match &record.response {
        None => lines.line("(no answer)")?,
        Some(response) => {
            lines.line(&status(response.status))?;
            let about = about.to_lowercase();
            let matters = |name: &str| HEADERS.contains(&name) || about.contains(name);
            let headers = &response.headers;
            lines.headers(headers.iter().filter(|(name, _)| verbose || matters(&name.to_lowercase())))?;
            lines.body(&response.body)?;
        }
    }
    Ok(())
}

fn status(status: u16) -> String {
    match StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason()) {
        Some(phrase) => format!("{status} {phrase}"),
        None => status.to_string(),
    }
}

/// One side of an exchange, marked as `curl -v` does.
struct Sided<'s, 'p> {
    page: &'s mut Page<'p>,
    indent: usize,
    side: char,
}

impl Sided<'_, '_> {
    fn line(&mut self, line: &str) -> io::Result<()> {
        let side = self.page.paint.tone(Tone::Quiet, self.side);
        self.page.line(self.indent, format_args!("{side} {}", text::line(line)))
    }

    fn headers<'h>(&mut self, headers: impl Iterator<Item = &'h (String, String)>) -> io::Result<()> {
        for (name, value) in headers {
            self.line(&text::cut(&format!("{name}: {value}"), BODY.characters))?;
        }
        Ok(())
    }

    /// The body, after an empty line that parts it from the headers.
    fn body(&mut self, body: &str) -> io::Result<()> {
        let style = self.page.style;
        let width = style.width.saturating_sub(self.indent + 2);
        let lines = body::lines(body, width, (!style.verbose).then_some(BODY));
        if lines.is_empty() {
            return Ok(());
        }
        let side = self.page.paint.tone(Tone::Quiet, self.side);
        self.page.line(self.indent, side)?;
        for line in lines {
            // The lines are safe already.
            let side = self.page.paint.tone(Tone::Quiet, self.side);
            self.page.line(self.indent, format_args!("{side} {line}"))?;
        }
        Ok(())
    }
}
