#!/usr/bin/env bash
# The HTML report in headless Chromium: of a conforming server, and of one with faults.
# Usage: tests/browser/run.sh path/to/tfe-conformance
set -euo pipefail
binary=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! command -v chromium >/dev/null; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
cp "$here/package.json" "$here/report.mjs" "$work"
(cd "$work" && npm install --silent --no-audit --no-fund)

"$binary" run --reference --report "html=$work/conformant.html" >/dev/null
code=0
"$binary" run --reference --profile v2 --fault foreign-403 --fault half-filter-accepted \
  --report "html=$work/deviating.html" >/dev/null || code=$?
[ "$code" = 1 ] || { echo "browser: a server with faults gave exit $code" >&2; exit 1; }
node "$work/report.mjs" "$work/conformant.html" "$work/deviating.html"
