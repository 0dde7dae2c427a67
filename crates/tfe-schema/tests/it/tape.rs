//! The tape reads what `json::parse` reads, and the validator judges it as it judges values.

use jsonschema::json::conformance;
use proptest::prelude::*;
use serde_json::Value;
use tfe_schema::json::{self, MAX_DEPTH, SyntaxErrorKind};
use tfe_schema::tape::{SpanTape, Tape};
use tfe_schema::{Pointer, Report};

use crate::edit;
use crate::properties::{damaged, value};

#[test]
fn the_contract_of_a_representation_holds() {
    for text in [conformance::document().to_string(), serde_json::to_string_pretty(&conformance::document()).unwrap()] {
        let tape = Tape::parse(text.as_bytes()).unwrap();
        conformance::assert_conformance::<SpanTape>(&tape.root());
    }
}

fn places(tape: &Tape<'_>) -> Vec<Pointer> {
    tape.duplicates().iter().map(|member| member.pointer.clone()).collect()
}

/// The same verdict, value and duplicates.
fn agrees(bytes: &[u8]) -> Result<(), TestCaseError> {
    match (Tape::parse(bytes), json::parse(bytes)) {
        (Ok(ours), Ok(theirs)) => {
            prop_assert_eq!(ours.to_value(), theirs.value.clone());
            // As text too: -0.0 equals 0.0, and members have an order.
            prop_assert_eq!(ours.to_value().to_string(), theirs.value.to_string());
            prop_assert_eq!(places(&ours), theirs.duplicates);
        }
        (Err(ours), Err(theirs)) => {
            let kind = |kind: &SyntaxErrorKind| std::mem::discriminant(kind);
            prop_assert_eq!(kind(&ours.kind), kind(&theirs.kind), "{} but {}", ours, theirs);
            let before = &bytes[..ours.offset];
            prop_assert_eq!(ours.line, before.split(|&byte| byte == b'\n').count());
            let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
            prop_assert_eq!(ours.column, ours.offset - start + 1);
        }
        (ours, theirs) => prop_assert!(false, "{:?} but {:?}", ours, theirs),
    }
    Ok(())
}

/// What people got wrong in parsers before (after Seriot, "Parsing JSON is a minefield").
const GOOD: &[&str] = &[
    "0",
    "-0",
    "-0.0",
    "1E+2",
    "1e-400",
    "0e999",
    "123456789012345678901234567890",
    "18446744073709551616",
    "-1",
    "-9223372036854775808",
    "-9223372036854775809",
    "\"\"",
    "\"\\u0000\"",
    "\"\\ud834\\udd1e\"",
    "\" \u{7f}\"",
    "[[],{}]",
    " [ 1 , 2 ] ",
    "{\"\":0}",
    "{\"a\\u0062\":1,\"ab\":2}",
    "{\"ab\":1,\"a\\u0062\":{\"x\":1,\"x\":2}}",
    "\"\\/\\b\\f\\n\\r\\t\\\"\\\\\"",
    "{\"a\":{\"b\":1,\"b\":2},\"a\":[{\"c\":1,\"c\":2,\"c\":3}]}",
    "\"\u{feff}\"",
];

const BAD: &[&[u8]] = &[
    b"",
    b" ",
    b"01",
    b"-",
    b"-01",
    b"+1",
    b".5",
    b"1.",
    b"1.e1",
    b"1e",
    b"1e+",
    b"1e400",
    b"-1e400",
    b"0x1",
    b"NaN",
    b"Infinity",
    b"tru",
    b"truE",
    b"nulll",
    b"'a'",
    b"\"a",
    b"\"\\",
    b"\"\\x\"",
    b"\"\\u12\"",
    b"\"\\u12g4\"",
    b"\"\\ud800\"",
    b"\"\\ud800\\u0041\"",
    b"\"\\udc00\"",
    b"\"\x1f\"",
    b"\"\xff\"",
    b"[1,]",
    b"[,1]",
    b"[1",
    b"[1}",
    b"{\"a\":1,}",
    b"{a:1}",
    b"{\"a\" 1}",
    b"{\"a\":}",
    b"{\"a\"",
    b"1 2",
    b"\xef\xbb\xbf1",
    b"\x00",
];

#[test]
fn the_corners_of_the_grammar() {
    for text in GOOD {
        assert!(Tape::parse(text.as_bytes()).is_ok(), "{text}");
        agrees(text.as_bytes()).unwrap();
    }
    for bytes in BAD {
        assert!(Tape::parse(bytes).is_err(), "{}", String::from_utf8_lossy(bytes));
        agrees(bytes).unwrap();
    }
}

#[test]
fn depth_ends_where_it_ends_elsewhere() {
    for (open, inner, close) in [("[", "", "]"), ("[", "1", "]"), ("{\"a\":", "{}", "}"), ("[{\"a\":", "[]", "}]")] {
        for depth in [MAX_DEPTH / 2 - 1, MAX_DEPTH / 2, MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 100_000] {
            agrees(format!("{}{inner}{}", open.repeat(depth), close.repeat(depth)).as_bytes()).unwrap();
            agrees(open.repeat(depth).as_bytes()).unwrap();
        }
    }
}

#[test]
fn duplicates_of_large_objects_and_long_names_are_cheap() {
    let many: Vec<String> = (0..200_000).map(|index| format!("\"k{}\":{index}", index % 150_000)).collect();
    agrees(format!("{{{}}}", many.join(",")).as_bytes()).unwrap();
    let long = format!("{{\"\\u006e{}\":{{\"a\":0{}}}}}", "n".repeat(1 << 20), ",\"a\":0".repeat(1 << 16));
    agrees(long.as_bytes()).unwrap();
}

#[test]
fn violations_and_duplicates_have_a_place() {
    let text = "{\n  \"data\": {\n    \"type\": \"vars\", \"type\": \"x\"\n  },\n  \"\\u0064ata\" :\t{\"type\": 5}\n}";
    let report = edit::schema("v2/variables/create-request").check(text.as_bytes());
    let second: Vec<_> = report.duplicate_places.iter().map(|place| (place.line, place.column)).collect();
    assert_eq!(second, [(3, 21), (5, 3)]);
    let repeated = report.duplicate_places[0];
    assert_eq!(&text[repeated.start..repeated.end], "\"type\": \"x\"");
    let of = |pointer: &str| {
        let found = report.violations.iter().find(|violation| violation.pointer.as_str() == pointer);
        let place = found.unwrap_or_else(|| panic!("nothing at {pointer}: {report:?}")).place.unwrap();
        (place.line, place.column, &text[place.start..place.end])
    };
    assert_eq!(of("/data"), (5, 17, "{\"type\": 5}"));
    assert_eq!(of("/data/type"), (5, 26, "5"));
}

#[test]
fn floods_are_cut_off_as_for_values() {
    let name = "n".repeat(1 << 19);
    let long = format!(
        "{{\"data\":{{\"id\":\"1\",\"type\":\"a\",\"relationships\":{{\"{name}\":{{\"data\":[5{}]}}}}}}}}",
        ",5".repeat(9999)
    );
    for (id, text) in
        [("jsonapi/error-document", format!("{{\"errors\":[5{}]}}", ",\n5".repeat(4999))), ("jsonapi/document", long)]
    {
        let report = alike(id, text.as_bytes()).unwrap();
        assert!(report.truncated);
    }
}

/// Both paths say the same, and every place holds what the pointer names.
fn alike(id: &str, bytes: &[u8]) -> Result<Report, TestCaseError> {
    let schema = edit::schema(id);
    let parsed = json::parse(bytes).unwrap();
    let ours = schema.check(bytes);
    prop_assert_eq!(&ours.violations, &schema.check_value(&parsed.value).violations);
    prop_assert_eq!(schema.is_satisfied_by(bytes), Ok(ours.violations.is_empty()));
    prop_assert_eq!(&ours.duplicates, &parsed.duplicates);
    prop_assert_eq!(ours.duplicates.len(), ours.duplicate_places.len());
    for violation in &ours.violations {
        let place = violation.place.unwrap();
        let there: Value = json::parse(&bytes[place.start..place.end]).unwrap().value;
        prop_assert_eq!(Some(&there), violation.pointer.resolve(&parsed.value));
        let before = &bytes[..place.start];
        prop_assert_eq!(place.line, before.split(|&byte| byte == b'\n').count());
        prop_assert_eq!(place.column, before.iter().rev().take_while(|&&byte| byte != b'\n').count() + 1);
    }
    Ok(ours)
}

/// A name or a text written with escapes, and members that stand twice.
fn rewritten(document: &Value, escape: bool, twice: bool) -> String {
    let text = serde_json::to_string_pretty(document).unwrap();
    let text = if escape { text.replace("\"t", "\"\\u0074").replace("\"data", "\"d\\u0061ta") } else { text };
    if twice { text.replacen("{\n", "{\n\"type\": 7, \"data\": [],\n", 3).replace("[],\n}", "[]}") } else { text }
}

/// `PROPTEST_CASES` raises the number, never lowers it.
fn at_least_2000() -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: config.cases.max(2000), ..config }
}

proptest! {
    #![proptest_config(at_least_2000())]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        agrees(&bytes)?;
    }

    #[test]
    fn near_json(text in r#"([\[\]{},:" \n]|"[a-c]":?|"\\u(00|d[89a-f])[0-9a-fA-F]{2}"|\\[bnu"\\/x]|-?[0-9]{1,3}(\.[0-9])?(e[+-]?[0-9]{1,3})?|true|nul|\PC){0,14}"#) {
        agrees(text.as_bytes())?;
    }

    #[test]
    fn members_that_stand_twice(names in prop::collection::vec("[a-e]|\\\\u006[1-5]|[k-m][0-9]", 0..60), nested in any::<prop::sample::Index>()) {
        let object = |inner: &str| {
            let member = |(index, name): (usize, &String)| {
                format!("\"{name}\":{}", if index == nested.index(60) { inner.to_owned() } else { index.to_string() })
            };
            format!("{{{}}}", names.iter().enumerate().map(member).collect::<Vec<_>>().join(","))
        };
        agrees(object(&format!("[0,{}]", object("{}"))).as_bytes())?;
    }

    #[test]
    fn one_changed_byte(value in value(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = serde_json::to_vec_pretty(&value).unwrap();
        agrees(&bytes)?;
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        agrees(&bytes)?;
    }

    #[test]
    fn damaged_examples((id, document) in damaged(), escape in any::<bool>(), twice in any::<bool>()) {
        let text = rewritten(&document, escape, twice);
        prop_assume!(json::parse(text.as_bytes()).is_ok());
        alike(&id, text.as_bytes())?;
    }

    #[test]
    fn any_document(document in value(), id in prop::sample::select(vec![
        "v2/variables/create-request", "v2/variables/collection", "jsonapi/document", "jsonapi/error-document",
    ])) {
        alike(id, document.to_string().as_bytes())?;
    }
}
