"""Labels for known devices and for the published tampering signatures, on our own captures.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pytest
import tools

DEVICES = {
    "injected-tcpkill": "tcpkill",
    "injected-sandvine": "sandvine",
    "injected-train": "gfw_type2",
    "policy_reset-gfw_type1": "gfw_type1",
    "policy_reset-mirrored": "mirrored",
    "injected-both_ends": "both_ends",
    "injected-two_points_both": "both_ends",
    "device_idle_timeout-both_ends": "both_ends",
}


def labels(tshark, capture):
    rows = tshark.resets(capture, ["rst.cause", "rst.pattern"])
    return [label for row in rows.values() for label in row["rst.pattern"]]


@pytest.mark.parametrize("folder", DEVICES)
def test_device(tshark, folder):
    (capture,) = (tools.SAMPLES / folder).glob("*.pcap*")
    assert DEVICES[folder] in labels(tshark, capture)


def test_nobody_else(tshark):
    """A device label names that device: ordinary resets never get one."""
    for capture, _ in tools.sample_captures():
        folder = capture.parent.name
        if folder in DEVICES or capture.name == "tour.pcapng":
            continue
        assert not set(labels(tshark, capture)) & set(DEVICES.values()), folder


def test_field_is_a_label_not_a_verdict(tshark, tour):
    """Signatures occur on clients' resets whatever their cause, so they cannot be a verdict."""
    rows = tshark.resets(tour, ["rst.cause", "rst.pattern"]).values()
    signed = {row["rst.cause"][0] for row in rows for label in row["rst.pattern"] if label.startswith(("psh_", "data_"))}
    assert len(signed) > 3
