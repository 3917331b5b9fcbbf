# SPDX-License-Identifier: GPL-2.0-or-later
"""The stack of small devices: lwIP as the server, behind a TAP device in the client's namespace."""
import os
import subprocess

from netlab import run
from world import REPLY, REQUEST, SERVER, scenario

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lwip-server.c")
SERVE, UNREAD, CLOSE = 80, 91, 92


def start(lab):
    """(Re)start the server; from now on, its address is that of the lab's server."""
    program = lab.file + ".lwip"
    run("gcc", "-I/usr/include/lwip", "-I/usr/include/lwip/posix", "-o", program, SOURCE, "-llwip")
    net = lab.addresses[0]["c"].split(".")[1]
    ours, theirs = f"10.77.{net}.1", f"10.77.{net}.2"
    if ours not in lab.more_clients:
        run("ip", "-n", lab.ns["c"], "tuntap", "add", "tap1", "mode", "tap")
        run("ip", "-n", lab.ns["c"], "addr", "add", f"{ours}/24", "dev", "tap1")
        run("ip", "-n", lab.ns["c"], "link", "set", "tap1", "up")
        lab.more_clients.add(ours)
        lab.address = {**lab.address, "s": theirs}
        lab.move_capture("c", "tap1")
    child = subprocess.Popen(["ip", "netns", "exec", lab.ns["c"], program, theirs, ours], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, env={**os.environ, "PRECONFIGURED_TAPIF": "tap1"})
    lab.children.append(child)
    child.stdout.readline()
    os.unlink(program)
    lab.wait(0.1)
    return child


def ask(lab, port):
    """A connection on which one request has been answered."""
    c = lab.client()
    c.connect((lab.where, port))
    again(c)
    return c


def again(c):
    c.sendall(REQUEST)
    got = 0
    while got < len(REPLY):
        got += len(c.recv(4096))


@scenario()
def lwip_refused(lab):
    """A closed port of a small device that has a service on another port."""
    start(lab)
    ask(lab, SERVE).close()
    lab.wait(0.7)
    for _ in range(2):
        lab.expects("closed_port", SERVER)
        lab.dial(81)
        lab.wait(0.2)


@scenario()
def lwip_unread(lab):
    """The device's application closes while a request is unread."""
    start(lab)
    c = ask(lab, UNREAD)
    lab.wait(0.1)
    c.sendall(REQUEST)
    lab.expects("unread_data", SERVER, unsure="crs")
    lab.wait(0.8)


@scenario()
def lwip_data_after_close(lab):
    """The device's application closes, and the client keeps sending."""
    start(lab)
    c = ask(lab, CLOSE)
    lab.wait(0.8)
    lab.expects("data_after_close", SERVER)
    c.sendall(REQUEST)
    lab.followers(SERVER)
    lab.wait(0.3)


@scenario()
def lwip_rebooted(lab):
    """The device restarted and knows nothing about the connection."""
    child = start(lab)
    c = ask(lab, SERVE)
    again(c)
    child.kill()
    child.wait()
    start(lab)
    lab.expects("no_connection", SERVER)
    c.sendall(REQUEST)
    lab.followers(SERVER)
    lab.wait(0.5)
