"""Wireshark's own windows: capture, profile, filter, statistics.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "gui"))

import screens  # noqa: E402  (needs the path above)

CAUSE = "closed_port"
SCREENS = ("1366x768", "1680x1000")
ANSWERS = ("201", "565")  # resets whose summaries take two lines
SIZE = "1150x760"


@pytest.fixture(scope="module")
def seen(tshark, tour, tmp_path_factory):
    """What the windows show after `rst.cause == "closed_port"` and Statistics > TCP Reset Causes."""
    problem = screens.missing()
    if problem:
        pytest.skip(f"GUI: {problem}")
    home = tmp_path_factory.mktemp("gui")
    environment = {**tshark.environment(), "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    done = screens.play("drive.py", [home, tour, f'rst.cause == "{CAUSE}"'], environment, SIZE)
    assert done.returncode == 0, done.stdout
    return json.loads((home / "seen.json").read_text(encoding="utf-8"))


def letters(text):
    """Without spaces and punctuation, which the text recognition does not read reliably."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def test_filter(tshark, tour, seen):
    """The status bar counts the filtered packets."""
    resets = tshark.resets(tour, ["rst.cause"], "-Y", f'rst.cause == "{CAUSE}"')
    assert f"displayed{len(resets)}" in letters(seen["main"]), seen["main"]


def test_profile(seen):
    """Buttons and columns of the profile."""
    for text in ("All resets", "Not benign", "Cause", "Sender", "Summary", "Profile: TCP Resets"):
        assert letters(text) in letters(seen["main"]), f"{text!r} in {seen['main']}"


def test_details(seen):
    """The first line of the verdict."""
    assert letters("TCP Reset Cause: Connection refused: port closed") in letters(seen["main"]), seen["main"]


def test_statistics(seen):
    """The first screen of the list: problems, then causes by count."""
    assert "TCP Reset Causes" in seen["title"]
    shown = letters(seen["statistics"])
    assert 0 <= shown.index("problems") < shown.index("firstresets"), seen["statistics"]
    assert re.search(r"connectionrefused", shown[shown.index("firstresets"):]), seen["statistics"]


@pytest.fixture(scope="module", params=SCREENS)
def answers(request, tshark, tour, tmp_path_factory):
    """{frame: what stands below the packet list} on a screen of that size."""
    problem = screens.missing()
    if problem:
        pytest.skip(f"GUI: {problem}")
    home = tmp_path_factory.mktemp("gui")
    environment = {**tshark.environment(), "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    done = screens.play("read.py", [home, tour, "rst || rst.finding.kind", request.param, *ANSWERS], environment,
                        request.param)
    assert done.returncode == 0, done.stdout
    return json.loads((home / "read.json").read_text(encoding="utf-8"))


def unread(sentence, shown):
    """Words of a sentence that cannot be read; only long ones, because the text recognition guesses the others."""
    return [word for word in sentence.split() if len(letters(word)) > 3 and letters(word) not in letters(shown)]


def test_answer_is_legible(tshark, tour, answers):
    """Without a click: the whole sentence, to its end, and what to do. Nothing is cut off at the edge."""
    for frame in ANSWERS:
        row = tshark.resets(tour, ["rst.summary", "rst.advice"], "-Y", f"frame.number == {frame}")[int(frame)]
        summary, advice = row["rst.summary"][0], row["rst.advice"][0]
        shown = answers[frame]
        assert len(unread(summary, shown)) <= len(summary.split()) / 8, (unread(summary, shown), shown)
        end = " ".join(summary.split()[-5:])
        assert len(unread(end, shown)) <= 1, (end, shown)
        begin = " ".join(advice.split()[:12])
        assert "advice" in letters(shown) and len(unread(begin, shown)) <= 2, (begin, shown)
