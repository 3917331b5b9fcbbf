"""One run of tshark: its instructions, its time, its memory.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tshark"))

import tools  # noqa: E402  (needs the path above)

# What is compared. Stock tshark asks for resets by a field of its own.
SUBJECTS = {
    "stock": [],
    "rst": [],
    "transum": ["--enable-protocol", "transum"],
    "lua": ["-X", f"lua_script:{HERE / 'same.lua'}"],
}
ALL_RESETS = {"rst": "rst", "lua": "luarst"}
MODES = {
    "-q -z io,stat,0": lambda resets: ["-q", "-z", "io,stat,0"],
    "plain": lambda resets: [],
    "-Y rst": lambda resets: ["-Y", resets],
    "-2 -Y rst": lambda resets: ["-2", "-Y", resets],
}
NOBODY = 65534
# Under valgrind, GLib uses malloc instead of its slice allocator. malloc keeps only seven blocks of a size at hand;
# whether that is enough for a packet depends on the heap layout, which makes half a percent of difference. So it is told
# to keep as many as the slice allocator would.
COUNT = ["env", "GLIBC_TUNABLES=glibc.malloc.tcache_count=127",
         "valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]

OURS = "rst.so"


class Failure(Exception):
    """A measurement that could not be made, in one line."""


def as_user(path):
    """As root, Wireshark does not load our plugin: programs run as nobody, who needs the folder."""
    if os.geteuid():
        return {}
    for folder, _, files in os.walk(path):
        for name in [folder, *(os.path.join(folder, file) for file in files)]:
            os.chown(name, NOBODY, NOBODY, follow_symlinks=False)
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


class Names:
    """Callgrind explains a number once: "(7) /usr/lib/libc.so.6", later only "(7)"."""

    def __init__(self):
        self.known = {}

    def of(self, line):
        number, _, name = line.partition("=")[2].strip().partition(" ")
        return self.known.setdefault(number, os.path.basename(name))


def calls(lines):
    """(calling library, called library, called function, instructions of the calls with all that they lead to) from
    callgrind's file. A line of calls= is followed by one with their cost; a call within a library has no cob= line."""
    libraries, functions = Names(), Names()
    caller = called = function = None
    cost_follows = False
    for line in lines:
        if line.startswith("ob="):
            caller = called = libraries.of(line)
        elif line.startswith("cob="):
            called = libraries.of(line)
        elif line.startswith("fn="):
            functions.of(line)
        elif line.startswith("cfn="):
            function = functions.of(line)
        elif line.startswith("calls="):
            cost_follows = True
        elif cost_follows:
            yield caller, called, function, int(line.split()[1])
            called, cost_follows = caller, False


class Bench:
    """Plugin folders with and without our plugin, in a separate folder that everybody can read."""

    def __init__(self, work, counts=1):
        self.work = Path(work)
        self.counts = counts
        self.home = self.work / "home"
        for name in ("home", "stock", "ours"):
            (self.work / name).mkdir()
        os.chmod(self.work, 0o755)
        self.plugins = {
            name: tools.plugin_tree(self.work / folder, self.home, ours=name == "rst")
            for name, folder in (("stock", "stock"), ("rst", "ours"))
        }
        if not list(self.plugins["rst"].glob("*/epan/rst.so")):
            raise Failure(f"no plugin under {tools.plugin_dir()}: build it, or set RST_PLUGIN_DIR")
        self.user = as_user(self.home)
        self.idle = {}  # what a run without packets takes, by the other arguments

    def arguments(self, subject, mode):
        return [*SUBJECTS[subject], *MODES[mode](ALL_RESETS.get(subject, "tcp.flags.reset==1"))]

    def environment(self, subject):
        return tools.Tshark(self.home, self.plugins.get(subject, self.plugins["stock"])).environment()

    def run(self, subject, mode, capture):
        """(messages, seconds, CPU seconds, peak memory in bytes)"""
        return self.start(subject, ["tshark", *self.arguments(subject, mode), "-r", str(capture)], subprocess.DEVNULL)

    def read(self, subject, args):
        """(what tshark prints, CPU seconds, peak memory in bytes) with these arguments"""
        out = self.home / "out"
        with open(out, "wb") as shown:
            _, _, cpu, memory = self.start(subject, ["tshark", *args], shown)
        return out.read_text(errors="replace"), cpu, memory

    def start(self, subject, command, shown):
        log = self.home / "log"
        with open(log, "wb") as messages:
            start = time.monotonic()
            child = subprocess.Popen(command, env=self.environment(subject), stdout=shown, stderr=messages, **self.user)
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        text = log.read_text(errors="replace")
        if child.returncode:
            raise Failure(f"tshark ({subject}) ended with {child.returncode}: {text.strip()[-300:]}")
        return text, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024

    def refs(self, subject, arguments, capture):
        """The median of several runs: Wireshark seeds its hash tables differently in each."""
        command = [*COUNT, "tshark", *arguments, "-r", str(capture)]
        runs = [self.start(subject, command, subprocess.DEVNULL)[0] for _ in range(self.counts)]
        return statistics.median(int(re.search(r"I\s+refs:\s+([\d,]+)", text)[1].replace(",", "")) for text in runs)

    def entries(self, args, capture):
        """{function of the plugin that Wireshark calls: instructions spent there and in what it calls}, by callgrind.
        One run tells: nothing to subtract, and no work of others hides what one of them does."""
        out = self.home / "calls"
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
        self.start("rst", [*tool, "tshark", *args, "-r", str(capture)], subprocess.DEVNULL)
        found = collections.Counter()
        with open(out, encoding="utf-8") as lines:
            for caller, called, function, cost in calls(lines):
                if called == OURS != caller:
                    found[function] += cost
        return found

    def instructions(self, subject, arguments, capture, empty):
        """Without those for starting up, which are measured on a capture without packets."""
        key = (subject, *arguments)
        if key not in self.idle:
            self.idle[key] = self.refs(subject, arguments, empty)
        return self.refs(subject, arguments, capture) - self.idle[key]
