#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Build captures of honest traffic that is odd: none of its packets may look like somebody else's. near.py --out DIR

The table near.tsv beside them gives the verdict on each reset, and how many packets of the capture may be called
foreign all the same: some where the capture lost more than a window.
"""
import os
import sys
from dataclasses import replace

from scapy.layers.inet import IP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

import capfile
from built_host import GET, OK
from packets import MASK, Capture, Conv
from sisters import Cast

HEADING = "capture\tframe\tcause\tsender\tforeign\n"
AFTER_A_GAP = {"megabytes_lost": 8}  # two gaps, and the first two packets of each side after them
SCENES = []  # (play, cast)


def scene(*casts):
    def register(play):
        SCENES.extend((play, cast) for cast in casts)
        return play
    return register


def rounds(cast, conv, count=3):
    for _ in range(count):
        conv.request(GET, OK)
        cast.cap.wait(0.2)


def abort(cast, conv, end, cause="app_abort"):
    cast.cap.wait(1.5)
    cast.cap.expect(conv.abort(end), cause, "client" if end is conv.c else "server")


@scene("six", "windows")
def route_changes(cast):
    """Twice, of one side and then of both."""
    conv = cast.talk()
    conv.s.host.hops += 3
    rounds(cast, conv)
    conv.s.host.hops -= 5
    conv.c.host.hops += 2
    rounds(cast, conv)
    abort(cast, conv, conv.c)


class Sharing(Conv):
    """Every other packet of the server takes a path that is longer."""
    turn = 0

    def send(self, end, *args, **fields):
        longer = end is self.s and self.turn % 2 * 4
        self.turn += 1
        end.host.hops += longer
        frame = super().send(end, *args, **fields)
        end.host.hops -= longer
        return frame


@scene("six", "bsd")
def load_sharing(cast):
    conv = Sharing(cast.cap, cast.client, cast.server, 443, rtt=cast.rtt)
    conv.handshake()
    for _ in range(4):
        conv.send(conv.c, "PA", GET)
        cast.cap.wait(cast.rtt)
        for _ in range(5):
            conv.send(conv.s, "A", OK * 20)
        conv.send(conv.c, "A")
        cast.cap.wait(0.3)
    abort(cast, conv, conv.c)


@scene("six", "windows")
def syn_proxy(cast):
    """A device answers the handshake, from nearer and without options."""
    conv = cast.conv()
    conv.timestamps = False
    conv.send(conv.c, "S", seq=conv.c.isn, ack=0)
    cast.cap.wait(0.002)
    conv.send(conv.s, "SA", seq=conv.s.isn, ttl=253, options=[("MSS", 1460)], window=0, ident=0)
    conv.send(conv.c, "A")
    cast.cap.wait(0.05)
    rounds(cast, conv)
    abort(cast, conv, conv.c)


@scene("six", "mixed")
def other_ttl_of_data(cast):
    conv = cast.conv()
    conv.syn()
    cast.cap.wait(cast.rtt)
    conv.send(conv.s, "SA", seq=conv.s.isn, ttl=250)
    conv.send(conv.c, "A")
    rounds(cast, conv)
    abort(cast, conv, conv.s)


@scene("six", "windows")
def offloads(cast):
    """64 kB at once; the file has the first bytes."""
    conv = cast.talk()
    for _ in range(4):
        conv.send(conv.c, "PA", GET)
        cast.cap.wait(cast.rtt)
        for _ in range(4):
            big = conv.send(conv.s, "A", bytes(62000))
            big.data = big.data[:128]
        conv.send(conv.c, "A")
        cast.cap.wait(0.3)
    abort(cast, conv, conv.c)


@scene("six", "linux")
def short_snap_length(cast):
    """No options and no payload in the file."""
    conv = cast.talk()
    rounds(cast, conv)
    abort(cast, conv, conv.s)
    for frame in cast.cap.frames:
        frame.data = frame.data[:74 if ":" in cast.client.address else 54]


@scene("six", "windows")
def keepalives(cast):
    conv = cast.talk()
    for _ in range(4):
        cast.cap.wait(75)
        conv.send(conv.c, "A", b"" if conv.timestamps else b"\0", seq=conv.c.nxt - 1, advance=False)
        cast.cap.wait(cast.rtt)
        conv.send(conv.s, "A")
    rounds(cast, conv)
    abort(cast, conv, conv.c)


@scene("six", "windows")
def closed_window(cast):
    conv = cast.talk()
    conv.send(conv.s, "PA", OK * 40)
    conv.send(conv.c, "A", window=0)
    for gap in (0.4, 0.8, 1.6):
        cast.cap.wait(gap)
        conv.send(conv.s, "A", seq=conv.s.nxt - 1)
        cast.cap.wait(0.0001)
        conv.send(conv.c, "A", window=0)
    conv.send(conv.c, "A")
    rounds(cast, conv)
    abort(cast, conv, conv.c)


@scene("six", "bsd")
def numbers_wrap(cast):
    conv = Conv(cast.cap, cast.client, cast.server, 443, rtt=cast.rtt, isn=MASK - 60)
    conv.s.isn = conv.s.nxt = MASK - 90
    cast.client.clock = MASK - 200  # timestamps too
    conv.handshake()
    rounds(cast, conv, 5)
    abort(cast, conv, conv.c)


@scene("six", "linux")
def fast_open(cast):
    conv = cast.conv()
    options = [*conv.options(conv.c, True), (34, b"\x5a" * 8)]
    conv.send(conv.c, "S", GET, seq=conv.c.isn, ack=0, options=options)
    cast.cap.wait(cast.rtt)
    conv.send(conv.s, "SA", seq=conv.s.isn)
    conv.send(conv.s, "PA", OK)
    conv.send(conv.c, "A")
    rounds(cast, conv)
    abort(cast, conv, conv.c)


def lose(conv, end, count):
    """The capture shows nothing of so many bytes, and the peer had them all."""
    end.nxt = end.nxt + count & MASK


@scene("six", "windows")
def megabytes_lost(cast):
    conv = cast.talk()
    for end in (conv.s, conv.c):
        cast.cap.wait(2)
        lose(conv, end, 10_000_000)
        rounds(cast, conv)
    abort(cast, conv, conv.c)


@scene("six", "linux")
def timestamps_stripped(cast):
    """A device takes the option away in mid connection."""
    conv = cast.talk()
    conv.timestamps = False
    rounds(cast, conv)
    abort(cast, conv, conv.c)


@scene("six", "windows")
def late_begin(cast):
    """Without handshake, and the first packet is an old duplicate."""
    conv = cast.conv()
    conv.send(conv.s, "PA", OK, seq=conv.s.nxt - 300_000, advance=False)
    rounds(cast, conv, 5)
    abort(cast, conv, conv.c)


@scene("six", "windows")
def ports_again(cast):
    """The same ports and other numbers, at once and after five minutes."""
    conv = cast.talk()
    conv.close()
    for wait in (1.2, 300):
        cast.cap.wait(wait)
        conv = Conv(cast.cap, cast.client, cast.server, conv.s.port, sport=conv.c.port, rtt=cast.rtt)
        conv.handshake()
        rounds(cast, conv)
    abort(cast, conv, conv.c)


@scene("six", "windows")
def checksums_left_to_the_card(cast):
    conv = cast.talk()
    rounds(cast, conv)
    abort(cast, conv, conv.c)
    for frame in cast.cap.frames:
        segment = capfile.Segment(frame.data)
        if segment.ttl == cast.client.stack.ttl:
            at = segment.tcp_at + 16
            frame.data = frame.data[:at] + b"\x1b\xad" + frame.data[at + 2:]


@scene("six", "windows")
def copies(cast):
    """A mirror port on both sides of a router."""
    conv = cast.talk()
    rounds(cast, conv)
    abort(cast, conv, conv.c)
    for frame in list(cast.cap.frames):
        packet = Ether(frame.data)
        if IP in packet:
            packet[IP].ttl -= 1
            del packet[IP].chksum
        else:
            packet[IPv6].hlim -= 1
        packet.src, packet.dst = "02:00:5e:77:00:01", "02:00:5e:77:00:02"
        cast.cap.frames.append(replace(frame, time=frame.time + 9000, data=bytes(packet)))


def build(number, play, cast, out):
    """Writes the capture, returns its rows of the table."""
    cap = Capture()
    play(Cast(cap, cast, 200 + number, True))
    frames, rows = cap.finish()
    name = f"{play.__name__}-{cast}.pcapng"
    capfile.write_frames(os.path.join(out, name), frames)
    foreign = AFTER_A_GAP.get(play.__name__, 0)
    return [f"{name}\t{frame}\t{cause}\t{sender}\t{foreign}\n" for frame, cause, sender, _ in rows]


def main():
    capfile.build_table(__doc__.splitlines()[0], "near.tsv", HEADING, lambda out: [
        line for number, (play, cast) in enumerate(SCENES) for line in build(number, play, cast, out)])


if __name__ == "__main__":
    sys.exit(main())
