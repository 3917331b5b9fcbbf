#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Look at a capture in Wireshark's windows; write what they show to HOME/seen.json.

usage: xvfb-run -a drive.py HOME CAPTURE FILTER

Opens the capture with the profile, applies the display filter and opens the statistics.
"""
import json
import re
import sys
from pathlib import Path

from desk import Desk
from patience import Stuck

SIZE = "1150x760"  # small, because reading takes time


def drive(home, capture, display_filter):
    with Desk(["-r", capture], home, SIZE) as desk:
        main = desk.main_window(Path(capture).name)
        desk.read_until("Packets", main)
        desk.filter(main, display_filter)
        # Of the first packet displayed. The list under the filter bar offers "rst.cause" too, while it is being typed.
        _, shown = desk.read_until("TCP Reset Cause Connection", main)
        desk.menu("s", "TCP Reset Causes")
        statistics = desk.window("TCP Reset Causes")
        desk.xdotool("windowsize", statistics, 1100, 700)
        # The rows below come a moment later.
        _, lines = desk.read_until("First resets", statistics, re.compile("portclosed").search)
        return {"main": " ".join(word.text for word in shown), "title": desk.title(statistics),
                "statistics": " ".join(word.text for word in lines)}


def main(arguments):
    if len(arguments) != 3:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 2
    try:
        seen = drive(*arguments)
    except Stuck as stuck:
        print(f"drive.py: {stuck}", file=sys.stderr)
        return 1
    Path(arguments[0], "seen.json").write_text(json.dumps(seen), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
