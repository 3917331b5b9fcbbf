/* test_artefact.c
 * Tests of the rules for what is no event of the connection: copies made by the capture, impossible headers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* The capture holds the last ACK twice. */
#define DOUBLED SCRIPT_TALK, "0.06101 C>S . 1101 ack 5201 win 502 ttl 64 id 103 df"

static void test_duplicate(void)
{
    /* The same IP ID at once. The copy bears the verdict of its original as alternative and its sender. */
    script_check("duplicate 90-100 by server benign follower ordinal 1 alt app_abort; #1 app_abort first", DOUBLED,
                 "2 S>C R. 5201 ack 1101 ttl 54 id 204", "2.00002 S>C R. 5201 ack 1101 ttl 54 id 204");
    /* Before and behind a router, as another packet shows. */
    script_check("duplicate 90-100", SCRIPT_TALK, "0.0612 C>S . 1101 ack 5201 win 502 ttl 63 id 103 df", "2 S>C R. 5201 ack 1101 ttl 54 id 204",
                 "2.005 S>C R. 5201 ack 1101 ttl 53 id 204");
    /* No id: another hop count, or another link. */
    script_check("duplicate 80-90", SCRIPT_TALK, "0.0612 C>S . 1101 ack 5201 win 502 ttl 63 id 103 df",
                 "2 S>C R. 5201 ack 1101 ttl 54", "2.0005 S>C R. 5201 ack 1101 ttl 53");
    script_check("duplicate 80-90", SCRIPT_TALK, "0.0612 C>S . 1101 ack 5201 win 502 ttl 63 id 103 df",
                 "2 S>C R. 5201 ack 1101 link 5", "2.0005 S>C R. 5201 ack 1101 link 6");
    /* No id, everything equal at once, and nothing that a second reset could answer. */
    script_check("duplicate 80-90 alt app_abort", DOUBLED, "2 S>C R. 5201 ack 1101", "2.0005 S>C R. 5201 ack 1101");
    /* The original is a follow-up itself. */
    script_check("#3 duplicate alt segment_after_reset ordinal 2", DOUBLED, "2 S>C R. 5201 ack 1101 id 204",
                 "2.02 C>S P. 1101 ack 5201 len 10 id 104", "2.05 S>C R 5201 id 7", "2.0501 S>C R 5201 id 7");
}

/* Nothing else is there twice: whoever made the first sent it again. */
static void test_sent_again(void)
{
    script_check("app_abort 70-80 by server serious ordinal 1 alt duplicate tells again; #1 app_abort first", SCRIPT_TALK,
                 "2 S>C R. 5201 ack 1101 ttl 54 id 204", "2.00002 S>C R. 5201 ack 1101 ttl 54 id 204");
    script_check("#2 app_abort alt duplicate; #3 app_abort alt duplicate", SCRIPT_TALK, "2 S>C R. 5201 ack 1101",
                 "2.0001 S>C R. 5201 ack 1101", "2.0002 S>C R. 5201 ack 1101");
    /* A device repeats itself, at its own distance. */
    script_check("#2 policy_reset by middlebox alt duplicate; #3 policy_reset by middlebox alt duplicate",
                 SCRIPT_OPEN, "0.030 C>S P. 1001 ack 5001 data 'GET / HTTP/1.1' win 502 ttl 64 id 102 df",
                 "0.032 S>C R. 5001 ack 1015 win 1711 ttl 101 id 16024",
                 "0.0321 S>C R. 5001 ack 1015 win 1711 ttl 101 id 16024",
                 "0.0322 S>C R. 5001 ack 1015 win 1711 ttl 101 id 16024",
                 "0.050 S>C . 5001 ack 1015 win 501 ttl 54 id 201 df");
    /* A refusal. */
    script_check("#2 closed_port by server alt duplicate", "0 C>S:81 S 1000 ttl 64 id 7", "0.02 S:81>C R. =0 ack 1001 id 0",
                 "0.0201 S:81>C R. =0 ack 1001 id 0");
    /* Nothing else of the connection is there, so nothing shows whether the capture doubles packets. */
    script_check("duplicate 90-100", "2 S>C R. 5201 ack 1101 id 204", "2.00002 S>C R. 5201 ack 1101 id 204");
    /* Only what the sender itself sends is there. */
    script_check("#2 app_abort alt duplicate", "1 S>C P. 5001 ack 1101 len 200 id 203",
                 "2 S>C R. 5201 ack 1101 id 204", "2.00002 S>C R. 5201 ack 1101 id 204");
    /* Two SYNs, two refusals. */
    script_check("#1 closed_port trigger 1; #2 closed_port by server trigger 2 not duplicate", "0 C>S:81 S 1000 ttl 64 id 7", "1 C>S:81 S 1000 ttl 64 id 8",
                 "1.02 S:81>C R. =0 ack 1001 id 0", "1.0201 S:81>C R. =0 ack 1001 id 0");
    script_check("malformed", SCRIPT_TALK, "2 S>C RF. 5201 ack 1101 id 204", "2.00002 S>C RF. 5201 ack 1101 id 204");
}

static void test_duplicate_not(void)
{
    /* Linux answers every segment on the way with an equal reset, id 0. */
    script_check("#2 segment_after_reset trigger 9 not duplicate", SCRIPT_TALK, "2 C>S . 1101 ack 5201 len 1000 id 104",
                 "2.0001 C>S . 2101 ack 5201 len 1000 id 105", "2.02 S>C R 5201 ttl 54 id 0",
                 "2.0201 S>C R 5201 ttl 54 id 0");
    /* Other ids are other packets. */
    script_check("* not duplicate", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 id 204", "2.0001 S>C R. 5201 ack 1101 id 205");
    /* Equal, but a second later. */
    script_check("* not duplicate", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 id 204", "3 S>C R. 5201 ack 1101 id 204");
    /* Another number, another window. */
    script_check("* not duplicate", SCRIPT_TALK, "2 S>C R. 5201 ack 1101", "2.0001 S>C R. 5202 ack 1101");
    script_check("* not duplicate", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 win 5", "2.0001 S>C R. 5201 ack 1101 win 6");
    /* No times: nothing says that it was at once. */
    script_check("* not duplicate", "- C>S . 1001 ack 5001", "- S>C . 5001 ack 1001", "- C>S R. 1001 ack 5001",
                 "- C>S R. 1001 ack 5001");
    /* Without ids on one link, five milliseconds apart. */
    script_check("* not duplicate", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 link 5", "2.005 S>C R. 5201 ack 1101 link 5");
}

static void test_copies_of_segments(void)
{
    /* Everything twice, as a mirror port shows it. The verdict is the one of the single capture. */
    script_check("#1 no_connection trigger 5 retx 0", "0 C>S S 1000 id 1", "0.00001 C>S S 1000 id 1",
                 "0.02 S>C . 5001 ack 1001 id 7", "0.02001 S>C . 5001 ack 1001 id 7",
                 "2 C>S P. 1001 ack 5001 len 9 id 2",
                 "2.00001 C>S P. 1001 ack 5001 len 9 id 2", "2.02 S>C R 5001 id 0");
    /* IPv6 or id 0 through a router: only the hop count differs. */
    script_check("#1 app_abort 70-80", "0 C>S S 1000 ttl 64", "0.00001 C>S S 1000 ttl 63",
                 "0.02 S>C S. 5000 ack 1001 ttl 54",
                 "0.02001 S>C S. 5000 ack 1001 ttl 53", "0.03 C>S . 1001 ack 5001 ttl 64",
                 "0.03001 C>S . 1001 ack 5001 ttl 63",
                 "0.04 C>S P. 1001 ack 5001 len 9 ttl 64", "0.04001 C>S P. 1001 ack 5001 len 9 ttl 63",
                 "0.06 S>C P. 5001 ack 1010 len 9 ttl 54", "0.06001 S>C P. 5001 ack 1010 len 9 ttl 53",
                 "0.07 C>S . 1010 ack 5010 ttl 64", "0.07001 C>S . 1010 ack 5010 ttl 63",
                 "4 C>S R. 1010 ack 5010 ttl 64",
                 "4.00001 C>S R. 1010 ack 5010 ttl 63");
}

static void test_malformed(void)
{
    script_check("malformed 85-95 by unknown serious", SCRIPT_TALK, "2 S>C RS 5201");
    script_check("malformed 85-95", SCRIPT_TALK, "2 S>C RF. 5201 ack 1101");
    script_check("malformed", "2 S>C SFRPUEW. 5201 ack 1101");
    /* The header length is impossible: neither length nor options are known. */
    script_check("malformed", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 nolen noopt");
    /* A short capture loses one of the two. */
    script_check("app_abort", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 noopt");
    script_check("app_abort", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 nolen");
    /* Push, urgent and ECN flags are odd, not impossible. */
    script_check("app_abort", SCRIPT_TALK, "2 S>C RP.UEW 5201 ack 1101");
}

static void test_lone(void)
{
    /* Nothing but a reset. */
    script_check("undetermined 1-20 trigger 0 phase unknown valid unknown accepted unknown capture unknown idle none",
                 "2 S>C R 5201");
    script_check("undetermined", "- S>C R 5201 nowin noopt");
    /* Ahead or below, without a reason. */
    script_check("undetermined", SCRIPT_TALK, "2 S>C R 15201 ttl 54");
    script_check("undetermined", SCRIPT_TALK, "2 S>C R. 5100 ack 1101 ttl 54");
    /* The same host and port on both sides (land attack). */
    script_check("* ordinal 1", "0 S>S S 1000", "0.1 S>S R. =0 ack 1001");
    /* The two ends use the same port: nobody is known to be the client. */
    script_check("undetermined by unknown", "0 D:179>E:179 R 5");
}

/* With segmentation offload the capture at the sender holds segments of many times the MSS, and IP IDs that jump by as
 * many; with receive offload also those of the peer. They say nothing. */
static void test_offload(void)
{
    script_check("app_abort by client never injected never header_rewritten never malformed", SCRIPT_TALK,
                 "1.0 C>S P. 1101 ack 5201 len 20000 win 502 ttl 64 id 104 df",
                 "1.02 S>C . 5201 ack 21101 win 501 ttl 54 id 203 df",
                 "1.03 S>C P. 5201 ack 21101 len 30000 win 501 ttl 54 id 204 df",
                 "1.04 C>S . 21101 ack 35201 win 502 ttl 64 id 118 df",
                 "1.9 C>S R. 21101 ack 35201 win 502 ttl 64 id 119 df");
}

static void test_measures(void)
{
    /* The capture was taken at the client: its packets have passed no router. */
    script_check("* capture client delta 0", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 ttl 54");
    script_check("* capture unknown", "0 C>S S 1000", "0.02 S>C S. 5000 ack 1001", "0.03 C>S R 1001");
    /* The user knows better. */
    script_check("* capture server delta 0", "pref capture_side 2", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 ttl 54");
    script_check("* capture middle", "0 C>S S 1000 ttl 60", "0.02 S>C S. 5000 ack 1001 ttl 120",
                 "0.03 C>S R 1001 ttl 60");
    /* Both directly beside the capture: nothing to tell them apart. */
    script_check("* capture unknown", "0 C>S S 1000 ttl 64", "0.02 S>C S. 5000 ack 1001 ttl 64",
                 "0.03 C>S R 1001 ttl 64");
    /* Nothing came from the receiver while the capture went on. */
    script_check("* accepted yes", SCRIPT_TALK, "4 S>C R. 5201 ack 1101", "9 none");
    script_check("* accepted unknown", SCRIPT_TALK, "4 S>C R. 5201 ack 1101");
    script_check("#1 * accepted no", SCRIPT_TALK, "4 S>C R. 5201 ack 1101", "6 C>S P. 1101 ack 5201 len 9 id 104",
                 "9 C>S P. 1101 ack 5201 len 9 id 105");
    /* In the window, outside it, without a known window. */
    script_check("* valid in_window", SCRIPT_TALK, "4 S>C R 15201");
    script_check("* valid outside", SCRIPT_TALK, "4 S>C R 5100");
    script_check("* valid exact", SCRIPT_TALK, "4 S>C R 5201");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/artefact/duplicate", test_duplicate },
        { "/artefact/sent_again", test_sent_again },
        { "/artefact/duplicate_not", test_duplicate_not },
        { "/artefact/copies_of_segments", test_copies_of_segments },
        { "/artefact/malformed", test_malformed },
        { "/artefact/lone", test_lone },
        { "/artefact/measures", test_measures },
        { "/artefact/offload", test_offload },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
