# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture file as its bytes, to which frames are added before or behind its own without touching these: comments,
trailers, interfaces and link types stay as they are. pcap and pcapng with one section; editcap turns other formats into
pcapng first."""
import os
import struct
import subprocess
import tempfile

NANOSECONDS = 10**9
PCAP = {b"\xd4\xc3\xb2\xa1": ("<", 10**6), b"\xa1\xb2\xc3\xd4": (">", 10**6),
        b"\x4d\x3c\xb2\xa1": ("<", 10**9), b"\xa1\xb2\x3c\x4d": (">", 10**9)}
SECTION, INTERFACE, OLD_PACKET, SIMPLE_PACKET, PACKET = 0x0A0D0D0A, 1, 2, 3, 6
RESOLUTION = 9  # option of an interface: units of its timestamps


class Unsupported(Exception):
    """A file to which nothing can be added; the text says why."""


def load(path):
    """The capture in a file of any format that editcap reads."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] in PCAP:
        return Pcap(data)
    if data[:4] == struct.pack("<I", SECTION):
        return Pcapng(data)
    with tempfile.TemporaryDirectory() as work:
        converted = os.path.join(work, "converted.pcapng")
        if subprocess.run(["editcap", "-F", "pcapng", path, converted], capture_output=True, check=False).returncode:
            raise Unsupported("not a capture file that editcap reads")
        with open(converted, "rb") as file:
            return Pcapng(file.read())


class Pcap:
    """Its frames as bytes; there is one interface, number 0."""

    def __init__(self, data):
        self.order, self.units = PCAP[data[:4]]
        self.data, self.frames, self.interfaces = data, [], 1
        at = 24
        while at + 16 <= len(data):
            size = struct.unpack_from(self.order + "I", data, at + 8)[0]
            self.frames.append(data[at + 16:at + 16 + size])
            at += 16 + size
        self.data = data[:at]  # without a frame that is cut off at the end

    def record(self, time, frame):
        seconds, rest = divmod(time, NANOSECONDS)
        if not 0 <= seconds < 2**32:
            raise Unsupported("its times leave no room at its ends")
        head = (seconds, rest * self.units // NANOSECONDS, len(frame), len(frame))
        return struct.pack(self.order + "IIII", *head) + frame

    def added(self, before, after):
        """The file with frames (time in ns, interface, bytes) at both ends."""
        first, last = (b"".join(self.record(time, frame) for time, _, frame in frames) for frames in (before, after))
        return self.data[:24] + first + self.data[24:] + last


class Pcapng:
    """Its frames as bytes. One interface that it does not have is known too, number interfaces: a copy of the first."""

    def __init__(self, data):
        self.frames, self.descriptions, at, self.first_packet = [], [], 0, None
        self.order = "<" if data[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
        while at + 12 <= len(data):
            kind, size = struct.unpack_from(self.order + "II", data, at)
            if size < 12 or at + size > len(data):
                break
            self.block(kind, data[at:at + size], at)
            at += size
        self.data = data[:at]
        self.interfaces = len(self.descriptions)
        if not self.interfaces:
            raise Unsupported("no interface")

    def block(self, kind, block, at):
        if kind == SECTION and at:
            raise Unsupported("several sections")
        if kind == INTERFACE:
            if self.first_packet is not None:
                raise Unsupported("an interface behind packets")
            self.descriptions.append(block)
        elif kind in (PACKET, OLD_PACKET):
            size = struct.unpack_from(self.order + "I", block, 20)[0]
            self.frames.append(block[28:28 + size])
        elif kind == SIMPLE_PACKET:
            self.frames.append(block[12:-4])
        if kind in (PACKET, OLD_PACKET, SIMPLE_PACKET) and self.first_packet is None:
            self.first_packet = at

    def option(self, interface, wanted):
        block, at = self.descriptions[interface], 16
        while at + 4 <= len(block) - 4:
            kind, size = struct.unpack_from(self.order + "HH", block, at)
            if kind == wanted:
                return block[at + 4:at + 4 + size]
            at += 4 + size + -size % 4
        return None

    def units(self, interface):
        value = (self.option(interface, RESOLUTION) or b"\6")[0]
        return 2**(value & 0x7F) if value & 0x80 else 10**value

    def record(self, time, interface, frame):
        stamp = time * self.units(interface if interface < self.interfaces else 0) // NANOSECONDS
        if not 0 <= stamp < 2**64:
            raise Unsupported("its times leave no room at its ends")
        body = struct.pack(self.order + "IIIII", interface, stamp >> 32, stamp & 0xFFFFFFFF, len(frame),
                           len(frame)) + frame + b"\0" * (-len(frame) % 4)
        size = len(body) + 12
        return struct.pack(self.order + "II", PACKET, size) + body + struct.pack(self.order + "I", size)

    def added(self, before, after):
        """The file with frames (time in ns, interface, bytes) at both ends."""
        first, last = (b"".join(self.record(*frame) for frame in frames) for frames in (before, after))
        if any(interface == self.interfaces for _, interface, _ in [*before, *after]):
            first = self.descriptions[0] + first
        at = self.first_packet if self.first_packet is not None else len(self.data)
        return self.data[:at] + first + self.data[at:] + last
