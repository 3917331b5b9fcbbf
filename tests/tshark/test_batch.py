"""rst-batch: whole archives, odd names, unreadable files, interruption.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import time
from html.parser import HTMLParser

import pytest
import tools

BATCH = tools.REPO / "packaging" / "rst-batch"
OUTPUTS = ["resets.jsonl", "files.jsonl", "summary.txt", "report.html", "summary-causes.csv", "summary-files.csv"]
NAMES = ["plain.pcapng", "with space.pcapng", "quo'te\".pcapng", "new\nline.pcapng", "$(touch x);`id`.pcapng",
         "-dash.pcapng", "=1+1.pcapng"]

pytestmark = pytest.mark.skipif(not shutil.which("parallel"), reason="GNU parallel is not installed")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    sample = tools.SAMPLES / "closed_port" / "closed_port.pcapng"
    for name in NAMES:
        shutil.copy(sample, folder / name)
    (folder / "deep" / "er").mkdir(parents=True)
    with open(folder / "deep" / "er" / "old.pcapng.gz", "wb") as packed:
        subprocess.run(["gzip", "-c", sample], stdout=packed, check=True)
    shutil.copy(tools.SAMPLES / "declared" / "declared.pcapng", folder / "deep" / "no_suffix")
    (folder / "noise.pcap").write_bytes(bytes(range(256)) * 20)
    (folder / "cut.pcapng").write_bytes(sample.read_bytes()[:-5])
    (folder / "notes.txt").write_text("no capture")
    return folder


@pytest.fixture(scope="module")
def batch(tshark):
    def run(*arguments, wait=True):
        command = [BATCH, "--quiet", "--jobs", "2", *map(str, arguments)]
        environment = {**tshark.environment(), "LC_ALL": "C.UTF-8"}
        child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if not wait:
            return child
        out, err = child.communicate(timeout=300)
        return subprocess.CompletedProcess(command, child.returncode, out, err)
    return run


@pytest.fixture(scope="module")
def finished(batch, archive, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "all"
    return batch(archive, "--out", out), out


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_reset_of_every_capture(finished, archive, tshark):
    done, out = finished
    assert done.returncode == 1, done.stderr
    files = {row["file"]: row for row in lines(out / "files.jsonl")}
    assert len(files) == len(NAMES) + 4 and not any(name.endswith("notes.txt") for name in files)
    wanted = len(tshark.resets(archive / "plain.pcapng", ["rst.cause"]))
    for name in [*NAMES, os.path.join("deep", "er", "old.pcapng.gz")]:
        row = files[os.path.join(archive, name).replace("\n", "\\n")]
        assert row["ok"] and row["resets"] == wanted > 0
    resets = lines(out / "resets.jsonl")
    assert len(resets) == sum(row["resets"] for row in files.values())
    tokens = tools.registry()
    for row in resets:
        assert row["cause"] in tokens and row["category"] == tokens[row["cause"]][1]
        assert 0 < row["confidence"] <= 100 and row["frame"] > 0 and row["time"] > 0 and row["summary"]
        assert row["server"].endswith((f":{row['sport']}", f":{row['dport']}"))
    assert sorted(path.name for path in archive.iterdir()) == sorted([*NAMES, "deep", "noise.pcap", "cut.pcapng",
                                                                      "notes.txt"])


def test_unreadable_files_are_named(finished):
    done, out = finished
    named = [line for line in done.stderr.splitlines() if "not read to the end" in line]
    assert [bool(re.search(r"noise\.pcap|cut\.pcapng", line)) for line in named] == [True, True]
    assert {os.path.basename(row["file"]) for row in lines(out / "files.jsonl") if not row["ok"]} == \
        {"noise.pcap", "cut.pcapng"}


def test_csv_and_html(finished):
    _, out = finished
    with open(out / "summary-files.csv", encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f))
    assert len({len(row) for row in rows}) == 1 and not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)
    text = (out / "report.html").read_text()
    assert "<svg" in text and not re.search(r"(src|href)=|https?://|@import|<script", text)
    parser = HTMLParser()
    parser.feed(text)
    assert "closed_port" in text and "$(touch x)" in text


def test_again_gives_the_same_bytes_without_work(batch, finished, archive):
    _, out = finished
    before = {name: (out / name).read_bytes() for name in OUTPUTS}
    log = (out / "joblog").read_text()
    done = batch(archive, "--out", out)
    assert "11 captures, 11 done already" in done.stderr
    assert {name: (out / name).read_bytes() for name in OUTPUTS} == before and (out / "joblog").read_text() == log


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL])
def test_interrupted_and_resumed(batch, finished, archive, tmp_path, signum):
    child = batch(archive, "--out", tmp_path, wait=False)
    deadline = time.monotonic() + 100
    while not list(tmp_path.glob("out/*.tsv")) and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signum)
    _, err = child.communicate(timeout=100)
    assert child.returncode not in (0, 1)
    if signum == signal.SIGTERM:
        assert "run the same command again" in err
    assert not (tmp_path / "resets.jsonl").exists()
    for result in tmp_path.glob("out/*.tsv"):
        assert result.read_text().splitlines()[-1].startswith("#done ")
    time.sleep(2)  # what was started before the kill ends on its own
    done = batch(archive, "--out", tmp_path)
    assert " 0 done already" not in done.stderr
    for name in OUTPUTS:
        assert (tmp_path / name).read_bytes() == (finished[1] / name).read_bytes(), name


def test_changed_file_is_read_again(batch, archive, tmp_path):
    capture = tmp_path / "a.pcapng"
    shutil.copy(archive / "plain.pcapng", capture)
    assert batch(capture, "--out", tmp_path / "out").returncode == 0
    first = (tmp_path / "out" / "resets.jsonl").read_text()
    shutil.copy(archive / "deep" / "no_suffix", capture)
    assert batch(capture, "--out", tmp_path / "out").returncode == 0
    assert (tmp_path / "out" / "resets.jsonl").read_text() != first


def test_bad_arguments(batch, tmp_path):
    (tmp_path / "folder").mkdir()
    for arguments, message in (([tmp_path / "none"], "no such file"), ([tmp_path / "folder"], "no captures found"),
                               ([], "required"), (["--wrong", "x"], "unrecognized"),
                               ([tools.SAMPLES, "--tshark", "tshark-none"], "not installed")):
        done = batch(*arguments)
        assert done.returncode == 2 and message in done.stderr and done.stderr.count("\n") == 1, done.stderr
