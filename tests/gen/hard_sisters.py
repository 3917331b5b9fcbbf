#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Build captures of hard mechanisms with many hosts, stacks, distances and views. hard_sisters.py --out DIR

The table cases.tsv beside them says for each reset which causes are expected, which others are acceptable (some only up
to a confidence, "cause<=60"), and who may be named as its sender. The labels come from the RFCs and from what the
stacks do, as the scenes say; no verdict was looked at for them. --seed N: other addresses, ports, sizes and times.
"""
import argparse
import os
import sys

import capfile
import sisters_device
import sisters_flow
import sisters_near
import sisters_open
import sisters_path
import sisters_told
import sisters_unlisted
import sisters_wait
import stage
from packets import START, Capture

HEADING = "capture\tframe\texpected\tacceptable\tsender\tmechanism\treason\n"
MODULES = (sisters_flow, sisters_open, sisters_wait, sisters_device, sisters_told, sisters_path, sisters_near,
           sisters_unlisted)


def stored(cap):
    """(frames, rows) in the order of the file: by time, unless the scene says that a frame was stored later."""
    cap.frames.sort(key=lambda frame: getattr(frame, "stored", frame.time))
    for number, frame in enumerate(cap.frames, 1):
        frame.number = number
    rows = sorted((frame.number, *rest) for frame, *rest in cap.rows)
    return [(START * 10**9 + frame.time, frame.data, frame.point) for frame in cap.frames], rows


def build(name, seed, out):
    """Writes the capture, returns its rows of the table."""
    cap = Capture()
    mechanism, reason = stage.play(name, cap, seed)
    if any(frame.point for frame in cap.frames):
        mechanism += " two points"
    frames, rows = stored(cap)
    capfile.write_frames(os.path.join(out, f"{name}.pcapng"), frames)
    return [f"{name}.pcapng\t{number}\t{expected}\t{acceptable}\t{sender}\t{mechanism}\t{reason}\n"
            for number, (expected, acceptable), sender, _ in rows]


def main():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--seed", type=int, default=0)
    chosen, sys.argv[1:] = parser.parse_known_args()
    capfile.build_table(__doc__.splitlines()[0], "cases.tsv", HEADING, lambda out: [
        line for name in stage.SCENES for line in build(name, chosen.seed, out)])


if __name__ == "__main__":
    sys.exit(main())
