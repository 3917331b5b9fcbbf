# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios in which an application, an operator or the end of a process decides."""
import ctypes
import socket
import struct
import subprocess
import time

from lab_scenarios import abort
from world import BOTH, CLIENT, REPLY, REQUEST, SERVER, exchange, scenario

libc = ctypes.CDLL(None, use_errno=True)
FAR = {"fit": (0.010, 0.060), "judge": (0.025, 0.110)}
TCP_LINGER2 = 8


def talk(x, y, side, rounds=1, **what):
    for _ in range(rounds):
        exchange(*((x, y) if side == CLIENT else (y, x)), **what)


@scenario(side=BOTH, family=(4, 6))
def abort_after_talk(lab, side):
    """Some requests are answered and read, then one side closes with SO_LINGER 0."""
    x, y = lab.open(side)
    talk(x, y, side, rounds=lab.rng.choice((1, 2, 4)))
    lab.wait(lab.pick(0.2, 2.5))
    lab.expects("app_abort", side)
    abort(x)


@scenario(side=BOTH)
def abort_without_data(lab, side):
    """One side aborts a fresh connection that never carried a byte."""
    x, _ = lab.open(side)
    lab.wait(lab.pick(0.1, 0.6))
    # Whether it checked, scanned, raced or gave up is known only to the program.
    lab.expects("app_abort", side, alike="health_check half_open_scan connection_race listener_closed admin_kill",
                unsure="crs")
    abort(x)


@scenario(side=BOTH)
def abort_after_own_fin(lab, side):
    """One side sends its FIN, gets it acknowledged, and aborts."""
    x, y = lab.open(side)
    talk(x, y, side)
    x.shutdown(socket.SHUT_WR)
    lab.wait(lab.pick(0.1, 1))
    lab.expects("app_abort", side, alike="admin_kill fin_wait_timeout")
    abort(x)


@scenario(side=BOTH)
def abort_long_after_peers_fin(lab, side):
    """The peer has half-closed; this side keeps sending for more than a second and then aborts."""
    x, y = lab.open(side)
    talk(x, y, side)
    y.shutdown(socket.SHUT_WR)
    lab.wait(1.2)
    x.sendall(REPLY * 3)
    y.recv(4096)
    lab.wait(1.0)
    lab.expects("app_abort", side, alike="close_race admin_kill")
    abort(x)


@scenario(side=BOTH)
def disconnect(lab, side):
    """connect() with AF_UNSPEC dissolves the association of a live socket."""
    x, y = lab.open(side)
    talk(x, y, side)
    lab.wait(0.5)
    lab.expects("app_abort", side)
    libc.connect(x.fileno(), struct.pack("H14x", socket.AF_UNSPEC), 16)


@scenario(side=BOTH)
def linger2(lab, side):
    """TCP_LINGER2 below zero: the closing side does not wait for the other's FIN; its peer's next segment is reset."""
    x, y = lab.open(side)
    talk(x, y, side)
    lab.wait(0.3)
    x.setsockopt(socket.IPPROTO_TCP, TCP_LINGER2, -1)
    lab.expects("app_abort", side, alike="data_after_close close_race fin_wait_timeout no_connection", unsure="crs")
    x.close()


@scenario(side=BOTH, amount=("all", "part", "late"))
def unread(lab, side, amount):
    """A side closes while received bytes are unread: all of them or the rest, at once or later."""
    x, y = lab.open(side)
    talk(x, y, side)
    y.sendall(REQUEST * lab.rng.choice((1, 4, 40)))
    lab.wait(lab.pick(0.6, 1.5) if amount == "late" else lab.pick(0.0, 0.01))
    if amount == "part":
        x.recv(20)
    # On the wire, an abort after a request looks the same.
    lab.expects("unread_data", side, unsure="crs")
    x.close()


@scenario(family=(4, 6))
def unread_pipelined(lab):
    """The server answers the first of several pipelined requests and closes while the others are unread."""
    c, s = lab.pair(80)
    c.sendall(REQUEST * lab.rng.choice((3, 6)))
    lab.wait()
    s.recv(len(REQUEST))
    s.sendall(REPLY)
    lab.expects("unread_data", SERVER, unsure="crs")
    s.close()
    lab.followers(SERVER)


@scenario(side=BOTH)
def unread_zero_window(lab, side):
    """A side never reads, its window closes, and then it closes the socket."""
    x, y = lab.open(side)
    talk(x, y, side)
    x.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    y.setblocking(False)
    for _ in range(3):
        try:
            while True:
                y.send(bytes(700))
        except BlockingIOError:
            lab.wait(0.3)
    lab.wait(lab.pick(1, 2))
    lab.expects("unread_data", side, alike="app_abort transfer_cancelled")
    x.close()
    lab.followers(side)


@scenario(side=BOTH, family=(4, 6))
def data_after_close(lab, side):
    """A side closes completely; the other keeps sending."""
    x, y = lab.open(side)
    talk(x, y, side)
    x.close()
    lab.wait(lab.pick(0.1, 1.5))
    lab.expects("data_after_close", side)
    for _ in range(lab.rng.choice((1, 3))):
        try:
            y.sendall(REQUEST)
        except OSError:
            break
    lab.followers(side)


@scenario(side=BOTH)
def data_crosses_close(lab, side):
    """A side closes while the other's next message is on its way: FIN and data cross in transit."""
    x, y = lab.open(side)
    talk(x, y, side)
    lab.link.delay = max(lab.delay, 0.01)
    x.close()
    y.sendall(REQUEST)
    lab.expects("data_after_close", side)
    lab.followers(side)


@scenario(side=BOTH)
def close_during_upload(lab, side):
    """A side reads part of what is sent to it, up to the last byte received, and closes; the sender carries on."""
    x, y = lab.open(side)
    y.setblocking(False)
    stop, got = time.monotonic() + 2, 0
    while time.monotonic() < stop and got < 30000:
        try:
            y.send(bytes(8000))
        except BlockingIOError:
            pass
        try:
            got += len(x.recv(65536, socket.MSG_DONTWAIT))
        except BlockingIOError:
            pass
    x.close()
    lab.expects("transfer_cancelled", side, alike="unread_data data_after_close app_abort")
    lab.followers(side)
    for _ in range(3):
        try:
            y.send(bytes(8000))
        except OSError:
            break


@scenario(options={"delays": FAR}, side=BOTH)
def transfer_cancelled(lab, side):
    """A side reads part of a long transfer and closes while much of it is in flight."""
    x, y = lab.open(side)
    talk(x, y, side)
    y.setblocking(False)
    got, stop = 0, time.monotonic() + 4
    while time.monotonic() < stop and got < 60000:
        try:
            y.send(bytes(20000))
        except BlockingIOError:
            pass
        try:
            got += len(x.recv(16384, socket.MSG_DONTWAIT))
        except BlockingIOError:
            time.sleep(0.001)
    lab.expects("transfer_cancelled", side, alike="unread_data data_after_close app_abort")
    x.close()
    lab.followers(side)


@scenario(status=("400 Bad Request", "413 Payload Too Large", "503 Service Unavailable"))
def http_error(lab, status):
    """The server answers with an HTTP error, Connection: close, and aborts."""
    c, s = lab.pair(80)
    exchange(c, s)
    body = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 4\r\n\r\nno.\n".encode()
    exchange(c, s, b"POST /x HTTP/1.1\r\nHost: app.example\r\nContent-Length: 3\r\n\r\nabc", body)
    lab.wait()
    lab.expects("app_error", SERVER)
    abort(s)


@scenario(side=BOTH)
def tls_alert(lab, side):
    """One side refuses the TLS handshake with a fatal alert and aborts."""
    x, y = lab.open(side, port=443)
    c, s = (x, y) if side == CLIENT else (y, x)
    hello = b"\x16\x03\x01\x00\x2c\x01\x00\x00\x28\x03\x03" + bytes(32) + b"\x00\x00\x02\xc0\x2f\x01\x00"
    exchange(c, s, hello, b"\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" + bytes(32) + b"\x00\xc0\x2f\x00"
             if side == CLIENT else b"\x15\x03\x03\x00\x02\x02\x28")
    if side == CLIENT:
        c.sendall(b"\x15\x03\x03\x00\x02\x02\x30")
        s.recv(100)
    lab.wait(0.01)
    lab.expects("app_error", side)
    abort(x)


@scenario(options={"long": 25})
def app_timeout(lab):
    """The server aborts each of four connections a round number of seconds after its last reply."""
    listener = lab.listen(80)
    quiet, due = lab.rng.choice((5, 6, 10)), []
    for _ in range(4):
        _, s = pair = lab.pair(80, listener=listener)
        exchange(*pair)
        due.append((time.monotonic() - 0.1 + quiet, s))
        time.sleep(lab.pick(0.4, 1.1))
    for at, s in due:
        time.sleep(max(0, at - time.monotonic()))
        lab.expects("app_timeout", SERVER)
        abort(s)


@scenario(data=("nothing", "requests"))
def listener_closed(lab, data):
    """Connections are waiting to be accepted when the server closes its listening socket; new ones are refused."""
    listener = lab.listen(80)
    count = lab.rng.choice((2, 4))
    for _ in range(count):
        c = lab.dial(80)
        if data == "requests":
            c.sendall(REQUEST)
    lab.wait(0.5)
    lab.expects("listener_closed", SERVER, times=count,
                alike="app_abort unread_data process_exit" if data == "requests" else None,
                unsure="crs" if data == "requests" else "")
    listener.close()
    lab.wait(0.3)
    lab.expects("closed_port", SERVER)
    lab.dial(80)
    lab.wait()


@scenario(count=(1, 4))
def process_killed(lab, count):
    """A server process is killed with requests unread: all its connections are reset, and then the port refuses."""
    code = ("import socket\n"
            f"l=socket.socket(); l.bind(('{lab.where}',80)); l.listen(9); k=[]\n"
            f"while True:\n s,_=l.accept(); k.append(s); s.recv(4096); s.sendall({REPLY!r})\n")
    child = subprocess.Popen(["ip", "netns", "exec", lab.ns["s"], "/usr/bin/python3", "-c", code])
    lab.children.append(child)
    time.sleep(0.6)
    clients = [lab.dial(80) for _ in range(count)]
    for c in clients:
        c.sendall(REQUEST)
        c.recv(4096)
    for c in clients:
        c.sendall(REQUEST)
    lab.wait(lab.pick(0.0, 0.3))
    lab.expects("process_exit", SERVER, times=count, unsure="crs" if count == 1 else "")
    child.kill()
    child.wait()
    lab.wait(0.4)
    lab.expects("closed_port", SERVER, times=2)
    for _ in range(2):
        lab.dial(80)
        lab.wait(0.2)


@scenario(count=(1, 3), family=(4, 6))
def admin_kill(lab, count):
    """An operator runs ss -K on the server: idle, healthy connections die, and the port keeps accepting new ones."""
    listener = lab.listen(80)
    for _ in range(count):
        exchange(*lab.pair(80, listener=listener))
    lab.wait(lab.pick(0.5, 2))
    lab.expects("admin_kill", SERVER, unsure="crs", times=count)
    lab.inside("s", "ss", "-K", "state", "established", "sport", "=", ":80")
    lab.wait(0.3)
    lab.visit(80, listener)


@scenario(side=BOTH, family=(4, 6))
def close_race(lab, side):
    """The peer closes in order; this side has received everything and answers the FIN with a reset."""
    x, y = lab.open(side)
    talk(x, y, side)
    y.close()
    x.recv(1)
    lab.expects("close_race", side, alike="app_abort")
    abort(x)


@scenario(side=BOTH)
def close_notify_after_close(lab, side):
    """A side has closed; the other's TLS close_notify arrives afterward and is reset."""
    x, y = lab.open(side, port=443)
    talk(x, y, side, request=b"\x17\x03\x03\x00\x20" + bytes(32), reply=b"\x17\x03\x03\x00\x20" + bytes(32))
    x.close()
    lab.wait()
    lab.expects("close_race", side, alike="data_after_close")
    y.sendall(b"\x15\x03\x03\x00\x1a" + bytes(26))
    lab.followers(side)


@scenario(count=(5,))
def health_check(lab, count):
    """A monitor connects at a fixed interval, sends nothing and resets."""
    listener, start, period = lab.listen(80), time.monotonic(), lab.rng.choice((1.0, 1.5))
    for n in range(count):
        time.sleep(max(0, start + period * n - time.monotonic()))
        c, _ = lab.pair(80, listener=listener)
        lab.wait()
        # A period cannot be known before it has repeated.
        lab.expects("health_check", CLIENT, alike="app_abort half_open_scan", unsure="crs" if n < 2 else "")
        abort(c)


@scenario(side=BOTH)
def batch_of_aborts(lab, side):
    """A program with a dozen connections closes them all with SO_LINGER 0 and carries on with new ones."""
    listener = lab.listen(80)
    pairs = [lab.open(side, listener=listener) for _ in range(12)]
    for x, y in pairs:
        c, s = (x, y) if side == CLIENT else (y, x)
        c.sendall(REQUEST)
        s.recv(4096)
        s.sendall(REPLY)
        c.recv(4096)
    lab.wait(0.4)
    lab.expects("app_abort", side, times=12, alike="admin_kill process_exit unread_data")
    for x, _ in pairs:
        abort(x)
    lab.wait(0.2)
    lab.visit(80, listener)


@scenario(side=BOTH)
def segments_after_reset(lab, side):
    """A side aborts while several messages are on their way to it."""
    x, y = lab.open(side)
    talk(x, y, side)
    lab.link.delay = max(lab.delay, 0.008)
    lab.expects("app_abort", side)
    abort(x)
    for _ in range(3):
        y.sendall(REQUEST)
        time.sleep(0.002)
    lab.followers(side)


@scenario(side=BOTH)
def challenge(lab, side):
    """A side's last message is lost and it aborts: its reset is ahead and gets challenged, and a second one follows."""
    x, y = lab.open(side)
    talk(x, y, side)
    way = "down" if side == SERVER else "up"
    lab.link.tamper = lambda flow, packet: [] if flow == way and len(packet) > 60 else [(packet, 0.0)]
    x.sendall(REPLY * 2)
    time.sleep(0.005)
    lab.alive()
    lab.expects("app_abort", side)
    lab.expects("challenge_ack_reset", side)
    lab.followers(side)  # on a busy machine an ACK may cross the first reset
    abort(x)
    lab.wait(0.2)
