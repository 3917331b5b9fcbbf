# SPDX-License-Identifier: GPL-2.0-or-later
"""The stage of hard_sisters.py: which hosts play a scene, from where it is seen, and what each view may call its
resets.

A scene is a function that plays one mechanism with hosts it knows nothing about. Each cast plays it once; a near miss
has a scene of its own. The first cast plays it again for a capture that shows one direction and for one that begins
late, if the scene says what such a view still allows.
"""
import random
from dataclasses import replace
from ipaddress import ip_address

import capfile
from packets import FREEBSD, LINUX, WINDOWS, Conv, Host

# macOS and FreeBSD write IP id 0 where a datagram may not be fragmented (RFC 6864).
BSD = replace(FREEBSD, zero_id=True)
MACOS = replace(FREEBSD, scale=5, zero_id=True, abort_window=False)
PLAIN = replace(LINUX, timestamps=False)  # net.ipv4.tcp_timestamps = 0
ATOMIC_ZERO = (BSD, MACOS)
GET = b"GET /orders HTTP/1.1\r\nHost: shop.example\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"
V4, V6 = "10.{}.{}.{}", "2001:db8:{:x}:{:x}::{:x}"

# Stacks of client and server, hops from each to the point of capture, addresses, round trip, share of it on the
# client's side of the capture.
CASTS = {
    "lin4": (LINUX, LINUX, 0, 11, V4, 0.023, 0),
    "lin6": (LINUX, LINUX, 0, 14, V6, 0.148, 0),
    "plain4": (PLAIN, LINUX, 0, 19, V4, 0.290, 0),
    "win4": (WINDOWS, WINDOWS, 0, 9, V4, 0.061, 0),
    "win6": (WINDOWS, LINUX, 0, 6, V6, 0.211, 0),
    "mac4": (MACOS, LINUX, 0, 16, V4, 0.094, 0),
    "mac6": (MACOS, BSD, 0, 5, V6, 0.0087, 0),
    "lan4": (LINUX, LINUX, 0, 0, V4, 0.0004, 0),
    "lan6": (WINDOWS, LINUX, 0, 0, V6, 0.0007, 0),
    "srv4": (LINUX, LINUX, 8, 0, V4, 0.047, 1),
    "srv6": (MACOS, LINUX, 12, 0, V6, 0.132, 1),
    "srvwin4": (LINUX, WINDOWS, 15, 0, V4, 0.078, 1),
    "srvwin6": (WINDOWS, WINDOWS, 3, 0, V6, 0.0031, 1),
    "srvbsd6": (LINUX, BSD, 10, 0, V6, 0.260, 1),
    "mid4": (WINDOWS, LINUX, 4, 7, V4, 0.036, 0.4),
    "mid6": (LINUX, BSD, 2, 9, V6, 0.172, 0.2),
}
SEED_STEP = 1000  # more than there are captures, so that no two seeds share an address
PORTS = (443, 8443, 80, 25, 5432, 3306, 8080, 6379, 1883, 22)
ABORTS = "app_abort|app_timeout|unread_data|transfer_cancelled|app_error|process_exit"
SCENES = {}  # name -> (play, cast, view, mechanism)


class Zero:
    """The IP ids of a stack that needs none."""

    @staticmethod
    def next():
        return 0


class Line(Conv):
    """A connection seen from anywhere between its ends: up and down are the round trips from the point of capture to
    the server and to the client."""

    def __init__(self, stage, client, server, port, up, down, **options):
        super().__init__(stage.cap, client, server, port, rtt=up, **options)
        self.stage, self.up, self.down = stage, up, down
        for end in (self.c, self.s):
            if end.host.stack in ATOMIC_ZERO:
                end.counter = Zero

    def send(self, end, flags, *args, echo=None, **fields):
        """As Conv.send(); echo: the time stamp that this end saw last, if it is not the newest of its peer."""
        peer = self.peer(end)
        newest, own = peer.echo, end.echo
        if flags == "S":  # also when it is sent again
            echo = 0
        peer.echo = newest if echo is None else echo
        frame = super().send(end, flags, *args, **fields)
        peer.echo = newest
        if fields.get("options") == []:  # there was no time stamp in it to be echoed
            end.echo = own
        return frame

    def away(self, end):
        """How long an answer of this end takes."""
        return self.down if end is self.c else self.up

    def answer(self, end, *args, think=0.00004, **fields):
        """One segment of this end that answers what the other one just sent."""
        self.cap.wait(self.away(end) + think)
        return self.send(end, *args, **fields)

    def synack(self, **fields):
        return self.answer(self.s, "SA", seq=self.s.isn, **fields)

    def handshake(self):
        self.syn()
        self.synack()
        return self.answer(self.c, "A")

    def request(self, payload=GET, reply=OK, think=0.004):
        self.send(self.c, "PA", payload)
        answer = self.answer(self.s, "PA", reply, think=think)
        self.answer(self.c, "A")
        return answer

    def talk(self, rounds=2, pause=0.3):
        self.handshake()
        for _ in range(rounds):
            self.cap.wait(pause)
            self.request()
        return self

    def repeat(self, frame, end, times, first, cap=1e9, payload=b"", flags="A"):
        """The same segment again with doubling waits; returns the wait that would come next."""
        wait = first
        for _ in range(times):
            self.cap.wait(wait)
            self.send(end, flags, payload, seq=frame.seq, advance=False)
            wait = min(wait * 2, cap)
        return wait

    def refused(self, syn, **fields):
        """The reset of a host that has no listener, a round trip after the SYN."""
        self.cap.wait(self.up + 0.00003)
        stack = self.s.host.stack
        fields = {"ident": 0 if stack.zero_id else None, **fields}
        return self.send(self.s, "RA", **{"seq": 0, "ack": syn.end, "window": 0, "options": [], **fields})

    def stranger(self, end, flags, distance, **fields):
        """A reset in this end's name from a device: its distance from the capture, no options, an IP id of its own."""
        return self.send(end, flags, **{"ttl": distance, "options": [], "ident": self.stage.rng.randrange(1, 1 << 16),
                                        "window": 0, "df": False, "advance": False, **fields})


class Stage:
    def __init__(self, cap, cast, number, view, seed):
        client, server, near, far, self.block, rtt, share = CASTS[cast]
        self.cap, self.number, self.view, self.cast = cap, number, view, cast
        self.rng = random.Random(f"{cast} {number} {seed}")
        self.rtt = rtt * (1 if seed == 0 else self.rng.uniform(0.6, 1.7))
        self.client, self.server = self.host(21, client, near), self.host(190, server, far)
        self.up, self.down = self.rtt * (1 - share), self.rtt * share
        self.port = self.rng.choice(PORTS)
        self.marks, self.truths = {}, {}

    def host(self, low, stack, hops=0):
        return Host(self.block.format(self.number // 250, self.number % 250, low), stack, hops)

    def conv(self, port=None, client=None, server=None, **options):
        ends = client or self.client, server or self.server
        return Line(self, *ends, port or self.port, self.up, self.down, **options)

    def other_distance(self, host, nearer=3):
        """TTL of a device that is some hops nearer than this host, or farther where the host is close."""
        ttl = host.stack.ttl - host.hops
        return ttl + nearer if host.hops > nearer else ttl - nearer - 2

    def expect(self, frame, expected, acceptable, sender):
        return self.cap.expect(frame, (expected, acceptable), sender)

    def late(self, expected=None, acceptable=None, sender=None):
        """A late capture begins here; what it still allows for the resets, if less than the whole."""
        self.marks["late"] = self.cap.now
        self.truths["late"] = (expected, acceptable, sender)

    def one_way(self, end, expected=None, acceptable=None, sender=None):
        """The same for a capture of this end's packets alone. Without expected, the acceptable causes are added."""
        self.marks["oneway"] = ip_address(end.host.address).packed
        self.truths["oneway"] = (expected, acceptable, sender)

    def one_point(self, view, *truth):
        """The same for a capture of both ends ("client", "server") that has lost the other point."""
        self.marks[view] = ("client", "server").index(view)
        self.truths[view] = truth or (None, None, None)

    def seen(self):
        """Leave in the capture what the view shows; the rows get what that view allows."""
        if self.view in ("client", "server"):
            self.cap.frames = [frame for frame in self.cap.frames if frame.point == self.marks[self.view]]
        elif self.view == "late":
            self.cap.frames = [frame for frame in self.cap.frames if frame.time >= self.marks["late"]]
        elif self.view == "oneway":
            self.cap.frames = [frame for frame in self.cap.frames if address_of(frame) == self.marks["oneway"]]
        if self.view:
            kept = {id(frame) for frame in self.cap.frames}
            self.cap.rows = [self.reduced(row) for row in self.cap.rows if id(row[0]) in kept]

    def reduced(self, row):
        frame, (expected, acceptable), sender, _ = row
        truth, also, who = self.truths[self.view]
        also = also or "undetermined"
        if truth is None:
            truth = expected
            also = "|".join(part for part in (acceptable, also) if part != "-") or "-"
        if who is None:  # who sees less need not know it
            who = "|".join(dict.fromkeys([*sender.split("|"), "unknown"])) if sender != "-" else sender
        return frame, (truth, also), who, None


def address_of(frame):
    """Where a frame comes from."""
    return capfile.Segment(frame.data).src[0]


def scene(mechanism, casts, views=""):
    """Registers a play for these casts, and for the first of them with these views ("late", "oneway", "client",
    "server")."""
    def register(play):
        names = casts.split()
        for cast, view in [(cast, None) for cast in names] + [(names[0], view) for view in views.split()]:
            name = f"{mechanism}_{play.__name__}-{cast}" + (f"-{view}" if view else "")
            SCENES[name] = (play, cast, view, mechanism)
        return play
    return register


def play(name, cap, seed):
    """Plays a scene; returns (mechanism, reason)."""
    scene_of, cast, view, mechanism = SCENES[name]
    stage = Stage(cap, cast, 1 + list(SCENES).index(name) + SEED_STEP * seed, view, seed)
    scene_of(stage)
    stage.seen()
    return mechanism + (f" {view}" if view else ""), " ".join(scene_of.__doc__.split())
