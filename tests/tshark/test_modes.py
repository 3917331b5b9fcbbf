"""Modes of running tshark, and captures in which something is missing or odd.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import re

import packets
import pytest
import tools

CASES = tools.sample_captures()
FEW = CASES[::6]
each_sample = pytest.mark.parametrize("capture,table", CASES, ids=tools.sample_ids(CASES))
few_samples = pytest.mark.parametrize("capture,table", FEW, ids=tools.sample_ids(FEW))
RESET = "tcp.flags.reset == 1"


def verdicts(tshark, capture, *args, passes=2):
    """[(cause, sender)] in file order."""
    rows = tshark.resets(capture, ["rst.cause", "rst.sender"], *args, passes=passes)
    return [pair for row in rows.values() for pair in zip(row["rst.cause"], row["rst.sender"])]


def reset_count(tshark, capture, *args):
    """(resets on the wire, resets analyzed), including frames without an analyzed one."""
    rows = tshark.fields(capture, ["tcp.flags.reset", "rst.cause"], "-Y", f"rst || {RESET}", *args)
    wire = sum(sum(tools.truth(row["tcp.flags.reset"])) for row in rows)
    return wire, sum(len(row["rst.cause"]) for row in rows)


def plain(tmp_path, capture):
    """(link type, packets) of a sample."""
    copy = tmp_path / "plain.pcap"
    tools.tool("editcap", "-F", "pcap", capture, copy)
    return packets.read_pcap(copy)


# Modes of running


def test_read_filter_without_resets(tshark, bundle):
    assert verdicts(tshark, bundle.path, "-R", "!tcp.flags.reset") == []


def test_read_filter_only_resets(tshark, bundle):
    """Rejected frames are dissected once and their numbers are reused, but their facts still count."""
    assert verdicts(tshark, bundle.path, "-R", "tcp.flags.reset == 1") == verdicts(tshark, bundle.path)


@few_samples
def test_session_reset(tshark, capture, table):
    """-M forgets everything every few packets: fewer reasons, but no crash and no reset without a verdict. Forgetting is
    as slow as opening a file: small captures."""
    text = tshark("-M", "5", "-r", capture, "-T", "fields", "-e", "tcp.flags.reset", "-e", "rst.cause")
    rows = [line.split("\t") for line in text.splitlines()]
    wire = sum(sum(tools.truth(row[0].split(","))) for row in rows)
    assert sum(bool(cause) for row in rows for cause in row[1].split(",")) == wire > 0


def test_decode_as(tshark, bundle):
    """-d puts TCP back into the table that holds our hook."""
    assert verdicts(tshark, bundle.path, "-d", "ip.proto==6,tcp") == verdicts(tshark, bundle.path)


def test_disabled(tshark, tour):
    assert verdicts(tshark, tour, "--disable-protocol", "rst") == []


def test_other_postdissectors(tshark, tour):
    """TRANSUM requests a tree for every frame; that must not change what we see."""
    assert verdicts(tshark, tour, "--enable-protocol", "transum") == verdicts(tshark, tour)


def test_statistics(tshark, tour):
    """-z rst,tree counts every cause of the tour."""
    text = tshark("-2", "-q", "-r", tour, "-z", "rst,tree")
    for cause, _ in verdicts(tshark, tour):
        assert re.search(rf"\b{cause}\b", text), f"{cause} is missing in:\n{text}"


def test_statistics_without_resets(tshark, tmp_path):
    capture = packets.write_pcap(tmp_path / "ack.pcap", [(0, packets.tcp_frame(1, 2, packets.ACK))])
    assert "rst" in tshark("-q", "-r", capture, "-z", "rst,tree").lower()


def test_expert(tshark, tour):
    """Expert Info counts each reset and each failure without one once."""
    text = tshark("-2", "-q", "-r", tour, "-z", "expert")
    counts = re.findall(r"^\s*(\d+)\s+\S+\s+TCP Reset Cause\s+(?! |Problem \d)", text, re.MULTILINE)
    counted = sum(map(int, counts))
    silent = tshark.fields(tour, ["frame.number"], "-Y", "rst.finding.kind")
    assert counted == len(verdicts(tshark, tour)) + len(silent) > len(silent) > 0, text


# Odd captures


def test_without_time_stamps(tshark, tmp_path, bundle):
    link, content = plain(tmp_path, bundle.path)
    bare = packets.write_without_times(tmp_path / "bare.pcapng", content, link)
    rows = tshark.resets(bare, ["rst.cause", "rst.delay", "rst.idle"])
    assert list(rows) == list(tshark.resets(bundle.path, ["rst.cause"]))
    for frame, row in rows.items():
        assert row["rst.delay"] == row["rst.idle"] == [], f"frame {frame}: no timestamp, but a duration"


def test_without_time_stamps_refused(tshark, tmp_path):
    """A cause that does not depend on time stays the same."""
    capture = next(tools.SAMPLES.glob("closed_port/*.pcap*"))
    link, content = plain(tmp_path, capture)
    bare = packets.write_without_times(tmp_path / "bare.pcapng", content, link)
    assert ("closed_port", "server") in verdicts(tshark, bare)


def directions(tmp_path, capture):
    """The frame numbers of both directions, if the capture has one pair of IPv4 hosts at one capture point."""
    _, content = plain(tmp_path, capture)
    sources = [data[26:30] if data[12:14] == b"\x08\0" else None for _, data in content]
    if len(set(sources)) != 2 or None in sources or packets.interfaces(capture) > 1:
        return None
    there = [number for number, source in enumerate(sources, 1) if source == sources[0]]
    return there, [number for number in range(1, len(sources) + 1) if number not in there]


@each_sample
def test_tap_pair(tshark, tmp_path, capture, table):
    """A network TAP records each direction on its own interface, which is still one capture point."""
    frames = directions(tmp_path, capture)
    if not frames:
        pytest.skip("not one pair of hosts at one capture point")
    halves = [tmp_path / "there.pcapng", tmp_path / "back.pcapng"]
    for half, numbers in zip(halves, frames):
        tools.tool("editcap", "-r", capture, half, *numbers)
    both = tmp_path / "both.pcapng"
    tools.tool("mergecap", "-I", "none", "-w", both, *halves)
    assert packets.interfaces(both) == 2
    assert sorted(verdicts(tshark, both)) == sorted(verdicts(tshark, capture))


@pytest.mark.parametrize("length", [34, 40, 48, 54, 60, 66])
def test_truncated(tshark, tmp_path, tour, length):
    """However little of a reset was captured, there is a verdict if Wireshark shows its flags.

    With 14 bytes of TCP, Wireshark shows no flags, but we may still see a reset.
    """
    short = tmp_path / "short.pcapng"
    tools.tool("editcap", "-s", length, tour, short)
    wire, analyzed = reset_count(tshark, short)
    assert analyzed >= wire
    assert wire > 0 or length < 54


def test_not_a_capture(tshark, stock):
    """The same exit code and error message as without the plugin."""
    ours, theirs = (program.run("-2", "-r", tools.REPO / "LICENSE") for program in (tshark, stock))
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


@few_samples
def test_cut_file(tshark, stock, tmp_path, capture, table):
    """A capture that ends in the middle of a packet."""
    cut = tmp_path / "cut.pcapng"
    cut.write_bytes(capture.read_bytes()[:-7])
    ours, theirs = (program.run("-2", "-r", cut) for program in (tshark, stock))
    assert ours.returncode == theirs.returncode


@pytest.mark.parametrize("flags", [packets.RST, packets.RST | packets.ACK])
def test_without_history(tshark, tmp_path, flags):
    """A lone reset has no known reason, and no known sender side."""
    capture = packets.write_pcap(tmp_path / "lone.pcap", [(0, packets.tcp_frame(1, 2, flags, ack=5))])
    assert [cause for cause, _ in verdicts(tshark, capture)] == ["undetermined"]


def test_port_zero_and_self(tshark, tmp_path):
    """Addresses and ports that no connection has."""
    odd = [
        packets.tcp_frame(1, 1, packets.RST, ports=(80, 80)),
        packets.tcp_frame(1, 2, packets.RST, ports=(0, 0)),
        packets.tcp_frame(1, 2, 0xFF, seq=0xFFFFFFFF, ack=0xFFFFFFFF),
    ]
    capture = packets.write_pcap(tmp_path / "odd.pcap", list(enumerate(odd)))
    assert reset_count(tshark, capture) == (3, 3)


@pytest.mark.parametrize("shift", ["2000000000", "-1700000000", "0.000001"])
def test_shifted_times(tshark, tmp_path, tour, shift):
    """Only time differences count."""
    shifted = tmp_path / "shifted.pcapng"
    tools.tool("editcap", "-t", shift, tour, shifted)
    assert verdicts(tshark, shifted) == verdicts(tshark, tour)


def test_times_that_run_backwards(tshark, tmp_path, bundle):
    """A negative difference is unknown, never a short time."""
    link, content = plain(tmp_path, bundle.path)
    times = sorted((micros for micros, _ in content), reverse=True)
    backward = packets.write_pcap(tmp_path / "back.pcap", list(zip(times, (data for _, data in content))), link)
    rows = tshark.resets(backward, ["rst.cause", "rst.delay", "rst.idle"])
    assert list(rows) == list(tshark.resets(bundle.path, ["rst.cause"]))
    for frame, row in rows.items():
        assert not any(value.startswith("-") for value in row["rst.delay"] + row["rst.idle"]), f"frame {frame}"
