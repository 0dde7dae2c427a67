#!/usr/bin/env bash
# What a release ships: a static binary for Linux that runs without any library or file of the system it was built on,
# and what `cargo install` puts on the PATH.
# Usage: tests/release/run.sh [path/to/put/the/binary]
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
target=$(uname -m)-unknown-linux-musl

fail() { echo "release: $*" >&2; exit 1; }

rustup target list --installed | grep -qx "$target" || rustup target add "$target"
command -v musl-gcc >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends musl-tools >/dev/null; }
cargo build --release --locked --target "$target"
binary=target/$target/release/tfe-conformance

# No interpreter is asked for, and no shared library is needed.
readelf --program-headers --wide "$binary" | grep -q INTERP && fail "$binary asks for a dynamic loader"
readelf --dynamic --wide "$binary" | grep -q NEEDED && fail "$binary needs shared libraries"

# In an empty root there is nothing but the binary: its schemas, cases and certificates are inside.
mkdir "$work/root"
cp "$binary" "$work/root"
run=("$work/root/tfe-conformance")
if [ "$(id -u)" = 0 ]; then run=(chroot "$work/root" /tfe-conformance); fi
"${run[@]}" --version
"${run[@]}" run --reference | tail -n 3

cargo install --quiet --locked --path . --root "$work/installed" --target "$target" --target-dir target
"$work/installed/bin/tfe-conformance" list profiles >/dev/null || fail "what cargo installs does not run"

if [ $# -gt 0 ]; then cp "$binary" "$1"; fi
echo "release: $(stat --format=%s "$binary") bytes, static"
