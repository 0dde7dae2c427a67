#!/usr/bin/env bash
# Every report, as readers of its format take it: the schemas that this repository publishes and the official schema of
# SARIF through a validator of another ecosystem, JUnit and TAP through parsers, and the files of the CI systems
# through their own schemas.
# Usage: tests/formats/run.sh path/to/tfe-conformance
set -euo pipefail
binary=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check check-jsonschema==0.39.0 junitparser==5.0.3 \
    tap.py==3.2.1 more-itertools==10.8.0 pyyaml==6.0.3
check=$work/venv/bin/check-jsonschema
# One pattern of that schema is none in ECMA 262 with the flag `u`: hence `--regex-variant python` where it is used.

# The schema of SARIF 2.1.0 as OASIS published it; this crate's source carries a copy.
curl -sSfL --retry 3 -o "$work/sarif.crate" https://static.crates.io/crates/serde-sarif/serde-sarif-0.8.0.crate
echo "a053c46f18a8043570d4e32fefc4c6377f82bf29ec310a33e93f273048e3b0be  $work/sarif.crate" | sha256sum --check --quiet
tar -xzf "$work/sarif.crate" -C "$work" --strip-components=2 serde-sarif-0.8.0/src/schema.json
mv "$work/schema.json" "$work/sarif-schema.json"

fail() { echo "formats: $*" >&2; exit 1; }

# Runs the suite and writes every machine format; keeps the exit code.
recorded() {
  local name=$1
  shift
  code=0
  "$binary" run --reference "$@" --report "events=$work/$name.jsonl" --report "json=$work/$name.json" \
    --report "sarif=$work/$name.sarif" --report "junit=$work/$name.xml" --report "tap=$work/$name.tap" >/dev/null || code=$?
}
recorded conformant
[ "$code" = 0 ] || fail "the reference server gave exit $code"
recorded deviating --fault foreign-403 --fault half-filter-accepted --fault v1-put-replaces
[ "$code" = 1 ] || fail "a server with faults gave exit $code"
recorded partial --profile v2 --case 'v2/variables/**' --jobs 1
[ "$code" = 0 ] || fail "a selection gave exit $code"

# A document a line is many documents for a reader of JSON.
for name in conformant deviating partial; do
  mkdir "$work/$name"
  (cd "$work/$name" && split --lines=1 --additional-suffix=.json "../$name.jsonl")
  "$check" --schemafile "$root/schemas/conformance/event.json" "$work/$name"/*.json >/dev/null
  "$check" --schemafile "$root/schemas/conformance/report.json" "$work/$name.json" >/dev/null
  "$check" --regex-variant python --schemafile "$work/sarif-schema.json" "$work/$name.sarif" >/dev/null
done

printf '{"data": {"type": "vars", "type": 1}}' >"$work/request.json"
"$binary" validate --format sarif v2/variables/create-request "$work/request.json" >"$work/validate.sarif" && fail "a broken request passed"
"$check" --regex-variant python --schemafile "$work/sarif-schema.json" "$work/validate.sarif" >/dev/null

"$work/venv/bin/python" - "$work" <<'PYTHON'
import json, sys
from junitparser import JUnitXml, Failure
from tap.parser import Parser

work = sys.argv[1]
for name in ("conformant", "deviating", "partial"):
    report = json.load(open(f"{work}/{name}.json"))
    failed = {case["id"] for case in report["cases"] if case["verdict"] == "fail"}

    junit = [case for suite in JUnitXml.fromfile(f"{work}/{name}.xml") for case in suite]
    red = {case.name for case in junit if any(isinstance(result, Failure) for result in case.result)}
    assert len(red & failed) == len(failed), (name, "JUnit", red ^ failed)

    lines = list(Parser().parse_file(f"{work}/{name}.tap"))
    plan = next(line for line in lines if line.category == "plan")
    tests = [line for line in lines if line.category == "test"]
    assert plan.expected_tests == len(tests), (name, "TAP plan", plan.expected_tests, len(tests))
    bad = [test for test in tests if not test.ok]
    assert (len(bad) > 0) == (len(failed) > 0), (name, "TAP", [test.description for test in bad])

    sarif = json.load(open(f"{work}/{name}.sarif"))
    errors = [found for found in sarif["runs"][0]["results"] if found["level"] == "error"]
    musts = [found for found in report["deviations"] if found["level"] == "must"]
    assert len(errors) == len(musts), (name, "SARIF", len(errors), len(musts))
PYTHON

"$check" --builtin-schema vendor.github-actions "$root/action.yml" >/dev/null
cd "$root"
find examples .github -path '*github*' -name '*.yml' -exec "$check" --builtin-schema vendor.github-workflows {} + >/dev/null
find examples -name '.gitlab-ci.yml' -exec "$check" --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci {} + >/dev/null
echo "formats: events, JSON, SARIF, JUnit, TAP and the files of CI systems are what their readers take"
