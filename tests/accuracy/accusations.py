#!/usr/bin/python3
"""Every verdict on the public captures that blames something between the hosts, compared with docs/accusations.tsv.

    tests/accuracy/accusations.py [--captures DIR] [--list]

A verdict counts if it accuses (tools.accuses()) with confidence >= 50. Each must be covered by a row of the table that
says, from the packets, why it is justified: the row names the capture, the causes and frames it covers, and the reason.
--list prints the current verdicts as rows without a reason.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tshark"))

import agreement  # noqa: E402  (needs the path above)
import tools  # noqa: E402

TABLE = tools.REPO / "docs" / "accusations.tsv"
HEADING = ["capture", "cause", "sender", "frames", "reason"]


def all_captures(public):
    rows = tools.read_table(public / "SOURCES.tsv")
    return sorted({public / row["repo"].replace("/", "+") / row["path"] for row in rows})


def accusations(public, collected):
    """{(capture, cause, sender): [frames]}; collected: what agreement.collect() returned."""
    found = defaultdict(list)
    for capture, rows in collected.items():
        for frame, row in (rows or {}).items():
            for cause, confidence, sender in zip(row["rst.cause"], row["rst.confidence"], row["rst.sender"]):
                if tools.accuses(cause, sender, int(confidence)):
                    found[(str(capture.relative_to(public)), cause, sender)].append(frame)
    return dict(found)


def justified():
    """{(capture, cause, sender): frames} of the committed table; a row without a reason justifies nothing."""
    covered = defaultdict(set)
    for row in tools.read_table(TABLE):
        for cause in row["cause"].split() if row["reason"].strip() else ():
            covered[(row["capture"], cause, row["sender"])] |= {int(frame) for frame in row["frames"].split()}
    return covered


def rows_of(found):
    return ["\t".join([*key, " ".join(map(str, sorted(frames))), ""]) for key, frames in sorted(found.items())]


def uncovered(public, collected):
    """Accusations that no row of the table justifies, as rows."""
    covered = justified()
    found = accusations(public, collected)
    missing = {key: set(frames) - covered.get(key, set()) for key, frames in found.items()}
    return rows_of({key: frames for key, frames in missing.items() if frames})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--captures", type=Path, default=tools.shared_dir() / "captures" / "public",
                        help="folder with SOURCES.tsv (default: ../shared/captures/public)")
    parser.add_argument("--list", action="store_true", help="print all accusations as rows of the table")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    public = arguments.captures
    if not (public / "SOURCES.tsv").is_file():
        print(f"skipped: no SOURCES.tsv in {public} (see --captures)")
        return 0
    with tools.script_tshark() as tshark:
        collected = agreement.collect(tshark, all_captures(public), arguments.jobs)
    if arguments.list:
        print("\n".join(["\t".join(HEADING), *rows_of(accusations(public, collected))]))
        return 0
    lines = uncovered(public, collected)
    count = sum(map(len, accusations(public, collected).values()))
    print("\n".join(lines) if lines else f"{count} accusations, all of them justified in {TABLE.name}")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
