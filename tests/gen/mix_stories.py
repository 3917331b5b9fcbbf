# SPDX-License-Identifier: GPL-2.0-or-later
"""Stories for mixes: each adds packets to a world and says what the one problem is that an expert would report."""
import random
import struct

from mix_world import ACK, CWR, ECE, FIN, PSH, RST, SYN, Conn, Host, healthy, linux, windows

PATH = ["middlebox", "network", None, "unknown"]


def spread(world, count, start=0.0, end=None):
    end = world.length - 8 if end is None else end
    return sorted(start + random.random() * (end - start) for _ in range(count))


def endpoint(server, port):
    return f"[{server.ip}]:{port}" if ":" in server.ip else f"{server.ip}:{port}"


def names(hosts):
    return sorted({host.ip for host in hosts})


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


def idle_close(world, clients, server, port, timer, hits=8, around=60):
    """The server closes after so many idle seconds, and requests cross its FIN."""
    found, used = [], []
    for t in spread(world, around, 0, world.length - timer - 8):
        conn = healthy(world, t, random.choice(clients), server, port, rounds=1, close=server)
        del conn
    for t in spread(world, hits, 5, world.length - timer - 5):
        client = random.choice(clients)
        conn = Conn(world, t, client, server, port).open().ask().answer()
        idle_from = conn.t - 2 * client.way
        conn.send(server, FIN | ACK, t=idle_from + timer + random.random() * .002)
        conn.send(client, PSH | ACK, b"GET /late HTTP/1.1\r\n\r\n" + b"z" * 80, t=conn.t + client.way * .8,
                  ack=conn.seq[server] - 1)
        conn.send(server, RST, seq=conn.seq[server] - 1)
        found.append(conn.conn)
        used.append(client)
    world.story(["data_after_close", "close_race"], endpoint(server, port), [endpoint(server, port)], names(used),
                "server", found, None, timer=timer)


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


def dies(world, clients, server, port, moment, silent_for=20, alive=18, cause=("process_exit", "unread_data",
         "closed_port", "listener_closed"), back=True, join=(), more=(), ongoing=None):
    """A process dies: its connections are reset, then nobody listens, then it is back."""
    hits, used, total = [], [], 0
    for n in range(alive):
        client = random.choice(clients)
        conn = Conn(world, moment - random.random() * 40, client, server, port).open().ask().answer()
        conn.ask(wait=min(.2, moment - conn.t - .01))
        conn.t = moment + n * .0002
        conn.send(server, RST | ACK, t=conn.t)
        hits.append(conn.conn)
        used.append(client)
    for t in spread(world, 2 * len(clients), moment + .5, min(moment + silent_for, world.length - 2)):
        client = random.choice(clients)
        hits.append(Conn(world, t, client, server, port).refuse(random.randrange(1, 3)).conn)
        used.append(client)
    for t in spread(world, 40):
        if t > moment - 4 and (t < moment + silent_for or not back):
            continue
        healthy(world, t, random.choice(clients), server, port)
        total += 1
    if more is not None:
        world.story(list(cause), endpoint(server, port), [endpoint(server, port)], names(used), "server", hits,
                    [total + len(hits), len(hits)], ongoing=(not back) if ongoing is None else ongoing, join=join)
    return hits, used, total


def restart_host(world, clients, server, ports, moment, silent_for=25):
    """A whole server restarts: it is silent, then it knows none of its connections."""
    hits, used = [], []
    for n in range(4 * len(ports)):
        client = random.choice(clients)
        port = ports[n % len(ports)]
        conn = Conn(world, moment - 20 - random.random() * 20, client, server, port).open().ask().answer()
        data = b"GET /again HTTP/1.1\r\n\r\n"
        t = moment + random.random() * 3
        seq = conn.seq[client]
        wait = .4
        while t < moment + silent_for:
            conn.send(client, PSH | ACK, data, t=t, seq=seq)
            wait *= 2
            t += wait
        conn.send(client, PSH | ACK, data, t=t, seq=seq)
        conn.seq[client] = seq + len(data)
        conn.send(server, RST, seq=conn.seq[server])
        hits.append(conn.conn)
        used.append(client)
    for t in spread(world, 40):
        if moment - 4 < t < moment + silent_for:
            continue
        healthy(world, t, random.choice(clients), server, random.choice(ports))
    for t in spread(world, 6, moment + 1, moment + silent_for - 15):
        client = random.choice(clients)
        hits.append(Conn(world, t, client, server, random.choice(ports)).unanswered(4).conn)
        used.append(client)
    world.story(["no_connection", "syn_timeout", "process_exit"], None if len(ports) > 1 else endpoint(server, ports[0]),
                [endpoint(server, port) for port in ports], names(used), "server", hits, None)


def restart_client(world, client, services, moment, count=10):
    """A client host has lost its connections: it resets what the servers still send."""
    hits = []
    for n in range(count):
        server, port = services[n % len(services)]
        conn = Conn(world, moment - 30 - random.random() * 20, client, server, port).open().ask().answer()
        conn.send(server, PSH | ACK, b"event: news\n\n", t=moment + random.random() * 30)
        conn.send(client, RST, seq=conn.seq[client])
        hits.append(conn.conn)
    world.story(["no_connection", "half_open_discovery"], None, [endpoint(*service) for service in services],
                [client.ip], "client", hits, None)


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


def lossy(world, near, far, services, hits=10, per=2, quiet=()):
    """The path to one network loses packets: data to it is repeated in vain."""
    found, used = [], []
    for n in range(hits):
        client = random.choice(far)
        server, port = random.choice(services)
        conn = Conn(world, random.random() * (world.length - 70), client, server, port).open().ask()
        conn.t += .002
        conn.repeat(server, b"HTTP/1.1 200 OK\r\n" + b"y" * 900, 6 + n % 2)
        if n % 2:
            conn.send(server, RST | ACK, t=conn.t + 26)
        found.append(conn.conn)
        used.append(client)
    for n in range(hits * per):
        healthy(world, random.random() * (world.length - 5), random.choice(far), *random.choice(services))
    for n in range(hits * 10):
        healthy(world, random.random() * (world.length - 5), random.choice(near), *random.choice(services))
    world.story(["retransmission_timeout", "silent_give_up", "keepalive_timeout"],
                None if len(services) > 1 else endpoint(*services[0]), [endpoint(*service) for service in services],
                names(used), PATH, found, [None, (per + 1) * hits])


def server_gone(world, clients, server, port, moment, alive=14):
    """The server loses its power: data is repeated in vain, then SYNs."""
    hits, used = [], []
    for n in range(alive):
        client = random.choice(clients)
        conn = Conn(world, moment - random.random() * 30 - 5, client, server, port).open().ask().answer()
        conn.t = moment + random.random() * 5
        conn.before = client
        conn.repeat(client, b"GET /x HTTP/1.1\r\n" + b"x" * 150, 6)
        hits.append(conn.conn)
        used.append(client)
    for t in spread(world, 10, moment + 5, world.length - 20):
        client = random.choice(clients)
        hits.append(Conn(world, t, client, server, port).unanswered(4).conn)
        used.append(client)
    for t in spread(world, 50, 0, moment - 5):
        healthy(world, t, random.choice(clients), server, port)
    world.story(["silent_give_up", "syn_timeout", "retransmission_timeout"], endpoint(server, port),
                [endpoint(server, port)], names(used), ["server", "unknown", None, "middlebox", "network"], hits, None)


def failover(world, clients, services, moment, ttl, count=14):
    """A stateful device takes over without the states, and resets what goes on."""
    hits, used = [], []
    for n in range(count):
        client = random.choice(clients)
        server, port = random.choice(services)
        conn = Conn(world, moment - 10 - random.random() * 40, client, server, port).open()
        for _ in range(3):
            conn.ask(wait=.3).answer()
        conn.t = moment + random.random() * 4
        conn.before = client
        conn.send(client, PSH | ACK, b"GET /next HTTP/1.1\r\n\r\n", t=conn.t)
        conn.send(server, RST, t=conn.t + .0011, ttl=ttl, ip_id=0)
        hits.append(conn.conn)
        used.append(client)
    world.story(["session_failover", "no_connection", "policy_reset", "injected", "device_idle_timeout"], None,
                [endpoint(*service) for service in services], names(used), ["middlebox", "network"], hits, None)


def device_timer(world, clients, services, timer, ttl, count=8, around=8):
    """A device forgets connections after so many idle seconds, and resets what comes then."""
    hits, used = [], []
    for n in range(count):
        client = random.choice(clients)
        server, port = random.choice(services)
        conn = Conn(world, random.random() * max(1, world.length - timer - 20), client, server, port).open()
        conn.ask().answer().ask(wait=.2).answer()
        quiet = conn.t
        for side, peer in ((server, client), (client, server)):
            conn.send(side, RST | ACK, t=quiet + timer + random.random() * .01, seq=conn.seq[side], ttl=ttl, ip_id=0)
        hits.append(conn.conn)
        used.append(client)
    for _ in range(around):
        conn = Conn(world, random.random() * max(1, world.length - timer - 20), random.choice(clients),
                    *random.choice(services)).open().ask().answer()
        conn.ask(wait=timer * .6).answer().close()
        world.healthy_count += 1
    world.story(["device_idle_timeout"], None if len(services) > 1 else endpoint(*services[0]),
                [endpoint(*service) for service in services], names(used), ["middlebox", "network"], hits, None,
                timer=timer)


def server_timer(world, clients, server, port, timer, count=8):
    """The server's program resets what was idle for so long."""
    hits, used = [], []
    for n in range(count):
        client = random.choice(clients)
        conn = Conn(world, random.random() * max(1, world.length - timer - 20), client, server, port).open()
        conn.ask().answer().ask(wait=.2).answer()
        conn.send(server, RST | ACK, t=conn.t + timer + random.random() * .01)
        hits.append(conn.conn)
        used.append(client)
    for t in spread(world, 30):
        healthy(world, t, random.choice(clients), server, port)
    world.story(["app_timeout", "app_abort"], endpoint(server, port), [endpoint(server, port)], names(used), "server",
                hits, None, timer=timer)


def hello(name):
    name = name.encode("ascii")
    entry = b"\0" + struct.pack("!H", len(name)) + name
    entry = struct.pack("!H", len(entry)) + entry
    extension = struct.pack("!HH", 0, len(entry)) + entry + struct.pack("!HH", 43, 3) + b"\x02\x03\x04"
    body = b"\x03\x03" + random.randbytes(32) + b"\x20" + random.randbytes(32) + b"\0\x04\x13\x01\x13\x02" + b"\x01\0"
    body += struct.pack("!H", len(extension)) + extension
    body = b"\x01" + struct.pack("!I", len(body))[1:] + body
    return b"\x16\x03\x01" + struct.pack("!H", len(body)) + body


def tls_policy(world, clients, servers, name, ttl, hits=12, fine=60, others=("www.example.com", "mail.example.net")):
    """A device resets TLS handshakes for one server name, wherever they go."""
    found, used, used_servers = [], [], []
    for t in spread(world, hits):
        client, server = random.choice(clients), random.choice(servers)
        conn = Conn(world, t, client, server, 443).open().ask(data=hello(name))
        sent = conn.t
        for side, peer in ((server, client),):
            conn.send(side, RST | ACK, t=sent + .0008, ttl=ttl, ip_id=0)
        conn.send(server, PSH | ACK, b"\x16\x03\x03\0\x7a\x02" + bytes(120), t=sent + 2 * server.way + .001)
        found.append(conn.conn)
        used.append(client)
        used_servers.append(endpoint(server, 443))
    for t in spread(world, fine):
        conn = Conn(world, t, random.choice(clients), random.choice(servers), 443).open()
        conn.ask(data=hello(random.choice(others))).answer(data=b"\x16\x03\x03\0\x7a\x02" + bytes(120)).close()
        world.healthy_count += 1
    world.story(["policy_reset", "injected"], None if len(set(used_servers)) > 1 else used_servers[0],
                sorted(set(used_servers)), names(used), ["middlebox", "network"], found, None)


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


def rejected_uploads(world, clients, server, port, hits=12, fine=60):
    """Large uploads get an error and a reset with the rest unread."""
    found, used = [], []
    for t in spread(world, hits):
        client = random.choice(clients)
        conn = Conn(world, t, client, server, port).open()
        conn.ask(data=b"POST /upload HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n" + b"u" * 900)
        for _ in range(6):
            conn.send(client, ACK, b"u" * 1448, t=conn.t + .00002)
        conn.send(server, PSH | ACK, b"HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\n\r\n")
        conn.send(server, RST | ACK, t=conn.t + .0001)
        found.append(conn.conn)
        used.append(client)
    for t in spread(world, fine):
        healthy(world, t, random.choice(clients), server, port)
    world.story(["app_error", "unread_data", "app_abort"], endpoint(server, port), [endpoint(server, port)], names(used),
                "server", found, None)


def cut_transfers(world, clients, server, port, hits=9, size=60, fine=40):
    """Large answers end with a reset of the server after the same number of bytes."""
    found, used = [], []
    for t in spread(world, hits):
        client = random.choice(clients)
        conn = Conn(world, t, client, server, port).open().ask()
        for n in range(size):
            conn.send(server, ACK, b"d" * 1448, t=conn.t + .0004)
            if n % 2:
                conn.send(client, ACK)
        conn.send(server, RST | ACK, t=conn.t + .0004)
        found.append(conn.conn)
        used.append(client)
    for t in spread(world, fine):
        healthy(world, t, random.choice(clients), server, port)
    world.story(["app_abort", "unread_data", "app_error", "transfer_cancelled", "process_exit"], endpoint(server, port),
                [endpoint(server, port)], names(used), "server", found, None)


def not_reading(world, clients, server, port, hits=6, fine=40):
    """The server's program does not read, the clients give up."""
    found, used = [], []
    for n in range(hits):
        client = random.choice(clients)
        conn = Conn(world, random.random() * (world.length - 80), client, server, port).open()
        conn.ask(size=1200)
        conn.send(server, ACK, window=0)
        wait = .3
        for _ in range(7):
            conn.send(client, ACK, t=conn.t + wait, seq=conn.seq[client] - 1)
            conn.send(server, ACK, window=0)
            wait *= 2
        conn.send(client, RST | ACK, t=conn.t + 3)
        found.append(conn.conn)
        used.append(client)
    for t in spread(world, fine):
        healthy(world, t, random.choice(clients), server, port)
    world.story(["zero_window_timeout"], endpoint(server, port), [endpoint(server, port)], names(used), "server", found,
                None)


def dead_peers(world, clients, server, port, hits=8, fine=40, idle=20, gap=5, probes=4):
    """The server's keepalives find clients that have gone."""
    found, used = [], []
    for n in range(hits):
        client = random.choice(clients)
        conn = Conn(world, random.random() * (world.length - 60), client, server, port).open().ask().answer()
        t = conn.t + idle
        for k in range(probes):
            conn.send(server, ACK, t=t, seq=conn.seq[server] - 1)
            t += gap
        conn.send(server, RST | ACK, t=t)
        found.append(conn.conn)
        used.append(client)
    for t in spread(world, fine):
        healthy(world, t, random.choice(clients), server, port)
    world.story(["keepalive_timeout"], endpoint(server, port), [endpoint(server, port)], names(used),
                PATH + ["client"], found, None)


def proxied(world, clients, proxy, server, port, back_port, hits=8, fine=30):
    """A proxy seen from both sides: its backend aborts, and it aborts the client."""
    found, also, used = [], [], []
    for t in spread(world, hits):
        client = random.choice(clients)
        front = Conn(world, t, client, proxy, port).open().ask()
        back = Conn(world, front.t + .001, proxy, server, back_port).open().ask()
        back.send(server, PSH | ACK, b"HTTP/1.1 200 OK\r\n\r\n" + b"p" * 500, t=back.t + .05)
        back.send(proxy, ACK)
        front.send(proxy, PSH | ACK, b"HTTP/1.1 200 OK\r\n\r\n" + b"p" * 500, t=back.t + .001)
        front.send(client, ACK)
        back.send(server, RST | ACK, t=front.t + .3)
        front.send(proxy, RST | ACK, t=back.t + .0003)
        found.append(back.conn)
        also.append(front.conn)
        used.append(proxy)
    for t in spread(world, fine):
        front = healthy(world, t, random.choice(clients), proxy, port, rounds=1)
        healthy(world, t + .004, proxy, server, back_port, rounds=1)
        del front
    world.story(["app_abort", "unread_data", "app_error", "process_exit"], endpoint(server, back_port),
                [endpoint(server, back_port)], names(used), "server", found, None, also=[2 * hits])


def aborting_client(world, client, others, services, hits=12, fine=50):
    """One client program ends its connections with resets, at whatever server."""
    found = []
    for t in spread(world, hits):
        conn = Conn(world, t, client, *random.choice(services)).open().ask().answer()
        conn.ask(wait=.2).answer()
        conn.send(client, RST | ACK, t=conn.t + .01)
        found.append(conn.conn)
    for t in spread(world, fine):
        healthy(world, t, random.choice(others), *random.choice(services))
    world.story(["app_abort", "unread_data", "transfer_cancelled"], None if len(services) > 1 else endpoint(*services[0]),
                [endpoint(*service) for service in services], [client.ip], "client", found, None, optional=True)


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
