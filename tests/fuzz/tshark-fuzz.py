#!/usr/bin/env python3
"""tshark with the plugin on damaged captures, in all modes of operation.

Needs a plugin built with -DRST_SANITIZE=ON (preset asan): the sanitizer's library is then loaded into tshark.
A crash, a hang, a sanitizer message or a dissector bug counts only if stock tshark does not have it as well. Half of the
runs have preferences at their limits, nonsense, and kernel traces that match the capture more or less (settings.py). One
run in eight compares what both show for other protocols; in another, one sharkd reads several files with changing
preferences. As root, tshark runs as nobody.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import collections
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests" / "fuzz"))
sys.path.insert(0, str(REPO / "tests" / "tshark"))

import mutate  # noqa: E402  (needs the path above)
import settings  # noqa: E402  (needs the path above)
import tools  # noqa: E402

TIMEOUT = 90  # seconds: a hang
BROKEN = re.compile(rb"AddressSanitizer|runtime error:|[Dd]issector bug|ASSERT|assertion|Aborted|not been freed")
RESET_FIELDS = ["frame.number", "rst.cause", "rst.confidence", "rst.summary", "rst.evidence.text", "rst.declared.text",
                "rst.foreign", "rst.foreign.frame"]
SAME = ["frame.number", "frame.protocols", "tcp.stream", "tcp.analysis.flags", "_ws.col.Protocol"]


def field_args(fields):
    return ["-T", "fields"] + [arg for field in fields for arg in ("-e", field)]


MODES = {
    "tree": ["-2", "-V"],
    "json": ["-2", "-T", "json"],
    "fields": ["-2", "-Y", "rst || rst.reset_in || rst.finding.kind || rst.foreign", *field_args(RESET_FIELDS)],
    "columns": ["-o", "gui.column.format:\"No.\",\"%m\",\"Info\",\"%i\",\"Cause\",\"%Cus:rst.cause:0:R\""],
    "read filter": ["-2", "-R", "tcp.flags.reset == 1", "-T", "ek"],
    "statistics": ["-2", "-q", "-z", "rst,tree", "-z", "expert", "--enable-protocol", "transum"],
    "same": ["-2", *field_args(SAME)],
    "sharkd": [],
}
LOADS = 3  # files that one sharkd reads
# Stock tshark knows neither our fields nor our statistics.
STOCK_MODES = {"fields": MODES["same"], "statistics": ["-2", "-q", "-z", "expert", "--enable-protocol", "transum"]}


class Runner:
    def __init__(self, plugins, folder):
        self.plugins, self.folder = plugins, folder
        self.asan = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True,
                                   check=True).stdout.strip()
        self.user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}

    def environment(self, ours):
        found = {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), "LC_ALL": "C", "TZ": "UTC",
                 "WIRESHARK_ABORT_ON_DISSECTOR_BUG": "1"}
        if ours:
            found.update(WIRESHARK_PLUGIN_DIR=str(self.plugins), LD_PRELOAD=self.asan,
                         ASAN_OPTIONS="detect_leaks=0:quarantine_size_mb=16", UBSAN_OPTIONS="print_stacktrace=1")
        return found

    def run(self, capture, mode, ours, prefs=()):
        words = [word for name, value in prefs for word in ("-o", f"rst.{name}:{value}")] if ours else []
        args = MODES[mode] if ours else STOCK_MODES.get(mode, MODES[mode])
        return self.outcome(["tshark", "-n", *args, *words, "-r", str(capture)], ours, b"")

    def outcome(self, command, ours, given):
        try:
            done = subprocess.run(command, env=self.environment(ours), input=given, capture_output=True,
                                  timeout=TIMEOUT, check=False, **self.user)
        except subprocess.TimeoutExpired:
            return "hang", b"", b""
        broken = done.returncode < 0 or done.returncode > 4 or BROKEN.search(done.stderr)
        return ("broken" if broken else "ok"), done.stdout, done.stderr

    def check_sharkd(self, loads):
        """loads: [(capture, preferences)]"""
        requests = []
        for capture, prefs in loads:
            requests += [("setconf", {"name": f"rst.{name}", "value": value}) for name, value in prefs]
            requests += [("load", {"file": str(capture)}), ("frames", {"filter": "rst", "column0": "rst.summary:1"}),
                         ("frame", {"frame": 1, "proto": True}), ("tap", {"tap0": "stat:rst"}),
                         ("setconf", {"name": "rst.memory_mb", "value": "1"}), ("frames", {"filter": "rst.foreign"})]
        given = "".join(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n"
                        for number, (method, params) in enumerate(requests, 1))
        result, _, errors = self.outcome(["sharkd", "-"], True, given.encode())
        return None if result == "ok" else f"{result}: {errors[:3000].decode(errors='replace')}"

    def check(self, capture, mode, prefs):
        """(what is wrong, or None; whether stock tshark has it too)"""
        result, output, errors = self.run(capture, mode, True, prefs)
        if result == "ok" and mode != "same":
            return None, False
        stock_result, stock_output, _ = self.run(capture, mode, ours=False)
        if result != "ok":
            theirs = stock_result == result and b"rst.so" not in errors
            return f"{result}: {errors[:3000].decode(errors='replace')}", theirs
        if stock_result == "ok" and output != stock_output:
            return "other protocols are shown differently", False
        return None, False


def add_stock_plugins(plugins):
    """WIRESHARK_PLUGIN_DIR replaces the global folder, so both sides get Wireshark's own plugins."""
    text = subprocess.run(["tshark", "-G", "folders"], capture_output=True, text=True, check=True).stdout
    stock = Path(re.search(r"^Global Plugins:\s*(.*)$", text, re.MULTILINE)[1])
    for module in stock.glob("*/*.so"):
        target = plugins / stock.name / module.parent.name / module.name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() and module.name != "rst.so":
            target.symlink_to(module)


def loaded(runner, tour):
    """A plugin that is not loaded would find nothing."""
    _, output, errors = runner.run(tour, "fields", ours=True)
    if b"closed_port" not in output:
        sys.exit(f"The plugin was not loaded or finds nothing: {errors.decode(errors='replace')[:2000]}")


def captures():
    shared = tools.shared_dir() / "captures"
    found = [*tools.SAMPLES.glob("**/*.pcap*"), *shared.glob("lab/*.pcap*")]
    found += [path for path in shared.glob("public/**/*") if path.suffix in (".pcap", ".pcapng", ".dmp", ".trace")]
    return sorted(found)


def options():
    parser = argparse.ArgumentParser(description="tshark with the plugin on damaged captures.")
    parser.add_argument("--count", type=int, default=100, help="files (default 100)")
    parser.add_argument("--seconds", type=int, default=10**6, help="at most this long")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other files (default 1)")
    parser.add_argument("--plugins", type=Path, default=REPO / "build" / "asan" / "plugins",
                        help="folder for WIRESHARK_PLUGIN_DIR (default build/asan/plugins)")
    parser.add_argument("--keep", type=Path, default=None, help="folder for the files that broke something")
    return parser.parse_args()


def one_file(number, seed, sources, runner, folder):
    """(mutation, mode, capture, what is wrong, foreign) of one damaged file, or None if it could not be made."""
    choice = random.Random(f"{seed}/{number}")
    source = sources[(number * 7 + seed) % len(sources)]
    mutation = mutate.MUTATIONS[number % len(mutate.MUTATIONS)]
    mode = list(MODES)[choice.randrange(len(MODES))]
    if mode == "sharkd":
        return several_files(number, seed, sources, runner, folder, choice)
    prepared = mutate.prepared(source, folder)
    if prepared is None:
        return None
    damaged = folder / "damaged.pcap"
    try:
        mutation(prepared, damaged, choice)
    except subprocess.CalledProcessError:
        return None
    damaged.chmod(0o644)
    prefs = settings.preferences(damaged, folder, choice) if choice.random() < 0.5 else []
    return (mutation.__name__, mode, source, *runner.check(damaged, mode, prefs))


def several_files(number, seed, sources, runner, folder, choice):
    """The same for files that one sharkd reads."""
    loads = []
    for load in range(LOADS):
        source = sources[(number * 7 + seed + load * 31) % len(sources)]
        prepared = mutate.prepared(source, folder)
        damaged = folder / f"damaged-{load}.pcap"
        try:
            if prepared:
                choice.choice(mutate.MUTATIONS)(prepared, damaged, choice)
        except subprocess.CalledProcessError:
            pass
        if damaged.exists():
            damaged.chmod(0o644)
            loads.append((damaged, settings.preferences(damaged, folder, choice, nonsense=True)))
    return ("several", "sharkd", source, runner.check_sharkd(loads), False) if loads else None


def main():
    asked = options()
    folder = Path(tempfile.mkdtemp())
    (folder / "home").mkdir()
    folder.chmod(0o755)
    if os.getuid() == 0:
        shutil.chown(folder / "home", "nobody")
    plugins = shutil.copytree(asked.plugins, folder / "plugins")  # where an ordinary user can read it
    add_stock_plugins(plugins)
    runner = Runner(plugins, folder)
    tour = folder / "tour.pcapng"
    shutil.copy(tools.SAMPLES / "tour.pcapng", tour)
    loaded(runner, tour)
    sources, counts, foreign, wrong = captures(), collections.Counter(), 0, 0
    end = time.monotonic() + asked.seconds
    for number in range(asked.count):
        if time.monotonic() > end:
            break
        outcome = one_file(number, asked.seed, sources, runner, folder)
        if outcome is None:
            counts["not made"] += 1
            continue
        mutation, mode, source, problem, theirs = outcome
        counts["files"] += 1
        counts[f"mode {mode}"] += 1
        counts[f"mutation {mutation}"] += 1
        if not problem:
            continue
        foreign, wrong = foreign + theirs, wrong + (not theirs)
        print(f"#{number} {mutation} of {source.name}, {mode}{' (stock too)' if theirs else ''}: {problem}", flush=True)
        if asked.keep and not theirs:
            asked.keep.mkdir(parents=True, exist_ok=True)
            shutil.copy(folder / "damaged.pcap", asked.keep / f"{asked.seed}-{number}-{mutation}.pcap")
    shutil.rmtree(folder)
    print(", ".join(f"{name}: {count}" for name, count in sorted(counts.items())))
    print(f"{counts['files']} files, {wrong} findings, {foreign} that stock tshark has too")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
