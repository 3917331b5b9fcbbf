# SPDX-License-Identifier: GPL-2.0-or-later
"""Claims about handshakes that were begun and not used."""
from claims_kinds import ACK, SYN, end_text, evidence, summary
from claims_openings import acceptances


def is_synack(s, packet):
    s.from_peer(packet)
    s.need(packet.accepts, f"frame {packet.number} is no SYN-ACK")


@summary("never asked for this connection: the SYN-ACK in frame {f} came without a SYN and was reset")
def unsolicited(s, f):
    is_synack(s, f)


@summary("the SYN-ACK in frame {f} came without a SYN", "The capture begins too late to show a SYN", absence=True)
@evidence("SYN-ACK without a SYN in the capture", absence=True)
def without_syn(s):
    acked = {p.ack for p in s.peer if p.accepts}
    s.need(not [p for p in s.own if p.opens and p.end in acked], "its SYN is in the capture")


@summary("{own} did not want the SYN-ACK in frame {f}")
def unwanted_synack(s, f):
    is_synack(s, f)


@summary("the SYN-ACK in frame {f} found the socket closed, {t} after the SYN", "the SYN-ACK in frame {f} found the socket closed, {t} "
         "after the first of {n} SYNs", "it reset the SYN-ACK in frame {f}, {t} after the SYN")
def synack_after(s, f, t, n=None):
    is_synack(s, f)
    syns = [p for p in s.own if p.opens]
    s.need(syns, "there is no SYN")
    s.need(n in (None, len(syns)), f"{len(syns)} SYNs were sent")
    s.span(t, s.since(syns[0]))


@summary("and sent no data")
def sent_no_data(s):
    s.need(not s.data(s.own), "it had sent data")


@summary("the SYN-ACK in frame {f} found the socket closed too. It is that of another host or stack than the one in frame {g}, with SEQ "
         "{n} instead of {m}")
def second_synack(s, f, g, n, m):
    is_synack(s, f)
    s.need((f.seq, g.seq) == (n, m) or f.seq == n and m in {p.seq for p in s.peer if p.accepts}, f"they are {f.seq} and {g.seq}")


@evidence("SYN-ACK with SEQ {n} and TTL {m}", "SYN-ACK with SEQ {n} and TTL {m} to the same SYN")
def synack_values(s, at, n, m):
    s.from_peer(at)
    s.need((at.seq, at.ttl) == (n, m) or n in {p.seq for p in s.peer if p.accepts}, f"they are {at.seq} and {at.ttl}")


@evidence("The SYN, with SEQ {n} and TTL {m}")
def syn_values(s, at, n, m):
    s.need(at.opens and (at.seq, at.ttl) == (n, m), f"they are {at.seq} and {at.ttl}")


@evidence("The same SYN again, after such a reset: the client goes on waiting")
def same_syn(s, at):
    s.from_own(at)
    s.need(at.opens and [p for p in s.own if p.opens and p.seq == at.seq and p.number < at.number], "it is not")


@summary("goes on waiting and repeats its SYN (frame {f})", "because it repeats the same SYN (frame {f})",
         "but the same SYN comes again (frame {f})")
def repeats_syn(s, f):
    same_syn(s, f)


@summary("(TTL {n} and IP ID {m}, the SYN has {k} and", "(TTL {n}, the SYN has {k})", "(TTL {n}, {m} hop{word} than the SYN)")
def ttl_of_reset(s, n, k=None):
    s.need(s.r.ttl == n, f"it has TTL {s.r.ttl}")
    s.need(k in (None, *(p.ttl for p in s.own if p.opens)), "the SYN has another TTL")


@evidence("Repeated after {t}, sooner than any timeout: Linux and lwIP do that after a wrong ACK")
def repeated_soon(s, at, t):
    syns = [p for p in s.own + s.own_after if p.opens and p.seq == at.seq]
    s.need(any(s.says(t, s.between(a, b)) for a, b in zip(syns, syns[1:])), "no two are that far apart")


@summary("it reset the SYN-ACK in frame {f} as it had reset the handshake before (frame {g})")
def reset_again(s, f, g):
    is_synack(s, f)
    s.from_own(g)
    s.need(g.resets and g.number < s.r.number, "it is no earlier reset")


@summary("the program that opened the connection had continued in frame {f}")
def had_continued(s, f):
    s.from_own(f)
    s.need(not f.resets and f.number < s.r.number, "it came later")


@summary("the SYN in frame {f} does not come from the stack that reset the SYN-ACK")
def syn_of_other_stack(s, f):
    s.from_own(f)
    s.need(f.opens and (f.hops, f.ip_id) != (s.r.hops, s.r.ip_id), "it looks the same")


@evidence("Reset with TTL {n}")
def ttl_is(s, n):
    s.need(s.r.ttl == n, f"it has TTL {s.r.ttl}")


@evidence("The first one was reset here")
def first_was_reset(s, at):
    s.from_own(at)
    s.need(at.resets and at.number < s.r.number, "it is no earlier reset")


@evidence("The same side had continued the handshake")
def continued_before(s, at):
    had_continued(s, at)


@evidence("The SYN-ACK that was answered", "SYN-ACK that acknowledges this SYN", "SYN-ACK that it did not expect", "SYN-ACK that was reset",
          "The SYN-ACK shows that the port is open")
def synack_answered(s, at):
    is_synack(s, at)


@evidence("The SYN", "The first SYN", "SYN of this attempt", "The new SYN")
def the_syn(s, at):
    s.need(at.opens and at.src in (s.r.src, s.r.dst), "it is no SYN of this connection")


@evidence("SYN of this connection")
def syn_of_this(s, at):
    s.need(at.flags & SYN and at.src in (s.r.src, s.r.dst), "it is no SYN of this connection")


@evidence("The first SYN-ACK")
def first_synack(s, at):
    s.from_own(at)
    s.need(at.accepts, "it is no SYN-ACK")


@summary("Handshake timed out: {own} sent its SYN {n} times in {t} without an answer")
def syn_repeated(s, n, t):
    syns = [p for p in s.own if p.opens]
    s.need(len(syns) == n, f"{len(syns)} SYNs were sent")
    s.span(t, s.since(syns[0]))
    s.need(not s.peer, "the other side answered")


@summary("Handshake timed out: {own} sent its SYN-ACK {n} times in {t}")
def synack_repeated(s, n, t):
    synacks = [p for p in s.own if p.accepts]
    s.need(len(synacks) == n, f"{len(synacks)} SYN-ACKs were sent")
    s.span(t, s.since(synacks[0]))


@evidence("The last copy, {t} before the reset")
def last_copy(s, at, t):
    s.from_own(at)
    s.span(t, s.since(at))


@evidence("Data that the server answers as if the connection had never opened")
def late_data(s, at):
    s.from_peer(at)
    s.need(at.length, "there are no data in it")


@summary("The {word} in frame {f} acknowledges {n}, but {own} had sent {m}")
def wrong_ack(s, f, n, m, word):
    s.from_peer(f)
    s.need((word == "SYN-ACK") == bool(f.accepts), f"frame {f.number} is no {word}")
    s.need(f.ack == n, f"it acknowledges {f.ack}")
    s.need([p for p in s.own if p.flags & SYN and p.seq == m], f"no SYN has SEQ {m}")


@evidence("SYN with SEQ {n}: only {m} may be acknowledged")
def only_ack(s, at, n, m):
    s.need(at.seq == n and (n + 1) & 0xFFFFFFFF == m and at.flags & SYN, "it has another number")


@evidence("Acknowledges {n}")
def acknowledges(s, at, n):
    s.need(at.ack == n, f"it acknowledges {at.ack}")


@summary("The SYN-ACK in frame {f} echoes timestamp {n}, but the SYN carried {m}")
def wrong_echo(s, f, n, m):
    is_synack(s, f)
    s.need(f.tsecr == n, f"it echoes {f.tsecr}")
    s.need([p for p in s.own if p.opens and p.tsval == m], f"no SYN carried {m}")


@evidence("SYN with timestamp {n}")
def syn_timestamp(s, at, n):
    s.need(at.tsval == n, f"it carries {at.tsval}")


@evidence("SYN-ACK that echoes {n}")
def echoes(s, at, n):
    s.need(at.tsecr == n, f"it echoes {at.tsecr}")


@summary("{own} never asked for this connection: the SYN in frame {f} bears its address")
def spoofed_syn(s, f):
    s.from_own(f)
    s.need(f.opens, "it is no SYN")


@summary("but comes from another distance than all else that it sends")
def syn_from_elsewhere(s):
    syns = {p.hops for p in s.own if p.opens}
    others = {p.hops for p in s.capture.by_host[s.r.src[0]] if not p.opens}
    s.need(not syns & others, "other packets of this host come from there")


@summary("and it reset the SYN-ACK in frame {f}", "it reset the SYN-ACK in frame {f}, but the program")
def reset_synack(s, f):
    is_synack(s, f)


@evidence("SYN with TTL {n}: not sent by this host")
def syn_ttl(s, at, n):
    s.need(at.ttl == n and at.opens, f"it has TTL {at.ttl}")


@summary("the program that opened the connection continued in frame {f}")
def continued(s, f):
    s.from_own(f)
    s.need(f.number > s.r.number, "it came before the reset")


@evidence("The same side continues the handshake", "The same side goes on after the reset", "The same address goes on after the reset",
          "The host goes on after the reset", "The real host goes on after the reset")
def goes_on_after(s, at):
    s.from_own(at)
    s.need(at.number > s.r.number and not at.resets, "it came before the reset")


@summary("the Windows client tried SMB on ports {n} and {m} at the same time ({t} apart) and kept {end}")
def smb(s, t, end):
    client = s.r.src if [p for p in s.own if p.opens] else s.r.dst
    syns = [p for p in s.capture.by_host[client[0]] if p.opens and p.dst[1] in (139, 445)]
    kept = [p for p in syns if end_text(p.dst) == end]
    lost = [p for p in syns if p.src == client]
    s.need(kept and lost, "one of the SYNs is missing")
    s.need(any(s.says(t, abs(s.between(a, b) or 0)) for a in kept for b in lost), "their SYNs were not that far apart")


@evidence("SYN of the connection that the client kept", "SYN of the attempt that was used")
def sibling_syn(s, at):
    s.need(at.opens, "it is no SYN")  # perhaps of the client's other address: the race may be IPv6 against IPv4


@summary("the client tried two addresses {t} apart, continued with {end}")
def race(s, t, end):
    syns = [p for p in s.capture.packets.values() if p.opens]
    s.need([p for p in syns if end_text(p.dst) == end], f"no SYN went to {end}")


@summary("reset the connection at the last step of the handshake (frame {f})")
def last_step(s, f):
    s.from_peer(f)
    s.need(f.flags & ACK and not f.length and not f.flags & SYN and [p for p in s.own if p.accepts and p.end == f.ack],
           "it is not the final ACK")


@summary("It accepted other connections later")
def accepted_later(s):
    s.need([p for p in acceptances(s) if p.number > s.r.number and p.dst != s.r.dst], "no SYN-ACK follows")


@evidence("The correct final ACK, answered with a reset")
def final_ack(s, at):
    last_step(s, at)


@summary("this one was open but was never served")
@evidence("Accepted by the kernel here, but no data from the application followed")
def not_served(s):
    s.need(not s.data(s.own), "it had sent data")
    s.need([p for p in s.own if p.accepts], "it had not accepted the connection")


@summary("and new SYNs are refused from then on")
def refused_from_then(s):
    refusals = [p for p in s.capture.by_end[s.r.src] if p.resets and p.number > s.r.number and not p.seq and p.flags & ACK]
    s.need(refusals, "no refusal follows")
    s.need(not [p for p in acceptances(s) if s.r.number < p.number < refusals[0].number], "a SYN was accepted in between")


@evidence("From here on the port refuses connections")
def refuses_from_here(s, at):
    s.need(at.src == s.r.src and at.resets, "it is no reset of that port")
