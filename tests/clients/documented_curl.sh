#!/usr/bin/env bash
# The two curl commands of the legacy API index (v1, March 2017), as they are printed there with host,
# user and token filled in, have the same effect on the reference server.
# Usage: tests/clients/documented_curl.sh [path to the tfe-conformance binary]
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$(realpath "${1:-target/release/tfe-conformance}")

. tests/clients/serve.sh
start_server "$binary"
cd "$work"

field() { python3 -c 'import json, sys; print(eval("json.load(open(\"serve.json\"))" + sys.argv[1]))' "$1"; }
ATLAS_URL=$(field '["address"]')
DEFAULT_USERNAME=$(field '["organization"]')
ATLAS_TOKEN=$(field '["v1"]["tokens"]["user"]')

latest() {
    curl --silent --fail "$ATLAS_URL/api/v1/terraform/configurations/$DEFAULT_USERNAME/test/versions/latest" \
        -H "X-Atlas-Token: $ATLAS_TOKEN" |
        python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["version"]["variables"], sort_keys=True))'
}
expect() {
    local got
    got=$(latest)
    [ "$got" = "$2" ] || { echo "$1: expected $2, got $got" >&2; exit 1; }
}

expect 'at first' '{}'

cat >variables.json <<'JSON'
{
  "variables": {
    "desired_capacity": "15",
    "foo": "bar"
  }
}
JSON
# JSON Request Example
curl --silent --show-error --fail $ATLAS_URL/api/v1/environments/$DEFAULT_USERNAME/test/variables \
  -X PUT \
  -H 'Content-Type: application/json' \
  -d @variables.json \
  -H "X-Atlas-Token: $ATLAS_TOKEN" >json.answer
expect 'after the JSON example' '{"desired_capacity": "15", "foo": "bar"}'

# An empty value removes: back to the start, so that the form example has something to do.
curl --silent --show-error --fail $ATLAS_URL/api/v1/environments/$DEFAULT_USERNAME/test/variables \
  -X PUT \
  -d variables[foo]='' \
  -d variables[desired_capacity]='' \
  -H "X-Atlas-Token: $ATLAS_TOKEN"
expect 'after the removal' '{}'

# Form URL Encoded Example
curl --silent --show-error --fail $ATLAS_URL/api/v1/environments/$DEFAULT_USERNAME/test/variables \
  -X PUT \
  -d variables[foo]='bar' \
  -d variables[desired_capacity]='15' \
  -H "X-Atlas-Token: $ATLAS_TOKEN" >form.answer
expect 'after the form example' '{"desired_capacity": "15", "foo": "bar"}'

cmp json.answer form.answer
echo 'curl: the documented JSON and form examples have the same effect'
