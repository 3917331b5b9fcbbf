"""Preferences at their limits, nonsense where a text or a file is expected, and kernel traces that match a capture more
or less. A random number generator decides.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import re
import struct
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests" / "tshark"))

import packets  # noqa: E402  (needs the path above)

NUMBERS = ["0", "1", "2", "4294967295", "2147483648", "100000"]
SWITCHES = ["TRUE", "FALSE"]
NONSENSE = ["-1", "x", "", "99999999999999999999", "nonsense"]  # tshark refuses to start with it, sharkd reports an error
TEXTS = ["", " ", ",;,", "0.0.0.0/0", "::/0", "10.0.0.1/33", "10.0.0.2," * 2000, "client=0 server=1", "client=0-99999999999",
         "server=1;client=0,2 middle=", "=", "\u00e9?", "%s%n", "client=" * 500]
CHOICES = {"capture_side": ["automatic", "client", "server", "middle"],
           "capture_points": ["auto", "every_interface", "one"]}
REASONS = ["NO_SOCKET", "TCP_ABORT_ON_CLOSE", "TCP_STATE", "NEW_ONE", "15", "", "TCP_FLAGS"]
RST_FLAG = 4


def names(kind):
    """Numbers or switches, as prefs.h lists them."""
    text = (REPO / "plugin" / "core" / "facts" / "prefs.h").read_text()
    found = re.search(rf"#define {kind}\(X\)(.*?)\n\n", text, re.DOTALL)
    return re.findall(r"X\((\w+),", found[1])


def kernel_line(micros, data, random):
    """A line about a reset in an Ethernet frame with IPv4, or nothing."""
    if len(data) < 54 or data[12:14] != b"\x08\x00" or data[23] != 6 or not data[47] & RST_FLAG:
        return ""
    ports = struct.unpack_from("!HH", data, 34)
    source, destination = (".".join(str(byte) for byte in data[at:at + 4]) for at in (26, 30))
    name = random.choice(["tcp_send_reset"] * 4 + ["tcp_receive_reset"])
    return (f"  x-4 [000] ..s1. {micros // 10**6}.{micros % 10**6:06}: {name}: skbaddr={random.choice(['(nil)', '00ff'])} "
            f"skaddr=0 src={source}:{ports[0]} dest={destination}:{ports[1]} state={random.randrange(14)} "
            f"reason={random.choice(REASONS)}\n")


def trace_of(capture, target, random):
    """The resets of a capture as a kernel would report them, by another clock, some of them damaged or missing."""
    _, content = packets.read_pcap(capture)
    clock = random.choice([0, 0, 1000, -3 * 10**6, 10**12, 2**62])
    lines = [kernel_line(max(0, micros + clock), data, random) for micros, data in content if random.random() < 0.9]
    text = bytearray("".join(lines).encode() + random.choice([b"", b"CPU:1 [LOST 12 EVENTS]\n", b"\0" * 3000 + b"\n"]))
    for _ in range(random.choice([0, 0, 1, 20])):
        if text:
            text[random.randrange(len(text))] = random.randrange(256)
    target.write_bytes(text)
    target.chmod(0o644)
    return target


def a_file(capture, folder, random):
    """What is given as a kernel trace."""
    if random.random() < 0.6:
        return trace_of(capture, folder / "kernel.trace", random)
    return random.choice([capture, folder, folder / "not there", Path("/dev/null"), Path("/dev/full"), Path("")])


def preferences(capture, folder, random, nonsense=False):
    """Some preferences as (name, value); nonsense = also values that are none."""
    numbers, switches = names("RST_PREFS"), names("RST_DECODERS")
    found = [(name, random.choice(NUMBERS)) for name in random.sample(numbers, random.choice([0, 1, 3, len(numbers)]))]
    found += [(name, random.choice(SWITCHES)) for name in random.sample(switches, random.choice([0, 1, len(switches)]))]
    for name in ("netscaler_addresses", "point_ends"):
        if random.random() < 0.3:
            found.append((name, random.choice(TEXTS)))
    for name, values in CHOICES.items():
        if random.random() < 0.3:
            found.append((name, random.choice(values)))
    if random.random() < 0.6:
        found.append(("kernel_trace", str(a_file(capture, folder, random))))
    if nonsense:
        found += [(name, random.choice(NONSENSE)) for name in random.sample([*numbers, *switches, *CHOICES], 3)]
    return found
