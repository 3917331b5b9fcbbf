# SPDX-License-Identifier: GPL-2.0-or-later
"""What is known of the calls that witnesses.py makes, and whether a line of a log is about one of them."""
import re
import time
from dataclasses import dataclass, field

MEANINGS = {  # that would be false, whatever the line
    "allowed": {"dropped", "rejected", "reset_by_device", "idle_timeout", "no_listener", "closed_port"},
    "dropped": {"rejected", "reset_by_src", "reset_by_dst", "reset_by_device", "no_listener"},
    "rejected": {"reset_by_dst", "idle_timeout", "no_listener"},
    "reset": {"dropped", "rejected", "reset_by_device", "idle_timeout", "no_listener", "closed_port"},
    "idle": {"no_listener", "closed_port", "reset_by_dst"},
    "refused": {"dropped", "rejected", "reset_by_device", "idle_timeout"},
}
ONE_SIDED = ("HAProxy", "nginx")  # name one end only, so that their time zone must be given
NEVER = 1e12
SPARE = 1.5  # seconds by which a line in whole seconds may be beside the connection


@dataclass
class Call:
    fate: str
    port: int
    sport: int = 0
    began: float = 0.0
    ended: float = 0.0
    outside: int = 0  # the port behind NAT
    until: float = NEVER  # when the ports are used again
    pairs: set = field(default_factory=set)


def complete(calls, frames):
    """Finds each call's port behind NAT: its first SYN has the same sequence number at both ends. And until when the
    ports are its own."""
    isn = {}
    for who in "cs":
        for stamp, packet in syns(frames[who]):
            isn.setdefault(packet[2], {}).setdefault(who, (stamp, packet))
    for seen in isn.values():
        if "c" not in seen:
            continue
        stamp, (sport, dport, _) = seen["c"]
        own = [call for call in calls if (call.sport, call.port) == (sport, dport)
               and call.began - 0.2 <= stamp <= call.ended + 0.2]
        for call in own:
            call.outside = seen["s"][1][0] if "s" in seen else call.outside
    for call in calls:
        later = [other.began for other in calls if (other.sport, other.port) == (call.sport, call.port)
                 and other.began > call.began]
        call.until = min(later, default=NEVER)
        for sport in {call.sport, call.outside} - {0}:
            call.pairs |= {(sport, call.port), (call.port, sport)}


def syns(frames):
    for frame in frames:
        stamp, data = frame[0], frame[-1]
        start = 14 if data[12:14] == b"\x08\x00" else 0
        if data[start] >> 4 != 4 or data[start + 9] != 6:
            continue
        tcp = data[start + (data[start] & 15) * 4:]
        if tcp[13] & 0x12 == 0x02:
            yield stamp / 1e9, tuple(int.from_bytes(tcp[a:b], "big") for a, b in ((0, 2), (2, 4), (4, 8)))


def call_of(calls, row):
    """Which call a row of tshark is about."""
    pair, stamp = (int(row["tcp.srcport"]), int(row["tcp.dstport"])), float(row["frame.time_epoch"])
    own = [call for call in calls if pair in call.pairs and call.began - 0.2 <= stamp]
    return max(own, key=lambda call: call.began, default=None)


def stamp_of(witness, line):
    """The line's own time, where it has one that can be read without guessing; else None."""
    if witness == "conntrack -E":
        found = re.match(r"\[(\d+\.\d+)", line)
        return float(found[1]) if found else None
    if witness == "netfilter NFLOG":
        return time.mktime(time.strptime(f"{time.gmtime().tm_year} {line[:15]}", "%Y %b %d %H:%M:%S"))
    if witness == "netfilter LOG":
        return time.mktime(time.strptime(line[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
    if witness == "rst-record":
        found = re.search(r"(\d+\.\d+): (?:rst_drop|tcp_)", line)
        return float(found[1]) + time.time() - time.monotonic() if found else None
    return None


def false_because(witness, line, ports, meaning, call):
    """Why this line is not about this call; "" if it is. ports: those of the line that are also the call's."""
    if not ports:
        return "the ports of another connection"
    if call is None:
        return ""
    if meaning in MEANINGS.get(call.fate, set()) and witness not in ONE_SIDED:
        return f"{meaning}, but it was {call.fate}"
    at = stamp_of(witness, line)
    if at is not None and not call.began - SPARE <= at < call.until:
        return f"{at - call.began:+.1f} s"
    return ""
