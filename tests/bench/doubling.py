#!/usr/bin/env python3
"""Does twice the capture cost twice as much? In every mode and report; fails where it is more than 2.3 times.

A ratio of two runs on one machine holds on any other. By default, cachegrind counts the instructions, which is exact
but takes ten times as long as the run: enough up to 100 000 packets. Beyond, --by seconds measures CPU time.

Prints a Markdown table per capture: the cost per packet at each size, and what a doubling cost at most. Costs for
starting up, from a capture without packets, are subtracted. Sizes may be further apart than a factor of two; then the
factor for one doubling is what, multiplied by itself, makes the whole step.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import itertools
import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import captures  # noqa: E402
import measure  # noqa: E402
from reports import WAYS  # noqa: E402

LIMIT = 2.3
STOCK = "stock -z expert"  # Wireshark's own texts: one per port
UNITS = {"instructions": (1, "instructions"), "seconds": (1e6, "microseconds of CPU")}
SHORT = 1.0  # seconds below which CPU time says nothing


class Scale:
    """Costs by way, kind of capture and size."""

    def __init__(self, bench, by):
        self.bench = bench
        self.by = by
        self.idle = {}
        self.paths = {}

    def capture(self, kind, packets):
        path = self.bench.work / f"{kind}-{packets}.pcap"
        if path not in self.paths.values():
            captures.write(kind, path, packets)
            self.paths[kind, packets] = path
        return path

    def drop(self, kind, packets):
        self.paths.pop((kind, packets)).unlink()

    def run(self, way, path):
        subject, arguments = ("stock", WAYS["-z expert"][1]) if way == STOCK else ("rst", WAYS[way][0])
        if self.by == "instructions":
            return self.bench.refs(subject, arguments, path)
        return self.bench.start(subject, ["tshark", *arguments, "-r", str(path)], subprocess.DEVNULL)[2]

    def cost(self, way, kind, packets):
        if way not in self.idle:
            self.idle[way] = self.run(way, self.capture("mixed", 0))
        return self.run(way, self.capture(kind, packets)) - self.idle[way]


def worst(costs, sizes, by):
    """How many times as much twice the packets cost, at most; 0 = too little was measured to tell."""
    pairs = list(zip(costs, sizes))
    return max(((larger / smaller) ** (1 / math.log2(more / fewer))
                for (smaller, fewer), (larger, more) in zip(pairs, pairs[1:]) if by != "seconds" or smaller >= SHORT),
               default=0)


def measured(scale, way, kind, sizes):
    """The costs of all sizes. A machine that was busy with something else gets a second chance."""
    costs = [scale.cost(way, kind, size) for size in sizes]
    if worst(costs, sizes, scale.by) > LIMIT:
        costs = [min(cost, scale.cost(way, kind, size)) for cost, size in zip(costs, sizes)]
    return costs


def show(scale, kind, sizes, ways):
    """Prints the table of one kind of capture; the ways that grow too fast."""
    factor, unit = UNITS[scale.by]
    print(f"\n{kind}: {unit} per packet\n")
    print("| | " + " | ".join(f"{size:,}" for size in sizes) + " | for a doubling |")
    print("|---" * (len(sizes) + 2) + "|")
    failed = []
    for way in ways:
        costs = measured(scale, way, kind, sizes)
        largest = worst(costs, sizes, scale.by)
        figures = [f"{factor * cost / size:,.1f}" if factor > 1 else f"{cost / size:,.0f}"
                   for cost, size in zip(costs, sizes)]
        print(f"| `{way}` | " + " | ".join(figures) + f" | {largest:.2f} |", flush=True)
        if largest > LIMIT and way != STOCK:
            failed.append(f"{kind}, {way}: {largest:.2f}")
    return failed


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 20_000, 40_000, 80_000], metavar="PACKETS",
                        help="sizes of the captures, rising")
    parser.add_argument("--by", choices=UNITS, default="instructions", help="what is counted")
    parser.add_argument("--captures", nargs="+", choices=captures.KINDS, default=["flood", "sweep", "syns", "storm"])
    parser.add_argument("--ways", nargs="+", choices=[*WAYS, STOCK], default=[*WAYS, STOCK], metavar="WAY",
                        help="modes and reports, e.g. '-2 -z rst,tree' (default: all)")
    options = parser.parse_args()
    if len(options.sizes) < 2 or options.sizes[0] < 100 or any(b < 2 * a for a, b in itertools.pairwise(options.sizes)):
        parser.error("--sizes must be two or more, from 100, each at least twice the one before")
    return options


def main():
    options = arguments()
    if options.by == "instructions" and not shutil.which("valgrind"):
        raise measure.Failure("not installed: valgrind; --by seconds needs none")
    failed = []
    with tempfile.TemporaryDirectory(prefix="rst-bench-") as work:
        scale = Scale(measure.Bench(work), options.by)
        for kind in options.captures:
            failed += show(scale, kind, options.sizes, options.ways)
            for size in options.sizes:
                scale.drop(kind, size)
    for line in failed:
        print(f"doubling.py: more than {LIMIT} times as much for twice the packets: {line}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (measure.Failure, OSError, subprocess.SubprocessError) as failure:
        sys.exit(f"doubling.py: {failure}")
