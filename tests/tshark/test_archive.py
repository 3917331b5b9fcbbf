"""rst-batch over captures that belong together: one problem in many files, rings, a terminal, a database.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import pty
import re
import runpy
import shutil
import subprocess
from collections import Counter
from types import SimpleNamespace

import pytest
import tools

BATCH = tools.REPO / "packaging" / "rst-batch"
TOUR = tools.SAMPLES / "tour.pcapng"

pytestmark = pytest.mark.skipif(not shutil.which("parallel"), reason="GNU parallel is not installed")


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def batch(tshark, out, *captures):
    done = subprocess.run([BATCH, "--jobs", "2", "--out", out, *captures], env=tshark.environment(),
                          capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def whole(tshark, tmp_path_factory):
    """The tour and the failures without a reset, each in one file."""
    out = tmp_path_factory.mktemp("whole") / "out"
    batch(tshark, out, TOUR, tools.SAMPLES / "findings" / "findings.pcapng")
    return out


def test_findings_are_told_as_well(whole):
    findings = lines(whole / "findings.jsonl")
    assert {row["kind"] for row in findings} == {"syn_timeout", "silent_give_up", "icmp_unreachable"}
    assert all(row["client"] and row["server"] and row["summary"] and row["time"] for row in findings)
    files = lines(whole / "files.jsonl")
    assert sum(row["findings"] for row in files) == len(findings)
    assert {row["cause"] for row in lines(whole / "problems.jsonl")} >= {"syn_timeout", "silent_give_up"}


def test_sides_as_the_engine_knows_them(whole, tshark):
    """Not those of the lower port."""
    wanted = {frame: (row["rst.client"], row["rst.server"])
              for frame, row in tshark.resets(TOUR, ["rst.client", "rst.server"]).items()}
    rows = [row for row in lines(whole / "resets.jsonl") if row["file"] == str(TOUR)]
    assert len(rows) == len(wanted)
    for row in rows:
        client, server = wanted[row["frame"]]
        assert [row["server"]] == server and row["client"] == client[0].rpartition(":")[0].strip("[]")


def test_problems_are_those_of_tshark(whole, tshark):
    """Where a problem is in one file only, all is as tshark says it; the report begins with them."""
    said = json.loads(tshark("-2", "-q", "-r", TOUR, "-z", "rst,problems,json"))["problems"]
    told = {one["id"]: one for one in lines(whole / "problems.jsonl")}
    for one in said:
        other = told[one["id"]]
        if other["files_total"] > 1:
            continue
        for name in ("cause", "confidence", "title", "culprit", "connections_hit", "connections_total", "advice", "filter",
                     "clients", "servers", "first_time", "last_time"):
            assert other[name] == one[name], name
        assert other["files"] == [str(TOUR)] and other["example"]["frame"] == one["example_frame"]
    assert sum(one["files"] == [str(TOUR)] for one in told.values()) > 20
    text = (whole / "summary.txt").read_text()
    first = next(iter(told.values()))
    assert text.splitlines()[2] == f"1. {first['title']}"
    assert 0 < (whole / "report.html").read_text().find("<h3") < (whole / "report.html").read_text().find("<svg")


def test_same_service_in_forty_files(tshark, tmp_path):
    """One problem, with the numbers of all."""
    folder = tmp_path / "captures"
    folder.mkdir()
    sample = tools.SAMPLES / "closed_port" / "closed_port.pcapng"
    for n in range(40):
        shutil.copy(sample, folder / f"day{n}.pcapng")
    batch(tshark, tmp_path / "one", sample)
    batch(tshark, tmp_path / "all", folder)
    one, joined = lines(tmp_path / "one" / "problems.jsonl"), lines(tmp_path / "all" / "problems.jsonl")
    assert [row["id"] for row in joined] == [row["id"] for row in one]
    for row, single in zip(joined, one):
        assert row["files_total"] == len(row["files"]) == 40
        for name in ("connections_hit", "connections_total", "connections_in_period"):
            assert row[name] == 40 * single[name]
        for name in ("clients", "culprit", "cause", "first_time", "last_time"):
            assert row[name] == single[name]
        assert f"{40 * single['connections_hit']} of {40 * single['connections_total']} connections in 40 captures" \
            in row["title"]


def failed(out):
    """{connection: how often it counts as failed}"""
    rows = [*lines(out / "resets.jsonl"), *lines(out / "findings.jsonl")]
    counted = [row for row in rows if not row["continued"] and ("kind" in row or (row["ordinal"] == 1 and not row["benign"]))]
    assert len(counted) == json.loads((out / "archive.json").read_text())["incidents"]
    return Counter(tuple(sorted((f"{row['src']} {row['sport']}", f"{row['dst']} {row['dport']}"))) if "src" in row else
                   (row["client"], row["server"]) for row in counted)


@pytest.mark.parametrize("packets", [100, 250])
def test_ring_does_not_double(tshark, tmp_path, packets):
    """Connections that cross the end of a file fail once, and are counted once among those of their service."""
    ring = tmp_path / "ring"
    ring.mkdir()
    tools.tool("editcap", "-c", str(packets), TOUR, ring / "r.pcapng")
    batch(tshark, tmp_path / "out", ring)
    batch(tshark, tmp_path / "tour", TOUR)
    assert packets != 100 or any(row["continued"] for row in lines(tmp_path / "out" / "resets.jsonl"))
    assert len(lines(tmp_path / "out" / "resets.jsonl")) == len(lines(tmp_path / "tour" / "resets.jsonl"))
    assert max(failed(tmp_path / "out").values()) == max(failed(tmp_path / "tour").values()) == 1
    totals = {one["id"]: one["connections_total"] for one in lines(tmp_path / "tour" / "problems.jsonl")}
    shared = [one for one in lines(tmp_path / "out" / "problems.jsonl") if one["id"] in totals]
    assert len(shared) > 15
    for one in shared:
        assert one["connections_total"] <= totals[one["id"]], one["id"]


def test_results_are_no_captures(tshark, tmp_path):
    """Those of another run, which lie among the captures, and a link to a capture are not read again."""
    folder = tmp_path / "captures"
    folder.mkdir()
    shutil.copy(tools.SAMPLES / "closed_port" / "closed_port.pcapng", folder / "a.pcapng")
    (folder / "in").mkdir()
    shutil.copy(tools.SAMPLES / "declared" / "declared.pcapng", folder / "in" / "b.pcapng")
    (folder / "again.pcapng").symlink_to("a.pcapng")
    batch(tshark, folder / "first", folder)
    batch(tshark, folder / "second", folder)
    named = [row["file"] for row in lines(folder / "second" / "files.jsonl")]
    assert named == [str(folder / "a.pcapng"), str(folder / "in" / "b.pcapng")]
    assert (folder / "first" / "resets.jsonl").read_bytes() == (folder / "second" / "resets.jsonl").read_bytes()


def on_terminal(command, environment):
    """All that a terminal gets from a command that controls it."""
    child, terminal = pty.fork()
    if not child:
        try:
            os.execve(command[0], command, environment)
        finally:
            os._exit(127)
    text = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # it is gone
            break
        if not part:
            break
        text += part
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text.decode()


def test_terminal(tshark, tmp_path):
    """Progress by name, and nothing else."""
    folder = tmp_path / "captures"
    folder.mkdir()
    for n in range(4):
        shutil.copy(tools.SAMPLES / "closed_port" / "closed_port.pcapng", folder / f"morning\n{n}\x1b[31m.pcapng")
    code, text = on_terminal([str(BATCH), "--jobs", "1", "--out", str(tmp_path / "out"), str(folder)],
                             {**tshark.environment(), "TERM": "xterm", "COLUMNS": "80"})
    assert code == 0 and "/dev/tty" not in text and "parallel" not in text
    assert not re.search("[0-9a-f]{24}", text) and "\x1b[31m" not in text
    states = [line for line in re.split(r"[\r\n]+", text) if " of 4 captures" in line]
    assert any(re.search(r"^[1-4] of 4 captures, \d+ s left  ….*morning\\n\d\\x1b\[31m\.pcapng\x1b", line) for line in states), text
    rest = [line for line in re.sub(r"\r[^\r\n]*\x1b\[K", "", text).splitlines() if line]
    assert len(rest) == 2 and all(line.startswith("rst-batch: ") for line in rest), text


def test_terminal_is_quiet_if_asked(tshark, tmp_path):
    code, text = on_terminal([str(BATCH), "--quiet", "--out", str(tmp_path / "out"), str(TOUR)],
                             {**tshark.environment(), "TERM": "xterm"})
    assert code == 0 and "\x1b" not in text and text.count("\n") == 2, text


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="sqlite3 is not installed")
def test_database(whole, tmp_path):
    """The block of the page, as it stands there."""
    page = (tools.REPO / "docs" / "batch.md").read_text()
    block = re.search(r"^cd rst-batch && (sqlite3 .*?^SQL)$", page, re.M | re.S)[1]
    for name in ("resets.jsonl", "problems.jsonl"):
        shutil.copy(whole / name, tmp_path)
    done = subprocess.run(["sh", "-ec", block], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    rows = [re.split(r" {2,}", line.strip()) for line in done.stdout.splitlines()]
    counted = Counter((row["cause"], row["server"]) for row in lines(whole / "resets.jsonl"))
    assert rows[0] == ["cause", "server", "resets"] and set(rows[1]) <= set("-" * 3) | {rows[1][0], rows[1][1], "------"}
    assert len(rows) == 12
    for cause, server, count in rows[2:]:
        assert counted[cause, server] == int(count)


def test_problems_are_bounded():
    """The least are left out, and it is said how many."""
    kind = runpy.run_path(str(BATCH) + "-join")["Archive"]
    kind.limit.__globals__["KEPT"] = 5
    archive = kind.__new__(kind)
    archive.left_out = 0
    archive.problems = {n: SimpleNamespace(key=n, severity="warn" if n else "error", hit=n, id=str(n)) for n in range(10)}
    archive.limit()
    assert len(archive.problems) == 10 and archive.left_out == 0
    archive.problems[10] = SimpleNamespace(key=10, severity="note", hit=100, id="10")
    archive.limit()
    assert list(archive.problems) == [0, 9, 8, 7, 6] and archive.left_out == 6
