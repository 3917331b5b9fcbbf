#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judge captures that end early: right behind each reset, before and behind each later frame of its connection, and
whole. What is added may turn a verdict from unsure to sure. It may turn one claim into another only when it belongs to
the story of the reset: its own connection until its ports are used again, an ICMP error about it, or a fact across
connections in tests/unit/script-excused.def. Prints each claim that something else changes; exit code 1 if there is
one. Takes the plugin of the newest build, unless WIRESHARK_PLUGIN_DIR or --plugins names its folder.

    cut_short.py FOLDER|CAPTURE... [--cuts N] [--jobs N] [--plugins FOLDER]
"""
import argparse
import bisect
import collections
import concurrent.futures
import functools
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tshark"))

import foreign  # noqa: E402  (needs the path above)
import later_traffic  # noqa: E402
import tools  # noqa: E402

SURE = 50  # percent: from here on a verdict claims something
EXCUSES = pathlib.Path(__file__).resolve().parents[1] / "unit" / "script-excused.def"

Verdict = collections.namedtuple("Verdict", "cause sender confidence")
Result = collections.namedtuple("Result", "path cuts pairs violations excused")


def excuses():
    """{(cause before, cause after): seconds}"""
    rows = re.findall(r'^AFTERWARDS\("(\w+)", "(\w+)", (\d+),', EXCUSES.read_text(encoding="utf-8"), re.MULTILINE)
    return {(before, after): int(within) for before, after, within in rows}


def claims(verdict):
    return verdict.cause != "undetermined" and int(verdict.confidence) >= SURE


def ends_of(row):
    """The connection of a segment, or of the one that an ICMP error quotes; None for other frames."""
    src, dst = (row[3] or row[4]).split(",")[-1], (row[5] or row[6]).split(",")[-1]
    sport, dport = (value.split(",")[-1] for value in row[7:9])
    return frozenset(((src, sport), (dst, dport))) if sport else None


class Capture:
    """A file, its frames by connection, and its verdicts when it ends after a frame."""

    def __init__(self, path):
        self.path = path
        rows = later_traffic.tshark(path, foreign.FIELDS)
        self.length = len(rows)
        self.times = {int(row[0]): foreign.nanoseconds(row[1]) for row in rows}
        self.packets = {packet.number: packet for packet in map(foreign.packet_of, rows) if packet}
        self.connections = collections.defaultdict(list)
        self.ends = {int(row[0]): ends_of(row) for row in rows}
        for number, ends in self.ends.items():
            if ends:
                self.connections[ends].append(number)

    @functools.cache
    def verdicts(self, end):
        """{frame: Verdict} of the file's first frames, in two passes."""
        fields = ("frame.number", *later_traffic.VERDICT)
        rows = later_traffic.tshark(self.path, fields, "-2", "-c", str(end), "-Y", "rst")
        return {int(number): Verdict(*(value.partition(",")[0] for value in values)) for number, *values in rows}

    @functools.cache
    def story(self, reset):
        """The later frames of the reset's connection, until a SYN that repeats none before the reset."""
        opened, found = set(), []
        for number in self.connections[self.ends[reset]]:
            packet = self.packets.get(number)
            syn = packet and packet.flags & (foreign.SYN | foreign.ACK) == foreign.SYN and (packet.src, packet.seq)
            if number <= reset:
                opened.add(syn)
            elif syn and syn not in opened:
                break
            else:
                found.append(number)
        return found

    def is_own(self, reset, after, until):
        """Does the story of the reset go on in one of these frames?"""
        story = self.story(reset)
        return bisect.bisect_right(story, after) < bisect.bisect_right(story, until)

    def cuts(self, most):
        """Frames that may be the last; of too many some, evenly."""
        found = {self.length}
        for reset in self.verdicts(self.length):
            found.add(reset)
            for number in self.story(reset):
                found.update((number - 1, number))
        found = sorted(found)
        return found if len(found) <= most else sorted({found[i * (len(found) - 1) // (most - 1)] for i in range(most)})

    def culprit(self, reset, first, last):
        """The frame that changes the claim: the last one before it holds, found by halves."""
        before = self.verdicts(first)[reset]
        while last - first > 1:
            middle = (first + last) // 2
            if self.verdicts(middle)[reset][:2] == before[:2] and claims(self.verdicts(middle)[reset]):
                first = middle
            else:
                last = middle
        return last


def judge(path, most):
    capture = Capture(path)
    if not capture.verdicts(capture.length):
        return Result(path, 0, 0, [], 0)
    allowed, cuts, violations, pairs, excused = excuses(), capture.cuts(most), [], 0, 0
    for first, last in zip(cuts, cuts[1:]):
        for reset, before in capture.verdicts(first).items():
            after = capture.verdicts(last).get(reset, Verdict("", "", "0"))
            pairs += 1
            if not claims(before) or (before[:2] == after[:2] and claims(after)):
                continue
            if not capture.ends.get(reset) or capture.is_own(reset, first, last):
                continue
            culprit = capture.culprit(reset, first, last)
            within = allowed.get((before.cause, after.cause))
            if within is not None and (not within or capture.times[culprit] - capture.times[reset] <= within * 10**9):
                excused += 1
            else:
                violations.append(f"{path}#{reset}: {' '.join(before)} -> {' '.join(after)}, by frame {culprit}")
    return Result(path, len(cuts), pairs, violations, excused)


def run(paths, most, jobs=1):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda path: judge(path, most), later_traffic.captures(paths))


def check(args):
    """Prints what is wrong, and counts. Returns the exit code."""
    results = []
    for result in run(args.paths, args.cuts, args.jobs):
        results.append(result)
        for violation in result.violations:
            print(violation, flush=True)
    wrong = sum(len(result.violations) for result in results)
    print(f"{len(results)} files, {sum(result.cuts for result in results)} ends, "
          f"{sum(result.pairs for result in results)} verdicts compared; "
          f"{sum(result.excused for result in results)} claims changed by facts afterward, {wrong} by something else")
    return 1 if wrong else 0 if any(result.cuts for result in results) else 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", metavar="CAPTURE")
    parser.add_argument("--cuts", type=int, default=40, help="at most so many for each capture (default: 40)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--plugins", default=os.environ.get("WIRESHARK_PLUGIN_DIR"), help="plugin folder")
    args = parser.parse_args()
    with tools.script_tshark(args.plugins) as ours:
        os.environ.update(ours.environment())
        return check(args)


if __name__ == "__main__":
    sys.exit(main())
