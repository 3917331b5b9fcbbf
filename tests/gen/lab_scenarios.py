# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens in each recording of lab.py. A scenario gets a netlab.Lab and uses plain sockets.

@scenario(folder, rows): folder under sample-captures/, and the expected (cause, sender) of each reset in frame order.
The docstring becomes the first line of the sample's README.md.
"""
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field

from capfile import SYN, Segment, read_pcap
from lab_packets import ip_packet, rewrite, tcp_flags
from netlab import CLIENT, DOWN, SERVER, TCP_QUEUE_SEQ, TCP_REPAIR, TCP_REPAIR_QUEUE, UP, run

SCENARIOS = {}
LINGER_0 = struct.pack("ii", 1, 0)
REQUEST = (b"GET /status HTTP/1.1\r\nHost: app.example\r\nUser-Agent: probe/1\r\n\r\n")
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nall is well\n"


@dataclass
class Scenario:
    folder: str
    rows: list
    play: object
    options: dict = field(default_factory=dict)


def scenario(folder, *rows, **options):
    def register(play):
        SCENARIOS[play.__name__] = Scenario(folder, list(rows), play, options)
        return play
    return register


def exchange(c, s, request=REQUEST, reply=REPLY):
    """One request and its reply, both read completely."""
    c.sendall(request)
    received = b""
    while len(received) < len(request):
        received += s.recv(65536)
    s.sendall(reply)
    received = b""
    while len(received) < len(reply):
        received += c.recv(65536)
    time.sleep(0.1)


def abort(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_0)
    s.close()


def orderly(lab, port):
    """A healthy connection from SYN to the last ACK."""
    c, s = lab.pair(port)
    exchange(c, s)
    s.close()
    c.close()
    time.sleep(0.2)


# --- refused -------------------------------------------------------------------------------------------------------

@scenario("closed_port", ("closed_port", "server"), ("closed_port", "server"))
def closed_port(lab):
    """Port 80 has a service, port 81 of the same host has no listener: two connection attempts are refused."""
    orderly(lab, 80)
    for _ in range(2):
        lab.client().connect_ex((SERVER, 81))
        time.sleep(0.5)


@scenario("firewall_reject", ("firewall_reject", "middlebox"), ("firewall_reject", "middlebox"))
def firewall_reject(lab):
    """The router resets SYNs to port 8080, from one hop nearer and sooner than the host, which serves 80, 443, 8443,
    444."""
    lab.inside("r", "iptables", "-A", "FORWARD", "-p", "tcp", "--dport", "8080", "-j", "REJECT",
               "--reject-with", "tcp-reset")
    lab.listen(8080)
    for port in (80, 443, 8443):
        orderly(lab, port)
    for _ in range(2):
        lab.client().connect_ex((SERVER, 8080))
        time.sleep(0.7)
    orderly(lab, 444)


@scenario("resource_exhaustion-overflow", ("resource_exhaustion", "server"), ("resource_exhaustion", "server"))
def accept_queue_overflow(lab):
    """An accept queue of four with tcp_abort_on_overflow: of six clients, the third ACKs of the last two are reset."""
    lab.sysctl("s", "net.ipv4.tcp_abort_on_overflow", 1)
    lab.listen(80, backlog=3)
    for _ in range(3):
        lab.client().connect((SERVER, 80))
    # Three at once: a SYN that finds the queue full already would be dropped, not reset.
    for _ in range(3):
        lab.client(blocking=False).connect_ex((SERVER, 80))
    time.sleep(0.3)


@scenario("syn_options_refused", ("syn_options_refused", "server"))
def syn_options_refused(lab):
    """The server's packet filter resets SYNs that ask for ECN; the next SYN, without ECN, is accepted."""
    lab.inside("s", "iptables", "-A", "INPUT", "-p", "tcp", "--syn", "-m", "ecn", "--ecn-tcp-ece", "-j", "REJECT",
               "--reject-with", "tcp-reset")
    listener = lab.listen(80)
    lab.sysctl("c", "net.ipv4.tcp_ecn", 1)
    lab.client().connect_ex((SERVER, 80))
    time.sleep(0.2)
    lab.sysctl("c", "net.ipv4.tcp_ecn", 0)
    c, s = lab.pair(80, listener=listener)
    exchange(c, s)
    s.close()
    c.close()


# --- handshake -----------------------------------------------------------------------------------------------------

@scenario("half_open_scan", *[("half_open_scan", "client"), ("closed_port", "server")] * 4)
def half_open_scan(lab):
    """A SYN scan of eight ports: where a port is open, the scanner's kernel resets the SYN-ACK, which it knows nothing
    about."""
    for port in (22, 80, 443, 8443):
        lab.listen(port)
    with lab.at("c"):
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
    lab.sockets.append(raw)
    for port in (22, 23, 80, 81, 443, 444, 8443, 8444):
        # As port scanners send it: window 1024 and no option other than MSS.
        head = struct.pack(">HHIIBBHHHBBH", 51022, port, 0x5EED0000, 0, 0x60, 2, 1024, 0, 0, 2, 4, 1460)
        raw.sendto(rewrite(ip_packet(CLIENT, SERVER, 0, head))[20:], (SERVER, 0))
        time.sleep(0.15)


@scenario("connect_aborted", ("connect_aborted", "client"))
def connect_aborted(lab):
    """The path delays the SYN by 1.5 s; the client gives up after 0.5 s, so there is no socket left for the late
    SYN-ACK."""
    lab.listen(80)
    lab.link.tamper = lambda way, packet: [(packet, 1.5 if way == UP else 0.0)]
    c = lab.client(blocking=False)
    c.connect_ex((SERVER, 80))
    time.sleep(0.5)
    c.close()
    time.sleep(1.4)


@scenario("handshake_bad_ack", ("handshake_bad_ack", "client"))
def handshake_bad_ack(lab):
    """A device changes the ACK number of the first SYN-ACK; the client resets it, and its next SYN succeeds."""
    done = []

    def tamper(way, packet):
        if way == DOWN and tcp_flags(packet) & 0x12 == 0x12 and not done:
            done.append(True)
            return [(rewrite(packet, ack=1000), 0.0)]
        return [(packet, 0.0)]
    lab.link.tamper = tamper
    orderly(lab, 80)


@scenario("paws_reject", ("paws_reject", "client"))
def paws_reject(lab):
    """The timestamp echo in the SYN-ACK is too old: the client resets it and retries."""
    done = []

    def tamper(way, packet):
        if way == DOWN and tcp_flags(packet) & 0x12 == 0x12 and not done:
            done.append(True)
            return [(rewrite(packet, tsecr=-500000), 0.0)]
        return [(packet, 0.0)]
    lab.link.tamper = tamper
    orderly(lab, 80)


@scenario("half_open_discovery", ("half_open_discovery", "client"))
def half_open_discovery(lab):
    """The client crashed and reuses its port: the server still holds the old connection and answers with an ACK."""
    listener = lab.listen(80)
    c, s = lab.pair(80, 50080, listener)
    exchange(c, s)
    lab.forget(c)
    time.sleep(2)
    c, s = lab.pair(80, 50080, listener)
    exchange(c, s)
    c.close()
    s.close()


def lab_isn(lab):
    """The client's first sequence number, read from the running capture."""
    time.sleep(0.1)
    return next(seg.seq for seg in (Segment(data) for _, data in read_pcap(lab.file)) if seg.ok and seg.flags == SYN)


@scenario("time_wait_reuse", ("time_wait_reuse", "client"))
def time_wait_reuse(lab):
    """The server is in TIME-WAIT; a SYN from the same ports with a lower number draws its old ACK, then a reset."""
    for who in "cs":
        lab.sysctl(who, "net.ipv4.tcp_timestamps", 0)
    listener = lab.listen(80)
    c, s = lab.pair(80, 50090, listener)
    exchange(c, s)
    s.close()
    time.sleep(0.1)
    c.close()
    time.sleep(3)
    c = lab.client(50090)
    c.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    c.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_QUEUE, 2)
    c.setsockopt(socket.IPPROTO_TCP, TCP_QUEUE_SEQ, struct.pack("I", (lab_isn(lab) - 5000) % 2**32))
    c.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 0)
    c.connect((SERVER, 80))
    s, _ = listener.accept()
    lab.sockets.append(s)
    exchange(c, s)
    c.close()
    s.close()


@scenario("handshake_timeout", ("handshake_timeout", "server"))
def handshake_timeout(lab):
    """The client's third ACK never arrives: after three SYN-ACKs the server drops the request and resets later data."""
    lab.sysctl("s", "net.ipv4.tcp_synack_retries", 2)
    lab.listen(80)
    lab.link.tamper = lambda way, packet: [] if way == UP and tcp_flags(packet) == 0x10 else [(packet, 0.0)]
    c = lab.client()
    c.connect((SERVER, 80))
    time.sleep(12)
    c.sendall(REQUEST)
    time.sleep(0.3)


@scenario("unsolicited_synack", *[("unsolicited_synack", "client")] * 3)
def unsolicited_synack(lab):
    """Somebody floods servers with SYNs that carry this client's address: their SYN-ACKs find no socket here."""
    for n, (port, cport) in enumerate(((80, 1891), (443, 40711), (80, 29120))):
        head = struct.pack(">HHIIBBHHHBBH", port, cport, 0x10000000 + n * 7919, 0x2A000000 + n * 104729,
                           0x60, 0x12, 64240, 0, 0, 2, 4, 1460)
        lab.link.send(DOWN, rewrite(ip_packet(SERVER, CLIENT, 0, head)))
        time.sleep(0.4)


@scenario("unknown_to_kernel", ("unknown_to_kernel", "client"), ("segment_after_reset", "server"))
def unknown_to_kernel(lab):
    """A program does TCP through a raw socket: its kernel resets the SYN-ACK, but the program sends its request
    anyway."""
    lab.listen(80)
    with lab.at("c"):
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
    lab.sockets.append(raw)

    def send(seq, ack, flags, payload=b""):
        head = struct.pack(">HHIIBBHHH", 20480, 80, seq, ack, 0x50, flags, 8192, 0, 0)
        raw.sendto(rewrite(ip_packet(CLIENT, SERVER, 1, head + payload))[20:], (SERVER, 0))
    send(1000, 0, 2)
    answer = raw.recv(4096)[20:]
    time.sleep(0.002)
    send(1001, struct.unpack_from(">I", answer, 4)[0] + 1, 0x18, REQUEST)
    time.sleep(0.2)


@scenario("health_check", *[("health_check", "client")] * 5)
def health_check(lab):
    """A monitor connects every two seconds, sends nothing and resets (SO_LINGER 0)."""
    listener = lab.listen(80)
    start = time.monotonic()
    for n in range(5):
        time.sleep(max(0, start + 2 * n - time.monotonic()))
        c, _ = lab.pair(80, listener=listener)
        time.sleep(0.05)
        abort(c)


# --- application ---------------------------------------------------------------------------------------------------

@scenario("app_abort", ("app_abort", "client"))
def app_abort(lab):
    """Two requests are answered and read, then the client closes with SO_LINGER 0."""
    c, s = lab.pair(80)
    exchange(c, s)
    exchange(c, s)
    time.sleep(1)
    abort(c)


@scenario("app_abort-after_fin", ("app_abort", "client"))
def app_abort_after_fin(lab):
    """The client sends its FIN, gets it acknowledged, and then aborts (SO_LINGER 0 in FIN-WAIT-2)."""
    c, s = lab.pair(80)
    exchange(c, s)
    c.shutdown(socket.SHUT_WR)
    time.sleep(0.2)
    abort(c)


@scenario("unread_data", ("unread_data", "server"))
def unread_data(lab):
    """The server closes at once while a request is still unread in its buffer (no SO_LINGER)."""
    c, s = lab.pair(80)
    exchange(c, s)
    c.sendall(REQUEST * 4)
    time.sleep(0.03)
    s.close()


@scenario("unread_data-zero_window", ("unread_data", "server"))
def unread_data_zero_window(lab):
    """The server never reads, its window closes, and then it closes the socket."""
    listener = lab.listen(80)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    c, s = lab.pair(80, listener=listener)
    c.setblocking(False)
    try:
        for _ in range(40):
            c.send(bytes(500))
    except BlockingIOError:
        pass
    time.sleep(2.5)
    s.close()


@scenario("data_after_close", ("data_after_close", "server"), ("segment_after_reset", "server"))
def data_after_close(lab):
    """The server replies and closes completely; the client sends two more requests."""
    c, s = lab.pair(80)
    exchange(c, s)
    s.close()
    time.sleep(0.3)
    c.sendall(REQUEST)
    c.sendall(REQUEST)
    time.sleep(0.2)


@scenario("segment_after_reset", ("app_abort", "server"), *[("segment_after_reset", "server")] * 3)
def segment_after_reset(lab):
    """The server aborts after its reply (SO_LINGER 0) while three more requests are on their way to it."""
    c, s = lab.pair(80)
    exchange(c, s)
    abort(s)
    for _ in range(3):
        c.sendall(REQUEST)
        time.sleep(0.002)
    time.sleep(0.3)


@scenario("app_error", ("app_error", "server"))
def app_error(lab):
    """The server cannot parse the request: HTTP 400, Connection: close, and a reset (SO_LINGER 0)."""
    c, s = lab.pair(80)
    bad = b"GET /items?id=%zz HTTP/1.1\r\nHost\r\n\r\n"
    exchange(c, s, bad, b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 12\r\n\r\nBad Request\n")
    abort(s)


@scenario("app_error-tls", ("app_error", "client"))
def app_error_tls(lab):
    """TLS 1.2: the client does not trust the certificate, sends the fatal alert unknown_ca and resets."""
    c, s = lab.pair(443)
    with tempfile.TemporaryDirectory() as folder:
        key, cert = folder + "/key.pem", folder + "/cert.pem"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
            "-subj", "/CN=app.example")
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(cert, key)

    def serve():
        try:
            server.wrap_socket(s, server_side=True)
        except OSError:
            pass
    thread = threading.Thread(target=serve)
    thread.start()
    client = ssl.create_default_context()
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_0)
    try:
        client.wrap_socket(c, server_hostname="app.example")
    except ssl.SSLError:
        c.close()
    thread.join()


@scenario("app_timeout", *[("app_timeout", "server")] * 3)
def app_timeout(lab):
    """The server resets each of three connections 15 s after its last reply (idle timer, SO_LINGER 0)."""
    listener = lab.listen(80)
    waiting = []
    for _ in range(3):
        c, s = lab.pair(80, listener=listener)
        c.sendall(REQUEST)
        s.recv(4096)
        s.sendall(REPLY)
        waiting.append((s, time.monotonic() + 0.02 + 15))
        time.sleep(1.7)
    for s, due in waiting:
        time.sleep(max(0, due - time.monotonic()))
        abort(s)


@scenario("transfer_cancelled", ("transfer_cancelled", "client"), ("segment_after_reset", "client"), snaplen=128)
def transfer_cancelled(lab):
    """The client reads part of a download and closes; segments in flight draw further resets."""
    c, s = lab.pair(80)
    c.sendall(REQUEST)
    s.recv(4096)
    s.setblocking(False)
    got = 0
    stop = time.monotonic() + 2
    while time.monotonic() < stop:
        try:
            s.send(bytes(20000))
        except (BlockingIOError, ConnectionError):
            pass
        if got < 40000:
            try:
                got += len(c.recv(16384, socket.MSG_DONTWAIT))
                stop = time.monotonic() + 0.03
            except BlockingIOError:
                pass
        time.sleep(0.001)
    c.close()


@scenario("close_race", ("close_race", "client"))
def close_race(lab):
    """The server closes in order; the client has received everything and answers the FIN with a reset (SO_LINGER 0)."""
    c, s = lab.pair(80)
    exchange(c, s)
    s.close()
    c.recv(1)
    abort(c)


@scenario("listener_closed", *[("listener_closed", "server")] * 3, ("closed_port", "server"))
def listener_closed(lab):
    """Three connections are waiting to be accepted when the server closes its listening socket; a fourth is refused."""
    listener = lab.listen(80)
    for _ in range(3):
        lab.client().connect((SERVER, 80))
        time.sleep(0.05)
    time.sleep(0.5)
    listener.close()
    time.sleep(0.5)
    lab.client().connect_ex((SERVER, 80))


@scenario("process_exit", *[("process_exit", "server")] * 4, ("closed_port", "server"), ("closed_port", "server"))
def process_exit(lab):
    """A server process with four connections is killed, with requests unread: all are reset at once, and the port
    refuses afterward."""
    code = ("import socket,sys,time\n"
            f"l=socket.socket(); l.bind(('{SERVER}',80)); l.listen(9); k=[]\n"
            "while True:\n s,_=l.accept(); k.append(s); s.recv(4096)\n"
            f" s.sendall({REPLY!r})\n")
    child = subprocess.Popen(["ip", "netns", "exec", lab.ns["s"], "/usr/bin/python3", "-c", code])
    lab.children.append(child)
    time.sleep(0.5)
    clients = [lab.client() for _ in range(4)]
    for c in clients:
        c.connect((SERVER, 80))
        c.sendall(REQUEST)
        c.recv(4096)
        time.sleep(0.2)
    for c in clients:
        c.sendall(REQUEST)
    time.sleep(0.045)
    child.kill()
    child.wait()
    time.sleep(0.5)
    for _ in range(2):
        lab.client().connect_ex((SERVER, 80))
        time.sleep(1)


# One capture cannot tell ss -K from the application's own abort.
@scenario("admin_kill", *[("app_abort", "server")] * 3)
def admin_kill(lab):
    """An operator runs ss -K on the server: three idle, healthy connections die; the port keeps accepting new ones.

    On the wire, this is an application's abort: app_abort is expected, with admin_kill as an alternative."""
    listener = lab.listen(80)
    for _ in range(3):
        c, s = lab.pair(80, listener=listener)
        exchange(c, s)
    time.sleep(2)
    lab.inside("s", "ss", "-K", "state", "established", "sport", "=", ":80")
    time.sleep(0.5)
    c, s = lab.pair(80, listener=listener)
    exchange(c, s)
    s.close()
    c.close()
