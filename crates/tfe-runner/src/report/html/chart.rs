//! Requirements by area and level, as bars: what holds, what is broken, what was not shown.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::super::told::Told;
use super::escaped;
use super::matrix::{STANDINGS, class, word};
use crate::event::Standing;
use crate::suite::Level;

/// Width of a full bar in units of the picture.
const FULL: usize = 240;

const LEVELS: [Level; 3] = [Level::Must, Level::Should, Level::May];

type Counts = BTreeMap<Standing, usize>;

pub(super) fn chart(told: &Told, out: &mut dyn Write) -> io::Result<()> {
    let mut groups: BTreeMap<String, BTreeMap<Level, Counts>> = BTreeMap::new();
    for known in told.requirements() {
        let standing = told.tally.checks(&known.id).standing();
        let levels = groups.entry(group(&known.id)).or_default();
        *levels.entry(known.level).or_default().entry(standing).or_default() += 1;
    }
    if groups.is_empty() {
        return Ok(());
    }
    let largest = groups.values().flat_map(BTreeMap::values).map(total).max().unwrap_or(1);
    writeln!(
        out,
        "<section aria-labelledby=\"areas\"><h2 id=\"areas\">Areas and levels</h2>\n<p class=\"legend\">{}</p>\n\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"areas\"><table class=\"chart\">\
         <thead><tr><th scope=\"col\">area</th><th scope=\"col\">must</th><th scope=\"col\">should</th>\
         <th scope=\"col\">may</th></tr></thead><tbody>",
        legend(),
    )?;
    for (name, levels) in &groups {
        writeln!(out, "<tr><th scope=\"row\">{}</th>", escaped(name))?;
        for level in LEVELS {
            match levels.get(&level) {
                Some(counts) => writeln!(out, "<td>{}</td>", bar(counts, largest))?,
                None => writeln!(out, "<td><span class=\"none\">–</span></td>")?,
            }
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody></table></div></section>")
}

/// The part of an id that names the document and the resource.
fn group(id: &str) -> String {
    let mut parts = id.split('.');
    match (parts.next(), parts.next()) {
        (Some("jsonapi"), _) => "jsonapi".to_owned(),
        (Some(api), Some(resource)) => format!("{api}.{resource}"),
        _ => id.to_owned(),
    }
}

fn total(counts: &Counts) -> usize {
    counts.values().sum()
}

fn legend() -> String {
    let entry =
        |standing: &Standing| format!("<span><i class=\"swatch {}\"></i>{}</span>", class(*standing), word(*standing));
    STANDINGS.iter().map(entry).collect::<Vec<_>>().join(" ")
}

/// A bar with its numbers in words.
fn bar(counts: &Counts, largest: usize) -> String {
    let words: Vec<_> = counts.iter().map(|(standing, number)| format!("{number} {}", word(*standing))).collect();
    let words = words.join(", ");
    let mut rectangles = Vec::new();
    let mut at = 0;
    let mut seen = 0;
    for standing in STANDINGS {
        let Some(number) = counts.get(&standing) else { continue };
        seen += number;
        // Rounded at the ends, not at the parts: the parts fill the bar.
        let end = seen * FULL / largest.max(1);
        let width = end.saturating_sub(at).max(2);
        rectangles
            .push(format!("<rect class=\"{}\" x=\"{at}\" y=\"0\" width=\"{width}\" height=\"14\"/>", class(standing)));
        at = at.max(end);
    }
    format!(
        "<svg viewBox=\"0 0 {FULL} 14\" role=\"img\" aria-label=\"{words}\" preserveAspectRatio=\"none\">{}</svg>\
         <span class=\"number\" aria-hidden=\"true\">{}</span>",
        rectangles.concat(),
        total(counts)
    )
}
