# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios of lab.py in which time, loss or a device on the path decides."""
import socket
import time

from lab_packets import ip_packet, rewrite, tcp_flags
from lab_scenarios import REPLY, REQUEST, SCENARIOS, abort, exchange, scenario
from netlab import CLIENT, DOWN, SERVER, UP

# One table: importing this module adds its scenarios.
__all__ = ["SCENARIOS"]


@scenario("keepalive_timeout", ("keepalive_timeout", "client"))
def keepalive_timeout(lab):
    """The path goes dead: five keepalive probes, three seconds apart, go unanswered, and the prober resets."""
    c, s = lab.pair(80)
    for option, value in ((socket.TCP_KEEPIDLE, 6), (socket.TCP_KEEPINTVL, 3), (socket.TCP_KEEPCNT, 5)):
        c.setsockopt(socket.IPPROTO_TCP, option, value)
    c.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    exchange(c, s)
    time.sleep(8)
    lab.link.tamper = lambda way, packet: []
    time.sleep(21)


@scenario("no_connection", ("no_connection", "server"))
def no_connection(lab):
    """The server restarted and silently forgot the connection; the client's next request is reset."""
    listener = lab.listen(80)
    c, s = lab.pair(80, listener=listener)
    exchange(c, s)
    lab.forget(s)
    time.sleep(5)
    c.sendall(REQUEST)
    time.sleep(0.2)


@scenario("no_connection-gave_up", ("no_connection", "client"))
def no_connection_gave_up(lab):
    """Linux silently gives up on unacknowledged data (TCP_USER_TIMEOUT); the server's next segment finds no
    connection."""
    c, s = lab.pair(80)
    exchange(c, s)
    c.setsockopt(socket.IPPROTO_TCP, 18, 3000)
    lab.link.tamper = lambda way, packet: [] if way == UP else [(packet, 0.0)]
    c.sendall(REQUEST)
    time.sleep(7)
    lab.link.tamper = None
    s.sendall(REPLY)
    time.sleep(0.2)


@scenario("fin_wait_timeout", ("fin_wait_timeout", "client"))
def fin_wait_timeout(lab):
    """The client closed; 65 s later (tcp_fin_timeout is 60) the server finally answers, and the connection no longer
    exists."""
    c, s = lab.pair(80)
    exchange(c, s)
    c.close()
    time.sleep(65)
    s.sendall(REPLY)
    time.sleep(0.2)


@scenario("challenge_ack_reset", ("app_abort", "server"), ("challenge_ack_reset", "server"))
def challenge_ack_reset(lab):
    """The server's last reply is lost and the server aborts: its reset is ahead of the expected number, the client
    challenges it, and a second one follows."""
    c, s = lab.pair(80)
    exchange(c, s)
    lab.link.tamper = lambda way, packet: [] if way == DOWN and len(packet) > 60 else [(packet, 0.0)]
    s.sendall(REPLY)
    time.sleep(0.02)
    lab.link.tamper = None
    abort(s)
    time.sleep(0.2)


@scenario("time_wait_assassination", ("time_wait_assassination", "server"))
def time_wait_assassination(lab):
    """An old duplicate of the reply reaches the client in TIME-WAIT; at the server, its ACK finds no connection."""
    kept = []

    def keep(way, packet):
        if way == DOWN and len(packet) > 60 and not tcp_flags(packet) & 2:
            kept.append(packet)
        return [(packet, 0.0)]
    lab.link.tamper = keep
    c, s = lab.pair(80)
    exchange(c, s)
    lab.link.tamper = None
    c.close()
    time.sleep(0.2)
    s.close()
    time.sleep(3)
    lab.link.send(DOWN, kept[0])
    time.sleep(0.2)


@scenario("blind_reset", ("blind_reset", "middlebox"))
def blind_reset(lab):
    """Somebody guesses sequence numbers: a reset inside the window, but not at its edge. The client challenges it and
    carries on."""
    kept = []

    def keep(way, packet):
        if way == DOWN:
            kept.append(packet)
        return [(packet, 0.0)]
    lab.link.tamper = keep
    c, s = lab.pair(80)
    exchange(c, s)
    head = kept[-1][20:40]
    forged = ip_packet(SERVER, CLIENT, 0x4D2, head[:8] + b"\0\0\0\0\x50" + head[13:])
    lab.link.send(DOWN, rewrite(forged, seq=9000, flags="R", ttl=47))
    time.sleep(0.5)
    exchange(c, s)
    c.close()
    s.close()


@scenario("injected", ("injected", "middlebox"), ("segment_after_reset", "client"))
def injected(lab):
    """A third party forges the server's reset (different hop distance); the server carries on with new data."""
    kept = []

    def keep(way, packet):
        if way == DOWN:
            kept.append(packet)
        return [(packet, 0.0)]
    lab.link.tamper = keep
    c, s = lab.pair(80)
    exchange(c, s)
    exchange(c, s)
    last = kept[-1]
    length = len(last) - 20 - (last[32] >> 4) * 4
    head = last[20:40]
    forged = ip_packet(SERVER, CLIENT, 0x4D2, head[:12] + b"\x50" + head[13:])
    s.setblocking(False)
    lab.link.send(DOWN, rewrite(forged, seq=length, flags="RA", ttl=47), -lab.delay)
    for _ in range(3):
        time.sleep(0.004)
        s.sendall(REPLY)
    time.sleep(0.3)


@scenario("policy_reset", ("policy_reset", "middlebox"), ("segment_after_reset", "client"))
def policy_reset(lab):
    """The router resets a request for a banned host, from nearer and sooner than the server, which never sees it."""
    lab.inside("r", "iptables", "-A", "FORWARD", "-p", "tcp", "--dport", "80", "-m", "string", "--string",
               "banned.example", "--algo", "bm", "-j", "REJECT", "--reject-with", "tcp-reset")
    listener = lab.listen(80)
    for _ in range(2):
        c, s = lab.pair(80, listener=listener)
        exchange(c, s)
        s.close()
        c.close()
        time.sleep(0.2)
    c, s = lab.pair(80, listener=listener)
    c.sendall(REQUEST.replace(b"app.example", b"banned.example"))
    time.sleep(3)
    s.close()
    time.sleep(0.2)


@scenario("device_idle_timeout", ("device_idle_timeout", "middlebox"))
def device_idle_timeout(lab):
    """The router drops idle connections after 60 s and resets the next request, from nearer than the server."""
    lab.inside("r", "iptables", "-A", "FORWARD", "-p", "tcp", "-m", "conntrack", "--ctstate", "INVALID",
               "-j", "REJECT", "--reject-with", "tcp-reset")
    lab.inside("r", "iptables", "-A", "FORWARD", "-p", "tcp", "!", "--syn", "-m", "conntrack", "--ctstate", "NEW",
               "-j", "REJECT", "--reject-with", "tcp-reset")
    lab.sysctl("r", "net.netfilter.nf_conntrack_tcp_timeout_established", 60)
    lab.sysctl("r", "net.netfilter.nf_conntrack_tcp_loose", 0)
    listener = lab.listen(80)
    # Two more connections show the round-trip time and the distance of the host.
    for _ in range(2):
        other, its_server = lab.pair(80, listener=listener)
        exchange(other, its_server)
        other.close()
        its_server.close()
        time.sleep(0.2)
    c, s = lab.pair(80, listener=listener)
    exchange(c, s)
    time.sleep(64)
    c.sendall(REQUEST)
    time.sleep(0.2)


@scenario("mptcp_fastclose", ("mptcp_fastclose", "client"))
def mptcp_fastclose(lab):
    """An MPTCP client closes with data unread: the whole MPTCP connection is aborted with MP_FASTCLOSE."""
    with lab.at("s"):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
    with lab.at("c"):
        c = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
    lab.sockets += [listener, c]
    listener.bind((SERVER, 80))
    listener.listen(4)
    c.connect((SERVER, 80))
    s, _ = listener.accept()
    lab.sockets.append(s)
    exchange(c, s)
    s.sendall(REPLY)
    time.sleep(0.2)
    c.close()
    time.sleep(0.2)
