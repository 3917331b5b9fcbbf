# SPDX-License-Identifier: GPL-2.0-or-later
"""Claims about how a connection ended: aborts, unread data, timers, processes."""
from claims_closes import is_probe, last, last_peer_data, same, unique_bytes
from claims_kinds import ACK, FIN, before, distance, evidence, guessed, inferred, summary

SECOND = 10**9


# Aborts

@summary("({shape} beyond its next sequence number)")
def beyond_next_number(s, shape):
    s.need((shape == "RST,ACK") == bool(s.r.flags & ACK), f"it is no {shape}")
    s.need(s.own_nxt is not None and before(s.own_nxt, s.r.seq), "it is not beyond it")


@summary("({shape} at its next sequence number)")
def at_next_number(s, shape):
    s.need((shape == "RST,ACK") == bool(s.r.flags & ACK), f"it is no {shape}")
    expected, acked = s.own_nxt, s.acked(s.peer)
    if expected is not None and acked is not None and before(expected, acked):
        expected = acked  # more was sent than the capture shows
    s.need(expected is None or s.r.seq in (expected, s.nxt([p for p in s.own if not is_probe(s, p)])),
           f"its SEQ is {distance(expected or 0, s.r.seq)} beyond the next number")


@summary("({shape} before its next sequence number)")
def before_next_number(s, shape):
    s.need((shape == "RST,ACK") == bool(s.r.flags & ACK), f"it is no {shape}")
    s.need(s.own_nxt is not None and before(s.r.seq, s.own_nxt), "it is not before it")


def silence_before(s):
    latest = max((p for p in s.own + s.peer if not same(p, s.r)), key=lambda p: p.number, default=None)
    return s.since(latest) if latest else None


@summary("reset the connection {t} after the last packet", "reset the connection after {t} of silence")
def after_silence(s, t):
    s.span(t, silence_before(s), "the silence")


@summary("{own} had closed its sending side, then reset the connection")
def had_closed_sending(s):
    s.need(s.fins(s.own), "it had sent no FIN")


@summary("after data that, by the numbers of the reset, is missing from the capture",
         "before, and by the numbers of the reset, data is missing from the capture")
def data_missing(s):
    ahead = s.own_nxt is not None and before(s.own_nxt, s.r.seq)
    acks = s.r.flags & ACK and s.peer_nxt is not None and before(s.peer_nxt, s.r.ack)
    s.need(ahead or acks, "its numbers are not beyond what both sides sent")


@summary("{own} could not send into the closed receive window of {peer}")
def window_closed(s):
    s.need(s.peer and not [p for p in s.peer if not p.resets][-1].window, "the window was open")


@summary("{own} had unacknowledged data outstanding and reset")
@evidence("The resetting side had unacknowledged data outstanding")
def data_outstanding(s):
    s.need(s.outstanding(), "all its data had been acknowledged")


@summary("{own} had no answer to its request in frame {f} and reset")
def no_answer(s, f):
    s.from_own(f)
    s.need(f.length, "there are no data in it")
    answers = [p for p in s.data(s.peer) if p.number > f.number]
    s.need(not answers, f"frame {answers[0].number if answers else 0} has data of the other side")


@summary("{own} had not received any data and reset", absence=True)
def nothing_received(s):
    s.need(not [p for p in s.data(s.peer) if not is_probe(s, p)], "the other side had sent data")


@summary("{own} had not received the last data when it reset")
def last_not_received(s):
    s.need(s.r.flags & ACK and before(s.r.ack, s.nxt(s.data(s.peer))), "its ACK covers all data")


@summary("{own} received the last data and reset")
def received_last(s):
    data = [p for p in s.data(s.own) + s.data(s.peer)]
    s.need(data and max(data, key=lambda p: p.number).src == s.r.dst, "the last data were its own")


@summary("{own} had sent the last data and reset")
def sent_last(s):
    data = [p for p in s.data(s.own) + s.data(s.peer)]
    new = [p for p in data if not is_probe(s, p)] or data
    s.need(new and max(new, key=lambda p: p.number).src == s.r.src, "the last data were those of the other side")


@evidence("Last segment before the reset. No data was sent in either direction", absence=True)
def no_data(s, at):
    s.need(not [p for p in s.data(s.own + s.peer) if not is_probe(s, p)], "data were sent")
    s.need(same(last(s.own), at) or same(last(s.peer), at), "another segment was the last")


@evidence("Last data from the other side, {t} earlier")
def last_data_of_peer(s, at, t):
    last_peer_data(s, at)
    s.span(t, s.since(at))


@evidence("Last data from the resetting side, {t} earlier")
def last_data_of_own(s, at, t):
    s.from_own(at)
    s.need(at.length, "there are no data in it")
    s.need(not [p for p in s.data(s.own) if p.number > at.number and not is_probe(s, p) and not same(p, at)],
           "more data followed")
    s.span(t, s.since(at))


@summary("{own} reset the connection {t} after data that it never answered ({n} bytes since its last reply, frame {f})")
def unread(s, t, n, f):
    s.span(t, s.since(f))
    last_peer_data(s, f)
    mine = last(s.data(s.own))
    since = [p for p in s.data(s.peer) if mine is None or p.number > mine.number]
    old = s.nxt([p for p in s.peer if mine is not None and p.number < mine.number])
    got = unique_bytes([p for p in since if old is None or before(old, (p.seq + p.length) & 0xFFFFFFFF)]) if since else 0
    beyond = unique_bytes(s.data(s.peer)) - (0 if mine is None else distance(s.peer[0].seq, mine.ack))
    s.need(n in (got, beyond), f"{got} bytes came since its last data")


@summary("{own} reset the connection {t} after data that it never answered (frame {f})")
def unread_uncounted(s, t, f):
    s.span(t, s.since(f))
    last_peer_data(s, f)
    answers = [p for p in s.data(s.own) if not before(p.ack, (f.seq + f.length) & 0xFFFFFFFF)]
    s.need(not answers, f"frame {answers[0].number if answers else 0} answers them")


@evidence("{n} bytes of it had not even been acknowledged")
def not_acknowledged(s, n):
    acked, end = s.acked(s.own), s.nxt(s.data(s.peer))
    s.need(acked is not None and distance(acked, end) == n, f"{distance(acked or 0, end)} bytes had not been acknowledged")


@evidence("The receive window had shrunk from {n} to {m}: data piled up")
def shrunk(s, n, m):
    s.need(n > m, "it did not shrink")


@summary("in frame {f}, then {own} reset the connection {t} later")
def error_then_reset(s, f, t):
    s.need(f.length, "there are no data in it")
    s.span(t, s.since(f))


@evidence("The error in the data")
def error_in(s, at):
    s.need(at.length, "there are no data in it")


@summary("an application timer: {own} had waited {t} for {peer} to answer its request in frame {f}")
def reply_timer(s, t, f):
    no_answer(s, f)
    s.span(t, s.since(f))


@summary("{own} reset the connection after {t} without traffic")
def idle_timer(s, t):
    s.span(t, silence_before(s), "the silence")


@evidence("Last segment before the silence of {t}")
def before_silence(s, at, t):
    s.span(t, s.since(at))
    s.need(not [p for p in s.own + s.peer if p.number > at.number], "segments followed it")


# Timers

@summary("Keepalive timeout: {own} probed the idle connection {n} times, {t} apart, got no answer from {peer} and gave up {u} "
         "after the last probe")
def keepalive(s, n, t, u):
    probes = [p for p in s.own if is_probe(s, p) and (not s.peer or p.number > s.peer[-1].number)]
    s.need(len(probes) >= n, f"only {len(probes)} probes follow the last packet of the other side")
    gaps = [s.between(a, b) for a, b in zip(probes[-n:], probes[-n + 1:])]
    s.span(t, max(gaps, default=None), "the longest interval")
    s.span(u, s.since(probes[-1]))


@evidence("First unanswered probe (SEQ one below the next)", "Last unanswered probe")
def probe(s, at):
    s.need(is_probe(s, at), "it is no probe")
    s.from_own(at)
    s.need(not s.peer or s.peer[-1].number < at.number, "the other side answered later")


@evidence("Last sign of life from the other side, {t} before the reset")
def sign_of_life(s, at, t):
    s.need(same(last(s.peer), at), "the other side sent more")
    s.span(t, s.since(at))


@summary("{peer} kept its receive window closed for {t}: {own} probed it {n} times")
def zero_window(s, t, n):
    closed = None
    for packet in (p for p in s.peer if not p.resets):
        closed = (closed or packet) if not packet.window else None
    s.need(closed, "its window is open")
    s.span(t, s.since(closed))
    probes = [p for p in s.own if is_probe(s, p) and p.number > closed.number]
    s.need(len(probes) >= n, f"{len(probes)} probes follow")


@evidence("The window closed here and never opened again", absence=True)
def never_opened(s, at):
    s.need(not at.window, "it is open")
    s.need(not [p for p in s.peer if p.number > at.number and p.window and not p.resets], "it opened again")


@evidence("Last of {n} window probes")
def last_window_probe(s, at):
    s.from_own(at)
    s.need(is_probe(s, at), "it is no probe")


@summary("it sent the same segment (SEQ {n}, {m} bytes) {k} times in {t} without an acknowledgment from {peer} and reset {u} after "
         "the last copy")
def retransmissions(s, n, m, k, t, u):
    copies = [p for p in s.own if p.seq == n and p.space and not p.resets]
    s.need(len(copies) == k, f"{len(copies)} copies of it were sent")
    s.need(m in (copies[0].space, copies[-1].space), f"it has {copies[0].space} bytes")
    s.span(t, s.between(copies[0], copies[-1]))
    s.span(u, s.since(copies[-1]))
    acked = s.acked(s.peer)
    s.need(acked is None or not before(n, acked), "it was acknowledged")


@evidence("First transmission of the segment")
def first_copy(s, at):
    s.from_own(at)
    s.need(not [p for p in s.own if p.number < at.number and p.seq == at.seq and p.space], "it had been sent before")


@evidence("Retransmission {n}, {t} after the previous one")
def retransmission(s, at, t):
    copies = [p for p in s.own if p.seq == at.seq and p.space and p.number < at.number]
    s.need(copies, "it is the first transmission")
    s.span(t, s.between(copies[-1], at))


@summary("{own} had sent its FIN and heard nothing for {t}")
def half_closed(s, t):
    s.need(s.fins(s.own), "it had sent no FIN")
    packets = sorted(s.own + s.peer, key=lambda p: p.number)
    waits = [s.between(a, b) for a, b in zip(packets, packets[1:] + [s.r])][-3:]
    s.need(any(s.says(t, wait) for wait in waits), "there was no such silence")


@evidence("Late segment that was answered")
def late_segment(s, at):
    s.from_peer(at)


@summary("An old duplicate (frame {f}) reached the closed connection, {peer} answered it from TIME-WAIT (frame {g})")
def assassination(s, f, g):
    s.from_own(f)
    s.from_peer(g)
    s.need(s.fins(s.own) and s.fins(s.peer), "a FIN is missing")
    s.need(f.number < g.number, "the answer came first")


@evidence("Data that had been acknowledged long ago", "This FIN had already been acknowledged")
def acknowledged_before(s, at):
    s.from_own(at)
    acked = [p.ack for p in s.peer if p.number < at.number and p.flags & ACK]
    s.need(any(not before(ack, (at.seq + at.length) & 0xFFFFFFFF) for ack in acked) or at.flags & FIN, "it was new")


@evidence("ACK from TIME-WAIT")
def time_wait_ack(s, at):
    s.from_peer(at)
    s.need(at.flags & ACK and not at.length, "it is no pure ACK")


# Processes and proxies

@summary("{n} of its connections were reset within {t}")
def batch(s, n):
    resets = [p for p in s.capture.by_host[s.r.src[0]] if p.resets]
    s.need(len({(p.src, p.dst) for p in resets}) >= n, "fewer connections of this host were reset")


@summary("and its port refuses connections afterward")
def port_refuses(s):
    s.need([p for p in s.capture.by_end[s.r.src] if p.resets and p.number > s.r.number and not p.seq and p.flags & ACK],
           "no refusal follows")


@evidence("First reset of the batch", "Last reset of the batch")
def of_batch(s, at):
    s.need(at.resets and at.src[0] == s.r.src[0], "it is no reset of this host")


@evidence("{n} connections of this host were reset at the same moment")
def reset_together(s, n):
    near = [p for p in s.capture.by_host[s.r.src[0]] if p.resets and abs(s.since(p) or 0) < 5 * SECOND]
    s.need(len({p.dst for p in near}) >= n, f"only {len({p.dst for p in near})} were")


@summary("{own} got a reset on its other side {t} earlier (frame {f}) and passed it on, as it does {n} times")
def proxied(s, t, f):
    s.need(f.resets and f.dst[0] == s.r.src[0], "it is no reset to this host")
    s.span(t, s.since(f))


@evidence("Reset that the same host got on its other side")
def relayed(s, at):
    s.need(at.resets and at.dst[0] == s.r.src[0], "it is no reset to this host")


inferred("how a program or a device decided", "The packets do not show whether the program itself, an operator or a time limit",
         "so its stack dropped the connection", "The receiving application is probably not reading",
         "Look for what kept the server from answering", "The process behind", "Look for the cause on the other connection",
         "Timestamps and TTL look like Linux, which gives up silently")
guessed("closed the socket without reading", "^The client .*gave up", "is not reading", "an application timer",
        "[Tt]he process behind", "timed the connection out")
