#!/usr/bin/python3
"""How many segments of real captures are called foreign or doubtful, and which are the oddest.

    tests/accuracy/foreign_share.py [--floor PERCENT] [--all] [FOLDER or CAPTURE ...]

Without names: the folders public, lab and problems of ../shared/captures. Prints the captures with a doubtful or a
foreign segment (all of them with --all), and of the foreign ones the twenty with most against them. Captures in
foreign-captures.tsv hold packets that are known to be somebody else's and do not count. Exit code 1 if of the others
0.1 % or more is called foreign.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import re
import sys
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tshark"))

import tools  # noqa: E402  (needs the path above)

FOLDERS = ("public", "lab", "problems")
KNOWN = Path(__file__).with_name("foreign-captures.tsv")
NO_CAPTURE = {".json", ".md", ".py", ".trace", ".tsv", ".txt"}
LICENSES = ("COPYING", "LICENSE")
FLOOR = 0.1  # percent
ODDEST = 20
FROM_ONE = 2  # of them from one capture, so that the list does not show one story twenty times
FIELDS = ["frame.number", "rst.foreign", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "tcp.srcport", "tcp.dstport",
          "tcp.flags.str", "tcp.seq_raw", "tcp.ack_raw", "tcp.len", "ip.ttl", "ipv6.hlim",
          "tcp.options.timestamp.tsval"]
COUNTS = re.compile(r"(\d+) segments, (\d+) doubtful, (\d+) foreign")
LOG = ("--log-level", "debug", "--log-domain", "rst")  # tells the counts when the file is closed


@dataclass
class Share:
    """What was found in one capture."""
    capture: Path
    segments: int = 0
    doubtful: int = 0
    foreign: int = 0
    readable: bool = True
    odd: list = field(default_factory=list)  # (number of clues, text)


def captures_in(places):
    for place in places:
        if place.is_file():
            yield place
        for path in sorted(place.rglob("*")) if place.is_dir() else ():
            if path.is_file() and path.suffix not in NO_CAPTURE and not path.name.startswith(LICENSES):
                yield path


def first(row, *names):
    """The first value of the first of these fields that the frame has."""
    return next((row[name][0] for name in names if row[name]), "")


def direction(row):
    return (first(row, "ip.src", "ipv6.src"), first(row, "tcp.srcport"), first(row, "ip.dst", "ipv6.dst"),
            first(row, "tcp.dstport"))


def difference(value, other):
    """How far a number is above another, both modulo 2^32."""
    return (int(value) - int(other) + (1 << 31)) % (1 << 32) - (1 << 31)


def against(row, before, answered):
    """What is odd about a packet: beside the last ones of its direction and of the other, in words."""
    said = [f"frame {first(row, 'frame.number')} {first(row, 'tcp.flags.str').strip('·')}: {row['rst.foreign'][0]}"]
    if before:
        end = int(first(before, "tcp.seq_raw")) + int(first(before, "tcp.len") or 0)
        said.append(f"seq {difference(first(row, 'tcp.seq_raw'), end):+}")
        said.append(f"TTL {first(row, 'ip.ttl', 'ipv6.hlim')} after {first(before, 'ip.ttl', 'ipv6.hlim')}")
        said.append(f"timestamp {first(row, 'tcp.options.timestamp.tsval') or 'none'} after "
                    f"{first(before, 'tcp.options.timestamp.tsval') or 'none'}")
    if answered and row["tcp.ack_raw"]:
        end = int(first(answered, "tcp.seq_raw")) + int(first(answered, "tcp.len") or 0)
        said.append(f"ack {difference(first(row, 'tcp.ack_raw'), end):+} to what the other side sent")
    return ", ".join(said)


def measure(tshark, capture):
    """The counts of one capture, and what is odd about its foreign packets."""
    share = Share(capture)
    last = {}
    done = tshark.run("-r", capture, "-Y", "tcp", "-T", "fields", "-E", "separator=/t", "-E", "aggregator=;", *LOG,
                      *[part for name in FIELDS for part in ("-e", name)])
    found = COUNTS.findall(done.stderr.decode(errors="replace"))
    if not found:
        share.readable = False
        return share
    share.segments, share.doubtful, share.foreign = map(int, found[-1])
    for line in done.stdout.decode(errors="replace").splitlines():
        values = (line.split("\t") + [""] * len(FIELDS))[: len(FIELDS)]
        row = {name: value.split(";") if value else [] for name, value in zip(FIELDS, values)}
        key = direction(row)
        if row["rst.foreign"]:
            clues = row["rst.foreign"][0].count(",") + row["rst.foreign"][0].count(" and ") + 1
            share.odd.append((clues, against(row, last.get(key), last.get(key[2:] + key[:2]))))
        elif row["tcp.seq_raw"]:
            last[key] = row
    return share


def measure_all(tshark, captures, jobs):
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda capture: measure(tshark, capture), captures))


def known():
    """Beginnings of the paths of captures that hold foreign packets."""
    return [row["capture"] for row in tools.read_table(KNOWN)]


def excused(capture):
    return any(name in str(capture) for name in known())


def percent(part, whole):
    return 100 * part / whole if whole else 0.0


def oddest(shares):
    """The foreign packets with most against them, few of each capture."""
    taken, chosen = Counter(), []
    ranked = sorted(((clues, share.capture, text) for share in shares for clues, text in share.odd),
                    key=lambda row: -row[0])
    for clues, capture, text in ranked:
        if taken[capture] < FROM_ONE and len(chosen) < ODDEST:
            taken[capture] += 1
            chosen.append(f"  {capture.name}: {text}")
    return chosen


def report(shares, everything):
    """Prints the table; returns the percentage that is foreign where it should be none."""
    sums = defaultdict(Counter)
    print(f"{'segments':>9} {'doubtful':>9} {'foreign':>8}  capture")
    for share in shares:
        kind = "holding foreign packets" if excused(share.capture) else "all others"
        sums[kind].update(segments=share.segments, doubtful=share.doubtful, foreign=share.foreign)
        if everything or share.doubtful or share.foreign:
            print(f"{share.segments:9} {share.doubtful:9} {share.foreign:8}  {share.capture}"
                  f"{' *' if excused(share.capture) else ''}")
    for kind, count in sorted(sums.items()):
        print(f"{kind}: {count['segments']} segments, {count['doubtful']} doubtful "
              f"({percent(count['doubtful'], count['segments']):.3f} %), {count['foreign']} foreign "
              f"({percent(count['foreign'], count['segments']):.4f} %)")
    unread = [str(share.capture) for share in shares if not share.readable]
    if unread:
        print(f"{len(unread)} captures cannot be read: {' '.join(unread)}")
    print("the oddest:", *oddest(shares), sep="\n")
    others = sums["all others"]
    return percent(others["foreign"], others["segments"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("places", nargs="*", type=Path, help="folders or captures")
    parser.add_argument("--plugins", type=Path, help="folder for WIRESHARK_PLUGIN_DIR (default: the newest build)")
    parser.add_argument("--floor", type=float, default=FLOOR, help=f"percent that may be foreign ({FLOOR})")
    parser.add_argument("--all", action="store_true", help="print the captures in which everything fits, too")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    shared = tools.shared_dir() / "captures"
    captures = list(captures_in(arguments.places or [shared / name for name in FOLDERS]))
    if not captures:
        print(f"skipped: no captures in {shared} (RST_SHARED names another place)")
        return 0
    with tools.script_tshark(arguments.plugins) as tshark:
        if "rst.foreign" not in tools.field_list(tshark):
            sys.exit("this build has no field rst.foreign")
        share = report(measure_all(tshark, captures, arguments.jobs), arguments.all)
    return 1 if share >= arguments.floor else 0


if __name__ == "__main__":
    sys.exit(main())
