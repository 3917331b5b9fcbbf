#!/usr/bin/env python3
# witness.py: how long rst-witness takes for a large log, and how much memory.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes a log by repeating the logs of tests/logs, with some lines of no known format between them, and prints time and
peak memory of rst-witness on it.

Usage: witness.py [--megabytes N] [--only TOKEN] [--keep FILE] RST-WITNESS
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
FOREIGN = [b"Aug 15 16:03:31 web1 systemd[1]: Started Session 4711 of user www-data.",
           b"2019-08-15T16:03:31.250Z app INFO request served in 12 ms, nothing of interest in this line",
           b'{"level":"info","ts":1565885011.25,"msg":"cache refreshed","entries":4711}']


def block(only):
    """Some hundred lines, each file's in their order."""
    logs = [path for path in sorted((REPO / "tests" / "logs").glob("*.log")) if only in (None, path.stem)]
    if not logs:
        sys.exit(f"witness.py: no log of {only}")
    lines = [line for path in logs for line in path.read_bytes().splitlines()]
    lines += [FOREIGN[n % len(FOREIGN)] for n in range(0 if only else len(lines))]
    return b"\n".join(lines) + b"\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", metavar="RST-WITNESS")
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--only", metavar="TOKEN", help="only this format, and no foreign lines")
    parser.add_argument("--keep", metavar="FILE", help="keep the log there")
    options = parser.parse_args()
    text = block(options.only)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(options.keep or f"{folder}/log")
        with open(log, "wb") as out:
            for _ in range(options.megabytes * 1_000_000 // len(text) + 1):
                out.write(text)
        began = time.monotonic()
        with subprocess.Popen([options.program, log], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            said = process.stderr.read().decode().strip()
            _, _, used = os.wait4(process.pid, 0)
            process.returncode = 0
        seconds, size = time.monotonic() - began, log.stat().st_size
    print(f"{size / 1e6:.0f} MB, {text.count(10) * (size // len(text))} lines: {seconds:.1f} s "
          f"({used.ru_utime + used.ru_stime:.1f} s of CPU time, {size / 1e6 / (used.ru_utime + used.ru_stime):.0f} MB/s), "
          f"peak {used.ru_maxrss / 1024:.0f} MB")
    print(said)


if __name__ == "__main__":
    main()
