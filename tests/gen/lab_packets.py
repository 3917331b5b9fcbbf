# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets for those scenarios of lab.py that create or change packets on the path."""
import socket
import struct

from scapy.layers.inet import IP, TCP


def tcp_flags(packet):
    return packet[(packet[0] & 15) * 4 + 13] if packet[0] >> 4 == 4 and packet[9] == 6 else 0


def rewrite(packet, seq=0, ack=0, tsecr=0, flags=None, ttl=None):
    """The packet with its numbers shifted by these amounts and its checksums corrected."""
    p = IP(packet)
    p[TCP].seq = (p[TCP].seq + seq) & 0xFFFFFFFF
    p[TCP].ack = (p[TCP].ack + ack) & 0xFFFFFFFF
    if tsecr:
        p[TCP].options = [(k, (v[0], (v[1] + tsecr) & 0xFFFFFFFF)) if k == "Timestamp" else (k, v)
                          for k, v in p[TCP].options]
    if flags is not None:
        p[TCP].flags = flags
    if ttl is not None:
        p.ttl = ttl
    del p.chksum, p[TCP].chksum
    return bytes(p)


def ip_packet(src, dst, ident, tcp):
    """An IPv4 packet with DF around a TCP header; rewrite() fills in the checksums."""
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), ident, 0x4000, 64, 6, 0,
                       socket.inet_aton(src), socket.inet_aton(dst)) + tcp
