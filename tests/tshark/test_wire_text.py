"""Text from the wire is escaped when shown, so that a reset cannot forge our lines, columns or objects.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import csv
import io
import json
import re
from xml.etree import ElementTree

import packets
import pytest
import tools

F5 = b"BIG-IP: [0x2a1b:123] "
DIAGNOSTIC = b"\xf3\x17"
KEPT = 128  # bytes of a payload that are examined
# (what comes before the text, the text)
PAYLOADS = [
    (F5, b"evil\n    1   0.0 192.0.2.9 -> 192.0.2.1 TCP forged line\n"),
    (F5, b"tab\tsemicolon;comma,quote\"apostrophe'"),
    (F5, b"\x1b[31mred\x1b[0m\x1b]0;title\x07\x08\x7f\x00end"),
    (F5, b'"}, "rst": {"rst.cause": "closed_port"}'),
    (DIAGNOSTIC, "na\u00efve \u202egnp.exe \u0001\u2028".encode()),
    (F5, b"\xff\xfe\xc0\xaf\xed\xa0\x80 not UTF-8"),
    (DIAGNOSTIC, b"</field><field name=\"rst.cause\" show=\"closed_port\"/>&amp;"),
    (DIAGNOSTIC, b"\\x41 is no A, \\ and %s%n%999999d"),
    (b"", b"Go away\r\nX-Forged: [RST: Closed port]\r\n"),
    (b"", b"=cmd|' /C calc'!A0"),
    (b"", b"long " * 300),
    (b"", b'x","closed_port","forged'),
    (b"", b"%s %n %s %n"),
]
PRINTABLE = re.compile(r"[\x20-\x7e]*")
OURS = ["rst.declared.text", "rst.summary", "rst.evidence.text"]


@pytest.fixture(scope="module")
def capture(tmp_path_factory):
    frames = []
    for number, (head, text) in enumerate(PAYLOADS):
        ports = (40000 + number, 80)
        frames.append(packets.tcp_frame(1, 2, packets.ACK, ports=ports, payload=b"GET / HTTP/1.0\r\n\r\n"))
        frames.append(packets.tcp_frame(2, 1, packets.RST | packets.ACK, ports=ports[::-1], payload=head + text))
    path = tmp_path_factory.mktemp("wire") / "wire.pcap"
    return packets.write_pcap(path, [(1000 * number, data) for number, data in enumerate(frames)])


def unescaped(text):
    # Since 4.2, tshark doubles backslashes when it prints a string; we write a backslash as \x5c, so none is doubled.
    text = text.replace("\\\\", "\\")
    return re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes([int(match[1], 16)]), text.encode())


def printable(value):
    return PRINTABLE.fullmatch(value) is not None


def test_fields(tshark, capture):
    """One line per reset, and the text can be decoded again byte by byte."""
    text = tshark("-2", "-r", capture, "-Y", "rst", "-T", "fields", *(arg for name in OURS for arg in ("-e", name)))
    rows = [line.split("\t") for line in text.split("\n")[:-1]]
    assert len(rows) == len(PAYLOADS)
    for row, (head, payload) in zip(rows, PAYLOADS):
        assert len(row) == len(OURS) and all(map(printable, row))
        assert ";" not in "".join(row)
        assert unescaped(row[0]) == (head + payload)[:KEPT][len(head) :]


def test_csv(tshark, capture):
    """As a spreadsheet reads it: no more columns, no more rows."""
    fields = ["rst.declared.source", "rst.declared.text", "rst.summary", "frame.number"]
    args = ["-E", "header=y", "-E", "separator=,", "-E", "quote=d", "-E", "occurrence=f"]
    args += [arg for field in fields for arg in ("-e", field)]
    rows = list(csv.reader(io.StringIO(tshark("-2", "-r", capture, "-Y", "rst", "-T", "fields", *args))))
    assert rows[0] == fields
    assert [row[-1] for row in rows[1:]] == [str(2 * number + 2) for number in range(len(PAYLOADS))]
    assert all(len(row) == len(fields) for row in rows)


def our_values(key, value):
    """All strings under our keys in a parsed object."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from our_values(name if name.startswith("rst") or not key.startswith("rst") else key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from our_values(key, inner)
    elif key.startswith("rst"):
        yield str(value)


def test_json(tshark, capture):
    parsed = json.loads(tshark("-2", "-r", capture, "-T", "json"))
    assert len(parsed) == 2 * len(PAYLOADS)
    for packet in parsed[1::2]:
        layers = packet["_source"]["layers"]
        assert layers["rst"]["rst.cause"] != "closed_port"
        assert all(map(printable, our_values("rst", layers["rst"])))


def test_ek(tshark, capture):
    lines = tshark("-2", "-r", capture, "-T", "ek").splitlines()
    objects = [json.loads(line) for line in lines]
    ours = [item["layers"]["rst"] for item in objects if "rst" in item.get("layers", {})]
    assert len(ours) == len(PAYLOADS)
    assert all(printable(value) for item in ours for value in our_values("rst", item))


def test_pdml(tshark, capture):
    root = ElementTree.fromstring(tshark("-2", "-r", capture, "-T", "pdml"))
    ours = [field for proto in root.iter("proto") if proto.get("name") == "rst" for field in proto.iter("field")]
    assert sum(field.get("name") == "rst.cause" for field in ours) == len(PAYLOADS)
    assert all(printable(field.get(name, "")) for field in ours for name in ("show", "showname"))


def test_columns(tshark, stock, capture):
    """Our text in a custom column and in the Info column adds no line and no control character."""
    layout = 'gui.column.format:"No.","%m","Info","%i"'
    text = ',"Text","%Cus:rst.declared.text:0:R"'
    ours = tshark("-2", "-r", capture, "-o", layout + text, "-T", "tabs").split("\n")
    theirs = stock("-2", "-r", capture, "-o", layout, "-T", "tabs").split("\n")
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs):
        assert one.startswith(other)
        added = one[len(other) :]
        assert printable(added.replace("\t", "", 1)), repr(added)


def test_tree(tshark, capture):
    """-V: our part of the tree has as many lines as without hostile text, each of them printable."""
    text = tshark("-2", "-r", capture, "-O", "rst", "-V").split("\n")
    start = [at for at, line in enumerate(text) if line.startswith("[TCP Reset Cause:")]
    assert len(start) == len(PAYLOADS)
    for at in start:
        for line in text[at:]:
            if not line:
                break
            assert printable(line), repr(line)
            assert line == text[at] or line.startswith("    "), repr(line)


def test_expert(tshark, capture):
    text = tshark("-2", "-q", "-r", capture, "-z", "expert")
    ours = [line for line in text.split("\n") if "TCP Reset Cause" in line]
    assert ours and all(map(printable, ours))
    assert not re.search(r"^\s*(forged|1   0\.0)", text, re.MULTILINE)


def test_statistics(tshark, capture):
    text = tshark("-2", "-q", "-r", capture, "-z", "rst,tree")
    assert all(map(printable, text.replace("\t", " ").split("\n")))


def test_filter_on_escaped_text(tshark, capture):
    """The escaped text is what filters see."""
    rows = tshark.fields(capture, ["frame.number"], "-Y", 'rst.declared.text contains "x1b[31mred"')
    assert len(rows) == 1


def test_mptcp_reason_out_of_range(tshark, tmp_path):
    """A code without a name is shown as a number."""
    option = bytes([30, 4, 0x80, 0xEE])
    frame = bytearray(packets.tcp_frame(2, 1, packets.RST | packets.ACK, ports=(80, 40000), payload=option))
    frame[46] = 6 << 4  # the payload is an option
    path = packets.write_pcap(tmp_path / "reason.pcap", [(0, bytes(frame))])
    assert tshark.resets(path, ["rst.declared.code"]) == {1: {"rst.declared.code": [str(0xEE)]}}


@pytest.mark.parametrize("length", [0, 1, 2, 3, len(F5) - 1, len(F5) + 1])
def test_empty_reasons(tshark, tmp_path, length):
    """A payload that starts like a reason but says nothing: no empty values, no sentence that ends in a colon."""
    frame = packets.tcp_frame(2, 1, packets.RST | packets.ACK, ports=(80, 40000), payload=(F5 + b"x")[:length])
    path = packets.write_pcap(tmp_path / "empty.pcap", [(0, frame)])
    row = tshark.resets(path, ["rst.declared.source", "rst.declared.text", "rst.declared.code", "rst.summary"])[1]
    assert not row["rst.summary"][0].rstrip().endswith(":")
    if row["rst.declared.source"]:
        assert any(row["rst.declared.text"] + row["rst.declared.code"])
