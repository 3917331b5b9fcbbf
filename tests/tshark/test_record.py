"""rst-record: what is refused, and, as root, that nobody can misuse its rights (tests/run.sh calls this file as root).

SPDX-License-Identifier: GPL-2.0-or-later
"""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tools

RECORD = tools.REPO / "packaging" / "rst-record"
FORMAT = Path("/sys/kernel/tracing/events/tcp/tcp_send_reset/format")
CALLER, STRANGER = 23456, 34567  # users
FINAL = ["x.pcapng", "x.trace.txt"]


def can_trace():
    return os.geteuid() == 0 and FORMAT.exists() and "reason" in FORMAT.read_text()


as_root = pytest.mark.skipif(not can_trace(), reason="needs root and a kernel that reports the reason of its resets")
as_user = pytest.mark.skipif(os.geteuid() == 0, reason="for an ordinary user")

# A network of its own, in which a connection is refused every 20 ms, from before the recorder starts.
WORLD = r"""ip link set lo up
exec 9< <(exec /usr/bin/python3 -uc '
import socket, time
for number in range(3000):
    with socket.socket() as s: s.connect_ex(("127.0.0.1", 9))
    if not number: print("begun")
    time.sleep(0.02)')
noise=$!
read -r <&9
exec 9<&-
%s
"$@"
code=$?
kill $noise
exit $code
"""


def started(*arguments, sudo=True, prepare="", environment=None, program=RECORD, drops=False, **more):
    """In its own process group: the recorder is its only child with that name. Recording drops takes seconds to begin."""
    arguments = arguments if drops else ("--no-drops", *arguments)
    command = ["unshare", "--net", "--mount", "bash", "-c", WORLD % prepare, "bash", program, *arguments]
    variables = {"PATH": os.environ["PATH"], **(environment or {})}
    if sudo:
        variables |= {"SUDO_UID": str(CALLER), "SUDO_GID": str(CALLER)}
    more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.Popen(command, env=variables, start_new_session=True, **more)


def recorded(*arguments, seconds="1", **more):
    """(exit code, standard output, lines of errors)"""
    with started("--seconds", seconds, *arguments, "lo", **more) as child:
        out, err = child.communicate(timeout=60)
    return child.returncode, out, [line for line in (err or b"").decode().splitlines() if not line.startswith("record")]


def pid_of(child, name):
    """The process with that program name in the session of another one, or below the recorder."""
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            session = (entry / "stat").read_text().rpartition(")")[2].split()[3]
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            if name == "dumpcap" and words[0].endswith(b"dumpcap") and int(parent) == pid_of(child, "rst-record") or \
                    name == "rst-record" and words[1] == b"-I" and int(session) == child.pid:
                return int(entry.name)
    return None


def wait_for(condition):
    latest = time.monotonic() + 20
    while time.monotonic() < latest:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come")


@pytest.fixture
def folder(tmp_path):
    """Of the caller, whom every folder above lets through."""
    for above in [tmp_path, *tmp_path.parents]:
        if above.stat().st_uid == os.geteuid() and above != Path("/") and above != Path("/tmp"):
            above.chmod(above.stat().st_mode | 0o711)
    place = tmp_path / "own"
    place.mkdir()
    if os.geteuid() == 0:
        os.chown(place, CALLER, CALLER)
    return place


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def state(path):
    status = path.lstat()
    return status.st_uid, status.st_gid, status.st_mode, status.st_size, status.st_mtime_ns


@pytest.mark.parametrize("arguments,message", [
    ([], "no interface given"), (["lo", "lo"], "more than one interface"), (["--wrong", "lo"], "not recognized"),
    (["--seconds", "x", "lo"], "is not a positive number"), (["--seconds", "-1", "lo"], "is not a positive number"),
    (["--seconds", "0", "lo"], "is not a positive number"), (["--seconds", "", "lo"], "is not a positive number"),
    (["--snaplen", "1e3", "lo"], "is not a positive number"), (["--buffer", "9" * 20, "lo"], "is not a positive number"),
    (["--name", "a/b", "lo"], "--name must not contain a folder"), (["--name", "x" * 250, "lo"], "--name is too long"),
    (["--folder"], "requires argument"),
])
def test_wrong_arguments(arguments, message):
    done = subprocess.run([RECORD, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and message in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_help():
    done = subprocess.run([RECORD, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.startswith("Usage: rst-record") and not done.stderr


@as_user
def test_needs_root():
    done = subprocess.run([RECORD, "lo"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and f"root is needed to capture and to trace: sudo {RECORD} lo\n" in done.stderr
    assert done.stderr.count("\n") == 1


@as_root
@pytest.mark.skipif(not shutil.which("bpftrace"), reason="needs bpftrace")
def test_drops(folder):
    """Each refused SYN is dropped for want of a socket, and the line says which packet it was."""
    code, out, errors = recorded("--folder", folder, "--name", "x", seconds="2", drops=True)
    assert (code, errors) == (0, []) and out.count(b"\n") == 2
    trace = (folder / "x.trace.txt").read_text()
    line = re.search(r"^\d+\.\d{9}: rst_drop: reason=NO_SOCKET location=\w+ src=127\.0\.0\.1 dst=127\.0\.0\.1 "
                     r"sport=(\d+) dport=9 flags=0x02 seq=(\d+) ack=0 window=\d+ id=\d+ ttl=64$", trace, re.M)
    assert line, trace[:2000]
    assert f"dest=127.0.0.1:{line[1]} state=" in trace  # that packet's reset


def test_drops_alone():
    program = RECORD.parent / "rst-record-drops"
    for arguments, code, message in (["--help"], 0, "Usage: "), (["x"], 1, "takes no arguments"):
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == code and message in done.stdout + done.stderr, done


@as_root
@pytest.mark.parametrize("interface", ["none", "../../../../tmp", "", "..", "-", "TCP@127.0.0.1:9"])
def test_no_such_interface(interface):
    done = subprocess.run([RECORD, "--", interface], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "no interface '" in done.stderr and done.stderr.count("\n") == 1, done.stderr


@as_root
@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_files_of_the_caller(folder, mode):
    """Also where root without its special rights, as which dumpcap writes, must not."""
    folder.chmod(mode)
    code, out, errors = recorded("--folder", folder, "--name", "x")
    assert (code, errors) == (0, []) and names(folder) == FINAL
    for name in FINAL:
        assert state(folder / name)[:3] == (CALLER, CALLER, 0o100600)
    assert str(folder / "x.trace.txt").encode() in out and "NO_SOCKET" in (folder / "x.trace.txt").read_text()
    assert tools.frame_count(folder / "x.pcapng") > 0


@as_root
def test_files_of_root(folder):
    code, _, errors = recorded("--folder", folder, "--name", "x", sudo=False)
    assert (code, errors) == (0, []) and [state(folder / name)[0] for name in FINAL] == [0, 0]


@as_root
@pytest.mark.parametrize("final", FINAL)
@pytest.mark.parametrize("kind", ["symlink", "dangling", "hard link", "FIFO", "folder", "file"])
def test_something_in_the_way(folder, tmp_path, final, kind):
    victim, place = tmp_path / "victim", folder / final
    victim.write_text("secret")
    victim.chmod(0o600)
    {"symlink": lambda: place.symlink_to(victim), "dangling": lambda: place.symlink_to(tmp_path / "new"),
     "hard link": lambda: place.hardlink_to(victim), "FIFO": lambda: os.mkfifo(place), "folder": place.mkdir,
     "file": place.touch}[kind]()
    before = state(victim), state(place)
    code, _, errors = recorded("--folder", folder, "--name", "x")
    assert code == 1 and len(errors) == 1 and "already exists" in errors[0], errors
    assert (state(victim), state(place)) == before and not (tmp_path / "new").exists() and names(folder) == [final]


@as_root
@pytest.mark.parametrize("kind", ["of root", "link", "unreachable", "none", "file"])
def test_folder_of_somebody_else(folder, tmp_path, kind):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o755)
    (closed / "open").mkdir()
    (closed / "open").chmod(0o777)
    wanted = closed
    if kind == "link":
        wanted = folder / "link"
        wanted.symlink_to(closed)
    elif kind == "unreachable":
        closed.chmod(0o700)
        wanted = closed / "open"
    elif kind in ("none", "file"):
        wanted = folder / "here"
        if kind == "file":
            wanted.touch()
    code, _, errors = recorded("--folder", wanted, "--name", "x")
    assert code == 1 and len(errors) == 1 and str(wanted if kind != "link" else closed) in errors[0], errors
    assert names(closed) == ["open"] and names(closed / "open") == []


ROOT_SHELLS = ["/bin/bash", "/usr/bin/su", "/bin/sh -l", "/usr/bin/su -", "/usr/bin/zsh"]


@as_root
@pytest.mark.parametrize("command", ROOT_SHELLS)
def test_root_shell(folder, tmp_path, command):
    """A shell that sudo started still has the caller's number. Root's own folder gets files of root, closed or not; the
    caller's gets files of the caller."""
    for mode in (0o700, 0o755):
        own = tmp_path / f"{mode:o}"
        own.mkdir()
        own.chmod(mode)
        code, _, errors = recorded("--folder", own, "--name", "x", environment={"SUDO_COMMAND": command})
        assert (code, errors) == (0, []) and [state(own / name)[0] for name in FINAL] == [0, 0]
    code, _, errors = recorded("--folder", folder, "--name", "x", environment={"SUDO_COMMAND": command})
    assert (code, errors) == (0, []) and [state(folder / name)[0] for name in FINAL] == [CALLER, CALLER]


@as_root
@pytest.mark.parametrize("kind", ["link", "linked above", "shared", "of a stranger"])
def test_root_shell_and_a_trap(folder, tmp_path, kind):
    """Root's files go nowhere that a user chose."""
    closed = tmp_path / "closed"
    (closed / "below").mkdir(parents=True, mode=0o755)
    wanted = closed
    if kind in ("link", "linked above"):
        (folder / "link").symlink_to(closed)
        wanted = folder / "link" / ("below" if kind == "linked above" else "")
    elif kind == "shared":
        os.chown(closed, 0, STRANGER)
        closed.chmod(0o775)
    else:
        os.chown(closed, STRANGER, STRANGER)
    code, _, errors = recorded("--folder", wanted, "--name", "x", environment={"SUDO_COMMAND": "/bin/bash"})
    assert code == 1 and len(errors) == 1 and "cannot write into" in errors[0], errors
    assert names(closed) == ["below"] and names(closed / "below") == []


@as_root
@pytest.mark.parametrize("command", ["/usr/local/bin/rst-record --folder /root lo", "/bin/bash -c rst-record", "",
                                     "/usr/local/bin/bash-record", "/bin/sh /usr/local/bin/capture"])
def test_only_a_root_shell(folder, command):
    """Who may call this program only, or a script that does, gets nothing into root's folder."""
    closed = folder.parent / "closed"
    closed.mkdir(mode=0o755)
    code, _, errors = recorded("--folder", closed, "--name", "x", environment={"SUDO_COMMAND": command})
    assert code == 1 and len(errors) == 1 and "cannot write into" in errors[0] and names(closed) == [], errors


# Replaces whatever is being written, and the folder itself, as fast as it can.
RACE = """
import os, sys
folder, victim, user = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.setgroups([]); os.setgid(user); os.setuid(user)
def attempt(action, *arguments):
    try: action(*arguments)
    except OSError: pass
print(flush=True)
while True:
    for name in [*os.listdir(folder), "x.pcapng", "x.trace.txt"]:
        path = os.path.join(folder, name)
        for made in (os.symlink, os.link):
            attempt(made, victim, path)
            attempt(os.rename, path, path + ".away")
            attempt(made, victim, path)
        attempt(os.unlink, path)
    attempt(os.rename, folder, folder + ".away")
    attempt(os.symlink, os.path.dirname(victim), folder)
    attempt(os.unlink, folder)
    attempt(os.rename, folder + ".away", folder)
"""


@as_root
@pytest.mark.parametrize("user", [CALLER, STRANGER])
@pytest.mark.parametrize("mode", [0o777, 0o1777])
@pytest.mark.parametrize("sudo", [True, False])
def test_race(folder, user, mode, sudo):
    """The worst case: everything above belongs to the attacker, or is a sticky folder like /tmp."""
    private = folder.parent / "private"
    private.mkdir(mode=0o755)
    victim = private / "victim"
    victim.write_text("secret")
    victim.chmod(0o600)
    os.chown(folder.parent, user, user)
    os.chown(folder, 0, 0)
    folder.chmod(mode)
    before = state(victim), names(private)
    with subprocess.Popen([sys.executable, "-c", RACE, folder, victim, str(user)], stdout=subprocess.PIPE) as attacker:
        attacker.stdout.readline()
        for _ in range(2):
            recorded("--folder", folder, "--name", "x", sudo=sudo)
        attacker.kill()
    assert (state(victim), names(private)) == before
    for path in [*folder.parent.rglob("*")]:  # nothing of root's became anybody else's
        if path.is_file() and not path.is_symlink() and path.stat().st_ino != victim.stat().st_ino:
            assert path.stat().st_uid == (CALLER if sudo else 0)


@as_root
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped(folder, signum):
    with started("--folder", folder, "--name", "x", "lo") as child:
        recorder = wait_for(lambda: pid_of(child, "rst-record"))
        wait_for(lambda: any(path.stat().st_size > 1000 for path in folder.glob("*.pcapng")))
        assert len(names(folder)) == 2 and all(".part." in name for name in names(folder))
        os.kill(recorder, signum)
        child.communicate(timeout=60)
    assert child.returncode == 0 and names(folder) == FINAL


@as_root
def test_capture_killed(folder):
    with started("--folder", folder, "--name", "x", "lo") as child:
        wait_for(lambda: any(path.stat().st_size > 1000 for path in folder.glob("*.pcapng")))
        os.kill(wait_for(lambda: pid_of(child, "dumpcap")), signal.SIGKILL)
        _, err = child.communicate(timeout=60)
    assert child.returncode == 1 and b"killed by signal 9" in err and err.count(b"\n") == 2, err
    assert len(names(folder)) == 2 and all(".part." in name and str(folder / name).encode() in err
                                           for name in names(folder))


@as_root
def test_recorder_killed(folder):
    with started("--folder", folder, "--name", "x", "lo") as child:
        wait_for(lambda: any(path.stat().st_size > 1000 for path in folder.glob("*.pcapng")))
        sniffer, recorder = (wait_for(lambda name=name: pid_of(child, name)) for name in ("dumpcap", "rst-record"))
        os.kill(recorder, signal.SIGKILL)
        child.communicate(timeout=60)
    wait_for(lambda: not os.path.exists(f"/proc/{sniffer}"))
    assert len(names(folder)) == 2 and all(".part." in name for name in names(folder))
    instance = Path(f"/sys/kernel/tracing/instances/rst-record-{recorder}")
    assert instance.exists()
    assert recorded("--folder", folder, "--name", "x")[0] == 0 and not instance.exists()
    assert set(FINAL) < set(names(folder))


@as_root
def test_disk_full(folder):
    full = f"mount -t tmpfs -o size=8k,mode=777 none {folder}; trap 'ls {folder} >&2' EXIT"
    code, _, errors = recorded("--folder", folder, "--name", "x", seconds="20", prepare=full)
    assert code == 1 and "; what was recorded is in '" in errors[0], errors
    assert len(errors) == 3 and all(".part." in name for name in errors[1:]), errors


@as_root
def test_no_room_at_all(folder):
    full = (f"mount -t tmpfs -o size=4k,mode=777 none {folder}; head -c 4096 /dev/zero >{folder}/zero;"
            f"trap 'ls {folder} >&2' EXIT")
    code, _, errors = recorded("--folder", folder, "--name", "x", prepare=full)
    assert code == 1 and errors[0].startswith("rst-record: ") and errors[1:] == ["zero"], errors


@as_root
@pytest.mark.parametrize("name,locale", [
    (b"with space", "C"), (b"quo'te\"", "C"), (b"new\nline", "C"), (b"-dash", "C"), (b"$(touch x)", "C"), (b"x" * 231, "C"),
    (b"\xff\xfe", "C"), (b"\xff\xfe", "POSIX"), (b"\xff\xfe", "C.UTF-8"), (b"new\nline", "C.UTF-8")])
def test_names(folder, name, locale):
    inside = folder / os.fsdecode(name)
    inside.mkdir()
    os.chown(inside, CALLER, CALLER)
    code, out, errors = recorded("--folder", inside, b"--name", name, environment={"LC_ALL": locale})
    assert (code, errors) == (0, []) and out.count(b"\n") == 2
    # What it prints can be pasted into a shell.
    words = subprocess.run(["bash", "-c", b"printf '%s\\0' " + out.splitlines()[0].partition(b":")[2]],
                           capture_output=True, check=True).stdout.split(b"\0")
    capture = os.fsencode(inside) + b"/" + name + b".pcapng"
    assert words[1:5] == [b"-o", b"rst.kernel_trace:" + capture.replace(b".pcapng", b".trace.txt"), b"-r", capture]
    assert os.path.getsize(capture) > 1000


@as_root
def test_hostile_environment(folder, tmp_path):
    evil = tmp_path / "evil"
    evil.mkdir()
    for program in ("dumpcap", "tcpdump", "setpriv", "json.py", "shutil.py", "python3"):
        (evil / program).write_text(f"#!/bin/sh\ntouch {evil}/owned\n")
        (evil / program).chmod(0o755)
    environment = {"PATH": f"{evil}:{os.environ['PATH']}", "PYTHONPATH": str(evil), "TMPDIR": "/none", "LC_ALL": "xx_XX"}
    code, _, errors = recorded("--folder", folder, "--name", "x", environment=environment)
    assert code == 0 and not [line for line in errors if not line.startswith("bash: warning: setlocale")], errors
    assert names(folder) == FINAL and not (evil / "owned").exists()


@as_root
@pytest.mark.parametrize("uid", ["x", "-1", "4294967295", "99999999999"])
def test_wrong_caller(folder, uid):
    code, _, errors = recorded("--folder", folder, "--name", "x", sudo=False, environment={"SUDO_UID": uid})
    assert code == 1 and len(errors) == 1 and "SUDO_UID" in errors[0] and names(folder) == []


@as_root
@pytest.mark.parametrize("where", ["full", "closed"])
def test_no_output(folder, where):
    """The files are whole even if nobody can be told."""
    program = folder.parent / "run"
    redirect = ">/dev/full 2>/dev/full" if where == "full" else ">&- 2>&- <&-"
    program.write_text(f"#!/bin/sh\nexec {RECORD} \"$@\" {redirect}\n")
    program.chmod(0o755)
    code, _, _ = recorded("--folder", folder, "--name", "x", program=program)
    assert code == (1 if where == "full" else 0) and names(folder) == FINAL
    assert tools.frame_count(folder / "x.pcapng") > 0 and "rst-record:" not in (folder / "x.trace.txt").read_text()


@as_root
@pytest.mark.parametrize("missing", [["dumpcap"], ["dumpcap", "tcpdump"], ["dumpcap", "setpriv"]])
def test_other_tools(folder, missing):
    hide = "; ".join(f"mount --bind /dev/null $(command -v {program})" for program in missing)
    code, _, errors = recorded("--folder", folder, "--name", "x", prepare=hide)
    if missing == ["dumpcap", "tcpdump"]:
        assert code == 1 and len(errors) == 1 and "neither dumpcap nor tcpdump" in errors[0] and names(folder) == []
    else:
        assert (code, errors) == (0, []) and names(folder) == ["x.pcap", "x.trace.txt"]
        assert tools.frame_count(folder / "x.pcap") > 0


@as_root
@pytest.mark.parametrize("program", ["dumpcap", "tcpdump"])
def test_wrong_filter(folder, program):
    hide = "mount --bind /dev/null $(command -v dumpcap)" if program == "tcpdump" else ""
    code, _, errors = recorded("--folder", folder, "--name", "x", "--filter", "-z nonsense (", prepare=hide)
    assert code == 1 and len(errors) == 1 and "did not start" in errors[0] and names(folder) == []


@as_root
def test_no_buffer(folder):
    code, _, errors = recorded("--folder", folder, "--name", "x", "--buffer", "999999999")
    assert code == 1 and len(errors) == 1 and "no trace buffer" in errors[0] and names(folder) == []


@as_root
def test_name_taken_meanwhile(folder):
    """Nothing is replaced and nothing is lost."""
    with started("--folder", folder, "--name", "x", "--seconds", "2", "lo") as child:
        wait_for(lambda: len(names(folder)) == 2)  # both names were free
        (folder / "x.pcapng").write_text("mine")
        _, err = child.communicate(timeout=60)
    assert child.returncode == 1 and b"File exists, it is in '" in err, err
    kept = re.search(rb"it is in '(.*)'", err)[1]
    assert (folder / "x.pcapng").read_text() == "mine" and os.path.getsize(kept) > 1000
    assert (folder / "x.trace.txt").exists()
