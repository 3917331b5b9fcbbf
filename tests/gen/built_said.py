# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios of built.py in which the reset states a reason, or only seems to."""
import struct

from built_host import GET, OK, SMB_NEGOTIATE, scenario
from built_close import SCENARIOS
from packets import LINUX, WINDOWS, Conv, Host

# One table: importing this module adds its scenarios.
__all__ = ["SCENARIOS"]

FRONT = {"ttl": 245, "window": 8190}  # of the proxy itself; what it passes on has the TTL of its source
PLAIN = [("MSS", 1460)]  # no window scaling


def netscaler(cap, last, port=443):
    """A client behind a NetScaler: the proxy answers the SYN, a server farther away does the rest."""
    conv = Conv(cap, Host(f"192.0.2.{last}", LINUX), Host(f"203.0.113.{last}", LINUX, 14), port)
    conv.syn()
    cap.wait(conv.rtt)
    conv.send(conv.s, "SA", seq=conv.s.isn, ident=0x2C10, **FRONT)
    conv.send(conv.c, "A")
    return conv


@scenario("proxied-netscaler")
def proxied(cap):
    """A NetScaler relays a reset from its other side: window 9701, and the TTL and IP ID series of its own SYN-ACK,
    while the data came from a server with a different TTL."""
    conv = netscaler(cap, 111)
    conv.request(GET, OK)
    cap.wait(0.4)
    cap.expect(conv.send(conv.s, "RA", window=9701, options=[], ttl=245, ident=0x2C14), "proxied", "middlebox")


@scenario("device_idle_timeout-netscaler")
def idle(cap):
    """A NetScaler cleans up a connection that has been silent for 180 s: window 9300."""
    conv = netscaler(cap, 112, 389)
    for _ in range(2):
        conv.request(b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0",
                     b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\0\x04\0\x04\0")
        cap.wait(0.2)
    cap.wait(180)
    cap.expect(conv.send(conv.s, "RA", window=9300, options=[], ttl=245, ident=0x2C31), "device_idle_timeout",
               "middlebox")


@scenario("app_abort-window_9300")
def window(cap):
    """A server without window scaling, whose window changes with what its program reads, happens to reset with window
    9300, a NetScaler code. Nothing else suggests a NetScaler: the code is a hint, not a statement."""
    conv = Conv(cap, Host("192.0.2.113", LINUX), Host("203.0.113.113", LINUX, 4), 8000)
    conv.send(conv.c, "S", seq=conv.c.isn, ack=0, options=PLAIN)
    cap.wait(0.020)
    conv.send(conv.s, "SA", seq=conv.s.isn, options=PLAIN, window=8760)
    conv.timestamps = False
    conv.send(conv.c, "A")
    for size in (9112, 8960, 9216):
        conv.send(conv.c, "PA", GET)
        cap.wait(0.024)
        conv.send(conv.s, "PA", OK, window=size)
        cap.wait(0.00002)
        conv.send(conv.c, "A")
        cap.wait(0.3)
    cap.wait(0.7)
    cap.expect(conv.send(conv.s, "RA", window=9300), "app_abort", "server")


@scenario("resource_exhaustion-declared")
def resource(cap):
    """The diagnostic payload of the older IETF drafts (CBOR): code 10, resource exceeded, with a text from the
    sender."""
    conv = Conv(cap, Host("192.0.2.114", LINUX), Host("203.0.113.114", LINUX, 5), 8443)
    conv.handshake()
    conv.send(conv.c, "PA", GET)
    cap.wait(0.021)
    payload = b"\x19\x30\x39\xa2\x01\x0a\x03\x6cpool is full"
    cap.expect(conv.send(conv.s, "RA", payload, window=0, options=[]), "resource_exhaustion", "server")


@scenario("policy_reset-conflict")
def conflict(cap):
    """The window says policy rule (9814), the packets say timer: a NetScaler sends one segment 1 + 5 times with
    doubling gaps, gets no answer, and resets when the next copy was due. Both are shown, and rst.conflict is set."""
    conv = Conv(cap, Host("192.0.2.115", WINDOWS, 15), Host("198.51.100.115", WINDOWS, 3), 445)
    conv.send(conv.c, "S", seq=conv.c.isn, ack=0, **FRONT)
    conv.synack()
    conv.send(conv.c, "A", ttl=245)
    first = conv.send(conv.c, "PA", SMB_NEGOTIATE)
    for gap in (0.3, 0.6, 1.2, 2.4, 4.8):
        cap.wait(gap)
        conv.send(conv.c, "PA", SMB_NEGOTIATE, seq=first.seq)
    cap.wait(9.6)
    cap.expect(conv.send(conv.c, "RA", window=9814, ttl=245), "policy_reset", "middlebox")


@scenario("mptcp_fastclose-announced")
def fast_close(cap):
    """MP_FASTCLOSE on an ACK (RFC 8684, section 3.5, option A): the other host answers with a plain reset."""
    conv = Conv(cap, Host("192.0.2.116", LINUX), Host("203.0.113.116", LINUX, 5), 443)
    key = bytes.fromhex("9c1e07d2a4b8f153")
    conv.send(conv.c, "S", seq=conv.c.isn, ack=0, options=conv.options(conv.c, True) + [(30, b"\x01\x01")])
    cap.wait(0.020)
    conv.send(conv.s, "SA", seq=conv.s.isn, options=conv.options(conv.s, True) + [(30, b"\x01\x01" + key)])
    conv.send(conv.c, "A", options=conv.options(conv.c, False) + [(30, b"\x01\x01" + key[::-1] + key)])
    conv.request(GET, OK)
    cap.wait(0.8)
    close = conv.send(conv.c, "A", options=conv.options(conv.c, False) + [(30, b"\x70\x00" + key)])
    cap.wait(0.020)
    cap.expect(conv.bare(conv.s, close), "mptcp_fastclose", "server", close)


def big_ip_item(kind, value):
    """One item of the trailer that tcpdump on a BIG-IP writes since 14.0: provider, type, length, version 4, value."""
    return struct.pack(">HHHH", 1, kind, len(value) + 8, 4) + value


def big_ip_trailer(sent, cause=b""):
    """Low (direction) and medium (flow) items; the cause of a reset with its place in BIG-IP's source."""
    low = bytes([not sent, 0, 1, 0])
    flows = bytes.fromhex("0000400055018c00 0000400055018d00")
    medium = flows + bytes(4) + b"\0\0\0\x20" + bytes([4, 1]) + bytes(4) + b"\x03"
    said = b"\0" + bytes(3) + b"\x27\x09\x4a" + struct.pack(">H", 2561) + cause if cause else b""
    items = big_ip_item(1, low) + big_ip_item(2, medium + bytes([len(said)]) + said)
    return struct.pack(">IHH", 0xF5DEB0F5, len(items) + 8, 1) + items


@scenario("no_backend-f5_trailer")
def no_pool_member(cap):
    """A capture taken on a BIG-IP with :nnn, which appends a trailer to each frame: the trailer of the reset says that
    no pool member was available. The packet itself says nothing."""
    server = Host("203.0.113.117", LINUX)
    conv = Conv(cap, Host("192.0.2.117", LINUX, 6), server, 443)
    conv.handshake()
    conv.send(conv.c, "PA", GET)
    cap.wait(0.001)
    reset = conv.send(conv.s, "RA", window=0, options=[])
    cap.expect(reset, "no_backend", "middlebox")
    for frame in cap.frames:
        # A server's frame bears its MAC as the source.
        sent = frame.data[6:12] == bytes.fromhex(server.mac.replace(":", ""))
        cause = b"No pool member available" if frame is reset else b""
        frame.data = frame.data.ljust(60, b"\0") + big_ip_trailer(sent, cause)
