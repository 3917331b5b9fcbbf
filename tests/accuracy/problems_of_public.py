#!/usr/bin/python3
"""How many problems the captures with many resets come down to: one row for each with 20 resets or more.

    tests/accuracy/problems_of_public.py [--captures DIR] [--least N] [--text]

--text prints the whole report of each, for reading it against the packets.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tshark"))

import tools  # noqa: E402  (needs the path above)

HEADING = ("resets", "problems", "connections in them", "harmless", "not told", "capture")


def captures(public, least):
    """The captures with so many resets, those with most first."""
    rows = [row for row in tools.read_table(public / "SOURCES.tsv") if int(row["rsts"]) >= least]
    rows.sort(key=lambda row: (-int(row["rsts"]), row["repo"], row["path"]))
    return [(int(row["rsts"]), public / row["repo"].replace("/", "+") / row["path"]) for row in rows]


def row_of(tshark, resets, capture, public):
    report = json.loads(tshark("-2", "-q", "-r", capture, "-z", "rst,problems,json"))
    problems = report["problems"]
    return (resets, len(problems), sum(problem["frames_total"] for problem in problems), report["benign"]["resets"],
            report["undetermined"]["resets"], capture.relative_to(public))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--captures", type=Path, default=tools.shared_dir() / "captures" / "public",
                        help="folder with SOURCES.tsv (default: ../shared/captures/public)")
    parser.add_argument("--least", type=int, default=20, help="resets (default: 20)")
    parser.add_argument("--text", action="store_true", help="print the reports")
    arguments = parser.parse_args()
    public = arguments.captures
    if not (public / "SOURCES.tsv").is_file():
        print(f"skipped: no SOURCES.tsv in {public} (see --captures)")
        return
    print("\t".join(HEADING))
    with tools.script_tshark() as tshark:
        for resets, capture in captures(public, arguments.least):
            print("\t".join(map(str, row_of(tshark, resets, capture, public))), flush=True)
            if arguments.text:
                print(tshark("-2", "-q", "-r", capture, "-z", "rst,problems"))


if __name__ == "__main__":
    main()
