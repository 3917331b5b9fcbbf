# SPDX-License-Identifier: GPL-2.0-or-later
"""A small network for real stacks: client, router and server namespaces of the running Linux kernel.

    client 10.20.1.10 --veth-- 10.20.1.1 router 10.20.2.1 --link-- 10.20.2.20 server

The link is a pair of TUN devices joined by a thread of this program: it adds the path delay (the kernel may lack
netem) and can drop, change or add packets. The capture is made on the client's veth, so packets from the server arrive
with TTL 63 and packets from the router with TTL 64; the router's and the server's end of the link can be captured
as well. Labs in different slots have different addresses and can run at the same time.
"""
import ctypes
import fcntl
import heapq
import os
import select
import socket
import struct
import subprocess
import threading
import time

import capfile

CLIENT, SERVER, ROUTER = "10.20.1.10", "10.20.2.20", "10.20.1.1"
DEVICES = {"c": "eth0", "r": "link0", "s": "link0"}  # where each namespace captures
UP, DOWN = "up", "down"
TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ = 19, 20, 21
CLONE_NEWNET = 0x40000000
TRACING = "/sys/kernel/tracing"
libc = ctypes.CDLL(None, use_errno=True)


def run(*command, quiet=False):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode and not quiet:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def addresses(family, slot):
    """The addresses of client, router (near and far side) and server in one slot."""
    ends = {"c": (1, 10), "r": (1, 1), "far": (2, 1), "s": (2, 20)}
    form = "10.{}.{}.{}" if family == 4 else "fd20:{}:{}::{}"
    return {who: form.format(20 + slot, *end) for who, end in ends.items()}


class Link(threading.Thread):
    """Carries packets between two TUN devices with a delay; tamper(direction, packet) -> [(packet, extra delay)]."""

    def __init__(self, router_fd, server_fd, delay):
        super().__init__(daemon=True)
        self.out = {UP: server_fd, DOWN: router_fd}
        self.delay, self.tamper = delay, None
        self.queue, self.count, self.running = [], 0, True
        self.lock = threading.Lock()

    def send(self, direction, packet, extra=0.0):
        """Put a packet on its way; scenarios call it too, to replay or to forge."""
        with self.lock:
            self.count += 1
            heapq.heappush(self.queue, (time.monotonic() + self.delay + extra, self.count, direction, packet))

    def run(self):
        source = {self.out[DOWN]: UP, self.out[UP]: DOWN}
        while self.running:
            ready, _, _ = select.select(list(source), [], [], 0.0005 if self.queue else 0.02)
            for fd in ready:
                packet = os.read(fd, 65535)
                direction = source[fd]
                tamper = self.tamper
                for changed, extra in (tamper(direction, packet) if tamper else [(packet, 0.0)]):
                    self.send(direction, changed, extra)
            while self.queue and self.queue[0][0] <= time.monotonic():
                with self.lock:
                    _, _, direction, packet = heapq.heappop(self.queue)
                os.write(self.out[direction], packet)


class Lab:
    """The three namespaces and everything started in them; a context manager that cleans all of it up again."""

    def __init__(self, delay=0.010, snaplen=0, points="c", family=4, slot=0):
        tag = f"rst{os.getpid()}"
        self.points, self.family = points, family
        self.addresses = addresses(4, slot), addresses(6, slot)
        self.address = self.addresses[family == 6]
        self.ns = {who: f"{tag}{who}" for who in ("c", "r", "s")}
        self.delay, self.snaplen = delay, snaplen
        self.sockets, self.children, self.fds = [], [], []
        self.link, self.dumps = None, []
        self.files = {who: f"/tmp/{tag}{who}.pcap" for who in points}
        self.file = self.files[points[0]]
        self.trace = f"{TRACING}/instances/{tag}"

    def __enter__(self):
        try:
            self.build()
        except Exception as error:
            self.__exit__()
            capfile.die(f"cannot run here: {error}")
        return self

    def build(self):
        if os.geteuid() != 0:
            raise RuntimeError("root is needed for network namespaces")
        for name in self.ns.values():
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        run("ip", "-n", self.ns["c"], "link", "add", "eth0", "type", "veth", "peer", "name", "eth0",
            "netns", self.ns["r"])
        tuns = [self.tun("r"), self.tun("s")]
        for who, device in (("c", "eth0"), ("r", "eth0"), ("r", "link0"), ("s", "link0")):
            run("ip", "-n", self.ns[who], "link", "set", device, "up")
            self.inside(who, "ethtool", "-K", device, "gro", "off", "gso", "off", "tso", "off", "tx", "off",
                        quiet=True)
        for address, bits in zip(self.addresses, ("24", "64")):
            plan = (("c", "eth0", "c"), ("r", "eth0", "r"), ("r", "link0", "far"), ("s", "link0", "s"))
            for who, device, end in plan:
                nodad = ["nodad"] if bits == "64" else []
                run("ip", "-n", self.ns[who], "addr", "add", f"{address[end]}/{bits}", "dev", device, *nodad)
            run("ip", "-n", self.ns["c"], "route", "add", "default", "via", address["r"])
            run("ip", "-n", self.ns["s"], "route", "add", "default", "via", address["far"])
        self.sysctl("r", "net.ipv4.ip_forward", 1)
        self.sysctl("r", "net.ipv6.conf.all.forwarding", 1)
        for who in "cs":
            # Values left over from an earlier connection of the scenario would affect the next one.
            self.sysctl(who, "net.ipv4.tcp_no_metrics_save", 1)
        self.link = Link(tuns[0], tuns[1], self.delay)
        self.link.start()
        self.start_trace()
        self.start_capture()

    def tun(self, who, device="link0"):
        with self.at(who):
            fd = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(fd, 0x400454CA, struct.pack("16sH14x", device.encode(), 0x1001))
        self.fds.append(fd)
        return fd

    def at(self, who):
        """with lab.at("c"): sockets made inside belong to that namespace."""
        return _Inside(self.ns[who])

    def inside(self, who, *command, quiet=False):
        return run("ip", "netns", "exec", self.ns[who], *command, quiet=quiet)

    def sysctl(self, who, key, value):
        self.inside(who, "sysctl", "-qw", f"{key}={value}")

    def start_trace(self):
        """Records the kernel's own reasons if this kernel reports them; the recording is good even without them."""
        if not os.path.isdir(TRACING + "/events"):
            run("mount", "-t", "tracefs", "none", TRACING, quiet=True)
        try:
            os.mkdir(self.trace)
            with open(f"{self.trace}/trace_clock", "w", encoding="ascii") as f:
                f.write("mono")
            for event in ("tcp_send_reset", "tcp_receive_reset"):
                with open(f"{self.trace}/events/tcp/{event}/enable", "w", encoding="ascii") as f:
                    f.write("1")
        except OSError:
            pass

    def start_capture(self):
        for who in self.points:
            self.dumps.append(self.dump_on(who, DEVICES[who]))
        for dump in self.dumps:
            listening(dump)
        time.sleep(0.1)

    def dump_on(self, who, device):
        command = ["tcpdump", "-i", device, "-B", "16384", "-nU", "-s", str(self.snaplen), "-Z", "root",
                   "--time-stamp-precision=nano", "--immediate-mode", "-w", self.files[who],
                   "tcp or icmp or (icmp6 and ip6[40] < 128)"]
        return subprocess.Popen(["ip", "netns", "exec", self.ns[who], *command], stderr=subprocess.PIPE, text=True)

    def move_capture(self, who, device):
        """Capture on another interface of this namespace, from now on."""
        index = self.points.index(who)
        self.dumps[index].terminate()
        self.dumps[index].wait()
        self.dumps[index].stderr.close()
        self.dumps[index] = self.dump_on(who, device)
        listening(self.dumps[index])
        time.sleep(0.1)

    def stop_captures(self):
        """{point: frames} of all captures."""
        time.sleep(0.3)
        for dump in self.dumps:
            dump.terminate()
            dump.wait()
            dump.stderr.close()
        return {who: capfile.read_pcap(name) for who, name in self.files.items()}

    def stop_capture(self):
        return self.stop_captures()[self.points[0]]

    def traced(self):
        """The trace for this lab's own addresses as the kernel wrote it (other labs may run at the same time)."""
        own = [address for ends in self.addresses for address in ends.values()]
        try:
            with open(f"{self.trace}/trace", encoding="ascii") as f:
                return "".join(line for line in f
                               if line.startswith("#") or any(f"{end}{a}{stop}" in line for a in own
                                                              for end in "=[" for stop in ":] \n"))
        except OSError:
            return ""

    def told(self):
        """What the kernel reported: [(time in ns of CLOCK_REALTIME, (address, port), (address, port), reason)]."""
        try:
            with open(f"{self.trace}/trace", encoding="ascii") as f:
                lines = [line for line in f if "reason=" in line]
        except OSError:
            return []
        offset = time.time_ns() - time.monotonic_ns()
        found = []
        for line in lines:
            fields = dict(word.split("=", 1) for word in line.split() if "=" in word)
            stamp = line.split(": tcp_send_reset:")[0].split()[-1]
            ends = [fields[end].rsplit(":", 1) for end in ("src", "dest")]
            src, dst = ((address.strip("[]"), int(port)) for address, port in ends)
            found.append((round(float(stamp) * 1e9) + offset, src, dst, fields["reason"]))
        return found

    def reasons(self):
        """{ports: [reason, ...]} as the kernel reported them; a listener's reset has its own port and 0."""
        found = {}
        for _, src, dst, reason in self.told():
            found.setdefault(frozenset((src[1], dst[1])), []).append(reason)
        return found

    def socket(self, who):
        with self.at(who):
            s = socket.socket(socket.AF_INET6 if self.family == 6 else socket.AF_INET)
        self.sockets.append(s)
        return s

    def listen(self, port, backlog=16):
        s = self.socket("s")
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((self.address["s"], port))
        s.listen(backlog)
        return s

    def client(self, sport=0, blocking=True):
        c = self.socket("c")
        c.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if sport:
            c.bind((self.address["c"], sport))
        c.setblocking(blocking)
        return c

    def pair(self, port, sport=0, listener=None):
        """A connection that is established at both ends."""
        listener = listener or self.listen(port)
        c = self.client(sport)
        c.connect((self.address["s"], port))
        s, _ = listener.accept()
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sockets.append(s)
        return c, s

    def forget(self, *sockets):
        """Remove a connection without a packet, as a crash or a restart does (TCP_REPAIR)."""
        for s in sockets:
            s.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
            s.close()

    def __exit__(self, *_):
        for dump in self.dumps:
            if dump.poll() is None:
                dump.terminate()
                dump.wait()
        for child in self.children:
            if child.poll() is None:
                child.kill()
        for s in self.sockets:
            s.close()
        if self.link:
            self.link.running = False
            self.link.join()
        for fd in self.fds:
            os.close(fd)
        for name in self.ns.values():
            run("ip", "netns", "del", name, quiet=True)
        if os.path.isdir(self.trace):
            os.rmdir(self.trace)
        for name in self.files.values():
            if os.path.exists(name):
                os.unlink(name)


def listening(dump):
    line = dump.stderr.readline()
    if "listening on" not in line:
        raise RuntimeError(line.strip() or "tcpdump does not start")


class _Inside:
    """Enter a network namespace with this thread and return."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        result = libc.setns(there, CLONE_NEWNET)
        os.close(there)
        if result:
            raise OSError(ctypes.get_errno(), "setns")

    def __exit__(self, *_):
        libc.setns(self.home, CLONE_NEWNET)
        os.close(self.home)
