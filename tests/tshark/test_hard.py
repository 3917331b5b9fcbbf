"""The mechanisms in which experts were better, against floors in tests/accuracy/floors.json that are only ever raised:
captures of our own (tests/gen/hard_sisters.py), where each mechanism is played by several hosts and seen from several
places, and the tables of the shared folders hard and reported.

A wrong verdict at 90 or more is as bad as a false accusation: neither may appear.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import subprocess
import sys

import cases
import limits
import pytest
import sharkd
import tools

FLOORS = json.loads((tools.REPO / "tests" / "accuracy" / "floors.json").read_text(encoding="utf-8"))["tables"]
WAYS = {1: "one pass", 2: "two passes"}


def verdict_of(values):
    cause, confidence, sender, summary = (values[name] for name in cases.FIELDS)
    return cause, int(confidence), sender, summary


def in_two_passes(tshark, paths):
    """{name of the capture: {frame: verdict}}"""
    read = sharkd.verdicts(tshark.environment(), [(path, []) for path in paths], jobs=1)
    return {path.name: {frame: verdict_of(row) for frame, row in rows.items()} for path, rows in zip(paths, read)}


def in_one_pass(tshark, path):
    """{frame: verdict}"""
    rows = tshark.resets(path, cases.FIELDS, passes=1)
    return {frame: verdict_of({name: "".join(row[name][:1]) for name in cases.FIELDS}) for frame, row in rows.items()}


def judged(rows, verdicts):
    """verdicts: {capture: {frame: verdict}}"""
    def found(row):
        of_capture = verdicts[row["capture"]]
        return next(iter(of_capture.values()), None) if row["frame"] == "0" else of_capture.get(int(row["frame"]))
    return [cases.Judged(row, found(row)) for row in rows]


def check(name, passes, found):
    """Says what is not right, and compares with the floors."""
    values = cases.figures(found)
    print(values, *(one.line() for one in found if one.faults or not one.right), sep="\n")
    assert limits.broken(f"{name}, {WAYS[passes]}", values, FLOORS[name][WAYS[passes]]) == []


@pytest.fixture(scope="module")
def sisters(tmp_path_factory):
    """(rows of the table, paths of its captures)"""
    pytest.importorskip("scapy")
    out = tmp_path_factory.mktemp("sisters")
    generator = tools.REPO / "tests" / "gen" / "hard_sisters.py"
    subprocess.run([sys.executable, "-B", str(generator), "--out", str(out)], check=True, timeout=tools.TIMEOUT)
    rows = tools.read_table(out / "cases.tsv")
    return rows, paths_of(rows, out)


def paths_of(rows, folder):
    return [folder / name for name in dict.fromkeys(row["capture"] for row in rows)]


def together_in_one_pass(tshark, rows, paths):
    """As in_two_passes(). One start of tshark reads all that have one point, for they have no hosts in common; the
    clocks of two points are compared across a whole file."""
    alone = {row["capture"] for row in rows if row["mechanism"].endswith("two points")}
    verdicts = {path.name: in_one_pass(tshark, path) for path in paths if path.name in alone}
    paths = [path for path in paths if path.name not in alone]
    counts = [int(line.split()[-1]) for line in tools.tool("capinfos", "-TMrc", *paths).splitlines()]
    bundle = tools.Bundle(paths, paths[0].parent / "all.pcapng")
    found, first = in_one_pass(tshark, bundle.path), 0
    for path, count in zip(paths, counts):
        verdicts[path.name] = {n: found[first + n] for n in range(1, count + 1) if first + n in found}
        first += count
    return verdicts


@pytest.mark.parametrize("passes", WAYS)
def test_sisters(tshark, sisters, passes):
    rows, paths = sisters
    verdicts = in_two_passes(tshark, paths) if passes == 2 else together_in_one_pass(tshark, rows, paths)
    with_row = {(row["capture"], int(row["frame"])) for row in rows}
    assert {(name, frame) for name, of in verdicts.items() for frame in of} - with_row == set()
    check("sisters", passes, judged(rows, verdicts))


def test_sisters_are_many(sisters):
    """Each mechanism is played by several casts, over IPv4 and IPv6, and has a near miss."""
    rows, _ = sisters
    plays = {}
    for row in rows:
        mechanism, _, rest = row["capture"].partition("_")
        plays.setdefault(mechanism, set()).add(rest.removesuffix(".pcapng"))
    assert len(plays) >= 38
    assert {name: of for name, of in plays.items() if len(of) < 2} == {}
    assert len([name for name, of in plays.items() if any(play.startswith("near_") for play in of)]) >= 28


@pytest.mark.parametrize("passes", WAYS)
@pytest.mark.parametrize("name", ["hard", "reported"])
def test_shared(tshark, shared, name, passes):
    table = shared / name / "cases.tsv"
    if not table.is_file():
        pytest.skip(f"no table of cases in {table.parent}")
    rows = tools.read_table(table)
    paths = paths_of(rows, table.parent)
    if passes == 2:
        verdicts = in_two_passes(tshark, paths)
    else:
        verdicts = {path.name: in_one_pass(tshark, path) for path in paths}
    check(name, passes, judged(rows, verdicts))


@pytest.mark.parametrize(
    "verdict, faults, right",
    [
        (("app_abort", 75, "server"), set(), True),
        (("close_race", 60, "server"), set(), False),
        (("close_race", 61, "server"), {"cause"}, False),
        (("app_abort", 75, "client"), {"sender"}, True),
        (("app_abort", 75, "middlebox"), {"sender", "accusation"}, True),
        (("injected", 50, "middlebox"), {"cause", "sender", "accusation"}, False),
        (("injected", 49, "server"), {"cause"}, False),
        (None, set(), False),
    ],
)
def test_judge(verdict, faults, right):
    row = {"frame": "7", "expected": "app_abort|unread_data", "acceptable": "close_race<=60", "sender": "server"}
    one = cases.Judged(row, verdict)
    assert (one.faults, one.right) == ((faults or {"cause"}) if verdict is None else faults, right)


def test_broken():
    values = {"right": 80.0, "accusations": 1, "sure_wrong": 0}
    assert limits.broken("x", values, {"right": 80.1, "accusations": 0, "sure_wrong": 0, "absent": 1}) == [
        "x: right is 80.0, floor 80.1", "x: accusations is 1, limit 0"]
    assert limits.broken("x", values, {"right": 80, "accusations": 1}) == []
