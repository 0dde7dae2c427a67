//! Checking a document takes less than four times its length, the document included.
//!
//! A test binary of its own: the heap profiler sees the whole process.

mod documents;

#[global_allocator]
static HEAP: dhat::Alloc = dhat::Alloc;

/// Below this the violations weigh more than the document: a thousand are listed, of half a kilobyte each.
const BYTES: usize = 1 << 20;

#[test]
fn no_document_takes_four_times_its_length() {
    let mut wrong = Vec::new();
    for measured in documents::measure(BYTES) {
        if measured.factor() >= 4.0 {
            wrong.push(format!("{}: {:.2}", measured.name, measured.factor()));
        }
        // The cases are what they are meant to be.
        assert_eq!(measured.violations == 0, measured.name.ends_with(", valid"), "{}", measured.name);
        let repeats = measured.name.starts_with("{\"a\"") || measured.name.starts_with("{\"\"");
        assert_eq!(measured.duplicates > 0, repeats, "{}", measured.name);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
