/* attack-kinds-later.c
 * Kinds that were written after the core was finished, by somebody who had not written it: rows as in the other two
 * tables, of all four attackers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "attack.h"

#define F5_TEXT "data 'BIG-IP: [0x11c5672:3045] Flow expired (sweeper)'"

/* Numbers of a stream that is forged: its first one is the last $rand, the other side's are $opposite. */
#define PLUS_1 "$opposite-0x7fffffff"
#define PLUS_20 "$opposite-0x7fffffec"
#define PLUS_40 "$opposite-0x7fffffd8"
#define PLUS_1460 "$opposite-0x7ffffa4c"
#define PLUS_4380 "$opposite-0x7fffeee4"

/* Four connections of B to the server's port, opened and used; "when" is negative and lacks its last digit. */
#define B_OPENS(when) when "9 x4/0.001 B:*>V S 1000 mss 1460 $own"
#define B_USES(when, look)                                                                                             \
    when "7 x4/0.001 V>B:* S. 5000 ack 1001 mss 1460 " look, when "6 x4/0.001 B:*>V . 1001 ack 5001 $own",             \
        when "5 x4/0.001 B:*>V P. 1001 ack 5001 len 10 $own", when "3 x4/0.001 V>B:* P. 5001 ack 1011 len 10 " look,   \
        when "2 x4/0.001 B:*>V . 1011 ack 5011 $own"

const attack_kind_t attack_kinds_later[] = {
    /* What looks like a route that changed, or like a connection of its own. */
    OFF_PATH("data as from a new route", "-1.4 x6/0.2 R>P P. $any ack $any len 10 $there"),
    OFF_PATH("data of both as from new routes", "-1.4 x6/0.2 R>P P. $any ack $any len 10 $there",
             "-1.3 x6/0.2 P>R P. $any ack $any len 10 $there"),
    OFF_PATH("streams that acknowledge each other", "-0.6 R>P P. $rand ack $opposite len 20 $there",
             "-0.58 P>R . $opposite ack " PLUS_20 " $there", "-0.5 R>P P. " PLUS_20 " ack $opposite len 20 $there",
             "-0.48 P>R . $opposite ack " PLUS_40 " $there"),
    OFF_PATH("streams that acknowledge each other after", "+0.1 R>P P. $rand ack $opposite len 20 $there",
             "+0.12 P>R . $opposite ack " PLUS_20 " $there", "+0.2 R>P P. " PLUS_20 " ack $opposite len 20 $there"),
    OFF_PATH("SYN and third ACK", "-0.4 K>V S $rand mss 1460 $there", "-0.38 K>V . " PLUS_1 " ack $any $there"),
    OFF_PATH("a whole handshake and data", "-0.4 K>V S $rand mss 1460 $there",
             "-0.38 V>K S. $opposite ack " PLUS_1 " mss 1460 $elsewhere",
             "-0.37 K>V . " PLUS_1 " ack $opposite+1 $there", "-0.36 K>V P. " PLUS_1 " ack $opposite+1 len 19 $there"),
    OFF_PATH("both open at once", "-0.3 K>V S $rand mss 1460 $elsewhere", "-0.3 V>K S $opposite mss 1460 $elsewhere",
             "-0.29 K>V S. $opposite-0x80000000 ack $opposite+1 mss 1460 $elsewhere"),
    OFF_PATH("SYN-ACK, challenged", "only client", "-0.3 V>K S. $rand ack $any mss 1460 $elsewhere",
             "!-0.2999 K>V . $seq ack $ack $own"),
    OFF_PATH("ten handshakes from many distances", "@-0.9 x10/0.01 K:*>V:* S 77 $there",
             "@-0.898 x10/0.01 V:*>K:* S. 88 ack 78 mss 1460 $elsewhere",
             "@-0.897 x10/0.01 K:*>V:* . 78 ack 89 $there"),
    /* The first packets, while nothing is known of the sides. */
    OFF_PATH("the first ten milliseconds", "@0.001 V>K S. $rand ack $any mss 1460 $elsewhere",
             "@0.002 K>V . $any ack $any $elsewhere", "@0.004 V>K P. $any ack $any len 30 $elsewhere"),
    OFF_PATH("resets in the first ten milliseconds", "@0.003 K>V R $any $elsewhere",
             "@0.005 V>K R. $any ack $any $elsewhere"),
    OFF_PATH("all before everything", "@-0.8 V>K P. $rand ack $any len 30 $there",
             "@-0.7 K>V P. $rand ack $any len 30 $there", "@-0.6 V>K R. $any ack $any $there",
             "@-0.5 K>V R $any $there"),
    /* Closes and windows of both sides. */
    OFF_PATH("closed windows of both", "-0.9 R>P . $any ack $any win 0 $elsewhere",
             "-0.89 P>R . $any ack $any win 0 $elsewhere"),
    OFF_PATH("FINs of both, acknowledged", "-0.3 R>P F. $rand ack $opposite $there",
             "-0.28 P>R F. $opposite ack " PLUS_1 " $there", "-0.27 R>P . " PLUS_1 " ack $opposite+1 $there"),
    /* Floods. */
    OFF_PATH("200 resets", "-0.5 x200/0.002 R>P R $any $elsewhere"),
    OFF_PATH("200 resets under the peer", "-0.5 x200/0.002 P>R R. $any ack $any $elsewhere"),
    OFF_PATH("200 SYNs", "-0.5 x200/0.002 K>V S $any mss 1460 $elsewhere"),
    OFF_PATH("200 SYN-ACKs", "-0.5 x200/0.002 V>K S. $any ack $any mss 1460 $strange"),
    OFF_PATH("200 data of both", "-0.5 x200/0.002 R>P P. $any ack $any len 100 $elsewhere",
             "-0.499 x200/0.002 P>R P. $any ack $any len 100 $elsewhere"),
    OFF_PATH("200 ACKs after", "+0.01 x200/0.002 R>P . $any ack $any $strange"),
    OFF_PATH("200 FINs", "-0.5 x200/0.002 P>R F. $any ack $any $elsewhere"),
    /* Trains, texts, odd numbers. */
    OFF_PATH("a train under the peer", "-0.01 P>R R. $rand ack $any $there",
             "-0.0095 P>R R. " PLUS_1460 " ack $any $there", "-0.009 P>R R. " PLUS_4380 " ack $any $there"),
    OFF_PATH("a train after", "+0.01 R>P R. $rand ack $any $there", "+0.0105 R>P R. " PLUS_1460 " ack $any $there",
             "+0.011 R>P R. " PLUS_4380 " ack $any $there"),
    OFF_PATH("texts and codes of both", "-0.02 R>P R. $any ack $any " F5_TEXT " $elsewhere",
             "-0.01 P>R R. $any ack $any win 9300 $elsewhere", "+0.02 P>R R. $any ack $any " F5_TEXT " $elsewhere"),
    OFF_PATH("zero numbers", "-0.05 P>R R. =0 ack =0 $elsewhere", "+0.02 R>P . =0 ack =0 $elsewhere"),
    OFF_PATH("an old duplicate of its own route", "-0.1 R>P . $seq-0x10000000 ack $ack-0x10000000 $bare",
             "+0.1 P>R . $seq-0x10000000 ack $ack-0x10000000 $bare"),
    OFF_PATH("a guess that misses by little", "-0.05 R>P P. $seq+3000000 ack $ack+3000000 len 50 $elsewhere",
             "+0.05 R>P P. $seq+3000000 ack $ack+3000000 len 50 $elsewhere"),
    OFF_PATH("wrong checksums", "-0.05 R>P P. $any ack $any len 50 badsum $elsewhere",
             "+0.05 R>P P. $any ack $any len 50 badsum $elsewhere"),
    OFF_PATH("ICMP of all kinds", "-0.3 R>P icmp 3 13 by Z", "-0.2 P>R icmp 3 3", "-0.1 P>R icmp 11 0 by Z",
             "+0.1 R>P icmp 3 13 by Z"),
    /* On the path, from elsewhere: the numbers are right. */
    SEEN_THROUGH("exact data as from a new route", "-0.6 x5/0.1 R>P P. $seq ack $ack len 10 $there"),
    SEEN_THROUGH("exact data, acknowledged", "-0.5 R>P P. $seq ack $ack len 30 $there",
                 "-0.49 P>R . $seq ack $ack+30 $there"),
    SEEN_THROUGH("third ACK", "@0.0205 K>V . $seq ack $ack $elsewhere"),
    SEEN_THROUGH("old data again", "-0.05 R>P P. $seq-50 ack $ack len 50 $elsewhere",
                 "+0.05 R>P P. $seq-50 ack $ack len 50 $elsewhere"),
    SEEN_THROUGH("the SYN-ACK again", "+0.05 V>K S. 5000 ack 1001 mss 1460 $elsewhere"),
    SEEN_THROUGH("FIN and reset of the peer", "-0.06 P>R F. $seq ack $ack $there",
                 "-0.05 P>R R. $seq+1 ack $ack $there"),
    SEEN_THROUGH("probes of the peer", "-0.9 x3/0.3 P>R . $seq-1 ack $ack $elsewhere"),
    SEEN_THROUGH("a train under the peer", "+0.0005 P>R R. $seq+1460 ack $ack $there",
                 "+0.001 P>R R. $seq+4380 ack $ack $there"),
    SEEN_THROUGH("wrong checksum after", "+0.05 R>P P. $seq ack $ack len 50 badsum $elsewhere"),
    ON_PATH("a perfect train", 60, 60, 75, "+0.001 R>P R. $seq+1460 ack $ack $own",
            "+0.002 R>P R. $seq+4380 ack $ack $own"),
    ON_PATH("perfect FINs of both", 60, 0, 0, "-0.06 P>R F. $seq ack $ack $own", "-0.05 R>P F. $seq ack $ack+1 $own"),
    ON_PATH("perfect closed window of the peer", 75, 0, 0, "-0.9 P>R . $seq ack $ack win 0 $own"),
    ON_PATH("perfect SYN, unanswered", 60, 0, 0, "-0.05 K>V S $seq+1000 mss 1460 $own"),
    ON_PATH("reset one hop off before", 60, 0, 75, "-0.02 R>P R $seq $onehop"),
    /* An end that wants to look like somebody else. */
    END("an absurd time stamp", 60, 49, "only stamped", "reset ts 77:77"),
    END("goes on one hop off", 50, 50, "+0.05 R>P P. $seq ack $ack len 50 $onehop"),
    END("a hundred times", 0, 0, "+0.001 x100/0.001 R>P R. $seq ack $ack $own"),
    /* Another host with connections of its own. */
    HOST("asks closed ports", 0, 0, 95, "-0.9 x8/0.05 B:*>V:* S 1000 mss 1460 $own",
         "!-0.88 x8/0.05 V:*>B:* R. =0 ack 1001 $bare"),
    HOST("aborts from elsewhere in that moment", 60, 60, 87, B_OPENS("-0.9"), B_USES("-0.9", "$own"),
         "-0.01 x4/0.001 V>B:* R. 5011 ack 1011 $elsewhere"),
    HOST("a server far away", 60, 60, 0, B_OPENS("@-0.9"), B_USES("@-0.9", "$there")),
    {.name = NULL},
};
