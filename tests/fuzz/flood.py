#!/usr/bin/env python3
"""A capture of a flood: any number of different addresses and ports, each with the same few segments.

Usage: flood.py FILE CONNECTIONS [KIND]

KIND  syn      a spoofed SYN (default)
      refused  a SYN and the RST,ACK that refuses it
      reset    a reset out of the blue
      data     a data segment out of the blue
      half     a SYN and its SYN-ACK
      full     handshake, request, answer, RST: seven segments
      storm    all on the same addresses and ports: data and a reset in turn

Written in pieces, so that millions of connections need no memory.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import struct
import sys

SYN, RST, PSH, ACK = 2, 4, 8, 16
# (from the client?, flags, sequence, acknowledgment, payload)
KINDS = {
    "syn": [(True, SYN, 1000, 0, 0)],
    "refused": [(True, SYN, 1000, 0, 0), (False, RST | ACK, 0, 1001, 0)],
    "reset": [(True, RST, 1000, 0, 0)],
    "data": [(True, PSH | ACK, 1000, 5000, 8)],
    "half": [(True, SYN, 1000, 0, 0), (False, SYN | ACK, 5000, 1001, 0)],
    "full": [(True, SYN, 1000, 0, 0), (False, SYN | ACK, 5000, 1001, 0), (True, ACK, 1001, 5001, 0),
             (True, PSH | ACK, 1001, 5001, 8), (False, ACK, 5001, 1009, 0), (False, PSH | ACK, 5001, 1009, 8),
             (True, RST | ACK, 1009, 5001, 0)],
    "storm": [(True, PSH | ACK, 1000, 5000, 8), (False, RST, 5000, 0, 0)],
}
SERVER, PORT = bytes([192, 0, 2, 1]), 80
PIECE = 20000


def frame(client, port, from_client, flags, seq, ack, payload):
    ports = (port, PORT) if from_client else (PORT, port)
    source, destination = (client, SERVER) if from_client else (SERVER, client)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 40 + payload, seq & 0xFFFF, 0x4000, 60, 6, 0) + source + destination
    return ip + struct.pack("!HHIIBBHHH", *ports, seq, ack, 5 << 4, flags, 64240, 0, 0) + b"x" * payload


def connection(number, kind):
    """Addresses in 10.0.0.0/8; the multiplier is odd, so no address occurs twice."""
    client = struct.pack("!I", 10 << 24 | (number * 0x9E3779B1 & 0xFFFFFF))
    port = 1024 + (number // 0x1000000 + number) % 60000
    return [frame(client, port, *segment) for segment in KINDS[kind]]


def write(path, count, kind):
    micros = 1_700_000_000_000_000
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for start in range(0, count, PIECE):
            piece = []
            for number in range(start, min(count, start + PIECE)):
                for data in connection(0 if kind == "storm" else number, kind):
                    piece.append(struct.pack("<IIII", *divmod(micros, 1_000_000), len(data), len(data)) + data)
                    micros += 10
            out.write(b"".join(piece))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or sys.argv[-1] not in (*KINDS, sys.argv[2]):
        sys.exit(__doc__)
    write(sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) == 4 else "syn")
