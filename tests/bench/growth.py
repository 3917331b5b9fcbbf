"""The curves of the core: cost per segment and memory per item from a thousand to a million items.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import subprocess
from pathlib import Path

import measure
import tools

SIZES = [1_000, 10_000, 100_000, 1_000_000]
KINDS = {
    "syn": "half-open SYNs",
    "refused": "refused SYNs",
    "closed": "closed connections",
    "reset": "reset connections",
    "reused": "connections on the same ports",
    "storm": "resets of one connection",
}
COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]


def program():
    found = os.environ.get("RST_BENCH") or tools.plugin_dir().parent / "tests" / "bench" / "rst_bench"
    if not Path(found).exists():
        raise measure.Failure(f"{found} is missing: build it, or name it in RST_BENCH")
    return found


def curve(kind, sizes):
    """(items, ns per segment, bytes per item) for each size; the best of three runs."""
    for size in sizes:
        best = None
        for _ in range(3):
            line = subprocess.run([program(), kind, str(size)], capture_output=True, text=True, check=True).stdout
            _, _, _, ns, held = line.split("\t")
            best = min(best or float("inf"), float(ns))
        yield size, best, float(held)


def panel(curves, column, title, left):
    """Half a picture: items on a logarithmic axis, cost on a linear one from 0."""
    width, height = 300, 220
    top = max(point[column] for points in curves.values() for point in points) * 1.1
    low, high = len(str(SIZES[0])) - 1, len(str(SIZES[-1])) - 1

    def place(items, value):
        return left + width * (len(str(items)) - 1 - low) / (high - low), 40 + height * (1 - value / top)

    yield f'<text x="{left}" y="24" font-weight="bold">{title}</text>'
    for step in range(5):
        value = top * step / 4
        x, y = place(SIZES[0], value)
        yield f'<path d="M{x:.0f} {y:.0f}h{width}" stroke="#ddd"/>'
        yield f'<text x="{x - 6:.0f}" y="{y + 4:.0f}" text-anchor="end">{value:.0f}</text>'
    for items in SIZES:
        x, y = place(items, 0)
        yield f'<text x="{x:.0f}" y="{y + 18:.0f}" text-anchor="middle">{items:,}</text>'
    for color, points in zip(COLORS, curves.values()):
        line = " ".join("{:.1f},{:.1f}".format(*place(point[0], point[column])) for point in points)
        yield f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>'


def picture(curves):
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 360" font-family="sans-serif" font-size="11">',
             "<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by tests/bench/bench.py -->",
             '<rect width="760" height="360" fill="#fff"/>']
    lines += panel(curves, 1, "CPU time of the core per segment (ns)", 50)
    lines += panel(curves, 2, "Memory of the core per item (bytes)", 430)
    for number, (color, kind) in enumerate(zip(COLORS, curves)):
        x, y = 50 + number % 3 * 230, 310 + number // 3 * 20
        lines.append(f'<path d="M{x} {y - 4}h24" stroke="{color}" stroke-width="2"/>')
        lines.append(f'<text x="{x + 30}" y="{y}">{KINDS[kind]}</text>')
    return "\n".join([*lines, "</svg>", ""])


def show(rows, scale, path):
    sizes = [size for size in SIZES if size <= SIZES[-1] * scale]
    if not sizes:
        raise measure.Failure("--scale is too small for a curve")
    curves = {kind: list(curve(kind, sizes)) for kind in KINDS}
    for column, title in ((1, "Core: nanoseconds of CPU per segment"), (2, "Core: bytes per item")):
        rows(title, ["kind", *(f"{size:,}" for size in sizes)],
             ([KINDS[kind], *(f"{point[column]:.0f}" for point in points)] for kind, points in curves.items()))
    if path:
        path.write_text(picture(curves))
