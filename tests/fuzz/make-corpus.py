#!/usr/bin/env python3
"""Seed corpora for the fuzz targets, made from captures (through tshark), forms of declared reasons, and lines
of kernel traces.

Usage: make-corpus.py FOLDER [CAPTURE...]

Writes FOLDER/scenes, FOLDER/declared, FOLDER/trace and FOLDER/logs. Without captures: the sample captures of this repository.
Scripts of scenes (scene.c) are for both engine and points.

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
SEGMENTS = 36  # in a script, at least
STEPS_MAX = 96  # longer inputs teach the fuzzer nothing more
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

LOG_ENVELOPES = [
    b'{"@timestamp":"2019-08-15T16:03:31.000Z","message":"%s"}', b'{"log":"%s\\n","time":"2019-08-15T16:03:31Z"}}',
    b"99 <14>1 2019-08-15T16:03:31Z h a - - [x@1 y=\"z\"] %s", b"<14>Aug  5 16:03:31 h : %s", b"- message: '%s'",
    b'[{"message":"%s"},\n{"a":[1,{"b":null}]}]', b'{"logEvents":[{"timestamp":1565885011000,"message":"%s"}]}',
    b"__CURSOR=s\n__REALTIME_TIMESTAMP=1565885011000000\nMESSAGE\n\x40\0\0\0\0\0\0\0%s\n\n", b'a,b,c\n1,"%s",2',
    b"2019-08-15T16:03:31+02:00 h k[1]: %s", b"[16571.459614] %s#012", b'{"message":"%s',
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
# Where segments are captured, in turn: at both points; one direction lost; translated, rewritten, late, changed.
PLANS = [b"\0", b"\0\1\0\0\2\0\4\0\0\3", b"\x10\x10\x30\x20\x10\x50\x14\x90\x1b\x10"]
# The last five bytes of the head: what the user states, clock and translation, kernel trace, unused.
HEADS = [b"\0\0\0\0", b"\3\x33\0\0", b"\1\x30\x83\0"]
KINDS = {SYN: 1, SYN | ACK: 2, ACK: 3, 8 | ACK: 4, FIN | ACK: 5, RST: 6, RST | ACK: 7}
FLAGS, DRESS = 8, 14


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


class Conn:
    """Mirrors what actors.c remembers about each side, to choose the codes for the numbers."""

    def __init__(self, tuple_number):
        first = 1000000 + 100000 * 16 * tuple_number
        self.sides = [self.side(first), self.side(first + 0x40000000)]
        self.offset = [None, None]  # from the numbers of the capture to those of the scene

    @staticmethod
    def side(isn):
        return {"isn": isn, "nxt": isn, "latest": isn, "ack": 0, "reset": 0, "link": 0, "ttl": None, "stamps": False}

    def number(self, value, side):
        """The same number in the scene: the first one of a side becomes its ISN."""
        if self.offset[side] is None:
            self.offset[side] = self.sides[side]["nxt"] - value
        return (value + self.offset[side]) % 2**32

    @staticmethod
    def code(value, own, peer):
        """(code, operand), the nearest there is"""
        known = [own["nxt"], own["nxt"] - 1, own["nxt"] + 1, own["latest"], own["isn"], own["isn"] + 1, peer["ack"],
                 peer["ack"] - 1, 0, own["nxt"] + 1460, own["nxt"] + 65535, own["nxt"] - 65535, own["reset"]]
        for code, candidate in enumerate(known):
            if candidate % 2**32 == value:
                return code, 0
        off = (value - own["nxt"]) % 2**32
        if off < 256:
            return 13, off
        if off > 2**32 - 4096:
            return 14, (2**32 - off) // 16
        return 15, off >> 24

    @staticmethod
    def remember(own, flags, seq, ack, length):
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


def length_code(length):
    return min(range(len(LENGTHS)), key=lambda code: abs(LENGTHS[code] - length))


def dressing(row, own, tuple_number, reverse):
    """Steps that set what the side or its next segment looks like."""
    place, steps = tuple_number | reverse << 3 | DRESS << 4, []
    ttl = number(row["ip.ttl"] or row["ipv6.hlim"])
    if ttl != own["ttl"]:
        steps.append(bytes([place, 0, 0, ttl, 9, 0]))
        own["ttl"] = ttl
    stamps = bool(row["tcp.options.timestamp.tsval"])
    if stamps != own["stamps"] and not number(row["tcp.flags"]) & RST:
        steps.append(bytes([place, 0, 0, 0, 8, 0]))
        own["stamps"] = stamps
    if row["tcp.options.mss_val"]:
        steps.append(bytes([place, 0, 0, bool(row["tcp.options.wscale.shift"]), 0, 0]))
    window = number(row["tcp.window_size_value"])
    if not window or number(row["tcp.flags"]) & RST:
        steps.append(bytes([place, 0, window & 255, window >> 8, 3, 0]))
    return steps


def segment_steps(conn, row, tuple_number, reverse, micros, where):
    own, peer = conn.sides[reverse], conn.sides[not reverse]
    flags = number(row["tcp.flags"]) & 0xFF
    length = number(row["tcp.len"])
    seq = conn.number(number(row["tcp.seq_raw"]), reverse)
    ack = conn.number(number(row["tcp.ack_raw"]), not reverse) if flags & ACK else 0
    seq_code, seq_operand = conn.code(seq, own, peer)
    ack_code, ack_operand = conn.code(ack, peer, own) if flags & ACK else (8, 0)
    conn.remember(own, flags, seq, ack, length)
    kind = KINDS.get(flags, FLAGS)
    operand = flags if kind == FLAGS else seq_operand or ack_operand
    return [*dressing(row, own, tuple_number, reverse),
            bytes([tuple_number | reverse << 3 | kind << 4, time_code(micros), seq_code << 4 | ack_code,
                   length_code(length), operand, where])]


def convert(segments, plan):
    """One script per group of six connections of a capture: (has IPv6, bytes of the steps)."""
    places, clients, conns, scripts, times, ipv6 = {}, {}, {}, {}, {}, {}
    for turn, row in enumerate(segments):
        ends = [(row[f"ip.{end}"] or row[f"ipv6.{end}"], row[f"tcp.{end}port"]) for end in ("src", "dst")]
        key = tuple(sorted(ends))
        place = places.setdefault(key, len(places))
        client = clients.setdefault(key, ends[0])
        group, tuple_number = divmod(place, TUPLES)
        now = float(row["frame.time_epoch"] or 0)
        micros = max(0, round((now - times.get(group, now)) * 1e6))
        times[group] = now
        ipv6[group] = bool(row["ipv6.src"])
        conn = conns.setdefault(place, Conn(tuple_number))
        scripts.setdefault(group, []).extend(
            segment_steps(conn, row, tuple_number, ends[0] != client, micros, plan[turn % len(plan)]))
    return [(ipv6[group], steps) for group, steps in scripts.items()]


def long_enough(scripts):
    """Short scripts one after the other, until each has enough segments; on other tuples, so that they are apart."""
    joined, steps, kind, shift = [], [], False, 0
    for ipv6, more in scripts:
        if steps and (ipv6 != kind or segments_in(steps) >= SEGMENTS):
            joined.append((kind, steps))
            steps, shift = [], 0
        kind = ipv6
        steps = steps + [bytes([(step[0] & 0xF8) | (step[0] + shift) % 8]) + step[1:] for step in more]
        shift += 1
    return [(ipv6, b"".join(steps[:STEPS_MAX])) for ipv6, steps in [*joined, (kind, steps)]]


def segments_in(steps):
    return sum(step[0] >> 4 < DRESS for step in steps)


def write(folder, inputs):
    folder.mkdir(parents=True, exist_ok=True)
    for data in inputs:
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def log_seeds():
    """One line of each shape, with envelopes around it, and several together: fuzz-logs.c."""
    logs = [path.read_bytes().splitlines() for path in sorted((REPO / "tests" / "logs").glob("*.log"))]
    for lines in logs:
        shapes = {bytes(0x30 if 0x30 <= byte <= 0x39 else byte for byte in line)[:24]: line for line in lines}
        for number, line in enumerate(list(shapes.values())[:40]):
            yield b"\x17" + line
            yield b"\x08" + LOG_ENVELOPES[number % len(LOG_ENVELOPES)] % line.replace(b'"', b'\\"')
        yield b"\xff" + b"\n".join(lines[:8])[:2000]
        yield b"\x1c\xff\xfe" + lines[0].decode(errors="replace").encode("utf-16-le")


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    target = Path(sys.argv[1])
    captures = [Path(name) for name in sys.argv[2:]] or sorted((REPO / "sample-captures").glob("**/*.pcap*"))
    found = rows(captures)
    for plan, head in zip(PLANS, HEADS):
        scripts = [script for segments in found for script in convert(segments, plan)]
        write(target / "scenes", [bytes([ipv6, 255, 0, 0]) + head + steps for ipv6, steps in long_enough(scripts)])
    window = b"\0\0\0\0\0"
    write(target / "declared", [b"\0\0\0" + window + payload for payload in DECLARED])
    write(target / "declared", [bytes([kind, reason, reason & 15]) + window for kind in (2, 3) for reason in range(9)])
    write(target / "declared", [b"\4\0\0" + window + trailer for trailer in TRAILERS])
    write(target / "declared", [struct.pack(">3xHHB", code, 64240, 1) for code in range(9300, 10000, 50)])
    write(target / "logs", log_seeds())
    text = "".join(TRACE).encode()
    write(target / "trace", [b"\xff" + line.encode() for line in TRACE] + [b"\x06" + text, b"\xff" + text * 2])


if __name__ == "__main__":
    main()
