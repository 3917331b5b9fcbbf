"""rst-batch --follow, and the metrics that it keeps.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import re
import runpy
import shutil
import signal
import subprocess
import time

import pytest
import tools

BATCH = tools.REPO / "packaging" / "rst-batch"
TOUR = tools.SAMPLES / "tour.pcapng"
ROWS = ["resets.jsonl", "findings.jsonl", "files.jsonl", "problems.jsonl", "archive.json", "rst.prom"]

needs_parallel = pytest.mark.skipif(not shutil.which("parallel"), reason="GNU parallel is not installed")


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def ring(tmp_path_factory):
    """Four files; a process dies at the end of the second one, and at the beginning of the third nobody listens yet."""
    folder = tmp_path_factory.mktemp("ring")
    for n, frames in enumerate(["1-200", "201-358", "359-700", "701-996"], 1):
        tools.tool("editcap", "-r", TOUR, folder / f"ring_{n:05}_2026030209000{n}.pcapng", frames)
    return folder


def parts(ring):
    return sorted(ring.iterdir())


class Following:
    """A run, and what it says."""

    def __init__(self, tshark, folder, out):
        self.out = out
        self.child = subprocess.Popen([BATCH, "--follow", "--settle", "5", "--out", out, folder], env=tshark.environment(),
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def wait_for(self, done):
        deadline = time.monotonic() + 100
        while not done() and self.child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert done()

    def files(self):
        try:
            return [row["file"] for row in lines(self.out / "files.jsonl")]
        except (OSError, ValueError):  # not yet, or a line is being written
            return []

    def end(self, signum):
        self.child.send_signal(signum)
        out, err = self.child.communicate(timeout=100)
        return self.child.returncode, out.splitlines(), err


@needs_parallel
def test_ring_grows(tshark, ring, tmp_path):
    """Each file is read once a later one exists; the result is that of all files at once, whatever is overwritten."""
    folder, out = tmp_path / "captures", tmp_path / "out"
    folder.mkdir()
    one, two, three, four = parts(ring)
    following = Following(tshark, folder, out)
    shutil.copy(one, folder)
    time.sleep(1)
    shutil.copy(two, folder)
    following.wait_for(lambda: following.files() == [str(folder / one.name)])
    (folder / f".{four.name}.Xy3").write_bytes(four.read_bytes()[:1000])  # as rsync does
    for name in (three, four):
        shutil.copy(name, folder)
    following.wait_for(lambda: len(following.files()) == 4)  # the last one is left alone
    (folder / one.name).unlink()
    code, told, err = following.end(signal.SIGINT)
    assert code == 0 and "4 captures" in err, err
    problems = lines(out / "problems.jsonl")
    assert len(told) == len(problems) and all(line.startswith("new problem: ") for line in told)
    assert len(set(told)) == len(told)
    rows = {name: (out / name).read_bytes() for name in ROWS}

    (folder / f".{four.name}.Xy3").unlink()
    (out / "archive.json").unlink()
    again = Following(tshark, folder, out)  # tells nothing twice, and forgets nothing
    again.wait_for((out / "archive.json").exists)
    code, told, err = again.end(signal.SIGTERM)
    assert code == 0 and told == [] and "4 captures, 4 done already" in err, (told, err)
    assert {name: (out / name).read_bytes() for name in ROWS} == rows

    shutil.copy2(one, folder)
    done = subprocess.run([BATCH, "--quiet", "--out", tmp_path / "all", folder], env=tshark.environment(),
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {name: (tmp_path / "all" / name).read_bytes() for name in ROWS} == rows


@needs_parallel
def test_process_ends_between_files(tshark, ring, tmp_path):
    """Resets in one file, refusals in the next: one story."""
    done = subprocess.run([BATCH, "--quiet", "--out", tmp_path / "out", ring], env=tshark.environment(),
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    mine = [one for one in lines(tmp_path / "out" / "problems.jsonl") if one["server"] == "203.0.113.26:80"]
    assert [(one["cause"], one["connections_hit"], one["files_total"]) for one in mine] == [("process_exit", 6, 2)]
    assert sorted(mine[0]["causes"]) == ["closed_port", "process_exit"]


@needs_parallel
def test_changed_capture_is_read_again(tshark, ring, tmp_path):
    """What was said of it before counts no longer."""
    folder, out = tmp_path / "captures", tmp_path / "out"
    folder.mkdir()
    one, two, *_ = parts(ring)
    shutil.copy(one, folder / "a.pcapng")
    following = Following(tshark, folder, out)
    following.wait_for(lambda: len(following.files()) == 1)
    first = lines(out / "files.jsonl")
    shutil.copy(two, folder / "a.pcapng")
    following.wait_for(lambda: len(following.files()) == 1 and lines(out / "files.jsonl") != first)
    code, _, err = following.end(signal.SIGTERM)
    assert code == 0, err
    told = json.loads((out / "archive.json").read_text())
    assert told["captures"] == 1 and told["resets"] == len(tshark.resets(two, ["rst.cause"]))


@pytest.mark.parametrize("arguments,message", [(["--follow", "a"], "only folders"), (["--follow", "none"], "no such file"),
                                               (["--follow", "--settle", "x", "."], "--settle")], ids=str)
def test_refused(tshark, tmp_path, arguments, message):
    shutil.copy(TOUR, tmp_path / "a")
    done = subprocess.run([BATCH, *arguments], cwd=tmp_path, env=tshark.environment(), capture_output=True, text=True,
                          check=False)
    assert done.returncode == 2 and message in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@needs_parallel
def test_metrics(tshark, tmp_path):
    """OpenMetrics, with the numbers of the rows."""
    parser = pytest.importorskip("prometheus_client.openmetrics.parser")
    out = tmp_path / "out"
    findings = tools.SAMPLES / "findings" / "findings.pcapng"
    done = subprocess.run([BATCH, "--quiet", "--out", out, TOUR, findings], env=tshark.environment(),
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    families = {family.name: family for family in parser.text_string_to_metric_families((out / "rst.prom").read_text())}
    assert {name: family.type for name, family in families.items()} == {
        "rst_resets": "counter", "rst_incidents": "counter", "rst_captures": "counter", "rst_problems": "gauge",
        "rst_latest_packet_time_seconds": "gauge"}
    counted = {}
    for row in lines(out / "resets.jsonl"):
        key = row["cause"], row["sender"]
        counted[key] = counted.get(key, 0) + 1
    shown = {}
    for sample in families["rst_resets"].samples:
        key = sample.labels["cause"], sample.labels["sender"]
        shown[key] = shown.get(key, 0) + sample.value
    assert shown == counted
    told = json.loads((out / "archive.json").read_text())
    assert sum(sample.value for sample in families["rst_incidents"].samples) == told["incidents"]
    assert sum(sample.value for sample in families["rst_problems"].samples) == told["problems"]
    silent = [sample for sample in families["rst_incidents"].samples if sample.labels["sender"] == "none"]
    assert sum(sample.value for sample in silent) == len(lines(out / "findings.jsonl")) > 0


def test_metrics_are_bounded():
    """However many servers there are, those with a problem have names, and no label breaks out."""
    join = runpy.run_path(str(BATCH) + "-join")
    metrics, problem = join["Metrics"](), type("Problem", (), {"binding": {"kind": "service"}})()
    scan = type("Problem", (), {"binding": {"kind": "scan"}})()
    for n in range(5000):
        row = {"server": f"10.0.{n // 250}.{n % 250}:80", "cause": "closed_port", "sender": "server"}
        metrics.add(row, None, True)
        metrics.add({**row, "server": f"10.1.{n // 250}.{n % 250}:80"}, scan, True)
    metrics.add({"server": 'x"}\n1 \\', "cause": "closed_port", "sender": "server"}, problem, True)
    text = metrics.text([], {"whole": 1, "incomplete": 0}, None)
    servers = re.findall(r'^rst_resets_total\{cause="closed_port",server="(.*)",sender="server"\} (\d+)$', text, re.M)
    assert len(servers) == 103 and dict(servers)["several"] == "5000" and dict(servers)["other"] == "4900"
    assert dict(servers)[r'x\"}\n1 \\'] == "1"
    assert all(line.startswith(("rst_", "# ")) for line in text.splitlines())
