# SPDX-License-Identifier: GPL-2.0-or-later
"""Read and write small capture files, and label their resets.

Written here instead of using scapy's own writers, because the output has to be byte-identical on every rebuild:
no host name, no program version, no time of writing.
"""
import argparse
import os
import struct
import sys

SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "sample-captures")
ETHERNET, RAW = 1, 101
FIN, SYN, RST, ACK = 1, 2, 4, 16


def die(message):
    """One line and a non-zero exit code: the callers are scripts."""
    sys.exit(f"{os.path.basename(sys.argv[0])}: {message}")


def read_pcap(path):
    """Frames of a classic capture file as (time in ns, bytes)."""
    with open(path, "rb") as f:
        data = f.read()
    magic = data[:4]
    # Raw IP (TUN devices) gets an Ethernet header, so that everything else only has to know one format.
    raw = struct.unpack_from("<I", data, 20)[0] in (RAW, 228, 229)
    scale = {b"\xd4\xc3\xb2\xa1": 1000, b"\x4d\x3c\xb2\xa1": 1}.get(magic)
    if scale is None:
        die(f"{path}: not a little-endian capture file")
    frames, at = [], 24
    while at + 16 <= len(data):
        sec, frac, caplen, _ = struct.unpack_from("<IIII", data, at)
        packet = data[at + 16:at + 16 + caplen]
        if raw:
            packet = bytes(12) + (b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\0") + packet
        frames.append((sec * 10**9 + frac * scale, packet))
        at += 16 + caplen
    return frames


def read_pcapng(path):
    """Frames of a file written by write_pcapng."""
    with open(path, "rb") as f:
        data = f.read()
    frames, at = [], 0
    while at + 12 <= len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if kind == 6:
            _, high, low, caplen, _ = struct.unpack_from("<IIIII", data, at + 8)
            frames.append(((high << 32) | low, data[at + 28:at + 28 + caplen]))
        at += size
    return frames


def read_frames(path):
    return read_pcapng(path) if path.endswith(".pcapng") else read_pcap(path)


def write_pcap(path, frames):
    """A classic file with microseconds: the format that most tools still write."""
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, ETHERNET))
        for t, data, *_ in frames:
            f.write(struct.pack("<IIII", t // 10**9, t % 10**9 // 1000, len(data), original_length(data)) + data)


def write_pcapng(path, frames):
    """One section, Ethernet interfaces with nanosecond timestamps; a frame may give its interface after its bytes."""
    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        size = len(body) + 12
        return struct.pack("<II", kind, size) + body + struct.pack("<I", size)

    with open(path, "wb") as f:
        f.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        tsresol = struct.pack("<HHB3xHH", 9, 1, 9, 0, 0)
        for _ in range(1 + max((interface for _, _, *rest in frames for interface in rest), default=0)):
            f.write(block(1, struct.pack("<HHI", ETHERNET, 0, 262144) + tsresol))
        for t, data, *rest in frames:
            head = struct.pack("<IIIII", *(rest or [0]), t >> 32, t & 0xFFFFFFFF, len(data), original_length(data))
            f.write(block(6, head + data))


def write_frames(path, frames):
    (write_pcapng if path.endswith(".pcapng") else write_pcap)(path, frames)


def original_length(data):
    """Length on the wire: the IP header still states it in a shortened frame."""
    seg = Segment(data)
    return max(len(data), seg.wire_length) if seg.ok else len(data)


class Segment:
    """The TCP fields of one Ethernet frame (IPv4 or IPv6 without extension headers)."""

    def __init__(self, data):
        self.ok = False
        self.wire_length = len(data)
        if len(data) < 54:
            return
        kind = struct.unpack_from(">H", data, 12)[0]
        if kind == 0x0800 and data[23] == 6:
            self.tcp_at = 14 + (data[14] & 15) * 4
            total = struct.unpack_from(">H", data, 16)[0]
            addresses, self.ttl = (data[26:30], data[30:34]), data[22]
        elif kind == 0x86DD and data[20] == 6:
            self.tcp_at = 54
            total = struct.unpack_from(">H", data, 18)[0] + 40
            addresses, self.ttl = (data[22:38], data[38:54]), data[21]
        else:
            return
        ports = struct.unpack_from(">HH", data, self.tcp_at)
        self.src, self.dst = (addresses[0], ports[0]), (addresses[1], ports[1])
        self.seq, self.ack = struct.unpack_from(">II", data, self.tcp_at + 4)
        self.flags = data[self.tcp_at + 13]
        self.payload = total - (self.tcp_at - 14) - (data[self.tcp_at + 12] >> 4) * 4
        self.wire_length = total + 14
        self.ok = True

    def has(self, flags):
        return self.flags & flags == flags

    def end(self):
        """The sequence number after this segment."""
        return (self.seq + self.payload + bool(self.flags & SYN) + bool(self.flags & FIN)) & 0xFFFFFFFF


def answers(reset, other):
    """Can this reset be the answer to that segment, by the rules of RFC 9293?"""
    if (other.src, other.dst) != (reset.dst, reset.src) or other.has(RST):
        return False
    if reset.has(ACK):
        return reset.seq == 0 and not other.has(ACK) and other.end() == reset.ack
    return other.has(ACK) and other.ack == reset.seq


def resets(frames):
    """(frame number, segment, frame number of what it answers or None) of every reset.

    Several resets that answer segments with the same ACK number are paired backward from the last: each segment is
    answered once.
    """
    segments = [Segment(data) for _, data in frames]
    found, taken = [], set()
    for number in range(len(segments), 0, -1):
        seg = segments[number - 1]
        if not seg.ok or not seg.has(RST):
            continue
        fits = (back for back in range(number - 1, 0, -1)
                if back not in taken and segments[back - 1].ok and answers(seg, segments[back - 1]))
        trigger = next(fits, None)
        taken.add(trigger)
        found.append((number, seg, trigger))
    return found[::-1]


def write_sample(folder, name, frames, rows, readme):
    """Write one folder of sample-captures: the capture, expected.tsv and README.md."""
    write_capture(folder, name, frames, readme)
    write_rows(os.path.join(folder, "expected.tsv"), rows)


def write_capture(folder, name, frames, readme):
    os.makedirs(folder, exist_ok=True)
    write_frames(os.path.join(folder, name), frames)
    with open(os.path.join(folder, "README.md"), "w", encoding="utf-8") as f:
        f.write(readme.rstrip() + "\n")


def write_rows(path, rows):
    with open(path, "w", encoding="utf-8") as f:
        f.write("frame\tcause\tsender\ttrigger\n")
        for frame, cause, sender, trigger in rows:
            f.write(f"{frame}\t{cause}\t{sender}\t{trigger or '-'}\n")


def read_rows(path):
    with open(path, encoding="utf-8") as f:
        lines = f.read().splitlines()[1:]
    return [tuple(line.split("\t")) for line in lines]


def build_table(description, name, heading, build):
    """The main() of a generator of cases: build(out) writes the captures and yields the lines of their table."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--out", required=True, help="folder that gets the captures and their table")
    parser.error = die
    out = parser.parse_args().out
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, name), "w", encoding="ascii") as table:
        table.write(heading)
        table.writelines(build(out))


def build_sample(description, readme, name, table, heading, play):
    """The main() of a generator of one sample that has a table of its own: play() returns its frames and rows."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--out", default=SAMPLES, help="folder that gets the sample (default: sample-captures)")
    parser.error = die
    folder = os.path.join(parser.parse_args().out, name)
    frames, rows = play()
    write_capture(folder, f"{name}.pcapng", frames, readme)
    with open(os.path.join(folder, table), "w", encoding="ascii") as file:
        file.write(heading)
        file.writelines("\t".join(map(str, row)) + "\n" for row in rows)
    print(f"{name}: {len(frames)} frames, {len(rows)} rows in {table}")
