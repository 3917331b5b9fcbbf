# SPDX-License-Identifier: GPL-2.0-or-later
"""Stories for mixes: connections that do not come about.

Each adds packets to a world and says what the one problem is that an expert would report.
"""
import random

from mix_world import ACK, CWR, ECE, PATH, RST, SYN, Conn, Host, endpoint, healthy, names, spread


def outage(world, clients, server, port, start, end, per=5, tries=3, around=60, join=()):
    """Nobody listens between start and end."""
    hits, used = [], []
    for t in spread(world, per * len(clients), start, end):
        client = random.choice(clients)
        conn = Conn(world, t, client, server, port).refuse(random.randrange(1, tries + 1))
        hits.append(conn.conn)
        used.append(client)
    fine = 0
    for t in spread(world, around):
        if start - 4 <= t <= end:
            continue
        healthy(world, t, random.choice(clients), server, port)
        fine += 1
    world.story(["closed_port"], endpoint(server, port), [endpoint(server, port)], names(used), "server", hits,
                [len(hits) + fine, len(hits)], ongoing=end >= world.length - 10, join=join)


def scan_ports(world, scanner, server, ports=300, start=10, pace=.05, open_port=None):
    hits = []
    t = start
    for port in random.sample(range(1, 9000), ports):
        t += pace * (.5 + random.random())
        conn = Conn(world, t, scanner, server, port)
        if port == open_port:
            conn.syn().send(server, SYN | ACK, options=b"\x02\x04\x05\xb4")
            conn.send(scanner, RST, seq=conn.isn[scanner] + 1)
        else:
            conn.refuse()
        hits.append(conn.conn)
    world.story(["closed_port", "half_open_scan", "unknown_to_kernel", "port_scan"], None, [server.ip], [scanner.ip],
                "client", hits, [len(hits)])


def backlog(world, clients, server, port, start, end, hits=40, fine=50):
    """The accept queue is full: some are refused at the third ACK, some SYNs are dropped, some get through."""
    found, used = [], []
    for n, t in enumerate(spread(world, hits, start, end - 8)):
        client = random.choice(clients)
        conn = Conn(world, t, client, server, port)
        if n % 3 == 2:
            conn.unanswered(3)
        else:
            conn.open()
            conn.send(server, RST, seq=conn.seq[server])
        found.append(conn.conn)
        used.append(client)
    for t in spread(world, fine, start, end):
        healthy(world, t, random.choice(clients), server, port)
    for t in spread(world, fine):
        if not start < t < end:
            healthy(world, t, random.choice(clients), server, port)
    world.story(["resource_exhaustion", "syn_timeout", "handshake_timeout", "handshake_bad_ack"],
                endpoint(server, port), [endpoint(server, port)], names(used), "server", found, None)


def silent_port(world, clients, servers, port, per=5, culprit=PATH + ["server"], known=443):
    """Something drops one port of several servers."""
    hits, used = [], []
    for server in servers:
        for t in spread(world, per, 0, world.length - 20):
            client = random.choice(clients)
            hits.append(Conn(world, t, client, server, port).unanswered(4).conn)
            used.append(client)
        for t in spread(world, 12):
            healthy(world, t, random.choice(clients), server, known)
    world.story(["syn_timeout"], None if len(servers) > 1 else endpoint(servers[0], port),
                [endpoint(server, port) for server in servers], names(used), culprit, hits, [len(hits)], split=True)


def prohibited(world, clients, servers, port, router, per=6):
    """A router answers SYNs to one port with ICMP."""
    hits, used = [], []
    for server in servers:
        for t in spread(world, per, 0, world.length - 12):
            client = random.choice(clients)
            conn = Conn(world, t, client, server, port)
            for n in range(2):
                conn.syn(t + n)
                world.icmp(t + n + .003, router, conn.conn, client, server, conn.sport, port, conn.isn[client], 13)
            hits.append(conn.conn)
            used.append(client)
        for t in spread(world, 12):
            healthy(world, t, random.choice(clients), server, 443)
    world.story(["icmp_unreachable", "syn_timeout", "firewall_reject"], None if len(servers) > 1 else
                endpoint(servers[0], port), [endpoint(server, port) for server in servers], names(used),
                ["middlebox", "network"], hits, [len(hits)], split=len(servers) > 1)


def subnet_refused(world, insiders, outsiders, server, port, hits=30, fine=50, silent=False):
    """The server lets in all but one network."""
    found, used = [], []
    for t in spread(world, hits, 0, world.length - 20):
        client = random.choice(outsiders)
        conn = Conn(world, t, client, server, port)
        found.append((conn.unanswered(4) if silent else conn.refuse(random.randrange(1, 3))).conn)
        used.append(client)
    for t in spread(world, fine):
        healthy(world, t, random.choice(insiders), server, port)
    causes = ["syn_timeout"] if silent else ["firewall_reject", "closed_port", "policy_reset"]
    world.story(causes, endpoint(server, port), [endpoint(server, port)], names(used),
                PATH + ["server"] if silent else ["server", "middlebox", "network"], found,
                [len(found), len(found) + fine])


def ecn_refused(world, modern, plain, server, port, hits=20, fine=60):
    """SYNs that ask for ECN are refused, others are accepted."""
    found, used = [], []
    for t in spread(world, hits):
        client = random.choice(modern)
        conn = Conn(world, t, client, server, port, flags=ECE | CWR).refuse()
        found.append(conn.conn)
        used.append(client)
        healthy(world, conn.t + .1, client, server, port)
    for t in spread(world, fine):
        healthy(world, t, random.choice(plain), server, port)
    world.story(["syn_options_refused"], endpoint(server, port), [endpoint(server, port)], names(used),
                ["server", "middlebox", "network", "unknown", None], found, None)


def firewall_rejects(world, clients, servers, port, ttl, per=6, delay=.001):
    """A firewall near the clients answers SYNs to one port in the servers' name."""
    hits, used = [], []
    for server in servers:
        for t in spread(world, per):
            client = random.choice(clients)
            conn = Conn(world, t, client, server, port).syn()
            conn.send(server, RST | ACK, t=conn.t + delay, seq=0, ack=conn.isn[client] + 1, ttl=ttl, ip_id=0)
            hits.append(conn.conn)
            used.append(client)
        for t in spread(world, 14):
            healthy(world, t, random.choice(clients), server, 443)
    world.story(["firewall_reject", "closed_port", "policy_reset"], None if len(servers) > 1 else
                endpoint(servers[0], port), [endpoint(server, port) for server in servers], names(used),
                ["middlebox", "network"], hits, [len(hits)])


def one_client_banned(world, clients, banned, server, port, hits=12, fine=50):
    """One client is refused, all others are served."""
    found = []
    for t in spread(world, hits):
        found.append(Conn(world, t, banned, server, port).refuse().conn)
    for t in spread(world, fine):
        healthy(world, t, random.choice(clients), server, port)
    world.story(["firewall_reject", "closed_port", "policy_reset", "resource_exhaustion"], endpoint(server, port),
                [endpoint(server, port)], [banned.ip], ["server", "middlebox", "network"], found, None)


def noise(world, server, strangers=60, port_list=(22, 23, 81, 445, 1433, 3306, 3389, 5060, 5555, 5900, 6379, 8081)):
    found = []
    for n in range(strangers):
        stranger = Host(f"{random.randrange(11, 200)}.{random.randrange(250)}.{random.randrange(250)}.{n + 2}",
                        random.randrange(9, 22), 64, "random", False, 1024, 0, way=.04)
        for port in random.sample(port_list, random.randrange(1, 5)):
            conn = Conn(world, random.random() * (world.length - 3), stranger, server, port).refuse()
            found.append(conn.conn)
    world.story(["closed_port", "half_open_scan", "unknown_to_kernel", "port_scan"], None, [server.ip], [], "client",
                found, None, optional=True)
