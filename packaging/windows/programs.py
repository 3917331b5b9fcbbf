#!/usr/bin/env python3
"""rst-compare and rst-report by Python for Windows, and rst-witness.exe, under Wine: the same words, exit codes and
files as on Linux.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sides import HERE, REPO, SAMPLES, TIMEOUT, Linux, Windows, add_sides, differences

LOGS = REPO / "tests" / "logs"
PROGRAMS = REPO / "packaging"
TWO_POINTS = SAMPLES / "app_abort-two_points" / "app_abort-two_points.pcapng"
UNIX_ONLY = {"rst-batch": 2, "rst-record": 1, "rst-record-drops": 1}  # exit codes
# In a folder with client.pcapng, "Sérver (1) Ж.pcapng", cut.pcapng, "tour cut.pcapng", text.txt and "журнал 2.log".
CALLS = {
    "two points": ["rst-compare", "client.pcapng", "Sérver (1) Ж.pcapng", "-o", "merged.pcapng"],
    "log": ["rst-compare", "client.pcapng", "Sérver (1) Ж.pcapng", "--witness", "{here}журнал 2.log,fw,+02:00"],
    "cut short": ["rst-compare", "client.pcapng", "cut.pcapng"],
    "filter": ["rst-compare", "client.pcapng", "Sérver (1) Ж.pcapng", "-Y",
               'rst.cause == "app_abort" && tcp.port == 80'],
    "wrong filter": ["rst-compare", "client.pcapng", "Sérver (1) Ж.pcapng", "-Y", "nonsense =="],
    "missing": ["rst-compare", "client.pcapng", "none.pcapng"],
    "no capture": ["rst-report", "text.txt"],
    "report": ["rst-report", "{here}Sérver (1) Ж.pcapng", "-o", "отчёт 1"],
    "report of a capture cut short": ["rst-report", "tour cut.pcapng"],
    "report of two points": ["rst-report", "client.pcapng", "Sérver (1) Ж.pcapng", "--anonymise", "-o", "masked"],
    "report with a log": ["rst-report", "client.pcapng", "--witness", "журнал 2.log,fw", "--full", "3", "-o", "logged"],
}


class OnLinux(Linux):
    def call(self, folder, program, *args):
        return self.finish(folder, [PROGRAMS / program, *(word.format(here=f"{folder}/") for word in args)])

    def finish(self, folder, command, **more):
        """Through files: what Wine starts in the background would hold a pipe open, sometimes for minutes."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME")}
        environment = {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC", **self.environment, **more}
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=err, timeout=TIMEOUT, check=False)
            for file in (out, err):
                file.seek(0)
            return done.returncode, out.read().decode(), err.read().decode()


class OnWindows(Windows, OnLinux):
    def __init__(self, folder, python):
        super().__init__(folder)
        self.python = [HERE / "wine-run", python / "python.exe"]

    def call(self, folder, program, *args):
        words = [word.format(here=self.path(folder) + "\\") for word in args]
        wireshark = self.path(Path(self.command[1]).parent)
        return self.finish(folder, [*self.python, self.path(PROGRAMS / program), *words], WINEPATH=wireshark)


def fill(folder):
    """With what the calls name."""
    for point, name in enumerate(["client.pcapng", "Sérver (1) Ж.pcapng"]):
        subprocess.run(["tshark", "-r", TWO_POINTS, "-Y", f"frame.interface_id == {point}", "-w", folder / name],
                       check=True, capture_output=True)
    for source, name, size in ((folder / "client.pcapng", "cut.pcapng", 1400),
                               (SAMPLES / "tour.pcapng", "tour cut.pcapng", 90_000)):
        (folder / name).write_bytes(source.read_bytes()[:size])
    (folder / "text.txt").write_text("No capture.\n")
    shutil.copy(LOGS / "haproxy.log", folder / "журнал 2.log")


class Trial:
    def __init__(self):
        self.equal, self.differ = 0, 0

    def same(self, what, linux, windows):
        found = differences(linux, windows)
        self.equal += not found
        self.differ += bool(found)
        if found:
            print(f"{what}: differs", *found, sep="\n    ", flush=True)

    def calls(self, sides, root):
        folders = [root / side.name for side in sides]
        for folder in folders:
            folder.mkdir()
            fill(folder)
        for what, words in CALLS.items():
            said = [side.call(folder, *words) for side, folder in zip(sides, folders)]
            for part, linux, windows in zip(("exit code", "output", "messages"), *said):
                self.same(f"{what}, {part}", str(linux), str(windows))
        names = [sorted(path.name for path in folder.iterdir()) for folder in folders]
        self.same("files", *("\n".join(some) for some in names))
        pages = [name for name in names[0] if name.endswith((".html", ".md"))]
        self.same("pages", "\n".join(pages), "\n".join(filecmp.cmpfiles(*folders, pages, shallow=False)[0]))
        if len(pages) < 8:
            self.same("pages", "at least 8", str(len(pages)))

    def refusals(self, windows, root):
        for program, code in UNIX_ONLY.items():
            done = windows.call(root, program)
            self.same(f"{program}, exit code and lines", f"{code} 1", f"{done[0]} {done[2].count(chr(10))}")

    def logs(self, windows, program, root):
        """What rst-witness.exe prints of each log with the line ends of Windows, which no reader may notice."""
        for log in sorted(LOGS.glob("*.log")):
            copy = root / f"\u00e9 \u0416 {log.name}"
            copy.write_bytes(log.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
            options = ["--applications"] * (log.stem == "application")
            said = windows.finish(root, [HERE / "wine-run", program, *options, windows.path(copy)])
            self.same(f"rst-witness {log.stem}", log.with_suffix(".jsonl").read_text(), said[1])


def main():
    parser = argparse.ArgumentParser(description="Our programs under Wine against Linux.")
    add_sides(parser)
    parser.add_argument("--python", type=Path, required=True, help="folder of python.exe")
    parser.add_argument("--witness", type=Path, required=True, help="rst-witness.exe, its DLLs beside it")
    asked = parser.parse_args()
    sides, trial = (OnLinux(asked.linux), OnWindows(asked.windows, asked.python)), Trial()
    with tempfile.TemporaryDirectory() as folder:
        print(sides[1].call(Path(folder), "rst-common", "--help")[1])  # Wine's own words at its first start are over
        trial.calls(sides, Path(folder))
        trial.refusals(sides[1], Path(folder))
        trial.logs(sides[1], asked.witness, Path(folder))
    print(f"programs: {trial.equal} equal, {trial.differ} different")
    sys.exit(1 if trial.differ else 0)


if __name__ == "__main__":
    main()
