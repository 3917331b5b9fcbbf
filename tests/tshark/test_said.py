"""Reasons stated in the packet: trailers in F5 captures as Wireshark reads them, and the decoder preferences.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import struct

import packets
import pytest
import tools

CAUSE = b"Port denied"
FIELDS = ["rst.cause", "rst.declared.source", "rst.declared.text"]
STOCK = "f5ethtrailer.rstcausetxt"


def cause(peer=False, text=CAUSE):
    said = bytes([peer]) + bytes(8) + text
    return bytes([len(said)]) + said


def bare(kind, version, value):
    """An item of the trailer format before BIG-IP 14.0."""
    return bytes([kind, len(value) + 1, version]) + value


def bare_medium(version, said):
    before = bytes(16) + bytes(4 if version >= 3 else 0) + bytes(4) + b"\4" + b"\1" + bytes(4) + bytes(version >= 2)
    return bare(2, version, before + said)


def headed(said):
    items = b"".join(struct.pack(">HHHH", 1, kind, len(value) + 8, 4) + value
                     for kind, value in ((1, bytes(4)), (2, bytes(31) + said)))
    return struct.pack(">IHH", 0xF5DEB0F5, len(items) + 8, 1) + items


LOW = bare(1, 1, bytes(4))
TRAILERS = {
    "headed": headed(cause()),
    "headed after a checksum": b"\x11\x22\x33\x44" + headed(cause()),
    "version 1": LOW + bare_medium(1, cause()),
    "version 2": LOW + bare_medium(2, cause()),
    "version 3": LOW + bare_medium(3, cause()),
    "without a cause": headed(b"\0"),
    "bare without a cause": LOW + bare_medium(2, b"\0"),
    "zeros": bytes(30),
}


def with_trailer(tmp_path, trailer):
    """A refused SYN; both frames are padded, as short frames are."""
    syn = packets.tcp_frame(1, 2, 0x02).ljust(60, b"\0")
    reset = packets.tcp_frame(2, 1, packets.RST | packets.ACK, seq=0, ack=1001, ports=(80, 40000)).ljust(60, b"\0")
    return packets.write_pcap(tmp_path / "trailer.pcap", [(0, syn), (100, reset + trailer)])


@pytest.mark.parametrize("name", TRAILERS)
def test_trailer(tshark, tmp_path, name):
    """The same text that Wireshark's own dissector finds, or none if it finds none."""
    capture = with_trailer(tmp_path, TRAILERS[name])
    row = tshark.resets(capture, [*FIELDS, STOCK])[2]
    found = CAUSE in TRAILERS[name]
    assert row[STOCK] == row["rst.declared.text"] == ([CAUSE.decode()] if found else [])
    assert row["rst.cause"] == ["firewall_reject" if found else "closed_port"]
    assert row["rst.declared.source"] == (["f5"] if found else [])


def test_trailer_of_the_other_side(tshark, tmp_path):
    capture = with_trailer(tmp_path, headed(cause(peer=True)))
    assert tshark.resets(capture, FIELDS)[2]["rst.declared.text"] == ["{peer} " + CAUSE.decode()]


def test_trailer_without_wireshark(tshark, tmp_path):
    """Does not depend on Wireshark's dissector, which the user may have disabled."""
    capture = with_trailer(tmp_path, headed(cause()))
    row = tshark.resets(capture, [*FIELDS, STOCK], "--disable-heuristic", "f5ethtrailer", passes=1)[2]
    assert row[STOCK] == [] and row["rst.declared.text"] == [CAUSE.decode()]


def test_trailer_received(tshark, tmp_path):
    """What the BIG-IP received was sent by another host for reasons of its own."""
    received = bare(1, 1, b"\1" + bytes(3))
    capture = with_trailer(tmp_path, received + bare_medium(2, cause()))
    assert tshark.resets(capture, FIELDS)[2]["rst.declared.source"] == []


def test_trailer_cut(tshark, tmp_path):
    capture = with_trailer(tmp_path, headed(cause())[:-1])
    assert tshark.resets(capture, FIELDS)[2]["rst.declared.source"] == []


# Preferences


def sample(folder):
    return next((tools.SAMPLES / folder).glob("*.pcap*"))


@pytest.mark.parametrize("decoder,folder", [
    ("mptcp", "mptcp_subflow_reset"), ("mptcp", "mptcp_fastclose"), ("rst_diag", "resource_exhaustion-declared"),
    ("f5", "no_backend-f5_trailer"), ("netscaler", "proxied-netscaler"), ("text", "declared"),
])
def test_decoder_off(tshark, decoder, folder):
    """Nothing is shown as stated if its decoder is off; the other switches do not matter."""
    capture = sample(folder)
    assert any(row["rst.declared.source"] for row in tshark.resets(capture, FIELDS).values())
    off = tshark.resets(capture, FIELDS, "-o", f"rst.decode_{decoder}:FALSE")
    assert off and not any(row["rst.declared.source"] for row in off.values())
    others = {"mptcp", "rst_diag", "f5", "netscaler", "text"} - {decoder}
    args = [arg for name in sorted(others) for arg in ("-o", f"rst.decode_{name}:FALSE")]
    assert tshark.resets(capture, FIELDS, *args) == tshark.resets(capture, FIELDS)


@pytest.mark.parametrize("value,stated", [
    ("", False), ("203.0.113.113", True), ("198.51.100.1, 203.0.113.113", True), ("203.0.113.112/31", True),
    ("203.0.113.112", False), ("2001:db8::/32", False), ("0.0.0.0/0", True),
])
def test_netscaler_addresses(tshark, value, stated):
    """A window that is only a hint counts as a code when its sender is named as a NetScaler."""
    capture = sample("app_abort-window_9300")
    (row,) = tshark.resets(capture, FIELDS, "-o", f"rst.netscaler_addresses:{value}").values()
    assert row["rst.cause"] == ["device_idle_timeout" if stated else "app_abort"]
    assert row["rst.declared.source"] == (["netscaler"] if stated else [])


@pytest.mark.parametrize("entry", ["nonsense", "203.0.113.113/33", "203.0.113.113/", "/8", "203.0.113.113/x"])
def test_wrong_address(tshark, entry):
    """A wrong entry is reported and ignored; the others count."""
    capture = sample("app_abort-window_9300")
    args = ["-2", "-r", capture, "-Y", "rst", "-T", "fields", "-e", "rst.cause", "-o"]
    done = tshark.run(*args, f"rst.netscaler_addresses:{entry}, 203.0.113.113/32")
    assert done.returncode == 0 and done.stdout.split() == [b"device_idle_timeout"]
    assert f'"{entry}" is not an IP address'.encode() in done.stderr
    assert tshark.run(*args, f"rst.netscaler_addresses:{entry}").stdout.split() == [b"app_abort"]
