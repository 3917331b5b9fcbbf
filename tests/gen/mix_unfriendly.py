# SPDX-License-Identifier: GPL-2.0-or-later
"""Mixes as an examiner would keep them back: other addresses, stacks and times, stories that overlap or look alike."""
import mix_crowds as crowd
import mix_endings as ending
import mix_openings as opening
from mix_office import farm, office
from mix_world import healthy, linux, spread, windows


def m_storm(seed):
    world, clients, hosts = office(seed)
    crowd.storm(world, clients + farm("10.28.7", 12, 3, windows), hosts[3], 6379, 80, 92)
    return world


def m_storm_ipv6(seed):
    world, clients, hosts = office(seed, v6=True)
    crowd.storm(world, clients, hosts[3], 5672, 60, 75)
    opening.outage(world, clients[:4], hosts[4], 8443, 70, 110)
    return world


def m_two_devices(seed):
    world, clients, hosts = office(seed, 700)
    ending.device_timer(world, clients, [(hosts[3], 22), (hosts[4], 5432)], 120.0, 253)
    ending.device_timer(world, clients, [(hosts[5], 1521), (hosts[2], 3306)], 300.0, 250)
    return world


def m_whimsical_device(seed):
    world, clients, hosts = office(seed)
    crowd.whimsical_device(world, clients, hosts[3:6], "chat.example.org", [41, 57, 98, 113, 200, 244])
    return world


def m_whimsical_to_both(seed):
    world, clients, hosts = office(seed, v6=True)
    crowd.whimsical_device(world, clients, hosts[3:4], "chat.example.org", [60, 61, 62, 63, 64], both=True)
    return world


def m_half_of_pool(seed):
    world, clients, hosts = office(seed)
    crowd.half_of_pool(world, linux("198.51.100.7", 9, way=.02), hosts[3], 443, 60, 120)
    return world


def m_remapped(seed):
    world, clients, hosts = office(seed, 240)
    crowd.remapped(world, linux("198.51.100.7", 9, way=.02), hosts[3], 8883)
    return world


def m_slow_scan(seed):
    world, clients, hosts = office(seed)
    crowd.slow_scan(world, linux("10.250.9.200", 3), hosts[3], 40, [22, 443])
    opening.outage(world, clients[:2], hosts[3], 8443, 0, world.length, around=0)
    return world


def m_scan_hosts(seed):
    world, clients, hosts = office(seed)
    crowd.scan_hosts(world, linux("10.250.9.200", 3), "10.222.4", 22, 200, linux("10.222.0.1", 5))
    opening.silent_port(world, clients, hosts[3:6], 1433)
    return world


def m_scan_hosts_ipv6(seed):
    world, clients, hosts = office(seed, v6=True)
    crowd.scan_hosts(world, linux("2001:db8:bad::9", 3), "2001:db8:79", 23, 120, linux("2001:db8:79::1", 5),
                     kind="{}::{:x}")
    opening.outage(world, clients, hosts[3], 8443, 60, 100)
    return world


def m_two_scanners(seed):
    world, clients, hosts = office(seed)
    opening.scan_ports(world, linux("10.250.9.200", 3), hosts[3], 200, 20)
    opening.scan_ports(world, linux("10.251.9.201", 12), hosts[3], 250, 25, .03)
    return world


def m_busy_scanner(seed):
    """The scanner is a client like others at the same time."""
    world, clients, hosts = office(seed)
    opening.scan_ports(world, clients[2], hosts[3], 200, 20)
    for t in spread(world, 40):
        healthy(world, t, clients[2], hosts[0], 443)
    return world


def m_retries(seed):
    world, clients, hosts = office(seed)
    crowd.retries(world, clients[0], hosts[3], 8086, 5)
    crowd.retries(world, clients[1], hosts[3], 9000, 7)
    return world


def m_nothing_listens(seed):
    world, clients, hosts = office(seed)
    crowd.nothing_listens(world, clients, hosts[3], [80, 443, 5432, 8080])
    return world


def m_passive_ports(seed):
    world, clients, hosts = office(seed)
    crowd.passive_ports(world, clients, hosts[3])
    return world


def m_silent_backlog(seed):
    world, clients, hosts = office(seed)
    crowd.silent_backlog(world, clients, hosts[3], 8080, 50, 100)
    return world


def m_patience(seed):
    world, clients, hosts = office(seed)
    crowd.patience(world, clients, hosts[3], 8080, 10.0)
    ending.idle_close(world, clients, hosts[4], 80, 10.0)
    return world


def m_dead_backend(seed):
    world, clients, hosts = office(seed)
    crowd.dead_backend(world, clients, linux("10.200.0.9", 0, way=.0001), hosts[3], 80, 8080, 60, 110)
    return world


def m_silent_backend(seed):
    world, clients, hosts = office(seed)
    crowd.silent_backend(world, clients, linux("10.200.0.9", 0, way=.0001), hosts[3], 80, 8080, 60, 110)
    return world


def m_checked_pool(seed):
    world, clients, hosts = office(seed)
    balancer = linux("10.60.0.4", 0, way=.0001)
    crowd.checked_pool(world, balancer, hosts[2:6], hosts[4], 8000, clients)
    return world


def m_drained(seed):
    world, clients, hosts = office(seed)
    crowd.drained(world, clients, hosts[3], 8080, 80)
    return world


def m_reject_and_drop(seed):
    world, clients, hosts = office(seed)
    opening.firewall_rejects(world, clients, hosts[3:6], 3389, 62)
    opening.silent_port(world, clients, hosts[3:6], 1433)
    return world


def m_death_and_failover(seed):
    """In the same second."""
    world, clients, hosts = office(seed)
    ending.failover(world, clients, [(hosts[3], 80), (hosts[4], 8080), (hosts[5], 22)], 90, 62)
    ending.dies(world, farm("10.26.8", 6, 1), hosts[2], 9200, 90.5)
    return world


def m_two_lossy(seed):
    world, clients, hosts = office(seed)
    ending.lossy(world, clients, farm("10.77.3", 7, 4, way=.02), [(hosts[3], 80), (hosts[4], 8080)])
    ending.lossy(world, clients, farm("10.91.6", 5, 7, way=.04), [(hosts[5], 8000)])
    world.may_be_one(0, 1)
    return world


def m_cluster_stops(seed):
    world, clients, hosts = office(seed)
    for n, host in enumerate(hosts[3:6]):
        opening.outage(world, clients, host, 9042, 60, 100, join=[k for k in range(3) if k != n])
    return world


def m_windows(seed):
    world, clients, hosts = office(seed)
    server = windows("172.20.3.9", 7, way=.012)
    opening.outage(world, farm("172.19.4", 8, 2, windows), server, 1433, 40, 120)
    ending.server_timer(world, farm("172.19.4", 8, 2, windows, first=40), windows("172.20.3.10", 7, way=.012), 389, 15.0)
    return world


def m_two_names(seed):
    world, clients, hosts = office(seed)
    ending.tls_policy(world, clients, hosts[3:6], "chat.example.org", 252)
    ending.tls_policy(world, clients, hosts[3:6], "games.example.net", 252, fine=0)
    world.may_be_one(0, 1)
    return world


def m_gone_and_banned(seed):
    """The same port of two servers: one has lost its power, the other one bans a client."""
    world, clients, hosts = office(seed)
    ending.server_gone(world, clients, hosts[3], 8080, 60)
    opening.one_client_banned(world, clients[:-1], clients[-1], hosts[4], 8080)
    return world


def m_noise_and_storm(seed):
    world, clients, hosts = office(seed)
    opening.noise(world, hosts[3], 90)
    crowd.storm(world, clients, hosts[3], 8443, 70, 80)
    crowd.slow_scan(world, linux("10.250.9.200", 3), hosts[3], 30)
    return world


def m_backlog_and_lossy(seed):
    """One server, two stories."""
    world, clients, hosts = office(seed)
    opening.backlog(world, clients, hosts[3], 8080, 50, 100)
    ending.lossy(world, clients, farm("10.77.3", 7, 4, way=.02), [(hosts[3], 8080), (hosts[4], 80)])
    return world


def m_restart_and_device(seed):
    world, clients, hosts = office(seed, 600)
    ending.restart_host(world, clients, hosts[3], [22, 5432], 200)
    ending.device_timer(world, clients, [(hosts[3], 22), (hosts[4], 5432)], 240.0, 253)
    return world


def m_refused_here_and_there(seed):
    """Four services down, of which no two share a host, each for other clients."""
    world, clients, hosts = office(seed)
    for n, port in enumerate((81, 8001, 9001, 7001)):
        opening.outage(world, clients[2 * n:2 * n + 2], hosts[2 + n], port, 10 + 20 * n, 60 + 20 * n, around=20)
    return world
