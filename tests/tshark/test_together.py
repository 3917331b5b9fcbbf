"""rst-batch reads small captures many at a time: the same results as one by one, and what goes wrong costs one capture.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import shutil
import signal
import subprocess
import sys
import time

import packets
import pytest
import tools

BATCH = tools.REPO / "packaging" / "rst-batch"
COUNT = 16
HEAD, END = "begin", "end"
# What happens in the frame of a SYN to a port, in the words of a script that a user may load.
TROUBLE = """
local port = Field.new("tcp.dstport")
local trouble = Proto("trouble", "Trouble")
function trouble.dissector()
    local found = port()
    if found and found.value == 7001 then
        os.execute("kill -SEGV $PPID; sleep 1")
    elseif found and found.value == 7002 then
        os.execute("exec sleep 30")
    end
end
register_postdissector(trouble)
"""

pytestmark = [pytest.mark.skipif(not shutil.which("parallel"), reason="GNU parallel is not installed"),
              pytest.mark.skipif(sys.platform != "linux", reason="only Linux can read /dev/stdin from two places")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Samples, one of them cut short, one packed and one that is no capture."""
    folder = tmp_path_factory.mktemp("captures")
    samples = sorted(path for path in tools.SAMPLES.glob("*/*.pcapng") if path.stem == path.parent.name)
    for path in samples[::len(samples) // COUNT][:COUNT]:
        shutil.copy(path, folder)
    one, two = sorted(folder.iterdir())[:2]
    one.write_bytes(one.read_bytes()[:-5])
    subprocess.run(["gzip", two], check=True)
    (folder / "noise.pcap").write_bytes(bytes(range(256)) * 20)
    return folder


def run(tshark, out, *arguments):
    return subprocess.run([BATCH, "--quiet", "--out", out, *arguments], env=tshark.environment(), capture_output=True,
                          text=True, check=False)


def results(out):
    return {path.name: path.read_bytes() for path in (out / "out").iterdir()}


def jobs_of(out):
    return len((out / "joblog").read_text().splitlines())


@pytest.fixture(scope="module")
def alone(tshark, folder, tmp_path_factory):
    """Read one by one, because there are so many jobs."""
    out = tmp_path_factory.mktemp("alone") / "out"
    done = run(tshark, out, "--jobs", "20", folder)
    assert done.returncode == 1 and done.stderr.count("not read to the end") == 2, done.stderr
    assert jobs_of(out) == len(results(out)) == COUNT + 1
    return out


def same_report(one, other):
    for name in ("resets.jsonl", "findings.jsonl", "problems.jsonl", "files.jsonl", "report.html"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_same_results(tshark, alone, folder, tmp_path):
    """What was not read well in a group was read again alone."""
    done = run(tshark, tmp_path / "out", "--jobs", "1", folder)
    assert done.returncode == 1 and done.stderr.count("not read to the end") == 2, done.stderr
    assert results(tmp_path / "out") == results(alone)
    same_report(tmp_path / "out", alone)
    groups = -(-(COUNT + 1) // ((COUNT + 1) // 4))
    assert jobs_of(tmp_path / "out") == groups + 2


def test_plugin_that_cannot(tshark, alone, folder, tmp_path):
    """Another version, on a machine where rst-batch is newer: all are read one by one."""
    (tmp_path / "tshark").write_text('#!/bin/sh\ncase "$*" in *rst_batch*) exec cat ;; esac\nexec tshark "$@"\n')
    (tmp_path / "tshark").chmod(0o755)
    run(tshark, tmp_path / "out", "--jobs", "1", "--tshark", tmp_path / "tshark", folder)
    assert results(tmp_path / "out") == results(alone)


def test_killed_and_resumed(tshark, alone, folder, tmp_path):
    out = tmp_path / "out"
    child = subprocess.Popen([BATCH, "--quiet", "--jobs", "1", "--out", out, folder], env=tshark.environment(),
                             stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 100
    while not list(out.glob("out/*.tsv")) and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    child.send_signal(signal.SIGTERM)
    child.wait(100)
    done = run(tshark, out, "--jobs", "1", folder)
    assert " 0 done already" not in done.stderr
    deadline = time.monotonic() + 100
    while list(out.glob("out/*.part")) and time.monotonic() < deadline:  # what the first one started ends on its own
        time.sleep(0.05)
    assert results(out) == results(alone)
    same_report(out, alone)


def refused(path, port):
    """A capture of a SYN and a reset."""
    packets.write_pcap(path, [(1, packets.tcp_frame(1, 2, packets.SYN, ports=(40000, port))),
                              (2, packets.tcp_frame(2, 1, packets.RST | packets.ACK, 0, 1001, ports=(port, 40000)))])


@pytest.fixture
def troubled(tmp_path):
    """(folder, options) of captures, of which one makes tshark crash and one makes it stand still"""
    captures = tmp_path / "captures"
    captures.mkdir()
    (tmp_path / "trouble.lua").write_text(TROUBLE)
    for name, port in [*((number, 80) for number in range(8)), ("crash", 7001), ("hang", 7002)]:
        refused(captures / f"{name}.pcap", port)
    return captures, f"-X lua_script:{tmp_path / 'trouble.lua'}"


def test_one_crashes_and_one_hangs(tshark, troubled, tmp_path):
    captures, options = troubled
    done = run(tshark, tmp_path / "out", "--jobs", "1", "--timeout", "3", f"--options={options}", captures)
    assert done.returncode == 1, done.stderr
    named = [line for line in done.stderr.splitlines() if "not read to the end" in line]
    assert len(named) == 2 and "crash.pcap" in named[0] and "hang.pcap" in named[1], done.stderr
    assert "no result within 3 s (--timeout)" in named[1]
    assert len(list((tmp_path / "out" / "out").glob("*.tsv"))) == 9


def serve(tshark, folder, lines, *options):
    asked = "".join(f"{line}\n" for line in (HEAD, END, *lines))
    command = ["tshark", "-2", "-r", "/dev/stdin", "-T", "fields", "-e", "rst.cause", "-Y", "rst", *options]
    return subprocess.run(command, input=asked, cwd=folder, env=tshark.environment(), capture_output=True, text=True,
                          check=False)


def test_server(tshark, troubled, tmp_path):
    """One second for each; nothing is left of those that fail, and what is there is not written over."""
    captures, options = troubled
    (captures / "cut.pcap").write_bytes((captures / "0.pcap").read_bytes()[:-5])
    (captures / "victim.part").write_text("dear")
    (captures / "link.part").symlink_to("new")
    lines = [f"{name}.pcap\t{name}.part\t{name}.tsv" for name in ("0", "none", "cut", "crash", "hang", "1")]
    lines += ["2.pcap\tvictim.part\t2.tsv", "3.pcap\tlink.part\t3.tsv", "4.pcap\t4.part", "", "5.pcap\t/none/5\t5.tsv"]
    before = {path.name for path in captures.iterdir()}
    done = serve(tshark, captures, lines, *options.split(), "-X", "rst_batch:1")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert {path.name for path in captures.iterdir()} - before == {"0.tsv", "1.tsv"}
    assert (captures / "victim.part").read_text() == "dear"
    wanted = tshark("-2", "-r", captures / "0.pcap", "-T", "fields", "-e", "rst.cause", "-Y", "rst")
    assert wanted and (captures / "0.tsv").read_text() == (captures / "1.tsv").read_text() == f"{HEAD}\n{wanted}{END}\n"


def test_without_the_option_it_is_a_capture(tshark, tmp_path):
    assert serve(tshark, tmp_path, []).returncode != 0
    assert os.listdir(tmp_path) == []
