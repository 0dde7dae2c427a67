//! Deviations, warnings and notes with their evidence, and what was not shown.

use std::io::{self, Write};

use super::super::page::Page;
use super::super::told::{Occurrence, Told, last_words};
use super::super::{Style, evidence, tally, text};
use super::{badge, escaped, escaped_block};
use crate::event::{ExchangeRecord, Outcome, RunFinished};

/// Exchanges that are shown of one requirement; further places are listed.
const SHOWN: usize = 3;

pub(super) fn section(told: &Told, outcome: Outcome, out: &mut dyn Write) -> io::Result<()> {
    let found = told.occurrences(outcome);
    if found.is_empty() {
        return Ok(());
    }
    let (id, heading, class) = match outcome {
        Outcome::Fail => ("deviations", "Deviations", "bad"),
        Outcome::Warn => ("warnings", "Warnings", "unsure"),
        _ => ("notes", "Notes", "quiet"),
    };
    let number = text::count(found.len(), "requirement");
    writeln!(out, "<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{heading}: {number}</h2>")?;
    for (index, (requirement, occurrences)) in found.iter().enumerate() {
        // The first few are open: a long list is read by its headings.
        let open = if outcome == Outcome::Fail && index < 3 { " open" } else { "" };
        writeln!(out, "<details class=\"finding {class}\" id=\"r-{}\"{open}>", escaped(requirement))?;
        self::requirement(told, requirement, occurrences, class, out)?;
        writeln!(out, "</details>")?;
    }
    writeln!(out, "</section>")
}

fn requirement(
    told: &Told,
    id: &str,
    occurrences: &[Occurrence<'_>],
    class: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let known = told.requirement(id);
    let level = known.map(|known| badge(class, known.level)).unwrap_or_default();
    let checks = text::count(occurrences.len(), "check");
    writeln!(out, "<summary><h3>{}</h3> {level} <span class=\"quiet\">in {checks}</span></summary>", escaped(id))?;
    if let Some(known) = known {
        writeln!(out, "<blockquote>")?;
        for line in text::paragraphs(&known.statement) {
            writeln!(out, "<p>{}</p>", escaped(&line))?;
        }
        let (document, section) = (escaped(&known.document), escaped(&known.section));
        writeln!(out, "<footer>— {document}, section “{section}”</footer></blockquote>")?;
        if let Some(note) = &known.note {
            writeln!(out, "<p class=\"note\">{}</p>", escaped(&text::paragraphs(note).join(" ")))?;
        }
    }
    let mut last: Option<&ExchangeRecord> = None;
    for occurrence in occurrences.iter().take(SHOWN) {
        self::occurrence(occurrence, &mut last, out)?;
    }
    if occurrences.len() > SHOWN {
        writeln!(out, "<h4>Also in</h4><ul class=\"also\">")?;
        for Occurrence { case, check } in &occurrences[SHOWN..] {
            let (case, step, got) = (escaped(&case.id), escaped(&check.step), escaped(&text::cut(&check.got, 300)));
            writeln!(out, "<li><code>{case}</code> ({step}): {got}</li>")?;
        }
        writeln!(out, "</ul>")?;
    }
    Ok(())
}

fn occurrence<'t>(
    occurrence: &Occurrence<'t>,
    last: &mut Option<&'t ExchangeRecord>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Occurrence { case, check } = occurrence;
    let rule = if check.implied { " (holds for every answer)" } else { "" };
    writeln!(
        out,
        "<dl><div><dt>case</dt><dd><code>{}</code> {}</dd></div><div><dt>step</dt><dd><code>{}</code> in {}:{}{rule}</dd></div>\
         <div class=\"expected\"><dt>expected</dt><dd>{}</dd></div><div class=\"got\"><dt>got</dt><dd>{}</dd></div></dl>",
        escaped(&case.id),
        escaped(&case.title),
        escaped(&check.step),
        escaped(&case.file),
        check.place,
        escaped(&check.expected),
        escaped(&check.got),
    )?;
    let Some(record) = occurrence.exchange() else { return Ok(()) };
    if last.replace(record).is_some_and(|last| std::ptr::eq(last, record)) {
        return writeln!(out, "<p class=\"quiet\">The same exchange as above.</p>");
    }
    let before = &case.exchanges[..check.exchange.unwrap_or_default()];
    if !before.is_empty() {
        writeln!(out, "<details class=\"before\"><summary>{} before</summary>", text::count(before.len(), "exchange"))?;
        before.iter().try_for_each(|record| wire(record, "", out))?;
        writeln!(out, "</details>")?;
    }
    exchange(record, &check.got, out)
}

/// An exchange, and the line that repeats it.
fn exchange(record: &ExchangeRecord, about: &str, out: &mut dyn Write) -> io::Result<()> {
    wire(record, about, out)?;
    writeln!(
        out,
        "<div class=\"curl\"><pre tabindex=\"0\" aria-label=\"curl command\"><code>{}</code></pre>\
         <button type=\"button\" class=\"copy\" hidden>Copy curl</button></div>",
        escaped_block(&text::line(&record.curl))
    )
}

fn wire(record: &ExchangeRecord, about: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Vec::new();
    let mut page = Page::new(&mut lines, Style { color: false, width: 110, verbose: true });
    evidence::wire(&mut page, 0, record, about)?;
    let lines = String::from_utf8_lossy(&lines);
    writeln!(
        out,
        "<pre class=\"wire\" tabindex=\"0\" aria-label=\"request and answer\">{}</pre>",
        escaped_block(lines.trim_end())
    )
}

/// Cases that show nothing, with the exchange after which they could not go on.
pub(super) fn unheard(told: &Told, out: &mut dyn Write) -> io::Result<()> {
    let unheard: Vec<_> = told.unheard().collect();
    if unheard.is_empty() {
        return Ok(());
    }
    let number = text::count(unheard.len(), "case");
    writeln!(
        out,
        "<section aria-labelledby=\"unheard\"><h2 id=\"unheard\">Not established: {number}</h2>\
         <p class=\"note\">These cases show nothing, neither a deviation nor a pass.</p>"
    )?;
    for case in unheard {
        let (id, title, reason) = (escaped(&case.id), escaped(&case.title), escaped(tally::reason(case)));
        writeln!(
            out,
            "<details class=\"finding unsure\"><summary><h3>{id}</h3> {} <span class=\"quiet\">{reason}</span></summary>\
             <p>{title}</p>",
            badge("unsure", case.verdict)
        )?;
        if let Some(record) = last_words(case) {
            exchange(record, tally::reason(case), out)?;
        }
        writeln!(out, "</details>")?;
    }
    writeln!(out, "</section>")
}

/// What the user has to clean up.
pub(super) fn left_behind(finished: &RunFinished, out: &mut dyn Write) -> io::Result<()> {
    if finished.leaks.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section aria-labelledby=\"left\"><h2 id=\"left\">Left behind</h2>\
         <p class=\"note\">The run made these on the target and could not delete them.</p><ul>"
    )?;
    finished.leaks.iter().try_for_each(|leak| writeln!(out, "<li>{}</li>", escaped(leak)))?;
    writeln!(out, "</ul></section>")
}
