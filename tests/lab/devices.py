# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices on the path that look at each packet and answer some of them with resets of their own making."""
import socket
import threading

from lab_packets import ip_packet, rewrite, tcp_flags
from lab_scenarios import abort
from netlab import UP
from world import BOX, CLIENT, REPLY, REQUEST, SERVER, exchange, scenario

MIDDLE = {"fit": (0.012, 0.040), "judge": (0.020, 0.090)}
BANNED = REQUEST.replace(b"app.example", b"banned.example")


class Watcher(threading.Thread):
    """A program on the router that sees all packets of the client and answers the first one with a banned word."""

    def __init__(self, lab, answers):
        super().__init__(daemon=True)
        self.lab, self.answers = lab, answers
        with lab.at("r"):
            self.tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
            self.raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.tap.bind(("eth0", 0x0800))
        lab.sockets += [self.tap, self.raw]

    def run(self):
        packet = b""
        while b"banned" not in packet:
            packet = self.tap.recv(65535)
        for answer in self.answers:
            self.raw.sendto(self.reset(packet, **answer), (self.lab.address["c"], 0))

    def reset(self, packet, ttl, flags, mirrors):
        """A reset from the server's address that fits this request; mirrors: it bears the request's IP ID."""
        head = packet[20:40]
        length = len(packet) - 20 - (head[12] >> 4) * 4
        ident = int.from_bytes(packet[4:6], "big") if mirrors else self.lab.rng.randrange(1, 65535)
        turned = head[2:4] + head[:2] + head[8:12] + head[4:8] + b"\x50\0\0\0\0\0\0\0"
        return rewrite(ip_packet(self.lab.where, self.lab.address["c"], ident, turned), ack=length, flags=flags, ttl=ttl)


@scenario(options={"delays": MIDDLE}, then=("drops", "passes"), devices=(1, 2))
def answered_on_the_way(lab, then, devices):
    """A device answers a request with a reset that bears the request's own IP ID and another TTL.

    It drops the request, or the server answers it as well; a second device may answer it too.
    """
    answers = [{"ttl": lab.rng.choice((57, 119, 250)), "flags": "RA", "mirrors": True}]
    if devices == 2:
        answers.append({"ttl": lab.rng.choice((41, 101)), "flags": "R", "mirrors": False})
    if then == "drops":
        lab.inside("r", "iptables", "-A", "FORWARD", "-m", "string", "--string", "banned.example", "--algo", "bm", "-j",
                   "DROP")
    listener = lab.listen(80)
    for _ in range(2):
        lab.visit(80, listener)
    c, s = lab.pair(80, listener=listener)
    exchange(c, s)
    cause, other = ("policy_reset", "injected") if then == "drops" else ("injected", "policy_reset")
    lab.expects(cause, BOX, bears="s", alike=other)
    if devices == 2:
        lab.expects(cause, BOX, bears="s", alike=f"{other} segment_after_reset")
    Watcher(lab, answers).start()
    lab.followers(CLIENT)
    c.sendall(BANNED)
    if then == "passes":
        s.recv(4096)
        s.sendall(REPLY)
    lab.wait(0.2)
    if then == "passes":
        s.close()
        lab.wait()
    lab.visit(80, listener)


@scenario(options={"delays": MIDDLE})
def ids_mirrored_by_the_host(lab):
    """Near miss: the path sets the server's IP IDs to those of what it answers, in all packets alike."""
    seen = []

    def mirror(way, packet):
        if not tcp_flags(packet):
            return [(packet, 0.0)]
        if way == UP:
            seen.append(packet[4:6])
            return [(packet, 0.0)]
        return [(rewrite(packet[:4] + seen[-1] + packet[6:]), 0.0)]

    lab.link.tamper = mirror
    listener = lab.listen(80)
    lab.visit(80, listener, rounds=2)
    c, s = lab.pair(80, listener=listener)
    exchange(c, s)
    lab.wait(lab.pick(0, 0.3))
    lab.expects("app_abort", SERVER)
    abort(s)
    lab.wait(0.1)
