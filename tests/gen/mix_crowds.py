# SPDX-License-Identifier: GPL-2.0-or-later
"""Stories for mixes: crowds, retries, addresses that many share, scans that look like clients, and devices that do not
keep to one TTL.

Each adds packets to a world and says what the one problem is that an expert would report.
"""
import random

from mix_endings import hello
from mix_world import ACK, FIN, PATH, PSH, RST, SYN, Conn, endpoint, healthy, names, spread

OPEN = b"\x02\x04\x05\xb4"


def storm(world, clients, server, port, moment, back, alive=30):
    """A process ends, and all its clients try again every second until it is back."""
    hits, used = [], set()
    for n in range(alive):
        client = random.choice(clients)
        conn = Conn(world, moment - 1 - random.random() * 30, client, server, port).open().ask().answer()
        conn.send(server, RST | ACK, t=moment + n * .0001)
        hits.append(conn.conn)
        used.add(client)
        t = moment + .2 + random.random()
        while t < back:
            again = Conn(world, t, client, server, port).refuse(3 if not client.stamps and t + 1.2 < back else 1)
            hits.append(again.conn)
            t = max(t, again.t) + .9 + random.random() * .3
        healthy(world, t, client, server, port)
    world.story(["process_exit", "unread_data", "closed_port", "listener_closed"], endpoint(server, port),
                [endpoint(server, port)], names(used), "server", hits, [len(hits), len(hits) + alive], ongoing=False)


def half_of_pool(world, nat, server, port, start, end, hits=30):
    """One of two backends behind an address is down: every other connection of many clients behind one address fails."""
    found = []
    for n, t in enumerate(spread(world, 2 * hits, start, end)):
        if n % 2:
            healthy(world, t, nat, server, port)
        else:
            found.append(Conn(world, t, nat, server, port).refuse().conn)
    for t in spread(world, 60):
        if not start - 4 <= t <= end:
            healthy(world, t, nat, server, port)
    world.story(["closed_port", "no_backend", "resource_exhaustion"], endpoint(server, port), [endpoint(server, port)],
                [nat.ip], "server", found, None)


def remapped(world, nat, server, port, hits=12, idle=60):
    """A NAT forgets what was idle and gives what comes next another port: the server knows no such connection."""
    found = []
    for _ in range(hits):
        conn = Conn(world, random.random() * (world.length - idle - 10), nat, server, port).open().ask().answer()
        moved = Conn(world, conn.t + idle + random.random() * 5, nat, server, port)
        moved.seq, moved.stamps, moved.last = dict(conn.seq), conn.stamps, dict(conn.last)
        moved.send(nat, PSH | ACK, b"PING\r\n" * 20, t=moved.t)
        moved.send(server, RST, seq=moved.seq[server])
        found.append(moved.conn)
    for t in spread(world, 40):
        healthy(world, t, nat, server, port)
    world.story(["no_connection", "nat_leak", "half_open_discovery"], endpoint(server, port), [endpoint(server, port)],
                [nat.ip], PATH + ["client", "server"], found, None)


def slow_scan(world, scanner, server, ports, banners=()):
    """Over the whole capture, two tries each, and a look at what open ports say."""
    found = []
    for port in random.sample(range(1, 9000), ports):
        for t in spread(world, 2):
            found.append(Conn(world, t, scanner, server, port).refuse().conn)
    for port in banners:
        healthy(world, random.random() * (world.length - 9), scanner, server, port, rounds=1)
    world.story(["closed_port", "half_open_scan", "unknown_to_kernel", "port_scan"], None, [server.ip], [scanner.ip],
                "client", found, None)


def scan_hosts(world, scanner, net, port, hosts, router, start=5, pace=.1, kind="{}.{}"):
    """One port of a network: hosts that refuse, that are open, that are silent, and that do not exist."""
    found, t = [], start
    for n in range(hosts):
        t += pace * (.5 + random.random())
        host = router.__class__(kind.format(net, n + 1), 6, way=.006)
        conn = Conn(world, t, scanner, host, port)
        found.append(conn.conn)
        if n % 5 == 0:
            conn.refuse()
        elif n % 17 == 1:
            conn.syn().send(host, SYN | ACK, options=OPEN)
            conn.send(scanner, RST, seq=conn.isn[scanner] + 1)
        elif n % 11 == 2 and ":" not in net:
            conn.syn()
            world.icmp(t + 1.2, router, conn.conn, scanner, host, conn.sport, port, conn.isn[scanner], 1)
        else:
            conn.unanswered(2)
    world.story(["closed_port", "half_open_scan", "unknown_to_kernel", "syn_timeout", "icmp_unreachable", "port_scan"],
                None, [f"{net}.0/24" if ":" not in net else f"{net}::/64"], [scanner.ip], "client", found, [len(found)])


def retries(world, client, server, port, every, start=0.0):
    """One client that never gives up."""
    hits, t = [], start + 1
    while t < world.length - 3:
        hits.append(Conn(world, t, client, server, port).refuse().conn)
        t += every
    world.story(["closed_port"], endpoint(server, port), [endpoint(server, port)], [client.ip], "server", hits,
                [len(hits)], ongoing=True)


def nothing_listens(world, clients, server, ports, per=6):
    """A host came up without its services: all its ports refuse."""
    hits, used = [], set()
    for port in ports:
        for t in spread(world, per):
            client = random.choice(clients)
            hits.append(Conn(world, t, client, server, port).refuse().conn)
            used.add(client)
    world.story(["closed_port", "firewall_reject"], None, [endpoint(server, port) for port in ports], names(used),
                ["server", "middlebox"], hits, [len(hits)], split=True)


def passive_ports(world, clients, server, hits=24):
    """Control connections are fine, but the ports for data that the server names are refused: a new one each time."""
    found, used, ports = [], set(), []
    for t in spread(world, hits):
        client, port = random.choice(clients), random.randrange(50000, 51000)
        control = Conn(world, t, client, server, 21).open()
        control.ask(data=b"PASV\r\n").answer(data=b"227 Entering Passive Mode (10,0,0,1,195,80)\r\n")
        found.append(Conn(world, control.t + .05, client, server, port).refuse().conn)
        control.t += .2
        control.ask(data=b"QUIT\r\n").answer(data=b"221 Bye\r\n").close(server)
        world.healthy_count += 1
        used.add(client)
        ports.append(port)
    world.story(["closed_port", "firewall_reject"], None, sorted({endpoint(server, port) for port in ports}),
                names(used), ["server", "middlebox"], found, [len(found), 2 * len(found)])


def silent_backlog(world, clients, server, port, start, end, hits=30):
    """The accept queue is full, and what comes is dropped: some get through at the second try, some never."""
    found, used = [], set()
    for n, t in enumerate(spread(world, hits, start, end)):
        client = random.choice(clients)
        conn = Conn(world, t, client, server, port)
        if n % 3:
            conn.unanswered(4)
            found.append(conn.conn)
            used.add(client)
        else:
            conn.syn().syn(t + 1.0)
            conn.send(server, SYN | ACK, options=OPEN)
            conn.send(client, ACK).ask().answer().close()
    for t in spread(world, 60):
        if not start - 4 <= t <= end + 16:
            healthy(world, t, random.choice(clients), server, port)
    world.story(["syn_timeout", "resource_exhaustion", "handshake_timeout"], endpoint(server, port),
                [endpoint(server, port)], names(used), PATH + ["server"], found, None)


def patience(world, clients, server, port, limit, hits=10, fine=40):
    """Clients wait so long for an answer, and then abort."""
    found, used = [], set()
    for t in spread(world, hits, 0, world.length - limit - 5):
        client = random.choice(clients)
        conn = Conn(world, t, client, server, port).open().ask()
        asked = conn.t
        conn.send(server, ACK)
        conn.send(client, RST | ACK, t=asked + limit + random.random() * .004)
        found.append(conn.conn)
        used.add(client)
    for t in spread(world, fine):
        healthy(world, t, random.choice(clients), server, port)
    world.story(["app_timeout", "app_abort"], endpoint(server, port), [endpoint(server, port)], names(used),
                ["client", "server"], found, None, timer=limit)


def whimsical_device(world, clients, servers, name, ttls, both=False, hits=14, fine=50):
    """A device resets handshakes for one name, with another TTL each time."""
    found, used, used_servers = [], set(), set()
    for t in spread(world, hits):
        client, server = random.choice(clients), random.choice(servers)
        conn = Conn(world, t, client, server, 443).open().ask(data=hello(name))
        sent = conn.t
        conn.send(server, RST | ACK, t=sent + .0008, ttl=random.choice(ttls), ip_id=0)
        if both:
            conn.send(client, RST | ACK, t=sent + .001, ttl=random.choice(ttls), ip_id=0, seq=conn.seq[client])
        conn.send(server, PSH | ACK, b"\x16\x03\x03\0\x7a\x02" + bytes(120), t=sent + 2 * server.way + .001)
        found.append(conn.conn)
        used.add(client)
        used_servers.add(endpoint(server, 443))
    for t in spread(world, fine):
        conn = Conn(world, t, random.choice(clients), random.choice(servers), 443).open()
        conn.ask(data=hello("www.example.com")).answer(data=b"\x16\x03\x03\0\x7a\x02" + bytes(120)).close()
        world.healthy_count += 1
    world.story(["policy_reset", "injected"], None if len(used_servers) > 1 else min(used_servers),
                sorted(used_servers), names(used), ["middlebox", "network"], found, None)


def dead_backend(world, clients, proxy, server, port, back_port, start, end, hits=20):
    """A proxy seen from both sides: nobody listens behind it, and it aborts the client that waits."""
    found, also = [], []
    for t in spread(world, hits, start, end):
        client = random.choice(clients)
        front = Conn(world, t, client, proxy, port).open().ask()
        back = Conn(world, front.t + .001, proxy, server, back_port).refuse()
        front.send(proxy, RST | ACK, t=back.t + .0002)
        found.append(back.conn)
        also.append(front.conn)
    for t in spread(world, 40):
        if not start - 4 <= t <= end:
            healthy(world, t, random.choice(clients), proxy, port, rounds=1)
            healthy(world, t + .004, proxy, server, back_port, rounds=1)
    world.story(["closed_port"], endpoint(server, back_port), [endpoint(server, back_port)], [proxy.ip], "server",
                found, None, also=[2 * hits])


def silent_backend(world, clients, proxy, server, port, back_port, start, end, patience=10, hits=20):
    """A proxy seen from both sides: nobody answers behind it, and it aborts the client after a wait."""
    found = []
    for t in spread(world, hits, start, end):
        front = Conn(world, t, random.choice(clients), proxy, port).open().ask()
        front.send(proxy, ACK)
        found.append(Conn(world, front.t + .001, proxy, server, back_port).unanswered(4).conn)
        front.send(proxy, RST | ACK, t=front.t + patience + random.random() * .002)
    for t in spread(world, 60):
        if not start - 16 <= t <= end:
            healthy(world, t, random.choice(clients), proxy, port, rounds=1)
            healthy(world, t + .004, proxy, server, back_port, rounds=1)
    world.story(["syn_timeout"], endpoint(server, back_port), [endpoint(server, back_port)], [proxy.ip],
                PATH + ["server"], found, None, also=[2 * hits])


def checked_pool(world, balancer, members, down, port, clients, every=5):
    """A load balancer looks after its members, and one of them is down; nobody else is sent there."""
    hits = []
    for member in members:
        t = 1 + random.random()
        while t < world.length - 3:
            conn = Conn(world, t, balancer, member, port)
            if member is down:
                hits.append(conn.refuse().conn)
            else:
                conn.open().send(balancer, RST | ACK, t=conn.t + .0002)
                world.healthy_count += 1
            t += every
    for t in spread(world, 80):
        healthy(world, t, balancer, random.choice([member for member in members if member is not down]), port)
    world.story(["closed_port"], endpoint(down, port), [endpoint(down, port)], [balancer.ip], "server", hits,
                [len(hits)], ongoing=True)


def drained(world, clients, server, port, moment, alive=16):
    """A server closes all its connections in good order; what clients send into that is reset."""
    found, used = [], set()
    for n in range(alive):
        client = random.choice(clients)
        conn = Conn(world, moment - random.random() * 30 - 2, client, server, port).open().ask().answer()
        conn.send(server, FIN | ACK, t=moment + n * .0002)
        conn.send(client, ACK)
        if n % 2:
            conn.send(client, FIN | ACK, t=conn.t + .01)
            conn.send(server, ACK)
            continue
        conn.send(client, PSH | ACK, b"GET /more HTTP/1.1\r\n\r\n", t=conn.t + .4)
        conn.send(server, RST, seq=conn.seq[server])
        found.append(conn.conn)
        used.add(client)
    for t in spread(world, 30):
        healthy(world, t, random.choice(clients), server, port)
    world.story(["data_after_close"], endpoint(server, port), [endpoint(server, port)], names(used),
                ["server", "client"], found, None)
