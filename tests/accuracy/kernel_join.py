#!/usr/bin/python3
"""How well the kernel trace is joined to the lab's captures.

    tests/accuracy/kernel_join.py LAB [--show]

LAB is what tests/lab/run.py made: captures, labels.tsv and a kernel-trace.txt in each folder. Every reset for which the
label gives the kernel's reason must get this reason or none. The traces are read as they are, with their clocks shifted
by hours, and with half of the events removed. Exit code 1 if any reason differs from the label's.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

import agreement  # it makes tests/tshark importable
import scoreboard
import sharkd
import tools

SHIFT = 3 * 3600 + 1234.5
STAMP = re.compile(r"(?<= )(\d+\.\d+)(?=: tcp_)")
sharkd.FIELDS = ("rst.cause", "rst.sender", "rst.declared.source", "rst.declared.text", "rst.pattern")


def shifted(line, _):
    return STAMP.sub(lambda match: f"{float(match.group(1)) + SHIFT:.6f}", line)


def halved(line, rng):
    return "" if "tcp_" in line and rng.random() < 0.5 else line


WAYS = {"without": None, "as it is": lambda line, _: line, "clock shifted": shifted, "half of the events": halved}


def changed(trace, way, folder):
    """A copy of the trace, changed line by line."""
    rng = random.Random(trace.parent.name)
    path = folder / f"{trace.parent.name}.txt"
    path.write_text("".join(way(line, rng) for line in trace.read_text().splitlines(keepends=True)))
    return path


def verdicts(environment, lab, captures, way, folder):
    """{capture: {frame: fields}}, with the trace changed in the given way."""
    groups, found = defaultdict(list), {}
    for capture, (prefs, _) in captures.items():
        groups[tuple(prefs)].append(capture)
    for prefs, members in groups.items():
        with sharkd.Sharkd(environment, prefs) as server:
            for capture in members:
                trace = (lab / capture).parent / "kernel-trace.txt"
                used = changed(trace, way, folder) if way and trace.exists() else ""
                server.call("setconf", name="rst.kernel_trace", value=str(used))
                found[capture] = server.verdicts(lab / capture)
    return found


def score(captures, found, before, show):
    """Counts for one way of reading."""
    count = Counter()
    for capture, (_, labels) in captures.items():
        for frame, label in labels.items():
            row = (found[capture] or {}).get(frame)
            old = (before[capture] or {}).get(frame)
            if not row or not old:
                count["no verdict"] += 1
                continue
            told = row["rst.declared.text"] if row["rst.declared.source"] == "kernel" else ""
            mine = label["kernel"] != "-"
            count["known"] += mine
            count["matched"] += mine and told == label["kernel"]
            count["mismatched"] += bool(told) and told != label["kernel"]
            count["absent"] += mine and "absent_in_kernel_trace" in row["rst.pattern"]
            count["right before"] += mine and old["rst.cause"] == label["cause"]
            count["right"] += mine and row["rst.cause"] == label["cause"]
            if show and mine and not told:
                print(f"{capture} frame {frame}: not matched, {label['kernel']}")
            if show and told and (told != label["kernel"] or
                                  row["rst.cause"] != label["cause"] == old["rst.cause"]):
                print(f"{capture} frame {frame}: {old['rst.cause']} -> {row['rst.cause']}, is {label['cause']}, "
                      f"trace {told}, label {label['kernel']}")
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lab", type=Path)
    parser.add_argument("--show", action="store_true", help="list mismatches and verdicts that became wrong")
    args = parser.parse_args()
    if not (args.lab / "labels.tsv").exists():
        sys.exit(f"kernel_join.py: no labels.tsv in {args.lab}")
    captures = {name: entry for name, entry in scoreboard.read_labels(args.lab).items()
                if ((args.lab / name).parent / "kernel-trace.txt").exists()}
    if not captures:
        sys.exit(f"kernel_join.py: no kernel-trace.txt in {args.lab} (record it again with tests/lab/run.py)")
    wrong, before = 0, None
    with tools.script_tshark() as tshark:
        for name, way in WAYS.items():
            found = verdicts(tshark.environment(), args.lab, captures, way, Path(tshark.home))
            before = before or found
            count = score(captures, found, before, args.show and bool(way))
            wrong += count["mismatched"] + count["absent"]
            print(f"{name:20} resets with a known reason {count['known']:5}  matched {count['matched']:5} "
                  f"({100 * count['matched'] / max(1, count['known']):.1f} %)  mismatched {count['mismatched']}  "
                  f"called absent {count['absent']}  right {count['right before']} -> {count['right']}  "
                  f"no verdict {count['no verdict']}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
