# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios of built.py that look like a certain cause but are not: what a hasty reading gets wrong."""
from built_host import GET, OK, SMB_ANSWER, SMB_NEGOTIATE, healthy, scenario
from built_path import SCENARIOS
from framing import stranger
from packets import LINUX, WINDOWS, Conv, Host

# One table: importing this module adds its scenarios.
__all__ = ["SCENARIOS"]


def smb(cap, last):
    """A Windows client with an SMB connection on which one exchange has succeeded."""
    conv = Conv(cap, Host(f"192.0.2.{last}", WINDOWS), Host(f"198.51.100.{last}", WINDOWS, 3), 445)
    conv.handshake()
    conv.request(SMB_NEGOTIATE, SMB_ANSWER)
    cap.wait(0.4)
    return conv


def repeat(cap, conv, gaps):
    """A segment from the client, and its copies after these gaps."""
    first = conv.send(conv.c, "PA", SMB_NEGOTIATE)
    for gap in gaps:
        cap.wait(gap)
        conv.send(conv.c, "PA", SMB_NEGOTIATE, seq=first.seq)


@scenario("app_abort-late_ack")
def late_ack(cap):
    """One segment is sent 1 + 5 times, then its ACK and the answer arrive after all. The reset a second later has
    nothing to do with the loss and is not a retransmission_timeout."""
    conv = smb(cap, 101)
    repeat(cap, conv, (0.3, 0.6, 1.2, 2.4, 4.8))
    cap.wait(3.1)
    conv.send(conv.s, "PA", SMB_ANSWER)
    cap.wait(0.0001)
    conv.send(conv.c, "A")
    cap.wait(1.3)
    cap.expect(conv.abort(conv.c), "app_abort", "client")


@scenario("app_abort-other_segments")
def other_segments(cap):
    """Five different segments are each sent twice and acknowledged: five retransmissions, but never of the same
    segment. The reset that follows is not a retransmission_timeout."""
    conv = smb(cap, 102)
    for _ in range(5):
        repeat(cap, conv, (0.3,))
        cap.wait(0.020)
        conv.send(conv.s, "PA", SMB_ANSWER)
        cap.wait(0.0001)
        conv.send(conv.c, "A")
        cap.wait(0.2)
    cap.wait(0.8)
    cap.expect(conv.abort(conv.c), "app_abort", "client")


@scenario("app_abort-early")
def early(cap):
    """Six copies with doubling gaps up to 16 s, and the reset 4 s after the last one: the stack would have waited 32 s,
    so the application gave up (alternative: retransmission_timeout)."""
    conv = smb(cap, 103)
    repeat(cap, conv, (1, 2, 4, 8, 16))
    cap.wait(4)
    cap.expect(conv.abort(conv.c), "app_abort", "client")


@scenario("closed_port-restart")
def restart(cap):
    """A service restarts: accepted, then refused four times in five seconds, then accepted again. One uninterrupted
    interval means a closed port, not a full backlog."""
    client, server = Host("192.0.2.104", LINUX), Host("198.51.100.104", WINDOWS, 3)
    healthy(cap, client, server, 8080)
    cap.wait(14)
    for _ in range(4):
        conv = Conv(cap, client, server, 8080)
        syn = conv.syn()
        cap.wait(0.020)
        cap.expect(conv.refuse(syn), "closed_port", "server", syn)
        cap.wait(1.6)
    cap.wait(9)
    healthy(cap, client, server, 8080)


@scenario("closed_port-ipv6")
def ipv6(cap):
    """A closed port over IPv6, next to a port that has a service."""
    client, server = Host("2001:db8:1::105", LINUX), Host("2001:db8:7::105", LINUX, 6)
    healthy(cap, client, server)
    for _ in range(2):
        conv = Conv(cap, client, server, 8080)
        syn = conv.syn()
        cap.wait(0.020)
        cap.expect(conv.refuse(syn), "closed_port", "server", syn)
        cap.wait(1.1)


@scenario("app_abort-idle")
def idle(cap):
    """A client aborts its connection (SO_LINGER 0) after 47 s of silence. Both ends are Linux: no timer, no device; the
    reset continues the client's timestamps and IP IDs and comes from the client's own distance."""
    conv = Conv(cap, Host("192.0.2.106", LINUX, 2), Host("198.51.100.106", LINUX, 5), 80)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(47.3)
    cap.expect(conv.abort(conv.c), "app_abort", "client")


@scenario("app_abort-foreign")
def foreign(cap):
    """The server aborts. Then packets arrive that bear its address, but numbers far outside the window, another hop
    distance and no timestamp: they are foreign, and the server has not gone on after its reset."""
    conv = Conv(cap, Host("192.0.2.107", LINUX), Host("203.0.113.107", LINUX, 9), 443)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(2)
    cap.expect(conv.abort(conv.s), "app_abort", "server")
    for half in (0, 1 << 31):
        cap.wait(0.04)
        stranger(conv, conv.s, "PA", b"x" * 50, seq=conv.s.nxt + 0x35555555 + half)
