# SPDX-License-Identifier: GPL-2.0-or-later
"""Build TCP conversations packet by packet, as a capture near the client would show them (scapy, fixed clock).

Only header values that a stack is known to send are modeled: initial TTL, IP ID, DF, window, options.
"""
import random
from dataclasses import dataclass, field

from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

import capfile

START = 1772442000  # 2026-03-02 09:00:00 UTC
MASK = 0xFFFFFFFF


@dataclass
class Stack:
    """What one operating system sends. zero_id: answers without a socket carry IP ID 0."""
    ttl: int
    window: int
    scale: int
    timestamps: bool
    zero_id: bool
    abort_window: bool


LINUX = Stack(64, 64240, 7, True, True, True)
WINDOWS = Stack(128, 64240, 8, False, False, False)
FREEBSD = Stack(64, 65535, 6, True, False, True)


class Host:
    """An address with its stack, and the number of hops its packets have made at the point of capture."""

    def __init__(self, address, stack, hops=0, mac=None):
        # Seeded by the address, so that a host looks the same in every scenario and in every rebuild.
        rng = random.Random(address)
        self.address, self.stack, self.hops = address, stack, hops
        self.mac = mac or "02:00:5e:%02x:%02x:%02x" % tuple(rng.randrange(256) for _ in range(3))
        self.counter = Counter(rng)
        self.clock = rng.randrange(1 << 31)
        self.rng = rng


class Counter:
    """IP IDs: Windows counts per host, Linux per socket."""

    def __init__(self, rng):
        self.value = rng.randrange(0x1000, 0xE000)

    def next(self):
        self.value = self.value % 0xFFFF + 1
        return self.value


@dataclass
class Frame:
    time: int
    data: bytes
    seq: int
    ack: int
    end: int
    number: int = 0
    point: int = 0  # interface of the capture
    copy: object = None  # the same packet at the other capture point


@dataclass
class Capture:
    """Frames and the expected verdicts; now is the time of the next frame in ns since START."""
    now: int = 0
    jitter: random.Random = field(default_factory=lambda: random.Random(7))
    frames: list = field(default_factory=list)
    rows: list = field(default_factory=list)

    def wait(self, seconds):
        """Let time pass, a little more than requested: no path and no timer is exact."""
        self.now += round(seconds * 1e9 + self.jitter.uniform(0, min(seconds * 0.05, 0.0009)) * 1e9)

    def expect(self, frame, cause, sender, trigger=None):
        self.rows.append((frame, cause, sender, trigger))
        return frame

    def finish(self):
        """(frames, rows) in chronological order, numbered."""
        self.frames.sort(key=lambda frame: frame.time)
        for number, frame in enumerate(self.frames, 1):
            frame.number = number
        rows = sorted((f.number, cause, sender, t.number if t else None) for f, cause, sender, t in self.rows)
        return [(START * 10**9 + f.time, f.data, f.point) for f in self.frames], rows


class End:
    def __init__(self, host, port, isn):
        self.host, self.port, self.isn = host, port, isn
        self.nxt, self.echo = isn, 0
        self.counter = Counter(host.rng) if host.stack.zero_id else host.counter


class Conv:
    """One connection; every method adds frames to the capture and lets the path delay pass."""

    def __init__(self, cap, client, server, port, sport=None, rtt=0.020, isn=None):
        rng = client.rng
        self.cap, self.rtt = cap, rtt
        self.c = End(client, sport or rng.randrange(49200, 65000), isn if isn is not None else rng.randrange(1 << 32))
        self.s = End(server, port, rng.randrange(1 << 32))
        self.timestamps = client.stack.timestamps and server.stack.timestamps

    def peer(self, end):
        return self.s if end is self.c else self.c

    def options(self, end, syn):
        stack, peer = end.host.stack, self.peer(end)
        stamp = ("Timestamp", ((end.host.clock + self.cap.now // 10**6) & MASK, peer.echo))
        if syn and (self.timestamps or end is self.c and stack.timestamps):
            return [("MSS", 1460), ("SAckOK", b""), stamp, ("NOP", None), ("WScale", stack.scale)]
        if syn:
            return [("MSS", 1460), ("NOP", None), ("WScale", stack.scale), ("NOP", None), ("NOP", None),
                    ("SAckOK", b"")]
        return [("NOP", None), ("NOP", None), stamp] if self.timestamps else []

    def send(self, end, flags, payload=b"", seq=None, ack=None, window=None, options=None, ttl=None, ident=None,
             df=True, advance=True):
        """One segment from this end; only what differs from its normal next segment has to be given."""
        host, peer = end.host, self.peer(end)
        syn = "S" in flags
        seq = end.nxt if seq is None else seq & MASK
        ack = (peer.nxt if "A" in flags else 0) if ack is None else ack & MASK
        if window is None:
            window = host.stack.window if syn else 501 if host.stack.scale == 7 else 1026
        if options is None:
            options = self.options(end, syn)
        if host.stack.timestamps:
            end.echo = (host.clock + self.cap.now // 10**6) & MASK
        ttl = host.stack.ttl - host.hops if ttl is None else ttl
        tcp = TCP(sport=end.port, dport=peer.port, seq=seq, ack=ack, flags=flags, window=window, options=options)
        if ":" in host.address:
            ip = IPv6(src=host.address, dst=peer.host.address, hlim=ttl)
        else:
            if ident is None:
                ident = 0 if syn and "A" in flags and host.stack.zero_id else end.counter.next()
            ip = IP(src=host.address, dst=peer.host.address, ttl=ttl, id=ident, flags="DF" if df else 0)
        data = bytes(Ether(src=host.mac, dst=peer.host.mac) / ip / tcp / payload)
        end_seq = (seq + len(payload) + ("S" in flags) + ("F" in flags)) & MASK
        frame = Frame(self.cap.now, data, seq, ack, end_seq)
        self.cap.frames.append(frame)
        if advance and "R" not in flags and (end_seq - end.nxt) & MASK < 1 << 31:
            end.nxt = end_seq
        self.cap.wait(0.00001)
        return frame

    def syn(self):
        return self.send(self.c, "S", seq=self.c.isn, ack=0)

    def synack(self):
        self.cap.wait(self.rtt)
        return self.send(self.s, "SA", seq=self.s.isn)

    def handshake(self):
        self.syn()
        self.synack()
        return self.send(self.c, "A")

    def request(self, payload, reply, think=0.004):
        """Client data, the server's answer, the client's ACK."""
        self.send(self.c, "PA", payload)
        self.cap.wait(self.rtt + think)
        answer = self.send(self.s, "PA", reply)
        self.cap.wait(0.00002)
        self.send(self.c, "A")
        return answer

    def close(self):
        """FIN both ways, all acknowledged; the client starts."""
        self.send(self.c, "FA")
        self.cap.wait(self.rtt)
        self.send(self.s, "FA")
        self.cap.wait(0.00003)
        return self.send(self.c, "A")

    def refuse(self, syn):
        """The reset of a host that has no listener."""
        stack = self.s.host.stack
        return self.send(self.s, "RA", seq=0, ack=syn.end, window=0, options=[], ident=0 if stack.zero_id else None)

    def bare(self, end, trigger, **changes):
        """A reactive reset: the answer of a host that has no such connection."""
        ident = 0 if end.host.stack.zero_id else None
        return self.send(end, "R", **{"seq": trigger.ack, "window": 0, "options": [], "ident": ident, **changes})

    def abort(self, end, **changes):
        """An active reset, by the application or a timer."""
        window = None if end.host.stack.abort_window else 0
        return self.send(end, "RA", **{"window": window, **changes})


def save(folder, name, cap, readme):
    frames, rows = cap.finish()
    capfile.write_sample(folder, name, frames, rows, readme)
    return len(frames), len(rows)
