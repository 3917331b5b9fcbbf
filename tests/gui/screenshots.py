#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Take the pictures in docs/ from Wireshark with the plugin and the profile, as an ordinary user.

usage: WIRESHARK_PLUGIN_DIR=BUILD/plugins screenshots.py [FOLDER]
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import screens

SIZE = "1400x860"
SCREENS = ("1366x768", "1680x1000")  # of analysts; pictures/window-SIZE.png
FRAME = 201  # the client gave up on a segment
SAMPLES = screens.HERE.parents[1] / "sample-captures"
CAPTURE = SAMPLES / "tour.pcapng"
TWO_POINTS = SAMPLES / "injected-two_points" / "injected-two_points.pcapng"
TWO_POINTS_FRAME = 7  # seen at one of the two points only
DOCS = screens.HERE.parents[1] / "docs"


def shoot(desk, folder, name, window="root"):
    raw = folder / "raw.png"
    desk.photograph(raw, window)
    subprocess.run(["convert", raw, "-strip", "-colors", "64", f"PNG8:{folder / name}.png"], check=True)
    raw.unlink()


def answer(desk, capture, frame, folder, name):
    """The verdict on one reset, as the profile shows it."""
    main = desk.main_window(capture.name)
    desk.read_until("Packets", main)
    desk.filter(main, "rst")
    desk.read_until(f"Frame {frame}", main, lambda letters: "confidence" in letters, lambda: desk.go_to(frame))
    shoot(desk, folder, name)


def session(home, folder, size):
    from desk import Desk

    if size != SIZE:
        with Desk(["-r", CAPTURE], home, size) as desk:
            answer(desk, CAPTURE, FRAME, folder / "pictures", f"window-{size}")
        return
    with Desk(["-r", TWO_POINTS], home, SIZE) as desk:
        answer(desk, TWO_POINTS, TWO_POINTS_FRAME, folder, "screen-two-points")
    with Desk(["-r", CAPTURE], home, SIZE) as desk:
        answer(desk, CAPTURE, FRAME, folder, "screen-resets")
        desk.menu("s", "TCP Reset Causes")
        statistics = desk.window("TCP Reset Causes")
        desk.xdotool("windowsize", "--sync", statistics, 1100, 700)
        desk.read_until("refused: port closed", statistics)
        shoot(desk, folder, "screen-statistics", statistics)
        desk.xdotool("key", "Escape")
        desk.window(CAPTURE.name)
        desk.menu("a", "Expert Information")
        expert = desk.window("Expert Information")
        desk.xdotool("windowsize", "--sync", expert, 1100, 700)
        desk.read_until("Severity", expert)
        shoot(desk, folder, "screen-expert", expert)


def main(arguments):
    if len(arguments) > (2 if "RST_DESK" in os.environ else 1) or any(one.startswith("-") for one in arguments):
        print(__doc__.split("\n\n")[1].strip(), file=sys.stderr)
        return 2
    folder = Path(arguments[0] if arguments else DOCS).resolve()
    if os.environ.get("RST_DESK"):
        session(os.environ["RST_DESK"], folder, arguments[1])
        return 0
    problem = screens.missing() or (os.geteuid() == 0 and "must not run as root: Wireshark would not load the plugin")
    if problem:
        print(f"screenshots.py: {problem}", file=sys.stderr)
        return 1
    (folder / "pictures").mkdir(exist_ok=True)
    for size in (SIZE, *SCREENS):
        with tempfile.TemporaryDirectory() as home:
            done = screens.play(__file__, [folder, size], {**os.environ, "HOME": home, "RST_DESK": home}, size)
        if done.returncode:
            print(done.stdout, file=sys.stderr)
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
