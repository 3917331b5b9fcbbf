# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios in which time, loss or a device on the path decides."""
import select
import socket
import struct
import threading
import time

from lab_packets import ip_packet, rewrite, tcp_flags
from lab_scenarios import abort
from netlab import DOWN, UP
from applications import talk
from world import BOTH, BOX, CLIENT, REPLY, REQUEST, SERVER, exchange, scenario

TCP_USER_TIMEOUT = 18
MIDDLE = {"fit": (0.012, 0.040), "judge": (0.020, 0.090)}
SOON = {"rst.idle_min_s": 2}  # idle times are scaled down, along with the plugin's threshold


@scenario(options={"long": 16}, side=BOTH, family=(4, 6))
def keepalive(lab, side):
    """The path goes dead; an idle side's probes go unanswered, and it resets."""
    x, y = lab.open(side)
    lab.keepalive(x, 2, 1, lab.rng.choice((3, 5)))
    talk(x, y, side)
    time.sleep(3.5)
    lab.expects("keepalive_timeout", side)
    lab.dead()
    time.sleep(10)


@scenario(prefs=SOON, trigger=("data", "keepalive", "later"), side=BOTH)
def forgotten(lab, trigger, side):
    """One host silently lost its state; the other's data or keepalive is reset."""
    x, y = lab.open(side)
    if trigger == "keepalive":
        lab.keepalive(y, 2, 1, 5)
    talk(x, y, side)
    lab.forget(x)
    idle = 3.2 if trigger != "data" else lab.pick(0.2, 1)
    # After an idle period, a device could just as well have forgotten the connection.
    lab.expects("no_connection", side, alike="device_idle_timeout session_failover")
    time.sleep(idle)
    if trigger != "keepalive":
        y.sendall(REQUEST)
    lab.followers(side)
    lab.wait(0.2)


@scenario(options={"long": 8}, side=BOTH)
def silent_give_up(lab, side):
    """Linux silently gives up on unacknowledged data (TCP_USER_TIMEOUT); the peer's next segment is reset."""
    x, y = lab.open(side)
    talk(x, y, side)
    x.setsockopt(socket.IPPROTO_TCP, TCP_USER_TIMEOUT, 2000)
    lab.dead(UP if side == CLIENT else DOWN)
    x.sendall(REQUEST)
    time.sleep(5 + 2 * lab.rtt)
    lab.alive()
    lab.expects("no_connection", side)
    y.sendall(REPLY)
    lab.followers(side)
    lab.wait(0.1)


# Half of the kernel's time, just as the plugin's 30 s are half of the usual 60 s.
@scenario(options={"long": 8}, prefs={"rst.fin_wait_s": 1}, side=BOTH, family=(4, 6))
def fin_wait(lab, side):
    """A side closed; its half-closed state expires (tcp_fin_timeout scaled down) before the peer sends again."""
    for who in "cs":
        lab.sysctl(who, "net.ipv4.tcp_fin_timeout", 2)
    x, y = lab.open(side)
    talk(x, y, side)
    x.close()
    time.sleep(3.5 + lab.pick(0, 2))
    lab.expects("fin_wait_timeout", side, alike="data_after_close")
    y.sendall(REPLY)
    lab.followers(side)
    lab.wait(0.1)


@scenario(options={"delays": MIDDLE})
def assassination(lab):
    """An old duplicate of a reply reaches the client in TIME-WAIT; at the server, its ACK finds no connection."""
    kept = []

    def keep(way, packet):
        if way == DOWN and len(packet) > 60 and not tcp_flags(packet) & 2:
            kept.append(packet)
        return [(packet, 0.0)]
    lab.link.tamper = keep
    c, s = lab.pair(80)
    exchange(c, s)
    lab.alive()
    c.close()
    lab.wait()
    s.close()
    lab.wait(lab.pick(0.5, 2))
    lab.expects("time_wait_assassination", SERVER)
    lab.link.send(DOWN, kept[0])
    lab.wait(0.1)


class Forger:
    """Somebody on or off the path who knows what the server sent last."""

    def __init__(self, lab):
        self.lab, self.down, self.up = lab, [], []
        lab.link.tamper = self.look

    def look(self, way, packet):
        if tcp_flags(packet):  # the hosts solicit IPv6 routers now and then
            (self.down if way == DOWN else self.up).append(packet)
        return [(packet, 0.0)]

    def reset(self, ahead=0, ttl=47, flags="RA", way=DOWN, soon=True):
        """A reset at the edge of what this direction has sent, plus `ahead`."""
        last = (self.down if way == DOWN else self.up)[-1]
        length = len(last) - 20 - (last[32] >> 4) * 4
        head = last[20:40]
        ends = (self.lab.where, self.lab.address["c"])
        src, dst = ends if way == DOWN else ends[::-1]
        forged = ip_packet(src, dst, self.lab.rng.randrange(1, 60000), head[:12] + b"\x50" + head[13:])
        forged = rewrite(forged, seq=length + ahead, flags=flags, ttl=ttl)
        self.lab.link.send(way, forged, -self.lab.delay if soon else 0.0)


@scenario(options={"delays": MIDDLE}, ttl=(33, 47, 120))
def forged_reset(lab, ttl):
    """A third party forges the server's reset from a different distance; the server carries on with new data."""
    c, s = lab.pair(80)
    forger = Forger(lab)
    for _ in range(2):
        exchange(c, s)
    lab.expects("injected", BOX, bears="s", alike="policy_reset")
    forger.reset(ttl=ttl)
    for _ in range(3):
        time.sleep(0.004)
        s.sendall(REPLY)
    # The client's kernel no longer has the connection when the server's data arrives.
    lab.followers(CLIENT)
    lab.wait(0.2)


@scenario(options={"delays": MIDDLE})
def forged_train(lab):
    """Three forged resets in steps of a full segment, as some filters on the path send them."""
    c, s = lab.pair(80)
    forger = Forger(lab)
    exchange(c, s)
    lab.expects("injected", BOX, bears="s", times=3, alike="policy_reset")
    for ahead in (0, 1460, 4380):
        forger.reset(ahead, ttl=47 + ahead % 7)
        time.sleep(0.0004)
    s.sendall(REPLY)
    lab.followers(CLIENT)
    lab.wait(0.2)


@scenario(options={"delays": MIDDLE})
def forged_on_both_ends(lab):
    """A device in the middle resets both ends at once; neither end sent a reset."""
    c, s = lab.pair(80)
    forger = Forger(lab)
    for _ in range(2):
        exchange(c, s)
    lab.expects("injected", BOX, bears="s", alike="policy_reset device_idle_timeout")
    lab.expects("injected", BOX, bears="c", alike="policy_reset device_idle_timeout segment_after_reset", unsure="s")
    forger.reset(ttl=62, flags="R")
    forger.reset(ttl=62, flags="R", way=UP, soon=False)
    lab.wait(0.3)


@scenario(count=(1, 4))
def blind_reset(lab, count):
    """Somebody guesses: resets inside the window, but not at its edge. The client challenges them and carries on."""
    c, s = lab.pair(80)
    forger = Forger(lab)
    exchange(c, s)
    lab.expects("blind_reset", BOX, bears="s", alike="injected", times=count)
    for n in range(count):
        forger.reset(5000 + 3000 * n, flags="R", soon=False)
        lab.wait(0.3)
    exchange(c, s)
    c.close()
    s.close()
    lab.wait()


@scenario(options={"delays": MIDDLE, "long": 5}, word=("HTTP", "SNI"), family=(4, 6))
def policy(lab, word):
    """The router resets a request or a ClientHello because of its content; the server never sees it."""
    lab.on_the_router("-A", "FORWARD", "-p", "tcp", "-m", "string", "--string", "banned.example", "--algo", "bm", "-j",
                      "REJECT", "--reject-with", "tcp-reset")
    port = 80 if word == "HTTP" else 443
    listener = lab.listen(port)
    for _ in range(3):
        lab.visit(port, listener)
    c, s = lab.pair(port, listener=listener)
    lab.expects("policy_reset", BOX, bears="s", alike="injected")
    name = b"banned.example"
    hello = b"\x00\x00\x00\x13\x00\x11\x00\x00\x0e" + name
    body = b"\x03\x03" + bytes(32) + b"\0\0\2\xc0\x2f\1\0" + struct.pack(">H", len(hello)) + hello
    c.sendall(REQUEST.replace(b"app.example", name) if word == "HTTP" else
              b"\x16\3\1" + struct.pack(">H", len(body) + 4) + b"\1\0" + struct.pack(">H", len(body)) + body)
    lab.wait(1.5)
    # The server knows nothing about it; its own end comes later.
    s.close()
    lab.followers(CLIENT)
    lab.wait(0.2)


@scenario(options={"delays": MIDDLE}, side=BOTH)
def cut_by_rule(lab, side):
    """An administrator adds a rule on the router that resets established connections."""
    listener = lab.listen(80)
    for _ in range(3):
        lab.visit(80, listener)
    x, y = lab.open(side, listener=listener)
    talk(x, y, side)
    rule = ["FORWARD", "-p", "tcp", "--sport" if side == CLIENT else "--dport", "80", "-j", "REJECT", "--reject-with",
            "tcp-reset"]
    lab.on_the_router("-I", *rule)
    lab.expects("policy_reset", BOX, bears=side[0], alike="injected no_connection session_failover")
    y.sendall(REQUEST)
    lab.wait(0.2)
    # Other traffic continues, which shows that the point behind the router is still recording.
    lab.on_the_router("-D", *rule)
    lab.visit(80, listener)


@scenario(options={"delays": MIDDLE, "long": 9}, prefs=SOON)
def device_idle(lab):
    """The router forgets idle connections and resets the next request, from nearer than the server."""
    for state in (("INVALID",), ("NEW", "!", "--syn")):
        lab.inside("r", "iptables", "-A", "FORWARD", "-p", "tcp", *state[1:], "-m", "conntrack", "--ctstate", state[0],
                   "-j", "REJECT", "--reject-with", "tcp-reset")
    lab.sysctl("r", "net.netfilter.nf_conntrack_tcp_timeout_established", 3)
    lab.sysctl("r", "net.netfilter.nf_conntrack_tcp_loose", 0)
    listener = lab.listen(80)
    for _ in range(3):
        lab.visit(80, listener)
    for _ in range(lab.rng.choice((1, 2))):
        c, s = lab.pair(80, listener=listener)
        exchange(c, s)
        time.sleep(5)
        lab.expects("device_idle_timeout", BOX, bears="s", alike="policy_reset")
        c.sendall(REQUEST)
        lab.wait(0.1)
    lab.visit(80, listener)


@scenario(prefs=SOON)
def nat_forgot(lab):
    """The NAT router lost its mapping; the server's next message reaches the router itself, which does not know it."""
    lab.inside("r", "iptables", "-t", "nat", "-A", "POSTROUTING", "-o", "link0", "-j", "MASQUERADE")
    c, s = lab.pair(80)
    exchange(c, s)
    time.sleep(lab.pick(0.2, 3))
    lab.inside("r", "conntrack", "-F", quiet=True)
    # To the server, the router is the client: nobody can tell the two apart.
    lab.expects("no_connection", CLIENT, bears="c", alike="device_idle_timeout session_failover", unsure="crs")
    s.sendall(REPLY)
    lab.followers(CLIENT, bears="c")
    lab.wait(0.2)


@scenario(options={"delays": MIDDLE})
def nat_leak(lab):
    """A segment far outside the window passes the NAT untranslated; the router's reset kills the real connection."""
    lab.inside("r", "iptables", "-t", "nat", "-A", "POSTROUTING", "-o", "link0", "-j", "MASQUERADE")
    c, s = lab.pair(80)
    forger = Forger(lab)
    exchange(c, s)
    exchange(c, s)
    # At the server, the stray segment never was.
    lab.expects("nat_leak", BOX, bears="c", alike="session_failover", unsure="s", guesses="injected")
    stray = forger.down[-1]
    ident = struct.pack(">H", lab.rng.randrange(1, 60000))  # a separate packet, not a modified copy
    stray = stray[:4] + ident + stray[6:]
    lab.link.send(DOWN, rewrite(stray, seq=2000000))
    lab.wait(0.1)
    lab.expects("segment_after_reset", SERVER, alike="no_connection", times=3, least=0)
    c.sendall(REQUEST)
    lab.wait(0.1)


@scenario()
def sequence_rewritten(lab):
    """A device starts to shift the server's sequence numbers; the client rejects everything and gives up."""
    c, s = lab.pair(80)
    for _ in range(3):
        exchange(c, s)

    def shift(way, packet):
        ours = way == DOWN and tcp_flags(packet) and not tcp_flags(packet) & 4
        return [(rewrite(packet, seq=0x30000000) if ours else packet, 0.0)]
    lab.link.tamper = shift
    c.sendall(REQUEST)
    lab.wait()
    s.sendall(REPLY)
    time.sleep(2.5)
    lab.expects("header_rewritten", CLIENT, alike="app_abort", unsure="crs")
    abort(c)
    lab.expects("challenge_ack_reset", CLIENT, alike="segment_after_reset", times=1000, least=0)
    lab.wait()


def relay(front, back):
    """Copy bytes both ways until one leg is reset; then reset the other."""
    def pump():
        other = {front: back, back: front}
        while True:
            for leg in select.select(list(other), [], [])[0]:
                try:
                    data = leg.recv(65536)
                except ConnectionError:
                    abort(other[leg])
                    return
                if not data:
                    return
                other[leg].sendall(data)
    threading.Thread(target=pump, daemon=True).start()


@scenario(count=(1, 4))
def proxy(lab, count):
    """A proxy on the server's host: its backend aborts, and in turn it aborts its client's connection."""
    front = lab.listen(80)
    with lab.at("c"):
        backend = socket.socket()
    backend.bind((lab.address["c"], 8081))
    backend.listen(5)
    lab.sockets.append(backend)
    for _ in range(count):
        c, accepted = lab.pair(80, listener=front)
        with lab.at("s"):
            leg = socket.socket()
        lab.sockets.append(leg)
        leg.connect((lab.address["c"], 8081))
        served, _ = backend.accept()
        lab.sockets.append(served)
        relay(accepted, leg)
        exchange(c, served)
        lab.wait(0.3)
        lab.expects("app_abort", SERVER, bears="c", port=8081)
        lab.expects("proxied", SERVER, bears="s", port=80, alike="app_abort unread_data",
                    unsure="crs" if count == 1 else "c")
        abort(served)
        lab.wait(0.4)


@scenario()
def mptcp_fastclose(lab):
    """An MPTCP client closes with data unread: the whole connection is aborted with MP_FASTCLOSE."""
    pair = []
    for who in "sc":
        with lab.at(who):
            pair.append(socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262))
    listener, c = pair
    lab.sockets += pair
    listener.bind((lab.where, 80))
    listener.listen(4)
    c.connect((lab.where, 80))
    s, _ = listener.accept()
    lab.sockets.append(s)
    exchange(c, s)
    s.sendall(REPLY)
    lab.wait(0.1)
    lab.expects("mptcp_fastclose", CLIENT)
    c.close()
    lab.followers(CLIENT)
    lab.expects("segment_after_reset", SERVER, times=9, least=0)
    lab.wait(0.1)


@scenario(side=BOTH)
def host_firewall_cut(lab, side):
    """The server's own packet filter starts to reject a live connection: byte for byte like a host without state."""
    listener = lab.listen(80)
    lab.visit(80, listener)
    x, y = lab.open(CLIENT, listener=listener)
    talk(x, y, CLIENT)
    lab.on_the_server("-I", "INPUT", "-p", "tcp", "--dport", "80", "-j", "REJECT", "--reject-with", "tcp-reset")
    lab.expects("policy_reset", SERVER, bears="s", alike="no_connection session_failover injected", unsure="crs")
    if side == CLIENT:
        x.sendall(REQUEST)
    else:
        y.sendall(REPLY)  # the client's ACK is what the filter sees
    lab.followers(SERVER)
    lab.followers(CLIENT)
    lab.wait(0.2)
