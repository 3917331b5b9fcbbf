# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes for hard_sisters.py: what public reports tell of address translation, routes, balancers and foreign stacks."""
from dataclasses import replace

from stage import GET, WINDOWS, scene

LEAK = ("nat_leak", "session_failover")
F5 = b"BIG-IP: [0x2f3a1c8:%d] No flow found for ACK"


def download(conv, rounds, size, gap):
    """Two segments of the server for each acknowledgment."""
    for _ in range(rounds):
        first = conv.s.nxt
        conv.send(conv.s, "A", bytes(size))
        conv.send(conv.s, "A", bytes(size))
        conv.cap.wait(gap)
        conv.send(conv.c, "A")
        conv.cap.wait(gap)
    return first


def translating_host(s, gap):
    """A container behind a host that translates addresses, seen on the host's outer side: the container is a hop
    away."""
    s.client.hops += 1
    conv = s.conv()
    conv.handshake()
    s.cap.wait(0.001)
    conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up)
    size = s.rng.choice([1408, 1440, 1348])
    start, stamps = conv.s.nxt, conv.options(conv.s, False)  # of the segments that come again
    download(conv, s.rng.randrange(20, 40), size, gap)
    return conv, start, size, stamps


@scene("r18", "lin4 lin6 lan4", views="late oneway")
def invalid_to_conntrack(s):
    """old segments of the server are not those of a flow that the translating host knows (conntrack INVALID): it takes
    them for its own and resets them, one hop nearer than the container, which goes on; at last the server has enough"""
    conv, start, size, stamps = translating_host(s, 0.0002)
    s.late(None, "no_connection<=60|undetermined|injected<=60")
    s.one_way(conv.c, None, "injected<=60|undetermined|blind_reset<=60|no_connection<=60|segment_after_reset<=60")
    for n in range(4):
        echo, s.cap.now = s.cap.now, s.cap.now
        old = conv.send(conv.s, "A", bytes(size), seq=start + n * size, options=stamps, advance=False)
        s.cap.wait(0.00003)
        reset = conv.bare(conv.c, old, ttl=s.client.stack.ttl - s.client.hops + 1)
        s.expect(reset, LEAK[0], LEAK[1] + ("|segment_after_reset" if n else ""), "client|middlebox")
        s.cap.now = echo + 300_000
        download(conv, 1, size, 0.0001)
    last = conv.send(conv.c, "A")
    s.cap.now = max(s.cap.now, last.time + round((conv.up + 0.00003) * 1e9))
    s.expect(conv.bare(conv.s, last), "segment_after_reset", "no_connection", "server")


@scene("r37", "lin6 plain4 lan4")
def invalid_to_conntrack_slowly(s):
    """the same with packets 10 ms and more apart"""
    conv, start, size, stamps = translating_host(s, 0.0002)
    gap = s.rng.uniform(0.008, 0.030)
    for n in range(4):
        s.cap.wait(gap)
        old = conv.send(conv.s, "A", bytes(size), seq=start + n * size, options=stamps, advance=False)
        s.cap.wait(0.00003)
        reset = conv.bare(conv.c, old, ttl=s.client.stack.ttl - s.client.hops + 1)
        s.expect(reset, LEAK[0], LEAK[1] + ("|segment_after_reset" if n else ""), "client|middlebox")
        s.cap.wait(gap)
        download(conv, 1, size, gap / 2)


@scene("r18", "lin4 lin6")
def near_client_gone(s):
    """near miss: the client itself aborts, and what was in flight meets its host, which knows the connection no more"""
    conv = s.conv()
    conv.handshake()
    s.cap.wait(0.001)
    conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up)
    download(conv, 6, 1408, 0.0002)
    s.expect(conv.abort(conv.c), "transfer_cancelled|app_abort|unread_data", "undetermined|app_timeout<=60", "client")
    seq = conv.c.nxt
    for _ in range(3):
        late = conv.send(conv.s, "A", bytes(1408))
        s.cap.wait(0.00003)
        s.expect(conv.bare(conv.c, late, seq=seq), "segment_after_reset", "no_connection<=60|transfer_cancelled",
                 "client")


@scene("r20", "srv4 srv6 lan4 srvwin4", views="late oneway")
def asymmetric_route(s):
    """the SYN-ACK leaves by another gateway, which never saw the SYN and resets it, from nearer than the client, which
    goes on sending its SYN"""
    conv = s.conv()
    kind = s.rng.choice([255, 64, 128])
    ttl = kind if kind != s.client.stack.ttl - s.client.hops else 255
    for n, wait in enumerate((1, 2, 4, 0)):
        conv.syn()
        s.cap.wait(0.00004)
        answer = conv.send(conv.s, "SA", seq=conv.s.isn + n * 71237)
        s.cap.wait(0.0002)
        reset = conv.stranger(conv.c, "R", ttl, seq=answer.ack, ack=0)
        s.expect(reset, "session_failover", "nat_leak|unsolicited_synack|injected", "middlebox")
        s.cap.wait(wait)
        if n == 0:
            s.late()
    s.one_way(conv.c, "session_failover|injected|nat_leak|unsolicited_synack|undetermined",
              "blind_reset<=60|connect_aborted<=49|policy_reset<=60", "middlebox|unknown")


@scene("r20", "srv4 srv6")
def near_client_left(s):
    """near miss: one SYN, and the reset of its SYN-ACK comes from the client's own distance; no SYN follows"""
    conv = s.conv()
    conv.syn()
    answer = conv.synack()
    s.cap.wait(conv.down + 0.00005)
    s.expect(conv.bare(conv.c, answer), "connect_aborted|half_open_scan",
             "unsolicited_synack<=60|unknown_to_kernel<=60|health_check", "client")


@scene("r22", "lin4 lin6 mac4", views="oneway")
def interrupted_connects(s):
    """a signal interrupts each connect() after a millisecond and the socket is closed before the SYN-ACK comes; at last
    one gets through"""
    s.up = max(s.up, 0.004)
    syns = []
    for _ in range(6):
        conv = s.conv(3306)
        conv.syn()
        syns.append((conv, s.cap.now))
        s.cap.wait(0.0011)
    for conv, sent in syns:
        s.cap.now = max(s.cap.now, sent + round(s.up * 1e9))
        answer = conv.send(conv.s, "SA", seq=conv.s.isn)
        s.cap.wait(0.00002)
        s.expect(conv.bare(conv.c, answer), "connect_aborted", "app_abort", "client")
    s.cap.wait(0.3)
    s.conv(3306).talk(1, 0.01)
    s.one_way(conv.c, "connect_aborted|undetermined",
              "half_open_scan<=60|health_check<=49|app_abort|unsolicited_synack<=60")


@scene("r24", "srv4 srv6 srvwin4", views="oneway")
def reset_by_hand(s):
    """somebody writes a reset in the client's name with a tool: another distance, no DF, window 512; both ends'
    keepalives were answered until then"""
    conv = s.conv(5432)
    conv.talk(1)
    s.cap.frames.clear()
    for _ in range(5):
        conv.send(conv.s, "A", seq=conv.s.nxt - 1, advance=False)
        conv.answer(conv.c, "A")
        s.cap.wait(120)
    s.cap.wait(38)
    ttl = 64 if s.client.stack.ttl - s.client.hops != 64 else 61
    reset = conv.stranger(conv.c, "R", ttl, ack=0, window=512)
    s.expect(reset, "injected", "blind_reset|admin_kill", "middlebox")
    s.one_way(conv.c, None, "undetermined", "middlebox|unknown")


@scene("r24", "srv4 srv6")
def near_client_restarted(s):
    """near miss: the same with the distance and fields of the client: its host knows the connection no more"""
    conv = s.conv(5432)
    conv.talk(1)
    s.cap.frames.clear()
    for _ in range(3):
        conv.send(conv.s, "A", seq=conv.s.nxt - 1, advance=False)
        conv.answer(conv.c, "A")
        s.cap.wait(120)
    probe = conv.send(conv.s, "A", seq=conv.s.nxt - 1, advance=False)
    s.cap.wait(conv.down + 0.00004)
    s.expect(conv.bare(conv.c, probe), "no_connection", "device_idle_timeout<=60", "client")


@scene("r25", "srv4 srv6 lan4")
def kernel_and_foreign_stack(s):
    """two stacks answer the SYN under one address; the client's kernel does not know what its own stack in user space
    asked for and resets; the server's kernel had dropped its half-open connection by then"""
    conv, other = s.conv(), s.conv()
    conv.syn()
    s.cap.wait(conv.up + 0.0001)
    one = conv.send(conv.s, "SA", seq=conv.s.isn)
    s.cap.wait(0.0015)
    two = conv.send(conv.s, "SA", seq=other.s.isn, window=41015, advance=False)
    conv.s.nxt = one.end
    s.cap.wait(conv.down + 0.0001)
    s.expect(conv.bare(conv.c, one), "unknown_to_kernel", "unsolicited_synack|half_open_scan", "client")
    acked = conv.send(conv.c, "A")
    s.cap.wait(0.00004)
    s.expect(conv.bare(conv.s, acked), "segment_after_reset", "unknown_to_kernel|no_connection|handshake_bad_ack",
             "server")
    s.cap.wait(0.0005)
    follow = ("unknown_to_kernel", "segment_after_reset|unsolicited_synack", "client")
    s.expect(conv.bare(conv.c, two), *follow)
    s.cap.wait(1.4)
    again = conv.send(conv.s, "SA", seq=other.s.isn, window=41015, advance=False)
    s.cap.wait(conv.down + 0.0001)
    s.expect(conv.bare(conv.c, again), *follow)


@scene("r28", "win4 lin6 plain4", views="late oneway")
def balancer_lost_its_flow(s):
    """a BIG-IP lost the state of its flow in mid transfer and says so"""
    s.server.hops, s.server.stack = 5, replace(s.server.stack, ttl=255)
    conv = s.conv(443)
    conv.handshake()
    conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up + 0.002)
    download(conv, 15, 1252, min(0.001, conv.up / 4))
    s.late()
    download(conv, 3, 1252, min(0.001, conv.up / 4))
    s.cap.wait(0.01)
    asked = conv.send(conv.c, "PA", bytes(120))
    s.cap.wait(conv.up + 0.0002)
    reset = conv.send(conv.s, "RA", F5 % s.rng.randrange(1000, 9999), ack=asked.end, window=0, options=[])
    s.expect(reset, "session_failover", "no_connection|device_idle_timeout|declared", "middlebox")
    s.one_way(conv.s)


@scene("r29", "srv4 srv6 lan4", views="oneway")
def scanner(s):
    """a scanner with a stack of its own: SYN without options, and a reset of its own after any answer, with other
    window and id"""
    for n in range(4):
        scanning = s.host(60 + n, replace(WINDOWS, ttl=255), 13)
        conv = s.conv(s.rng.randrange(1, 50000), client=scanning)
        conv.down = max(s.down, 0.02)
        syn = conv.send(conv.c, "S", seq=conv.c.isn, ack=0, window=1024, options=[("MSS", 1460)] if n % 2 else [],
                        ident=54321, df=False)
        s.expect(conv.refused(syn), "closed_port", "half_open_scan", "server")
        s.cap.wait(conv.down)
        reset = conv.send(conv.c, "R", seq=syn.end, ack=0, window=1200, options=[], df=False,
                          ident=s.rng.randrange(1 << 16))
        s.expect(reset, "half_open_scan", "unknown_to_kernel|blind_reset|segment_after_reset", "client")
        s.cap.wait(s.rng.uniform(5, 50))
    s.one_way(conv.c)


@scene("r33", "lin4 lin6 lan6", views="oneway")
def pooled_connection(s):
    """of a pooled connection the capture holds one request, and a bare reset a round trip later; another connection to
    that address lives"""
    alive, pooled = s.conv(), s.conv()
    pooled.talk(1)
    s.cap.frames.clear()
    alive.talk(3, 9)
    s.cap.wait(4)
    asked = pooled.send(pooled.c, "PA", GET * 9)
    s.cap.wait(pooled.up + 0.00003)
    s.expect(pooled.bare(pooled.s, asked), "no_connection", "device_idle_timeout|undetermined",
             "middlebox|unknown|server")
    s.cap.wait(9)
    alive.request()
    s.one_way(pooled.s, "undetermined|no_connection", "device_idle_timeout<=60", "-")


@scene("r36", "win4 lin6", views="late")
def two_hosts_answer(s):
    """the client gave up before the SYN-ACKs of two hosts under one address came; the second one repeats its FIN"""
    conv, second = s.conv(), s.conv()
    far = replace(s.server.stack, ttl=64 if s.server.stack.ttl == 128 else 128)
    ttl = far.ttl - s.server.hops
    conv.syn()
    s.cap.wait(0.9 + s.rtt)
    s.late(None, "undetermined|segment_after_reset<=60|unknown_to_kernel<=60|half_open_scan<=60")
    gave_up = ("connect_aborted", "unsolicited_synack|session_failover", "client")
    one = conv.send(conv.s, "SA", seq=conv.s.isn)
    s.cap.wait(0.00003)
    s.expect(conv.bare(conv.c, one), *gave_up)
    for wait in (1.1, 6):
        if wait == 6:
            gave_up = (gave_up[0], gave_up[1] + "|segment_after_reset<=60", gave_up[2])
        s.cap.wait(wait)
        two = conv.send(conv.s, "SA", seq=second.s.isn, ttl=ttl, window=5840, advance=False)
        s.cap.wait(0.00003)
        s.expect(conv.bare(conv.c, two), *gave_up)
    s.cap.wait(50)
    for wait in (3, 6, 12, 24):
        fin = conv.send(conv.s, "FA", seq=second.s.isn + 1, ttl=ttl, window=5840, advance=False)
        s.cap.wait(0.00003)
        s.expect(conv.bare(conv.c, fin), "segment_after_reset", "no_connection", "client")
        s.cap.wait(wait)


