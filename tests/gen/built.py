#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Build the sample captures that Linux cannot show: built.py [--list] [--out DIR] [scenario ...]"""
import argparse
import os
import sys

import capfile
import packets
import built_two  # noqa: F401  (adds its scenarios)
from built_said import SCENARIOS



def build(name, out):
    play = SCENARIOS[name]
    cap = packets.Capture()
    play(cap)
    text = " ".join(play.__doc__.split())
    readme = f"{text}\nBuilt, not recorded: `tests/gen/built.py {name}`."
    # One classic microsecond file among the samples, so that the tests cover that format too.
    suffix = "pcap" if name == "malformed" else "pcapng"
    frames, rows = packets.save(os.path.join(out, name), f"{name}.{suffix}", cap, readme)
    print(f"{name}: {frames} frames, {rows} resets")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="name the scenarios and stop")
    parser.add_argument("--out", default=capfile.SAMPLES, help="folder for the samples (default: sample-captures)")
    parser.add_argument("scenario", nargs="*", help="default: all")
    # One line instead of argparse's usage block: the house rule for bad arguments.
    parser.error = lambda message: capfile.die(message)
    args = parser.parse_args()
    if args.list:
        print("\n".join(SCENARIOS))
        return
    unknown = [name for name in args.scenario if name not in SCENARIOS]
    if unknown:
        capfile.die(f"no such scenario: {' '.join(unknown)} (see --list)")
    for name in args.scenario or SCENARIOS:
        build(name, args.out)


if __name__ == "__main__":
    sys.exit(main())
