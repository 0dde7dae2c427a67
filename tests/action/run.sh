#!/usr/bin/env bash
# The run step of action.yml, as GitHub would run it, against the reference server: conforming, and with a fault; and the
# example of a gate, on GitHub and on GitLab.
# Usage: tests/action/run.sh path/to/tfe-conformance
set -euo pipefail
binary=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server"; fi; rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyyaml==6.0.3
"$work/venv/bin/python" - "$root" "$work" <<'PYTHON'
import pathlib, sys, yaml
root, work = map(pathlib.Path, sys.argv[1:])
action = yaml.safe_load((root / "action.yml").read_text())
(work / "step.sh").write_text(next(step["run"] for step in action["runs"]["steps"] if step.get("id") == "run"))
# The jobs of GitLab: the lines of `script`, in one shell that stops at the first error.
gate = root / "examples/gate"
for name, job in yaml.safe_load((gate / ".gitlab-ci.yml").read_text()).items():
    (work / f"{name.lstrip('.')}.sh").write_text("\n".join(job["script"]) + "\n")
# The workflow of GitHub must at least be what its reader takes.
assert yaml.safe_load((gate / ".github/workflows/conformance.yml").read_text())["jobs"]
PYTHON

mkdir "$work/bin" "$work/repository"
ln -s "$binary" "$work/bin/tfe-conformance"

# Starts a server with the given flags.
serve() {
  if [ -n "$server" ]; then kill "$server"; wait "$server" || true; fi
  : >"$work/server.json"
  "$binary" serve "$@" >"$work/server.json" &
  server=$!
  for _ in $(seq 100); do [ -s "$work/server.json" ] && break; sleep 0.1; done
  read -r address organization user outsider < <(python3 -c '
import json, sys
served = json.load(open(sys.argv[1]))
print(served["address"], served["organization"], served["tokens"]["user"], served["tokens"]["outsider"])' "$work/server.json")
}

# Runs the step with the given arguments; what it prints and its exit code are kept.
step() {
  rm -rf "$work/repository/reports"
  : >"$work/summary" ; : >"$work/output"
  code=0
  (cd "$work/repository" && env PATH="$work/bin:$PATH" CONFORMANCE_ARGUMENTS="$1" CONFORMANCE_REPORTS=reports \
    TFE_TOKEN="$user" TFE_OUTSIDER_TOKEN="$outsider" GITHUB_STEP_SUMMARY="$work/summary" GITHUB_OUTPUT="$work/output" \
    bash --noprofile --norc -eo pipefail "$work/step.sh") >"$work/printed" || code=$?
}

# Runs the script of a GitLab job, where the example is the repository.
job() {
  code=0
  (cd "$work/repository" && env CONFORMANCE_TOKEN="$user" CONFORMANCE_OUTSIDER_TOKEN="$outsider" "${@:2}" \
    bash --noprofile --norc -eo pipefail "$work/$1.sh") >"$work/printed" 2>&1 || code=$?
}

fail() { echo "action: $*" >&2; cat "$work/printed" >&2; exit 1; }

serve
step "--profile 'v2' --address $address --organization $organization"
[ "$code" = 0 ] || fail "a conforming server gave exit $code"
grep -q '^exit-code=0$' "$work/output" || fail "the output has no exit code"
grep -q 'v2' "$work/summary" || fail "the job summary does not name the profile"
for report in report.html report.sarif junit.xml run.jsonl; do
  [ -s "$work/repository/reports/$report" ] || fail "no $report"
done

serve --fault foreign-403
step "--profile 'v2' --address $address --organization $organization"
[ "$code" = 1 ] || fail "a server with a fault gave exit $code"
grep -q '^exit-code=1$' "$work/output" || fail "the output has no exit code"
grep -q '^::error ' "$work/printed" || fail "no annotation was printed"
grep -q 'hidden-is-404' "$work/summary" || fail "the job summary does not name the broken requirement"
# Nothing of what follows an apostrophe is lost without a word.
step "--profile 'v2' --address $address --organization $organization --absent v2/paths=it doesn't have them --fail-on should"
[ "$code" = 2 ] || fail "a quote that is not closed gave exit $code"
grep -q '^::error::arguments' "$work/printed" || fail "it is not said that a quote is not closed"
echo "action.yml: the run step works"

# The example, with the address of this server: its baseline knows a part of this fault.
cp -r "$root/examples/gate/." "$work/repository"
mkdir -p "$work/repository/.cargo-tools/bin"
ln -s "$binary" "$work/repository/.cargo-tools/bin/tfe-conformance"
configure() {
  sed -e "s|^address = .*|address = \"$address\"|" -e "s|^organization = .*|organization = \"$organization\"|" \
    "$root/examples/gate/tfe-conformance.toml" >"$work/repository/tfe-conformance.toml"
}
configure
CONFORMANCE_TOKEN="$user" CONFORMANCE_OUTSIDER_TOKEN="$outsider" step "--case v2/access/hidden-create"
[ "$code" = 0 ] || fail "on GitHub, what the baseline knows gave exit $code"
grep -q 'clients of version 1' "$work/summary" || fail "the job summary does not tell why it is accepted"
CONFORMANCE_TOKEN="$user" CONFORMANCE_OUTSIDER_TOKEN="$outsider" step ''
[ "$code" = 1 ] || fail "on GitHub, what the baseline does not know gave exit $code"
job conformance
[ "$code" = 1 ] || fail "on GitLab, what the baseline does not know gave exit $code"

# What was found is written down, as a maintainer would do it: then the gate is open, in one job and in four shares.
(cd "$work/repository" && "$binary" baseline write conformance-report/run.jsonl --reason 'known' >/dev/null)
job conformance
[ "$code" = 0 ] || fail "on GitLab, what the baseline knows gave exit $code"
grep -q '<testsuites' "$work/repository/conformance-report/junit.xml" || fail "no JUnit report"
rm "$work/repository/conformance-report/"*
for share in 1 2 3 4; do
  job conformance-share CI_NODE_INDEX="$share" CI_NODE_TOTAL=4
  [ "$code" = 0 ] || fail "share $share gave exit $code"
done
job conformance-gate
[ "$code" = 0 ] || fail "on GitLab, the shares of what the baseline knows gave exit $code"
serve
configure
for share in 1 2 3 4; do job conformance-share CI_NODE_INDEX="$share" CI_NODE_TOTAL=4; done
job conformance-gate
[ "$code" = 4 ] || fail "on GitLab, the shares of a repaired server gave exit $code"
echo "examples/gate: open for what is known, and closed otherwise"
