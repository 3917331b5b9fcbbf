"""Each sentence of each verdict is true, by a checker that shares nothing with the plugin: tests/accuracy/claims.py. The
samples in both ways of reading, and some captures made by others; claims.py itself reads all of them.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import importlib.util
import sys

import claims
import claims_planted
import claims_read
import pytest
import tools
from claims_kinds import wording

sys.path.append(str(tools.REPO / "tests" / "gen"))

import capfile  # noqa: E402  (needs the path above)

# Not the module packets of this folder.
GENERATOR = importlib.util.spec_from_file_location("gen_packets", tools.REPO / "tests" / "gen" / "packets.py")
made = importlib.util.module_from_spec(GENERATOR)
sys.modules["gen_packets"] = made
GENERATOR.loader.exec_module(made)

# Hard cases and crowded ones, in which sentences were false once.
SAMPLE = ("hard/m07_near_answers.pcap", "hard/m10_forged_and_own.pcapng", "hard/m15_near_overtaken.pcap",
          "framing/f16_late_begin_synacks.pcapng", "lab/ack_to_listen.pcap", "reported/14-firewall-keepalive-2h.pcap",
          "problems/p62_lone_resets.pcap")


@pytest.fixture(scope="module")
def captures(tshark, bundles):
    """{ways of reading: what the samples show}"""
    return {passes: [claims_read.read(bundle.path, passes, tshark.environment()) for bundle in bundles] for passes in (1, 2)}


def wrong(result):
    return [claims.as_text(finding) for finding in result.disproved + result.unknown]


@pytest.mark.parametrize("passes", [1, 2])
def test_samples(captures, passes):
    results = [claims.check(capture, "samples", passes) for capture in captures[passes]]
    assert sum(sum(result.checked.values()) for result in results) > 1200
    assert [text for result in results for text in wrong(result)] == []


@pytest.mark.parametrize("passes", [1, 2])
def test_captures_of_others(tshark, shared, passes):
    result = claims.run([shared / name for name in SAMPLE], (passes,), environment=tshark.environment())
    assert sum(result.checked.values()) > 130 and not result.passed
    assert wrong(result) == []


def test_false_sentences_are_caught(captures):
    """Of each kind of claim, told of resets of which it does not hold."""
    assert claims_planted.missed(captures[2]) == []


def closed_port(capture, connection):
    """The port refuses, and serves the next one."""
    syn = connection.syn()
    capture.wait(0.02)
    connection.refuse(syn)
    capture.wait(3)
    other = made.Conv(capture, connection.c.host, connection.s.host, 80, 40001)
    other.handshake()


def gone(capture, connection):
    """The server answers data with a bare reset, twice; then nothing is heard of it."""
    connection.handshake()
    capture.wait(2)
    request = connection.send(connection.c, "PA", b"x" * 100)
    connection.bare(connection.s, request)
    capture.wait(1)
    connection.bare(connection.s, connection.send(connection.c, "PA", b"y" * 50))


def aborted(capture, connection):
    """A request, its answer, more data of the server, and a reset."""
    connection.handshake()
    connection.request(b"x" * 100, b"y" * 200)
    capture.wait(2)
    connection.send(connection.s, "PA", b"z" * 300)
    connection.abort(connection.c)


def repeated(capture, connection):
    """One segment five times."""
    connection.handshake()
    first = connection.send(connection.c, "PA", b"x" * 100)
    for wait in (1, 2, 4, 8):
        capture.wait(wait)
        connection.send(connection.c, "PA", b"x" * 100, seq=first.seq)
    capture.wait(16)
    connection.abort(connection.c)


def closed_both(capture, connection):
    """Both FINs, then a reset."""
    connection.handshake()
    connection.close()
    connection.abort(connection.c)


# (story, frame of the reset, what is true, what is false), with S and C for server and client.
PLANTED = [
    (closed_port, 2, "No service is listening on S: the SYN in frame 1 was refused 20 ms later by RST,ACK (ack = SYN+1)",
     "No service is listening on S: the SYN in frame 1 was refused 3.0 s later by RST,ACK"),
    (closed_port, 2, "refused 20 ms later by RST,ACK (ack = SYN+1) from the same hop distance as the host's other packets",
     "No service is listening on S: the SYN in frame 3 was refused 20 ms later by RST,ACK"),
    (gone, 5, "the server S has no such connection: it answered the data in frame 4 with a bare reset",
     "the server S has no such connection: it answered the data in frame 3 with a bare reset"),
    (gone, 5, "the server S has no such connection: it answered the data in frame 4 with a bare reset",
     "the server S resets the connection that it had already reset (frame 4). The segment it answers is not in the capture"),
    (gone, 7, "the segment in frame 6 still reached the server S after it had reset the connection (frame 5)",
     "the server S resets the connection that it had already reset (frame 5). The segment it answers is not in the capture"),
    (gone, 7, "the segment in frame 6 still reached the server S after it had reset the connection (frame 5)",
     "the server S has no such connection, although it had sent neither FIN nor reset before"),
    (gone, 7, "Cannot tell: the capture shows too little of this connection",
     "Cannot tell: the capture shows no other packet of this connection"),
    (gone, 5, "Cannot tell: the capture shows too little of this connection",
     "Cannot tell: the capture shows nothing but resets from its side"),
    (gone, 5, "nothing", "the server S goes on with the connection in frame 6, 1.0 s after 'its' reset"),
    (aborted, 8, "the client C reset the connection 0.01 ms after data that it never answered (500 bytes since its last reply, frame 7)",
     "the client C reset the connection 0.01 ms after data that it never answered (300 bytes since its last reply, frame 7)"),
    (aborted, 8, "the client C received the last data and reset the connection", "the client C had sent the last data and reset the "
     "connection"),
    (aborted, 8, "the client C received the last data and reset the connection (RST,ACK at its next sequence number)",
     "the client C had not received any data and reset the connection"),
    (aborted, 8, "the client C received the last data and reset the connection (RST,ACK at its next sequence number)",
     "the client C received the last data and reset the connection (RST,ACK before its next sequence number)"),
    (aborted, 8, "the client C reset the connection 0.01 ms after data that it never answered (frame 7)",
     "the client C reset the connection 0.01 ms after data that it never answered (frame 6)"),
    (aborted, 8, "nothing", "Not a second reset but a copy of the one in frame 7 (same numbers and IP ID, captured 1 ms later)"),
    (aborted, 8, "nothing", "A device on the path timed the connection out: nothing was sent for 60 s, then the reset came"),
    (repeated, 9, "it sent the same segment (SEQ N, 100 bytes) 5 times in 15 s without an acknowledgment from the server S and reset "
     "16 s after the last copy", "it sent the same segment (SEQ N, 100 bytes) 4 times in 15 s without an acknowledgment from the "
     "server S and reset 16 s after the last copy"),
    (closed_both, 7, "both sides had sent their FIN (frame 4, frame 5) before the client C reset",
     "both sides had sent their FIN (frame 4, frame 6) before the client C reset"),
    (closed_both, 7, "nothing", "the client C answered the FIN in frame 5 with a reset instead of a FIN of its own, 20 ms later"),
]


@pytest.fixture(name="story")
def fixture_story(tshark, tmp_path):
    def play(script):
        capture = made.Capture()
        hosts = made.Host("192.0.2.1", made.LINUX), made.Host("192.0.2.2", made.FREEBSD, hops=3)
        connection = made.Conv(capture, *hosts, 80, 40000)
        script(capture, connection)
        path = tmp_path / "planted.pcapng"
        capfile.write_pcapng(path, capture.finish()[0])
        return claims_read.read(path, 2, tshark.environment())
    return play


def said_of(capture, frame, summary):
    """What the checker finds in a summary."""
    number = str(next(p.seq for p in capture.packets.values() if p.length)) if "SEQ N" in summary else ""
    text = summary.replace("SEQ N", f"SEQ {number}").replace("erver S", "erver 192.0.2.2:80").replace("on S:", "on 192.0.2.2:80:")
    text = text.replace("ient C", "ient 192.0.2.1:40000")
    capture.verdicts = [claims_read.Verdict(frame, "", 95, text, [], None, "", None, "")]
    return claims.check(capture)


@pytest.mark.parametrize("script, frame, true, false", PLANTED)
def test_planted(story, script, frame, true, false):
    capture = story(script)
    assert true == "nothing" or not said_of(capture, frame, true).disproved, wrong(said_of(capture, frame, true))
    assert said_of(capture, frame, false).disproved, false


@pytest.mark.parametrize("confidence, text, fine", [
    (95, "Injected: the server goes on", True), (75, "Injected: the server goes on", False),
    (75, "Probably injected: the server goes on", True), (45, "Probably injected: the server goes on", False),
    (45, "Perhaps injected: the server goes on", True), (62, "Its application closed the socket without reading the data", False),
])
def test_wording(confidence, text, fine):
    verdict = claims_read.Verdict(1, "", confidence, text, [], None, "", None, "")
    assert (wording(verdict) is None) == fine
