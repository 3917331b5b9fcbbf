# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios that go wrong at the start of a connection."""
import socket
import struct
import time

import lab_scenarios
from lab_packets import ip_packet, rewrite, tcp_flags
from lab_scenarios import REQUEST, abort, exchange
from netlab import DOWN, TCP_QUEUE_SEQ, TCP_REPAIR, TCP_REPAIR_QUEUE, UP
from world import BOX, CLIENT, SERVER, scenario

MIDDLE = {"fit": (0.012, 0.040), "judge": (0.020, 0.090)}


@scenario(known=("alone", "serves"), family=(4, 6))
def closed_port(lab, known):
    """A connection attempt to a port without a listener, on a host that serves another port or is otherwise silent."""
    if known == "serves":
        lab.visit(80)
    for _ in range(lab.rng.choice((1, 3))):
        lab.expects("closed_port", SERVER, unsure="crs" if known == "alone" else "")
        lab.dial(81)
        lab.wait(lab.pick(0.1, 0.6))


@scenario()
def closed_ports_of_a_scan(lab):
    """A program tries a dozen ports one after another; on the two open ones, it says nothing and closes."""
    for port in range(20, 32):
        if port in (22, 25):
            s = lab.listen(port)
            lab.dial(port).close()
            s.accept()[0].close()
        else:
            lab.expects("closed_port", SERVER, port=port)
            lab.dial(port)
    lab.wait()


@scenario()
def restarted_service(lab):
    """A service is down for a while: served, then refused, then served again."""
    listener = lab.listen(80)
    lab.visit(80, listener)
    listener.close()
    for _ in range(3):
        lab.expects("closed_port", SERVER)
        lab.dial(80)
        lab.wait(lab.pick(0.8, 1.4))
    lab.visit(80)


@scenario(family=(4, 6))
def host_firewall(lab):
    """The server's own packet filter rejects the SYN with a reset, byte for byte like a closed port."""
    lab.on_the_server("-A", "INPUT", "-p", "tcp", "--dport", "8080", "-j", "REJECT", "--reject-with", "tcp-reset")
    lab.visit(80)
    lab.expects("firewall_reject", SERVER, alike="closed_port", unsure="crs", times=2)
    for _ in range(2):
        lab.dial(8080)
        lab.wait(0.3)


@scenario(options={"delays": MIDDLE}, known=("known", "unknown"), family=(4, 6))
def router_firewall(lab, known):
    """The router rejects SYNs to one port; the host behind it is known from other connections, or not at all."""
    lab.on_the_router("-A", "FORWARD", "-p", "tcp", "--dport", "8080", "-j", "REJECT", "--reject-with", "tcp-reset")
    if known == "known":
        for port in (80, 443, 8443):
            lab.visit(port)
    lab.expects("firewall_reject", BOX, bears="s", alike="closed_port", times=2,
                unsure="crs" if known == "unknown" else "")
    for _ in range(2):
        lab.dial(8080)
        lab.wait(lab.pick(0.2, 0.8))
    if known == "known":
        lab.visit(9443)


@scenario(family=(4, 6))
def accept_queue_full(lab):
    """An accept queue of four with tcp_abort_on_overflow: the third ACKs of the last clients are reset."""
    lab.sysctl("s", "net.ipv4.tcp_abort_on_overflow", 1)
    lab.listen(80, backlog=3)
    for _ in range(3):
        lab.dial(80)
    # Three at once: a SYN that finds the queue full already would be dropped, not reset.
    for _ in range(3):
        lab.client(blocking=False).connect_ex((lab.where, 80))
    lab.expects("resource_exhaustion", SERVER, times=2)
    lab.wait(0.2)


@scenario(options={"delays": MIDDLE}, others=("served", "stalled"), family=(4, 6))
def accept_queue_flooded(lab, others):
    """A burst of clients overflows the accept queue (tcp_abort_on_overflow); connections accepted before live on:
    they are served, or they wait for answers as the new ones do. Later clients succeed if they are."""
    lab.sysctl("s", "net.ipv4.tcp_abort_on_overflow", 1)
    listener = lab.listen(80, backlog=7)
    pairs = [lab.pair(80, listener=listener) for _ in range(3)]
    for pair in pairs:
        exchange(*pair)
    lab.wait(lab.pick(0, 1))
    if others == "stalled":
        for c, _ in pairs:
            c.sendall(REQUEST)
    for _ in range(5):
        lab.dial(80)
    count = lab.rng.choice((4, 5, 6))
    lab.expects("resource_exhaustion", SERVER, times=count - 3)  # the queue holds one more than it should
    for _ in range(count):
        lab.client(blocking=False).connect_ex((lab.where, 80))
    lab.wait(0.1)
    if others == "served":
        for pair in pairs:
            exchange(*pair)
        for _ in range(8):
            lab.sockets.append(listener.accept()[0])
        lab.visit(80, listener)
    lab.wait(0.1)


@scenario()
def ecn_refused(lab):
    """The server's packet filter resets SYNs that ask for ECN; the next one, without ECN, is accepted."""
    lab.inside("s", "iptables", "-A", "INPUT", "-p", "tcp", "--syn", "-m", "ecn", "--ecn-tcp-ece", "-j", "REJECT",
               "--reject-with", "tcp-reset")
    lab.sysctl("c", "net.ipv4.tcp_ecn", 1)
    listener = lab.listen(80)
    lab.expects("syn_options_refused", SERVER)
    lab.dial(80)
    lab.sysctl("c", "net.ipv4.tcp_ecn", 0)
    lab.wait(lab.pick(0.1, 1))
    lab.visit(80, listener)


def raw(lab):
    with lab.at("c"):
        s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
    lab.sockets.append(s)

    def send(sport, port, seq, ack, flags, payload=b"", window=1024, options=b"\2\4\5\xb4"):
        head = struct.pack(">HHIIBBHHH", sport, port, seq, ack, 0x50 + len(options) * 4, flags, window, 0, 0)
        packet = ip_packet(lab.address["c"], lab.where, 0, head + options + payload)
        s.sendto(rewrite(packet)[20:], (lab.where, 0))
    return s, send


@scenario()
def half_open_scan(lab):
    """A SYN scan: where a port is open, the scanner's kernel resets the SYN-ACK, which it knows nothing about."""
    ports = list(range(20, 32))
    lab.rng.shuffle(ports)
    _, send = raw(lab)
    for port in ports:
        if port % 2:
            lab.listen(port)
            lab.expects("half_open_scan", CLIENT, port=port)
        else:
            lab.expects("closed_port", SERVER, port=port)
        send(51022, port, 0x5EED0000, 0, 2)
        lab.wait(0.02)


@scenario(then=("request", "silence"))
def raw_socket_client(lab, then):
    """A program does TCP through a raw socket: its kernel resets the SYN-ACK, and the program carries on or not."""
    lab.listen(80)
    s, send = raw(lab)
    lab.expects("unknown_to_kernel", CLIENT, alike="half_open_scan connect_aborted",
                unsure="crs" if then == "silence" else "")
    send(20480, 80, 1000, 0, 2, window=8192)
    answer = s.recv(4096)[20:]
    lab.wait()
    if then == "request":
        lab.followers(SERVER)
        send(20480, 80, 1001, struct.unpack_from(">I", answer, 4)[0] + 1, 0x18, REQUEST, options=b"")
        lab.wait(0.1)


@scenario(family=(4, 6))
def gave_up_before_synack(lab):
    """The path delays the SYN; the client closes its socket first, so the late SYN-ACK finds none."""
    lab.listen(80)
    late = lab.pick(1.3, 2.2)
    lab.link.tamper = lambda way, packet: [(packet, late if way == UP else 0.0)]
    c = lab.client(blocking=False)
    c.connect_ex((lab.where, 80))
    time.sleep(0.5)
    c.close()
    # The retransmitted SYN, if there is one, draws a SYN-ACK or a copy of it too.
    lab.expects("connect_aborted", CLIENT)
    lab.followers(CLIENT)
    lab.wait(late)


@scenario()
def quick_cancel(lab):
    """The client closes its socket a moment before the SYN-ACK arrives over a normal path."""
    lab.link.delay = max(lab.delay, 0.02)
    lab.listen(80)
    c = lab.client(blocking=False)
    c.connect_ex((lab.where, 80))
    time.sleep(0.01)
    c.close()
    lab.expects("connect_aborted", CLIENT, alike="half_open_scan connection_race unknown_to_kernel", unsure="crs")
    lab.wait(0.1)


def tamper_once(lab, **change):
    done = []

    def tamper(way, packet):
        if way == DOWN and tcp_flags(packet) & 0x12 == 0x12 and not done:
            done.append(True)
            return [(rewrite(packet, **change), 0.0)]
        return [(packet, 0.0)]
    lab.link.tamper = tamper


@scenario()
def synack_of_wrong_number(lab):
    """A device changes the ACK number of the first SYN-ACK; the client resets it, and its next SYN succeeds."""
    tamper_once(lab, ack=lab.rng.randrange(100, 100000))
    lab.expects("handshake_bad_ack", CLIENT, unsure="s")  # there the SYN-ACK is still right
    lab.visit(80)


@scenario()
def synack_of_wrong_time(lab):
    """The timestamp echo in the SYN-ACK is too old: the client resets it and retries."""
    tamper_once(lab, tsecr=-500000)
    lab.expects("paws_reject", CLIENT, unsure="s")
    lab.visit(80)


@scenario(after=(0.0, 1.5), family=(4, 6))
def crashed_client_returns(lab, after):
    """The client lost its state and reuses the port; the server's old connection answers with an ACK."""
    listener = lab.listen(80)
    c, s = lab.pair(80, 50080, listener)
    exchange(c, s)
    lab.forget(c)
    lab.wait(after)
    lab.expects("half_open_discovery", CLIENT)
    c, s = lab.pair(80, 50080, listener)
    exchange(c, s)
    c.close()
    s.close()


@scenario()
def time_wait_reuse(lab):
    """The server is in TIME-WAIT; a SYN from the same ports with a lower number draws its old ACK, then a reset."""
    for who in "cs":
        lab.sysctl(who, "net.ipv4.tcp_timestamps", 0)
    listener = lab.listen(80)
    c, s = lab.pair(80, 50090, listener)
    exchange(c, s)
    s.close()
    lab.wait()
    c.close()
    lab.wait(lab.pick(0.5, 3))
    isn = lab_scenarios.lab_isn(lab)
    c = lab.client(50090)
    c.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    c.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_QUEUE, 2)
    c.setsockopt(socket.IPPROTO_TCP, TCP_QUEUE_SEQ, struct.pack("I", (isn - 5000) % 2**32))
    c.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 0)
    lab.expects("time_wait_reuse", CLIENT, alike="half_open_discovery")
    c.connect((lab.where, 80))
    s, _ = listener.accept()
    lab.sockets.append(s)
    exchange(c, s)
    c.close()
    s.close()


@scenario(options={"long": 14}, family=(4, 6))
def third_ack_lost(lab):
    """The client's ACKs never arrive: the server retransmits its SYN-ACK, drops the request, and resets later data."""
    lab.sysctl("s", "net.ipv4.tcp_synack_retries", 2)
    lab.listen(80)
    flags_at = 53 if lab.family == 6 else 33
    lab.link.tamper = lambda way, packet: [] if way == UP and packet[flags_at] == 0x10 else [(packet, 0.0)]
    c = lab.dial(80)
    time.sleep(9 + lab.pick(0, 3))
    lab.alive()
    lab.expects("handshake_timeout", SERVER, alike="no_connection")
    c.sendall(REQUEST)
    lab.followers(SERVER)
    lab.wait(0.2)


@scenario()
def backscatter(lab):
    """Somebody floods servers with SYNs that carry this client's address: their SYN-ACKs find no socket here."""
    lab.visit(8080)
    for n, (port, cport) in enumerate(((80, 1891), (443, 40711), (80, 29120))):
        head = struct.pack(">HHIIBBHHHBBH", port, cport, 0x10000000 + n * 7919, 0x2A000000 + n * 104729,
                           0x60, 0x12, 64240, 0, 0, 2, 4, 1460)
        lab.expects("unsolicited_synack", CLIENT, unsure="s")  # they do not come from the server
        lab.link.send(DOWN, rewrite(ip_packet(lab.where, lab.address["c"], 0, head)))
        lab.wait(lab.pick(0.2, 0.5))


@scenario()
def happy_eyeballs(lab):
    """IPv6 first, IPv4 after 250 ms; IPv4 wins, and the SYN-ACK over IPv6 comes later and is reset."""
    lab.link.tamper = lambda way, packet: [(packet, 0.4 if packet[0] >> 4 == 6 else 0.0)]
    addresses = lab.addresses
    lab.listen(80)
    with lab.at("s"):
        six = socket.socket(socket.AF_INET6)
    with lab.at("c"):
        first = socket.socket(socket.AF_INET6)
    lab.sockets += [six, first]
    six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    six.bind((addresses[1]["s"], 80))
    six.listen(4)
    first.setblocking(False)
    first.connect_ex((addresses[1]["s"], 80))
    time.sleep(0.25)
    listener = lab.sockets[0]
    c, s = lab.pair(80, listener=listener)
    first.close()
    # Without knowing that both addresses are one host, the loser looks like any abandoned attempt.
    lab.expects("connection_race", CLIENT, alike="connect_aborted")
    lab.followers(CLIENT)
    exchange(c, s)
    lab.wait(1.0)
    exchange(c, s)
    c.close()
    s.close()


@scenario()
def race_of_two_ports_lost(lab):
    """Two connections to one service at the same time; the second completes, carries nothing and is aborted."""
    listener = lab.listen(80)
    c, s = lab.pair(80, listener=listener)
    d, _ = lab.pair(80, listener=listener)
    exchange(c, s)
    lab.expects("connection_race", CLIENT, alike="app_abort health_check", unsure="crs")
    abort(d)
    exchange(c, s)
    c.close()
    s.close()
    lab.wait()


@scenario()
def orderly_then_refused_once(lab):
    """A healthy connection, then one attempt to a neighboring port without a service."""
    lab.visit(80)
    lab.expects("closed_port", SERVER)
    lab.dial(8081)
    lab.wait()
