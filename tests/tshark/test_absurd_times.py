"""Captures whose times and kernel traces made sums overflow: both are read to the end, and in a build with the
sanitizers (RST_PLUGIN_DIR) without a complaint.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pytest

import tools

# The trace, if there is one, and the number of frames (capinfos hangs where the sanitizer is preloaded).
CAPTURES = {"clock-overflow.pcapng": ("clock-overflow.trace", 1606), "times-overflow.pcapng": (None, 336)}


@pytest.mark.parametrize("mode", [[], ["-2"], ["-2", "-o", "rst.capture_points:every_interface"]], ids=["one", "two", "every"])
@pytest.mark.parametrize("name", CAPTURES)
def test_read_to_the_end(tshark, name, mode):
    folder = tools.shared_dir() / "captures" / "attack"
    if not (folder / name).exists():
        pytest.skip("needs ../shared")
    trace, frames = CAPTURES[name]
    trace = ["-o", f"rst.kernel_trace:{folder / trace}"] if trace else []
    result = tshark.run("-r", str(folder / name), *mode, *trace, "-T", "fields", "-e", "frame.number", "-e", "rst.cause")
    assert b"runtime error" not in result.stderr
    assert result.returncode == 0
    assert len(result.stdout.splitlines()) == frames
