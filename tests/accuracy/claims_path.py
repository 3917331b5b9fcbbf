# SPDX-License-Identifier: GPL-2.0-or-later
"""Claims about who made a reset: distance, devices, followers, its own words."""
from claims_capture import copy
from claims_kinds import ACK, SYN, before, distance, evidence, guessed, inferred, summary


# Follow-ups

@evidence("The reset before it answered a late duplicate too")
def reset_before(s, at):
    s.need(at.resets and at.src == s.r.src and at.number < s.r.number, "it is no earlier reset of this side")


@summary("The same reset as in frame {f}, sent again {t} later")
def sent_again(s, f, t):
    copy(s, f, False)
    s.span(t, s.since(f))


@evidence("Same numbers, flags and window. No other packet of the connection is in the capture twice")
def same_reset(s, at):
    copy(s, at, False)


@summary("when it reset the connection (frame {g})")
def reset_in(s, g):
    own_reset_before(s, g)


@evidence("Its SEQ is {n} below what the other side had acknowledged")
def below_acked(s, n):
    acked = s.acked(s.peer)
    s.need(acked is not None and before(s.r.seq, acked), "it is not")
    s.need(distance(s.r.seq, acked) == n, f"it is {distance(s.r.seq, acked)} below")


@summary("the segment in frame {f} still reached {own}")
def still_reached(s, f):
    s.from_peer(f)
    s.need(f.number < s.r.number or f.time == s.r.time, "it came later")


@summary("after it had reset the connection (frame {g})", "resets the connection that it had already reset (frame {g})")
def own_reset_before(s, g):
    s.from_own(g)
    s.need(g.resets and g.number < s.r.number, "it is no earlier reset")


@summary("after the other side had reset the connection (frame {g})",
         "resets the connection that the other side had already reset (frame {g})")
def peer_reset_before(s, g):
    s.from_peer(g)
    s.need(g.resets and g.number < s.r.number, "it is no earlier reset")


@evidence("The connection had already been reset here")
def reset_here(s, at):
    s.need(at.resets and {at.src, at.dst} == {s.r.src, s.r.dst} and at.number < s.r.number, "it is no earlier reset")


@summary("the reset in frame {f} did not have the exact sequence number, the peer asked with an ACK (frame {g})")
def challenge(s, f, g):
    s.from_own(f)
    s.need(f.resets, "it is no reset")
    s.from_peer(g)
    s.need(g.flags & ACK and g.ack == s.r.seq and g.ack != f.seq, "it asks for another number")


@evidence("The first reset was {n} beyond the expected number")
def beyond_expected(s, at, n):
    s.need(at.resets and (at.seq - s.r.seq) & 0xFFFFFFFF == n, "it was not")


@evidence("Challenge ACK for the number that this reset bears")
def challenge_ack(s, at):
    s.from_peer(at)
    s.need(at.ack == s.r.seq, "it asks for another number")


# Distance

def is_apart(s, packet, hops):
    """The reset has passed that many routers more than this packet, if it began with a usual TTL."""
    return packet.hops is not None and s.r.may_be(packet.hops + hops)


@evidence("Same hop distance as the sender's other packets (TTL {n})")
def same_distance(s, n):
    s.need(s.r.ttl == n, f"it has TTL {s.r.ttl}")
    s.need(any(p.hops == s.r.hops for p in s.own + s.own_after), "none of its other packets has it")


@evidence("TTL {n}, but {m} in the sender's other packets: another initial value, or another distance")
def another_ttl(s, at, n, m):
    s.need((s.r.ttl, at.ttl) == (n, m) and n != m, f"they are {s.r.ttl} and {at.ttl}")


@evidence("Same hop distance as the host's other connections (TTL {n})")
def same_as_connections(s, n):
    s.need(s.r.ttl == n, f"it has TTL {s.r.ttl}")
    s.need(any(p.hops == s.r.hops for p in s.capture.by_host[s.r.src[0]] if p is not s.r), "none of its packets has it")


@evidence("TTL {n} puts the reset {k} hop{word} than the host's other connections")
def apart_from_connections(s, n, k):
    others = others_of_host(s)
    s.need(s.r.ttl == n and any(is_apart(s, p, k) or is_apart(s, p, -k) for p in others), "none of its packets is")


@evidence("TTL {n} puts the reset {k} hop nearer than the sender's other packets (TTL {m})",
          "TTL {n} puts the reset {k} hops nearer than the sender's other packets (TTL {m})")
def nearer(s, at, n, k, m):
    s.need((s.r.ttl, at.ttl) == (n, m), f"they are {s.r.ttl} and {at.ttl}")
    s.need(is_apart(s, at, -k), "no usual initial TTL makes that difference")


@evidence("TTL {n} puts the reset {k} hop farther than the sender's other packets (TTL {m})",
          "TTL {n} puts the reset {k} hops farther than the sender's other packets (TTL {m})")
def farther(s, at, n, k, m):
    s.need((s.r.ttl, at.ttl) == (n, m), f"they are {s.r.ttl} and {at.ttl}")
    s.need(is_apart(s, at, k), "no usual initial TTL makes that difference")


def others_of_host(s):
    """In this connection or another one."""
    return [p for p in s.capture.by_host[s.r.src[0]] if p is not s.r]


@summary("comes from {n} hop nearer than that host's other packets", "comes from {n} hops nearer than that host's other packets")
def comes_nearer(s, n):
    s.need(any(is_apart(s, p, -n) for p in others_of_host(s)), "none of its other packets is that much farther away")


@summary("comes from {n} hop farther than that host's other packets", "comes from {n} hops farther than that host's other packets")
def comes_farther(s, n):
    s.need(any(is_apart(s, p, n) for p in others_of_host(s)), "none of its other packets is that much nearer")


@summary("but came {t} after the segment it answers, sooner than")
def came_after(s, t):
    s.need(any(s.says(t, s.since(p)) for p in s.peer[-4:]), "no segment came that long before")


@evidence("The SYN-ACK comes from the same distance as the reset (TTL {n}), data from farther away (TTL {m})")
def synack_distance(s, n, m):
    synacks, data = [p for p in s.own if p.accepts], s.data(s.own)
    s.need([p for p in synacks if p.ttl == n and p.hops == s.r.hops], "the SYN-ACK does not")
    s.need([p for p in data if p.ttl == m and p.hops > s.r.hops], "no data do")


@evidence("The segment that it reacts to")
def reacts_to(s, at):
    s.from_peer(at)


@summary("but the IP ID of the packet that it reacts to")
def copied_id(s):
    s.need(s.r.ip_id in {p.ip_id for p in s.peer}, "no packet of the other side has it")


@evidence("It bears the IP ID {n} of the packet that it reacts to: hosts count their packets, a device that turns a packet around "
          "copies the number")
def bears_id(s, n):
    s.need(s.r.ip_id == n and n in {p.ip_id for p in s.peer}, f"it has {s.r.ip_id}")


@evidence("It bears no timestamp, unlike all other packets of that side")
def no_timestamp(s):
    s.need(s.r.tsval is None and s.own and all(p.tsval is not None for p in s.own if not p.resets), "others bear none either")


@summary("but came {t} after what it reacts to, while the handshake with that host took {u}")
def half_a_handshake(s, t, u):
    s.need(any(s.says(t, s.since(p)) for p in s.peer[-6:]), "nothing came that long before")


@evidence("The SYN-ACK has TTL {n}, the reset TTL {m}")
def two_ttls(s, n, m):
    s.need(s.r.ttl == m and n in {p.ttl for p in s.own if p.accepts}, f"the reset has {s.r.ttl}")


@evidence("The answer has TTL {n} and IP ID {m}, the reset TTL {k} and IP ID {word}", "The answer has TTL {n}, the reset TTL {k}")
def answer_values(s, at, n, k, m=None):
    s.from_own(at)
    s.need((at.ttl, s.r.ttl) == (n, k) and m in (None, at.ip_id), f"they are {at.ttl} and {s.r.ttl}")


@summary("the answer in frame {f} and this reset, {t} later")
def page_and_reset(s, f, t):
    s.from_own(f)
    s.span(t, s.since(f))


@summary("answered in the name of {own} (frame {f}) and reset the connection")
def in_its_name(s, f):
    s.from_own(f)


@evidence("Same TTL {n} as the reset, {t} after the other side's last data")
def same_ttl(s, at, n):
    s.need((at.ttl, s.r.ttl) == (n, n), f"they are {at.ttl} and {s.r.ttl}")


@evidence("SYN-ACK with TTL {n}")
def synack_ttl(s, at, n):
    s.need(at.accepts and at.ttl == n, f"it has TTL {at.ttl}")


@summary("{peer} had closed the whole Multipath TCP connection with MP_FASTCLOSE, and {own} resets this subflow")
def fast_close(s):
    s.need([p for p in s.peer if "1e0c7" in p.options], "no such option came from it")  # kind 30, 12 bytes, subtype 7


@evidence("The latest segment of the side that sent MP_FASTCLOSE")
def latest_of_closer(s, at):
    s.from_peer(at)


# Devices

@summary("{own} goes on with the connection in frame {f}, {t} after 'its' reset")
def goes_on(s, f, t):
    s.from_own(f)
    s.need(f.number > s.r.number and not f.resets, "it came before the reset")
    s.span(t, s.between(s.r, f))


@evidence("New data, FIN or acknowledgment from the same sender after the reset",
          "New data, FIN or acknowledgment from the same sender after the reset, sent later according to its timestamp or IP ID")
def new_after(s, at):
    s.from_own(at)
    s.need(at.number > s.r.number and not at.resets, "it came before the reset")
    old = {(p.seq, p.length, p.ack) for p in s.own}
    s.need((at.seq, at.length, at.ack) not in old, "it repeats what came before the reset")


@evidence("A reset without the ACK flag answers a segment, and the capture shows none: if it lacks that one, a second host with "
          "this address may have answered it")
def answers_unseen(s, at):
    s.from_own(at)
    s.need(at.resets and not at.flags & ACK and s.verdict.trigger is None, "it has the ACK flag, or it answers a segment")


@evidence("Of the {n} bytes of payload in the reset, {m} are in the capture: they may state its reason")
def payload_cut(s, at, n, m):
    s.from_own(at)
    s.need(at.resets and m < n and at.length == n, f"it has {at.length} bytes")


@summary("the segment in frame {f} reached a host without this connection, while {own} goes on with it in frame {g}")
def two_hosts(s, f, g):
    s.from_peer(f)
    s.from_own(g)
    s.need(g.number > s.r.number and not g.resets, "it came before the reset")


@summary("the segment in frame {f} was answered by a host without this connection, from farther away than the other packets")
def farther_host(s, f):
    s.from_peer(f)
    s.need(any(p.hops < s.r.hops for p in s.own), "none of its packets is nearer")


@summary("and directly follows data", "and directly follows a TLS ClientHello", "and directly follows an HTTP request")
def follows_data(s):
    s.need(s.data(s.peer), "the other side had sent no data")


@evidence("Last payload before the reset")
def last_payload(s, at):
    s.from_peer(at)
    s.need(at.length and at.number < s.r.number, "there are no data in it")


@summary("nothing was sent for {t}, then", "nothing but unanswered probes was sent for {t}, then")
def nothing_sent(s, t):
    packets = sorted(s.own + s.peer, key=lambda p: p.number)[-6:]
    waits = [s.between(a, b) for a, b in zip(packets, packets[1:] + [s.r])]
    s.need(any(s.says(t, wait) for wait in waits), "there was no such silence")


@evidence("Silence of {t} before the reset")
def silence(s, t):
    nothing_sent(s, t)


@summary("both ends were reset at once although neither had sent anything")
def both_at_once(s):
    s.need(s.resets(s.peer + s.peer_after), "the other side was not reset")


@summary("both ends were reset within {t} (see frame {f})")
def both_within(s, t, f):
    s.from_peer(f)
    s.need(f.resets, "it is no reset")
    s.span(t, abs(s.since(f)))


@evidence("Reset in the other direction, {t} apart")
def other_direction(s, at, t):
    s.from_peer(at)
    s.need(at.resets, "it is no reset")
    s.span(t, abs(s.since(at)))


@summary("several resets with guessed sequence numbers arrive from the address of {own} within {t}")
def train(s):
    numbers = {p.seq for p in s.resets(s.own + s.own_after) + [s.r]}
    s.need(len(numbers) > 1, "all resets have the same number")


@evidence("SEQ values rise beyond anything this side is known to have sent")
def rise(s):
    resets = s.resets(s.own + s.own_after) + [s.r]
    s.need(any(s.own_nxt is None or before(s.own_nxt, p.seq) for p in resets), "none is beyond it")


@summary("only asked with an ACK, and the connection went on (frame {f})", "ignored it, and the connection went on (frame {f})",
         "went on with the connection (frame {f})")
def receiver_goes_on(s, f):
    s.from_peer(f)
    s.need(f.number > s.r.number and not f.resets, "it came before the reset")


@evidence("{n} segments from the receiver follow the reset")
def receiver_segments(s, n):
    count = len([p for p in s.peer_after if not p.resets])
    s.need(count >= n, f"{count} follow")


@summary("{own} sent this reset itself in frame {f}, from its usual distance")
def sent_itself(s, f):
    s.from_own(f)
    s.need(f.resets and (f.seq, f.ack) == (s.r.seq, s.r.ack), "it has other numbers")
    s.need(f.hops != s.r.hops, "it comes from the same distance")


@evidence("The same numbers, flags and window from another distance than TTL {n}")
def twin(s, at, n):
    s.need((at.seq, at.ack, at.flags, at.window) == (s.r.seq, s.r.ack, s.r.flags, s.r.window) and s.r.ttl == n, "it differs")


@summary("the late duplicate in frame {f} met a host that translates addresses")
def late_duplicate(s, f):
    s.from_peer(f)
    s.need(f.flags & ACK and f.ack == s.r.seq, "its ACK is not the SEQ of the reset")


@summary("while that endpoint goes on in frame {f}")
def endpoint_goes_on(s, f):
    s.from_own(f)
    s.need(f.number > s.r.number and not f.resets, "it came before the reset")


@evidence("Data that this side had acknowledged before. Its ACK is the reset's SEQ")
def acknowledged_data(s, at):
    s.need(at.ack == s.r.seq and at.length, "it is not")
    s.need([p for p in s.own if p.flags & ACK and not before(p.ack, (at.seq + at.length) & 0xFFFFFFFF)], "it was new")


@summary("leave the window from one segment to the next (frame {f})")
def leaves_window(s, f):
    s.from_peer(f)


@evidence("Latest of {n} segments outside the window")
def outside_window(s, at):
    s.from_peer(at)


@evidence("The receiver still acknowledges the old number")
def old_number(s, at):
    s.from_own(at)


# What the reset says

@summary("The reset itself states its reason")
def states(s):
    s.need(s.verdict.declared and s.verdict.declared in s.verdict.summary, "the text is not that of rst.declared.text")


@evidence("Window {n} is also a NetScaler code {rest}")
def window_code(s, n):
    s.need(s.r.window == n, f"it is {s.r.window}")


@evidence("The reset bears the TTL of the sender's SYN, the segments between bear another")
def ttl_of_syn(s):
    syns = {p.ttl for p in s.own if p.flags & SYN}
    rest = {p.ttl for p in s.own if not p.flags & (SYN)}
    s.need(s.r.ttl in syns and rest - syns, "they do not")


inferred("which segment it answers", "is unclear", "The refusal bears a text")
inferred("what is not known yet", "What comes later in the capture is not known yet")
inferred("who made it", "so something else on the path sent it", "so a device between them sent both", "A firewall",
         "Perhaps a firewall", "Probably injected", "Perhaps injected", "Perhaps two hosts", "Two hosts behind one address",
         "by a policy on the path", "Rejected by a packet filter", "A real host knows its sequence number", "Injected:",
         "A device on the path", "a bare reset that answers nothing", "Probably not translated back",
         "Probably changed on the path", "Malformed", "Without effect", "Not sent by the TCP of", "Compare with a capture",
         "Capture the whole connection", "No surer than this", "The file shows this connection from two places",
         "Captured on another link", "The connection had closed long before",
         "Other connections of these hosts were dropped to save memory", "up to here was dropped to save memory",
         "what was known of this reset was dropped to save memory",
         "as it seemed before what this rests on was dropped to save memory", "did before was dropped to save memory",
         "Packets of the connection are missing from the capture, so it is not known")
inferred("another capture point, which the reset's own packets do not show", "Sent by a device between capture points",
         "Changed between capture points", "Changed on the way", "Clock of capture point", "The same at capture points", "capture point {k}", "Capture point {k}",
         "several interfaces", "on another interface of one host")
inferred("the word of a kernel trace or of the reset", "kernel", "Stated by the sender", "The reset states a reason",
         "It stands behind the packet", "It comes as the client's own packet", "whether this connection uses MPTCP",
         "by the preference", "other codes of that table", "is not the window that the sender advertised", "MPTCP")
guessed("by a policy on the path", "A firewall", "^Injected", "[Tt]wo hosts behind", "something else on the path sent it",
        "a packet filter on", "A device on the path")
