# SPDX-License-Identifier: GPL-2.0-or-later
"""A small world for mixes: hosts, the path between them, and connections as one capture point sees them.

Written with struct, because a mix has thousands of packets and scapy makes two thousand in a second.
"""
import ipaddress
import json
import random
import struct
from pathlib import Path

FIN, SYN, RST, PSH, ACK, ECE, CWR = 1, 2, 4, 8, 16, 64, 128
START = 1790000000.0
PATH = ["middlebox", "network", None, "unknown"]  # who may be named where packets vanish


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~((total & 0xffff) + (total >> 16)) & 0xffff


class Host:
    """ttl: what it starts from; hops: routers between it and the capture point; ids: its IP IDs."""

    def __init__(self, ip, hops=1, ttl=64, ids="zero", stamps=True, window=64240, scale=7, way=.0005):
        self.ip, self.hops, self.ttl, self.ids, self.stamps = ip, hops, ttl, ids, stamps
        self.window, self.scale, self.way = window, scale, way  # way: seconds to the capture point
        self.counter = random.randrange(65536)
        self.clock = random.randrange(1 << 30)
        self.port = random.randrange(33000, 50000)

    def next_port(self):
        self.port += random.randrange(1, 4)
        if self.port > 60000:
            self.port = 33000
        return self.port

    def next_id(self):
        if self.ids == "zero":
            return 0
        self.counter = (self.counter + random.randrange(1, 3)) & 0xffff
        return self.counter


def linux(ip, hops=1, **more):
    return Host(ip, hops, 64, "zero", True, 64240, 7, **more)


def windows(ip, hops=1, **more):
    return Host(ip, hops, 128, "counter", False, 64240, 8, **more)


class World:
    def __init__(self, seed, length=180.0):
        random.seed(seed)
        self.frames = []  # (time, order, bytes, connection)
        self.length = length
        self.truth = []
        self.healthy_count = 0
        self.connections = 0
        self.alias = {}

    def tcp(self, t, src, dst, sport, dport, flags, seq, ack, data=b"", conn=0, options=b"", window=None, ttl=None,
            ip_id=None, stamp=None):
        if not 0 <= t < self.length + 3600:
            return
        bare_reset = flags & RST
        if stamp is not None:
            options += b"\x01\x01\x08\x0a" + struct.pack("!II", *(value & 0xffffffff for value in stamp))
        options += b"\x01" * (-len(options) % 4)
        if window is None:
            window = 0 if bare_reset else max(src.window >> (0 if flags & SYN else src.scale), 501)
        head = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xffffffff, ack & 0xffffffff, (5 + len(options) // 4) << 4,
                           flags, min(window, 65535), 0, 0) + options + data
        one, two = ipaddress.ip_address(src.ip).packed, ipaddress.ip_address(dst.ip).packed
        total = checksum(one + two + struct.pack("!II", len(head), 6) + head)
        self.ip(t, src, dst, 6, head[:16] + struct.pack("!H", total) + head[18:], conn, ttl, ip_id)

    def ip(self, t, src, dst, protocol, payload, conn=0, ttl=None, ip_id=None):
        hops = src.ttl - src.hops if ttl is None else ttl
        one, two = ipaddress.ip_address(src.ip), ipaddress.ip_address(dst.ip)
        if one.version == 4:
            identity = src.next_id() if ip_id is None else ip_id
            packet = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), identity, 0x4000, hops, protocol, 0)
            packet += one.packed + two.packed
            packet = packet[:10] + struct.pack("!H", checksum(packet)) + packet[12:]
            kind = b"\x08\0"
        else:
            packet = struct.pack("!IHBB", 6 << 28, len(payload), protocol, hops) + one.packed + two.packed
            kind = b"\x86\xdd"
        self.frames.append((t, len(self.frames), bytes(12) + kind + packet + payload, conn))

    def icmp(self, t, router, conn, client, server, sport, dport, seq, code, kind=3):
        """A router's error about a SYN of the connection (IPv4)."""
        quoted = struct.pack("!BBHHHBBH", 0x45, 0, 60, 0, 0x4000, 60, 6, 0)
        quoted += ipaddress.ip_address(client.ip).packed + ipaddress.ip_address(server.ip).packed
        quoted += struct.pack("!HHII", sport, dport, seq & 0xffffffff, 0) + bytes(12)
        message = struct.pack("!BBHI", kind, code, 0, 0) + quoted
        self.ip(t, router, client, 1, message, conn)

    def new(self):
        self.connections += 1
        return self.connections

    def number(self, frames):
        """Frame numbers of what was kept, in the order of time."""
        return {entry[1]: n for n, entry in enumerate(frames, 1)}

    def story(self, causes, server, servers, clients, culprit, hits, total=None, timer=None, split=False, join=(),
              ongoing=None, note="", optional=False, also=()):
        self.truth.append(dict(causes=causes, server=server, servers=servers, clients=clients, culprit=culprit,
                               connections_hit=len(set(hits)), connections_hit_also=list(also),
                               connections_total=total, timer_s=timer, may_split=split, may_join_with=list(join),
                               ongoing=ongoing, optional=optional, note=note, hits=set(hits)))

    def may_be_one(self, one, other):
        """Whether two stories have one remedy is a matter of taste."""
        self.truth[one]["may_join_with"] += [other]
        self.truth[other]["may_join_with"] += [one]

    def save(self, folder, name, keep=lambda entry: True, double=0):
        frames = sorted((entry for entry in self.frames if keep(entry) and entry[0] < self.length), key=lambda e: e[:2])
        if double:
            frames = [copy for n, entry in enumerate(frames) for copy in ((entry, (entry[0] + 2e-6, -1 - n) + entry[2:])
                      if n % double == 0 else (entry,))]
        first = {}
        for n, entry in enumerate(frames, 1):
            first.setdefault(entry[3], []).append((n, entry))
        problems = []
        for story in self.truth:
            numbers = []
            for conn in sorted(story["hits"]):
                numbers += [n for n, _ in first.get(conn, [])[:1]]
            problem = {key: value for key, value in story.items() if key != "hits"}
            problem["frames"] = sorted(numbers)
            if len(numbers) < problem["connections_hit"]:  # the rest is not in this view
                problem.update(connections_hit=len(numbers), connections_total=None, clients=None)
            problem["first_frame"], problem["last_frame"] = min(numbers, default=0), max(numbers, default=0)
            if numbers:
                problems.append(problem)
        alias = {str(n): first[conn][0][0] for conn, rows in first.items() if conn
                 for n, entry in rows if entry[2][12:14] == b"\x08\0" and entry[2][23] == 1}
        path = Path(folder) / f"{name}.pcap"
        with path.open("wb") as out:
            out.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 1))
            for t, _, data, _ in frames:
                ns = round((START + t) * 1e9)
                out.write(struct.pack("<IIII", ns // 10**9, ns % 10**9, len(data), len(data)) + data)
        truth = dict(problems=problems, benign_only=not problems, healthy_connections=self.healthy_count,
                     packets=len(frames), alias=alias, capture=path.name)
        path.with_suffix(".json").write_text(json.dumps(truth), encoding="ascii")


class Conn:
    """One connection. self.t is the time at the capture point of the latest packet."""

    def __init__(self, world, t, client, server, port, sport=None, special=b"", flags=0, number=None):
        self.w, self.t, self.client, self.server, self.port = world, t, client, server, port
        self.sport = sport or client.next_port()
        self.special, self.flags = special, flags
        self.seq = {client: random.randrange(1 << 32), server: random.randrange(1 << 32)}
        self.isn = dict(self.seq)
        self.stamps = client.stamps and server.stamps
        self.last = {client: 0, server: 0}
        self.conn = world.new() if number is None else number
        self.before = client

    def other(self, host):
        return self.server if host is self.client else self.client

    def tsval(self, host, t):
        return int(host.clock + t * 1000)

    def send(self, host, flags, data=b"", t=None, seq=None, ack=None, plain=False, **more):
        """At self.t, or later by the way of the packet if the other side sent before."""
        peer = self.other(host)
        if t is None:
            t = self.t + (2 * host.way + random.random() * .0003 if self.before is not host else .00001)
        self.t, self.before = max(self.t, t), host
        stamp = (self.tsval(host, t), self.last[peer]) if self.stamps and not flags & RST and not plain else None
        self.last[host] = self.tsval(host, t)
        start = self.seq[host] if seq is None else seq
        self.w.tcp(t, host, peer, self.sport if host is self.client else self.port,
                   self.port if host is self.client else self.sport, flags, start,
                   (self.seq[peer] if ack is None else ack) if flags & ACK else 0, data, self.conn, stamp=stamp, **more)
        if seq is None:
            self.seq[host] += len(data) + bool(flags & SYN) + bool(flags & FIN)
        return self

    def syn(self, t=None):
        again = self.seq[self.client] != self.isn[self.client]
        mss = b"\x02\x04\x05\xb4" + b"\x01\x03\x03" + bytes([self.client.scale]) + b"\x04\x02" + self.special
        stamps, self.stamps = self.stamps, self.client.stamps
        self.send(self.client, SYN | self.flags, t=self.t if t is None else t, options=mss,
                  seq=self.isn[self.client] if again else None)
        self.stamps = stamps
        self.before = self.client
        return self

    def open(self):
        self.syn()
        self.send(self.server, SYN | ACK, options=b"\x02\x04\x05\xb4\x01\x03\x03" + bytes([self.server.scale]) + b"\x04\x02")
        self.send(self.client, ACK)
        return self

    def refuse(self, tries=1, wait=.5, **more):
        """By the server, or by whoever has these ttl and delay."""
        for n in range(tries):
            self.syn(self.t + wait if n else None)
            self.send(self.server, RST | ACK, seq=0, ack=self.isn[self.client] + 1, **more)
        return self

    def unanswered(self, tries=4):
        wait = 1.0
        start = self.t
        for n in range(tries):
            self.syn(start)
            start += wait
            wait *= 2
        return self

    def ask(self, size=200, data=None, wait=0):
        self.t += wait
        self.send(self.client, PSH | ACK, data or b"GET /%d HTTP/1.1\r\n" % random.randrange(99) + b"x" * size)
        return self

    def answer(self, size=500, data=None, wait=0.002):
        self.t += wait
        data = data or b"HTTP/1.1 200 OK\r\n" + b"y" * size
        while data:
            self.send(self.server, PSH | ACK, data[:1448])
            data = data[1448:]
        self.send(self.client, ACK)
        return self

    def close(self, first=None, wait=0.001):
        first = first or self.client
        self.t += wait
        self.send(first, FIN | ACK)
        self.send(self.other(first), FIN | ACK)
        self.send(first, ACK)
        return self

    def reset(self, host, **more):
        self.send(host, RST | ACK, **more)
        return self

    def repeat(self, host, data, times, wait=.3, factor=2.0):
        """Sends it in vain, again and again."""
        seq = self.seq[host]
        for n in range(times + 1):
            self.send(host, PSH | ACK, data, t=self.t + (wait if n else .01), seq=seq)
            wait *= factor if n else 1
        self.seq[host] = seq + len(data)
        return self


def healthy(world, t, client, server, port, rounds=None, pause=.4, close=None):
    """An ordinary connection."""
    conn = Conn(world, t, client, server, port).open()
    for n in range(rounds or random.randrange(1, 4)):
        conn.ask(random.randrange(40, 300), wait=random.random() * pause if n else 0)
        conn.answer(random.randrange(60, 1300))
    conn.close(close or random.choice((client, server)), wait=random.random() * .2)
    world.healthy_count += 1
    return conn


def traffic(world, clients, services, count, start=0.0, end=None):
    """Ordinary traffic between all of them."""
    end = world.length - 5 if end is None else end
    for _ in range(count):
        server, port = random.choice(services)
        healthy(world, start + random.random() * (end - start), random.choice(clients), server, port)


def benign(world, clients, services, count=10):
    """Resets that need nobody: health checks, resets after an orderly close, readers that cancel."""
    server, port = random.choice(services)
    checker = linux("2001:db8:5::5" if ":" in server.ip else "10.21.0.5", 1)
    for n in range(count):
        conn = Conn(world, 3 + n * 10, checker, server, port).open()
        conn.send(checker, RST | ACK, t=conn.t + .0002)
        world.healthy_count += 1
    for n in range(count):
        server, port = random.choice(services)
        client = random.choice(clients)
        conn = Conn(world, random.random() * (world.length - 5), client, server, port).open().ask().answer()
        conn.send(server, FIN | ACK)
        conn.send(client, FIN | ACK)
        conn.send(client, RST | ACK, t=conn.t + .0002)
        world.healthy_count += 1


def spread(world, count, start=0.0, end=None):
    end = world.length - 8 if end is None else end
    return sorted(start + random.random() * (end - start) for _ in range(count))


def endpoint(server, port):
    return f"[{server.ip}]:{port}" if ":" in server.ip else f"{server.ip}:{port}"


def names(hosts):
    return sorted({host.ip for host in hosts})
