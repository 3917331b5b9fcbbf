"""Packets that somebody wrote under another's address do not move a verdict: captures of our own (tests/gen/framing.py)
and the ones of the shared folder framing.

What a row of their tables means says tests/accuracy/cases.py. Blaming something on the way is never acceptable unless
the row does so.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import subprocess
import sys
from collections import Counter

import pytest
import tools
from cases import judge

FIELDS = ["rst.cause", "rst.confidence", "rst.sender"]
RIGHT = 0.95  # of the rows of a table, causes and senders

# The row of the shared table that one pass cannot know: only the packet after the reset gives it away.
KNOWN_LATER = ("f03_near_goes_on_truly.pcapng", "18")


def faults_of(tshark, table, passes, name=None):
    """[(row, verdict, faults)] of a table, or of one capture in it; the captures lie beside it."""
    rows = [row for row in tools.read_table(table) if name in (None, row["capture"])]
    verdicts = {}
    for capture in sorted({row["capture"] for row in rows}):
        for frame, values in tshark.resets(table.parent / capture, FIELDS, passes=passes).items():
            cause, confidence, sender = (values[field][0] for field in FIELDS)
            verdicts[capture, frame] = (cause, int(confidence), sender)
    found = [(row, verdicts[row["capture"], int(row["frame"])]) for row in rows]
    return [(row, verdict, judge(row, verdict)) for row, verdict in found]


def place(row):
    return row["capture"], row["frame"]


def complaints(found):
    """One line for each row with faults, for the message of a failure."""
    return [f"{row['capture']} {row['frame']}: {verdict}, {sorted(faults)}" for row, verdict, faults in found if faults]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The table of our own captures. In a process of its own: the generator has modules of the same names."""
    pytest.importorskip("scapy")
    out = tmp_path_factory.mktemp("framing")
    generator = tools.REPO / "tests" / "gen" / "framing.py"
    subprocess.run([sys.executable, "-B", str(generator), "--out", str(out)], check=True, timeout=tools.TIMEOUT)
    return out / "cases.tsv"


@pytest.mark.parametrize("passes", [1, 2])
@pytest.mark.parametrize(
    "name", ["data_after", "reset_before_ipv6", "syn_before_device", "reset_between_points"]
)
def test_built(tshark, built, name, passes):
    found = faults_of(tshark, built, passes, f"{name}.pcapng")
    assert found
    assert complaints(found) == []


def check_shares(found):
    """Nobody on the way is accused, and nearly all causes and senders are right."""
    faults = Counter(fault for _, _, kinds in found for fault in kinds)
    assert faults["accusation"] == 0, complaints(found)
    assert faults["cause"] <= (1 - RIGHT) * len(found), complaints(found)
    assert faults["sender"] <= (1 - RIGHT) * len(found), complaints(found)


def sisters_of(tshark, table, passes, twins):
    """As faults_of(), for the sisters or for their honest twins: all in one file, because starts of tshark cost most.
    No two of them have hosts in common."""
    rows = [row for row in tools.read_table(table)
            if "-" in row["capture"] and row["capture"].endswith("-twin.pcapng") == twins]
    captures = [table.parent / name for name in dict.fromkeys(row["capture"] for row in rows)]
    bundle = tools.Bundle(captures, table.parent / f"{'twins' if twins else 'sisters'}-{passes}.pcapng")
    verdicts = tshark.resets(bundle.path, FIELDS, passes=passes)
    first, found = 0, []
    for capture in captures:
        for row in rows:
            if row["capture"] == capture.name:
                cause, confidence, sender = (verdicts[first + int(row["frame"])][field][0] for field in FIELDS)
                verdict = cause, int(confidence), sender
                found.append((row, verdict, judge(row, verdict)))
        first += tools.frame_count(capture)
    return found


@pytest.mark.parametrize("passes", [1, 2])
def test_sisters(tshark, built, passes):
    """Other addresses, stacks, distances, numbers and times than those of the shared folder, by the same mechanisms."""
    check_shares(sisters_of(tshark, built, passes, False))


@pytest.mark.parametrize("passes", [1, 2])
def test_honest_twins(tshark, built, passes):
    """The same without what is forged."""
    found = sisters_of(tshark, built, passes, True)
    assert len({row["mechanism"] for row, _, _ in found}) == 20
    assert complaints(found) == []


@pytest.mark.parametrize("passes", [1, 2])
@pytest.mark.parametrize(
    "name", ["text_in_healthy", "text_of_client", "text_of_big_ip", "fast_close_unasked", "fast_close_of_stranger"]
)
def test_built_words(tshark, built, name, passes):
    """What a reset says of itself does not override what the packets say."""
    found = faults_of(tshark, built, passes, f"{name}.pcapng")
    assert found
    assert complaints(found) == []


@pytest.mark.parametrize("passes", [1, 2])
def test_shared(tshark, shared, passes):
    table = shared / "framing" / "cases.tsv"
    if not table.is_file():
        pytest.skip(f"no captures with forged packets in {shared}")
    found = faults_of(tshark, table, passes)
    assert len(found) >= 30
    check_shares(found if passes == 2 else [one for one in found if place(one[0]) != KNOWN_LATER])


def test_known_later(tshark, shared):
    """One pass says itself that it may not know it; nobody is accused meanwhile."""
    capture, frame = KNOWN_LATER
    path = shared / "framing" / capture
    if not path.is_file():
        pytest.skip(f"no captures with forged packets in {shared}")
    row = tshark.resets(path, ["rst.provisional", "rst.sender"], passes=1)[int(frame)]
    assert tools.truth(row["rst.provisional"]) == [True] and row["rst.sender"] != ["middlebox"]
