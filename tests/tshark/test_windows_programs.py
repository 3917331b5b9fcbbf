"""The programs rst-* with Python for Windows, as far as Linux can tell: see as_on_windows.py.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import ast
import ntpath
import re
import shutil
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType

import as_on_windows
import pytest
import test_points
import tools

PROGRAMS = tools.REPO / "packaging"
UNIX = {"rst-batch": 2, "rst-record": 1, "rst-record-drops": 1}  # exit codes on Windows
PARTS_OF_UNIX = {"rst-batch-jobs", "rst-batch-join", "rst-batch-report"}
PORTABLE = sorted(path.name for path in PROGRAMS.glob("rst-*") if path.name not in UNIX.keys() | PARTS_OF_UNIX)
TOOLS = ("tshark", "capinfos", "mergecap", "editcap")
# One of Wireshark's programs as on Windows: lines end in CR LF.
TOOL = """#!/bin/bash
set -o pipefail
%s "$@" 2> >(sed 's/$/\\r/' >&2) | sed 's/$/\\r/'
"""


@pytest.fixture(scope="module")
def ends(tshark, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ends")
    names = ("client.pcap", "server (1) \u00e9 \u0416.pcap")
    return [test_points.end_of(tshark, test_points.sample("app_abort-two_points"), n, folder / name)
            for n, name in enumerate(names)]


@pytest.fixture(scope="module")
def windows(tshark, tmp_path_factory):
    """Runs one of our programs in a folder. Wireshark is where its installer puts it, not in PATH."""
    root = tmp_path_factory.mktemp("c")
    python = root / "python.exe"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} {as_on_windows.__file__} "$@"\n')
    python.chmod(0o755)
    (root / "Program Files" / "Wireshark").mkdir(parents=True)
    for name in TOOLS:
        tool = root / "Program Files" / "Wireshark" / f"{name}.exe"
        tool.write_text(TOOL % shutil.which(name))
        tool.chmod(0o755)

    def run(folder, program, *arguments, files="Program Files"):
        environment = {**tshark.environment(), "AS_ON_WINDOWS": str(python), "ProgramFiles": str(root / files),
                       "PATH": ".:/usr/bin:/bin"}
        return subprocess.run([sys.executable, as_on_windows.__file__, PROGRAMS / program, *arguments], cwd=folder,
                              env=environment, capture_output=True, check=False)
    return run


def here(tshark, folder, program, *arguments):
    return subprocess.run([PROGRAMS / program, *arguments], cwd=folder, env=tshark.environment(), capture_output=True,
                          check=False)


def test_imports():
    """Nothing that only Unix has is needed before a program can say so."""
    for name in PORTABLE:
        tree = ast.parse((PROGRAMS / name).read_text(encoding="utf-8"))
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert imported and not imported & set(as_on_windows.UNIX_MODULES), name
    assert "rst-report" in PORTABLE and "rst-compare" in PORTABLE


def test_compare(tshark, windows, ends, tmp_path):
    """The same as on Linux, with lines that end in CR LF, in UTF-8."""
    arguments = [str(path) for path in ends]
    there, done = here(tshark, tmp_path, "rst-compare", *arguments), \
        windows(tmp_path, "rst-compare", "-o", "both \u0416.pcapng", *arguments)
    assert (there.returncode, there.stderr, done.returncode, done.stderr) == (0, b"", 0, b"")
    assert "server (1) \u00e9 \u0416.pcap" in there.stdout.decode()
    assert there.stdout.replace(b"\n", b"\r\n") == done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["both \u0416.pcapng"] and \
        tools.frame_count(tmp_path / "both \u0416.pcapng") > 20


def test_report(tshark, windows, ends, tmp_path):
    """Byte by byte what Linux writes. What no shell of Windows expands are the names of files."""
    for path in ends:
        shutil.copy(path, tmp_path)
    done = windows(tmp_path, "rst-report", "-o", "there", "*e*.pcap")
    here(tshark, tmp_path, "rst-report", "-o", "here", *sorted(path.name for path in ends))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    for kind in ("html", "md"):
        page = (tmp_path / f"there.{kind}").read_bytes()
        assert page == (tmp_path / f"here.{kind}").read_bytes() and "\u00e9 \u0416".encode() in page


@pytest.mark.parametrize("program", ["rst-compare", "rst-report"])
def test_without_wireshark(windows, ends, tmp_path, program):
    """No program of that name is taken from beside the captures, where anybody may have put it."""
    for name in TOOLS:
        shutil.copy("/bin/true", tmp_path / f"{name}.exe")
    done = windows(tmp_path, program, *map(str, ends), files="none")
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1), done.stderr
    assert b"capinfos.exe is neither in a folder of PATH nor" in done.stderr


@pytest.mark.parametrize("program,code", UNIX.items())
def test_needs_unix(windows, tmp_path, program, code):
    done = windows(tmp_path, program)
    assert (done.returncode, done.stdout) == (code, b"")
    assert re.fullmatch(rf"{program}: .*(Unix|Linux).*\r?\n", done.stderr.decode()), done.stderr


@pytest.fixture
def common():
    """The shared part."""
    module = ModuleType("common")
    SourceFileLoader("common", str(PROGRAMS / "rst-common")).exec_module(module)
    module.WINDOWS = True
    return module


@pytest.mark.parametrize("text,file,option", [
    (r"C:\logs\fw.log", r"C:\logs\fw.log", '"C:/logs/fw.log","",""'),
    (r"C:\a b\fw.log,edge,+02:00", r"C:\a b\fw.log", '"C:/a b/fw.log","edge","+02:00"'),
    (r"\\server\share\fw.log,edge", r"\\server\share\fw.log", '"//server/share/fw.log","edge",""'),
    (r"C:\fw.log,back\slash", r"C:\fw.log", None)])
def test_witness(common, monkeypatch, text, file, option):
    """A backslash would begin an escape there. The colon of a drive separates nothing."""
    with monkeypatch.context() as windows:
        windows.setattr(common.os, "path", ntpath)
        windows.setattr(common.os, "sep", "\\")
        assert common.witness_file(text) == file
        if option:
            assert common.witness_option(text) == ["-o", f"uat:rst_witness:{option}"]
        else:
            with pytest.raises(SystemExit):
                common.witness_option(text)


@pytest.mark.parametrize("name,is_device", [
    ("CON", True), ("con.pcapng", True), ("Aux .x", True), ("COM1", True), ("lpt\xb2.html", True), ("conout$", True),
    ("report.html:stream", True), ("C:", True), ("console.html", False), ("com10.md", False), ("my con.md", False),
    ("nul-2.md", False)])
def test_devices(common, tmp_path, name, is_device):
    """They are no names of files, in any folder."""
    try:
        with common.kept(str(tmp_path / name), []) as file:
            common.put(file, b"all", name)
    except SystemExit as ended:
        assert is_device and ended.code == 2 and not list(tmp_path.iterdir())
    else:
        assert not is_device and (tmp_path / name).read_bytes() == b"all"


def test_wrapper():
    """rst.cmd starts the program that has its name without the ending, and hands on its exit code."""
    lines = (PROGRAMS / "windows" / "rst.cmd").read_bytes().split(b"\r\n")
    starts = [n for n, line in enumerate(lines) if b'"%~dpn0" %*' in line]
    assert len(starts) == 2 and all(lines[n + 1] == b"exit /b %errorlevel%" for n in starts)
    assert not any(b"\n" in line for line in lines)
