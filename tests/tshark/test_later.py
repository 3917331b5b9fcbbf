"""What other connections do before or after a reset does not change its verdict, and what is added to a capture changes
a claim only when it belongs to the story of the reset. A fixed sample; for all captures see tests/accuracy:
later_traffic.py and cut_short.py.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import cut_short
import frames
import later_traffic
import pytest
import tools

# One for each way in which a later record once replaced an earlier one, for each format, and for several points.
SAMPLE = ("time_wait_reuse", "time_wait_reuse-direct", "syn_options_refused", "connection_race", "closed_port-ipv6",
          "resource_exhaustion-overflow", "no_backend-f5_trailer", "app_abort-two_points", "firewall_reject-two_points")
CUT = ("time_wait_reuse", "blind_reset", "half_open_scan", "firewall_reject-two_points")


@pytest.fixture(name="plugins", autouse=True)
def fixture_plugins(tshark, monkeypatch):
    """The scripts run tshark with the environment of this process."""
    for name, value in tshark.environment().items():
        monkeypatch.setenv(name, value)


def captures(folder):
    return list(later_traffic.captures([tools.SAMPLES / folder]))


@pytest.mark.parametrize("kind", ["pcap", "nsecpcap", "pcapng"])
def test_frames_are_added(tshark, tmp_path, kind):
    """Before and behind those of the file, with their times and interfaces."""
    path = tmp_path / "capture"
    tools.tool("editcap", "-F", kind, captures("time_wait_reuse")[0], path)
    capture = frames.load(path)
    elsewhere = capture.interfaces if kind == "pcapng" else 0
    frame, length = capture.frames[0], len(capture.frames)
    path.write_bytes(capture.added([(10**9, 0, frame)], [(2 * 10**18, 0, frame), (2 * 10**18 + 10**9, elsewhere, frame)]))
    rows = tshark.fields(path, ["frame.time_epoch", "frame.interface_id", "tcp.srcport"], passes=1)
    assert len(rows) == length + 3 and all(row["tcp.srcport"] for row in rows)
    assert [int(float(rows[at]["frame.time_epoch"][0])) for at in (0, -2, -1)] == [1, 2 * 10**9, 2 * 10**9 + 1]
    assert kind != "pcapng" or [rows[at]["frame.interface_id"] for at in (0, -2, -1)] == [["0"], ["0"], ["1"]]


@pytest.mark.parametrize("folder", SAMPLE)
def test_other_connections(folder):
    for result in later_traffic.run(captures(folder), later_traffic.by_place()):
        assert result.resets and not result.passed and not result.alone, result
        wrong = [later_traffic.as_text(difference) for difference in result.differences
                 if later_traffic.changes_claim(difference) and not later_traffic.is_excused(difference)]
        assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("folder", CUT)
def test_cut_short(folder):
    for result in cut_short.run(captures(folder), most=8):
        assert result.cuts, result
        assert not result.violations, "\n".join(result.violations)


def test_what_differs_is_found(monkeypatch):
    """A verdict that depends on the number of frames in the file is reported by both scripts."""
    path = captures("time_wait_reuse")[0]
    honest = later_traffic.verdicts
    monkeypatch.setattr(later_traffic, "verdicts", lambda file, skip=0, probe=0: (
        honest(file) if not probe else {frame: ("injected", "middlebox", "90") for frame in honest(path)}))
    (result,) = later_traffic.run([path], later_traffic.by_place())
    assert result.differences and not any(map(later_traffic.is_excused, result.differences))
    monkeypatch.setattr(cut_short.Capture, "verdicts", lambda capture, end: {
        capture.length - 1: cut_short.Verdict("app_abort", "client" if end < capture.length else "middlebox", "75")})
    monkeypatch.setattr(cut_short.Capture, "cuts", lambda capture, most: [capture.length - 1, capture.length])
    monkeypatch.setattr(cut_short.Capture, "story", lambda capture, reset: [])
    assert cut_short.judge(path, 8).violations


def test_excuses():
    """Few, of causes that there are; none accuses by traffic that is foreign."""
    causes = tools.registry()
    assert len(later_traffic.EXCUSED) <= 10
    assert all({before, after} <= causes.keys() for _, _, before, after in later_traffic.EXCUSED)
    assert cut_short.excuses() and all(set(pair) <= causes.keys() for pair in cut_short.excuses())
