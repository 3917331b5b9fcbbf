"""rst-batch and rst-compare as root while a user attacks; the recorder's attacks are in test_record. tests/run.sh calls
these files as root.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import shutil
import subprocess
import sys
import time

import pytest
import test_points
import tools

BATCH = tools.REPO / "packaging" / "rst-batch"
USER = 23456

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

# For root, tshark loads no plugin from the build. This one knows rst.cause, but finds no resets.
STAND_IN = """#!/bin/sh
case "$*" in
*rst.cause*) exit 0 ;;
esac
exec /usr/bin/tshark "$@"
"""
# Puts a link to the victim, or to its folder, wherever a name appears, and its own folder in place of the target.
RACE = """
import os, sys
above, folder, victim, user = *sys.argv[1:4], int(sys.argv[4])
os.setgroups([]); os.setgid(user); os.setuid(user)
def attempt(action, *arguments):
    try: return action(*arguments)
    except OSError: return []
print(flush=True)
while True:
    for place in (folder, folder + "/in", folder + "/out"):
        for name in [*attempt(os.listdir, place), "resets.jsonl", "report.html", "joblog", "out.pcapng"]:
            path = os.path.join(place, name)
            attempt(os.rename, path, path + ".away")
            attempt(os.symlink, victim, path)
            attempt(os.unlink, path)
    attempt(os.rename, folder, folder + ".away")
    attempt(os.symlink, os.path.dirname(victim), folder)
    attempt(os.unlink, folder)
    attempt(os.rename, folder + ".away", folder)
"""


@pytest.fixture
def place(tmp_path):
    """A folder of the attacker, beside a private one of root with a secret."""
    for above in [tmp_path, *tmp_path.parents[:-2]]:
        above.chmod(above.stat().st_mode | 0o711)
    for name, mode in (("bin", 0o755), ("private", 0o755), ("theirs", 0o777)):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(mode)
    (tmp_path / "private" / "victim").write_text("secret")
    (tmp_path / "private" / "victim").chmod(0o600)
    (tmp_path / "bin" / "tshark").write_text(STAND_IN)
    (tmp_path / "bin" / "tshark").chmod(0o755)
    shutil.copy(tools.SAMPLES / "closed_port" / "closed_port.pcapng", tmp_path / "a.pcapng")
    os.chown(tmp_path / "theirs", USER, USER)
    return tmp_path


def called(place, *command):
    environment = {"PATH": f"{place / 'bin'}:{os.environ['PATH']}", "HOME": str(place)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)


def batch(place, out):
    return called(place, BATCH, "--quiet", "--out", out, place / "a.pcapng")


def private(place):
    """Everything of root's that must stay as it is."""
    victim = (place / "private" / "victim").stat()
    return os.listdir(place / "private"), victim.st_uid, victim.st_mode, victim.st_size, victim.st_mtime_ns


def test_batch_in_order(place):
    if not shutil.which("parallel"):
        pytest.skip("GNU parallel is not installed")
    done = batch(place, place / "out")
    assert done.returncode == 0 and (place / "out" / "report.html").exists(), done.stderr


@pytest.mark.parametrize("kind", ["of a user", "link to a folder of root", "link to a link", "for everybody"])
def test_batch_refuses(place, kind):
    if not shutil.which("parallel"):
        pytest.skip("GNU parallel is not installed")
    out = place / "theirs" / "out"
    if kind == "of a user":
        out.mkdir()
        os.chown(out, USER, USER)
    elif kind == "for everybody":
        out.mkdir()
        out.chmod(0o1777)
    else:
        (place / "theirs" / "second").symlink_to(place / "private")
        out.symlink_to(place / "private" if kind == "link to a folder of root" else place / "theirs" / "second")
    before = private(place)
    done = batch(place, out)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and str(out) in done.stderr, done.stderr
    assert private(place) == before and (not out.is_dir() or out.is_symlink() or os.listdir(out) == [])


@pytest.mark.parametrize("sticky", [False, True])
def test_race(place, sticky):
    theirs = place / "theirs"
    if sticky:
        os.chown(theirs, 0, 0)
        theirs.chmod(0o1777)
    ends = []
    for n in (0, 1):
        ends.append(place / f"{n}.pcap")
        subprocess.run(["tshark", "-r", test_points.sample("app_abort-two_points"), "-Y", f"frame.interface_id == {n}",
                        "-F", "pcap", "-w", ends[n]], stderr=subprocess.DEVNULL, check=True)
    before = private(place)
    command = [sys.executable, "-c", RACE, theirs, theirs / "out", place / "private" / "victim", str(USER)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as attacker:
        attacker.stdout.readline()
        latest = time.monotonic() + 4
        while time.monotonic() < latest:
            if shutil.which("parallel"):
                batch(place, theirs / "out")
            called(place, test_points.COMPARE, *ends, "-o", theirs / "out" / "out.pcapng")
            called(place, test_points.COMPARE, *ends, "-o", theirs / "out")
        attacker.kill()
    assert private(place) == before


@pytest.mark.parametrize("kind", ["link", "dangling", "hard link", "folder"])
def test_compare_writes_through_no_link(place, kind):
    ends = [place / "0.pcap", place / "1.pcap"]
    for n in (0, 1):
        subprocess.run(["tshark", "-r", test_points.sample("app_abort-two_points"), "-Y", f"frame.interface_id == {n}",
                        "-F", "pcap", "-w", ends[n]], stderr=subprocess.DEVNULL, check=True)
    out, victim = place / "theirs" / "out", place / "private" / "victim"
    {"link": lambda: out.symlink_to(victim), "dangling": lambda: out.symlink_to(place / "private" / "new"),
     "hard link": lambda: os.link(victim, out), "folder": lambda: out.symlink_to(place / "private")}[kind]()
    if out.is_symlink():
        os.chown(out, USER, USER, follow_symlinks=False)
    before = private(place)
    done = called(place, test_points.COMPARE, *ends, "-o", out / "victim" if kind == "folder" else out)
    assert done.returncode == (0 if kind == "hard link" else 2), done.stderr
    assert private(place) == before
