#!/usr/bin/env bash
# Every fault of the reference server that payloads or sequences can show is found by an exploration, as a case file that
# fails with the fault and passes without it. What they cannot show stands in unshown.txt, with the reason; a fault that
# stands there and is found all the same is an error as well, so that the list stays true.
# Usage: tests/explore/run.sh path/to/tfe-conformance
set -euo pipefail
binary=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$here/sweep.py" "$binary" "$here/unshown.txt" "$work"
