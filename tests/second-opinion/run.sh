#!/usr/bin/env bash
# What `generate` makes, judged by a validator of another ecosystem: ajv 2020 with ajv-formats.
# Usage: tests/second-opinion/run.sh TFE_CONFORMANCE [COUNT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
binary=$(realpath "$1")
count=${2:-200}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here/package.json" "$here/package-lock.json" "$here/judge.mjs" "$work"
(cd "$work" && npm ci --silent --no-audit --no-fund)

for id in $("$binary" generate); do
  mkdir -p "$work/$(dirname "$id")"
  "$binary" generate "$id" --count "$count" --seed 1 --format ndjson >"$work/$id.valid"
  "$binary" generate "$id" --invalid --count "$count" --seed 2 --format ndjson >"$work/$id.invalid"
done
node "$work/judge.mjs" "$here/../../schemas" "$work"
