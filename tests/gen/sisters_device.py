# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes for hard_sisters.py: resets of devices, and honest ones that look like them."""
from pair import Pair
from stage import GET, OK, scene

ON_PATH = ("injected|policy_reset", "-")
AFTER = ("segment_after_reset", "no_connection")


@scene("m10", "lin4 lin6 mac6", views="client server")
def forged_and_own(s):
    """two points: each end gets a reset that the other did not send, sooner than its packets can come and from another
    distance; the server's own answer to the ACK in flight follows"""
    conv = Pair(s, skew=0.0)
    conv.talk(1)
    s.cap.wait(0.2)
    asked = conv.send(conv.c, "PA", GET, passes=False)
    start = s.cap.now
    s.cap.wait(conv.way * 0.02)
    at_client = conv.forged(conv.s, "R", hops=1, ttl=255, seq=asked.ack)
    at_server = conv.forged(conv.c, "R", hops=2, ttl=255, seq=asked.seq)
    s.expect(at_client, *ON_PATH, "middlebox")
    s.expect(at_server, *ON_PATH, "middlebox")
    s.cap.now = start + round((conv.way + 0.00003) * 1e9)
    conv.expect(conv.bare(conv.s, asked), *AFTER, "server")
    s.one_point("client")
    s.one_point("server")


@scene("m10", "lin4 lin6")
def near_own_at_two_points(s):
    """near miss: the same bare reset at both points, in order, older by the hops between"""
    conv = Pair(s, skew=s.rng.uniform(-9, 9))
    conv.talk(1)
    s.cap.wait(1)
    asked = conv.send(conv.c, "PA", GET)
    s.cap.wait(0.00003)
    conv.expect(conv.bare(conv.s, asked), "no_connection", "-", "server")


@scene("m11", "lin4 lin6 mac6", views="client")
def swallowed_two(s):
    """two points: the reset acknowledges a request that never came to the server's point, which goes on recording"""
    skew = 0.0
    conv = Pair(s, skew=skew)
    conv.handshake()
    s.cap.wait(0.016)
    asked = conv.send(conv.c, "PA", GET, arrives=False)
    s.cap.wait(conv.way * 0.98)
    reset = conv.forged(conv.s, "RA", hops=conv.hops, ack=asked.end, window=509, df=True)
    s.expect(reset, *ON_PATH, "middlebox")
    s.one_point("client", "injected|policy_reset", "unread_data<=50|app_abort<=50|undetermined", "-")
    s.cap.wait(0.3)
    s.server.hops = conv.hops
    other = Pair(s, skew=skew)
    other.talk(1)


@scene("m11", "lin4 lin6 mac4")
def swallowed_seen_at_client(s):
    """one point: the reset comes half a round trip after the request, without the time stamps that every segment of the
    server's bears, from the server's distance: at most an unsure verdict about the application"""
    conv = s.conv()
    conv.handshake()
    s.cap.wait(0.016)
    asked = conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up * 0.46)
    reset = conv.send(conv.s, "RA", ack=asked.end, window=509, options=[], ident=0)
    s.expect(reset, "injected|policy_reset", "unread_data<=50|app_abort<=50|undetermined", "-")


@scene("m11", "lin4 lin6")
def near_a_round_trip(s):
    """near miss: a whole round trip after the request, with time stamp: the server's own"""
    conv = s.conv()
    conv.handshake()
    s.cap.wait(0.016)
    conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up + 0.001)
    s.expect(conv.abort(conv.s), "unread_data|app_abort|app_error", "app_timeout<=49", "server")


@scene("m15", "win4 lin6 plain4 win6", views="late oneway")
def goes_on_at_seq(s):
    """abort at SEQ N, and new data of the same side begin at N a moment later: who had sent nothing beyond N before the
    reset did not make it (IPv4: the IP ids go on without it)"""
    conv = s.conv()
    conv.talk(2, 0.05)
    s.late()
    s.one_way(conv.s)
    conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up + 0.0002)
    ttl = s.server.stack.ttl - s.server.hops
    reset = conv.stranger(conv.s, "RA", ttl, window=501, df=True)
    s.expect(reset, *ON_PATH, "middlebox")
    s.cap.wait(0.0015)
    for _ in range(2):
        data = conv.send(conv.s, "PA", bytes(773))
    s.cap.wait(0.0001)
    s.expect(conv.bare(conv.c, data, seq=conv.c.nxt), *AFTER, "client")


@scene("m15", "win4 plain4")
def near_overtaken(s):
    """near miss: the reset lies behind the data that come a moment later with the IP id before its own: it overtook
    them"""
    conv = s.conv()
    conv.handshake()
    conv.send(conv.c, "PA", GET)
    conv.answer(conv.s, "A")
    s.cap.wait(0.12)
    data = conv.send(conv.s, "PA", bytes(900))
    reset = conv.abort(conv.s)
    data.time = reset.time + 900_000
    s.expect(reset, "app_abort", "undetermined|unread_data|app_error|app_timeout|transfer_cancelled", "server")


@scene("m17", "win4 lin6 plain4", views="late oneway")
def triple(s):
    """a device resets three times within a fraction of a millisecond, from another distance and sooner than the server,
    whose data follow; no other packet of the file is doubled"""
    conv = s.conv()
    conv.handshake()
    s.late()
    s.one_way(conv.s)
    s.cap.wait(0.001)
    asked = conv.send(conv.c, "PA", GET)
    start = s.cap.now
    s.cap.wait(conv.up * 0.6)
    distance, ident, window = s.other_distance(s.server, 4) + 50, s.rng.randrange(1 << 16), s.rng.randrange(1, 9000)
    for n in range(3):
        reset = conv.stranger(conv.s, "RA", distance, ack=asked.end, ident=ident, window=window)
        s.expect(reset, ON_PATH[0], "duplicate<=60" if n else "-", "middlebox")
        s.cap.wait(0.0001)
    s.cap.now = start
    late = conv.answer(conv.s, "PA", OK)
    s.cap.wait(0.0002)
    s.expect(conv.bare(conv.c, late), *AFTER, "client")


@scene("m17", "lin4 win6")
def near_three_answers(s):
    """near miss: three equal resets a fraction of a millisecond apart, but each answers a segment that the client sent
    with the same ACK number"""
    conv = s.conv()
    conv.talk(1)
    s.cap.wait(4)
    asked = []
    for _ in range(3):
        asked.append(conv.send(conv.c, "PA", bytes(1200)))
        s.cap.wait(0.0001)
    for n, one in enumerate(asked):
        s.cap.now = max(s.cap.now, one.time + round((conv.up + 0.00003) * 1e9))
        truth = ("segment_after_reset|no_connection", "duplicate<=49") if n else ("no_connection", "-")
        s.expect(conv.bare(conv.s, one), *truth, "server")


@scene("m19", "mac4 plain4 win4", views="late")
def copied_id(s):
    """the reset bears the IP id of the request that it answers (a chance of 1 in 65536), another TTL class, no DF and
    an impossible window for a bare reset"""
    conv = s.conv()
    if s.cast == "mac4":
        conv.c.counter = s.client.counter
    conv.handshake()
    s.late(None, "undetermined|no_connection<=60", "middlebox|unknown|server")
    asked = conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up * 0.97)
    ttl = (250 if s.server.stack.ttl < 200 else 60) - s.rng.randrange(9, 20)
    reset = conv.stranger(conv.s, "R", ttl, ack=asked.end, window=65535, ident=int.from_bytes(asked.data[18:20], "big"))
    s.expect(reset, *ON_PATH, "middlebox|unknown")


@scene("m19", "mac4 lin4")
def near_zero_id(s):
    """near miss: IP id 0 on both: macOS and Linux write that, nobody copied it"""
    conv = s.conv()
    conv.handshake()
    asked = conv.send(conv.c, "PA", GET, ident=0)
    s.cap.wait(conv.up + 0.00003)
    s.expect(conv.bare(conv.s, asked), "no_connection", "resource_exhaustion|listener_closed<=49", "server")


@scene("m20", "lin4 lin6 mac4", views="late oneway")
def page_then_reset(s):
    """a block page from another distance than the SYN-ACK, a tenth of a millisecond later a bare reset with the next IP
    id from the same box at the ACK of the request; the server itself resets the client's FIN"""
    conv = s.conv(80)
    conv.handshake()
    s.late()
    s.one_way(conv.s)
    asked = conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up * 0.6)
    host, ident = s.server.stack.ttl - s.server.hops, s.rng.randrange(1, 60000)
    page = b"HTTP/1.1 302 Found\r\nLocation: http://blocked.example/\r\n\r\n"
    sent = conv.send(conv.s, "FPA", page, ttl=host + 37, ident=ident, window=16384, options=[], df=False)
    s.cap.wait(0.0001)
    reset = conv.send(conv.s, "R", ttl=host - 6, ident=ident + 1, window=0, options=[], seq=asked.ack, df=False)
    s.expect(reset, "injected|policy_reset", "unknown_to_kernel", "middlebox|unknown")
    s.cap.wait(0.0004)
    conv.send(conv.c, "FA", ack=sent.end)
