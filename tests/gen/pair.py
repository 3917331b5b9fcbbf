# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections that are recorded at both ends (interface 0 at the client, 1 at the server), over IPv4 or IPv6."""
from dataclasses import replace

from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

from stage import Line

CLIENT_POINT, SERVER_POINT = 0, 1


def routed(data, hops, change=None):
    """The frame behind some routers; change(packet) is what a device does to it."""
    packet = Ether(data)
    if IPv6 in packet:
        packet[IPv6].hlim -= hops
    else:
        packet[IP].ttl -= hops
        del packet[IP].chksum
    if change:
        change(packet)
    del packet[TCP].chksum
    return bytes(packet)


class Pair(Line):
    """skew = clock of the server's point minus that of the client's, in seconds."""

    def __init__(self, stage, port=None, skew=0.0, **options):
        self.hops, stage.server.hops = stage.server.hops or 3, 0
        super().__init__(stage, stage.client, stage.server, port or stage.port, 0, 0, **options)
        self.way, self.skew = stage.rtt / 2, skew

    def place(self, frame, point, extra=0.0, data=None):
        late = extra + (self.skew if point == SERVER_POINT else 0)
        copy = replace(frame, time=frame.time + round(late * 1e9), data=data or frame.data, point=point)
        self.cap.frames.append(copy)
        return copy

    def send(self, end, flags, *args, arrives=True, change=None, passes=True, **fields):
        """One segment as sent; what arrived at the other point is in .copy. passes: time goes on until it is there."""
        frame = super().send(end, flags, *args, **fields)
        self.cap.frames.remove(frame)
        here, there = (CLIENT_POINT, SERVER_POINT) if end is self.c else (SERVER_POINT, CLIENT_POINT)
        sent = self.place(frame, here)
        sent.copy = self.place(frame, there, self.way, routed(frame.data, self.hops, change)) if arrives else None
        if arrives and passes:
            self.cap.wait(self.way)
        return sent

    def forged(self, end, flags, hops, **fields):
        """A segment with the address of this end that only the other end receives."""
        look = {"options": [], "window": 0, "ident": 0, "df": False, "advance": False, **fields}
        frame = super().send(end, flags, **look)
        self.cap.frames.remove(frame)
        return self.place(frame, SERVER_POINT if end is self.c else CLIENT_POINT, data=routed(frame.data, hops))

    def expect(self, sent, *truth):
        """Both copies of a reset."""
        for frame in filter(None, (sent, sent.copy)):
            self.stage.expect(frame, *truth)
