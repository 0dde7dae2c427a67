//! No document makes a check panic, and the verdict on bytes is that on the value. The first byte chooses
//! the schema.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tfe_schema::{Catalog, json};

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, document)) = bytes.split_first() else { return };
    let catalog = Catalog::bundled();
    let schema = catalog.schemas().nth(usize::from(*choice) % catalog.schemas().count()).expect("in range");
    let report = schema.check(document);
    let Ok(parsed) = json::parse(document) else {
        assert!(report.syntax.is_some());
        return;
    };
    assert_eq!(schema.is_satisfied_by(document), Ok(report.violations.is_empty()));
    let expected = schema.check_value(&parsed.value);
    assert_eq!(report.syntax, None);
    assert_eq!(report.duplicates, parsed.duplicates);
    if report.truncated {
        // Of long names bytes list fewer than values do.
        assert!(!report.violations.is_empty() && expected.violations.starts_with(&report.violations));
    } else {
        assert_eq!(report.violations, expected.violations, "{}", schema.id());
    }
    for violation in &report.violations {
        let place = violation.place.expect("bytes have places");
        let there = json::parse(&document[place.start..place.end]).expect("a value");
        assert_eq!(Some(&there.value), violation.pointer.resolve(&parsed.value));
    }
});
