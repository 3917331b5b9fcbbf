#!/usr/bin/env python3
"""tshark.exe with rst.dll under Wine on damaged captures (tests/fuzz/mutate.py), half of them with preferences at their
limits: no hang, the exit code that the same tshark has on Linux, and what it says of resets there.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import collections
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sides import REPO, SAMPLES, Pair, add_sides, differences, plain

sys.path.insert(0, str(REPO / "tests" / "fuzz"))

import mutate  # noqa: E402  (needs the path above)
import settings  # noqa: E402  (needs the path above)

BROKEN = re.compile(rb"[Dd]issector bug|ASSERT|assertion|Unhandled exception|not been freed")


def sources():
    found = list(SAMPLES.glob("**/*.pcap*"))
    if os.environ.get("RST_SHARED"):
        found += Path(os.environ["RST_SHARED"]).glob("captures/**/*.pcap*")
    return sorted(found)


def damage(number, captures, folder, choice):
    """One damaged file, and what was done to which capture; None if it could not be made."""
    source = captures[number * 7 % len(captures)]
    mutation = mutate.MUTATIONS[number % len(mutate.MUTATIONS)]
    prepared, damaged = mutate.prepared(source, folder), folder / "damaged.pcap"
    if prepared is None:
        return None
    try:
        mutation(prepared, damaged, choice)
    except subprocess.CalledProcessError:
        return None
    return damaged, f"{mutation.__name__} of {source.name}"


def options(side, prefs):
    """Preferences on the command line; a file by the path that it has there."""
    words = []
    for name, value in prefs:
        words += ["-o", f"rst.{name}:{side.path(value) if value.startswith('/') else value}"]
    return words


def named(output):
    """What was said, with files named as on Linux. Windows' own separator is escaped in all that tshark writes."""
    return re.sub(r"Z:(\\\\[^:]*)", lambda found: found[1].replace(r"\\", "/"), plain(output))


def wrong(pair, damaged, arguments, prefs):
    """What is wrong, or None; whether Linux breaks too."""
    linux, windows = pair.finished(lambda side: ["-n", "-r", side.path(damaged), *options(side, prefs), *arguments])
    if windows is None or linux is None:
        return "hang", windows is None and linux is None
    if BROKEN.search(windows.stderr):
        return windows.stderr.decode(errors="replace")[:2000], bool(BROKEN.search(linux.stderr))
    if windows.returncode != linux.returncode:
        return f"exit code {windows.returncode}, on Linux {linux.returncode}: {plain(windows.stderr)}", False
    if "-V" in arguments:  # it shows the rest too, by another patch level
        return None, False
    return "; ".join(differences(plain(linux.stdout), named(windows.stdout))), False


def one_file(number, asked, pair, captures):
    """(mode, what is wrong or None, whether Linux breaks too) of one damaged file; None if it could not be made."""
    choice = random.Random(f"{asked.seed}/{number}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = damage(number, captures, folder, choice)
        if made is None:
            return None
        mode = choice.choice(list(pair.modes))
        prefs = settings.preferences(made[0], folder, choice) if choice.random() < 0.5 else []
        prefs = [(name, value) for name, value in prefs if not value.startswith("/dev/")]  # Windows has none of them
        problem, theirs = wrong(pair, made[0], pair.modes[mode], prefs)
        if problem and asked.keep:
            asked.keep.mkdir(parents=True, exist_ok=True)
            shutil.copy(made[0], asked.keep / f"{asked.seed}-{number}.pcap")
        return mode, problem and f"{made[1]}, {mode}, {prefs}: {problem}", theirs


def main():
    parser = argparse.ArgumentParser(description="tshark.exe under Wine on damaged captures.")
    add_sides(parser)
    parser.add_argument("--count", type=int, default=300, help="files (default 300)")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other files (default 1)")
    parser.add_argument("--keep", type=Path, help="folder for the files that broke something")
    asked = parser.parse_args()
    pair = Pair(asked)
    pair.modes["all of it"] = ["-2", "-V"]
    captures, counts, findings = sources(), collections.Counter(), 0
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        outcomes = workers.map(lambda number: one_file(number, asked, pair, captures), range(asked.count))
        for number, outcome in enumerate(outcomes):
            if outcome is None:
                counts["not made"] += 1
                continue
            mode, problem, theirs = outcome
            counts.update(["files", f"mode {mode}"])
            if problem:
                findings += not theirs
                print(f"#{number} {'(Linux too) ' if theirs else ''}{problem}", flush=True)
    print(", ".join(f"{name}: {count}" for name, count in sorted(counts.items())))
    print(f"{counts['files']} files, {findings} findings")
    sys.exit(1 if findings or not counts["files"] else 0)


if __name__ == "__main__":
    main()
