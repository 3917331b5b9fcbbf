#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Live capture with and without the plugin: how late the packets come, and whether memory stays flat.

    live.py tshark|wireshark [--packets N] [--rate N] [--kind K] [--memory MB] [--build FOLDER]

As root: makes a network namespace with a pair of interfaces, sends the tour amid a flood (flood.c) through one of them
at a fixed rate and captures on the other. tshark is `tshark -i`, with the time at which it prints each packet;
wireshark is `dumpcap | wireshark -k -i -` on a screen of its own, with the columns of our profile. Prints a table; a
lag is the time from the capture of a packet to its line.
"""
import argparse
import ctypes
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import floods  # noqa: E402  (needs the path above; it makes tests/tshark importable)
import measure  # noqa: E402
import tools  # noqa: E402

CLONE_NEWNET = 0x40000000
NEAR, FAR = "near0", "far0"
CAPS = "-all,+net_raw,+net_admin"
AS_USER = ["setpriv", f"--reuid={measure.NOBODY}", f"--regid={measure.NOBODY}", "--clear-groups",
           f"--inh-caps={CAPS}", f"--ambient-caps={CAPS}"]
PAGE = os.sysconf("SC_PAGE_SIZE")
PROFILE = "TCP Resets"
SAMPLES = 20  # of memory


def frames(path):
    """The packets of a file that flood.c wrote."""
    data, at = Path(path).read_bytes(), 0
    while at + 12 <= len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if kind == 6:
            length = struct.unpack_from("<I", data, at + 20)[0]
            yield data[at + 28:at + 28 + length]
        at += size


def network():
    """A namespace of this process's own, which its children share."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        raise measure.Failure("no network namespace: needs root")
    for command in (f"ip link add {NEAR} type veth peer name {FAR}", f"ip link set {NEAR} up", f"ip link set {FAR} up"):
        subprocess.run(command.split(), check=True)


class Sender(threading.Thread):
    """Sends all packets at a fixed rate, in portions of ten milliseconds."""

    def __init__(self, packets, rate):
        super().__init__(daemon=True)
        self.packets, self.rate, self.sent = packets, rate, 0

    def run(self):
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
            out.bind((NEAR, 0))
            start = time.monotonic()
            for frame in self.packets:
                out.send(frame)
                self.sent += 1
                if self.sent % max(self.rate // 100, 1) == 0:
                    time.sleep(max(0, start + self.sent / self.rate - time.monotonic()))


def memory(pid):
    """Resident bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


def cpu(pid):
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13])) / 100


class Live:
    """One program reading one stream; ours = with the plugin."""

    def __init__(self, options, bench, packets, ours):
        self.options, self.bench, self.packets, self.ours = options, bench, packets, ours
        subject = "rst" if ours else "stock"
        self.environment = dict(bench.environment(subject), XDG_RUNTIME_DIR=str(bench.home))
        self.preferences = ["-o", f"rst.memory_mb:{options.memory}"] if ours else []
        self.curve = []  # memory, at equal distances

    def note(self, done, pid):
        if done * SAMPLES // len(self.packets) > len(self.curve):
            self.curve.append(memory(pid))

    def tshark(self):
        """(lags in seconds, CPU seconds)"""
        shown = ["rst.cause", "rst.confidence", "rst.sender"] if self.ours else ["tcp.flags", "tcp.seq", "tcp.ack"]
        fields = [word for name in ["frame.number", "frame.time_epoch", *shown] for word in ("-e", name)]
        command = [*AS_USER, "tshark", "-q", "-l", "-n", "-i", FAR, *self.preferences, "-T", "fields", *fields]
        with subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            sender = Sender(self.packets, self.options.rate)
            time.sleep(3)  # until it captures
            sender.start()
            lags = self.read_lines(child, sender)
            used = cpu(child.pid)
            child.send_signal(signal.SIGINT)
        return lags, used

    def read_lines(self, child, sender):
        lags, rest, quiet = [], b"", time.monotonic()
        while time.monotonic() - quiet < 10 or sender.is_alive():
            if not select.select([child.stdout], [], [], 1)[0]:
                continue
            chunk, now = os.read(child.stdout.fileno(), 1 << 20), time.time()
            if not chunk:
                break
            *lines, rest = (rest + chunk).split(b"\n")
            lags += [now - float(line.split(b"\t")[1]) for line in lines if line]
            quiet = time.monotonic()
            self.note(len(lags), child.pid)
            if len(lags) >= len(self.packets):
                break
        return lags

    def wireshark(self):
        """(seconds from the last packet until it rests, CPU seconds)"""
        capture = subprocess.Popen(["dumpcap", "-q", "-i", FAR, "-w", "-"], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        command = [*AS_USER, "xvfb-run", "-a", "-s", "-screen 0 1280x900x24", "wireshark", "-C", PROFILE, "-o",
                   "gui.update.enabled:FALSE", *self.preferences, "-k", "-i", "-"]
        shell = subprocess.Popen(command, env=self.environment, stdin=capture.stdout, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, start_new_session=True)
        capture.stdout.close()
        try:
            time.sleep(15)
            pid = int(subprocess.run(["pgrep", "-n", "-x", "wireshark"], capture_output=True, check=True).stdout)
            sender = Sender(self.packets, self.options.rate)
            sender.start()
            while sender.is_alive():
                time.sleep(0.1)
                self.note(sender.sent, pid)
            return self.settle(pid)
        finally:
            capture.terminate()
            os.killpg(shell.pid, signal.SIGTERM)
            shell.wait()
            capture.wait()

    def settle(self, pid):
        start = latest = time.monotonic()
        used = cpu(pid)
        while time.monotonic() - latest < 3 and time.monotonic() - start < 300:
            time.sleep(0.5)
            now = cpu(pid)
            if now - used > 0.1:
                latest = time.monotonic()
            used = now
        self.curve.append(memory(pid))
        return latest - start, used


def at(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def megabytes(curve):
    """A quarter, half, three quarters of the way, and the end."""
    return " ".join(f"{curve[min(int(len(curve) * part), len(curve) - 1)] / 2**20:.0f}" for part in (.25, .5, .75, 1))


def install_profile(home):
    folder = Path(home) / ".config" / "wireshark" / "profiles"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-r", tools.REPO / "packaging" / "profile" / PROFILE, folder], check=True)
    subprocess.run(["chown", "-R", f"{measure.NOBODY}:{measure.NOBODY}", Path(home) / ".config"], check=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("way", choices=("tshark", "wireshark"))
    parser.add_argument("--packets", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=10_000, help="packets in a second")
    parser.add_argument("--kind", default="scanned", help="of the flood (kinds.c); in the default, half are resets")
    parser.add_argument("--memory", type=int, default=64, help="the plugin's preference, MB")
    parser.add_argument("--build", default=tools.REPO, help="where to look for rst_flood (default: the newest)")
    return parser.parse_args()


def main():
    options = arguments()
    flood = floods.program(options.build)
    network()
    with tempfile.TemporaryDirectory(prefix="rst-live-") as work:
        bench = measure.Bench(work)
        install_profile(bench.home)
        path = Path(work) / "flooded.pcapng"
        subprocess.run([flood, tools.SAMPLES / "tour.pcapng", options.kind, str(options.packets), "between", path],
                       check=True)
        packets = list(frames(path))
        print("| program | packets | lag 50 % | 99 % | longest | CPU s | MB at 1/4, 1/2, 3/4, end |" if
              options.way == "tshark" else "| program | packets | rests after s | CPU s | MB at 1/4, 1/2, 3/4, end |")
        for ours in (False, True):
            live = Live(options, bench, packets, ours)
            found, used = getattr(live, options.way)()
            name = f"{options.way}{' with rst' if ours else ''}"
            if options.way == "tshark":
                print(f"| {name} | {len(found)} | {at(found, .5):.3f} | {at(found, .99):.3f} | {max(found):.3f} | "
                      f"{used:.1f} | {megabytes(live.curve)} |", flush=True)
            else:
                print(f"| {name} | {len(packets)} | {found:.1f} | {used:.1f} | {megabytes(live.curve)} |", flush=True)


if __name__ == "__main__":
    try:
        main()
    except (measure.Failure, OSError, subprocess.SubprocessError) as failure:
        sys.exit(f"live.py: {failure}")
