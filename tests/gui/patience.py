"""Waiting for a program that shares the machine with others.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import time
from pathlib import Path

LOOKS = 60  # at an idle program before it counts as stuck; normally a step is seen at the first or second look
PAUSE = 0.5  # seconds between two looks
LIMIT = 900  # seconds for a program that is never idle


class Stuck(Exception):
    """What was waited for did not happen."""


def working(pid):
    """Whether the program would go on if it had a processor or the disk: no use in counting how often it had not."""
    stat = Path("/proc", str(pid), "stat").read_text(encoding="utf-8")
    return stat.rpartition(")")[2].split()[0] in "RD"


def until(what, process, probe):
    """The first true value of probe(), which looks at what the process shows."""
    end = time.monotonic() + LIMIT
    looks = 0
    while looks < LOOKS and time.monotonic() < end:
        value = probe()
        if value:
            return value
        if process.poll() is not None:
            raise Stuck(f"{what}: did not appear, because the program ended with code {process.returncode}")
        looks += not working(process.pid)
        time.sleep(PAUSE)
    raise Stuck(f"{what}: did not appear in {looks} looks")
