#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Build sample-captures/findings: connections that fail without any reset. findings.py [--out DIR]"""
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.inet6 import ICMPv6DestUnreach, IPv6
from scapy.layers.l2 import Ether

import capfile
from built_host import GET, OK, healthy
from packets import LINUX, WINDOWS, Capture, Conv, Frame, Host

README = """\
Failures without a reset, one after another, among healthy connections: SYNs that nobody answers, a segment that is
retransmitted in vain until its sender falls silent (Linux gives up without a reset), SYNs that a firewall on the path
and a router without a neighbor entry answer with ICMP, and UDP to a port without a listener (IPv4 and IPv6).
`expected-findings.txt` has one row per finding: frame, kind, count.
Built, not recorded: `tests/gen/findings.py`."""


class Findings(Capture):
    def __init__(self):
        super().__init__()
        self.found = []

    def add(self, data):
        frame = Frame(self.now, data, 0, 0, 0)
        self.frames.append(frame)
        self.wait(0.00001)
        return frame

    def find(self, frame, kind, count):
        self.found.append((frame, kind, count))


def icmp4(cap, reporter, to, quoted, code):
    """An error of ICMPv4: header and eight bytes of what it is about (RFC 792)."""
    body = quoted[14:14 + 20 + 8]
    ip = IP(src=reporter.address, dst=to.address, ttl=reporter.stack.ttl - reporter.hops, id=reporter.counter.next())
    return cap.add(bytes(Ether(src=reporter.mac, dst=to.mac) / ip / ICMP(type=3, code=code) / body))


def icmp6(cap, reporter, to, quoted, code):
    ip = IPv6(src=reporter.address, dst=to.address, hlim=reporter.stack.ttl - reporter.hops)
    return cap.add(bytes(Ether(src=reporter.mac, dst=to.mac) / ip / ICMPv6DestUnreach(code=code) / quoted[14:]))


def syn_timeout(cap, client):
    conv = Conv(cap, client, Host("203.0.113.61", LINUX, 6), 443)
    for gap in (1, 2, 4, 0):
        last = conv.syn()
        cap.wait(gap)
    cap.find(last, "syn_timeout", 4)


def silent_give_up(cap, client):
    conv = Conv(cap, client, Host("203.0.113.62", LINUX, 6), 5432)
    conv.handshake()
    conv.request(GET, OK)
    first = conv.send(conv.c, "PA", GET)
    for gap in (0.25, 0.5, 1, 2, 4, 8):
        cap.wait(gap)
        last = conv.send(conv.c, "PA", GET, seq=first.seq)
    cap.find(last, "silent_give_up", 7)
    cap.wait(17)


def prohibited(cap, client):
    """REJECT with icmp-admin-prohibited: the default of firewalld."""
    firewall = Host("203.0.113.1", LINUX, 3)
    conv = Conv(cap, client, Host("203.0.113.63", LINUX, 6), 8080)
    for gap in (1, 1):
        syn = conv.syn()
        cap.wait(0.012)
        error = icmp4(cap, firewall, client, syn.data, 13)
        cap.wait(gap)
    cap.find(error, "icmp_unreachable", 2)


def no_neighbor(cap, client):
    conv = Conv(cap, client, Host("203.0.113.64", LINUX, 6), 22)
    syn = conv.syn()
    cap.wait(3.05)
    cap.find(icmp4(cap, Host("203.0.113.1", LINUX, 3), client, syn.data, 1), "icmp_unreachable", 1)


def udp_refused(cap, client):
    """As in Microsoft's example: a cluster heartbeat to port 3343."""
    server = Host("203.0.113.65", WINDOWS, 2)
    ip = IP(src=client.address, dst=server.address, ttl=64, id=client.counter.next())
    query = cap.add(bytes(Ether(src=client.mac, dst=server.mac) / ip / UDP(sport=49875, dport=3343) / b"heartbeat"))
    cap.wait(0.018)
    cap.find(icmp4(cap, server, client, query.data, 3), "icmp_unreachable", 1)


def udp_refused6(cap):
    client, server = Host("2001:db8:5::21", LINUX), Host("2001:db8:6::53", LINUX, 4)
    ip = IPv6(src=client.address, dst=server.address, hlim=64)
    query = cap.add(bytes(Ether(src=client.mac, dst=server.mac) / ip / UDP(sport=40123, dport=53) / bytes(12)))
    cap.wait(0.018)
    cap.find(icmp6(cap, server, client, query.data, 4), "icmp_unreachable", 1)


def play():
    cap = Findings()
    client = Host("192.0.2.61", LINUX)
    other = Host("203.0.113.70", LINUX, 6)
    for scene in (syn_timeout, silent_give_up, prohibited, no_neighbor, udp_refused):
        healthy(cap, client, other)
        scene(cap, client)
        cap.wait(2)
    udp_refused6(cap)
    healthy(cap, client, other)
    frames, _ = cap.finish()
    return frames, [(frame.number, kind, count) for frame, kind, count in cap.found]


if __name__ == "__main__":
    capfile.build_sample(__doc__, README, "findings", "expected-findings.txt", "frame\tkind\tcount\n", play)
