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

import full_disk
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


@pytest.mark.parametrize("arguments,message", [
    (["none"], "no such file"), (["empty"], "no captures found"), ([], "required"), (["--wrong", "x"], "unrecognized"),
    (["fifo"], "not a file or folder"), (["/dev/null"], "not a file or folder"),
    (["a", "--tshark", "none"], "not installed"),
    *((["a", f"--jobs={value}"], "--jobs") for value in ("0", "x", "", "-0", "0%", "1.5", "99999", "/etc", "1 2")),
    *((["a", f"--timeout={value}"], "--timeout") for value in ("-1", "0", "x", "1.5", "", "9999999999")),
    *((["a", f"--options={value}"], "--options") for value in ("'", "-w new", "-T json", "x", "-Z", "-o", "; touch new",
                                                               "-r new", "--fatal-warnings", "-X rst_batch:1")),
    *((["a", f"--{name}="], f"--{name}: nothing given") for name in ("out", "hosts", "ssh", "tshark")),
    (["a", "--options=-o nonsense.none:1"], "nonsense"), (["a", "--options=-d nonsense"], "nonsense"),
    (["a", "--env", "a b"], "--env"), (["a", "--out", "/usr"], "belongs to another user"), (["a", "--out", "a"], "a:"),
    (["a", "--out", "/proc/new"], "cannot write"), (["a", "--out", "other"], "no results of rst-batch"),
    (["a", "--out", "open"], "everybody may write"), (["a", "--fresh", "--out", "mine"], "no results of rst-batch"),
    (["a", "--out", "x" * 256], "too long")], ids=str)
def test_bad_arguments(batch, tmp_path, monkeypatch, arguments, message):
    """Refused with one line before anything runs or is written."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(tools.SAMPLES / "closed_port" / "closed_port.pcapng", "a")
    for folder in ("empty", "other", "open", "mine/in", "mine/out"):
        os.makedirs(folder)
    for name in ("other/letter", "mine/in/letter", "mine/out/letter"):
        (tmp_path / name).write_text("dear")
    (tmp_path / "open").chmod(0o777)
    os.mkfifo("fifo")
    before = sorted(tmp_path.rglob("*"))
    done = batch(*arguments)
    assert done.returncode == 2 and message in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", [b"with space", b"quo'te\"", b"new\nline", b"-dash", b"$(touch x)", b"\xff\xfe"])
def test_names_of_folders(batch, tshark, archive, tmp_path, name):
    folder = tmp_path / os.fsdecode(name)
    folder.mkdir()
    capture = folder / os.fsdecode(name)
    shutil.copy(archive / "plain.pcapng", capture)
    done = subprocess.run([BATCH, "--quiet", f"--out={os.fsdecode(name)}.out", "--", os.fsdecode(name)], cwd=tmp_path,
                          env={**tshark.environment(), "LC_ALL": "C"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stderr.count("\n") == 2, done.stderr
    assert [row["ok"] for row in lines(tmp_path / (os.fsdecode(name) + ".out") / "files.jsonl")] == [True]
    assert sorted(os.listdir(tmp_path)) == sorted([os.fsdecode(name), os.fsdecode(name) + ".out"])


@pytest.mark.parametrize("change", [{"HOME": None}, {"TMPDIR": "/none"}, {"LC_ALL": "xx_XX.UTF-8"}, {"LC_ALL": "POSIX"},
                                    {"SHELL": "/none"}], ids=str)
def test_environment(tshark, archive, tmp_path, change):
    environment = {name: value for name, value in {**tshark.environment(), **change}.items() if value}
    done = subprocess.run([BATCH, "--quiet", "--out", tmp_path / "out", archive / "plain.pcapng"], env=environment,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "1 capture, 0 done already" in done.stderr, done.stderr


# A host that is this machine, in a folder of its own.
SSH = """#!/bin/sh
unset RST_BATCH_HERE
while [ "${1#-}" != "$1" ]; do
    shift
done
shift
[ "$1" != -- ] || shift
cd "$(dirname "$0")/remote" && exec sh -c "$*"
"""


@pytest.mark.parametrize("hosts", [":", "lab", "lab,:"])
def test_hosts(tshark, archive, finished, tmp_path, hosts):
    """Each gives the same bytes as this machine alone."""
    if hosts != ":" and not (shutil.which("rsync") and shutil.which("ssh")):
        pytest.skip("rsync or ssh is not installed")
    (tmp_path / "remote").mkdir()
    (tmp_path / "ssh").write_text(SSH)
    (tmp_path / "ssh").chmod(0o755)
    passed_on = [f"--env={name}" for name in tshark.environment() if "_" in name]
    done = subprocess.run([BATCH, "--quiet", "--jobs", "2", "--hosts", hosts, "--ssh", tmp_path / "ssh", *passed_on,
                           "--out", tmp_path / "out", archive], env=tshark.environment(), capture_output=True,
                          text=True, check=False)
    assert done.returncode == 1 and done.stderr.count("\n") == 4, done.stderr
    assert (tmp_path / "out" / "resets.jsonl").read_bytes() == (finished[1] / "resets.jsonl").read_bytes()
    assert not list((tmp_path / "remote").rglob("*.pcap*"))


@pytest.mark.parametrize("redirect", [">/dev/full 2>/dev/full", ">&- 2>&- <&-"])
def test_nobody_listens(tshark, archive, tmp_path, redirect):
    done = subprocess.run(["sh", "-c", f'"$@" {redirect}', "sh", BATCH, "--quiet", "--out", tmp_path / "out",
                           archive / "plain.pcapng"], env=tshark.environment(), check=False)
    assert done.returncode == 0 and len(lines(tmp_path / "out" / "files.jsonl")) == 1
    assert "rst-batch:" not in "".join(path.read_text() for path in (tmp_path / "out").iterdir() if path.is_file())


@pytest.mark.parametrize("jobs", ["3", "50%", "+1", "-1"])
def test_jobs(batch, archive, tmp_path, jobs):
    done = batch("--jobs", jobs, archive / "plain.pcapng", "--out", tmp_path)
    assert done.returncode == 0, done.stderr


def test_one_at_a_time(batch, archive, tmp_path):
    """The first one stands still meanwhile, so that it is not done before the second one looks."""
    first = batch(archive, "--out", tmp_path / "out", wait=False)
    deadline = time.monotonic() + 100
    while not (tmp_path / "out" / "out").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    first.send_signal(signal.SIGSTOP)
    done = batch(archive, "--out", tmp_path / "out")
    first.send_signal(signal.SIGCONT)
    assert done.returncode == 2 and "another rst-batch is at work" in done.stderr
    assert first.communicate(timeout=300) and first.returncode == 1


def test_without_plugin(stock, archive, tmp_path):
    done = subprocess.run([BATCH, "--quiet", "--out", tmp_path / "out", archive], env=stock.environment(),
                          capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "does not know rst.cause" in done.stderr and done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [None, "", "no json\n", "[1]\n", "{}\n", '{"file": 1}\n'], ids=str)
def test_report_of_nonsense(tmp_path, content):
    if content is not None:
        for name in ("resets.jsonl", "files.jsonl"):
            (tmp_path / name).write_text(content)
    done = subprocess.run([f"{BATCH}-report", tmp_path], capture_output=True, text=True, check=False)
    if content == "":
        assert done.returncode == 0 and (tmp_path / "report.html").exists()
    else:
        assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
        assert not (tmp_path / "report.html").exists() and not list(tmp_path.glob("*.part"))


def test_report_writes_through_no_link(tmp_path, finished):
    """Nor over the file that has another name as well."""
    for name in ("resets.jsonl", "files.jsonl"):
        shutil.copy(finished[1] / name, tmp_path)
    (tmp_path / "victim").write_text("dear")
    os.link(tmp_path / "victim", tmp_path / "report.html")
    (tmp_path / "summary.txt").symlink_to(tmp_path / "victim")
    (tmp_path / "summary-causes.csv").symlink_to(tmp_path / "new")
    subprocess.run([f"{BATCH}-report", tmp_path], check=True)
    assert (tmp_path / "victim").read_text() == "dear" and not (tmp_path / "new").exists()


def test_job_log_is_no_link(batch, archive, tmp_path):
    """parallel appends to it."""
    batch(archive, "--out", tmp_path / "o")
    (tmp_path / "victim").write_text("dear")
    (tmp_path / "o" / "joblog").unlink()
    (tmp_path / "o" / "joblog").symlink_to(tmp_path / "victim")
    for result in (tmp_path / "o" / "out").glob("*.tsv"):
        result.unlink()
    batch(archive, "--out", tmp_path / "o")
    assert (tmp_path / "victim").read_text() == "dear" and not (tmp_path / "o" / "joblog").is_symlink()


def test_disk_full(tshark, archive, tmp_path):
    """Nothing half-written under a final name."""
    script = f'"$@"; code=$?; cd {tmp_path}; find . -type f; cat out/*.tsv 2>/dev/null; exit $code'
    done = full_disk.run_in(tshark, tmp_path, script, BATCH, "--quiet", "--out", tmp_path, archive)
    assert done.returncode == 2 and "No space left" in done.stderr.splitlines()[-1], done.stderr
    for line in done.stdout.splitlines():
        assert ".part" not in line and "jsonl" not in line, done.stdout


def test_disk_full_later(tshark, tmp_path):
    """With --follow: what was told stays whole."""
    (tmp_path / "full").mkdir()
    asked = [{"id": "none", "file": letter * 3000} for letter in "abc"]
    (tmp_path / "asked").write_text("\n".join(map(json.dumps, [asked[0], {}, *asked[1:], {}, ""])))
    script = f'cd {tmp_path}/full; mkdir out; "$@" <../asked; code=$?; cut -c 1-20 files.jsonl; find . -name "*.part"; exit $code'
    done = full_disk.run_in(tshark, tmp_path / "full", script, f"{BATCH}-join")
    assert done.returncode == 1 and "No space left" in done.stderr, done.stderr
    assert json.loads(done.stdout.splitlines()[0])["captures"] == 1
    assert done.stdout.splitlines()[1:] == ['{"file": "aaaaaaaaaa'], done.stdout
