//! One request and its answer, as the judge sees them, and as reports may show them.

use std::fmt::Write as _;

use http::HeaderMap;
use serde_json::Value;
use tfe_schema::json::{Parsed, SyntaxError};
use tfe_schema::{Schema, Violation};

use crate::client::{Request, Response};
use crate::event::{ExchangeRecord, ResponseRecord};
use crate::redact::Redactor;

/// Longest body that a report shows, in bytes.
const SHOWN: usize = 16 * 1024;

/// A further page of a list.
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    pub(crate) response: Response,
}

/// One request and its answer.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) step: String,
    pub(crate) request: Request,
    pub(crate) response: Response,
    /// What tells this request from another one on a like resource: ids and names in its path.
    pub(crate) own_values: Vec<String>,
    /// The list with the items of all pages, if it came in several.
    whole: Option<Result<Parsed, SyntaxError>>,
    /// Answers with the further pages of a list.
    further: Vec<Response>,
}

impl Exchange {
    pub(crate) fn new(step: &str, request: Request, response: Response, own_values: Vec<String>) -> Self {
        Self { step: step.to_owned(), request, response, own_values, whole: None, further: Vec::new() }
    }

    /// With the items of further pages behind those of the first.
    pub(crate) fn with_pages(self, pages: Vec<Page>) -> Self {
        let mut whole = self.json().clone();
        let mut further = Vec::new();
        let data = whole.as_mut().ok().and_then(|first| first.value.get_mut("data")).and_then(Value::as_array_mut);
        let mut none = Vec::new();
        let data = data.unwrap_or(&mut none);
        for mut page in pages {
            data.append(&mut page.items);
            further.push(page.response);
        }
        Self { whole: Some(whole), further, ..self }
    }

    /// The response body as JSON.
    pub(crate) fn json(&self) -> &Result<Parsed, SyntaxError> {
        self.whole.as_ref().unwrap_or_else(|| self.response.json())
    }

    /// The response document, if the body is JSON.
    pub(crate) fn document(&self) -> Option<&Value> {
        self.json().as_ref().ok().map(|parsed| &parsed.value)
    }

    /// Where the document breaks a schema; of a list that came in pages, the items of every page count.
    pub(crate) fn violations(&self, schema: &Schema) -> Vec<Violation> {
        let report = match &self.whole {
            None => schema.check(&self.response.body),
            Some(whole) => whole.as_ref().map(|parsed| schema.check_value(&parsed.value)).unwrap_or_default(),
        };
        report.violations
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let value = self.response.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    /// Everything that the server said, as text: for looking for secrets.
    pub(crate) fn said(&self) -> String {
        let mut text = String::new();
        for response in std::iter::once(&self.response).chain(&self.further) {
            for (name, value) in &response.headers {
                let _ = writeln!(text, "{name}: {}", String::from_utf8_lossy(value.as_bytes()));
            }
            let _ = writeln!(text, "{}", String::from_utf8_lossy(&response.body));
        }
        text
    }
}

/// The record for reports: everything in it is redacted.
pub(crate) fn record(
    step: &str,
    request: &Request,
    response: Option<&Response>,
    redactor: &Redactor,
) -> ExchangeRecord {
    let record = ExchangeRecord {
        step: step.to_owned(),
        method: request.method.to_string(),
        url: redactor.text(request.url.as_str()),
        headers: headers(&request.headers, redactor),
        body: request.body.as_deref().map(|body| shown(body, redactor)),
        response: response.map(|response| ResponseRecord {
            status: response.status,
            headers: headers(&response.headers, redactor),
            body: shown(&response.body, redactor),
        }),
        curl: String::new(),
    };
    // Made from what is redacted already: the marks become shell variables.
    let body = request.body.as_deref().map(|body| redactor.text(&String::from_utf8_lossy(body)));
    let curl = curl(&record, body.as_deref());
    ExchangeRecord { curl, ..record }
}

fn headers(headers: &HeaderMap, redactor: &Redactor) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| redactor.text(&String::from_utf8_lossy(value.as_bytes()));
    headers.iter().map(|(name, value)| (redactor.text(name.as_str()), text(value))).collect()
}

/// Redacted before it is cut, so that no part of a secret is left at the edge.
fn shown(body: &[u8], redactor: &Redactor) -> String {
    let text = redactor.text(&String::from_utf8_lossy(body));
    let end = text.floor_char_boundary(SHOWN);
    match text.len() - end {
        0 => text,
        rest => format!("{}… ({rest} more bytes)", &text[..end]),
    }
}

/// The request as a `curl` line. Where a token stood, the shell puts it from the environment.
fn curl(record: &ExchangeRecord, body: Option<&str>) -> String {
    let mut line = match record.method.as_str() {
        "HEAD" => "curl --globoff --path-as-is --head".to_owned(),
        method => format!("curl --globoff --path-as-is --include --request {method}"),
    };
    for (name, value) in &record.headers {
        let _ = write!(line, " --header {}", quoted(&format!("{name}: {value}")));
    }
    if let Some(body) = body {
        let _ = write!(line, " --data-binary {}", quoted(body));
    }
    let _ = write!(line, " {}", quoted(&record.url));
    line
}

/// Marks of the redactor that a shell can fill in again.
const VARIABLES: [(&str, &str); 6] = [
    ("[user-token]", "$TFE_TOKEN"),
    ("[outsider-token]", "$TFE_OUTSIDER_TOKEN"),
    ("[atlas-token]", "$ATLAS_TOKEN"),
    ("[outsider-atlas-token]", "$ATLAS_OUTSIDER_TOKEN"),
    ("[user-token-as-basic]", "$(printf 'user:%s' \"$TFE_TOKEN\" | base64 -w0)"),
    ("[atlas-token-as-basic]", "$(printf 'user:%s' \"$ATLAS_TOKEN\" | base64 -w0)"),
];

/// Quoted for a POSIX shell; with variables in double quotes.
fn quoted(text: &str) -> String {
    if !VARIABLES.iter().any(|(mark, _)| text.contains(mark)) {
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    let mut text = text.to_owned();
    for special in ["\\", "\"", "`", "$"] {
        text = text.replace(special, &format!("\\{special}"));
    }
    for (mark, variable) in VARIABLES {
        text = text.replace(mark, variable);
    }
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A secret on the second page is as visible as one on the first.
    #[test]
    fn further_pages_are_part_of_what_was_said() {
        let answer = |body: &'static str| Response::new(200, HeaderMap::new(), body.into());
        let url = url::Url::parse("http://x/vars").unwrap();
        let request = Request { method: http::Method::GET, url, headers: HeaderMap::new(), body: None };
        let first = Exchange::new("list", request, answer(r#"{"data":[{"id":"1"}]}"#), Vec::new());
        let second = answer(r#"{"data":[{"id":"2","value":"s3cr3t"}]}"#);
        let items = vec![serde_json::json!({"id": "2", "value": "s3cr3t"})];
        let whole = first.with_pages(vec![Page { items, response: second }]);
        assert_eq!(whole.document().unwrap()["data"].as_array().unwrap().len(), 2);
        assert!(whole.said().contains("s3cr3t"));
        // An item that breaks the schema breaks it on whichever page it stands.
        let schema = tfe_schema::Catalog::bundled().schema("v2/variables/collection").unwrap();
        let places: Vec<_> = whole.violations(schema).iter().map(|found| found.pointer.to_string()).collect();
        assert!(places.iter().any(|place| place.starts_with("/data/1")), "{places:?}");
    }

    #[test]
    fn quoting_survives_a_shell() {
        let odd = "it's $HOME `id` \\ \"x\" !";
        for text in [odd.to_owned(), format!("{odd} [user-token]")] {
            let output = std::process::Command::new("sh")
                .arg("-c")
                .arg(format!("printf %s {}", quoted(&text)))
                .env("TFE_TOKEN", "from-env")
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), text.replace("[user-token]", "from-env"));
        }
    }
}
