"""Problems in mixes of stories and ordinary traffic (tests/gen/mixes.py): each found as one, nothing invented.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import subprocess
import sys

import pytest
import tools

MIXES = tools.REPO / "tests" / "gen" / "mixes.py"
SAMPLE = ["aborting_client", "banned", "benign", "crash_loop", "device_timer", "dies", "failover", "idle_close",
          "lossy", "noise_and_outage", "outage_and_scan", "policy_and_outage", "refused_and_outage", "restart_client",
          "server_gone", "silent_port", "tls_policy", "two_timers", "busy_scanner", "dead_backend", "passive_ports",
          "silent_backend", "two_devices", "whimsical_device"]


@pytest.fixture(scope="module")
def mixes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mixes")
    subprocess.run([sys.executable, str(MIXES), "--out", str(folder), *SAMPLE], check=True)
    return folder


def streams(tshark, capture):
    rows = tshark.fields(capture, ["frame.number", "tcp.stream"])
    return {int(row["frame.number"][0]): (row["tcp.stream"] or ["?"])[0] for row in rows}


def alike(one, other):
    return len(one & other) / len(one | other)


@pytest.mark.parametrize("name", SAMPLE)
def test_mix(tshark, mixes, name):
    capture = mixes / f"p1_{name}.pcap"
    truth = json.loads(capture.with_suffix(".json").read_text(encoding="ascii"))
    report = json.loads(tshark("-2", "-q", "-r", capture, "-z", "rst,problems,json"))
    stream_of = streams(tshark, capture)
    told = [({stream_of[frame] for frame in problem["frames"]}, problem) for problem in report["problems"]]
    expected = [({stream_of[frame] for frame in story["frames"]}, story) for story in truth["problems"]]
    for conns, story in expected:
        best, problem = max(told, key=lambda pair: alike(pair[0], conns), default=(set(), None))
        if story["optional"] and not best & conns:
            continue
        assert alike(best, conns) >= 0.7, story["note"] or story["causes"]
        assert problem["cause"] in story["causes"]
        culprits = story["culprit"] if isinstance(story["culprit"], list) else [story["culprit"]]
        assert problem["culprit"] in culprits
        if story["timer_s"]:
            assert problem["timer_s"] == pytest.approx(story["timer_s"], rel=0.05)
        if story["ongoing"] is not None:
            assert problem["ongoing"] == story["ongoing"]
    every = set().union(*(conns for conns, _ in expected))
    for conns, problem in told:
        assert len(conns & every) * 2 > len(conns), problem["title"]


def test_shared_mixes(shared):
    """The mixes outside the repository, by their own judge."""
    judge = tools.shared_dir() / "tools" / "score-problems.py"
    if not judge.exists() or not (shared / "problems").is_dir():
        pytest.skip(f"no mixes in {shared}")
    result = subprocess.run([sys.executable, str(judge), "--plugin-dir", str(tools.plugin_dir()), "--json"],
                            capture_output=True, text=True, check=True)
    figures = json.loads(result.stdout.splitlines()[-1])
    assert figures["found"] == figures["true"]
    for name in ("split", "joined", "missed", "invented", "false_accusations", "benign_mixes_with_problems"):
        assert figures[name] == 0, result.stdout
    for name in ("culprit", "cause", "hit", "total", "timer", "server", "clients", "ongoing"):
        assert figures[name] == 1, result.stdout
