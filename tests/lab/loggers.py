# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that write logs about the lab's connections: the router's firewall in five ways, HAProxy and nginx.

Each leaves a text as it wrote it, and pairs() says which ports a line of it is about. That is worked out here, from
what each program is known to print, and not with the plugin's readers, which are what is judged.
"""
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

# Ports of the server, by what happens to who calls there.
FATES = {"allowed": 80, "dropped": 81, "rejected": 82, "reset": 83, "idle": 84, "refused": 85}
PROXIED = {"allowed": 9001, "refused": 9002, "reset": 9003, "timeout": 9004, "policy": 9005}
WEB = {"refused": 9101, "reset": 9102}
BACKEND = {"allowed": 7001, "refused": 7002, "reset": 7003, "timeout": 7001}  # of the proxies, at the client's address
IDLE = 2  # seconds until the router forgets a connection
PREFIX = "rstlab-"
ABSENT = {"Suricata": "suricata", "Zeek": "zeek", "Envoy": "envoy", "retis": "retis"}

RULES = """
table ip fw {{
  chain pre {{
    type filter hook prerouting priority -350; policy accept;
    tcp dport 80-89 meta nftrace set 1
  }}
  chain forward {{
    type filter hook forward priority 0; policy accept;
    tcp dport {dropped} {log_drop} drop
    tcp dport {rejected} {log_reject} reject with tcp reset
    tcp flags & (syn | ack | rst) == ack ct state invalid tcp dport {idle} {log_invalid} reject with tcp reset
    ct state new tcp dport {{ {allowed}, {reset}, {refused} }} {log_new} accept
  }}
  chain post {{
    type nat hook postrouting priority 100; policy accept;
    {nat}
  }}
}}
"""
ULOGD = """
[global]
logfile="{folder}/ulogd.own"
plugin="{plugins}/ulogd_inppkt_NFLOG.so"
plugin="{plugins}/ulogd_raw2packet_BASE.so"
plugin="{plugins}/ulogd_filter_IFINDEX.so"
plugin="{plugins}/ulogd_filter_IP2STR.so"
plugin="{plugins}/ulogd_filter_PRINTPKT.so"
plugin="{plugins}/ulogd_output_LOGEMU.so"
stack=log1:NFLOG,base1:BASE,ifi1:IFINDEX,ip2str1:IP2STR,print1:PRINTPKT,emu1:LOGEMU
[log1]
group=5
[emu1]
file="{folder}/nflog.log"
sync=1
"""
HAPROXY = """
global
  log {folder}/syslog local0
defaults
  mode tcp
  option tcplog
  log global
  timeout connect 2s
  timeout client 20s
  timeout server 20s
  retries 0
{fronts}
"""
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log info;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/n1; proxy_temp_path {folder}/n2; fastcgi_temp_path {folder}/n3;
  uwsgi_temp_path {folder}/n4; scgi_temp_path {folder}/n5;
{servers}
}}
"""


PORTS = {
    "netfilter NFLOG": r"SPT=(\d+) DPT=(\d+)",
    "netfilter LOG": r"SPT=(\d+) DPT=(\d+)",
    "conntrack -E": r"sport=(\d+) dport=(\d+)",
    "rst-record": r"(?:sport=|src=\S+:)(\d+) (?:dport=|dest=\S+:)(\d+)",
    "HAProxy": r"\d+\.\d+:(\d+) \[.*?\] (\w+) ",
    "nginx": r"upstream: \"http://[\d.]+:()(\d+)/",
}


def plugins_of_ulogd():
    for place in ("/usr/lib/x86_64-linux-gnu/ulogd", "/usr/lib/aarch64-linux-gnu/ulogd", "/usr/lib/ulogd"):
        if os.path.isdir(place):
            return place
    return ""


class Loggers:
    """Starts what is installed in a world, and hands back {witness: text}."""

    def __init__(self, world, wanted):
        self.world, self.wanted, self.missing = world, wanted, {}
        self.folder = world.folder()
        self.began, self.syslog, self.all_netns = {}, [], None

    def has(self, witness, *programs):
        if witness not in self.wanted:
            return False
        lacking = [name for name in programs if not shutil.which(name, path="/usr/sbin:/sbin:" + os.environ["PATH"])]
        if lacking:
            self.missing[witness] = f"not installed: {', '.join(lacking)}"
        return not lacking

    def start(self, nat):
        nflog = self.has("netfilter NFLOG", "nft", "ulogd") and plugins_of_ulogd()
        log = self.has("netfilter LOG", "nft")
        if log:
            self.let_namespaces_log()
        logs = {word: " ".join(bool(on) * f'log prefix "{PREFIX}{word}: " {how}'.rstrip() for on, how in
                               ((nflog, "group 5"), (log, "")))
                for word in ("drop", "reject", "invalid", "new")}
        rules = RULES.format(**FATES, **{f"log_{word}": text for word, text in logs.items()},
                             nat=f'oifname "link0" ip protocol tcp snat to {self.world.address["far"]}:30000-39999'
                             if nat else "")
        self.feed("r", rules, "nft", "-f", "-")
        self.world.inside("r", "sysctl", "-qw", "net.netfilter.nf_conntrack_tcp_loose=0",
                          f"net.netfilter.nf_conntrack_tcp_timeout_established={IDLE}")
        if nflog:
            self.write("ulogd.conf", ULOGD.format(folder=self.folder, plugins=plugins_of_ulogd()))
            self.spawn("r", "netfilter NFLOG", "ulogd", "-c", f"{self.folder}/ulogd.conf", out="ulogd.out")
        if self.has("nft monitor trace", "nft"):
            self.spawn("r", "nft monitor trace", "stdbuf", "-oL", "nft", "monitor", "trace", out="trace.log")
        if self.has("conntrack -E", "conntrack"):
            self.spawn("r", "conntrack -E", "conntrack", "-E", "-o", "timestamp", "-p", "tcp", out="conntrack.log")
        if self.has("rst-record", "bpftrace"):
            drops = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packaging/rst-record-drops")
            self.spawn(None, "rst-record", sys.executable, drops, out="drops.log")
            self.wait_for("drops.log", "begins", 20)
        if self.has("HAProxy", "haproxy"):
            self.start_haproxy()
        if self.has("nginx", "nginx"):
            self.start_nginx()
        time.sleep(0.5)
        for witness, child in self.began.items():
            if child.poll() is not None:
                self.missing[witness] = f"ended at once: {self.said(child)}"

    def said(self, child):
        with open(child.errors, encoding="utf-8", errors="replace") as text:
            return (text.read().strip().splitlines() or [f"exit code {child.returncode}"])[-1]

    def let_namespaces_log(self):
        """The kernel's LOG is silent in namespaces unless this is set, for the whole machine; stop() puts it back."""
        place = "/proc/sys/net/netfilter/nf_log_all_netns"
        try:
            with open(place, "r+", encoding="ascii") as setting:
                self.all_netns = setting.read().strip()
                setting.seek(0)
                setting.write("1")
            self.kmsg = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
            os.lseek(self.kmsg, 0, os.SEEK_END)
        except OSError as error:
            self.missing["netfilter LOG"] = str(error)

    def kernel_log(self):
        """As `dmesg --time-format=iso` prints it."""
        lines = []
        booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
        while True:
            try:
                head, text = os.read(self.kmsg, 8192).decode(errors="replace").split("\n")[0].split(";", 1)
            except BlockingIOError:
                return "".join(lines)
            except BrokenPipeError:  # overwritten meanwhile
                continue
            at = booted + int(head.split(",")[2]) / 1e6
            if PREFIX in text:
                stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))
                lines.append(f"{stamp},{int(at % 1 * 1e6):06}+00:00 {text}\n")

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as f:
            f.write(text)

    def feed(self, who, text, *command):
        done = subprocess.run(["ip", "netns", "exec", self.world.ns[who], *command], input=text, capture_output=True,
                              text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")

    def spawn(self, who, witness, *command, out):
        place = os.path.join(self.folder, out)
        # What traces the whole kernel stays outside: `ip netns exec` mounts a /sys of its own, without tracefs.
        there = ["ip", "netns", "exec", self.world.ns[who]] if who else []
        with open(place, "wb") as output, open(place + ".err", "wb") as errors:
            child = subprocess.Popen([*there, *command], stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        child.errors = place + ".err"
        self.world.children.append(child)
        self.began[witness] = child

    def wait_for(self, name, word, seconds):
        latest = time.monotonic() + seconds
        while time.monotonic() < latest and word not in self.read(name):
            time.sleep(0.1)

    def start_haproxy(self):
        fronts, mine, client = [], self.world.address["s"], self.world.address["c"]
        for fate, port in PROXIED.items():
            more = {"timeout": "  timeout client 1s\n", "policy": "  tcp-request inspect-delay 2s\n"
                    "  tcp-request content reject if { req.len gt 0 }\n"}.get(fate, "")
            fronts.append(f"listen {fate}\n  bind {mine}:{port}\n{more}"
                          f"  server app {client}:{BACKEND.get(fate, BACKEND['allowed'])}\n")
        self.write("haproxy.conf", HAPROXY.format(folder=self.folder, fronts="".join(fronts)))
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        receiver.bind(f"{self.folder}/syslog")
        self.world.sockets.append(receiver)
        threading.Thread(target=self.receive, args=(receiver,), daemon=True).start()
        self.spawn("s", "HAProxy", "haproxy", "-db", "-f", f"{self.folder}/haproxy.conf", out="haproxy.out")

    def receive(self, receiver):
        try:
            while True:
                self.syslog.append(receiver.recv(65536).decode(errors="replace").rstrip("\n") + "\n")
        except OSError:
            pass

    def start_nginx(self):
        client = self.world.address["c"]
        servers = "".join(f"  server {{ listen {self.world.address['s']}:{port}; location / {{ "
                          f"proxy_pass http://{client}:{BACKEND[fate]}; }} }}\n" for fate, port in WEB.items())
        self.write("nginx.conf", NGINX.format(folder=self.folder, servers=servers))
        self.spawn("s", "nginx", "nginx", "-c", f"{self.folder}/nginx.conf", out="nginx.out")

    def read(self, name):
        try:
            with open(os.path.join(self.folder, name), encoding="utf-8", errors="replace") as text:
                return text.read()
        except OSError:
            return ""

    def stop(self):
        """{witness: its log}, of those that could be started."""
        found = {"nginx": self.read("nginx.log")}
        for witness, child in self.began.items():
            # `ip netns exec` becomes the program, so the signal reaches that.
            child.terminate()
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            found[witness] = self.read({"netfilter NFLOG": "nflog.log", "nft monitor trace": "trace.log",
                                        "conntrack -E": "conntrack.log", "rst-record": "drops.log",
                                        "nginx": "nginx.log"}.get(witness, ""))
        if "HAProxy" in self.began:
            found["HAProxy"] = "".join(self.syslog)
        if "rst-record" in self.began:
            found["rst-record"] = self.world.traced() + found["rst-record"]
        if self.all_netns is not None:
            if "netfilter LOG" not in self.missing:
                found["netfilter LOG"] = self.kernel_log()
                os.close(self.kmsg)
            with open("/proc/sys/net/netfilter/nf_log_all_netns", "w", encoding="ascii") as setting:
                setting.write(self.all_netns)
        return {witness: text for witness, text in found.items() if witness in self.wanted
                and witness not in self.missing}


def pairs(witness, text):
    """[set of (port, port) that each line is about]; a port that the line does not have is 0."""
    found, by_id = [], {}
    for line in text.splitlines():
        if witness == "nft monitor trace":
            number = re.match(r"trace id (\w+)", line)
            ports = re.search(r"tcp sport (\d+) tcp dport (\d+)", line)
            if number and ports:
                by_id[number[1]] = {(int(ports[1]), int(ports[2]))}
            found.append(by_id.get(number[1], set()) if number else set())
            continue
        all_ports = re.findall(PORTS[witness], line)
        found.append({(int(a or 0), PROXIED[b] if b in PROXIED else int(b)) for a, b in all_ports})
    return found
