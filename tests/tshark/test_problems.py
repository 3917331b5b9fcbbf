"""Problems: the machine form against its schema, and what is made of samples.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json

import pytest
import tools

SCHEMA = tools.REPO / "docs" / "problems.schema.json"


def problems_of(tshark, capture, *args):
    text = tshark("-2", "-q", "-r", capture, *args, "-z", "rst,problems,json")
    assert text.isascii()
    return json.loads(text)


def check_schema(report):
    jsonschema = pytest.importorskip("jsonschema", reason="python3-jsonschema is not installed")
    jsonschema.validate(report, json.loads(SCHEMA.read_text(encoding="utf-8")))


def check_whole(report):
    """What a schema cannot say."""
    for number, problem in enumerate(report["problems"], 1):
        assert problem["number"] == number
        assert problem["connections_hit"] <= problem["connections_in_period"] <= problem["connections_total"]
        assert problem["example_frame"] in problem["frames"] or problem["frames_total"] > len(problem["frames"])
        assert problem["frames"] == sorted(problem["frames"])
        assert problem["cause"] in problem["causes"] or problem["confidence"] <= 60
    assert len({problem["id"] for problem in report["problems"]}) == len(report["problems"])


def test_samples(tshark, bundle):
    report = problems_of(tshark, bundle.path)
    check_schema(report)
    check_whole(report)


def test_fields_agree(tshark, tour):
    """rst.problem stands on the frames that the machine form lists."""
    report = problems_of(tshark, tour)
    rows = tshark.fields(tour, ["frame.number", "rst.problem", "rst.problem.title"], "-Y", "rst.problem")
    on_frame = {int(row["frame.number"][0]): (int(row["rst.problem"][0]), row["rst.problem.title"][0]) for row in rows}
    for problem in report["problems"]:
        for frame in problem["frames"]:
            assert on_frame[frame] == (problem["number"], problem["title"])


def test_one_pass(tshark, tour):
    """The problems are made at the end, when all is known; the fields need the second pass."""
    assert json.loads(tshark("-q", "-r", tour, "-z", "rst,problems,json")) == problems_of(tshark, tour)
    assert tshark.fields(tour, ["rst.problem"], "-Y", "rst.problem", passes=1) == []


def test_bounded(tshark, tour):
    whole = problems_of(tshark, tour)
    some = json.loads(tshark("-2", "-q", "-r", tour, "-z", "rst,problems,json,3"))
    assert some["problems"] == whole["problems"][:3]
    assert some["problems_total"] == len(whole["problems"])
    check_schema(some)
    assert "And " in tshark("-2", "-q", "-r", tour, "-z", "rst,problems,3")


def test_text(tshark, tour):
    text = tshark("-2", "-q", "-r", tour, "-z", "rst,problems")
    assert text.startswith("Capture: ")
    assert "\n1. " in text
