"""Explores the reference server with each of its faults, and holds what is found against the list of what cannot be."""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

CASES = "1000"
binary, unshown_file, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])


def command(*arguments):
    return subprocess.run([binary, *arguments], capture_output=True, text=True, timeout=300, check=False)


def profile(fault):
    return "v1" if fault.startswith("v1-") else "v2"


def swept(fault):
    """Why a fault is not as the list says it; nothing if it is."""
    name, breaks = fault["name"], fault["breaks"]
    folder = work / name
    explored = command("explore", "--reference", "--profile", profile(name), "--seed", "1", "--cases", CASES,
                       "--fault", name, "--output", str(folder))
    if explored.returncode not in (0, 1):
        return f"{name}: exit {explored.returncode}: {explored.stderr}"
    files = sorted(folder.glob("*.yaml"))
    if name in unshown or not breaks:
        return f"{name}: found by {[file.name for file in files]}, and listed as not shown" if files else None
    own = [file for file in files if any(file.stem.startswith(rule.replace(".", "-")) for rule in breaks)] or files
    if not own:
        return f"{name}: not found"
    replay = ["run", "--reference", "--fail-on", "should", "--case", str(own[0])]
    faulty, sound = command(*replay, "--fault", name), command(*replay)
    if faulty.returncode != 1 or sound.returncode != 0:
        return f"{name}: {own[0].name} gives exit {faulty.returncode} with the fault, {sound.returncode} without"
    return None


lines = [line.split("#")[0].strip() for line in unshown_file.read_text().splitlines()]
unshown = {line for line in lines if line}
faults = json.loads(command("list", "faults", "--format", "json").stdout)["faults"]
unknown = unshown - {fault["name"] for fault in faults}
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    wrong = [found for found in pool.map(swept, faults) if found]
wrong += [f"{name}: no such fault" for name in sorted(unknown)]
print("\n".join(wrong))
shown = sum(bool(fault["breaks"]) for fault in faults) - len(unshown)
if wrong:
    sys.exit(f"explore: {len(wrong)} faults are not as {unshown_file.name} says")
print(f"explore: {shown} faults shown, cut down and replayed; {len(unshown)} are for other requests to show")
