#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Merge client and server capture of every lab scenario, and hold the verdicts against the labels: nobody may be accused
of a reset that an endpoint sent. With --spoil one of the files is damaged first, in scenarios where only endpoints sent
resets. Run as an ordinary user, with RST_PLUGIN_DIR naming the plugin folder."""
import argparse
import collections
import csv
import os
import random
import subprocess
import sys
import tempfile

ACCUSING = {"injected", "policy_reset", "device_idle_timeout", "session_failover", "firewall_reject"}
FIELDS = ["frame.interface_id", "frame.number", "rst.cause", "rst.confidence", "rst.sender", "rst.points.missing"]


# What one of the two files lacks: frame numbers that stay, or a display filter.
SPOILED = {
    "loss": lambda frames, rng: [frame for frame in frames if rng.random() > 0.1],
    "cut": lambda frames, rng: frames[:rng.randrange(len(frames))],
    "late": lambda frames, rng: frames[rng.randrange(len(frames)):],
    "gap": lambda frames, rng: frames[:len(frames) // 3] + frames[len(frames) // 2:],
    "resets": "!tcp.flags.reset",
    "direction": "tcp.srcport < tcp.dstport",
}


def honest(row):
    return row["sender"] != "middlebox" and row["cause"] not in ACCUSING


def accusing(verdict):
    return int(verdict["rst.confidence"]) >= 50 and (
        verdict["rst.sender"] == "middlebox" or verdict["rst.cause"] in ACCUSING)


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
    """Accusations in scenarios where nobody is to blame, whatever one of the files lacks."""
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


def merged(folder, scenario, shift, work):
    moved, both = os.path.join(work, "moved.pcapng"), os.path.join(work, "both.pcapng")
    client, server = (os.path.join(folder, scenario, f"{point}.pcapng") for point in "cs")
    if not (os.path.exists(client) and os.path.exists(server)):
        return None
    subprocess.run(["editcap", "-t", str(shift), client, moved], check=True)
    subprocess.run(["mergecap", "-I", "none", "-w", both, moved, server], check=True)
    return both


def verdicts(capture, points):
    """{point: verdicts in frame order}."""
    options = []
    for row in (row for rows in points.values() for row in rows):
        if row["prefs"] != "-":
            options = [part for pref in row["prefs"].split(",") for part in ("-o", f"rst.{pref.removeprefix('rst.')}")]
    command = ["tshark", "-2", "-r", capture, *options, "-Y", "rst", "-T", "fields"]
    command += [part for field in FIELDS for part in ("-e", field)]
    environment = {**os.environ, "LC_ALL": "C", "WIRESHARK_PLUGIN_DIR": os.environ.get("RST_PLUGIN_DIR", "")}
    text = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          check=True).stdout
    found = {"c": [], "s": []}
    for line in text.splitlines():
        row = dict(zip(FIELDS, line.split("\t")))
        found["cs"[int(row["frame.interface_id"])]].append(row)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="recordings of the lab, with labels.tsv")
    parser.add_argument("--shift", type=float, default=0, help="seconds by which the client's clock is moved")
    parser.add_argument("--spoil", nargs="+", choices=sorted(SPOILED), help="damage one file of each scenario like this")
    parser.add_argument("--sample", type=int, default=100, help="scenarios to damage (100)")
    parser.add_argument("--seed", default="1", help="draw other scenarios and damages")
    args = parser.parse_args()
    if not os.path.isfile(os.path.join(args.folder, "labels.tsv")):
        parser.error(f"no labels.tsv in {args.folder}")
    total = right = accused = 0
    with tempfile.TemporaryDirectory() as work:
        if args.spoil:
            return sweep_spoiled(args, work)
        for scenario, points in sorted(labels(args.folder).items()):
            capture = merged(args.folder, scenario, args.shift, work)
            if not capture:
                continue
            found = verdicts(capture, points)
            for point in "cs":
                expected = [row for row in points[point] if row["frame"] != "-"]
                if len(expected) != len(found[point]):
                    print(f"{scenario} {point}: {len(expected)} resets expected, {len(found[point])} found")
                    accused += len(found[point]) and not expected
                for row, verdict in zip(expected, found[point]):
                    cause = verdict["rst.cause"]
                    total += 1
                    right += cause == row["cause"] or cause in row["alternatives"].split(",")
                    if honest(row) and accusing(verdict):
                        accused += 1
                        print(f"{scenario} {point} frame {verdict['frame.number']}: {cause}, label {row['cause']}")
    print(f"{total} resets, {right} right or acceptable, {accused} false accusations")
    return 1 if accused or not total else 0


if __name__ == "__main__":
    sys.exit(main())
