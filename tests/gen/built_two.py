# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios of built.py with two capture points in one file: interface 0 at the client, interface 1 at the server.

Every packet is made at its sender's point with its initial TTL, and arrives at the other one later and some hops older,
if nothing happens to it on the way. The clocks of the two points differ.
"""
from dataclasses import replace

from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether

from built_host import GET, OK, SCENARIOS, scenario
from packets import LINUX, WINDOWS, Conv, Host

# One table: importing this module adds its scenarios.
__all__ = ["SCENARIOS"]

CLIENT_POINT, SERVER_POINT = 0, 1
HOPS = 9


def routed(data, hops=HOPS, change=None):
    """The frame as it looks behind some routers; change(packet) is what a device does to it."""
    packet = Ether(data)
    packet[IP].ttl -= hops
    if change:
        change(packet)
    del packet[IP].chksum, packet[TCP].chksum
    return bytes(packet)


class Both(Conv):
    """A connection that is captured at both ends; skew = clock of the server's point minus that of the client's."""

    def __init__(self, cap, client, server, port, way=0.012, skew=137.25, change=None, **options):
        super().__init__(cap, client, server, port, rtt=0, **options)
        self.way, self.skew, self.change = way, skew, change

    def place(self, frame, point, extra=0.0, data=None):
        """The frame as recorded at a point: a copy with that point's clock."""
        clock = round((extra + (self.skew if point == SERVER_POINT else 0)) * 1e9)
        copy = replace(frame, time=frame.time + clock, data=data or frame.data, point=point)
        self.cap.frames.append(copy)
        return copy

    def send(self, end, flags, *args, arrives=True, change=None, **fields):
        """One segment; returns it as sent, with the frame that arrived in .copy (None when it was lost)."""
        frame = super().send(end, flags, *args, **fields)
        self.cap.frames.remove(frame)
        near, far = (CLIENT_POINT, SERVER_POINT) if end is self.c else (SERVER_POINT, CLIENT_POINT)
        sent = self.place(frame, near)
        sent.copy = self.place(frame, far, self.way, routed(frame.data, change=change or self.change)) if arrives else None
        if arrives:
            self.cap.wait(self.way)
        return sent

    def forge(self, end, flags, **fields):
        """A segment with the address of `end` that only the other end receives."""
        ident = fields.pop("ident", 0x4D2)
        frame = super().send(end, flags, ident=ident, advance=False, **fields)
        self.cap.frames.remove(frame)
        point = SERVER_POINT if end is self.c else CLIENT_POINT
        return self.place(frame, point, data=routed(frame.data, hops=4))

    def expect(self, sent, cause, sender, trigger=None):
        """Both copies of a reset, each with the trigger seen at the sender's own point."""
        for frame in filter(None, (sent, sent.copy)):
            self.cap.expect(frame, cause, sender, trigger)

    def talk(self):
        self.handshake()
        self.request(GET, OK)

    def handshake(self):
        self.syn()
        self.send(self.s, "SA", seq=self.s.isn)
        return self.send(self.c, "A")


def hosts(number, stack=LINUX):
    return Host(f"192.0.2.{number}", stack), Host(f"203.0.113.{number}", LINUX)


@scenario("injected-two_points")
def injected(cap):
    """Captured at both ends (clocks 137 s apart): the client gets a reset with the server's address, but the server
    never sent it and carries on with the connection. The client's kernel resets that."""
    conv = Both(cap, *hosts(61), 80)
    conv.talk()
    cap.wait(0.4)
    cap.expect(conv.forge(conv.s, "RA", window=0, options=[]), "injected", "middlebox")
    cap.wait(0.2)
    late = conv.send(conv.s, "PA", OK)
    conv.expect(conv.bare(conv.c, late, seq=late.ack), "segment_after_reset", "client", late.copy)


@scenario("injected-two_points_both")
def both_ends(cap):
    """Captured at both ends: a device between them resets client and server, and neither of the two ever sent a
    reset."""
    conv = Both(cap, *hosts(62), 445)
    conv.talk()
    cap.wait(3)
    cap.expect(conv.forge(conv.s, "RA", window=0, options=[]), "injected", "middlebox")
    cap.expect(conv.forge(conv.c, "RA", window=0, options=[]), "injected", "middlebox")


@scenario("firewall_reject-two_points")
def reject(cap):
    """Captured at both ends: a firewall between them refuses port 8443. The server never got the SYN, although its
    capture shows other connections of the same client before and after."""
    client, server = hosts(63)
    for port in (443, 8443, 80, 443):
        conv = Both(cap, client, server, port)
        if port == 8443:
            syn = conv.send(conv.c, "S", seq=conv.c.isn, ack=0, arrives=False)
            cap.wait(0.004)
            reset = conv.forge(conv.s, "RA", seq=0, ack=syn.end, window=0, options=[])
            cap.expect(reset, "firewall_reject", "middlebox", syn)
            continue
        conv.talk()
        conv.close()


@scenario("header_rewritten-two_points")
def rewritten(cap):
    """Captured at both ends: a WAN accelerator changes the sequence number of the server's second answer, and the
    client resets what lies outside its window."""
    conv = Both(cap, *hosts(64), 80)
    conv.talk()
    conv.send(conv.c, "PA", GET)

    def shift(packet):
        packet[TCP].seq = (packet[TCP].seq + 0x30000000) & 0xFFFFFFFF

    for _ in range(3):
        answer = conv.send(conv.s, "PA", OK, change=shift, advance=False)
        conv.send(conv.c, "A")
        cap.wait(0.3)
    assert answer.copy
    conv.expect(conv.abort(conv.c), "header_rewritten", "client")


@scenario("retransmission_timeout-lost_between")
def lost_between(cap):
    """Captured at both ends: the server's capture shows that none of the client's six copies ever arrived, so they were
    lost between the points; another connection shows that this capture was still running."""
    client, server = hosts(65, WINDOWS)
    conv = Both(cap, client, server, 1433)
    other = Both(cap, client, server, 1433)
    conv.talk()
    other.talk()
    wait = 0.3
    for _ in range(6):
        conv.send(conv.c, "PA", GET, seq=conv.c.nxt, arrives=False, advance=False)
        cap.wait(wait)
        wait *= 2
    conv.c.nxt += len(GET)
    reset = conv.send(conv.c, "RA", window=0, arrives=False)
    conv.expect(reset, "retransmission_timeout", "client")
    cap.wait(0.5)
    other.request(GET, OK)


@scenario("retransmission_timeout-arrived")
def arrived(cap):
    """Captured at both ends: all six copies arrived at the server's interface and nothing answered them, so the host
    is to blame, for instance its firewall, and not the network."""
    client, server = hosts(66, WINDOWS)
    conv = Both(cap, client, server, 1433)
    other = Both(cap, client, server, 1433)
    conv.talk()
    other.talk()
    wait = 0.3
    for _ in range(6):
        conv.send(conv.c, "PA", GET, seq=conv.c.nxt, advance=False)
        cap.wait(wait)
        wait *= 2
    conv.c.nxt += len(GET)
    conv.expect(conv.send(conv.c, "RA", window=0), "retransmission_timeout", "client")
    cap.wait(0.5)
    other.request(GET, OK)


@scenario("app_abort-nat")
def translated(cap):
    """Captured on both sides of a NAT: addresses and the client port differ, but the initial sequence numbers are the
    same, and so is the reset that the client's program sends."""

    def nat(packet):
        inward = packet[IP].src.startswith("203.")
        if inward:
            packet[IP].dst, packet[TCP].dport = "192.0.2.67", 51000
        else:
            packet[IP].src, packet[TCP].sport = "198.51.100.7", 51000

    client, server = Host("192.0.2.67", LINUX), Host("203.0.113.67", LINUX)
    conv = Translated(cap, client, server, 80, sport=51000, skew=-3600.0, change=nat)
    conv.talk()
    cap.wait(2)
    conv.expect(conv.abort(conv.c), "app_abort", "client")


class Translated(Both):
    """The server's own packets go to the translated address; the NAT translates them back."""

    def place(self, frame, point, extra=0.0, data=None):
        if point == SERVER_POINT and data is None:
            packet = Ether(frame.data)
            packet[IP].dst = "198.51.100.7"
            data = routed(bytes(packet), hops=0)
        return super().place(frame, point, extra, data)


@scenario("app_abort-two_points")
def same_everywhere(cap):
    """Captured at both ends; by its clock, one file lies 90 s before the other. The server's reset is the same at both
    points, so the server itself sent it. Before it, there is a complete connection."""
    client, server = hosts(68)
    whole = Both(cap, client, server, 80, skew=-90.0)
    whole.talk()
    whole.close()
    conv = Both(cap, client, server, 80, skew=-90.0)
    conv.talk()
    cap.wait(1.5)
    conv.expect(conv.abort(conv.s), "app_abort", "server")
