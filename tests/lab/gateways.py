# SPDX-License-Identifier: GPL-2.0-or-later
"""Addresses that stand for more than one host, and paths that repeat packets: nobody may be accused."""
import socket
import time

from capfile import RST
from lab_packets import tcp_flags
from world import BOTH, CLIENT, REPLY, REQUEST, SERVER, exchange, scenario

NEAR = {"fit": (0.004, 0.020), "judge": (0.009, 0.035)}


def reach(lab, port):
    """The client connects to the router's own address, on which ports may be forwarded."""
    c = lab.client()
    c.settimeout(1 + lab.rtt)
    try:
        c.connect((lab.address["r"], port))
    except OSError:
        pass
    return c


@scenario(visits=(1, 4), options={"delays": NEAR})
def forwarding_gateway(lab, visits):
    """A gateway forwards one port to a server behind it; another port of the gateway itself is closed.

    The refusal comes sooner and from nearer than the packets of the forwarded port, yet from the host addressed.
    """
    lab.inside("r", "iptables", "-t", "nat", "-A", "PREROUTING", "-i", "eth0", "-p", "tcp", "--dport", "8000",
               "-j", "DNAT", "--to", f"{lab.where}:80")
    listener = lab.listen(80)
    for _ in range(visits):
        c = reach(lab, 8000)
        s, _ = listener.accept()
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        exchange(c, s)
        s.close()
        c.close()
        lab.wait()
    # A device in front of the host looks the same.
    lab.expects("closed_port", SERVER, times=2, alike="", unsure="c")
    for _ in range(2):
        reach(lab, 8001)
        lab.wait(0.2)


@scenario(hops=(0, 2), server=("silent", "goes on"), options={"delays": NEAR})
def address_moves(lab, hops, server):
    """The route to the server's address switches to another host with it, which resets what it does not know."""
    lab.second_server(ttl=64 - hops)
    c, s = lab.pair(80)
    for _ in range(2):
        exchange(c, s)
    time.sleep(lab.pick(0, 1))
    lab.switch_route()
    # If both are equally far away and the first is not heard from again, it may be one host that lost its state.
    alone = server == "silent" and not hops
    lab.expects("session_failover", SERVER, alike="no_connection", unsure="c" if alone else "")
    c.sendall(REQUEST)
    lab.wait(0.05)
    if server == "goes on":
        lab.followers(CLIENT)
        s.sendall(REPLY)
        lab.wait(0.05)


@scenario(options={"delays": NEAR})
def balancer_moves(lab):
    """A load balancer loses its table and sends the rest of a connection to another host."""
    lab.inside("r", "iptables", "-t", "nat", "-A", "PREROUTING", "-i", "eth0", "-p", "tcp", "--dport", "8000",
               "-j", "DNAT", "--to", f"{lab.where}:80")
    lab.second_server()
    listener = lab.listen(80)
    c = reach(lab, 8000)
    s, _ = listener.accept()
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    lab.sockets.append(s)
    for _ in range(2):
        exchange(c, s)
    time.sleep(lab.pick(0, 1))
    lab.inside("r", "conntrack", "-F", quiet=True)
    lab.switch_route()
    lab.expects("session_failover", SERVER, alike="no_connection", unsure="c")
    c.sendall(REQUEST)
    lab.wait(0.05)


@scenario()
def path_repeats_packets(lab):
    """The path delivers many packets again later: old copies arrive when both sides have closed the connection."""
    repeat = lab.rng.random

    def twice(_, packet):
        again = repeat() < 0.4 and not tcp_flags(packet) & RST
        return [(packet, 0.0)] + ([(packet, 0.02 + 0.06 * repeat())] if again else [])

    listener = lab.listen(80)
    lab.link.tamper = twice
    for side in BOTH:
        lab.expects("close_race", side, times=1000, least=0,
                    alike="time_wait_assassination segment_after_reset duplicate", unsure="crs")
    for _ in range(4):
        c, s = lab.pair(80, listener=listener)
        exchange(c, s)
        c.close()
        s.recv(1)
        s.close()
    lab.wait(0.3)
