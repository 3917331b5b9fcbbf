#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make mixes of stories and ordinary traffic with the truth of each: p1_NAME.pcap and p1_NAME.json.

usage: mixes.py --out DIR [--views] [NAME ...]
"""
import argparse
import zlib
from pathlib import Path

import mix_endings as ending
import mix_openings as opening
import mix_unfriendly
from mix_office import farm, office
from mix_world import endpoint, linux, names


def m_outage(seed, v6=False, **more):
    world, clients, hosts = office(seed, v6=v6)
    opening.outage(world, clients, hosts[3], 8443, 60, 100, **more)
    return world


def m_outage_ipv6(seed):
    return m_outage(seed, v6=True)


def m_down_all_along(seed):
    world, clients, hosts = office(seed)
    opening.outage(world, clients[:3], hosts[3], 5432, 0, world.length, around=0)
    return world


def m_two_outages(seed):
    world, clients, hosts = office(seed)
    opening.outage(world, clients, hosts[3], 8443, 40, 70)
    opening.outage(world, clients, hosts[4], 9000, 55, 120)
    return world


def m_outage_and_scan(seed):
    world, clients, hosts = office(seed)
    opening.outage(world, clients, hosts[3], 8443, 60, 100)
    opening.scan_ports(world, linux("10.250.9.200", 3), hosts[3], 300, 20)
    return world


def m_idle_close(seed):
    world, clients, hosts = office(seed)
    ending.idle_close(world, clients, hosts[3], 80, 5.0)
    return world


def m_two_timers(seed):
    world, clients, hosts = office(seed, 300)
    ending.idle_close(world, clients, hosts[3], 80, 15.0)
    ending.server_timer(world, clients, hosts[4], 8080, 60.0)
    return world


def m_dies(seed):
    world, clients, hosts = office(seed)
    ending.dies(world, clients, hosts[3], 9200, 70)
    return world


def m_dies_for_good(seed):
    world, clients, hosts = office(seed)
    ending.dies(world, clients, hosts[3], 9200, 70, silent_for=200, back=False)
    return world


def m_two_die_at_once(seed):
    world, clients, hosts = office(seed)
    ending.dies(world, clients, hosts[3], 9200, 70, join=[1])
    ending.dies(world, clients, hosts[4], 5432, 70.2, join=[0])
    return world


def m_restart_host(seed):
    world, clients, hosts = office(seed)
    ending.restart_host(world, clients, hosts[3], [80, 5432, 8080], 70)
    return world


def m_restart_client(seed):
    world, clients, hosts = office(seed)
    ending.restart_client(world, linux("10.29.3.77", 1), [(hosts[3], 5222), (hosts[4], 1883)], 80)
    return world


def m_backlog(seed):
    world, clients, hosts = office(seed)
    opening.backlog(world, clients + farm("10.28.7", 8, 2), hosts[3], 8080, 50, 100)
    return world


def m_silent_port(seed):
    world, clients, hosts = office(seed)
    opening.silent_port(world, clients, hosts[3:6], 1433)
    return world


def m_prohibited(seed):
    world, clients, hosts = office(seed)
    opening.prohibited(world, clients, hosts[3:5], 3389, linux("10.1.1.1", 2))
    return world


def m_subnet_refused(seed):
    world, clients, hosts = office(seed)
    opening.subnet_refused(world, clients, farm("10.27.4", 6, 2), hosts[3], 8080)
    return world


def m_subnet_silent(seed):
    world, clients, hosts = office(seed)
    opening.subnet_refused(world, clients, farm("10.27.4", 6, 2), hosts[3], 8080, silent=True)
    return world


def m_banned(seed):
    world, clients, hosts = office(seed)
    opening.one_client_banned(world, clients[:-1], clients[-1], hosts[3], 8080)
    return world


def m_lossy(seed):
    world, clients, hosts = office(seed)
    ending.lossy(world, clients, farm("10.77.3", 7, 4, way=.02), [(hosts[3], 80), (hosts[4], 8080), (hosts[5], 8000)])
    return world


def m_lossy_and_outage(seed):
    world, clients, hosts = office(seed)
    ending.lossy(world, clients, farm("10.77.3", 7, 4, way=.02), [(hosts[3], 80), (hosts[4], 8080)])
    opening.outage(world, clients, hosts[5], 8080, 60, 100)
    return world


def m_server_gone(seed):
    world, clients, hosts = office(seed)
    ending.server_gone(world, clients, hosts[3], 8080, 60)
    return world


def m_failover(seed):
    world, clients, hosts = office(seed)
    ending.failover(world, clients, [(hosts[3], 80), (hosts[4], 8080), (hosts[5], 22)], 90, 62)
    return world


def m_device_timer(seed):
    world, clients, hosts = office(seed, 600)
    ending.device_timer(world, clients, [(hosts[3], 22), (hosts[4], 5432)], 300.0, 253)
    return world


def m_server_and_device_timer(seed):
    world, clients, hosts = office(seed, 600)
    ending.device_timer(world, clients, [(hosts[3], 22), (hosts[4], 5432)], 120.0, 253)
    ending.server_timer(world, clients, hosts[5], 8080, 120.0)
    return world


def m_tls_policy(seed):
    world, clients, hosts = office(seed)
    ending.tls_policy(world, clients, hosts[3:6], "chat.example.org", 252)
    return world


def m_ecn(seed):
    world, clients, hosts = office(seed)
    opening.ecn_refused(world, clients[:4], clients[4:], hosts[3], 8080)
    return world


def m_uploads(seed):
    world, clients, hosts = office(seed)
    ending.rejected_uploads(world, clients[:4], hosts[3], 8080)
    return world


def m_cut_transfers(seed):
    world, clients, hosts = office(seed)
    ending.cut_transfers(world, clients, hosts[3], 8080)
    return world


def m_not_reading(seed):
    world, clients, hosts = office(seed)
    ending.not_reading(world, clients, hosts[3], 9100)
    return world


def m_dead_peers(seed):
    world, clients, hosts = office(seed)
    ending.dead_peers(world, farm("10.26.1", 9, 6), hosts[3], 8883)
    return world


def m_proxied(seed):
    world, clients, hosts = office(seed)
    ending.proxied(world, clients, linux("10.200.0.9", 0, way=.0001), hosts[3], 80, 8080)
    return world


def m_aborting_client(seed):
    world, clients, hosts = office(seed)
    ending.aborting_client(world, clients[0], clients[1:], [(hosts[3], 80), (hosts[4], 8080)])
    return world


def m_firewall_rejects(seed):
    world, clients, hosts = office(seed)
    opening.firewall_rejects(world, clients, hosts[3:6], 3389, 62)
    return world


def m_noise_and_outage(seed):
    world, clients, hosts = office(seed)
    opening.noise(world, hosts[3])
    opening.outage(world, clients[:3], hosts[3], 8443, 30, 175)
    return world


def m_benign(seed):
    return office(seed)[0]


def m_three_stories(seed):
    world, clients, hosts = office(seed)
    ending.dies(world, clients, hosts[3], 9200, 70)
    ending.idle_close(world, clients, hosts[4], 80, 10.0)
    opening.silent_port(world, clients, hosts[5:6], 1433)
    return world


def m_refused_and_outage(seed):
    world, clients, hosts = office(seed)
    opening.subnet_refused(world, [], farm("10.27.4", 6, 2), hosts[3], 8443, fine=0)
    opening.outage(world, clients, hosts[3], 8443, 90, 120, per=4, around=120)
    return world


def m_scan_noise_death(seed):
    world, clients, hosts = office(seed)
    opening.noise(world, hosts[3])
    opening.scan_ports(world, linux("10.250.9.200", 3), hosts[4], 300, 20, open_port=443)
    ending.dies(world, clients, hosts[3], 9200, 70)
    return world


def m_policy_and_outage(seed):
    world, clients, hosts = office(seed)
    ending.tls_policy(world, clients, hosts[3:6], "chat.example.org", 252)
    opening.outage(world, clients, hosts[4], 8443, 60, 100)
    return world


def m_two_restarts(seed):
    world, clients, hosts = office(seed)
    ending.restart_host(world, clients, hosts[3], [80, 5432], 60)
    ending.restart_client(world, linux("10.29.3.77", 1), [(hosts[4], 5222), (hosts[5], 1883)], 70)
    return world


def m_timer_and_power(seed):
    world, clients, hosts = office(seed, 600)
    ending.device_timer(world, clients, [(hosts[3], 22), (hosts[4], 5432)], 300.0, 253)
    ending.server_gone(world, clients, hosts[5], 8080, 200)
    return world


def m_uploads_and_lossy(seed):
    world, clients, hosts = office(seed)
    ending.rejected_uploads(world, clients[:4], hosts[3], 8080)
    ending.lossy(world, clients, farm("10.77.3", 7, 4, way=.02), [(hosts[3], 8080)])
    return world


def m_crash_loop(seed):
    world, clients, hosts = office(seed, 240)
    hits, used = [], []
    for moment in (40, 100, 160):
        more = ending.dies(world, clients, hosts[3], 8500, moment, 15, 7, more=None)
        hits += more[0]
        used += more[1]
    server = endpoint(hosts[3], 8500)
    world.story(["process_exit", "unread_data", "closed_port", "listener_closed"], server, [server], names(used),
                "server", hits, None, split=True)
    return world


def m_banned_and_dead_peers(seed):
    world, clients, hosts = office(seed)
    opening.one_client_banned(world, clients[:-1], clients[-1], hosts[3], 8080)
    ending.dead_peers(world, farm("10.26.1", 9, 6), hosts[4], 8883)
    return world


MIXES = {name[2:]: make for name, make in [*globals().items(), *vars(mix_unfriendly).items()] if name.startswith("m_")}


def late(world):
    """The capture begins when all goes on already."""
    return lambda entry: entry[0] > world.length / 4


def one_way(world, servers):
    """Only what servers send, or only what clients send: in an office, servers have odd second numbers from 100 on."""
    def keep(entry):
        data = entry[2]
        if data[12:14] == b"\x86\xdd":
            source = data[22:38]
            return (source[5] == 0x77) == servers
        return (data[27] >= 100) == servers
    return keep


VIEWS = {"": (None, 0), "_late": (late, 0), "_doubled": (None, 2), "_all_doubled": (None, 1),
         "_from_servers": (lambda world: one_way(world, True), 0), "_from_clients": (lambda world: one_way(world, False), 0)}


def make(name, view, folder):
    world = MIXES[name](zlib.crc32(name.encode("ascii")))
    keep, double = VIEWS[view]
    world.save(folder, f"p1_{name}{view}", keep(world) if keep else lambda entry: True, double)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--views", action="store_true", help="also cut, one-way and doubled")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    Path(options.out).mkdir(parents=True, exist_ok=True)
    for name in options.names or MIXES:
        for view in VIEWS if options.views else [""]:
            make(name, view, options.out)


if __name__ == "__main__":
    main()
