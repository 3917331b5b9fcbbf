/* attack-kinds-off.c
 * What somebody off the path can send, who knows addresses and ports but no numbers, and whose packets come another
 * way. Nothing of it may matter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "attack.h"

#define F5_TEXT "data 'BIG-IP: [0x11c5672:3045] Flow expired (sweeper)'"

const attack_kind_t attack_kinds_off_path[] = {
    /* Resets. */
    OFF_PATH("reset before", "-0.01 R>P R $rand $elsewhere"),
    OFF_PATH("reset with ACK before", "-0.01 R>P R. $rand ack $any $strange"),
    OFF_PATH("reset under the peer before", "-0.01 P>R R $rand $elsewhere"),
    OFF_PATH("reset long before", "-1.5 R>P R. $rand ack $any $elsewhere"),
    OFF_PATH("reset after", "+0.02 R>P R $rand $elsewhere"),
    OFF_PATH("two resets after", "+0.02 R>P R. $rand ack $any $elsewhere",
             "+0.03 R>P R. $opposite ack $any $elsewhere"),
    OFF_PATH("reset under the peer after", "+0.0001 P>R R. $rand ack $any $elsewhere"),
    OFF_PATH("resets in the middle", "@0.055 x4/0.0005 V>K R $rand $elsewhere"),
    OFF_PATH("resets into other connections", "-0.02 x130/0.005 J:*>R R. $rand ack $any $elsewhere"),
    OFF_PATH("reset that says F5", "-0.01 R>P R. $rand ack $any " F5_TEXT " $elsewhere"),
    OFF_PATH("reset with a NetScaler code", "-0.01 R>P R. $rand ack $any win 9300 $elsewhere"),
    OFF_PATH("reset with an MPTCP reason", "-0.01 R>P R. $rand ack $any tcprst 1:0 $elsewhere"),
    OFF_PATH("reset with a fast close", "+0.02 R>P R. $rand ack $any fastclose $elsewhere"),
    /* Data, acknowledgments, closes. */
    OFF_PATH("data before", "-0.01 R>P P. $rand ack $any len 50 $elsewhere"),
    OFF_PATH("data after", "+0.05 R>P P. $rand ack $any len 50 $elsewhere"),
    OFF_PATH("two data after", "+0.05 R>P P. $rand ack $any len 50 $strange",
             "+0.06 R>P P. $opposite ack $any len 50 $strange"),
    OFF_PATH("data of both after", "+0.05 R>P P. $rand ack $any len 50 $elsewhere",
             "+0.1 P>R P. $rand ack $any len 50 $elsewhere"),
    OFF_PATH("data before everything", "@-0.5 R>P P. $rand ack $any len 50 $elsewhere"),
    OFF_PATH("ACK before", "-0.01 R>P . $rand ack $any $elsewhere"),
    OFF_PATH("ACK of the peer before", "-0.01 P>R . $rand ack $any $elsewhere"),
    OFF_PATH("eight ACKs of the peer", "-0.2 x8/0.01 P>R . $rand ack $any $elsewhere"),
    OFF_PATH("eight data of the peer", "-0.2 x8/0.01 P>R P. $rand ack $any len 100 $elsewhere"),
    OFF_PATH("old ACK of the peer", "-0.05 P>R . $seq-0x20000000 ack $ack-0x20000000 $elsewhere"),
    OFF_PATH("probes", "-0.9 x3/0.3 R>P . $rand ack $any $elsewhere"),
    OFF_PATH("FIN before", "-0.01 R>P F. $rand ack $any $elsewhere"),
    OFF_PATH("FIN of the peer before", "-0.01 P>R F. $rand ack $any $strange"),
    OFF_PATH("FIN before everything", "@-0.5 K>V F. $rand ack $any $elsewhere"),
    OFF_PATH("closed window of the peer", "-0.05 P>R . $rand ack $any win 0 $elsewhere"),
    OFF_PATH("absurd flags", "-0.01 R>P SFRP.U $rand ack $any $elsewhere", "+0.02 R>P none $rand $elsewhere"),
    /* Handshakes. */
    OFF_PATH("SYN before", "-0.05 K>V S $rand $elsewhere"),
    OFF_PATH("SYN of the server before", "-0.05 V>K S $rand $elsewhere"),
    OFF_PATH("SYN after", "+0.05 K>V S $rand mss 1460 $elsewhere"),
    OFF_PATH("SYN-ACK before", "-0.05 V>K S. $rand ack $any mss 1460 $elsewhere"),
    OFF_PATH("SYN-ACK after", "+0.05 V>K S. $rand ack $any mss 1460 $elsewhere"),
    OFF_PATH("SYN-ACK of another port", "-0.3 V:8443>K:* S. $rand ack $any mss 1460 $elsewhere"),
    OFF_PATH("SYN-ACKs of other ports", "@-0.5 x5/0.01 V:*>K:7 S. $rand ack $any mss 1460 $elsewhere"),
    OFF_PATH("fast handshake of another port", "@-0.5 K:7>V:8443 S 77 $elsewhere",
             "@-0.499 V:8443>K:7 S. 88 ack 78 mss 1460 $elsewhere"),
    OFF_PATH("spoofed SYNs", "@-0.9 x8/0.05 K:*>V:* S $rand $elsewhere",
             "!@-0.89 x8/0.05 V:*>K:* S. 5000 ack 1 mss 1460 $own", "!@-0.8899 x8/0.05 K:*>V:* R 1 $bare"),
    OFF_PATH("backscatter", "@-0.9 x6/0.1 J>K:* S. $rand ack 77 mss 1460 $elsewhere",
             "!@-0.8999 x6/0.1 K:*>J R 77 $bare"),
    /* ICMP quotes what the core cannot check. */
    OFF_PATH("host unreachable", "-0.05 R>P icmp 3 1 by Z"),
    {.name = NULL},
};
