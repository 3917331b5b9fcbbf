"""Captures as people really have them: started late, one direction, short packets, coarse clocks, duplicated packets,
segments merged by the network card.

Each change takes (frame number, time in ns, bytes) of a capture and returns those that remain, changed.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import struct
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "gen"))

import capfile  # noqa: E402  (needs the path above)


def late(frames):
    """Started after the handshake of the last connection that was reset: at its first payload, or at its reset."""
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
    """(address, port) of the sender of the first SYN."""
    segments = (capfile.Segment(data) for _, _, data in frames)
    return next((seg.src for seg in segments if seg.ok and seg.flags & 0x12 == 2), None)


def client_only(frames):
    """One direction: what is sent from the first client's address."""
    client = first_client(frames)
    for number, time, data in frames:
        seg = capfile.Segment(data)
        if seg.ok and client and seg.src[0] == client[0]:
            yield number, time, data


def server_only(frames):
    """One direction: what is sent to the first client's address."""
    client = first_client(frames)
    for number, time, data in frames:
        seg = capfile.Segment(data)
        if seg.ok and client and seg.dst[0] == client[0]:
            yield number, time, data


def short(frames):
    """Snapshot length 64: the header without all of its options."""
    return [(number, time, data[:64]) for number, time, data in frames]


def coarse(frames):
    """A clock that ticks every 16 ms, as on Windows."""
    return [(number, time - time % 16_000_000, data) for number, time, data in frames]


def milli(frames):
    """A clock that ticks every millisecond."""
    return [(number, time - time % 1_000_000, data) for number, time, data in frames]


def is_reset(data):
    segment = capfile.Segment(data)
    return segment.ok and segment.has(capfile.RST)


def without(frames, lost, resets=False):
    """The frames without those of which lost(index) holds; resets stay unless they may go too."""
    return [frame for index, frame in enumerate(frames) if not lost(index) or (not resets and is_reset(frame[2]))]


def chance(index, seed):
    """A fixed number from 0 to 999: by the clock, each recording would lose other packets."""
    return zlib.crc32(f"{seed} {index}".encode()) % 1000


def of_side(frames, client_side):
    """Of each frame, whether the first client sent it, or whether somebody else did."""
    client = first_client(frames)
    segments = (capfile.Segment(data) for _, _, data in frames)
    return [client is not None and seg.ok and (seg.src[0] == client[0]) == client_side for seg in segments]


def lossy(frames, seed):
    """A capture that lacks some packets that the hosts received: four in a hundred, never a reset."""
    return without(frames, lambda index: chance(index, seed) < 40)


def lossier(frames, seed):
    """Ten in a hundred."""
    return without(frames, lambda index: chance(index, seed) < 100)


def lossy_runs(frames, seed):
    """One run of three frames in eight."""
    return without(frames, lambda index: chance(index // 3, seed) < 125)


def lossy_client(frames, seed):
    """A third of what the first client sent."""
    mine = of_side(frames, True)
    return without(frames, lambda index: mine[index] and chance(index, seed) < 333)


def lossy_server(frames, seed):
    """A third of what was sent to the first client."""
    mine = of_side(frames, False)
    return without(frames, lambda index: mine[index] and chance(index, seed) < 333)


def timeless(frames):
    """No time: every packet has the same timestamp."""
    return [(number, frames[0][1], data) for number, _, data in frames]


def doubled(frames):
    """Every packet once per network component, a few microseconds apart; the first copy keeps the label."""
    for number, time, data in frames:
        yield number, time, data
        yield 0, time + 3000, data


MERGED_WITHIN = 2_000_000  # ns between the segments of one burst, at most


def merged(frames):
    """Captured on the first client's host, which leaves segmentation to its network card (TSO) and receives segments
    merged (GRO): one frame per burst, far above the MTU. What it sends has no valid checksum yet; on every other
    connection, the IPv4 length is 0 as well, as some drivers leave it."""
    client, joined = first_client(frames), []
    for number, time, data in frames:
        segment = capfile.Segment(data)
        if joined and goes_on(joined[-1], (time, data, segment)):
            joined[-1] = (*joined[-1][:2], join(joined[-1][2], joined[-1][3], data, segment))
            joined[-1] = (*joined[-1], capfile.Segment(joined[-1][2]))
        else:
            joined.append((number, time, data, segment))
    for number, time, data, segment in joined:
        outgoing = segment.ok and client and segment.src[0] == client[0]
        yield number, time, unfinished(data, segment) if outgoing else data


def goes_on(before, frame):
    """Would a network card merge this segment with the one before (by the kernel's rules in tcp_gro_receive())?"""
    _, earlier, first, head = before
    time, data, segment = frame
    if not (head.ok and segment.ok and head.payload > 0 and segment.payload > 0):
        return False
    barred = capfile.SYN | capfile.RST | capfile.FIN
    same = all(getattr(head, name) == getattr(segment, name) for name in ("src", "dst", "ack", "ttl"))
    return (same and not head.flags & barred and not segment.flags & barred & ~capfile.FIN
            and segment.seq == (head.seq + head.payload) % 2**32 and time - earlier <= MERGED_WITHIN
            and head.payload + segment.payload < 65000 and first[head.tcp_at + 14:head.tcp_at + 16]
            == data[segment.tcp_at + 14:segment.tcp_at + 16] and options(first, head) == options(data, segment))


def options(data, segment):
    return data[segment.tcp_at + 20:segment.tcp_at + (data[segment.tcp_at + 12] >> 4) * 4]


def join(first, head, data, segment):
    """The first segment with the payload of the second appended to its own, and the flags of both."""
    start = segment.wire_length - segment.payload
    whole = bytearray(first[:head.wire_length] + data[start:segment.wire_length])
    whole[head.tcp_at + 13] |= segment.flags
    at, less = (16, 14) if whole[12:14] == b"\x08\0" else (18, 54)
    struct.pack_into(">H", whole, at, len(whole) - less)
    return bytes(whole)


def unfinished(data, segment):
    """As the host hands it to its network card."""
    changed = bytearray(data)
    changed[segment.tcp_at + 16] ^= 0x55
    if changed[12:14] == b"\x08\0" and segment.src[1] % 2 == 0 and segment.payload > 1460:
        changed[16:18] = bytes(2)
    return bytes(changed)


LOSSES = (lossy, lossier, lossy_runs, lossy_client, lossy_server)  # these need a seed
CHANGES = (late, client_only, server_only, short, coarse, milli, *LOSSES, timeless, doubled, merged)


def write(source, target, change):
    """Write the changed capture; returns {old frame number: new}."""
    frames = [(number, *frame) for number, frame in enumerate(capfile.read_frames(str(source)), 1)]
    if not frames:
        return write_frames(target, [])
    seed = (f"{change.__name__} {source.parent.name} {source.name}",) if change in LOSSES else ()
    return write_frames(target, list(change(frames, *seed)))


def write_frames(target, left):
    """The same for frames that are left already."""
    with open(target, "wb") as f:
        f.write(header())
        for _, time, data in left:
            f.write(struct.pack("<IIII", time // 10**9, time % 10**9, len(data), max(len(data), length(data))) + data)
    return {old: new for new, (old, _, _) in enumerate(left, 1) if old}


def header():
    """A classic file with nanoseconds: short packets need their length on the wire in addition to their own."""
    return struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, capfile.ETHERNET)


def length(data):
    """Length on the wire, from the IP header; not trusted if it is too short or missing."""
    if len(data) < 20:
        return len(data)
    kind, total, payload = (struct.unpack_from(">H", data, at)[0] for at in (12, 16, 18))
    return 14 + total if kind == 0x0800 else 54 + payload if kind == 0x86DD else len(data)
