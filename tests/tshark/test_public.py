"""Captures made by others, outside this repository: no crash, no reset missed, agreement with the hand labels.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import accusations
import agreement
import pytest
import tools

FLOOR = 97  # percent right or acceptable; only ever raised
LAYERS = 8  # TCP layers analyzed in one frame


@pytest.fixture(scope="module")
def captures(public):
    rows = tools.read_table(public / "SOURCES.tsv")
    return [public / row["repo"].replace("/", "+") / row["path"] for row in rows]


@pytest.fixture(scope="module")
def collected(tshark, public, captures):
    return agreement.collect(tshark, sorted({*captures, *agreement.labeled(public)}))


def test_no_crash(collected):
    assert [str(capture) for capture, rows in collected.items() if rows is None] == []


def test_as_tshark(tshark, collected, captures):
    """What is read through sharkd is what tshark says, field by field, of a part of the captures."""
    with_resets = [capture for capture in captures if collected[capture]]
    assert len(with_resets) > 50
    for capture in with_resets[::8]:
        rows = agreement.from_tshark(tshark, capture)
        for row in rows.values():
            row["tcp.flags.reset"] = [str(int(value)) for value in tools.truth(row["tcp.flags.reset"])]
            row["rst.summary"] = [",".join(row["rst.summary"])] if row["rst.summary"] else []
        assert rows == collected[capture], capture


def test_no_dissector_bug(tshark, captures):
    """Full dissection with the whole tree, for some of the captures because it is slow."""
    for capture in captures[::8]:
        done = tshark.run("-2", "-r", capture, "-V", "-Y", "rst || rst.reset_in || rst.finding.kind")
        assert done.returncode == 0, capture
        assert b"Dissector bug" not in done.stdout + done.stderr, capture
        assert b"Assertion" not in done.stderr and b"CRITICAL" not in done.stderr, capture


def test_every_reset_is_analysed(public, collected):
    """We may see more than Wireshark, which shows no flags of a header with an impossible length."""
    forgotten = []
    for capture, rows in collected.items():
        for frame, row in (rows or {}).items():
            protocols = row["frame.protocols"][0].split(":")
            quoted = any(name in ("icmp", "icmpv6") for name in protocols[: protocols.index("tcp")])
            resets = sum(tools.truth(row["tcp.flags.reset"]))
            if not quoted and protocols.count("tcp") <= LAYERS and len(row["rst.cause"]) < resets:
                forgotten.append(f"{capture.relative_to(public)} frame {frame}: {':'.join(protocols)}")
    assert forgotten == []


def test_agreement(public, collected):
    result = agreement.score(public, collected)
    print(result.report())
    assert result.percent >= FLOOR


def test_every_accusation_is_justified(public, collected):
    """docs/accusations.tsv says why, from the packets."""
    assert accusations.uncovered(public, collected) == []


# Measured in a network with a device that answers by turning the packet around.
DEVICES = {
    "censoredplanet+CenTrace/examples/pcaps/195.64.201.42_psiphon.ca_psiphon.ca_0.pcap": {"mirrored"},
}
LABELS = {"gfw", "gfw_type1", "gfw_type2", "tcpkill", "sandvine", "mirrored"}


def test_device_labels(public, collected):
    """No other capture gets a device label."""
    found = {}
    for capture, rows in collected.items():
        labels = {label for row in (rows or {}).values() for label in row["rst.pattern"]} & LABELS
        if labels:
            found[str(capture.relative_to(public))] = labels
    assert found == DEVICES
