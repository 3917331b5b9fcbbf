#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Build captures that hold packets which somebody else wrote under a host's address. framing.py --out DIR

The table cases.tsv beside them says for each reset which causes are expected, which others are acceptable (some only up
to a confidence, "cause<=60"), and who may be named as its sender.
"""
import os
import sys

import capfile
import sisters
from built_host import GET, OK
from built_two import Both
from packets import LINUX, WINDOWS, Capture, Conv, Host
from sisters import ABORTED, FORGED

HEADING = "capture\tframe\texpected\tacceptable\tsender\tmechanism\treason\n"
STRANGER_HOPS = 17
FAR = 0x35555555  # out of reach of any window
F5_TEXT = b"BIG-IP: [0x11c5672:3045] Flow expired (sweeper)"
KEY = bytes.fromhex("9c1e07d2a4b8f153")
CAPABLE, FAST_CLOSE = (30, b"\x01\x01" + KEY), (30, b"\x70\x00" + KEY)  # RFC 8684, sections 3.1 and 3.5
SCENES = {}


def scene(play):
    SCENES[play.__name__] = play
    return play


def stranger(conv, end, flags, payload=b"", seq=None, **fields):
    """A packet under the address of this end from somebody who does not know the numbers: they are far away, it comes
    from elsewhere and bears no time stamp."""
    seq = end.nxt + FAR if seq is None else seq
    return conv.send(end, flags, payload, seq=seq, ack=seq ^ FAR, window=512, options=[], ttl=64 - STRANGER_HOPS,
                     ident=end.host.rng.randrange(1 << 16), df=False, advance=False)


@scene
def data_after(cap):
    """the reset is the server's own in every field; the data after it bear numbers outside the window, come from
    elsewhere and have no time stamp"""
    conv = Conv(cap, Host("192.0.2.81", LINUX), Host("203.0.113.81", LINUX, 9), 443)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(2)
    cap.expect(conv.abort(conv.s), ABORTED, "server")
    for half in (0, 1 << 31):
        cap.wait(0.04)
        stranger(conv, conv.s, "PA", b"x" * 50, seq=conv.s.nxt + FAR + half)


@scene
def reset_before_ipv6(cap):
    """the first reset bears a number outside the window and comes from elsewhere; the second is exact and the client's
    own"""
    conv = Conv(cap, Host("2001:db8::82", LINUX), Host("2001:db8:1::82", LINUX, 9), 443)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(2)
    cap.expect(stranger(conv, conv.c, "R"), FORGED, "middlebox|unknown")
    cap.wait(0.01)
    cap.expect(conv.abort(conv.c), ABORTED, "client")


@scene
def text_in_healthy(cap):
    """the connection goes on: no device ended it, whatever a packet with a number outside the window says"""
    conv = Conv(cap, Host("192.0.2.83", WINDOWS), Host("203.0.113.83", LINUX, 9), 443)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(2)
    said = stranger(conv, conv.s, "RA", F5_TEXT)
    cap.expect(said, FORGED, "middlebox|unknown")
    cap.wait(0.5)
    conv.request(GET, OK)
    conv.close()


@scene
def text_of_client(cap):
    """the reset has all that the client's packets have, distance, IP id and time stamp: no device wrote the text"""
    conv = Conv(cap, Host("192.0.2.86", LINUX), Host("203.0.113.86", LINUX, 9), 443)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(2)
    said = conv.send(conv.c, "RA", F5_TEXT, window=0)
    cap.expect(said, ("app_abort|declared<=75", "device_idle_timeout<=49"), "client")


@scene
def text_of_big_ip(cap):
    """near miss: nothing contradicts the text, and the BIG-IP may be that very address"""
    conv = Conv(cap, Host("192.0.2.87", WINDOWS), Host("203.0.113.87", LINUX, 9), 443)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(300)
    cap.expect(conv.send(conv.s, "RA", F5_TEXT, window=0, options=[]), ("device_idle_timeout", "-"), "middlebox")


@scene
def fast_close_unasked(cap):
    """neither SYN bears an MPTCP option: the fast close means nothing"""
    conv = Conv(cap, Host("192.0.2.88", WINDOWS), Host("203.0.113.88", LINUX, 9), 443)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(2)
    cap.expect(conv.send(conv.s, "RA", window=0, options=[FAST_CLOSE]), ABORTED, "server")


@scene
def fast_close_of_stranger(cap):
    """MPTCP was negotiated, but the reset comes from elsewhere, and the server goes on"""
    conv = Conv(cap, Host("192.0.2.89", LINUX), Host("203.0.113.89", LINUX, 9), 443)
    conv.send(conv.c, "S", seq=conv.c.isn, ack=0, options=conv.options(conv.c, True) + [CAPABLE])
    cap.wait(0.020)
    conv.send(conv.s, "SA", seq=conv.s.isn, options=conv.options(conv.s, True) + [CAPABLE])
    conv.send(conv.c, "A")
    conv.request(GET, OK)
    cap.wait(2)
    forged = conv.send(conv.s, "RA", window=0, options=[FAST_CLOSE], ttl=64 - STRANGER_HOPS, ident=4711)
    cap.expect(forged, ("injected|policy_reset", "mptcp_fastclose<=49"), "middlebox|unknown")
    cap.wait(0.3)
    conv.send(conv.s, "PA", OK)
    conv.send(conv.c, "A")


@scene
def syn_before_device(cap):
    """nobody answers the SYN, and both ends go on with the old numbers; the reset comes from nearer than the server,
    which goes on"""
    conv = Conv(cap, Host("192.0.2.84", LINUX), Host("203.0.113.84", LINUX, 9), 443)
    conv.handshake()
    conv.request(GET, OK)
    cap.wait(1)
    stranger(conv, conv.c, "S")
    cap.wait(0.1)
    reset = conv.send(conv.s, "RA", window=0, options=[], ttl=LINUX.ttl - 4, ident=4711, df=False)
    cap.expect(reset, ("injected|policy_reset", "session_failover<=60"), "middlebox|unknown")
    cap.wait(0.3)
    conv.send(conv.s, "PA", OK)
    conv.send(conv.c, "A")


@scene
def reset_between_points(cap):
    """the first reset never was at the server's own point, and its number is far away; the second is the server's own
    at both"""
    conv = Both(cap, Host("192.0.2.85", LINUX), Host("203.0.113.85", LINUX), 80)
    conv.talk()
    cap.wait(2)
    cap.expect(conv.forge(conv.s, "RA", seq=conv.s.nxt + FAR, window=0, options=[]), FORGED, "middlebox|unknown")
    conv.expect(conv.abort(conv.s), ABORTED, "server")


def plan(name, cap):
    """Plays a scene; returns its mechanism, and why its verdicts are right."""
    if name in SCENES:
        SCENES[name](cap)
        return name, SCENES[name].__doc__
    return sisters.play(name, cap), sisters.SISTERS[name][0].__doc__


def build(name, out):
    """Writes the capture, returns its rows of the table."""
    cap = Capture()
    mechanism, reason = plan(name, cap)
    frames, rows = cap.finish()
    capfile.write_frames(os.path.join(out, f"{name}.pcapng"), frames)
    reason = " ".join(reason.split())
    return [f"{name}.pcapng\t{number}\t{expected}\t{acceptable}\t{sender}\t{mechanism}\t{reason}\n"
            for number, (expected, acceptable), sender, _ in rows]


def main():
    capfile.build_table(__doc__.splitlines()[0], "cases.tsv", HEADING, lambda out: [
        line for name in [*SCENES, *sisters.SISTERS] for line in build(name, out)])


if __name__ == "__main__":
    sys.exit(main())
