"""Captures as people really have them: begun late, one direction, short packets, coarse clocks, doubled packets.

Each change takes (frame number, time in ns, bytes) of a capture and gives those that are left, changed.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "gen"))

import capfile  # noqa: E402  (needs the path above)


def late(frames):
    """Begun after the handshake of the connection that was reset last: with its first payload, or its reset."""
    segments = [capfile.Segment(data) for _, _, data in frames]
    last = next((seg for seg in reversed(segments) if seg.ok and seg.has(capfile.RST)), None)
    if last is None:
        return frames
    pair, begin = {last.src, last.dst}, 0
    for index, seg in enumerate(segments):
        if seg.ok and {seg.src, seg.dst} == pair and seg.has(capfile.SYN):
            begin = index + 1
    while not (segments[begin].ok and {segments[begin].src, segments[begin].dst} == pair
               and (segments[begin].payload or segments[begin].has(capfile.RST))):
        begin += 1
    return frames[begin:]


def first_client(frames):
    """(address, port) of the first SYN's sender."""
    segments = (capfile.Segment(data) for _, _, data in frames)
    return next((seg.src for seg in segments if seg.ok and seg.flags & 0x12 == 2), None)


def client_only(frames):
    """One direction: what the first client's address sends."""
    client = first_client(frames)
    for number, time, data in frames:
        seg = capfile.Segment(data)
        if seg.ok and client and seg.src[0] == client[0]:
            yield number, time, data


def server_only(frames):
    """One direction: what arrives at the first client's address."""
    client = first_client(frames)
    for number, time, data in frames:
        seg = capfile.Segment(data)
        if seg.ok and client and seg.dst[0] == client[0]:
            yield number, time, data


def short(frames):
    """Snap length 64: header without all options."""
    return [(number, time, data[:64]) for number, time, data in frames]


def coarse(frames):
    """A clock that ticks every 16 ms, as on Windows."""
    return [(number, time - time % 16_000_000, data) for number, time, data in frames]


def milli(frames):
    """A clock that ticks every millisecond."""
    return [(number, time - time % 1_000_000, data) for number, time, data in frames]


def lossy(frames):
    """A capture that misses some of the packets which the hosts got: four in a hundred by their time, no reset."""
    for number, time, data in frames:
        seg = capfile.Segment(data)
        if time // 1000 % 25 or (seg.ok and seg.has(capfile.RST)):
            yield number, time, data


def timeless(frames):
    """No time of day: every packet bears the same stamp."""
    return [(number, frames[0][1], data) for number, _, data in frames]


def doubled(frames):
    """Each packet once per network component, a few microseconds apart; the first copy keeps the label."""
    for number, time, data in frames:
        yield number, time, data
        yield 0, time + 3000, data


CHANGES = (late, client_only, server_only, short, coarse, milli, lossy, timeless, doubled)


def write(source, target, change):
    """Write the changed capture; {old frame number: new}."""
    frames = [(number, *frame) for number, frame in enumerate(capfile.read_frames(str(source)), 1)]
    left = list(change(frames)) if frames else []
    with open(target, "wb") as f:
        f.write(header())
        for _, time, data in left:
            f.write(struct.pack("<IIII", time // 10**9, time % 10**9, len(data), max(len(data), length(data))) + data)
    return {old: new for new, (old, _, _) in enumerate(left, 1) if old}


def header():
    """A classic file with nanoseconds: short packets need their length on the wire beside their own."""
    return struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, capfile.ETHERNET)


def length(data):
    """Length on the wire, from the IP header."""
    if len(data) < 20:
        return len(data)
    kind, total, payload = (struct.unpack_from(">H", data, at)[0] for at in (12, 16, 18))
    return 14 + total if kind == 0x0800 else 54 + payload if kind == 0x86DD else len(data)
