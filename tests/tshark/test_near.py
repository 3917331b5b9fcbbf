"""Honest traffic that is odd (tests/gen/near.py): no packet of it is called foreign, except the first ones after a gap
of the capture that is larger than a window, and the verdicts stay.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import subprocess
import sys
from collections import defaultdict

import pytest
import tools


@pytest.fixture(scope="module")
def near(tmp_path_factory):
    """(file of all captures, {frame there: row}). They have no hosts in common, and one start of tshark reads them."""
    pytest.importorskip("scapy")
    out = tmp_path_factory.mktemp("near")
    generator = tools.REPO / "tests" / "gen" / "near.py"
    subprocess.run([sys.executable, "-B", str(generator), "--out", str(out)], check=True, timeout=tools.TIMEOUT)
    table = tools.read_table(out / "near.tsv")
    captures = [out / name for name in dict.fromkeys(row["capture"] for row in table)]
    bundle = tools.Bundle(captures, out / "all.pcapng")
    rows, first = {}, 0
    for capture in captures:
        rows |= {first + int(row["frame"]): row for row in table if row["capture"] == capture.name}
        first += tools.frame_count(capture)
    return bundle, rows


@pytest.mark.parametrize("passes", [1, 2])
def test_verdicts(tshark, near, passes):
    bundle, rows = near
    verdicts = tshark.resets(bundle.path, ["rst.cause", "rst.sender"], passes=passes)
    found = {frame: (values["rst.cause"][0], values["rst.sender"][0]) for frame, values in verdicts.items()}
    wrong = [f"{row['capture']} {row['frame']}: {found[frame]}" for frame, row in rows.items()
             if found[frame] != (row["cause"], row["sender"])]
    assert wrong == []


@pytest.mark.parametrize("passes", [1, 2])
def test_nothing_is_foreign(tshark, near, passes):
    if "rst.foreign" not in tools.field_list(tshark):
        pytest.skip("this build has no field rst.foreign")
    bundle, rows = near
    allowed = {row["capture"]: int(row["foreign"]) for row in rows.values()}
    shown = tshark.fields(bundle.path, ["frame.number", "rst.foreign"], "-Y", "rst.foreign", passes=passes)
    places = defaultdict(list)
    for row in shown:
        capture, frame = place_of(bundle, int(row["frame.number"][0]))
        places[capture].append((frame, *row["rst.foreign"]))
    assert {name: found for name, found in places.items() if len(found) > allowed[name]} == {}


def place_of(bundle, frame):
    """Name of the capture and frame number there."""
    for capture in bundle.captures:
        count = tools.frame_count(capture)
        if frame <= count:
            return capture.name, frame
        frame -= count
    raise IndexError(frame)
