# SPDX-License-Identifier: GPL-2.0-or-later
"""Claims about how a connection began or did not: refusals, probes, reused ports, lost connections."""
from claims_kinds import ACK, FIN, RST, SYN, end_text, evidence, guessed, inferred, summary

SECOND = 10**9
NEARBY = 10 * SECOND


def service(s, text):
    s.need(text == end_text(s.r.src), f"{text} is not the side that refuses")


def is_syn_to(s, packet):
    s.from_peer(packet)
    s.need(packet.flags & SYN and not packet.flags & ACK, f"frame {packet.number} is no SYN")


def acceptances(s):
    return [p for p in s.capture.by_end[s.r.src] if p.accepts and not p.resets and not p.foreign]


# Refusals

@summary("o service is listening on {end}: the SYN in frame {f} was refused {t} later by {shape}")
def refused(s, end, f, t, shape):
    service(s, end)
    is_syn_to(s, f)
    s.span(t, s.since(f))
    s.need((shape == "RST,ACK") == bool(s.r.flags & ACK), f"it is no {shape}")


@summary("o service is listening on {end}: the probe in frame {f} was refused {t} later")
def probe_refused(s, end, f, t):
    service(s, end)
    s.from_peer(f)
    s.span(t, s.since(f))


@summary("by RST,ACK (ack = SYN+1)", "by RST,ACK (ack = probe+1)")
def refusal_acks(s):
    s.need([p for p in s.peer if p.end == s.r.ack], "its ACK is not the end of what it refuses")


@summary("from the same hop distance as the host's other packets")
def same_distance_refusal(s):
    others = {p.hops for p in s.capture.by_host[s.r.src[0]] if not p.resets and not p.foreign}
    s.need(s.r.hops in others, f"none of its other packets is at {s.r.hops} hops")


@summary("o service is listening on {end}")
def not_listening(s):
    """Acceptances right before and right after it would show a service."""
    if s.capture.passes == 1:
        return
    near = [p.number > s.r.number for p in acceptances(s)
            if s.r.time is not None and p.time is not None and abs(p.time - s.r.time) <= SECOND]
    s.need(not (True in near and False in near), "the port accepts connections within a second before and after it")


@summary("{end} refused the SYN in frame {f}")
def refused_syn(s, end, f):
    service(s, end)
    is_syn_to(s, f)


@summary("but accepts others before and after")
def accepts_others(s):
    near = [p for p in acceptances(s) if p.time is None or s.r.time is None or abs(p.time - s.r.time) <= NEARBY]
    s.need([p for p in near if p.number < s.r.number] and [p for p in near if p.number > s.r.number],
           "it did not accept others within 10 s before and after")


@summary("but accepted it when it was repeated")
def accepted_repeat(s):
    s.need([p for p in s.own_after if p.accepts and p.ack in {q.end for q in s.peer if q.opens}], "no SYN-ACK follows")


@summary("while a connection that it had accepted before went on")
def serves_another(s):
    other = {p.dst for p in acceptances(s) if p.number < s.r.number and p.dst != s.r.dst}
    s.need([p for p in s.capture.by_end[s.r.src] if p.number > s.r.number and p.dst in other and not p.resets],
           "no older connection goes on")


@evidence("The SYN that was refused", "The SYN that was rejected", "The SYN that got two answers", "The SYN with special options or flags")
def syn_refused(s, at):
    is_syn_to(s, at)


@evidence("The probe that was refused", "The segment that was answered", "The segment that this reset answers",
          "The segment that was rejected")
def answered(s, at):
    s.from_peer(at)


@evidence("The SYN that was rejected, {t} before the reset")
def syn_rejected(s, at, t):
    is_syn_to(s, at)
    s.span(t, s.since(at))


@summary("A firewall probably rejected the SYN in frame {f} to {end}", "The SYN in frame {f} to {end} was probably rejected",
         "The SYN in frame {f} to {end} was perhaps rejected", "Refused: {end} answered the SYN in frame {f}")
def rejected(s, f, end):
    service(s, end)
    is_syn_to(s, f)


@summary("Refused: {end} answered the SYN in frame {f} {t} later with {shape}")
def refused_oddly(s, f, t, shape):
    s.span(t, s.since(f))
    s.need((shape == "RST,ACK") == bool(s.r.flags & ACK), f"it is no {shape}")


@evidence("Without ACK, so that a client must ignore it")
def without_ack(s):
    s.need(not s.r.flags & ACK, "it has one")


@evidence("Another SEQ in the refusal of the same SYN")
def another_seq(s, at):
    s.from_own(at)
    s.need(at.resets and at.seq != s.r.seq, "it has the same")


@summary("each refusal of it bears another SEQ")
def all_seqs_differ(s):
    numbers = [p.seq for p in s.resets(s.own + s.own_after) + [s.r] if p.flags & ACK]
    s.need(len(set(numbers)) > 1, "there is only one")


@summary("Handshake timed out: {own} did not answer the SYN, and RST,ACK came only {t} after it in frame {f}",
         "Handshake timed out: {own} did not answer the SYN, and RST,ACK came only {t} after its last copy in frame {f}",
         "Handshake timed out: {own} did not answer the SYN, and RST came only {t} after it in frame {f}",
         "Handshake timed out: {own} did not answer the SYN, and RST came only {t} after its last copy in frame {f}")
def refused_late(s, t, f):
    is_syn_to(s, f)
    s.span(t, s.since(f))
    s.need(not [p for p in s.own if p.accepts], "it had answered with a SYN-ACK")


@evidence("The SYN, {t} before the reset")
def syn_before(s, at, t):
    is_syn_to(s, at)
    s.span(t, s.since(at))


@evidence("The latest copy of the SYN, sent {n} times")
def syn_copies(s, at, n):
    is_syn_to(s, at)
    count = len([p for p in s.peer if p.opens and p.seq == at.seq])
    s.need(count == n, f"{count} were sent")


@evidence("The refusal has a nonzero SEQ, which a host's stack would leave at 0")
def nonzero_seq(s):
    s.need(s.r.seq, "its SEQ is 0")


@evidence("The same connection attempt was refused {n} times before")
def refused_before(s, n):
    s.need(len(s.resets(s.own)) >= n, f"only {len(s.resets(s.own))} resets came before")


@evidence("The port accepted a connection here", "The same service accepted a connection before")
def accepted_before(s, at):
    s.need(s.r.src in (at.src, at.dst) and at.number < s.r.number, "it is not of that port, before the reset")
    completed(s, at)


@evidence("The port accepts a connection here", "The same service accepts again")
def accepts_again(s, at):
    s.need(s.r.src in (at.src, at.dst) and at.number > s.r.number, "it is not of that port, after the reset")
    completed(s, at)


def completed(s, at):
    """The SYN-ACK, or what shows that it was taken."""
    ends = s.capture.by_ports[frozenset((at.src, at.dst))]
    s.need([p for p in ends if p.accepts and p.src == s.r.src and p.number <= at.number], "there was no SYN-ACK")


@evidence("This client was refused by {n} targets within about {t}: a scan", "{n} targets of this source within about {t} refused it "
          "or got no data")
def many_targets(s, n):
    client = s.r.dst[0] if s.r.seq == 0 and s.r.flags & ACK else s.r.src[0]
    targets = {q.dst for end in ({s.r.dst[0], s.r.src[0]}) for q in s.capture.by_host[end] if q.opens}
    s.need(client and len(targets) >= n, f"it tried {len(targets)} targets in the whole capture")


@summary("{end} answered the SYN in frame {f} with {shape}, but not from where")
def not_from_where(s, end, f):
    service(s, end)
    is_syn_to(s, f)


@evidence("TTL {n}: nearer than the packets of this address's connections")
def nearer_than_connections(s, n):
    s.need(s.r.ttl == n, "it has another TTL")
    others = [p.hops for p in s.capture.by_host[s.r.src[0]] if p.accepts and p.hops is not None]
    s.need(any(hops > s.r.hops for hops in others), "no connection of that address is farther away")


@evidence("Answered in {t}, sooner than its connections were", "Answered in {t} although the host takes at least {u}",
          "Answered in {t} although this host takes at least {u}")
def answered_in(s, t):
    s.need(any(s.says(t, s.since(p)) for p in s.peer[-3:]), "nothing of the other side came that long before")


@summary("a refused SYN: RST,ACK with SEQ 0 from {end}")
def refusal_shape(s, end):
    service(s, end)
    s.need(s.r.seq == 0 and s.r.flags & ACK, "it has another shape")


@summary("but the SYN is not in the capture", absence=True)
def syn_not_captured(s):
    s.need(not [p for p in s.peer if p.opens and p.end == s.r.ack], "it is")


@evidence("RST,ACK with SEQ {n} and window {m}")
def shape_is(s, n, m):
    s.need((s.r.seq, s.r.window) == (n, m) and s.r.flags & ACK, "it has other values")


@summary("refuses the options of the SYN in frame {f} (ECN, Fast Open, MPTCP or a signature): a plain SYN was accepted")
def options_refused(s, f):
    is_syn_to(s, f)


@evidence("A plain SYN to the same service was accepted")
def plain_accepted(s, at):
    s.need(at.src[0] == s.r.src[0] and at.accepts or at.dst[0] == s.r.src[0] and at.opens, "it is no accepted SYN of it")


@summary("A firewall rejected the SYN in frame {f} to {end}", "load balancer with no host to serve it, rejected the SYN in frame {f} "
         "to {end}", "Perhaps a firewall rejected the SYN in frame {f} to {end}")
def firewall(s, f, end):
    service(s, end)
    is_syn_to(s, f)


@summary("its TTL does not match that host's packets")
def other_ttl(s):
    others = {p.hops for p in s.capture.by_host[s.r.src[0]] if p.accepts and p.interface == s.r.interface}
    s.need(others and s.r.hops not in others, "its SYN-ACKs come from the same distance")


@summary("the host's own SYN-ACK follows")
@evidence("SYN-ACK to the same SYN after the reset")
def synack_follows(s):
    s.need([p for p in s.own_after if p.accepts], "no SYN-ACK follows")


@evidence("TTL {n}: {k} hop{word} than the packets of the host's connections")
def hops_from_connections(s, n, k):
    others = {abs(p.hops - s.r.hops) for p in s.capture.by_host[s.r.src[0]] if p.accepts and p.hops is not None}
    s.need(s.r.ttl == n and k in others, f"its SYN-ACKs are {sorted(others)} hops apart")


# Scans and probes

@summary("waited only for the SYN-ACK and reset the connection at once without sending data",
         "completed the handshake and reset the connection at once without sending data", "resets it without sending data")
def left_without_data(s):
    s.need(not s.data(s.own), "it had sent data")


@summary("{n} other targets got no data from it either")
def other_targets(s, n):
    targets = {p.dst for p in s.capture.by_host[s.r.src[0]] if p.opens}
    s.need(len(targets) > n, f"it tried {len(targets)} targets")


@summary("sent a SYN without the options of any ordinary system and reset the refusal in frame {f}")
def reset_refusal(s, f):
    s.from_peer(f)
    s.need(f.resets, "it is no refusal")


@evidence("The refusal that this reset answers")
def refusal_answered(s, at):
    reset_refusal(s, at)


@evidence("SYN with no option except MSS")
def bare_syn(s, at):
    s.need(at.opens and at.tsval is None, "it has other options")


@evidence("Window {n} in a reset without ACK")
def window_of_bare(s, n):
    s.need(s.r.window == n and not s.r.flags & ACK, "it has another")


@evidence("SYN with window {n} and no option except MSS: made by a scanner")
def odd_syn(s, at, n):
    s.need(at.opens and at.window == n, f"its window is {at.window}")
    s.need(at.tsval is None and "04:02" not in at.options and "0402" not in at.options, "it has other options")


@summary("opens a connection to this service every {t} and resets it without sending data ({n} times in a row)")
def health_check(s, t, n):
    starts = [p for p in s.capture.by_host[s.r.src[0]] if p.opens and p.dst == s.r.dst]
    s.need(len({p.src for p in starts}) >= n, f"{len(starts)} connections were opened")


@evidence("The period varies between {t} and {u}")
def period(s, t, u):
    starts = [p for p in s.capture.by_host[s.r.src[0]] if p.opens and p.dst == s.r.dst]
    waits = [s.between(a, b) for a, b in zip(starts, starts[1:])]
    s.need(any(s.says(t, wait) for wait in waits) and any(s.says(u, wait) for wait in waits), "no two are that far apart")


# Ports used again

@summary("{who} opened a new connection {t} after the old one on the same addresses and ports had closed")
def reused(s, who, t):
    syns = [p for p in s.own + s.peer if p.opens and end_text(p.src) == who]
    s.need(syns, "there is no SYN")
    old = [p for p in s.capture.by_ports[frozenset((s.r.src, s.r.dst))] if p.number < syns[0].number]
    s.need(old, "there was no connection before")
    s.span(t, s.between(old[-1], syns[0]))


@evidence("Last segment of the previous connection, which was closed by both FINs", "Last segment of the older connection",
          "Last segment of the connection that was still open")
def previous(s, at):
    s.need({at.src, at.dst} == {s.r.src, s.r.dst} and at.number < s.r.number, "it is of another connection")


@evidence("The new SYN is {n} below the old connection's last number")
def below_old(s, at, n):
    s.need(at.opens, "it is no SYN")
    old = s.nxt([p for p in s.capture.by_ports[frozenset((s.r.src, s.r.dst))] if p.src == at.src and p.number < at.number])
    s.need(old is not None and (old - at.seq) & 0xFFFFFFFF == n, "it is not")


@summary("it answered the SYN with an ACK for the old one (frame {f})", "for the old one (frame {f}), and {word} refuses that")
@evidence("ACK that does not acknowledge the SYN, answered by this reset")
def old_ack(s, f=None, at=None):
    packet = f or at
    s.from_peer(packet)
    s.need(packet.flags & ACK and not packet.flags & SYN, "it is no ACK")
    s.need(packet.ack not in {p.end for p in s.own if p.opens}, "it acknowledges the SYN")


@summary("cleared that with this reset, then tried again")
def tried_again(s):
    every = s.capture.by_ports[frozenset((s.r.src, s.r.dst))]
    more = [p for p in s.capture.by_host[s.r.src[0]] if p.opens and p.number > s.r.number and p.dst == s.r.dst]
    s.need(more and every, "no SYN follows")


# Connections that are not there

@summary("it answered the {word} in frame {f} with a bare reset")
def bare_answer(s, word, f):
    s.need(not s.r.flags & ACK, "it is RST,ACK")
    s.from_peer(f)
    s.need(f.flags & ACK and f.ack == s.r.seq, "its SEQ is not that segment's ACK")
    s.need(word != "data" or f.length, "there are no data in it")


@summary("although it had sent neither FIN nor reset before")
def neither_fin_nor_reset(s):
    s.need(s.own, "the capture has no packet of this side before it")
    s.need(not s.fins(s.own) and not s.resets(s.own), "it had sent one")


@summary("the capture shows no FIN of it before", absence=True)
def no_fin_before(s):
    s.need(not s.fins(s.own), "there is one")


@summary("with a bare reset, after {t} of silence")
def bare_after_silence(s, t):
    packets = sorted(s.own + s.peer, key=lambda p: p.number)[-8:]
    gaps = [s.between(a, b) for a, b in zip(packets, packets[1:])]
    s.need(any(s.says(t, gap) for gap in gaps), "there was no such silence")


@evidence("Its ACK is the SEQ of the reset, which followed after {t}")
def ack_is_seq(s, at, t):
    s.from_peer(at)
    s.need(at.flags & ACK and at.ack == s.r.seq, "it is not")
    s.span(t, s.since(at))


@summary("{own} had repeated a segment {n} times without an answer")
def repeated_before(s, n):
    copies = [sum(q.seq == p.seq and q.space == p.space for q in s.own) for p in s.own if p.space]
    s.need(n + 1 in copies or max(copies, default=0) > n, "no segment was sent that often")


@evidence("Last of the unanswered retransmissions")
def last_retransmission(s, at):
    s.from_own(at)


@evidence("Bare reset, {n} beyond what the capture shows from this side")
def beyond(s, n):
    s.need(s.own_nxt is not None and (s.r.seq - s.own_nxt) & 0xFFFFFFFF == n and not s.r.flags & ACK, "it is not")


@summary("the capture shows nothing of this connection except SYN, FIN and resets", absence=True)
def flags_only(s):
    s.need(not [p for p in s.own + s.peer if not p.flags & (SYN | FIN | RST)], "there are other segments")


@summary("The SYN in frame {f} probably met a connection with the same addresses and ports that was still open, and {own} reset it "
         "instead of asking with an ACK",
         "The SYN in frame {f} perhaps met a connection with the same addresses and ports that was still open, and {own} reset it "
         "instead of asking with an ACK")
def met_open(s, f):
    s.from_peer(f)
    s.need(f.opens, "it is no SYN")


@summary("the reset that answers the data in frame {f} starts its IP IDs from the beginning again")
def restarted(s, f):
    s.from_peer(f)
    s.need(f.length and s.own and s.r.ip_id < s.own[-1].ip_id, "its IP ID is not lower")


@evidence("IP ID {n} here, {m} in the reset")
def ip_ids(s, at, n, m):
    s.need((at.ip_id, s.r.ip_id) == (n, m), f"they are {at.ip_id} and {s.r.ip_id}")


@summary("gave up on its connection attempt. The capture does not show what answer it got, if any", absence=True)
def no_answer_shown(s):
    s.need(s.own and all(p.opens for p in s.own if not p.resets), "it had sent more than SYNs")
    s.need(not s.peer, "the other side had answered")


@evidence("Data that the reset answers")
def data_answered(s, at):
    s.from_peer(at)
    s.need(at.length, "there are no data in it")


inferred("where the reply went", "Probably misrouted", "Probably changed on the way", "Look for a different way back")
inferred("what a host's stack would have done", "A scanner resets whatever", "A closed port refuses at once")
inferred("what a client or server wanted", "never asked for this connection", "overloaded, just starting",
         "no longer wanted the connection", "The client gave up", "a device on the path probably changes timestamps",
         "something changed or confused the numbers", "Health check", "Port probe", "its accept queue was",
         "or the service was stopped at that moment", "The listening socket of", "it had given up, or had never asked",
         "its backlog or another resource was probably exhausted", "so it ran into TIME-WAIT",
         "Either no service is listening", "it takes no more at a time", "raw socket or user-space stack")
guessed("o service is listening", "accept queue was", "listening socket of", "has? no such connection", "no longer wanted",
        "did not want the SYN-ACK", "[Hh]ealth check", "never asked", "[Tt]he kernel of .* does not know", "refuses the options",
        "changed or confused", "backlog or another", "[Pp]ort reused")
