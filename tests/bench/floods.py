#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Floods before, amid and after captures: do the verdicts of the captures stay, and what does it cost?

    floods.py [core|tshark] CAPTURE|FOLDER... [--packets N] [--kinds K...] [--positions P...] [--memory MB] [--quick]
              [--build FOLDER]

core feeds the floods to the core alone (10 million packets each), tshark reads files of them with and without the plugin
(1 million each). A folder is merged into one file. At most one in a hundred verdicts may differ (another cause or sender,
or a higher confidence), none may become an accusation, and none a claim of 70 or more. Without the flood, a verdict
counts as true. Exit code 1 when more changes, or when there is
no reset to compare.
"""
import argparse
import collections
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import measure  # noqa: E402  (needs the path above; it makes tests/tshark importable)
import tools  # noqa: E402

KINDS = ["lone_syn", "lone_ack", "lone_rst", "udp", "scanned", "sweep", "portscan", "open", "midstream"]
POSITIONS = ["before", "between", "after"]
FAMILIES = [[], ["ipv6"]]
POINTS = [[], ["two"]]
PACKETS = {"core": 10_000_000, "tshark": 1_000_000}
HEAD = ["capture", "flood", "family", "points", "position", "packets", "verdicts", "unchanged %", "wrong at 70+",
        "accusations", "less sure"]
COST = {"core": ["MB of the core", "MB", "CPU s"], "tshark": ["MB stock", "MB above stock", "CPU s stock", "CPU s"]}
OURS = "!(eth.src[0:5] == 02:66:6c:6f:6f)"  # not of the flood: see flood-file.c
FIRM, TOLERATED = 70, 1.0

Score = collections.namedtuple("Score", "resets changed firm accusing lower cost")


def program(build):
    """The newest rst_flood."""
    found = sorted(Path(build).glob("**/tests/bench/rst_flood"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise measure.Failure(f"no rst_flood under {build}: build it")
    return found[-1]


def one_after_another(files, to, work):
    """One capture of several: each begins a thousand seconds after the end of the one before. Of the recordings of one
    story at several points (tests/lab), only the client's counts."""
    shifted, free = [], None
    for number, file in enumerate(files):
        begin, end = (float(time) for time in tools.tool("capinfos", "-TMrSae", file).split("\t")[1:3])
        shift = 0 if free is None else free - begin
        free = end + shift + 1000
        shifted.append(Path(work) / f"shifted-{number}.pcapng")
        tools.tool("editcap", "-F", "pcapng", "-t", f"{shift:.6f}", file, shifted[-1])
    tools.tool("mergecap", "-a", "-I", "all", "-w", to, *shifted)
    for path in shifted:
        path.unlink()


def captures(paths, work):
    """Captures as they are, the files of a folder as one."""
    for path in map(Path, paths):
        if path.is_dir():
            merged = Path(work) / f"{path.name}.pcapng"
            files = sorted(path.rglob("c.pcapng")) or sorted(path.rglob("*.pcap*"))
            one_after_another(files, merged, work)
            path = merged
        yield path


def plans(options):
    """(kind, position, further words) of each flood."""
    for kind, family, points, position in itertools.product(options.kinds, FAMILIES, POINTS, options.positions):
        if options.quick and (family, points) not in (([], []), (["ipv6"], ["two"])):
            continue
        yield kind, position, family + points


class Core:
    """The core alone."""

    def __init__(self, options, work):
        self.flood = program(options.build)
        self.packets = options.packets
        self.memory = [str(options.memory)] if options.memory else []

    def score(self, capture, kind, position, words):
        command = [self.flood, capture, kind, str(self.packets), position, *words, *self.memory]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not done.stdout:
            raise measure.Failure(f"rst_flood ended with {done.returncode}: {done.stderr.strip()}")
        cells = done.stdout.splitlines()[-1].split("\t")
        return Score(*map(int, cells[5:10]), cells[10:])


class Tshark:
    """Files of floods, with and without the plugin."""

    def __init__(self, options, work):
        self.core = Core(options, work)
        self.bench = measure.Bench(work)
        self.memory = ["-o", f"rst.memory_mb:{options.memory}"] if options.memory else []
        self.alone = {}

    def read(self, subject, capture):
        """(rows of verdicts, CPU seconds, MB)"""
        fields = ["-e", "rst.cause", "-e", "rst.sender", "-e", "rst.confidence", "-e", "rst.on_path"]
        wanted = ["-Y", f"rst && {OURS}", *fields, *self.memory] if subject == "rst" else [
            "-Y", f"tcp.flags.reset == 1 && {OURS}", "-e", "frame.number", "-e", "tcp.seq", "-e", "tcp.flags"]
        out, cpu, memory = self.bench.read(subject, ["-2", "-T", "fields", *wanted, "-r", str(capture)])
        return [line.split("\t") for line in out.splitlines()], cpu, memory / 2**20

    def flood(self, *about):
        """A file; about = capture, kind, packets, position, further words."""
        capture, kind, packets, position, words = about
        path = Path(self.bench.home) / "flooded.pcapng"
        subprocess.run([self.core.flood, capture, kind, str(packets), position, *words, path], check=True)
        return path

    def verdicts_alone(self, capture, second):
        """Without a flood; second = where a second capture point comes in, because that is knowledge of its own."""
        key = capture, second
        if key not in self.alone:
            path = self.flood(capture, "lone_syn", 2, second, ["two"]) if second else capture
            self.alone[key] = self.read("rst", path)[0]
        return self.alone[key]

    def score(self, capture, kind, position, words):
        before = self.verdicts_alone(capture, "two" in words and ("after" if position == "after" else "before"))
        flooded = self.flood(capture, kind, self.core.packets, position, words)
        _, stock_cpu, stock_memory = self.read("stock", flooded)
        rows, cpu, memory = self.read("rst", flooded)
        flooded.unlink()
        if len(rows) != len(before):
            raise measure.Failure(f"{len(rows)} verdicts instead of {len(before)} with {kind}")
        costs = [f"{stock_memory:.0f}", f"{memory - stock_memory:.0f}", f"{stock_cpu:.1f}", f"{cpu:.1f}"]
        return Score(len(before), *compare(before, rows), costs)


def accuses(row):
    return int(row[2]) >= tools.BLAME_MIN and row[3] not in ("", "none")


def compare(before, after):
    changed = firm = accusing = lower = 0
    for old, new in zip(before, after):
        other, rise = old[:2] != new[:2], int(new[2]) - int(old[2])
        changed += other or rise > 0
        firm += other and int(new[2]) >= FIRM
        accusing += accuses(new) and not accuses(old)
        lower += not other and rise < 0
    return changed, firm, accusing, lower


def row(capture, kind, position, words, packets, score):
    unchanged = f"{100 * (1 - score.changed / score.resets):.1f}" if score.resets else "-"
    return [capture.stem, kind, "IPv6" if "ipv6" in words else "IPv4", "2" if "two" in words else "1", position,
            str(packets), str(score.resets), unchanged, str(score.firm), str(score.accusing), str(score.lower),
            *score.cost]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("way", choices=PACKETS)
    parser.add_argument("captures", nargs="+", metavar="CAPTURE")
    parser.add_argument("--packets", type=int, help="of each flood")
    parser.add_argument("--kinds", nargs="+", default=KINDS)
    parser.add_argument("--positions", nargs="+", choices=POSITIONS, default=POSITIONS)
    parser.add_argument("--memory", type=int, help="the preference that limits the memory, MB")
    parser.add_argument("--quick", action="store_true", help="IPv4 at one point and IPv6 at two, not all four")
    parser.add_argument("--build", default=tools.REPO, help="where to look for rst_flood (default: the newest)")
    options = parser.parse_args()
    options.packets = options.packets or PACKETS[options.way]
    return options


def main():
    options = arguments()
    failed = compared = 0
    with tempfile.TemporaryDirectory(prefix="rst-floods-") as work:
        way = (Core if options.way == "core" else Tshark)(options, work)
        print("| " + " | ".join(HEAD + COST[options.way]) + " |\n" + "|---" * len(HEAD + COST[options.way]) + "|")
        for capture in captures(options.captures, work):
            for kind, position, words in plans(options):
                score = way.score(capture, kind, position, words)
                compared += score.resets
                failed += score.firm > 0 or score.accusing > 0 or 100 * score.changed > TOLERATED * score.resets
                print("| " + " | ".join(row(capture, kind, position, words, options.packets, score)) + " |", flush=True)
    if not compared:
        raise measure.Failure("no reset to compare")
    print(f"\n{failed} floods change more than they may" if failed else "\nno flood changes more than it may")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (measure.Failure, OSError, subprocess.SubprocessError) as failure:
        sys.exit(f"floods.py: {failure}")
