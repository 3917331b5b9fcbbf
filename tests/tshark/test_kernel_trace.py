"""A kernel trace for a capture: what it settles, in every text format, and the effect of useless files.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import random
import re
from pathlib import Path

import pytest
import tools

FOLDER = tools.SAMPLES / "declared-kernel_trace"
CAPTURE = FOLDER / "kernel_trace.pcapng"
TRACE = FOLDER / "kernel-trace.txt"
LINE = re.compile(r" *(?P<task>\S+)-(?P<pid>\d+) +\[(?P<cpu>\d+)\] \S+ (?P<time>[\d.]+): (?P<event>\w+): (?P<fields>.*)")
FIELDS = ["rst.cause", "rst.sender", "rst.trigger", "rst.declared.text"]
STATES = {"TCP_ESTABLISHED": 1, "TCP_CLOSE": 7}
NUMBERS = {"NO_SOCKET": 1, "TCP_ABORT_ON_CLOSE": 11, "TCP_STATE": 14}


def expected(name="expected-with-trace.txt"):
    return [[row["frame"], *(row[key] for key in ("cause", "sender", "trigger", "kernel"))]
            for row in tools.read_table(FOLDER / name)]


def verdicts(tshark, trace, passes=2):
    rows = tshark.resets(CAPTURE, FIELDS, "-o", f"rst.kernel_trace:{trace}", passes=passes)
    return [[str(frame), *("".join(row[name]) or "-" for name in FIELDS)] for frame, row in rows.items()]


def perf(found):
    fields = re.sub(r"state=(TCP_\w+)", lambda match: f"state={STATES[match[1]]:#x}", found["fields"])
    fields = re.sub(r"=0{16}\b", "=(nil)", fields)
    return f"{found['task']:>16} {found['pid']:>5} [{found['cpu']}] {found['time']}: tcp:{found['event']}: {fields}\n"


def trace_cmd(found):
    fields = re.sub(r"=0{16}\b", "=(nil)", found["fields"])
    return f"inst: {found['task']:>16}-{found['pid']} [{found['cpu']}] {found['time']}: {found['event']}:   {fields}\n"


def sockaddr(text):
    address, port = text.rsplit(":", 1)
    octets = b"\2\0" + int(port).to_bytes(2, "big") + bytes(map(int, address.split("."))) + bytes(20)
    return "".join(f"\\x{octet:02x}" for octet in octets)


def bpftrace(found):
    values = dict(word.split("=", 1) for word in found["fields"].split())
    head = f"{found['task']}-{found['pid']} {found['time']}000: {found['event']}:"
    if found["event"] == "tcp_receive_reset":
        ends = f"saddr={values['saddrv6']} daddr={values['daddrv6']}"
        return f"{head} sport={values['sport']} dport={values['dport']} {ends}\n"
    skb = "(nil)" if set(values["skbaddr"]) == {"0"} else "0x" + values["skbaddr"]
    return f"{head} skbaddr={skb} src={sockaddr(values['src'])} dest={sockaddr(values['dest'])} " \
           f"state={STATES.get(values['state'], 0)} reason={NUMBERS[values['reason']]}\n"


def later(found):
    return TRACE_LINE.format(**{**found.groupdict(), "time": f"{float(found['time']) + 7 * 3600.5:.6f}"})


TRACE_LINE = "{task:>16}-{pid} [{cpu}] ..s1. {time}: {event}: {fields}\n"


def write(path, change):
    lines = (LINE.fullmatch(line) for line in TRACE.read_text().splitlines())
    path.write_text("".join(change(found) for found in lines if found))
    path.chmod(0o644)
    return path


def test_settles(tshark):
    assert verdicts(tshark, TRACE) == expected()


def test_causes_without_a_trace(tshark):
    before = [row[:4] for row in verdicts(tshark, "")]
    assert before == [[row["frame"], row["cause"], row["sender"], row["trigger"]]
                      for row in tools.read_table(FOLDER / "expected.tsv")]
    assert [row[:4] for row in expected()] != before


def test_one_pass_knows_what_was_sent(tshark):
    """What is missing from the trace is known only at the end of the file."""
    assert [row[4] for row in verdicts(tshark, TRACE, passes=1)] == [row[4] for row in expected()]


@pytest.mark.parametrize("change", [perf, trace_cmd, bpftrace, later], ids=lambda change: change.__name__)
def test_forms(tshark, tmp_path, change):
    assert verdicts(tshark, write(tmp_path / "trace.txt", change)) == expected()


@pytest.mark.parametrize("seed", range(3))
def test_half_of_the_events(tshark, tmp_path, seed):
    rng = random.Random(seed)
    trace = write(tmp_path / "trace.txt", lambda found: TRACE_LINE.format(**found.groupdict()) * (rng.random() < 0.5))
    for got, want in zip(verdicts(tshark, trace), expected()):
        assert got[4] in ("-", want[4])
        assert got[1] != "injected"


def head(text):
    return text[:len(text) // 2]


USELESS = {
    "missing": (None, "No such file"),
    "folder": ("folder", "not a regular file"),
    "FIFO": ("FIFO", "not a regular file"),
    "device": (Path("/dev/zero"), "not a regular file"),
    "empty": (b"", "empty"),
    "file of the kernel": (Path("/proc/version"), "empty"),  # reading could go on forever, as with trace_pipe
    "noise": (bytes(range(256)) * 500, "no event"),
    "long line": (b"x" * 3_000_000, "no event"),
    "old kernel": (re.sub(rb" reason=\w+", b"", TRACE.read_bytes()) if TRACE.exists() else b"", "Linux 6.10"),
    "another host": (TRACE.read_bytes().replace(b"10.20.", b"10.99.") if TRACE.exists() else b"", "none of its"),
}


@pytest.mark.parametrize("name", USELESS)
def test_useless_files(tshark, tmp_path, name):
    content, message = USELESS[name]
    path = tmp_path / "trace.txt"
    if content == "folder":
        path.mkdir()
    elif content == "FIFO":
        os.mkfifo(path)
    elif isinstance(content, Path):
        path.symlink_to(content)
    elif content is not None:
        path.write_bytes(content)
    if name == "old kernel":  # received resets alone would be useful
        path.write_bytes(b"".join(line for line in content.splitlines(True) if b"tcp_receive" not in line))
    assert verdicts(tshark, path) == verdicts(tshark, "")
    arguments = ["-2", "-r", CAPTURE, "-o", f"rst.kernel_trace:{path}", "-Y", "rst", "-T", "fields", "-e",
                 "rst.trace_note"]
    done = tshark.run(*arguments)
    notes = done.stdout.decode().splitlines()
    assert message in notes[0] and not any(notes[1:])
    said = [line for line in done.stderr.decode().splitlines() if "Kernel trace" in line]
    assert len(said) == 1 and message in said[0]


def test_cut_trace(tshark, tmp_path):
    """What is cut off is unknown; what is left remains valid."""
    path = tmp_path / "trace.txt"
    path.write_text(head(TRACE.read_text()))
    got = verdicts(tshark, path)
    assert [row[4] for row in got][:3] == ["NO_SOCKET"] * 3
    for row, want in zip(got, expected()):
        assert row[4] in ("-", want[4])
