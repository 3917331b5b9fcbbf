#!/usr/bin/python3
"""How often the verdicts are right, and whether their confidence means what it says.

    tests/accuracy/scoreboard.py LAB [--floors FILE] [--json FILE] [--wrong] [--fit] [--quick]

LAB is what tests/lab/run.py made: captures and labels.tsv. A verdict is right if its first cause is the label's, and
acceptable if it is among the label's alternatives. Besides the captures as they are, read with two passes, every
other way of reading and every mutilation in mutilate.py is scored. Exit code 1 if a figure is below its floor.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import agreement  # it makes tests/tshark importable
import limits
import mutilate
import sharkd
import tools
from limits import CLAIM, SURE, share

BAND = 10       # points by which a confidence band may be off
FULL_BAND = 30  # verdicts from which a band counts
# Where a perfect forgery would look the same (docs/trust.md). The lab has no such forgery, so these are right more often
# than they claim; in a band of their own, they must not be right less often.
LIMITED = {("segment_after_reset", 60)}
AT_LIMIT = ", at a limit"
DEFAULT_FLOORS = Path(__file__).with_name("floors.json")


@dataclass
class Case:
    """One labeled reset in one capture, and the verdict on it."""
    capture: str
    frame: int
    cause: str
    kernel: str
    sender: str
    decidable: bool
    alternatives: list
    scenario: str
    got: str = "-"
    confidence: int = 0
    blamed: str = "-"
    summary: str = ""

    @property
    def right(self):
        return self.got == self.cause

    @property
    def acceptable(self):
        return self.right or self.got in self.alternatives

    @property
    def accuses(self):
        """A false accusation: architecture.md section 7."""
        return (self.confidence >= CLAIM and tools.accuses(self.got, self.blamed) and
                not tools.accuses(self.cause, self.sender))

    @property
    def band(self):
        low = self.confidence // BAND * BAND
        return f"{low}-{low + BAND - 1}{AT_LIMIT if (self.got, self.confidence) in LIMITED else ''}"

    def line(self):
        return (f"{self.capture} frame {self.frame}: got {self.got} {self.confidence} % by {self.blamed}, "
                f"is {self.cause} by {self.sender} (kernel: {self.kernel}{'' if self.decidable else ', undecidable'}): "
                f"{self.summary}")


def read_labels(lab):
    """{capture: (preferences, {frame: label})}; a healthy capture has no labels."""
    captures = {}
    for row in tools.read_table(lab / "labels.tsv"):
        prefs = [] if row["prefs"] == "-" else row["prefs"].split(",")
        _, labels = captures.setdefault(row["capture"], (prefs, {}))
        if row["frame"] != "-":
            labels[int(row["frame"])] = row
    return captures


def case(capture, frame, row, verdict):
    made = Case(capture, frame, row["cause"], row["kernel"], row["sender"], row["decidable"] == "yes",
                row["alternatives"].split(","), row["scenario"])
    if verdict:
        made.got = verdict["rst.cause"] or "-"
        made.confidence = int(verdict["rst.confidence"] or 0)
        made.blamed = verdict["rst.sender"] or "-"
        made.summary = verdict["rst.summary"]
    return made


class Reader:
    """Reads captures: the final verdicts through sharkd, those of a single pass through tshark."""

    def __init__(self, tshark, lab, work, jobs):
        self.tshark, self.lab, self.work, self.jobs = tshark, lab, Path(work), jobs

    def cases(self, labels, change=None, passes=2):
        """(every labeled reset with its verdict, what is wrong with the captures themselves)"""
        wanted, frames = [], []
        for capture, (prefs, known) in labels.items():
            path, numbers = self.lab / capture, {number: number for number in known}
            if change:
                path = self.work / f"{change.__name__}-{capture.replace('/', '-')}"
                numbers = mutilate.write(self.lab / capture, path, change)
            wanted.append((path, prefs))
            frames.append(numbers)
        found = self.once(wanted) if passes == 1 else sharkd.verdicts(self.tshark.environment(), wanted, self.jobs)
        cases, trouble = [], []
        for (capture, (_, known)), numbers, verdicts in zip(labels.items(), frames, found):
            if verdicts is None:
                trouble.append(f"{capture}: cannot be read ({change.__name__ if change else passes})")
                continue
            here = {numbers[number]: row for number, row in known.items() if number in numbers}
            cases += [case(capture, n, row, verdicts.get(n)) for n, row in sorted(here.items())]
            if not change:
                stray = sorted(verdicts.keys() - here.keys())
                trouble += [f"{capture} frame {number}: a verdict without a label" for number in stray]
        if change:
            for path, _ in wanted:
                path.unlink()
        return cases, trouble

    def once(self, wanted, passes=1):
        """The same through tshark."""
        def one(item):
            path, prefs = item
            options = [word for pref in prefs for word in ("-o", pref)]
            try:
                rows = self.tshark.resets(path, sharkd.FIELDS, *options, passes=passes)
            except (AssertionError, subprocess.TimeoutExpired):
                return None
            return {number: {name: "".join(row[name][:1]) for name in sharkd.FIELDS} for number, row in rows.items()}

        with ThreadPoolExecutor(self.jobs) as pool:
            return list(pool.map(one, wanted))

    def disagreement(self, labels, every=16):
        """Captures in a sample of them for which sharkd and tshark with two passes differ."""
        sample = [(self.lab / capture, prefs) for capture, (prefs, _) in list(labels.items())[::every]]
        pairs = zip(sample, sharkd.verdicts(self.tshark.environment(), sample, self.jobs), self.once(sample, 2))
        return [f"{path}: sharkd and tshark -2 differ" for (path, _), a, b in pairs if a != b]


def figures(cases):
    """The figures for one way of reading. What is wrong at 90 or more is as bad as a false accusation."""
    decidable = [c for c in cases if c.decidable]
    sure = [c for c in cases if c.confidence >= SURE]
    return {
        "resets": len(cases),
        "decidable": len(decidable),
        "right": share(sum(c.right for c in decidable), len(decidable)),
        "acceptable": share(sum(c.acceptable for c in decidable), len(decidable)),
        "all_right": share(sum(c.right for c in cases), len(cases)),
        "all_acceptable": share(sum(c.acceptable for c in cases), len(cases)),
        "sender": share(sum(c.blamed == c.sender for c in cases), len(cases)),
        "accusations": sum(c.accuses for c in cases),
        "confident_wrong": sum(c.confidence >= CLAIM and not c.acceptable for c in cases),
        "sure_wrong": sum(not c.acceptable for c in sure),
        "sure_right": share(sum(c.acceptable for c in sure), len(sure)),
    }


def calibration(cases):
    """{band: (verdicts, mean confidence, share right, share acceptable)}; undecidable cases count."""
    bands = defaultdict(list)
    for c in cases:
        bands[c.band].append(c)
    return {
        band: {
            "verdicts": len(held),
            "confidence": round(sum(c.confidence for c in held) / len(held), 1),
            "right": share(sum(c.right for c in held), len(held)),
            "acceptable": share(sum(c.acceptable for c in held), len(held)),
        }
        for band, held in sorted(bands.items())
    }


def frequencies(cases):
    """[cause, confidence, verdicts, share right, share acceptable] for each number that the rules state, which they are
    fitted to (docs/confidence.md)."""
    groups = defaultdict(list)
    for c in cases:
        groups[c.got, c.confidence].append(c)
    return [[got, sure, len(held), share(sum(c.right for c in held), len(held)),
             share(sum(c.acceptable for c in held), len(held))] for (got, sure), held in sorted(groups.items())]


def causes(cases):
    """{cause: (labels, precision, recall)} over the decidable resets; in parentheses, acceptable counts as right."""
    table = {}
    decidable = [c for c in cases if c.decidable]
    for cause in sorted({c.cause for c in decidable} | {c.got for c in decidable}):
        of, called = [c for c in decidable if c.cause == cause], [c for c in decidable if c.got == cause]
        table[cause] = {
            "labels": len(of),
            "recall": share(sum(c.right for c in of), len(of)) if of else None,
            "recall_acceptable": share(sum(c.acceptable for c in of), len(of)) if of else None,
            "precision": share(sum(c.right for c in called), len(called)) if called else None,
            "precision_acceptable": share(sum(c.acceptable for c in called), len(called)) if called else None,
        }
    return table


def score(reader, labels, quick=False):
    """Everything as one dictionary, and the cases of the ordinary way of reading."""
    ways = {"two passes": (None, 2), "one pass": (None, 1)}
    if not quick:
        ways.update({change.__name__: (change, 2) for change in mutilate.CHANGES})
    board, plain = {"ways": {}, "wrong": {}, "trouble": reader.disagreement(labels)}, []
    for name, (change, passes) in ways.items():
        chosen = labels
        if change or passes == 1:  # the client's side only: reading everything in so many ways takes too long
            chosen = {capture: about for capture, about in labels.items() if capture.endswith("/c.pcapng")}
        if passes == 1:  # each takes a tshark of its own
            chosen = dict(list(chosen.items())[::2])
        cases, trouble = reader.cases(chosen, change, passes)
        board["ways"][name] = figures(cases)
        board["trouble"] += trouble
        bad = [c for c in cases if not c.acceptable and (c.decidable or c.confidence >= CLAIM) or c.accuses]
        board["wrong"][name] = sorted(c.line() for c in bad if not change or c.confidence >= CLAIM)
        plain = plain or cases
    board["second_best"] = sorted(c.line() for c in plain if c.decidable and c.acceptable and not c.right)
    board["calibration"] = calibration(plain)
    board["frequencies"] = frequencies(plain)
    board["causes"] = causes(plain)
    confused = Counter((c.cause, c.got) for c in plain if c.decidable and not c.right)
    board["confusion"] = [[cause, got, count] for (cause, got), count in sorted(confused.items())]
    return board


def below(board, floors):
    """Figures below their floor; counts of what is wrong must not exceed theirs."""
    broken = [f"trouble: {line}" for line in board["trouble"]]
    for way, wanted in floors.get("ways", {}).items():
        broken += limits.broken(way, board["ways"].get(way, {}), wanted)
    for band, row in board["calibration"].items():
        off = row["confidence"] - row["right"]
        if not band.endswith(AT_LIMIT):
            off = abs(off)
        if row["verdicts"] >= FULL_BAND and off > floors.get("bands", {}).get(band, BAND):
            broken.append(f"confidence {band}: {row['right']} % right, {row['confidence']} % claimed")
    return broken


def table(heading, rows):
    """Columns as wide as their widest cell."""
    cells = [heading, *([("-" if cell is None else str(cell)) for cell in row] for row in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(heading))]
    return "\n".join("  ".join(cell.ljust(width) if n == 0 else cell.rjust(width)
                               for n, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in cells)


def report(board, wrong, fit=False):
    names = list(next(iter(board["ways"].values())))
    parts = [table(["way of reading", *names], [[way, *row.values()] for way, row in board["ways"].items()]),
             table(["confidence", "verdicts", "mean", "right %", "acceptable %"],
                   [[band, *row.values()] for band, row in board["calibration"].items()]),
             table(["cause (decidable)", "labels", "recall", "with alternatives", "precision", "with alternatives"],
                   [[cause, *row.values()] for cause, row in board["causes"].items()]),
             table(["is", "called", "times"], board["confusion"])]
    if fit:
        parts.append(table(["verdict", "confidence", "verdicts", "right %", "acceptable %"], board["frequencies"]))
    if wrong:
        parts += ["Acceptable, not right:\n" + "\n".join(board["second_best"])] if board["second_best"] else []
        parts += [f"Wrong, {way}:\n" + "\n".join(lines) for way, lines in board["wrong"].items() if lines]
    return "\n\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lab", type=Path, help="folder with labels.tsv, made by tests/lab/run.py")
    parser.add_argument("--floors", type=Path, default=DEFAULT_FLOORS, help="committed floors (default: floors.json)")
    parser.add_argument("--json", type=Path, help="write everything here too")
    parser.add_argument("--wrong", action="store_true", help="list the wrong verdicts")
    parser.add_argument("--fit", action="store_true", help="how often each cause is right at each confidence")
    parser.add_argument("--quick", action="store_true", help="no mutilated captures")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    if not (arguments.lab / "labels.tsv").is_file():
        parser.error(f"no labels.tsv in {arguments.lab} (see tests/lab/run.py)")
    with tools.script_tshark() as tshark:
        reader = Reader(tshark, arguments.lab, tshark.home, arguments.jobs)
        board = score(reader, read_labels(arguments.lab), arguments.quick)
    if arguments.json:
        arguments.json.write_text(json.dumps(board, indent=1), encoding="utf-8")
    print(report(board, arguments.wrong, arguments.fit))
    broken = below(board, json.loads(arguments.floors.read_text(encoding="utf-8")))
    closing = f"{len(broken)} figures below their floor" if broken else "no figure below its floor"
    print("\n".join(["", *broken, closing]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
