# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios of built.py in which something between the hosts decides, or says so in the reset."""
from scapy.layers.inet import IP
from scapy.layers.l2 import Ether

from built_host import GET, OK, SCENARIOS, healthy, scenario
from packets import LINUX, WINDOWS, Conv, Frame, Host

# One table: importing this module adds its scenarios.
__all__ = ["SCENARIOS"]


def client_hello(name):
    """The shortest possible ClientHello with a server name."""
    sni = b"\0\0" + sized(2, sized(2, b"\0" + sized(2, name)))
    extensions = sni + b"\0\x0a\0\x04\0\x02\0\x1d" + b"\0\x0d\0\x04\0\x02\x04\x03"
    body = b"\x03\x03" + bytes(range(32)) + b"\0" + sized(2, b"\xc0\x2b\xc0\x2f\x13\x01") + b"\x01\0"
    return b"\x16\x03\x01" + sized(2, b"\x01" + sized(3, body + sized(2, extensions)))


def sized(width, content):
    return len(content).to_bytes(width, "big") + content


def server_hello():
    """ServerHello, ChangeCipherSpec and an encrypted record."""
    body = b"\x03\x03" + bytes(range(64, 96)) + b"\0\x13\x01\0" + sized(2, b"\0\x2b\0\x02\x03\x04")
    hello = b"\x16\x03\x03" + sized(2, b"\x02" + sized(3, body))
    return hello + b"\x14\x03\x03\0\x01\x01" + b"\x17\x03\x03" + sized(2, bytes(range(256)) * 3)


@scenario("policy_reset-client_hello")
def policy_reset(cap):
    """A device nearer than the server resets a ClientHello because of its server name after 3 ms. The real ServerHello
    arrives 35 ms later from the server's own distance and is reset by the client. Another name works."""
    client, server = Host("192.0.2.41", LINUX), Host("203.0.113.41", LINUX, 11)
    for _ in range(2):
        fine = Conv(cap, client, server, 443, rtt=0.038)
        fine.handshake()
        fine.request(client_hello(b"www.example.net"), server_hello())
        fine.close()
        cap.wait(0.5)
    conv = Conv(cap, client, server, 443, rtt=0.038)
    conv.handshake()
    hello = conv.send(conv.c, "PA", client_hello(b"blocked.example"))
    cap.wait(0.003)
    cap.expect(conv.send(conv.s, "RA", window=0, options=[], ttl=62, ident=0x3A11, df=False), "policy_reset",
               "middlebox")
    cap.wait(0.035)
    for answer in (conv.send(conv.s, "A", ack=hello.end), conv.send(conv.s, "PA", server_hello())):
        cap.wait(0.00003)
        cap.expect(conv.bare(conv.c, answer, seq=hello.end), "segment_after_reset", "client", answer)


@scenario("injected-train")
def injected_train(cap):
    """A forged train: three RST,ACK at X, X+1460 and X+4380 with changing TTL and window, right after the second
    request. The server then answers the request from its own distance, and the client resets that answer."""
    client, server = Host("192.0.2.42", LINUX), Host("203.0.113.42", LINUX, 13)
    conv = Conv(cap, client, server, 80, rtt=0.180)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(1.2)
    asked = conv.send(conv.c, "PA", GET)
    cap.wait(0.041)
    for offset, ttl, window, ident in ((0, 101, 4821, 0x5E1C), (1460, 102, 4822, 0x11D0), (4380, 103, 4823, 0xC3A7)):
        cap.expect(conv.send(conv.s, "RA", seq=conv.s.nxt + offset, ack=asked.end, window=window, options=[], ttl=ttl,
                             ident=ident, df=False), "injected", "middlebox")
    cap.wait(0.139)
    answer = conv.send(conv.s, "PA", OK)
    cap.wait(0.00003)
    cap.expect(conv.bare(conv.c, answer), "segment_after_reset", "client", answer)


def forge(cap, conv, number, cause="injected", trigger=None, flags="RA", **style):
    """A reset with the server's address, in the style of a device on the path."""
    reset = conv.send(conv.s, flags, seq=number, options=[], **style)
    cap.expect(reset, cause, "middlebox", trigger)


@scenario("injected-tcpkill")
def injected_tcpkill(cap):
    """tcpkill on the path, default strength: it watches the client's ACKs and sends three bare resets per packet, at
    the acknowledged number plus 0, 1 and 3 of the client's windows, with window 0, without DF, from its own
    distance."""
    conv = Conv(cap, Host("192.0.2.118", LINUX), Host("203.0.113.118", LINUX, 11), 80, rtt=0.052)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(0.6)
    for step, ident in ((0, 0x3B11), (1, 0xA0C4), (3, 0x5D72)):
        forge(cap, conv, conv.s.nxt + step * 501, flags="R", window=0, ack=0, ttl=62, ident=ident, df=False)


@scenario("injected-sandvine")
def injected_sandvine(cap):
    """The habit of a traffic shaper that was described in 2009: a second reset 12503 above the first."""
    conv = Conv(cap, Host("192.0.2.119", WINDOWS), Host("203.0.113.119", LINUX, 12), 6881, rtt=0.110)
    conv.handshake()
    for _ in range(3):
        conv.request(GET, OK)
        cap.wait(0.4)
    for step in (0, 12503):
        forge(cap, conv, conv.s.nxt + step, window=0, ttl=119, ident=0x4F20 + step % 7, df=False)


@scenario("policy_reset-gfw_type1")
def gfw_type1(cap):
    """After a request, one bare reset with a window of its own and without DF, from nine hops nearer than the server,
    whose answer comes 50 ms later and is reset by the client."""
    conv = Conv(cap, Host("192.0.2.120", LINUX), Host("203.0.113.120", LINUX, 17), 80, rtt=0.090)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(0.9)
    asked = conv.send(conv.c, "PA", GET)
    cap.wait(0.040)
    forge(cap, conv, conv.s.nxt, "policy_reset", asked, "R", ack=0, window=2914, ttl=56, ident=0x9D03, df=False)
    cap.wait(0.050)
    answer = conv.send(conv.s, "PA", OK, ack=asked.end)
    cap.wait(0.00003)
    cap.expect(conv.bare(conv.c, answer), "segment_after_reset", "client", answer)


@scenario("policy_reset-mirrored")
def mirrored(cap):
    """A device answers a ClientHello by turning the packet around: the reset carries the client's window, and the
    client's IP ID plus one. The server answers from its own distance."""
    client, server = Host("192.0.2.121", LINUX), Host("203.0.113.121", LINUX, 14)
    for name in (b"www.example.net", b"blocked.example"):
        conv = Conv(cap, client, server, 443, rtt=0.060)
        conv.handshake()
        if name == b"www.example.net":
            conv.request(client_hello(name), server_hello())
            conv.close()
            cap.wait(0.5)
    hello = conv.send(conv.c, "PA", client_hello(name))
    cap.wait(0.020)
    ident = conv.c.counter.value + 1
    forge(cap, conv, hello.ack, "policy_reset", hello, "R", ack=0, window=501, ttl=60, ident=ident, df=False)
    cap.wait(0.040)
    answer = conv.send(conv.s, "PA", server_hello())
    cap.wait(0.00003)
    cap.expect(conv.bare(conv.c, answer), "segment_after_reset", "client", answer)


@scenario("injected-both_ends")
def injected_both_ends(cap):
    """Captured between the hosts: in a quiet moment, both ends get a reset at the same instant, from one hop away,
    while client and server are four and nine hops away."""
    conv = Conv(cap, Host("192.0.2.43", LINUX, 4), Host("203.0.113.43", LINUX, 9), 2301)
    conv.handshake()
    for _ in range(4):
        conv.request(GET, OK)
        cap.wait(0.3)
    cap.wait(2)
    style = {"window": 0, "options": [], "ttl": 63, "df": False}
    cap.expect(conv.send(conv.s, "RA", ident=0x71F0, **style), "injected", "middlebox")
    cap.wait(0.0001)
    cap.expect(conv.send(conv.c, "RA", ident=0x71F1, **style), "injected", "middlebox")


@scenario("device_idle_timeout-both_ends")
def device_idle_timeout(cap):
    """Captured at a firewall: after 300 s of silence, both ends get a reset although nobody sent anything. TTL 255 is
    the firewall's; client and server are two and six hops away."""
    conv = Conv(cap, Host("192.0.2.44", LINUX, 2), Host("203.0.113.44", LINUX, 6), 5432)
    conv.handshake()
    for _ in range(3):
        conv.request(b"Q\0\0\0\x0dselect 1\0", b"Z\0\0\0\x05I")
        cap.wait(0.4)
    cap.wait(299.5)
    style = {"window": 0, "options": [], "ttl": 255, "df": False}
    cap.expect(conv.send(conv.s, "RA", ident=0x0A01, **style), "device_idle_timeout", "middlebox")
    cap.wait(0.0002)
    cap.expect(conv.send(conv.c, "RA", ident=0x0A02, **style), "device_idle_timeout", "middlebox")


@scenario("session_failover")
def session_failover(cap):
    """Several hosts share one address: a message from the client reaches another of them, which knows no such
    connection and resets it from the same hop distance, while the first host carries on with its stream (alternatives:
    policy_reset, injected)."""
    client, server = Host("192.0.2.52", LINUX), Host("203.0.113.52", LINUX, 9)
    conv = Conv(cap, client, server, 8883, rtt=0.030)
    conv.handshake()
    for _ in range(4):
        conv.request(b"\x30\x09\0\x04load0.41", b"\x30\x04\0\x02ok")
        cap.wait(0.9)
    message = conv.send(conv.c, "PA", b"\x30\x09\0\x04load0.43")
    cap.wait(0.030)
    cap.expect(conv.bare(conv.s, message), "session_failover", "server", message)
    cap.wait(0.4)
    for _ in range(2):
        news = conv.send(conv.s, "PA", b"\x30\x08\0\x04tick17", ack=message.seq)
        cap.wait(0.00003)
        cap.expect(conv.bare(conv.c, news), "segment_after_reset", "client", news)
        cap.wait(1)


@scenario("nat_leak")
def nat_leak(cap):
    """A container host translates addresses for the client. A segment that the client has acknowledged arrives once
    more, connection tracking calls it INVALID, so it is not translated back and reaches the host itself, which has no
    such connection and resets it from one hop nearer. The client never notices and goes on (alternative:
    session_failover)."""
    client, server = Host("192.0.2.53", LINUX, 1), Host("203.0.113.53", LINUX, 9)
    conv = Conv(cap, client, server, 80, rtt=0.030)
    conv.handshake()
    conv.send(conv.c, "PA", GET)
    cap.wait(0.030)
    for late in (False, True, False, True, False):
        block = conv.send(conv.s, "PA", bytes(1000))
        cap.wait(0.0002)
        conv.send(conv.c, "A")
        cap.wait(0.012)
        if late:
            again = conv.send(conv.s, "PA", bytes(1000), seq=block.seq - 1000)
            cap.wait(0.00003)
            cap.expect(conv.bare(conv.c, again, ttl=64, ident=0), "nat_leak", "middlebox", again)
            cap.wait(0.012)
    conv.close()


@scenario("header_rewritten")
def header_rewritten(cap):
    """From one segment to the next, the server's sequence numbers jump by 3,221,225,472 while IP ID and timestamps
    continue: a device rewrites them. The client acknowledges the old number, the server retransmits, and the client
    resets. From one capture, this is a guess (alternative: app_abort)."""
    client, server = Host("192.0.2.45", LINUX), Host("203.0.113.45", LINUX, 8)
    conv = Conv(cap, client, server, 8443, rtt=0.030)
    conv.handshake()
    for _ in range(3):
        conv.request(GET, OK)
        cap.wait(0.2)
    request = conv.send(conv.c, "PA", GET)
    cap.wait(0.030)
    good = conv.s.nxt
    for gap in (0.25, 0.5, 1.0, 2.0):
        conv.send(conv.s, "PA", OK, seq=good + 0xC0000000, ack=request.end, advance=False)
        cap.wait(0.00004)
        conv.send(conv.c, "A", ack=good)
        cap.wait(gap)
    cap.expect(conv.abort(conv.c, ack=good), "header_rewritten", "client")


@scenario("duplicate")
def duplicate(cap):
    """A mirror port sees each packet before and after routing (TTL one lower, different MAC addresses, same IP ID): the
    second copy of the client's reset is not another reset."""
    conv = Conv(cap, Host("192.0.2.46", LINUX), Host("198.51.100.46", LINUX, 1), 80)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(0.8)
    reset = cap.expect(conv.abort(conv.c), "app_abort", "client")
    for frame in list(cap.frames):
        copy = routed(frame)
        cap.frames.append(copy)
        if frame is reset:
            cap.expect(copy, "duplicate", "client")


def routed(frame):
    """The same packet a few microseconds later behind a router."""
    p = Ether(frame.data)
    p.src, p.dst = "02:00:5e:99:00:01", "02:00:5e:99:00:02"
    p[IP].ttl -= 1
    del p[IP].chksum
    return Frame(frame.time + 4000, bytes(p), frame.seq, frame.ack, frame.end)


@scenario("proxied")
def proxied(cap):
    """Captured on a proxy: three times, its backend aborts a request, and 2 ms later the proxy resets its client. The
    two connections belong together."""
    proxy = Host("192.0.2.47", LINUX)
    for client in ("203.0.113.91", "203.0.113.92", "203.0.113.93"):
        front = Conv(cap, Host(client, LINUX, 10), proxy, 80, rtt=0.0001)
        front.handshake()
        back = Conv(cap, proxy, Host("198.51.100.47", LINUX, 1), 8080, rtt=0.0008)
        back.handshake()
        front.send(front.c, "PA", GET)
        front.send(front.s, "A")
        back.send(back.c, "PA", GET)
        cap.wait(0.0008)
        back.send(back.s, "A")
        cap.wait(0.3)
        cap.expect(back.abort(back.s), "app_abort", "server")
        cap.wait(0.002)
        cap.expect(front.abort(front.s), "proxied", "server")
        cap.wait(1.4)


@scenario("declared")
def declared(cap):
    """A gateway writes free text into its reset; the text does not name any known cause."""
    conv = Conv(cap, Host("192.0.2.48", LINUX), Host("203.0.113.48", LINUX, 3), 8080)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(0.5)
    cap.expect(conv.send(conv.s, "RA", b"Access Denied", window=0, options=[]), "declared", "server")


@scenario("proxied-declared")
def proxied_declared(cap):
    """A load balancer relays a reset from its other side and says so (text after the header, as BIG-IP does)."""
    conv = Conv(cap, Host("192.0.2.51", LINUX), Host("203.0.113.51", LINUX, 3), 443)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(0.5)
    cap.expect(conv.send(conv.s, "RA", b"BIG-IP: [0x2409a71:704] {peer} TCP RST from remote system", window=0,
                         options=[]), "proxied", "middlebox")


@scenario("no_backend")
def no_backend(cap):
    """A load balancer accepts, finds no backend, and says so in the reset."""
    conv = Conv(cap, Host("192.0.2.49", LINUX), Host("203.0.113.49", LINUX, 3), 443)
    conv.handshake()
    conv.send(conv.c, "PA", GET)
    cap.wait(0.020)
    cap.expect(conv.send(conv.s, "RA", b"BIG-IP: [0x2409a71:1173] No pool member available", window=0, options=[]),
               "no_backend", "middlebox")


@scenario("mptcp_subflow_reset")
def mptcp_subflow_reset(cap):
    """A second MPTCP subflow is refused: the reset carries MP_TCPRST with reason 1 (MPTCP-specific error)."""
    client, server = Host("192.0.2.50", LINUX), Host("203.0.113.50", LINUX, 5)
    conv = Conv(cap, client, server, 443)
    join = (30, b"\x10\x01" + bytes.fromhex("5f2ab01c8e37d344"))
    base = conv.options(conv.c, True)
    conv.send(conv.c, "S", seq=conv.c.isn, ack=0, options=base + [join])
    cap.wait(0.020)
    conv.send(conv.s, "SA", seq=conv.s.isn, options=conv.options(conv.s, True) + [(30, b"\x10\x01" + bytes(12))])
    third = conv.send(conv.c, "A", options=conv.options(conv.c, False) + [(30, b"\x10\x00" + bytes(20))])
    cap.wait(0.020)
    cap.expect(conv.bare(conv.s, third, options=[(30, b"\x80\x01")]), "mptcp_subflow_reset", "server", third)
    cap.wait(0.5)
    healthy(cap, client, server)
