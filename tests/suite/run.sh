#!/usr/bin/env bash
# The official JSON Schema Test Suite, 2020-12, through the tape and through the programs of tfe-schema.
# The suite comes with the source distribution of the Python package `jsonschema`.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --no-binary jsonschema \
    --dest "$work" jsonschema==4.26.0
tar -xzf "$work/jsonschema-4.26.0.tar.gz" -C "$work" jsonschema-4.26.0/json
JSON_SCHEMA_SUITE="$work/jsonschema-4.26.0/json" \
    cargo test --locked -p tfe-schema --lib -- --ignored --exact --nocapture \
    verdict::tests::suite::the_official_suite
