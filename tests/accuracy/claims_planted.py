# SPDX-License-Identifier: GPL-2.0-or-later
"""False sentences for the checker of claims: each kind of claim is told of resets of which it does not hold, with their
addresses and existing frames, so that only the recomputation can catch it."""
import itertools
import string

from claims_kinds import CLAIMS, Story, Unreadable, end_text, judge, scopes

RESETS = 60  # of which a sentence is told
FRAMES = 3  # of each direction that it may name
TRIES = 24
VALUES = {"n": "7", "m": "9", "k": "3", "t": "77 s", "u": "78 s", "word": "SYN", "shape": "RST", "rest": ""}


def sentences(claim, capture, verdict):
    """(text, frame or None) of the claim, told of this reset."""
    reset = capture.packets[verdict.frame]
    story = Story(capture, verdict, reset, next(scopes(capture, reset, True)))
    first = next(iter(capture.packets.values()))
    frames = [p.number for p in (*story.own[-FRAMES:], *story.peer[-FRAMES:], reset, first)]
    names = [name for _, name, _, _ in string.Formatter().parse(claim.template) if name]
    named = [name for name in names if name in ("f", "g", "h")] + ["at"] * claim.evidence
    ends = {"own": f"the server {end_text(reset.src)}", "peer": f"the client {end_text(reset.dst)}",
            "who": f"the server {end_text(reset.src)}", "end": end_text(reset.src)}
    for chosen in itertools.islice(itertools.product(frames, repeat=len(named)), TRIES):
        given = dict(zip(named, chosen))
        yield claim.template.format(**{**VALUES, **ends, **given}), given.get("at")


def is_caught(claim, capture, verdict):
    for text, at in sentences(claim, capture, verdict):
        match = claim.pattern.search(text)
        assert match, f"{text!r} is not recognized as {claim.name}"
        try:
            if judge(claim, match, capture, verdict, at):
                return True
        except Unreadable:
            continue
    return False


def missed(captures):
    """The claims of which no false sentence is caught."""
    resets = [(capture, verdict) for capture in captures for verdict in capture.verdicts if verdict.frame in capture.packets]
    some = resets[::max(1, len(resets) // RESETS)]
    return [claim.template for claim in CLAIMS if not any(is_caught(claim, *reset) for reset in itertools.chain(some, resets))]
