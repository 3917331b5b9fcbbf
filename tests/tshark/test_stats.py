"""-z rst,tree and sharkd's stat:rst: problems and causes first, and a bounded number of lines.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import re
import shutil
import sys
from pathlib import Path

import packets
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "accuracy"))

from sharkd import Sharkd  # noqa: E402  (needs the path above)

SYN, REFUSAL = 0x02, packets.RST | packets.ACK
both_passes = pytest.mark.parametrize("passes", [1, 2])


def refusals(path, servers):
    """A capture in which each (last byte of the address, port) refuses one connection."""
    content = []
    for number, (host, port) in enumerate(servers):
        there, back = (20000 + number, port), (port, 20000 + number)
        content += [(number * 2000, packets.tcp_frame(1, host, SYN, 1000 + number, ports=there)),
                    (number * 2000 + 500, packets.tcp_frame(host, 1, REFUSAL, 0, 1001 + number, ports=back))]
    packets.write_pcap(path, content)
    path.chmod(0o644)
    return path


def lines(text):
    """[(depth, name, count)]"""
    found = re.findall(r"^( *)(\S.*?) +(\d+) +\d+(?:\.\d\d)?%$", text, re.MULTILINE)
    return [(len(depth), name, int(count)) for depth, name, count in found]


def statistics(tshark, capture, *args, passes=2, more=""):
    return lines(tshark(*["-2"] * (passes == 2), "-q", "-r", capture, *args, "-z", f"rst,tree{more}"))


def section(rows, name):
    """What stands one step to the right below a heading, in order."""
    at = [depth == 0 and row == name for depth, row, _ in rows].index(True) + 1
    end = next((i for i in range(at, len(rows)) if rows[i][0] == 0), len(rows))
    return [(row, count) for depth, row, count in rows[at:end] if depth == 1]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Forty servers: the last has nine refusals on one port, the one before it eight ports, all others one refusal."""
    servers = [(host, 80) for host in range(10, 48)] + [(60, port) for port in range(100, 108)] + [(61, 80)] * 9
    return refusals(tmp_path_factory.mktemp("stats") / "many.pcap", servers)


@both_passes
def test_largest_servers(tshark, many, passes):
    """The largest first, whenever they appear; a host with many ports is one line, and so is the rest."""
    rows = statistics(tshark, many, passes=passes)
    servers = section(rows, "First resets by server")
    assert servers[:2] == [("192.0.2.61:80", 9), ("192.0.2.60 (8 ports)", 8)]
    assert len(servers) == 21 and servers[-1] == ("20 more servers", 20)
    assert sum(count for _, count in servers) == dict((name, count) for _, name, count in rows)["First resets"] == 55


def test_limits(tshark, many):
    rows = statistics(tshark, many, "-o", "rst.stats_servers:3", "-o", "rst.stats_ports:8")
    servers = section(rows, "First resets by server")
    assert len(servers) == 4 and servers[0] == ("192.0.2.61:80", 9) and servers[-1] == ("44 more servers", 44)
    whole = section(statistics(tshark, many, "-o", "rst.stats_servers:1000"), "First resets by server")
    assert len(whole) == 40 and not any("more" in name for name, _ in whole)
    problems = section(statistics(tshark, many, "-o", "rst.stats_problems:0"), "Problems")
    assert len(problems) == 1 and re.fullmatch(r"1\. .*|\d+ more problems", problems[0][0])


def test_order(tshark, tour):
    """Problems by number, then causes by count; no line of the table is empty."""
    rows = statistics(tshark, tour)
    assert [name for depth, name, _ in rows if not depth][:2] == ["Problems", "First resets"]
    numbers = [int(name.split(".")[0]) for name, _ in section(rows, "Problems")[:-1]]
    assert numbers == list(range(1, 11))
    counts = [count for _, count in section(rows, "First resets")]
    assert counts == sorted(counts, reverse=True)
    titles = [line for line in tshark("-2", "-q", "-r", tour, "-z", "rst,problems").splitlines() if line[:2] == "1."]
    assert titles[0].startswith(section(rows, "Problems")[0][0].removesuffix(" ..."))


def test_scan_is_bounded(tshark, tmp_path):
    """Ten times the ports have no line more."""
    sizes = [len(statistics(tshark, refusals(tmp_path / f"{count}.pcap", [(9, port) for port in range(1, count)])))
             for count in (60, 600)]
    assert sizes[0] == sizes[1] < 20


def test_expert_is_bounded(tshark, tmp_path):
    """-z expert looks texts up along a list: ours are as many for a large scan as for a small one."""
    for count in (60, 600):
        capture = refusals(tmp_path / f"{count}.pcap", [(9, port) for port in range(1, count)])
        text = tshark("-2", "-q", "-r", capture, "-z", "expert,note")
        assert len(re.findall(r"TCP Reset Cause", text)) == 2, text  # the cause, and the problem


def test_problems_in_expert_information(tshark, tour):
    """Each problem that the statistics list, once, at the frame that shows it best."""
    found = json.loads(tshark("-2", "-q", "-r", tour, "-z", "rst,problems,json,10"))["problems"]
    rows = tshark.fields(tour, ["frame.number", "_ws.expert.message"], "-Y", "rst.expert_problem")
    shown = {message: int(row["frame.number"][0]) for row in rows for message in row["_ws.expert.message"]
             if message.startswith("Problem ")}
    assert shown == {f"Problem {one['number']}: {one['title']}": one["example_frame"] for one in found}


def test_filter(tshark, many):
    rows = statistics(tshark, many, more=",ip.addr == 192.0.2.61")
    assert section(rows, "First resets by server") == [("192.0.2.61:80", 9)]


def test_two_at_once(tshark, many):
    text = tshark("-2", "-q", "-r", many, "-z", "rst,tree,ip.addr == 192.0.2.61", "-z", "rst,tree")
    assert {count for _, name, count in lines(text) if name == "First resets"} == {9, 55}


def test_sharkd(tshark, many):
    """The same lines, twice in a session."""
    if not shutil.which("sharkd"):
        pytest.skip("sharkd is not installed")
    with Sharkd(tshark.environment(), []) as server:
        server.call("load", file=str(many))
        answers = [server.call("tap", tap0="stat:rst")["taps"][0]["stats"] for _ in range(2)]
        assert json.dumps(answers[0]) == json.dumps(answers[1])
        names = [node["name"] for node in answers[0]]
        assert names == ["Problems", "First resets", "First resets by sender", "First resets by server"]
        servers = [(node["name"], node["count"]) for node in answers[0][3]["sub"]]
        assert servers[:2] == [("192.0.2.61:80", 9), ("192.0.2.60 (8 ports)", 8)]
        assert servers[-1] == ("20 more servers", 20)
