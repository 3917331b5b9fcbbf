"""Output that programs read: -z rst,csv, -T json and ek, sharkd, and the index template.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import csv
import io
import json
import subprocess
from collections import Counter

import pytest
import tools
from sharkd import Sharkd

FINDINGS = tools.SAMPLES / "findings" / "findings.pcapng"
COLUMNS = ("kind,name,category,benign,sender,server,first_resets,followers,confidence_min,confidence_max,"
           "first_frame,last_frame,outside").split(",")


def table(tshark, capture, *args):
    """(rows, standard error)"""
    done = tshark.run("-q", "-r", capture, *args)
    assert done.returncode == 0
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    return rows, done.stderr.decode()


def test_csv_counts_every_reset(tshark, tour):
    rows, complaint = table(tshark, tour, "-2", "-z", "rst,csv")
    counted = Counter()
    assert Counter(row["kind"] for row in rows)["finding"] == 3
    for row in (row for row in rows if row["kind"] == "reset"):
        assert list(row) == COLUMNS
        assert 0 < int(row["confidence_min"]) <= int(row["confidence_max"]) <= 100
        assert int(row["first_frame"]) <= int(row["last_frame"])
        counted[row["name"], row["sender"]] += sum(int(row[count]) for count in ("first_resets", "followers", "outside"))
    resets = tshark.resets(tour, ["rst.cause", "rst.sender"])
    assert counted == Counter((row["rst.cause"][0], row["rst.sender"][0]) for row in resets.values())
    assert "provisional" not in complaint


def test_csv_is_in_order(tshark, tour):
    first = [int(row["first_resets"]) for row in table(tshark, tour, "-2", "-z", "rst,csv")[0]]
    assert first == sorted(first, reverse=True) and first[0] > 1


def test_csv_findings(tshark):
    rows, _ = table(tshark, FINDINGS, "-2", "-z", "rst,csv")
    assert Counter(row["name"] for row in rows) == {"syn_timeout": 1, "silent_give_up": 1, "icmp_unreachable": 4}
    assert {row["kind"] for row in rows} == {"finding"}


def test_csv_in_one_pass_warns(tshark, tour):
    """On standard error, so that the table stays a table."""
    rows, complaint = table(tshark, tour, "-z", "rst,csv")
    assert rows and "provisional" in complaint and "-2" in complaint


def test_csv_filter(tshark, tour):
    rows, _ = table(tshark, tour, "-2", "-z", 'rst,csv,rst.cause == "closed_port"')
    assert {row["name"] for row in rows} == {"closed_port"}
    done = tshark.run("-q", "-r", tour, "-z", "rst,csv,tcp.prot == 1")
    assert done.returncode != 0 and b"rst,csv" in done.stderr and not done.stdout


def test_csv_without_resets(tshark, tmp_path, tour):
    none = tmp_path / "none.pcapng"
    tshark("-r", tour, "-Y", "!tcp.flags.reset", "-w", none)
    text = tshark("-2", "-q", "-r", none, "-z", "rst,csv")
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert all(line.startswith("finding,") for line in text.splitlines()[1:])


@pytest.fixture(scope="module")
def server(tshark, tour):
    try:
        with Sharkd(tshark.environment(), []) as process:
            assert process.call("load", file=str(tour))
            yield process
    except FileNotFoundError:
        pytest.skip("sharkd is not installed")


def test_sharkd_verdicts_are_final(tshark, tour, server):
    rows = server.call("frames", filter="rst", column0="rst.cause:1", column1="rst.provisional:1")
    final = {frame: row["rst.cause"][0] for frame, row in tshark.resets(tour, ["rst.cause"]).items()}
    assert {row["num"]: row["c"][0] for row in rows} == final
    assert {row["c"][1] for row in rows} <= {"No", "0", "False"}


def test_sharkd_tree(server):
    frame = server.call("frame", frame=201, proto=True)
    found = json.dumps(frame["tree"])
    assert "TCP Reset Cause: Retransmissions of one segment exhausted (retransmission_timeout)" in found
    assert '"f": "rst.cause == \\"retransmission_timeout\\""' in found  # the filter from the menu


def test_sharkd_statistics(tshark, tour, server):
    answer = server.call("tap", tap0="stat:rst")
    nodes = {node["name"]: node for node in answer["taps"][0]["stats"]}
    firsts = tshark.fields(tour, ["frame.number"], "-Y", "rst.ordinal == 1")
    assert abs(nodes["First resets"]["count"] - len(firsts)) <= nodes["Followers and copies"]["count"]
    assert nodes["First resets"]["count"] > 0
    causes = json.dumps(nodes["First resets"])
    assert "retransmission_timeout" in causes and "closed_port" in causes
