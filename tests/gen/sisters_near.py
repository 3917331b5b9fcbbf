# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes for hard_sisters.py: honest twins of stories whose own module has none, and a stack in user space."""
from dataclasses import replace

from pair import Pair
from sisters_path import download
from stage import ABORTS, GET, WINDOWS, scene

OWN_ABORT = ("unread_data|app_abort|app_error|app_timeout", "process_exit<=60|transfer_cancelled<=60|undetermined")


@scene("m07", "lin6 mac4")
def near_follower_late(s):
    """near miss: a late capture: the server aborts, and two bare resets a round trip later answer what was in flight"""
    conv = s.conv()
    conv.talk(1)
    s.cap.frames.clear()
    data = [conv.send(conv.c, "A", bytes(1200)) for _ in range(2)]
    s.cap.wait(conv.up * 0.4)
    s.expect(conv.abort(conv.s), ABORTS, "undetermined", "server")
    for one in data:
        s.cap.now = max(s.cap.now, one.time + round((conv.up + 0.00004) * 1e9))
        s.expect(conv.bare(conv.s, one), "segment_after_reset", "no_connection|undetermined", "server")


@scene("m20", "lin4 win6")
def near_page_of_the_server(s):
    """near miss: the page comes from the server's distance after a round trip, with its FIN; the client sends more,
    which its closed socket cannot take"""
    conv = s.conv(80)
    conv.handshake()
    conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up + 0.004)
    conv.send(conv.s, "FPA", b"HTTP/1.1 302 Found\r\nLocation: http://shop.example/\r\nConnection: close\r\n\r\n")
    conv.answer(conv.c, "A")
    s.cap.wait(0.2)
    more = conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up + 0.00003)
    s.expect(conv.bare(conv.s, more), "data_after_close", "close_race|no_connection<=60", "server")


@scene("m19", "win4 mac4")
def near_equal_id_elsewhere(s):
    """near miss: the reset of the server bears the IP id of an older packet of the client: chance, no copy of what it
    answers; distance, DF and window are the server's"""
    conv = s.conv()
    conv.talk(1)
    s.cap.wait(3)
    old = next(frame for frame in s.cap.frames if frame.seq == conv.c.isn)
    asked = conv.send(conv.c, "PA", GET, ident=0x3333)
    s.cap.wait(conv.up + 0.00003)
    reset = conv.bare(conv.s, asked, ident=int.from_bytes(old.data[18:20], "big"))
    s.expect(reset, "no_connection", "resource_exhaustion<=49", "server")


@scene("m11", "lin4 mac6")
def near_request_lost(s):
    """near miss, two points: the request came late to the server's point because it was lost once; the reset answers
    the second copy and was recorded at both points"""
    conv = Pair(s, skew=s.rng.uniform(-3, 3))
    conv.talk(1)
    s.cap.wait(0.4)
    conv.send(conv.c, "PA", GET, arrives=False)
    s.cap.wait(0.25 + s.rtt)
    again = conv.send(conv.c, "PA", GET, seq=conv.c.nxt - len(GET), advance=False)
    s.cap.wait(0.00003)
    conv.expect(conv.bare(conv.s, again), "no_connection", "-", "server")


@scene("r04", "srv4 lan4")
def near_client_stops(s):
    """near miss: the client takes the acknowledgment and leaves itself, with ACK and its time stamps"""
    conv = s.conv()
    conv.talk(1)
    s.cap.wait(0.09)
    conv.send(conv.c, "PA", bytes(1448))
    conv.answer(conv.s, "A")
    s.cap.wait(conv.down + 0.4)
    s.expect(conv.abort(conv.c), "app_abort|app_timeout|transfer_cancelled", "undetermined|process_exit", "client")


@scene("r07", "win4 srv4")
def near_data_after_own_message(s):
    """near miss: the client said that it closes, and yet the server pours out the rest of an answer: it is thrown away
    in the middle of the transfer"""
    conv = s.conv(443)
    conv.handshake()
    conv.send(conv.c, "PA", b"\x17\x03\x03\0\x40" + bytes(64))
    s.cap.wait(conv.up + 0.004)
    for _ in range(6):
        conv.send(conv.s, "A", b"\x17\x03\x03\x3f\xf0" + bytes(1435))
    conv.answer(conv.c, "A")
    conv.send(conv.c, "PA", b"\x15\x03\x03\0\x1a" + bytes(range(26)))
    fin = conv.send(conv.c, "FA")
    s.cap.wait(conv.up * 0.3)
    late = conv.send(conv.s, "A", bytes(1440), ack=fin.seq - 31)
    s.cap.wait(conv.down + 0.00004)
    windows = s.client.stack.scale == 8
    reset = conv.send(conv.c, "RA", window=0, options=[]) if windows else conv.bare(conv.c, late, seq=fin.end)
    s.expect(reset, "transfer_cancelled|data_after_close", "close_race<=60|app_abort<=49", "client")


@scene("r17", "srv4 lin6")
def near_request_answered(s):
    """near miss: the idle limit comes after the answer and the FIN is taken: the client's next request goes to a
    connection that it knows to be closing"""
    conv = s.conv()
    conv.talk(1)
    s.cap.wait(5)
    conv.send(conv.s, "FA")
    conv.answer(conv.c, "A")
    s.cap.wait(1.5)
    asked = conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up + 0.00003)
    s.expect(conv.bare(conv.s, asked), "data_after_close", "close_race|no_connection<=49", "server")


@scene("r22", "lin4 mac4")
def near_health_checks(s):
    """near miss: every five seconds a connection that is accepted and reset without a byte"""
    for _ in range(7):
        conv = s.conv(3306)
        conv.handshake()
        s.cap.wait(0.0004)
        s.expect(conv.abort(conv.c), "health_check", "app_abort", "client")
        s.cap.wait(5 - s.rtt)


@scene("r28", "win4 lin6")
def near_words_of_a_server(s):
    """near miss: the server aborts in mid transfer without a word, from its distance and with its stamps"""
    conv = s.conv(443)
    conv.handshake()
    conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up + 0.002)
    download(conv, 12, 1252, min(0.001, conv.up / 4))
    s.cap.wait(0.01)
    conv.send(conv.c, "PA", bytes(120))
    s.cap.wait(conv.up + 0.0002)
    s.expect(conv.abort(conv.s), *OWN_ABORT, "server")


@scene("r29", "srv4 srv6")
def near_plain_clients(s):
    """near miss: ordinary clients try a port that is closed; no reset of their own follows"""
    for n in range(3):
        trying = s.host(60 + n, replace(WINDOWS, ttl=128), 13)
        conv = s.conv(8081, client=trying)
        s.expect(conv.refused(conv.syn()), "closed_port", "firewall_reject<=49|no_backend<=49", "server")
        s.cap.wait(s.rng.uniform(0.5, 9))


@scene("r33", "lin4 win6")
def near_first_request_answered(s):
    """near miss: the pooled connection works when the capture begins; the server resets a request after taking it"""
    alive, pooled = s.conv(), s.conv()
    pooled.talk(1)
    s.cap.frames.clear()
    alive.talk(2, 4)
    pooled.request()
    s.cap.wait(2)
    pooled.send(pooled.c, "PA", GET * 9)
    pooled.answer(pooled.s, "A")
    s.cap.wait(0.02)
    s.expect(pooled.abort(pooled.s), *OWN_ABORT, "server")
    alive.request()


@scene("r36", "win4 lin6")
def near_one_host(s):
    """near miss: one host, whose SYN-ACK is repeated with the same numbers; the client gave up before the first"""
    conv = s.conv()
    conv.syn()
    s.cap.wait(1.4)
    for n, wait in enumerate((1, 2, 4)):
        answer = conv.send(conv.s, "SA", seq=conv.s.isn)
        s.cap.wait(0.00004)
        truth = ("segment_after_reset", "connect_aborted") if n else ("connect_aborted", "-")
        s.expect(conv.bare(conv.c, answer), *truth, "client")
        s.cap.wait(wait)


@scene("r37", "lin4 plain4")
def near_old_segment_acknowledged(s):
    """near miss: old segments come again, and the client acknowledges them as RFC 9293 asks; at last its application
    leaves"""
    conv = s.conv()
    conv.handshake()
    conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up)
    start = conv.s.nxt
    download(conv, 12, 1408, 0.0003)
    for n in range(3):
        conv.send(conv.s, "A", bytes(1408), seq=start + 1408 * n, advance=False)
        s.cap.wait(0.00003)
        conv.send(conv.c, "A")
        s.cap.wait(0.004)
    s.cap.wait(0.8)
    s.expect(conv.abort(conv.c), "app_abort|transfer_cancelled|app_timeout",
             "undetermined|unread_data<=60|process_exit", "client")


@scene("r25", "srv4 lan4")
def near_one_stack(s):
    """near miss: a foreign stack alone would be reset at once; here the kernel itself completes the handshake, talks
    and aborts"""
    conv = s.conv()
    conv.talk(1)
    s.cap.wait(0.7)
    s.expect(conv.abort(conv.c), "app_abort|app_timeout", "undetermined|process_exit", "client")


@scene("r25", "lin4 lin6 srv4", views="oneway")
def foreign_stack_alone(s):
    """a stack in user space sent the SYN; the kernel of its host knows nothing of it and resets the SYN-ACK at once,
    then the server's answer to the acknowledgment of that stack is a reset of its own"""
    conv = s.conv()
    conv.send(conv.c, "S", seq=conv.c.isn, ack=0, window=29200, options=[("MSS", 536)], ident=0x0101)
    conv.timestamps = False
    answer = conv.synack(options=[("MSS", 1460)])
    s.cap.wait(conv.down + 0.00002)
    s.expect(conv.bare(conv.c, answer), "unknown_to_kernel",
             "unsolicited_synack|half_open_scan|connect_aborted<=60", "client")
    s.cap.wait(0.0007)
    acked = conv.send(conv.c, "A", options=[], window=29200, ident=0x0102)
    s.cap.wait(conv.up + 0.00003)
    s.expect(conv.bare(conv.s, acked), "segment_after_reset", "unknown_to_kernel|no_connection", "server")
    s.one_way(conv.c, "unknown_to_kernel|half_open_scan|connect_aborted|undetermined",
              "unsolicited_synack|blind_reset<=49|no_connection<=60|app_abort<=49")


