# SPDX-License-Identifier: GPL-2.0-or-later
"""Claims about closes: FINs of both sides, what came after them, and what they cut off."""
from claims_kinds import ACK, FIN, SYN, before, distance, evidence, summary


def last(packets):
    return packets[-1] if packets else None


def same(packet, other):
    """It, or another copy of it."""
    return packet is not None and (packet.src, packet.numbers) == (other.src, other.numbers)


def is_probe(story, packet):
    """Keepalive or window probe: at most one byte, at or below what was sent before."""
    return packet.length <= 1 and not packet.flags & (SYN | FIN) and not packet.resets


@summary("both sides had sent their FIN (frame {f}, frame {g}) before {own}")
def both_fins(s, f, g):
    s.from_own(f)
    s.from_peer(g)
    s.need(f.flags & FIN and g.flags & FIN, "one of the two is no FIN")
    s.need(f.number < s.r.number and g.number < s.r.number, "one of the FINs came later")


@summary("both sides had sent their FIN. The segment in frame {f}")
def both_fins_seen(s, f):
    s.from_peer(f)
    s.need(s.fins(s.own) and s.fins(s.peer), "one side had not sent its FIN")


@summary("{own} answered the FIN in frame {f} with a reset instead of a FIN of its own, {t} later")
def instead_of_fin(s, f, t):
    s.from_peer(f)
    s.need(f.flags & FIN, f"frame {f.number} is no FIN")
    s.need(not s.fins(s.own), "the side that resets had sent a FIN")
    s.span(t, s.since(f))


@summary("{own} answered the FIN in frame {f} with")
def reset_covers_fin(s, f):
    s.need(not s.r.flags & ACK or not before(s.r.ack, f.end), "the reset does not acknowledge the FIN that it answers")


def is_padded(s, packet):
    """By the next number of its sender, a FIN without data: the bytes are padding that the capture made data of."""
    return packet.flags & FIN and s.r.seq == packet.seq + 1


@summary("later and with nothing pending")
@evidence("The resetting side had no unacknowledged data left")
def nothing_pending(s):
    missing = [p for p in s.outstanding() if not is_padded(s, p)]
    s.need(s.peer, "the capture does not show what was acknowledged")
    s.need(not missing, f"own data were not acknowledged (frame {missing[0].number if missing else 0})")


@evidence("FIN of the other side")
def fin_of_peer(s, at):
    s.from_peer(at)
    s.need(at.flags & FIN, "it is no FIN")


@evidence("FIN of the side that resets", "The resetting side had already sent its FIN", "FIN of the reader")
def fin_of_own(s, at):
    s.from_own(at)
    s.need(at.flags & FIN and at.number < s.r.number, "it is no FIN before the reset")


@evidence("FIN of the side that resets, acknowledged by the other")
def fin_acked(s, at):
    acked = s.acked(s.peer)
    s.need(acked is not None and not before(acked, at.end), "it was not acknowledged")


@evidence("The other side had closed {t} earlier")
def closed_earlier(s, at, t):
    fin_of_peer(s, at)
    s.span(t, s.since(at))


@summary("the conversation had ended with a closing message (frame {f}) when {own}")
def closing_message(s, f):
    s.need(f.length, "there are no data in it")
    later = [p for p in s.data(s.own + s.peer) if p.number > f.number]
    s.need(not [p for p in later if p.src == f.src and not before(p.seq, f.end)], "its sender sent more data after it")


@summary("Data after close: {own} had closed the connection (FIN in frame {f}), so {n} bytes that {peer} sent (frame {g})")
def data_after_close(s, f, n, g):
    fin_of_own(s, f)
    s.from_peer(g)
    acked = s.acked([p for p in s.own])
    lost = g.length if acked is None else min(g.length, max(0, distance(acked, (g.seq + g.length) & 0xFFFFFFFF)))
    s.need(lost == n, f"{lost} bytes of it had not been acknowledged, not {n}")


@summary("Data after close: {own} had closed the connection (FIN in frame {f}), so a FIN that {peer} sent behind missing data "
         "(frame {g})")
def fin_behind_gap(s, f, g):
    fin_of_own(s, f)
    fin_of_peer(s, g)
    acked = s.acked(s.own)
    s.need(acked is not None and before(acked, g.seq), "nothing is missing before it")


@summary("{own} had closed the connection (FIN in frame {f}) when the closing message of {peer} arrived (frame {g})")
def closing_message_late(s, f, g):
    fin_of_own(s, f)
    s.from_peer(g)
    s.need(g.length, "there are no data in it")


@summary("{own} had sent its FIN (frame {f}) before it reset")
def own_fin_before(s, f):
    fin_of_own(s, f)


@summary("Harmless: {own} had closed the connection. The segment in frame {f}")
def had_closed(s, f):
    s.from_peer(f)
    s.need(s.fins(s.own), "it had sent no FIN")


@summary("The segment in frame {f} found the connection gone, and no data was lost")
def no_data_lost(s, f):
    acked = s.acked([p for p in s.own])
    new = f.length and (acked is None or before(acked, (f.seq + f.length) & 0xFFFFFFFF))
    s.need(not new or is_probe(s, f), f"frame {f.number} has {f.length} bytes that were never acknowledged")


@evidence("Data of the other side, {t} before the reset", "Data of the other side, acknowledged, {t} before the reset",
          "Closing message of the other side, {t} before the reset", "Closing message, {t} before the reset",
          "Closing message from the other side, {t} before the reset", "End of a session, {t} before the reset",
          "End of a session from the other side, {t} before the reset")
def late_data_before(s, at, t):
    data_before(s, at, t)
    s.need(at.length, "there are no data in it")


@summary("after its own FIN (frame {f}), {own} answered the closing message of {peer} (frame {g})",
         "after its own FIN (frame {f}), {own} still received {n} bytes (frame {g})",
         "{own} had closed the connection (FIN in frame {f}) when {peer} confirmed the end of a session in it (frame {g})")
def after_own_fin(s, f, g):
    fin_of_own(s, f)
    s.from_peer(g)
    s.need(g.length, "there are no data in it")


@summary("still received {n} bytes (frame {g}), which it could not answer any more, and reset the connection {t} later")
def taken_after_fin(s, n, g, t):
    s.span(t, s.since(g))
    s.need(s.r.flags & ACK and not before(s.r.ack, (g.seq + g.length) & 0xFFFFFFFF), "its ACK does not cover them")


@summary("{own} had closed the connection (FIN in frame {f}) and reset it, so {n} bytes that {peer} had sent (frame {g})")
def thrown_away(s, f, n, g):
    fin_of_own(s, f)
    s.from_peer(g)
    end = s.nxt(s.data(s.peer))
    acked = s.acked(s.own)  # not by the reset: what only that covers never reached a program
    lost = distance(acked, end) if acked is not None else n
    s.need(lost == n, f"{lost} bytes had not been acknowledged")


@evidence("Data from the other side, {t} before the reset", "FIN behind missing data from the other side, {t} before the reset")
def data_before(s, at, t):
    s.from_peer(at)
    s.span(t, s.since(at))


@evidence("The resetting side had just said why: {word}")
def said_why(s, at):
    s.from_own(at)
    s.need(at.length, "there are no data in it")


@summary("{own} closed the connection while {peer} was still sending ({n} bytes so far, {m} on the way). The data in frame {f} "
         "reached the closed socket")
def canceled_after_close(s, n, m, f):
    s.need(s.fins(s.own), "no FIN came before")
    s.from_peer(f)
    transfer(s, n, m)


@evidence("Data that arrived after it")
def data_after_fin(s, at):
    s.from_peer(at)
    s.need(at.length and any(p.number < at.number for p in s.fins(s.own)), "no FIN came before it")


def unique_bytes(packets):
    """How many different bytes of payload these segments bear."""
    spans = sorted((distance(packets[0].seq, p.seq), distance(packets[0].seq, p.seq) + p.length) for p in packets if p.length)
    total, reached = 0, None
    for start, end in spans:
        start = start if reached is None else max(start, reached)
        if end > start:
            total, reached = total + end - start, end
    return total


def transfer(s, received, on_the_way):
    data = s.data(s.peer)
    acked = s.acked(s.own)
    flight = 0 if acked is None else max(0, distance(acked, s.nxt(data)))
    s.need(flight == on_the_way, f"{flight} bytes were on the way")
    s.need(received in (unique_bytes(data) - flight, unique_bytes(data)), f"{unique_bytes(data)} bytes were sent")


@summary("{own} reset the connection while {peer} was still sending ({n} bytes received so far, {m} on the way)")
def canceled(s, n, m):
    transfer(s, n, m)


@summary("{own} reset the connection while {peer} was still sending ({n} bytes received so far, more arrived afterward)")
def canceled_between(s):
    s.need(s.data(s.peer_after), "no data arrived after the reset")


@evidence("Data that the reader did not wait for", "Data from the other side that got no reply")
def last_peer_data(s, at):
    s.need(same(last(s.data(s.peer)), at), "it is not the last data of the other side")
