# SPDX-License-Identifier: GPL-2.0-or-later
"""Stories for mixes: connections that end before their time.

Each adds packets to a world and says what the one problem is that an expert would report.
"""
import random
import struct

from mix_world import ACK, FIN, PATH, PSH, RST, Conn, endpoint, healthy, names, spread


def idle_close(world, clients, server, port, timer, hits=8, around=60):
    """The server closes after so many idle seconds, and requests cross its FIN."""
    found, used = [], []
    for t in spread(world, around, 0, world.length - timer - 8):
        healthy(world, t, random.choice(clients), server, port, rounds=1, close=server)
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
        for side in (server, client):
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
        conn.send(server, RST | ACK, t=sent + .0008, ttl=ttl, ip_id=0)
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
        healthy(world, t, random.choice(clients), proxy, port, rounds=1)
        healthy(world, t + .004, proxy, server, back_port, rounds=1)
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
