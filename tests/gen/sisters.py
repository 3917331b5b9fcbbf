# SPDX-License-Identifier: GPL-2.0-or-later
"""Sisters of the captures of the shared folder framing for framing.py: the same mechanisms with other addresses,
stacks, distances, numbers and times. Each is played by two casts, and once more as an honest twin: without what is forged."""
import random

from built_host import GET, OK
from packets import FREEBSD, LINUX, MASK, WINDOWS, Conv, Host

ABORTED = ("app_abort|unread_data", "app_timeout")
FORGED = ("blind_reset|injected|policy_reset", "undetermined|duplicate|segment_after_reset<=49")
DEVICE = ("injected|policy_reset", "session_failover<=60")
NOBODY, ON_PATH = "middlebox|unknown", "middlebox|unknown"
F5_TEXT = b"BIG-IP: [0x11c5672:3045] Flow expired (sweeper)"
WINDOW = 1 << 26  # no stack has a larger one here

# Stack and hops of client and server, the block of their addresses, the TTL of what comes from elsewhere.
CASTS = {
    "six": (LINUX, 0, LINUX, 11, "2001:db8:18:{}::{}", 39),
    "six_bsd": (FREEBSD, 6, LINUX, 3, "2001:db8:19:{}::{}", 47),
    "windows": (WINDOWS, 0, WINDOWS, 14, "10.118.{}.{}", 52),
    "mixed": (WINDOWS, 9, LINUX, 0, "172.30.{}.{}", 41),
    "bsd": (FREEBSD, 4, FREEBSD, 17, "100.64.{}.{}", 55),
    "linux": (LINUX, 12, LINUX, 0, "10.77.{}.{}", 43),
}
SISTERS = {}  # name -> (play, cast, mechanism)


class Cast:
    """The hosts of one capture. honest: nothing forged is written."""

    def __init__(self, cap, name, number, honest):
        client, client_hops, server, server_hops, block, self.elsewhere = CASTS[name]
        self.cap, self.honest, self.block, self.number = cap, honest, block, number
        self.rng = random.Random(f"{name} {number}")
        self.rtt = self.rng.uniform(0.008, 0.140)
        self.client = Host(block.format(number, 21), client, client_hops)
        self.server = Host(block.format(number, 190), server, server_hops)
        self.port = self.rng.choice([443, 8080, 5432, 25])
        self.elsewhere_id = self.rng.randrange(1 << 16)

    def conv(self, port=None):
        return Conv(self.cap, self.client, self.server, port or self.port, rtt=self.rtt)

    def talk(self, rounds=2):
        """A connection that was used, so that both sides are known."""
        conv = self.conv()
        conv.handshake()
        for _ in range(rounds):
            conv.request(GET, OK)
            self.cap.wait(self.rng.uniform(0.05, 0.4))
        return conv

    def expect(self, frame, causes, sender):
        return self.cap.expect(frame, causes, sender)

    def far(self, number):
        """Out of reach of any window."""
        return number + WINDOW + self.rng.randrange((1 << 32) - 2 * WINDOW) & MASK

    def forge(self, conv, end, flags, payload=b"", seq=None, ack=None, options=(), **fields):
        """A packet under the address of this end from somewhere else; None in the honest twin. Without numbers from
        somebody who does not know them."""
        number = self.far(end.nxt) if seq is None else seq
        answer = self.far(conv.peer(end).nxt) if ack is None else ack
        if self.honest:
            return None
        echo = end.echo
        look = {"window": 512, "ttl": self.elsewhere, "ident": self.rng.randrange(1 << 16), "df": False, **fields}
        frame = conv.send(end, flags, payload, seq=number, ack=answer if "A" in flags else 0, options=list(options),
                          advance=False, **look)
        end.echo = echo
        return frame

    def forged(self, frame, causes=FORGED):
        """What a forged reset may be called."""
        if frame:
            self.expect(frame, causes, NOBODY)

    def device(self, conv, end, **fields):
        """A reset of a device nearer than the host."""
        ttl = end.host.stack.ttl - end.host.hops + (5 if end.host.hops > 5 else -3)
        return conv.send(end, "RA", **{"window": 0, "options": [], "ttl": ttl, "ident": 0x0A2F, "df": False, **fields})

    def goes_on(self, conv, end):
        """The host never knew of the reset."""
        self.cap.wait(0.21)
        conv.send(end, "PA", OK)
        conv.send(conv.peer(end), "A")


def sister(*casts):
    def register(play):
        for cast in casts:
            for honest in (False, True):
                name = f"{play.__name__}-{cast}" + ("-twin" if honest else "")
                SISTERS[name] = (play, cast, honest)
        return play
    return register


def play(name, cap):
    """Plays a sister; returns its mechanism."""
    scene, cast, honest = SISTERS[name]
    scene(Cast(cap, cast, 1 + list(SISTERS).index(name) // 2, honest))
    return scene.__name__


@sister("six", "mixed")
def random_reset_before(cast):
    """the first reset bears a number outside the window and comes from another distance; the server goes on until its
    own, exact reset"""
    conv = cast.talk()
    cast.forged(cast.forge(conv, conv.s, "RA"))
    cast.cap.wait(0.025)
    cast.expect(conv.abort(conv.s), ABORTED, "server")


@sister("six_bsd", "windows")
def random_data_after(cast):
    """what goes on after the reset bears numbers outside the window and comes from another distance; the reset itself
    is the client's"""
    conv = cast.talk()
    cast.cap.wait(2)
    cast.expect(conv.abort(conv.c), ABORTED, "client")
    cast.cap.wait(0.07)
    number = cast.far(conv.c.nxt)
    for half in (0, 1 << 31):
        cast.forge(conv, conv.c, "PA", b"y" * 33, seq=number + half)
        cast.cap.wait(0.01)


@sister("six", "bsd")
def near_goes_on_truly(cast):
    """near miss: the reset comes from elsewhere and bears no timestamp, and the host really goes on from its own
    distance"""
    conv = cast.talk()
    cast.cap.wait(0.6)
    cast.expect(cast.device(conv, conv.s), DEVICE, ON_PATH)
    cast.goes_on(conv, conv.s)
    conv.request(GET, OK)


@sister("six_bsd", "linux")
def random_reset_after(cast):
    """one later reset with a wild number from another distance makes no train of the first, which is the host's in
    every field"""
    conv = cast.talk()
    cast.cap.wait(3)
    cast.expect(conv.abort(conv.c), ABORTED, "client")
    cast.cap.wait(0.015)
    cast.forged(cast.forge(conv, conv.c, "R"))


@sister("six", "bsd")
def synack_after_device(cast):
    """a SYN-ACK with random numbers from another distance ends nothing: the host goes on with its own"""
    conv = cast.talk()
    cast.cap.wait(0.3)
    cast.expect(cast.device(conv, conv.s), DEVICE, ON_PATH)
    cast.cap.wait(0.0003)
    cast.forge(conv, conv.s, "SA")
    cast.goes_on(conv, conv.s)


@sister("six", "windows")
def spoofed_syns(cast):
    """the SYNs come from another distance than everything else of that client, which resets the SYN-ACKs it never
    asked for"""
    answered = ("unsolicited_synack|unknown_to_kernel", "undetermined|connect_aborted<=60|half_open_scan<=75")
    conv = cast.talk()
    for port in range(9000, 9000 if cast.honest else 9008):
        probe = cast.conv(port)
        syn = cast.forge(probe, probe.c, "S")
        probe.c.nxt = syn.end
        answer = probe.synack()
        cast.cap.wait(0.00006)
        cast.expect(probe.bare(probe.c, answer), answered, "client")
        cast.cap.wait(0.03)
    cast.cap.wait(1)
    cast.expect(conv.abort(conv.c), ABORTED, "client")


@sister("six_bsd", "linux")
def goes_on_elsewhere(cast):
    """the reset comes from the host's distance with its timestamp; what goes on comes from elsewhere"""
    conv = cast.talk()
    cast.cap.wait(1)
    cast.expect(conv.abort(conv.c), ABORTED, "client")
    cast.cap.wait(0.03)
    cast.forge(conv, conv.c, "PA", b"z" * 77, seq=conv.c.nxt, ack=conv.s.nxt)


@sister("six", "mixed")
def blind_proxy(cast):
    """the resets that it is said to pass on belong to connections of which the capture shows nothing else, with random
    numbers and from elsewhere"""
    upstream = Host(cast.block.format(cast.number, 77), LINUX)
    convs = []
    for _ in range(3):
        convs.append((cast.talk(1), cast.cap.now))
        cast.cap.wait(1.9)
    for i, (conv, last) in enumerate(convs):
        cast.cap.now = last + 20 * 10**9
        for step in range(-10, 0):
            blind = Conv(cast.cap, cast.server, upstream, 3306, sport=42000 + 20 * i - step)
            cast.cap.now = last + 20 * 10**9 + (step * 4 + 3) * 10**6
            cast.forge(blind, blind.s, "R", window=0)
        cast.cap.now = last + 20 * 10**9
        reset = conv.abort(conv.s)
    cast.expect(reset, ("app_timeout", "app_abort|process_exit<=60|admin_kill"), "server")


@sister("six", "windows")
def blind_vendor_text(cast):
    """the reset bears a random number outside the window, comes from elsewhere and has no effect: whatever it says, no
    device timed out a connection that goes on"""
    conv = cast.talk()
    cast.cap.wait(1)
    cast.forged(cast.forge(conv, conv.c, "RA", F5_TEXT), (FORGED[0], "declared<=60|undetermined|duplicate"))
    cast.cap.wait(0.02)
    cast.expect(conv.abort(conv.c), ABORTED, "client")


@sister("six", "bsd")
def invented_fast_pair(cast):
    """a SYN and SYN-ACK from elsewhere that nobody completed tell neither the distance nor the round trip of the
    host"""
    invented, conv = cast.conv(8443), cast.talk()
    cast.forge(invented, invented.c, "S", seq=77)
    cast.cap.wait(0.0008)
    cast.forge(invented, invented.s, "SA", seq=88, ack=78)
    cast.cap.wait(0.5)
    cast.expect(cast.device(conv, conv.s), ("injected|policy_reset", "app_abort<=60|unread_data<=60"), ON_PATH)


@sister("six_bsd", "windows")
def copy_before(cast):
    """the one that fits the host by distance is the host's; other packets of the connection have no copies"""
    conv = cast.talk()
    cast.cap.wait(1.5)
    cast.forged(cast.forge(conv, conv.c, "RA", seq=conv.c.nxt, ack=conv.s.nxt, window=0),
                ("injected|policy_reset", "blind_reset|app_abort<=49|duplicate<=49"))
    cast.cap.wait(0.0015)
    cast.expect(conv.abort(conv.c), ABORTED, "client")


@sister("six", "linux")
def fin_of_peer(cast):
    """the FIN comes from another distance, without timestamp; the reset does not acknowledge it"""
    conv = cast.talk()
    cast.cap.wait(2)
    cast.forge(conv, conv.s, "FA", seq=conv.s.nxt, ack=conv.c.nxt)
    cast.cap.wait(0.2)
    cast.expect(conv.abort(conv.c), (ABORTED[0], "app_timeout|close_race<=60"), "client")


@sister("six", "bsd")
def random_syn_before(cast):
    """the SYN has a random number and another distance, nobody answers it, and both ends go on with the old
    connection"""
    conv = cast.talk()
    cast.cap.wait(1)
    cast.forge(conv, conv.c, "S")
    cast.cap.wait(0.06)
    cast.expect(cast.device(conv, conv.s), (DEVICE[0], f"{DEVICE[1]}|blind_reset"), ON_PATH)
    cast.goes_on(conv, conv.s)


@sister("six", "mixed")
def random_fin_before_syn(cast):
    """one lone FIN with random numbers is no open connection: no packet of the other side, another distance"""
    conv = cast.conv(8081)
    cast.forge(conv, conv.c, "FA")
    cast.cap.wait(0.7)
    syn = conv.syn()
    cast.cap.wait(cast.rtt)
    cast.expect(conv.refuse(syn), ("closed_port", "-"), "server")


@sister("six", "bsd")
def synacks_of_other_ports(cast):
    """the SYN-ACKs answer no SYN of the capture: they tell nothing about the distance of the host"""
    for port in range(7000, 7005):
        invented = cast.conv(port)
        cast.forge(invented, invented.s, "SA")
        cast.cap.wait(0.002)
    cast.cap.wait(0.4)
    conv = cast.conv(8082)
    syn = conv.syn()
    cast.cap.wait(cast.rtt)
    cast.expect(conv.refuse(syn), ("closed_port", "firewall_reject<=49"), "server")


@sister("six", "windows")
def late_begin_synacks(cast):
    """SYN-ACKs that answer no SYN, to other ports and from elsewhere, are no measure of the distance of a host whose
    connection the capture shows too late"""
    conv = cast.conv()
    conv.send(conv.c, "A")
    for port in range(7100, 7104):
        invented = cast.conv(port)
        cast.forge(invented, invented.s, "SA")
        cast.cap.wait(0.002)
    cast.cap.wait(4)
    asked = conv.send(conv.c, "PA", GET)
    cast.cap.wait(cast.rtt)
    cast.expect(conv.bare(conv.s, asked), ("no_connection", "app_abort<=60|unread_data<=60|undetermined"), "server")


@sister("six", "bsd")
def synack_after_refusal(cast):
    """the SYN-ACK comes from another distance than the refusal, nobody answers it, nothing follows"""
    fine = cast.talk()
    fine.close()
    cast.cap.wait(1)
    conv = cast.conv(8083)
    syn = conv.syn()
    cast.cap.wait(cast.rtt)
    cast.expect(conv.refuse(syn), ("closed_port", "resource_exhaustion<=60|firewall_reject<=60"), "server")
    cast.cap.wait(0.03)
    cast.forge(conv, conv.s, "SA", ack=syn.end)


@sister("six", "bsd")
def mptcp_not_negotiated(cast):
    """neither SYN bore an MPTCP option: FASTCLOSE means nothing here; distance and the host that goes on say who sent
    it"""
    conv = cast.talk()
    cast.cap.wait(0.4)
    fast_close = [] if cast.honest else [(30, b"\x70\0" + cast.rng.randbytes(8))]
    cast.expect(cast.device(conv, conv.s, options=fast_close),
                ("injected", "policy_reset|mptcp_fastclose<=49|declared<=60"), ON_PATH)
    cast.goes_on(conv, conv.s)


@sister("six", "windows")
def bare_ack_resets_timer(cast):
    """the ACK comes from another distance, without timestamp; without it the timer fits"""
    conv = cast.talk(1)
    cast.cap.wait(30)
    for probe in range(6):
        conv.send(conv.c, "A", b"\0" if not conv.timestamps else b"", seq=conv.c.nxt - 1, advance=False)
        cast.cap.wait(4.9 if probe == 5 else 5)
    cast.forge(conv, conv.s, "A", seq=conv.s.nxt, ack=conv.c.nxt)
    cast.cap.wait(0.1)
    cast.expect(conv.abort(conv.c), ("keepalive_timeout", "app_abort<=60"), "client")


@sister("six", "windows")
def vendor_text_of_client(cast):
    """the reset has all that the client's packets have (hop 0, timestamp): no device wrote the text"""
    conv = cast.talk()
    cast.cap.wait(2)
    text = b"" if cast.honest else F5_TEXT
    reset = conv.send(conv.c, "RA", text, window=0)
    cast.expect(reset, ("app_abort|declared|unread_data", "app_timeout|device_idle_timeout<=49"), "client")
