#!/usr/bin/env python3
"""Seed corpora for the fuzz targets, made from captures (through tshark), forms of declared reasons, and lines
of kernel traces.

Usage: make-corpus.py FOLDER [CAPTURE...]

Writes FOLDER/engine, FOLDER/declared and FOLDER/trace. Without captures: the sample captures of this repository.
stream.c describes the format of the engine's inputs.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import bisect
import hashlib
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
FIELDS = ["frame.time_epoch", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport", "tcp.flags",
          "tcp.seq_raw", "tcp.ack_raw", "tcp.len", "ip.ttl", "ipv6.hlim", "ip.id", "tcp.window_size_value",
          "tcp.options.mss_val", "tcp.options.wscale.shift", "tcp.options.sack_perm", "tcp.options.timestamp.tsval",
          "tcp.options.timestamp.tsecr", "tcp.payload"]
INPUT_MAX = 2000  # bytes: longer inputs teach the fuzzer nothing more
TUPLES = 6
FIN, SYN, RST, ACK = 1, 2, 4, 16
LENGTHS = [0, 1, 2, 100, 517, 1448, 1460, 16384, 65495, 65535, 300, 12, 24, 4, 8, 50]
UNITS = [1, 20, 1000, 20_000, 200_000, 1_000_000, 60_000_000]  # microseconds

DECLARED = [
    b"", b"\0\0\0", b"BIG-IP: [0x2a1b:123] No local listener", b"BIG-IP: [0x2a1b:123] {peer} handshake timeout",
    b"BIG-IP: [0x1:2] ", b"BIG-IP: [0x1:2", b"\x33\xaa\0\x04\0\0\0\0", b"\x33\xaa\0\xff\0\0\x17\x8b",
    b"\xf3\x17policy \x1b[31mdenied;\n", b"\xf3\x17", b"No route to host", b"Go away (not HTTP)\r\n",
    b"a,b;\"c\"\t{}\n",
    "d\u00e9j\u00e0 vu".encode(), b"\xff" * 128, b"A" * 128,
]

SOCKADDR = "\\x02\\x00\\x00\\x{:02x}\\x0a\\x00\\x00\\x{:02x}" + 20 * "\\x00"
TRACE = [  # of the addresses and ports in fuzz-trace.c
    "# entries-in-buffer/entries-written: 8/9   #P:2\n",
    "  x-418   [000] ..s1. 1.5: tcp_send_reset: skbaddr=00ff skaddr=00 src=10.0.0.1:1 dest=10.0.0.2:2 state=UNKNOWN "
    "reason=NO_SOCKET\n",
    "i: a b-4 ( 7) [000] 2.123456: tcp_send_reset:  skbaddr=(nil) skaddr=0xf src=10.0.0.1:2 dest=10.0.0.2:2 state=0x7 "
    "reason=TCP_ABORT_ON_CLOSE\n",
    "   ss  42 [000] 41.000001:    tcp:tcp_send_reset: skbaddr=(nil) skaddr=0xf src=10.0.0.1:3 dest=10.0.0.2:2 "
    "state=0x1 reason=TCP_STATE\n",
    f"x-4 61.123456789: tcp_send_reset: skbaddr=(nil) src={SOCKADDR.format(4, 1)} dest={SOCKADDR.format(2, 2)} state=7 "
    "reason=15\n",
    "x-4 [0] 81: tcp_send_reset: skbaddr=1 src=[::ffff:10.0.0.1]:1 dest=[::]:0 state=TCP_LISTEN reason=NEW\n",
    "x-4 [000] ..s2. 101.0: tcp_receive_reset: family=AF_INET sport=2 dport=1 saddr=10.0.0.2 daddr=10.0.0.1 "
    "saddrv6=::ffff:10.0.0.2 daddrv6=::ffff:10.0.0.1 sock_cookie=4\n",
    "CPU:1 [LOST 12 EVENTS]\n",
]
SAID = b"\x14\0" + bytes(8) + b"Port denied"
TRAILERS = [
    bytes([1, 5, 1, 0, 0, 0, 0, 2, 50, 2]) + bytes(27) + SAID,
    b"\xf5\xde\xb0\xf5\0\x44\0\1" + b"\0\1\0\2\0\x3c\0\4" + bytes(31) + SAID,
]
# Headers for fuzz-points: all at both points; one direction lost; translated, rewritten, with a different clock.
PLANS = [bytes(24), b"\0\0\0\0" + b"\0\1\0\0\2\0\4\0\0\3" * 2, b"\1\3\2\1" + b"\x10\x10\x30\x20\x10\x50\x14\x90\x1b\x10" * 2]


def output(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True).stdout


def rows(captures):
    """The TCP segments of each capture. One tshark for all of them: its start costs more than a hundred captures."""
    ends, last = [], 0
    for line in output("capinfos", "-TMrc", *captures).splitlines():
        last += int(line.split("\t")[1])
        ends.append(last)
    with tempfile.TemporaryDirectory() as folder:
        together = Path(folder) / "together.pcapng"
        output("mergecap", "-a", "-w", together, *captures)
        wanted = [word for field in ("frame.number", *FIELDS) for word in ("-e", field)]
        text = output("tshark", "-r", together, "-Y", "tcp", "-T", "fields", "-E", "occurrence=f", *wanted)
    found = [[] for _ in captures]
    for line in text.splitlines():
        frame, *values = line.split("\t")
        found[bisect.bisect_left(ends, int(frame))].append(dict(zip(FIELDS, values)))
    return found


def number(text):
    return int(text, 0) if text else 0


class Stream:
    """Mirrors what stream.c remembers about each side, to choose the codes for the numbers."""

    def __init__(self):
        self.sides = {}

    def side(self, key):
        return self.sides.setdefault(key, {"isn": 0, "nxt": 0, "latest": 0, "ack": 0, "reset": 0, "id": 0})

    @staticmethod
    def code(value, own, peer):
        """(code, bytes that follow)"""
        candidates = [own["nxt"], own["nxt"] - 1, own["nxt"] + 1, own["latest"], own["isn"], own["isn"] + 1,
                      peer["ack"], peer["ack"] - 1, 0]
        for code, candidate in enumerate(candidates):
            if candidate % 2**32 == value:
                return code, b""
        return 15, struct.pack(">I", value)

    def remember(self, own, flags, seq, ack, length):
        end = (seq + length + bool(flags & SYN) + bool(flags & FIN)) % 2**32
        if flags & RST:
            own["reset"] = seq
            return
        if flags & SYN:
            own["isn"] = seq
        if flags & SYN or 0 < (end - own["nxt"]) % 2**32 < 2**31:
            own["nxt"] = end
        own["latest"] = seq
        if flags & ACK:
            own["ack"] = ack


def time_code(micros):
    for index, unit in enumerate(UNITS):
        if micros // unit < 32:
            return index << 5 | micros // unit
    return 6 << 5 | 31


def extras_of(row, length, flags):
    bits, data = 0, b""
    if row["tcp.options.mss_val"]:
        bits |= 1
        data += struct.pack(">H", number(row["tcp.options.mss_val"]) & 0xFFFF)
    if row["tcp.options.wscale.shift"]:
        bits |= 2
        data += bytes([number(row["tcp.options.wscale.shift"]) & 0xFF])
    if row["tcp.options.sack_perm"]:
        bits |= 4
    if row["tcp.options.timestamp.tsval"]:
        bits |= 8
        values = (number(row[f"tcp.options.timestamp.{name}"]) & 0xFFFF for name in ("tsval", "tsecr"))
        data += struct.pack(">HH", *values)
    payload = bytes.fromhex(row["tcp.payload"].replace(":", ""))[: 128 if flags & RST else 24]
    if payload and length:
        bits |= 0x8000
        data += bytes([len(payload)]) + payload
    return struct.pack(">H", bits) + data if bits else b""


def record(stream, row, tuple_number, reverse, micros):
    own, peer = (stream.side((tuple_number, direction)) for direction in (reverse, not reverse))
    flags = number(row["tcp.flags"]) & 0xFF
    seq, ack, length = (number(row[name]) for name in ("tcp.seq_raw", "tcp.ack_raw", "tcp.len"))
    seq_code, seq_bytes = stream.code(seq, own, peer)
    ack_code, ack_bytes = stream.code(ack, peer, own)
    extras = extras_of(row, length, flags)
    ip_id = number(row["ip.id"])
    step = (ip_id - own["id"]) % 65536
    id_code = 0x80 if not ip_id else min(step, 0x3F)
    own["id"] = ip_id
    length_code = LENGTHS.index(length) if length in LENGTHS else 3
    stream.remember(own, flags, seq, ack, length)
    head = [tuple_number | reverse << 3 | bool(extras) << 7, flags, time_code(micros), seq_code << 4 | ack_code,
            length_code, number(row["ip.ttl"] or row["ipv6.hlim"]), id_code, number(row["tcp.window_size_value"]) >> 8]
    return bytes(value & 0xFF for value in head) + seq_bytes + ack_bytes + extras


def convert(segments):
    """One input per group of six connections of a capture."""
    places, clients, streams, inputs, times = {}, {}, {}, {}, {}
    for row in segments:
        ends = [(row[f"ip.{end}"] or row[f"ipv6.{end}"], row[f"tcp.{end}port"]) for end in ("src", "dst")]
        key = tuple(sorted(ends))
        place = places.setdefault(key, len(places))
        client = clients.setdefault(key, ends[0])
        group = place // TUPLES
        now = float(row["frame.time_epoch"] or 0)
        micros = max(0, round((now - times.get(group, now)) * 1e6))
        times[group] = now
        inputs.setdefault(group, bytes([bool(row["ipv6.src"]), 255, 0, 0]))
        inputs[group] += record(streams.setdefault(group, Stream()), row, place % TUPLES, ends[0] != client, micros)
    return [data[:INPUT_MAX] for data in inputs.values()]


def write(folder, inputs):
    folder.mkdir(parents=True, exist_ok=True)
    for data in inputs:
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    target = Path(sys.argv[1])
    captures = [Path(name) for name in sys.argv[2:]] or sorted((REPO / "sample-captures").glob("**/*.pcap*"))
    for segments in rows(captures):
        inputs = convert(segments)
        write(target / "engine", inputs)
        write(target / "points", [plan + data for plan in PLANS for data in inputs])
    window = b"\0\0\0\0\0"
    write(target / "declared", [b"\0\0\0" + window + payload for payload in DECLARED])
    write(target / "declared", [bytes([kind, reason, reason & 15]) + window for kind in (2, 3) for reason in range(9)])
    write(target / "declared", [b"\4\0\0" + window + trailer for trailer in TRAILERS])
    write(target / "declared", [struct.pack(">3xHHB", code, 64240, 1) for code in range(9300, 10000, 50)])
    text = "".join(TRACE).encode()
    write(target / "trace", [b"\xff" + line.encode() for line in TRACE] + [b"\x06" + text, b"\xff" + text * 2])


if __name__ == "__main__":
    main()
