#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Go to packets in Wireshark's window, as the profile arranges it, and touch nothing else; write what can be read below
the packet list to HOME/read.json, {frame: text}.

usage: xvfb-run -a read.py HOME CAPTURE FILTER WIDTHxHEIGHT FRAME...
"""
import json
import sys
from pathlib import Path

from desk import Desk
from patience import Stuck


def below(desk, main, frame):
    """The words of the details, line by line, once they are those of the packet."""
    place, words = desk.read_until(f"Frame {frame}", main,
                                   lambda letters: "confidence" in letters or "count" in letters,
                                   lambda: desk.go_to(frame))
    lines = {}
    for word in words:
        if word.y > place.y - 5:
            lines.setdefault(round(word.y / 8), []).append(word)
    return " ".join(word.text for _, line in sorted(lines.items()) for word in sorted(line, key=lambda one: one.x))


def read(home, capture, display_filter, size, *frames):
    seen = {}
    with Desk(["-r", capture], home, size) as desk:
        main = desk.main_window(Path(capture).name)
        desk.read_until("Packets", main)
        desk.filter(main, display_filter)
        for frame in frames:
            seen[frame] = below(desk, main, frame)
    return seen


def main(arguments):
    if len(arguments) < 5:
        print(__doc__.split("\n\n")[1].strip(), file=sys.stderr)
        return 2
    try:
        seen = read(*arguments)
    except Stuck as stuck:
        print(f"read.py: {stuck}", file=sys.stderr)
        return 1
    Path(arguments[0], "read.json").write_text(json.dumps(seen), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
