# SPDX-License-Identifier: GPL-2.0-or-later
"""What the checker of claims knows: the packets of a capture by tshark's own fields, and the sentences of each verdict by
the fields in docs/fields.md."""
import collections
import os
import re
import subprocess
from dataclasses import dataclass, field

import claims_names

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
MASK, HALF = 0xFFFFFFFF, 0x80000000

WIRE = ("frame.number", "frame.time_epoch", "frame.interface_id", "frame.protocols", "ip.src", "ip.dst", "ipv6.src",
        "ipv6.dst", "ip.ttl", "ipv6.hlim", "ip.id", "tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw",
        "tcp.flags", "tcp.len", "tcp.window_size_value", "tcp.stream", "tcp.options.timestamp.tsval",
        "tcp.options.timestamp.tsecr", "tcp.options", "tcp.hdr_len")
SAID = ("rst.cause", "rst.confidence", "rst.summary", "rst.evidence.frame", "rst.evidence.text", "rst.trigger",
        "rst.delay", "rst.hop_delta", "rst.sender", "rst.declared.text", "rst.foreign", "rst.reset_in", "rst.server", "rst.service.name",
        "rst.service.name_from")


def before(a, b):
    """Sequence number a comes before b."""
    return (a - b) & MASK >= HALF


def distance(a, b):
    """b - a as a signed number."""
    return ((b - a + HALF) & MASK) - HALF


@dataclass
class Packet:
    number: int
    time: int  # ns; None = no time
    interface: str
    src: tuple  # address, port
    dst: tuple
    ttl: int
    ip_id: int  # None in IPv6
    seq: int
    ack: int
    flags: int
    length: int
    window: int
    stream: str
    tsval: int
    tsecr: int
    options: str
    foreign: bool
    header: int = 20  # bytes that the header claims to have

    @property
    def end(self):
        """SEQ of what would follow."""
        return (self.seq + self.length + bool(self.flags & SYN) + bool(self.flags & FIN)) & MASK

    @property
    def space(self):
        return self.length + bool(self.flags & SYN) + bool(self.flags & FIN)

    @property
    def opens(self):
        return self.flags & (SYN | ACK) == SYN

    @property
    def accepts(self):
        return self.flags & (SYN | ACK) == SYN | ACK

    @property
    def resets(self):
        return bool(self.flags & RST)

    @property
    def hops(self):
        """Routers passed, by the next usual initial TTL; None if the TTL was not captured."""
        return next(start for start in (64, 128, 255) if start >= self.ttl) - self.ttl if self.ttl else None

    def may_be(self, hops):
        """May it have passed that many routers? Old stacks begin with 30, 32 or 60."""
        return self.ttl and hops in {start - self.ttl for start in (30, 32, 60, 64, 128, 255)}

    @property
    def numbers(self):
        return self.seq, self.ack, self.length, self.flags


@dataclass
class Verdict:
    frame: int
    cause: str
    confidence: int
    summary: str
    evidence: list  # of (frame, text)
    trigger: int
    sender: str
    hop_delta: int
    declared: str
    label: str = ""  # what stood behind the server's address
    server: str = ""
    name: str = ""
    named_from: str = ""


@dataclass
class Capture:
    packets: dict = field(default_factory=dict)  # TCP, by frame
    frames: int = 0
    passes: int = 2  # in one pass, a verdict does not know what comes later
    verdicts: list = field(default_factory=list)
    by_ports: dict = field(default_factory=lambda: collections.defaultdict(list))  # {both ends: packets}
    by_end: dict = field(default_factory=lambda: collections.defaultdict(list))  # {address and port: packets from there}
    by_numbers: dict = field(default_factory=lambda: collections.defaultdict(list))
    interfaces: set = field(default_factory=set)
    by_host: dict = field(default_factory=lambda: collections.defaultdict(list))  # {address: packets from there}
    asked: dict = field(default_factory=dict)  # {stream: (frame, name)}
    answers: list = field(default_factory=list)  # of DNS: (frame, who asked, names, addresses)

    def add(self, packet):
        self.packets[packet.number] = packet
        self.by_ports[frozenset((packet.src, packet.dst))].append(packet)
        self.by_numbers[packet.numbers].append(packet)
        self.interfaces.add(packet.interface)
        self.by_end[packet.src].append(packet)
        self.by_host[packet.src[0]].append(packet)


def nanoseconds(text):
    """None for what is no time of a capture: broken files have times outside all calendars, which programs round
    differently."""
    if not re.fullmatch(r"\d{1,10}\.\d{9}", text) or int(text[:-10]) >= 2**33:
        return None
    return int(text.replace(".", ""))


def last(text, base=10):
    value = text.rpartition(";")[2]
    return int(value, base) if value else None


def packet_of(row):
    """None unless the frame is one TCP segment of its own, and not what an ICMP error quotes."""
    wire = dict(zip(WIRE, row))
    layers = wire["frame.protocols"].split(":")
    if layers.count("tcp") != 1 or "icmp" in layers or "icmpv6" in layers or not wire["tcp.seq_raw"]:
        return None
    six = [layer for layer in layers[:layers.index("tcp")] if layer in ("ip", "ipv6")][-1:] == ["ipv6"]
    source, target, ttl = ("ipv6.src", "ipv6.dst", "ipv6.hlim") if six else ("ip.src", "ip.dst", "ip.ttl")
    return Packet(
        int(wire["frame.number"]), nanoseconds(wire["frame.time_epoch"]), wire["frame.interface_id"],
        (last_text(wire[source]), last(wire["tcp.srcport"])), (last_text(wire[target]), last(wire["tcp.dstport"])),
        last(wire[ttl]), None if six else last(wire["ip.id"], 0), last(wire["tcp.seq_raw"]), last(wire["tcp.ack_raw"]) or 0,
        last(wire["tcp.flags"], 0) & 0x1FF if wire["tcp.flags"] else 0, last(wire["tcp.len"]) or 0,
        last(wire["tcp.window_size_value"]), wire["tcp.stream"], last(wire["tcp.options.timestamp.tsval"]),
        last(wire["tcp.options.timestamp.tsecr"]), wire["tcp.options"], False, last(wire["tcp.hdr_len"]) or 0)


def last_text(text):
    return text.rpartition(";")[2]


def number(text):
    return int(float(text)) if text else None


def verdict_of(frame, said):
    frames, texts = said["rst.evidence.frame"].split(";"), said["rst.evidence.text"].split(";")
    pairs = [(int(at), text) for at, text in zip(frames, texts) if at]
    name = said["rst.service.name"]
    summary, label = claims_names.take(said["rst.summary"], said["rst.server"], name)
    return Verdict(frame, said["rst.cause"], int(said["rst.confidence"]), summary, pairs,
                   number(said["rst.trigger"]), said["rst.sender"], number(said["rst.hop_delta"]),
                   said["rst.declared.text"], label, said["rst.server"], name, said["rst.service.name_from"])


def read(path, passes=2, environment=None, preferences=()):
    """The capture, or None if tshark cannot read it."""
    command = ["tshark", *(["-2"] if passes == 2 else []), "-r", str(path), "-T", "fields", "-E", "separator=/t",
               "-E", "occurrence=a", "-E", "aggregator=;"]
    for preference in preferences:
        command += ["-o", preference]
    for name in WIRE + claims_names.FIELDS + SAID:
        command += ["-e", name]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False,
                          env=environment or dict(os.environ, LC_ALL="C"))
    if not done.stdout:
        return None
    capture = Capture(passes=passes)
    for line in done.stdout.split("\n"):
        row = line.split("\t")
        if len(row) != len(WIRE) + len(claims_names.FIELDS) + len(SAID):
            continue
        add_row(capture, row)
    return capture


def add_row(capture, row):
    asked = len(WIRE) + len(claims_names.FIELDS)
    said, wire = dict(zip(SAID, row[asked:])), dict(zip(WIRE, row))
    capture.frames = max(capture.frames, int(row[0]))
    ends = [last_text(wire[f"ip.{end}"]) or last_text(wire[f"ipv6.{end}"]) for end in ("src", "dst")]
    claims_names.add(capture, int(row[0]), row[len(WIRE):asked], ends, wire["tcp.stream"])
    packet = packet_of(row)
    if packet:
        packet.foreign = bool(said["rst.foreign"])
        capture.add(packet)
    if said["rst.cause"] and ";" not in said["rst.cause"]:
        capture.verdicts.append(verdict_of(int(row[0]), said))


UNITS = {"ms": 10**6, "s": 10**9, "min": 60 * 10**9, "h": 3600 * 10**9}
SPAN = r"(?:less than 0\.01 ms|an unknown time|\d+ min \d+ s|\d+ h \d+ min|[\d.e+]+ ms|[\d.]+ s)"


def span_says(text, ns):
    """Does a duration in words mean this one, to the precision in which it is given?"""
    if text == "an unknown time":
        return ns is None or ns < 0
    if ns is None:
        return False
    if text == "less than 0.01 ms":
        return 0 <= ns <= 10**4
    parts = re.findall(r"([\d.e+]+) (ms|s|min|h)", text)
    value = sum(float(amount) * UNITS[unit] for amount, unit in parts)
    unit = UNITS[parts[-1][1]]
    figures = parts[-1][0].partition(".")[2]
    slack = unit * 10**-len(figures) * (1.001 if len(parts) > 1 else 0.501)
    if value < 10 * 10**6:  # two figures
        slack = max(slack, value * 0.06)
    return abs(value - ns) <= slack + 1000
