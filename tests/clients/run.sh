#!/usr/bin/env bash
# Runs real clients, as their authors published them, against the reference server.
# Usage: tests/clients/run.sh [path to the tfe-conformance binary]
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=${1:-target/release/tfe-conformance}

. tests/clients/serve.sh

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check terrasnek==0.1.14

start_server "$binary"
"$work/venv/bin/python" tests/clients/terrasnek_client.py <"$work/serve.json"
