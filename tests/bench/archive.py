#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What rst-batch costs above a plain loop of tshark, on many captures of 50 kB.

usage: archive.py [CAPTURES]

Prints the CPU seconds of both (a clock would measure the other programs of this machine, too), and whether every result
is the same. The loop asks tshark what rst-batch asks it.
"""
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import captures
import measure
import tools

SIZE = 50_000
KINDS = ("mixed",) * 6 + ("closed", "reused", "storm", "flood")  # of ten files
BATCH = tools.REPO / "packaging" / "rst-batch"
LOOP = 'for name in "$1"/*; do tshark -2 -r "$name" {} >"$2/${{name##*/}}" 2>"$2/complaints"; done'
jobs = ModuleType("jobs")
sys.dont_write_bytecode = True
SourceFileLoader("jobs", f"{BATCH}-jobs").exec_module(jobs)


def cut(path):
    """Pieces of SIZE bytes at most, each with the head of the file."""
    data = path.read_bytes()
    head, at = data[:24], 24
    while at < len(data):
        begin = at
        while at < len(data):
            end = at + 16 + struct.unpack_from("<I", data, at + 8)[0]
            if end - begin + len(head) > SIZE:
                break
            at = end
        yield head + data[begin:at]


def make(folder, count):
    """The wanted number of captures, all different."""
    captures.ACTIVE = 20  # so that connections end within such a file
    whole = folder.parent / "whole"
    for kind in dict.fromkeys(KINDS):
        wanted = [number for number in range(count) if KINDS[number % len(KINDS)] == kind]
        captures.write(kind, whole, len(wanted) * 900)
        pieces = cut(whole)
        for number in wanted:
            (folder / f"{number:05}-{kind}.pcap").write_bytes(next(pieces))
    whole.unlink()


def took(bench, command):
    """(CPU seconds, seconds)"""
    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    cpu, start = used(), time.monotonic()
    environment = {name: value for name, value in bench.environment("rst").items() if name != "WIRESHARK_DATA_DIR"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, **bench.user)
    if done.returncode:
        raise measure.Failure(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return used() - cpu, time.monotonic() - start


def same(loop, results):
    """How many results are what the loop wrote, between a first and a last line."""
    count = 0
    for link in (results / "in").iterdir():
        result = (results / "out" / f"{link.name}.tsv").read_bytes()
        wanted = (loop / Path(os.readlink(link)).name).read_bytes()
        count += result == b"#fields %s\n%s#done 0 \n" % (" ".join(jobs.FIELDS).encode(), wanted)
    return count


def compare(work, count):
    bench = measure.Bench(work)
    folder, loop, results = (bench.home / name for name in ("captures", "loop", "results"))
    for path in (folder, loop):
        path.mkdir()
    make(folder, count)
    measure.as_user(bench.home)
    asked = jobs.ASKED.replace("{options}", jobs.options_of(""))
    batch = [BATCH, "--quiet", "--out", results, folder]
    rows = [("tshark, one after the other", took(bench, ["sh", "-c", LOOP.format(asked), "sh", folder, loop])),
            ("rst-batch", took(bench, batch)),
            ("rst-batch --fresh --jobs 1", took(bench, [*batch, "--fresh", "--jobs", "1"])),
            ("rst-batch, all read already", took(bench, batch))]
    print(f"{count} captures of {SIZE // 1000} kB; {same(loop, results)} of {count} results are the same\n")
    print("| | CPU seconds | ms each | seconds |\n|---|---|---|---|")
    for name, (cpu, seconds) in rows:
        print(f"| {name} | {cpu:.1f} | {cpu / count * 1000:.0f} | {seconds:.1f} |")


def main():
    words = sys.argv[1:]
    if words in (["-h"], ["--help"]):
        print(__doc__.split("\n\n", 1)[1].strip())
        return 0
    if len(words) > 1 or not all(word.isdecimal() and int(word) for word in words):
        sys.exit("archive.py: not a number of captures")
    try:
        with tempfile.TemporaryDirectory(prefix="archive.") as work:
            compare(work, int(words[0]) if words else 1000)
    except measure.Failure as failure:
        sys.exit(f"archive.py: {failure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
