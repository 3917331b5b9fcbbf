"""A Wireshark on a screen of its own, operated as a person would: read the screen, click on what is written there.

The accessibility tree would be neater, but about every second Wireshark does not register with a bus that has just
been started (Qt 5.15, AT-SPI 2.46). Runs under `xvfb-run`, so that the screen disappears with it.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import bisect
import csv
import hashlib
import itertools
import os
import re
import shutil
import subprocess
import time
from collections import namedtuple
from pathlib import Path

from patience import PAUSE, Stuck, until

REPO = Path(__file__).resolve().parents[2]
PROFILE = "TCP Resets"
AGAIN = 10  # looks after which a key that a busy window may have missed is pressed again
TITLE = 40  # pixels for the title bar and borders
ZOOM = 2  # screen letters are too small for the text recognition

Word = namedtuple("Word", "text x y")  # the middle of the word


def simple(text):
    """Letters and digits only: the text recognition is not reliable for the rest."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def fewer(letters):
    """Whether the status bar says that a filter hides packets; an unfiltered one shows the same number twice."""
    counts = re.search(r"packets(\d+)\D{0,2}displayed(\d+)", letters)
    return counts and not counts[2].startswith(counts[1])


class Desk:
    """A window manager and one Wireshark; a context manager. size applies to the screen and to the main window."""

    def __init__(self, arguments, home, size="1500x950", profile=PROFILE):
        self.home, self.size, self.processes = Path(home), size, []
        self.read = {}  # {hash of a picture: the words in it}
        self.arguments = ["-C", profile, "-o", "gui.update.enabled:FALSE", *map(str, arguments)]

    def __enter__(self):
        self.install_profile()
        os.environ.update(HOME=str(self.home), LC_ALL="C.UTF-8", TZ="UTC", QT_FONT_DPI="110",
                          XDG_RUNTIME_DIR=str(self.home / "run"))
        (self.home / "run").mkdir(mode=0o700, exist_ok=True)
        self.start("openbox", "--sm-disable")
        self.wireshark = self.start("wireshark", *self.arguments)
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def install_profile(self):
        folder = self.home / ".config" / "wireshark" / "profiles" / PROFILE
        shutil.copytree(REPO / "packaging" / "profile" / PROFILE, folder, dirs_exist_ok=True)

    def start(self, *command):
        with open(self.home / f"{Path(command[0]).name}.log", "wb") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def xdotool(self, *arguments):
        done = subprocess.run(["xdotool", *map(str, arguments)], capture_output=True, text=True, check=False)
        return done.stdout.split()

    def window(self, part):
        """The window whose title contains `part`, raised above the others."""
        def probe():
            return self.xdotool("search", "--onlyvisible", "--name", re.escape(part))
        window = until(f"window {part!r}", self.wireshark, probe)[-1]
        self.xdotool("windowactivate", "--sync", window)
        return window

    def main_window(self, part):
        """The window of a capture, which gets the whole screen: where its size is stored depends on the version."""
        window = self.window(part)
        width, height = map(int, self.size.split("x"))
        self.xdotool("windowmove", window, 0, 0)
        self.xdotool("windowsize", window, width - 4, height - TITLE)
        return window

    def title(self, window):
        return " ".join(self.xdotool("getwindowname", window))

    def photograph(self, path, window="root"):
        subprocess.run(["import", "-window", window, str(path)], check=True)

    def quiet(self, window):
        """A picture of the screen once two in a row are the same: what is still being drawn is not worth reading. The
        cursor of an entry field blinks, and may do so forever."""
        path = self.home / "screen.ppm"
        last = None
        for _ in range(8):
            self.photograph(path, window)
            picture = path.read_bytes()
            if picture == last:
                break
            last = picture
            time.sleep(PAUSE / 2)
        return path, picture

    def words(self, window="root"):
        """What is written on the screen, or in a window. The same picture is read once: that takes seconds, while those
        who wait for a change want to look often."""
        path, picture = self.quiet(window)
        key = hashlib.sha256(picture).digest()
        if key not in self.read:
            self.read[key] = self.recognized(path)
        return self.read[key]

    def recognized(self, picture):
        large = self.home / "large.png"
        subprocess.run(["convert", picture, "-colorspace", "gray", "-resize", f"{100 * ZOOM}%", large], check=True)
        text = subprocess.run(["tesseract", large, "-", "--psm", "11", "tsv"], capture_output=True, text=True,
                              env={**os.environ, "OMP_THREAD_LIMIT": "1"}, check=True).stdout
        rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Word(row["text"], (int(row["left"]) + int(row["width"]) // 2) // ZOOM,
                     (int(row["top"]) + int(row["height"]) // 2) // ZOOM)
                for row in rows if (row["text"] or "").strip()]

    def read_until(self, text, window="root", matches=None, before=None):
        """Waits until the words of `text` appear one after another, and until `matches`, if given, is true of all words
        together, without spaces and punctuation. `before` is done first, and again when a busy window seems to have
        missed its keys; not before each look, because the looks would see what the keys stir up. Returns (the first of
        the words, all words)."""
        wanted = simple(text)
        looks = itertools.count()
        found = []

        def probe():
            if before and next(looks) % AGAIN == 0:
                before()
            found[:] = [word for word in self.words(window) if simple(word.text)]
            letters = "".join(simple(word.text) for word in found)
            if matches and not matches(letters):
                return None
            # The text recognition tears words apart and joins them: only the letters count.
            ends = list(itertools.accumulate(len(simple(word.text)) for word in found))
            starts = {0, *ends}
            for at in (place.start() for place in re.finditer(wanted, letters)):
                if at in starts:
                    return found[bisect.bisect_right(ends, at)], found
            return None
        try:
            return until(f"{text!r} on the screen", self.wireshark, probe)
        except Stuck as stuck:
            raise Stuck(f"{stuck}, which show: {' '.join(word.text for word in found)}") from stuck

    def click(self, text):
        place, _ = self.read_until(text)
        self.xdotool("mousemove", place.x, place.y, "click", 1)

    def filter(self, window, display_filter):
        """Types into the filter bar until the status bar counts fewer packets than there are: keys pressed while
        Wireshark is still filtering would be answered from the old list. On the command line, the filter would be
        applied while the file is still being read, when verdicts are provisional."""
        def enter():
            # A key that finds no entry field goes into the filter bar, and a list of completions takes keys, too.
            self.xdotool("key", "Escape", "key", "ctrl+slash", "key", "ctrl+a")
            self.xdotool("type", "--delay", 5, display_filter)
            self.xdotool("key", "Return")
        self.read_until("Displayed", window, fewer, enter)

    def go_to(self, frame):
        self.xdotool("key", "Escape", "key", "ctrl+g")
        self.xdotool("type", "--delay", 5, str(frame))
        self.xdotool("key", "Return")

    def open_menu(self, key):
        """Opens a menu of the main window with Alt and a key; one that is open already is closed first."""
        self.xdotool("key", "Escape", "sleep", 0.2, "key", f"alt+{key}", "sleep", 0.5)

    def menu(self, key, item):
        """Pointed at and chosen with Return: the menus of Qt 6 (Wireshark 4.4) ignore clicks by xdotool, and what has not
        moved at least six times since the menu opened."""
        place, _ = self.read_until(item, before=lambda: self.open_menu(key))
        for distance in range(-8, 1):
            self.xdotool("mousemove", place.x + distance, place.y, "sleep", 0.05)
        self.xdotool("sleep", 0.3, "key", "Return")
