#!/usr/bin/env bash
# The run step of action.yml, as GitHub would run it, against the reference server: conforming, and with a fault.
# Usage: tests/action/run.sh path/to/tfe-conformance
set -euo pipefail
binary=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server"; fi; rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyyaml==6.0.3
"$work/venv/bin/python" - "$root" >"$work/step.sh" <<'PYTHON'
import sys, yaml
root = sys.argv[1]
action = yaml.safe_load(open(f"{root}/action.yml"))
print(next(step["run"] for step in action["runs"]["steps"] if step.get("id") == "run"))
# The other files must at least be what their readers take.
for example in ("gate/.github/workflows/conformance.yml", "gitlab-ci/.gitlab-ci.yml"):
    assert yaml.safe_load(open(f"{root}/examples/{example}")), example
PYTHON

mkdir "$work/bin" "$work/repository"
ln -s "$binary" "$work/bin/tfe-conformance"

# Runs the step against a server with the given flags; prints what the step prints, and keeps its exit code.
step() {
  "$binary" serve "$@" >"$work/server.json" &
  server=$!
  for _ in $(seq 100); do [ -s "$work/server.json" ] && break; sleep 0.1; done
  read -r address organization user outsider < <(python3 -c '
import json, sys
served = json.load(open(sys.argv[1]))
print(served["address"], served["organization"], served["tokens"]["user"], served["tokens"]["outsider"])' "$work/server.json")
  rm -rf "$work/repository/reports"
  : >"$work/summary" ; : >"$work/output"
  code=0
  (cd "$work/repository" && env PATH="$work/bin:$PATH" \
    CONFORMANCE_ARGUMENTS="--profile 'v2' --address $address --organization $organization" CONFORMANCE_REPORTS=reports \
    TFE_TOKEN="$user" TFE_OUTSIDER_TOKEN="$outsider" GITHUB_STEP_SUMMARY="$work/summary" GITHUB_OUTPUT="$work/output" \
    bash --noprofile --norc -eo pipefail "$work/step.sh") >"$work/printed" || code=$?
  kill "$server"; wait "$server" || true; server=
}

fail() { echo "action: $*" >&2; cat "$work/printed" >&2; exit 1; }

step
[ "$code" = 0 ] || fail "a conforming server gave exit $code"
grep -q '^exit-code=0$' "$work/output" || fail "the output has no exit code"
grep -q 'v2' "$work/summary" || fail "the job summary does not name the profile"
for report in report.html report.sarif junit.xml run.jsonl; do
  [ -s "$work/repository/reports/$report" ] || fail "no $report"
done

step --fault foreign-403
[ "$code" = 1 ] || fail "a server with a fault gave exit $code"
grep -q '^exit-code=1$' "$work/output" || fail "the output has no exit code"
grep -q '^::error ' "$work/printed" || fail "no annotation was printed"
grep -q 'hidden-is-404' "$work/summary" || fail "the job summary does not name the broken requirement"
echo "action.yml: the run step works"
