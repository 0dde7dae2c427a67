//! Checking a document takes less than four times its length, the document included.
//!
//! A test binary of its own: the heap profiler sees the whole process.

mod documents;

#[global_allocator]
static HEAP: dhat::Alloc = dhat::Alloc;

const BYTES: usize = 1 << 20;

/// What a small document may take besides: at most 1000 violations are listed, of less than a kilobyte each, and in a
/// document below a mebibyte they can outweigh it.
const LIST: usize = 800 << 10;

/// One test: two profilers at a time would see each other.
#[test]
fn no_document_takes_four_times_its_length() {
    for bytes in [1 << 12, 1 << 14, 1 << 16, 1 << 18] {
        for measured in documents::measure(bytes) {
            let (name, peak) = (measured.name, measured.peak);
            assert!(peak < 4 * measured.bytes + LIST, "{name}, {bytes} bytes: {peak}");
            let few = measured.violations + measured.duplicates < 10 && bytes > 1 << 12;
            assert!(!few || peak < 4 * measured.bytes, "{name}, {bytes} bytes: {peak}");
        }
    }
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
