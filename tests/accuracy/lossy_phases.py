#!/usr/bin/python3
"""The lab's captures with packets missing, systematically: which verdicts then accuse falsely, or are wrong and sure?

    tests/accuracy/lossy_phases.py LAB [--kind NAME]... [--only REGEX] [--point NAME] [--least PERCENT] [--limit PERCENT]

LAB is what tests/lab/run.py made. Each kind is a family of losses, most of them with every possible begin, because what
goes wrong is always the loss of one or two packets in the wrong place. Prints each false accusation and each wrong
verdict of --least (70) or more, with the first loss that causes it and how many others do. Exit code 1 if there is a
false accusation, or a wrong verdict of --limit (90) or more.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import os
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import mutilate
import scoreboard
import sharkd
import tools
from limits import SURE
from mutilate import capfile, chance, is_reset, without

CHUNK = 2000  # captures written at a time


def by_time(frames):
    """Four in a hundred, by the clock, in all 25 phases."""
    for phase in range(25):
        yield f"phase {phase}", [frame for frame in frames if frame[1] // 1000 % 25 != phase or is_reset(frame[2])]


def by_rate(frames):
    """1, 4, 10 and 30 in a hundred."""
    for rate in (10, 40, 100, 300):
        for seed in range(8):
            yield f"{rate} in 1000, seed {seed}", without(frames, lambda n: chance(n, seed) < rate)


def one_direction(frames):
    """A third of what one side sends."""
    for side in (True, False):
        mine = mutilate.of_side(frames, side)
        for seed in range(8):
            yield (f"{'client' if side else 'server'} 333 in 1000, seed {seed}",
                   without(frames, lambda n: mine[n] and chance(n, seed) < 333))


def runs(frames, lengths=(1, 2, 3, 5, 8), resets=False):
    """Every run of frames."""
    for length in lengths:
        for begin in range(len(frames)):
            yield f"{begin + 1} to {begin + length}", without(frames, lambda n: begin <= n < begin + length, resets)


def runs_with_resets(frames):
    """Every run of frames, resets too."""
    return runs(frames, (1, 2, 4), True)


def pairs(frames):
    """Two frames, at most ten apart."""
    for begin in range(len(frames)):
        for other in range(begin + 2, min(begin + 11, len(frames))):
            yield f"{begin + 1} and {other + 1}", without(frames, lambda n: n in (begin, other))


def late(frames):
    """A capture that begins with each of the frames."""
    for begin in range(1, len(frames)):
        yield f"from {begin + 1}", frames[begin:]


def one_way(frames):
    """Each direction alone, beginning with each of the frames."""
    for change in (mutilate.client_only, mutilate.server_only):
        left = list(change(frames))
        for begin in range(len(left)):
            yield f"{change.__name__} from {begin + 1}", left[begin:]


def short(frames):
    """Every length that cuts headers, and some that cut payload."""
    for length in (*range(54, 96, 2), 110, 128, 200):
        yield f"length {length}", [(number, time, data[:length]) for number, time, data in frames]


def short_late(frames):
    """Short packets, and the capture begins with each of the frames."""
    for name, left in late(frames):
        yield f"length 64 {name}", mutilate.short(left)


def coarse(frames):
    """Clocks that tick every 1, 4, 10 and 16 ms, with different phases."""
    for tick in (1, 4, 10, 16):
        for shift in range(4):
            shifted = shift * tick * 250_000
            yield (f"{tick} ms, shifted by {shift} quarters",
                   [(n, time - (time + shifted) % (tick * 1_000_000), data) for n, time, data in frames])


def timeless(frames):
    """No time, and every run of one or two frames."""
    for name, left in runs(frames, (1, 2)):
        yield name, mutilate.timeless(left) if left else []


def doubled(frames):
    """Every packet twice, and one of the copies lost."""
    twice = list(mutilate.doubled(frames))
    for begin in range(len(twice)):
        yield f"without {begin + 1} of both", without(twice, lambda n: n == begin)


def merged(frames):
    """Segments merged by the network card, and each frame lost."""
    for name, left in runs(list(mutilate.merged(frames)), (1,)):
        yield name, left


KINDS = {kind.__name__: kind for kind in (by_time, by_rate, one_direction, runs, runs_with_resets, pairs, late, one_way,
                                          short, short_late, coarse, timeless, doubled, merged)}


@dataclass
class Variant:
    """One capture with one loss."""
    capture: str
    kind: str
    loss: str
    frames: list


def variants(lab, labels, kinds):
    for capture in labels:
        frames = [(number, *frame) for number, frame in enumerate(capfile.read_frames(str(lab / capture)), 1)]
        for kind in kinds:
            seen = set()
            for loss, left in KINDS[kind](frames):
                kept = tuple((number, time, len(data)) for number, time, data in left)
                if left and kept not in seen:
                    seen.add(kept)
                    yield Variant(capture, kind, loss, left)


def with_lost(known, new, frame):
    """The label. What follows an earlier reset, or is a copy of it, is explained by what explains that one if it is lost."""
    row = known[frame]
    if row["cause"] not in ("segment_after_reset", "duplicate"):
        return row
    lost = [other for n, other in known.items() if n < frame and n not in new and other["sender"] == row["sender"]]
    names = [name for other in lost for name in (other["cause"], other["alternatives"])]
    return dict(row, alternatives=",".join([row["alternatives"], *names]))


def judged(reader, labels, chunk):
    """[(variant, case)] of every labeled reset that is left."""
    paths = [reader.work / f"{index}.pcap" for index in range(len(chunk))]
    numbers = [mutilate.write_frames(path, variant.frames) for path, variant in zip(paths, chunk)]
    wanted = [(path, labels[variant.capture][0]) for path, variant in zip(paths, chunk)]
    found = sharkd.verdicts(reader.tshark.environment(), wanted, reader.jobs)
    cases = []
    for variant, new, verdicts in zip(chunk, numbers, found):
        known = labels[variant.capture][1]
        if verdicts is None:
            raise SystemExit(f"{variant.capture}: cannot be read ({variant.kind}, {variant.loss})")
        cases += [(variant, scoreboard.case(variant.capture, frame, with_lost(known, new, frame), verdicts.get(new[frame])))
                  for frame in sorted(known) if frame in new]
    for path in paths:
        path.unlink()
    return cases


def report(found, least):
    """The lines, the worst first: what is wrong, the first loss that causes it, and how many do."""
    groups = defaultdict(list)
    for variant, case in found:
        groups[variant.kind, case.capture, case.frame, case.got, case.blamed].append((variant, case))
    lines = []
    for held in groups.values():
        variant, case = max(held, key=lambda pair: pair[1].confidence)
        word = "ACCUSATION" if any(case.accuses for _, case in held) else "WRONG"
        if word == "WRONG" and case.confidence < least:
            continue
        lines.append((-case.confidence, f"{word} {variant.kind} {variant.loss} (and {len(held) - 1}): {case.line()}"))
    return [line for _, line in sorted(lines)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lab", type=Path)
    parser.add_argument("--kind", action="append", choices=KINDS, help="default: all")
    parser.add_argument("--only", default="", metavar="REGEX", help="captures with such a name")
    parser.add_argument("--point", default="c", help="c, s or r: whose captures (default: the client's)")
    parser.add_argument("--least", type=int, default=70, metavar="PERCENT")
    parser.add_argument("--limit", type=int, default=SURE, metavar="PERCENT")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    if not (arguments.lab / "labels.tsv").is_file():
        parser.error(f"no labels.tsv in {arguments.lab} (see tests/lab/run.py)")
    labels = {capture: about for capture, about in scoreboard.read_labels(arguments.lab).items()
              if about[1] and capture.endswith(f"/{arguments.point}.pcapng") and re.search(arguments.only, capture)}
    wrong, resets, total = [], 0, 0
    with tools.script_tshark() as tshark:
        reader = scoreboard.Reader(tshark, arguments.lab, tshark.home, arguments.jobs)
        rest = variants(arguments.lab, labels, arguments.kind or KINDS)
        while chunk := list(islice(rest, CHUNK)):
            cases = judged(reader, labels, chunk)
            total, resets = total + len(chunk), resets + len(cases)
            wrong += [(variant, case) for variant, case in cases if case.accuses or
                      (not case.acceptable and case.confidence >= min(arguments.least, arguments.limit))]
    print("\n".join(report(wrong, arguments.least)))
    accusations = sum(case.accuses for _, case in wrong)
    sure = sum(not case.acceptable and case.confidence >= arguments.limit for _, case in wrong)
    print(f"{total} captures, {resets} resets, {accusations} accusations, {sure} wrong at {arguments.limit} or more")
    return 1 if accusations or sure else 0


if __name__ == "__main__":
    sys.exit(main())
