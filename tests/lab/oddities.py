# SPDX-License-Identifier: GPL-2.0-or-later
"""Healthy and merely odd traffic: nobody may be accused. Most scenarios end in an endpoint's own reset after all the
oddity, because a reset is what tempts a reader to suspect a device.
"""
import socket
import time

from applications import talk
from lab_packets import rewrite, tcp_flags
from lab_scenarios import abort
from netlab import DOWN, UP
from world import BOTH, CLIENT, REPLY, REQUEST, SERVER, exchange, scenario

MIDDLE = {"fit": (0.012, 0.040), "judge": (0.020, 0.090)}
SOON = {"rst.idle_min_s": 2}


def finish(lab, x, side, alike=None, after=0.3):
    """One side finally aborts: an application's reset, whatever happened before."""
    lab.wait(after)
    lab.expects("app_abort", side, alike=alike)
    abort(x)
    lab.wait()


def is_tcp(packet):
    return packet[0] >> 4 == 4 and packet[9] == 6


def aged(packet, ttl):
    return rewrite(packet, ttl=ttl) if is_tcp(packet) else packet


@scenario(rounds=(1, 20), family=(4, 6))
def healthy(lab, rounds):
    """Connections from SYN to the last ACK."""
    listener = lab.listen(80)
    for _ in range(2):
        c, s = lab.pair(80, listener=listener)
        for _ in range(rounds):
            c.sendall(REQUEST)
            s.recv(4096)
            s.sendall(REPLY)
            c.recv(4096)
        c.close()
        lab.wait()
        s.close()
        lab.wait()


@scenario(family=(4, 6))
def healthy_half_close(lab):
    """The client sends its FIN with the request; the server answers in its own time and closes."""
    c, s = lab.pair(80)
    c.sendall(REQUEST)
    c.shutdown(socket.SHUT_WR)
    lab.wait(0.8)
    s.recv(4096)
    for _ in range(3):
        s.sendall(REPLY)
        lab.wait(0.2)
    s.close()
    lab.wait()
    c.recv(4096)


@scenario(side=BOTH)
def late_acks(lab, side):
    """The path delays one direction for a while: spurious retransmissions, then everything arrives after all."""
    x, y = lab.open(side)
    talk(x, y, side)
    way = DOWN if side == CLIENT else UP
    lab.link.tamper = lambda flow, packet: [(packet, 0.9 if flow == way else 0.0)]
    x.sendall(REQUEST)
    y.recv(4096)
    y.sendall(REPLY)
    x.recv(4096)
    lab.wait(1.0)
    lab.alive()
    talk(x, y, side)
    finish(lab, x, side)


@scenario(side=BOTH)
def loss(lab, side):
    """Every fifth packet is lost on the path; TCP repairs it."""
    x, y = lab.open(side)
    lab.link.tamper = lambda way, packet: [] if lab.rng.random() < 0.2 and is_tcp(packet) else [(packet, 0.0)]
    talk(x, y, side, rounds=6)
    lab.alive()
    talk(x, y, side)
    finish(lab, x, side)


@scenario(side=BOTH)
def reordering(lab, side):
    """Packets overtake each other."""
    x, y = lab.open(side)
    lab.link.tamper = lambda way, packet: [(packet, lab.rng.choice((0.0, 0.003, 0.012)))]
    for _ in range(3):
        y.sendall(REQUEST)
        y.sendall(REQUEST)
        y.sendall(REQUEST)
        left = 3 * len(REQUEST)
        while left:
            left -= len(x.recv(left))
    x.sendall(REPLY)
    y.recv(4096)
    lab.wait(0.2)
    lab.alive()
    talk(x, y, side)
    finish(lab, x, side)


@scenario(side=BOTH)
def duplicated(lab, side):
    """The path delivers data and ACKs twice."""
    x, y = lab.open(side)
    lab.link.tamper = lambda way, packet: [(packet, 0.0)] * (2 if is_tcp(packet) and not tcp_flags(packet) & 4 else 1)
    talk(x, y, side, rounds=3)
    lab.alive()
    finish(lab, x, side)


@scenario(side=BOTH, when=("before", "after"))
def rerouted(lab, side, when):
    """The route changes in the middle of the connection: different hop counts from then on, in one direction."""
    x, y = lab.open(side)
    talk(x, y, side, rounds=2)
    way, ttl = (UP if side == CLIENT else DOWN), lab.rng.choice((55, 58, 61))
    lab.link.tamper = lambda flow, packet: [(aged(packet, ttl) if flow == way else packet, 0.0)]
    if when == "before":
        talk(x, y, side, rounds=2)
    finish(lab, x, side, alike="admin_kill unread_data injected" if when == "after" else None)


@scenario(side=BOTH)
def flapping_route(lab, side):
    """Two routes of different length are used in turn, packet by packet."""
    x, y = lab.open(side)
    lab.link.tamper = lambda flow, packet: [(aged(packet, lab.rng.choice((57, 60))), 0.0)]
    talk(x, y, side, rounds=4)
    finish(lab, x, side)


@scenario(side=BOTH)
def scrubbed(lab, side):
    """A firewall gives every packet a random IP ID and clears DF."""
    x, y = lab.open(side)

    def scrub(_, packet):
        if not is_tcp(packet):
            return [(packet, 0.0)]
        ident = lab.rng.randrange(1, 65535).to_bytes(2, "big")
        return [(rewrite(packet[:4] + ident + b"\0\0" + packet[8:]), 0.0)]
    lab.link.tamper = scrub
    talk(x, y, side, rounds=3)
    finish(lab, x, side)


@scenario(side=BOTH)
def proxied_handshake(lab, side):
    """A SYN proxy answers the SYN for the server: the SYN-ACK has a different TTL from everything that follows."""
    lab.link.tamper = lambda flow, packet: [(rewrite(packet, ttl=250), 0.0)] \
        if flow == DOWN and is_tcp(packet) and tcp_flags(packet) & 0x12 == 0x12 else [(packet, 0.0)]
    x, y = lab.open(side)
    talk(x, y, side, rounds=2)
    finish(lab, x, side)


@scenario(side=BOTH)
def nat(lab, side):
    """The router translates the client's addresses."""
    lab.inside("r", "iptables", "-t", "nat", "-A", "POSTROUTING", "-o", "link0", "-j", "MASQUERADE")
    x, y = lab.open(side)
    talk(x, y, side, rounds=2)
    finish(lab, x, side)


@scenario()
def two_services_behind_one_port(lab):
    """The router spreads connections to one port over two services of the host, one of which is down."""
    for port, every in (("8001", "2"), ("8002", "1")):
        lab.inside("r", "iptables", "-t", "nat", "-A", "PREROUTING", "-p", "tcp", "--dport", "80", "-m", "statistic",
                   "--mode", "nth", "--every", every, "--packet", "0", "-j", "DNAT", "--to", f"{lab.where}:{port}")
    lab.listen(8001)
    # Half of the connections are refused: to the client, this looks like a listener with a full backlog.
    lab.expects("closed_port", SERVER, times=3, alike="resource_exhaustion no_backend", unsure="c")
    for _ in range(6):
        lab.dial(80)
        lab.wait(0.3)


@scenario(prefs=SOON, side=BOTH)
def keepalives_answered(lab, side):
    """An idle connection whose keepalive probes are answered, until the application ends it."""
    x, y = lab.open(side)
    lab.keepalive(x, 1, 1, 9)
    talk(x, y, side)
    time.sleep(lab.pick(3.2, 4.8))
    finish(lab, x, side, alike="unread_data admin_kill app_timeout")
    lab.followers(side)  # the answer to a keepalive may have been on its way


@scenario(prefs=SOON, side=BOTH)
def idle_abort(lab, side):
    """An application ends a connection that has been idle for a while."""
    x, y = lab.open(side)
    talk(x, y, side)
    time.sleep(lab.pick(2.6, 4.4))
    finish(lab, x, side, alike="unread_data admin_kill app_timeout")


@scenario(prefs=SOON, side=BOTH)
def idle_then_data(lab, side):
    """An idle connection carries on as if nothing had happened, and ends later."""
    x, y = lab.open(side)
    talk(x, y, side)
    time.sleep(lab.pick(2.6, 4.4))
    talk(x, y, side, rounds=2)
    finish(lab, x, side)


@scenario(side=BOTH)
def window_reopens(lab, side):
    """The receiver's window closes, is probed, and opens again; all data arrives."""
    x, y = lab.open(side)
    x.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    y.setblocking(False)
    sent = got = 0
    try:
        while True:
            sent += y.send(bytes(700))
    except BlockingIOError:
        pass
    lab.wait(lab.pick(1.0, 1.8))
    while got < sent:
        got += len(x.recv(65536))
    lab.wait(0.3)
    y.setblocking(True)
    talk(x, y, side)
    finish(lab, x, side)


@scenario()
def port_reused(lab):
    """The client reuses its port right after an orderly close; the new connection is accepted."""
    listener = lab.listen(80)
    for _ in range(2):
        c, s = lab.pair(80, 50123, listener)
        exchange(c, s)
        s.close()
        lab.wait()
        c.close()
        lab.wait(1.1)
    x, y = lab.pair(80, 50123, listener)
    exchange(x, y)
    finish(lab, x, CLIENT)


@scenario()
def port_reused_after_abort(lab):
    """The client aborts, reuses its port at once, and aborts again."""
    listener = lab.listen(80)
    for _ in range(3):
        c, s = lab.pair(80, 50124, listener)
        exchange(c, s)
        finish(lab, c, CLIENT)


@scenario(options={"delays": MIDDLE})
def slow_server(lab):
    """The server takes two seconds for each answer; the client runs out of patience and closes."""
    c, s = lab.pair(80)
    c.sendall(REQUEST)
    lab.wait(2)
    s.sendall(REPLY)
    c.recv(4096)
    c.sendall(REQUEST)
    lab.wait(lab.pick(0.6, 1.6))
    lab.expects("app_abort", CLIENT)
    abort(c)
    lab.wait()


@scenario(options={"delays": MIDDLE}, side=BOTH)
def refused_among_the_healthy(lab, side):
    """A dozen healthy connections of different lengths, one abort, and one attempt to connect to a closed port."""
    listener = lab.listen(80)
    for n in range(5):
        lab.visit(80, listener, rounds=1 + n % 3)
    x, y = lab.open(side, listener=listener)
    talk(x, y, side)
    finish(lab, x, side)
    lab.expects("closed_port", SERVER, port=81)
    lab.dial(81)
    lab.wait()
