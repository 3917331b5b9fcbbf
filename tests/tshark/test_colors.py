"""The colors of the profile and of the reports: readable, and told apart by everybody (docs/colors.md). Computed from
the files, as eyes with and without one of the three kinds of cones see them.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import itertools
import math
import re
import runpy

import pytest
import tools

PROFILE = tools.REPO / "packaging" / "profile" / "TCP Resets" / "colorfilters"
APART = 10.5    # CIEDE2000 between any two backgrounds; 1 is what a trained eye just sees
READABLE = 4.5  # contrast of text, WCAG 2.2, 1.4.3 (AA)
WHITE = (255, 255, 255)  # of all other packets
# Machado, Oliveira, Fernandes 2009, severity 1.0, for linear RGB.
EYES = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
}
CATEGORIES = {"network": "Reset: something on the path", "timeout": "Reset: timeout", "refused": "Reset: refused",
              "application": "Reset: application", "stale": "Reset: no such connection",
              "handshake": "Reset: handshake", "declared": "Reset: states its reason",
              "artefact": "Reset: artefact of the capture", "unknown": "Reset: undecided",
              "no reset": "Failure without a reset"}


def profile():
    """{name: (background, text)}, with eight bits each."""
    found = re.findall(r"^@(.*?)@.*@\[(.*?)\]\[(.*?)\]$", PROFILE.read_text(encoding="utf-8"), re.M)
    return {name: tuple(tuple(int(part) // 257 for part in color.split(",")) for color in colors)
            for name, *colors in found}


def linear(color):
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (c / 255 for c in color)]


def times(matrix, color):
    return [sum(a * b for a, b in zip(row, color)) for row in matrix]


def contrast(one, other):
    dark, light = sorted(times(((0.2126, 0.7152, 0.0722),), linear(color))[0] for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(color, eyes):
    """CIE L*a*b* (D65) of what these eyes see."""
    seen = [min(1, max(0, part)) for part in times(eyes, linear(color))]
    xyz = times(((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750),
                 (0.0193339, 0.1191920, 0.9503041)), seen)
    x, y, z = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116
               for t in (part / white for part, white in zip(xyz, (0.95047, 1, 1.08883))))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one, other):
    """CIEDE2000 (Sharma, Wu, Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    more = 1.5 - 0.5 * math.sqrt(mean ** 7 / (mean ** 7 + 25 ** 7))
    c1, c2 = math.hypot(a1 * more, b1), math.hypot(a2 * more, b2)
    h1, h2 = (math.degrees(math.atan2(b, a * more)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    hue = h1 + h2 if not c1 * c2 else (h1 + h2) / 2 + (180 if abs(h1 - h2) > 180 else 0)
    cos = [math.cos(math.radians(angle)) for angle in (hue - 30, 2 * hue, 3 * hue + 6, 4 * hue - 63)]
    weight = 1 - 0.17 * cos[0] + 0.24 * cos[1] + 0.32 * cos[2] - 0.2 * cos[3]
    dl = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / math.sqrt(20 + (light - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / (1 + 0.015 * chroma * weight)
    bend = -2 * math.sqrt(chroma ** 7 / (chroma ** 7 + 25 ** 7)) * math.sin(
        math.radians(60 * math.exp(-(((hue % 360 - 275) / 25) ** 2))))
    return math.sqrt(dl ** 2 + dc ** 2 + dh ** 2 + bend * dc * dh)


@pytest.mark.parametrize("one,other,distance", [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425), ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
    ((50, 2.5, 0), (73, 25, -18), 27.1492), ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082)])
def test_the_measure(one, other, distance):
    """Pairs of the paper of Sharma and others."""
    assert abs(difference(one, other) - distance) < 0.0001


@pytest.mark.parametrize("eyes", EYES)
def test_told_apart(eyes):
    grounds = {ground: name for name, (ground, _) in profile().items()} | {WHITE: "other packets"}
    assert len(grounds) == len(profile())  # the two kinds of plain TCP packets share one
    near = {(grounds[one], grounds[other]): round(difference(lab(one, EYES[eyes]), lab(other, EYES[eyes])), 1)
            for one, other in itertools.combinations(grounds, 2)}
    pale = min((pair for pair in near if "TCP: start and end" in pair and "other packets" in pair), default=None)
    assert near.pop(pale) > 2  # they need not stand out
    assert min(near.values()) >= APART, sorted(near.items(), key=lambda item: item[1])[:5]


def test_readable():
    poor = {name: contrast(*colors) for name, colors in profile().items() if contrast(*colors) < READABLE}
    assert poor == {}


def test_reports_have_the_same():
    colors = profile()
    page = runpy.run_path(str(tools.REPO / "packaging" / "rst-report-page"))["CATEGORIES"]
    assert {name: tuple(tuple(bytes.fromhex(color[1:])) for color in two) for name, two in page.items()} == \
        {name: colors[rule] for name, rule in CATEGORIES.items()}
    batch = runpy.run_path(str(tools.REPO / "packaging" / "rst-batch-report"))["CATEGORIES"]
    assert batch == {name: page[name][0] for name in CATEGORIES}
