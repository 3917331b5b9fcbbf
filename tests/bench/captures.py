#!/usr/bin/env python3
"""Captures for measuring: the same bytes on every run, at any size.

Usage: captures.py KIND FILE [PACKETS]

KIND   mixed    many connections at once, ordinary TCP, 1 % of the packets are resets (20 packets per connection)
       flood    a scan: a SYN and the reset that refuses it, all to distinct ports
       flood6   the same over IPv6
       sweep    a scan for one port: a SYN and the reset that refuses it, all to distinct hosts
       fat      eight long connections with losses and selective acknowledgments
       reused   one pair of addresses and ports, a new connection every six packets
       storm    one connection, then nothing but resets in it
       syns     SYNs to distinct ports, without any answer
       closed   short connections that both sides close
       medley   sweep, syns, storm and mixed, a quarter each

The payload is no known protocol, so nothing above TCP is dissected: the worst case for a plugin that looks only at TCP.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import random
import struct
import sys

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
ETHERNET = bytes.fromhex("020000000001" "020000000002")
PIECE = 20000
SECOND = 1_000_000
ACTIVE = 200  # connections of "mixed" that are open at the same time
SEGMENT = 1448


def options_of_syn(clock):
    return bytes.fromhex("020405b40402") + struct.pack("!BBII", 8, 10, clock, 0) + bytes.fromhex("01030307")


def timestamps(clock, echo):
    return struct.pack("!BBBBII", 1, 1, 8, 10, clock, echo)


class Host:
    """An address with a counter of IP IDs."""

    def __init__(self, address, ttl=64):
        self.address = address
        self.ttl = ttl
        self.ident = 0


class End:
    """One side of a connection."""

    def __init__(self, host, port, seq):
        self.host = host
        self.port = port
        self.seq = seq
        self.ack = 0


def packet(source, target, flags, options=b"", size=0, seq=None, ack=None):
    """One frame from one End to the other; advances the sequence number unless seq is given."""
    source.host.ident = (source.host.ident + 1) & 0xFFFF
    offset = 20 + len(options)
    if len(source.host.address) == 4:
        ip = struct.pack("!HBBHHHBBH4s4s", 0x0800, 0x45, 0, 20 + offset + size, source.host.ident, 0x4000,
                         source.host.ttl, 6, 0, source.host.address, target.host.address)
    else:
        ip = struct.pack("!HIHBB16s16s", 0x86DD, 6 << 28, offset + size, 6, source.host.ttl, source.host.address,
                         target.host.address)
    tcp = struct.pack("!HHIIBBHHH", source.port, target.port, source.seq if seq is None else seq,
                      (source.ack if flags & ACK else 0) if ack is None else ack, offset << 2, flags, 502, 0, 0)
    if seq is None:
        source.seq = (source.seq + size + bool(flags & SYN) + bool(flags & FIN)) & 0xFFFFFFFF
        target.ack = source.seq
    return ETHERNET + ip + tcp + options + bytes(size)


def handshake(client, server, clock):
    yield packet(client, server, SYN, options_of_syn(clock))
    yield packet(server, client, SYN | ACK, options_of_syn(clock + 7))
    yield packet(client, server, ACK, timestamps(clock, clock + 7))


def close(client, server, clock):
    yield packet(client, server, FIN | ACK, timestamps(clock, clock))
    yield packet(server, client, FIN | ACK, timestamps(clock, clock))
    yield packet(client, server, ACK, timestamps(clock, clock))


def exchange(client, server, clock, count):
    """A request and an answer of many segments, `count` packets in total."""
    yield packet(client, server, PSH | ACK, timestamps(clock, clock), 300)
    for step in range(count - 1):
        if step % 3 == 2:
            yield packet(client, server, ACK, timestamps(clock + step, clock))
        else:
            yield packet(server, client, PSH | ACK, timestamps(clock + step, clock), SEGMENT)


def address(number):
    return struct.pack("!I", 10 << 24 | (number * 0x9E3779B1 & 0xFFFFFF))


def ends(number, chance, server):
    """A client at one of a thousand addresses, with its own port, and one of 50 servers."""
    client = Host(address(number % 1000), 64 - number % 12)
    return (End(client, 1024 + number // 1000 % 64000, chance.getrandbits(32)),
            End(server, 5001, chance.getrandbits(32)))


def mixed_connection(number, chance, servers):
    """20 packets; one connection in five is reset, by either side and for various reasons (1 % of all packets)."""
    client, server = ends(number, chance, servers[number % len(servers)])
    clock = number * 3
    yield from handshake(client, server, clock)
    if number % 5:
        yield from exchange(client, server, clock, 14)
        yield from close(client, server, clock + 20)
        return
    yield from exchange(client, server, clock, 16)
    kind = number // 5 % 3
    if kind == 0:  # the server gives up
        yield packet(server, client, RST | ACK)
    elif kind == 1:  # data for a client that is gone
        yield packet(client, server, RST, seq=client.seq)
    else:
        yield packet(client, server, RST | ACK)


def mixed(count):
    chance = random.Random(1)
    servers = [Host(bytes([192, 0, 2, 1 + i]), 60) for i in range(50)]
    active, number = [], 0
    while count > 0:
        while len(active) < ACTIVE:
            active.append(mixed_connection(number, chance, servers))
            number += 1
        at = chance.randrange(ACTIVE)
        data = next(active[at], None)
        if data is None:
            active[at] = active[-1]
            active.pop()
            continue
        yield data
        count -= 1


def address6(number):
    return bytes.fromhex("20010db8" "0000000000000000") + address(number)


def refused(count, scanner, host, ports):
    """SYNs to the ports of one host after another, each refused; a source port for each round of ports."""
    scanner = Host(scanner, 50)
    for number in range(count // 2):
        client = End(scanner, 40000 + number // ports % 20000, number * 0x9E3779B1 & 0xFFFFFFFF)
        server = End(Host(host(number // ports), 60), 1 + number % ports, 0)
        yield packet(client, server, SYN, bytes.fromhex("020405b4"))
        yield packet(server, client, RST | ACK)


def flood(count):
    return refused(count, bytes([198, 51, 100, 7]), address, 65000)


def flood6(count):
    return refused(count, address6(0xFFFFFF), address6, 65000)


def sweep(count):
    return refused(count, bytes([198, 51, 100, 7]), address, 1)


def syns(count):
    scanner = Host(bytes([198, 51, 100, 7]), 50)
    for number in range(count):
        client = End(scanner, 40000 + number // 65000 % 20000, number * 0x9E3779B1 & 0xFFFFFFFF)
        yield packet(client, End(Host(address(number // 65000)), 1 + number % 65000, 0), SYN, bytes.fromhex("020405b4"))


def closed(count):
    """One after another, eight packets each."""
    chance = random.Random(2)
    servers = [Host(bytes([192, 0, 2, 1 + i]), 60) for i in range(50)]
    for number in range(count // 8):
        client, server = ends(number, chance, servers[number % len(servers)])
        yield from handshake(client, server, number)
        yield from exchange(client, server, number, 2)
        yield from close(client, server, number)


def fat_flow(number, chance):
    """A sender with windows of twenty segments; the receiver reports a loss by duplicate ACKs with a SACK block, and
    the segment is retransmitted."""
    receiver = End(Host(bytes([10, 0, 0, 1 + number]), 64), 50000 + number, chance.getrandbits(32))
    sender = End(Host(bytes([192, 0, 2, 1 + number]), 57), 5001, chance.getrandbits(32))
    clock = 1
    yield from handshake(receiver, sender, clock)
    while True:
        lost = chance.randrange(400)  # one in twenty windows loses a segment
        for step in range(20):
            clock += 1
            if step == lost:
                lost_at = sender.seq
                sender.seq = (sender.seq + SEGMENT) & 0xFFFFFFFF
                continue
            data = packet(sender, receiver, ACK, timestamps(clock, clock), SEGMENT)
            yield data
            if lost < step:
                block = struct.pack("!BBBBII", 1, 1, 5, 10, (lost_at + SEGMENT) & 0xFFFFFFFF, sender.seq)
                yield packet(receiver, sender, ACK, timestamps(clock, clock) + block, ack=lost_at)
            elif step % 2:
                yield packet(receiver, sender, ACK, timestamps(clock, clock))
        if lost < 20:
            yield packet(sender, receiver, ACK, timestamps(clock, clock), SEGMENT, seq=lost_at)
            receiver.ack = sender.seq
            yield packet(receiver, sender, ACK, timestamps(clock, clock))


def fat(count):
    chance = random.Random(3)
    flows = [fat_flow(number, chance) for number in range(8)]
    for number in range(count):
        yield next(flows[number // 20 % len(flows)])


def reused(count):
    """Every other connection ends with a reset instead of the server's FIN and the last ACK."""
    chance = random.Random(4)
    hosts = Host(bytes([10, 0, 0, 1])), Host(bytes([192, 0, 2, 1]), 60)
    for number in range(count // 6):
        client = End(hosts[0], 40000, chance.getrandbits(32))
        server = End(hosts[1], 5001, chance.getrandbits(32))
        yield from handshake(client, server, number)
        if number % 2:
            yield from close(client, server, number)
        else:
            yield packet(client, server, PSH | ACK, timestamps(number, number), 300)
            yield packet(server, client, ACK, timestamps(number, number))
            yield packet(client, server, RST | ACK)


def storm(count):
    client = End(Host(bytes([10, 0, 0, 1])), 40000, 1000)
    server = End(Host(bytes([192, 0, 2, 1]), 60), 5001, 2000)
    yield from handshake(client, server, 1)
    yield packet(client, server, PSH | ACK, timestamps(2, 2), 300)
    for _ in range(count - 4):
        yield packet(server, client, RST)


def medley(count):
    for kind in (sweep, syns, storm, mixed):
        yield from kind(count // 4)


KINDS = {kind.__name__: kind for kind in (mixed, flood, flood6, sweep, fat, reused, storm, syns, closed, medley)}


def write(kind, path, count):
    """In pieces: a million packets need no memory. Ten thousand packets per second."""
    micros = 1_700_000_000 * SECOND
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        piece = []
        for data in KINDS[kind](count) if count else ():
            # Long packets are cut, as is usual in captures of this size; TCP sees their real length.
            piece.append(struct.pack("<IIII", *divmod(micros, SECOND), min(len(data), 96), len(data)) + data[:96])
            micros += 100
            if len(piece) == PIECE:
                out.write(b"".join(piece))
                piece.clear()
        out.write(b"".join(piece))


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in KINDS:
        print(__doc__.strip())
        sys.exit(0 if sys.argv[1:] in (["-h"], ["--help"]) else 2)
    if not sys.argv[3:]:
        count = 100000
    elif sys.argv[3].isdigit():
        count = int(sys.argv[3])
    else:
        sys.exit(f"captures.py: '{sys.argv[3]}' is no number of packets")
    try:
        write(sys.argv[1], sys.argv[2], count)
    except OSError as error:
        sys.exit(f"captures.py: {sys.argv[2]}: {error.strerror}")


if __name__ == "__main__":
    main()
