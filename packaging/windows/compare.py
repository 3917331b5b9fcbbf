#!/usr/bin/env python3
"""tshark.exe with rst.dll under Wine says what tshark with rst.so says on Linux: about the tour and all samples, in
every way of asking, with files named as on Windows, and with the line ends of Windows in them.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import os
import re
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sides import SAMPLES, TOGETHER, Pair, add_sides, differences, own_fields

TOUR = SAMPLES / "tour.pcapng"
TRACED = SAMPLES / "declared-kernel_trace"
WITNESSED = SAMPLES / "findings-witness"
TRACE, LOGS = "kernel-trace.txt", ["security.xml", "wfpstate.xml"]
JOINED = "rst.witness.line"
KERNEL_RESETS = 'rst.declared.source == "kernel"'


class Comparison(Pair):
    def __init__(self, asked):
        super().__init__(asked)
        self.equal, self.differ = 0, 0

    def same(self, what, linux, windows):
        found = differences(linux, windows)
        if not found:
            self.equal += 1
            return
        self.differ += 1
        print(f"{what}: differs", *found, sep="\n    ", flush=True)

    def needed(self, what, found):
        """What would make a comparison empty counts as a difference."""
        if not found:
            self.differ += 1
            print(f"{what}: nothing to compare", flush=True)

    def answers(self, capture):
        """{mode: what both sides say}; the tour is asked in every single way."""
        chosen = [name for name in self.modes if capture == TOUR or name in ("one pass", "two passes", TOGETHER)]
        return {name: self.texts(lambda side, name=name: ["-n", "-r", side.path(capture), *self.modes[name]])
                for name in chosen}

    def captures(self, captures):
        """{capture: number of verdicts}"""
        verdicts = {}
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            for capture, answers in zip(captures, workers.map(self.answers, captures)):
                for name, texts in answers.items():
                    self.same(f"{capture.relative_to(SAMPLES)}, {name}", *texts)
                verdicts[capture] = len(re.findall(r'"rst\.cause":', answers[TOGETHER][1]))
        return verdicts

    def with_files(self, what, capture, options, filter):
        """A capture with files beside it; options(side) = those that name them."""
        arguments = self.modes["two passes"]
        linux, windows = self.texts(lambda side: ["-n", "-r", side.path(capture), *options(side), *arguments])
        self.same(what, linux, windows)
        chosen = self.texts(lambda side: ["-n", "-2", "-r", side.path(capture), *options(side), "-Y", filter])
        self.needed(what, chosen[0] and chosen[1])
        return windows


def trace_option(side, path):
    return ["-o", f"rst.kernel_trace:{side.path(path)}"]


def witness_options(side, folder, spelled):
    return [word for log in LOGS for word in ("-o", f'uat:rst_witness:"{spelled(side.path(folder / log))}","",""')]


def with_line_ends(folder):
    """The trace and the logs with the line ends of Windows, in a folder that is hard to name."""
    target = Path(folder) / "Spuren von Jürgen, 2"
    target.mkdir()
    for source in (TRACED / TRACE, *(WITNESSED / log for log in LOGS)):
        (target / source.name).write_bytes(source.read_bytes().replace(b"\n", b"\r\n"))
    for source in (TRACED / "kernel_trace.pcapng", WITNESSED / "witness.pcapng"):
        shutil.copy(source, target)
    return target


def files(comparison, folder):
    """Traces and logs, by both line ends; they must say the same."""
    trace = {ends: comparison.with_files(f"kernel trace, {ends}", where / "kernel_trace.pcapng",
                                         lambda side, where=where: trace_option(side, where / TRACE), KERNEL_RESETS)
             for ends, where in (("LF", TRACED), ("CRLF", folder))}
    comparison.same("kernel trace: LF and CRLF", trace["LF"], trace["CRLF"])
    # In Wireshark's tables, a backslash begins an escape; two of them make it lose the end of the text.
    ways = (("LF", WITNESSED, lambda path: path.replace("\\", "/")),
            ("CRLF", folder, lambda path: path.replace("\\", r"\x5c")))
    logs = {ends: comparison.with_files(
                f"witness logs, {ends}", where / "witness.pcapng",
                lambda side, where=where, spelled=spelled: witness_options(side, where, spelled), JOINED)
            for ends, where, spelled in ways}
    comparison.same("witness logs: LF and CRLF", logs["LF"], logs["CRLF"])


def lists(comparison):
    comparison.same("-G fields", *("\n".join(own_fields(side)) for side in comparison.sides))
    version = [re.findall(rf"(?m)^{re.escape(side.module)}\s+(\S+)\s+(.*\S)\s+\S+$", side.text("-G", "plugins"))
               for side in comparison.sides]
    comparison.same("-G plugins", *map(str, version))
    comparison.needed("-G plugins", version[1])


def main():
    parser = argparse.ArgumentParser(description="tshark.exe under Wine against tshark.")
    add_sides(parser)
    comparison = Comparison(parser.parse_args())
    for side in comparison.sides:
        print(f"{side.name}: {side.text('--version').splitlines()[0]}")
    lists(comparison)
    verdicts = comparison.captures(sorted(SAMPLES.glob("**/*.pcap*")))
    print(f"tour: {verdicts[TOUR]} verdicts")
    with tempfile.TemporaryDirectory() as folder:
        files(comparison, with_line_ends(folder))
    print(f"{sum(verdicts.values())} verdicts, {len(verdicts)} captures, {comparison.equal} outputs equal, "
          f"{comparison.differ} different")
    sys.exit(1 if comparison.differ or not verdicts[TOUR] else 0)


if __name__ == "__main__":
    main()
