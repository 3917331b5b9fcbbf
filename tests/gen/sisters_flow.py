# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes for hard_sisters.py: who gives up, what was in flight, and what a half-closed end may still answer."""
from packets import MASK
from stage import ABORTS, GET, OK, scene

GAVE_UP = ("retransmission_timeout", "-")
ON_PATH = ("injected|policy_reset", "-")
AFTER_RESET = ("segment_after_reset", "no_connection|challenge_ack_reset<=75")
ANSWERS = ("no_connection|segment_after_reset", "undetermined|close_race|data_after_close|challenge_ack_reset")
ABORTED = ("app_abort", "app_timeout|undetermined|unread_data<=60|transfer_cancelled<=60|app_error<=60")


def lost_answer(conv, sizes, think=0.006):
    """The request, and the segments of an answer of which nothing arrives."""
    conv.cap.wait(0.01)
    conv.send(conv.c, "PA", GET)
    conv.cap.wait(conv.up + think)
    return [conv.send(conv.s, "A", bytes(size)) for size in sizes]


@scene("m01", "win4 srvwin4 win6", views="late oneway")
def windows_gives_up(s):
    """Windows repeats the first segment in doubling waits (TcpMaxDataRetransmissions) and resets one wait later at
    SND.UNA + its length, although more had been sent"""
    conv = s.conv()
    if s.cast == "win6":  # the server of that cast runs Linux; the one who gives up has to be Windows
        conv.c.host, conv.s.host = conv.c.host, s.host(191, conv.c.host.stack, 6)
        conv.timestamps = False
    conv.handshake()
    size = s.rng.choice([1460, 1380, 1220])
    segments = lost_answer(conv, [size, size, s.rng.randrange(200, size)])
    conv.cap.wait(0.01)
    wait = conv.repeat(segments[0], conv.s, 3, max(0.3, 2 * s.rtt), payload=bytes(size))
    s.late()
    wait = conv.repeat(segments[0], conv.s, 3, wait, payload=bytes(size))
    s.cap.wait(wait)
    reset = conv.send(conv.s, "RA", seq=segments[0].end, window=0)
    s.expect(reset, *GAVE_UP, "server")
    s.one_way(conv.s)


@scene("m01", "mac4 mac6 srv6", views="oneway late")
def bsd_uploads(s):
    """BSD and macOS: TCP_MAXRXTSHIFT repetitions with waits that double up to 64 s, then ETIMEDOUT with a reset at
    SND.UNA; the client sent five segments of which nothing arrived"""
    conv = s.conv()
    conv.handshake()
    size = s.rng.choice([1448, 1428, 1000])
    sent = [conv.send(conv.c, "A", bytes(size)) for _ in range(5)]
    wait = conv.repeat(sent[0], conv.c, 6, 0.5 + 2 * s.rtt, cap=64, payload=bytes(size))
    s.late()
    wait = conv.repeat(sent[0], conv.c, 6, wait, cap=64, payload=bytes(size))
    s.cap.wait(wait)
    s.expect(conv.send(conv.c, "RA", seq=sent[0].seq, window=0, options=[]), *GAVE_UP, "client")
    s.one_way(conv.c)


@scene("m01", "lin6 srvwin6")
def near_late_ack(s):
    """near miss: the acknowledgment came at last and the transfer went on; the reset comes later at once"""
    conv = s.conv()
    conv.handshake()
    segments = lost_answer(conv, [1220, 1220])
    conv.repeat(segments[0], conv.s, 5, 0.4 + s.rtt, payload=bytes(1220))
    s.cap.wait(1.7)
    conv.answer(conv.c, "A", ack=segments[0].end)
    s.cap.wait(conv.up)
    conv.send(conv.s, "A", bytes(1220), seq=segments[1].seq)
    conv.answer(conv.c, "A")
    conv.answer(conv.s, "PA", bytes(333))
    conv.answer(conv.c, "A")
    s.cap.wait(2.1)
    s.expect(conv.abort(conv.s), ABORTED[0] + "|app_timeout", "undetermined|unread_data<=60|transfer_cancelled<=60",
             "server")


@scene("m01", "lin4 mac6")
def near_impatient(s):
    """near miss: the application does not wait for its stack: the reset comes after a fifth of the wait"""
    conv = s.conv()
    conv.handshake()
    sent = conv.send(conv.c, "PA", bytes(700))
    wait = conv.repeat(sent, conv.c, 4, 0.22 + s.rtt, payload=bytes(700), flags="PA")
    s.cap.wait(wait / 5)
    s.expect(conv.abort(conv.c), "app_abort|app_timeout", "undetermined|retransmission_timeout<=60", "client")


def device_reset(s, conv, flags, share, distance, **fields):
    """A device resets the client a part of the round trip after the request, in the server's name."""
    s.cap.wait(conv.up * share)
    return conv.stranger(conv.s, flags, distance, **fields)


@scene("m02", "win4 lin6 plain4 mac4", views="late oneway")
def two_filters(s):
    """two devices on the way answer one request, each sooner than the server can, with TTL and window of their own;
    the server's answer comes in time"""
    conv = s.conv()
    conv.handshake()
    s.late()
    s.one_way(conv.s)
    s.cap.wait(0.002)
    asked = conv.send(conv.c, "PA", GET)
    start = s.cap.now
    one = device_reset(s, conv, "RA", 0.07, s.other_distance(s.server, 8), ack=asked.end)
    s.expect(one, *ON_PATH, "middlebox")
    s.cap.wait(conv.up * 0.15)
    two = conv.stranger(conv.s, "R", 33 + s.rng.randrange(9) if s.rng.random() < .5 else 230, ack=0,
                        window=s.rng.randrange(2000, 65000))
    s.expect(two, ON_PATH[0], "duplicate<=50", "middlebox")
    s.cap.now = start
    late = conv.answer(conv.s, "A", OK, think=0.003)
    s.cap.wait(0.00005)
    s.expect(conv.bare(conv.c, late), "segment_after_reset", "no_connection", "client")


@scene("m02", "win6 lin4")
def near_own_answer(s):
    """near miss: the device resets both ends at the first half of the request; the second half, on its way already,
    gets the answer of the server itself: a round trip after it, from the server's distance"""
    conv = s.conv()
    conv.handshake()
    s.cap.wait(0.002)
    asked = conv.send(conv.c, "A", bytes(1200))
    s.cap.wait(0.00002)
    rest = conv.send(conv.c, "PA", GET)
    start = s.cap.now
    one = device_reset(s, conv, "RA", 0.1, s.other_distance(s.server, 5), ack=asked.end)
    s.expect(one, *ON_PATH, "middlebox")
    s.cap.now = start
    s.cap.wait(conv.up + 0.00004)
    s.expect(conv.bare(conv.s, rest), *AFTER_RESET, "server")


def stream(conv, count, size, gap=0.0001):
    """Segments of the server one after another, each acknowledged at once; returns the acknowledgments. None of those
    has come to the server yet."""
    acks, seen = [], conv.c.echo
    for _ in range(count):
        conv.cap.wait(gap)
        conv.send(conv.s, "A", bytes(size), echo=seen)
        acks.append(conv.send(conv.c, "A"))
    return acks


@scene("m03", "lin4 lin6 win4 mac6", views="late oneway")
def acks_in_flight(s):
    """the server aborts in the middle of a transfer; every acknowledgment that was on its way then gets a bare reset,
    in order and one round trip after it"""
    conv = s.conv()
    conv.handshake()
    s.cap.wait(0.01)
    conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up + 0.003)
    s.late()
    count, size = s.rng.randrange(4, 9), s.rng.choice([1448, 1380, 536])
    start, seen = s.cap.now, conv.c.echo
    acks = stream(conv, count, size, gap=min(0.0001, conv.up / 30))
    s.cap.wait(conv.up * 0.3)
    first = conv.abort(conv.s, echo=seen)
    s.expect(first, ABORTS, "undetermined|listener_closed<=49", "server")
    for ack in acks:
        s.cap.now = max(start, ack.time + round((conv.up + 0.00005) * 1e9))
        s.expect(conv.bare(conv.s, ack), *AFTER_RESET, "server")
    s.one_way(conv.s, "segment_after_reset|" + ABORTS, "undetermined|challenge_ack_reset|no_connection")


@scene("m03", "lan4 lan6 srvbsd6")
def bloated_queue(s):
    """as before, with a queue that made the round trip of data a hundred times that of the handshake"""
    conv = s.conv()
    conv.handshake()
    s.cap.wait(0.01)
    conv.send(conv.c, "PA", GET)
    s.cap.wait(0.080)
    count = s.rng.randrange(4, 7)
    if s.cast == "srvbsd6":  # captured at the server: its abort goes out before the acknowledgments come in
        for _ in range(count):
            conv.send(conv.s, "A", bytes(1440))
        ends = [frame.end for frame in s.cap.frames[-count:]]
        s.cap.wait(0.004)
        s.expect(conv.abort(conv.s), ABORTS, "undetermined", "server")
        s.cap.wait(conv.down + 0.6)
        for end in ends:
            s.cap.wait(0.0002)
            ack = conv.send(conv.c, "A", ack=end)
            s.expect(conv.bare(conv.s, ack), *AFTER_RESET, "server")
        return
    seen = conv.c.echo
    acks = stream(conv, count, 1448)
    s.cap.wait(0.025)
    s.expect(conv.abort(conv.s, echo=seen), ABORTS, "undetermined", "server")
    for ack in acks:
        s.cap.now = max(s.cap.now, ack.time + 71 * 10**6)
        s.expect(conv.bare(conv.s, ack), *AFTER_RESET, "server")


@scene("m03", "lan4 lan6")
def near_mirror_port(s):
    """near miss: a mirror port shows every frame twice; data after the server had closed entirely get one bare reset"""
    conv = s.conv()
    conv.handshake()
    s.cap.wait(0.02)
    conv.request()
    conv.send(conv.s, "FA")
    conv.answer(conv.c, "A")
    s.cap.wait(0.05)
    data = conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up + 0.00003)
    reset = conv.bare(conv.s, data)
    doubles = []
    for frame in list(s.cap.frames):
        double = type(frame)(frame.time + s.rng.randrange(2000, 5000), frame.data, frame.seq, frame.ack, frame.end)
        doubles.append(double)
    s.cap.frames += doubles
    s.expect(reset, "data_after_close", "no_connection<=60|close_race", "server")
    s.expect(doubles[s.cap.frames.index(reset)], "duplicate", "data_after_close", "-")


@scene("m06", "win4 lin6 srvwin6")
def backoff_of_one_side(s):
    """only the server's direction was captured; its waits double and the reset comes one wait later: no acknowledgment
    can have come"""
    conv = s.conv()
    windows = not s.server.stack.timestamps
    conv.handshake()
    segments = lost_answer(conv, [s.rng.randrange(300, 1400)])
    size = segments[0].end - segments[0].seq & MASK
    wait = conv.repeat(segments[0], conv.s, 6, 0.31 + s.rtt, payload=bytes(size), flags="PA")
    s.cap.wait(wait)
    seq = segments[0].end if windows else segments[0].seq
    s.expect(conv.send(conv.s, "RA", seq=seq, window=0, options=[]), *GAVE_UP, "server")
    only(s, conv.s)


def only(s, end):
    """The capture shows one direction; that is the scene itself."""
    s.view = s.view or "oneway"
    s.one_way(end)
    s.truths[s.view] = (None, "-", None)


@scene("m06", "win6 lin4")
def near_goes_on_alone(s):
    """near miss: one direction; after copies with doubling waits new data follow: something was acknowledged"""
    conv = s.conv()
    conv.handshake()
    first = lost_answer(conv, [900])[0]
    wait = conv.repeat(first, conv.s, 3, 0.3, payload=bytes(900), flags="PA")
    s.cap.wait(0.2)
    conv.send(conv.s, "PA", bytes(500))
    s.cap.wait(0.1)
    conv.send(conv.s, "PA", bytes(410))
    s.cap.wait(0.06 + wait / 100)
    s.expect(conv.abort(conv.s), ABORTS, "undetermined", "server")
    only(s, conv.s)


@scene("m07", "lin4 lin6 plain4", views="oneway")
def train_midstream(s):
    """the capture begins within a connection; a device answers one request with resets at rising numbers in one moment,
    from other distances than the server that answers later"""
    conv = s.conv()
    conv.talk(1)
    s.cap.frames.clear()
    asked = conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up / 12)
    first = s.server.stack.ttl - s.server.hops
    for number, ahead in enumerate((0, 1460, 4380)):
        reset = conv.stranger(conv.s, "RA", 250 - first % 7 - 2 * number, seq=conv.s.nxt + ahead, ack=asked.end,
                              window=s.rng.randrange(500, 9000))
        s.expect(reset, *ON_PATH, "middlebox")
        s.cap.wait(0.00004)
    s.cap.wait(conv.up)
    late = conv.send(conv.s, "A", OK)
    s.cap.wait(0.00006)
    s.expect(conv.bare(conv.c, late), "segment_after_reset", "no_connection", "client")
    s.one_way(conv.s)


@scene("m07", "mac6 plain4 lin6")
def near_train_of_answers(s):
    """near miss: rising numbers in one moment in a capture that begins late, but each is the ACK of a segment one round
    trip before: a host that does not know the connection"""
    conv = s.conv()
    conv.handshake()
    s.cap.frames.clear()
    acks = []
    for n in range(s.rng.randrange(3, 6)):
        acks.append(conv.send(conv.c, "A", ack=conv.s.nxt + 1348 * n))
        s.cap.wait(0.00002)
    for ack in acks:
        s.cap.now = max(s.cap.now, ack.time + round((conv.up + 0.00003) * 1e9))
        s.expect(conv.bare(conv.s, ack), *ANSWERS, "server|unknown")


@scene("m08", "lin4 srv6 lan4 lin6", views="late oneway")
def half_closed_unread(s):
    """the server closed its sending side, took the client's data and acknowledged them, and then its process went away
    with them unread (tcp_close with a non-empty receive queue resets): they are lost"""
    conv = s.conv()
    conv.handshake()
    s.cap.wait(0.01)
    conv.request(b"hello\n", b"welcome!\n")
    s.cap.wait(0.001)
    s.late("unread_data|data_after_close", "app_abort|undetermined")
    conv.send(conv.s, "FA")
    conv.answer(conv.c, "A", think=0.04)
    s.cap.wait(0.3)
    conv.send(conv.c, "PA", bytes(s.rng.randrange(20, 900)))
    conv.answer(conv.s, "A")
    s.cap.wait(s.rng.choice([0.00004, 0.002]))
    s.expect(conv.abort(conv.s), "unread_data|data_after_close", "-", "server")
    s.one_way(conv.s, "unread_data|data_after_close|app_abort", "undetermined|close_race|app_timeout|fin_wait_timeout")


@scene("m08", "lin6 srv4")
def near_nothing_came(s):
    """near miss: nothing came after the FIN: an abort of an application that waited long enough"""
    conv = s.conv()
    conv.handshake()
    s.cap.wait(0.01)
    conv.request(b"hello\n", b"welcome!\n")
    conv.send(conv.s, "FA")
    conv.answer(conv.c, "A", think=0.04)
    s.cap.wait(2.6 + s.rng.random())
    s.expect(conv.abort(conv.s), "app_abort|app_timeout", "fin_wait_timeout|close_race", "server")
