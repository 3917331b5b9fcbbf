"""Real logs of a router, of traffic whose fate is known: tests/lab/witnesses.py, its smallest part. tests/run.sh calls
this file as root.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import shutil
import subprocess
import sys

import pytest
import tools

LAB = tools.REPO / "tests" / "lab"
sys.path.append(str(LAB))

import calls  # noqa: E402  (needs the path above)

LACKING = [name for name in ("nft", "ulogd", "conntrack", "tcpdump", "ip", "ethtool")
           if not shutil.which(name, path="/usr/sbin:/sbin:" + os.environ["PATH"])]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
@pytest.mark.skipif(bool(LACKING), reason=f"not installed: {', '.join(LACKING)}")
def test_behind_nat():
    command = [sys.executable, LAB / "witnesses.py", "--quick", "--nat", "yes", "--slot", "202"]
    done = subprocess.run([*command, "--only", "netfilter NFLOG", "--only", "conntrack -E"], capture_output=True,
                          text=True, timeout=100, check=False)
    if "cannot run here" in done.stderr or "skipped: netfilter" in done.stdout or "skipped: conntrack" in done.stdout:
        pytest.skip(done.stderr + done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines() if line[0] == "|"]
    found = {(row[0], row[2]): [int(cell) for cell in row[4:]] for row in rows[2:]}
    for place in (("netfilter NFLOG", "client"), ("conntrack -E", "client"), ("conntrack -E", "server"),
                  ("netfilter NFLOG and conntrack -E", "server")):
        spoken, joined, _, wrong, _ = found[place]
        assert spoken == joined >= 4 and wrong == 0, (place, done.stdout)
    # The log has the addresses from before the translation, and alone it cannot know the others.
    assert found["netfilter NFLOG", "server"][1] == 0
    assert found["netfilter NFLOG", "client"][4] >= 2


@pytest.mark.parametrize("ports, meaning, began, why", [
    ({(40000, 81)}, "dropped", 100.0, ""),
    (set(), "dropped", 100.0, "the ports of another connection"),
    ({(40000, 81)}, "rejected", 100.0, "rejected, but it was dropped"),
    ({(40000, 81)}, "dropped", 110.0, "-9.0 s"),
    ({(40000, 81)}, "dropped", 90.0, "+11.0 s"),
])
def test_what_is_wrong(ports, meaning, began, why):
    call = calls.Call("dropped", 81, 40000, began=began, ended=began + 4, until=began + 8)
    line = "[101.000000]\t    [NEW] tcp      6 120 SYN_SENT src=10.0.0.1 dst=10.0.0.2 sport=40000 dport=81"
    assert calls.false_because("conntrack -E", line, ports, meaning, call) == why
