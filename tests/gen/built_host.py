# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios of built.py in which an end host decides: stacks other than Linux, and long timers.

The name of a scenario is its folder under sample-captures/; its docstring becomes the README.md there.
"""
from packets import FREEBSD, LINUX, WINDOWS, Conv, Host

SCENARIOS = {}
GET = b"GET /orders HTTP/1.1\r\nHost: shop.example\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"


def smb2(command_flags, body):
    """An SMB2 NEGOTIATE message preceded by its length."""
    head = b"\xfeSMB\x40\0" + bytes(10) + command_flags.to_bytes(4, "little") + bytes(44)
    return (len(head) + len(body)).to_bytes(4, "big") + head + body


SMB_NEGOTIATE = smb2(0, b"\x24\0\x02\0\x01\0" + bytes(30) + b"\x02\x02\x10\x02")
SMB_ANSWER = smb2(1, b"\x41\0\x01\0\x10\x02" + bytes(50) + b"\x80\0" + bytes(6))


def scenario(name):
    def register(play):
        SCENARIOS[name] = play
        return play
    return register


def healthy(cap, client, server, port=80, rounds=1, rtt=0.020):
    """A connection that ends as it should."""
    conv = Conv(cap, client, server, port, rtt=rtt)
    conv.handshake()
    for _ in range(rounds):
        conv.request(GET, OK)
        cap.wait(0.05)
    conv.close()
    cap.wait(0.2)


@scenario("retransmission_timeout")
def retransmission_timeout(cap):
    """A Windows client sends the same SMB segment 1 + 5 times with doubling gaps; after one more gap, it gives up with
    RST,ACK. The path has gone dead: nothing from the server arrives any more."""
    conv = Conv(cap, Host("192.0.2.21", WINDOWS), Host("198.51.100.45", WINDOWS, 3), 445)
    conv.handshake()
    conv.request(SMB_NEGOTIATE, SMB_ANSWER)
    cap.wait(0.4)
    first = conv.send(conv.c, "PA", SMB_NEGOTIATE)
    for gap in (0.3, 0.6, 1.2, 2.4, 4.8):
        cap.wait(gap)
        conv.send(conv.c, "PA", SMB_NEGOTIATE, seq=first.seq)
    cap.wait(9.6)
    cap.expect(conv.abort(conv.c), "retransmission_timeout", "client")


@scenario("smb_dual_connect")
def smb_dual_connect(cap):
    """A Windows client tries SMB on 445 and NetBIOS on 139 at the same time; 445 is kept, 139 is reset after its
    SYN-ACK."""
    client, server = Host("192.0.2.22", WINDOWS), Host("198.51.100.46", WINDOWS, 2)
    smb, netbios = Conv(cap, client, server, 445, 49712), Conv(cap, client, server, 139, 49713)
    smb.syn()
    cap.wait(0.0003)
    netbios.syn()
    smb.synack()
    smb.send(smb.c, "A")
    netbios.rtt = 0.0002
    answer = netbios.synack()
    cap.wait(0.00004)
    cap.expect(netbios.bare(netbios.c, answer), "smb_dual_connect", "client", answer)
    smb.request(SMB_NEGOTIATE, SMB_ANSWER)
    cap.wait(2)
    smb.close()


@scenario("smb_dual_connect-refused")
def smb_dual_connect_refused(cap):
    """Like smb_dual_connect, but the server has no NetBIOS: it refuses 139 while 445 carries SMB (alternative:
    closed_port)."""
    client, server = Host("192.0.2.22", WINDOWS), Host("198.51.100.47", WINDOWS, 2)
    smb, netbios = Conv(cap, client, server, 445, 49720), Conv(cap, client, server, 139, 49721)
    smb.syn()
    cap.wait(0.0002)
    other = netbios.syn()
    smb.synack()
    smb.send(smb.c, "A")
    cap.wait(0.0002)
    cap.expect(netbios.refuse(other), "smb_dual_connect", "server", other)
    smb.request(SMB_NEGOTIATE, SMB_ANSWER)
    cap.wait(1.5)
    smb.close()


@scenario("closed_port-windows")
def closed_port_windows(cap):
    """One connect() of a Windows client to a closed port: SYN and RST,ACK three times, half a second apart, with the
    same ports and sequence number. Port 443 of the host accepts connections."""
    client, server = Host("192.0.2.23", WINDOWS), Host("198.51.100.48", WINDOWS, 4)
    healthy(cap, client, server, 443)
    conv = Conv(cap, client, server, 8443)
    for _ in range(3):
        syn = conv.syn()
        cap.wait(0.020)
        cap.expect(conv.refuse(syn), "closed_port", "server", syn)
        cap.wait(0.5)


@scenario("time_wait_reuse-direct")
def time_wait_reuse_direct(cap):
    """The server closed first and is in TIME-WAIT. 20 s later, the client reuses its port with a lower sequence number,
    and this server (not a Linux one) resets the SYN directly. Another client port works."""
    client, server = Host("192.0.2.24", WINDOWS), Host("198.51.100.49", FREEBSD, 5)
    old = Conv(cap, client, server, 80, 51515, isn=0x7A100000)
    old.handshake()
    old.request(GET, OK)
    old.send(old.s, "FA")
    cap.wait(0.0001)
    old.send(old.c, "A")
    cap.wait(0.002)
    old.send(old.c, "FA")
    cap.wait(0.020)
    old.send(old.s, "A")
    cap.wait(20)
    new = Conv(cap, client, server, 80, 51515, isn=0x7A000000)
    syn = new.syn()
    cap.wait(0.020)
    cap.expect(new.refuse(syn), "time_wait_reuse", "server", syn)
    cap.wait(0.3)
    healthy(cap, client, server)


@scenario("resource_exhaustion")
def resource_exhaustion(cap):
    """A Windows server whose backlog is full refuses some connections and accepts others on the same port within one
    second: accept, refuse, accept, refuse, refuse, accept."""
    client, server = Host("192.0.2.25", LINUX), Host("198.51.100.50", WINDOWS, 3)
    for accepted in (True, False, True, False, False, True):
        conv = Conv(cap, client, server, 8080)
        if accepted:
            conv.handshake()
            conv.request(GET, OK)
            conv.close()
        else:
            syn = conv.syn()
            cap.wait(0.020)
            cap.expect(conv.refuse(syn), "resource_exhaustion", "server", syn)
        cap.wait(0.06)


@scenario("zero_window_timeout")
def zero_window_timeout(cap):
    """The receiver's window closes and stays closed; a Windows sender probes six times with one byte, gets window 0 in
    answer each time, and gives up."""
    conv = Conv(cap, Host("192.0.2.26", WINDOWS), Host("198.51.100.51", LINUX, 2), 9100)
    conv.handshake()
    for window in (320, 180, 0):
        for _ in range(2):
            conv.send(conv.c, "A", b"\x1b%-12345X@PJL JOB\r\n" + bytes(1000))
        cap.wait(0.020)
        conv.send(conv.s, "A", window=window)
    for gap in (0.3, 0.6, 1.2, 2.4, 4.8, 9.6):
        cap.wait(gap)
        conv.send(conv.c, "A", b"\0", advance=False)
        cap.wait(0.020)
        conv.send(conv.s, "A", window=0)
    cap.wait(19.2)
    cap.expect(conv.abort(conv.c), "zero_window_timeout", "client")


@scenario("keepalive_timeout-windows")
def keepalive_timeout_windows(cap):
    """A Windows database client is idle; after 30 s it sends ten one-byte keepalive probes, one second apart. No
    answer: RST,ACK with window 0."""
    conv = Conv(cap, Host("192.0.2.27", WINDOWS), Host("198.51.100.52", WINDOWS, 6), 1433)
    conv.handshake()
    conv.request(b"\x01\x01\x00\x1c\x00\x00\x01\x00" + "select 1\r\n".encode("utf-16-le"),
                 b"\x04\x01\x00\x15\x00\x35\x01\x00\xfd\x10\x00\xc1\x00\x01\x00\x00\x00\x00\x00\x00\x00")
    cap.wait(30)
    for _ in range(10):
        conv.send(conv.c, "A", b"\0", seq=conv.c.nxt - 1)
        cap.wait(1)
    cap.expect(conv.abort(conv.c), "keepalive_timeout", "client")


@scenario("handshake_timeout-synack")
def handshake_timeout_synack(cap):
    """The client never answers: the server retransmits its SYN-ACK after 1, 2 and 4 s, and resets after another 8 s."""
    conv = Conv(cap, Host("203.0.113.77", LINUX, 12), Host("198.51.100.53", WINDOWS), 443)
    conv.syn()
    conv.rtt = 0.0001
    conv.synack()
    for gap in (1, 2, 4):
        cap.wait(gap)
        conv.synack()
    cap.wait(8)
    cap.expect(conv.abort(conv.s), "handshake_timeout", "server")


@scenario("handshake_timeout-syn")
def handshake_timeout_syn(cap):
    """Seven identical SYNs with doubling gaps get no answer; the client then sends RST,ACK, as some mobile stacks
    do."""
    conv = Conv(cap, Host("192.0.2.28", LINUX), Host("198.51.100.54", LINUX, 9), 5228)
    for gap in (1, 2, 4, 8, 16, 32, 64):
        conv.syn()
        cap.wait(gap)
    cap.expect(conv.abort(conv.c, seq=conv.c.isn, ack=0, window=0, options=[]), "handshake_timeout", "client")


@scenario("connect_aborted-late_synack")
def connect_aborted_late(cap):
    """A Windows client retransmits its SYN after 1 and 2 s; the SYN-ACK comes 5.2 s after the first SYN and is reset,
    because the application has given up."""
    client, server = Host("192.0.2.29", WINDOWS), Host("198.51.100.55", LINUX, 8)
    conv = Conv(cap, client, server, 443)
    for gap in (1, 2, 2.18):
        conv.syn()
        cap.wait(gap)
    answer = conv.synack()
    cap.wait(0.00005)
    cap.expect(conv.bare(conv.c, answer), "connect_aborted", "client", answer)


@scenario("half_open_scan-breadth")
def half_open_scan_breadth(cap):
    """Seen at the scanned site: one source tries port 443 of eight hosts with SYNs that no operating system sends. Six
    answer and get a bare RST, two refuse."""
    scanner = Host("203.0.113.9", LINUX, 15)
    for last in range(60, 68):
        conv = Conv(cap, scanner, Host(f"198.51.100.{last}", LINUX, 1), 443, 40000 + last, rtt=0.0003)
        syn = conv.send(conv.c, "S", seq=conv.c.isn, ack=0, window=1024, options=[], ttl=240, df=False)
        if last in (63, 66):
            cap.wait(0.0003)
            cap.expect(conv.refuse(syn), "closed_port", "server", syn)
        else:
            conv.timestamps = False
            cap.wait(0.0003)
            answer = conv.send(conv.s, "SA", seq=conv.s.isn, options=[("MSS", 1460)])
            cap.wait(0.085)
            cap.expect(conv.bare(conv.c, answer), "half_open_scan", "client", answer)
        cap.wait(0.11)


@scenario("unsolicited_synack-breadth")
def unsolicited_synack_breadth(cap):
    """Backscatter of a SYN flood with forged sources: SYN-ACKs from one server to ports that this host never used. An
    ordinary connection before it shows that the capture sees both directions."""
    victim, target = Host("192.0.2.30", WINDOWS), Host("203.0.113.80", LINUX, 14)
    healthy(cap, victim, Host("198.51.100.56", LINUX, 4))
    cap.wait(4)
    for sport in (1027, 33412, 8811, 60233):
        conv = Conv(cap, victim, target, 80, sport)
        conv.timestamps = False
        answer = conv.send(conv.s, "SA", seq=conv.s.isn, ack=conv.c.isn + 1, options=[("MSS", 1460)])
        cap.wait(0.00006)
        cap.expect(conv.bare(conv.c, answer), "unsolicited_synack", "client", answer)
        cap.wait(1.3)


@scenario("connection_race")
def connection_race(cap):
    """Happy Eyeballs: IPv6 first, IPv4 250 ms later. IPv4 wins and carries the request; the SYN-ACK over IPv6 comes too
    late and is reset."""
    mac = "02:00:5e:10:00:01"
    six = Conv(cap, Host("2001:db8:1::31", LINUX, mac=mac), Host("2001:db8:7::80", LINUX, 7), 80)
    four = Conv(cap, Host("192.0.2.31", LINUX, mac=mac), Host("198.51.100.80", LINUX, 7), 80)
    six.syn()
    cap.wait(0.25)
    four.handshake()
    four.request(GET, OK)
    six.rtt = 0.04
    answer = six.synack()
    cap.wait(0.00003)
    cap.expect(six.bare(six.c, answer), "connection_race", "client", answer)
    cap.wait(0.5)
    four.request(GET, OK)
    four.close()


@scenario("undetermined")
def undetermined(cap):
    """The first frame of the capture is the RST,ACK of a connection of which nothing else was recorded."""
    client, server = Host("192.0.2.32", WINDOWS), Host("198.51.100.57", LINUX, 6)
    lost = Conv(cap, client, server, 443, 49822)
    cap.expect(lost.abort(lost.c), "undetermined", "client")
    cap.wait(0.7)
    healthy(cap, client, Host("198.51.100.58", LINUX, 6))


@scenario("malformed")
def malformed(cap):
    """A packet with both SYN and RST set: no stack sends that."""
    client, server = Host("192.0.2.33", LINUX, 3), Host("198.51.100.59", LINUX)
    healthy(cap, client, server)
    conv = Conv(cap, client, server, 80)
    cap.expect(conv.send(conv.c, "SR", ack=0, window=512, options=[], df=False), "malformed", "unknown")
    cap.wait(0.4)
    healthy(cap, client, server)
