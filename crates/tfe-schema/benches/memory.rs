//! The peak of the heap while a document is checked, the document included.
//!
//! Apart from the other bench: a profiler that counts every allocation makes all of them slow.

#![expect(clippy::print_stdout, reason = "a bench prints")]

#[path = "../tests/memory/documents.rs"]
mod documents;

#[global_allocator]
static HEAP: dhat::Alloc = dhat::Alloc;

fn main() {
    for bytes in [1 << 16, 1 << 20, 1 << 23] {
        println!("documents of {} KiB: peak in lengths of the document (input included)", bytes >> 10);
        for measured in documents::measure(bytes) {
            println!(
                "  {:40} {:5.2}   {} violations, {} duplicates",
                measured.name,
                measured.factor(),
                measured.violations,
                measured.duplicates
            );
        }
    }
}
