#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Record sample captures with the TCP stack of the running Linux kernel: lab.py [--list] [--out DIR] [scenario ...]"""
import argparse
import inspect
import os
import shutil
import socket
import sys

import capfile
import lab_trace  # noqa: F401 (adds its scenario)
import netlab
from lab_path import SCENARIOS

NEEDED = ("ip", "tcpdump", "iptables", "ethtool", "ss", "sysctl")


def label(found, rows, name):
    """Pair the resets in the recording with the expected rows; the last row applies to all further resets."""
    if len(found) < len(rows) or len(found) > len(rows) and rows[-1][0] != "segment_after_reset":
        shape = " ".join(f"{number}:{seg.flags:#x}" for number, seg, _ in found)
        capfile.die(f"{name}: {len(rows)} resets expected, recorded: {shape or 'none'}")
    rows = rows + [rows[-1]] * (len(found) - len(rows))
    return [(number, cause, sender, trigger) for (number, _, trigger), (cause, sender) in zip(found, rows)]


def reasons(lab, found):
    """The kernel's reasons for these resets; several resets of one connection share a list."""
    traced = lab.reasons()
    said = []
    for _, seg, _ in found:
        ports = [frozenset((seg.src[1], seg.dst[1])), frozenset((seg.src[1], 0))]
        for reason in traced.get(ports[0], []) + traced.get(ports[1], []):
            if reason not in said:
                said.append(reason)
    return said


def record(name, out):
    plan = SCENARIOS[name]
    options = {name: value for name, value in plan.options.items() if name != "trace"}
    with netlab.Lab(**options) as lab:
        plan.play(lab)
        frames = lab.stop_capture()
        found = capfile.resets(frames)
        said = reasons(lab, found)
        trace = lab.traced()
    rows = label(found, plan.rows, name)
    kernel = f"Kernel reason (tcp:tcp_send_reset): {', '.join(said)}." if said else "No kernel reason recorded."
    readme = f"{inspect.cleandoc(plan.play.__doc__)}\nRecorded on Linux {os.uname().release.split('-')[0]}: " \
             f"`tests/gen/lab.py {name}`. {kernel}"
    folder = os.path.join(out, plan.folder)
    capfile.write_sample(folder, f"{name}.pcapng", frames, rows, readme)
    if plan.options.get("trace"):
        with open(os.path.join(folder, "kernel-trace.txt"), "w", encoding="ascii") as f:
            f.write(trace)
    print(f"{plan.folder}: {len(frames)} frames, {len(rows)} resets, {' '.join(said)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="name the scenarios and stop")
    parser.add_argument("--out", default=capfile.SAMPLES, help="folder for the samples (default: sample-captures)")
    parser.add_argument("scenario", nargs="*", help="default: all")
    # One line instead of argparse's usage block: the house rule for bad arguments.
    parser.error = lambda message: capfile.die(message)
    args = parser.parse_args()
    if args.list:
        print("\n".join(f"{name:24} {plan.folder}" for name, plan in SCENARIOS.items()))
        return
    unknown = [name for name in args.scenario if name not in SCENARIOS]
    if unknown:
        capfile.die(f"no such scenario: {' '.join(unknown)} (see --list)")
    if os.geteuid() != 0:
        capfile.die("root is needed for network namespaces")
    missing = [tool for tool in NEEDED if not shutil.which(tool)]
    if missing:
        capfile.die(f"missing programs: {' '.join(missing)}")
    socket.setdefaulttimeout(10)
    for name in args.scenario or SCENARIOS:
        try:
            record(name, args.out)
        except (OSError, RuntimeError) as error:
            capfile.die(f"{name}: {error}")


if __name__ == "__main__":
    sys.exit(main())
