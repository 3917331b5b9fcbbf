# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes for hard_sisters.py: ten mechanisms that no list of hard cases names, labeled before any verdict on them was
seen."""
from stage import GET, OK, scene

BANNER = b"SSH-2.0-OpenSSH_9.6\r\n"
EARLY = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
FATAL = b"\x15\x03\x03\0\x02\x02\x28"  # alert, fatal, handshake_failure


@scene("u01", "srvbsd6 mac6")
def window_never_opens(s):
    """the client's window went to 0 and its host away: BSD probes it with doubling waits up to a minute, unanswered,
    and drops the connection (tcp_timer_persist)"""
    conv = s.conv()
    conv.handshake()
    conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up + 0.002)
    for _ in range(4):
        conv.send(conv.s, "A", bytes(1428))
    conv.answer(conv.c, "A", window=0)
    wait = 5.0
    for _ in range(8):
        s.cap.wait(wait)
        conv.send(conv.s, "A", b"x", advance=False)
        wait = min(wait * 2, 60)
    s.cap.wait(wait)
    s.expect(conv.send(conv.s, "RA", window=0, options=[]), "zero_window_timeout", "app_timeout<=60|"
             "retransmission_timeout<=60", "server")


@scene("u02", "srv4 lan6")
def half_open_checks(s):
    """a balancer asks for a SYN-ACK every ten seconds and resets it at once, while clients are served"""
    for n in range(6):
        conv = s.conv(8443)
        conv.syn()
        answer = conv.synack()
        s.cap.wait(conv.down + 0.00004)
        s.expect(conv.bare(conv.c, answer), "health_check", "half_open_scan|connect_aborted<=60", "client")
        if n == 2:
            s.conv(8443, client=s.host(44, s.server.stack, 2)).talk(1)
        s.cap.wait(9.98)


@scene("u03", "srv4 lin6")
def early_answer_to_upload(s):
    """the server refuses an upload with 413 and closes while it still runs; more of it meets a socket that is gone"""
    conv = s.conv(80)
    conv.handshake()
    conv.send(conv.c, "PA", b"POST /upload HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 900000\r\n\r\n")
    for _ in range(3):
        conv.send(conv.c, "A", bytes(1428))
    conv.answer(conv.s, "PA", EARLY)
    conv.send(conv.s, "FA")
    s.cap.wait(conv.down + 0.0003)
    late = [conv.send(conv.c, "A", bytes(1428)) for _ in range(2)]
    for n, one in enumerate(late):
        s.cap.now = max(s.cap.now, one.time + round((conv.up + 0.00003) * 1e9))
        truth = ("segment_after_reset|data_after_close", "-") if n else ("data_after_close|app_error|unread_data", "-")
        s.expect(conv.bare(conv.s, one), *truth, "server")


@scene("u04", "srv4 srv6")
def overflow_aborts(s):
    """tcp_abort_on_overflow: the accept queue is full when the last ACK of the handshake comes, so Linux resets it;
    other clients were served just before and are served soon after"""
    s.conv().talk(1, 0.01)
    for _ in range(3):
        conv = s.conv()
        conv.syn()
        conv.synack()
        acked = conv.answer(conv.c, "A")
        s.cap.wait(0.00003)
        s.expect(conv.bare(conv.s, acked), "resource_exhaustion", "no_connection|handshake_bad_ack<=49", "server")
        s.cap.wait(0.05)
    s.cap.wait(1)
    s.conv().talk(1, 0.01)


@scene("u05", "lin4 win6")
def address_moved(s):
    """the virtual address went over to another node, which knows none of three live connections"""
    convs = [s.conv().talk(1, 0.1) for _ in range(3)]
    s.cap.wait(1.2)
    for conv in convs:
        conv.s.host.mac = "02:00:5e:77:00:01"
        asked = conv.send(conv.c, "PA", GET)
        s.cap.wait(conv.up + 0.00004)
        s.expect(conv.bare(conv.s, asked), "session_failover|no_connection", "-", "server|middlebox|unknown")
        s.cap.wait(0.02)


@scene("u06", "lin6 win4")
def balancer_forgot(s):
    """after 350 idle seconds the balancer, which is the address that clients talk to, has no flow any more"""
    conv = s.conv(443)
    conv.talk(2, 1)
    s.cap.wait(361)
    asked = conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up + 0.00003)
    s.expect(conv.bare(conv.s, asked), "device_idle_timeout|no_connection", "-", "server|middlebox|unknown")


@scene("u07", "srv4 mac4")
def dropped_before_the_banner(s):
    """a busy SSH server drops some connections at random before its banner (MaxStartups); others get theirs"""
    for n in range(5):
        conv = s.conv(22)
        conv.handshake()
        s.cap.wait(0.004)
        if n % 2:
            s.expect(conv.abort(conv.s), "app_abort|resource_exhaustion",
                     "app_timeout<=49|policy_reset<=45|listener_closed<=49|process_exit<=49|undetermined", "server")
        else:
            conv.send(conv.s, "PA", BANNER)
            conv.answer(conv.c, "PA", BANNER)
        s.cap.wait(0.3)


@scene("u08", "lin4 srvwin6")
def fatal_alert(s):
    """the server does not like the ClientHello, says so with a fatal alert, and resets at once"""
    conv = s.conv(443)
    conv.handshake()
    conv.send(conv.c, "PA", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(506))
    conv.answer(conv.s, "PA", FATAL, think=0.001)
    s.expect(conv.abort(conv.s), "app_error", "app_abort|unread_data<=60", "server")


@scene("u09", "lan4 lan6")
def address_used_twice(s):
    """two hosts have the same address: data reach the wrong one by the switch's table, which resets them from another
    stack and MAC; the right one had them too and goes on"""
    conv = s.conv()
    conv.talk(2)
    s.cap.wait(1)
    asked = conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up + 0.00005)
    own = conv.s.host.mac
    conv.s.host.mac = "02:00:5e:66:00:02"
    ttl = 255 if s.server.stack.ttl == 64 else 64
    reset = conv.bare(conv.s, asked, ttl=ttl, seq=asked.ack)
    conv.s.host.mac = own
    s.expect(reset, "session_failover|injected", "no_connection<=60|nat_leak|policy_reset<=60",
             "middlebox|unknown|server")
    s.cap.wait(0.0003)
    conv.send(conv.s, "PA", OK)
    s.cap.wait(0.2)
    conv.send(conv.s, "PA", OK)


@scene("u10", "lin6 srvwin4")
def upload_given_up(s):
    """the server answers an upload with an error while it runs; the client leaves in the middle of it"""
    conv = s.conv(80)
    conv.handshake()
    conv.send(conv.c, "PA", b"PUT /big HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 4000000\r\n\r\n")
    for _ in range(5):
        conv.send(conv.c, "A", bytes(1428))
    conv.answer(conv.s, "PA", b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n")
    for _ in range(3):
        conv.answer(conv.c, "A", bytes(1428))
    s.cap.wait(0.001)
    s.expect(conv.abort(conv.c), "transfer_cancelled|app_abort|app_error", "unread_data<=60|app_timeout<=49", "client")


