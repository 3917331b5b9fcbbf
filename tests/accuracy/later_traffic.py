#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Add traffic of other connections to captures, a thousand seconds behind their last packet or before their first one:
the verdicts of the resets stay, because a verdict tells what happened, not what came last. Prints each verdict that
differs, each file passed over, and counts; exit code 1 when a cause or a sender differs that no row of EXCUSED names.
Takes the plugin of the newest build, unless WIRESHARK_PLUGIN_DIR or --plugins names its folder.

    later_traffic.py FOLDER|CAPTURE... [--kind NAME]... [--quick] [--jobs N] [--plugins FOLDER]
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tshark"))

import foreign  # noqa: E402  (needs the path above)
import frames  # noqa: E402
import tools  # noqa: E402

VERDICT = ("rst.cause", "rst.sender", "rst.confidence")
SUFFIXES = {".pcap", ".pcapng", ".cap", ".dmp", ".trace"}

# At most ten: (end of the path, traffic before?, cause alone, cause among other traffic): reason. None accuses.
EXCUSED = {
    ("hard/m04_bad_ack_client.pcap", True, "connect_aborted", "unsolicited_synack"):
        "the capture ran long before the SYN-ACK, so its start did not miss the SYN",
    ("attack/times-overflow.pcapng", True, "app_abort", "unread_data"):
        "all its packets bear one time: only what is added shows that the clock does not stand still",
}

Result = collections.namedtuple("Result", "path resets alone passed differences")
Difference = collections.namedtuple("Difference", "path frame kind before after")


def tshark(capture, fields, *args):
    command = ["tshark", "-r", capture, *args, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False,
                          env=dict(os.environ, LC_ALL="C"))
    return [line.split("\t") for line in done.stdout.splitlines()]


def verdicts(capture, skip=0, probe=0):
    """{frame: (cause, sender, confidence)} of the analyzed resets, in two passes. skip = frames that were prepended,
    probe = an added frame, which must have been read as TCP."""
    rows = tshark(capture, ("frame.number", "tcp.srcport", *VERDICT), "-2", "-Y", f"rst || frame.number == {probe}")
    if probe and not any(int(number) == probe and port for number, port, *_ in rows):
        raise frames.Unsupported("added frames are not read as TCP")
    return {int(number) - skip: tuple(values) for number, _, *values in rows if int(number) != probe}


def with_added(capture, shown, kinds, work):
    """The verdicts with traffic of these kinds, None when there is nothing to add; and connections left alone."""
    before, after, alone = [], [], 0
    for kind in kinds:
        added, missing = foreign.make(shown, kind, capture.interfaces)
        (before if foreign.KINDS[kind].before else after).extend(added)
        alone += missing
    if not before and not after:
        return None, alone
    path = os.path.join(work, "added")
    with open(path, "wb") as file:
        file.write(capture.added(sorted(before), sorted(after)))
    return verdicts(path, len(before), len(before) + len(capture.frames) + len(after) if after else 1), alone


def differences(path, capture, packets, groups):
    """What traffic of each group of kinds changes, and connections left alone."""
    alone, found, left = verdicts(path), [], 0
    shown = foreign.Shown(packets, capture.frames)
    with tempfile.TemporaryDirectory() as work:
        for kinds in groups:
            among, missing = with_added(capture, shown, kinds, work)
            left += missing
            found += [Difference(path, frame, " + ".join(kinds), verdict, among.get(frame, ("",) * 3))
                      for frame, verdict in alone.items() if among is not None and among.get(frame) != verdict]
    return Result(path, len(alone), left, "", found)


def compare(path, groups):
    """The verdicts of one file that other traffic changes."""
    try:
        capture = frames.load(path)
        packets = [packet for packet in map(foreign.packet_of, tshark(path, foreign.FIELDS)) if packet]
        if not packets:
            raise frames.Unsupported("no TCP segments of their own")
        return differences(path, capture, packets, groups)
    except frames.Unsupported as problem:
        return Result(path, 0, 0, str(problem), [])


def changes_claim(difference):
    return difference.before[:2] != difference.after[:2]


def is_excused(difference):
    return "middlebox" not in difference.after[1] and any(
        str(difference.path).endswith(end) and (before, cause, other) ==
        (difference.kind.endswith("before"), difference.before[0], difference.after[0])
        for end, before, cause, other in EXCUSED)


def captures(paths):
    for path in map(pathlib.Path, paths):
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (str(file) for file in found if file.is_file() and (file == path or file.suffix in SUFFIXES))


def each_alone(kinds=foreign.KINDS):
    return [(kind,) for kind in kinds]


def by_place():
    """All that comes later at once, all that comes before: two runs of tshark instead of one for each kind."""
    return [tuple(name for name, kind in foreign.KINDS.items() if kind.before == before) for before in (False, True)]


def run(paths, groups, jobs=1):
    """A result for each capture, one tshark for each file at a time."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda path: compare(path, groups), captures(paths))


def as_text(difference):
    return (f"{difference.path}#{difference.frame}: {' '.join(difference.before)} -> {' '.join(difference.after)}, "
            f"{difference.kind}{'  (excused)' if changes_claim(difference) and is_excused(difference) else ''}")


def check(args):
    """Prints what other traffic changes, and counts. Returns the exit code."""
    count = collections.Counter()
    groups = by_place() if args.quick else each_alone(args.kind or foreign.KINDS)
    for result in run(args.paths, groups, args.jobs):
        claims = [difference for difference in result.differences if changes_claim(difference)]
        count.update(files=1, passed=int(bool(result.passed)), resets=result.resets, alone=result.alone,
                     differences=len(result.differences), claims=len(claims),
                     wrong=sum(not is_excused(difference) for difference in claims))
        if result.passed:
            print(f"{result.path}: passed over ({result.passed})")
        for difference in result.differences:
            print(as_text(difference), flush=True)
    print(f"{count['files']} files, {count['passed']} passed over; {count['resets']} resets; connections left alone, "
          f"for each kind of traffic: {count['alone']}")
    print(f"{count['differences']} verdicts differ, {count['claims']} of them in cause or sender, "
          f"{count['wrong']} of these without an excuse")
    return 1 if count["wrong"] else 0 if count["resets"] else 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", metavar="CAPTURE")
    parser.add_argument("--kind", action="append", choices=list(foreign.KINDS), metavar="NAME",
                        help="one of: " + "; ".join(foreign.KINDS))
    parser.add_argument("--quick", action="store_true", help="all that comes later at once, all that comes before")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--plugins", default=os.environ.get("WIRESHARK_PLUGIN_DIR"), help="plugin folder")
    args = parser.parse_args()
    with tools.script_tshark(args.plugins) as ours:
        os.environ.update(ours.environment())
        return check(args)


if __name__ == "__main__":
    sys.exit(main())
