#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Merge sample captures and healthy connections into one mixed capture: tour.py [--samples DIR] [--out DIR]"""
import argparse
import glob
import os
import random
import struct
import sys

import capfile
import findings
from built_host import GET, OK, healthy
from packets import LINUX, START, WINDOWS, Capture, Conv, Host

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = os.path.join(HERE, "..", "..", "sample-captures")
LENGTH = 600  # seconds

# Folder of the sample and the second at which it starts.
PLAN = (
    ("device_idle_timeout", 4), ("closed_port", 9), ("app_abort", 16), ("smb_dual_connect", 21),
    ("fin_wait_timeout", 24),
    ("close_race", 33), ("firewall_reject", 40), ("retransmission_timeout", 52), ("health_check", 61),
    ("data_after_close", 77), ("half_open_scan", 90), ("connection_race", 101), ("unread_data", 113),
    ("resource_exhaustion", 125), ("handshake_timeout", 138), ("process_exit", 160), ("transfer_cancelled", 171),
    ("keepalive_timeout", 180), ("policy_reset-client_hello", 214), ("app_error-tls", 226),
    ("half_open_discovery", 240), ("no_connection", 255), ("zero_window_timeout", 270), ("connect_aborted", 318),
    ("segment_after_reset", 330), ("injected", 345), ("app_timeout", 360), ("unsolicited_synack", 388),
    ("time_wait_reuse", 402), ("challenge_ack_reset", 417), ("listener_closed", 430), ("injected-train", 446),
    ("smb_dual_connect-refused", 461), ("closed_port-windows", 475), ("app_error", 490),
    ("device_idle_timeout-both_ends", 200), ("handshake_timeout-synack", 515), ("connect_aborted-late_synack", 540),
)


class Addresses:
    """Every host in every sample gets an address of its own, so that no rule takes two samples for one host."""

    def __init__(self):
        self.given, self.clients, self.servers = {}, 10, 10

    def __call__(self, sample, old, client):
        key = sample, old
        if key not in self.given:
            if client:
                self.clients += 1
                self.given[key] = bytes((10, 31, 7, self.clients))
            else:
                self.servers += 1
                # Two documentation networks: the outside world is not one subnet.
                net = (198, 51, 100) if self.servers % 2 else (203, 0, 113)
                self.given[key] = bytes((*net, self.servers))
        return self.given[key]


def adjust(check, old, new):
    """Internet checksum after a change of these bytes (RFC 1624, equation 3): correct even if the frame is cut."""
    total = ~check & 0xFFFF
    for a, b in zip(struct.unpack(f">{len(old) // 2}H", old), struct.unpack(f">{len(new) // 2}H", new)):
        total += (~a & 0xFFFF) + b
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def readdress(data, source, target):
    """An IPv4 TCP frame with different addresses."""
    tcp_sum = 14 + (data[14] & 15) * 4 + 16
    old, new = data[26:34], source + target
    data = bytearray(data)
    for at in (24, tcp_sum):
        struct.pack_into(">H", data, at, adjust(struct.unpack_from(">H", data, at)[0], old, new))
    data[26:34] = new
    return bytes(data)


def load(samples, folder, addresses):
    """Frames of a sample with new addresses, and its rows."""
    files = glob.glob(os.path.join(samples, folder, "*.pcap*"))
    if len(files) != 1:
        capfile.die(f"{folder}: no sample capture there (run lab.py and built.py first)")
    frames = capfile.read_frames(files[0])
    segments = [capfile.Segment(data) for _, data in frames]
    clients = {seg.src[0] for seg in segments if seg.ok and seg.flags & 18 == 2}
    # A sample without any SYN shows the client as the higher port.
    clients |= {min(seg.src, seg.dst, key=lambda end: -end[1])[0] for seg in segments[:1] if not clients and seg.ok}
    changed = []
    for (time, data), seg in zip(frames, segments):
        if seg.ok and len(seg.src[0]) == 4:
            data = readdress(data, *(addresses(folder, end[0], end[0] in clients) for end in (seg.src, seg.dst)))
        changed.append((time - frames[0][0], data))
    return changed, capfile.read_rows(os.path.join(samples, folder, "expected.tsv"))


def late_ack(cap, client, server):
    """Four copies of one segment, then the late ACK: a loss that was repaired, no reset."""
    conv = Conv(cap, client, server, 445)
    conv.handshake()
    conv.request(GET, OK)
    data = conv.send(conv.c, "PA", GET)
    for gap in (0.3, 0.6, 1.2):
        cap.wait(gap)
        conv.send(conv.c, "PA", GET, seq=data.seq)
    cap.wait(0.9)
    conv.send(conv.s, "PA", OK)
    cap.wait(0.0001)
    conv.send(conv.c, "A")
    cap.wait(1)
    conv.close()


def kept_alive(cap, client, server):
    """An idle connection whose keepalives are answered."""
    conv = Conv(cap, client, server, 5432)
    conv.handshake()
    conv.request(b"Q\0\0\0\x0dselect 1\0", b"Z\0\0\0\x05I")
    for _ in range(4):
        cap.wait(25)
        conv.send(conv.c, "A", seq=conv.c.nxt - 1)
        cap.wait(conv.rtt)
        conv.send(conv.s, "A")
    conv.request(b"Q\0\0\0\x0dselect 2\0", b"Z\0\0\0\x05I")
    conv.close()


def download(cap, client, server):
    """A longer transfer that ends in order."""
    conv = Conv(cap, client, server, 80)
    conv.handshake()
    conv.request(GET, OK)
    for _ in range(12):
        for _ in range(2):
            conv.send(conv.s, "A", bytes(400))
        cap.wait(0.01)
        conv.send(conv.c, "A")
        cap.wait(0.01)
    conv.close()


def traffic():
    """Healthy connections throughout."""
    rng, frames = random.Random(2026), []
    clients = [Host(f"10.31.7.{n}", stack) for n, stack in ((201, WINDOWS), (202, LINUX), (203, WINDOWS), (204, LINUX))]
    servers = [Host(f"192.0.2.{n}", LINUX, n % 9 + 4) for n in range(11, 16)]
    plays = [late_ack, kept_alive, download] + [healthy] * 22
    for play in plays:
        cap = Capture(now=round(rng.uniform(1, LENGTH - 120) * 1e9))
        play(cap, rng.choice(clients), rng.choice(servers))
        frames += [(frame.time, frame.data) for frame in cap.frames]
    return frames


def without_resets(start):
    """Failures without a reset, after everything else: frames and (frame counted from here, kind, count)."""
    cap = findings.Findings()
    cap.now = start
    client, other = Host("10.31.7.211", LINUX), Host("192.0.2.16", LINUX, 6)
    for fail in (findings.syn_timeout, findings.silent_give_up, findings.no_neighbor):
        healthy(cap, client, other)
        fail(cap, client)
        cap.wait(2)
    healthy(cap, client, other)
    frames, _ = cap.finish()
    return frames, [(frame.number, kind, count) for frame, kind, count in cap.found]


def merge(samples):
    """All frames in chronological order, the rows with their new numbers, and those of failures without a reset."""
    addresses, entries, rows = Addresses(), [], []
    for folder, start in PLAN:
        frames, expected = load(samples, folder, addresses)
        # A few odd milliseconds, so that no two samples seem to be related.
        shift = start * 10**9 + random.Random(folder).randrange(10**9)
        entries += [(shift + time, data, (folder, n)) for n, (time, data) in enumerate(frames, 1)]
        rows += [(folder, *row) for row in expected]
    entries += [(time, data, None) for time, data in traffic()]
    entries.sort(key=lambda entry: entry[0])
    number = {key: n for n, (_, _, key) in enumerate(entries, 1) if key}
    renumbered = sorted((number[folder, int(frame)], cause, sender, number[folder, int(trigger)]
                         if trigger != "-" else None) for folder, frame, cause, sender, trigger in rows)
    frames = [(START * 10**9 + time, data) for time, data, _ in entries]
    last, found = without_resets(entries[-1][0] + 5 * 10**9)
    return frames + last, renumbered, [(len(frames) + number, *rest) for number, *rest in found]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", default=SAMPLES, help="folder that holds the samples")
    parser.add_argument("--out", help="folder that gets the tour (default: the samples' folder)")
    # One line instead of argparse's usage block: the house rule for bad arguments.
    parser.error = lambda message: capfile.die(message)
    args = parser.parse_args()
    frames, rows, found = merge(args.samples)
    out = args.out or args.samples
    if not os.path.isdir(out):
        capfile.die(f"no such folder: {out}")
    capfile.write_pcapng(os.path.join(out, "tour.pcapng"), frames)
    capfile.write_rows(os.path.join(out, "tour.tsv"), rows)
    with open(os.path.join(out, "tour-findings.tsv"), "w", encoding="ascii") as table:
        table.write("frame\tkind\tcount\n")
        table.writelines(f"{frame}\t{kind}\t{count}\n" for frame, kind, count in found)
    print(f"tour: {len(frames)} frames, {len(rows)} resets, {len({row[1] for row in rows})} causes, "
          f"{len(found)} failures without a reset")


if __name__ == "__main__":
    sys.exit(main())
