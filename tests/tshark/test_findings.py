"""Failures without a reset, and the filters that lead from a reset to its connection.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import re

import pytest
import tools

CAPTURE = tools.SAMPLES / "findings" / "findings.pcapng"
EXPECTED = tools.read_table(CAPTURE.parent / "expected-findings.txt")
FIELDS = ["frame.number", "rst.finding.kind", "rst.finding.count", "rst.finding.summary", "rst.finding.advice",
          "rst.finding.advice.step"]
CASES = tools.sample_captures()


def findings(tshark, capture, *args, passes=2):
    return tshark.fields(capture, FIELDS, *("-Y", "rst.finding.kind") if "-Y" not in args else (), *args, passes=passes)


@pytest.mark.parametrize("capture,table", [
    (CAPTURE, CAPTURE.parent / "expected-findings.txt"),
    (tools.SAMPLES / "tour.pcapng", tools.SAMPLES / "tour-findings.tsv")], ids=["findings", "tour"])
def test_expected(tshark, capture, table):
    rows = findings(tshark, capture)
    actual = [[row["frame.number"], row["rst.finding.kind"], row["rst.finding.count"]] for row in rows]
    assert actual == [[[row["frame"]], [row["kind"]], [row["count"]]] for row in tools.read_table(table)] != []
    for row in rows:
        assert len(row["rst.finding.summary"]) == len(row["rst.finding.advice"]) == 1


def test_sentences(tshark):
    text = {row["frame.number"][0]: row["rst.finding.summary"][0] for row in findings(tshark, CAPTURE)}
    said = [text[row["frame"]] for row in EXPECTED]
    assert "203.0.113.61:443 never answered" in said[0] and "SYN 4 times in 7.0 s" in said[0]
    assert "203.0.113.62:5432 (shop.example) stopped answering" in said[1] and "7 times" in said[1]
    assert "203.0.113.1 on the path answered ICMP communication administratively prohibited" in said[2]
    assert "ICMP host unreachable" in said[3]
    for at, server in ((4, "203.0.113.65:3343"), (5, "[2001:db8:6::53]:53")):
        assert f"could not reach {server} over UDP: the host itself answered ICMP port unreachable" in said[at]


def test_advice_of_silence(tshark):
    """The advice in Microsoft's article for packets that reach the host and go unanswered."""
    for row in findings(tshark, CAPTURE)[:2]:
        steps = " ".join(row["rst.finding.advice.step"])
        assert ("Filtering Platform Packet Drop" in steps and "netsh wfp show state" in steps) == ("Windows" in steps)


def test_no_reset(tshark):
    """The bare filter means resets."""
    assert tshark.resets(CAPTURE, ["rst.cause"]) == {}


def test_one_pass_knows_none(tshark):
    """A failure by silence is known only at the end of the file."""
    assert findings(tshark, CAPTURE, passes=1) == []


def test_statistics(tshark):
    """Counted separately from resets."""
    text = tshark("-2", "-q", "-r", CAPTURE, "-z", "rst,tree")
    counts = dict(re.findall(r"^ *(\S[^\d\n]*?) +(\d+) ", text, re.MULTILINE))
    assert counts["First resets"] == "0"
    assert counts["Failures without a reset"] == str(len(EXPECTED))
    assert counts["icmp_unreachable (ICMP says unreachable)"] == "4"


def test_expert(tshark):
    text = tshark("-2", "-q", "-r", CAPTURE, "-z", "expert")
    counts = re.findall(r"^ +(\d+) +Sequence +TCP Reset Cause +(?! |Problem \d)(.*)$", text, re.MULTILINE)
    assert sum(int(count) for count, _ in counts) == len(EXPECTED)
    assert ("1", "No answer to SYN") in counts  # without the server, so that equal ones are one line
    for kind in {row["kind"] for row in EXPECTED}:
        found = findings(tshark, CAPTURE, "-Y", f"rst.finding.expert.{kind}")
        assert [row["frame.number"][0] for row in found] == [row["frame"] for row in EXPECTED if row["kind"] == kind]
    assert tshark("-2", "-r", CAPTURE, "-Y", "rst.expert_problem")


@pytest.mark.parametrize("number", [1, 58])
def test_decode_as(tshark, number):
    """-d puts ICMP back into the table that holds our hook."""
    name = {1: "icmp", 58: "icmpv6"}[number]
    assert findings(tshark, CAPTURE, "-d", f"ip.proto=={number},{name}") == findings(tshark, CAPTURE)


@pytest.mark.parametrize("length", [14, 34, 42, 50, 62, 66, 70, 90])
def test_truncated(tshark, tmp_path, length):
    """However little of the ICMP error was captured: no crash, and never another verdict about a reset."""
    short = tmp_path / "short.pcapng"
    tools.tool("editcap", "-s", length, CAPTURE, short)
    assert len(findings(tshark, short)) <= len(EXPECTED)
    assert tshark.resets(short, ["rst.cause"]) == {}


def ends(row):
    """The two ends of a frame's TCP connection, in no particular order."""
    source, target = row["ip.src"] + row["ipv6.src"], row["ip.dst"] + row["ipv6.dst"]
    return frozenset({(*source, *row["tcp.srcport"]), (*target, *row["tcp.dstport"])})


@pytest.mark.parametrize("capture,table", CASES[::12] + CASES[-1:], ids=tools.sample_ids(CASES[::12] + CASES[-1:]))
def test_connection_filter(tshark, capture, table):
    """rst.connection_filter selects the frames of that connection and no others."""
    names = ["frame.number", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport"]
    frames = [row for row in tshark.fields(capture, names) if row["tcp.srcport"]]
    resets = tshark.fields(capture, [*names, "rst.connection_filter"], "-Y", "rst")
    wanted = {row["rst.connection_filter"][0]: ends(row) for row in resets}
    assert wanted
    for display_filter, shown in tools.shown_by(tshark, capture, list(wanted)[:12]).items():
        expected = [int(row["frame.number"][0]) for row in frames if ends(row) == wanted[display_filter]]
        assert shown == expected, display_filter


@pytest.mark.parametrize("name", ["rst.cause", "rst.sender", "rst.category", "rst.cause_id", "rst.trigger",
                                  "rst.summary", "rst.alternative.cause", "rst.connection_filter"])
def test_value_as_filter(tshark, tour, name):
    """Apply as Filter: field == value, as the menu writes it, finds the packet again."""
    frame, row = next((frame, row) for frame, row in tshark.resets(tour, [name]).items() if row[name])
    value = row[name][0] if row[name][0].isdecimal() else f'"{row[name][0]}"'
    assert frame in tshark.resets(tour, [name], "-Y", f"{name} == {value}")
