"""Logs of somebody else, of another day, or of no time that fits change no verdict: all samples, every format.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import datetime
import random

import tools

LOGS = tools.REPO / "tests" / "logs"
ENDS = ["frame.time_epoch", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport", "tcp.flags"]
SAID = ["frame.number", "rst.cause", "rst.confidence", "rst.sender", "rst.summary", "rst.declared.source",
        "rst.finding.kind", "rst.finding.summary"]
DAY = 86400


def witness(path):
    return ["-o", f'uat:rst_witness:"{path}","",""']


def packets(tshark, bundle):
    """(time, source, port, destination, port, is it a reset) of each SYN and reset over IPv4."""
    for row in tshark.fields(bundle.path, ENDS, "-Y", "tcp.flags.syn == 1 || tcp.flags.reset == 1", passes=1):
        if row["ip.src"] and row["tcp.srcport"] and row["frame.time_epoch"]:
            yield (float(row["frame.time_epoch"][0]), row["ip.src"][-1], row["tcp.srcport"][-1], row["ip.dst"][-1],
                   row["tcp.dstport"][-1], bool(int(row["tcp.flags"][-1], 0) & 4))


def lines(packet, shift):
    """What several devices would write about it, by clocks that are off by so much."""
    time, src, sport, dst, dport, reset = packet
    at = datetime.datetime.fromtimestamp(time + shift, datetime.timezone.utc)
    yield (f"{at:%b %e %H:%M:%S} gw kernel: FW-DROP IN=eth0 OUT= SRC={src} DST={dst} LEN=60 TTL=63 PROTO=TCP SPT={sport} "
           f"DPT={dport} WINDOW=64240 {'RST' if reset else 'SYN'}")
    yield (f"<166>{at:%b %d %Y %H:%M:%S}: %ASA-6-302014: Teardown TCP connection 7 for outside:{src}/{sport} to "
           f"inside:{dst}/{dport} duration 0:00:01 bytes 0 Flow closed by inspection")
    yield (f"[{time + shift:.6f}]  [DESTROY] tcp      6 src={src} dst={dst} sport={sport} dport={dport} src={dst} "
           f"dst={src} sport={dport} dport={sport}")
    yield (f"{at:%Y-%m-%dT%H:%M:%S.%f}Z app: peer {src}:{sport} and {dst}:{dport}: connection reset by device")


def said(tshark, bundle, *options):
    rows = tshark.fields(bundle.path, SAID, "-Y", "rst || rst.finding.kind", *options)
    return {row["frame.number"][0]: row for row in rows}


def assert_unchanged(tshark, bundle, *logs):
    plain = said(tshark, bundle)
    options = [option for log in logs for option in witness(log)]
    for frame, row in said(tshark, bundle, *options).items():
        assert row == plain[frame], bundle.place(int(frame))


def test_foreign_logs_change_nothing(tshark, bundle, tmp_path):
    seen = list(packets(tshark, bundle))
    chance = random.Random(24)
    foreign, days, chaos = (tmp_path / name for name in ("foreign.log", "days.log", "chaos.log"))
    with open(foreign, "wb") as file:
        for log in sorted(LOGS.glob("*.log")):
            file.write(log.read_bytes() + b"\n")
    days.write_text("".join(line + "\n" for shift in (-9 * DAY, DAY, 2 * DAY) for packet in seen[::2]
                            for line in lines(packet, shift)))
    chaos.write_text("".join(line + "\n" for packet in seen[::2]
                             for line in lines(packet, chance.choice((-1, 1)) * chance.uniform(600, 36000))))
    assert_unchanged(tshark, bundle, foreign, days, chaos)
