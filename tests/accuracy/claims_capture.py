# SPDX-License-Identifier: GPL-2.0-or-later
"""Claims about what the capture shows and lacks: gaps, copies of a packet, other capture points."""
from claims_kinds import ACK, FIN, SYN, before, distance, evidence, summary


# What the capture shows of the connection

@summary("Cannot tell: its sequence number is ahead of everything this side sent")
def ahead(s):
    s.need(s.own_nxt is not None and before(s.own_nxt, s.r.seq), "it is not")


@summary("Cannot tell: its sequence number lies below what this side had sent")
def below(s):
    s.need(s.own_nxt is not None and before(s.r.seq, s.own_nxt), "it is not")


@summary("the capture shows no other packet of this connection", absence=True)
def no_other_packet(s):
    others = s.own + s.peer + s.own_after + s.peer_after
    s.need(not others, f"frame {others[0].number if others else 0} is one")


@summary("the capture shows no earlier packet of this connection", absence=True)
def no_earlier_packet(s):
    s.need(not s.own + s.peer, "there is one")


@summary("the capture shows nothing else of its sender", absence=True)
@evidence("The capture shows no other packet of the reset's sender", absence=True)
def nothing_else_of_host(s):
    others = [p for p in s.capture.by_host[s.r.src[0]] if p is not s.r]
    s.need(not others, f"frame {others[0].number if others else 0} is one")


@summary("the capture shows nothing but resets from its side", absence=True)
@evidence("The capture shows nothing but resets from this side until here", absence=True)
def only_resets(s):
    others = [p for p in s.own if not p.resets]
    s.need(not others, f"frame {others[0].number if others else 0} is something else")


@evidence("The capture shows no packet of the other direction until here", absence=True)
def one_way(s):
    s.need(not s.peer, f"frame {s.peer[0].number if s.peer else 0} is one")


@evidence("The capture shows nothing but resets of the other direction until here", absence=True)
def only_resets_back(s):
    others = [p for p in s.peer if not p.resets]
    s.need(not others, f"frame {others[0].number if others else 0} is something else")


@evidence("The start of the connection is not in the capture", absence=True)
def no_start(s):
    s.need(not [p for p in s.own + s.peer if p.flags & SYN and not p.resets], "there is a SYN")


@evidence("Segments of the connection are missing from the capture, or stored out of order")
def missing(s):
    wrong = gaps(s.own, s.peer) or gaps(s.peer, s.own) or late(s.own + s.peer) or jumps(s.own) or jumps(s.peer)
    s.need(wrong, "there is no gap in either direction")


def jumps(sent):
    """A segment is stored before one that precedes it."""
    reached = None
    for packet in (p for p in sent if p.space):
        if reached is not None and before(reached, packet.seq):
            return True
        reached = packet.end if reached is None or before(reached, packet.end) else reached
    return False


def late(packets):
    """An acknowledgment is stored before what it acknowledges."""
    acked = {}
    for packet in sorted(packets, key=lambda p: p.number):
        if packet.length and packet.src in acked and before(packet.seq, acked[packet.src]):
            return True
        if packet.flags & ACK:
            acked[packet.dst] = packet.ack
    return False


def gaps(sent, heard):
    reached = None
    for packet in sorted((p for p in sent if p.space), key=lambda p: distance(sent[0].seq, p.seq)):
        if reached is not None and before(reached, packet.seq):
            return True
        reached = packet.end if reached is None or before(reached, packet.end) else reached
    acked = highest_ack(heard)
    return reached is not None and acked is not None and before(reached, acked)


def highest_ack(packets):
    acks = [p.ack for p in packets if p.flags & ACK and not p.resets]
    return max(acks, key=lambda ack: distance(acks[0], ack)) if acks else None


@evidence("SEQ {n}")
def seq_is(s, n):
    s.need(s.r.seq == n, f"it is {s.r.seq}")


@evidence("{shape} at SEQ {n}, window {m}")
def reset_values(s, shape, n, m):
    s.need((s.r.seq, s.r.window) == (n, m) and (shape == "RST,ACK") == bool(s.r.flags & ACK), "it has other values")


@summary("The segment it answers is not in the capture", absence=True)
def trigger_not_captured(s):
    """Each segment of the other side that it could answer was answered by an earlier reset of the same numbers."""
    found = s.answerable()
    answered = [p for p in s.resets(s.own) if p.seq == s.r.seq and p.flags & ACK == s.r.flags & ACK]
    s.need(len(found) <= len(answered), f"frame {found[-1].number if found else 0} fits it")


# Foreign packets and copies

@evidence("Bears the address of {who} but does not fit it, so it proves nothing: {rest}",
          "The reset answers this packet, which bears the address of {peer} but does not fit it: {rest}")
def bears_address(s, at):
    s.need({at.src, at.dst} == {s.r.src, s.r.dst}, "it is of another connection")


def copy(s, original, by_id):
    mine, its = ((p.seq, p.ack, p.length, p.window) for p in (s.r, original))
    s.need(original.resets and mine == its, "its numbers differ")
    s.need(original.number < s.r.number and original.src == s.r.src, "it is no earlier reset of this side")
    s.need(not by_id or original.ip_id == s.r.ip_id, f"the IP IDs are {original.ip_id} and {s.r.ip_id}")


@summary("a copy of the one in frame {f} (same numbers and IP ID, captured {t} later)")
def copy_by_id(s, f, t):
    copy(s, f, True)
    s.span(t, s.since(f))


@summary("a copy of the one in frame {f} (same numbers, captured {t} later)")
def copy_by_numbers(s, f, t):
    copy(s, f, False)
    s.span(t, s.since(f))


@evidence("Same SEQ, ACK, length, window and IP ID as here")
def same_with_id(s, at):
    copy(s, at, True)


@evidence("Same SEQ, ACK, length and window as here")
def same_numbers(s, at):
    copy(s, at, False)


@evidence("TTL {n} there and {m} here: captured at another place on the path")
def other_place(s, at, n, m):
    s.need((at.ttl, s.r.ttl) == (n, m), f"they are {at.ttl} and {s.r.ttl}")


@evidence("Data offset below 20 bytes or beyond the end of the segment")
def data_offset(s):
    s.need(s.r.header < 20 or not s.r.length, "tshark finds data in it")


@summary("Malformed: RST and {word} are set together")
@evidence("Flags RST and {word} in one segment{rest}")
def both_flags(s, word):
    s.need(s.r.flags & {"SYN": SYN, "FIN": FIN}[word], "they are not")


# Capture points

@evidence("{word} with SEQ {n} as sent", "SEQ {n} in the same packet, at the other capture point")
def seq_elsewhere(s, at, n):
    s.need(at.seq == n, f"it is {at.seq}")


@evidence("SEQ {n} as sent, at capture point {k}", "SEQ {n} in the same packet, at capture point {k}")
def seq_at_point(s, at, n):
    s.need(at.seq == n, f"it is {at.seq}")


@evidence("Unchanged at capture point {k}{rest}", "Seen at capture point {k}{rest} too, so nothing between the two sent it")
def seen_at_point(s, at):
    s.need(at.resets and at.interface != s.r.interface, "it is no reset at another point")


@evidence("Capture point {k}: the apparent sender goes on with the connection",
          "Capture point {k}: the segment of the same host before the reset",
          "Capture point {k} still records the connection afterward")
def at_other_point(s, at):
    s.need(at.interface != s.r.interface and not at.resets, "it is no segment at another point")
