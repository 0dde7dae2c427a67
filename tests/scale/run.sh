#!/usr/bin/env bash
# 10,000 generated cases against a server in a process of its own: while they are replayed, the memory of the run grows
# by what is known of each in the end, and by nothing that an exchange leaves behind.
# Usage: tests/scale/run.sh path/to/tfe-conformance
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
XDG_STATE_HOME=$work/state timeout 300 python3 - "$(realpath "$1")" "$work" <<'PY'
import json, os, shutil, subprocess, sys

CASES = 10_000
MOST = 2  # KiB a case; 0.5 were measured
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

def resident(process, which):
    """Resident KiB of a process, now (VmRSS) or at most so far (VmHWM)."""
    with open(f"/proc/{process.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(which))

suite = f"{work}/suite"
shutil.copytree("conformance", suite)
os.mkdir(f"{suite}/v2/made")
for number in range(CASES):
    with open(f"{suite}/v2/made/case-{number}.yaml", "w") as file:
        file.write(CASE)
with subprocess.Popen([binary, "serve"], stdout=subprocess.PIPE, text=True) as server:
    try:
        served = json.loads(server.stdout.readline())
        command = [binary, "run", "--profile", "v2", "--suite", suite, "--case", "v2/made/*", "--report", f"events={work}/events"]
        command += ["--address", served["address"], "--organization", served["organization"]]
        env = os.environ | {"TFE_TOKEN": served["tokens"]["user"]}
        passed, first, last, peak = 0, 0, 0, 0
        os.mkfifo(f"{work}/events")
        run = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
        with open(f"{work}/events") as events:
            for line in events:
                event = json.loads(line)
                passed += event.get("verdict") == "pass"
                # A FIFO holds few events: the run is hardly further than what is read.
                if passed == 1 and not first:
                    first = resident(run, "VmRSS")
                if passed == CASES and not last:
                    last, peak = resident(run, "VmRSS"), resident(run, "VmHWM")
        run.wait()
    finally:
        server.kill()
if run.returncode != 0 or passed != CASES:
    sys.exit(f"scale: exit {run.returncode}, and {passed} of {CASES} cases passed")
growth = (last - first) / CASES
print(f"{CASES} cases: {first} KiB before the first, {last} KiB after the last, {growth:.1f} KiB a case; {peak} KiB at most")
if growth > MOST:
    sys.exit(f"scale: a replayed case may leave {MOST} KiB")
PY
