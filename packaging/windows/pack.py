#!/usr/bin/env python3
# pack.py: the zip for users of Windows; the same files give the same bytes.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes rst-VERSION-windows-x64.zip with the plugins, the profile, the programs that work on Windows, the pages, and a
sample capture with what tshark should say about it. Text for Windows gets its line ends."""

import argparse
import os
import re
import sys
import zipfile
from datetime import datetime, timezone
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent.parent
PROGRAMS = ["rst-common", "rst-compare", "rst-report", "rst-report-*"]  # what needs a Unix stays out
START = "packaging/windows/rst.cmd"  # a copy of it beside each program, under its name, finds Python


def as_windows(text):
    return re.sub(rb"\r?\n", b"\r\n", text)


def expected(tour):
    """What rst-setup.cmd /check compares with: tshark prints nothing where the table has a hyphen."""
    rows = tour.decode().splitlines()[1:]
    return "".join("\t".join("" if cell == "-" else cell for cell in row.split("\t")) + "\n" for row in rows).encode()


def contents(repo, plugins):
    """Name in the zip => bytes."""
    read = lambda name: (repo / name).read_bytes()  # noqa: E731
    found = {
        "INSTALL.txt": as_windows(read("packaging/windows/INSTALL.txt")),
        "LICENSE.txt": as_windows(read("LICENSE")),
        "rst-setup.cmd": as_windows(read("packaging/windows/rst-setup.cmd")),
        "programs/rst-record.cmd": as_windows(read("packaging/windows/rst-record.cmd")),
        "README.md": read("README.md"),
        "CHANGELOG.md": read("CHANGELOG.md"),
        "tour.pcapng": read("sample-captures/tour.pcapng"),
        "tour-expected.txt": as_windows(expected(read("sample-captures/tour.tsv"))),
    }
    for page in sorted((repo / "docs").glob("*.md")):
        found[f"docs/{page.name}"] = page.read_bytes()
    for file in sorted((repo / "packaging/profile/TCP Resets").iterdir()):
        found[f"profile/TCP Resets/{file.name}"] = file.read_bytes()
    for pattern in PROGRAMS:
        for program in sorted((repo / "packaging").glob(pattern)):
            found[f"programs/{program.name}"] = program.read_bytes()
            if (repo / START).exists() and program.name in ("rst-compare", "rst-report"):
                found[f"programs/{program.name}.cmd"] = as_windows(read(START))
    for file in sorted(plugins.glob("*/rst.dll")):
        found[f"{file.parent.name}/rst.dll"] = file.read_bytes()
    for file in sorted(plugins.glob("*.exe")):
        found[f"programs/{file.name}"] = file.read_bytes()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("plugins", type=Path, help="folder with 4.4/rst.dll and so on, and programs (*.exe)")
    parser.add_argument("out", type=Path, help="folder for the zip")
    options = parser.parse_args()
    if not list(options.plugins.glob("*/rst.dll")):
        sys.exit(f"pack.py: no plugin in {options.plugins}")
    version = re.search(r"RST_VERSION ([0-9.]+)\)", (REPO / "plugin/version.cmake").read_text())[1]
    date = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc).timetuple()[:6]
    name = options.out / f"rst-{version}-windows-x64.zip"
    with zipfile.ZipFile(name, "w") as packed:
        for path, data in sorted(contents(REPO, options.plugins).items()):
            entry = zipfile.ZipInfo(f"rst-{version}/{path}", date)
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)
    print(name)


if __name__ == "__main__":
    main()
