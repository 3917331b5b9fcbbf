#!/usr/bin/python3
"""How well the plugin agrees with the hand labels of the public captures.

    tests/accuracy/agreement.py [--captures DIR] [--floor PERCENT]

The labels are those of labels.tsv, corrected by labels-corrected.tsv next to this script. A verdict is right if it is
the label's token and acceptable if it is among the label's alternatives. An accusation is a verdict that accuses
(tools.accuses()) with confidence >= 50 where the label does not.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import sys
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tshark"))

import sharkd  # noqa: E402  (needs the path above)
import tools  # noqa: E402

FIELDS = ["frame.protocols", "tcp.flags.reset", "rst.cause", "rst.confidence", "rst.sender", "rst.summary",
          "rst.pattern"]
CORRECTED = Path(__file__).resolve().parent / "labels-corrected.tsv"
WEIGHT = {"high": 3, "medium": 2, "low": 1}


SHOWN = "rst || tcp.flags.reset == 1"
PARTED = {"frame.protocols", "tcp.flags.reset", "rst.cause", "rst.confidence", "rst.sender", "rst.pattern"}  # at commas


def collect(tshark, captures, jobs=2):
    """{capture: {frame: {field: [values]}}} for every reset; None for a capture at which Wireshark failed. Through few
    sharkd processes, see sharkd.py; test_public compares a part with tshark -2."""
    def chunk(members):
        found, server = {}, None
        for capture in members:
            server = server or sharkd.Sharkd(tshark.environment(), [])
            found[capture] = from_sharkd(server, capture)
            if found[capture] is None:  # it may have gone; the next capture gets a new one
                print(f"{capture}: cannot be read", file=sys.stderr)
                server.__exit__()
                server = None
        if server:
            server.__exit__()
        return found

    captures = list(captures)
    with ThreadPoolExecutor(jobs) as pool:
        found = {capture: rows for part in pool.map(chunk, [captures[n::jobs] for n in range(jobs)])
                 for capture, rows in part.items()}
    return {capture: found[capture] for capture in captures}


def from_sharkd(server, capture):
    columns = {f"column{n}": f"{field}:0" for n, field in enumerate(FIELDS)}
    if not server.call("load", file=str(capture)):
        return None
    # A filter of its own for each file: see sharkd.py.
    rows = server.call("frames", filter=f"({SHOWN}) && frame.number < {10**8 + server.count}", **columns)
    if rows is None:
        return None
    return {row["num"]: {"frame.number": [str(row["num"])], **dict(zip(FIELDS, map(values, FIELDS, row["c"])))}
            for row in rows}


def values(field, text):
    """As tshark -T fields gives them."""
    if field == "tcp.flags.reset":
        return ["1" if value in ("Set", "1", "True") else "0" for value in text.split(",")] if text else []
    return (text.split(",") if field in PARTED else [text]) if text else []


def from_tshark(tshark, capture):
    """The same for one capture, through tshark itself."""
    return {int(row["frame.number"][0]): row for row in tshark.fields(capture, ["frame.number", *FIELDS], "-Y", SHOWN)}


def labels(public):
    """The rows of labels.tsv, corrected. A correction that has no row, or that says the same, is a mistake."""
    rows = {(row["capture"], row["frame"]): row for row in tools.read_table(public / "labels.tsv")}
    for correction in tools.read_table(CORRECTED):
        row = rows[correction["capture"], correction["frame"]]
        assert row["token"] != correction["token"], correction
        row.update(correction)
    return list(rows.values())


class Score:
    """The comparison of verdicts with labels."""

    def __init__(self):
        self.tokens = defaultdict(Counter)
        self.weights = Counter()
        self.senders = Counter()
        self.wrong = []
        self.accusations = []

    def add(self, label, row):
        causes = row["rst.cause"] or ["-"]
        confidence = int((row["rst.confidence"] or ["0"])[0])
        sender = (row["rst.sender"] or ["-"])[0]
        if label["token"] in causes:
            outcome = "right"
        elif set(causes) & set(label["alternatives"].split(",")):
            outcome = "acceptable"
        else:
            outcome = "wrong"
        self.tokens[label["token"]][outcome] += 1
        self.weights[outcome] += WEIGHT[label["confidence"]]
        self.senders["right" if sender == label["sender"] else "wrong"] += 1
        line = (
            f"{label['capture']} frame {label['frame']}: got {causes[0]} {confidence} % by {sender}, "
            f"want {label['token']} by {label['sender']} ({label['confidence']}): {' '.join(row['rst.summary'])}"
        )
        if outcome == "wrong":
            self.wrong.append(line)
        if tools.accuses(causes[0], sender, confidence) and not tools.accuses(label["token"], label["sender"]):
            self.accusations.append(line)

    def count(self, outcome):
        return sum(counter[outcome] for counter in self.tokens.values())

    @property
    def percent(self):
        total = sum(sum(counter.values()) for counter in self.tokens.values())
        return 100 * (self.count("right") + self.count("acceptable")) / total if total else 0

    def report(self):
        lines = [f"{'token':24} right acceptable wrong"]
        for token, counter in sorted(self.tokens.items()):
            lines.append(f"{token:24} {counter['right']:5} {counter['acceptable']:10} {counter['wrong']:5}")
        lines += ["", *sorted(self.wrong), "", "Accusations:", *sorted(self.accusations), ""]
        fit = self.weights["right"] + self.weights["acceptable"]
        lines.append(f"sender: right {self.senders['right']}, wrong {self.senders['wrong']}")
        lines.append(f"weighted by the labels' confidence: {100 * fit / (self.weights.total() or 1):.1f} %")
        lines.append(f"accusations: {len(self.accusations)}")
        counts = ", ".join(f"{outcome} {self.count(outcome)}" for outcome in ("right", "acceptable", "wrong"))
        lines.append(f"{counts}: {self.percent:.1f} % right or acceptable")
        return "\n".join(lines)


def score(public, collected):
    """collected: what collect() returned, at least for the labeled captures."""
    result = Score()
    nothing = {name: [] for name in FIELDS}
    for label in labels(public):
        rows = collected[public / label["capture"]] or {}
        result.add(label, rows.get(int(label["frame"]), nothing))
    return result


def labeled(public):
    return sorted({public / label["capture"] for label in tools.read_table(public / "labels.tsv")})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--captures", type=Path, default=tools.shared_dir() / "captures" / "public",
                        help="folder with labels.tsv (default: ../shared/captures/public)")
    parser.add_argument("--floor", type=float, default=0, help="exit with 1 below this percentage")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    public = arguments.captures
    if not (public / "labels.tsv").is_file():
        parser.error(f"no labels.tsv in {public} (see --captures)")
    with tools.script_tshark() as tshark:
        result = score(public, collect(tshark, labeled(public), arguments.jobs))
    print(result.report())
    return 1 if result.percent < arguments.floor else 0


if __name__ == "__main__":
    sys.exit(main())
