# SPDX-License-Identifier: GPL-2.0-or-later
"""What a scenario of the lab gets: the network of tests/gen, drawn parameters, and the list of expected resets.

A scenario says which reset the host (or the device) sends and why, at the moment it happens: expects(). The labels
are made from that, from the captures at all three points and from the kernel's own reason, which must not contradict.
"""
import os
import random
import socket
import sys
import tempfile
import time
from dataclasses import dataclass, field

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "gen"))

import netlab  # noqa: E402  (needs the path above)
from lab_scenarios import REPLY, REQUEST, exchange  # noqa: E402

CLIENT, SERVER, BOX = "client", "server", "middlebox"
# One-way delay in seconds. Thresholds are tuned on one half of the values and judged on the other.
DELAYS = {"fit": (0.0, 0.004, 0.020, 0.075), "judge": (0.0004, 0.009, 0.035, 0.140)}
# Causes that can only be told from one capture with luck: the truth is kept, but these are accepted in its place.
ALIKE = {
    "app_abort": "unread_data admin_kill",
    "unread_data": "app_abort",
    "admin_kill": "app_abort",
    "process_exit": "app_abort unread_data admin_kill",
    "listener_closed": "app_abort",
    "closed_port": "firewall_reject",
    "app_error": "app_abort",
    "app_timeout": "app_abort",
}


@dataclass
class Expectation:
    cause: str
    sender: str
    bears: str         # "c" or "s": whose address the reset carries
    alike: list
    unsure: str        # capture points at which a single capture cannot decide
    guesses: list      # what is accepted there besides
    least: int
    most: int
    port: int
    seen: int = 0


@dataclass
class Scenario:
    name: str
    play: object
    values: dict
    options: dict
    doc: str = ""
    prefs: dict = field(default_factory=dict)


class World(netlab.Lab):
    """A lab with three captures that remembers what the scenario expects."""

    def __init__(self, scenario, half, slot):
        half, seed = half
        self.rng = random.Random(f"{half} {seed} {scenario.name}")
        options = dict(scenario.options)
        options.pop("long", None)
        delays = options.pop("delays", DELAYS)
        options.setdefault("delay", self.rng.choice(delays[half]))
        family = scenario.values.get("family", 4)
        super().__init__(points="crs", family=family, slot=slot, **options)
        self.expected, self.more_clients = [], set()
        self.temporary = self.link2 = None

    def pick(self, low, high):
        """A parameter of this run."""
        return self.rng.uniform(low, high)

    def folder(self):
        """A directory for configuration and data, removed with the scenario; the programs may run as any user."""
        if self.temporary is None:
            self.temporary = tempfile.TemporaryDirectory(prefix="rstlab")
            os.chmod(self.temporary.name, 0o755)
        return self.temporary.name

    def __exit__(self, *what):
        if self.link2:
            self.link2.running = False
            self.link2.join()
        super().__exit__(*what)
        if self.temporary:
            self.temporary.cleanup()

    @property
    def rtt(self):
        return 2 * self.delay

    @property
    def where(self):
        return self.address["s"]

    def wait(self, seconds=0.0):
        """Let everything arrive, then wait this long."""
        time.sleep(self.rtt + 0.03 + seconds)

    def expects(self, cause, sender, alike=None, unsure="", bears="", times=1, least=None, port=0, guesses=""):
        """The cause of the next reset that carries this address; unsure = points at which nobody could tell, where
        these guesses are accepted too."""
        alike = (ALIKE.get(cause, "") if alike is None else alike).split()
        bears = bears or sender[0]
        least = times if least is None else least
        self.expected.append(Expectation(cause, sender, bears, alike, unsure, guesses.split(), least, times, port))

    def followers(self, sender, port=0, bears=""):
        """Resets in answer to segments that were on their way when the connection was reset: however many there are."""
        self.expects("segment_after_reset", sender, times=1000, least=0, port=port, bears=bears)

    def open(self, side, port=80, **more):
        """A connection: first the end of this side, then the other."""
        c, s = self.pair(port, **more)
        return (c, s) if side == CLIENT else (s, c)

    def visit(self, port=80, listener=None, rounds=1):
        """A healthy connection from SYN to the last ACK."""
        c, s = self.pair(port, listener=listener)
        for _ in range(rounds):
            exchange(c, s)
        s.close()
        c.close()
        self.wait()

    def dial(self, port, sport=0, patience=1.0):
        """A connection attempt that may fail."""
        c = self.client(sport)
        c.settimeout(patience + self.rtt)
        try:
            c.connect((self.where, port))
        except OSError:
            pass
        return c

    def dead(self, way=None):
        """The path drops everything, or everything in one direction."""
        self.link.tamper = lambda flow, packet: [] if way in (None, flow) else [(packet, 0.0)]

    def alive(self):
        self.link.tamper = None

    def on_the_router(self, *rule):
        """An iptables rule on the router, whichever family the scenario uses."""
        self.inside("r", "ip6tables" if self.family == 6 else "iptables", *rule)

    def on_the_server(self, *rule):
        self.inside("s", "ip6tables" if self.family == 6 else "iptables", *rule)

    def second_server(self, port=80, ttl=64):
        """Another host with the server's IPv4 address behind the router, unreachable until the route is switched.
        Its packets start with this TTL: what additional hops would have left of it."""
        self.ns["b"] = f"{self.ns['s']}2"
        netlab.run("ip", "netns", "add", self.ns["b"])
        self.link2 = netlab.Link(self.tun("r", "link1"), self.tun("b", "link1"), self.delay)
        for who in "rb":
            netlab.run("ip", "-n", self.ns[who], "link", "set", "link1", "up")
        netlab.run("ip", "-n", self.ns["b"], "addr", "add", f"{self.where}/32", "dev", "link1")
        netlab.run("ip", "-n", self.ns["b"], "route", "add", "default", "dev", "link1")
        self.sysctl("b", "net.ipv4.ip_default_ttl", ttl)
        self.sysctl("r", "net.ipv4.conf.all.rp_filter", 0)
        self.link2.start()
        listener = self.socket("b")
        listener.bind((self.where, port))
        listener.listen(8)

    def switch_route(self):
        """From now on, the server's address belongs to the second server."""
        netlab.run("ip", "-n", self.ns["r"], "route", "add", self.where, "dev", "link1")

    def keepalive(self, s, idle, interval, count):
        for option, value in ((socket.TCP_KEEPIDLE, idle), (socket.TCP_KEEPINTVL, interval),
                              (socket.TCP_KEEPCNT, count)):
            s.setsockopt(socket.IPPROTO_TCP, option, value)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


SCENARIOS = {}


def scenario(options=None, prefs=None, **axes):
    """Register a scenario once for each combination of values: side=(CLIENT, SERVER), family=(4, 6), ..."""
    def register(play):
        combinations = [{}]
        for axis, values in axes.items():
            combinations = [{**had, axis: value} for had in combinations for value in values]
        for values in combinations:
            words = [play.__name__] + [f"v{v}" if k == "family" else f"{v}" for k, v in values.items()]
            name = "-".join(word.replace(" ", "_") for word in words)
            doc = " ".join(play.__doc__.split())
            SCENARIOS[name] = Scenario(name, play, values, options or {}, doc=doc, prefs=prefs or {})
        return play
    return register


BOTH = (CLIENT, SERVER)
__all__ = ["BOTH", "BOX", "CLIENT", "REPLY", "REQUEST", "SCENARIOS", "SERVER", "World", "exchange", "scenario"]
