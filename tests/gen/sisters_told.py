# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes for hard_sisters.py: what public reports tell of closes, forgotten connections and full queues. rNN is the
number that the shared folder reported gives to the story."""
from stage import GET, scene

CLOSED = ("closed_port", "-")
AFTER_CLOSE = ("data_after_close", "close_race")
AFTER_GOODBYE = ("data_after_close|close_race", "-")
UNKNOWN = ("no_connection", "-")


def refused_until_it_runs(s, count, gap):
    for _ in range(count):
        again = s.conv(s.port)
        s.expect(again.refused(again.syn()), *CLOSED, "server")
        s.cap.wait(gap)
    return s.conv(s.port).talk(1)


@scene("r01", "lan4 lin6 srv4 lan6", views="late oneway")
def service_restarted(s):
    """the server was started anew: it knows no such connection, refuses until the service listens, then serves"""
    conv = s.conv()
    conv.talk(3)
    s.cap.wait(s.rng.uniform(30, 70))
    s.late()
    if s.cast == "lin6":  # the next request meets it
        asked = conv.send(conv.c, "PA", GET)
    else:  # a keepalive probe does
        garbage = b"\0" if s.cast == "lan6" else b""
        asked = conv.send(conv.c, "A", garbage, seq=conv.c.nxt - 1, advance=False)
    s.cap.wait(conv.up + 0.00004)
    s.expect(conv.bare(conv.s, asked), *UNKNOWN, "server")
    s.cap.wait(0.0004)
    refused_until_it_runs(s, s.rng.randrange(3, 7), s.rng.uniform(1, 4))
    s.one_way(conv.s)


@scene("r01", "lin4 srv6")
def near_listener_moved(s):
    """near miss: nothing was restarted: a port that is closed all the time, another connection lives on"""
    conv = s.conv(80)
    conv.talk(1)
    for _ in range(3):
        again = s.conv(8888)
        s.expect(again.refused(again.syn()), "closed_port", "firewall_reject<=49|no_backend<=49", "server")
        s.cap.wait(1.3)
    conv.request()


@scene("r04", "srv4 srv6 lan4", views="oneway late")
def other_backend_reset(s):
    """the client sends and gets its acknowledgment, but meanwhile it had got a reset under the same address from
    another backend, outside of this capture: its bare reset answers the acknowledgment"""
    conv = s.conv()
    conv.talk(1)
    s.late()
    s.cap.wait(0.09)
    conv.send(conv.c, "PA", bytes(1448))
    acked = conv.answer(conv.s, "A")
    s.cap.wait(conv.down + 0.00004)
    s.expect(conv.bare(conv.c, acked), "no_connection", "session_failover|segment_after_reset", "client")
    s.one_way(conv.c, "no_connection", "undetermined|session_failover|segment_after_reset|app_abort<=49|"
                                       "transfer_cancelled<=49|unread_data<=49")


SMP = {"ack": b"\x53\x02\0\0\x10\0\0\0\x2f\2\0\0\x66\2\0\0", "fin": b"\x53\x04\0\0\x10\0\0\0\x2f\2\0\0\x66\2\0\0"}
NOTIFY = b"\x15\x03\x03\0\x1a\0\0\0\0\0\0\0\x02" + bytes(range(0x61, 0x72)) + b"q"
CLOSING = {1433: SMP["fin"], 443: NOTIFY, 6380: NOTIFY}
# The bytes of a healthy exchange before it, so that the closing message is known for what it is.
TALK = {1433: (SMP["ack"] + bytes(60), SMP["ack"] + bytes(90)),
        443: (b"\x17\x03\x03\0\x40" + bytes(64), b"\x17\x03\x03\0\x80" + bytes(128))}


def closing_messages_cross(s, conv, crossing):
    """Client: closing message and FIN; server: its own closing message, before or after it got the FIN."""
    words = TALK.get(conv.s.port, TALK[443])
    for _ in range(3):
        s.cap.wait(2)
        conv.request(*words)
    s.late("data_after_close|close_race", "app_abort<=60|undetermined")
    s.cap.wait(3)
    conv.send(conv.c, "PA", CLOSING[conv.s.port])
    seen = conv.c.echo if crossing else None
    fin_at = s.cap.now
    fin = conv.send(conv.c, "FA")
    s.cap.now = fin_at + round((conv.up + 0.00006) * 1e9)
    said = conv.send(conv.s, "PA", CLOSING[conv.s.port], ack=fin.seq if crossing else fin.end, echo=seen)
    s.cap.wait(conv.down + 0.00004)
    windows = conv.c.host.stack.scale == 8
    reset = conv.send(conv.c, "RA", window=0, options=[]) if windows else conv.bare(conv.c, said)
    s.expect(reset, *AFTER_GOODBYE, "client")
    s.one_way(conv.c, "data_after_close|close_race|app_abort", "undetermined|app_timeout<=60")


@scene("r07", "srvwin6 srv4 srv6", views="oneway late")
def closing_messages_cross_at_server(s):
    """the server's closing message crosses the client's FIN; the client's socket is closed, so its host resets"""
    conv = s.conv(1433 if s.cast == "srvwin6" else 443)
    conv.handshake()
    closing_messages_cross(s, conv, True)


@scene("r08", "win4 lin6 mac4", views="late")
def closing_message_after_fin(s):
    """the server's closing message comes after the client's FIN; the client's socket is closed, so its host resets"""
    conv = s.conv(1433 if s.cast == "win4" else 443)
    conv.handshake()
    closing_messages_cross(s, conv, False)


@scene("r08", "lin4 win6")
def near_answer_lost(s):
    """near miss: what comes after the client's FIN is the answer that it asked for and never got"""
    conv = s.conv(443)
    conv.handshake()
    conv.send(conv.c, "PA", b"\x17\x03\x03\0\x40" + bytes(64))
    conv.answer(conv.s, "A")
    s.cap.wait(5)
    conv.send(conv.c, "FA")
    conv.answer(conv.s, "A")
    s.cap.wait(0.3)
    said = conv.send(conv.s, "PA", b"\x17\x03\x03\3\x00" + bytes(768))
    s.cap.wait(0.00004)
    windows = s.client.stack.scale == 8
    reset = conv.send(conv.c, "RA", window=0, options=[]) if windows else conv.bare(conv.c, said)
    s.expect(reset, "data_after_close", "transfer_cancelled|app_timeout<=60", "client")


@scene("r09", "win4 lin6", views="late")
def full_segments_lost(s):
    """full-size segments of the server never arrive (path MTU, accelerator), small ones do; the client waits, closes,
    and the server resets"""
    conv = s.conv(88)
    conv.handshake()
    s.late()
    conv.send(conv.c, "PA", bytes(700))
    conv.answer(conv.s, "A")
    hole = conv.s.nxt
    s.cap.wait(0.2)
    conv.send(conv.s, "PA", bytes(290), seq=hole + 1460)  # the full one before it is not seen
    s.cap.wait(0.0003)
    conv.send(conv.c, "A", ack=hole)
    s.cap.wait(9)
    conv.send(conv.c, "FA", ack=hole)
    s.cap.wait(conv.up)
    conv.send(conv.s, "A", seq=hole + 1460)
    s.expect(conv.send(conv.s, "RA", seq=hole + 1460, window=0), "app_abort",
             "close_race|retransmission_timeout|undetermined|unread_data<=49", "server|middlebox")


@scene("r12", "win4 lin6 plain4 mac4", views="late oneway")
def clienthello_reset(s):
    """a device resets a small part of the round trip after the ClientHello, from the server's distance and with ids
    that go on like the server's; the server answers in time"""
    conv = s.conv(443)
    conv.handshake()
    s.late()
    hello = conv.send(conv.c, "PA", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(506))
    start = s.cap.now
    s.cap.wait(conv.up * 0.04)
    reset = conv.send(conv.s, "RA", bytes(s.rng.choice([0, 10])), window=0, options=[], advance=False)
    s.expect(reset, "policy_reset|injected", "-", "middlebox")
    s.cap.now = start
    late = [conv.answer(conv.s, "A"), conv.answer(conv.s, "A", bytes(1400), think=-conv.up + 0.002)]
    for one in late:
        s.cap.now = max(s.cap.now, one.time + 50_000)
        s.expect(conv.bare(conv.c, one, seq=hello.end), "segment_after_reset", "no_connection", "client")
    s.one_way(conv.c, "no_connection|segment_after_reset",
              "undetermined|app_abort|unread_data<=60|transfer_cancelled<=60")


@scene("r12", "lin4 mac6")
def near_server_refuses(s):
    """near miss: a round trip after the ClientHello, with the server's time stamp: its application did not like it"""
    conv = s.conv(443)
    conv.handshake()
    conv.send(conv.c, "PA", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(506))
    conv.answer(conv.s, "A")
    s.cap.wait(0.002)
    s.expect(conv.abort(conv.s), "app_abort|unread_data|app_error", "policy_reset<=45|app_timeout<=49", "server")


@scene("r14", "mid4 mid6 mac4 win6", views="late oneway")
def forgotten_by_the_firewall(s):
    """silence as long as a usual timer, one keepalive probe, and a RST,ACK that mirrors its IP id and window comes
    sooner than the server's packets can and from another distance"""
    conv = s.conv()
    conv.handshake()
    s.cap.wait(s.rng.choice([1800, 3600, 7200]))
    s.late("device_idle_timeout|no_connection|injected", "undetermined|app_abort<=49", "middlebox|unknown|server")
    garbage = b"\0" if s.client.stack.scale == 8 else b""
    probe = conv.send(conv.c, "A", garbage, seq=conv.c.nxt - 1, advance=False, window=997)
    s.cap.wait(conv.up * 0.12)
    reset = conv.stranger(conv.s, "RA", s.other_distance(s.server, 2), ack=probe.seq, window=997,
                          ident=int.from_bytes(probe.data[18:20], "big"))
    s.expect(reset, "device_idle_timeout", "no_connection", "middlebox")
    s.one_way(conv.s, "device_idle_timeout|undetermined", "app_timeout<=60|app_abort<=60|no_connection", "-")


@scene("r14", "win4 lin6")
def near_host_forgot(s):
    """near miss: after a quarter of an hour the host itself answers, from its distance and after a round trip: it was
    started anew"""
    conv = s.conv()
    conv.talk(1)
    s.cap.wait(s.rng.uniform(700, 1100))
    asked = conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up + 0.00004)
    s.expect(conv.bare(conv.s, asked), "no_connection", "device_idle_timeout", "server|unknown|middlebox")


@scene("r16", "srvwin4 srvwin6", views="oneway")
def queue_full(s):
    """a Windows server accepts, refuses a few connections in between, and accepts again: its listen queue was full"""
    for _ in range(2):
        s.conv().talk(1, 0.1)
    s.cap.wait(0.2)
    for _ in range(s.rng.randrange(3, 6)):
        full = s.conv()
        syn = full.syn()
        s.cap.wait(0.00002)
        reset = full.send(full.s, "RA", seq=0, ack=syn.end, window=0, options=[])
        s.expect(reset, "resource_exhaustion", "closed_port", "server")
        s.cap.wait(s.rng.uniform(0.03, 0.2))
    s.cap.wait(1.5)
    after = s.conv().talk(1, 0.1)
    s.one_way(after.s, "resource_exhaustion|closed_port|undetermined")


@scene("r16", "srvwin4 lin6")
def near_started_anew(s):
    """near miss: all its connections are reset first, then it refuses for some seconds, then it accepts: the service
    was started anew"""
    old = [s.conv().talk(1, 0.1) for _ in range(2)]
    for conv in old:
        reset = conv.abort(conv.s)
        s.expect(reset, "process_exit|listener_closed|app_abort", "admin_kill<=60|app_timeout<=49|undetermined",
                 "server")
    s.cap.wait(0.4)
    for _ in range(4):
        again = s.conv()
        s.expect(again.refused(again.syn()), "closed_port|listener_closed", "resource_exhaustion<=60|process_exit<=60",
                 "server")
        s.cap.wait(1.5)
    s.conv().talk(1, 0.1)


@scene("r17", "srv4 lin6 mac4 mid6", views="late oneway")
def idle_limit_meets_request(s):
    """the server's idle limit of some seconds ends with a FIN that crosses the next request, which is lost"""
    conv = s.conv()
    conv.talk(1)
    s.cap.wait(s.rng.choice([5, 15, 65]))
    s.late(None, "close_race|no_connection<=60|undetermined")
    sent, seen = s.cap.now, conv.s.echo
    fin = conv.send(conv.s, "FA")
    s.cap.now = sent + round(min(conv.down, 0.03) * 0.5e9)
    asked = conv.send(conv.c, "PA", GET * 6, ack=fin.seq, echo=seen)
    s.cap.now = max(s.cap.now, sent) + round((conv.up + 0.00003) * 1e9)
    s.expect(conv.bare(conv.s, asked), *AFTER_CLOSE, "server")
    s.one_way(conv.s, "data_after_close|close_race", "undetermined|no_connection<=60|app_abort<=49")


@scene("r31", "lan4 lin6 mac4 srv4", views="oneway late")
def read_limit_meets_answer(s):
    """the client's read limit equals the server's waiting time: its FIN goes out a moment before the answer comes in,
    and the answer is reset"""
    conv = s.conv(6379)
    conv.handshake()
    pop, none = b"*3\r\n$5\r\nBRPOP\r\n$1\r\nq\r\n$1\r\n3\r\n", b"*-1\r\n"
    for _ in range(3):
        conv.send(conv.c, "PA", pop)
        conv.answer(conv.s, "A")
        s.cap.wait(3.03)
        conv.send(conv.s, "PA", none)
        conv.answer(conv.c, "A")
        s.cap.wait(0.2)
    s.late()
    conv.send(conv.c, "PA", pop)
    conv.answer(conv.s, "A")
    s.cap.wait(3.0)
    fin = conv.send(conv.c, "FA")
    s.cap.wait(conv.up + 0.0006)
    said = conv.send(conv.s, "PA", none)
    s.cap.wait(conv.down + 0.00004)
    s.expect(conv.bare(conv.c, said, seq=fin.end), *AFTER_CLOSE, "client")
    s.one_way(conv.c, "data_after_close|close_race|no_connection",
              "undetermined|app_abort|app_timeout|transfer_cancelled")


@scene("r31", "lin4")
def near_answer_in_time(s):
    """near miss: the answer comes, is taken, and the client leaves with a reset"""
    conv = s.conv(6379)
    conv.handshake()
    conv.request(b"*1\r\n$4\r\nPING\r\n", b"+PONG\r\n")
    s.cap.wait(3)
    s.expect(conv.abort(conv.c), "app_abort|app_timeout", "process_exit|undetermined", "client")


