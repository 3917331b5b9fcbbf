# SPDX-License-Identifier: GPL-2.0-or-later
"""How a kind of claim is written down: a sentence pattern and a function that recomputes it from the packets. The function
returns nothing if the packets bear the claim out, else what they show instead.

Placeholders of a pattern: {own} and {peer} = the side that resets and the other one, {who} = either, {end} = an address
with port, {f} {g} {h} = frames (the function gets the packets), {t} {u} = durations, {n} {m} {k} = numbers, {word} = words,
{shape} = RST or RST,ACK, {rest} = anything. An evidence text has to match as a whole. What {own}, {peer} and frames say is checked for all of them.
"""
import functools
import re
from dataclasses import dataclass

from claims_read import ACK, FIN, RST, SPAN, SYN, before, distance, span_says

END = r"(?:\[[0-9a-f:.]+\]:\d+|\d+\.\d+\.\d+\.\d+:\d+)"
HOLES = {"own": rf"[Tt]he (?:client|server) {END}", "peer": rf"[Tt]he (?:client|server) {END}",
         "who": rf"[Tt]he (?:client|server) {END}", "end": END, "f": r"\d+", "g": r"\d+", "h": r"\d+", "t": SPAN, "u": SPAN,
         "n": r"\d+", "m": r"\d+", "k": r"\d+", "word": r"[^.;]+?", "shape": r"RST,ACK|RST", "rest": r".*"}
CLAIMS, INFERRED, GUESSES = [], [], []
COPY = 100 * 10**6  # ns


class Unreadable(Exception):
    """A frame is no TCP segment for tshark alone: nothing can be recomputed."""


class Disproved(Exception):
    pass


@dataclass
class Claim:
    name: str
    template: str
    pattern: re.Pattern
    check: object
    absence: bool  # more packets can only disprove it
    evidence: bool


def compiled(template, whole=False):
    text = re.escape(template).replace(r"\{", "{").replace(r"\}", "}") + ("$" if whole else "")
    return re.compile(("^" if whole else "") + re.sub(r"\{(\w+)\}", lambda hole: f"(?P<{hole[1]}>{HOLES[hole[1]]})", text))


def summary(*templates, absence=False):
    """A claim in the sentences of a summary."""
    return _registered(templates, absence, False)


def evidence(*templates, absence=False):
    """A claim in an evidence text. The function also gets at, the packet in its frame."""
    return _registered(templates, absence, True)


def _registered(templates, absence, of_evidence):
    def add(check):
        name = check.__name__.strip("_")
        CLAIMS.extend(Claim(name, template, compiled(template, of_evidence), check, absence, of_evidence) for template in templates)
        return check
    return add


def inferred(why, *templates):
    """Sentences that no packet can prove or disprove."""
    INFERRED.extend((why, compiled(template)) for template in templates)


def guessed(*words):
    """Words of a conclusion that packets do not show. They are stated from SURE percent on, else said to be probable, and
    below LIKELY to be possible."""
    GUESSES.extend(re.compile(word) for word in words)


SURE, LIKELY = 90, 50
POSSIBLY = re.compile(r"\b(may|perhaps|either|cannot tell|as far as the capture shows)\b", re.IGNORECASE)
QUOTED = "The reset itself states its reason"  # a fact, however much it is worth
PROBABLY = re.compile(r"\b(probably|most likely)\b", re.IGNORECASE)


def wording(verdict):
    """What is wrong with how sure the summary sounds, or None."""
    text = verdict.summary
    if text.startswith(QUOTED):
        return None
    if verdict.confidence < LIKELY and not POSSIBLY.search(text):
        return f"it sounds surer than {verdict.confidence} %"
    if verdict.confidence >= SURE:
        return None
    for sentence in text.split(". "):
        guess = next((word for word in GUESSES if word.search(sentence)), None)
        if guess and not PROBABLY.search(sentence) and not POSSIBLY.search(sentence):
            return f"{guess.pattern!r} sounds surer than {verdict.confidence} %"
    return None


class Story:
    """What the packets of one connection say about a reset."""

    def __init__(self, capture, verdict, reset, packets):
        self.capture, self.verdict, self.r = capture, verdict, reset
        early = [p for p in packets if p.number < self.r.number]
        late = [p for p in packets if p.number > self.r.number]
        self.own, self.peer = ([p for p in early if p.src == end] for end in (self.r.src, self.r.dst))
        self.own_after, self.peer_after = ([p for p in late if p.src == end] for end in (self.r.src, self.r.dst))

    def since(self, packet):
        return self.between(packet, self.r)

    @staticmethod
    def between(first, second):
        return None if first.time is None or second.time is None else second.time - first.time

    def need(self, holds, otherwise):
        if not holds:
            raise Disproved(otherwise)

    @staticmethod
    def says(text, ns):
        return span_says(text, ns)

    def span(self, text, ns, what="the time"):
        if ns is not None and not span_says(text, ns):
            raise Disproved(f"{what} is {ns / 1e9 if ns is not None else '?'} s, not {text}")

    def from_own(self, packet, what="frame"):
        self.need(packet.src == self.r.src, f"{what} {packet.number} is not from the side that resets")

    def from_peer(self, packet, what="frame"):
        self.need(packet.src == self.r.dst and packet.dst == self.r.src, f"{what} {packet.number} is not from the other side")

    @staticmethod
    def nxt(packets):
        """SND.NXT as these packets show it; None without any."""
        reached = None
        for packet in packets:
            if not packet.resets and (reached is None or before(reached, packet.end)):
                reached = packet.end
        return reached

    @staticmethod
    def acked(packets):
        reached = None
        for packet in packets:
            if packet.flags & ACK and not packet.resets and (reached is None or before(reached, packet.ack)):
                reached = packet.ack
        return reached

    @functools.cached_property
    def own_nxt(self):
        return self.nxt(self.own)

    @functools.cached_property
    def peer_nxt(self):
        return self.nxt(self.peer)

    @staticmethod
    def data(packets):
        return [p for p in packets if p.length and not p.resets]

    @staticmethod
    def fins(packets):
        return [p for p in packets if p.flags & FIN and not p.resets]

    @staticmethod
    def resets(packets):
        return [p for p in packets if p.resets]

    def outstanding(self):
        """The own data that the other side has not acknowledged."""
        acked = self.acked(self.peer)
        return [p for p in self.data(self.own) if acked is None or before(acked, (p.seq + p.length) & 0xFFFFFFFF)]

    def answerable(self, first=None):
        """Segments of the other side that this reset could answer (RFC 9293, section 3.10.7.1)."""
        packets = [p for p in self.peer if not p.resets and (first is None or p.number > first)]
        if self.r.flags & ACK:
            return [p for p in packets if p.end == self.r.ack and
                    (not p.flags & ACK and self.r.seq == 0 or p.flags & ACK and p.ack == self.r.seq)]
        return [p for p in packets if p.flags & ACK and p.ack == self.r.seq]


def without_copies(packets):
    """Each packet that was captured twice counts once."""
    seen, kept = {}, []
    for packet in packets:
        key = (packet.src, packet.numbers, packet.ip_id, packet.window)
        first = seen.get(key)
        seen[key] = packet
        if first and (packet.ip_id or first.ttl != packet.ttl) and abs(Story.between(first, packet) or 0) < COPY:
            continue
        kept.append(packet)
    return kept


def scopes(capture, reset, absence):
    """What may be meant by the connection: the packets of one attempt at one point of capture, of all points, all on its
    addresses and ports; never those that do not fit. A claim that something is absent has only the narrowest meaning."""
    every = [p for p in capture.by_ports[frozenset((reset.src, reset.dst))] if not p.foreign or p is reset]
    stream = [p for p in every if p.stream == reset.stream]
    here = [p for p in stream if p.interface == reset.interface]
    yield here
    if absence:
        return
    tried = {len(here)}
    for wider in (without_copies(here), stream, [p for p in every if p.interface == reset.interface], every):
        if len(wider) not in tried:
            yield wider
        tried.add(len(wider))


def views(capture, verdict):
    """The reset, and the same one at other points of capture, from which the verdict may be told."""
    reset = capture.packets[verdict.frame]
    yield reset
    if len(capture.interfaces) > 1:
        for other in capture.by_numbers[reset.numbers]:
            if other.resets and other.interface != reset.interface:
                yield other


def arguments(claim, match, capture, reset, at):
    given = {}
    for name, value in match.groupdict().items():
        if name in ("own", "peer", "who"):
            check_role(name, value, reset)
            value = value.split(" ")[-1]
        elif name in ("f", "g", "h"):
            value = packet_in(capture, int(value))
        elif name in ("n", "m", "k"):
            value = int(value)
        given[name] = value
    if claim.evidence:
        given["at"] = packet_in(capture, at)
    wanted = claim.check.__code__.co_varnames[1:claim.check.__code__.co_argcount]
    return {name: value for name, value in given.items() if name in wanted}


def packet_in(capture, frame):
    if not 0 < frame <= capture.frames:
        raise Disproved(f"there is no frame {frame}")
    if frame not in capture.packets:
        raise Unreadable
    return capture.packets[frame]


def end_text(end):
    return f"[{end[0]}]:{end[1]}" if ":" in end[0] else f"{end[0]}:{end[1]}"


def check_role(name, value, reset):
    end = value.split(" ")[-1]
    allowed = {"own": (reset.src,), "peer": (reset.dst,), "who": (reset.src, reset.dst)}[name]
    if end not in map(end_text, allowed):
        raise Disproved(f"{end} is not the side that is meant")


def judge(claim, match, capture, verdict, at=None):
    """None = true, a text = disproved. May raise Unreadable."""
    reason = None
    for reset in views(capture, verdict):
        try:
            given = arguments(claim, match, capture, reset, at)
        except Disproved as wrong:
            reason = reason or str(wrong)
            continue
        for packets in scopes(capture, reset, claim.absence):
            try:
                claim.check(Story(capture, verdict, reset, packets), **given)
                return None
            except Disproved as wrong:
                reason = reason or str(wrong)
    return reason


__all__ = ["ACK", "FIN", "RST", "SYN", "before", "distance"]
