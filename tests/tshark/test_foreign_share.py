"""Of the segments of real captures, next to none is called foreign: a fixed part of what
tests/accuracy/foreign_share.py measures over all of them.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import foreign_share
import pytest
import tools

# Large ones of many stacks, without a packet that somebody else wrote.
SAMPLE = [
    "idaholab+Malcolm-Test-Artifacts/pcap/protocols/OPCUA-Binary.pcap",
    "idaholab+Malcolm-Test-Artifacts/pcap/other/Digital Bond S4/Modicon.pcap",
    "ntop+nDPI/tests/cfgs/default/pcap/alexa-app.pcapng",
    "blitz+tcptrace/input/discard.solaris.dmp",
    "nfstream+nfstream/tests/pcaps/skype_no_unknown.pcap",
    "ivre+ivre-test-samples/tests/samples/banners.pcap",
    "Srinivas11789+PcapXray/Source/Module/examples/test.pcap",
    "NotYuSheng+TracePcap/sample-files/teams.pcap",
    "cisco+mercury/unit_tests/pcaps/quic_reordered_frames.pcap",
    "ntop+nDPI/tests/cfgs/default/pcap/rtsp.pcap",
]


def test_sample(tshark, public):
    if "rst.foreign" not in tools.field_list(tshark):
        pytest.skip("this build has no field rst.foreign")
    shares = foreign_share.measure_all(tshark, [public / name for name in SAMPLE], 2)
    assert [share.capture.name for share in shares if not share.readable] == []
    segments = sum(share.segments for share in shares)
    assert segments > 10000
    odd = [f"{share.capture.name}: {text}" for share in shares for _, text in share.odd]
    assert 100 * sum(share.foreign for share in shares) < foreign_share.FLOOR * segments, odd


def test_every_foreign_segment_is_shown(tshark, public):
    """What is counted is what the filter finds, except where a frame holds several segments."""
    if "rst.foreign" not in tools.field_list(tshark):
        pytest.skip("this build has no field rst.foreign")
    for share in foreign_share.measure_all(tshark, [public / name for name in SAMPLE[:3]], 2):
        assert len(share.odd) <= share.foreign, share.capture


@pytest.mark.parametrize("value, other, distance", [("5", "3", 2), ("1", "4294967295", 2), ("4294967295", "1", -2)])
def test_difference(value, other, distance):
    assert foreign_share.difference(value, other) == distance
