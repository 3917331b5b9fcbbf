# SPDX-License-Identifier: GPL-2.0-or-later
"""Claims about waits: give-ups, probes, silences, and segments that were too large for the path."""
from claims_closes import is_probe
from claims_kinds import ACK, before, distance, end_text, evidence, guessed, inferred, summary


@summary("Probably a keepalive timeout: {own} probed the idle connection {n} times, {t} apart, and reset it when the next probe was "
         "due")
def one_way_keepalive(s, n, t):
    probes = [p for p in s.own if is_probe(s, p)]
    s.need(len(probes) >= n, f"{len(probes)} probes were sent")
    gaps = [s.between(a, b) for a, b in zip(probes[-n:], probes[-n + 1:])]
    s.span(t, max(gaps, default=None), "the longest interval")


@evidence("First probe (SEQ one below that of the reset)")
def first_probe(s, at):
    s.from_own(at)
    s.need(distance(at.seq, s.r.seq) == 1, f"its SEQ is {distance(at.seq, s.r.seq)} below")


@evidence("Last probe, {t} before the reset")
def last_probe(s, at, t):
    s.from_own(at)
    s.span(t, s.since(at))


@summary("it sent the same segment (SEQ {n}, {m} bytes) {k} times in {t} and reset the connection when the next copy was due, {u} after "
         "the last one")
def given_up(s, n, m, k, t, u):
    copies = [p for p in s.own if p.seq == n and p.space and not p.resets]
    s.need(len(copies) == k, f"{len(copies)} copies of it were sent")
    s.need(m in (copies[0].space, copies[-1].space), f"it has {copies[0].space} bytes")
    s.span(t, s.between(copies[0], copies[-1]))
    s.span(u, s.since(copies[-1]))


@evidence("Its SEQ is where that segment starts, as some stacks do it, although more had been sent",
          "Its SEQ is where that segment ends, as some stacks do it, although more had been sent")
def rewound(s):
    s.need(s.own_nxt is not None and before(s.r.seq, s.own_nxt), "no more had been sent")
    s.need([p for p in s.own if s.r.seq in (p.seq, p.end)], "no segment begins or ends there")


@evidence("No segment of {n} bytes from {who} was acknowledged, but smaller ones (up to {m} bytes) were: large packets may be lost on "
          "the path (path MTU)")
def large_lost(s, n, m, who):
    sent, heard = (s.own, s.peer) if who == end_text(s.r.src) else (s.peer, s.own)
    acked = s.acked(heard)
    large, small = ([p for p in sent if p.length == size] for size in (n, m))
    s.need(large and small, "no such segments were sent")
    s.need(acked is None or any(before(acked, p.end) for p in large), "all of them were acknowledged")


@evidence("{n} bytes in one segment from {who} were not acknowledged, but {m} bytes from the same SEQ on were: large packets may be "
          "lost on the path (path MTU)")
def cut_up(s, n, m, who):
    sent = s.own if who == end_text(s.r.src) else s.peer
    large, small = ([p for p in sent if p.length == size] for size in (n, m))
    s.need({p.seq for p in large} & {p.seq for p in small}, "no two such segments have the same SEQ")


@summary("then came an answer that is probably not the host's own", "then came an answer that is perhaps not the host's own")
def answered_elsewhere(s):
    s.need(s.peer, "there is no segment")


@evidence("The reset has the window of the packet that it answers ({n})")
def mirrored_window(s, n):
    s.need(s.r.window == n and n in {p.window for p in s.peer}, f"it has {s.r.window}")


@evidence("TTL {n} here, {m} in the reset")
def ttls(s, at, n, m):
    s.need((at.ttl, s.r.ttl) == (n, m), f"they are {at.ttl} and {s.r.ttl}")


@evidence("It came {t} after what it answers, but the host never took less than {u}")
def too_soon(s, t):
    s.need(any(s.says(t, s.since(p)) for p in s.peer[-6:]), "nothing came that long before")


@evidence("Bare reset at its next sequence number. An abort has an ACK")
def bare_at_next(s):
    s.need(not s.r.flags & ACK and s.own_nxt in (None, s.r.seq), "it has another number")


@summary("The capture shows neither that segment nor a FIN of the sender", absence=True)
def no_own_fin(s):
    s.need(not s.fins(s.own), "there is a FIN")
    s.need(not [p for p in s.answerable() if p.length], "a segment fits it")


@summary("it answered the {word} in frame {f} with a reset")
def answered_with_ack(s, word, f):
    s.from_peer(f)
    s.need(s.r.flags & ACK and not before(s.r.ack, f.end), "its ACK does not cover that segment")
    s.need(word != "data" or f.length, "there are no data in it")


@summary("while its latest connections with this client, {n} of them, all waited in vain")
def waited_in_vain(s, n):
    client = s.r.dst[0]
    taken = {p.dst for p in s.capture.by_end[s.r.src] if p.accepts and p.dst[0] == client and p.number < s.r.number}
    s.need(len(taken) >= n, f"it accepted {len(taken)} of this client")


@evidence("It came {t} after the reset that lies behind it")
def overtaken(s, at, t):
    s.from_own(at)
    s.need(at.number > s.r.number and at.space and not before(s.r.seq, at.end), "it does not lie before the reset")
    s.span(t, s.between(s.r, at))


@summary("reset the connection, and the reset overtook data that it had sent before")
def overtook(s):
    late = [p for p in s.data(s.own_after) if not before(s.r.seq, p.end)]
    s.need(s.capture.passes == 1 or late, "no such data follow")


# Closes that may have had a reason

@summary("{peer} closed without having sent any data (FIN in frame {f}), and {own} answered with a reset")
def closed_without_data(s, f):
    s.from_peer(f)
    s.need(not [p for p in s.data(s.peer) if not is_probe(s, p)], "it had sent data")


@summary("both sides had closed (FIN in frame {f} and frame {g}), with all data acknowledged")
def both_closed(s, f, g):
    s.need({f.src, g.src} == {s.r.src, s.r.dst} and f.flags & g.flags & 1, "it is not a FIN of each")


@summary("and a reset with the address of {own} had come before (frame {h})")
def in_its_name_before(s, h):
    s.need(h.resets and h.src == s.r.src and h.number < s.r.number, "it is no earlier reset of that side")


@summary("Follow-up, harmless: {who} had reset the connection {t} earlier (frame {h})")
def reset_earlier(s, t, h):
    s.need(h.resets and h.number < s.r.number, "it is no earlier reset")
    s.span(t, s.since(h))


@summary("{own} sent its FIN (frame {f}) and reset the connection {t} later, while its receive window had shrunk from {n} to {m}")
def shrunk_before(s, f, t, n, m):
    s.from_own(f)
    s.span(t, s.since(f))
    s.need(n > m, "it did not shrink")


@evidence("FIN of the side whose address the reset bears")
def fin_of_address(s, at):
    s.from_own(at)
    s.need(at.flags & 1, "it is no FIN")


@evidence("Last data from the other side")
def latest_of_peer(s, at):
    s.from_peer(at)
    s.need(at.length and at.number < s.r.number, "there are no data in it")


@summary("got a reset on its other side {t} earlier (frame {f}) and then sent this one")
def maybe_proxied(s, t, f):
    s.need(f.resets and f.dst[0] == s.r.src[0], "it is no reset to this host")
    s.span(t, s.since(f))


guessed("its stack .*dropped", "^The (client|server) \\S+ gave up: it sent")
inferred("what would have stopped a timer", "would have stopped that", "A device on the path", "If this is no test of the port")
