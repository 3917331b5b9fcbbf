#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check each sentence of each verdict against the packets. A claim that the packets disprove is printed; exit code 1 if there
is one, or a sentence of which no pattern is known. Shares nothing with the plugin but docs/fields.md. Takes the plugin that
tshark finds (WIRESHARK_PLUGIN_DIR).

    claims.py FOLDER|CAPTURE... [--passes 1|2|both] [--jobs N] [--list] [--only REGEX]
"""
import argparse
import collections
import concurrent.futures
import pathlib
import re
import sys

import claims_capture  # noqa: F401  (each registers its claims)
import claims_closes  # noqa: F401
import claims_endings  # noqa: F401
import claims_handshakes  # noqa: F401
import claims_openings  # noqa: F401
import claims_path  # noqa: F401
import claims_timers  # noqa: F401
import claims_names
import claims_read
from claims_kinds import CLAIMS, INFERRED, Unreadable, judge, wording

SUFFIXES = (".pcap", ".pcapng", ".cap", ".pcap.gz")
Finding = collections.namedtuple("Finding", "path passes frame kind text reason")


class Result:
    def __init__(self):
        self.disproved, self.unknown, self.checked, self.unreadable, self.passed = [], [], collections.Counter(), 0, []

    def add(self, other):
        self.disproved += other.disproved
        self.unknown += other.unknown
        self.checked += other.checked
        self.unreadable += other.unreadable
        self.passed += other.passed


def sentences(verdict):
    """(text, frame or None, whether evidence)"""
    yield verdict.summary, None
    for frame, text in verdict.evidence:
        yield text, frame


def check_sentence(capture, verdict, text, at, result, where):
    known = any(pattern.search(text) for _, pattern in INFERRED)
    for frame in [at] if at is not None else [int(number) for number in re.findall(r"frame (\d+)", text)]:
        if not 0 < frame <= capture.frames:
            result.disproved.append(Finding(*where, "frame", text, f"there is no frame {frame}"))
    for claim in CLAIMS:
        match = claim.evidence == (at is not None) and claim.pattern.search(text)
        if not match:
            continue
        known = True
        try:
            reason = judge(claim, match, capture, verdict, at)
        except Unreadable:
            result.unreadable += 1
            continue
        result.checked[claim.name] += 1
        if reason:
            result.disproved.append(Finding(*where, claim.name, text, reason))
    if not known:
        result.unknown.append(Finding(*where, "", text, "no pattern"))


def check(capture, path="", passes=2):
    result = Result()
    for verdict in capture.verdicts:
        where = (str(path), passes, verdict.frame)
        if verdict.frame not in capture.packets:
            result.unreadable += 1
            continue
        result.checked["wording"] += 1
        if wording(verdict):
            result.disproved.append(Finding(*where, "wording", verdict.summary, wording(verdict)))
        result.checked["name"] += bool(verdict.label)
        if claims_names.disproved(capture, verdict):
            result.disproved.append(Finding(*where, "name", verdict.label, claims_names.disproved(capture, verdict)))
        for text, at in sentences(verdict):
            check_sentence(capture, verdict, text, at, result, where)
    return result


def check_file(path, passes, environment=None):
    capture = claims_read.read(path, passes, environment)
    if capture is None:
        result = Result()
        result.passed.append(str(path))
        return result
    return check(capture, path, passes)


def files(paths):
    for path in map(pathlib.Path, paths):
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.name.endswith(SUFFIXES))
        else:
            yield path


def run(paths, passes=(2,), jobs=2, environment=None):
    total = Result()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        tasks = [pool.submit(check_file, path, n, environment) for path in paths for n in passes]
        for task in tasks:
            total.add(task.result())
    return total


def as_text(finding):
    path = "/".join(pathlib.Path(finding.path).parts[-2:])
    return f"{path} frame {finding.frame}, {finding.passes} pass: [{finding.kind}] {finding.text!r}: {finding.reason}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--passes", default="both", choices=("1", "2", "both"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="the kinds of claims, and what cannot be checked")
    parser.add_argument("--only", default="", help="kinds to print")
    args = parser.parse_args()
    if args.list:
        for name in sorted({claim.name for claim in CLAIMS}):
            print(name, *(claim.pattern.pattern for claim in CLAIMS if claim.name == name), sep="\n    ")
        for why, pattern in INFERRED:
            print(f"not checked ({why}): {pattern.pattern}")
        return 0
    passes = (1, 2) if args.passes == "both" else (int(args.passes),)
    total = run(list(files(args.paths)), passes, args.jobs)
    for finding in total.disproved + total.unknown:
        if re.search(args.only, finding.kind):
            print(as_text(finding))
    for name, count in sorted(total.checked.items()):
        wrong = sum(finding.kind == name for finding in total.disproved)
        print(f"{name}: {count} checked, {wrong} disproved" if wrong else f"{name}: {count} checked")
    print(f"{sum(total.checked.values())} claims of {len(total.checked)} kinds, {len(total.disproved)} disproved, "
          f"{len(total.unknown)} sentences unknown, {total.unreadable} not readable, {len(total.passed)} files passed over")
    return bool(total.disproved or total.unknown)


if __name__ == "__main__":
    sys.exit(main())
