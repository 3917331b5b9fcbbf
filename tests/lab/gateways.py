# SPDX-License-Identifier: GPL-2.0-or-later
"""Addresses that stand for more than one host, and paths that repeat packets: nobody may be accused."""
import socket
import time

from capfile import RST
from lab_packets import rewrite, tcp_flags
from netlab import DOWN, UP
from world import BOTH, BOX, CLIENT, REPLY, REQUEST, SERVER, exchange, scenario

NEAR = {"fit": (0.004, 0.020), "judge": (0.009, 0.035)}
TRANSLATE = ("-t", "nat", "-A", "POSTROUTING", "-o", "link0", "-j", "MASQUERADE")


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


def download(c, s, size):
    c.sendall(REQUEST)
    s.recv(4096)
    s.sendall(bytes(size))
    while size:
        size -= len(c.recv(size))


def duplicates_behind_nat(lab, data, change, times=2, **labels):
    """Old segments arrive once more, are not translated back, and meet the translating host itself."""
    lab.on_the_router(*TRANSLATE)
    kept = []

    def keep(way, packet):
        if way == DOWN and len(packet) > 500:
            kept.append(packet)
        return [(packet, 0.0)]

    def filtered(way, packet):
        return [] if way == UP and packet[53 if lab.family == 6 else 33] & RST else [(packet, 0.0)]

    c, s = lab.pair(80)
    lab.link.tamper = keep
    for _ in range(3 if data == "earlier" else 1):
        download(c, s, 6000)
    lab.wait(lab.pick(0, 0.5))
    lab.link.tamper = filtered if data == "earlier" else None
    lab.expects("nat_leak", BOX, bears="c", times=times, alike="session_failover", **labels)
    # Newer kernels pass what is below the window as it should be (NFCT_TCP_IGNORE); older ones took it for INVALID.
    untracked = ("PREROUTING", "-i", "link0", "-j", "NOTRACK")
    lab.on_the_router("-t", "raw", "-A", *untracked)
    for packet in kept[:times]:
        lab.link.send(DOWN, change(packet))
        time.sleep(0.01)
    lab.wait()
    lab.on_the_router("-t", "raw", "-D", *untracked)
    if data == "earlier":
        download(c, s, 3000)
        c.close()
        lab.wait()
        s.close()
    else:
        c.sendall(REQUEST)
        lab.followers(SERVER)
    lab.wait(0.1)


@scenario(options={"delays": NEAR}, data=("last", "earlier"), family=(4, 6))
def late_duplicate_behind_nat(lab, data):
    """A container host translates addresses. Old data arrive once more, are INVALID to nf_conntrack and so not
    translated back; the host has no socket for them and resets them. The client behind it goes on.

    Duplicates of the last answer end the connection at the server; resets at an earlier number do not fit, and a filter
    in front of the server drops them.
    """
    def sent_again(packet):
        ident = lab.rng.randrange(1, 60000).to_bytes(2, "big")
        return rewrite(packet[:4] + ident + packet[6:]) if lab.family == 4 else packet

    # At the server, the duplicates never were.
    duplicates_behind_nat(lab, data, sent_again, unsure="s", guesses="injected")


@scenario(options={"delays": NEAR})
def copy_behind_nat(lab):
    """The same with a packet that the path itself delivered twice: it bears the IP ID of the first one, just as in a
    capture that recorded it twice, but it is answered."""
    # Known gap: only the answer tells it from a capture's own copy, and rules do not look at that.
    duplicates_behind_nat(lab, "last", lambda packet: packet, times=1, unsure="rs", guesses="injected")


def repeat_syn(lab, cause, **labels):
    lab.listen(80)
    lab.expects(cause, BOX, bears="c", times=3, least=2, **labels)
    lab.dial(80, patience=2.4)  # SYNs after 0, 1 and, with linear timeouts, 2 s
    lab.wait(0.1)


@scenario(options={"delays": NEAR}, family=(6,))
def synack_meets_another_gateway(lab):
    """The gateway on the way back tracks connections, but the SYN took another way: it resets the SYN-ACK. The client
    hears nothing and repeats its SYN."""
    lab.on_the_router("-t", "raw", "-A", "PREROUTING", "-i", "eth0", "-j", "NOTRACK")
    lab.on_the_router("-A", "FORWARD", "-p", "tcp", "-m", "conntrack", "--ctstate", "INVALID", "-j", "REJECT",
                      "--reject-with", "tcp-reset")
    # Whether that gateway translates addresses, one capture cannot tell.
    repeat_syn(lab, "session_failover", alike="nat_leak unsolicited_synack", unsure="rs")


@scenario(options={"delays": NEAR}, family=(4, 6))
def synack_not_translated_back(lab):
    """The host that translated the SYN takes the SYN-ACK for its own and resets it; the client repeats its SYN."""
    lab.on_the_router(*TRANSLATE)
    lab.on_the_router("-t", "raw", "-A", "PREROUTING", "-i", "link0", "-j", "NOTRACK")
    repeat_syn(lab, "nat_leak", alike="session_failover unsolicited_synack")
