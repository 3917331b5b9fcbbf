/* attack-kinds-near.c
 * What somebody on the path can send, who knows the numbers but cannot hold packets back; what an end does to have
 * another blamed; and what a host with connections of its own does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "attack.h"

#define F5_TEXT "data 'BIG-IP: [0x11c5672:3045] Flow expired (sweeper)'"
#define DIAGNOSIS_CLOSED "hex 33aa000300000000"
#define DIAGNOSIS_POLICY "hex 33aa000900000000"

/* Four connections of B to the server's port: opened by B, answered under the server's address. "when" is negative and
 * lacks its last digit. */
#define B_OPENS(when) when "9 x4/0.001 B:*>V S 1000 mss 1460 $own"
#define ACCEPTED(when, look)                                                                                           \
    when "7 x4/0.001 V>B:* S. 5000 ack 1001 mss 1460 " look, when "6 x4/0.001 B:*>V . 1001 ack 5001 $own"
#define SERVED(when, look)                                                                                             \
    ACCEPTED(when, look), when "5 x4/0.001 B:*>V P. 1001 ack 5001 len 10 $own",                                        \
        when "3 x4/0.001 V>B:* P. 5001 ack 1011 len 10 " look, when "2 x4/0.001 B:*>V . 1011 ack 5011 $own"
#define REFUSED(when, look) when "7 x4/0.001 V>B:* R. =0 ack 1001 " look
#define ABORTED(look)                                                                                                  \
    "-0.01 x4/0.001 V>B:* R. 5011 ack 1011 " look, "+0.30 B:51>V S 1000 $own", "+0.32 V>B:51 R. =0 ack 1001 " look

const attack_kind_t attack_kinds_near[] = {
    /* On the path, but from elsewhere: distance, IP id and time stamp give it away. */
    SEEN_THROUGH("exact reset before", "-0.05 R>P R. $seq ack $ack $elsewhere"),
    SEEN_THROUGH("copy just before", "-0.001 R>P R. $seq ack $ack $elsewhere"),
    SEEN_THROUGH("reset of the peer", "+0.0001 P>R R. $seq ack $ack $elsewhere"),
    SEEN_THROUGH("data after", "+0.05 R>P P. $seq ack $ack len 50 $elsewhere"),
    SEEN_THROUGH("data after, absurd time stamp", "+0.05 R>P P. $seq ack $ack len 50 $strange"),
    SEEN_THROUGH("data ahead after", "+0.05 R>P P. $seq+2920 ack $ack len 50 $elsewhere"),
    SEEN_THROUGH("data of the peer after", "+0.05 P>R P. $seq ack $ack len 50 $elsewhere"),
    SEEN_THROUGH("train of three", "+0.001 R>P R. $seq+1460 ack $ack $elsewhere",
                 "+0.002 R>P R. $seq+4380 ack $ack $elsewhere"),
    SEEN_THROUGH("train of a killer", "+0.001 R>P R $seq+502 $elsewhere", "+0.002 R>P R $seq+1506 $elsewhere"),
    SEEN_THROUGH("FIN of the peer", "-0.05 P>R F. $seq ack $ack $elsewhere"),
    SEEN_THROUGH("FIN before", "-0.05 R>P F. $seq ack $ack $elsewhere"),
    SEEN_THROUGH("ACK of the peer", "-0.05 P>R . $seq ack $ack $elsewhere"),
    SEEN_THROUGH("closed window of the peer", "-0.05 P>R . $seq ack $ack win 0 $elsewhere"),
    SEEN_THROUGH("probes", "-0.9 x3/0.3 R>P . $seq-1 ack $ack $elsewhere"),
    SEEN_THROUGH("retransmissions", "-0.9 x6/0.15 R>P P. $seq ack $ack len 40 $elsewhere"),
    SEEN_THROUGH("SYN in the window", "-0.05 K>V S $seq+1000 $elsewhere"),
    SEEN_THROUGH("SYN-ACK after", "+0.05 V>K S. 7000 ack $ack mss 1460 $elsewhere"),
    SEEN_THROUGH("reset that says F5", "-0.05 R>P R. $seq ack $ack " F5_TEXT " $elsewhere"),
    SEEN_THROUGH("reset with a fast close", "-0.05 R>P R. $seq ack $ack fastclose $elsewhere"),
    /* One flaw only. */
    SEEN_THROUGH("data after, one hop off", "+0.05 R>P P. $seq ack $ack len 50 $onehop"),
    SEEN_THROUGH("data after, no time stamp", "only stamped", "+0.05 R>P P. $seq ack $ack len 50 $bare"),
    SEEN_THROUGH("data after, only the time stamp absurd", "only stamped", "+0.05 R>P P. $seq ack $ack len 50 $absurd"),
    /* Perfect copies. */
    ON_PATH("perfect reset before", 60, 0, 75, "-0.05 R>P R. $seq ack $ack $own"),
    ON_PATH("perfect data after", 75, 75, 0, "+0.05 R>P P. $seq ack $ack len 50 $own"),
    ON_PATH("perfect FIN of the peer", 60, 0, 0, "-0.05 P>R F. $seq ack $ack $own"),
    ON_PATH("perfect SYN-ACK after", 50, 50, 0, "+0.05 V>K S. 7000 ack $ack mss 1460 $own"),
    ON_PATH("perfect reset of the peer", 60, 0, 75, "+0.0001 P>R R. $seq ack $ack $bare"),
    ON_PATH("perfect reset with a fast close", 60, 0, 75, "-0.05 R>P R. $seq ack $ack fastclose $own"),
    /* An end and its own reset. */
    END("a server says F5", 95, 95, "only server far", "reset " F5_TEXT),
    END("a client says F5", 75, 49, "only client", "reset " F5_TEXT),
    END("a client's diagnosis accuses", 75, 49, "only client", "reset " DIAGNOSIS_POLICY),
    END("bears a diagnosis", 75, 0, "reset " DIAGNOSIS_CLOSED),
    END("a server bears a NetScaler code", 95, 95, "only server far", "reset win 9300"),
    END("a client bears a NetScaler code", 75, 49, "only client", "reset win 9300"),
    END("bears an MPTCP reason", 0, 0, "reset tcprst 1:0"),
    END("another distance, near", 45, 45, "only near", "reset $nearer"),
    END("another distance, far, stamped", 60, 60, "only far stamped", "reset $nearer"),
    END("another distance, far, unstamped", 60, 60, "only far unstamped", "reset $nearer"),
    END("no time stamp", 0, 0, "reset $unstamped"),
    END("goes on after its reset", 75, 75, "+0.05 R>P P. $seq ack $ack len 50 $own"),
    END("a train of its own, near", 45, 45, "only near", "+0.001 R>P R. $seq+1460 ack $ack $own",
        "+0.002 R>P R. $seq+4380 ack $ack $own"),
    END("a train of its own, far", 60, 60, "only far", "+0.001 R>P R. $seq+1460 ack $ack $own",
        "+0.002 R>P R. $seq+4380 ack $ack $own"),
    END("refuses, then accepts", 60, 60, "+0.05 V>K S. 7000 ack $ack mss 1460 $own"),
    /* Another host, B, and what is forged under the server's address inside its connections. */
    HOST("aborts and a refusal", 60, 60, 87, B_OPENS("-0.9"), SERVED("-0.9", "$own"), ABORTED("$own")),
    HOST("aborts from elsewhere and a refusal", 60, 60, 87, B_OPENS("-0.9"), ACCEPTED("-0.9", "$own"),
         ABORTED("$elsewhere")),
    HOST("accepted and refused in turn", 60, 60, 87, B_OPENS("-0.9"), ACCEPTED("-0.9", "$elsewhere"),
         "-0.8 x4/0.2 B:5>V S 1000 $own", "-0.78 x4/0.2 V>B:5 R. =0 ack 1001 $elsewhere"),
    HOST("handshakes from elsewhere", 60, 60, 0, B_OPENS("@-0.9"), ACCEPTED("@-0.9", "$elsewhere")),
    HOST("refusals from elsewhere", 0, 0, 87, B_OPENS("@-0.9"), REFUSED("@-0.9", "$elsewhere")),
    {.name = NULL},
};
