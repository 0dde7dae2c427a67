#!/usr/bin/env bash
# 1,000 and 10,000 generated cases against a server in a process of its own: the peak memory of the run may grow by
# what a loaded case and its result take, and by nothing that an exchange leaves behind.
# Usage: tests/scale/run.sh path/to/tfe-conformance
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
XDG_STATE_HOME=$work/state python3 - "$(realpath "$1")" "$work" <<'PY'
import json, os, shutil, subprocess, sys

MOST = 24  # KiB a case; 19 were measured, 14 of them for the case as it is loaded
binary, work = sys.argv[1:]
CASE = """\
title: A variable of the workspace is created
fixtures: { ws: workspace }
steps:
  - id: create
    operation: v2.variables.create
    body:
      data:
        type: vars
        attributes: { key: "${unique}", value: "${canary:value}", category: terraform, hcl: false, sensitive: true }
        relationships:
          organization: { data: { type: organizations, id: "${ws.organization}" } }
          workspace: { data: { type: workspaces, id: "${ws.id}" } }
    checks:
      - { requirement: v2.index.bearer-scheme, status: success }
"""

def peak(count):
    """Peak resident KiB of a run of so many cases, all of which pass."""
    suite = f"{work}/{count}"
    shutil.copytree("conformance", suite)
    os.mkdir(f"{suite}/v2/made")
    for number in range(count):
        with open(f"{suite}/v2/made/case-{number}.yaml", "w") as file:
            file.write(CASE)
    with subprocess.Popen([binary, "serve"], stdout=subprocess.PIPE, text=True) as server:
        try:
            served = json.loads(server.stdout.readline())
            command = [binary, "run", "--profile", "v2", "--suite", suite, "--case", "v2/made/*"]
            command += ["--address", served["address"], "--organization", served["organization"]]
            with open(f"{work}/said", "w") as said:
                env = os.environ | {"TFE_TOKEN": served["tokens"]["user"]}
                run = subprocess.Popen(command, env=env, stdout=said, stderr=said)
                _, status, usage = os.wait4(run.pid, 0)
        finally:
            server.kill()
    told = open(f"{work}/said").read()
    if status != 0 or f"{count} pass" not in told:
        sys.exit(f"scale: {count} cases did not all pass:\n{told}")
    return usage.ru_maxrss

few, many = peak(1_000), peak(10_000)
growth = (many - few) / 9_000
print(f"1,000 cases: {few} KiB, 10,000 cases: {many} KiB at most, {growth:.1f} KiB a case")
if growth > MOST:
    sys.exit(f"scale: a case may take {MOST} KiB")
PY
