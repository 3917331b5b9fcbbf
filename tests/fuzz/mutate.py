"""Damaged captures: each function writes one file from a capture; a random number generator decides the details.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import struct
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tshark"))

import packets  # noqa: E402  (needs the path above)

RATES = [0.0002, 0.001, 0.005, 0.02, 0.1]
LENGTHS = range(14, 97)
PACKETS_MAX = 2000  # in one file: a file that takes longer teaches nothing more
RST_FLAG_OFFSET = 47  # of the flags in Ethernet, IPv4 without options, TCP


def tool(*args):
    subprocess.run([str(arg) for arg in args], check=True, capture_output=True, timeout=60)


def prepared(capture, folder):
    """A pcap with microseconds, cut to PACKETS_MAX; None if the capture cannot be written in this format."""
    target = folder / "prepared.pcap"
    try:
        tool("editcap", "-F", "pcap", "-r", capture, target, f"1-{PACKETS_MAX}")
    except subprocess.CalledProcessError:
        return None
    return target


def bytes_changed(source, target, random):
    tool("editcap", "-E", random.choice(RATES), "--seed", random.randrange(1, 2**31), source, target)


def headers_changed(source, target, random):
    """Damage only after the Ethernet and IP addresses, so that packets still belong together."""
    tool("editcap", "-o", 36, "-E", random.choice(RATES), "--seed", random.randrange(1, 2**31), source, target)


def truncated(source, target, random):
    tool("editcap", "-s", random.choice(LENGTHS), source, target)


def rewritten(source, target, change):
    link, content = packets.read_pcap(source)
    packets.write_pcap(target, change(content), link)


def shuffled(source, target, random):
    """Other packets with the same timestamps, or the same packets out of order."""

    def change(content):
        times = [micros for micros, _ in content]
        order = list(content)
        random.shuffle(order)
        return order if random.random() < 0.5 else [(micros, data) for micros, (_, data) in zip(times, order)]

    rewritten(source, target, change)


def repeated(source, target, random):
    def change(content):
        out = []
        for packet in content:
            out += [packet] * random.choice([1, 1, 1, 2, 3])
        return out

    rewritten(source, target, change)


def times_changed(source, target, random):
    """Clocks that jump, including to both ends of the range of the file format."""

    def change(content):
        jumps = [0, 1, 10**6, 10**9, 0xFFFFFFFF * 10**6]
        return [(random.choice(jumps) if random.random() < 0.2 else micros, data) for micros, data in content]

    rewritten(source, target, change)


def resets_added(source, target, random):
    """Resets where there were none: the TCP flags of single packets changed."""

    def change(content):
        out = []
        for micros, data in content:
            if len(data) > RST_FLAG_OFFSET and random.random() < 0.1:
                data = data[:RST_FLAG_OFFSET] + bytes([random.randrange(256) | 4]) + data[RST_FLAG_OFFSET + 1 :]
            out.append((micros, data))
        return out

    rewritten(source, target, change)


def random_packets(source, target, random):
    """Nothing from the source."""
    kind = random.choice(["tcp", "tcp", "ip", "ipv6", "eth"])
    tool("randpkt", "-b", random.choice([60, 100, 500]), "-c", 200, "-t", kind, target)


def tcp_noise(source, target, random):
    """TCP with random headers between a few hosts, so that packets belong together by chance."""
    content = []
    for number in range(400):
        flags = random.choice([2, 18, 16, 24, 17, 4, 20, random.randrange(256)])
        body = bytes(random.randrange(256) for _ in range(random.choice([0, 0, 1, 20])))
        frame = packets.tcp_frame(random.choice([1, 2]), random.choice([1, 2, 3]), flags,
                                  seq=random.choice([0, 1000, 1001, 2**32 - 1, random.getrandbits(32)]),
                                  ack=random.choice([0, 1000, 1001, random.getrandbits(32)]),
                                  ports=random.choice([(40000, 80), (80, 40000)]), payload=body)
        if random.random() < 0.3:  # options: garbage with a header length that may lie
            header = frame[:46] + bytes([random.randrange(5, 16) << 4]) + frame[47:54]
            frame = header + bytes(random.randrange(256) for _ in range(random.randrange(41))) + body
            frame = frame[:16] + struct.pack("!H", len(frame) - 14) + frame[18:]
        content.append((number * random.choice([1, 1000, 10**6]), frame))
    packets.write_pcap(target, content)


MUTATIONS = [bytes_changed, headers_changed, truncated, shuffled, repeated, times_changed, resets_added, random_packets,
             tcp_noise]
