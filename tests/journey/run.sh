#!/usr/bin/env bash
# The way of a new user, with a server that has a flaw: from `init` to a gate that is open for the known deviation,
# closes for a new one, names that one alone, and notices when the known one is repaired.
# Usage: tests/journey/run.sh path/to/tfe-conformance
set -euo pipefail
binary=$(realpath "$1")
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
# Nothing but the file speaks about the target.
unset "${!TFE_@}" "${!TF_TOKEN_@}" "${!ATLAS_@}" TF_CLI_CONFIG_FILE 2>/dev/null || true
export XDG_STATE_HOME=$work/state HOME=$work

fail() { echo "journey: $*" >&2; [ ! -s said ] || cat said >&2; exit 1; }

# A server of somebody else; `fault` is its flaw.
serve() {
  [ -z "$server" ] || { kill "$server"; wait "$server" || true; }
  : >served.json
  "$binary" serve --port "${port:-0}" "$@" >served.json &
  server=$!
  for _ in $(seq 100); do [ -s served.json ] && break; sleep 0.1; done
  read -r address organization user outsider < <(python3 -c '
import json
served = json.load(open("served.json"))
print(served["address"], served["organization"], served["tokens"]["user"], served["tokens"]["outsider"])')
  port=${address##*:}
  export MY_TOKEN=$user MY_OUTSIDER=$outsider
}
gate() { code=0; "$binary" run "$@" >said 2>&1 || code=$?; }
expect() { [ "$code" = "$1" ] || fail "exit $code where $1 was due: $2"; }

serve --fault foreign-403

# 1. A configuration, and three lines of it.
"$binary" init >/dev/null
sed -i -e "s|^address = .*|address = \"$address\"|" -e "s|^organization = .*|organization = \"$organization\"|" \
  -e 's|^user = .*|user = { env = "MY_TOKEN" }\noutsider = { env = "MY_OUTSIDER" }|' tfe-conformance.toml

# 2. The first run: red, with a report to read.
gate --report html=report.html --report events=run.jsonl
expect 1 'the server has a flaw'
grep -q 'v2  non-conformant' said || fail 'the claim is not told'
grep -q 'non-conformant' report.html && grep -q 'v2.index.hidden-is-404' report.html || fail 'the HTML does not name the broken rule'

# 3. The flaw is known from now on.
"$binary" baseline write run.jsonl --reason 'clients of version 1 ask for 403' >said 2>&1 || fail 'the baseline was not written'
sed -i 's|^# baseline = .*|baseline = "tfe-conformance-baseline.toml"|' tfe-conformance.toml
"$binary" config show | grep -q 'gate.baseline .*tfe-conformance-baseline.toml' || fail 'the configuration does not know the baseline'
gate
expect 0 'everything that deviates is known'
grep -q 'v2  non-conformant' said || fail 'an open gate must not change the claim'
grep -q 'clients of version 1 ask for 403' said || fail 'the reason is not told'

# 4. A new flaw: red, and nothing else is named as a deviation.
serve --fault foreign-403 --fault patch-resets-omitted
gate --report json=report.json --report junit=junit.xml
expect 1 'there is a new flaw'
python3 - <<'PYTHON' || fail 'the report names more or less than the new deviation'
import json, xml.etree.ElementTree as tree
report = json.load(open("report.json"))
new = {found["requirement"] for found in report["deviations"] if found["level"] == "must" and "known" not in found}
assert "v2.variables.update.omitted-unchanged" in new, new
assert "v2.index.hidden-is-404" not in new, new
assert report["gate"]["new"] > 0 and not report["gate"]["passed"], report["gate"]
failed = {case.get("name") for case in tree.parse("junit.xml").iter("testcase") if case.find("failure") is not None}
known = {entry["case"] for entry in report["gate"]["entries"]}
assert failed and not failed & known, failed & known
PYTHON
sed -n '/^Deviations (must)/,/^Known: /p' said >deviations
grep -q 'v2.variables.update.omitted-unchanged' deviations || fail 'the new deviation is not told'
! grep -q 'hidden-is-404' deviations || fail 'a known deviation is told as a new one'

# 5. The known flaw is repaired: the baseline says so, with a code of its own, until it is brought up to date.
serve
gate --report events=run.jsonl
expect 4 'the baseline is stale'
grep -q '^stale: ' said || fail 'the stale entry is not told'
"$binary" baseline write run.jsonl >said 2>&1 || fail 'the baseline was not brought up to date'
gate
expect 0 'nothing deviates'
grep -q 'v2  conformant' said || fail 'the claim is not told'
echo 'journey: from init to a gate that knows what is known'
