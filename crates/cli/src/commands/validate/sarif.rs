//! SARIF 2.1.0 (OASIS), one run, written as the documents are checked.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Value, json};
use tfe_schema::Schema;

use super::{Checked, Finding, Printer, Totals, findings};

#[derive(Default)]
pub(super) struct Sarif {
    begun: bool,
    rules: BTreeSet<String>,
}

const START: &str =
    r#"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"results":["#;

impl Printer for Sarif {
    fn document(&mut self, checked: &Checked<'_>, out: &mut dyn Write) -> io::Result<()> {
        for finding in findings(checked) {
            let separator = if std::mem::replace(&mut self.begun, true) { "," } else { START };
            write!(out, "{separator}\n{}", result(checked, &finding))?;
            self.rules.insert(finding.rule);
        }
        Ok(())
    }

    fn end(&mut self, schema: &Schema, _: &Totals, out: &mut dyn Write) -> io::Result<()> {
        let start = if self.begun { "" } else { START };
        let rules: Vec<_> = self.rules.iter().map(|id| json!({ "id": id })).collect();
        let tool = json!({
            "driver": {
                "name": "tfe-conformance validate",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
                "properties": { "schema": schema.id() },
            },
        });
        writeln!(out, "{start}\n],\"columnKind\":\"unicodeCodePoints\",\"tool\":{tool}}}]}}")
    }
}

fn result(checked: &Checked<'_>, finding: &Finding) -> Value {
    let mut location = json!({ "artifactLocation": { "uri": uri(checked.file) } });
    if let Some(region) = finding.region {
        location["region"] = json!({
            "startLine": region.line,
            "startColumn": region.column,
            "endLine": region.end_line,
            "endColumn": region.end_column,
        });
    }
    let mut place = json!({ "physicalLocation": location });
    if let Some(pointer) = &finding.pointer {
        place["logicalLocations"] = json!([{ "fullyQualifiedName": pointer, "kind": "member" }]);
    }
    json!({
        "ruleId": finding.rule,
        "level": "error",
        "message": { "text": finding.message },
        "locations": [place],
    })
}

/// A relative or absolute file as a URI reference.
fn uri(file: &str) -> String {
    const KEPT: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(&file.replace('\\', "/"), &KEPT).to_string()
}
