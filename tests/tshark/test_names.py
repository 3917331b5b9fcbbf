"""Names beside addresses, and when a service worked: sample-captures/names, built by tests/gen/names.py.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import subprocess

import pytest
import tools

CAPTURE = tools.SAMPLES / "names" / "names.pcapng"
EXPECTED = tools.read_table(CAPTURE.parent / "expected-names.tsv")
FIELDS = ["frame.number", "rst.summary", "rst.server", "rst.service.name", "rst.service.name_from"]


def rows(tshark, capture=CAPTURE, passes=2):
    return {row["frame.number"][0]: row for row in tshark.fields(capture, FIELDS, "-Y", "rst", passes=passes)}


def value(row, name):
    return row[name][0] if row.get(name) else ""


@pytest.mark.parametrize("passes", [1, 2])
def test_names(tshark, passes):
    """In one pass as in two: a name is known before the reset, or not at all."""
    found = rows(tshark, passes=passes)
    shown = [(at, value(row, "rst.service.name"), value(row, "rst.service.name_from")) for at, row in found.items()]
    assert shown == [(row["frame"], row["name"], row["from"]) for row in EXPECTED]


def test_labels(tshark):
    """Behind the address of the server in its summary; without a name, nothing stands there."""
    labelled = 0
    for expected in EXPECTED:
        row = rows(tshark)[expected["frame"]]
        summary, server = value(row, "rst.summary"), value(row, "rst.server")
        if server in summary and expected["label"]:
            assert f"{server} ({expected['label']})" in summary
            labelled += 1
        elif server in summary:
            assert f"{server} (" not in summary
    assert labelled > 10


def test_problems(tshark):
    problems = json.loads(tshark("-2", "-q", "-r", CAPTURE, "-z", "rst,problems,json"))
    refused = next(one for one in problems["problems"] if one["server"] == "203.0.113.71:443")
    assert refused["service_name"] == "shop.example"
    assert refused["service_name_from"] in ("tls", "dns")
    assert "203.0.113.71:443 (shop.example)" in refused["title"]
    assert "service_name" in problems["quoted"]


def test_statistics(tshark):
    text = tshark("-2", "-q", "-r", CAPTURE, "-z", "rst,tree")
    assert "203.0.113.71:443 (shop.example)" in text


def test_history(tshark):
    """Three refusals between two that worked; counted like the problem that they are."""
    fields = ["frame.number", "rst.service.failed", "rst.service.total", "rst.service.last_success_frame",
              "rst.service.next_success_frame", "rst.service.history"]
    query = 'rst.server == "203.0.113.71:443"'
    found = tshark.fields(CAPTURE, fields, "-Y", query)
    assert len(found) == 3
    problems = json.loads(tshark("-2", "-q", "-r", CAPTURE, "-z", "rst,problems,json"))["problems"]
    problem = next(one for one in problems if one["server"] == "203.0.113.71:443")
    syns = [int(row["frame.number"][0]) for row in tshark.fields(
        CAPTURE, ["frame.number"], "-Y", "ip.dst == 203.0.113.71 && tcp.flags.syn == 1 && tcp.flags.ack == 0")]
    for row in found:
        assert (value(row, "rst.service.failed"), value(row, "rst.service.total")) == ("3", "5")
        assert (problem["connections_hit"], problem["connections_total"]) == (3, 5)
        assert int(value(row, "rst.service.last_success_frame")) == syns[0]
        assert int(value(row, "rst.service.next_success_frame")) == syns[-1]
        assert "3 of 5 connections to 203.0.113.71:443 (shop.example) failed. Last success" in value(
            row, "rst.service.history")
    assert tshark.fields(CAPTURE, ["rst.service.history"], "-Y", "rst.service.history", passes=1) == []


def test_later_traffic(tshark, tmp_path):
    """What a capture goes on with changes no name and no last success before."""
    frames = int(EXPECTED[7]["frame"])
    cut = tmp_path / "cut.pcapng"
    subprocess.run(["editcap", "-r", CAPTURE, cut, f"1-{frames}"], check=True)
    before = rows(tshark, cut)
    assert before == {at: row for at, row in rows(tshark).items() if int(at) <= frames}
    fields = ["frame.number", "rst.service.last_success", "rst.service.last_success_frame"]
    early = tshark.fields(cut, fields, "-Y", "rst.service.history")
    late = tshark.fields(CAPTURE, fields, "-Y", f"rst.service.history && frame.number <= {frames}")
    assert len(early) > 3
    assert early == late
