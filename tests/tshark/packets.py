"""Capture files written byte by byte, for contents that no capture program would write.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import struct

ETHERNET = 1
SYN, RST, ACK = 0x02, 0x04, 0x10


def tcp_frame(source, destination, flags, seq=1000, ack=0, ports=(40000, 80), payload=b""):
    """An Ethernet frame with IPv4 and TCP; addresses are the last byte in 192.0.2.0/24, checksums are left 0."""
    tcp = struct.pack("!HHIIBBHHH", *ports, seq, ack, 5 << 4, flags, 0, 0, 0) + payload
    addresses = bytes([192, 0, 2, source, 192, 0, 2, destination])
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0x4000, 64, 6, 0) + addresses
    return b"\x02\0\0\0\0\x02" + b"\x02\0\0\0\0\x01" + b"\x08\x00" + ip + tcp


def read_pcap(path):
    """(link type, [(microseconds, bytes)]) of a pcap file with microseconds, as editcap -F pcap writes it."""
    data = path.read_bytes()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    link = struct.unpack(order + "I", data[20:24])[0]
    packets, at = [], 24
    while at < len(data):
        seconds, micros, length, _ = struct.unpack(order + "IIII", data[at : at + 16])
        packets.append((seconds * 1000000 + micros, data[at + 16 : at + 16 + length]))
        at += 16 + length
    return link, packets


def interfaces(path):
    """How many a pcapng file describes; the classic format knows one."""
    data, at, found = path.read_bytes(), 0, 0
    if data[:4] != b"\x0a\x0d\x0d\x0a":
        return 1
    while at < len(data):
        kind, size = struct.unpack_from("<II", data, at)
        found += kind == 1
        at += size
    return found


def write_pcap(path, packets, link=ETHERNET):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link))
        for micros, data in packets:
            out.write(struct.pack("<IIII", *divmod(micros, 1000000), len(data), len(data)) + data)
    return path


def write_without_times(path, packets, link=ETHERNET):
    """pcapng with Simple Packet Blocks, which have no timestamp."""

    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        size = struct.pack("<I", len(body) + 12)
        return struct.pack("<I", kind) + size + body + size

    with open(path, "wb") as out:
        out.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        out.write(block(1, struct.pack("<HHI", link, 0, 0)))
        for _, data in packets:
            out.write(block(3, struct.pack("<I", len(data)) + data))
    return path
