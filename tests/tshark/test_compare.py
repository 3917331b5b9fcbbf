"""rst-compare and its files: names, links, full disks, closed output. What it says is in test_points.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import contextlib
import os
import shutil
import signal
import subprocess

import pytest
import test_points
import tools


@pytest.fixture(scope="module")
def ends(tshark, tmp_path_factory):
    """Captures of one connection from both ends; an endpoint reset it."""
    folder, capture = tmp_path_factory.mktemp("ends"), test_points.sample("app_abort-two_points")
    return [test_points.end_of(tshark, capture, n, folder / f"{n}.pcap") for n in (0, 1)]


@pytest.fixture
def here(ends, tmp_path, monkeypatch):
    """A folder with both, the current one."""
    monkeypatch.chdir(tmp_path)
    for name, path in zip(("a", "b"), ends):
        shutil.copy(path, name)
    return tmp_path


def compare(tshark, *arguments, **more):
    environment = {**tshark.environment(), **more.pop("environment", {})}
    environment = {name: value for name, value in environment.items() if value}
    return subprocess.run([test_points.COMPARE, *arguments], env=environment,
                          capture_output="stdout" not in more, text=True, errors="surrogateescape", timeout=100,
                          check=False, **more)


def refused(done, word):
    assert done.returncode == 2 and not done.stdout, done
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("rst-compare: ") and word in done.stderr, done.stderr


@pytest.mark.parametrize("name", [b"with space", b"quo'te\"", b"new\nline", b"-dash", b"$(touch x)", b"\xff\xfe",
                                  b"x" * 255], ids=lambda name: ascii(name)[:20])
def test_names(tshark, here, name):
    name = os.fsdecode(name)
    os.rename("a", name)
    merged = f"{name[:248]}.merged"
    done = compare(tshark, f"--output={merged}", "--", name, "b", environment={"LC_ALL": "C.UTF-8"})
    assert (done.returncode, done.stderr) == (0, "") and len(done.stdout.splitlines()) == 4, done.stdout
    assert sorted(os.listdir()) == sorted([name, "b", merged])


@pytest.mark.parametrize("kind", ["symlink", "dangling", "hard link", "FIFO", "folder", "input", "input by link",
                                  "full", "no folder", "closed folder"])
def test_output(tshark, here, kind):
    """Nothing is written through a link; a file that is in the way loses its name but not its content."""
    target = here / "target"
    target.write_text("dear")
    output = {"input": "a", "full": "/dev/full", "no folder": "none/out", "closed folder": "/proc/out"}.get(kind, "out")
    {"symlink": lambda: os.symlink("target", "out"), "dangling": lambda: os.symlink("new", "out"),
     "hard link": lambda: os.link("target", "out"), "FIFO": lambda: os.mkfifo("out"), "folder": lambda: os.mkdir("out"),
     "input by link": lambda: os.link("a", "out")}.get(kind, lambda: None)()
    before = {path.name: path.lstat() for path in here.iterdir()}
    done = compare(tshark, "a", "b", "-o", output)
    if kind == "hard link":
        assert done.returncode == 0 and tools.frame_count("out") > 20
    else:
        refused(done, output)
        assert {path.name: path.lstat().st_ctime_ns for path in here.iterdir()} == \
            {name: status.st_ctime_ns for name, status in before.items()}
    assert target.read_text() == "dear" and not (here / "new").exists()


def test_output_through_own_links(tshark, here):
    """To a folder; a circle of links is refused."""
    (here / "deep" / "er").mkdir(parents=True)
    os.symlink("../deep/er", here / "deep" / "one")
    os.symlink(here / "deep" / "one", "two")
    os.symlink("circle", "circle")
    assert compare(tshark, "a", "b", "-o", "two/../er/out").returncode == 0
    assert os.listdir(here / "deep" / "er") == ["out"]
    refused(compare(tshark, "a", "b", "-o", "circle/out"), "circle/out: Too many levels")


@pytest.mark.parametrize("kind,word", [("FIFO", "not a regular file"), ("folder", "a folder"),
                                       ("closed", "not readable"), ("empty", "no packets"), ("none", "no such file"),
                                       ("link", "no such file")])
def test_input(tshark, here, kind, word):
    {"FIFO": lambda: os.mkfifo("c"), "folder": lambda: os.mkdir("c"), "link": lambda: os.symlink("none", "c"),
     "closed": lambda: (shutil.copy("a", "c"), os.chmod("c", 0)), "empty": lambda: open("c", "w").close(),
     "none": lambda: None}[kind]()
    refused(compare(tshark, "a", "c", "-o", "out"), word)
    refused(compare(tshark, "c", "a", "-o", "out"), word)
    if kind != "empty":
        refused(compare(tshark, "a", "b", "--trace", "c", "-o", "out"), word)
    assert not (here / "out").exists() and not list(here.glob("*.part"))


@pytest.mark.parametrize("environment", [{"HOME": None}, {"TMPDIR": "/none"}, {"LC_ALL": "xx_XX.UTF-8"},
                                         {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}], ids=str)
def test_environment(tshark, here, environment):
    done = compare(tshark, "a", "b", environment=environment)
    assert (done.returncode, done.stderr) == (0, "") and "app_abort" in done.stdout


def test_without_tools(tshark, here):
    (here / "bin").mkdir()
    for program in ("env", "python3", "capinfos", "mergecap", "editcap"):
        (here / "bin" / program).symlink_to(shutil.which(program))
    refused(compare(tshark, "a", "b", environment={"PATH": str(here / "bin")}), "tshark is not installed")


def test_without_plugin(stock, here):
    refused(compare(stock, "a", "b"), "does not load the rst plugin")


@pytest.mark.parametrize("redirect,code,errors", [
    (">/dev/full", 2, "cannot print: No space left on device"), (">&-", 2, "standard output is closed"),
    ("2>&-", 0, ""), ("<&-", 0, ""), ("2>/dev/full >/dev/full", 2, "")])
def test_nobody_listens(tshark, here, redirect, code, errors):
    done = subprocess.run(["sh", "-c", f'"$@" {redirect}', "sh", test_points.COMPARE, "a", "b", "-o", "out"],
                          env=tshark.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == code and done.stderr == (f"rst-compare: {errors}\n" if errors else "")
    assert (here / "out").exists() == (code == 0) and not list(here.glob("*.part"))


def test_reader_goes_away(tshark, here):
    read, write = os.pipe()
    os.close(read)
    done = compare(tshark, "a", "b", stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (done.returncode, done.stderr) == (2, "")


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted(tshark, here, signum):
    """Nothing is left."""
    (here / "temporary").mkdir()
    environment = {**tshark.environment(), "TMPDIR": str(here / "temporary")}
    with subprocess.Popen([test_points.COMPARE, "a", "b", "-o", "out"], env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as child:
        while child.poll() is None and not list((here / "temporary").iterdir()):
            pass
        child.send_signal(signum)
        out, errors = child.communicate(timeout=100)
    assert (child.returncode, out, errors) == (128 + signum, "", "rst-compare: interrupted\n")
    assert sorted(os.listdir()) == ["a", "b", "temporary"] and not os.listdir("temporary")


def test_temporary_files_are_private(tshark, here):
    (here / "temporary").mkdir()
    environment = {**tshark.environment(), "TMPDIR": str(here / "temporary")}
    command = [test_points.COMPARE, "a", "b"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, umask=0) as child:
        modes = set()
        while child.poll() is None:
            for path in (here / "temporary").iterdir():
                with contextlib.suppress(FileNotFoundError):  # it may be gone by now
                    modes.add(path.lstat().st_mode & 0o077)
    assert modes == {0} and child.returncode == 0


def test_disk_full(tshark, here):
    """A limit of the size of files, as an ordinary user has no small disk at hand."""
    done = subprocess.run(["prlimit", "--fsize=1500", test_points.COMPARE, "a", "b", "-o", "out"],
                          env=tshark.environment(), capture_output=True, text=True, check=False)
    refused(done, "")
    assert not (here / "out").exists() and not list(here.glob("*.part"))
