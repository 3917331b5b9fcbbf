# SPDX-License-Identifier: GPL-2.0-or-later
"""Traffic of other connections for a capture: ordinary ones that bear what the capture shows of their hosts (link
layer, TTL, round trip, tick of the clock), so that they teach nothing new and change no verdict."""
import collections
import functools
import ipaddress
import math
import struct

SECOND = 10**9
FAR = 1000 * SECOND  # from the capture's own traffic
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
OTHER_CLIENT_PORT, OTHER_SERVER_PORT = 20000, 9
BATCH = 20

# from the server?, flags, delays of the server and of the client so far, further wait in ns, seq, ack, payload bytes
STEPS = (
    (False, SYN, 0, 0, 1 * SECOND, 0, 0, 0),
    (True, SYN | ACK, 1, 0, 1 * SECOND, 0, 1, 0),
    (False, ACK, 1, 1, 1 * SECOND, 1, 1, 0),
    (False, PSH | ACK, 1, 1, 1010000000, 1, 1, 50),
    (True, PSH | ACK, 2, 1, 1010000000, 1, 51, 50),
    (False, ACK, 2, 2, 1010000000, 51, 51, 0),
    (False, FIN | ACK, 2, 2, 2 * SECOND, 51, 51, 0),
    (True, FIN | ACK, 3, 2, 2 * SECOND, 51, 52, 0),
    (False, ACK, 3, 3, 2 * SECOND, 52, 52, 0),
)
BEGUN = 3  # the first of STEPS after the handshake
KNOWN = 3  # handshakes from which on one more teaches nothing of the host's distance
UNHEARD_SYN = (False, SYN, 0, 0, 0, 0, 0, 0)  # no answer to a repeated SYN tells the round trip (Karn's rule)

# src, dst = (address, port)
Packet = collections.namedtuple("Packet", "number time interface src dst flags seq ack ttl")
FIELDS = ("frame.number", "frame.time_epoch", "frame.interface_id", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst",
          "tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.seq_raw", "tcp.ack_raw", "ip.ttl", "ipv6.hlim")


class Unknown(Exception):
    """The capture does not show what a foreign packet would need."""


def nanoseconds(text):
    seconds, _, rest = text.partition(".")
    return int(seconds or 0) * SECOND + int((rest + "0" * 9)[:9])


def packet_of(row):
    """A packet from the values of FIELDS; None for what is no TCP segment, a cut one, or one within another packet."""
    number, time, interface, src4, src6, dst4, dst6, sport, dport, flags, seq, ack, ttl4, ttl6 = row
    src, dst, ttl = src4 or src6, dst4 or dst6, ttl4 or ttl6
    if not (sport and dport and flags and seq and ttl) or "," in src + dst + sport + ttl or (src4 and src6):
        return None
    return Packet(int(number), nanoseconds(time), int(interface or 0), (src, int(sport)), (dst, int(dport)),
                  int(flags, 16), int(seq), int(ack or 0), int(ttl))


class Shown:
    """What the packets of a capture show of its hosts."""

    def __init__(self, packets, frames):
        self.packets, self.frames = packets, frames
        times = [packet.time for packet in packets]
        self.first, self.last = min(times), max(times)
        # A clock that stands tells it by two packets; of one nothing is known.
        self.tick = math.gcd(*(time - self.first for time in times)) if len(times) > 1 else 1
        self.interfaces = list(dict.fromkeys(packet.interface for packet in packets))
        self.by_host = collections.defaultdict(list)
        for packet in packets:
            self.by_host[packet.src[0]].append(packet)
        for question in (self.stranger, self.sent, self.seen_on, self.ttl, self.delay, self.shift, self.link):
            setattr(self, question.__name__, functools.cache(question))  # asked again for each packet

    def clock(self, time):
        return time - (time - self.first) % self.tick if self.tick else self.first

    def ends(self):
        """{(client, server): was it reset?}: the client sent the first SYN, or has the higher port."""
        opened, found = {}, {}
        for packet in self.packets:
            key = frozenset((packet.src, packet.dst))
            if packet.flags & SYN:
                ends = (packet.dst, packet.src) if packet.flags & ACK else (packet.src, packet.dst)
                opened.setdefault(key, ends)
        for packet in self.packets:
            key = frozenset((packet.src, packet.dst))
            if len(key) == 2:
                ends = opened.get(key) or tuple(sorted(key, key=lambda end: -end[1]))
                found[ends] = found.get(ends, False) or bool(packet.flags & RST)
        return found

    def stranger(self, host, number):
        """The address of a host that the capture does not show, of the same version as another one's."""
        block = "198.18.77.{}" if ipaddress.ip_address(host).version == 4 else "2001:db8:77::{}"
        known = {end[0] for packet in self.packets for end in (packet.src, packet.dst)}
        return [block.format(last) for last in range(1, 255) if block.format(last) not in known][number]

    def sent(self, src, dst=None, interface=None):
        """The packets of one address, to another, on an interface."""
        return [packet for packet in self.by_host.get(src, ()) if dst in (None, packet.dst[0]) and
                interface in (None, packet.interface)]

    def seen_on(self, src, dst):
        """The interfaces that show what goes this way; those of the peer for a host that nothing shows."""
        known = self.sent(src, dst) or self.sent(src) or [p for p in self.packets if p.dst[0] == dst]
        return list(dict.fromkeys(packet.interface for packet in known))

    def ttl(self, end, interface):
        own = [p for p in self.sent(end[0], interface=interface) if not p.flags & RST]
        same = [p for p in own if p.src[1] == end[1]] or own
        if not same:
            raise Unknown("no TTL")
        return same[-1].ttl

    def delay(self, address):
        """The shortest time to a SYN-ACK of the host, else to any answer, a reset last of all."""
        best = {}
        waiting = {}
        for packet in self.packets:
            way = (packet.src, packet.dst)
            if packet.dst[0] == address and self.seen_on(packet.src[0], address)[0] == packet.interface:
                waiting[way] = None if way in waiting else packet.time
            asked = waiting.pop(way[::-1], None)
            if packet.src[0] == address and asked is not None and packet.time >= asked:
                rank = 2 if packet.flags & RST else 0 if packet.flags & SYN else 1
                best[rank] = min(best.get(rank, packet.time - asked), packet.time - asked)
        if not best:
            raise Unknown("no round trip")
        return best[min(best)]

    def shift(self, address, interface):
        """How much later than on the first interface, by a packet that both show."""
        originals = {}
        for packet in self.sent(address):
            key = (packet.src, packet.dst, packet.flags, packet.seq, packet.ack)
            if packet.interface == interface and (key not in originals or originals[key].interface != interface):
                return packet.time - originals[key].time if key in originals else 0
            originals.setdefault(key, packet)
        return 0

    def link(self, src, dst, interface):
        """The bytes before the IP header, of a frame that goes this way."""
        version = ipaddress.ip_address(src).version
        for way in (self.sent(src, dst, interface), self.sent(src, None, interface),
                    [p for p in self.packets if p.interface == interface]):
            for packet in way:
                at = ip_header(self.frames[packet.number - 1], packet)
                if at is not None and ipaddress.ip_address(packet.src[0]).version == version:
                    return self.frames[packet.number - 1][:at]
        raise Unknown("no link layer")


def ip_header(frame, packet):
    """Where the IP header begins: found by its two addresses."""
    src, dst = (ipaddress.ip_address(end[0]) for end in (packet.src, packet.dst))
    at = frame.find(src.packed + dst.packed) - (12 if src.version == 4 else 8)
    return at if at >= 0 and frame[at] >> 4 == src.version else None


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data[:len(data) & ~1])) + (data[-1] << 8 if len(data) & 1 else 0)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def segment(src, dst, flags, seq, ack, size, ttl, ident):
    """IP packet with a TCP segment."""
    options = b"\x02\x04\x05\xb4" if flags & SYN else b""
    tcp = struct.pack(">HHIIBBHHH", src[1], dst[1], seq % 2**32, ack % 2**32, (20 + len(options)) << 2, flags, 64240,
                      0, 0) + options + b"x" * size
    source, target = (ipaddress.ip_address(end[0]).packed for end in (src, dst))
    pseudo = source + target + struct.pack(">II", len(tcp), 6)
    tcp = tcp[:16] + struct.pack(">H", checksum(pseudo + tcp)) + tcp[18:]
    if len(source) == 16:
        return struct.pack(">IHBB", 6 << 28, len(tcp), 6, ttl) + source + target + tcp
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), ident, 0x4000, ttl, 6, 0) + source + target
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + tcp


class Talks:
    """Ordinary connections, one after another. Quiet ones tell neither round trip nor distance of a host of which the
    capture shows few handshakes: they had begun before."""

    def __init__(self, shown, at, quiet=False, interface=None):
        self.shown, self.at, self.quiet, self.interface = shown, at, quiet, interface
        self.frames, self.base = [], (0x30000000, 0x50000000)

    def steps(self, server):
        if not self.quiet:
            return STEPS
        handshakes = sum(packet.flags & (SYN | ACK) == SYN | ACK for packet in self.shown.sent(server))
        return STEPS[BEGUN:] if handshakes < KNOWN else (UNHEARD_SYN, *STEPS)

    def add(self, client, server, apart=10 * SECOND, like=None):
        """From client to server; a server that the capture does not know is as far away as another one (like)."""
        ends = (client, server)
        models = (client, like or server)
        delays = [self.shown.delay(end[0]) if self.shown.sent(end[0]) else 0 for end in models[::-1]]
        made = []
        for number, step in enumerate(self.steps(models[1][0])):
            who, flags, servers, clients, wait, seq, ack, size = step
            src, dst, model = ends[who], ends[1 - who], models[who]
            time = self.at + servers * delays[0] + clients * delays[1] + wait
            for interface in self.shown.seen_on(model[0], models[1 - who][0]) or self.shown.interfaces[:1]:
                ttl = self.shown.ttl(model, interface) if self.shown.sent(model[0]) else 60
                packet = segment(src, dst, flags, self.base[who] + seq,
                                 self.base[1 - who] + ack if flags & ACK else 0, size, ttl, 0x4000 + number)
                stamp = self.shown.clock(time + self.shown.shift(model[0], interface))
                link = self.shown.link(model[0], models[1 - who][0], interface)
                made.append((stamp, interface if self.interface is None else self.interface, link + packet))
        self.frames += made
        self.at += apart
        self.base = tuple(base + 100000 for base in self.base)


def same_ports(talks, client, server):
    talks.add(client, server)


def other_port(talks, client, server):
    talks.add((client[0], OTHER_CLIENT_PORT), server)


def twenty(talks, client, server):
    for number in range(BATCH):
        target = talks.shown.stranger(server[0], 0) if number % 2 else server[0]
        talks.add((client[0], OTHER_CLIENT_PORT + number), (target, OTHER_SERVER_PORT), SECOND // 10, server)


def other_ports(talks, client, server):
    talks.add((client[0], OTHER_CLIENT_PORT), (server[0], OTHER_SERVER_PORT), like=server)


def other_hosts(talks, client, server):
    talks.add((talks.shown.stranger(client[0], 1), 40000), (talks.shown.stranger(server[0], 2), 80))


Kind = collections.namedtuple("Kind", "before make every once elsewhere")
KINDS = {
    "same ports, later": Kind(False, same_ports, True, False, False),
    "other port, later": Kind(False, other_port, False, False, False),
    "twenty, later": Kind(False, twenty, False, False, False),
    "other point, later": Kind(False, other_port, False, False, True),
    "other hosts, before": Kind(True, other_hosts, False, True, False),
    "other ports, before": Kind(True, other_ports, False, False, False),
}


def make(shown, name, interfaces):
    """([(time, interface, frame)] in order of time, connections for which the capture does not show enough)."""
    kind = KINDS[name]
    if kind.elsewhere and interfaces < 2:
        return [], 0
    if kind.before and shown.first < FAR:
        return [], 1  # no file tells times before 1970
    talks = Talks(shown, shown.first - FAR if kind.before else shown.last + FAR, kind.before,
                  interfaces if kind.elsewhere else None)
    alone = 0
    for (client, server), reset in shown.ends().items():
        if not reset and not kind.every:
            continue
        try:
            kind.make(talks, client, server)
        except Unknown:
            alone += 1
            continue
        if kind.once:
            break
    return sorted(talks.frames, key=lambda frame: frame[0]), alone
