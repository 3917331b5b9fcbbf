#!/usr/bin/env python3
"""What the plugin costs, as ratios to stock tshark: instructions, time, memory.

Compares stock tshark, the plugin, TRANSUM and a Lua post-dissector (same.lua) on generated captures (captures.py) in
four modes. Instructions are exact: cachegrind counts them on short captures, with those for starting up subtracted. Time
and memory are measured on long ones. Prints Markdown tables; with --growth also the curves, and with --picture draws them.
--only reports shows the modes and reports in which somebody looks, --only start what starting up takes.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import captures  # noqa: E402
import growth  # noqa: E402
import measure  # noqa: E402
import reports  # noqa: E402

# Size at --scale 1, in packets; the last two only show memory.
FULL = {"mixed": 1_000_000, "flood": 1_000_000, "fat": 1_000_000, "reused": 600_000, "storm": 1_000_000}
# Kind, items at --scale 1, packets per item, what an item is.
MEMORY = [
    ("closed", 100_000, 8, "connection that both sides closed"),
    ("syns", 300_000, 1, "half-open SYN of a scan"),
    ("flood", 200_000, 2, "refused connection, its reset included"),
    ("flood6", 200_000, 2, "the same over IPv6"),
    ("sweep", 200_000, 2, "refused connection to a host of its own"),
    ("mixed", 50_000, 20, "connection of the mixed capture, a fifth of them reset"),
    ("storm", 300_000, 1, "followed reset: one of many in one connection"),
    ("reused", 100_000, 6, "connection on reused addresses and ports, half of them reset"),
]
REPORTED = ("mixed", "flood", "storm")


def rows(title, head, lines):
    print(f"\n{title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for line in lines:
        print("| " + " | ".join(line) + " |", flush=True)


class Table:
    """The captures and the requested comparisons."""

    def __init__(self, bench, options):
        self.bench = bench
        self.options = options
        self.empty = self.capture("mixed", 0)

    def capture(self, kind, packets):
        path = self.bench.work / f"{kind}-{packets}.pcap"
        if not path.exists():
            captures.write(kind, path, packets)
        return path

    def drop(self, kind, packets):
        self.capture(kind, packets).unlink()

    def others(self):
        return [subject for subject in self.options.subjects if subject != "stock"]

    def compare(self, kind, packets, cost):
        """Rows of ratios to stock; cost(subject, mode, capture) gives several figures."""
        path = self.capture(kind, packets)
        for mode in self.options.modes:
            stock = cost("stock", mode, path)
            yield [kind, f"`{mode}`", *(f"{mine / base:.3f}" for subject in self.others()
                                        for mine, base in zip(cost(subject, mode, path), stock))]

    def instructions(self):
        def cost(subject, mode, path):
            return [self.bench.instructions(subject, self.bench.arguments(subject, mode), path, self.empty)]

        packets = self.options.packets
        rows(f"Instructions, {packets} packets, ratio to stock tshark", ["capture", "mode", *self.others()],
             (line for kind in self.options.captures for line in self.compare(kind, packets, cost)))

    def reports(self):
        """Instructions where somebody looks at the resets, over stock tshark that is asked something comparable."""
        packets = self.options.packets
        kinds = [kind for kind in self.options.captures if kind in REPORTED]

        def ratio(kind, way):
            ours, theirs = (self.bench.instructions(subject, arguments, self.capture(kind, packets), self.empty)
                            for subject, arguments in zip(("rst", "stock"), reports.WAYS[way]))
            return f"{ours / theirs:.3f}"

        rows(f"Instructions where somebody looks, {packets} packets, ratio to stock tshark", ["mode", *kinds],
             ([f"`{way}`", *(ratio(kind, way) for kind in kinds)] for way in self.options.ways))

    def start(self):
        """What a capture without packets takes: registration of fields, tables and preferences."""
        def lines():
            for subject in ("stock", "rst"):
                count = self.bench.refs(subject, [], self.empty)
                times = sorted(self.bench.start(subject, ["tshark", "-r", str(self.empty)], subprocess.DEVNULL)[1:]
                               for _ in range(10 * self.options.runs))
                yield [subject, f"{count / 1e6:.1f}", f"{1000 * times[0][0]:.0f}",
                       f"{1000 * min(cpu for _, cpu, _ in times):.0f}", f"{times[0][2] / 2**20:.1f}"]

        head = ["", "million instructions", "ms", "ms of CPU", "MiB"]
        rows("Starting up, with a capture without packets", head, lines())

    def times(self):
        def cost(subject, mode, path):
            runs = [self.bench.run(subject, mode, path) for _ in range(self.options.runs)]
            return min(run[1] for run in runs), min(run[2] for run in runs)

        def lines():
            for kind in self.options.captures:
                packets = int(FULL[kind] * self.options.scale)
                yield from self.compare(kind, packets, cost)
                self.drop(kind, packets)

        head = ["capture", "mode", *(f"{subject} {what}" for subject in self.others() for what in ("wall", "CPU"))]
        rows(f"Time, best of {self.options.runs}, scale {self.options.scale}, ratio to stock tshark", head, lines())

    def memory(self):
        mode = next(iter(measure.MODES))

        def peak(subject, path):
            return self.bench.run(subject, mode, path)[3]

        def lines():
            idle = {subject: peak(subject, self.empty) for subject in ("stock", "rst")}
            for kind, items, packets, what in MEMORY:
                items = max(int(items * self.options.scale), 1)
                path = self.capture(kind, items * packets)
                used = {subject: peak(subject, path) - idle[subject] for subject in idle}
                path.unlink()
                yield [what, str(items), f"{used['stock'] / items:.0f}", f"{(used['rst'] - used['stock']) / items:.0f}"]

        rows("Peak memory, bytes per item", ["item", "items", "stock", "plugin above stock"], lines())


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="size of the long captures; 1 = a million packets")
    parser.add_argument("--packets", type=int, default=20_000, help="size of the captures for instructions")
    parser.add_argument("--runs", type=int, default=3, help="the best of so many runs counts for time")
    parser.add_argument("--counts", type=int, default=5, help="the median of so many runs counts for instructions")
    parser.add_argument("--captures", nargs="+", choices=FULL, default=list(FULL))
    parser.add_argument("--modes", nargs="+", choices=measure.MODES, default=list(measure.MODES))
    parser.add_argument("--subjects", nargs="+", choices=measure.SUBJECTS, default=list(measure.SUBJECTS))
    parser.add_argument("--only", nargs="+", choices=("instructions", "reports", "start", "time", "memory", "growth"),
                        default=["instructions", "reports", "start", "time", "memory"],
                        help="parts (default: all but growth)")
    parser.add_argument("--ways", nargs="+", choices=reports.WAYS, default=list(reports.WAYS), metavar="WAY",
                        help="modes and reports of --only reports, e.g. '-2 -z rst,tree' (default: all)")
    parser.add_argument("--growth", action="store_true", help="also the curves of the core by connections and resets")
    parser.add_argument("--picture", type=Path, help="draw the curves into this SVG file")
    parser.add_argument("--quick", action="store_true", help="smallest sizes: shows that it runs, no more")
    options = parser.parse_args()
    if options.scale <= 0 or options.packets < 100 or options.runs < 1 or options.counts < 1:
        parser.error("--scale, --packets (from 100), --runs and --counts must be positive")
    if options.quick:
        options.scale, options.packets, options.runs, options.counts = 0.001, 200, 1, 1
        options.modes, options.ways = options.modes[:1], options.ways[:1]
        options.captures, options.subjects = options.captures[:2], ["stock", "rst"]
    if options.growth or options.picture:
        options.only.append("growth")
    return options


def main():
    options = arguments()
    needed = ["tshark"] + (["valgrind"] if {"instructions", "reports", "start"} & {*options.only} else [])
    missing = [program for program in needed if not shutil.which(program)]
    if missing:
        raise measure.Failure(f"not installed: {' '.join(missing)}")
    with tempfile.TemporaryDirectory(prefix="rst-bench-") as work:
        table = Table(measure.Bench(work, options.counts), options)
        for part, make in (("instructions", table.instructions), ("reports", table.reports), ("start", table.start),
                           ("time", table.times), ("memory", table.memory)):
            if part in options.only:
                make()
    if "growth" in options.only:
        growth.show(rows, options.scale, options.picture)


if __name__ == "__main__":
    try:
        main()
    except (measure.Failure, OSError, subprocess.SubprocessError) as failure:
        sys.exit(f"bench.py: {failure}")
