#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Merge the captures of client and server (or those of --points) of every lab scenario, and check the verdicts against
the labels: nobody may be accused of a reset that an endpoint sent. --devices lists what devices did and how sure the
verdicts are. With --spoil one of the files is damaged first, in scenarios where only endpoints sent resets. Run as an
ordinary user, with RST_PLUGIN_DIR naming the plugin folder."""
import argparse
import collections
import csv
import os
import random
import subprocess
import sys
import tempfile

import agreement  # noqa: F401  (it makes tests/tshark importable)
import tools

ON_THE_PATH = {"header_rewritten", "nat_leak"}  # caused by a device, although an endpoint sends the reset
PROVED = 95
ORDER = "crs"  # client, router, server
# Points between which a scenario's device acts; otherwise it is the router, which captures on its server side.
BEHIND_THE_ROUTER = ("forged", "blind_reset", "sequence_rewritten")
UNPROVABLE = ("router_firewall-unknown",)  # these hosts never appear at the server's point
FIELDS = ["frame.interface_id", "frame.number", "rst.cause", "rst.confidence", "rst.sender", "rst.points.missing"]

# What remains of one of the two files: frame numbers or a display filter.
SPOILED = {
    "loss": lambda frames, rng: [frame for frame in frames if rng.random() > 0.1],
    "cut": lambda frames, rng: frames[:rng.randrange(len(frames) + 1)],
    "late": lambda frames, rng: frames[rng.randrange(len(frames) + 1):],
    "gap": lambda frames, rng: frames[:len(frames) // 3] + frames[len(frames) // 2:],
    "resets": "!tcp.flags.reset",
    "direction": "tcp.srcport < tcp.dstport",
}


def honest(row):
    return not tools.accuses(row["cause"], row["sender"])


def accusing(verdict):
    return tools.accuses(verdict["rst.cause"], verdict["rst.sender"], int(verdict["rst.confidence"]))


def between(scenario, points):
    """Does the scenario's device act between two of the points, so that they can prove it?"""
    edge = 1 if scenario.startswith(BEHIND_THE_ROUTER) else 0
    places = [ORDER.index(point) for point in points]
    return min(places) <= edge < max(places) and not scenario.startswith(UNPROVABLE)


def spoil(capture, how, rng, to):
    """A damaged copy of a capture, never an empty one."""
    rule = SPOILED[how]
    if not isinstance(rule, str):
        text = subprocess.run(["capinfos", "-TMrc", capture], stdout=subprocess.PIPE, text=True, check=True).stdout
        frames = list(range(1, int(text.split()[-1]) + 1))
        rule = f"frame.number in {{{','.join(map(str, rule(frames, rng) or [1]))}}}"
    subprocess.run(["tshark", "-r", capture, "-Y", rule, "-w", to], stderr=subprocess.DEVNULL, check=True)
    return to


def sweep_spoiled(args, work):
    """Accusations in scenarios where nobody is to blame, whatever is missing from one of the files."""
    rng = random.Random(args.seed)
    chosen = [(scenario, points) for scenario, points in sorted(labels(args.folder).items())
              if all(honest(row) for rows in points.values() for row in rows)]
    accused = runs = 0
    for scenario, points in rng.sample(chosen, min(args.sample, len(chosen))):
        ends = [os.path.join(args.folder, scenario, f"{point}.pcapng") for point in "cs"]
        if not all(map(os.path.exists, ends)):
            continue
        which, how = rng.randrange(2), rng.choice(args.spoil)
        ends[which] = spoil(ends[which], how, rng, os.path.join(work, "spoiled.pcapng"))
        both = os.path.join(work, "both.pcapng")
        subprocess.run(["mergecap", "-I", "none", "-w", both, *ends], check=True)
        runs += 1
        for verdict in [verdict for found in verdicts(both, points).values() for verdict in found if accusing(verdict)]:
            accused += 1
            print(f"{scenario}, {how} at {'cs'[which]}, frame {verdict['frame.number']}: {verdict['rst.cause']} "
                  f"{verdict['rst.confidence']}, missing at: {verdict['rst.points.missing'] or '-'}")
    print(f"{runs} scenarios with a damaged file, {accused} false accusations")
    return 1 if accused or not runs else 0


def labels(folder):
    """{scenario: {point: rows in frame order}}."""
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    with open(os.path.join(folder, "labels.tsv"), encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f, delimiter="\t"):
            scenario, name = row["capture"].split("/")
            found[scenario][name[0]].append(row)
    return found


def merged(folder, scenario, points, shift, work):
    """The captures of the points in one file, with the first one's clock moved; None if one of them was not made."""
    moved, both = os.path.join(work, "moved.pcapng"), os.path.join(work, "both.pcapng")
    first, *others = (os.path.join(folder, scenario, f"{point}.pcapng") for point in points)
    if not all(map(os.path.exists, [first, *others])):
        return None
    subprocess.run(["editcap", "-t", str(shift), first, moved], check=True)
    subprocess.run(["mergecap", "-I", "none", "-w", both, moved, *others], check=True)
    return both


def verdicts(capture, labeled, points="cs", stated=False):
    """{point: verdicts in frame order}; stated = the plugin is told that each interface is a point."""
    options = []
    for row in (row for rows in labeled.values() for row in rows):
        if row["prefs"] != "-":
            options = [part for pref in row["prefs"].split(",") for part in ("-o", f"rst.{pref.removeprefix('rst.')}")]
    if stated:
        options += ["-o", f"rst.point_ends:{' '.join(f'point={i}' for i in range(len(points)))}"]
    command = ["tshark", "-2", "-r", capture, *options, "-Y", "rst", "-T", "fields"]
    command += [part for field in FIELDS for part in ("-e", field)]
    environment = {**os.environ, "LC_ALL": "C", "WIRESHARK_PLUGIN_DIR": os.environ.get("RST_PLUGIN_DIR", "")}
    text = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          check=True).stdout
    found = {point: [] for point in points}
    for line in text.splitlines():
        row = dict(zip(FIELDS, line.split("\t")))
        found[points[int(row["frame.interface_id"])]].append(row)
    return found


class Tally:
    """Verdicts compared with labels."""

    def __init__(self, points, devices):
        self.points, self.list_devices = points, devices
        self.total = self.right = self.copies = self.accused = self.devices = self.proved = 0

    def scenario(self, scenario, labeled, found):
        for point, there in found.items():
            expected = [row for row in labeled[point] if row["frame"] != "-"]
            if len(expected) != len(there):
                print(f"{scenario} {point}: {len(expected)} resets expected, {len(there)} found")
                self.accused += len(there) and not expected
            for row, verdict in zip(expected, there):
                self.reset(scenario, point, row, verdict)

    def reset(self, scenario, point, row, verdict):
        cause = verdict["rst.cause"]
        good = cause == row["cause"] or cause in row["alternatives"].split(",")
        self.total += 1
        self.right += good
        if honest(row) and accusing(verdict):
            self.accused += 1
            print(f"{scenario} {point} frame {verdict['frame.number']}: {cause}, label {row['cause']}, accused")
        elif cause == "duplicate":
            self.copies += not good
        elif not good:
            print(f"{scenario} {point} frame {verdict['frame.number']}: {cause}, label {row['cause']}")
        if row["sender"] == "middlebox" or row["cause"] in ON_THE_PATH:
            self.device(scenario, point, row, verdict, good)

    def device(self, scenario, point, row, verdict, good):
        provable = between(scenario, self.points)
        self.devices += provable
        self.proved += provable and good and int(verdict["rst.confidence"]) >= PROVED
        if self.list_devices:
            print("\t".join([scenario, point, row["cause"], verdict["rst.cause"], verdict["rst.confidence"],
                             verdict["rst.points.missing"] or "-", "between the points" if provable else "-"]))

    def report(self):
        print(f"{self.devices} resets of devices between the points, {self.proved} right and {PROVED} % sure or more")
        print(f"{self.total} resets, {self.right} right or acceptable, {self.copies} called copies of one host's "
              f"interfaces, {self.accused} false accusations")
        return 1 if self.accused or not self.total else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="recordings of the lab, with labels.tsv")
    parser.add_argument("--shift", type=float, default=0, help="seconds by which the first point's clock is moved")
    parser.add_argument("--points", default="cs", choices=["cs", "sc", "cr", "rs", "crs"],
                        help="captures to merge: client, router, server, in this order (cs)")
    parser.add_argument("--stated", action="store_true", help="tell the plugin that each capture is a point of its own")
    parser.add_argument("--devices", action="store_true", help="list the resets for which a device is to blame")
    parser.add_argument("--only", metavar="NAME", default="", help="scenarios whose names begin so")
    parser.add_argument("--spoil", nargs="+", choices=sorted(SPOILED), help="damage one file of each like this")
    parser.add_argument("--sample", type=int, default=100, help="scenarios to damage (100)")
    parser.add_argument("--seed", default="1", help="draw other scenarios and damages")
    args = parser.parse_args()
    if not os.path.isfile(os.path.join(args.folder, "labels.tsv")):
        parser.error(f"no labels.tsv in {args.folder}")
    tally = Tally(args.points, args.devices)
    with tempfile.TemporaryDirectory() as work:
        if args.spoil:
            return sweep_spoiled(args, work)
        for scenario, labeled in sorted(labels(args.folder).items()):
            if not scenario.startswith(args.only):
                continue
            capture = merged(args.folder, scenario, args.points, args.shift, work)
            if capture:
                tally.scenario(scenario, labeled, verdicts(capture, labeled, args.points, args.stated))
    return tally.report()


if __name__ == "__main__":
    sys.exit(main())
