# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes for hard_sisters.py: handshakes that fail, and ports that refuse."""
from scapy.layers.inet import TCP

from packets import MASK
from pair import Pair
from stage import GET, scene

BAD_ACK = ("handshake_bad_ack", "header_rewritten")
GAVE_UP = ("connect_aborted", "-")
REFUSED = ("closed_port", "firewall_reject<=60|no_backend<=50")


def syn_waits(end):
    """Seconds between the SYNs of a stack whose SYN-ACK was no good. Linux is quick once (TCP_TIMEOUT_MIN)."""
    return {7: (0.010, 1.02, 2.04), 8: (1.0, 2.0, 4.0)}.get(end.host.stack.scale, (1.0, 1.0, 1.0))


def synacks_that_fail(s, conv, rounds, ack_off, truth):
    """SYN, SYN-ACK, reset of a client in SYN-SENT (RFC 9293, 3.10.7.3: SEG.ACK), and its timer sends the SYN again."""
    waits = syn_waits(conv.c)
    for n in range(rounds):
        if n:
            s.cap.wait(waits[n - 1])
        if n == 1:
            s.late()
        conv.syn()
        answer = conv.synack(ack=conv.c.isn + 1 + ack_off)
        s.cap.wait(conv.down + 0.00006)
        s.expect(conv.bare(conv.c, answer), *truth, "client")
        if s.rng.random() < 0.5:
            conv.s.isn = s.rng.randrange(1 << 32)


@scene("m04", "lin4 lin6 win4 mac6", views="late oneway")
def bad_ack_at_client(s):
    """the SYN-ACK acknowledges something that the client never sent; it resets that (RFC 9293), stays in SYN-SENT and
    sends the same SYN again"""
    conv = s.conv()
    synacks_that_fail(s, conv, 3, s.rng.choice([4000, 0x5A5A5A5A, -70000]), BAD_ACK)
    s.one_way(conv.c, "handshake_bad_ack|undetermined", "connect_aborted<=60|half_open_scan<=60|unknown_to_kernel<=60|"
              "unsolicited_synack<=60|header_rewritten<=60|segment_after_reset<=60|blind_reset<=49")


@scene("m04", "srv4 srv6 srvwin4", views="late")
def syn_again_at_server(s):
    """the client sends the very same SYN after each of its resets, so it never gave up: what the server sent reached it
    with another number"""
    conv = s.conv()
    synacks_that_fail(s, conv, 3, 0, ("handshake_bad_ack|header_rewritten", "undetermined|connect_aborted<=50|"
                                                                           "unknown_to_kernel<=50"))


@scene("m04", "srv4 mac4 lin6 mid6", views="oneway")
def blind_then_abort(s):
    """the first reset acknowledges ISN, not ISN+1: no effect (RFC 9293, 3.10.7.3), with the client's own IP id and
    window and from another distance; handshake and data follow, and the server's own reset"""
    conv = s.conv()
    syn = conv.syn()
    s.cap.wait(conv.up * 0.6 + 0.0002)
    reset = conv.stranger(conv.s, "RA", s.other_distance(s.server), seq=0, ack=conv.c.isn, window=s.client.stack.window,
                          ident=int.from_bytes(syn.data[18:20], "big"))
    s.expect(reset, "blind_reset", "injected|policy_reset|firewall_reject", "middlebox|unknown")
    s.cap.wait(conv.up * 0.4 + 0.0002)
    conv.send(conv.s, "SA", seq=conv.s.isn)
    conv.answer(conv.c, "A")
    conv.send(conv.c, "PA", bytes(s.rng.randrange(8, 400)))
    conv.answer(conv.s, "A")
    s.cap.wait(0.0015)
    s.expect(conv.abort(conv.s), "unread_data|app_abort", "app_error|app_timeout<=60", "server")
    s.one_way(conv.s, None, "undetermined|closed_port<=49")


@scene("m04", "lin4 mac6", views="late")
def near_gave_up(s):
    """near miss: the client gave up before the SYN-ACK came; both SYN-ACKs are answered by a host that knows no such
    connection, and no SYN lies between"""
    conv = s.conv()
    for wait in (1, 2, 2.7):
        conv.syn()
        s.cap.wait(wait)
    s.late("connect_aborted|unsolicited_synack",
           "segment_after_reset|unknown_to_kernel<=60|half_open_scan<=60|undetermined")
    for again in range(2):
        answer = conv.send(conv.s, "SA", seq=conv.s.isn)
        s.cap.wait(0.00009)
        truth = ("segment_after_reset", "connect_aborted") if again else GAVE_UP
        s.expect(conv.bare(conv.c, answer), *truth, "client")
        s.cap.wait(1.1)


@scene("m04", "lin4 lin6 mac6", views="client server")
def synack_rewritten_at_two_points(s):
    """two points: the SYN-ACK left the server with one SEQ and came to the client with another, so the client
    acknowledges a number that the server never used"""
    conv = Pair(s, skew=s.rng.uniform(-30, 30))
    off = s.rng.randrange(1000, 1 << 31)

    def change(packet):
        packet[TCP].seq = packet[TCP].seq + off & MASK

    conv.syn()
    conv.send(conv.s, "SA", seq=conv.s.isn, change=change)
    s.cap.wait(0.00003)
    start = s.cap.now
    acks = [conv.send(conv.c, "A", ack=conv.s.isn + 1 + off, passes=False),
            conv.send(conv.c, "PA", GET, ack=conv.s.isn + 1 + off, passes=False)]
    for ack in acks:
        s.cap.now = max(start, ack.time + round((conv.way + 0.00003) * 1e9))
        conv.expect(conv.bare(conv.s, ack, passes=False), "header_rewritten", "-", "server")
    s.one_point("client", "no_connection|handshake_bad_ack|header_rewritten",
                "segment_after_reset|undetermined|resource_exhaustion<=60", None)
    s.one_point("server", "handshake_bad_ack|header_rewritten", "segment_after_reset<=60|undetermined", None)


@scene("m13", "win4 lin6 mac4", views="late oneway")
def random_seq_refusals(s):
    """each refusal of the same SYN bears another random SEQ, where a stack sends 0 (RFC 9293, 3.10.7.1), from another
    distance than the host's open port and without DF"""
    s.conv(445).talk(1)
    s.cap.wait(0.5)
    s.late()
    conv = s.conv(s.rng.choice([139, 3389, 8888]))
    distance = 255 - s.rng.randrange(4, 12)
    for wait in (0.5, 1.0, 1.5):
        syn = conv.syn()
        s.cap.wait(conv.up + s.rng.uniform(0.001, 0.02))
        reset = conv.stranger(conv.s, "RA", distance, seq=s.rng.randrange(1 << 32), ack=syn.end)
        s.expect(reset, "firewall_reject", "closed_port<=50", "middlebox|unknown")
        s.cap.wait(wait)
    s.one_way(conv.s)


@scene("m13", "lan4 lan6")
def near_container(s):
    """near miss: one hop nearer than an open port of that address: the host of a container whose own port is closed"""
    s.server.hops = 1
    s.conv(8080).talk(1)
    s.server.hops = 0
    s.cap.wait(0.5)
    conv = s.conv(9200)
    syn = conv.syn()
    s.expect(conv.refused(syn), "closed_port", "firewall_reject<=50|no_backend<=50", "unknown|server|middlebox")


@scene("m13", "lin4 win6")
def near_refused_again(s):
    """near miss: the same SYN refused three times with SEQ 0 from the distance of the open port"""
    s.conv(443).talk(1)
    s.cap.wait(0.5)
    conv = s.conv(4443)
    for _ in range(3):
        syn = conv.syn()
        s.expect(conv.refused(syn), *REFUSED, "server")
        s.cap.wait(0.52)


@scene("m14", "lin4 win6 mac4", views="late oneway")
def embryonic(s):
    """the SYNs are not answered; a reset comes many seconds after the last of them: no closed port takes that long"""
    conv = s.conv()
    waits = (1, 2, 4) if s.client.stack.scale != 5 else (1, 1, 1, 1, 1, 2)
    for wait in waits:
        syn = conv.syn()
        s.cap.wait(wait)
        if wait == waits[-2]:
            s.late()
    syn = conv.syn()
    s.cap.wait(s.rng.uniform(9, 16))
    reset = conv.stranger(conv.s, "RA", 255 - s.rng.randrange(1, 6), seq=0, ack=syn.end, ident=0, df=True)
    s.expect(reset, "handshake_timeout|firewall_reject", "undetermined|closed_port<=49", "-")
    s.one_way(conv.s, "undetermined|handshake_timeout|firewall_reject", "closed_port<=49|no_connection<=49")


@scene("m14", "lin6 win4")
def near_third_syn(s):
    """near miss: two SYNs were lost, the third is refused a round trip later by the host"""
    fine = s.conv(80)
    fine.talk(1)
    s.cap.wait(2)
    conv = s.conv(81)
    for wait in (1, 2):
        conv.syn()
        s.cap.wait(wait)
    s.expect(conv.refused(conv.syn()), *REFUSED, "server")


@scene("m16", "lin4 win6 srv6", views="late oneway")
def refused_much_later(s):
    """the server took the request and reset the connection; that the port refuses a minute and more later says nothing
    about a listener then"""
    conv = s.conv()
    conv.handshake()
    s.late()
    conv.send(conv.c, "PA", bytes(200))
    conv.answer(conv.s, "A")
    s.cap.wait(0.011)
    s.expect(conv.abort(conv.s), "unread_data|app_abort", "listener_closed<=49|process_exit<=49|app_error", "server")
    s.cap.wait(s.rng.uniform(60, 200))
    again = s.conv()
    s.expect(again.refused(again.syn()), "closed_port", "firewall_reject<=49|no_backend<=49", "server")
    s.one_way(conv.s)


@scene("m16", "lin4 srv6 mac6")
def near_listener(s):
    """near miss: two idle connections are reset in the same moment, and the port refuses at once"""
    convs = [s.conv(), s.conv()]
    for conv in convs:
        conv.handshake()
        s.cap.wait(0.05)
    s.cap.wait(0.2)
    for conv in convs:
        s.expect(conv.abort(conv.s), "listener_closed", "process_exit", "server")
    s.cap.wait(0.05)
    again = s.conv()
    s.expect(again.refused(again.syn()), "closed_port|listener_closed|process_exit", "-", "server")


def stamped(conv, value, echo):
    return [("MSS", 1380), ("NOP", None), ("WScale", 0), ("NOP", None), ("NOP", None), ("Timestamp", (value, echo))]


@scene("m22", "lin4 lin6 mac4", views="oneway")
def tsecr_zero_late(s):
    """a late SYN-ACK with TSval 0 and TSecr 0 (old Windows): Linux tests an echo only if it is not 0, others never; the
    client had given up"""
    conv = s.conv()
    conv.syn()
    s.cap.wait(s.rng.uniform(1.1, 2.6))
    answer = conv.send(conv.s, "SA", seq=conv.s.isn, options=stamped(conv, 0, 0), window=16384)
    s.cap.wait(0.00008)
    s.expect(conv.bare(conv.c, answer), "connect_aborted", "half_open_scan<=50|unknown_to_kernel<=50", "client")
    s.one_way(conv.c, "connect_aborted|undetermined", "half_open_scan<=60|unknown_to_kernel<=60|unsolicited_synack<=60|"
              "app_abort<=49|blind_reset<=49")


@scene("m22", "lin4 lin6 mac4")
def tsecr_zero_smb(s):
    """the client accepts the same zero stamps from port 445: those are no reason, it just needs one of two
    connections"""
    smb, netbios = s.conv(445), s.conv(139)
    smb.syn()
    s.cap.wait(0.004)
    netbios.syn()
    s.cap.wait(s.rtt)
    smb.send(smb.s, "SA", seq=smb.s.isn, options=stamped(smb, 0, 0), window=16384)
    smb.send(smb.c, "A")
    smb.send(smb.c, "PA", b"\0\0\0\x2b\xffSMBr" + bytes(38))
    s.cap.wait(0.02)
    answer = netbios.send(netbios.s, "SA", seq=netbios.s.isn, options=stamped(netbios, 0, 0), window=16384)
    s.cap.wait(0.00006)
    s.expect(netbios.bare(netbios.c, answer), "smb_dual_connect", "-", "client")
    s.cap.wait(0.004)
    smb.send(smb.s, "PA", b"\0\0\0\x1f\xffSMBr" + bytes(26))
    smb.send(smb.c, "A")


@scene("m22", "lin4 lin6")
def near_old_echo(s):
    """near miss: the SYN-ACK echoes a stamp that no SYN of this connection bore: Linux resets it
    (PAWSActiveRejected)"""
    conv = s.conv()
    conv.syn()
    s.cap.wait(conv.up)
    value = s.server.clock + s.cap.now // 10**6 & MASK
    old = s.client.clock - s.rng.randrange(10**6, 10**8) & MASK
    options = [("MSS", 1460), ("SAckOK", b""), ("Timestamp", (value, old)), ("NOP", None), ("WScale", 7)]
    answer = conv.send(conv.s, "SA", seq=conv.s.isn, options=options)
    s.cap.wait(0.00006)
    s.expect(conv.bare(conv.c, answer), "paws_reject", "header_rewritten<=60", "client")


def smb_race(s, first_wait):
    """SYNs to 445 and 139, the client resets the second connection once the first is there."""
    smb, netbios = s.conv(445), s.conv(139)
    start = s.cap.now
    smb.syn()
    smb.cap.now += round(first_wait * 1e9)
    netbios.syn()
    for conv, since in ((smb, start), (netbios, start + round(first_wait * 1e9))):
        s.cap.now = since + round((conv.up + 0.00004) * 1e9)
        conv.send(conv.s, "SA", seq=conv.s.isn)
        s.cap.wait(conv.down + 0.00004)
        conv.send(conv.c, "A")
    s.late(None, "app_abort<=60|undetermined|health_check<=49")
    s.one_way(smb.c)
    s.cap.wait(0.012)
    reset = netbios.abort(netbios.c, options=None)
    s.expect(reset, "smb_dual_connect", "-", "client")
    s.cap.wait(0.001)
    smb.send(smb.c, "PA", b"\0\0\0\x2a\xfeSMB@" + bytes(37))
    smb.answer(smb.s, "PA", b"\0\0\0\x2a\xfeSMB@" + bytes(37))
    smb.answer(smb.c, "A")


@scene("m23", "srvwin6 srvwin4 win6", views="late oneway")
def smb_race_together(s):
    """both SYNs were on their way together: the client wants 445 and drops 139"""
    smb_race(s, 0.00006)


@scene("m23", "win4 lan6 srvwin4")
def smb_race_lazy(s):
    """the SYN to 139 comes half a second after the one to 445, whose SYN-ACK was late"""
    smb, netbios = s.conv(445), s.conv(139)
    smb.syn()
    s.cap.wait(0.5)
    netbios.syn()
    netbios.synack()
    smb.send(smb.s, "SA", seq=smb.s.isn)
    s.cap.wait(s.down + 0.00004)
    smb.send(smb.c, "A")
    netbios.send(netbios.c, "A")
    s.cap.wait(0.0002)
    s.expect(netbios.abort(netbios.c), "smb_dual_connect", "-", "client")
    s.cap.wait(0.001)
    smb.request(b"\0\0\0\x2a\xfeSMB@" + bytes(37), b"\0\0\0\x2a\xfeSMB@" + bytes(37))


@scene("m23", "win4 srvwin6")
def near_netbios_alone(s):
    """near miss: only 139, no connection to 445: accepted, and dropped unused. The reset acknowledges ISN+1 after an
    ACK did: connect() had succeeded"""
    conv = s.conv(139)
    conv.handshake()
    s.cap.wait(0.4)
    s.expect(conv.abort(conv.c), "app_abort|health_check", "half_open_scan<=60|undetermined|app_timeout", "client")
