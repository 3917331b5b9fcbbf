/* test_repeat.c
 * Tests of the rules for resets that follow an earlier reset of the same connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

static void test_challenge_ack(void)
{
    /* The first reset was ahead of what the client had: it asks, the second is exact (RFC 5961, section 3.2). */
    script_check("challenge_ack_reset 90-100 by server trigger 10 benign follower ordinal 2", SCRIPT_TALK,
                 "2 S>C P. 5201 ack 1101 len 100 id 203", "2.01 S>C R. 5301 ack 1101 id 204",
                 "2.02 C>S . 1101 ack 5201 id 104", "2.05 S>C R 5201 id 0");
    script_check("challenge_ack_reset by client", SCRIPT_TALK, "2 C>S R. 1300 ack 5201", "2.02 S>C . 5201 ack 1101",
                 "2.03 C>S R 1101");
}

static void test_challenge_ack_not(void)
{
    /* Data, not a bare ACK, draws the second reset. */
    script_check("segment_after_reset trigger 9 not challenge_ack_reset", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 id 204",
                 "2.02 C>S P. 1101 ack 5201 len 10 id 104", "2.05 S>C R 5201 id 0");
    /* The first reset was exact already. */
    script_check("segment_after_reset not challenge_ack_reset", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 id 204",
                 "2.02 C>S . 1101 ack 5201 id 104", "2.05 S>C R 5201 id 0");
    /* The ACK brings a new number: it was under way, and acknowledges data. */
    script_check("segment_after_reset 55-65 trigger 11 alt challenge_ack_reset", SCRIPT_TALK,
                 "2 S>C P. 5201 ack 1101 len 100 id 203", "2.0001 S>C P. 5301 ack 1101 len 100 id 204",
                 "2.001 S>C R. 5401 ack 1101 id 205", "2.5 C>S . 1101 ack 5301 id 104", "2.50001 S>C R 5301 id 0");
    /* The ACK was sent before the first reset. */
    script_check("* not challenge_ack_reset", SCRIPT_TALK, "2 S>C P. 5201 ack 1101 len 100 id 203",
                 "2.005 C>S . 1101 ack 5201 id 104", "2.01 S>C R. 5301 ack 1101 id 204",
                 "2.05 S>C R. 5301 ack 1101 id 205");
}

static void test_segment_after_reset(void)
{
    script_check("segment_after_reset 55-65 by server trigger 9 benign follower ordinal 2; #1 * first", SCRIPT_TALK,
                 "2 S>C R. 5201 ack 1101 id 204", "2.02 C>S P. 1101 ack 5201 len 10 id 104", "2.05 S>C R 5201 id 0");
    /* Much later: the peer never got the first reset and repeats its data. */
    script_check("segment_after_reset trigger 11", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 id 204",
                 "2.02 C>S P. 1101 ack 5201 len 10 id 104", "2.05 S>C R 5201 id 0",
                 "60 C>S P. 1101 ack 5201 len 10 id 105",
                 "60.02 S>C R 5201 id 0");
    /* The trigger is missing from the capture. */
    script_check("segment_after_reset 55-65 trigger 0", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 id 204",
                 "2.5 S>C R. 5201 ack 1101 id 205");
    /* One direction only. */
    script_check("segment_after_reset 40-49 tells Perhaps", "1 S>C P. 5001 ack 1101 len 200",
                 "2 S>C R. 5201 ack 1101 id 204", "2.5 S>C R 5201 id 0");
    /* Data on the way to the host that has reset the connection meets nothing. */
    script_check("#2 segment_after_reset 55-65 by client benign trigger 9", SCRIPT_TALK,
                 "2 C>S R. 1101 ack 5201 id 104",
                 "2.01 S>C P. 5201 ack 1101 len 30 id 203", "2.011 C>S R 1101 id 0");
    /* The client goes on sending after its own reset; the server was reset and answers with one of its own. */
    script_check("#2 segment_after_reset 55-65 by server trigger 9", SCRIPT_TALK, "2 C>S R. 1101 ack 5201 id 104",
                 "2.5 C>S P. 1101 ack 5201 len 3 id 105", "2.52 S>C R 5201 id 0");
    /* A box that answers even a reset. */
    script_check("#2 segment_after_reset 55-65 by server", SCRIPT_TALK, "2 C>S R 1101 id 104",
                 "2.02 S>C R. =0 ack 1101 id 0");
    /* One beyond the first: the FIN was counted. */
    script_check("segment_after_reset 55-65", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 id 204", "2.2 S>C R 5202 id 8");
    /* The same odd number again. */
    script_check("segment_after_reset 45-49", SCRIPT_TALK, "2 S>C R 9000 id 204", "2.5 S>C R 9000 id 205");
}

static void test_segment_after_reset_not(void)
{
    /* A new connection on the same ports starts anew. */
    script_check("app_abort first ordinal 1", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 id 204", "5 C>S S 900000 id 110",
                 "5.02 S>C S. 800000 ack 900001", "5.021 C>S . 900001 ack 800001 id 111",
                 "5.03 C>S P. 900001 ack 800001 len 10 id 112", "5.05 S>C P. 800001 ack 900011 len 10",
                 "5.06 C>S . 900011 ack 800011 id 113", "9 C>S R. 900011 ack 800011 id 114");
    /* Another connection of the same two hosts. */
    script_check("* not segment_after_reset first", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 id 204",
                 "3 C:2>S P. 1101 ack 5201 len 10", "3.02 S>C:2 R 5201");
}

/* A download of three segments, each acknowledged; the server aborts before an ACK reaches it. */
#define DOWNLOAD SCRIPT_REQUEST, "1 S>C . 5001 ack 1101 len 1000 ttl 54 id 202 df",                                    \
    "1.00001 C>S . 1101 ack 6001 ttl 64 id 103 df", "1.0001 S>C . 6001 ack 1101 len 1000 ttl 54 id 203 df",            \
    "1.00011 C>S . 1101 ack 7001 ttl 64 id 104 df", "1.0002 S>C . 7001 ack 1101 len 1000 ttl 54 id 204 df",            \
    "1.00021 C>S . 1101 ack 8001 ttl 64 id 105 df", "1.01 S>C R. 8001 ack 1101 ttl 54 id 205 df"

#define FAR_DOWNLOAD SCRIPT_REQUEST, "1 S>C . 5001 ack 1101 len 60000 ttl 54 id 202 df",                               \
    "1.00001 C>S . 1101 ack 65001 win 502 ttl 64 id 103 df", "1.2 S>C . 65001 ack 1101 len 61000 ttl 54 id 203 df",            \
    "1.20001 C>S . 1101 ack 126001 win 502 ttl 64 id 104 df", "1.21 S>C R. 126001 ack 1101 ttl 54 id 205 df"

static void test_under_way(void)
{
    /* Each ACK that was under way meets nothing: bare resets at their numbers, in their order. */
    script_check("#1 app_abort first; #2 segment_after_reset 80-89 by server trigger 7 benign; "
                 "#3 segment_after_reset 80-89 trigger 9; #4 segment_after_reset 80-89 trigger 11",
                 DOWNLOAD, "1.02002 S>C R 6001 ttl 54 id 0 df", "1.02012 S>C R 7001 ttl 54 id 0 df",
                 "1.02022 S>C R 8001 ttl 54 id 0 df");
    /* A queue has grown to many times the round trip of the handshake. The last number may be asked for by anything. */
    script_check("#2 segment_after_reset 80-89 trigger 7; #3 segment_after_reset 80-89 trigger 9", DOWNLOAD,
                 "1.9 S>C R 6001 ttl 54 id 0 df", "1.9001 S>C R 7001 ttl 54 id 0 df");
    /* Not that long: such a segment would have been sent again. */
    script_check("#2 segment_after_reset 40-49 trigger 0", DOWNLOAD, "2.1 S>C R 6001 ttl 54 id 0 df");
    /* The capture begins late. */
    script_check("#2 segment_after_reset 55-65 trigger 2; #3 segment_after_reset 55-65 trigger 4",
                 "1 S>C . 5001 ack 1101 len 1000 id 202", "1.00001 C>S . 1101 ack 6001 id 103",
                 "1.0001 S>C . 6001 ack 1101 len 1000 id 203", "1.00011 C>S . 1101 ack 7001 id 104",
                 "1.0002 S>C . 7001 ack 1101 len 1000 id 204", "1.00021 C>S . 1101 ack 8001 id 105",
                 "1.01 S>C R. 8001 ack 1101 id 205", "1.02 S>C R 6001", "1.0201 S>C R 7001");
}

/* The other side fell silent, and both resets come from the host's own distance. */
static void test_found_nothing(void)
{
    script_check("#2 segment_after_reset 80-89 trigger 7; #3 segment_after_reset 80-89 trigger 9", DOWNLOAD,
                 "1.02002 S>C R 6001 ttl 54 id 0 df", "1.02012 S>C R 7001 ttl 54 id 0 df");
    /* It had not: perhaps it never got the first one. */
    script_check("#2 segment_after_reset 55-65", DOWNLOAD, "1.015 C>S . 1101 ack 8001 ttl 64 id 106 df",
                 "1.02002 S>C R 6001 ttl 54 id 0 df");
    /* From elsewhere. */
    script_check("#2 segment_after_reset 45-49", DOWNLOAD, "1.02002 S>C R 6001 ttl 60 id 9 df");
    /* Distances are not known. */
    script_check("#2 segment_after_reset 55-65", DOWNLOAD, "1.02002 S>C R 6001 id 0 df");
    /* The server acts all the same. */
    script_check("#2 segment_after_reset 55-65", DOWNLOAD, "1.02002 S>C R 6001 ttl 54 id 0 df",
                 "1.021 S>C . 8001 ack 1101 ttl 54 id 206 df");
}

static void test_wrong_ack_again(void)
{
    /* Still in SYN-SENT: each SYN-ACK that acknowledges what was never sent is answered for itself. */
    script_check("#1 handshake_bad_ack trigger 2; #2 handshake_bad_ack by client trigger 4 not segment_after_reset",
                 "0 C>S S 1000 ttl 64", "0.02 S>C S. 5000 ack 2000000001 ttl 54", "0.021 C>S R 2000000001 ttl 64",
                 "1.02 S>C S. 5000 ack 2000000001 ttl 54", "1.021 C>S R 2000000001 ttl 64");
    /* The right number: what it got was answered by the first reset, and so is the rest. */
    script_check("#2 segment_after_reset by client trigger 4", "0 C>S S 1000 ttl 64", "0.02 S>C S. 5000 ack 1001 ttl 54",
                 "0.021 C>S R 1001 ttl 64", "1.02 S>C S. 5000 ack 1001 ttl 54", "1.021 C>S R 1001 ttl 64");
}

static void test_under_way_not(void)
{
    /* Not a number that the client had asked for: nothing is known of what it answers. */
    script_check("#2 segment_after_reset 40-49 trigger 0 tells may", DOWNLOAD, "1.02002 S>C R 6500 ttl 54 id 0 df");
    /* From elsewhere: no follow-up of the server. */
    script_check("#2 * not segment_after_reset", DOWNLOAD, "1.02002 S>C R 6500 ttl 60 id 7 df");
    /* Further back than the client had room for. */
    script_check("#2 segment_after_reset 40-49", FAR_DOWNLOAD, "1.3 S>C R 60466 ttl 54 id 0 df");
    script_check("#2 * not segment_after_reset", FAR_DOWNLOAD, "1.3 S>C R 60465 ttl 54 id 0 df");
    /* A host that aborts states what it has received. */
    script_check("#2 * not segment_after_reset", DOWNLOAD, "1.02002 S>C R. 6001 ack 1101 ttl 54 id 206 df");
    /* One direction only: no ACK of the client is known. */
    script_check("* innocent", "1 S>C . 5001 ack 1101 len 1000 id 202", "1.0001 S>C . 6001 ack 1101 len 1000 id 203",
                 "1.01 S>C R. 7001 ack 1101 id 205", "1.02 S>C R 6001");
}

/* The first reset ended nothing: its sender acknowledged what the peer sent after it, or went on later. */
static void test_first_ended_nothing(void)
{
    script_check("#2 * early no_connection not segment_after_reset", SCRIPT_TALK, "2 C>S . 1101 ack 5201 len 10 id 104",
                 "2.001 S>C R 5201 ttl 54 id 0", "2.002 C>S . 1111 ack 5201 len 10 id 105",
                 "2.003 S>C . 5201 ack 1121 ttl 54 id 204", "2.1 C>S . 1121 ack 5201 len 10 id 106",
                 "2.101 S>C R 5201 ttl 54 id 0");
    script_check("#2 * not segment_after_reset", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 54 id 204",
                 "2.5 S>C P. 5201 ack 1101 len 10 ttl 54 id 205", "3 S>C R. 5211 ack 1101 ttl 54 id 206");
    /* What it sent before and what overtook it show nothing. */
    script_check("#2 segment_after_reset", SCRIPT_TALK, "2 C>S . 1101 ack 5201 len 10 id 104",
                 "2.001 S>C R. 5211 ack 1101 ttl 54 id 205", "2.0011 S>C P. 5201 ack 1111 len 10 ttl 54 id 204",
                 "2.1 C>S . 1111 ack 5211 len 10 id 105", "2.101 S>C R 5211 ttl 54 id 0");
}

static void test_storm(void)
{
    static const char *const lines[] = { SCRIPT_TALK, "2 S>C R. 5201 ack 1101 id 1", NULL };

    /* Hundreds of resets on one connection: all but the first follow it, and the state of all of them can be shared. */
    for (unsigned i = 0; i < script_variant_count; i++) {
        script_run_t *run = g_new(script_run_t, 1);

        script_open(run, &script_variants[i], lines);
        for (unsigned n = 2; n <= 300; n++) {
            char *data = g_strdup_printf("+0.01 C>S P. %u ack 5201 len 10 id %u", 1091 + 10 * n, 100 + n);
            char *answer = g_strdup_printf("+0.01 S>C R 5201 id %u", n);

            script_feed(run, data);
            script_feed(run, answer);
            g_free(data);
            g_free(answer);
        }
        script_expect(run, __FILE__, __LINE__,
                      "#1 * first ordinal 1; #2 segment_after_reset ordinal 2; #299 segment_after_reset follower "
                      "ordinal 299");
        script_close(run);
        g_free(run);
    }
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/repeat/challenge_ack", test_challenge_ack },
        { "/repeat/challenge_ack_not", test_challenge_ack_not },
        { "/repeat/segment_after_reset", test_segment_after_reset },
        { "/repeat/segment_after_reset_not", test_segment_after_reset_not },
        { "/repeat/under_way", test_under_way },
        { "/repeat/found_nothing", test_found_nothing },
        { "/repeat/wrong_ack_again", test_wrong_ack_again },
        { "/repeat/under_way_not", test_under_way_not },
        { "/repeat/first_ended_nothing", test_first_ended_nothing },
        { "/repeat/storm", test_storm },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
