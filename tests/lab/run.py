#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the scenarios on real stacks and label every reset: run.py [--out DIR] [--half fit|judge] [scenario ...]"""
import argparse
import multiprocessing
import os
import shutil
import socket
import sys
import time

import world  # first: it makes tests/gen importable
import capfile
import labels
import programs
import scenarios
import stacks

NEEDED = ("ip", "tcpdump", "iptables", "ip6tables", "ethtool", "ss", "sysctl", "conntrack")
HEADING = "capture\tframe\tcause\tkernel\tsender\tdecidable\talternatives\tscenario\tprefs\n"
PLANS = {**scenarios.SCENARIOS, **stacks.SCENARIOS}
ATTEMPTS = 2  # a busy machine may upset the timing of a scenario once


def play(name, half, slot):
    """({point: frames}, rows, kernel trace) of one scenario; half: its name and a seed."""
    if name in stacks.SCENARIOS:
        frames, rows = stacks.build(name, half)
        return {"c": frames}, rows, ""
    plan = scenarios.SCENARIOS[name]
    with world.World(plan, half, slot) as lab:
        plan.play(lab, **{key: value for key, value in plan.values.items() if key != "family"})
        captures = lab.stop_captures()
        hosts = {who: {address[who] for address in lab.addresses} for who in "cs"}
        hosts["c"] |= lab.more_clients
        found = labels.resets(captures, hosts)
        labels.explain(found, lab.told())
        trace = lab.traced()
        labels.assign(found, lab.expected)
    return captures, labels.rows(found), trace


def work(job):
    """One scenario in a process of its own; its slot gives it addresses that no concurrent scenario uses."""
    name, half, out = job
    slot = multiprocessing.current_process()._identity[0] % 200
    problem = ""
    for _ in range(ATTEMPTS):
        try:
            captures, rows, trace = play(name, half, slot)
        except (labels.Contradiction, OSError, RuntimeError, SystemExit) as error:
            problem = f"{name}: {error}"
            continue
        folder = os.path.join(out, name)
        os.makedirs(folder, exist_ok=True)
        for point, frames in captures.items():
            capfile.write_pcapng(os.path.join(folder, f"{point}.pcapng"), frames)
        if trace:
            with open(os.path.join(folder, "kernel-trace.txt"), "w", encoding="ascii") as f:
                f.write(trace)
        return name, rows, ""
    return name, [], problem


def cannot():
    """Why the lab cannot run here, in a few words, or nothing."""
    if os.geteuid() != 0:
        return "root is needed for network namespaces"
    missing = [tool for tool in NEEDED if not shutil.which(tool)]
    if missing:
        return f"missing programs: {' '.join(missing)}"
    try:
        world.netlab.run("ip", "netns", "add", "rstprobe")
        world.netlab.run("ip", "netns", "del", "rstprobe")
    except RuntimeError as error:
        return f"no network namespaces: {error}"
    if not os.path.exists("/dev/net/tun"):
        return "no /dev/net/tun"
    world.netlab.run("mount", "-t", "tracefs", "none", world.netlab.TRACING, quiet=True)
    if not os.path.isdir(f"{world.netlab.TRACING}/events/tcp/tcp_send_reset"):
        return "this kernel does not tell why it resets (tracepoint tcp:tcp_send_reset)"
    return ""


def write(out, results):
    with open(os.path.join(out, "labels.tsv"), "w", encoding="utf-8") as f:
        f.write(HEADING)
        for name, rows, problem in sorted(results):
            prefs = PLANS[name].prefs
            settings = ",".join(f"{key}:{value}" for key, value in prefs.items()) or "-"
            for point, number, *rest in rows:
                f.write("\t".join([f"{name}/{point}.pcapng", str(number), *rest, name, settings]) + "\n")
            if not rows and not problem:  # healthy: there must be no reset and no accusation
                for point in "crs":
                    f.write("\t".join([f"{name}/{point}.pcapng", *["-"] * 6, name, settings]) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="name the scenarios and stop")
    parser.add_argument("--out", default="build/lab", help="folder that gets captures and labels.tsv (build/lab)")
    parser.add_argument("--half", choices=("fit", "judge"), default="fit",
                        help="parameter values: the rules may be tuned on fit, never on judge")
    parser.add_argument("--seed", default="", help="draw other values of the same half")
    parser.add_argument("--jobs", type=int, default=5, help="scenarios at a time (they mostly wait)")
    parser.add_argument("--tolerate", type=int, default=0, metavar="N",
                        help="scenarios that may fail to go as planned (kernel without a feature, busy machine)")
    parser.add_argument("scenario", nargs="*", help="default: all; a beginning of a name is enough")
    # One line instead of argparse's usage block: the house rule for bad arguments.
    parser.error = lambda message: capfile.die(message)
    args = parser.parse_args()
    names = [name for name in PLANS
             if not args.scenario or any(name.startswith(begin) for begin in args.scenario)]
    if args.list:
        print("\n".join(f"{name:44} {PLANS[name].doc}" for name in names))
        return 0
    problem = cannot() or ("" if names else "no such scenario (see --list)")
    if problem:
        capfile.die(f"cannot run: {problem}")
    os.makedirs(args.out, exist_ok=True)
    socket.setdefaulttimeout(10)
    start = time.monotonic()
    # The long ones first, so that none runs alone at the end.
    names.sort(key=lambda name: -PLANS[name].options.get("long", 0))
    with multiprocessing.Pool(args.jobs, maxtasksperchild=1) as pool:
        results = list(pool.imap_unordered(work, [(name, (args.half, args.seed), args.out) for name in names]))
    write(args.out, results)
    problems = [problem for _, _, problem in results if problem]
    print("\n".join(problems) or "every scenario went as planned")
    if programs.ABSENT:
        print(f"scenarios left out, not installed: {' '.join(sorted(programs.ABSENT))}")
    count = sum(len(rows) for _, rows, _ in results)
    print(f"{len(results) - len(problems)} scenarios, {count} labeled resets in {args.out}/labels.tsv, "
          f"{time.monotonic() - start:.0f} s, {len(problems)} not labeled")
    return 1 if len(problems) > args.tolerate else 0


if __name__ == "__main__":
    sys.exit(main())
