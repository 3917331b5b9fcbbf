"""The benchmark still runs, and its captures are what they claim to be. A figure is judged only where it is a
ratio of the plugin to itself.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import shutil
import subprocess
import sys

import pytest

import tools

BENCH = tools.REPO / "tests" / "bench"
sys.path.insert(0, str(BENCH))

import captures  # noqa: E402  (needs the path above)
import doubling  # noqa: E402
import measure  # noqa: E402
import reports  # noqa: E402

# Kind, display filter, number of packets out of 600 that it matches.
CLAIMS = [
    ("mixed", "tcp", 600),
    ("flood", "tcp.flags.syn == 1", 300),
    ("flood", "tcp.flags.reset == 1", 300),
    ("fat", "tcp.analysis.fast_retransmission", None),
    ("fat", "tcp.options.sack_le", None),
    ("reused", "tcp.flags.syn == 1 and tcp.flags.ack == 0", 100),
    ("reused", "tcp.flags.reset == 1", 50),
    ("storm", "tcp.flags.reset == 1", 596),
    ("syns", "tcp.flags == 2", 600),
    ("closed", "tcp.flags.fin == 1", 150),
    ("flood6", "ipv6 and tcp.flags.reset == 1", 300),
    ("sweep", "tcp.flags.reset == 1 and tcp.srcport == 1", 300),
]


def run(script, *args):
    return subprocess.run([sys.executable, BENCH / script, *map(str, args)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind, shown, count", CLAIMS)
def test_capture(stock, tmp_path, kind, shown, count):
    path = tmp_path / "made.pcap"
    packets = 6000 if count is None else 600
    assert run("captures.py", kind, path, packets).returncode == 0
    found = len(stock("-r", path, "-Y", shown).splitlines())
    assert found == count if count is not None else 0 < found < packets


def test_captures_are_the_same_every_time(tmp_path):
    for name in ("one", "two"):
        assert run("captures.py", "mixed", tmp_path / name, 1000).returncode == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_one_in_a_hundred_is_a_reset(stock, tmp_path):
    assert run("captures.py", "mixed", tmp_path / "made.pcap", 20000).returncode == 0
    found = len(stock("-r", tmp_path / "made.pcap", "-Y", "tcp.flags.reset == 1").splitlines())
    assert 150 <= found <= 250


def test_table():
    done = run("bench.py", "--quick", "--only", "memory")
    assert done.returncode == 0, done.stderr
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")]
    assert len(rows) == 9 and all(len(row) == 4 for row in rows)


@pytest.mark.parametrize("args", [
    ("bench.py", "--scale", "0"),
    ("bench.py", "--packets", "none"),
    ("doubling.py", "--sizes", "1000", "1500"),
    ("doubling.py", "--ways", "-2 -z none"),
    ("captures.py", "mixed", "/no/such/folder/file"),
    ("captures.py", "mixed", "file", "many"),
    ("archive.py", "many"),
    ("archive.py", "0"),
])
def test_bad_input(args):
    done = run(*args)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_twice_the_packets_cost_twice_as_much(tmp_path):
    """Everything that somebody can ask for, in one run of two passes; each function that Wireshark calls is judged for
    itself. What grows with the square of resets, hosts or failures would cost four times as much; doubling.py measures
    large captures, each mode and report for itself."""
    if not shutil.which("valgrind"):
        pytest.skip("needs valgrind")
    bench = measure.Bench(tmp_path)
    counted = []
    for packets in (512, 1024):
        path = bench.work / f"{packets}.pcap"
        captures.write("medley", path, packets)
        counted.append(bench.entries(reports.ALL, path))
    notable = sum(counted[1].values()) / 2000  # below, sorting a few things takes more than twice as long
    steps = {name: cost / counted[0][name] for name, cost in counted[1].items() if cost > notable}
    assert max(steps.values()) > 1.5, counted
    assert not {name: step for name, step in steps.items() if step > doubling.LIMIT}, counted
