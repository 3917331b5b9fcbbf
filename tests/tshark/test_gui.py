"""The graphical Wireshark on a virtual screen: things that only the GUI can do with an open file.

One session goes through all steps; after each, the verdicts on all resets in the open file are compared with those of a
fresh tshark. Skipped without wireshark, Xvfb, xdotool or Lua.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tools

sys.path.insert(0, str(Path(__file__).parents[1] / "gui"))

from patience import until  # noqa: E402  (needs the path above)

FIELDS = ["frame.number", "rst.cause", "rst.sender", "rst.confidence", "rst.summary", "rst.trigger"]
FIRST = tools.SAMPLES / "tour.pcapng"
OTHER = tools.SAMPLES / "policy_reset" / "policy_reset.pcapng"
IDLE = "86400"
HANGING = 120  # seconds for one command
# Name of the step and the keys that the test presses for it; steps.lua does the others.
STEPS = [
    ("opened", []),
    ("redissected", []),
    ("reloaded", []),
    ("filtered", []),
    ("unfiltered", []),
    ("preference", []),
    ("preference_back", []),
    ("other_file", []),
    ("first_file", []),
    ("decode_as_tcp", []),
    ("frame_ignored", ["ctrl+d"]),
    ("frame_heeded", ["ctrl+d"]),
    ("time_reference", ["ctrl+t"]),
    ("no_time_reference", ["ctrl+t"]),
    ("profile", ["profile", "Down", "Return"]),
    ("disabled", ["profile", "Down", "Return"]),
    ("enabled", ["profile", "Home", "Return"]),
]
SAME = [name for name, _ in STEPS if name not in ("preference", "other_file", "profile", "disabled", "frame_ignored")]


class Screen:
    """Wireshark with one file open on a virtual screen."""

    def __init__(self, tshark, folder):
        self.out = folder / "answers.txt"
        self.started = []
        self.screen = subprocess.Popen(["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24"],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.started.append(self.screen)
        self.environment = {
            **tshark.environment(),
            "DISPLAY": f":{self.screen.stdout.readline().strip()}",
            "XDG_RUNTIME_DIR": str(folder),
            "RST_FIELDS": " ".join(FIELDS),
            "RST_STEPS": " ".join(name for name, _ in STEPS),
            "RST_OUT": str(self.out),
            "RST_IDLE": IDLE,
            "RST_FIRST": str(FIRST),
            "RST_OTHER": str(OTHER),
        }
        script = Path(__file__).with_name("steps.lua")
        self.started.append(subprocess.Popen(
            ["wireshark", "-o", "gui.update.enabled:FALSE", "-X", f"lua_script:{script}", "-r", str(FIRST)],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def opened(self):
        self.main = self.window(FIRST.name)  # its title follows the file that is open

    def xdotool(self, *words):
        done = subprocess.run(["xdotool", *words], env=self.environment, capture_output=True, text=True, check=False,
                              timeout=HANGING)
        return done.stdout.split()

    def window(self, name):
        return self.wait(lambda: self.xdotool("search", "--onlyvisible", "--name", name), f"window {name}")[-1]

    def wait(self, ready, what):
        return until(what, self.started[-1], ready)

    def press(self, keys):
        self.xdotool("windowfocus", "--sync", self.main)
        for key in keys:
            if key == "profile":
                self.xdotool("key", "ctrl+shift+a")
                self.xdotool("windowfocus", "--sync", self.window("Configuration Profiles"))
            else:
                self.xdotool("key", key)
            time.sleep(0.5)

    def call(self, wanted):
        """Calls the last item of the Tools menu; again if nothing happens, because keys may come too early."""
        def answered():
            self.press(["alt+t", "Up", "Return"])
            for _ in range(50):
                text = self.out.read_text() if self.out.exists() else ""
                if wanted in text:
                    return text
                time.sleep(0.1)
            return ""
        return self.wait(answered, wanted)

    def step(self, name, keys):
        self.press(keys)
        self.call(f"taken\t{name}\n")
        time.sleep(0.5)
        text = self.call(f"done\t{name}\n")
        lines = text.split(f"done\t{name}\n", 1)[1].split("end\n", 1)[0].splitlines()
        return [line.split("\t") for line in lines]

    def close(self):
        for process in reversed(self.started):
            process.kill()
            process.wait()


def profiles(home):
    """In the list of profiles, Default is followed by these."""
    folder = home / ".config" / "wireshark"
    shutil.rmtree(folder, ignore_errors=True)
    for name, file, content in (("a", "preferences", f"rst.idle_min_s: {IDLE}\n"), ("b", "disabled_protos", "rst\n")):
        (folder / "profiles" / name).mkdir(parents=True)
        (folder / "profiles" / name / file).write_text(content)


@pytest.fixture(scope="module")
def answers(tmp_path_factory, tshark):
    missing = [name for name in ("wireshark", "Xvfb", "xdotool") if not shutil.which(name)]
    if missing or not re.search(rb"(with |\+)Lua", tshark.run("--version").stdout):  # + since 4.6
        pytest.skip(f"missing: {' '.join(missing) or 'Lua'}")
    folder = tmp_path_factory.mktemp("gui")
    gui = tools.Tshark(folder, tshark.plugins)  # a separate home, because Wireshark saves changes
    profiles(folder)
    screen = Screen(gui, folder)
    try:
        screen.opened()
        yield {name: screen.step(name, keys) for name, keys in STEPS}
    finally:
        screen.close()


def fresh(tshark, capture, *args):
    """The verdicts of a fresh start, in the form of the session's."""
    rows = tshark.resets(capture, FIELDS[1:], *args)
    return [[str(frame), *(",".join(values) for values in row.values())] for frame, row in rows.items()]


@pytest.fixture(scope="module")
def usual(tshark):
    return fresh(tshark, FIRST)


@pytest.mark.parametrize("name", SAME)
def test_same_as_fresh(answers, usual, name):
    assert answers[name] == usual


@pytest.mark.parametrize("name", ["preference", "profile"])
def test_preference(tshark, answers, usual, name):
    expected = fresh(tshark, FIRST, "-o", f"rst.idle_min_s:{IDLE}")
    assert expected != usual, "the preference changes nothing in this file: the test needs another"
    assert answers[name] == expected


def test_other_file(tshark, answers):
    """Nothing of the first file is left."""
    assert answers["other_file"] == fresh(tshark, OTHER)


def test_disabled(answers):
    assert answers["disabled"] == []


def test_ignored(answers, usual):
    """An ignored frame is not analyzed, as if it had not been captured; it keeps its number."""
    assert [row[0] for row in answers["frame_ignored"]] == [row[0] for row in usual]
