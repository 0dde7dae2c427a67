//! Every requirement with its words and what became of it, every case, and what the documents leave open.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::super::text;
use super::super::told::{Occurrence, Told, of_case};
use super::{badge, escaped};
use crate::event::{RequirementInfo, Standing, Verdict};

/// Worst first: what bars and filters show in this order.
pub(super) const STANDINGS: [Standing; 6] = [
    Standing::Broken,
    Standing::Warned,
    Standing::NotChecked,
    Standing::NotTaken,
    Standing::NotApplicable,
    Standing::Holds,
];

pub(super) fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Holds => "hold",
        Standing::NotApplicable => "not applicable",
        Standing::NotTaken => "not taken up",
        Standing::Warned => "warned",
        Standing::NotChecked => "not checked",
        Standing::Broken => "broken",
    }
}

pub(super) fn class(standing: Standing) -> &'static str {
    match standing {
        Standing::Holds => "good",
        Standing::NotApplicable => "none",
        Standing::NotTaken => "quiet",
        Standing::Warned => "unsure",
        Standing::NotChecked => "unknown",
        Standing::Broken => "bad",
    }
}

pub(super) fn requirements(told: &Told, out: &mut dyn Write) -> io::Result<()> {
    if told.requirements().is_empty() {
        return Ok(());
    }
    let mut cases: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Occurrence { case, check } in told.cases.iter().flat_map(of_case) {
        cases.entry(&check.requirement).or_default().insert(&case.id);
    }
    writeln!(out, "<section aria-labelledby=\"matrix\"><h2 id=\"matrix\">Requirements</h2>")?;
    filter(told, out)?;
    writeln!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"matrix\"><table id=\"requirements\">\
         <thead><tr><th scope=\"col\">requirement</th><th scope=\"col\">level</th><th scope=\"col\">standing</th>\
         <th scope=\"col\">the words</th><th scope=\"col\">checks</th></tr></thead><tbody>"
    )?;
    for known in told.requirements() {
        row(told, known, cases.get(known.id.as_str()), out)?;
    }
    writeln!(out, "</tbody></table></div></section>")
}

fn filter(told: &Told, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<form id=\"filter\" hidden role=\"search\" aria-label=\"Filter requirements\"><label>Search \
         <input type=\"search\" name=\"text\" autocomplete=\"off\" placeholder=\"id, words, case\"></label>\
         <label>Level <select name=\"level\"><option value=\"\">all</option><option>must</option><option>should</option>\
         <option>may</option></select></label><label>Standing <select name=\"standing\"><option value=\"\">all</option>"
    )?;
    let standings = told.tally.standings(told.requirements());
    for standing in STANDINGS.into_iter().filter(|standing| standings.values().any(|other| other == standing)) {
        writeln!(out, "<option>{}</option>", word(standing))?;
    }
    writeln!(
        out,
        "</select></label><button type=\"reset\">Reset</button> <output role=\"status\">{}</output></form>",
        text::count(told.requirements().len(), "requirement")
    )
}

fn row(told: &Told, known: &RequirementInfo, cases: Option<&BTreeSet<&str>>, out: &mut dyn Write) -> io::Result<()> {
    let checks = told.tally.checks(&known.id);
    let standing = checks.standing();
    let id = escaped(&known.id);
    let found = matches!(standing, Standing::Broken | Standing::Warned | Standing::NotTaken);
    let name = if found { format!("<a href=\"#r-{id}\">{id}</a>") } else { id.clone() };
    let statement = escaped(&text::paragraphs(&known.statement).join(" "));
    let source = format!("{}, {}", escaped(&known.document), escaped(&known.section));
    let note = known.note.as_ref().map(|note| escaped(&text::paragraphs(note).join(" ")));
    let note = note.map(|note| format!("<details><summary>note</summary><p>{note}</p></details>")).unwrap_or_default();
    let counted = [
        (checks.pass, "pass"),
        (checks.fail, "fail"),
        (checks.warn, "warn"),
        (checks.note, "note"),
        (checks.not_run, "not run"),
        (checks.not_applicable, "not applicable"),
    ];
    let counted: Vec<_> =
        counted.into_iter().filter(|(number, _)| *number > 0).map(|(n, word)| format!("{n} {word}")).collect();
    let counted = if counted.is_empty() { "none".to_owned() } else { counted.join(", ") };
    let cases: Vec<_> = cases.into_iter().flatten().map(|case| format!("<li>{}</li>", escaped(case))).collect();
    let cases = match cases.len() {
        0 => String::new(),
        number => {
            format!("<details><summary>{}</summary><ul>{}</ul></details>", text::count(number, "case"), cases.concat())
        }
    };
    writeln!(
        out,
        "<tr data-level=\"{}\" data-standing=\"{}\"><th scope=\"row\">{name}</th><td>{}</td><td>{}</td>\
         <td><p>“{statement}”</p><p class=\"quiet\">{source}</p>{note}</td><td>{counted}{cases}</td></tr>",
        known.level,
        word(standing),
        known.level,
        badge(class(standing), word(standing)),
    )
}

pub(super) fn cases(told: &Told, out: &mut dyn Write) -> io::Result<()> {
    if told.cases.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section aria-labelledby=\"cases\"><h2 id=\"cases\">Cases</h2>")?;
    for (area, cases) in told.areas() {
        let passed = cases.iter().filter(|case| case.verdict == Verdict::Pass).count();
        writeln!(
            out,
            "<details class=\"area\"><summary><h3>{}</h3> <span class=\"quiet\">{passed} of {} pass</span></summary>\
             <table><thead><tr><th scope=\"col\">case</th><th scope=\"col\">verdict</th><th scope=\"col\">checks</th>\
             <th scope=\"col\">time</th></tr></thead><tbody>",
            escaped(area),
            cases.len()
        )?;
        for case in cases {
            let checks = case.checks.len() + told.implied.get(&case.id).copied().unwrap_or_default();
            writeln!(
                out,
                "<tr><th scope=\"row\">{}<p class=\"quiet\">{}</p></th><td>{}</td><td>{checks}</td><td>{} ms</td></tr>",
                escaped(&case.id),
                escaped(&case.title),
                badge(verdict_class(case.verdict), case.verdict),
                case.milliseconds
            )?;
        }
        writeln!(out, "</tbody></table></details>")?;
    }
    writeln!(out, "</section>")
}

fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "good",
        Verdict::NotApplicable => "none",
        Verdict::Warn => "unsure",
        Verdict::Blocked | Verdict::Inconclusive => "unknown",
        Verdict::Fail | Verdict::Error => "bad",
    }
}

pub(super) fn observations(told: &Told, out: &mut dyn Write) -> io::Result<()> {
    let names = told.observations();
    if names.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section aria-labelledby=\"observations\"><h2 id=\"observations\">What the documents leave open</h2>\
         <details><summary>{}: every answer is right</summary><table><thead><tr><th scope=\"col\">choice</th>\
         <th scope=\"col\">what was seen</th></tr></thead><tbody>",
        text::count(names.len(), "observation")
    )?;
    for (name, values) in names {
        let seen: Vec<_> =
            values.iter().map(|(value, number)| format!("<code>{}</code> × {number}", escaped(value))).collect();
        writeln!(out, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escaped(name), seen.join(", "))?;
    }
    writeln!(out, "</tbody></table></details></section>")
}
