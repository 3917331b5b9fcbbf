# SPDX-License-Identifier: GPL-2.0-or-later
"""Where most mixes take place: clients near the capture point, servers some hops away, ordinary traffic between them."""
import random

from mix_world import World, benign, linux, traffic, windows


def farm(net, count, hops=2, kind=linux, first=10, **more):
    return [kind(f"{net}.{n}", hops, **more) for n in range(first, first + count)]


def office(seed, length=180.0, far=5, v6=False):
    world = World(seed, length)
    net = "10.%d.%d" % (random.randrange(30, 99), random.randrange(9))
    servers = "10.%d.%d" % (random.randrange(100, 200), random.randrange(9))
    if v6:
        clients = [linux(f"2001:db8:5::{n:x}", 1) for n in range(10, 20)]
        hosts = [linux(f"2001:db8:77::{n:x}", far, way=.008) for n in range(3, 9)]
    else:
        clients = farm(net, 6, 1, linux) + farm(net, 4, 1, windows, first=30)
        hosts = farm(servers, 6, far, linux, first=3, way=.008)
    traffic(world, clients, [(host, 443) for host in hosts[:3]], 90)
    benign(world, clients, [(hosts[1], 443)], 8)
    return world, clients, hosts
