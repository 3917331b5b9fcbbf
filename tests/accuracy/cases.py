"""Verdicts judged by a table of cases.

A row of a table (cases.tsv) says which causes are expected of a reset, which others are acceptable (some only up to a
confidence, "cause<=60") and who may be named as its sender; "-" names none. Frame 0: no reset of the capture bears a
verdict.

SPDX-License-Identifier: GPL-2.0-or-later
"""
from dataclasses import dataclass, field

import tools
from limits import CLAIM, FIRM, SURE, share

FIELDS = ("rst.cause", "rst.confidence", "rst.sender", "rst.summary")
ON_THE_WAY = tools.accusing()


def bounds(text):
    """{token: highest confidence at which it is right} of "a|b<=60"; "-" names none."""
    parts = [part.partition("<=") for part in text.replace(",", "|").split("|") if part not in ("", "-")]
    return {name: int(most) if most else 100 for name, _, most in parts}


def judge(row, verdict):
    """What is wrong with a verdict: some of "cause", "sender" and "accusation"."""
    cause, confidence, sender = verdict[:3]
    right = {**bounds(row["acceptable"]), **bounds(row["expected"])}
    senders = set(bounds(row["sender"])) or {sender}
    faults = set()
    if confidence > right.get(cause, -1):
        faults.add("cause")
    if sender not in senders:
        faults.add("sender")
    blames = sender == "middlebox" and not {"middlebox", "unknown"} & senders
    blames |= cause in ON_THE_WAY and not ON_THE_WAY & set(right) and "middlebox" not in senders
    if blames and confidence >= CLAIM:
        faults.add("accusation")
    return faults


@dataclass
class Judged:
    """One row with its verdict (cause, confidence, sender, summary), or None."""
    row: dict
    verdict: tuple
    faults: set = field(init=False)

    def __post_init__(self):
        silent = self.row["frame"] == "0"
        if silent or not self.verdict:
            self.faults = {"cause"} if silent == bool(self.verdict) else set()
        else:
            self.faults = judge(self.row, self.verdict)

    @property
    def right(self):
        if not self.verdict or self.row["frame"] == "0":
            return not self.faults
        return self.verdict[1] <= bounds(self.row["expected"]).get(self.verdict[0], -1)

    @property
    def wrong(self):
        """Confidence of a verdict that is wrong, else 0."""
        return self.verdict[1] if self.verdict and self.faults & {"cause", "accusation"} else 0

    def line(self):
        row, got = self.row, " ".join(map(str, self.verdict)) if self.verdict else "no verdict"
        return (f"{row['capture']} frame {row['frame']}: got {got}; is {row['expected']} ({row['acceptable']}) by "
                f"{row['sender']}: {', '.join(sorted(self.faults)) or 'second best'}")


def figures(judged):
    """near_wrong counts wrong claims about near misses, firm_wrong and sure_wrong what is wrong at 70 and at 90 or
    more; sure_right is the share of verdicts at 90 or more that are right or acceptable."""
    with_sender = [one for one in judged if one.verdict and bounds(one.row["sender"])]
    sure = [one for one in judged if one.verdict and one.verdict[1] >= SURE]
    return {
        "rows": len(judged),
        "right": share(sum(one.right for one in judged), len(judged)),
        "sender": share(sum("sender" not in one.faults for one in with_sender), len(with_sender)),
        "accusations": sum("accusation" in one.faults for one in judged),
        "near_wrong": sum(one.wrong >= CLAIM for one in judged if "near_" in one.row["capture"]),
        "firm_wrong": sum(one.wrong >= FIRM for one in judged),
        "sure_wrong": sum(one.wrong >= SURE for one in judged),
        "sure_right": share(sum(not one.wrong for one in sure), len(sure)),
    }
