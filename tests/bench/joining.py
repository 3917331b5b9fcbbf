#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a large log costs: time and memory of tshark with and without it, for a capture of some connections.

usage: joining.py [--megabytes N] [--connections N] [--share PERCENT] [--build FOLDER] [--keep FOLDER]

The log is that of a busy firewall, in three formats; so many percent of its lines are about the capture.
"""
import argparse
import os
import random
import re
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
START = 1_790_000_000
NOBODY = 65534
SYN, RST, ACK = 2, 4, 16


def packet(second, nanosecond, src, sport, dst, dport, seq, ack, flags, number):
    tcp = struct.pack(">HHIIBBHHH", sport, dport, seq, ack, 0x50, flags, 64240, 0, 0)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40, number & 0xffff or 1, 0x4000, 62, 6, 0, socket.inet_aton(src),
                     socket.inet_aton(dst))
    data = bytes(12) + b"\x08\x00" + ip + tcp
    return struct.pack("<IIII", second, nanosecond, len(data), len(data)) + data


def connections(count):
    """Half of them are dropped, half are reset by the device."""
    for n in range(count):
        yield n, f"10.{n >> 14 & 255}.{n >> 7 & 127}.{n & 127 or 1}", 20000 + n % 40000, START + n % 3000


def write_capture(path, count):
    frames = []
    for n, src, sport, second in connections(count):
        seq, times = n * 7919 & 0xffffffff, (0, 1, 3) if n % 2 else (0,)
        frames += [(second + t, packet(second + t, 1000 * (n % 999), src, sport, "203.0.113.5", 443, seq, 0, SYN, n + t))
                   for t in times]
        if not n % 2:
            frames.append((second, packet(second, 10_000_000 + n, "203.0.113.5", 443, src, sport, 0, seq + 1, RST | ACK,
                                          0)))
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 1))
        for _, frame in sorted(frames, key=lambda one: one[0]):
            file.write(frame)


def line(form, second, src, sport, dst, dport):
    at = time.gmtime(second)
    if form == 0:
        return (f"{time.strftime('%b %d %H:%M:%S', at)} fw7 kernel: FW-REJECT IN=eth0 OUT=eth1 SRC={src} DST={dst} LEN=60 "
                f"TOS=0x00 PREC=0x00 TTL=61 PROTO=TCP SPT={sport} DPT={dport} WINDOW=64240 RES=0x00 SYN URGP=0\n")
    if form == 1:
        return (f"<166>{time.strftime('%b %d %Y %H:%M:%S', at)} fw8 : %ASA-4-106023: Deny tcp src outside:{src}/{sport} dst "
                f"inside:{dst}/{dport} by access-group \"outside_in\" [0x0, 0x0]\n")
    return (f"{time.strftime('%Y-%m-%dT%H:%M:%S.000000Z', at)} proxy app[77]: user=u{sport} GET /index.html?id={second} from "
            f"{src} took 12 ms, status 200, cache miss, upstream 198.51.100.{dport & 127}\n")


def write_log(path, megabytes, count, share):
    chance = random.Random(7)
    own = list(connections(count))
    with open(path, "w", encoding="ascii", buffering=1 << 20) as file:
        block = []
        for n in range(2000):
            block.append(line(n % 3, START + chance.randrange(3600), f"172.16.{chance.randrange(256)}.{n % 250 + 1}",
                              chance.randrange(1024, 65536), f"198.51.100.{chance.randrange(250) + 1}", 443))
        filler = "".join(block)
        rounds = max(1, megabytes * 1_000_000 // len(filler))
        every = max(1, round(100 / share)) if share else rounds + 1
        for n in range(rounds):
            file.write(filler)
            for k in range(max(1, len(block) // every // 100)):
                _, src, sport, second = own[(n * 31 + k) % len(own)]
                file.write(line(n % 2, second, src, sport, "203.0.113.5", 443))
    return os.path.getsize(path)


def as_user():
    return {} if os.geteuid() else {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def measure(build, home, capture, *options):
    """Seconds of the processor and of the clock, megabytes, and the note."""
    command = ["tshark", "-2", "-r", str(capture), *options, "-Y", "rst || rst.finding.kind", "-T", "fields", "-e",
               "frame.number", "-e", "rst.cause", "-e", "rst.witness.line", "-e", "rst.witness.note"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "WIRESHARK_PLUGIN_DIR": str(build / "plugins")}
    began = time.monotonic()
    child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                             **as_user())
    text = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit("joining.py: tshark failed")
    joined = sum(bool(row.split("\t")[2]) for row in text.splitlines())
    note = re.search(r"Witness [^\n\t]*", text)
    return usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss / 1024, joined, note and note[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--share", type=float, default=1, help="percent of the lines that are about the capture")
    parser.add_argument("--build", type=Path, default=REPO / "build" / "release", help="with the plugin")
    parser.add_argument("--keep", type=Path, help="folder for capture and log (default: a temporary one)")
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary)
        os.chmod(temporary, 0o755)
        home = Path(temporary) / "home"
        home.mkdir(mode=0o777)
        os.chmod(home, 0o777)
        capture, log = folder / "capture.pcap", folder / "large.log"
        write_capture(capture, args.connections)
        size = write_log(log, args.megabytes, args.connections, args.share)
        plain = measure(args.build, home, capture)
        heard = measure(args.build, home, capture, "-o", f'uat:rst_witness:"{log}","large","+00:00"')
    print(f"{size / 1e6:.0f} MB of log, {args.connections} connections")
    for name, one in (("without", plain), ("with", heard)):
        print(f"{name:8} {one[0]:7.1f} s of the processor, {one[1]:7.1f} s, {one[2]:6.0f} MB, {one[3]} joined")
    print(heard[4] or "no note")


if __name__ == "__main__":
    main()
