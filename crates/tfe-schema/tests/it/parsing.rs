//! What a parser must read (`y`), must refuse (`n`), and may do either way (`i`, here as `serde_json` does),
//! in the categories of the JSON Parsing Test Suite ("Parsing JSON is a minefield").

use serde_json::Value;
use tfe_schema::json;
use tfe_schema::tape::Tape;

const CASES: &[(&str, &[u8])] = &[
    ("y array: white space around items", b"[ \t\r\n1 ,\t2\n]"),
    ("y array: empty, in an array", b"[[],[[]]]"),
    ("y array: several nulls", b"[1,null,null,null,2]"),
    ("y number: minus zero", b"[-0]"),
    ("y number: zero with exponent", b"[0e1, 0E+1, 0.0e-1]"),
    ("y number: exponents", b"[1E22, 1e-2, 1E+2, 123.456e78]"),
    ("y number: close to zero", b"[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]"),
    ("y object: empty name", b"{\"\":0}"),
    ("y object: escaped NUL in a name", b"{\"foo\\u0000bar\": 42}"),
    ("y object: the same name twice", b"{\"a\":\"b\",\"a\":\"b\"}"),
    ("y object: the same name twice, once escaped", b"{\"a\":1,\"\\u0061\":2}"),
    ("y string: all escapes", b"[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u20AC\"]"),
    ("y string: surrogate pair", b"[\"\\uD801\\udc37\"]"),
    ("y string: two surrogate pairs", b"[\"\\ud83d\\ude39\\ud83d\\udc8d\"]"),
    ("y string: escaped noncharacters", b"[\"\\uFDD0\\uFFFE\\uFFFF\\uDBFF\\uDFFE\"]"),
    ("y string: escaped backslash before u", b"[\"\\\\u0000\"]"),
    ("y string: DEL is no control character", b"[\"\x7f\"]"),
    ("y string: UTF-8 of two, three and four bytes", "[\"\u{e9}\u{20ac}\u{1d11e}\"]".as_bytes()),
    ("y string: line separators", "[\"\u{2028}\u{2029}\"]".as_bytes()),
    ("y string: byte order mark inside", "[\"\u{feff}\"]".as_bytes()),
    ("y structure: lone scalars", b"\"a\""),
    ("y structure: lone false", b"false"),
    ("y structure: lone negative number", b"-0.1"),
    ("y structure: white space at both ends", b"\n[]\r\n\t "),
    ("n array: no comma", b"[1 true]"),
    ("n array: colon", b"[\"\": 1]"),
    ("n array: comma after", b"[\"\"],"),
    ("n array: comma and number", b"[,1]"),
    ("n array: double comma", b"[1,,2]"),
    ("n array: extra close", b"[\"x\"]]"),
    ("n array: extra comma", b"[\"\",]"),
    ("n array: inner array without comma", b"[3[4]]"),
    ("n array: not closed", b"[\"\""),
    ("n array: not closed, new lines", b"[\"a\",\n4\n,1,"),
    ("n array: invalid UTF-8", b"[\xff]"),
    ("n array: vertical tab", b"[\x0b\"a\"]"),
    ("n array: star", b"[*]"),
    ("n word: incomplete", b"[tru]"),
    ("n word: at the end", b"[nul"),
    ("n word: capitals", b"[True]"),
    ("n number: plus", b"[+1]"),
    ("n number: leading zero", b"[012]"),
    ("n number: negative leading zero", b"[-012]"),
    ("n number: two minus", b"[--1]"),
    ("n number: minus alone", b"[-]"),
    ("n number: minus and space", b"[- 1]"),
    ("n number: no digit before the point", b"[.5]"),
    ("n number: no digit behind the point", b"[1.]"),
    ("n number: exponent without digits", b"[1e]"),
    ("n number: exponent with sign alone", b"[1e+]"),
    ("n number: exponent behind a bare point", b"[1.e1]"),
    ("n number: exponent twice", b"[1e1e1]"),
    ("n number: two points", b"[1.2.3]"),
    ("n number: hexadecimal", b"[0x1]"),
    ("n number: expression", b"[1+2]"),
    ("n number: Infinity", b"[Infinity]"),
    ("n number: NaN", b"[-NaN]"),
    ("n number: full width digit", "[\u{ff11}]".as_bytes()),
    ("n number: letter behind", b"[1a]"),
    ("n number: out of range", b"[1e400]"),
    ("n number: negative out of range", b"[-1e400]"),
    ("n number: out of range at full length", &[b'9'; 400]),
    ("n object: bad value", b"{\"x\": truth}"),
    ("n object: bracket as name", b"{[: \"x\"}"),
    ("n object: comma instead of colon", b"{\"x\", null}"),
    ("n object: double colon", b"{\"x\"::\"b\"}"),
    ("n object: name without value", b"{\"a\"}"),
    ("n object: no colon", b"{\"a\" \"b\"}"),
    ("n object: number as name", b"{1:1}"),
    ("n object: single quotes", b"{'a':0}"),
    ("n object: no quotes", b"{a: \"b\"}"),
    ("n object: trailing comma", b"{\"id\":0,}"),
    ("n object: several trailing commas", b"{\"id\":0,,,}"),
    ("n object: two commas between", b"{\"a\":0,,\"b\":1}"),
    ("n object: comment behind", b"{\"a\":\"b\"}/**/"),
    ("n object: comment inside", b"{\"a\":/*c*/1}"),
    ("n object: extra behind", b"{\"a\": true} \"x\""),
    ("n object: invalid UTF-8 in a name", b"{\"\xb9\":\"0\"}"),
    ("n string: one quote", b"\""),
    ("n string: not closed", b"[\"a"),
    ("n string: single quotes", b"['a']"),
    ("n string: no quotes", b"[abc]"),
    ("n string: backslash at the end", b"[\"\\"),
    ("n string: unknown escape", b"[\"\\a\"]"),
    ("n string: escaped x", b"[\"\\x00\"]"),
    ("n string: escaped byte above ASCII", "[\"\\\u{1f300}\"]".as_bytes()),
    ("n string: three hexadecimal digits", b"[\"\\u00A\"]"),
    ("n string: no hexadecimal digits", b"[\"\\u\"]"),
    ("n string: bad hexadecimal digit", b"[\"\\uqqqq\"]"),
    ("n string: end inside of an escape", b"[\"\\u00"),
    ("n string: lone high surrogate", b"[\"\\uDADA\"]"),
    ("n string: lone low surrogate", b"[\"\\uDd1e\"]"),
    ("n string: surrogates the wrong way round", b"[\"\\uDd1e\\uD834\"]"),
    ("n string: two high surrogates", b"[\"\\uD800\\uD800\\n\"]"),
    ("n string: high surrogate and a letter", b"[\"\\ud800abc\"]"),
    ("n string: high surrogate and another escape", b"[\"\\ud800\\n\"]"),
    ("n string: incomplete second surrogate", b"[\"\\uD834\\uDd\"]"),
    ("n string: end behind a high surrogate", b"[\"\\uD834\\"),
    ("n string: raw NUL", b"[\"a\x00a\"]"),
    ("n string: raw new line", b"[\"new\nline\"]"),
    ("n string: raw tab", b"[\"\t\"]"),
    ("n string: UTF-8 of a surrogate", b"[\"\xed\xa0\x80\"]"),
    ("n string: overlong UTF-8", b"[\"\xc0\xaf\"]"),
    ("n string: truncated UTF-8", b"[\"\xe0\xff\"]"),
    ("n string: lone continuation byte", b"[\"\x81\"]"),
    ("n string: beyond Unicode", b"[\"\xf4\xbf\xbf\xbf\"]"),
    ("n structure: nothing", b""),
    ("n structure: white space alone", b" \n\t\r"),
    ("n structure: NUL alone", b"\x00"),
    ("n structure: NUL behind", b"{}\x00"),
    ("n structure: NULs between", b"[\x00\x00]"),
    ("n structure: angle brackets", b"<null>"),
    ("n structure: two values", b"[][]"),
    ("n structure: closed by the other bracket", b"[1}"),
    ("n structure: closed by the other brace", b"{\"a\":1]"),
    ("n structure: close alone", b"]"),
    ("n structure: open object with comma", b"{,"),
    ("n structure: open array with apostrophe", b"['"),
    ("n structure: no-break space", "[\u{a0}]".as_bytes()),
    ("n structure: word joiner", "[\u{2060}]".as_bytes()),
    ("n structure: form feed", b"[\x0c]"),
    ("n structure: UTF-16, little endian", b"\xff\xfe[\x00\"\x00\xe9\x00\"\x00]\x00"),
    ("n structure: UTF-16, big endian, no mark", b"\x00[\x00\"\x00\xe9\x00\"\x00]"),
    ("i structure: byte order mark", b"\xef\xbb\xbf{}"),
    ("i structure: byte order mark alone", b"\xef\xbb\xbf"),
    ("i number: very small exponent", b"[123.456e-789]"),
    ("i number: very large integer", b"[100000000000000000000]"),
    ("i number: very negative integer", b"[-237462374673276894279832749832423479823246327846]"),
    ("i number: largest double, rounded", b"[1.7976931348623157e308, 1.7976931348623158e308]"),
    ("i number: just out of range", b"[1.7976931348623159e308]"),
    ("i number: precision lost", b"[1.000000000000000000000000000000000005]"),
];

#[test]
fn every_case_is_judged_as_it_must_be() {
    for (name, bytes) in CASES {
        let theirs = serde_json::from_slice::<Value>(bytes);
        match (name.as_bytes()[0], Tape::parse(bytes), json::parse(bytes)) {
            (b'y' | b'i', Ok(tape), Ok(parsed)) => {
                assert_eq!(tape.to_value().to_string(), parsed.value.to_string(), "{name}");
                assert_eq!(parsed.value, theirs.unwrap_or_else(|error| panic!("{name}: {error}")));
            }
            (b'n' | b'i', Err(tape), Err(parsed)) => {
                assert!(theirs.is_err(), "{name}");
                let kind = std::mem::discriminant(&parsed.kind);
                assert_eq!(std::mem::discriminant(&tape.kind), kind, "{name}: {tape}, {parsed}");
                // Located: at the byte, or behind the last.
                let before = bytes.get(..tape.offset).unwrap_or_else(|| panic!("{name}: {tape:?}"));
                let line = before.split(|&byte| byte == b'\n').count();
                let column = before.iter().rev().take_while(|&&byte| byte != b'\n').count() + 1;
                assert_eq!((tape.line, tape.column), (line, column), "{name}");
            }
            (_, tape, parsed) => panic!("{name}: {tape:?}, {parsed:?}"),
        }
    }
}

/// A document that ends too early, at any byte, is refused, and the error does not point behind its end.
#[test]
fn truncated_documents_are_refused_where_they_end() {
    let text = "{\"a\\n\": [1.5e3, -0, true, false, null, \"\u{1d11e}\\ud834\\udd1e\", {}], \"b\": {\"\": []}}";
    for end in 0..text.len() {
        let bytes = &text.as_bytes()[..end];
        let error = Tape::parse(bytes).expect_err("truncated");
        assert!(error.offset <= end, "{error}");
        assert!(json::parse(bytes).is_err());
    }
    assert!(Tape::parse(text.as_bytes()).is_ok());
}

/// The limit is looked at before anything else: the bytes are not even touched.
#[test]
fn documents_beyond_the_limit_are_refused_unread() {
    // Zeroed memory that nobody touches is not there.
    let bytes = vec![0; json::MAX_BYTES + 1];
    for error in [Tape::parse(&bytes).expect_err("too long"), json::parse(&bytes).expect_err("too long")] {
        assert_eq!((error.kind, error.line, error.column), (json::SyntaxErrorKind::TooLong, 1, 1));
    }
}
