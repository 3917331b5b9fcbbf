# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios of built.py in which both sides are closing, and the reset comes at the end of it."""
from built_host import GET, OK, scenario
from built_not import SCENARIOS
from packets import LINUX, WINDOWS, Conv, Host

__all__ = ["SCENARIOS"]

CLOSE_NOTIFY = bytes.fromhex("1703030013") + bytes(range(19))
UNBIND = bytes.fromhex("308400000006020200a14200")
SEARCH = bytes.fromhex("308400000012020200a0") + b"c\x84\0\0\0\x0a\x04\0\x0a\x01\0\x0a\x01\0\x02\x01"
LOGOFF = bytes.fromhex("00000044fe534d424000010000000000020001000000000000000000") + bytes(44)
SESSION_FIN = bytes.fromhex("53040000100000000400000008000000")


@scenario("close_race-farewell")
def close_race_farewell(cap):
    """A web server behind a balancer closes an idle TLS connection; the client answers with its close_notify, which
    meets the closed socket and is reset. A Windows domain controller answers an LDAP unbind request with RST,ACK, with
    and without a FIN behind it. A Windows client resets after the answer to its SMB2 logoff."""
    client = Host("192.0.2.61", LINUX)
    conv = Conv(cap, client, Host("198.51.100.161", LINUX, 9), 443)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(5.0)
    conv.send(conv.s, "FA")
    cap.wait(0.00004)
    farewell = conv.send(conv.c, "PA", CLOSE_NOTIFY)
    conv.send(conv.c, "FA")
    cap.wait(0.020)
    cap.expect(conv.bare(conv.s, farewell), "close_race", "server", farewell)
    cap.wait(0.5)
    windows, controller = Host("192.0.2.62", WINDOWS), Host("198.51.100.162", WINDOWS, 2)
    for with_fin in (False, True):
        conv = Conv(cap, windows, controller, 389, rtt=0.001)
        conv.handshake()
        conv.request(SEARCH, bytes(22))
        cap.wait(0.2)
        conv.send(conv.c, "PA", UNBIND)
        if with_fin:
            conv.send(conv.c, "FA")
        cap.wait(0.001)
        cap.expect(conv.abort(conv.s), "close_race", "server")
        cap.wait(0.3)
    conv = Conv(cap, windows, Host("198.51.100.163", WINDOWS, 2), 445, rtt=0.001)
    conv.handshake()
    conv.request(GET, OK)
    conv.request(LOGOFF, LOGOFF)
    cap.wait(0.0003)
    cap.expect(conv.abort(conv.c), "close_race", "client")


@scenario("close_race-cleared")
def close_race_cleared(cap):
    """Both sides have closed and acknowledged it. Sixteen seconds later, a device near the client drops its record of
    the connection and resets it, in the name of the server, from another distance and with window 0. Nobody is harmed;
    so it is once more after the client had reset a connection itself."""
    conv = Conv(cap, Host("192.0.2.63", LINUX), Host("198.51.100.164", WINDOWS, 11), 80)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(0.1)
    conv.close()
    cap.wait(0.020)
    conv.send(conv.s, "A")
    cap.wait(16.0)
    cap.expect(conv.send(conv.s, "RA", window=0, ttl=255, ident=37152), "close_race", "middlebox")
    cap.wait(1.0)
    conv = Conv(cap, Host("192.0.2.63", LINUX), Host("198.51.100.165", WINDOWS, 11), 80)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(0.4)
    cap.expect(conv.abort(conv.c), "app_abort", "client")
    cap.wait(18.0)
    cap.expect(conv.send(conv.s, "RA", window=0, ttl=255, ident=37171), "segment_after_reset", "middlebox")


@scenario("data_after_close-session")
def data_after_close_session(cap):
    """SQL Server with MARS: the client ends its session (SMP FIN) and closes the connection at once; the server's
    confirmation finds it closed, and Windows answers with RST,ACK. Nothing is lost."""
    conv = Conv(cap, Host("192.0.2.64", WINDOWS), Host("198.51.100.166", WINDOWS, 2), 1433, rtt=0.0003)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(3.0)
    conv.send(conv.c, "PA", SESSION_FIN)
    before = conv.c.nxt
    conv.send(conv.c, "FA")
    cap.wait(0.0003)
    confirmed = conv.send(conv.s, "PA", SESSION_FIN, ack=before)
    cap.wait(0.00004)
    cap.expect(conv.abort(conv.c), "data_after_close", "client", confirmed)


@scenario("unread_data-half_closed")
def unread_data_half_closed(cap):
    """A server has sent its FIN and only reads. What the client sends then is acknowledged, and when the server closes
    the socket without reading it, Linux resets the connection."""
    conv = Conv(cap, Host("192.0.2.65", LINUX), Host("198.51.100.167", LINUX, 6), 5432)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(0.1)
    conv.send(conv.s, "FA")
    cap.wait(0.00004)
    conv.send(conv.c, "A")
    cap.wait(0.3)
    conv.send(conv.c, "PA", b"one more thing\n")
    cap.wait(0.020)
    conv.send(conv.s, "A")
    cap.wait(0.00006)
    cap.expect(conv.abort(conv.s), "unread_data", "server")
