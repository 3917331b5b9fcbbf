# SPDX-License-Identifier: GPL-2.0-or-later
"""Built, not recorded: other stacks and devices, according to published descriptions. The truth is what is built."""
import random
from dataclasses import dataclass, field

import packets
from built_host import GET, OK, SMB_ANSWER, SMB_NEGOTIATE
from built_path import client_hello, routed, server_hello
from packets import FREEBSD, LINUX, WINDOWS, Conv, Host
from world import ALIKE, BOTH, BOX, CLIENT, SERVER

SCENARIOS = {}
RTTS = {"fit": (0.0004, 0.012, 0.060, 0.250), "judge": (0.001, 0.028, 0.110, 0.300)}
HOPS = {"fit": (0, 3, 9, 14), "judge": (1, 5, 11, 17)}
# Like Linux on the wire, but without timestamps in its resets: macOS and iOS.
MACOS = packets.Stack(64, 65535, 6, True, False, True)
# Appliances of which only the resets start at TTL 255.
UNIX = packets.Stack(255, 49640, 0, False, False, False)
STACKS = {"windows": WINDOWS, "macos": MACOS, "freebsd": FREEBSD, "linux": LINUX, "unix": UNIX}


@dataclass
class Built(packets.Capture):
    """A capture that remembers the label of each reset and the parameters drawn for this run."""
    rng: random.Random = None
    rtt: float = 0.02
    hops: tuple = (0, 4)
    labels: list = field(default_factory=list)
    hosts: dict = field(default_factory=dict)

    def expect(self, frame, cause, sender, trigger=None, alike=None, unsure=False):
        self.labels.append((frame, cause, sender, ALIKE.get(cause, "") if alike is None else alike, unsure))
        return frame

    def conv(self, stack, port=80, peer="linux", side=SERVER, client="192.0.2.10", server="198.51.100.20", **more):
        """A connection in which the given side runs the stack in question."""
        stacks = (STACKS[stack], STACKS[peer]) if side == CLIENT else (STACKS[peer], STACKS[stack])
        ends = [self.hosts.setdefault(address, Host(address, kind, hops))
                for address, kind, hops in zip((client, server), stacks, self.hops)]
        return Conv(self, *ends, port, rtt=self.rtt, **more)

    def sides(self, conv, side):
        """(this side, the other)"""
        return (conv.c, conv.s) if side == CLIENT else (conv.s, conv.c)

    def travel(self):
        self.wait(self.rtt)


@dataclass
class Plan:
    name: str
    play: object
    values: dict
    doc: str
    prefs: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)


def built(**axes):
    def register(play):
        combinations = [{}]
        for axis, values in axes.items():
            combinations = [{**had, axis: value} for had in combinations for value in values]
        for values in combinations:
            name = "-".join(["built_" + play.__name__, *map(str, values.values())]).replace(" ", "_")
            SCENARIOS[name] = Plan(name, play, values, " ".join(play.__doc__.split()))
        return play
    return register


def build(name, half):
    """(frames, rows) of one built scenario."""
    plan = SCENARIOS[name]
    half, seed = half
    rng = random.Random(f"{half} {seed} {name}")
    cap = Built(jitter=random.Random(rng.random()), rng=rng, rtt=rng.choice(RTTS[half]),
                hops=(rng.choice((0, 0, 2)), rng.choice(HOPS[half])))
    plan.play(cap, **plan.values)
    frames, _ = cap.finish()
    rows = [("c", frame.number, cause, "-", sender, "no" if unsure else "yes", ",".join(alike.split()) or "-")
            for frame, cause, sender, alike, unsure in cap.labels]
    return frames, sorted(rows)


def talk(cap, conv, rounds=2):
    conv.handshake()
    for _ in range(rounds):
        conv.request(GET, OK)
        cap.wait(cap.rng.uniform(0.05, 0.4))


def give_up(cap, conv, x, gaps):
    """One segment from this end, again and again."""
    first = conv.send(x, "PA", SMB_NEGOTIATE)
    for gap in gaps:
        cap.wait(gap)
        conv.send(x, "PA", SMB_NEGOTIATE, seq=first.seq)


def gaps(first, count, cap=64):
    return [min(first * 2 ** n, cap) for n in range(count)]


def stamped(stack):
    """macOS omits timestamps in its resets; the other stacks in this table send them if the segments have them."""
    return {"options": []} if stack == "macos" else {}


@built(stack=("windows", "freebsd", "macos"), side=BOTH)
def retransmission_timeout(cap, stack, side):
    """The stack retransmits one segment up to its limit (Windows 5 copies, BSD 12) and gives up after one more gap."""
    conv = cap.conv(stack, 445, side=side)
    talk(cap, conv)
    steps = gaps(0.3, 6) if stack == "windows" else gaps(1, 13)
    x, _ = cap.sides(conv, side)
    give_up(cap, conv, x, steps[:-1])
    cap.wait(steps[-1])
    cap.expect(conv.abort(x, **stamped(stack)), "retransmission_timeout", side)


@built(side=BOTH)
def late_ack_then_abort(cap, side):
    """The copies are acknowledged after all, but late; the abort a while later has nothing to do with the loss."""
    conv = cap.conv("windows", 445, side=side)
    talk(cap, conv)
    x, y = cap.sides(conv, side)
    give_up(cap, conv, x, gaps(0.3, 5))
    cap.wait(3)
    conv.send(y, "PA", SMB_ANSWER)
    cap.travel()
    conv.send(x, "A")
    cap.wait(cap.rng.uniform(0.8, 2))
    cap.expect(conv.abort(x), "app_abort", side)


@built(count=(7, 10))
def zero_window_timeout(cap, count):
    """The receiver keeps its window closed and answers every probe; the sender gives up."""
    conv = cap.conv("windows", 9100, side=CLIENT)
    conv.handshake()
    for window in (320, 0):
        conv.send(conv.c, "A", bytes(1000))
        cap.travel()
        conv.send(conv.s, "A", window=window)
    for gap in gaps(0.3, count, 20):
        cap.wait(gap)
        conv.send(conv.c, "A", b"\0", advance=False)
        cap.travel()
        conv.send(conv.s, "A", window=0)
    cap.wait(20)
    cap.expect(conv.abort(conv.c), "zero_window_timeout", CLIENT, alike="app_abort")


@built(stack=("windows", "freebsd"), side=BOTH)
def keepalive(cap, stack, side):
    """An idle side's probes go unanswered: Windows sends ten at one second, BSD eight at 75."""
    conv = cap.conv(stack, 1433, side=side)
    talk(cap, conv)
    x, _ = cap.sides(conv, side)
    cap.wait(30 if stack == "windows" else 7200)
    count, every, payload = (10, 1, b"\0") if stack == "windows" else (8, 75, b"")
    for _ in range(count):
        conv.send(x, "A", payload, seq=x.nxt - 1)
        cap.wait(every)
    cap.expect(conv.abort(x, **stamped(stack)), "keepalive_timeout", side)


@built(stack=("windows", "macos", "freebsd", "unix"))
def refused(cap, stack):
    """A closed port on another stack; the host has a service on another port. Windows clients repeat the SYN."""
    talk(cap, cap.conv(stack, 443, peer="windows"))
    conv = cap.conv(stack, 8443, peer="windows")
    for _ in range(cap.rng.choice((1, 3))):
        syn = conv.syn()
        cap.travel()
        cap.expect(conv.refuse(syn), "closed_port", SERVER)
        cap.wait(0.5)


@built()
def refused_with_other_initial_ttl(cap):
    """A host whose resets start at TTL 255 while everything else starts at 64: same distance, different code path."""
    talk(cap, cap.conv("freebsd", 443))
    conv = cap.conv("freebsd", 8443)
    syn = conv.syn()
    cap.travel()
    cap.expect(conv.send(conv.s, "RA", seq=0, ack=syn.end, window=0, options=[], ttl=255 - cap.hops[1]),
               "closed_port", SERVER)


@built()
def backlog_full(cap):
    """A Windows server with a full backlog refuses some connections and accepts others on one port within a second."""
    for accepted in (True, False, True, False, False, True, False, True):
        conv = cap.conv("windows", 8080)
        if accepted:
            conv.handshake()
            conv.request(GET, OK, think=0)
            conv.close()
        else:
            syn = conv.syn()
            cap.travel()
            cap.expect(conv.refuse(syn), "resource_exhaustion", SERVER)
        cap.wait(0.05)


@built(stack=("windows", "freebsd"))
def time_wait_direct(cap, stack):
    """The server is in TIME-WAIT; the client reuses its port with a lower number, and this stack resets the SYN."""
    old = cap.conv(stack, 80, peer="windows", isn=0x7A100000, sport=51515)
    talk(cap, old)
    old.send(old.s, "FA")
    cap.travel()
    old.send(old.c, "A")
    old.send(old.c, "FA")
    cap.travel()
    old.send(old.s, "A")
    cap.wait(cap.rng.uniform(2, 40))
    new = cap.conv(stack, 80, peer="windows", isn=0x7A000000, sport=51515)
    syn = new.syn()
    cap.travel()
    cap.expect(new.refuse(syn), "time_wait_reuse", SERVER, alike="closed_port")


@built(which=("reset", "refused"))
def smb(cap, which):
    """Windows tries 445 and 139 at the same time; 139 loses: reset after its SYN-ACK, or refused by the server."""
    one, two = cap.conv("windows", 445, peer="windows"), cap.conv("windows", 139, peer="windows")
    one.syn()
    two.syn()
    one.synack()
    one.send(one.c, "A")
    if which == "reset":
        two.rtt = 0.0003
        answer = two.synack()
        cap.expect(two.bare(two.c, answer), "smb_dual_connect", CLIENT)
    else:
        syn = two.cap.frames[1]
        cap.expect(two.refuse(syn), "smb_dual_connect", SERVER, alike="closed_port")
    one.request(SMB_NEGOTIATE, SMB_ANSWER)


@built(count=(4, 6))
def synack_unanswered(cap, count):
    """The client never answers; the server retransmits its SYN-ACK and then resets."""
    conv = cap.conv("windows", 443)
    conv.syn()
    conv.rtt = 0.0001
    for gap in gaps(1, count):
        conv.synack()
        cap.wait(gap)
    cap.expect(conv.abort(conv.s), "handshake_timeout", SERVER)


@built(count=(4, 7))
def syn_unanswered(cap, count):
    """The SYN gets no answer; the client then sends a reset, as some mobile stacks do."""
    conv = cap.conv("linux", 5228)
    for gap in gaps(1, count):
        conv.syn()
        cap.wait(gap)
    cap.expect(conv.abort(conv.c, seq=conv.c.isn, ack=0, window=0, options=[]), "handshake_timeout", CLIENT)


@built(stack=("windows", "macos", "freebsd"), side=BOTH, idle=("soon", "idle"))
def abort(cap, stack, side, idle):
    """An application's abort on another stack, with its habits: window 0 (Windows) or no timestamps (macOS)."""
    conv = cap.conv(stack, 443, side=side)
    talk(cap, conv, rounds=3)
    cap.wait(cap.rng.uniform(0.2, 2) if idle == "soon" else cap.rng.uniform(33, 170))
    x, _ = cap.sides(conv, side)
    cap.expect(conv.abort(x, **stamped(stack)), "app_abort", side,
               alike="unread_data admin_kill" + (" app_timeout" if idle == "idle" else ""))


@built(stack=("windows", "macos"))
def data_after_close(cap, stack):
    """The side has closed and acknowledges nothing more; the peer's next message is reset."""
    conv = cap.conv(stack, 443)
    talk(cap, conv)
    conv.send(conv.s, "FA")
    cap.travel()
    conv.send(conv.c, "A")
    cap.wait(cap.rng.uniform(0.1, 2))
    trigger = conv.send(conv.c, "PA", GET)
    cap.travel()
    # Older Windows leaves an ACK number in a bare reset.
    cap.expect(conv.bare(conv.s, trigger, **({"ack": trigger.end} if stack == "windows" else {})),
               "data_after_close", SERVER)


@built()
def windows_close(cap):
    """The server's FIN, ACK, the client's FIN, and a reset by the client right after it."""
    conv = cap.conv("windows", 443, side=CLIENT)
    talk(cap, conv)
    conv.send(conv.s, "FA")
    cap.travel()
    conv.send(conv.c, "A")
    cap.wait(0.001)
    conv.send(conv.c, "FA")
    cap.wait(0.0005)
    cap.expect(conv.abort(conv.c), "close_race", CLIENT)


@built(stack=("windows", "freebsd"))
def rebooted(cap, stack):
    """The server restarted: the client's next request reaches a host without the connection."""
    conv = cap.conv(stack, 1433)
    talk(cap, conv)
    cap.wait(cap.rng.uniform(1, 20))
    trigger = conv.send(conv.c, "PA", GET)
    cap.travel()
    cap.expect(conv.bare(conv.s, trigger), "no_connection", SERVER, alike="device_idle_timeout session_failover")


@built(nearer=(3, 6))
def device_on_hello(cap, nearer):
    """A device resets a ClientHello because of its name, nearer and sooner than the server, which still answers."""
    cap.rtt, cap.hops = max(cap.rtt, 0.03), (0, 10)
    for _ in range(3):
        talk(cap, cap.conv("linux", 443), 1)
    conv = cap.conv("linux", 443)
    conv.handshake()
    hello = conv.send(conv.c, "PA", client_hello(b"blocked.example"))
    cap.wait(0.004)
    cap.expect(conv.send(conv.s, "R", seq=hello.ack, ack=0, window=0, options=[], ttl=64 - 10 + nearer, ident=0,
                         advance=False), "policy_reset", BOX, alike="injected")
    cap.wait(cap.rtt - 0.004)
    answer = conv.send(conv.s, "A", server_hello())
    cap.expect(conv.bare(conv.c, answer), "segment_after_reset", CLIENT)


@built()
def device_expiry(cap):
    """A device resets both ends when its idle timer expires, although nobody sent anything."""
    cap.hops = (2, 9)
    conv = cap.conv("linux", 1521)
    talk(cap, conv)
    cap.wait(cap.rng.choice((240, 300, 350)))
    style = {"window": 0, "options": [], "ttl": 255 - 1, "df": False}
    cap.expect(conv.send(conv.s, "RA", **style), "device_idle_timeout", BOX, alike="injected")
    cap.wait(0.0002)
    cap.expect(conv.send(conv.c, "RA", **style), "device_idle_timeout", BOX, alike="injected")


@built(kind=("gfw", "tcpkill"))
def trains(cap, kind):
    """Bursts of forged resets with guessed numbers."""
    cap.hops = (0, 12)
    for _ in range(2):
        talk(cap, cap.conv("linux", 80), 1)
    conv = cap.conv("linux", 80)
    talk(cap, conv)
    message = conv.send(conv.c, "PA", GET)
    cap.wait(0.003)
    steps = (0, 1460, 4380) if kind == "gfw" else (0, 501, 1503)
    for n, ahead in enumerate(steps):
        cap.expect(conv.send(conv.s, "RA" if kind == "gfw" else "R", seq=message.ack + ahead, ack=message.end,
                             window=(7000 + 401 * n) if kind == "gfw" else 0, options=[], ttl=50 + 3 * n, df=False,
                             ident=cap.rng.randrange(1, 60000), advance=False), "injected", BOX, alike="policy_reset")
        cap.wait(0.0001)
    cap.travel()
    answer = conv.send(conv.s, "PA", OK)
    cap.expect(conv.bare(conv.c, answer), "segment_after_reset", CLIENT)


F5 = {"{peer} TCP RST from remote system": "proxied", "No pool member available": "no_backend",
      "Connection limit exceeded": "resource_exhaustion", "TCP retransmit timeout": "retransmission_timeout"}


@built(text=F5)
def f5(cap, text):
    """A load balancer writes its reason into the reset: whatever it says, that is who sent it."""
    conv = cap.conv("linux", 443)
    talk(cap, conv, 1)
    cap.wait(0.5)
    reset = conv.send(conv.s, "RA", b"BIG-IP: [0x2409a71:704] " + text.encode(), window=0, options=[])
    cap.expect(reset, F5[text], BOX, alike="declared")


@built()
def mirrored(cap):
    """A mirror port that shows each packet before and after routing."""
    conv = cap.conv("windows", 80, side=CLIENT)
    talk(cap, conv)
    cap.wait(0.8)
    reset = cap.expect(conv.abort(conv.c), "app_abort", CLIENT)
    for frame in list(cap.frames):
        copy = routed(frame)
        cap.frames.append(copy)
        if frame is reset:
            cap.expect(copy, "duplicate", CLIENT)


@built(stack=("windows", "macos"), period=(15, 60, 120))
def server_timer(cap, stack, period):
    """The server's application ends idle connections after a round number of seconds."""
    open_until = []
    for n in range(4):
        conv = cap.conv(stack, 443, sport=50000 + n)
        talk(cap, conv, 1)
        open_until.append((conv, cap.now))
        cap.wait(cap.rng.uniform(0.7, 2))
    for conv, last in open_until:
        last_reply = max(f.time for f in cap.frames if f.ack == conv.c.nxt and f.time <= last)
        cap.now = max(cap.now, last_reply + round((period + cap.rng.uniform(0.001, 0.01)) * 1e9))
        cap.expect(conv.abort(conv.s, **stamped(stack)), "app_timeout", SERVER)
