"""Packets that do not fit their side can be found, wherever Wireshark shows fields, and count nowhere else.

The captures are made by tests/gen/framing.py: what comes from another distance there is a stranger's.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import csv
import io
import json
import re
import shutil
import struct

import packets
import pytest
import tools
from sharkd import Sharkd
from test_framing import built  # noqa: F401  (a fixture)

STRANGER = "ip.ttl == 47 || ipv6.hlim == 47"
CAPTURES = ["data_after", "reset_before_ipv6", "text_in_healthy"]
WORDS = {"sequence number", "acknowledgment number", "hop distance", "timestamp", "checksum"}
both_passes = pytest.mark.parametrize("passes", [1, 2])


@pytest.fixture(scope="module")
def capture(built):  # noqa: F811
    """All of them one after the other; what is read of it is kept."""
    tools.UNCHANGED.append(built.parent)
    return tools.Bundle([built.parent / f"{name}.pcapng" for name in CAPTURES], built.parent / "strangers.pcapng").path


@pytest.fixture
def forged_data(capture, built):  # noqa: F811
    """A reset, then data that does not fit."""
    return built.parent / "data_after.pcapng"


@pytest.fixture
def forged_reset(capture, built):  # noqa: F811
    """A reset that does not fit, then one that does."""
    return built.parent / "reset_before_ipv6.pcapng"


def frames(tshark, capture, display_filter, *args, passes=2):
    rows = tshark.fields(capture, ["frame.number"], "-Y", display_filter, *args, passes=passes)
    return [int(row["frame.number"][0]) for row in rows]


def said(tshark, capture, *args, passes=2):
    """{frame: what does not fit}"""
    rows = tshark.fields(capture, ["frame.number", "rst.foreign"], *args, passes=passes)
    return {int(row["frame.number"][0]): row["rst.foreign"] for row in rows if row["rst.foreign"]}


def words(text):
    return set(re.split(r", | and ", text))


@both_passes
def test_on_the_packet(tshark, capture, passes):
    """What does not fit, whether the field is requested, filtered by, or both."""
    strangers = frames(tshark, capture, STRANGER)
    assert strangers
    assert frames(tshark, capture, "rst.foreign", passes=passes) == strangers
    everywhere = said(tshark, capture, passes=passes)
    assert list(everywhere) == strangers
    assert said(tshark, capture, "-Y", "rst.foreign", passes=passes) == everywhere
    resets = frames(tshark, capture, "rst")
    for frame, (text,) in everywhere.items():
        assert words(text) <= WORDS and "sequence number" in words(text)
        assert frame in resets or {"hop distance", "timestamp"} <= words(text)


@both_passes
def test_in_a_column(tshark, capture, passes):
    columns = 'gui.column.format:"No.","%m","Foreign","%Cus:rst.foreign:0:R"'
    rows = tshark(*["-2"] * (passes == 2), "-r", capture, "-o", columns).splitlines()
    shown = {int(row.split()[0]): [row.split(maxsplit=1)[1]] for row in rows if len(row.split()) > 1}
    assert shown == said(tshark, capture)


def test_at_the_verdict(tshark, capture):
    """A verdict names packets that are foreign, and no others; the reset before which or after which there was one does."""
    foreign = set(said(tshark, capture))
    named = [row["rst.foreign.frame"] for row in tshark.resets(capture, ["rst.foreign.frame"]).values()]
    assert {int(frame) for frames in named for frame in frames} <= foreign


def test_reset_names_the_data_after_it(tshark, forged_data):
    (names,) = tshark.resets(forged_data, ["rst.foreign.frame", "rst.evidence.frame", "rst.evidence.text"]).values()
    first, (text,) = next(iter(said(tshark, forged_data).items()))
    assert names["rst.foreign.frame"] == [str(first)]
    evidence = dict(zip(names["rst.evidence.frame"], names["rst.evidence.text"]))
    assert evidence[str(first)].endswith(f": {text}")


@both_passes
def test_bare_filter(tshark, capture, passes):
    """`rst` and the others match what they matched without foreign packets."""
    assert frames(tshark, capture, "rst", passes=passes) == frames(tshark, capture, "tcp.flags.reset == 1")
    for one in ("rst.finding.kind", "rst.finding.expert.syn_timeout", "rst && rst.foreign && !tcp.flags.reset"):
        assert frames(tshark, capture, one, passes=passes) == []


def test_read_filter(tshark, capture):
    """Rejected frames give their numbers to the next ones: those keep their own answers."""
    names = ["tcp.seq_raw", "rst.foreign"]
    whole = [(row["tcp.seq_raw"], row["rst.foreign"]) for row in tshark.fields(capture, names) if row["tcp.seq_raw"]]
    for text in ("tcp.flags.push == 1 || tcp.flags.reset == 1", "tcp.len == 0", f"!({STRANGER})"):
        kept = frames(tshark, capture, text)
        rows = tshark.fields(capture, names, "-R", text)
        assert [(row["tcp.seq_raw"], row["rst.foreign"]) for row in rows] == [whole[frame - 1] for frame in kept]


def statistics(tshark, capture, passes):
    """{line of the outermost level: count}"""
    text = tshark(*["-2"] * (passes == 2), "-q", "-r", capture, "-z", "rst,tree")
    return {name: int(count) for name, count in re.findall(r"^(\w[^:\n]*?)  +(\d+) ", text, re.MULTILINE)}


@both_passes
def test_statistics(tshark, capture, passes):
    counts = statistics(tshark, capture, passes)
    foreign = frames(tshark, capture, "rst.foreign", passes=passes)
    apart = frames(tshark, capture, "rst.ordinal == 0", passes=passes)
    resets = frames(tshark, capture, "rst", passes=passes)
    assert counts["Foreign packets"] == len(foreign) > 0
    assert counts["Resets outside the connection"] == len(apart)
    assert counts["First resets"] + counts.get("Followers and copies", 0) == len(resets) - len(apart)
    assert set(apart) <= set(foreign)


@both_passes
def test_foreign_reset_stands_apart(tshark, forged_reset, passes):
    """It is no reset of the connection: the one after it is the first."""
    rows = tshark.resets(forged_reset, ["rst.ordinal", "rst.foreign"], passes=passes).values()
    assert [row["rst.ordinal"] for row in rows] == [["0"], ["1"]]
    assert [bool(row["rst.foreign"]) for row in rows] == [True, False]
    counts = statistics(tshark, forged_reset, passes)
    assert (counts["First resets"], counts["Resets outside the connection"]) == (1, 1)
    assert "Followers and copies" not in counts


@both_passes
def test_csv(tshark, capture, passes):
    """Foreign packets are no rows, foreign resets are not added to the resets of a connection."""
    text = tshark(*["-2"] * (passes == 2), "-q", "-r", capture, "-z", "rst,csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["kind"] for row in rows} == {"reset"}
    counted = {name: sum(int(row[name]) for row in rows) for name in ("first_resets", "followers", "outside")}
    ordinals = [row["rst.ordinal"][0] for row in tshark.resets(capture, ["rst.ordinal"], passes=passes).values()]
    assert counted == {"first_resets": ordinals.count("1"), "followers": 0, "outside": ordinals.count("0")}
    for row in rows:
        assert int(row["outside"]) == 0 or row["first_resets"] == row["followers"] == "0"


@both_passes
def test_expert(tshark, capture, passes):
    """One item for each, without a tree as well."""
    text = tshark(*["-2"] * (passes == 2), "-q", "-r", capture, "-z", "expert,note")
    found = re.findall(r"^ +(\d+) +Sequence +TCP Reset Cause +This packet does not fit [^:]*: (.*)$", text, re.MULTILINE)
    assert sum(int(count) for count, _ in found) == len(frames(tshark, capture, STRANGER))
    assert frames(tshark, capture, "rst.foreign.expert", passes=passes) == frames(tshark, capture, STRANGER)


def test_one_packet_again(tshark, capture):
    """sharkd dissects a single packet again, with a tree, after the file was loaded."""
    if not shutil.which("sharkd"):
        pytest.skip("sharkd is not installed")
    with Sharkd(tshark.environment(), []) as server:
        assert server.call("load", file=str(capture))
        foreign = said(tshark, capture)
        assert [row["num"] for row in server.call("frames", filter="rst.foreign")] == list(foreign)
        for frame, (text,) in foreign.items():
            tree = json.dumps(server.call("frame", frame=frame, proto=True)["tree"])
            assert f"Does not fit its side: {text}" in tree
        assert "Does not fit its side" not in json.dumps(server.call("frame", frame=1, proto=True)["tree"])


def test_saved_with_the_reset(tshark, forged_data, tmp_path):
    """What a verdict names is marked: earlier packets go along when the displayed ones are saved."""
    names = tshark.resets(forged_data, ["rst.foreign.frame"])
    out = tmp_path / "out.pcapng"
    tshark("-2", "-r", forged_data, "-Y", "rst", "-w", out)
    expected = {int(frame) for reset, row in names.items() for frame in row["rst.foreign.frame"] if int(frame) < reset}
    assert tools.frame_count(out) >= len(names) + len(expected)


def paths(node, place=()):
    """Where our values are in an object whose keys are split at dots, as databases do."""
    if isinstance(node, list):
        for one in node:
            yield from paths(one, place)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from paths(value, (*place, *key.split(".")))
    elif any(part.startswith("rst") for part in place):
        yield place


def test_values_and_objects_in_json(tshark, capture):
    """rst.foreign and rst.foreign.frame share the beginning of their names, but never one place: the first stands at the
    root of a packet, the second in the item of a reset."""
    places = set()
    for packet in json.loads(tshark("-2", "-r", capture, "-Y", "rst || rst.foreign", "-T", "json")):
        places |= set(paths(packet["_source"]["layers"]))
    assert ("rst", "foreign") in places
    inside = {place[:length] for place in places for length in range(1, len(place))}
    assert not places & inside


SAMPLE = tools.SAMPLES / "app_abort-foreign" / "app_abort-foreign.pcapng"
STRANGERS = 7  # its packets from here on
SUM_AT = 16  # in the TCP header


def folded(content):
    """The sum in one's complement."""
    content += bytes(len(content) % 2)
    total = sum(struct.unpack(f">{len(content) // 2}H", content))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def pseudo(addresses, length):
    return addresses + struct.pack(">IHH", length, 0, 6)


class Packet:
    """A frame of the sample in parts; six: with an IPv6 header instead."""

    def __init__(self, data, six):
        start = 14 + (data[14] & 15) * 4
        self.head, self.segment, self.addresses = data[:start], data[start:], data[26:34]
        if six:
            ends = (b"\x20\x01\x0d\xb8" + bytes(8) + self.addresses[at:at + 4] for at in (0, 4))
            self.addresses = b"".join(ends)
            header = struct.pack(">IHBB", 6 << 28, len(self.segment), 6, data[22])
            self.head = data[:12] + b"\x86\xdd" + header + self.addresses

    def right(self):
        segment = self.segment[:SUM_AT] + b"\0\0" + self.segment[SUM_AT + 2:]
        return folded(pseudo(self.addresses, len(segment)) + segment) ^ 0xFFFF

    def half_done(self, length):
        """What a sender leaves in place of the checksum for its network card."""
        return folded(pseudo(self.addresses, length))

    def bytes(self, checksum):
        return self.head + self.segment[:SUM_AT] + struct.pack(">H", checksum) + self.segment[SUM_AT + 2:]


CHECKSUMS = {  # name: (what the strangers' packets bear, whether that speaks against them)
    "right": (lambda packet: packet.right(), False),
    "wrong": (lambda packet: packet.right() ^ 0x0101, True),
    "offloaded": (lambda packet: packet.half_done(len(packet.segment)), False),
    "offloaded_and_divided": (lambda packet: packet.half_done(0), False),
    "none": (lambda packet: 0, False),
    "cut_off": (lambda packet: packet.right() ^ 0x0101, False),
}


@pytest.mark.parametrize("name", CHECKSUMS)
@pytest.mark.parametrize("six", [False, True], ids=["ipv4", "ipv6"])
def test_checksum(tshark, tmp_path, six, name):
    """It speaks against a packet only if all of that is in the file and no network card was to fill it in."""
    checksum, speaks = CHECKSUMS[name]
    tools.tool("editcap", "-F", "pcap", SAMPLE, tmp_path / "plain.pcap")
    link, content = packets.read_pcap(tmp_path / "plain.pcap")
    parts = [(micros, Packet(data, six)) for micros, data in content]
    changed = [(micros, part.bytes(part.right() if number < STRANGERS else checksum(part)))
               for number, (micros, part) in enumerate(parts)]
    file = packets.write_pcap(tmp_path / "changed.pcap", changed, link)
    if name == "cut_off":
        size = len(changed[STRANGERS][1]) - 1
        tools.tool("editcap", "-F", "pcap", "-s", str(size), file, tmp_path / "cut.pcap")
        file = tmp_path / "cut.pcap"
    found = said(tshark, file)
    assert len(found) == len(content) - STRANGERS
    for (text,) in found.values():
        assert ("checksum" in words(text)) == speaks
