//! Documents that take much memory for their length, and what checking them takes.

use std::fmt::Write as _;

use tfe_schema::Catalog;

/// What is known of one check.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) bytes: usize,
    pub(crate) peak: usize,
    pub(crate) violations: usize,
    pub(crate) duplicates: usize,
}

impl Measured {
    /// The peak, the document included, in lengths of the document.
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    pub(crate) fn factor(&self) -> f64 {
        self.peak as f64 / self.bytes as f64
    }
}

/// Schema and document, `bytes` long or a little more.
type Case = (&'static str, &'static str, fn(usize) -> String);

const LIST: &str = "v2/variables/collection";
const ERRORS: &str = "jsonapi/error-document";

const CASES: &[Case] = &[
    ("list of variables, valid", LIST, |bytes| list(bytes, usize::MAX)),
    ("list of variables, every one invalid", LIST, |bytes| list(bytes, 1)),
    ("[1,1,...]", LIST, |bytes| repeated("[", "1", "]", bytes)),
    ("[[],[],...]", LIST, |bytes| repeated("[", "[]", "]", bytes)),
    ("[[1],[1],...]", LIST, |bytes| repeated("[", "[1]", "]", bytes)),
    ("[[[[...1...]]],...]", LIST, |bytes| {
        repeated("[", &format!("{}1{}", "[".repeat(100), "]".repeat(100)), "]", bytes)
    }),
    ("{\"a\":1,\"a\":1,...}", LIST, |bytes| repeated("{", "\"a\":1", "}", bytes)),
    ("{\"\":1,\"\":1,...}", LIST, |bytes| repeated("{", "\"\":1", "}", bytes)),
    ("[{\"a\":1},...]", LIST, |bytes| repeated("[", "{\"a\":1}", "]", bytes)),
    ("{\"a\":{\"a\":...},...}", LIST, |bytes| {
        repeated("{", &format!("{}1{}", "\"a\":{".repeat(100) + "\"a\":", "}".repeat(100)), "}", bytes)
    }),
    ("different names", LIST, names),
    ("{\"errors\":[5,5,...]}", ERRORS, |bytes| repeated("{\"errors\":[", "5", "]}", bytes)),
    ("{\"errors\":[{\"status\":5},...]}", ERRORS, |bytes| repeated("{\"errors\":[", "{\"status\":5}", "]}", bytes)),
    ("{\"errors\":[\"long text\"]}", ERRORS, |bytes| format!("{{\"errors\":[\"{}\"]}}", "a".repeat(bytes))),
    ("violations below a long name", "jsonapi/document", |bytes| {
        let relationships = repeated(&format!("{{\"{}\":{{\"data\":[", "n".repeat(bytes / 2)), "5", "]}}", bytes);
        format!("{{\"data\":{{\"id\":\"1\",\"type\":\"a\",\"relationships\":{relationships}}}}}")
    }),
    ("many unknown members where none may be", "conformance/documents", |bytes| {
        let mut members = String::from("{\"documents\":{");
        let mut number = 0;
        while members.len() < bytes {
            write!(members, "\"d{number:x}\":{{\"title\":\"t\",\"edition\":\"e\",\"x\":1}},").expect("text grows");
            number += 1;
        }
        members + "\"z\":{\"title\":\"t\",\"edition\":\"e\"}}}"
    }),
    ("white space", LIST, |bytes| format!("[{}1]", " ".repeat(bytes))),
];

/// Checks every document under a heap profiler of its own.
pub(crate) fn measure(bytes: usize) -> Vec<Measured> {
    let measured = |&(name, id, document): &Case| {
        let schema = Catalog::bundled().schema(id).expect("bundled");
        // What a process pays once is not of this document.
        schema.check(b"5");
        let document = document(bytes);
        let profiler = dhat::Profiler::builder().testing().build();
        // Exactly as long as it is, and seen by the profiler.
        let document = document.clone().into_boxed_str();
        let report = schema.check(document.as_bytes());
        let peak = dhat::HeapStats::get().max_bytes;
        drop(profiler);
        Measured {
            name,
            bytes: document.len(),
            peak,
            violations: report.violations.len(),
            duplicates: report.duplicates.len(),
        }
    };
    CASES.iter().map(measured).collect()
}

/// `open`, then as many items as it takes, then `close`.
fn repeated(open: &str, item: &str, close: &str, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + open.len() + item.len() + close.len());
    text.push_str(open);
    text.push_str(item);
    while text.len() + item.len() + close.len() < bytes {
        text.push(',');
        text.push_str(item);
    }
    text.push_str(close);
    text
}

fn names(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 20);
    text.push_str("{\"0\":1");
    let mut number = 1;
    while text.len() < bytes {
        write!(text, ",\"{number:x}\":1").expect("text grows");
        number += 1;
    }
    text.push('}');
    text
}

/// A list in which one of so many variables is invalid.
fn list(bytes: usize, invalid: usize) -> String {
    let example = &Catalog::bundled().schema("v2/variables/resource").expect("bundled").document()["examples"][0];
    let good = example.to_string();
    let bad = good.replace("\"env\"", "\"policy\"");
    let mut text = String::with_capacity(bytes + good.len() + 20);
    text.push_str("{\"data\":[");
    text.push_str(&good);
    let mut number = 1;
    while text.len() < bytes {
        text.push(',');
        text.push_str(if number % invalid == 0 { &bad } else { &good });
        number += 1;
    }
    text.push_str("]}");
    text
}
