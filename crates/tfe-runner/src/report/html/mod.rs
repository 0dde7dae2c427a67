//! One HTML file that needs nothing else: opened from a CI artefact, without a server or a network.
//!
//! Everything is there without scripts; the script filters the matrix, switches the theme and copies. All text goes
//! through [`escaped`]: a target says what it likes, and none of it is markup.

mod baseline;
mod chart;
mod findings;
mod matrix;

use std::fmt::Display;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::told::Told;
use super::{Report, text};
use crate::event::{Claim, Event, Outcome, RunFinished, RunStarted};
use crate::verdict::exit;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Writes the page when the run is over.
#[derive(Default)]
pub(super) struct Html {
    told: Told,
}

impl Report for Html {
    fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> {
        let Some(finished) = self.told.hear(event) else { return Ok(()) };
        let told = &self.told;
        head(told, finished, out)?;
        writeln!(out, "<main id=\"main\">")?;
        result(told, finished, out)?;
        chart::chart(told, out)?;
        for outcome in [Outcome::Fail, Outcome::Warn, Outcome::Note] {
            findings::section(told, outcome, out)?;
        }
        findings::unheard(told, out)?;
        baseline::section(told, &finished.gate, out)?;
        findings::left_behind(finished, out)?;
        matrix::requirements(told, out)?;
        matrix::cases(told, out)?;
        matrix::observations(told, out)?;
        writeln!(out, "</main>")?;
        foot(finished, out)
    }
}

fn head(told: &Told, finished: &RunFinished, out: &mut dyn Write) -> io::Result<()> {
    let title = match finished.claims.as_slice() {
        [] => "no claim".to_owned(),
        claims => {
            claims.iter().map(|claim| format!("{} {}", claim.profile, claim.claim)).collect::<Vec<_>>().join(", ")
        }
    };
    // Nothing is loaded, and no script runs but ours.
    let policy =
        format!("default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'", hash(STYLE), hash(SCRIPT));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{} – TFE conformance</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the report</a>\n",
        escaped(&title),
    )?;
    writeln!(out, "<header class=\"top\"><div><p class=\"product\">TFE conformance</p>")?;
    match &told.started {
        Some(started) => about(started, finished, out)?,
        None => writeln!(out, "<h1>Conformance report</h1>")?,
    }
    writeln!(
        out,
        "</div><button type=\"button\" id=\"theme\" hidden aria-pressed=\"false\">Dark theme</button></header>"
    )
}

fn about(started: &RunStarted, finished: &RunFinished, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<h1>{}</h1>\n<p class=\"about\">organization <b>{}</b>",
        escaped(&started.target),
        escaped(&started.organization)
    )?;
    for profile in &started.profiles {
        let (id, title, edition) = (escaped(&profile.id), escaped(&profile.title), escaped(&profile.edition));
        writeln!(out, " · <span><b>{id}</b> {title}, edition of {edition}</span>")?;
    }
    for remark in &started.remarks {
        writeln!(out, " · <strong>{}</strong>", escaped(remark))?;
    }
    let (time, version) = (escaped(&started.started_at), escaped(&started.version));
    let seconds = format!("{}.{:03}", finished.milliseconds / 1000, finished.milliseconds % 1000);
    writeln!(out, " · <time datetime=\"{time}\">{time}</time>, {seconds} s · suite {version}</p>")
}

/// The claims, and what the gate makes of them.
fn result(told: &Told, finished: &RunFinished, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<section aria-labelledby=\"result\"><h2 id=\"result\">Result</h2><div class=\"claims\">")?;
    for claim in &finished.claims {
        let class = match claim.claim {
            Claim::Conformant => "good",
            Claim::Partial => "quiet",
            Claim::NotEstablished => "unsure",
            Claim::NonConformant => "bad",
        };
        let (profile, word) = (escaped(&claim.profile), claim.claim);
        writeln!(out, "<div class=\"claim {class}\"><h3>{profile} <span>{word}</span></h3>")?;
        if !claim.reasons.is_empty() {
            writeln!(out, "<ul>")?;
            claim.reasons.iter().try_for_each(|reason| writeln!(out, "<li>{}</li>", escaped(reason)))?;
            writeln!(out, "</ul>")?;
        }
        writeln!(out, "</div>")?;
    }
    let (class, gate) = gate(finished.exit_code);
    let told_of_it = if finished.gate.is_told() { escaped(&finished.gate.summary()) } else { gate.to_owned() };
    writeln!(
        out,
        "<div class=\"claim {class}\"><h3>gate <span>exit {}</span></h3><p>{told_of_it}</p></div></div>",
        finished.exit_code
    )?;
    let verdicts = told.tally.verdicts().iter();
    let verdicts: Vec<_> = verdicts.map(|(verdict, number)| format!("<b>{number}</b> {verdict}")).collect();
    let verdicts = if verdicts.is_empty() { "none ran".to_owned() } else { verdicts.join(", ") };
    let standings = finished.requirements.iter();
    let standings: Vec<_> =
        standings.map(|(standing, number)| format!("<b>{number}</b> {}", matrix::word(*standing))).collect();
    let deselected = told.started.as_ref().map_or(0, |started| started.deselected);
    let left = if deselected == 0 { String::new() } else { format!(" ({deselected} not selected)") };
    writeln!(out, "<p class=\"totals\">Cases: {verdicts}{left}. Requirements: {}.</p></section>", standings.join(", "))
}

fn gate(code: u8) -> (&'static str, &'static str) {
    match code {
        exit::PASSED => ("good", "The gate passed."),
        exit::DEVIATIONS => ("bad", "The server deviates from what is required."),
        exit::BASELINE => ("bad", "The baseline does not say the truth any more."),
        exit::NOT_ESTABLISHED => ("unsure", "The verdict could not be established."),
        exit::INTERNAL => ("unsure", "The suite itself failed."),
        _ => ("unsure", "See the table of exit codes."),
    }
}

fn foot(finished: &RunFinished, out: &mut dyn Write) -> io::Result<()> {
    let time = escaped(&finished.finished_at);
    writeln!(
        out,
        "<footer><p>Finished at <time datetime=\"{time}\">{time}</time>. <code>tfe-conformance explain ID</code> tells \
         more of a requirement, a case, or a word of this report.</p></footer>\n<script>{SCRIPT}</script>\n</body>\n</html>"
    )
}

fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

/// Text as text, also within an attribute in double quotes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text::line(text).chars() {
        push(&mut safe, c);
    }
    safe
}

/// Text of several lines, each safe already.
fn escaped_block(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text::block(text).chars() {
        push(&mut safe, c);
    }
    safe
}

fn push(safe: &mut String, c: char) {
    match c {
        '<' => safe.push_str("&lt;"),
        '>' => safe.push_str("&gt;"),
        '&' => safe.push_str("&amp;"),
        '"' => safe.push_str("&quot;"),
        '\'' => safe.push_str("&#39;"),
        c => safe.push(c),
    }
}

/// A small label.
fn badge(class: impl Display, word: impl Display) -> String {
    format!("<span class=\"badge {class}\">{word}</span>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        let hostile = "</script><img src=x onerror=\"alert('1')\">\u{202e}&amp;\n";
        let safe = escaped(hostile);
        assert!(!safe.contains(['<', '>', '"', '\'', '\u{202e}', '\n']), "{safe}");
        assert!(safe.contains("&amp;amp;"), "{safe}");
    }

    #[test]
    fn style_and_script_end_where_they_should() {
        assert!(!STYLE.contains("</") && !SCRIPT.contains("</"));
        for outside in ["http:", "https:", "url(", "@import", "fetch(", "XMLHttpRequest"] {
            assert!(!STYLE.contains(outside) && !SCRIPT.contains(outside), "{outside}");
        }
    }
}
