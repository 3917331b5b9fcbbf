#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long one waits for Wireshark's windows on a large capture, and how much memory they take; as an ordinary user.

usage: WIRESHARK_PLUGIN_DIR=BUILD/plugins xvfb-run -a -s "-screen 0 1150x760x24" waits.py [--stock] CAPTURE

Opens the capture with the profile, then the statistics and Expert Information; with --stock, for comparison without the
plugin, Wireshark's own profile and no statistics. A window is usable when it shows its lines and Wireshark waits for
input. Prints one line per step: seconds (including those of the text recognition), seconds of CPU, peak memory so far.
"""
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from desk import Desk
from patience import Stuck, working

SIZE = "1150x760"
# Menu, item and title, what the window shows.
STATISTICS = "s", "TCP Reset Causes", "First resets"
EXPERT = "a", "Expert Information", "Sequence"


class Clock:
    """The time and CPU time of Wireshark since the last step."""

    def __init__(self, pid):
        self.proc = Path("/proc", str(pid))
        self.pid = pid
        self.before = time.monotonic(), 0.0

    def cpu(self):
        fields = (self.proc / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def peak(self):
        return int(re.search(r"VmHWM:\s+(\d+)", (self.proc / "status").read_text(encoding="utf-8"))[1]) / 1024

    def step(self, what):
        """When Wireshark has been idle for two seconds, which do not count."""
        idle = 0
        while idle < 10:
            idle = 0 if working(self.pid) else idle + 1
            time.sleep(0.2)
        now, cpu = time.monotonic() - 2, self.cpu()
        print(f"{what}: {now - self.before[0]:.1f} s, {cpu - self.before[1]:.1f} s of CPU, {self.peak():.0f} MiB",
              flush=True)
        self.before = time.monotonic(), cpu


def watch(capture, home, stock):
    with Desk(["-r", capture], home, SIZE, **({"profile": "Default"} if stock else {})) as desk:
        clock = Clock(desk.wireshark.pid)
        main = desk.main_window(Path(capture).name)
        desk.read_until("Displayed", main)
        clock.step("open")
        for key, item, shown in ([] if stock else [STATISTICS]) + [EXPERT]:
            desk.menu(key, item)
            desk.read_until(shown, desk.window(item))
            clock.step(item)
            desk.xdotool("key", "Escape")
            desk.window(Path(capture).name)
            clock.step(f"{item} closed")


def main(arguments):
    stock = "--stock" in arguments
    if stock:
        arguments.remove("--stock")
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__.split("\n\n")[1].strip(), file=sys.stderr)
        return 0 if arguments in (["-h"], ["--help"]) else 2
    with tempfile.TemporaryDirectory() as home:
        try:
            watch(arguments[0], home, stock)
        except Stuck as stuck:
            print(f"waits.py: {stuck}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
