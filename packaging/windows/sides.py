"""The same tshark twice: that of Linux with rst.so and tshark.exe under Wine with rst.dll.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import itertools
import os
import re
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPO = HERE.parents[1]
SAMPLES = REPO / "sample-captures"
TIMEOUT = 180  # seconds: a hang
TOGETHER = "JSON, rst,tree and rst,csv"
SHOWN = 5  # lines of what differs
AROUND = 60  # characters before and after a difference
# No difference of ours: the day of this run, and the name of the time zone, which is the C runtime's.
OTHERS = [(re.compile(r'"_index": "packets-.*'), ""), (re.compile(r"(:\d\d\.\d{9}) [A-Z]+\b"), r"\1")]


def plain(output):
    """Text with the line ends of Linux."""
    return output.decode(errors="replace").replace("\r\n", "\n")


class Linux:
    name = "Linux"
    module = "rst.so"

    def __init__(self, build):
        """build: where the plugin was built, in a folder for WIRESHARK_PLUGIN_DIR."""
        self.command = ["tshark"]
        self.environment = {"WIRESHARK_PLUGIN_DIR": str(build / "plugins")}

    @staticmethod
    def path(path):
        return str(path)

    def run(self, *args):
        """The finished process, with bytes."""
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        return subprocess.run([*self.command, *args], env={**environment, **self.environment},
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=False)

    def text(self, *args):
        """Standard output of a run that must succeed."""
        done = self.run(*args)
        if done.returncode != 0:
            raise RuntimeError(f"{self.name}: tshark {' '.join(args)}: exit code {done.returncode}: "
                               f"{done.stderr.decode(errors='replace')[:2000]}")
        return plain(done.stdout)


class Windows(Linux):
    name = "Windows"
    module = "rst.dll"

    def __init__(self, folder):
        """folder: that of tshark.exe."""
        self.command = [str(HERE / "wine-run"), str(folder / "tshark.exe")]
        # A Wine of its own: it must not meet that of another chroot step in /tmp.
        self.wine = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.environment = {"WINEPREFIX": self.wine.name}
        # While a program runs, Wine's own services stay: without them, each start would start them as well.
        self.kept = subprocess.Popen([self.command[0], "cmd.exe"], env={**os.environ, **self.environment},
                                     stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @staticmethod
    def path(path):
        """As a user of Windows writes it; Wine has our root as drive Z."""
        return "Z:" + str(path).replace("/", "\\")


def own_fields(side):
    """Our rows of -G fields: names, types, texts."""
    return [line for line in side.text("-G", "fields").splitlines() if re.match(r"[PF]\t[^\t]*\trst(\.|\t|$)", line)]


def modes(fields):
    """{name: arguments}: the ways of asking what we know."""
    every = ["-Y", "rst || rst.finding.kind || rst.foreign", "-T", "fields", "-e", "frame.number"]
    for field in fields:
        every += ["-e", field]
    return {
        "one pass": every,
        "two passes": ["-2", *every],
        "JSON": ["-2", "-T", "json", "-j", "rst"],
        "rst,tree": ["-2", "-q", "-z", "rst,tree"],
        "rst,csv": ["-2", "-q", "-z", "rst,csv"],
        # The last three at once: under Wine, the start of a program takes longer than a sample.
        TOGETHER: ["-2", "-T", "json", "-j", "rst", "-z", "rst,tree", "-z", "rst,csv"],
    }


def differences(linux, windows):
    """Where lines begin to differ, for a reader: the first of them."""
    texts = [linux, windows]
    for pattern, other in OTHERS:
        texts = [pattern.sub(other, text) for text in texts]
    found = []
    pairs = itertools.zip_longest(*(text.splitlines() for text in texts), fillvalue="(no line)")
    for number, pair in enumerate(pairs, 1):
        if pair[0] != pair[1]:
            at = len(os.path.commonprefix(pair))
            one, other = (line[max(0, at - AROUND):at + AROUND] for line in pair)
            found.append(f"line {number}: {one!r}, under Wine {other!r}")
    return found[:SHOWN]


class Pair:
    def __init__(self, asked):
        self.sides = Linux(asked.linux), Windows(asked.windows)
        self.modes = modes([row.split("\t")[2] for row in own_fields(self.sides[0]) if row.startswith("F")])

    def texts(self, arguments):
        """What both say; arguments(side) = those of tshark there."""
        return [side.text(*arguments(side)) for side in self.sides]

    def finished(self, arguments):
        """Both processes; None for one that hangs."""
        return [attempt(side, arguments(side)) for side in self.sides]


def attempt(side, arguments):
    try:
        return side.run(*arguments)
    except subprocess.TimeoutExpired:
        return None


def add_sides(parser):
    parser.add_argument("--windows", type=Path, required=True, help="folder of tshark.exe")
    parser.add_argument("--linux", type=Path, required=True, help="build folder of the plugin for tshark here")
