//! The tape reads what `json::parse` reads, and as it does.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tfe_schema::json;
use tfe_schema::tape::Tape;

fuzz_target!(|bytes: &[u8]| {
    match (Tape::parse(bytes), json::parse(bytes)) {
        (Ok(tape), Ok(parsed)) => {
            // As text: -0.0 equals 0.0, and members have an order.
            assert_eq!(tape.to_value().to_string(), parsed.value.to_string());
            let duplicates = tape.duplicates();
            assert!(duplicates.iter().map(|member| &member.pointer).eq(&parsed.duplicates));
            for member in duplicates {
                assert_eq!((bytes[member.start], member.start < member.end), (b'"', true));
                let object = format!("{{{}}}", std::str::from_utf8(&bytes[member.start..member.end]).expect("UTF-8"));
                assert!(json::parse(object.as_bytes()).is_ok(), "{object}");
            }
        }
        (Err(ours), Err(theirs)) => {
            assert_eq!(std::mem::discriminant(&ours.kind), std::mem::discriminant(&theirs.kind), "{ours}, {theirs}");
            assert!(ours.offset <= bytes.len());
        }
        (ours, theirs) => panic!("{ours:?} but {theirs:?}"),
    }
});
