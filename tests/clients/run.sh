#!/usr/bin/env bash
# Runs real clients, as their authors published them, against the reference server.
# Usage: tests/clients/run.sh [path to the tfe-conformance binary]
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=${1:-target/release/tfe-conformance}

work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check terrasnek==0.1.14

"$binary" serve >"$work/serve.json" &
server=$!
for _ in $(seq 100); do
    [ -s "$work/serve.json" ] && break
    sleep 0.1
done
"$work/venv/bin/python" tests/clients/terrasnek_client.py <"$work/serve.json"
