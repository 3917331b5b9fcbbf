# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes for hard_sisters.py: timers, probes, and answers to what the capture does not show."""
from stage import ABORTS, GET, WINDOWS, scene


def only(s, end):
    """The capture shows one direction; that is the scene itself."""
    s.view = s.view or "oneway"
    s.one_way(end, None, "-")


@scene("m09", "lin4 win6 srv6 mac4")
def bare_one_way(s):
    """only the packets of the one who resets: a bare reset without ACK and time stamp answers a segment that is not in
    view, of a connection that its host does not know"""
    conv = s.conv()
    conv.talk(1)
    s.cap.wait(s.rng.uniform(0.4, 8))
    asked = conv.send(conv.c, "PA", GET)
    s.cap.wait(conv.up + 0.00004)
    s.expect(conv.bare(conv.s, asked), "no_connection", "undetermined<=45", "server")
    only(s, conv.s)


@scene("m09", "lin6 mac4")
def near_abort_one_way(s):
    """near miss: the reset bears ACK and what the host's segments bear: it was made with the connection still known"""
    conv = s.conv()
    conv.talk(1)
    s.cap.wait(s.rng.uniform(0.4, 3))
    s.expect(conv.abort(conv.s), ABORTS, "undetermined", "server")
    only(s, conv.s)


@scene("m09", "srv4 srvwin6 lan4")
def stored_behind(s):
    """the segment that is answered is stored behind its answer and bears an earlier time"""
    conv = s.conv()
    conv.talk(1)
    s.cap.wait(0.87)
    asked = conv.send(conv.c, "PA", bytes(s.rng.randrange(6, 300)))
    s.cap.wait(conv.up + 0.00003)
    reset = conv.bare(conv.s, asked)
    asked.stored = reset.time + 1
    s.expect(reset, "no_connection", "-", "server")


def probes(s, conv, count, interval):
    """Keepalive probes as the stack writes them: Windows with a byte of garbage, others empty (RFC 1122, 4.2.3.6)."""
    garbage = b"\0" if conv.c.host.stack == WINDOWS else b""
    for _ in range(count):
        conv.send(conv.c, "A", garbage, seq=conv.c.nxt - 1, advance=False)
        s.cap.wait(interval)


@scene("m12", "lin4 win6 mac6 plain4", views="oneway")
def keepalive_late(s):
    """the capture begins among keepalive probes at SND.NXT-1, evenly spaced and unanswered; the reset comes one
    interval later, one number higher"""
    conv = s.conv()
    conv.talk(1)
    s.cap.frames.clear()
    interval = {"win6": 1.0, "mac6": 75.0}.get(s.cast, s.rng.choice([5.0, 10.0, 45.0]))
    probes(s, conv, s.rng.randrange(4, 9), interval)
    s.expect(conv.abort(conv.c), "keepalive_timeout", "-", "client")
    s.one_way(conv.c, None, "-")


@scene("m12", "lin6 mac4")
def near_dup_acks(s):
    """near miss: equal ACKs within a millisecond are duplicate ACKs, no probes"""
    conv = s.conv()
    conv.talk(1)
    s.cap.frames.clear()
    for _ in range(s.rng.randrange(4, 7)):
        conv.send(conv.c, "A")
        s.cap.wait(0.0003)
    s.cap.wait(0.02)
    s.expect(conv.abort(conv.c), "app_abort", "undetermined|app_timeout|unread_data|transfer_cancelled|app_error",
             "client")


@scene("m12", "lin4 win4")
def near_answered_probes(s):
    """near miss: each probe is answered: the other end lives, and the reset is the application's"""
    conv = s.conv()
    conv.talk(1)
    for _ in range(4):
        s.cap.wait(30)
        probes(s, conv, 1, 0)
        conv.answer(conv.s, "A")
    s.cap.wait(11)
    s.expect(conv.abort(conv.c), "app_abort|app_timeout", "process_exit|undetermined", "client")


@scene("m18", "win4 srvwin4 srvwin6 mac6", views="oneway")
def fin_unacknowledged(s):
    """a FIN is repeated with doubling waits and never acknowledged; the reset comes one wait later at SND.NXT"""
    conv = s.conv()
    conv.talk(1)
    s.cap.wait(0.1)
    end = conv.c if s.cast == "mac6" else conv.s
    if end is conv.s:
        conv.send(conv.c, "FA")
        conv.answer(conv.s, "A")
    fin = conv.send(end, "FA")
    wait = conv.repeat(fin, end, s.rng.randrange(3, 6), 0.6 + 2 * s.rtt, flags="FA")
    s.cap.wait(wait)
    reset = conv.send(end, "RA", window=0, options=[])
    s.expect(reset, "retransmission_timeout", "close_race<=60", "client" if end is conv.c else "server")
    s.one_way(end)


@scene("m18", "win6 srvwin4")
def near_fin_acknowledged(s):
    """near miss: the FIN is acknowledged at once; the reset some 20 s later is the end of FIN-WAIT-2 or the
    application's"""
    conv = s.conv()
    conv.talk(1)
    s.cap.wait(0.1)
    conv.send(conv.s, "FA")
    conv.answer(conv.c, "A")
    s.cap.wait(20.5)
    s.expect(conv.abort(conv.s), "fin_wait_timeout|app_timeout|app_abort", "close_race|process_exit", "server")
