//! What the baseline knows, and what of it is wrong.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::super::told::Told;
use super::{badge, escaped};
use crate::event::Outcome;
use crate::gate::{EntryState, GateResult};

pub(super) fn section(told: &Told, gate: &GateResult, out: &mut dyn Write) -> io::Result<()> {
    let Some(file) = &gate.baseline else { return Ok(()) };
    writeln!(
        out,
        "<section aria-labelledby=\"known\"><h2 id=\"known\">Known deviations</h2><p class=\"note\">What \
         <code>{}</code> accepts. A known deviation does not close the gate; it is a deviation all the same.</p>\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"known\"><table><thead><tr>\
         <th scope=\"col\">requirement</th><th scope=\"col\">case</th><th scope=\"col\">state</th>\
         <th scope=\"col\">why it is accepted</th></tr></thead><tbody>",
        escaped(file)
    )?;
    // The matrix leads to the findings of a requirement; here, if all of them are known.
    let mut named: BTreeSet<&str> = [Outcome::Fail, Outcome::Warn, Outcome::Note]
        .into_iter()
        .flat_map(|outcome| told.occurrences(outcome).into_keys())
        .collect();
    // What is wrong comes first.
    for entry in gate.entries_of(false).chain(gate.entries_of(true)) {
        let requirement = entry.requirement.as_deref();
        let anchor = requirement.filter(|requirement| named.insert(requirement));
        let anchor = anchor.map(|requirement| format!(" id=\"r-{}\"", escaped(requirement))).unwrap_or_default();
        let class = match entry.state {
            EntryState::Known => "quiet",
            EntryState::NotSeen => "unknown",
            EntryState::Stale | EntryState::Expired | EntryState::Changed => "bad",
        };
        let advice = match entry.state {
            EntryState::Known => String::new(),
            state => format!("<p class=\"quiet\">{}</p>", escaped(state.advice())),
        };
        let more = [
            entry.acceptance.link.as_ref().map(|link| escaped(link)),
            entry.acceptance.expires.as_ref().map(|day| format!("until {}", escaped(day))),
        ];
        let more: Vec<_> = more.into_iter().flatten().collect();
        writeln!(
            out,
            "<tr{anchor}><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}<p class=\"quiet\">{}</p>{advice}</td></tr>",
            escaped(requirement.unwrap_or("(the case is blocked)")),
            escaped(&entry.case),
            badge(class, entry.state),
            escaped(&entry.acceptance.reason),
            more.join(", "),
        )?;
    }
    writeln!(out, "</tbody></table></div></section>")
}
