#!/usr/bin/env bash
# The OpenAPI documents are OpenAPI 3.1 for tools other than ours.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check openapi-spec-validator==0.7.2
for document in schemas/*/openapi.json; do
    "$work/venv/bin/openapi-spec-validator" --errors all "$document"
done
