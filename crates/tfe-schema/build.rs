//! `include_dir!` does not notice new files by itself.

#![expect(clippy::print_stdout, reason = "cargo reads build script output from stdout")]

fn main() {
    println!("cargo:rerun-if-changed=../../schemas");
    println!("cargo:rerun-if-changed=build.rs");
}
