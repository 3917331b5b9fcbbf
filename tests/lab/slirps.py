# SPDX-License-Identifier: GPL-2.0-or-later
"""A TCP stack descended from BSD: libslirp, as it serves virtual machines and containers (slirp4netns).

The client's namespace gets its TAP device; on the other side, it opens ordinary connections in the server's namespace.
"""
import shutil
import subprocess

from lab_scenarios import abort
from netlab import run
from world import REQUEST, SERVER, exchange, scenario

GUEST = "10.0.2.100"


def start(lab):
    """slirp4netns between the two namespaces; it is ready once its device has an address."""
    if not shutil.which("slirp4netns"):
        raise RuntimeError("slirp4netns is not installed")
    child = subprocess.Popen(["ip", "netns", "exec", lab.ns["s"], "slirp4netns", "--configure", "--ready-fd=1",
                              "--netns-type=path", f"/run/netns/{lab.ns['c']}", "tap0"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    lab.children.append(child)
    if child.stdout.read(1) != b"1":
        raise RuntimeError("slirp4netns does not start")
    lab.wait(0.1)
    return child


def through_slirp(lab):
    """From now on, the client reaches the server through libslirp, and the capture is made there."""
    run("ip", "-n", lab.ns["c"], "route", "del", "default")
    child = start(lab)
    lab.more_clients.add(GUEST)
    lab.move_capture("c", "tap0")
    return child


@scenario()
def slirp_refused(lab):
    """libslirp finds no listener on the port and refuses the guest's SYN; another port has a service."""
    through_slirp(lab)
    lab.visit(80)
    for _ in range(2):
        lab.expects("closed_port", SERVER)
        lab.dial(81)
        lab.wait(0.3)


@scenario()
def slirp_relays_abort(lab):
    """The server aborts, and libslirp in turn resets the guest's side."""
    through_slirp(lab)
    c, s = lab.pair(80)
    exchange(c, s)
    lab.wait(0.5)
    lab.expects("proxied", SERVER, alike="app_abort", unsure="crs")
    abort(s)
    lab.wait(0.3)


@scenario()
def slirp_restarted(lab):
    """libslirp is killed and started again: it knows nothing about the guest's connection."""
    child = through_slirp(lab)
    c, s = lab.pair(80)
    exchange(c, s)
    child.kill()
    child.wait()
    lab.sockets.remove(s)
    s.close()
    # The device is gone with its process; the new one gets the same name and address.
    start(lab)
    lab.move_capture("c", "tap0")
    lab.expects("no_connection", SERVER)
    c.sendall(REQUEST)
    lab.followers(SERVER)
    lab.wait(0.5)


@scenario()
def slirp_guest_aborts(lab):
    """The guest aborts; libslirp in turn ends its connection on the other side."""
    through_slirp(lab)
    c, s = lab.pair(80)
    exchange(c, s)
    exchange(c, s)
    lab.wait(0.4)
    lab.expects("app_abort", "client")
    abort(c)
    lab.wait(0.3)


@scenario()
def slirp_data_after_close(lab):
    """The server closes, and the guest keeps sending."""
    through_slirp(lab)
    c, s = lab.pair(80)
    exchange(c, s)
    s.close()
    lab.wait(0.5)
    lab.expects("data_after_close", SERVER, alike="app_abort proxied close_race unread_data", unsure="crs")
    c.sendall(REQUEST)
    lab.wait(0.2)
    try:
        c.sendall(REQUEST)
    except OSError:
        pass
    lab.followers(SERVER)
    lab.wait(0.3)
